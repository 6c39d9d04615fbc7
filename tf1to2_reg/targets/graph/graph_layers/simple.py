"""Dense layers, flattening and dropout."""

from __future__ import annotations

import math
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.arguments import _activation
from tf1to2_reg.targets.graph.graph_layers.layer import Layer
from tf1to2_reg.targets.graph.graph_layers.modes import _cond, _training

KERNEL_AND_BIAS = (
    "kernel_initializer bias_initializer kernel_regularizer bias_regularizer activity_regularizer"
    " kernel_constraint bias_constraint trainable name"
)
"""Parameters of layers with a kernel and a bias."""


class Dense(Layer):
    """`tf.layers.Dense`: activation(inputs * kernel + bias)."""

    required = "units"
    optional = f"activation use_bias {KERNEL_AND_BIAS}"
    min_ndim = 2

    units: Any
    activation: Any
    use_bias: Any = True
    bias_initializer: Any = "zeros"

    def prepare(self) -> None:
        self.units = int(self.units)
        self.activation = _activation(self.activation)  # only: by_hand

    def make_weights(self, shape: Any) -> None:
        """A kernel of inputs by units, and a bias."""
        self.kernel = self.add_weight("kernel", [self._count_channels(shape), self.units])
        self.bias = self.add_weight("bias", [self.units]) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """The output; only the last axis of inputs of a higher rank is multiplied."""
        rank = inputs.shape.rank
        if rank > 2:
            outputs = tf.tensordot(inputs, self.kernel, [[rank - 1], [0]])
            outputs.set_shape([*inputs.shape.as_list()[:-1], self.units])
        elif isinstance(inputs, tf.SparseTensor):
            outputs = tf.sparse.sparse_dense_matmul(tf.cast(inputs, self.dtype), self.kernel)
        else:
            outputs = tf.matmul(tf.cast(inputs, self.dtype), self.kernel)
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, self.bias)
        return self.activation(outputs) if self.activation else outputs


class Flatten(Layer):
    """`tf.layers.Flatten`: one axis besides the batch."""

    optional = "data_format"
    min_ndim = 1

    data_format: Any = "channels_last"

    def call(self, inputs: Any) -> Any:
        """The output; channels that come first are moved behind the other axes."""
        rank = inputs.shape.rank
        if self.data_format == "channels_first" and rank > 1:
            inputs = tf.transpose(inputs, [0, *range(2, rank), 1])
        batch, *sizes = inputs.shape.as_list()
        outputs = tf.reshape(inputs, (batch or tf.shape(inputs)[0], -1))
        outputs.set_shape([batch, math.prod(sizes) if all(sizes) else None])
        return outputs


class Dropout(Layer):
    """`tf.layers.Dropout`."""

    optional = "rate noise_shape seed name"
    takes_training = True

    rate: Any = 0.5
    noise_shape: Any
    seed: Any

    def call(self, inputs: Any, training: Any = False) -> Any:
        """The input with some of its numbers dropped while training; a None in `noise_shape` is the input's size."""
        return _dropped(inputs, training, self.rate, self.noise_shape, self.seed)


def _dropped(inputs: Any, training: Any, rate: Any, noise_shape: Any, seed: Any) -> Any:
    def dropped() -> Any:
        sizes = noise_shape
        if sizes is not None:
            known = tf.shape(inputs)
            sizes = tf.convert_to_tensor([known[i] if size is None else size for i, size in enumerate(sizes)])
        return tf.nn.dropout(inputs, rate, sizes, seed)

    return _cond(_training(training), dropped, lambda: tf.identity(inputs))
