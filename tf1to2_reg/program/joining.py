"""What a name holds where paths of a program meet, and what holds for every element of what is iterated."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import singledispatch

from tf1to2_reg.facts.knowledge import TensorFacts
from tf1to2_reg.program.definitions import Function, Method, ProjectModule
from tf1to2_reg.program.values import (
    AnyOf,
    Builtin,
    FetchedSummary,
    GlobalStep,
    GradientPairs,
    Graph,
    Initializer,
    InitOp,
    Mapping,
    Optimizer,
    Penalties,
    Placeholder,
    Python,
    Regularizer,
    Schedule,
    Scope,
    Series,
    Session,
    State,
    Symbol,
    Tensor,
    TrainOp,
    UpdateControl,
    UpdateOps,
    Value,
    Variable,
    Variables,
    Writer,
    any_of_shape,
    current,
    derived,
    find_key,
    is_none,
    is_same_constant,
    join_facts,
    type_of,
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
        return derived(join_facts([first.facts, second.facts]), first, second)
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
    if isinstance(first, FetchedSummary) and isinstance(second, FetchedSummary):
        return first.calls == second.calls
    return any(isinstance(first, kind) and isinstance(second, kind) for kind in (Initializer, Writer))


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


def in_both(before: Value, value: Value) -> Value:
    """What holds of an expression that gave two values, one after the other; nothing of the program changes by it."""
    if before is value or _says_the_same(before, value):
        return value
    if isinstance(before, Series) and isinstance(value, Series):
        return _series_of_both(before, value)
    if isinstance(before, Mapping) and isinstance(value, Mapping):
        return mapping_of_both(before, value)
    if isinstance(before, Method) and isinstance(value, Method) and before.function.node is value.function.node:
        return value
    return join(before, value)


def _says_the_same(before: Value, value: Value) -> bool:
    """True for two values of one kind that differ in nothing that is asked of them."""
    if type(before) is not type(value):
        return False
    if isinstance(value, _ALL_ALIKE):
        return True
    return isinstance(value, _MADE_BY_CALLS) and all(
        _is_alike(getattr(before, part.name), getattr(value, part.name)) for part in fields(value)
    )


def _is_alike(before: object, value: object) -> bool:
    if before is value or before == value:
        return True
    return isinstance(before, Value) and isinstance(value, Value) and _says_the_same(before, value)


_ALL_ALIKE = (Graph, Initializer, InitOp, Penalties, Scope, Session, UpdateControl, UpdateOps)
_MADE_BY_CALLS = (
    GradientPairs,
    GlobalStep,
    Optimizer,
    Placeholder,
    ProjectModule,
    Schedule,
    State,
    TrainOp,
    Variable,
    Variables,
)


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
    return derived(TensorFacts(None if rank is None else rank - 1, value.facts.dtype), value)


def weaken(value: Value) -> Value:
    """Forget the constant: the value of a loop variable or of something that a loop changes."""
    if isinstance(value, Python) and value.constant is not None and not is_none(value):
        return replace(value, constant=None, type=type_of(value))
    return value
