"""What an expression of a TF1 program can be while the graph is being built."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from tf1to2_reg.facts.knowledge import Constant, TensorFacts
from tf1to2_reg.program.cells import Cell

UNKNOWN_TENSOR = TensorFacts(None, None)


class Value:
    """Anything an expression can give. Values are compared by identity."""

    graph = False
    """True where the value exists only in a TF1 graph."""


@dataclass(frozen=True, eq=False)
class Python(Value):
    """An ordinary Python value.

    `constant` where it is known, `of_shape` where it was read off a tensor; `type` is the type that it is shown to have
    (int, float, bool or str, never a subclass or a type of NumPy), None where it is not known. In the loops of
    `distinct` it has another value in each iteration.
    """

    constant: Constant | None = None
    of_shape: bool = False
    type: type | None = None
    distinct: frozenset[ast.AST] = frozenset()


@dataclass(frozen=True, eq=False)
class Library(Python):
    """A part of a library that is not TensorFlow, under its full name."""

    name: str = ""


@dataclass(eq=False)
class Flags:
    """The types of the options of a command line, None where one is not shown to have a type."""

    types: dict[str, type | None] = field(default_factory=dict)
    _values: dict[str, Python] = field(default_factory=dict)

    def define(self, name: str, kind: type | None) -> None:
        """An option; of two definitions of one name neither counts."""
        self.types[name] = kind if self.types.get(name, kind) is kind else None

    def set(self, name: str) -> None:
        """An option is given another value."""
        self.types[name] = None
        self._values.pop(name, None)

    def forget(self) -> None:
        """Any of the options may have been set to something else."""
        self.types = dict.fromkeys(self.types)
        self._values.clear()

    def value(self, name: str) -> Python:
        """What the option holds when the program runs."""
        return self._values.setdefault(name, Python(type=self.types.get(name)))


@dataclass(frozen=True, eq=False)
class FlagParser(Python):
    """A parser of the command line, as `argparse` makes it."""

    flags: Flags = field(default_factory=Flags)


@dataclass(frozen=True, eq=False)
class FlagValues(Python):
    """The options that a parser found."""

    flags: Flags = field(default_factory=Flags)


@dataclass(frozen=True, eq=False)
class Symbol(Value):
    """A TensorFlow name under its canonical spelling, such as "tf.layers.dense"."""

    name: str


@dataclass(frozen=True, eq=False)
class Tensor(Value):
    """A graph value. `backward` marks what is computed from gradients.

    Of a `refused` one an obstacle was told already: what it is used for is not understood for that reason.
    """

    facts: TensorFacts = UNKNOWN_TENSOR
    backward: bool = False
    refused: bool = False
    graph = True


@dataclass(frozen=True, eq=False)
class Placeholder(Tensor):
    """A tensor that is fed; `call` is the `tf.placeholder` call that makes it."""

    call: ast.Call = field(kw_only=True)
    dtype: ast.expr | None = None
    shape: ast.expr | None = None
    default: ast.expr | None = None


@dataclass(frozen=True, eq=False)
class Penalties(Value):
    """The list of penalties in the collection at the time it was read."""

    graph = True


@dataclass(frozen=True, eq=False)
class UpdateOps(Value):
    """The list of batch normalization updates at the time it was read."""

    graph = True


@dataclass(frozen=True, eq=False)
class State(Tensor):
    """A variable made by hand that no optimizer trains; `call` makes it."""

    call: ast.Call | None = None


@dataclass(frozen=True, eq=False)
class GlobalStep(State):
    """A counter that starts at zero, for train ops to increment; that of the graph has no `call` of its own."""


@dataclass(frozen=True, eq=False)
class Assigned(Tensor):
    """The value that an op gives to a variable when it runs."""

    state: State = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class Schedule(Tensor):
    """A learning rate that decays by a step; `call` makes it."""

    call: ast.Call = field(kw_only=True)
    step: Value = field(kw_only=True)


@dataclass(frozen=True)
class NameCondition:
    """What the name of a variable must meet: begin as `scope` says, or pass the tests of `variable`'s comprehension."""

    scope: str | None = None
    variable: str = ""
    tests: tuple[ast.expr, ...] = ()


