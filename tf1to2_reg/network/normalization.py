"""How each batch normalization is built: its statistics are those of TF1 in every call that trains it."""

from __future__ import annotations

from collections.abc import Collection

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.facts.knowledge import Constant
from tf1to2_reg.facts.layers import DEFAULTS, is_fused_axis
from tf1to2_reg.network.data import ModelPlan, Normalization
from tf1to2_reg.program.trace import LayerEvent, Trace
from tf1to2_reg.program.values import Value, constant_of

_TWO_FUNCTIONS = "TF1 keeps others for inputs of four dimensions: write a function for each kind of input."
LAYER = "tf.layers.batch_normalization"


def events(trace: Trace) -> list[LayerEvent]:
    """The calls of batch normalizations."""
    return [event for event in trace.of_layers() if event.symbol == LAYER]


def plan(trace: Trace, models: Collection[ModelPlan], *, updated: bool) -> None:
    """Say how each batch normalization of the models is built; `updated` where the program runs update ops.

    A call that does not train fits every form: none of them differs from the others then.

    Raises:
        Refused: TFR227 where the calls of one normalization need different forms, or the form is not known.
    """
    for event in events(trace):
        mode = _mode(event, updated=updated)
        for model in models:
            if mode is None or event.node not in model.sites:
                continue
            if model.normalizations.setdefault(event.node, mode) is not mode:
                message = "one batch normalization is trained in calls that keep other statistics of a batch"
                raise refusal("TFR227", message, event.node, _TWO_FUNCTIONS)


def _mode(event: LayerEvent, *, updated: bool) -> Normalization | None:
    """The form that a call needs, None where any will do."""
    training = training_of(event)
    if training is None or is_false(training):
        return None
    if not updated:
        return Normalization.FROZEN
    fused = event.arguments.get("fused")
    if fused is not None and is_false(fused.value):
        return Normalization.PLAIN
    if event.rank is None:
        raise refusal("TFR227", "the rank of the input of a batch normalization is not known", event.node)
    return Normalization.FUSED if event.rank == 4 and _has_fused_axis(event) else Normalization.PLAIN


def _has_fused_axis(event: LayerEvent) -> bool:
    axis = event.arguments.get("axis")
    constant = constant_of(axis.value) if axis is not None else Constant(DEFAULTS["axis"])
    return constant is not None and is_fused_axis(constant.value)


def training_of(event: LayerEvent) -> Value | None:
    """What is given for `training`, None where nothing is."""
    given = event.arguments.get("training")
    return given.value if given is not None else None


def is_false(value: Value) -> bool:
    """True for a value that is known to be False."""
    constant = constant_of(value)
    return constant is not None and constant.value is False
