"""Places and names of nodes, and what an import binds."""

from __future__ import annotations

import ast

from tf1to2_reg.syntax.modules import Module


def line_of(node: ast.AST) -> int:
    """The line of a node, 0 for one without a place."""
    line: int = getattr(node, "lineno", 0)
    return line


def root_name(node: ast.AST) -> str | None:
    """The name that an attribute or item is taken from."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def imported_module(module: Module, name: str) -> str | None:
    """The top-level module that an import binds to a name."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if (alias.asname or alias.name.split(".")[0]) == name:
                    return alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return (node.module or "").split(".")[0]
    return None
