"""Layers of a driver become a model that is made once: what they stand under and what they read must last."""

from __future__ import annotations

import pytest
from programs import HEAD, TAIL, cases, marked_line, refusals, unit

from tf1to2_reg.results import Status

PRED = "pred = tf.layers.dense(h, 1, kernel_regularizer=reg)\n"
CLASS = """
class Fit:
    def __init__(self, option):
        self.x = tf.placeholder(tf.float32, [None, 4])
        self.y = tf.placeholder(tf.float32, [None, 1])
{}
        self.pred = tf.layers.dense(h, 1, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))
        self.loss = tf.reduce_mean(tf.square(self.pred - self.y)) + tf.losses.get_regularization_loss()
        self.train_op = tf.train.AdamOptimizer(0.01).minimize(self.loss)

fit = Fit({})
data = np.ones((8, 4), np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(3):
        sess.run(fit.train_op, {{fit.x: data, fit.y: data[:, :1]}})
"""

SCRIPTS = cases("""
### layer_in_a_branch_that_prints: TFR219
h = x
if os.getpid():  # <-
    print("deep")
    h = tf.layers.dense(h, 4)
### layer_in_a_scope_in_a_branch: TFR219
h = x
if os.getpid():  # <-
    with tf.variable_scope("deep"):
        h = tf.layers.dense(h, 4)
### item_changed_between_layers: TFR223
sizes = [8]
h = tf.layers.dense(x, sizes[0])
sizes[0] = 5  # <-
h = tf.layers.dense(h, sizes[0])
### item_changed_through_another_name: TFR223
sizes = [8]
other = sizes
h = tf.layers.dense(x, sizes[0])
other.append(5)  # <-
h = tf.layers.dense(h, sizes[-1])
### item_read_by_a_helper: TFR223
strengths = [0.1]
def l2():
    return tf.contrib.layers.l2_regularizer(strengths[-1])
h = tf.layers.dense(x, 8, kernel_regularizer=l2())
strengths.append(0.3)  # <-
h = tf.layers.dense(h, 8, kernel_regularizer=l2())
### name_read_by_a_helper: TFR223
strength = 0.1
def l2():
    return tf.contrib.layers.l2_regularizer(strength)
h = tf.layers.dense(x, 8, kernel_regularizer=l2())
strength = 0.3  # <-
h = tf.layers.dense(h, 8, kernel_regularizer=l2())
### key_that_a_builder_reads_changed: TFR223
config = {"scale": 2.0}
def net(t):
    return tf.layers.dense(t, 8, kernel_regularizer=reg) * config["scale"]
h = net(x)
config["scale"] = 0.5  # <-
### key_changed_after_the_layers: TFR223
config = {"n": 8}
h = tf.layers.dense(x, config["n"])
config.update(n=5)  # <-
""")


@pytest.mark.parametrize(("code", "body"), SCRIPTS)
def test_scripts(code: str, body: str) -> None:
    program = "import os\n" + HEAD + body + PRED + TAIL
    assert (code, *marked_line(program)) in refusals(unit(program))


CLASSES = cases("""
### name_rebound_in_a_branch: TFR223
act = tf.nn.relu
if option:
    act = None
h = tf.layers.dense(self.x, 3, activation=act)
### name_changed_in_a_loop: TFR223
size = 1
for _ in range(option):
    size = 2 * size
h = tf.layers.dense(self.x, size)
### name_set_in_a_try: TFR223
size = 1
try:
    size = int(option)
except ValueError:
    pass
h = tf.layers.dense(self.x, size)
### name_changed_between_layers: TFR223
size = option
h = tf.layers.dense(self.x, size)
size //= 2
h = tf.layers.dense(h, size)
### attribute_rebound: TFR223
self.size = option
h = tf.layers.dense(self.x, self.size)
self.size = 3
h = tf.layers.dense(h, self.size)
### branch_that_is_not_taken: TFR219
h = self.x
if option == 0:
    with tf.variable_scope("deep"):
        h = tf.layers.dense(h, 3)
""")


@pytest.mark.parametrize(("code", "body"), CLASSES)
def test_classes(code: str, body: str) -> None:
    indented = "".join(f"        {line}\n" for line in body.splitlines())
    program = "import numpy as np\nimport tensorflow as tf\n" + CLASS.format(indented, 8)
    assert code in {found[0] for found in refusals(unit(program))}


LASTING = cases("""
### list_read_only:
sizes = [8]
h = tf.layers.dense(x, sizes[0])
### list_changed_before_the_first_layer:
sizes = [8]
sizes.append(5)
h = tf.layers.dense(x, sizes[1])
### other_list_changed:
sizes, losses = [8], []
h = tf.layers.dense(x, sizes[0])
losses.append(5)
### alias_of_a_function:
dense = tf.layers.dense
h = dense(x, 8)
""")


@pytest.mark.parametrize(("expected", "body"), LASTING)
def test_lasting(expected: str, body: str) -> None:
    assert unit(HEAD + body + PRED + TAIL).status is Status.MIGRATED


NORMALIZED = """
def normal(t, training=True):
    return tf.layers.batch_normalization(t, training=training, momentum=0.5)

"""
UPDATED = """
loss = tf.reduce_mean(tf.square(pred - y)) + tf.losses.get_regularization_loss()
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
"""
RUN = """
data = np.ones((8, 4), np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(3):
        sess.run(train_op, feed_dict={x: data, y: data[:, :1]})
"""
MODES = cases("""
### rank_four_and_two: TFR227
h = tf.layers.flatten(normal(tf.reshape(x, [-1, 2, 2, 1])))
h = normal(tf.layers.dense(h, 4))
### rank_two_and_two:
h = normal(x)
h = normal(tf.layers.dense(h, 4))
### rank_four_trained_and_two_not:
h = tf.layers.flatten(normal(tf.reshape(x, [-1, 2, 2, 1])))
h = normal(tf.layers.dense(h, 4), False)
""")


@pytest.mark.parametrize(("code", "body"), MODES)
def test_modes_of_one_normalization_agree(code: str, body: str) -> None:
    found = unit(HEAD + NORMALIZED + body + PRED + UPDATED + RUN)
    assert [refusal[0] for refusal in refusals(found)] == ([code] if code else [])


def test_a_builder_that_stores_is_refused() -> None:
    body = (
        "def net(t, n=[8]):\n    h = tf.layers.dense(t, n[0])\n    n[0] = n[0] // 2\n    return h\n\nh = net(net(x))\n"
    )
    assert {code for code, _, _ in refusals(unit(HEAD + body + PRED + TAIL))} == {"TFR230"}
