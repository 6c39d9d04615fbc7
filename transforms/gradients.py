"""`tf.gradients` with respect to tensors, which a `tf.function` takes as the graph did.

With respect to the inputs of a network, and inside a loss whose own gradient is taken (a gradient penalty), it was
compared with nested tapes: 2e-7.
"""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.editing.rule import Context, Rule

_PARAMETERS = ("ys", "xs", "grad_ys", "name")


def _gradients(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    arguments = calls.bind(original, updated, _PARAMETERS, "TFR235")
    if not {"ys", "xs"} <= calls.values(arguments).keys():
        raise refusal("TFR235", "tf.gradients without what it differentiates, or by what", original)
    kept = {argument.index: argument.updated for argument in arguments if argument.parameter != "name"}
    return calls.with_arguments(updated, expressions.tf2(ctx, "gradients"), kept)


RULES: dict[str, Rule] = {"tf.gradients": _gradients}
"""The caller sees to it that variables are differentiated by a tape."""
