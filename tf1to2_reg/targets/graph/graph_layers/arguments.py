"""Activations, initializers, regularizers and constraints as layers take them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.regularizers import (
    keras_l1_l2,
    l1_regularizer,
    l2_regularizer,
    sum_regularizer,
)

tf1 = tf.compat.v1


def _activation(given: Any) -> Callable[[Any], Any] | None:
    """The function of an activation's name; Keras 3 has others for some of TF1's names."""
    named = {
        "elu": tf.nn.elu,
        "exponential": tf.exp,
        "hard_sigmoid": lambda x: tf.clip_by_value(x * 0.2 + 0.5, 0.0, 1.0),
        "linear": None,
        "relu": tf.nn.relu,
        "selu": lambda x: (
            1.0507009873554804934193349852946
            * tf.where(x > 0, tf.nn.elu(x), 1.6732632423543772848170429916717 * tf.nn.elu(x))
        ),
        "sigmoid": tf.nn.sigmoid,
        "softmax": tf.nn.softmax,
        "softplus": tf.nn.softplus,
        "softsign": tf.nn.softsign,
        "tanh": tf.nn.tanh,
    }
    if isinstance(given, str) and given not in named:
        raise ValueError(f"Unknown activation function: {given}")
    function: Callable[[Any], Any] | None = named[given] if isinstance(given, str) else given
    return function


def _initializer(given: Any) -> Any:
    """An initializer of TF1 for a name or an initializer of Keras.

    A random one of Keras would draw the same numbers at every run of the variable's initializer, whatever the seed of
    the graph.
    """
    if isinstance(given, str):  # only: by_hand
        given = tf.keras.initializers.get(given)
    initializers = tf.keras.initializers
    if not isinstance(given, initializers.Initializer):
        return given
    kinds = {
        initializers.VarianceScaling: (tf1.variance_scaling_initializer, ("scale", "mode", "distribution")),
        initializers.RandomNormal: (tf1.random_normal_initializer, ("mean", "stddev")),
        initializers.RandomUniform: (tf1.random_uniform_initializer, ("minval", "maxval")),
        initializers.TruncatedNormal: (tf1.truncated_normal_initializer, ("mean", "stddev")),
        initializers.Orthogonal: (tf1.orthogonal_initializer, ("gain",)),
    }
    for kind, (made, names) in kinds.items():
        if isinstance(given, kind):
            return made(*(getattr(given, name) for name in names), seed=given.get_config()["seed"])
    return given


def _regularizer(given: Any) -> Any:
    """The function of a regularizer, or of its name."""
    if isinstance(given, str):  # only: by_hand
        strengths = {"l1": (0.01, 0.0), "l2": (0.0, 0.01), "l1_l2": (0.01, 0.01)}
        if given not in strengths:
            raise ValueError(f"Unknown regularizer: {given}")
        return keras_l1_l2(*strengths[given])
    return _penalty_of_keras(given) if isinstance(given, tf.keras.regularizers.Regularizer) else given


def _penalty_of_keras(given: Any) -> Callable[[Any], Any] | None:
    """A regularizer of Keras as that of `tf.contrib.layers`, whose strength has the precision of the weights."""
    kinds = tf.keras.regularizers
    if type(given) is kinds.L1:  # only: L1 l1 regularizers.get .deserialize
        return l1_regularizer(given.l1)
    if type(given) is kinds.L2 and given.l2:
        return l2_regularizer(2.0 * given.l2)
    if type(given) is kinds.L1L2 and given.l1 and given.l2:  # only: L1L2 l1_l2 regularizers.get .deserialize
        return sum_regularizer([l1_regularizer(given.l1), l2_regularizer(2.0 * given.l2)], "l1_l2_regularizer")
    return _on_values(given)


def _constraint(given: Any) -> Any:
    """The function of a constraint, or of its name."""
    if isinstance(given, str):  # only: by_hand
        given = tf.keras.constraints.get(given)
    return _on_values(given) if isinstance(given, tf.keras.constraints.Constraint) else given


def _on_values(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of Keras for a variable, which Keras does not know as one."""
    return lambda variable: function(tf.convert_to_tensor(variable))
