"""`self.x, self.y = x, y` as two statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit


def edits(file: File) -> list[Edit]:
    """What writes assignments of names to attributes one by one."""
    return [
        edit for node in file.steady.scopes.nodes if isinstance(node, ast.Assign) for edit in _one_by_one(file, node)
    ]


def _one_by_one(file: File, stmt: ast.Assign) -> Iterator[Edit]:
    if len(stmt.targets) != 1 or not file.begins_line(stmt):
        return
    target, value = stmt.targets[0], stmt.value
    if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple) or len(target.elts) != len(value.elts):
        return
    names = all(isinstance(part, ast.Name) and part.id != "self" for part in value.elts)
    if names and all(_is_attribute_of_self(part) for part in target.elts):
        of = file.offsets.of
        lines = [f"{of(one)} = {of(other)}" for one, other in zip(target.elts, value.elts, strict=True)]
        yield Edit(file.offsets.start(stmt), file.offsets.end(stmt), f"\n{file.indent(stmt)}".join(lines))


def _is_attribute_of_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
