"""Edits of a text, and where each place of the new text stood in the old one."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from tf1to2_reg.files.source import SourceFile


@dataclass(frozen=True)
class Edit:
    """The text between two offsets becomes another."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Offsets:
    """Lines and columns of a text as offsets; columns count characters."""

    text: str
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        lengths = (len(line) + 1 for line in self.text.split("\n"))
        object.__setattr__(self, "starts", (0, *accumulate(lengths)))

    def start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """Where a node begins."""
        return self._of(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """Where a node ends."""
        return self._of(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def of(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node."""
        return self.text[self.start(node) : self.end(node)]

    def _of(self, line: int, column: int) -> int:
        """`ast` counts the bytes of a line."""
        start, end = self.starts[line - 1], self.starts[line]
        return start + len(self.text[start:end].encode()[:column].decode(errors="ignore"))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 1."""
        return self.starts[min(line, len(self.starts) - 1) - 1] + column - 1


@dataclass(frozen=True)
class Edited:
    """A file whose text was edited."""

    source: SourceFile
    before: Offsets
    after: Offsets
    edits: tuple[Edit, ...]

    def place_before(self, line: int, column: int) -> tuple[int, int]:
        """Where something of the new text stood; what is new stood where the edit began."""
        offset, shift = self.after.offset(line, column), 0
        for edit in self.edits:
            start = edit.start + shift
            if offset < start:
                break
            if offset < start + len(edit.text):
                return self._place_of_line(line, column) or self.before.place(edit.start)
            shift += len(edit.text) - (edit.end - edit.start)
        return self.before.place(offset - shift)

    def _place_of_line(self, line: int, column: int) -> tuple[int, int] | None:
        """The place of a line that was moved as it is, where it is told from all others."""
        wanted = self.after.text.split("\n")[line - 1]
        found = [number for number, text in enumerate(self.before.text.split("\n"), 1) if text == wanted]
        return (found[0], column) if len(found) == 1 and wanted.strip() else None


def edited(source: SourceFile, edits: Sequence[Edit]) -> Edited:
    """The file with all edits made; none of them overlap."""
    ordered = tuple(sorted(edits, key=lambda edit: (edit.start, edit.end)))
    parts, last = [], 0
    for edit in ordered:
        parts += [source.text[last : edit.start], edit.text]
        last = edit.end
    text = "".join([*parts, source.text[last:]])
    changed = replace(source, text=text, tree=ast.parse(text))
    return Edited(changed, Offsets(source.text), Offsets(text), ordered)