@dataclass(frozen=True, eq=False)
class Variables(Value):
    """The trainable variables: all of them, or those whose names meet all conditions."""

    conditions: tuple[NameCondition, ...] = ()
    graph = True


@dataclass(frozen=True, eq=False)
class Variable(Tensor):
    """One of the graph's variables."""


@dataclass(frozen=True, eq=False)
class Regularizer(Value):
    """A function from a variable to its penalty.

    `optional` where it may be None, `vanishes` where TF1 may leave its penalty out because it is zero.
    """

    optional: bool = False
    vanishes: bool = False


@dataclass(frozen=True, eq=False)
class Initializer(Value):
    """An initializer object."""


@dataclass(frozen=True, eq=False)
class Optimizer(Value):
    """A TF1 optimizer; `call` makes it."""

    symbol: str
    call: ast.Call
    graph = True


@dataclass(frozen=True, eq=False)
class GradientPairs(Value):
    """The (gradient, variable) pairs of `compute_gradients`, for variables that meet all conditions."""

    conditions: tuple[NameCondition, ...] = ()
    graph = True


@dataclass(frozen=True, eq=False)
class TrainOp(Value):
    """An op that updates the variables, made by `call`; `updates` where it was grouped with the update ops."""

    call: ast.Call
    updates: bool = False
    graph = True


@dataclass(frozen=True, eq=False)
class InitOp(Value):
    """An op that initializes variables."""

    graph = True


@dataclass(frozen=True, eq=False)
class Saver(Value):
    """A `tf.train.Saver`, made by `call`: an object of Python, before and after."""

    call: ast.Call


@dataclass(frozen=True, eq=False)
class Summary(Value):
    """An op that gives summaries, of those that the `calls` make."""

    calls: tuple[ast.Call, ...]
    graph = True


@dataclass(frozen=True, eq=False)
class FetchedSummary(Value):
    """What a session gives for an op of summaries."""

    calls: tuple[ast.Call, ...]


@dataclass(frozen=True, eq=False)
class Writer(Value):
    """A `tf.summary.FileWriter`: an object of Python, before and after."""


@dataclass(frozen=True, eq=False)
class Session(Value):
    """A `tf.Session`."""

    graph = True


@dataclass(frozen=True, eq=False)
class Graph(Value):
    """A `tf.Graph`."""

    graph = True


@dataclass(frozen=True, eq=False)
class Scope(Value):
    """A context manager that lives in the graph only; `variables` is set for a variable scope."""

    variables: VariableScope | None = None
    graph = True


@dataclass(frozen=True, eq=False)
class UpdateControl(Value):
    """`tf.control_dependencies` over update ops."""

    graph = True


class Reuse(Enum):
    """Whether a scope or layer makes variables or takes those that are there, as `reuse` says it in TF1."""

    NO = None
    YES = True
    AUTO = "auto"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class VariableScope:
    """Where variables are made: `path` has a token per scope."""

    path: tuple[object, ...] = ()
    reuse: Reuse = Reuse.NO


@dataclass(frozen=True, eq=False)
class Series(Value):
    """A list or tuple. `items` is None where the length is not known; then `element` stands for each.

    A list has a cell, which holds what it is now.
    """

    items: tuple[Value, ...] | None
    element: Value
    kind: str = "list"
    cell: Cell[Value] | None = None

    def __post_init__(self) -> None:
        if self.kind == "list" and self.cell is None:
            object.__setattr__(self, "cell", Cell[Value](self))

    @property
    def graph(self) -> bool:  # type: ignore[override]
        return any(item.graph for item in self.items) if self.items is not None else self.element.graph


@dataclass(frozen=True, eq=False)
class Mapping(Value):
    """A dict: pairs of key and value.

    `rest` is None where these are all. Else some of them may be missing, and it is what other keys may hold. `node` is
    the display that the dict was made by and is still equal to. The cell holds what the dict is now.
    """

    pairs: tuple[tuple[Value, Value], ...]
    node: ast.Dict | None
    rest: Value | None = None
    cell: Cell[Value] | None = None

    def __post_init__(self) -> None:
        if self.cell is None:
            object.__setattr__(self, "cell", Cell[Value](self))

    @property
    def graph(self) -> bool:  # type: ignore[override]
        return any(key.graph or value.graph for key, value in self.pairs)


