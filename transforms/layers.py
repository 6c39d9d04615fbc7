"""`tf.layers.*` → `tf.keras.layers.*`, argument by argument."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls, expressions, weight_callables
from tf1to2_reg.editing.calls import Argument
from tf1to2_reg.editing.rule import Context, LayerParts
from tf1to2_reg.facts.held import CLASSES, MADE, is_apart
from tf1to2_reg.facts.knowledge import Constant, Kind
from tf1to2_reg.facts.layers import DEFAULTS, LAYERS, LayerFacts, is_fused_axis
from tf1to2_reg.facts.values import ACTIVATIONS, INITIALIZERS, REGULARIZERS

FUSED_EPSILON = 1.001e-5
"""The least epsilon of TF1's fused kernel (TF 1.15.5, tf.nn.fused_batch_norm)."""

FUSED_CLASS = "FusedBatchNormalization"
"""The name of the class that `fused_class_source` defines."""

_FUSED_SOURCE = '''\
class FusedBatchNormalization({tf}.keras.layers.BatchNormalization):
    """Batch normalization that keeps the unbiased variance of each batch, as TF1's fused kernel does."""

    def call(self, inputs, training=None):
        kept = self.momentum * self.moving_variance
        outputs = super().call(inputs, training=training)
        if training:
            size = {tf}.cast({tf}.size(inputs) // {tf}.size(kept), {tf}.float32)
            self.moving_variance.assign(kept + (self.moving_variance - kept) * size / {tf}.maximum(size - 1.0, 1.0))
        return outputs
'''

_NOT_CONSTRUCTOR = frozenset(
    {"inputs", "training", "trainable", "name", "reuse", "activity_regularizer", "fused", "virtual_batch_size"}
    | {"adjustment", "renorm", "renorm_clipping", "renorm_momentum"}
    | {f"{weight}_constraint" for weight in ("kernel", "bias", "beta", "gamma", "depthwise", "pointwise")}
)
_TRAINED = frozenset({"tf.layers.dropout", "tf.layers.batch_normalization"})


def split(original: cst.Call, updated: cst.Call, ctx: Context) -> LayerParts:
    """Take a call of a layer function or class apart. The constructor has no `name`.

    Raises `Refused` TFR220 (an argument without exact Keras form), TFR221, TFR222, TFR209, TFR214.
    """
    return _parts(original, updated, ctx, _NOT_CONSTRUCTOR)


def split_named(original: cst.Call, updated: cst.Call, ctx: Context) -> LayerParts:
    """The same with a `name` that is given left in its place, as a keyword argument."""
    return _parts(original, updated, ctx, _NOT_CONSTRUCTOR - {"name"})


def argument(original: cst.Call, parameter: str, ctx: Context) -> cst.BaseExpression | None:
    """The expression given for a parameter ("name", "reuse", "training") of a layer call, or None."""
    _, facts = _layer(original, ctx)
    bound = calls.values(calls.bind(original, original, facts.parameters, "TFR220"))
    return bound[parameter].original.value if parameter in bound else None


def is_fused(original: cst.Call, ctx: Context) -> bool | None:
    """Whether TF1 runs this batch normalization with the fused kernel; None where that is not known."""
    given = calls.values(calls.bind(original, original, LAYERS["tf.layers.batch_normalization"].parameters, "TFR220"))
    fused = Constant(None) if "fused" not in given else ctx.constant(given["fused"].original.value)
    if fused is None:
        return None
    axis = Constant(DEFAULTS["axis"]) if "axis" not in given else ctx.constant(given["axis"].original.value)
    if fused.value is False or (axis is not None and not is_fused_axis(axis.value)):
        return False
    inputs = ctx.tensor(given["inputs"].original.value) if "inputs" in given else None
    return None if axis is None or inputs is None or inputs.rank is None else inputs.rank == 4


def fused_class_source(tf: str) -> str:
    """The class for batch normalization of rank 4 whose update ops run, for a file that spells TensorFlow `tf`.

    TF1's fused kernel stores the batch variance times n / (n - 1), n numbers being averaged. The source ends in a
    newline and is indented by four spaces.
    """
    return _FUSED_SOURCE.format(tf=tf)


