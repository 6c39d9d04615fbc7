"""Every other TF1 name in a migrated file → its TF2 name."""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.diagnostics.reasons import Refused, refusal
from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.editing.calls import Argument
from tf1to2_reg.editing.rule import Context, Rule
from tf1to2_reg.editing.signatures import translated
from tf1to2_reg.facts import symbol_codes
from tf1to2_reg.facts import symbols as facts
from tf1to2_reg.facts.knowledge import Constant
from tf1to2_reg.facts.signature import Signature

_ROOT = "tf."


def refusal_code(symbol: str) -> str:
    """The diagnostic for a canonical TF1 symbol that cannot be migrated."""
    return facts.code(symbol.removeprefix(_ROOT))


def tf2_name(symbol: str) -> str:
    """The TF2 name of a canonical TF1 symbol used as a value ("tf.float32"). Raises `Refused` where there is none."""
    spelling = facts.tf2_spelling(symbol.removeprefix(_ROOT))
    if spelling is not None:
        return _ROOT + spelling
    raise refusal(refusal_code(symbol), symbol_codes.message(symbol), None)


def rewrite_call(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    """The TF2 form of a call of a TF1 function. Raises `Refused`, TFR235 for arguments that TF2 has no form for."""
    symbol = ctx.symbol(original.func)
    if symbol is None:
        return updated
    name = symbol.removeprefix(_ROOT)
    if name in facts.CASTS:
        return _cast(original, updated, ctx, facts.CASTS[name])
    if name in _SPECIAL:
        return _SPECIAL[name](original, updated, ctx)
    if name in facts.CALLS:
        return _renamed(original, updated, ctx, facts.CALLS[name])
    try:
        spelling = tf2_name(symbol)
    except Refused as refused:
        raise Refused(*(reason.at(original.func) for reason in refused.reasons)) from None
    if sum(argument.keyword is None for argument in original.args) > facts.POSITIONAL.get(name, len(original.args)):
        raise refusal("TFR235", "the last of these positional arguments means something else in TF2", original)
    _note_seed(original, ctx)
    return updated.with_changes(func=expressions.tf2(ctx, spelling.removeprefix(_ROOT)))


def _renamed(original: cst.Call, updated: cst.Call, ctx: Context, function: Signature) -> cst.Call:
    arguments = calls.bind(original, updated, function.parameters)
    for argument in arguments:
        _check_value(argument, function, ctx)
    kept = [argument.parameter for argument in arguments if argument.parameter not in function.only]
    names = [function.renames.get(parameter, parameter) for parameter in kept]
    if len(set(names)) != len(names):
        raise refusal("TFR235", "one parameter is given under two names", original)
    if function.target == "random.set_seed":
        ctx.note("TFR110", "TF2 draws other random numbers from the same seed", original)
    return translated(updated, arguments, function, ctx)


def _check_value(argument: Argument, function: Signature, ctx: Context) -> None:
    if argument.parameter not in function.only:
        return
    expected = function.only[argument.parameter]
    if ctx.constant(argument.original.value) not in (Constant(expected), Constant(None)):
        raise refusal(
            "TFR235", f"`{argument.parameter}` other than {expected} is not supported", argument.original.value
        )


def _cast(original: cst.Call, updated: cst.Call, ctx: Context, dtype: str) -> cst.BaseExpression:
    arguments = [a for a in calls.bind(original, updated, ("x", "name")) if a.parameter == "x"]
    new = calls.with_arguments(updated, expressions.tf2(ctx, "cast"), calls.renamed(arguments, ("x", "dtype")))
    if arguments and not arguments[0].is_positional:
        return calls.append(new, calls.keyword("dtype", expressions.tf2(ctx, dtype)))
    return calls.append(new, calls.positional(expressions.tf2(ctx, dtype)))


def _dropout(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    """keep_prob → rate=1 - keep_prob."""
    arguments = calls.bind(original, updated, ("x", "keep_prob", "noise_shape", "seed", "name", "rate"))
    given = calls.values(arguments)
    if ("keep_prob" in given) == ("rate" in given):
        raise refusal("TFR235", "dropout takes either keep_prob or rate", original)
    exact = [_as_rate(argument) if argument.parameter == "keep_prob" else argument for argument in arguments]
    kept = calls.renamed(exact, ("x",), {"keep_prob": "rate"})
    _note_seed(original, ctx)
    return calls.with_arguments(updated, expressions.tf2(ctx, "nn.dropout"), kept)


def _as_rate(argument: Argument) -> Argument:
    rate = expressions.difference(cst.Integer("1"), argument.updated.value)
    return Argument(argument.index, argument.parameter, argument.original, argument.updated.with_changes(value=rate))


def _softmax_cross_entropy(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    """TF1's first version stops the gradient at the labels."""
    function = facts.CALLS["nn.softmax_cross_entropy_with_logits"]
    stop = expressions.tf2(ctx, "stop_gradient")
    args = [
        argument.updated.with_changes(value=expressions.call(stop, calls.positional(argument.updated.value)))
        if argument.parameter == "labels"
        else argument.updated
        for argument in calls.bind(original, updated, function.parameters)
    ]
    return _renamed(original, updated.with_changes(args=args), ctx, function)


def _where(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    """TF1's `where` selects rows by a vector, TF2's broadcasts: the same only where all ranks are equal."""
    arguments = calls.values(calls.bind(original, updated, ("condition", "x", "y", "name")))
    tensors = [ctx.tensor(a.original.value) for a in arguments.values() if a.parameter != "name"]
    ranks = {None if tensor is None else tensor.rank for tensor in tensors}
    is_equal = len(tensors) == 1 or (len(ranks) == 1 and None not in ranks)
    return updated.with_changes(func=expressions.tf2(ctx, "where" if is_equal else "compat.v1.where"))


def _div(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    """Python 2's division: the quotient of floats, rounded down for integers."""
    arguments = calls.values(calls.bind(original, updated, ("x", "y", "name")))
    tensors = [ctx.tensor(a.original.value) for a in arguments.values() if a.parameter != "name"]
    is_float = any(tensor is not None and (tensor.dtype or "").startswith("float") for tensor in tensors)
    return updated.with_changes(func=expressions.tf2(ctx, "divide" if is_float else "compat.v1.div"))


def _constant(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    """TF1 fills a shape with the last value; TF2 fills it with a scalar only."""
    given = calls.values(calls.bind(original, updated, facts.CALLS["constant"].parameters))
    value = ctx.constant(given["value"].original.value) if "value" in given else None
    is_scalar = value is not None and isinstance(value.value, (bool, int, float, str))
    if "shape" in given and not is_scalar:
        raise refusal("TFR235", "TF2 fills a shape with a scalar only", given["shape"].original.value)
    return _renamed(original, updated, ctx, facts.CALLS["constant"])


def _device(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    for argument in calls.bind(original, updated, facts.CALLS["device"].parameters):
        if not isinstance(getattr(ctx.constant(argument.original.value), "value", None), str):
            raise refusal("TFR235", "only the name of a device is supported", argument.original.value)
    return _renamed(original, updated, ctx, facts.CALLS["device"])


def _name_scope(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    given = calls.values(calls.bind(original, updated, facts.CALLS["name_scope"].parameters))
    if "name" not in given or ctx.constant(given["name"].original.value) == Constant(None):
        raise refusal("TFR235", "a name scope without a name is not supported", original)
    return _renamed(original, updated, ctx, facts.CALLS["name_scope"])


def _embedding_lookup(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    """How parameters are partitioned counts only where they are a list."""
    given = calls.values(calls.bind(original, updated, facts.CALLS["nn.embedding_lookup"].parameters))
    if "params" not in given or ctx.tensor(given["params"].original.value) is None:
        raise refusal("TFR235", "whether the embedding is a list of partitions is not known", original)
    return _renamed(original, updated, ctx, facts.CALLS["nn.embedding_lookup"])


def _note_seed(original: cst.Call, ctx: Context) -> None:
    if any(argument.keyword is not None and argument.keyword.value == "seed" for argument in original.args):
        ctx.note("TFR110", "TF2 draws other random numbers from the same seed", original)


_SPECIAL: dict[str, Rule] = {
    "constant": _constant,
    "device": _device,
    "div": _div,
    "name_scope": _name_scope,
    "nn.dropout": _dropout,
    "nn.embedding_lookup": _embedding_lookup,
    "nn.softmax_cross_entropy_with_logits": _softmax_cross_entropy,
    "where": _where,
}
