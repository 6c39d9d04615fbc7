"""Canonical names: what TensorFlow calls a symbol that a file imports, whatever the file calls it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache

_TENSORFLOW_ROOTS = ("tensorflow.compat.v1", "tensorflow_core.compat.v1", "tensorflow")

_SLIM_ROOTS = ("tf_slim", "tensorflow.contrib.slim")

_PREFIXES = (("tf.compat.v1.", "tf."), ("tf.compat.v2.", "tf."), ("tf.python.keras.", "tf.keras."))


def canonical(dotted: str) -> str | None:
    """The canonical symbol of a dotted import name, None where it is not TensorFlow's.

    >>> canonical("tensorflow.compat.v1.layers"), canonical("tf_slim"), canonical("numpy")
    ('tf.layers', 'tf.contrib.slim', None)
    """
    for root in _SLIM_ROOTS:
        if dotted == root or dotted.startswith(root + "."):
            return "tf.contrib.slim" + dotted[len(root) :]
    for root in _TENSORFLOW_ROOTS:
        if dotted == root:
            return "tf"
        if dotted.startswith(root + "."):
            return normalize("tf" + dotted[len(root) :])
    return None


def normalize(symbol: str) -> str:
    """Take the version out of a symbol: "tf.compat.v1.layers.dense" is "tf.layers.dense"."""
    if symbol in ("tf.compat.v1", "tf.compat.v2"):
        return "tf"
    for prefix, replacement in _PREFIXES:
        if symbol.startswith(prefix):
            return normalize(replacement + symbol[len(prefix) :])
    return symbol


@lru_cache(maxsize=4096)
def tensorflow_names(tree: ast.Module) -> frozenset[str]:
    """Local names that a file's imports bind to TensorFlow or a part of it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if canonical(alias.name):
                    names.add(alias.asname or alias.name.split(".")[0])
        elif isinstance(node, ast.ImportFrom) and not node.level and canonical(node.module or ""):
            names.update(alias.asname or alias.name for alias in node.names)
    return frozenset(names)


def imported_symbols(tree: ast.Module) -> dict[str, str]:
    """Local names that a file's imports bind to TensorFlow symbols, with the symbols."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                wanted = alias.name if alias.asname else alias.name.split(".")[0]
                symbol = canonical(wanted)
                if symbol and canonical(alias.name):
                    found[alias.asname or wanted] = symbol
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                symbol = canonical(f"{node.module}.{alias.name}")
                if symbol and alias.name != "*":
                    found[alias.asname or alias.name] = symbol
    return found


def used_names(nodes: Sequence[ast.AST]) -> set[str]:
    """Every identifier and attribute name that occurs below the nodes."""
    found: set[str] = set()
    for root in nodes:
        for node in ast.walk(root):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
    return found
