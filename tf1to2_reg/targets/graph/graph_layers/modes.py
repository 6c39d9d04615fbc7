"""Whether a layer trains: a bool, or a tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


def _training(training: Any) -> Any:
    """The mode; None is Keras's learning phase, a placeholder that is False unless it is fed."""
    if training is not None:
        return training
    try:
        return tf1.get_default_graph().get_tensor_by_name("keras_learning_phase:0")
    except KeyError:
        with tf1.name_scope(""):
            return tf1.placeholder_with_default(False, (), "keras_learning_phase")


def _constant(value: Any) -> bool | None:
    """The value of a mode that is known now: a bool, 0, 1 or a constant tensor."""
    if isinstance(value, tf.Variable):
        return None
    if tf.is_tensor(value):
        known = tf.get_static_value(value)
        return None if known is None else bool(known)
    if value not in {0, 1}:
        raise TypeError(f"`training` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {value}")
    return bool(value)


def _cond(mode: Any, true: Callable[[], Any], false: Callable[[], Any]) -> Any:
    """`tf.cond`, or one of the functions if the mode is known."""
    known = _constant(mode)
    if known is None:
        return tf1.cond(mode, true, false)
    return true() if known else false()
