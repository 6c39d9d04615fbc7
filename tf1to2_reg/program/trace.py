"""What happened while the program was run in the abstract: frames, facts of expressions, and graph events."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TypeVar

from tf1to2_reg.diagnostics.reasons import Reason
from tf1to2_reg.program.cells import Cell
from tf1to2_reg.program.definitions import Environment, Function, Instance
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.values import NameCondition, Optimizer, Placeholder, Python, Reuse, Saver, Value, VariableScope
from tf1to2_reg.syntax.modules import Module

E = TypeVar("E", bound="Event")
Facts = Evaluations
"""What the targets call it."""


State = tuple[dict[str, Value], list[dict[str, Value]]]
"""What names of an activation and attributes of all objects hold."""


@dataclass(frozen=True, eq=False)
class Argument:
    """What one parameter was given; `node` is None for a default."""

    value: Value
    node: ast.expr | None


@dataclass(eq=False)
class Frame:
    """One activation of a function, or of a module (`function` is None).

    `conditions` counts the conditions around the statement that runs, `entered` those that were there already when the
    activation began; from where it may have returned on it is `uncertain`. `exits` and `breaks` are the states at
    statements that leave the function or a loop early.
    """

    module: Module
    env: Environment
    function: Function | None = None
    caller: Frame | None = None
    call: ast.Call | None = None
    arguments: dict[str, Argument] = field(default_factory=dict)
    instance: Instance | None = None
    result: Value = field(default_factory=Python)
    children: dict[ast.Call, list[Frame]] = field(default_factory=dict)
    loops: tuple[ast.AST, ...] = ()
    conditions: int = 0
    entered: int = 0
    returned: bool = False
    returns: int = 0
    uncertain: bool = False
    started: int = 0
    exits: list[State] = field(default_factory=list)
    breaks: list[State] = field(default_factory=list)

    @property
    def code(self) -> ast.Module | ast.FunctionDef | ast.Lambda:
        """What it is an activation of."""
        return self.module.tree if self.function is None else self.function.node

    @property
    def body(self) -> list[ast.stmt]:
        """The statements that it runs; a lambda has none."""
        return [] if isinstance(self.code, ast.Lambda) else self.code.body

    def chain(self) -> list[Frame]:
        """This frame and its callers, innermost first."""
        found: list[Frame] = []
        frame: Frame | None = self
        while frame is not None:
            found.append(frame)
            frame = frame.caller
        return found


@dataclass(frozen=True, eq=False)
class Event:
    """Something that touched the graph, in the order of execution."""

    order: int
    node: ast.Call
    frame: Frame
    loops: tuple[ast.AST, ...]


@dataclass(frozen=True, eq=False)
class LayerEvent(Event):
    """A layer was called. `key` names its variables."""

    symbol: str
    arguments: dict[str, Argument]
    scope: VariableScope
    key: tuple[object, ...]
    reuse: Reuse
    regularized: bool
    optional: bool
    vanishing: bool
    rank: int | None
    conditional: bool


@dataclass(frozen=True, eq=False)
class ObjectCallEvent(Event):
    """A layer object was called."""

    layer: Value


@dataclass(frozen=True, eq=False)
class DeclaredEvent(Event):
    """A regularizer is declared in a way that is not followed further; an obstacle says so."""


@dataclass(frozen=True, eq=False)
class ReadEvent(Event):
    """The penalties were read: `scalar` for a sum, else the list."""

    scalar: bool
    total: bool = False


@dataclass(frozen=True, eq=False)
class OwnReadEvent(Event):
    """The penalties of one layer object were read."""


@dataclass(frozen=True, eq=False)
class DataLossEvent(Event):
    """A `tf.losses` function put a loss into the collection of losses."""

    value: Value


@dataclass(frozen=True, eq=False)
class PlaceholderEvent(Event):
    """A placeholder was made."""

    value: Placeholder


@dataclass(frozen=True, eq=False)
class UpdateOpsEvent(Event):
    """The update ops were read from the graph."""


@dataclass(frozen=True, eq=False)
class VariablesEvent(Event):
    """The trainable variables were listed."""


@dataclass(frozen=True, eq=False)
class LookupEvent(Event):
    """Rows of something are taken, whose gradients are sparse."""


@dataclass(frozen=True, eq=False)
class DecayEvent(Event):
    """The squares of a variable are summed by hand."""


@dataclass(frozen=True, eq=False)
class ConstructorEvent(Event):
    """An optimizer was made: with which learning rate, as value and as expression, where one is given."""

    symbol: str
    rate: Value | None = None
    rate_node: ast.expr | None = None


@dataclass(frozen=True, eq=False)
class StateEvent(Event):
    """A variable that no optimizer trains was made by hand."""

    value: Value


@dataclass(frozen=True, eq=False)
class AssignEvent(Event):
    """An op was made that gives such a variable a value."""

    value: Value


@dataclass(frozen=True, eq=False)
class TrainEvent(Event):
    """A train op was made by `minimize` or `apply_gradients`; `controlled` where update ops run before it.

    `step` is the counter that it increments. It changes variables that meet all conditions.
    """

    optimizer: Optimizer
    method: str
    controlled: bool
    step: Value | None = None
    conditions: tuple[NameCondition, ...] = ()


@dataclass(frozen=True, eq=False)
class GradientEvent(Event):
    """Gradients were asked for by `compute_gradients` or `tf.gradients`."""


@dataclass(frozen=True, eq=False)
class RunEvent(Event):
    """A session ran: what was fetched and fed, as values and as expressions."""

    fetches: Value
    fetch_node: ast.expr
    feeds: Value | None
    feed_node: ast.expr | None


@dataclass(frozen=True, eq=False)
class AwaitedRun(RunEvent):
    """A run that no file of the program makes: it stands for whoever uses the graph that the program leaves."""


@dataclass(frozen=True, eq=False)
class SessionEvent(Event):
    """A session was opened or the default graph replaced."""


@dataclass(frozen=True, eq=False)
class SaverEvent(Event):
    """A saver of all variables was made."""

    conditional: bool


@dataclass(frozen=True, eq=False)
class CheckpointEvent(Event):
    """A saver saved the variables, or restored them."""

    saver: Saver
    restores: bool


@dataclass(frozen=True, eq=False)
class SummaryEvent(Event):
    """A summary was made: a "scalar" or "histogram" of what `given` computes."""

    kind: str
    tag: str
    given: ast.expr
    conditional: bool


@dataclass(frozen=True, eq=False)
class WriterEvent(Event):
    """A writer of event files was made."""


@dataclass(frozen=True, eq=False)
class WrittenEvent(Event):
    """What a session gave for summaries was written, `given`, with a step."""

    calls: tuple[ast.Call, ...]
    given: ast.expr
    step: ast.expr | None


@dataclass(frozen=True, eq=False)
class Change:
    """A list or dict was changed at a place, when `order` events had happened."""

    order: int
    node: ast.AST


@dataclass(frozen=True, eq=False)
class NameTest:
    """`"bias" in v.name`: a variable is asked whether a literal is in its name."""

    node: ast.Compare
    literal: str


@dataclass(eq=False)
class Trace:
    """One abstract run of a program from its entry module; of its functions that nothing calls, where `uncalled`."""

    entry: Module
    facts: Evaluations = field(default_factory=Evaluations)
    events: list[Event] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    obstacles: list[Reason] = field(default_factory=list)
    consequences: list[Reason] = field(default_factory=list)
    """What is not understood because of an obstacle told before: told only where no obstacle is."""
    executed: dict[Module, Frame] = field(default_factory=dict)
    instances: list[tuple[Instance, ast.Call, Frame]] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    name_tests: list[NameTest] = field(default_factory=list)
    changes: dict[Cell[Value] | None, list[Change]] = field(default_factory=dict)
    uncalled: bool = False

    def of(self, kind: type[E]) -> list[E]:
        """The events of a kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    def has(self, *kinds: type[Event]) -> bool:
        """True where something of one of the kinds happened."""
        return any(isinstance(event, kinds) for event in self.events)

    def of_layers(self) -> list[LayerEvent]:
        return self.of(LayerEvent)
