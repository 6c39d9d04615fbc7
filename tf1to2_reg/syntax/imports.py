"""Canonical names: what TensorFlow calls a symbol that a file imports, whatever the file calls it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tf1to2_reg.syntax.memo import per_node

_PACKAGES = {"tensorflow": "tf", "tensorflow_core": "tf", "tf_slim": "tf.contrib.slim"}
_VERSION = re.compile(r"tf(?:\.compat\.(v[12]))+(?![^.])(.*)")
_PRIVATE_KERAS = "tf.python.keras."


@dataclass(frozen=True)
class Symbol:
    """A name of TensorFlow 1: "tf", "tf.layers.dense"."""

    name: str
    versioned: bool = field(default=False, compare=False)
    """Whether the program spells `compat.v1` to get it."""

    def member(self, name: str) -> Symbol:
        """What it has under a name; `compat.v1` is TensorFlow itself."""
        return _symbol(f"{self.name}.{name}", versioned=self.versioned)


def _symbol(name: str, *, versioned: bool = False) -> Symbol:
    """The shortest name for a symbol: each version has both below it, `compat.v1` is what has no version."""
    found = _VERSION.match(name)
    if found is None:
        return Symbol(name, versioned)
    version, rest = found.groups()
    return Symbol(("tf" if version == "v1" else "tf.compat.v2") + rest, versioned or version == "v1")


def symbol_of_import(dotted: str) -> Symbol | None:
    """The symbol of a dotted name as imports spell it, None where it is not TensorFlow's.

    >>> symbol_of_import("tensorflow.compat.v1.layers"), symbol_of_import("numpy")
    (Symbol(name='tf.layers', versioned=True), None)
    """
    package, _, rest = dotted.partition(".")
    if package not in _PACKAGES:
        return None
    return _symbol(f"{_PACKAGES[package]}.{rest}".removesuffix("."))


def canonical(dotted: str) -> str | None:
    """The canonical name of a dotted import name, None where it is not TensorFlow's.

    >>> canonical("tensorflow.compat.v1.layers"), canonical("tf_slim"), canonical("numpy")
    ('tf.layers', 'tf.contrib.slim', None)
    """
    symbol = symbol_of_import(dotted)
    return normalize(symbol.name) if symbol is not None else None


def normalize(name: str) -> str:
    """One name of several for the same: without the version, and in the public module where Keras is private."""
    name = _symbol(name).name
    return "tf.keras." + name.removeprefix(_PRIVATE_KERAS) if name.startswith(_PRIVATE_KERAS) else name


@per_node
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


def imported_package(tree: ast.Module, name: str) -> str | None:
    """The top-level package that an import of a file binds a name to, or to a part of."""
    return _imported_packages(tree).get(name)


@per_node
def _imported_packages(tree: ast.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                package = alias.name.split(".")[0]
                found.setdefault(alias.asname or package, package)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found.setdefault(alias.asname or alias.name, (node.module or "").split(".")[0])
    return found
