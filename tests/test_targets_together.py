"""What the engine makes of programs when it may choose among the targets."""

from __future__ import annotations

from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    "rest",
    [
        "print(sum(tf.nn.l2_loss(v) for v in tf.trainable_variables()))",
        "print(w, tf.losses.get_total_loss())",
        "print(tf.nn.l2_loss(w))",
        "def f(x):\n    return tf.layers.dense(x, 3)",
    ],
)
def test_what_is_told_of_a_program_without_layers_and_regularizers(rest: str) -> None:
    text = f"import tensorflow as tf\nw = tf.get_variable('w', [3])\n{rest}\n"
    (unit,) = migrate([source_from_bytes(Path("/p/net.py"), text.encode())])
    assert unit.target is TargetName.GRAPH
    assert [reason.code for reason in unit.held_back] == ["TFR210"]


def test_a_library_that_no_program_uses_is_told_so() -> None:
    text = "import tensorflow as tf\ndef f(r, w):\n    return tf.contrib.layers.apply_regularization(r, w)\n"
    (unit,) = migrate([source_from_bytes(Path("/p/net.py"), text.encode())])
    assert (unit.target, [reason.code for reason in unit.held_back]) == (TargetName.GRAPH, ["TFR233"])


def test_what_tf2_does_not_see_is_told_all_the_same() -> None:
    (unit,) = migrate([source_from_bytes(Path("/p/net.py"), b"import tensorflow as tf\nL = tf.layers\n")])
    assert (unit.target, [reason.code for reason in unit.held_back]) == (TargetName.GRAPH, ["TFR210"])
