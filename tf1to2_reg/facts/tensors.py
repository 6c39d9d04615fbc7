"""Rank and dtype of what TF1 functions give, as far as their arguments tell. Source: TF 1.15.5."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tf1to2_reg.facts.knowledge import Constant, TensorFacts
from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.facts.tensor_arguments import DTYPES, OPERATORS, Arguments, Value, as_tensor, first_dtype, length

__all__ = ["DTYPES", "OPERATORS", "Value", "as_tensor", "result"]

_UNKNOWN = TensorFacts(None, None)
_TRUE_QUOTIENT = {"int8": "float32", "uint8": "float32", "int16": "float32", "uint16": "float32"} | {
    "int32": "float64", "int64": "float64",
}  # fmt: skip


def result(symbol: str, positional: Sequence[Value], keywords: Mapping[str, Value]) -> TensorFacts:
    """What the call of a canonical TF1 symbol gives; TensorFacts(None, None) for functions that are not known."""
    arguments = Arguments(positional, keywords)
    if symbol in LAYERS:
        inputs = arguments.tensor(0, "inputs")
        rank = LAYERS[symbol].rank
        return TensorFacts(inputs.rank if rank is None else rank, inputs.dtype)
    rule = _RESULTS.get(symbol.removeprefix("tf."))
    return _UNKNOWN if rule is None else rule(arguments)


_Rule = Callable[[Arguments], TensorFacts]


def _plus(rank: int | None, change: int | None) -> int | None:
    return None if rank is None or change is None else rank + change


def _broadcast_rank(tensors: Sequence[TensorFacts]) -> int | None:
    ranks = [tensor.rank for tensor in tensors]
    return None if None in ranks or not ranks else max(rank for rank in ranks if rank is not None)


def _operands(arguments: Arguments) -> list[TensorFacts]:
    return [arguments.tensor(0, "x", "a"), arguments.tensor(1, "y", "b")]


def _same(*names: str) -> _Rule:
    def rule(arguments: Arguments) -> TensorFacts:
        return arguments.tensor(0, *names)

    return rule


def _fixed(rank: int | None, dtype: str | None) -> _Rule:
    def rule(arguments: Arguments) -> TensorFacts:
        return TensorFacts(rank, dtype)

    return rule


def _ranked(rank: int, *names: str) -> _Rule:
    """A result of that rank with the dtype of the first argument."""

    def rule(arguments: Arguments) -> TensorFacts:
        return TensorFacts(rank, arguments.tensor(0, *names).dtype)

    return rule


def _arithmetic(arguments: Arguments) -> TensorFacts:
    operands = _operands(arguments)
    return TensorFacts(_broadcast_rank(operands), first_dtype(operands))


def _quotient(arguments: Arguments) -> TensorFacts:
    facts = _arithmetic(arguments)
    return TensorFacts(facts.rank, _TRUE_QUOTIENT.get(facts.dtype or "", facts.dtype))


def _comparison(arguments: Arguments) -> TensorFacts:
    return TensorFacts(_broadcast_rank(_operands(arguments)), "bool")


def _predicate(arguments: Arguments) -> TensorFacts:
    return TensorFacts(arguments.tensor(0, "x").rank, "bool")


def _reduced(arguments: Arguments) -> TensorFacts:
    inputs = arguments.tensor(0, "input_tensor", "input")
    keeps = arguments.get(2, "keepdims", "keep_dims")
    if arguments.has(2, "keepdims", "keep_dims") and not isinstance(keeps, Constant):
        return TensorFacts(None, inputs.dtype)
    if isinstance(keeps, Constant) and keeps.value:
        return inputs
    axis = arguments.get(1, "axis", "reduction_indices")
    if not arguments.has(1, "axis", "reduction_indices") or axis == Constant(None):
        return TensorFacts(0, inputs.dtype)
    gone = arguments.count(1, "axis", "reduction_indices")
    return TensorFacts(_plus(inputs.rank, None if gone is None else -gone), inputs.dtype)


def _arg_extreme(arguments: Arguments) -> TensorFacts:
    dtype = arguments.dtype(4, "output_type", "int64")
    return TensorFacts(_plus(arguments.tensor(0, "input").rank, -1), dtype)


def _cast(arguments: Arguments) -> TensorFacts:
    return TensorFacts(arguments.tensor(0, "x").rank, arguments.dtype(1, "dtype", None))


def _to(dtype: str) -> _Rule:
    def rule(arguments: Arguments) -> TensorFacts:
        return TensorFacts(arguments.tensor(0, "x").rank, dtype)

    return rule


def _reshape(arguments: Arguments) -> TensorFacts:
    return TensorFacts(length(arguments.get(1, "shape")), arguments.tensor(0, "tensor").dtype)


def _expand_dims(arguments: Arguments) -> TensorFacts:
    inputs = arguments.tensor(0, "input")
    return TensorFacts(_plus(inputs.rank, 1), inputs.dtype)


def _squeeze(arguments: Arguments) -> TensorFacts:
    inputs = arguments.tensor(0, "input")
    gone = arguments.count(1, "axis", "squeeze_dims")
    return TensorFacts(_plus(inputs.rank, None if gone is None else -gone), inputs.dtype)


def _first(arguments: Arguments) -> TensorFacts:
    """Tensors of one rank and dtype, given as a list."""
    value = arguments.get(0, "values", "inputs")
    if not isinstance(value, tuple):
        return _UNKNOWN
    elements = [as_tensor(element) for element in value]
    rank = next((element.rank for element in elements if element.rank is not None), None)
    return TensorFacts(rank, first_dtype(elements))


def _stack(arguments: Arguments) -> TensorFacts:
    element = _first(arguments)
    return TensorFacts(_plus(element.rank, 1), element.dtype)


def _matmul(arguments: Arguments) -> TensorFacts:
    return _arithmetic(arguments)


def _one_hot(arguments: Arguments) -> TensorFacts:
    has_values = arguments.has(2, "on_value") or arguments.has(3, "off_value")
    dtype = arguments.dtype(5, "dtype", None if has_values else "float32")
    return TensorFacts(_plus(arguments.tensor(0, "indices").rank, 1), dtype)


def _filled(position: int, dtype_position: int) -> _Rule:
    """A tensor made from a shape; the dtype is float32 unless given."""

    def rule(arguments: Arguments) -> TensorFacts:
        return TensorFacts(
            length(arguments.get(position, "shape")), arguments.dtype(dtype_position, "dtype", "float32")
        )

    return rule


def _like(arguments: Arguments) -> TensorFacts:
    tensor = arguments.tensor(0, "tensor")
    return TensorFacts(tensor.rank, arguments.dtype(1, "dtype", tensor.dtype))


def _constant(arguments: Arguments) -> TensorFacts:
    value = arguments.get(0, "value")
    inferred = _inferred(value.value) if isinstance(value, Constant) else as_tensor(value).dtype
    rank = length(arguments.get(2, "shape")) if arguments.has(2, "shape") else as_tensor(value).rank
    return TensorFacts(rank, arguments.dtype(1, "dtype", inferred))


def _inferred(value: object) -> str | None:
    while isinstance(value, (list, tuple)) and value:
        if any(isinstance(element, float) for element in value):
            return "float32"
        value = value[0]
    for kind, dtype in ((bool, "bool"), (int, "int32"), (float, "float32"), (str, "string")):
        if isinstance(value, kind):
            return dtype
    return None


def _placeholder(arguments: Arguments) -> TensorFacts:
    return TensorFacts(length(arguments.get(1, "shape")), arguments.dtype(0, "dtype", None))


def _converted(arguments: Arguments) -> TensorFacts:
    value = arguments.get(0, "value")
    inferred = _inferred(value.value) if isinstance(value, Constant) else as_tensor(value).dtype
    return TensorFacts(as_tensor(value).rank, arguments.dtype(1, "dtype", inferred))


def _where(arguments: Arguments) -> TensorFacts:
    if arguments.has(1, "x"):
        choices = [arguments.tensor(1, "x"), arguments.tensor(2, "y")]
        rank = next((choice.rank for choice in choices if choice.rank is not None), None)
        return TensorFacts(rank, first_dtype(choices))
    return TensorFacts(2, "int64")


def _gather(arguments: Arguments) -> TensorFacts:
    rows = _rows(arguments, "indices")
    return TensorFacts(None, rows.dtype) if arguments.has(5, "batch_dims") else rows


def _embedding_lookup(arguments: Arguments) -> TensorFacts:
    return _rows(arguments, "ids")


def _rows(arguments: Arguments, indices: str) -> TensorFacts:
    params = arguments.tensor(0, "params")
    return TensorFacts(_plus(params.rank, _plus(arguments.tensor(1, indices).rank, -1)), params.dtype)


def _of_logits(change: int) -> _Rule:
    """A cross entropy: labels first, the result with the dtype of the logits."""

    def rule(arguments: Arguments) -> TensorFacts:
        logits = arguments.tensor(1, "logits")
        return TensorFacts(_plus(logits.rank, change), logits.dtype)

    return rule


def _loss(arguments: Arguments) -> TensorFacts:
    return _UNKNOWN if _may_be_unreduced(arguments) else TensorFacts(0, "float32")


def _cross_entropy_loss(arguments: Arguments) -> TensorFacts:
    return _UNKNOWN if _may_be_unreduced(arguments) else TensorFacts(0, arguments.tensor(1, "logits").dtype)


def _may_be_unreduced(arguments: Arguments) -> bool:
    return "reduction" in arguments.keywords or len(arguments.positional) > 4


def _shape_of(arguments: Arguments) -> TensorFacts:
    return TensorFacts(1, arguments.dtype(2, "out_type", "int32"))


def _size_of(arguments: Arguments) -> TensorFacts:
    return TensorFacts(0, arguments.dtype(2, "out_type", "int32"))


def _table(names: str, rule: _Rule) -> dict[str, _Rule]:
    """The rule for each name, and for its twin under math or linalg."""
    return dict.fromkeys(names.split(), rule)


def _math(names: str, rule: _Rule) -> dict[str, _Rule]:
    return {spelling: rule for name in names.split() for spelling in (name, f"math.{name}")}


_RESULTS: dict[str, _Rule] = {
    **_math(
        "abs acos acosh asin asinh atan atanh ceil cos cosh cumprod cumsum digamma erf erfc exp expm1 floor "
        "lgamma log log1p log_sigmoid negative reciprocal rint round rsqrt sigmoid sign sin sinh sqrt "
        "square tan tanh",
        _same("x"),
    ),
    **_math("angle", _same("input")),
    **_table(
        "nn.crelu nn.elu nn.leaky_relu nn.relu nn.relu6 nn.selu nn.sigmoid nn.softplus nn.softsign nn.swish nn.tanh "
        "math.softplus math.softsign",
        _same("features", "x"),
    ),
    **_table("nn.softmax nn.log_softmax math.softmax math.log_softmax", _same("logits")),
    **_table("nn.dropout nn.l2_normalize math.l2_normalize linalg.l2_normalize nn.batch_normalization", _same("x")),
    **_table("nn.bias_add nn.lrn nn.local_response_normalization", _same("value", "input")),
    **_table(
        "identity stop_gradient clip_by_value clip_by_norm transpose reverse tile pad slice ensure_shape Print "
        "check_numerics random_shuffle random.shuffle reverse_sequence roll debugging.check_numerics",
        _same("input", "t", "a", "tensor", "value", "x", "input_"),
    ),
    **_math("add subtract multiply maximum minimum pow squared_difference floordiv floormod mod", _arithmetic),
    "floor_div": _arithmetic,
    **_math("truediv divide", _quotient),
    **_table("div realdiv", _quotient),
    **_math("equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor", _comparison),
    **_math("logical_not is_nan is_inf is_finite", _predicate),
    **_math(
        "reduce_sum reduce_mean reduce_max reduce_min reduce_prod reduce_logsumexp reduce_all reduce_any", _reduced
    ),
    **_math("argmax argmin", _arg_extreme),
    **_math("add_n accumulate_n", _first),
    **_math("scalar_mul", lambda arguments: arguments.tensor(1, "x")),
    "concat": _first,
    "stack": _stack,
    "matmul": _matmul,
    "linalg.matmul": _matmul,
    "cast": _cast,
    "dtypes.cast": _cast,
    "to_float": _to("float32"),
    "to_double": _to("float64"),
    "to_int32": _to("int32"),
    "to_int64": _to("int64"),
    "reshape": _reshape,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
    "one_hot": _one_hot,
    "zeros": _filled(0, 1),
    "ones": _filled(0, 1),
    **_table("random_normal truncated_normal random.normal random.truncated_normal", _filled(0, 3)),
    **_table("random_uniform random.uniform", _filled(0, 3)),
    "zeros_like": _like,
    "ones_like": _like,
    "constant": _constant,
    "convert_to_tensor": _converted,
    "placeholder": _placeholder,
    "where": _where,
    "gather": _gather,
    "nn.embedding_lookup": _embedding_lookup,
    "shape": _shape_of,
    "size": _size_of,
    "rank": _fixed(0, "int32"),
    "nn.l2_loss": _ranked(0, "t"),
    "nn.conv1d": _ranked(3, "value", "input"),
    **_table("nn.conv2d nn.max_pool nn.avg_pool nn.max_pool2d nn.depthwise_conv2d", _ranked(4, "input", "value")),
    **_table("nn.conv2d_transpose nn.separable_conv2d nn.atrous_conv2d", _ranked(4, "value", "input")),
    "nn.sparse_softmax_cross_entropy_with_logits": _of_logits(-1),
    "nn.softmax_cross_entropy_with_logits": _of_logits(-1),
    "nn.softmax_cross_entropy_with_logits_v2": _of_logits(-1),
    "nn.sigmoid_cross_entropy_with_logits": _of_logits(0),
    "nn.weighted_cross_entropy_with_logits": _of_logits(0),
    **_table(
        "losses.mean_squared_error losses.absolute_difference losses.huber_loss losses.hinge_loss losses.log_loss "
        "losses.cosine_distance losses.mean_pairwise_squared_error",
        _loss,
    ),
    **_table(
        "losses.sigmoid_cross_entropy losses.softmax_cross_entropy losses.sparse_softmax_cross_entropy",
        _cross_entropy_loss,
    ),
    "losses.get_regularization_loss": _fixed(0, "float32"),
    "losses.get_total_loss": _fixed(0, "float32"),
}
