"""What a call of a `tf.layers` function does: it makes variables under a name and may leave penalties."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tf1to2_reg.facts.held import MADE, is_apart
from tf1to2_reg.facts.knowledge import TensorFacts
from tf1to2_reg.facts.layers import LAYERS, LayerFacts
from tf1to2_reg.program.calls.scopes import named, reuse_mode, unnamed
from tf1to2_reg.program.definitions import Function
from tf1to2_reg.program.machine import CallSite, combine_reuse
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import Argument, LayerEvent
from tf1to2_reg.program.values import (
    UNKNOWN_TENSOR,
    AnyOf,
    Initializer,
    Placeholder,
    Python,
    Regularizer,
    Reuse,
    Symbol,
    Tensor,
    Value,
    VariableScope,
    constant_of,
    facts_of,
    is_none,
)


@dataclass(frozen=True, eq=False)
class Made:
    """What makes variables or takes them: `token` stands for its name, `rank` is that of its input."""

    symbol: str
    arguments: dict[str, Argument]
    token: object
    reuse: Reuse = Reuse.NO
    rank: int | None = None


def call(run: Run, symbol: str, site: CallSite) -> Value:
    """Record a layer call and give its output."""
    layer = LAYERS[symbol]
    arguments = bind(run, layer, site)
    facts = input_facts(run, arguments, site)
    if symbol == "tf.layers.dropout" and "rate" in arguments and arguments["rate"].value.graph:
        return _fed_dropout(run, arguments, facts, site)
    check(run, layer, arguments, site)
    check_training(run, arguments, site)
    made = Made(symbol, arguments, _name_token(run, layer, arguments, site), _layer_reuse(arguments), facts.rank)
    record(run, made, site, conditional=site.frame.conditions > 0)
    facts = TensorFacts(layer.rank if layer.rank is not None else facts.rank, facts.dtype)
    return Tensor(facts, refused=facts.dtype != "float32")


def _fed_dropout(run: Run, arguments: dict[str, Argument], facts: TensorFacts, site: CallSite) -> Value:
    """A dropout whose rate is a tensor is no layer: it has no variables, and computes the same as an op."""
    check_training(run, arguments, site)
    for name, given in arguments.items():
        if name not in ("inputs", "rate", "training") and given.value.graph:
            run.machine.obstacle("TFR220", f"the argument {name} is a tensor", site.frame, site.node)
    return Tensor(facts, refused=facts.dtype != "float32")


def check(run: Run, layer: LayerFacts, arguments: dict[str, Argument], site: CallSite) -> None:
    """Tell what is not understood of how a layer or variable is made."""
    for name, value in _unseen_regularizers(layer, arguments):
        message = f"what is passed as {name} cannot be followed"
        run.machine.obstacle("TFR221", message, site.frame, site.node, about=[value])
    _check_sizes(run, arguments, site)
    if run.machine.attempts:
        run.machine.obstacle("TFR219", "a layer is made inside try", site.frame, site.node)
    _note_initializers(run, arguments, site)


def record(run: Run, made: Made, site: CallSite, *, conditional: bool) -> None:
    """Variables are made, or taken, under a name in the scope that is open."""
    layer = MADE[made.symbol]
    mode = Reuse.NO if is_apart(made.symbol) else combine_reuse(run.machine.scope.reuse, made.reuse)
    regularized, optional = _penalty(layer, made.arguments)
    event = LayerEvent(
        *run.machine.at(site),
        symbol=made.symbol,
        arguments=made.arguments,
        scope=VariableScope(run.machine.scope.path, mode),
        key=_segments((*run.machine.scope.path, made.token)),
        reuse=mode,
        regularized=regularized,
        optional=optional,
        vanishing=may_vanish(layer, made.arguments),
        rank=made.rank,
        conditional=conditional,
    )
    run.machine.event(event)


def _segments(path: tuple[object, ...]) -> tuple[object, ...]:
    """The path with its names split at slashes, so that "a/b" and "b" in the scope "a" are the same."""
    return tuple(part for token in path for part in (token.split("/") if isinstance(token, str) else (token,)))


def bind(run: Run, layer: LayerFacts, site: CallSite) -> dict[str, Argument]:
    """The arguments of a call by parameter."""
    arguments = {name: Argument(*given) for name, given in zip(layer.parameters, site.positional, strict=False)}
    for name, given in site.keywords.items():
        if name not in layer.parameters:
            run.machine.obstacle("TFR220", f"the argument {name} is not known", site.frame, site.node)
        arguments[name] = Argument(*given)
    return arguments


def input_facts(run: Run, arguments: dict[str, Argument], site: CallSite) -> TensorFacts:
    """What is known of the input; it must be float32, the dtype that Keras casts to."""
    given = arguments.get("inputs")
    facts = (facts_of(given.value) if given else None) or UNKNOWN_TENSOR
    if facts.dtype != "float32":
        found = f"is {facts.dtype}" if facts.dtype else "is not known"
        message = f"the dtype of the layer's input {found}"
        run.machine.obstacle("TFR215", message, site.frame, site.node, about=[given.value] if given else [])
    return facts


def _given_regularizers(layer: LayerFacts, arguments: dict[str, Argument]) -> Iterator[tuple[str, Value]]:
    for name in layer.regularizers:
        given = arguments.get(name)
        if given is not None and not is_none(given.value):
            yield name, given.value


def _unseen_regularizers(layer: LayerFacts, arguments: dict[str, Argument]) -> Iterator[tuple[str, Value]]:
    for name, value in _given_regularizers(layer, arguments):
        string = constant_of(value)
        known = (
            isinstance(value, Regularizer)
            or _is_lambda(value)
            or (isinstance(value, Symbol) and value.name == "tf.nn.l2_loss")
        )
        if not known and not (string is not None and isinstance(string.value, str)):
            yield name, value


def _penalty(layer: LayerFacts, arguments: dict[str, Argument]) -> tuple[bool, bool]:
    """Whether the layer leaves a penalty, and whether it may leave none by configuration."""
    given = [value for _, value in _given_regularizers(layer, arguments)]
    last = given[-1] if given else None
    return bool(given), isinstance(last, Regularizer) and last.optional


def may_vanish(layer: LayerFacts, arguments: dict[str, Argument]) -> bool:
    """True where TF1 may leave out a penalty of the layer because its strength is zero."""
    given = [arguments[name].value for name in layer.regularizers if name in arguments]
    return any(isinstance(value, Regularizer) and value.vanishes for value in given)


def _is_lambda(value: Value) -> bool:
    return isinstance(value, Function) and isinstance(value.node, ast.Lambda)


def _note_initializers(run: Run, arguments: dict[str, Argument], site: CallSite) -> None:
    """Remember which initializers are objects made elsewhere, which several layers may share."""
    known = run.machine.trace.facts.shared_initializers.setdefault(site.node, {})
    for name, given in arguments.items():
        if not name.endswith("initializer"):
            continue
        made_here = given.node is not None and isinstance(given.node, ast.Call)
        kind = "object" if isinstance(given.value, Initializer) and not made_here else "own"
        if isinstance(given.value, AnyOf):
            kind = "mixed"
        known[name] = kind if known.get(name, kind) == kind else "mixed"


def _check_sizes(run: Run, arguments: dict[str, Argument], site: CallSite) -> None:
    for name, given in arguments.items():
        if name in ("inputs", "training", "initial_value"):
            continue
        if isinstance(given.value, Python) and given.value.of_shape:
            message = f"the argument {name} is computed from the shape of a tensor"
            run.machine.obstacle("TFR214", message, site.frame, site.node)
        elif given.value.graph:
            kind = "is not followed" if name.endswith("_constraint") else "is a tensor"
            message = f"the argument {name} {kind}"
            run.machine.obstacle("TFR220", message, site.frame, site.node, about=[given.value])


def check_training(run: Run, arguments: dict[str, Argument], site: CallSite) -> None:
    """The mode is a Python value, or fed as one."""
    given = arguments.get("training")
    if given is not None and given.value.graph and not isinstance(given.value, Placeholder):
        message = "the training flag is a computed tensor"
        run.machine.obstacle("TFR225", message, site.frame, site.node, about=[given.value])


def _layer_reuse(arguments: dict[str, Argument]) -> Reuse:
    return reuse_mode(arguments["reuse"].value) if "reuse" in arguments else Reuse.NO


def _name_token(run: Run, layer: LayerFacts, arguments: dict[str, Argument], site: CallSite) -> object:
    given = arguments.get("name")
    constant = constant_of(given.value) if given else None
    if given is not None and constant is not None and isinstance(constant.value, str):
        if given.node is not None:
            run.machine.trace.facts.layer_names.append((given.node, constant.value))
        if run.machine.live:
            run.machine.scope.names.add(constant.value)
        return constant.value
    if given is not None and constant is None:
        return named((given.value, given.node if given.node is not None else site.node))
    return unnamed(run, layer.stem, site)
