"""A network as data: models, their layers and the objects made of them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import Enum, auto

from tf1to2_reg.program.definitions import Environment
from tf1to2_reg.program.trace import Frame
from tf1to2_reg.syntax.binding import method_parameters_of, parameters_of
from tf1to2_reg.syntax.modules import Module


class Normalization(Enum):
    """How a batch normalization is built: as Keras's own, with TF1's fused statistics, or with averages that stand."""

    PLAIN = auto()
    FUSED = auto()
    FROZEN = auto()


@dataclass(eq=False)
class Parameter:
    """A parameter of a builder and where it goes in the model.

    `constructed` parameters go to `__init__`, `called` ones to `call`; one that is both is `stored` on the model.
    One that is neither disappears.
    """

    name: str
    default: ast.expr | None
    tensor: bool
    constructed: bool = False
    called: bool = False


class Access(Enum):
    """How `call` gets at what a model holds for one site."""

    ONE = "one"
    """A single object."""
    ZIP = "zip"
    """A list that the loop around the site walks in step."""
    NEXT = "next"
    """A list that is walked with an iterator."""


@dataclass(eq=False)
class Site:
    """A call that becomes a layer or an inner model held by a model. A `shared` one uses the object of another."""

    node: ast.Call
    attribute: str
    symbol: str | None
    model: ModelPlan | None
    loop: ast.For | None
    access: Access = Access.ONE
    shared: Site | None = None

    @property
    def owner(self) -> Site:
        return self.shared if self.shared is not None else self


@dataclass(eq=False)
class ModelPlan:
    """A model: from a function (`node`), a method, or statements of a driver (`node` is None), or a class (`cls`).

    A class stays as it is, but for attributes that are `renamed` because every Keras model has them.

    `init` and `call` are the statements that go to each side; a statement can be in both. `stored` names are kept on
    `self` because both sides need them. `outputs` are the variables that a model made from statements returns.
    `normalizations` says how a batch normalization is built that is trained. `held` are the names that stand for layer
    objects and variables, with the attributes that hold them; of a model made from statements, `roots` are the files
    and functions in which they may be named.
    """

    name: str
    module: Module
    node: ast.FunctionDef | None
    body: list[ast.stmt]
    receiver: str | None = None
    parameters: list[Parameter] = field(default_factory=list)
    sites: dict[ast.Call, Site] = field(default_factory=dict)
    init: set[ast.stmt] = field(default_factory=set)
    call: set[ast.stmt] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    outputs: list[str] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    roots: list[ast.AST] = field(default_factory=list)
    cls: ast.ClassDef | None = None
    renamed: dict[str, str] = field(default_factory=dict)
    self_reads: set[ast.Call] = field(default_factory=set)
    normalizations: dict[ast.Call, Normalization] = field(default_factory=dict)

    @property
    def arguments(self) -> list[str]:
        """What a call of the builder can pass: its parameters, without the receiver of a method."""
        assert self.node is not None
        given = parameters_of(self.node) if self.receiver is None else method_parameters_of(self.node)
        return [name for name, _ in given]

    @property
    def constructed(self) -> list[Parameter]:
        return [parameter for parameter in self.parameters if parameter.constructed]

    @property
    def called(self) -> list[Parameter]:
        """Parameters of `call`: tensors first, then Python values, which Keras takes by keyword only."""
        used = [parameter for parameter in self.parameters if parameter.called and not self.keeps(parameter)]
        return [parameter for parameter in used if parameter.tensor] + [
            parameter for parameter in used if not parameter.tensor
        ]

    def keeps(self, parameter: Parameter) -> bool:
        return parameter.name in self.stored


@dataclass(frozen=True, eq=False)
class Network:
    """What the files of a unit build: the model of each builder, and what every file binds, once for each run of it."""

    models: dict[ast.FunctionDef, ModelPlan] = field(default_factory=dict)
    components: dict[ast.ClassDef, ModelPlan] = field(default_factory=dict)
    environments: dict[Module, list[Environment]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Held:
    """A model object in the driver: `variable` holds it.

    `frame` is the activation that made it, None for a model made from statements.
    """

    variable: str
    model: ModelPlan
    creation: ast.Call | None
    frame: Frame | None
    order: int
    regularized: bool
    may_be_empty: bool
