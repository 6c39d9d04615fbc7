"""A program that was taken to `graph` stays as it is when it is migrated again."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from random_programs import generate

from tf1to2_reg.engine import migrate
from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.results import Status

KERAS_REGULARIZER = """\
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 4])
y = tf.layers.dense(x, 2, kernel_regularizer=tf.keras.regularizers.l2(0.1))
loss = tf.reduce_mean(y) + tf.losses.get_regularization_loss()
"""


@pytest.mark.parametrize(
    "program", [KERAS_REGULARIZER, *map(generate, map(Random, range(20)))], ids=["keras", *map(str, range(20))]
)
def test_a_second_run_changes_nothing(program: str) -> None:
    (unit,) = migrate([source_from_bytes(Path("/project/main.py"), program.encode())], TargetChoice.GRAPH)
    again = migrate([source_from_bytes(*item) for item in unit.new_sources.items()], TargetChoice.GRAPH)
    assert unit.status is Status.MIGRATED
    assert [(other.status, other.new_sources) for other in again] == [(Status.SETTLED, {})]
