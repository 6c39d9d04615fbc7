"""`tf.train.*Optimizer` → `tf.keras.optimizers.*`.

Fifty steps agree with TF1 for every optimizer that is renamed here; those that compute something else stay
`tf.compat.v1.train.*`, which runs eagerly and exactly.
"""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.editing.rule import Context, Rule
from tf1to2_reg.editing.signatures import translated
from tf1to2_reg.facts.knowledge import Kind
from tf1to2_reg.facts.optimizers import KEEPS_RATE, KEEPS_ROWS, KEPT, OPTIMIZERS
from tf1to2_reg.facts.signature import Signature


def _keras(facts: Signature) -> Rule:
    def rewrite(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
        arguments = calls.bind(original, updated, facts.parameters, "TFR202")
        given = calls.values(arguments)
        for parameter in facts.required:
            if parameter not in given:
                raise refusal("TFR202", f"this optimizer is called without `{parameter}`", original)
        for argument in arguments:
            _check_number(argument, ctx)
        return translated(updated, [_as_float(argument, ctx) for argument in arguments], facts, ctx)

    return rewrite


def _as_float(argument: calls.Argument, ctx: Context) -> calls.Argument:
    """Keras takes a float where TF1 takes any number, a bool among them."""
    value = argument.updated.value
    if argument.parameter in _NO_NUMBERS or ctx.python_type(argument.original.value) is float:
        return argument
    if _is_changing_rate(argument, ctx):
        return argument
    if isinstance(value, cst.Integer):
        return replace(argument, updated=argument.updated.with_changes(value=cst.Float(f"{value.value}.0")))
    return calls.converted(argument, "float")


def kept(facts: Signature) -> Rule:
    """The rule for an optimizer that stays what it is."""

    def rewrite(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
        for argument in calls.bind(original, updated, facts.parameters, "TFR202"):
            _check_number(argument, ctx)
        name = facts.target.rpartition(".")[2]
        ctx.note("TFR106", f"{name} is kept as tf.{facts.target}: Keras computes something else", original)
        return updated.with_changes(func=expressions.tf2(ctx, facts.target))

    return rewrite


def _check_number(argument: calls.Argument, ctx: Context) -> None:
    value = argument.original.value
    if _is_changing_rate(argument, ctx):
        return
    if ctx.tensor(value) is not None:
        message = f"`{argument.parameter}` of the optimizer is a tensor; only numbers are supported yet"
        raise refusal("TFR202", message, value)
    if argument.parameter in _NO_NUMBERS:
        return
    if ctx.kinds(value) - {Kind.NUMBER, Kind.UNKNOWN}:
        raise refusal("TFR202", f"`{argument.parameter}` of the optimizer is not a number in every case", value)


def _is_changing_rate(argument: calls.Argument, ctx: Context) -> bool:
    """True for a learning rate that is a tensor: the caller writes what it becomes."""
    return argument.parameter == "learning_rate" and ctx.tensor(argument.original.value) is not None


def _refused(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    raise refusal("TFR202", f"the optimizer `{ctx.symbol(original.func)}` is not supported yet", original)


_NO_NUMBERS = frozenset({"use_locking", "name", "use_nesterov", "centered", "accum_name", "linear_name"})
REFUSED = (
    "tf.train.AdagradDAOptimizer", "tf.train.Optimizer", "tf.train.ProximalAdagradOptimizer",
    "tf.train.ProximalGradientDescentOptimizer", "tf.train.SyncReplicasOptimizer",
)  # fmt: skip
"""Optimizers without a form, unless another package brings one."""

RULES: dict[str, Rule] = {
    **{symbol: _keras(facts) for symbol, facts in OPTIMIZERS.items()},
    **{symbol: kept(facts) for symbol, facts in KEPT.items()},
    **dict.fromkeys(REFUSED, _refused),
}
"""Every optimizer constructor that is known."""

KEPT_RULES: dict[str, Rule] = {
    **{
        symbol: kept(replace(OPTIMIZERS[symbol], target=symbol.replace("tf.", "compat.v1.", 1)))
        for symbol in KEEPS_RATE | KEEPS_ROWS
    },
    **{symbol: kept(facts) for symbol, facts in KEPT.items()},
}
"""Those that stay what they are, some only where the learning rate changes or rows of a variable are trained."""


def add(symbol: str, facts: Signature) -> None:
    """Know one more optimizer that stays what it is: of another package."""
    KEPT[symbol] = facts
    RULES[symbol] = KEPT_RULES[symbol] = kept(facts)
