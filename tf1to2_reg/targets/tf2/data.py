"""The plan of a `tf2` program as data: steps, runs, drivers."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TypeAlias, TypeVar

from tf1to2_reg.diagnostics.reasons import Reason
from tf1to2_reg.network.data import Held, ModelPlan, Network
from tf1to2_reg.program.trace import (
    CheckpointEvent,
    ConstructorEvent,
    Frame,
    LayerEvent,
    RunEvent,
    SaverEvent,
    TrainEvent,
    WrittenEvent,
)
from tf1to2_reg.program.values import Placeholder, State
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.variables import reads, walk


class ItemKind(Enum):
    """What a statement of the graph makes."""

    TENSOR = auto()
    REGION = auto()
    """The model of the driver's own layers, made and called in the place of several statements."""
    PLACEHOLDER = auto()
    OPTIMIZER = auto()
    TRAIN = auto()
    FEED = auto()
    """A feed dict, which stays."""
    GONE = auto()
    """A session, an initializer or the like: nothing is left of it."""
    STATE = auto()
    """A variable that no optimizer trains, which stays but for a counter that an optimizer has."""
    SCHEDULE = auto()
    """A learning rate that decays by such a variable, which becomes an object of Keras."""
    PYTHON = auto()
    """A Python value that the graph is built with: it stays, and stands in a step as well where that needs it."""


@dataclass(frozen=True, eq=False)
class Item:
    """One statement that builds the graph, in the order of execution.

    `value` replaces the statement's own value where an inlined method returned it, or where `target`, a parameter of
    it, is given.
    """

    stmt: ast.stmt
    frame: Frame
    kind: ItemKind
    reads: AbstractSet[str]
    writes: AbstractSet[str]
    backward: bool = False
    value: ast.expr | None = None
    target: str | None = None
    order: int = 0

    @property
    def root(self) -> ast.AST:
        """What the statement computes: its own value or the one that replaces it."""
        return self.value if self.value is not None else self.stmt


def numbered(items: Iterable[Item]) -> list[Item]:
    """The items, each with its place among them."""
    return [replace(item, order=order) for order, item in enumerate(items)]


@dataclass(eq=False)
class FedInput:
    """A parameter of a step: the placeholder and the name it has in the step.

    `scalar` where a placeholder without shape is only ever fed with numbers. A `default` is a literal.
    """

    name: str
    variable: str
    placeholder: Placeholder
    scalar: bool = False

    @property
    def default(self) -> ast.expr | None:
        """What the placeholder holds where it is not fed."""
        return self.placeholder.default


@dataclass(eq=False)
class StepPlan:
    """One function per distinct set of fetches; a train step that `gives_loss` returns what it minimizes.

    Of the items that it needs `minimized` are those of the loss, `rated` those of the learning rate.
    """

    name: str
    inputs: list[FedInput]
    constants: dict[str, object]
    items: list[Item]
    fetches: list[ast.expr]
    train: TrainEvent | None
    train_item: Item | None
    train_node: ast.Call | None
    models: list[Held]
    updates: bool
    free: set[str]
    run: ast.Call
    minimized: list[Item]
    rated: list[Item]
    gives_loss: bool = False


class ValueOf(Enum):
    """What the session computes for a fetch; only a tensor has a result."""

    TENSOR = auto()
    TRAIN = auto()
    UPDATES = auto()
    SUMMARY = auto()


@dataclass(frozen=True, eq=False)
class Leaf:
    """One tensor or op that is fetched; `summarized` are the tensors of an op of summaries."""

    node: ast.expr
    value: ValueOf
    summarized: tuple[ast.expr, ...] = ()

    @property
    def tensors(self) -> tuple[ast.expr, ...]:
        """The tensors that the step computes for it."""
        return (self.node,) if self.is_tensor else self.summarized

    @property
    def is_tensor(self) -> bool:
        return self.value is ValueOf.TENSOR


@dataclass(frozen=True, eq=False)
class Several:
    """A list or tuple of fetches."""

    parts: tuple[Fetch, ...]
    is_list: bool


@dataclass(frozen=True, eq=False)
class Named:
    """A dict of fetches, with its keys as texts; `is_called` where it is written `dict(...)`."""

    parts: tuple[Fetch, ...]
    keys: tuple[str, ...]
    is_called: bool


Fetch: TypeAlias = "Leaf | Several | Named"


@dataclass(frozen=True, eq=False)
class RunPlan:
    """A `Session.run` that becomes a call of a step; `leaves` are the tensors among what it fetches.

    `arrays` are the NumPy types, by variable, of feeds that the call makes arrays of.
    """

    event: RunEvent
    step: StepPlan
    fetch: Fetch
    leaves: list[ast.expr]
    feeds: dict[str, ast.expr]
    feed_variable: str | None
    holder: ast.expr | None
    arrays: Mapping[str, str] = field(default_factory=dict)


