"""Local edits of a text, and the lines that are aligned again."""

from __future__ import annotations

from typing import Any

import pytest

from tf1to2_reg.targets.graph.edits import Edit, Positions, Span, apply
from tf1to2_reg.targets.graph.layout import realign

TEXT = "f(a, b)"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], TEXT),
        ([(2, 3, "x")], "f(x, b)"),
        ([(0, 0, "y = ")], "y = f(a, b)"),
        ([(7, 7, "\n")], "f(a, b)\n"),
        ([(0, 7, "g(", Span(5, 6), ")(", Span(2, 3), ")")], "g(b)(a)"),
        ([(0, 7, "g(", Span(5, 6), ")"), (5, 6, "c"), (2, 3, "lost")], "g(c)"),
        ([(0, 7, Span(0, 7), ".g"), (0, 1, "h")], "h(a, b).g"),
        ([(0, 1, "h"), (0, 0, "# ")], "# h(a, b)"),
        ([(0, 7, "g"), (0, 0, "# ")], "# g"),
    ],
)
def test_edits(edits: list[tuple[Any, ...]], expected: str) -> None:
    made = [Edit(Span(start, end), tuple(pieces)) for start, end, *pieces in edits]
    text, copied = apply(TEXT, made)
    assert text == expected
    assert all(text[c.new : c.new + c.length] == TEXT[c.old : c.old + c.length] for c in copied)


def test_columns_count_characters() -> None:
    positions = Positions("é = f\ng")
    assert positions.offset(1, 5) == 4
    assert positions.offset(2, 1) == 7
    assert positions.line_start(3) == 8


@pytest.mark.parametrize(
    ("text", "edit", "expected"),
    [
        ("f(a,\n  b)", (0, 1, "long"), "long(a,\n     b)"),
        ("f(a,\n    b)", (0, 1, "long"), "long(a,\n    b)"),
        ("f(\n  a)", (0, 1, "long"), "long(\n     a)"),
        ("f(g(a,\n    b),\n  c)", (2, 3, "long"), "f(long(a,\n       b),\n  c)"),
        ("f(a,\n  # why\n  b)", (0, 1, "long"), "long(a,\n     # why\n     b)"),
        ('f(a, """\n  x""",\n  b)', (0, 1, "long"), 'long(a, """\n  x""",\n     b)'),
        ("f(a,\n  b)", (7, 8, "new"), "f(a,\n  new)"),
    ],
)
def test_lines_that_were_aligned_are_aligned_again(text: str, edit: tuple[int, int, str], expected: str) -> None:
    start, end, new = edit
    changed, copied = apply(text, [Edit(Span(start, end), (new,))])
    assert realign(text, changed, copied) == expected
