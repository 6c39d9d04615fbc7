"""`tf.get_variable`, `tf.Variable` → `add_weight`: the same name, shape, initial distribution and penalty."""

from __future__ import annotations

from dataclasses import replace

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls, expressions, weight_callables
from tf1to2_reg.editing.calls import Argument
from tf1to2_reg.editing.rule import Context
from tf1to2_reg.facts.held import VARIABLE, WEIGHT, WEIGHTS
from tf1to2_reg.facts.initial_values import INITIAL_VALUES
from tf1to2_reg.facts.knowledge import Constant, Kind

_KEPT = ("name", "shape", "initializer", "regularizer")


def add_weight(original: cst.Call, updated: cst.Call, ctx: Context, *, named: bool) -> cst.Call:
    """`self.add_weight(...)`; without its name where Keras allows none like it.

    Both draw from the Glorot uniform distribution where no initializer is given, for a bias too.

    Raises:
        Refused: TFR218, TFR221, TFR222.
    """
    symbol = VARIABLE if ctx.symbol(original.func) == VARIABLE else WEIGHT
    arguments = calls.bind(original, updated, WEIGHTS[symbol].parameters, "TFR218")
    for argument in arguments:
        _check(argument, ctx)
    kept = [_exact(argument, ctx) for argument in arguments if _is_kept(argument, ctx)]
    if not named:
        kept = [argument for argument in kept if argument.parameter != "name"]
    func = expressions.dotted("self.add_weight")
    renamed = {argument.index: calls.named(argument.updated, argument.parameter) for argument in kept}
    if symbol == WEIGHT:
        return calls.with_arguments(updated, func, renamed)
    call = expressions.call(func, *_initial(original, updated, arguments, ctx))
    for index in sorted(renamed):
        call = calls.append(call, renamed[index].with_changes(comma=cst.MaybeSentinel.DEFAULT))
    return call


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
        return replace(argument, updated=argument.updated.with_changes(value=shape))
    return argument


def _initial(original: cst.Call, updated: cst.Call, arguments: list[Argument], ctx: Context) -> list[cst.Arg]:
    """`shape=` and `initializer=` for the op that gave a variable its first value."""
    given = calls.values(arguments).get("initial_value")
    if given is None:
        raise refusal("TFR218", "a variable without an initial value", original)
    before, after = given.original.value, given.updated.value
    symbol = ctx.symbol(before.func) if isinstance(before, cst.Call) else None
    if not isinstance(before, cst.Call) or not isinstance(after, cst.Call) or symbol is None:
        value = expressions.call(expressions.tf2(ctx, "keras.initializers.Constant"), calls.positional(after))
        return [calls.keyword("shape", cst.List([])), calls.keyword("initializer", value)]
    facts = INITIAL_VALUES[symbol]
    values = calls.values(calls.bind(before, after, facts.parameters, "TFR218"))
    for parameter in ("seed", "verify_shape"):
        if parameter in values and ctx.constant(values[parameter].original.value) not in (Constant(None), _FALSE):
            raise refusal("TFR222", f"the argument `{parameter}` of an initial value is not supported", before)
    drawn = [
        calls.keyword(item.parameter, item.updated.value)
        for item in values.values()
        if item.parameter not in {"shape", "seed", "verify_shape", *facts.dropped, *facts.positional}
    ]
    explicit = [calls.keyword(name, cst.parse_expression(text)) for name, text in facts.explicit if name not in values]
    first = [calls.positional(values[name].updated.value) for name in facts.positional if name in values]
    initializer = expressions.call(expressions.tf2(ctx, facts.target), *first, *drawn, *explicit)
    return [calls.keyword("shape", _shape(values, before, ctx)), calls.keyword("initializer", initializer)]


_FALSE = Constant(value=False)


def _shape(values: dict[str, Argument], before: cst.Call, ctx: Context) -> cst.BaseExpression:
    if "shape" in values:
        return _exact(values["shape"], ctx).updated.value
    value = ctx.constant(values["value"].original.value) if "value" in values else None
    if value is None or not isinstance(value.value, int | float):
        raise refusal("TFR218", "the shape of a variable is not known", before)
    return cst.List([])
