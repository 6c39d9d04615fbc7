"""All the reasons of a program that stays as it is, and no others: what follows from a reason is not one more."""

from __future__ import annotations

import pytest
from programs import FLAT, HEAD, LOSS, NETWORK, SESSION, TAIL, cases, refusals, unit


def program(body: str) -> str:
    """The text with the usual parts written out."""
    for name, part in (("NETWORK", NETWORK), ("LOSS", LOSS), ("SESSION", SESSION), ("TAIL", TAIL)):
        body = body.replace(f"{name}\n", part)
    return HEAD + body


ONE = cases("""
### saver_used: TFR204
NETWORK
LOSS
saver = tf.train.Saver(sharded=True)  # <-
SESSION
    path = saver.save(sess, "model")
    print("saved", path)
    saver.restore(sess, path)
### dataset_shuffled: TFR206
NETWORK
data_set = tf.data.Dataset.from_tensor_slices(np.ones([4, 2])).shuffle(4).batch(2)  # <-
batch = data_set.make_one_shot_iterator().get_next()
TAIL
### layers_after_flatten: TFR233
flat = tf.contrib.layers.flatten(x)  # <-
flat = tf.layers.dense(flat, 4, activation=tf.nn.relu)
flat = flat if callable(x) else flat * 2.0 + 1.0
flat = tf.concat([flat, flat], 1)[:, :3]
pred = tf.layers.dense(flat, 1, kernel_regularizer=reg)
TAIL
### layers_of_float64: TFR215
wide = tf.placeholder(tf.float64, [None, 4])
pred = tf.layers.dense(tf.layers.dense(tf.layers.dense(wide, 4), 3), 1, kernel_regularizer=reg)  # <-
TAIL
### monitored_session: TFR228
NETWORK
LOSS
with tf.train.MonitoredTrainingSession() as sess:  # <-
    sess.run(train_op, {x: 1})
""")


@pytest.mark.parametrize(("code", "body"), ONE)
def test_one_reason(code: str, body: str) -> None:
    text = program(body)
    (line,) = [number for number, line in enumerate(text.splitlines(), 1) if line.endswith("# <-")]
    assert refusals(unit(text)) == [(code, "main.py", line)]


def test_reasons_that_do_not_follow_are_all_told() -> None:
    text = program(
        "saver = tf.train.Saver(sharded=True)\nflat = tf.contrib.layers.flatten(x)\n"
        "pred = tf.layers.dense(flat, 1, made_up=1, kernel_regularizer=reg)\nTAIL\n"
    )
    assert {code for code, _, _ in refusals(unit(text))} == {"TFR204", "TFR220", "TFR233"}


UNRELATED = cases("""
### class_method:
class Settings(object):
    @classmethod
    def read(cls, path):
        return cls()
print(Settings.read("x"))
### recursion:
def plain(found):
    return {key: plain(found[key]) for key in found} if isinstance(found, dict) else found
print(plain({"a": {"b": 1}}))
### two_statements_on_a_line:
one = 1; two = 2
print(one + two)
""")


@pytest.mark.parametrize(("_", "body"), UNRELATED)
def test_code_that_does_not_touch_the_graph_is_no_reason(_: str, body: str) -> None:
    assert refusals(unit(FLAT + body)) == []


def test_reasons_of_one_driver_are_told_together() -> None:
    changed = "scale = 2.0\nbias = 1.0\nNETWORK\nLOSS\nloss = loss * scale\nerror = pred + bias\nSESSION\n"
    later = "    scale = 3.0\n    bias = 2.0\n    sess.run([loss, error], {x: data, y: data[:, :1]})\n"
    found = refusals(unit(program(changed + later)))
    assert [code for code, _, _ in found] == ["TFR223", "TFR223"]


def test_statements_that_cannot_move_are_told_together() -> None:
    text = program("NETWORK\nassert pred is not None, pred\nTAIL\nassert loss is not None, loss\n")
    assert [code for code, _, _ in refusals(unit(text))] == ["TFR231", "TFR231"]


def test_unit_is_named_after_the_script_that_runs() -> None:
    nets = "import tensorflow as tf\n\n\ndef net(t, reg):\n    return tf.layers.dense(t, 1, kernel_regularizer=reg)\n"
    count = "import nets\nimport tensorflow as tf\nnets.net(tf.placeholder(tf.float32, [None, 4]), None)\n"
    helper = "import tensorflow as tf\nimport nets\nprint(tf.float32)\n"
    train = HEAD + "import nets\npred = nets.net(x, reg)\n" + TAIL
    found = unit({"a_helper.py": helper, "count.py": count, "nets.py": nets, "train.py": train})
    assert found.name.endswith("train.py")


def test_name_of_keras_is_not_said_to_be_without_a_form() -> None:
    keras = "def other():\n    return tf.keras.Sequential([])\n"
    (reason,) = [reason for reason in unit(FLAT + keras).diagnostics if reason.code == "TFR201"]
    assert "Keras 3" in reason.message


def test_reasons_of_all_builders_are_told_and_what_follows_is_not() -> None:
    text = program("""
def first(t, *rest):
    return tf.layers.dense(t, 3, kernel_regularizer=reg)
def second(t, **options):
    return tf.layers.dense(t, 3, kernel_regularizer=reg)
def third(t):
    return tf.layers.dense(first(t), 3, kernel_regularizer=reg)
pred = tf.layers.dense(third(x) + second(x), 1)
TAIL
""")
    assert sorted(code for code, *_ in refusals(unit(text))) == ["TFR209", "TFR209"]


def test_reasons_of_the_layers_of_a_driver_are_told_together() -> None:
    text = program("""
import os
n, m, sizes = 4, 3, [2]
h = tf.layers.dense(x, n, kernel_regularizer=reg)
n = 5
g = tf.layers.dense(h, m)
m = 6
h = tf.layers.dense(g, n) + tf.layers.dense(g, m) * tf.layers.dense(g, sizes[0])
pred = tf.layers.dense(h, 1)
sizes.append(3)
TAIL
""")
    assert [code for code, *_ in refusals(unit(text))] == ["TFR223"] * 3


@pytest.mark.parametrize(
    ("change", "word"),
    [("del n", "is deleted"), ("n = 5", "is bound more than once")],
)
def test_a_name_that_is_deleted_is_told_as_such(change: str, word: str) -> None:
    text = program(
        f"n = 4\nh = tf.layers.dense(x, n, kernel_regularizer=reg)\n{change}\npred = tf.layers.dense(h, 1)\nTAIL\n"
    )
    (reason,) = unit(text).diagnostics
    assert (reason.code, word in reason.message) == ("TFR223", True)
    text = program(f"NETWORK\nn = 4.0\npred = pred * n\nLOSS\n{change}\nSESSION\n")
    (reason,) = unit(text).diagnostics
    assert (reason.code, word in reason.message) == ("TFR223", True)
