"""Continuation lines that stood under an opening parenthesis stand under it again after an edit moved it."""

from __future__ import annotations

import io
import tokenize
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from tf1to2_reg.targets.graph.edits import Copied

_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class _Line:
    """A line inside parentheses: where its first token and the innermost open parenthesis stand, from line 0."""

    number: int
    column: int
    opening: tuple[int, int]


def realign(old: str, new: str, copied: list[Copied]) -> str:
    """The new text with the lines moved that were aligned before."""
    aligned = {line.number for line in _lines_in_parentheses(old) if line.column == line.opening[1] + 1}
    if not aligned:
        return new
    origins = _Origins(old, copied)
    lines = new.split("\n")
    moved = [0] * len(lines)
    starts = _starts(new)
    for line in _lines_in_parentheses(new):
        if origins.line(starts[line.number] + line.column) not in aligned:
            continue
        target = line.opening[1] + moved[line.opening[0]] + 1
        moved[line.number] = target - line.column
        lines[line.number] = " " * target + lines[line.number].lstrip(" ")
    return "\n".join(lines)


class _Origins:
    """The lines of the old text that parts of the new one come from."""

    def __init__(self, old: str, copied: list[Copied]) -> None:
        self._old_starts = _starts(old)
        self._copied = sorted(copied, key=lambda part: part.new)
        self._starts = [part.new for part in self._copied]
        self._old = old

    def line(self, offset: int) -> int | None:
        """The old line whose first token stands at an offset now, None for new text and for another token."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0 or offset >= self._copied[index].new + self._copied[index].length:
            return None if index < 0 else self._after(index, offset)
        old = self._copied[index].old + offset - self._copied[index].new
        return self._line_of(old)

    def _after(self, index: int, offset: int) -> int | None:
        """The line of new text that took the place of a line's first token."""
        part = self._copied[index]
        end = part.old + part.length
        return self._line_of(end) if part.new + part.length == offset else None

    def _line_of(self, old: int) -> int | None:
        number = bisect_right(self._old_starts, old) - 1
        return number if not self._old[self._old_starts[number] : old].strip() else None


def _starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts[:-1]


def _lines_in_parentheses(text: str) -> Iterator[_Line]:
    stack: list[tuple[int, int]] = []
    last = -1
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if not token.string.strip():
            continue
        number, column = token.start[0] - 1, token.start[1]
        if stack and number != last:
            yield _Line(number, column, stack[-1])
        last = token.end[0] - 1
        if token.type == tokenize.OP and token.string in _OPENING:
            stack.append((number, column))
        elif token.type == tokenize.OP and token.string in _CLOSING and stack:
            stack.pop()
