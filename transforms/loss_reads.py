"""Collection reads → `model.losses`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence

import libcst as cst

from tf1to2_reg import calls, expressions
from tf1to2_reg.editing import CallHook
from tf1to2_reg.rewriting import Context

SCALARS = ("tf.losses.get_regularization_loss",)
LISTS = ("tf.losses.get_regularization_losses", "tf.get_collection")
TOTAL = "tf.losses.get_total_loss"
PARAMETER = "regularization_losses"


def losses_of(variables: Sequence[str]) -> cst.BaseExpression:
    """`a.losses + b.losses`, an empty list for no model."""
    if not variables:
        return cst.List([])
    return cst.parse_expression(" + ".join(f"{variable}.losses" for variable in variables))


def summed(losses: cst.BaseExpression, may_be_empty: bool, ctx: Context) -> cst.BaseExpression:
    """`tf.add_n(losses)`; an empty list gives 0.0, as in TF1."""
    total = expressions.call(expressions.tf2(ctx, "add_n"), calls.positional(losses))
    if isinstance(losses, cst.List) and not losses.elements:
        return cst.parse_expression(f"{ctx.tf}.constant(0.0)")
    if not may_be_empty:
        return total
    zero = cst.parse_expression(f"{ctx.tf}.constant(0.0)")
    return expressions.parenthesized(cst.IfExp(body=total, test=losses, orelse=zero))


def read(call: cst.Call, losses: cst.BaseExpression, may_be_empty: bool, ctx: Context) -> cst.BaseExpression:
    """The form of one read: the sum for a scalar read, the list for any other."""
    symbol = ctx.symbol(call.func)
    if symbol in SCALARS:
        ctx.note("TFR104", "the penalties come from model.losses", call)
        return summed(losses, may_be_empty, ctx)
    ctx.note("TFR104", "the penalties come from model.losses", call)
    return expressions.parenthesized(losses) if isinstance(losses, cst.BinaryOperation) else losses


def reader_hook(nodes: Collection[ast.Call], may_be_empty: bool, ctx: Context) -> CallHook:
    """Reads inside a function that is given the penalties."""

    def hook(node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        if node not in nodes:
            return None
        return read(original, cst.Name(PARAMETER), may_be_empty, ctx)

    return hook


def with_parameter(function: cst.FunctionDef) -> cst.FunctionDef:
    """The function with the penalties as its last parameter without a default."""
    params = list(function.params.params)
    place = next((index for index, param in enumerate(params) if param.default is not None), len(params))
    params.insert(place, cst.Param(cst.Name(PARAMETER)))
    return function.with_changes(params=function.params.with_changes(params=params))


def with_argument(call: cst.Call, losses: cst.BaseExpression, by_keyword: bool) -> cst.Call:
    """A call of a reader that passes the penalties on."""
    argument = calls.keyword(PARAMETER, losses) if by_keyword else calls.positional(losses)
    return calls.append(call, argument)


def total(
    call: cst.Call, terms: Sequence[str], losses: cst.BaseExpression, may_be_empty: bool, ctx: Context
) -> cst.BaseExpression:
    """`get_total_loss()` as the sum of the losses and the penalties."""
    ctx.note("TFR104", "the penalties come from model.losses", call)
    text = cst.Module([]).code_for_node(summed(losses, may_be_empty, ctx))
    return cst.parse_expression(" + ".join([*terms, text]))


__all__ = ["Mapping", "losses_of", "read", "reader_hook", "summed", "total", "with_argument", "with_parameter"]
