"""Variables made by hand that a model can hold: `tf.get_variable`, `tf.Variable`."""

from __future__ import annotations

import ast
from collections.abc import Collection

from tf1to2_reg.facts.held import VARIABLE, WEIGHT, WEIGHTS
from tf1to2_reg.facts.initial_values import INITIAL_VALUES
from tf1to2_reg.facts.knowledge import Constant, TensorFacts
from tf1to2_reg.program.calls import layers as layer_calls
from tf1to2_reg.program.calls.scopes import apart, named
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import Argument
from tf1to2_reg.program.values import (
    AnyOf,
    Initializer,
    Python,
    Series,
    Symbol,
    Value,
    Variable,
    any_of_shape,
    constant_of,
    facts_of,
    is_none,
    type_of,
)

_FLOATS = frozenset({"tf.float32", "tf.dtypes.float32"})
_IGNORED = frozenset({"use_resource", "validate_shape"})
_KNOWN = frozenset({"name", "shape", "dtype", "initializer", "regularizer", "trainable"})


def get_variable(run: Run, site: CallSite) -> Value:
    """A variable under a name, which may be there already."""
    facts = WEIGHTS[WEIGHT]
    arguments = layer_calls.bind(run, facts, site)
    layer_calls.check(run, facts, arguments, site)
    for message in _unknown(arguments):
        run.machine.obstacle("TFR218", message, site.frame, site.node)
    if "shape" in arguments and any_of_shape(*_parts(arguments["shape"].value)):
        message = "the argument shape is computed from the shape of a tensor"
        run.machine.obstacle("TFR214", message, site.frame, site.node)
    made = layer_calls.Made(WEIGHT, arguments, _token(run, arguments, site))
    layer_calls.record(run, made, site, conditional=site.frame.conditions > 0)
    return Variable(TensorFacts(_rank(arguments), "float32"))


def variable(run: Run, site: CallSite) -> Value:
    """`tf.Variable`: a variable of its own that starts from numbers that an op gives."""
    arguments = layer_calls.bind(run, WEIGHTS[VARIABLE], site)
    layer_calls.check(run, WEIGHTS[VARIABLE], arguments, site)
    for message in _unknown_variable(run, arguments):
        run.machine.obstacle("TFR218", message, site.frame, site.node)
    name = constant_of(arguments["name"].value) if "name" in arguments else None
    stem = name.value if name is not None and isinstance(name.value, str) else "Variable"
    layer_calls.record(
        run,
        layer_calls.Made(VARIABLE, arguments, apart(stem)),
        site,
        conditional=site.frame.conditions > 0,
    )
    initial = arguments.get("initial_value")
    facts = facts_of(initial.value) if initial is not None else None
    return Variable(TensorFacts(facts.rank if facts is not None else 0, "float32"))


def _unknown_variable(run: Run, arguments: dict[str, Argument]) -> list[str]:
    found = []
    if "initial_value" not in arguments or not _is_initial(run, arguments["initial_value"]):
        found.append("the initial value of a variable is not one that an initializer of Keras gives")
    if "dtype" in arguments and not _is_float(arguments["dtype"].value):
        found.append("a variable of another dtype than float32 is made by hand")
    if not _is_trained(arguments):
        found.append("whether a variable is trained is not known")
    return [*found, *_others(arguments, {"initial_value", "dtype", "trainable", "name"})]


def _is_initial(run: Run, given: Argument) -> bool:
    """A float, or the call of an op that stands there and gives float32."""
    if isinstance(given.value, Python):
        return type_of(given.value) is float
    facts = facts_of(given.value)
    if not isinstance(given.node, ast.Call) or facts is None or facts.dtype != "float32":
        return False
    return run.machine.trace.facts.symbol(given.node.func) in INITIAL_VALUES


def _unknown(arguments: dict[str, Argument]) -> list[str]:
    """What keeps a variable from being a weight of a model."""
    found = []
    shape, dtype = arguments.get("shape"), arguments.get("dtype")
    if shape is None or not _is_shape(shape.value):
        found.append("the shape of a variable is not known")
    if dtype is not None and not _is_float(dtype.value):
        found.append("a variable of another dtype than float32 is made by hand")
    initializer = arguments.get("initializer")
    if initializer is not None and not all(map(_is_initializer, _options(initializer.value))):
        found.append("the initial value of a variable is no initializer")
    if not _is_trained(arguments):
        found.append("a variable that may not be trained has a regularizer, or whether it is trained is not known")
    return [*found, *_others(arguments, _KNOWN)]


def _others(arguments: dict[str, Argument], known: Collection[str]) -> list[str]:
    others = {name for name, given in arguments.items() if name not in {*known, *_IGNORED} and not is_none(given.value)}
    return [f"the argument {name} of a variable made by hand" for name in sorted(others)]


def _is_float(dtype: Value) -> bool:
    return isinstance(dtype, Symbol) and dtype.name in _FLOATS


def _is_shape(value: Value) -> bool:
    return type_of(value) is int or (isinstance(value, Series) and value.items is not None and not value.graph)


def _parts(value: Value) -> tuple[Value, ...]:
    return (value, *(value.items or ())) if isinstance(value, Series) else (value,)


def _options(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, AnyOf) else (value,)


def _is_initializer(value: Value) -> bool:
    return isinstance(value, Initializer) or is_none(value)


def _is_trained(arguments: dict[str, Argument]) -> bool:
    """Keras drops the penalty of a variable that is not trained; TF1 keeps it."""
    trainable, regularizer = arguments.get("trainable"), arguments.get("regularizer")
    constant = constant_of(trainable.value) if trainable is not None else Constant(None)
    if constant == Constant(value=False):
        return regularizer is None or is_none(regularizer.value)
    return constant is not None and constant.value in (None, True)


def _rank(arguments: dict[str, Argument]) -> int | None:
    shape = arguments["shape"].value if "shape" in arguments else Python()
    if isinstance(shape, Series) and shape.items is not None:
        return len(shape.items)
    return 1 if type_of(shape) is int else None


def _token(run: Run, arguments: dict[str, Argument], site: CallSite) -> object:
    given = arguments.get("name")
    if given is None:
        run.machine.obstacle("TFR218", "a variable is made without a name", site.frame, site.node)
        return object()
    node: ast.expr = given.node if given.node is not None else site.node
    constant = constant_of(given.value)
    if constant is not None and isinstance(constant.value, str) and given.node is not None:
        run.machine.trace.facts.layer_names.append((given.node, constant.value))
    return named((given.value, node))
