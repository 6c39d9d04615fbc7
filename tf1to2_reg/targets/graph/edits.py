"""Local edits of a text: ranges that are replaced by text and by other ranges, each range with its own edits inside."""

from __future__ import annotations

import ast
from bisect import bisect_left
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """A range of characters of the old text."""

    start: int
    end: int


@dataclass(frozen=True)
class Edit:
    """`span` becomes `pieces`: new text, and ranges of the old text, which must lie inside the span."""

    span: Span
    pieces: tuple[str | Span, ...]


@dataclass(frozen=True)
class Copied:
    """Where a piece of the old text stands in the new one."""

    new: int
    old: int
    length: int


class Positions:
    """Offsets in a text for the lines and columns of its `ast`, whose columns count bytes."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def line_start(self, line: int) -> int:
        """The offset of a line, counted from 1; one past the last line: the length of the text and one."""
        return self._starts[min(line, len(self._lines) + 1) - 1]

    def offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + self.column(line, column)

    def column(self, line: int, column: int) -> int:
        """The column in characters of a column in bytes."""
        text = self._lines[line - 1]
        return column if text.isascii() else len(text.encode()[:column].decode(errors="ignore"))

    def span(self, node: ast.expr | ast.stmt | ast.alias | ast.keyword | ast.arg) -> Span:
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return Span(self.offset(node.lineno, node.col_offset), self.offset(end_line, end_column))


def _order(edit: Edit) -> tuple[int, bool, int]:
    """Left to right; at one place what is inserted before it first, then the outer edit before the inner."""
    span = edit.span
    return span.start, span.end > span.start, -span.end


def apply(text: str, edits: list[Edit]) -> tuple[str, list[Copied]]:
    """The new text, and where its old parts went.

    An edit inside a range that another edit copies is made there; one inside a range that is dropped is not made.
    """
    ordered = sorted(edits, key=_order)
    starts = [edit.span.start for edit in ordered]
    written: list[str] = []
    copied: list[Copied] = []
    length = 0

    def write(piece: str, old: int | None) -> None:
        nonlocal length
        if piece:
            if old is not None:
                copied.append(Copied(length, old, len(piece)))
            written.append(piece)
            length += len(piece)

    def copy(span: Span, around: Edit | None) -> None:
        position, index = span.start, bisect_left(starts, span.start)
        limit = span.end + (around is None)
        while index < len(ordered) and ordered[index].span.start < limit:
            edit = ordered[index]
            if edit is around or edit.span.start < position or edit.span.end > span.end:
                index += 1
                continue
            write(text[position : edit.span.start], position)
            for piece in edit.pieces:
                if isinstance(piece, Span):
                    copy(piece, edit)
                else:
                    write(piece, None)
            position = edit.span.end
            index = max(index + 1, bisect_left(starts, position))
        write(text[position : span.end], position)

    copy(Span(0, len(text)), None)
    return "".join(written), copied
