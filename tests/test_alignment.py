"""Continuation lines move with the first argument of their call."""

from __future__ import annotations

import libcst as cst
import pytest

from tf1to2_reg.editing.alignment import realigned


def moved(source: str, old: int, new: int) -> str:
    """The source of a statement in a block, its call realigned."""
    module = cst.parse_module(f"def function():\n{source}\n")
    block = cst.ensure_type(cst.ensure_type(module.body[0], cst.FunctionDef).body, cst.IndentedBlock)
    statement = cst.ensure_type(block.body[0], cst.SimpleStatementLine)
    expression = cst.ensure_type(statement.body[0], cst.Expr)
    call = realigned(cst.ensure_type(expression.value, cst.Call), old, new)
    return module.with_deep_changes(expression, value=call).code.partition("\n")[2][:-1]


@pytest.mark.parametrize(
    ("source", "old", "new", "expected"),
    [
        ("    f(a,\n      b)", 2, 5, "    f(a,\n         b)"),
        ("    f(a,\n      b)", 2, 1, "    f(a,\n     b)"),
        ("    f(a,\n      b)", 2, 2, "    f(a,\n      b)"),
        ("    f(a,\n      g(b,\n        c))", 2, 4, "    f(a,\n        g(b,\n          c))"),
        ("    f(a,  # one\n      # two\n      b)", 2, 4, "    f(a,  # one\n        # two\n        b)"),
        ("    f(\n     a,\n     b)", 2, 9, "    f(\n     a,\n     b)"),
        ("    long(\n        a,\n        b,\n    )", 5, 9, "    long(\n        a,\n        b,\n    )"),
        ("    f(a,\n    \t b)", 2, 9, "    f(a,\n    \t b)"),
        ("    f()", 2, 9, "    f()"),
    ],
)
def test_realigned(source: str, old: int, new: int, expected: str) -> None:
    assert moved(source, old, new) == expected
