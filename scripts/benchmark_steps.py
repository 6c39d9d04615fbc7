"""Time one training program as TF1 (legacy Keras), at `graph` and at `tf2`: building its graph, the first step, a step.

Usage: python scripts/benchmark_steps.py [--rounds N]

Each program is migrated with the real command and run in processes of its own, in turn, so that all share the weather
of the machine. A figure is the median of a run's steps, the least of all rounds. The table is in docs/speed.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

_PROGRAM = """\
import json
import time

import numpy as np
import tensorflow as tf

STEPS = {steps}
L2 = tf.contrib.layers.l2_regularizer(0.001)


def network(x):
{network}


begin = time.perf_counter()
x = tf.placeholder(tf.float32, [None, {shape}])
y = tf.placeholder(tf.float32, [None, 10])
error = tf.reduce_mean(tf.square(network(x) - y))
loss = error + tf.losses.get_regularization_loss()
train_op = tf.train.AdamOptimizer(0.001).minimize(loss)
built = time.perf_counter() - begin
random = np.random.RandomState(0)
images = random.randn({batch}, {shape}).astype(np.float32)
targets = random.randn({batch}, 10).astype(np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    times = []
    for step in range(STEPS):
        start = time.perf_counter()
        sess.run([loss, train_op], feed_dict={{x: images, y: targets}})
        times.append(time.perf_counter() - start)
print(json.dumps([built, times[0], float(np.median(times[10:]))]))
"""
_MLP = """\
    for units in [256, 256, 128]:
        x = tf.layers.dense(x, units, activation=tf.nn.relu, kernel_regularizer=L2)
    return tf.layers.dense(x, 10, kernel_regularizer=L2)"""
_CNN = """\
    h = tf.layers.conv2d(x, 16, 3, activation=tf.nn.relu, kernel_regularizer=L2)
    h = tf.layers.max_pooling2d(h, 2, 2)
    h = tf.layers.conv2d(h, 32, 3, activation=tf.nn.relu, kernel_regularizer=L2)
    return tf.layers.dense(tf.layers.flatten(h), 10, kernel_regularizer=L2)"""
_DEEP = """\
    h = x
{}
    return tf.layers.dense(tf.layers.flatten(h), 10, kernel_regularizer=L2)""".format(
    "\n".join(
        '    h = tf.layers.conv2d(h, 16, 3, padding="same", activation=tf.nn.relu, kernel_regularizer=L2)'
        for _ in range(20)
    )
)
_PROGRAMS = {
    "MLP, 4 layers, batch 128": _PROGRAM.format(network=_MLP, shape="64", batch=128, steps=400),
    "CNN, 3 layers, batch 64": _PROGRAM.format(network=_CNN, shape="28, 28, 1", batch=64, steps=60),
    "CNN, 21 layers, batch 32": _PROGRAM.format(network=_DEEP, shape="16, 16, 3", batch=32, steps=60),
}
_TF1 = """\
import runpy, sys
from tf1to2_reg.verify.recorder import tf1_runtime
tf1_runtime.set_environment()
tf1_runtime.install()
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def _run(folder: Path, side: str) -> list[float]:
    """Seconds: to build, of the first step, of a step."""
    start = ["-c", _TF1, "main.py"] if side == "TF1" else ["main.py"]
    done = subprocess.run([sys.executable, *start], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{folder.name}: {done.stderr[-2000:]}")
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _prepare(folder: Path, program: str, side: str) -> bool:
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(program, encoding="utf-8")
    if side == "TF1":
        return True
    command = [sys.executable, "-m", "tf1to2_reg", "rewrite", "--target", side, "--allow-dirty", "main.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(f"{folder.name} is not migrated to {side}:\n{done.stderr}")
    return not done.returncode


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    sys.stdout.write(
        "| program | side | build s | first step s | step ms | step against TF1 |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
    )
    with tempfile.TemporaryDirectory() as scratch:
        for number, (name, program) in enumerate(_PROGRAMS.items()):
            folders = {side: Path(scratch) / f"{number}-{side}" for side in ("TF1", "graph", "tf2")}
            sides = [side for side, folder in folders.items() if _prepare(folder, program, side)]
            runs = {side: [] for side in sides}
            for _ in range(rounds):
                for side in sides:
                    runs[side].append(_run(folders[side], side))
            best = {side: [min(figures) for figures in zip(*found, strict=True)] for side, found in runs.items()}
            for side, (build, first, step) in best.items():
                against = f"{(step / best['TF1'][2] - 1) * 100:+.0f} %" if side != "TF1" else ""
                sys.stdout.write(f"| {name} | {side} | {build:.2f} | {first:.2f} | {step * 1000:.2f} | {against} |\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
