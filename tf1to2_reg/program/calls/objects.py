"""Layer objects: `layer = tf.layers.Dense(...)`, and what their calls do."""

from __future__ import annotations

import ast

from tf1to2_reg.facts.held import CLASSES, FUNCTIONS, is_apart
from tf1to2_reg.facts.knowledge import TensorFacts
from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.program.calls import layers as layer_calls
from tf1to2_reg.program.calls.scopes import apart, named, unnamed
from tf1to2_reg.program.machine import CallSite, combine_reuse
from tf1to2_reg.program.objects import LayerObject
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import Argument, Frame, ObjectCallEvent, OwnReadEvent
from tf1to2_reg.program.values import Python, Reuse, Series, Tensor, Value, Variable, constant_of

CALLING = ("apply", "__call__")
_OF_A_CALL = {"tf.layers.Dropout": ("inputs", "training")}


def construct(run: Run, symbol: str, site: CallSite) -> Value:
    """A layer object; nothing is in the graph yet."""
    facts = CLASSES[symbol]
    arguments = layer_calls.bind(run, facts, site)
    layer_calls.check(run, facts, arguments, site)
    return LayerObject(symbol, site, site.frame.loops, arguments)


def parameters_of_call(symbol: str) -> tuple[str, ...]:
    """What a call of a layer object takes."""
    return _OF_A_CALL.get(symbol, ("inputs",))


def call(run: Run, layer: LayerObject, site: CallSite) -> Value:
    """The output of a layer object. The first call makes its variables, in the scope that is open then."""
    parameters = parameters_of_call(layer.symbol)
    given = {name: Argument(*value) for name, value in zip(parameters, site.positional, strict=False)}
    given |= {name: Argument(*value) for name, value in site.keywords.items() if name in parameters}
    if len(given) != len(site.positional) + len(site.keywords):
        run.machine.obstacle("TFR220", "a layer object is called with more than its input", site.frame, site.node)
    facts = layer_calls.input_facts(run, given, site)
    layer_calls.check_training(run, given, site)
    run.machine.event(ObjectCallEvent(*run.machine.at(site), layer))
    if not layer.built:
        _build(run, layer, given, facts, site)
    rank = LAYERS[FUNCTIONS[layer.symbol]].rank
    return Tensor(TensorFacts(rank if rank is not None else facts.rank, facts.dtype), refused=facts.dtype != "float32")


def member(run: Run, layer: LayerObject, name: str, frame: Frame, node: ast.expr) -> Value:
    """What a layer object has once it made its variables; before, it has nothing or an empty list."""
    if name in CALLING:
        return Python()
    made = _members(layer).get(name)
    if made is None:
        return run.machine.obstacle("TFR201", f"{name} of a layer object is not understood", frame, node)
    if not layer.built and run.machine.live:
        return run.machine.obstacle("TFR201", f"{name} of a layer object that was not called yet", frame, node)
    if name == "losses":
        run.machine.event(OwnReadEvent(run.machine.order(), layer.site.node, frame, frame.loops))
    return made


def _members(layer: LayerObject) -> dict[str, Value]:
    facts = CLASSES[layer.symbol]
    found: dict[str, Value] = {}
    for name in facts.initializers:
        weight = name.removesuffix("_initializer")
        rank = 1 if weight == "bias" else 2 if facts.keras == "Dense" else facts.rank
        found[weight] = Variable(TensorFacts(rank, "float32"))
    if facts.initializers:
        found |= dict.fromkeys(("trainable_variables", "trainable_weights"), Series(None, Variable()))
    if not is_apart(layer.symbol) and not layer_calls.may_vanish(facts, layer.arguments):
        found["losses"] = Series(None, Tensor(TensorFacts(0, "float32")))
    return found


def _build(run: Run, layer: LayerObject, given: dict[str, Argument], facts: TensorFacts, site: CallSite) -> None:
    if site.frame.loops != layer.loops and run.machine.scope.reuse is not Reuse.NO:
        message = "a layer object is first called in a loop, where variables are reused"
        run.machine.obstacle("TFR213", message, site.frame, site.node)
    conditions = site.frame.conditions + layer.site.frame.conditions
    arguments = {**layer.arguments, **given}
    made = layer_calls.Made(layer.symbol, arguments, _name_token(run, layer, site), rank=facts.rank)
    layer_calls.record(run, made, layer.site, conditional=conditions > 0)
    layer.built = run.machine.live


def _name_token(run: Run, layer: LayerObject, site: CallSite) -> object:
    """TF1 numbers a layer object's name, given or not, where it is called first."""
    if is_apart(layer.symbol):
        return apart(CLASSES[layer.symbol].stem)
    name = layer.arguments.get("name")
    constant = constant_of(name.value) if name is not None else None
    if name is None or constant is not None:
        wanted = constant.value if constant is not None else None
        return unnamed(run, wanted if isinstance(wanted, str) else CLASSES[layer.symbol].stem, site)
    if combine_reuse(run.machine.scope.reuse, Reuse.NO) is not Reuse.NO:
        message = "a layer object of a computed name is called where variables are reused"
        run.machine.obstacle("TFR213", message, site.frame, site.node)
    return named((name.value, name.node if name.node is not None else site.node))
