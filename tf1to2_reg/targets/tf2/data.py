"""The plan of a `tf2` program as data: steps, runs, drivers."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

from tf1to2_reg.diagnostics.reasons import Reason
from tf1to2_reg.network.data import Held, ModelPlan, Network
from tf1to2_reg.program.trace import CheckpointEvent, ConstructorEvent, Frame, RunEvent, SaverEvent, TrainEvent
from tf1to2_reg.program.values import Placeholder
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.variables import walk


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
    PYTHON = auto()
    """A Python value that the graph is built with: it stays, and stands in a step as well where that needs it."""


@dataclass(eq=False)
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


@dataclass(eq=False)
class FedInput:
    """A parameter of a step: the placeholder and the name it has in the step.

    `scalar` where a placeholder without shape is only ever fed with numbers.
    """

    name: str
    variable: str
    placeholder: Placeholder
    scalar: bool = False


@dataclass(eq=False)
class StepPlan:
    """One function per distinct set of fetches."""

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


class ValueOf(Enum):
    """What the session computes for a fetch; only a tensor has a result."""

    TENSOR = auto()
    TRAIN = auto()
    UPDATES = auto()


@dataclass(frozen=True, eq=False)
class Leaf:
    """One tensor or op that is fetched."""

    node: ast.expr
    value: ValueOf

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


@dataclass(eq=False)
class RunPlan:
    """A `Session.run` that becomes a call of a step; `leaves` are the tensors among what it fetches."""

    event: RunEvent
    step: StepPlan
    fetch: Fetch
    leaves: list[ast.expr]
    feeds: dict[str, ast.expr]
    feed_variable: str | None
    holder: ast.expr | None


@dataclass(eq=False)
class OptimizerPlan:
    """The optimizer object of the migrated program."""

    event: ConstructorEvent
    variable: str


@dataclass(eq=False)
class Emission:
    """What stands in the place of a graph statement: new model objects, the optimizer, the steps."""

    held: list[Held] = field(default_factory=list)
    optimizer: OptimizerPlan | None = None
    steps: list[StepPlan] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class SessionCall:
    """A call of a function that takes sessions: its parameters, and those of them that no longer exist."""

    parameters: list[str]
    sessions: set[str]


@dataclass(eq=False)
class DriverPlan:
    """The program that makes the graph and runs the session.

    `frames` are the activations of one function or module, or of the methods of one object (`receiver` is then
    "self"); those in `building` build the graph with their own statements. `emissions` and `gone` say what becomes of
    each statement.
    """

    frames: list[Frame]
    receiver: str | None
    owner: ast.ClassDef | None
    building: set[Frame] = field(default_factory=set)
    items: list[Item] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    calls: dict[ast.Call, Held] = field(default_factory=dict)
    optimizer: OptimizerPlan | None = None
    steps: list[StepPlan] = field(default_factory=list)
    counters: dict[ast.Call, ast.expr | None] = field(default_factory=dict)
    runs: dict[ast.Call, RunPlan] = field(default_factory=dict)
    losses: dict[ast.Call, list[Held]] = field(default_factory=dict)
    totals: dict[ast.Call, list[ast.expr]] = field(default_factory=dict)
    data_losses: dict[ast.Call, str] = field(default_factory=dict)
    gone: set[ast.stmt] = field(default_factory=set)
    dissolved: set[ast.stmt] = field(default_factory=set)
    inlined: dict[ast.stmt, ast.FunctionDef] = field(default_factory=dict)
    dropped_methods: set[ast.FunctionDef] = field(default_factory=set)
    emissions: dict[ast.stmt, Emission] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    session_parameters: dict[ast.FunctionDef, set[str]] = field(default_factory=dict)
    session_calls: dict[ast.Call, SessionCall] = field(default_factory=dict)
    region: ModelPlan | None = None
    region_call: ast.stmt | None = None

    def models_in(self, items: Sequence[Item], fetches: Sequence[ast.expr]) -> list[Held]:
        """The model objects that statements and fetches run, in the order they were made."""
        found: set[Held] = set()
        for item in items:
            if item.kind is ItemKind.REGION:
                found |= {held for held in self.held if held.model is self.region}
            else:
                found |= self._called_in(item.root)
        for fetch in fetches:
            found |= self._called_in(fetch)
        return [held for held in self.held if held in found]

    def _called_in(self, root: ast.AST) -> set[Held]:
        return {self.calls[node] for node in walk(root) if isinstance(node, ast.Call) and node in self.calls}


@dataclass(frozen=True, eq=False)
class SaverPlan:
    """A saver: the models and the optimizer whose variables it takes, and the steps that make them when traced.

    `names` are the layers by their names in TF1, empty where not all are known; `step` and `optimizer_name` what the
    global step and the optimizer were called, "" where that is not known. `holder` is the name of the driver's object
    where the saver is made apart from it. `below` is the statement in whose place the steps stand where that is below
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
    below: ast.stmt | None


@dataclass(eq=False)
class UnitPlan:
    """Everything that changes in the files of one unit."""

    name: str
    modules: list[Module]
    network: Network = field(default_factory=Network)
    drivers: list[DriverPlan] = field(default_factory=list)
    readers: set[ast.FunctionDef] = field(default_factory=set)
    notes: list[Reason] = field(default_factory=list)
    savers: list[SaverPlan] = field(default_factory=list)
    checkpoints: list[CheckpointEvent] = field(default_factory=list)

    @property
    def models(self) -> dict[ast.FunctionDef, ModelPlan]:
        return self.network.models