class RateKind(Enum):
    """What gives an optimizer its learning rate."""

    NUMBER = auto()
    SCHEDULE = auto()
    """A schedule of Keras that goes by the optimizer's own steps."""
    READ = auto()
    """A function of no arguments, which reads a variable or asks a schedule."""
    ASSIGNED = auto()
    """Every step computes it and sets it."""


@dataclass(frozen=True, eq=False)
class Rate:
    """The learning rate of an optimizer; `holder` is the variable that steps set where the optimizer has none."""

    kind: RateKind
    holder: str | None = None


@dataclass(frozen=True, eq=False)
class OptimizerPlan:
    """An optimizer object of the migrated program; `kept` where it is the one of TF1."""

    event: ConstructorEvent
    variable: str
    rate: Rate
    kept: bool


@dataclass(frozen=True, eq=False)
class StateRun:
    """A `Session.run` that only looks at a variable, through `holder` where that is another object's.

    `assignment` is the call that gives it a value there, where it does that.
    """

    state: State
    holder: ast.expr | None
    assignment: ast.Call | None = None


@dataclass(frozen=True, eq=False)
class Emission:
    """What stands in the place of a graph statement: new model objects, optimizers, the steps."""

    held: tuple[Held, ...] = ()
    optimizers: tuple[OptimizerPlan, ...] = ()
    steps: tuple[StepPlan, ...] = ()


@dataclass(frozen=True, eq=False)
class SessionCall:
    """A call of a function that takes sessions: its parameters, and those of them that no longer exist."""

    parameters: list[str]
    sessions: set[str]


@dataclass(frozen=True, eq=False)
class Driver:
    """The program that makes the graph and runs the session.

    `frames` are the activations of one function or module, or of the methods of one object (`receiver` is then
    "self"); those in `building` build the graph with their own statements.

    What is decided of a driver comes in stages, each derived from the one before: a pass sees only what is settled.
    """

    frames: Sequence[Frame]
    receiver: str | None
    owner: ast.ClassDef | None
    building: AbstractSet[Frame]


@dataclass(frozen=True, eq=False)
class WalkedDriver(Driver):
    """The statements that build the graph, in order, and those of which nothing (`gone`) or the body stays."""

    items: Sequence[Item]
    gone: AbstractSet[ast.stmt]
    dissolved: AbstractSet[ast.stmt]
    inlined: Mapping[ast.stmt, ast.FunctionDef]


@dataclass(frozen=True, eq=False)
class Region:
    """The model of the driver's own layers, and the statement in whose place it is called."""

    model: ModelPlan
    call: ast.stmt


@dataclass(frozen=True, eq=False)
class HousedDriver(WalkedDriver):
    """The layers have models: those that the driver holds, and the call that uses each.

    `properties` are those that only give a tensor, with the attribute that holds it; they are among `dropped_methods`,
    methods of which nothing is left.
    """

    own: Region | None
    held: Sequence[Held]
    calls: Mapping[ast.Call, Held]
    properties: Mapping[str, str]
    dropped_methods: AbstractSet[ast.FunctionDef]

    @property
    def region(self) -> ModelPlan | None:
        """The model of the driver's own layers."""
        return self.own.model if self.own is not None else None

    @property
    def held_names(self) -> dict[str, str]:
        """Names of layer objects and variables in the driver, with how a step gets at them."""
        found: dict[str, str] = {}
        for held in self.held:
            if held.model is self.region:
                found |= {name: f"{held.variable}.{attribute}" for name, attribute in held.model.held.items()}
        return found

    def models_in(self, items: Sequence[Item], fetches: Sequence[ast.expr]) -> list[Held]:
        """The model objects that statements and fetches run, in the order they were made."""
        found: set[Held] = set()
        for item in items:
            if item.kind is ItemKind.REGION or item.reads & self.held_names.keys():
                found |= {held for held in self.held if held.model is self.region}
            if item.kind is not ItemKind.REGION:
                found |= self._called_in(item.root)
        for fetch in fetches:
            if reads(fetch, self.receiver) & self.held_names.keys():
                found |= {held for held in self.held if held.model is self.region}
            found |= self._called_in(fetch)
        return [held for held in self.held if held in found]

    def _called_in(self, root: ast.AST) -> set[Held]:
        return {self.calls[node] for node in walk(root) if isinstance(node, ast.Call) and node in self.calls}


@dataclass(frozen=True, eq=False)
class Penalties:
    """The models whose penalties each read stands for, and what a total loss adds to them.

    `data_losses` are names for losses that no variable held, `readers` functions that read penalties of a model they
    do not hold; `items` are the driver's, with what totals read.
    """

    losses: Mapping[ast.Call, Sequence[Held]]
    totals: Mapping[ast.Call, Sequence[ast.expr]]
    data_losses: Mapping[ast.Call, str]
    readers: AbstractSet[ast.FunctionDef]
    items: Sequence[Item]


@dataclass(frozen=True, eq=False)
class Sessions:
    """Sessions that are no longer passed around: parameters that go, and the calls that gave them."""

    session_parameters: Mapping[ast.FunctionDef, AbstractSet[str]]
    session_calls: Mapping[ast.Call, SessionCall]


