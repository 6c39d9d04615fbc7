"""`tf.get_variable` → `add_weight` of a Keras model: the same name, shape, initial distribution and penalty."""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls, expressions, weight_callables
from tf1to2_reg.editing.calls import Argument
from tf1to2_reg.editing.rule import Context
from tf1to2_reg.facts.held import WEIGHT, WEIGHTS
from tf1to2_reg.facts.knowledge import Constant, Kind

_KEPT = ("name", "shape", "initializer", "regularizer")


def add_weight(original: cst.Call, updated: cst.Call, ctx: Context, *, named: bool) -> cst.Call:
    """`self.add_weight(...)`; without its name where Keras allows none like it.

    Both draw from the Glorot uniform distribution where no initializer is given, for a bias too.

    Raises:
        Refused: TFR218, TFR221, TFR222.
    """
    arguments = calls.bind(original, updated, WEIGHTS[WEIGHT].parameters, "TFR218")
    for argument in arguments:
        _check(argument, ctx)
    kept = [_exact(argument, ctx) for argument in arguments if _is_kept(argument, ctx)]
    if not named:
        kept = [argument for argument in kept if argument.parameter != "name"]
    func = expressions.dotted("self.add_weight")
    return calls.with_arguments(
        updated, func, {argument.index: calls.named(argument.updated, argument.parameter) for argument in kept}
    )


def _is_kept(argument: Argument, ctx: Context) -> bool:
    """TF1 trains what has `trainable=None`; Keras does not."""
    if argument.parameter == "trainable":
        return ctx.constant(argument.original.value) == Constant(value=False)
    return argument.parameter in _KEPT


def _check(argument: Argument, ctx: Context) -> None:
    value = argument.original.value
    if argument.parameter == "regularizer":
        weight_callables.check_regularizer(value, ctx)
    elif argument.parameter == "initializer" and ctx.kinds(value) - {Kind.INITIALIZER, Kind.NONE, Kind.CALLABLE}:
        raise refusal("TFR222", "what is passed as `initializer` is not known in every case", value)


def _exact(argument: Argument, ctx: Context) -> Argument:
    """A shape that is a number is the length of a vector."""
    if argument.parameter == "shape" and ctx.python_type(argument.original.value) is int:
        shape = cst.List([cst.Element(argument.updated.value)])
        return Argument(
            argument.index, argument.parameter, argument.original, argument.updated.with_changes(value=shape)
        )
    return argument
