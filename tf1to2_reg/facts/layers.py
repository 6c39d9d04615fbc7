"""tf.layers against tf.keras.layers. Source: TF 1.15.5 signatures and Keras 3.15.1, measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerFacts:
    """One functional layer of TF1.

    `parameters` are TF1's, in positional order, `inputs` first. `keras_prefix` counts the leading parameters after
    `inputs` that stand at the same position with the same meaning in Keras, so that positional arguments may stay.
    `stem` is what TF1 calls an unnamed layer. `rank` is the rank of the result, None where it is that of the input.
    `regularizers` are the parameters that take a regularizer, `initializers` those that take an initializer, `required`
    those without a default, `inputs` aside.
    """

    parameters: tuple[str, ...]
    keras: str
    keras_prefix: int
    stem: str
    rank: int | None
    regularizers: tuple[str, ...] = ()
    initializers: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


_KERNEL_AND_BIAS = ("kernel_regularizer", "bias_regularizer", "activity_regularizer")
_SEPARABLE = ("depthwise_regularizer", "pointwise_regularizer", "bias_regularizer", "activity_regularizer")
_INITIALIZERS = ("kernel_initializer", "bias_initializer")
_SEPARABLE_INITIALIZERS = ("depthwise_initializer", "pointwise_initializer", "bias_initializer")
_NORM_INITIALIZERS = ("beta_initializer", "gamma_initializer", "moving_mean_initializer", "moving_variance_initializer")
_NORM_REGULARIZERS = ("beta_regularizer", "gamma_regularizer")
_LAST = ("trainable", "name", "reuse")
_WEIGHTS = (*_INITIALIZERS, *_KERNEL_AND_BIAS, "kernel_constraint", "bias_constraint", *_LAST)
_WINDOW = ("inputs", "filters", "kernel_size", "strides", "padding", "data_format")
_CONV = (*_WINDOW, "dilation_rate", "activation", "use_bias", *_WEIGHTS)
_TRANSPOSED = (*_WINDOW, "activation", "use_bias", *_WEIGHTS)
_SEPARABLE_CONV = (
    *_WINDOW, "dilation_rate", "depth_multiplier", "activation", "use_bias", *_SEPARABLE_INITIALIZERS, *_SEPARABLE,
    "depthwise_constraint", "pointwise_constraint", "bias_constraint", *_LAST,
)  # fmt: skip
_REQUIRED = ("filters", "kernel_size")
_POOL = ("inputs", "pool_size", "strides", "padding", "data_format", "name")
_NORM = (
    "inputs", "axis", "momentum", "epsilon", "center", "scale", *_NORM_INITIALIZERS, *_NORM_REGULARIZERS,
    "beta_constraint", "gamma_constraint", "training", "trainable", "name", "reuse", "renorm", "renorm_clipping",
    "renorm_momentum", "fused", "virtual_batch_size", "adjustment",
)  # fmt: skip


def _conv(dimensions: int) -> LayerFacts:
    return LayerFacts(
        _CONV, f"Conv{dimensions}D", 6, f"conv{dimensions}d", dimensions + 2, _KERNEL_AND_BIAS, _INITIALIZERS, _REQUIRED
    )


def _transposed(dimensions: int) -> LayerFacts:
    keras, stem = f"Conv{dimensions}DTranspose", f"conv{dimensions}d_transpose"
    return LayerFacts(_TRANSPOSED, keras, 4, stem, dimensions + 2, _KERNEL_AND_BIAS, _INITIALIZERS, _REQUIRED)


def _separable(dimensions: int) -> LayerFacts:
    keras, stem = f"SeparableConv{dimensions}D", f"separable_conv{dimensions}d"
    return LayerFacts(_SEPARABLE_CONV, keras, 19, stem, dimensions + 2, _SEPARABLE, _SEPARABLE_INITIALIZERS, _REQUIRED)


def _pool(kind: str, dimensions: int) -> LayerFacts:
    return LayerFacts(
        _POOL,
        f"{kind}Pooling{dimensions}D",
        4,
        f"{kind.lower()}_pooling{dimensions}d",
        dimensions + 2,
        required=("pool_size", "strides"),
    )


LAYERS: dict[str, LayerFacts] = {
    "tf.layers.dense": LayerFacts(
        ("inputs", "units", "activation", "use_bias", *_WEIGHTS), "Dense", 10, "dense", None,
        _KERNEL_AND_BIAS, _INITIALIZERS, ("units",),
    ),
    "tf.layers.conv1d": _conv(1),
    "tf.layers.conv2d": _conv(2),
    "tf.layers.conv3d": _conv(3),
    "tf.layers.conv2d_transpose": _transposed(2),
    "tf.layers.conv3d_transpose": _transposed(3),
    "tf.layers.separable_conv1d": _separable(1),
    "tf.layers.separable_conv2d": _separable(2),
    "tf.layers.max_pooling1d": _pool("Max", 1),
    "tf.layers.max_pooling2d": _pool("Max", 2),
    "tf.layers.max_pooling3d": _pool("Max", 3),
    "tf.layers.average_pooling1d": _pool("Average", 1),
    "tf.layers.average_pooling2d": _pool("Average", 2),
    "tf.layers.average_pooling3d": _pool("Average", 3),
    "tf.layers.flatten": LayerFacts(("inputs", "name", "data_format"), "Flatten", 0, "flatten", 2),
    "tf.layers.dropout": LayerFacts(
        ("inputs", "rate", "noise_shape", "seed", "training", "name"), "Dropout", 3, "dropout", None
    ),
    "tf.layers.batch_normalization": LayerFacts(
        _NORM, "BatchNormalization", 13, "batch_normalization", None, _NORM_REGULARIZERS, _NORM_INITIALIZERS
    ),
}  # fmt: skip
"""Layers that migrate now; every other name under tf.layers is refused by name."""

DEFAULTS: dict[str, object] = {
    "activation": None, "use_bias": True, "strides": 1, "padding": "valid", "data_format": "channels_last",
    "dilation_rate": 1, "depth_multiplier": 1, "axis": -1, "momentum": 0.99, "epsilon": 1e-3, "center": True,
    "scale": True, "fused": None, "rate": 0.5, "noise_shape": None, "seed": None, "renorm": False,
    "renorm_clipping": None, "renorm_momentum": 0.99, "virtual_batch_size": None, "adjustment": None,
}  # fmt: skip
"""TF1's defaults of what a layer does with its weights. A pooling has no default for `strides`."""


def is_fused_axis(axis: object) -> bool:
    """True for an axis of a rank-4 input over which TF1 normalizes with its fused kernel (1.15.5, normalization.py)."""
    return axis in (1, 3, -1, -3)
