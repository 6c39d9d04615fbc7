"""`tf.layers.dropout` with a rate that is a tensor: Keras's layer takes a number, `tf.nn.dropout` takes both."""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.editing.expressions import code
from tf1to2_reg.editing.rule import Context, Rule
from tf1to2_reg.facts.knowledge import Constant
from tf1to2_reg.facts.layers import LAYERS

_SYMBOL = "tf.layers.dropout"
_KEPT = ("noise_shape", "seed")


def _dropout(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    given = calls.values(calls.bind(original, updated, LAYERS[_SYMBOL].parameters, "TFR220"))
    inputs = given["inputs"].updated.value
    arguments = [calls.positional(inputs), calls.keyword("rate", given["rate"].updated.value)]
    arguments += [calls.keyword(name, given[name].updated.value) for name in _KEPT if name in given]
    if "seed" in given:
        ctx.note("TFR110", "TF2 draws other random numbers from the same seed", original)
    dropped = expressions.call(expressions.tf2(ctx, "nn.dropout"), *arguments)
    training = given.get("training")
    constant = ctx.constant(training.original.value) if training is not None else Constant(value=False)
    if constant is not None and isinstance(constant.value, bool):
        return dropped if constant.value else inputs
    assert training is not None
    if not isinstance(inputs, cst.Name | cst.Attribute):
        message = "the rate of a dropout is a tensor, and its input an expression that would be computed twice"
        raise refusal("TFR220", message, original, "Bind the input to a name.")
    return cst.parse_expression(f"({code(dropped)} if {code(training.updated.value)} else {code(inputs)})")


RULES: dict[str, Rule] = {_SYMBOL: _dropout}
