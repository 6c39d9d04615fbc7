"""Initializers of TF1 and contrib → `tf.keras.initializers`: the same distribution, never the same random numbers."""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.editing.calls import Argument
from tf1to2_reg.editing.rule import Context, Rule
from tf1to2_reg.editing.signatures import translated
from tf1to2_reg.facts.initializers import CONTRIB, FAN_MODES, INITIALIZERS, TRUNCATION, UNIT_SCALING
from tf1to2_reg.facts.knowledge import Constant
from tf1to2_reg.facts.signature import Signature


def _renamed(facts: Signature) -> Rule:
    def rewrite(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
        arguments = _bound(original, updated, facts.parameters, ctx)
        exact = [_spelled(argument, facts, ctx) for argument in arguments]
        return translated(updated, exact, facts, ctx)

    return rewrite


def _xavier(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    arguments = _bound(original, updated, CONTRIB["xavier_initializer"], ctx)
    others = {a.index: calls.named(a.updated, a.parameter) for a in arguments if a.parameter != "uniform"}
    if _flag(arguments, "uniform", ctx, default=True):
        return calls.with_arguments(updated, expressions.tf2(ctx, "keras.initializers.GlorotUniform"), others)
    return _scaled(updated, ctx, f"1.3 * {TRUNCATION}**2", ("fan_avg", "truncated_normal"), others)


def _variance_scaling(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    """contrib's; TF1's own is in the table."""
    arguments = _bound(original, updated, CONTRIB["variance_scaling_initializer"], ctx)
    given = calls.values(arguments)
    others = {a.index: calls.named(a.updated, a.parameter) for a in arguments if a.parameter == "seed"}
    factor = _text(expressions.as_factor(given["factor"].updated.value)) if "factor" in given else "2.0"
    mode = Constant("FAN_IN") if "mode" not in given else ctx.constant(given["mode"].original.value)
    if mode is None or mode.value not in FAN_MODES:
        raise refusal("TFR222", "the mode of this initializer is not known", original)
    fan = FAN_MODES[str(mode.value)]
    if _flag(arguments, "uniform", ctx, default=False):
        return _scaled(updated, ctx, factor, (fan, "uniform"), others)
    return _scaled(updated, ctx, f"1.3 * {factor} * {TRUNCATION}**2", (fan, "truncated_normal"), others)


def _uniform_unit_scaling(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    arguments = _bound(original, updated, UNIT_SCALING, ctx)
    given = calls.values(arguments)
    others = {a.index: calls.named(a.updated, a.parameter) for a in arguments if a.parameter == "seed"}
    scale = "1.0"
    if "factor" in given:
        value = given["factor"].updated.value
        scale = f"{_text(value if expressions.is_atom(value) else expressions.parenthesized(value))}**2"
    return _scaled(updated, ctx, scale, ("fan_in", "uniform"), others)


def _scaled(
    updated: cst.Call, ctx: Context, scale: str, names: tuple[str, str], others: dict[int, cst.Arg]
) -> cst.Call:
    """VarianceScaling of a scale, (mode, distribution) and further arguments."""
    texts = (scale, *(f'"{name}"' for name in names))
    arguments = [calls.positional(cst.parse_expression(text)) for text in texts]
    func = expressions.tf2(ctx, "keras.initializers.VarianceScaling")
    new = expressions.call(func, *arguments, *(others[index].with_changes(comma=_NO_COMMA) for index in sorted(others)))
    return new.with_changes(lpar=updated.lpar, rpar=updated.rpar)


def _bound(original: cst.Call, updated: cst.Call, parameters: tuple[str, ...], ctx: Context) -> list[Argument]:
    """The arguments that Keras has too; the dtype must be float32."""
    arguments = calls.bind(original, updated, parameters, "TFR222")
    for argument in arguments:
        value = argument.original.value
        if argument.parameter == "dtype" and ctx.symbol(value) not in ("tf.float32", "tf.dtypes.float32"):
            raise refusal("TFR222", "an initializer of another dtype than float32 is not supported", value)
        if ctx.tensor(value) is not None:
            raise refusal("TFR222", f"`{argument.parameter}` of the initializer is a tensor", value)
        if argument.parameter == "seed" and ctx.constant(value) != Constant(None):
            ctx.note("TFR110", "TF2 draws other random numbers from the same seed", original)
        if argument.parameter == "verify_shape" and ctx.constant(value) != _FALSE:
            raise refusal("TFR222", "verify_shape is not supported", value)
    return [argument for argument in arguments if argument.parameter not in ("dtype", "verify_shape")]


def _spelled(argument: Argument, facts: Signature, ctx: Context) -> Argument:
    """The argument with a string value as Keras spells it."""
    constant = ctx.constant(argument.original.value)
    if argument.parameter in facts.strings:
        spellings = facts.strings[argument.parameter]
        if constant is None or not isinstance(constant.value, str) or constant.value.lower() not in spellings:
            raise refusal("TFR222", f"this {argument.parameter} is not known", argument.original.value)
        spelling = spellings[constant.value.lower()]
        if spelling != constant.value:
            quote = cst.ensure_type(argument.original.value, cst.SimpleString).quote if _is_literal(argument) else '"'
            value = argument.updated.with_changes(value=cst.SimpleString(f"{quote}{spelling}{quote}"))
            return Argument(argument.index, argument.parameter, argument.original, value)
    if argument.parameter == "value":
        _check_number(argument.original.value, ctx)
    if argument.parameter == "maxval" and constant == Constant(None):
        raise refusal("TFR222", "write the upper end of the interval out", argument.original.value)
    return argument


def _check_number(node: cst.BaseExpression, ctx: Context) -> None:
    constant = ctx.constant(node)
    kind = type(constant.value) if constant is not None else ctx.python_type(node)
    if kind in (bool, int, float):
        return
    if kind is None:
        raise refusal(
            "TFR222", "it is not known that the initial value is a number", node, "Write `float(...)` around it."
        )
    raise refusal("TFR222", "TF1 fills the shape from a list in its own way; only a number is supported", node)


def _is_literal(argument: Argument) -> bool:
    return isinstance(argument.original.value, cst.SimpleString)


def _flag(arguments: list[Argument], parameter: str, ctx: Context, *, default: bool) -> bool:
    for argument in arguments:
        if argument.parameter == parameter:
            constant = ctx.constant(argument.original.value)
            if constant is None or not isinstance(constant.value, (bool, int)):
                raise refusal("TFR222", f"`{parameter}` of the initializer is not known", argument.original.value)
            return bool(constant.value)
    return default


def _text(expression: cst.BaseExpression) -> str:
    return cst.Module([]).code_for_node(expression)


_FALSE = Constant(value=False)
_NO_COMMA = cst.MaybeSentinel.DEFAULT
_CONTRIB_RULES: dict[str, Rule] = {
    "xavier_initializer": _xavier,
    "xavier_initializer_conv2d": _xavier,
    "variance_scaling_initializer": _variance_scaling,
}

RULES: dict[str, Rule] = {
    **{symbol: _renamed(facts) for symbol, facts in INITIALIZERS.items()},
    **{f"tf.contrib.layers.{name}": rule for name, rule in _CONTRIB_RULES.items()},
    **{f"tf.contrib.slim.{name}": rule for name, rule in _CONTRIB_RULES.items()},
    "tf.uniform_unit_scaling_initializer": _uniform_unit_scaling,
    "tf.initializers.uniform_unit_scaling": _uniform_unit_scaling,
}
"""Every initializer that is known."""
