"""What an expression of a TF1 program can be while the graph is being built."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import TYPE_CHECKING

from tf1to2_reg.facts.knowledge import Constant, TensorFacts
from tf1to2_reg.program.cells import Cell

if TYPE_CHECKING:
    from tf1to2_reg.syntax.modules import Module

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
    """A graph tensor. `backward` marks what is computed from gradients."""

    facts: TensorFacts = UNKNOWN_TENSOR
    backward: bool = False
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
class GlobalStep(Tensor):
    """The counter a train op increments."""


@dataclass(frozen=True, eq=False)
class Variables(Value):
    """The result of `tf.trainable_variables()`."""

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
    """The (gradient, variable) pairs of `compute_gradients`."""

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


@dataclass(frozen=True)
class VariableScope:
    """Where variables are made: `path` has a token per scope, `reuse` is None, True, "auto" or "unknown"."""

    path: tuple[object, ...] = ()
    reuse: object = None


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


@dataclass(eq=False)
class Environment:
    """Names bound in one activation of a function or in a module; look-ups go on in `parent`."""

    parent: Environment | None = None
    bindings: dict[str, Value] = field(default_factory=dict)
    global_names: frozenset[str] = frozenset()
    nonlocal_names: frozenset[str] = frozenset()
    comprehension: bool = False

    def lookup(self, name: str) -> Value | None:
        env: Environment | None = self.root() if name in self.global_names else self
        while env is not None:
            if name in env.bindings:
                return env.bindings[name]
            env = env.parent
        return None

    def owner(self, name: str) -> Environment | None:
        """The environment that holds the binding a look-up would find."""
        env: Environment | None = self.root() if name in self.global_names else self
        while env is not None and name not in env.bindings:
            env = env.parent
        return env

    def scope_of(self, name: str) -> Environment:
        """The environment that an assignment to the name changes."""
        if name in self.global_names:
            return self.root()
        if name in self.nonlocal_names and self.parent is not None:
            return self.parent.owner(name) or self.parent
        return self

    def bind(self, name: str, value: Value) -> None:
        self.scope_of(name).bindings[name] = value

    def root(self) -> Environment:
        env = self
        while env.parent is not None:
            env = env.parent
        return env


@dataclass(frozen=True, eq=False)
class Function(Value):
    """A function of the project with the environment it closes over; `node` may be a lambda."""

    node: ast.FunctionDef | ast.Lambda
    module: Module
    closure: Environment
    owner: Class | None = None
    defaults: dict[str, Value] = field(default_factory=dict)
    """What parameters hold that a call does not give, made when the function is defined."""

    @property
    def name(self) -> str:
        return self.node.name if isinstance(self.node, ast.FunctionDef) else "<lambda>"


@dataclass(frozen=True, eq=False)
class Method(Value):
    """A function bound to an instance."""

    function: Function
    instance: Instance


@dataclass(frozen=True, eq=False)
class Class(Value):
    """A class of the project."""

    node: ast.ClassDef
    module: Module
    members: dict[str, Value]
    bases: tuple[Value, ...]

    def find(self, name: str) -> Value | None:
        """Look a member up along the bases."""
        if name in self.members:
            return self.members[name]
        for base in self.bases:
            if isinstance(base, Class) and (found := base.find(name)) is not None:
                return found
        return None


@dataclass(eq=False)
class Instance(Value):
    """An object of a project class with what its attributes hold.

    Of an `opaque` one they are not known; `many` stands for all objects that a loop makes.
    """

    cls: Class
    attributes: dict[str, Value] = field(default_factory=dict)
    many: bool = False
    opaque: bool = False


@dataclass(frozen=True, eq=False)
class ProjectModule(Value):
    """An imported module of the project."""

    module: Module
    environment: Environment

    def member(self, name: str) -> Value:
        """What the module binds a name to."""
        return self.environment.bindings.get(name, Python())


@dataclass(frozen=True, eq=False)
class Builtin(Value):
    """A Python builtin."""

    name: str


@dataclass(frozen=True, eq=False)
class SuperProxy(Value):
    """`super()` inside a method: its methods are those of the bases, on the instance."""

    instance: Instance
    bases: tuple[Class, ...]


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


def _options(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, AnyOf) else (value,)


def join(first: Value | None, second: Value | None) -> Value:
    """What a variable holds after two paths meet; an unbound path does not count."""
    if first is None or second is None:
        return first or second or Python()
    if first is second:
        return first
    joined = _join_alike(first, second)
    return joined if joined is not None else _alternatives(first, second)


def _join_alike(first: Value, second: Value) -> Value | None:
    """One value for two of a kind, None where they must be told apart."""
    if isinstance(first, Regularizer | Python) and isinstance(second, Regularizer | Python):
        return _join_python(first, second)
    if isinstance(first, Tensor) and isinstance(second, Tensor):
        return Tensor(join_facts([first.facts, second.facts]), first.backward or second.backward)
    if isinstance(first, Series) and isinstance(second, Series):
        return _join_series(first, second)
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return _join_mappings(first, second)
    return first if _is_interchangeable(first, second) else None


def _is_interchangeable(first: Value, second: Value) -> bool:
    if isinstance(first, Symbol) and isinstance(second, Symbol):
        return first.name == second.name
    if isinstance(first, Function) and isinstance(second, Function):
        return first.node is second.node
    if isinstance(first, Builtin) and isinstance(second, Builtin):
        return first.name == second.name
    return isinstance(first, Initializer) and isinstance(second, Initializer)


def _alternatives(first: Value, second: Value) -> Value:
    options: list[Value] = []
    for option in (*_options(first), *_options(second)):
        if not any(option is seen or same_python(option, seen) for seen in options):
            options.append(option)
    return AnyOf(tuple(options)) if len(options) > 1 else options[0]


def same_python(first: Value, second: Value) -> bool:
    """True for two Python values that need not be told apart."""
    return isinstance(first, Python) and isinstance(second, Python) and first.constant == second.constant


def _join_python(first: Regularizer | Python, second: Regularizer | Python) -> Value:
    if isinstance(first, Regularizer) or isinstance(second, Regularizer):
        optional = any(is_none(part) or (isinstance(part, Regularizer) and part.optional) for part in (first, second))
        known = all(is_none(part) or isinstance(part, Regularizer) for part in (first, second))
        vanishes = any(isinstance(part, Regularizer) and part.vanishes for part in (first, second))
        return Regularizer(optional, vanishes) if known else Python()
    if is_same_constant(first.constant, second.constant):
        return replace(first, of_shape=first.of_shape or second.of_shape)
    same = type_of(first) if type_of(first) is type_of(second) else None
    return Python(None, first.of_shape or second.of_shape, same)


def _join_series(first: Series, second: Series) -> Series:
    if first.cell is not None and first.cell is second.cell:
        found = first.cell.content
        assert isinstance(found, Series)
        return found
    return _with_cell(_series_of_both(first, second), first, second)


def _with_cell(made: Series, first: Series, second: Series) -> Series:
    """The list that is one of two, with a cell that knows of theirs."""
    if first.cell is None or second.cell is None or made.cell is None:
        return made
    made.cell.become_alternative(first.cell, second.cell)
    return made


def _series_of_both(first: Series, second: Series) -> Series:
    kind = first.kind if first.kind == second.kind else "list"
    for one, other in ((first, second), (second, first)):
        if one.items == ():
            return Series(None, element_of(other), kind) if other.items != () else Series((), Python(), kind)
    if first.items is not None and second.items is not None and len(first.items) == len(second.items):
        items = tuple(join(one, other) for one, other in zip(first.items, second.items, strict=True))
        return Series(items, Python(), kind)
    return Series(None, join(element_of(first), element_of(second)), kind)


def _join_mappings(first: Mapping, second: Mapping) -> Mapping:
    """A dict that is one of two: a key that only one of them has may be missing, or hold what the other's rest may."""
    if first.cell is not None and first.cell is second.cell:
        found = first.cell.content
        assert isinstance(found, Mapping)
        return found
    made = mapping_of_both(first, second)
    assert made.cell is not None
    assert first.cell is not None
    assert second.cell is not None
    made.cell.become_alternative(first.cell, second.cell)
    return made


