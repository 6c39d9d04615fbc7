"""What a call of a Python builtin gives."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable

from tf1to2_reg.program import containers, distinctness, members, stores
from tf1to2_reg.program.calls import unseen
from tf1to2_reg.program.definitions import Class, Function, Instance, ProjectModule, SuperProxy
from tf1to2_reg.program.joining import element_of, join
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.values import (
    UNKNOWN_TENSOR,
    Builtin,
    Mapping,
    Python,
    Series,
    Symbol,
    Value,
    any_of_shape,
    constant_of,
    derived,
    facts_of,
    leaves,
    python,
    type_of,
)

_HARMLESS = frozenset({"print", "isinstance", "repr", "id", "hasattr", "callable", "format", "iter", "bool"})
"""Builtins that change nothing of what they are given and say little of it, graph values or not."""

_TYPES: dict[str, type] = {
    "bool": bool, "isinstance": bool, "issubclass": bool, "callable": bool, "hasattr": bool, "any": bool, "all": bool,
    "repr": str, "format": str, "id": int, "hash": int,
}  # fmt: skip
_NAMESPACES = frozenset({"globals", "locals", "exec", "eval", "vars", "__import__", "compile"})


def call(run: Run, builtin: Builtin, site: CallSite) -> Value:
    """The result of calling a builtin."""
    name = builtin.name
    if name in _RUNNING:
        return _RUNNING[name](run, site)
    if name in _NAMESPACES:
        return _namespace(run, site)
    result = _HANDLERS[name](site) if name in _HANDLERS else None
    if result is not None:
        return result
    if name in _HARMLESS or not any(value.graph for value in site.values()):
        return Python(None, any_of_shape(*_given(site)), _TYPES.get(name))
    return unseen.call(run, site)


def _given(site: CallSite) -> list[Value]:
    return [value for value, _ in site.positional]


# Namespaces and attributes by name


def _namespace(run: Run, site: CallSite) -> Value:
    """Through the dict of a namespace any name in it may be bound anew."""
    for value in site.values():
        stores.set_any_attribute(run, value)
    if not run.machine.dead and not site.positional:
        bindings = site.frame.env.root().bindings
        for name, value in list(bindings.items()):
            if not isinstance(value, Function | Class | Symbol | ProjectModule):
                bindings[name] = join(value, Python())
    return Python()


def _getattr(run: Run, site: CallSite) -> Value:
    values = _given(site)
    name = constant_of(values[1]) if len(values) > 1 else None
    if name is None or not isinstance(name.value, str):
        if values and any(leaf.graph for leaf in leaves(values[0])):
            message = "which attribute is read is decided later"
            run.machine.obstacle("TFR231", message, site.frame, site.node, about=values)
        return Python()
    if isinstance(values[0], Symbol | Instance | Class | ProjectModule):
        found = members.member(values[0], run, name.value, site.frame, site.node)
        return join(found, values[2]) if len(values) > 2 and not isinstance(values[0], Symbol) else found
    return Python()


def _setattr(run: Run, site: CallSite) -> Value:
    values = _given(site)
    if len(values) != 3:
        return python(None)
    name = constant_of(values[1])
    if name is not None and isinstance(name.value, str):
        stores.set_attribute(run, values[0], name.value, values[2], site.frame, site.node)
        return python(None)
    stores.set_any_attribute(run, values[0])
    if values[2].graph:
        message = "a tensor is stored under a name that is decided when the program runs"
        run.machine.obstacle("TFR231", message, site.frame, site.node, about=values)
    return python(None)


def _delattr(run: Run, site: CallSite) -> Value:
    if site.positional:
        stores.set_any_attribute(run, site.positional[0][0])
    return python(None)


def _type(run: Run, site: CallSite) -> Value:
    values = _given(site)
    return values[0].cls if len(values) == 1 and isinstance(values[0], Instance) else Python()


# Series


def _list(site: CallSite) -> Value | None:
    return _as_series(site, "list") if site.positional else Series((), Python(), "list")


def _tuple(site: CallSite) -> Value | None:
    return _as_series(site, "tuple") if site.positional else Series((), Python(), "tuple")


def _reversed(site: CallSite) -> Value | None:
    made = _as_series(site, "list")
    if isinstance(made, Series) and made.items is not None:
        return Series(made.items[::-1], Python(), "list")
    return made


def _sorted(site: CallSite) -> Value | None:
    made = _as_series(site, "list")
    if isinstance(made, Series) and made.items is not None and len(made.items) > 1:
        return Series(None, element_of(made), "list")
    return made


def _as_series(site: CallSite, kind: str) -> Value | None:
    values = _given(site)
    if len(values) != 1:
        return None
    if isinstance(values[0], Series):
        return Series(values[0].items, values[0].element, kind)
    if values[0].graph or isinstance(values[0], Mapping):
        return Series(None, element_of(values[0]), kind)
    return Python(of_shape=any_of_shape(values[0]))


def _zip(site: CallSite) -> Value:
    if len(site.positional) == 1 and isinstance(site.positional[0][1], ast.Starred):
        element = element_of(site.positional[0][0])
        if isinstance(element, Series) and element.items is not None:
            return Series(tuple(Series(None, item, "tuple") for item in element.items), Python())
        return Python()
    elements = tuple(element_of(value) for value in _given(site))
    return Series(None, Series(elements, Python(), "tuple"))


def _enumerate(site: CallSite) -> Value | None:
    values = _given(site)
    return Series(None, Series((Python(type=int), element_of(values[0])), Python(), "tuple")) if values else None


def _range(site: CallSite) -> Value | None:
    return Series(None, Python(None, any_of_shape(*_given(site)), int), "tuple")


def _next(run: Run, site: CallSite) -> Value:
    """An element of what is walked: an iterator of a list is not the list."""
    values = _given(site)
    if values and isinstance(values[0], Series) and not values[0].graph:
        return join(element_of(values[0]), values[1]) if len(values) > 1 else element_of(values[0])
    return Python(of_shape=any_of_shape(*values))


def _len(site: CallSite) -> Value | None:
    values = _given(site)
    if len(values) == 1 and isinstance(values[0], Series) and values[0].items is not None:
        return python(len(values[0].items))
    if len(values) == 1 and isinstance(values[0], Mapping) and values[0].rest is None:
        return python(len(values[0].pairs))
    return Python(None, any_of_shape(*values), int)


def _dict(run: Run, site: CallSite) -> Value:
    """A new dict: a copy of another, with further keys."""
    keywords = {key: value for key, (value, _) in site.keywords.items()}
    hidden = any(keyword.arg is None for keyword in site.node.keywords)
    if any(value.graph for value in site.values()) and (site.positional or hidden):
        message = "a dict of graph values is made of another"
        run.machine.obstacle("TFR231", message, site.frame, site.node, about=site.values())
        return Python()
    return containers.merged([*_given(site), Python()] if hidden else _given(site), keywords)


# Numbers and strings


def _sum(site: CallSite) -> Value | None:
    values = _given(site)
    if not values or not values[0].graph:
        return None
    return derived(facts_of(element_of(values[0])) or UNKNOWN_TENSOR, values[0])


def _number(site: CallSite) -> Value | None:
    values = _given(site)
    if any(value.graph for value in values):
        return None
    kinds = {type_of(value) for value in values}
    same = kinds.pop() if len(kinds) == 1 and len(values) > 1 else None
    return Python(None, any_of_shape(*values), same if same in (int, float) else None)


def _abs(site: CallSite) -> Value | None:
    values = _given(site)
    kind = type_of(values[0]) if len(values) == 1 and not values[0].graph else None
    return Python(None, any_of_shape(*values), kind) if kind in (int, float) else _number(site)


def _round(site: CallSite) -> Value | None:
    values = _given(site)
    if len(values) == 1 and type_of(values[0]) in (int, float):
        return Python(None, any_of_shape(*values), int)
    return _number(site)


def _int(site: CallSite) -> Value | None:
    return _converted(site, int)


def _float(site: CallSite) -> Value | None:
    return _converted(site, float)


def _converted(site: CallSite, convert: type[int | float]) -> Value | None:
    values = _given(site)
    constant = constant_of(values[0]) if len(values) == 1 else None
    if constant is not None and isinstance(constant.value, int | float | str):
        with contextlib.suppress(ValueError, OverflowError):
            return python(convert(constant.value))
    if any(value.graph for value in values):
        return None
    return Python(None, any_of_shape(*values), convert)


def _str(site: CallSite) -> Value | None:
    values = _given(site)
    constant = constant_of(values[0]) if len(values) == 1 else None
    if constant is not None and isinstance(constant.value, str | int):
        return python(str(constant.value))
    return Python(type=str, distinct=distinctness.of(values[0]) if len(values) == 1 else distinctness.NONE)


def _super(site: CallSite) -> Value:
    instance = site.frame.instance
    owner = site.frame.function.owner if site.frame.function else None
    if instance is None or owner is None:
        return Python()
    return SuperProxy(instance, tuple(base for base in owner.bases if isinstance(base, Class)))


_HANDLERS: dict[str, Callable[[CallSite], Value | None]] = {
    "list": _list,
    "tuple": _tuple,
    "reversed": _reversed,
    "sorted": _sorted,
    "zip": _zip,
    "enumerate": _enumerate,
    "range": _range,
    "len": _len,
    "sum": _sum,
    "int": _int,
    "float": _float,
    "str": _str,
    "max": _number,
    "min": _number,
    "abs": _abs,
    "round": _round,
    "super": _super,
}
_RUNNING: dict[str, Callable[[Run, CallSite], Value]] = {
    "getattr": _getattr,
    "setattr": _setattr,
    "delattr": _delattr,
    "next": _next,
    "type": _type,
    "dict": _dict,
}
