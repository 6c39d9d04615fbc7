"""tf.layers against tf.keras.layers. Source: TF 1.15.5 signatures and Keras 3.15.1, measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerFacts:
    """One functional layer of TF1.

    `parameters` are TF1's, in positional order, `inputs` first. `keras_prefix` counts the leading parameters after
    `inputs` that stand at the same position with the same meaning in Keras, so that positional arguments may stay.
    `stem` is what TF1 calls an unnamed layer. `rank` is the rank of the result, None where it is that of the input.
    `regularizers` are the parameters that take a regularizer.
    """

    parameters: tuple[str, ...]
    keras: str
    keras_prefix: int
    stem: str
    rank: int | None
    regularizers: tuple[str, ...] = ()


_WEIGHTS = (
    "kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer",
    "kernel_constraint", "bias_constraint", "trainable", "name", "reuse",
)  # fmt: skip
_CONV = ("inputs", "filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "activation", "use_bias")
_POOL = ("inputs", "pool_size", "strides", "padding", "data_format", "name")
_KERNEL_AND_BIAS = ("kernel_regularizer", "bias_regularizer", "activity_regularizer")

LAYERS: dict[str, LayerFacts] = {
    "tf.layers.dense": LayerFacts(
        ("inputs", "units", "activation", "use_bias", *_WEIGHTS), "Dense", 10, "dense", None, _KERNEL_AND_BIAS
    ),
    "tf.layers.conv2d": LayerFacts((*_CONV, *_WEIGHTS), "Conv2D", 6, "conv2d", 4, _KERNEL_AND_BIAS),
    "tf.layers.max_pooling2d": LayerFacts(_POOL, "MaxPooling2D", 4, "max_pooling2d", 4),
    "tf.layers.average_pooling2d": LayerFacts(_POOL, "AveragePooling2D", 4, "average_pooling2d", 4),
    "tf.layers.flatten": LayerFacts(("inputs", "name", "data_format"), "Flatten", 0, "flatten", 2),
    "tf.layers.dropout": LayerFacts(
        ("inputs", "rate", "noise_shape", "seed", "training", "name"), "Dropout", 3, "dropout", None
    ),
    "tf.layers.batch_normalization": LayerFacts(
        (
            "inputs", "axis", "momentum", "epsilon", "center", "scale", "beta_initializer", "gamma_initializer",
            "moving_mean_initializer", "moving_variance_initializer", "beta_regularizer", "gamma_regularizer",
            "beta_constraint", "gamma_constraint", "training", "trainable", "name", "reuse", "renorm",
            "renorm_clipping", "renorm_momentum", "fused", "virtual_batch_size", "adjustment",
        ),  # fmt: skip
        "BatchNormalization", 0, "batch_normalization", None, ("beta_regularizer", "gamma_regularizer"),
    ),
}
"""Layers that migrate now; every other name under tf.layers is refused by name."""
