"""Print the TF1 names that the installed TensorFlow 2 does not have, for tf1to2_reg/facts/tf1_only.txt.

Usage: python scripts/tf1_only_names.py > tf1to2_reg/facts/tf1_only.txt
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import tensorflow as tf

_NOT_COMPARED = {"tf.compat", "tf.experimental", "tf.keras", "tf.raw_ops"}
_GONE_FROM_BOTH = ("tf.contrib", "tf.estimator")


def _only_in_first(first: ModuleType, second: ModuleType, name: str) -> Iterator[str]:
    for attribute in dir(first):
        full_name = f"{name}.{attribute}"
        if attribute.startswith("_") or full_name in _NOT_COMPARED:
            continue
        if not hasattr(second, attribute):
            yield full_name
        elif isinstance(getattr(first, attribute), ModuleType):
            yield from _only_in_first(getattr(first, attribute), getattr(second, attribute), full_name)


def main() -> None:
    """Write the sorted names to standard output."""
    names = {*_only_in_first(tf.compat.v1, tf, "tf"), *_GONE_FROM_BOTH}
    sys.stdout.write("".join(f"{name}\n" for name in sorted(names)))


if __name__ == "__main__":
    main()
