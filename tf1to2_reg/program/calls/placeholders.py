"""What is fed: placeholders."""

from __future__ import annotations

from tf1to2_reg.facts.knowledge import TensorFacts
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import PlaceholderEvent
from tf1to2_reg.program.values import Placeholder, Series, Symbol, Value, constant_of


def placeholder(run: Run, site: CallSite) -> Value:
    """`tf.placeholder`."""
    dtype, shape = site.argument(0, "dtype"), site.argument(1, "shape")
    facts = TensorFacts(_rank(shape[0]) if shape else None, _dtype(dtype[0]) if dtype else None)
    made = Placeholder(facts, call=site.node, dtype=dtype[1] if dtype else None, shape=shape[1] if shape else None)
    made = run.machine.repeated(made)
    run.machine.event(PlaceholderEvent(*run.machine.at(site), made))
    if site.frame.loops:
        run.machine.obstacle("TFR231", "a placeholder is made in a loop", site.frame, site.node)
    return made


def placeholder_with_default(run: Run, site: CallSite) -> Value:
    """`tf.placeholder_with_default`."""
    default, shape = site.argument(0, "input"), site.argument(1, "shape")
    rank = _rank(shape[0]) if shape else None
    constant = constant_of(default[0]) if default else None
    dtype = {bool: "bool", int: "int32", float: "float32"}.get(type(constant.value)) if constant else None
    made = Placeholder(
        TensorFacts(rank, dtype),
        call=site.node,
        shape=shape[1] if shape else None,
        default=default[1] if default else None,
    )
    made = run.machine.repeated(made)
    run.machine.event(PlaceholderEvent(*run.machine.at(site), made))
    return made


def _rank(shape: Value) -> int | None:
    if isinstance(shape, Series) and shape.items is not None:
        return len(shape.items)
    constant = constant_of(shape)
    if constant is not None and isinstance(constant.value, int) and not isinstance(constant.value, bool):
        return 1
    return None


def _dtype(value: Value) -> str | None:
    if isinstance(value, Symbol):
        return value.name.rpartition(".")[2]
    constant = constant_of(value)
    name = constant.value if constant is not None and isinstance(constant.value, str) else None
    return {"float": "float32", "double": "float64"}.get(name, name) if name is not None else None
