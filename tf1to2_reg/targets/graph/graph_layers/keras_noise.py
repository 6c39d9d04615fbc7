"""Layers of Keras 2 that drop or disturb their inputs while a graph trains."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.modes import _training
from tf1to2_reg.targets.graph.graph_layers.simple import _dropped

tf1 = tf.compat.v1


class _KerasLayer:
    """A layer of Keras 2 without weights; its ops stand in a name scope of its name, a new one at each call."""

    kind = ""

    def __init__(self, name: Any = None, trainable: Any = True) -> None:
        self.trainable = trainable
        self.name = name or self._next_name()
        self.losses: list[Any] = []
        self.updates: list[Any] = []
        self.variables: list[Any] = []
        self.trainable_variables: list[Any] = []
        self.non_trainable_variables: list[Any] = []

    def _next_name(self) -> str:
        """The kind, with a number from the second one on; layers of `tf.layers` are counted with those of Keras."""
        graph = tf1.get_default_graph()
        graph.layer_names = counts = getattr(graph, "layer_names", {})
        count = counts.get(self.kind, 0)
        counts[self.kind] = count + 1
        return f"{self.kind}_{count}" if count else self.kind

    def __call__(self, inputs: Any, training: Any = None) -> Any:
        """Apply the layer; without `training` it trains where Keras's learning phase is fed so."""
        if not tf.is_tensor(inputs):
            inputs = tf.convert_to_tensor(inputs)
        with tf1.name_scope(self.name):
            return self.call(inputs, training)

    apply = __call__

    def call(self, inputs: Any, training: Any) -> Any:
        """The layer's output."""
        raise NotImplementedError


class KerasDropout(_KerasLayer):
    """`tf.keras.layers.Dropout` of TensorFlow 1."""

    kind = "dropout"

    def __init__(self, rate: Any, noise_shape: Any = None, seed: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed

    def call(self, inputs: Any, training: Any) -> Any:
        """The input with some of its numbers dropped while training; a None in `noise_shape` is the input's size."""
        return _dropped(inputs, training, self.rate, self.noise_shape, self.seed)


class GaussianDropout(_KerasLayer):
    """`tf.keras.layers.GaussianDropout` of TensorFlow 1, whose seed is drawn from NumPy."""

    kind = "gaussian_dropout"

    def __init__(self, rate: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs: Any, training: Any) -> Any:
        """The input times noise of mean one while training."""
        if not 0 < self.rate < 1:
            return inputs

        def noised() -> Any:
            deviation = np.sqrt(self.rate / (1.0 - self.rate))
            seed = np.random.randint(10_000_000)
            return inputs * tf1.random_normal(tf.shape(inputs), mean=1.0, stddev=deviation, seed=seed)

        mode = _training(training)
        if tf.is_tensor(mode):
            return tf1.cond(tf.cast(mode, tf.bool), noised, lambda: inputs)
        if mode not in {0, 1}:
            raise ValueError(f"training must be a tensor, a bool, 1 or 0, not {mode}")
        return noised() if mode else inputs
