"""The place of a node, and the name that it starts from."""

from __future__ import annotations

import ast


def line_of(node: ast.AST) -> int:
    """The line of a node, 0 for one without a place."""
    line: int = getattr(node, "lineno", 0)
    return line


def line_below(root: ast.AST) -> int:
    """The first line below all code of a file or definition."""
    return 1 + max(map(line_of, ast.walk(root)))


def has_no_base(cls: ast.ClassDef) -> bool:
    """True for a class that has nothing from another."""
    return not cls.keywords and all(isinstance(base, ast.Name) and base.id == "object" for base in cls.bases)


def root_name(node: ast.AST) -> str | None:
    """The name that an attribute or item is taken from."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
