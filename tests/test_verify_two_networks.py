"""Two networks in one graph, trained in turn, whose layers the after makes in another order."""

from __future__ import annotations

from pathlib import Path

from verify_programs import write_pair

from tf1to2_reg.verify import Program, Runner, verdict_line, verify

_DATA = """
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)
real, noise = rng.randn(16, 4).astype(np.float32), rng.randn(16, 3).astype(np.float32)
"""

BEFORE = (
    _DATA
    + """
z = tf.placeholder(tf.float32, [None, 3])
x = tf.placeholder(tf.float32, [None, 4])
regularizer = tf.contrib.layers.l2_regularizer(0.1)


def network(scope, net, size, reuse=False):
    with tf.variable_scope(scope, reuse=reuse):
        return tf.layers.dense(tf.layers.dense(net, 4, tf.nn.tanh, kernel_regularizer=regularizer), size)


fake = network("g", z, 4)
on_real, on_fake = network("d", x, 1), network("d", fake, 1, reuse=True)
d_loss = tf.reduce_mean(tf.square(on_real - 1) + tf.square(on_fake)) + tf.losses.get_regularization_loss("d")
g_loss = tf.reduce_mean(tf.square(on_fake - 1)) + tf.losses.get_regularization_loss("g")
train_d = tf.train.AdamOptimizer(0.01).minimize(d_loss, var_list=tf.trainable_variables("d"))
train_g = tf.train.AdamOptimizer(0.01).minimize(g_loss, var_list=tf.trainable_variables("g"))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(4):
        print("d", sess.run([d_loss, train_d], {x: real, z: noise})[0])
        print("g", sess.run([g_loss, train_g], {z: noise})[0])
"""
)

AFTER = (
    _DATA
    + """

def network(size):
    regularizer = tf.keras.regularizers.L2(0.5 * 0.1)
    hidden = tf.keras.layers.Dense(4, tf.nn.tanh, kernel_regularizer=regularizer)
    return tf.keras.Sequential([hidden, tf.keras.layers.Dense(size)])


g, d = network(4), network(1)
optimizers = [tf.keras.optimizers.Adam(0.01, epsilon=1e-8) for _ in range(2)]


def minimize(optimizer, model, compute_loss):
    with tf.GradientTape() as tape:
        loss = compute_loss() + tf.add_n(model.losses)
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return loss


@tf.function
def train_d(x, z):
    return minimize(optimizers[0], d, lambda: tf.reduce_mean(tf.square(d(x) - 1) + tf.square(d(g(z)))))


@tf.function
def train_g(z):
    return minimize(optimizers[1], g, lambda: tf.reduce_mean(tf.square(d(g(z)) - 1)))


for step in range(4):
    print("d", train_d(real, noise).numpy())
    print("g", train_g(noise).numpy())
"""
)


def test_networks_trained_in_turn(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path, BEFORE, AFTER)

    with Runner() as runner:
        verdict = verify(Program.from_path(before), Program.from_path(after), runner)

    assert verdict.equal, verdict_line(verdict)
    assert len(verdict.rows) == 8
    assert {(pair.before.name, pair.after.name) for pair in verdict.pairs if pair.before.shape == (4, 4)} == {
        ("g/dense_1/kernel", "sequential/dense_1/kernel"),
        ("d/dense/kernel", "sequential_1/dense_2/kernel"),
    }
