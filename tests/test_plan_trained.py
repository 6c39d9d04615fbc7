"""Which variables a train op changes: how they are selected by name, and what is refused."""

from __future__ import annotations

import pytest
from programs import HEAD, MARK, cases, marked_line, migrated, refusals, unit

NETWORK = """\
with tf.variable_scope("base"):
    h = tf.layers.dense(x, 3, kernel_regularizer=reg)
pred = tf.layers.dense(h, 1, kernel_regularizer=reg, name="head")
"""
LOSS = "loss = tf.reduce_mean(tf.square(pred - y)) + tf.losses.get_regularization_loss()\n"
RUNS = """\
data = np.ones((8, 4), np.float32)
feed = {x: data, y: data[:, :1]}
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(train_op, feed)
"""

SELECTED = cases("""
### all: model.trainable_variables
wanted = tf.trainable_variables()
### scope: model.dense.trainable_variables
wanted = tf.trainable_variables("base")
### scope_is_a_beginning: model.trainable_variables
wanted = tf.trainable_variables("(base|head)/")
### collection: model.head.trainable_variables
wanted = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, "head")
### beginning: model.head.trainable_variables
wanted = [v for v in tf.trainable_variables() if v.name.startswith("head")]
### part: model.dense.trainable_variables
wanted = [var for var in tf.trainable_variables() if "se/de" in var.op.name]
### not_part: model.head.trainable_variables
wanted = [v for v in tf.trainable_variables() if "base" not in v.name]
### both: model.head.trainable_variables
wanted = [v for v in tf.trainable_variables() if "base" not in v.name and not v.name.startswith("other")]
### known_name: model.head.trainable_variables
name = "he" + "ad"
wanted = [v for v in tf.trainable_variables() if name in v.name]
### selected_twice: model.dense.trainable_variables
wanted = [v for v in tf.trainable_variables("base") if "kernel" in v.name or "bias" in v.name]
""")

REFUSED = cases("""
### kernels_only: TFR218
pred = tf.layers.dense(pred, 1, name="last")  # <-
LOSS
wanted = [v for v in tf.trainable_variables() if "last/kernel" in v.name]
### unknown_text: TFR218
text = str(np.random.rand())
LOSS
wanted = [v for v in tf.trainable_variables() if text in v.name]
### unknown_test: TFR218
LOSS
wanted = [v for v in tf.trainable_variables() if len(v.name) > 20]
### numbered_in_a_loop: TFR218
for _ in range(3):
    pred = tf.layers.dense(pred, 3)  # <-
LOSS
wanted = [v for v in tf.trainable_variables() if v.name.startswith("dense_2")]
### unknown_scope: TFR218
LOSS
wanted = tf.trainable_variables(str(np.random.rand()))  # <-
### before_all_layers: TFR218
wanted = tf.trainable_variables("base")  # <-
pred = tf.layers.dense(pred, 1, name="last")
LOSS
""")


def whole(program: str) -> str:
    given = program if "LOSS" in program else "LOSS\n" + program
    return (
        HEAD
        + NETWORK
        + given.replace("LOSS\n", LOSS)
        + "train_op = tf.train.AdamOptimizer(0.1).minimize(loss, var_list=wanted)\n"
        + RUNS
    )


@pytest.mark.parametrize(("expected", "program"), SELECTED)
def test_selected(expected: str, program: str) -> None:
    text = migrated(whole(program))["main.py"]
    assert f"    gradients = tape.gradient(loss, {expected})\n" in text, text


@pytest.mark.parametrize(("code", "program"), REFUSED)
def test_refused(code: str, program: str) -> None:
    text = whole(program)
    found = refusals(unit(text))
    assert [reason for reason, _, _ in found] == [code] * len(found) != [], unit(text)
    if MARK in text:
        assert (code, *marked_line(text)) in found, found


def test_one_optimizer_of_two_lists() -> None:
    text = whole('wanted = tf.trainable_variables("base")\n')
    second = text.replace(
        "train_op = tf.train.AdamOptimizer(0.1).minimize(loss, var_list=wanted)\n",
        "optimizer = tf.train.AdamOptimizer(0.1)\n"
        "train_op = optimizer.minimize(loss, var_list=wanted)\n"
        'other = optimizer.minimize(loss, var_list=tf.trainable_variables("head"))\n',
    )
    found = refusals(unit(second + "    sess.run(other, feed)\n"))
    assert [code for code, _, _ in found] == ["TFR202"]
    assert refusals(unit(second)) == []


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ("pred, x", []),
        ("pred, [x, h], name='slope'", []),
        ("pred, x, stop_gradients=[h]", ["TFR235"]),
        ("pred, x, colocate_gradients_with_ops=True", ["TFR235"]),
        ("pred, [x, 3]", ["TFR212"]),
    ],
)
def test_gradients_by_tensors(given: str, codes: list[str]) -> None:
    program = f"slope = tf.gradients({given})[0]\nwanted = tf.trainable_variables()\n"
    found = refusals(unit(whole(program) + "    print(sess.run(slope, feed))\n"))
    assert [code for code, _, _ in found] == codes
