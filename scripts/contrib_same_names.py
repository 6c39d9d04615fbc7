"""Which names of `tf.contrib` are, in TensorFlow 1.15, the very object of a public name that stayed; for facts/.

Run by a Python with TensorFlow 1.15: `python scripts/contrib_same_names.py > tf1to2_reg/facts/contrib_same.txt`.
"""

import inspect
import sys
from pathlib import Path

import tensorflow as tf

KNOWN = Path(__file__).parents[1] / "tf1to2_reg" / "facts"
SKIPPED = ("tf.keras", "tf.layers", "tf.estimator", "tf.nn.rnn_cell", "tf.raw_ops", "tf.contrib", "tf.test", "tf.lite")


def resolve(name):
    """The object of a dotted name."""
    value = tf
    for part in name.split(".")[1:]:
        value = getattr(value, part, None)
    return value


def is_definition(value):
    """Whether it is a function or a class of TensorFlow."""
    return (inspect.isfunction(value) or inspect.isclass(value)) and "tensorflow" in str(value.__module__)


def public():
    """The object of each public name that stayed: the shortest name, the first of those."""
    lost = set((KNOWN / "lost_names.txt").read_text().split())
    found = {}
    for line in (KNOWN / "compat_v1.txt").read_text().splitlines():
        module, _, names = line.partition(":")
        for name in names.split():
            symbol = f"{module}.{name}"
            value = resolve(symbol)
            if symbol not in lost and not symbol.startswith(SKIPPED) and is_definition(value):
                found.setdefault(id(value), []).append(symbol)
    return {key: min(names, key=lambda name: (len(name), name)) for key, names in found.items()}


def walk(module, name, seen):
    """The names below a module of contrib."""
    seen.add(id(module))
    for part in sorted(dir(module)):
        value = getattr(module, part, None)
        if part.startswith("_") or f"{name}.{part}".startswith("tf.contrib.keras"):
            continue
        if inspect.ismodule(value) and "contrib" in value.__name__ and ".python" not in value.__name__:
            if id(value) not in seen:
                yield from walk(value, f"{name}.{part}", seen)
        elif is_definition(value):
            yield f"{name}.{part}", value


def main():
    """Print a line for each name."""
    known = public()
    for name, value in walk(tf.contrib, "tf.contrib", set()):
        if id(value) in known:
            sys.stdout.write(f"{name} {known[id(value)]}\n")


main()
