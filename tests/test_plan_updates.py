"""When moving averages move, and when weights are drawn: in a step exactly where TF1 ran the ops for it."""

from __future__ import annotations

import pytest
from programs import HEAD, NETWORK, TAIL, cases, marked_line, refusals, unit

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
NORMALIZED = """
flag = tf.placeholder(tf.bool, [])
def net(t, training=True, reuse=None):
    with tf.variable_scope("net", reuse=reuse):
        h = tf.layers.batch_normalization(t, training=training, name="n")
        return tf.layers.dense(h, 1, kernel_regularizer=reg, name="d")
"""


def program(body: str) -> str:
    """The network of `body`, its training, then what stands below `---`."""
    network, _, after = body.partition("---\n")
    updated = UPDATED.replace("tf.get_collection(tf.GraphKeys.UPDATE_OPS)", "early") if "early" in body else UPDATED
    text = HEAD + (NORMALIZED if "net(" in body else "") + network + updated + RUN
    return text + "".join(f"    {line}\n" for line in after.splitlines())


REFUSED = cases("""
### trained_without_its_updates
pred = net(x)
---
sess.run(pred, {x: data})  # <-
### built_after_the_updates_are_read
h = tf.layers.batch_normalization(x, training=True)
early = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
h = tf.layers.batch_normalization(2.0 * h, training=True)  # <-
pred = tf.layers.dense(h, 1, kernel_regularizer=reg)
### updated_twice_in_a_step
a = net(x)
pred = a + net(2.0 * x, reuse=True)
### updated_twice_by_the_driver
a = tf.layers.batch_normalization(x, training=True, name="n")
a = a + tf.layers.batch_normalization(2.0 * x, training=True, name="n", reuse=True)  # <-
pred = tf.layers.dense(a, 1, kernel_regularizer=reg)
### of_another_network
def other(t):
    return tf.layers.batch_normalization(t, training=True)
unused = other(2.0 * x)
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
""")


@pytest.mark.parametrize(("_", "body"), REFUSED)
def test_refused(_: str, body: str) -> None:
    text = program(body)
    found = refusals(unit(text))
    assert {code for code, _, _ in found} == {"TFR227"}
    if "# <-" in text:
        assert marked_line(text) in {(path, line) for _, path, line in found}


KEPT = cases("""
### trained_and_updated
pred = net(x)
### looked_at_without_training
pred = net(x)
test = net(x, False, reuse=True)
---
sess.run(test, {x: data})
### one_that_never_trains
pred = net(tf.layers.batch_normalization(x), False)
---
sess.run(pred, {x: data})
""")


@pytest.mark.parametrize(("_", "body"), KEPT)
def test_migrates(_: str, body: str) -> None:
    assert refusals(unit(program(body))) == []


@pytest.mark.parametrize(("fed", "refused"), [("True", True), ("False", False)])
def test_a_run_without_updates_may_not_train(fed: str, refused: bool) -> None:
    body = f"pred = net(x, flag)\n---\nsess.run(pred, {{x: data, flag: {fed}}})\n"
    text = program(body).replace("y: data[:, :1]}", "y: data[:, :1], flag: True}")
    assert [code for code, _, _ in refusals(unit(text))] == (["TFR227"] if refused else [])


SESSIONS = cases("""
### second_session
with tf.Session() as other:  # <-
    other.run(tf.global_variables_initializer())
### initialized_after_a_run
init = tf.global_variables_initializer()
again = tf.Session()  # <-
again.run(init)
""")


@pytest.mark.parametrize(("_", "body"), SESSIONS)
def test_weights_are_drawn_once(_: str, body: str) -> None:
    text = HEAD + NETWORK + TAIL + body
    assert refusals(unit(text)) == [("TFR211", *marked_line(text))]


def test_a_session_in_a_loop_is_refused() -> None:
    text = HEAD + NETWORK + TAIL.replace("with tf.Session()", "for _ in range(2):\n  with tf.Session()")
    assert "TFR211" in {code for code, _, _ in refusals(unit(text))}
