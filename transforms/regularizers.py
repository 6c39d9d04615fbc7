"""Regularizers of contrib, slim and Keras 2 → `tf.keras.regularizers`.

Only contrib and slim halve the squares: `l2_regularizer(s)` is `s * sum(w ** 2) / 2`. Halving is exact in floating
point, so `L2(0.5 * s)` has the same value and gradient to the last bit.
"""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.editing.calls import Argument
from tf1to2_reg.editing.rule import Context, Rule
from tf1to2_reg.facts.knowledge import Constant, Kind
from tf1to2_reg.facts.regularizers import CONTRIB, KERAS

_KERAS_DEFAULT = cst.Float("0.01")
_CONTRIB_DEFAULT = cst.Float("1.0")
_BY_HAND = "Write the penalty as a function of the weight and give it to the layer by hand."


def _contrib_l1(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    strengths = _contrib_strengths(original, updated, ctx, "l1_regularizer")
    kept = {a.index: _bare(a.updated) for a in strengths}
    return calls.with_arguments(updated, expressions.tf2(ctx, "keras.regularizers.L1"), kept)


def _contrib_l2(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    strengths = _contrib_strengths(original, updated, ctx, "l2_regularizer")
    kept = {a.index: _bare(_halved(a.updated)) for a in strengths}
    ctx.note("TFR103", "contrib's l2_regularizer is scale * sum(w ** 2) / 2; the half is written out", original)
    return calls.with_arguments(updated, expressions.tf2(ctx, "keras.regularizers.L2"), kept)


def _contrib_l1_l2(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    strengths = _contrib_strengths(original, updated, ctx, "l1_l2_regularizer")
    halved = [_with_value(a, _halved(a.updated)) if a.parameter == "scale_l2" else a for a in strengths]
    kept = calls.renamed(halved, (), {"scale_l1": "l1", "scale_l2": "l2"})
    new = calls.with_arguments(updated, expressions.tf2(ctx, "keras.regularizers.L1L2"), kept)
    given = {argument.parameter for argument in strengths}
    if "scale_l1" not in given:
        new = calls.append(new, calls.keyword("l1", _CONTRIB_DEFAULT))
    if "scale_l2" not in given:
        new = calls.append(new, calls.keyword("l2", expressions.product(cst.Float("0.5"), _CONTRIB_DEFAULT)))
    ctx.note("TFR103", "contrib's l1_l2_regularizer halves the squares; the half is written out", original)
    return new


def _keras_l1(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    return _keras_single(original, updated, ctx, ("l", "l1"))


def _keras_l2(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    return _keras_single(original, updated, ctx, ("l", "l2"))


def _keras_single(
    original: cst.Call, updated: cst.Call, ctx: Context, spellings: tuple[str, str]
) -> cst.BaseExpression:
    arguments = calls.bind(original, updated, spellings, "TFR221")
    if len(arguments) > 1:
        raise refusal("TFR221", "a Keras regularizer takes one strength here", original)
    for argument in arguments:
        _check_strength(argument, ctx)
    kept = {argument.index: _bare(_as_float(argument, ctx).updated) for argument in arguments}
    return calls.with_arguments(updated, _renamed_module(original, ctx), kept)


def _keras_l1_l2(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    """Keras 2's function has defaults of 0.01; Keras 3's is the class, with defaults of 0.0."""
    strengths = calls.bind(original, updated, KERAS["l1_l2"], "TFR221")
    for argument in strengths:
        _check_strength(argument, ctx)
    exact = [_as_float(argument, ctx) for argument in strengths]
    new = calls.with_arguments(updated, expressions.tf2(ctx, "keras.regularizers.L1L2"), calls.renamed(exact, ()))
    given = {argument.parameter for argument in strengths}
    for parameter in ("l1", "l2"):
        if parameter not in given:
            new = calls.append(new, calls.keyword(parameter, _KERAS_DEFAULT))
    return new


def _keras_class(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    """`L1L2` has defaults of 0.0 in Keras 2 and in Keras 3."""
    strengths = calls.bind(original, updated, KERAS["L1L2"], "TFR221")
    for argument in strengths:
        _check_strength(argument, ctx)
    kept = calls.renamed([_as_float(argument, ctx) for argument in strengths], KERAS["L1L2"])
    return calls.with_arguments(updated, expressions.tf2(ctx, "keras.regularizers.L1L2"), kept)


def _sum(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    """A list of at most one L1 and one L2, written out."""
    given = calls.values(calls.bind(original, updated, CONTRIB["sum_regularizer"], "TFR221"))
    terms = given["regularizer_list"].updated.value if "regularizer_list" in given else None
    if not isinstance(terms, (cst.List, cst.Tuple)):
        raise refusal("TFR221", "the regularizers of this sum cannot be seen", original, _BY_HAND)
    members: dict[str, cst.BaseExpression] = {}
    for element in terms.elements:
        match element.value:
            case cst.Name("None"):
                continue
            case cst.Call(func=cst.Attribute(attr=cst.Name("L1" | "L2" as norm)), args=[arg]) if norm not in members:
                members[norm] = arg.value
            case _:
                raise refusal("TFR221", "this sum of regularizers has no exact Keras form yet", original, _BY_HAND)
    if len(members) == 1:
        ((only, value),) = members.items()
        return expressions.call(expressions.tf2(ctx, f"keras.regularizers.{only}"), calls.positional(value))
    if not members:
        raise refusal("TFR221", "this sum of regularizers is empty", original, _BY_HAND)
    arguments = [calls.keyword(norm.lower(), members[norm]) for norm in ("L1", "L2")]
    return expressions.call(expressions.tf2(ctx, "keras.regularizers.L1L2"), *arguments)


def _contrib_strengths(original: cst.Call, updated: cst.Call, ctx: Context, name: str) -> list[Argument]:
    arguments = calls.bind(original, updated, CONTRIB[name], "TFR221")
    strengths = [argument for argument in arguments if argument.parameter != "scope"]
    if not strengths and name != "l1_l2_regularizer":
        raise refusal("TFR221", "this regularizer has no scale", original)
    for argument in strengths:
        _check_strength(argument, ctx)
        constant = ctx.constant(argument.original.value)
        if constant is not None and isinstance(constant.value, int):
            raise refusal("TFR221", "TF1's contrib regularizers take no integer scale", argument.original)
    return [_as_float(argument, ctx) for argument in strengths]


def _check_strength(argument: Argument, ctx: Context) -> None:
    value = argument.original.value
    if ctx.tensor(value) is not None:
        raise refusal(
            "TFR221",
            "the strength of this regularizer is a tensor; a Keras regularizer takes a number",
            value,
            _BY_HAND,
        )
    match ctx.constant(value):
        case Constant(bool()):
            pass
        case Constant(int() | float() as strength) if strength >= 0:
            return
        case None if not ctx.kinds(value) - {Kind.NUMBER, Kind.UNKNOWN}:
            return
        case _:
            pass
    raise refusal("TFR221", "a Keras regularizer takes no such strength", value, _BY_HAND)


def _as_float(argument: Argument, ctx: Context) -> Argument:
    """A number of NumPy is not taken by Keras; one that is not known is converted, which changes no Python number."""
    if ctx.python_type(argument.original.value) in (int, float):
        return argument
    return calls.converted(argument, "float")


def _halved(argument: cst.Arg) -> cst.Arg:
    return argument.with_changes(value=expressions.product(cst.Float("0.5"), argument.value))


def _with_value(argument: Argument, updated: cst.Arg) -> Argument:
    return Argument(argument.index, argument.parameter, argument.original, updated)


def _bare(argument: cst.Arg) -> cst.Arg:
    return argument.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)


def _renamed_module(original: cst.Call, ctx: Context) -> cst.BaseExpression:
    symbol = ctx.symbol(original.func)
    assert symbol is not None
    return expressions.tf2(ctx, symbol.removeprefix("tf."))


def _refused(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    raise refusal("TFR221", "this regularizer has no exact Keras form yet", original, _BY_HAND)


_CONTRIB: dict[str, Rule] = {
    "l1_regularizer": _contrib_l1,
    "l2_regularizer": _contrib_l2,
    "l1_l2_regularizer": _contrib_l1_l2,
    "sum_regularizer": _sum,
    "apply_regularization": _refused,
}
_KERAS: dict[str, Rule] = {
    "l1": _keras_l1,
    "l2": _keras_l2,
    "L1": _keras_l1,
    "L2": _keras_l2,
    "l1_l2": _keras_l1_l2,
    "L1L2": _keras_class,
    "Regularizer": _refused,
    "get": _refused,
    "deserialize": _refused,
    "serialize": _refused,
}

RULES: dict[str, Rule] = {
    **{f"tf.contrib.layers.{name}": rule for name, rule in _CONTRIB.items()},
    **{f"tf.contrib.slim.{name}": rule for name, rule in _CONTRIB.items()},
    **{f"tf.keras.regularizers.{name}": rule for name, rule in _KERAS.items()},
}
"""Every regularizer constructor that is known; those without an exact form refuse with TFR221."""
