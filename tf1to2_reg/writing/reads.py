"""Collection reads → `model.losses`."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.editing.rule import Context

SCALARS = ("tf.losses.get_regularization_loss",)
LISTS = ("tf.losses.get_regularization_losses", "tf.get_collection")
PARAMETER = "regularization_losses"
_NOTE = "the penalties come from model.losses"


def losses_of(variables: Sequence[str]) -> cst.BaseExpression:
    """`a.losses + b.losses`, an empty list for no model."""
    if not variables:
        return cst.List([])
    return cst.parse_expression(" + ".join(f"{variable}.losses" for variable in variables))


def summed(losses: cst.BaseExpression, ctx: Context, *, may_be_empty: bool) -> cst.BaseExpression:
    """`tf.add_n(losses)`; an empty list gives 0.0, as in TF1."""
    total = expressions.call(expressions.tf2(ctx, "add_n"), calls.positional(losses))
    if isinstance(losses, cst.List) and not losses.elements:
        return cst.parse_expression(f"{ctx.tf}.constant(0.0)")
    if not may_be_empty:
        return total
    zero = cst.parse_expression(f"{ctx.tf}.constant(0.0)")
    return expressions.parenthesized(cst.IfExp(body=total, test=losses, orelse=zero))


def read(call: cst.Call, losses: cst.BaseExpression, ctx: Context, *, may_be_empty: bool) -> cst.BaseExpression:
    """The form of one read: the sum for a scalar read, the list for any other."""
    ctx.note("TFR104", _NOTE, call)
    if ctx.symbol(call.func) in SCALARS:
        return summed(losses, ctx, may_be_empty=may_be_empty)
    return expressions.parenthesized(losses) if isinstance(losses, cst.BinaryOperation) else losses


def with_parameter(function: cst.FunctionDef) -> cst.FunctionDef:
    """The function with the penalties as its last parameter without a default."""
    params = list(function.params.params)
    place = next((index for index, param in enumerate(params) if param.default is not None), len(params))
    params.insert(place, cst.Param(cst.Name(PARAMETER)))
    return function.with_changes(params=function.params.with_changes(params=params))


def with_argument(call: cst.Call, losses: cst.BaseExpression) -> cst.Call:
    """A call of a reader that passes the penalties on by position."""
    return calls.append(call, calls.positional(losses))


def with_keyword_argument(call: cst.Call, losses: cst.BaseExpression) -> cst.Call:
    """A call of a reader that passes the penalties on by keyword."""
    return calls.append(call, calls.keyword(PARAMETER, losses))


def total(
    call: cst.Call, terms: Sequence[str], losses: cst.BaseExpression, ctx: Context, *, may_be_empty: bool
) -> cst.BaseExpression:
    """`get_total_loss()` as the sum of the losses and the penalties."""
    ctx.note("TFR104", _NOTE, call)
    text = expressions.code(summed(losses, ctx, may_be_empty=may_be_empty))
    return cst.parse_expression(" + ".join([*terms, text]))
