"""Percentiles: a part of `tf.contrib.distributions`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


def percentile(
    x: Any,
    q: Any,
    axis: Any = None,
    interpolation: str | None = None,
    keep_dims: bool = False,
    validate_args: bool = False,
    name: str | None = None,
) -> Any:
    """`tf.contrib.distributions.percentile`: the element below which `q` percent of the elements are."""
    rounding: dict[str | None, Callable[[Any], Any]] = {
        None: tf.round,
        "nearest": tf.round,
        "lower": tf.math.ceil,
        "higher": tf.math.floor,
    }
    if interpolation not in rounding:
        raise ValueError(f"Argument 'interpolation' must be in {list(rounding)[1:]}.  Found {interpolation}")
    with tf1.name_scope(name, "percentile", [x, q]):
        x = tf.convert_to_tensor(x, name="x")
        q = tf.cast(q, tf.float64, name="q")
        if q.shape.ndims not in {0, None}:
            raise ValueError(f"Expected argument 'x' to have ndims 0.  Found tensor {q}")
        if validate_args:
            zero, hundred = tf.constant(0.0, tf.float64), tf.constant(100.0, tf.float64)
            checks = [
                tf1.assert_rank(q, 0),
                tf1.assert_greater_equal(q, zero),
                tf1.assert_less_equal(q, hundred),
            ]
            with tf.control_dependencies(checks):
                q = tf.identity(q)
        axes = None if axis is None else _static_axes(axis, x)
        y = tf.reshape(x, [-1]) if axes is None else _with_flat_end(x, axes)
        last = tf.cast(tf.shape(y)[-1], tf.float64) - 1
        index = tf.cast(rounding[interpolation](last * (1.0 - q / 100.0)), tf.int32)
        index = tf.clip_by_value(index, 0, tf.shape(y)[-1] - 1)
        result = tf.math.top_k(y, k=tf.shape(y)[-1])[0][..., index]
        result.set_shape(y.shape[:-1])
        return _with_kept_axes(result, x, axes) if keep_dims else result


def _static_axes(axis: Any, x: Any) -> list[int]:
    known = tf.get_static_value(tf.convert_to_tensor(axis, name="axis"))
    if known is None:
        raise ValueError(f"Expected argument 'axis' to be statically available.  Found: {axis}")
    rank = x.shape.rank
    axes = [int(number) for number in known.reshape([-1])]
    for number in axes:
        if not -rank <= number < rank:
            raise ValueError(f"dim {number} not in the interval [-{rank}, {rank - 1}].")
    return [number if number >= 0 else rank + number for number in axes]


def _with_flat_end(x: Any, axes: list[int]) -> Any:
    """A tensor whose last axis has the elements of some axes."""
    front = sorted(set(range(x.shape.rank)) - set(axes))
    turned = tf.transpose(x, front + axes)
    if x.shape.is_fully_defined():
        shape = x.shape.as_list()
        return tf.reshape(turned, [*(shape[i] for i in front), math.prod(shape[i] for i in axes)])
    return tf.reshape(turned, tf.concat([tf.shape(turned)[: len(front)], [-1]], 0))


def _with_kept_axes(result: Any, x: Any, axes: list[int] | None) -> Any:
    if axes is None:
        rank = tf.rank(x) if x.shape.rank is None else x.shape.rank
        return result * tf.ones(tf.ones(rank, tf.int32), x.dtype)
    for axis in sorted(axes):
        result = tf.expand_dims(result, axis)
    return result
