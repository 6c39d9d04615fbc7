"""Attributes of an object one by one, and under their own names.

`self.x, self.y = x, y` is two assignments. `x = self.x`, where each is bound once, is the attribute under another name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from tf1to2_reg.syntax.nodes import has_no_base
from tf1to2_reg.syntax.scopes import Kind
from tf1to2_reg.targets.tf2.plain.calls import without_statement
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit


def one_by_one(file: File) -> list[Edit]:
    """`self.x, self.y = x, y` as an assignment for each."""
    return [edit for node in file.steady.scopes.nodes if (edit := _separated(file, node)) is not None]


def _separated(file: File, stmt: ast.AST) -> Edit | None:
    if not isinstance(stmt, ast.Assign) or len(stmt.targets) != 1:
        return None
    target, value = stmt.targets[0], stmt.value
    if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple) or len(target.elts) != len(value.elts):
        return None
    if not all(_attribute(part) for part in target.elts) or not all(isinstance(part, ast.Name) for part in value.elts):
        return None
    offsets, indent = file.offsets, file.indent(stmt)
    if indent is None:
        return None
    rows = [f"{offsets.of(one)} = {offsets.of(other)}" for one, other in zip(target.elts, value.elts, strict=True)]
    return Edit(offsets.start(stmt), offsets.end(stmt), f"\n{indent}".join(rows))


def _attribute(node: ast.expr) -> str | None:
    """The attribute of `self` that an expression names."""
    match node:
        case ast.Attribute(ast.Name("self"), attribute):
            return attribute
    return None


def under_their_names(file: File) -> list[Edit]:
    """The attribute in place of a local name like it, one for each pass."""
    owners = [node for node in file.steady.scopes.nodes if isinstance(node, ast.ClassDef) and has_no_base(node)]
    for owner in owners:
        for method in (part for part in owner.body if isinstance(part, ast.FunctionDef)):
            for stmt in method.body:
                if _is_alias(file, owner, method, stmt) and (edits := list(_renamed(file, method, stmt))):
                    return edits
    return []


def _is_alias(file: File, owner: ast.ClassDef, method: ast.stmt, stmt: ast.stmt) -> bool:
    """True for `x = self.x` where the class gives the attribute its one value before."""
    if not isinstance(stmt, ast.Assign) or len(stmt.targets) != 1 or not isinstance(stmt.targets[0], ast.Name):
        return False
    name, value = stmt.targets[0].id, stmt.value
    if name != _attribute(value) or not file.steady.is_stored_once(name):
        return False
    given = value.value if isinstance(value, ast.Attribute) else None
    receiver = file.steady.binding(given) if isinstance(given, ast.Name) else None
    stores = [node for node in ast.walk(owner) if _is_stored(node, name)]
    inherited = any(isinstance(node, ast.Name) and node.id == name for part in owner.body for node in _outside(part))
    if receiver is None or receiver.kind is not Kind.PARAMETER or len(stores) != 1 or inherited:
        return False
    here = any(node is stores[0] for node in ast.walk(method))
    return not here or stores[0].lineno < stmt.lineno


def _is_stored(node: ast.AST, name: str) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and _attribute(node) == name and isinstance(node.ctx, ast.Store)


def _outside(stmt: ast.stmt) -> Iterator[ast.AST]:
    """What a statement of a class evaluates when the class is made."""
    return iter(()) if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef) else ast.walk(stmt)


def _renamed(file: File, function: ast.FunctionDef, stmt: ast.stmt) -> Iterator[Edit]:
    assert isinstance(stmt, ast.Assign)
    name = stmt.targets[0]
    assert isinstance(name, ast.Name)
    binding = file.steady.binding(name)
    if binding is None or binding.kind is not Kind.VALUE or binding.node is not name:
        return
    uses = file.steady.uses(binding)
    gone = without_statement(stmt, function.body, file.offsets)
    in_order = all(file.offsets.start(use) > file.offsets.end(stmt) for use in uses)
    own = all(file.steady.scopes.scope[use] is file.steady.scopes.scope[name] for use in uses)
    if gone is None or not uses or not in_order or not own or any(file.is_in_text(use) for use in uses):
        return
    yield gone
    yield from (Edit(file.offsets.start(use), file.offsets.end(use), f"self.{name.id}") for use in uses)
