"""Canonical names: which module a file imports, and what TensorFlow calls a symbol, whatever the file calls it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from tf1to2_reg.source import SourceFile

_TENSORFLOW_ROOTS = ("tensorflow.compat.v1", "tensorflow_core.compat.v1", "tensorflow")
_SLIM_ROOTS = ("tf_slim", "tensorflow.contrib.slim")
_PREFIXES = (("tf.compat.v1.", "tf."), ("tf.compat.v2.", "tf."), ("tf.python.keras.", "tf.keras."))


@dataclass(frozen=True, eq=False)
class Module:
    """One Python file of the program."""

    source: SourceFile
    parts: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        path = self.source.path.absolute()
        parts = (*path.parent.parts, path.stem)
        object.__setattr__(self, "parts", parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def path(self) -> Path:
        return self.source.path

    @property
    def tree(self) -> ast.Module:
        return self.source.tree

    @property
    def package(self) -> tuple[str, ...]:
        """The folder that relative imports start from."""
        return self.source.path.absolute().parent.parts


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


class Project:
    """The given files, found by the names other files import them under."""

    def __init__(self, sources: Iterable[SourceFile]) -> None:
        self.modules = [Module(source) for source in sources]
        self._by_parts = {module.parts: module for module in self.modules}
        self._by_name: dict[str, list[Module]] = {}
        for module in self.modules:
            self._by_name.setdefault(module.parts[-1], []).append(module)

    def find(self, importer: Module, dotted: str, level: int = 0) -> Module | None:
        """The file that `importer` gets for `import dotted`, or for `from . import` at a relative level.

        An absolute name is looked up in the folders above the importer, nearest first, as a script or a package
        finds its neighbours.
        """
        names = tuple(dotted.split(".")) if dotted else ()
        if level:
            base = importer.package[: len(importer.package) - (level - 1)]
            return self._by_parts.get((*base, *names))
        if not names or names[-1] not in self._by_name:
            return None
        for depth in range(len(importer.package), 0, -1):
            module = self._by_parts.get((*importer.package[:depth], *names))
            if module is not None and module is not importer:
                return module
        return None


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
