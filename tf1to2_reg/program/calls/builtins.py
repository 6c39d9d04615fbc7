"""What a call of a Python builtin gives."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from tf1to2_reg.facts.knowledge import TensorFacts
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.values import (
    Builtin,
    Class,
    Mapping,
    Python,
    Series,
    SuperProxy,
    Tensor,
    Value,
    any_of_shape,
    constant_of,
    element_of,
    facts_of,
    is_backward,
    python,
)

_HARMLESS = frozenset({
    "print", "len", "isinstance", "str", "repr", "type", "id", "hasattr", "callable", "dict", "range", "format",
    "getattr", "next", "iter", "bool",
})  # fmt: skip


def call(run: Run, builtin: Builtin, site: CallSite) -> Value:
    """The result of calling a builtin."""
    handler = _HANDLERS.get(builtin.name)
    result = handler(site) if handler is not None else None
    if result is not None:
        return result
    if builtin.name in _HARMLESS:
        return Python(of_shape=any_of_shape(*_given(site)))
    return run.call_unseen(site)


def _given(site: CallSite) -> list[Value]:
    return [value for value, _ in site.positional]


def _list(site: CallSite) -> Value | None:
    return _as_series(site, "list") if site.positional else Series((), Python(), "list")


def _tuple(site: CallSite) -> Value | None:
    return _as_series(site, "tuple") if site.positional else Series((), Python(), "tuple")


def _reordered(site: CallSite) -> Value | None:
    return _as_series(site, "list")


def _as_series(site: CallSite, kind: str) -> Value | None:
    values = _given(site)
    if len(values) != 1:
        return None
    if isinstance(values[0], Series):
        return Series(values[0].items, values[0].element, kind)
    if values[0].graph:
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
    return Series(None, Series((Python(), element_of(values[0])), Python(), "tuple")) if values else None


def _sum(site: CallSite) -> Value | None:
    values = _given(site)
    if not values or not values[0].graph:
        return None
    return Tensor(facts_of(element_of(values[0])) or TensorFacts(None, None), is_backward(values[0]))


def _number(site: CallSite) -> Value | None:
    values = _given(site)
    return None if any(value.graph for value in values) else Python(of_shape=any_of_shape(*values))


def _int(site: CallSite) -> Value | None:
    return _converted(site, int)


def _float(site: CallSite) -> Value | None:
    return _converted(site, float)


def _converted(site: CallSite, convert: Callable[[Any], object]) -> Value | None:
    values = _given(site)
    constant = constant_of(values[0]) if len(values) == 1 else None
    if constant is None:
        return _number(site)
    try:
        return python(convert(constant.value))
    except (TypeError, ValueError):
        return _number(site)


def _super(site: CallSite) -> Value:
    instance = site.frame.instance
    owner = site.frame.function.owner if site.frame.function else None
    if instance is None or owner is None:
        return Python()
    return SuperProxy(instance, tuple(base for base in owner.bases if isinstance(base, Class)))


def _dict(site: CallSite) -> Value | None:
    if not site.keywords or site.positional:
        return None
    return Mapping(tuple((python(key), value) for key, (value, _) in site.keywords.items()), None)


_HANDLERS: dict[str, Callable[[CallSite], Value | None]] = {
    "list": _list,
    "tuple": _tuple,
    "reversed": _reordered,
    "sorted": _reordered,
    "zip": _zip,
    "enumerate": _enumerate,
    "sum": _sum,
    "int": _int,
    "float": _float,
    "max": _number,
    "min": _number,
    "abs": _number,
    "round": _number,
    "super": _super,
    "dict": _dict,
}