def with_frozen_averages(constructor: cst.Call) -> cst.Call:
    """A BatchNormalization whose moving averages never move: `momentum=1.0` in place of any other."""
    frozen = cst.Float("1.0")
    parameters = LAYERS["tf.layers.batch_normalization"].parameters[1:]
    for item in calls.bind(constructor, constructor, parameters):
        if item.parameter == "momentum":
            args = list(constructor.args)
            args[item.index] = item.updated.with_changes(value=frozen)
            return constructor.with_changes(args=args)
    return calls.append(constructor, calls.keyword("momentum", frozen))


def _layer(original: cst.Call, ctx: Context) -> tuple[str, LayerFacts]:
    symbol = ctx.symbol(original.func)
    if symbol is None or symbol not in MADE:
        raise refusal("TFR201", f"the layer `{symbol}` is not supported yet", original)
    return symbol, MADE[symbol]


def _parts(original: cst.Call, updated: cst.Call, ctx: Context, dropped: frozenset[str]) -> LayerParts:
    symbol, facts = _layer(original, ctx)
    arguments = calls.bind(original, updated, facts.parameters, "TFR220")
    given = calls.values(arguments)
    is_class = symbol in CLASSES
    for parameter in facts.required if is_class else ("inputs", *facts.required):
        if parameter not in given:
            raise refusal("TFR220", f"`{symbol}` is called without `{parameter}`", original)
    for item in arguments:
        _check(item, facts, ctx)
    if is_apart(symbol):
        dropped |= {parameter for parameter in facts.parameters if parameter.endswith("_regularizer")}
    kept = [_exact(item, facts, ctx) for item in arguments if item.parameter not in dropped]
    positional = facts.parameters[: facts.keras_prefix] if is_class else facts.parameters[1 : 1 + facts.keras_prefix]
    func = expressions.tf2(ctx, f"keras.layers.{facts.keras}")
    constructor = calls.with_arguments(updated, func, calls.renamed(kept, positional))
    if facts.keras == "Dropout" and "rate" not in given:
        constructor = calls.append(constructor, calls.keyword("rate", cst.Float("0.5")))
    if symbol == "tf.layers.batch_normalization":
        constructor = _with_epsilon_floor(original, constructor, given, ctx)
    inputs = None if is_class else given["inputs"].updated.value
    return LayerParts(constructor, inputs, _call_arguments(symbol, given))


def _call_arguments(symbol: str, given: dict[str, Argument]) -> tuple[cst.Arg, ...]:
    if symbol not in _TRAINED:
        return ()
    training = given["training"].updated.value if "training" in given else cst.Name("False")
    return (calls.keyword("training", training),)


def _check(item: Argument, facts: LayerFacts, ctx: Context) -> None:
    if item.parameter in facts.regularizers and item.parameter != "activity_regularizer":
        weight_callables.check_regularizer(item.original.value, ctx)
    elif item.parameter in facts.initializers:
        _initializer(item, ctx)
    elif item.parameter in _CHECKS:
        _CHECKS[item.parameter](item, ctx)
    elif item.parameter.endswith("_constraint") or item.parameter in _ONLY_NONE:
        _only(item, ctx, value=None)


def _exact(item: Argument, facts: LayerFacts, ctx: Context) -> Argument:
    """The argument with a value that Keras 3 does not know spelled out."""
    if item.parameter in _SIZES and ctx.python_type(item.original.value) is not int:
        return calls.converted(item, "int")
    constant = ctx.constant(item.original.value)
    if item.parameter not in facts.regularizers or constant is None or constant.value not in REGULARIZERS:
        return item
    spelled = REGULARIZERS[str(constant.value)]
    if spelled is None:
        return item
    value = cst.parse_expression(f"{ctx.tf}.{spelled}")
    return Argument(item.index, item.parameter, item.original, item.updated.with_changes(value=value))


