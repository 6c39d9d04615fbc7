"""Layers of Keras 2 for which the written module has one: those of Keras 3 draw and name otherwise in a graph."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KerasPiece:
    """The name in the written module, and the arguments that its layer takes by name."""

    name: str
    keywords: frozenset[str]


_ALL = frozenset({"name", "trainable"})

KERAS_PIECES = {
    "tf.keras.layers.Dropout": KerasPiece("KerasDropout", _ALL | {"noise_shape", "rate", "seed"}),
    "tf.keras.layers.GaussianDropout": KerasPiece("GaussianDropout", _ALL | {"rate"}),
}
