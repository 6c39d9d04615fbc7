"""What binds a name again, or changes what it holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.variables import walk

_MUTATORS = frozenset({
    "add", "append", "clear", "difference_update", "discard", "extend", "fill", "insert", "itemset", "partition", "pop",
    "popitem", "put", "remove", "resize", "reverse", "setdefault", "setflags", "sort", "update",
})  # fmt: skip


def line_of(node: ast.AST) -> int:
    """The line of a node, 0 for one without a place."""
    line: int = getattr(node, "lineno", 0)
    return line


def attribute_stores(tree: ast.AST, name: str) -> Iterator[ast.Attribute]:
    """Assignments to, and deletions of, an attribute of that name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Store | ast.Del):
            yield node


def writes_content(function: ast.AST) -> bool:
    """True for a function that may change an argument in place."""
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            return True
        if isinstance(node, ast.AugAssign):
            return True
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _MUTATORS | {"shuffle"}:
            return True
    return False


def changes(node: ast.AST, name: str) -> bool:
    """True for a node that binds a name again or changes what it holds."""
    if isinstance(node, ast.Name):
        return node.id == name and isinstance(node.ctx, ast.Store | ast.Del)
    if isinstance(node, ast.Subscript | ast.Attribute):
        return isinstance(node.ctx, ast.Store | ast.Del) and root_name(node) == name
    if isinstance(node, ast.Call):
        return _changes_in_place(node, name)
    return name in _defined(node)


def _changes_in_place(call: ast.Call, name: str) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr in _MUTATORS and root_name(call.func) == name:
        return True
    return call.func.attr == "shuffle" and any(root_name(argument) == name for argument in call.args)


def _defined(node: ast.AST) -> set[str | None]:
    """The names that a definition, an import or an `except` binds."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    return set()


def root_name(node: ast.AST) -> str | None:
    """The name that an attribute or item is taken from."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def in_loop(scope: ast.AST, part: ast.AST) -> bool:
    """True where a node stands in a loop of the scope."""
    return any(
        isinstance(node, ast.For | ast.While) and any(inner is part for inner in walk(node)) for node in walk(scope)
    )


def local_names(function: ast.FunctionDef) -> set[str]:
    """Parameters and names that a function binds."""
    found = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    return found | {
        node.id for node in walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


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
