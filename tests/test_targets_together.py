"""What the engine makes of programs when it may choose among the targets."""

from __future__ import annotations

from pathlib import Path

from tf1to2_reg.engine import migrate
from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.results import TargetName

KERAS = """import tensorflow.keras as keras
def net(x, rate):
    return keras.layers.Dense(3, kernel_regularizer=keras.regularizers.l2(rate))(x)
"""
LIBRARY = """import tensorflow as tf
def net(x, rate):
    return tf.layers.dense(x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(rate))
"""


def targets(text: str) -> list[TargetName | None]:
    return [unit.target for unit in migrate([source_from_bytes(Path("/p/net.py"), text.encode())])]


def test_a_file_of_keras_layers_alone_is_no_program() -> None:
    assert targets(KERAS) == []


def test_a_library_of_layers_goes_to_models() -> None:
    assert targets(LIBRARY) == [TargetName.TF2]
