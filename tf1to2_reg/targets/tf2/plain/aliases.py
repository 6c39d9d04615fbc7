"""`x = self.x` left out: the attribute, which is bound once, stands for the name, which is bound once."""

from __future__ import annotations

import ast

from tf1to2_reg.targets.tf2.plain.calls import without_statement
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit


def edits(file: File) -> list[Edit]:
    """What puts the attributes in the place of local names that are theirs."""
    found: list[Edit] = []
    for function in file.steady.scopes.nodes:
        if isinstance(function, ast.FunctionDef):
            for stmt in function.body:
                found += _of_statement(file, function, stmt)
    return found


def _of_statement(file: File, function: ast.FunctionDef, stmt: ast.stmt) -> list[Edit]:
    name = _alias(stmt)
    if name is None or file.steady.stored(name) != 1:
        return []
    uses = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name]
    given = {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
    loads = [node for node in uses if isinstance(node.ctx, ast.Load)]
    late = all(node.lineno > (stmt.end_lineno or stmt.lineno) for node in loads)
    nested = any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Global) for node in function.body)
    gone = without_statement(stmt, function.body, file.offsets)
    if gone is None or name in given or len(uses) != len(loads) + 1 or not loads or not late or nested:
        return []
    return [gone, *(Edit(file.offsets.start(node), file.offsets.end(node), f"self.{name}") for node in loads)]


def _alias(stmt: ast.stmt) -> str | None:
    match stmt:
        case ast.Assign([ast.Name(name)], ast.Attribute(ast.Name("self"), attribute)) if name == attribute:
            return attribute
    return None
