"""The place of a node, and the name that it starts from."""

from __future__ import annotations

import ast


def line_of(node: ast.AST) -> int:
    """The line of a node, 0 for one without a place."""
    line: int = getattr(node, "lineno", 0)
    return line


def root_name(node: ast.AST) -> str | None:
    """The name that an attribute or item is taken from."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