def mapping_of_both(first: Mapping, second: Mapping) -> Mapping:
    """What two dicts, or one dict at two times, may hold."""
    same = len(first.pairs) == len(second.pairs) and all(find_key(first, key) is not None for key, _ in second.pairs)
    rest = None if same and first.rest is None and second.rest is None else join(first.rest, second.rest)
    pairs = tuple((key, _join_found(value, second, key)) for key, value in first.pairs)
    more = tuple((key, _join_found(value, first, key)) for key, value in second.pairs if find_key(first, key) is None)
    return Mapping((*pairs, *more), first.node if first.node is second.node else None, rest)


def _join_found(value: Value, other: Mapping, key: Value) -> Value:
    place = find_key(other, key)
    found = other.pairs[place][1] if place is not None else other.rest
    return join(value, found) if found is not None else value


def find_key(mapping: Mapping, key: Value) -> int | None:
    """The place of a key among the pairs."""
    wanted = constant_of(key)
    for place, (other, _) in enumerate(mapping.pairs):
        if other is key or (wanted is not None and constant_of(other) == wanted):
            return place
    return None


@singledispatch
def element_of(value: Value) -> Value:
    """What iterating over the value gives."""
    return Python(of_shape=any_of_shape(value))


@element_of.register(Series)
def _(value: Series) -> Value:
    if value.items is None:
        return value.element
    result: Value | None = None
    for item in value.items:
        result = join(result, current(item))
    return weaken(result) if result is not None else Python()


@element_of.register(Mapping)
def _(value: Mapping) -> Value:
    result = value.rest
    for key, _ in value.pairs:
        result = join(result, key)
    return weaken(result) if result is not None and value.rest is None else Python()


@element_of.register(Penalties)
def _(value: Penalties) -> Value:
    return Tensor(TensorFacts(0, "float32"))


@element_of.register(GradientPairs)
def _(value: GradientPairs) -> Value:
    return Series((Tensor(backward=True), Variable(backward=True)), Python(), "tuple")


@element_of.register(Variables)
def _(value: Variables) -> Value:
    return Variable()


@element_of.register(Tensor)
def _(value: Tensor) -> Value:
    rank = value.facts.rank
    return Tensor(TensorFacts(None if rank is None else rank - 1, value.facts.dtype), value.backward)


def weaken(value: Value) -> Value:
    """Forget the constant: the value of a loop variable or of something that a loop changes."""
    if isinstance(value, Python) and value.constant is not None and not is_none(value):
        return replace(value, constant=None, type=type_of(value))
    return value
