"""What binds a name again, or changes what it holds."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from tf1to2_reg.syntax.memo import per_node
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


def attribute_stores(tree: ast.AST, name: str) -> Sequence[ast.Attribute]:
    """Assignments to, and deletions of, an attribute of that name."""
    return _attribute_stores(tree).get(name, [])


@per_node
def _attribute_stores(tree: ast.AST) -> Mapping[str, list[ast.Attribute]]:
    found: dict[str, list[ast.Attribute]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            found.setdefault(node.attr, []).append(node)
    return found


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
    return name in _changed(node)


def changes_in(scope: ast.AST, name: str) -> Sequence[ast.AST]:
    """The nodes of a scope, without nested functions, that bind a name or change what it holds."""
    return _changes(scope).get(name, [])


@per_node
def _changes(scope: ast.AST) -> Mapping[str, list[ast.AST]]:
    found: dict[str, list[ast.AST]] = {}
    for node in walk(scope):
        for name in _changed(node):
            found.setdefault(name, []).append(node)
    return found


def _changed(node: ast.AST) -> set[str]:
    """The names that a node binds, or whose content it changes."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Store | ast.Del) else set()
    if isinstance(node, ast.Subscript | ast.Attribute):
        return _roots(node) if isinstance(node.ctx, ast.Store | ast.Del) else set()
    if isinstance(node, ast.Call):
        return _changed_in_place(node)
    return _defined(node)


def _changed_in_place(call: ast.Call) -> set[str]:
    if not isinstance(call.func, ast.Attribute):
        return set()
    found = _roots(call.func) if call.func.attr in _MUTATORS else set()
    return found | (_roots(*call.args) if call.func.attr == "shuffle" else set())


def _roots(*nodes: ast.AST) -> set[str]:
    return {root for node in nodes if (root := root_name(node)) is not None}


def _defined(node: ast.AST) -> set[str]:
    """The names that a definition, an import or an `except` binds."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.ExceptHandler):
        return {node.name} if node.name is not None else set()
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
    return part in _looped(scope)


@per_node
def _looped(scope: ast.AST) -> set[ast.AST]:
    loops = [node for node in walk(scope) if isinstance(node, ast.For | ast.While)]
    return {inner for loop in loops for inner in walk(loop)}


@per_node
def local_names(function: ast.FunctionDef) -> frozenset[str]:
    """Parameters and names that a function binds."""
    found = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    return frozenset(found) | {
        node.id for node in walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


@per_node
def functions_in(tree: ast.AST) -> Sequence[ast.FunctionDef]:
    """All functions below a node, itself excepted."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node is not tree]


def imported_module(module: Module, name: str) -> str | None:
    """The top-level module that an import binds to a name."""
    return _imported_modules(module.tree).get(name)


@per_node
def _imported_modules(tree: ast.Module) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.split(".")[0]
                found.setdefault(alias.asname or root, root)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found.setdefault(alias.asname or alias.name, (node.module or "").split(".")[0])
    return found
