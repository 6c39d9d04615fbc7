"""A class that builds its own graph from locals of the method that change: the model and the step would lose it."""

from __future__ import annotations

import pytest
from programs import migrated, refusals, unit

FORMS = {
    "added": "s = 0.1\ns += 0.2",
    "appended": "found = [0.1]\nfound.append(0.3)\ns = sum(found)",
    "assigned_twice": "s = 0.1\ns = 0.3",
    "halved": "s = 3.0\ns //= 2",
    "loop_variable_after_its_loop": "for s in (0.1, 0.2):\n    pass",
    "put_into_a_dict": "found = {}\nfound['s'] = 0.3\ns = found['s']",
    "under_else": "if n > 3:\n    s = 0.3\nelse:\n    s = 0.1",
    "under_for": "s = 0.1\nfor _ in range(3):\n    s = s * 1.5",
    "under_if": "s = 0.1\nif n > 3:\n    s = 0.3",
    "under_try": "try:\n    s = float('0.3')\nexcept ValueError:\n    s = 0.1",
    "under_while": "s = 0.1\nwhile s < 0.2:\n    s = s * 2",
    "walrus": "if (s := 0.3) > 0.1:\n    pass",
}
PROGRAM = """\
import numpy as np
import tensorflow as tf


class Net(object):
    def __init__(self, n):
        self.build(n)
        self.session = tf.Session()
        self.session.run(tf.global_variables_initializer())

    def build(self, n):
        self.x = tf.placeholder(tf.float32, [None, n])
FORM
        reg = tf.contrib.layers.l2_regularizer(STRENGTH)
        self.out = tf.layers.dense(self.x, 1, kernel_regularizer=reg)
        self.loss = tf.reduce_mean(self.out) + WEIGHT * tf.losses.get_regularization_loss()
        self.train = tf.train.GradientDescentOptimizer(0.1).minimize(self.loss)

    def fit(self, data):
        self.session.run(self.train, {self.x: data})


Net(4).fit(np.ones([2, 4]))
"""


def program(form: str, strength: str, weight: str) -> str:
    lines = "\n".join(f"        {line}" for line in form.splitlines())
    return PROGRAM.replace("FORM", lines).replace("STRENGTH", strength).replace("WEIGHT", weight)


def test_constant_local_migrates() -> None:
    assert refusals(unit(program("s = 0.3", "0.1", "s"))) == []


def test_strength_that_is_assigned_twice_moves_with_both() -> None:
    text = migrated(program(FORMS["assigned_twice"], "s", "1.0"))["main.py"]
    assert "        s = 0.1\n        s = 0.3\n        reg = tf.keras.regularizers.L2(0.5 * s)\n" in text
    assert text.count("s = 0.3") == 1


@pytest.mark.parametrize("name", sorted(FORMS.keys() - {"assigned_twice"}))
def test_strength_is_not_lost(name: str) -> None:
    found = refusals(unit(program(FORMS[name], "s", "1.0")))
    assert {code for code, _, _ in found} & {"TFR223", "TFR230"}, found


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_weight_of_the_penalty_is_not_lost(form: str) -> None:
    found = refusals(unit(program(form, "0.1", "s")))
    assert {code for code, _, _ in found} & {"TFR223", "TFR230"}, found
