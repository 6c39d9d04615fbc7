"""CPU time to migrate generated programs of many layers: `python scripts/benchmark_layers.py [LAYERS ...]`.

Prints the table of docs/benchmark.md.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tf1to2_reg.engine import migrate
from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.results import Status, UnitResult

SIZES = (50, 200, 800)

_HEAD = """\
import numpy as np
import tensorflow as tf

reg = tf.contrib.layers.l2_regularizer(0.01)
"""
_PLACEHOLDERS = """\
x = tf.placeholder(tf.float32, [None, 4])
y = tf.placeholder(tf.float32, [None, 1])
"""
_LOSS = """\
loss = tf.losses.mean_squared_error(y, pred) + tf.losses.get_regularization_loss()
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
"""
_SESSION = """\
data = np.ones((8, 4), np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(3):
        _, value = sess.run([train_op, loss], feed_dict={x: data, y: data[:, :1]})
        print(step, value)
"""


def _layers(count: int) -> list[str]:
    names = ["x", *(f"h{n}" for n in range(count - 1)), "pred"]
    sizes = [*(4 + n % 5 for n in range(count - 1)), 1]
    return [
        f"{after} = tf.layers.dense({before}, {size}, activation=tf.nn.relu, kernel_regularizer=reg)"
        for before, after, size in zip(names, names[1:], sizes, strict=False)
    ]


def _indented(lines: list[str], depth: int) -> str:
    return "".join(f"{'    ' * depth}{line}\n" for line in lines)


def flat(count: int) -> str:
    """A script without functions."""
    return _HEAD + _PLACEHOLDERS + _indented(_layers(count), 0) + _LOSS + _SESSION


def builder(count: int) -> str:
    """One function builds the network."""
    body = _indented([*_layers(count), "return pred"], 1)
    return f"{_HEAD}\n\ndef network(x):\n{body}\n\n{_PLACEHOLDERS}pred = network(x)\n{_LOSS}{_SESSION}"


def in_class(count: int) -> str:
    """A class that builds the graph in its constructor and trains."""
    attributes = ["self.x = x", "self.y = y", "self.loss = loss", "self.train_op = train_op"]
    lines = [*_PLACEHOLDERS.splitlines(), *_layers(count), *_LOSS.splitlines(), *attributes]
    train = _SESSION.replace("[train_op, loss]", "[self.train_op, self.loss]").replace("{x: ", "{self.x: ")
    train = train.replace(", y: ", ", self.y: ")
    return (
        f"{_HEAD}\n\nclass Trainer:\n    def __init__(self):\n{_indented(lines, 2)}\n"
        f"    def train(self):\n{_indented(train.splitlines(), 2)}\n\nTrainer().train()\n"
    )


def helper(count: int) -> str:
    """A function that makes one layer, called for each."""
    options = ", activation=tf.nn.relu, kernel_regularizer=reg"
    block = f"def block(x, units):\n    return tf.layers.dense(x, units{options})\n"
    calls = [row.replace("tf.layers.dense", "block").replace(options, "") for row in _layers(count)]
    body = _indented([*calls, "return pred"], 1)
    return f"{_HEAD}\n\n{block}\n\ndef network(x):\n{body}\n\n{_PLACEHOLDERS}pred = network(x)\n{_LOSS}{_SESSION}"


def scoped(count: int) -> str:
    """Each layer in a scope of its own that is reused."""
    scopes = [
        f'with tf.variable_scope("s{n}", reuse=tf.AUTO_REUSE):\n    {line}' for n, line in enumerate(_layers(count))
    ]
    body = "".join(f"    {row}\n" for scope in scopes for row in scope.splitlines())
    calls = "first = network(x)\npred = network(x) + first\n"
    return f"{_HEAD}\n\ndef network(x):\n{body}    return pred\n\n\n{_PLACEHOLDERS}{calls}{_LOSS}{_SESSION}"


FORMS: dict[str, Callable[[int], str]] = {
    "flat script": flat,
    "one builder": builder,
    "class": in_class,
    "helper": helper,
    "scopes": scoped,
}


def migrated(program: str, choice: TargetChoice) -> UnitResult:
    """What the engine makes of the program."""
    (unit,) = migrate([source_from_bytes(Path("/project/main.py"), program.encode())], choice)
    if unit.status is not Status.MIGRATED:
        sys.exit(f"refused: {unit.diagnostics}")
    return unit


def seconds(program: str, choice: TargetChoice) -> float:
    """CPU time that the engine takes; other programs run beside it."""
    start = time.process_time()
    migrated(program, choice)
    return time.process_time() - start


def main() -> None:
    """Measure and print."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    sys.stdout.write("| layers | " + " | ".join(map(str, sizes)) + " |\n| --- |" + " --- |" * len(sizes) + "\n")
    for choice in (TargetChoice.TF2, TargetChoice.GRAPH):
        for name, form in FORMS.items():
            cells = []
            for size in sizes:
                cells.append(f"{seconds(form(size), choice):.2f} s")
                sys.stderr.write(f"{choice.value}, {name} {size}: {cells[-1]}\n")
            sys.stdout.write(f"| {choice.value}, {name} | " + " | ".join(cells) + " |\n")


if __name__ == "__main__":
    main()