def _with_epsilon_floor(
    original: cst.Call, constructor: cst.Call, given: dict[str, Argument], ctx: Context
) -> cst.Call:
    if "epsilon" not in given or is_fused(original, ctx) is False:
        return constructor
    epsilon = given["epsilon"]
    match ctx.constant(epsilon.original.value):
        case Constant(int() | float() as value) if value >= FUSED_EPSILON:
            return constructor
        case Constant(int() | float()) if is_fused(original, ctx):
            floor: cst.BaseExpression = cst.Float(repr(FUSED_EPSILON))
        case _ if is_fused(original, ctx):
            least = cst.Float(repr(FUSED_EPSILON))
            floor = expressions.call(cst.Name("max"), calls.positional(epsilon.updated.value), calls.positional(least))
        case _:
            raise refusal("TFR220", "whether TF1 raises this epsilon to 1.001e-5 is not known", epsilon.original)
    args = [
        item.with_changes(value=floor) if item.value is epsilon.updated.value else item for item in constructor.args
    ]
    return constructor.with_changes(args=args)


def _units(item: Argument, ctx: Context) -> None:
    value = item.original.value
    if ctx.tensor(value) is not None:
        raise refusal("TFR214", "the size of this layer depends on a tensor", value)
    match ctx.constant(value):
        case Constant(bool() | float() | None | str()):
            raise refusal("TFR220", "Keras takes only an int here", value)
        case _:
            if ctx.kinds(value) - {Kind.NUMBER, Kind.UNKNOWN}:
                raise refusal("TFR220", "Keras takes only an int here, and this is not one in every case", value)


def _known(item: Argument, ctx: Context) -> None:
    """A value that TF1 allows to be a tensor and Keras does not."""
    if ctx.tensor(item.original.value) is not None:
        raise refusal("TFR220", f"`{item.parameter}` is a tensor; Keras takes a Python value", item.original.value)


def _noise_shape(item: Argument, ctx: Context) -> None:
    if ctx.constant(item.original.value) is None:
        raise refusal("TFR220", "a noise shape that is not a list of numbers is not supported", item.original.value)


def _strides(item: Argument, ctx: Context) -> None:
    if ctx.constant(item.original.value) == Constant(None):
        raise refusal("TFR220", "TF1 takes no None for strides", item.original.value)


def _one_of(item: Argument, ctx: Context, names: frozenset[str], code: str, allowed: frozenset[Kind]) -> None:
    """A string that means the same in Keras 3, or one of the allowed kinds of value, in every call."""
    value = item.original.value
    for name in sorted(ctx.strings(value) - names):
        raise refusal(code, f"`{name}` is not the same in Keras 3", value)
    if ctx.kinds(value) - allowed - {Kind.NONE, Kind.STRING}:
        raise refusal(code, f"what is passed as `{item.parameter}` is not known in every case", value)


def _activation(item: Argument, ctx: Context) -> None:
    _one_of(item, ctx, ACTIVATIONS, "TFR220", frozenset({Kind.CALLABLE}))


def _initializer(item: Argument, ctx: Context) -> None:
    _one_of(item, ctx, INITIALIZERS, "TFR222", frozenset({Kind.CALLABLE, Kind.INITIALIZER}))


def _only(item: Argument, ctx: Context, *, value: object) -> None:
    if ctx.constant(item.original.value) != Constant(value):
        raise refusal("TFR220", f"`{item.parameter}` other than {value} is not supported", item.original.value)


def _only_true(item: Argument, ctx: Context) -> None:
    _only(item, ctx, value=True)


def _only_false(item: Argument, ctx: Context) -> None:
    _only(item, ctx, value=False)


def _axis(item: Argument, ctx: Context) -> None:
    match ctx.constant(item.original.value):
        case Constant(bool()):
            pass
        case Constant(int()):
            return
        case _:
            pass
    raise refusal("TFR220", "Keras normalizes over one axis, given as a number", item.original.value)


def _fused(item: Argument, ctx: Context) -> None:
    match ctx.constant(item.original.value):
        case Constant(None | bool()):
            return
        case _:
            raise refusal("TFR220", "whether the fused kernel is used is not known", item.original.value)


_SIZES = frozenset({"units", "filters"})
_ONLY_NONE = frozenset({"activity_regularizer", "virtual_batch_size", "adjustment", "renorm_clipping"})
_CHECKS: dict[str, Callable[[Argument, Context], None]] = {
    "units": _units,
    "filters": _units,
    "rate": _known,
    "noise_shape": _noise_shape,
    "strides": _strides,
    "activation": _activation,
    "trainable": _only_true,
    "renorm": _only_false,
    "axis": _axis,
    "fused": _fused,
    "momentum": _known,
    "epsilon": _known,
}
