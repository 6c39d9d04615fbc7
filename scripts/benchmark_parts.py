"""Take a migrated training step apart: what its optimizer, the penalties and the conversion of what is fed cost.

Usage: python scripts/benchmark_parts.py [--batch N] [--steps N]

One network of four dense layers (117,000 parameters) with L2 penalties and Adam. Each row is a process of its own with
one thread; a figure is the least CPU time of a step, which other work on the machine moves least. The table is in
docs/speed.md.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

_HEAD = """\
import sys, time
import numpy as np

BATCH, STEPS, FLOAT = {batch}, {steps}, "{dtype}"
WIDTHS = [256, 256, 128, 10]
images = np.random.RandomState(0).randn(BATCH, 64).astype(FLOAT)
targets = np.random.RandomState(1).randn(BATCH, 10).astype(FLOAT)


def report(step):
    times = []
    for _ in range(STEPS):
        begin = time.process_time()
        step()
        times.append(time.process_time() - begin)
    print(1000 * min(times[STEPS // 10:]))


"""
_TF1 = """\
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
tf.enable_resource_variables()
x, y = tf.placeholder(tf.float32, [None, 64]), tf.placeholder(tf.float32, [None, 10])
h, kernels = x, []
for number, width in enumerate(WIDTHS):
    kernels.append(tf.get_variable("w%d" % number, [h.shape[1], width]))
    bias = tf.get_variable("b%d" % number, [width], initializer=tf.zeros_initializer())
    h = tf.nn.bias_add(tf.matmul(h, kernels[-1]), bias)
    h = tf.nn.relu(h) if number < 3 else h
loss = tf.reduce_mean(tf.square(h - y)) + tf.add_n([0.001 * tf.nn.l2_loss(kernel) for kernel in kernels])
train_op = tf.train.AdamOptimizer(0.001).minimize(loss)
session = tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1))
session.run(tf.global_variables_initializer())
report(lambda: session.run([train_op, loss], {{x: images, y: targets}}))
"""
_TF2 = """\
import tensorflow as tf
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
l2 = tf.keras.regularizers.L2(0.5 * 0.001)
model = tf.keras.Sequential([
    tf.keras.layers.Dense(width, activation="relu" if width > 10 else None, kernel_regularizer=l2) for width in WIDTHS
])
model.build((None, 64))
keras = tf.keras.optimizers.Adam(0.001, epsilon=1e-8)
fused = tf.compat.v1.train.AdamOptimizer(0.001)


@tf.function(input_signature=[tf.TensorSpec([None, 64], tf.float32), tf.TensorSpec([None, 10], tf.float32)])
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y)){penalty}
    variables = {variables}
    gradients = tape.gradient(loss, variables)
    {update}
    return loss


{prepare}
report(lambda: step(images, targets).numpy())
"""
_KERAS = "model.trainable_variables"
_PENALTY = " + tf.add_n(model.losses)"
_APPLY = "{}.apply_gradients(zip(gradients, variables))"
_NO_UPDATE = "loss += 0.0 * sum(tf.reshape(gradient, [-1])[0] for gradient in gradients)"
_TENSORS = "images, targets = tf.constant(images, tf.float32), tf.constant(targets, tf.float32)"


def _tf2(update: str, variables: str = _KERAS, penalty: str = _PENALTY, prepare: str = "") -> str:
    return _TF2.format(update=update, variables=variables, penalty=penalty, prepare=prepare)


_ROWS: dict[str, tuple[str, str]] = {
    "`sess.run`": (_TF1, "float64"),
    "migrated: Keras's Adam": (_tf2(_APPLY.format("keras")), "float64"),
    "... fed with float32": (_tf2(_APPLY.format("keras")), "float32"),
    "... fed with tensors": (_tf2(_APPLY.format("keras"), prepare=_TENSORS), "float32"),
    "... with TF1's Adam": (_tf2(_APPLY.format("fused"), "[v.value for v in model.trainable_variables]"), "float64"),
    "... without the update": (_tf2(_NO_UPDATE), "float64"),
    "... without update and penalties": (_tf2(_NO_UPDATE, penalty=""), "float64"),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=400)
    given = parser.parse_args()
    sys.stdout.write(f"| step, batch {given.batch} | CPU ms |\n| --- | --- |\n")
    for name, (program, dtype) in _ROWS.items():
        text = _HEAD.format(batch=given.batch, steps=given.steps, dtype=dtype) + program.replace("{{", "{").replace(
            "}}", "}"
        )
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr[-2000:]}")
        sys.stdout.write(f"| {name} | {float(done.stdout.split()[-1]):.2f} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
