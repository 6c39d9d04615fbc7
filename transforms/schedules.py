"""`tf.train.*_decay` → `tf.keras.optimizers.schedules.*`."""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.editing.rule import Context, Rule
from tf1to2_reg.facts.schedules import SCHEDULES


def step(original: cst.Call, ctx: Context) -> cst.BaseExpression:
    """The step that a decay goes by; the schedule counts the optimizer's own, which must be the same."""
    facts = SCHEDULES[ctx.symbol(original.func) or ""]
    given = calls.values(calls.bind(original, original, facts.parameters, "TFR202"))
    if facts.step not in given:
        raise refusal("TFR202", f"this decay is called without `{facts.step}`", original)
    return given[facts.step].original.value


def _rewrite(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    facts = SCHEDULES[ctx.symbol(original.func) or ""]
    arguments = calls.bind(original, updated, facts.parameters, "TFR202")
    given = calls.values(arguments)
    for parameter in facts.required:
        if parameter not in given:
            raise refusal("TFR202", f"this decay is called without `{parameter}`", original)
    for argument in arguments:
        if argument.parameter != facts.step and ctx.tensor(argument.original.value) is not None:
            raise refusal("TFR202", f"`{argument.parameter}` of the decay is a tensor", argument.original.value)
    kept = [argument for argument in arguments if argument.parameter not in (facts.step, "name")]
    func = expressions.tf2(ctx, f"keras.optimizers.schedules.{facts.keras}")
    return calls.with_arguments(updated, func, calls.renamed(kept, facts.positional, facts.renames))


RULES: dict[str, Rule] = dict.fromkeys(SCHEDULES, _rewrite)
"""Every decay that Keras has. The caller sees to it that the step is the optimizer's."""
