"""`tf.train.*_decay` → `tf.keras.optimizers.schedules.*`, which are called with the step."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.editing.rule import Context, Rule
from tf1to2_reg.editing.signatures import translated
from tf1to2_reg.facts.schedules import SCHEDULES, step_parameter


def _rewrite(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    symbol = ctx.symbol(original.func) or ""
    facts = SCHEDULES[symbol]
    arguments = calls.bind(original, updated, facts.parameters, "TFR202")
    given = calls.values(arguments)
    for parameter in facts.required:
        if parameter not in given:
            raise refusal("TFR202", f"this decay is called without `{parameter}`", original)
    for argument in arguments:
        if argument.parameter != step_parameter(symbol) and ctx.tensor(argument.original.value) is not None:
            message = f"`{argument.parameter}` of the decay is a tensor; only numbers are supported"
            raise refusal("TFR202", message, argument.original.value)
    if symbol == "tf.train.natural_exp_decay":
        arguments = [_exponential(a, ctx) if a.parameter == "decay_rate" else a for a in arguments]
    return translated(updated, arguments, facts, ctx)


def _exponential(argument: calls.Argument, ctx: Context) -> calls.Argument:
    """TF1 decays by `exp(-rate)` in single precision: a power of Python's `math.exp(-rate)` would part from it."""
    rate = argument.updated.value
    operand = rate if expressions.is_atom(rate) else expressions.parenthesized(rate)
    negative = cst.UnaryOperation(cst.Minus(), operand)
    value = cst.Call(expressions.tf2(ctx, "exp"), [cst.Arg(negative)])
    return replace(argument, updated=argument.updated.with_changes(value=value))


RULES: dict[str, Rule] = dict.fromkeys(SCHEDULES, _rewrite)
"""Every decay that Keras has. The caller sees to it that the schedule is called with the step that TF1 decays by."""
