"""Write tf1to2_reg/facts/symbols_data.py from the installed TensorFlow.

    python scripts/generate_symbols.py

A TF1 name (`tf.compat.v1.NAME`) is *the same* as a TF2 name where both are one object or one function under different
decorators. Names under keras, estimator and raw_ops are left out: their Keras is another one, or they have no TF1 use.
"""

from __future__ import annotations

import inspect
import os
import types
from collections.abc import Iterator
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf
from tensorflow.python.util import tf_decorator

LEFT_OUT = {"compat", "estimator", "experimental", "keras", "layers", "raw_ops", "tools", "v1", "v2"}
TARGET = Path(__file__).resolve().parent.parent / "tf1to2_reg" / "facts" / "symbols_data.py"


def public_names(module: types.ModuleType, prefix: str = "") -> Iterator[tuple[str, object]]:
    """(dotted name below the root, object) of everything public in an API module."""
    for name in sorted(dir(module)):
        if name.startswith("_") or name in LEFT_OUT:
            continue
        try:
            value = getattr(module, name)
        except Exception:
            continue
        if isinstance(value, types.ModuleType):
            if str(vars(value).get("__name__")).startswith("tensorflow._api.v2"):
                yield from public_names(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def identity(value: object) -> object:
    """What two names of one function have in common: the function under its decorators."""
    if inspect.isfunction(value) or hasattr(value, "_tf_decorator"):
        return id(tf_decorator.unwrap(value)[1])
    if isinstance(value, (int, float, str, bool, tuple)):
        return (type(value), value, "constant")
    return id(value)


def best(names: list[str]) -> str:
    """The TF2 name to use: the shortest path, then the shortest name."""
    return min(names, key=lambda name: (name.count("."), len(name), name))


def compact(names: list[str]) -> dict[str, str]:
    """Module to its names, separated by spaces."""
    by_module: dict[str, list[str]] = {}
    for name in names:
        module, _, last = name.rpartition(".")
        by_module.setdefault(module, []).append(last)
    return {module: " ".join(sorted(last)) for module, last in sorted(by_module.items())}


def made() -> str:
    """The text of the data module for the installed TensorFlow."""
    old, new = dict(public_names(tf.compat.v1)), dict(public_names(tf))
    of_identity: dict[object, list[str]] = {}
    for name, value in new.items():
        if not isinstance(value, (int, float, str, bool, tuple)):
            of_identity.setdefault(identity(value), []).append(name)
    same = [name for name, value in old.items() if name in new and identity(new[name]) == identity(value)]
    renamed = {
        name: best(of_identity[identity(value)])
        for name, value in sorted(old.items())
        if name not in same and identity(value) in of_identity
    }
    other = [name for name in old if name not in same and name not in renamed]
    return source(compact(same), renamed, compact(other))


def source(same: dict[str, str], renamed: dict[str, str], other: dict[str, str]) -> str:
    """The text of the data module."""
    return "\n".join(
        [
            f'"""TF1 names against TF2 names. Made by scripts/generate_symbols.py from TensorFlow {tf.__version__}."""',
            "",
            "from __future__ import annotations",
            "",
            "# ruff: noqa: E501",
            "# fmt: off",
            "SAME: dict[str, str] = {",
            *(f'    "{module}": "{names}",' for module, names in same.items()),
            "}",
            '"""Module below the root to its names that are the same object in TF2."""',
            "",
            "RENAMED: dict[str, str] = {",
            *(f'    "{name}": "{target}",' for name, target in renamed.items()),
            "}",
            '"""TF1 name to the TF2 name of the same object."""',
            "",
            "OTHER: dict[str, str] = {",
            *(f'    "{module}": "{names}",' for module, names in other.items()),
            "}",
            '"""Module below the root to its TF1 names that are no object of TF2."""',
            "",
        ]
    )


if __name__ == "__main__":
    TARGET.write_text(made())
