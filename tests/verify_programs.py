"""Programs for the tests of `verify`: a pair that is equal, and pieces to change in it."""

from __future__ import annotations

from pathlib import Path

_DATA = """
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)
inputs = rng.randn(16, 5).astype(np.float32)
targets = inputs[:, :1] - inputs[:, 1:2]
"""

BEFORE = (
    _DATA
    + """
x = tf.placeholder(tf.float32, [None, 5])
y = tf.placeholder(tf.float32, [None, 1])
regularizer = tf.contrib.layers.l2_regularizer(0.1)
net = tf.layers.dense(x, 5, tf.nn.tanh, kernel_regularizer=regularizer)
net = tf.layers.dense(net, 5, tf.nn.tanh)
loss = tf.reduce_mean(tf.square(tf.layers.dense(net, 1) - y)) + tf.losses.get_regularization_loss()
train_op = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(8):
        value, _ = sess.run([loss, train_op], {x: inputs, y: targets})
        print("step", step, "loss %.5f" % value)
"""
)

AFTER = (
    _DATA
    + """

class Model(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.first = tf.keras.layers.Dense(5, tf.nn.tanh, kernel_regularizer=tf.keras.regularizers.L2(0.05))
        self.second = tf.keras.layers.Dense(5, tf.nn.tanh)
        self.last = tf.keras.layers.Dense(1)

    def call(self, x):
        return self.last(self.second(self.first(x)))


model = Model()
optimizer = tf.keras.optimizers.SGD(0.1, momentum=0.9)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y)) + tf.add_n(model.losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


for step in range(8):
    value = train_step(inputs, targets).numpy()
    print("step", step, "loss %.5f" % value)
"""
)


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    """The text with each piece replaced; a piece that is not there is a mistake of the test."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def write_pair(folder: Path, before: str = BEFORE, after: str = AFTER) -> tuple[Path, Path]:
    """Write before/before.py and after/after.py."""
    paths = folder / "before" / "before.py", folder / "after" / "after.py"
    for path, text in zip(paths, (before, after), strict=True):
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    return paths
