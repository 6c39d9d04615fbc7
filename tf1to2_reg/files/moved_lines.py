"""Where the lines of a text that was made from a file come from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property

from tf1to2_reg.diagnostics import Diagnostic


@dataclass(frozen=True)
class MovedLines:
    """A file's text, and the text that was made from it."""

    original: str
    made: str

    def placed(self, diagnostic: Diagnostic) -> Diagnostic:
        """A diagnostic about the text that was made as one about the file."""
        index = diagnostic.line - 1
        line = self._lines[index] if index < len(self._lines) else index
        same = self.made.split("\n")[index : index + 1] == self.original.split("\n")[line : line + 1]
        return replace(diagnostic, line=line + 1, column=diagnostic.column if same else 1)

    @cached_property
    def _lines(self) -> list[int]:
        """For each line of the text that was made the line of the file that it comes from, both from 0."""
        before, after = self.original.split("\n"), self.made.split("\n")
        found: list[int] = []
        for _, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            found += [min(start + offset, max(end - 1, start)) for offset in range(new_end - new_start)]
        return found
