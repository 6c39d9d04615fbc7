"""`dense = lambda x, n: tf.layers.dense(x, n, kernel_regularizer=l2)`: a function, which can become a model."""

from __future__ import annotations

import ast

from tf1to2_reg.facts.held import MADE
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit


def edits(file: File) -> list[Edit]:
    """What makes functions of the lambdas with names that make layers."""
    return [edit for stmt in file.steady.scopes.of(ast.Assign) if (edit := _as_function(file, stmt)) is not None]


def _as_function(file: File, stmt: ast.Assign) -> Edit | None:
    if len(stmt.targets) != 1 or not isinstance(stmt.targets[0], ast.Name) or not isinstance(stmt.value, ast.Lambda):
        return None
    made = stmt.value
    calls = [node for node in ast.walk(made.body) if isinstance(node, ast.Call)]
    if not any(file.steady.symbol(call.func) in MADE for call in calls):
        return None
    start, end = file.offsets.start(stmt), file.offsets.end(stmt)
    indent = file.indent(stmt)
    alone = indent is not None and file.offsets.text[end : file.offsets.starts[stmt.end_lineno or 0]].strip() == ""
    if not alone:
        return None
    body = file.offsets.of(made.body)
    value = f"({body})" if "\n" in body else body
    return Edit(start, end, f"def {stmt.targets[0].id}({ast.unparse(made.args)}):\n{indent}    return {value}")