@dataclass(frozen=True, eq=False)
class Builtin(Value):
    """A Python builtin."""

    name: str


@dataclass(frozen=True, eq=False)
class AnyOf(Value):
    """One of several values, which one is decided when the program runs."""

    options: tuple[Value, ...]

    @property
    def graph(self) -> bool:  # type: ignore[override]
        return any(option.graph for option in self.options)


NONE = Constant(None)


def python(value: object) -> Python:
    """A Python value that is known."""
    return Python(Constant(value))


def current(value: Value) -> Value:
    """What a list or dict is now; any other value as it is."""
    if isinstance(value, Series | Mapping) and value.cell is not None:
        return value.cell.content
    return value


def is_none(value: Value) -> bool:
    """True for a value that is known to be None."""
    return isinstance(value, Python) and value.constant == NONE


def type_of(value: Value) -> type | None:
    """The type that a Python value is shown to have, None where it is not."""
    if not isinstance(value, Python):
        return None
    return type(value.constant.value) if value.constant is not None else value.type


def any_of_shape(*values: Value) -> bool:
    """True where one of the values was read off a tensor's shape."""
    return any(isinstance(value, Python) and value.of_shape for value in values)


def constant_of(value: Value) -> Constant | None:
    """The constant behind a Python value or a series of constants."""
    if isinstance(value, Python):
        return value.constant
    if isinstance(value, Series) and value.items is not None:
        parts = [constant_of(current(item)) for item in value.items]
        if all(part is not None for part in parts):
            inner = [part.value for part in parts if part is not None]
            return Constant(tuple(inner) if value.kind == "tuple" else inner)
    return None


def is_same_constant(one: Constant | None, other: Constant | None) -> bool:
    """True for equal constants of one type: 1, 1.0 and True are told apart."""
    return one is not None and other is not None and one == other and type(one.value) is type(other.value)


def facts_of(value: Value) -> TensorFacts | None:
    """What is known of a tensor, None where the value is no tensor."""
    if isinstance(value, Tensor):
        return value.facts
    if isinstance(value, AnyOf):
        found = [facts_of(option) for option in value.options if not is_none(option)]
        if found and all(part is not None for part in found):
            return join_facts([part for part in found if part is not None])
    return None


def join_facts(facts: Sequence[TensorFacts]) -> TensorFacts:
    """What holds for all of several tensors."""
    ranks, dtypes = {fact.rank for fact in facts}, {fact.dtype for fact in facts}
    return TensorFacts(ranks.pop() if len(ranks) == 1 else None, dtypes.pop() if len(dtypes) == 1 else None)


def leaves(value: Value) -> Iterator[Value]:
    """The values inside nested series, mappings and alternatives."""
    if isinstance(value, Series):
        for item in value.items if value.items is not None else (value.element,):
            yield from leaves(current(item))
    elif isinstance(value, Mapping):
        for key, item in value.pairs:
            yield from leaves(key)
            yield from leaves(current(item))
    elif isinstance(value, AnyOf):
        for option in value.options:
            yield from leaves(option)
    else:
        yield value


def is_backward(value: Value) -> bool:
    """True where the value is computed from gradients."""
    return any(
        isinstance(leaf, GradientPairs) or (isinstance(leaf, Tensor) and leaf.backward) for leaf in leaves(value)
    )


def is_refused(value: Value) -> bool:
    """True where an obstacle was told of how the value is made."""
    return any(isinstance(leaf, Tensor) and leaf.refused for leaf in leaves(value))


def derived(facts: TensorFacts, *sources: Value) -> Tensor:
    """A tensor that is computed from others."""
    return Tensor(facts, any(map(is_backward, sources)), any(map(is_refused, sources)))


def find_key(mapping: Mapping, key: Value) -> int | None:
    """The place of a key among the pairs."""
    wanted = constant_of(key)
    for place, (other, _) in enumerate(mapping.pairs):
        if other is key or (wanted is not None and constant_of(other) == wanted):
            return place
    return None
