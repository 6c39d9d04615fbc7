"""Poolings."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.convolutions import _Spatial

tf1 = tf.compat.v1


class _Pooling(_Spatial):
    """What all poolings do with their window."""

    required = "pool_size strides"
    optional = "padding data_format name"
    windows = ("pool_size", "strides")
    average = False

    pool_size: Any

    def prepare(self) -> None:
        if self.strides is None:
            raise ValueError("Argument `strides` must not be None.")
        super().prepare()

    def call(self, inputs: Any) -> Any:
        """The output; one spatial axis is pooled as an image of width one."""
        if self.rank == 3:
            return self._pool_volumes(inputs)
        axis = self.rank + (2 if self.channels_first else 1)
        rest = (1,) * (2 - self.rank)
        pool = tf1.nn.avg_pool if self.average else tf1.nn.max_pool
        outputs = pool(
            tf.expand_dims(inputs, axis) if self.rank == 1 else inputs,
            self._on_all_axes(self.pool_size + rest),
            self._on_all_axes(self.strides + rest),
            self.padding.upper(),
            data_format=self._format(2),
        )
        return tf.squeeze(outputs, [axis]) if self.rank == 1 else outputs

    def _pool_volumes(self, inputs: Any) -> Any:
        """Pool three axes, which TF1 did with the channels last."""
        pool = tf1.nn.avg_pool3d if self.average else tf1.nn.max_pool3d
        if self.channels_first:
            inputs = tf.transpose(inputs, (0, 2, 3, 4, 1))
        outputs = pool(inputs, [1, *self.pool_size, 1], [1, *self.strides, 1], self.padding.upper())
        return tf.transpose(outputs, (0, 4, 1, 2, 3)) if self.channels_first else outputs


class MaxPooling1D(_Pooling):
    """`tf.layers.MaxPooling1D`."""

    rank = 1


class MaxPooling2D(_Pooling):
    """`tf.layers.MaxPooling2D`."""

    rank = 2


class MaxPooling3D(_Pooling):
    """`tf.layers.MaxPooling3D`."""

    rank = 3


class AveragePooling1D(_Pooling):
    """`tf.layers.AveragePooling1D`."""

    rank, average = 1, True


class AveragePooling2D(_Pooling):
    """`tf.layers.AveragePooling2D`."""

    rank, average = 2, True


class AveragePooling3D(_Pooling):
    """`tf.layers.AveragePooling3D`."""

    rank, average = 3, True
