"""The blocks inside a compound statement."""

import ast

import pytest

from tf1to2_reg.syntax.blocks import blocks


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a = 1", []),
        ("if a: b", ["body"]),
        ("for a in b: c\nelse: d", ["body", "orelse"]),
        ("try: a\nexcept E: b\nexcept: c", ["body", "handlers[0]", "handlers[1]"]),
        ("try: a\nexcept E: b\nelse: c\nfinally: d", ["body", "orelse", "handlers[0]", "finalbody"]),
        ("match a:\n    case 1: b\n    case _: c", ["cases[0]", "cases[1]"]),
        ("with a: b", ["body"]),
        ("def f(): a", ["body"]),
    ],
)  # fmt: skip
def test_blocks(text: str, parts: list[str]) -> None:
    found = list(blocks(ast.parse(text).body[0]))
    assert [block.part for block in found] == parts
    assert all(isinstance(stmt, ast.stmt) for block in found for stmt in block.statements)


def test_a_lambda_has_no_block() -> None:
    assert not list(blocks(ast.parse("lambda: a", mode="eval").body))