@dataclass(frozen=True, eq=False)
class Optimizers:
    """The optimizers, and which of them counts what the program calls a step.

    `makers` make the variables. Counters go by the call that makes them, the one of the graph by None; `states` are
    the variables that hold those which nobody counts.
    """

    makers: Sequence[LayerEvent]
    optimizers: Sequence[OptimizerPlan]
    counted: Mapping[ast.Call | None, OptimizerPlan]
    states: Mapping[ast.Call | None, str]

    def optimizer_of(self, train: TrainEvent) -> OptimizerPlan:
        """The optimizer that a train op was made with."""
        return next(plan for plan in self.optimizers if plan.event.node is train.optimizer.call)

    def step_text(self, state: State) -> str:
        """What the program's own count of its steps is now."""
        if state.call in self.counted:
            return f"{self.counted[state.call].variable}.iterations"
        return self.states[state.call]


@dataclass(frozen=True, eq=False)
class Steps:
    """The steps, and the runs that call them or only look at a counter: from where, and at which."""

    steps: Sequence[StepPlan]
    runs: Mapping[ast.Call, RunPlan]
    counters: Mapping[ast.Call, StateRun]


@dataclass(frozen=True, eq=False)
class OptimizedDriver(HousedDriver, Optimizers):
    """The optimizers are known."""


@dataclass(frozen=True, eq=False)
class SteppedDriver(OptimizedDriver, Penalties, Sessions, Steps):
    """What the program computes is decided; `gone` and `dissolved` hold code outside the driver as well."""


@dataclass(frozen=True, eq=False)
class DriverPlan(SteppedDriver):
    """Everything has its place: `emissions` and `gone` say what becomes of each statement."""

    emissions: Mapping[ast.stmt, Emission]


_Stage = TypeVar("_Stage", bound=Driver)


def stage(kind: type[_Stage], *parts: object, **fields: object) -> _Stage:
    """A stage of a driver, of the fields of earlier ones and of what a pass found; what is given later counts."""
    found = {name: value for part in parts for name, value in vars(part).items()}
    return kind(**(found | fields))


UNKNOWN = "?"
"""Begins what stands for a name that TF1 made and that is not known."""


@dataclass(frozen=True, eq=False)
class SaverPlan:
    """A saver: the models and the optimizer whose variables it takes, and the steps that make them when traced.

    `names` are the layers by their names in TF1, empty where not all are known; `step` and `optimizer_name` what the
    global step and the optimizer were called, "" where that is not known. `holder` is the name of the driver's object
    where the saver is made apart from it. `states` are other variables by their names, those that begin with `UNKNOWN`
    not TF1's. `below` is the statement in whose place the steps stand where that is below
    the saver's own: it is made there.
    """

    event: SaverEvent
    entry: Module
    driver: DriverPlan
    holder: str | None
    optimizer: OptimizerPlan | None
    steps: Sequence[StepPlan]
    names: Mapping[str, str]
    step: str | None
    optimizer_name: str | None
    states: Mapping[str, str]
    below: ast.stmt | None


@dataclass(frozen=True, eq=False)
class WrittenSummary:
    """What a writer writes at a place: the kind and the tag of each summary."""

    event: WrittenEvent
    tags: tuple[tuple[str, str], ...]


def no_driver(frame: Frame) -> SteppedDriver:
    """The driver of a file that drives nothing: it builds no graph, and nothing is run."""
    return SteppedDriver(
        frames=(frame,), receiver=None, owner=None, building=frozenset(), items=(), gone=frozenset(),
        dissolved=frozenset(), inlined={}, own=None, held=(), calls={}, properties={}, dropped_methods=frozenset(),
        losses={}, totals={}, data_losses={}, readers=frozenset(), session_parameters={}, session_calls={}, steps=(),
        runs={}, counters={}, makers=(), optimizers=(), counted={}, states={},
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class LibraryPlan:
    """Functions that nothing calls; `readers` among them, and below them, are given the penalties they read."""

    functions: Sequence[ast.FunctionDef]
    readers: AbstractSet[ast.FunctionDef]


@dataclass(eq=False)
class UnitPlan:
    """Everything that changes in the files of one unit."""

    name: str
    modules: list[Module]
    network: Network = field(default_factory=Network)
    drivers: list[DriverPlan] = field(default_factory=list)
    libraries: list[LibraryPlan] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    savers: list[SaverPlan] = field(default_factory=list)
    checkpoints: list[CheckpointEvent] = field(default_factory=list)
    summaries: list[WrittenSummary] = field(default_factory=list)

    @property
    def readers(self) -> set[ast.FunctionDef]:
        """Functions that are given the penalties they read."""
        of_drivers = {function for driver in self.drivers for function in driver.readers}
        return of_drivers.union(*(library.readers for library in self.libraries))

    @property
    def models(self) -> dict[ast.FunctionDef, ModelPlan]:
        return self.network.models
