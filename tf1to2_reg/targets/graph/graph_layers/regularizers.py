"""The regularizers of `tf.contrib.layers`, and those of its Keras that Keras 3 has not."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


def l1_regularizer(scale: Any, scope: str | None = None) -> Callable[[Any], Any]:
    """`tf.contrib.layers.l1_regularizer`: scale * sum(|weights|); 0.0 adds no penalty."""

    def l1(weights: Any) -> Any:
        with tf1.name_scope(scope, "l1_regularizer", [weights]) as name:
            strength = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(strength, tf.reduce_sum(tf.abs(weights)), name=name)

    return l1 if _is_strength(scale, "scale") else lambda _: None


def l2_regularizer(scale: Any, scope: str | None = None) -> Callable[[Any], Any]:
    """`tf.contrib.layers.l2_regularizer`: scale * sum(weights ** 2) / 2; 0.0 adds no penalty."""

    def l2(weights: Any) -> Any:
        with tf1.name_scope(scope, "l2_regularizer", [weights]) as name:
            strength = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(strength, tf.nn.l2_loss(weights), name=name)

    return l2 if _is_strength(scale, "scale") else lambda _: None


def _is_strength(scale: Any, name: str) -> bool:
    """Whether a strength is another than 0.0."""
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"{name} cannot be an integer: {scale}")
    if isinstance(scale, numbers.Real) and scale < 0.0:
        raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale:g}")
    return not isinstance(scale, numbers.Real) or scale != 0.0


def l1_l2_regularizer(
    scale_l1: Any = 1.0, scale_l2: Any = 1.0, scope: str | None = None
) -> Callable[[Any], Any] | None:
    """`tf.contrib.layers.l1_l2_regularizer`: the sum of both; 0.0 leaves one of them out."""
    scope = scope or "l1_l2_regularizer"
    if not _is_strength(scale_l1, "scale_l1"):
        return l2_regularizer(scale_l2, scope)
    if not _is_strength(scale_l2, "scale_l2"):
        return l1_regularizer(scale_l1, scope)
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope=scope)


def sum_regularizer(
    regularizer_list: Iterable[Callable[[Any], Any] | None], scope: str | None = None
) -> Callable[[Any], Any] | None:
    """`tf.contrib.layers.sum_regularizer`: the sum of the regularizers that are not None."""
    regularizers = [regularizer for regularizer in regularizer_list if regularizer is not None]

    def total(weights: Any) -> Any:
        with tf1.name_scope(scope, "sum_regularizer", [weights]) as name:
            penalties = [regularizer(weights) for regularizer in regularizers]
            penalties = [penalty for penalty in penalties if penalty is not None]
            return tf.add_n(penalties, name=name) if penalties else None

    return total if regularizers else None


def apply_regularization(regularizer: Callable[[Any], Any], weights_list: Sequence[Any] | None = None) -> Any:
    """`tf.contrib.layers.apply_regularization`: one penalty for a list of weights, added to the collection."""
    weights_list = weights_list or tf1.get_collection(tf1.GraphKeys.WEIGHTS)
    if not weights_list:
        raise ValueError("No weights to regularize.")
    with tf1.name_scope("get_regularization_penalty", values=weights_list) as scope:
        penalties = [regularizer(weights) for weights in weights_list]
        penalties = [tf.constant(0.0) if penalty is None else penalty for penalty in penalties]
        for penalty in penalties:
            if penalty.shape.rank != 0:
                raise ValueError(f"regularizer must return a scalar Tensor, not one of rank {penalty.shape.rank}.")
        total = tf.add_n(penalties, name=scope)
        tf1.add_to_collection(tf1.GraphKeys.REGULARIZATION_LOSSES, total)
        return total


def keras_l1_l2(l1: float = 0.01, l2: float = 0.01) -> Callable[[Any], Any]:
    """`tf.keras.regularizers.l1_l2` of TF1, whose strengths were 0.01 and are 0.0 in Keras 3."""
    strengths = [tf.float32.as_numpy_dtype(strength) for strength in (l1, l2)]

    def penalty(weights: Any) -> Any:
        if not any(strengths):
            return tf.constant(0.0)
        total: Any = 0.0
        for strength, size in zip(strengths, (tf.abs, tf.square), strict=True):
            if strength:
                total += strength * tf.reduce_sum(size(weights))
        return total

    return penalty
