"""Variables that no optimizer trains: `tf.Variable`, the step of the graph, and what gives them a value."""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.editing.rule import Context, Rule
from tf1to2_reg.editing.signatures import translated
from tf1to2_reg.facts.knowledge import Constant
from tf1to2_reg.facts.states import ASSIGNMENTS, VARIABLE


def _variable(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    arguments = calls.bind(original, updated, VARIABLE.parameters, "TFR218")
    for argument in arguments:
        if argument.parameter in VARIABLE.only and ctx.constant(argument.original.value) != Constant(None):
            raise refusal("TFR218", f"a variable made by hand with `{argument.parameter}`", argument.original.value)
    return translated(updated, arguments, VARIABLE, ctx)


def _global_step(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    if original.args:
        raise refusal("TFR218", "the step of a graph that is named", original)
    return cst.parse_expression(f"{ctx.tf}.Variable(0, trainable=False, dtype={ctx.tf}.int64)")


def _assign(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    symbol = ctx.symbol(original.func) or ""
    parameters = ASSIGNMENTS[symbol]
    given = calls.values(calls.bind(original, updated, parameters, "TFR218"))
    if parameters[1] not in given:
        raise refusal("TFR218", "a variable is given no value", original)
    func = cst.Attribute(given["ref"].updated.value, cst.Name(symbol.rpartition(".")[2]))
    return expressions.call(func, calls.positional(given[parameters[1]].updated.value))


RULES: dict[str, Rule] = {
    "tf.Variable": _variable,
    **dict.fromkeys(("tf.train.create_global_step", "tf.train.get_or_create_global_step"), _global_step),
    **dict.fromkeys(ASSIGNMENTS, _assign),
}
"""The caller sees to it that the variable is not trained, and that nothing else assigns it in the same run."""
