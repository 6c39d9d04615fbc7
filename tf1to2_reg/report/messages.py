"""Diagnostics as a compiler prints them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tf1to2_reg.diagnostics import PAGES, Diagnostic, is_refusal
from tf1to2_reg.files.source import FileText
from tf1to2_reg.options import Verbosity
from tf1to2_reg.report.style import FAMILY_INK, Ink, Style
from tf1to2_reg.results import Status, UnitResult

_WIDTH = 80
_TAB = 4
_MOST_FRAMES = 20
"""Messages with the line of the program; those after them are one line each, unless everything is asked for."""
_MOST_REASONS = 5
"""Reasons that keep a program from going further, likewise."""
_LOCATED = ("TFR901", "TFR902", "TFR903")
"""Codes about a file that have a place in it; the other TFR9xx are about the file as a whole."""


class Messages:
    """Prints diagnostics; the reason for a code is given where the code is first met."""

    def __init__(self, sources: Mapping[Path, FileText], style: Style, verbosity: Verbosity) -> None:
        self._sources = sources
        self._style = style
        self._verbosity = verbosity
        self._explained: set[str] = set()
        self._frames = 0
        self._shortened = 0

    @property
    def rest(self) -> str:
        """What to do to see what was not said in full; empty where nothing is missing."""
        if not self._shortened:
            return ""
        return f"{self._shortened} {'message is' if self._shortened == 1 else 'messages are'} shortened; -v has all\n"

    def text(self, diagnostics: Iterable[Diagnostic]) -> str:
        """The messages in the order of their places, each ending with a newline."""
        by_place = sorted(diagnostics, key=_place)
        return "".join(self._message(diagnostic) for diagnostic in by_place if self._is_said(diagnostic))

    def lines(self, diagnostics: Iterable[Diagnostic]) -> str:
        """A line for each, in the order of their places."""
        return "".join(f"{self._headline(diagnostic)}\n" for diagnostic in sorted(diagnostics, key=_place))

    def unit(self, unit: UnitResult) -> str:
        """The messages of a program, then where it goes and what keeps it from going further, a line for each."""
        text = self.text(unit.diagnostics)
        if not unit.held_back or self._verbosity is Verbosity.QUIET:
            return text
        where = f"is at {unit.target.value}" if unit.target is not None else "is refused"
        if unit.status is Status.MIGRATED and unit.target is not None:
            where = f"goes to {unit.target.value}"
        headline = f"{self._style.paint(unit.name + ':', Ink.BOLD)} {where}; this keeps it from going to tf2:\n"
        if self._verbosity is Verbosity.VERBOSE:
            return text + headline + self.text(unit.held_back)
        by_place = sorted(unit.held_back, key=_place)
        lines = [self._headline(reason) for reason in by_place[:_MOST_REASONS]]
        if more := len(by_place) - len(lines):
            lines.append(f"and {more} more")
            self._shortened += more
        return text + headline + "".join(f"    {line}\n" for line in lines)

    def _is_said(self, diagnostic: Diagnostic) -> bool:
        return self._verbosity > Verbosity.QUIET or is_refusal(diagnostic.code)

    def _message(self, diagnostic: Diagnostic) -> str:
        lines = [self._headline(diagnostic)]
        in_full = diagnostic.code[3] != "1" or self._verbosity is Verbosity.VERBOSE
        if in_full and self._verbosity > Verbosity.QUIET and self._has_room(diagnostic):
            lines += [*self._excerpt(diagnostic), *self._reasons(diagnostic)]
        return "".join(f"{line}\n" for line in lines)

    def _has_room(self, diagnostic: Diagnostic) -> bool:
        """Whether a message is said in full: one of the first, or the first of its code."""
        self._frames += 1
        has_room = (
            self._verbosity is Verbosity.VERBOSE
            or self._frames <= _MOST_FRAMES
            or diagnostic.code not in self._explained
        )
        self._shortened += not has_room
        return has_room

    def _headline(self, diagnostic: Diagnostic) -> str:
        code = self._style.paint(diagnostic.code, Ink.BOLD, FAMILY_INK[diagnostic.code[3]])
        return f"{self._style.paint(f'{diagnostic.place}:', Ink.BOLD)} {code} {diagnostic.message}"

    def _excerpt(self, diagnostic: Diagnostic) -> Iterator[str]:
        line = self._source_line(diagnostic)
        if line is None:
            return
        number = f"{diagnostic.line:>6} | "
        before = line[: diagnostic.column - 1].expandtabs(_TAB)
        yield self._style.paint(number, Ink.DIM) + line.expandtabs(_TAB).rstrip()
        margin = self._style.paint("       | ", Ink.DIM)
        yield margin + " " * len(before) + self._style.paint("^", Ink.BOLD, FAMILY_INK[diagnostic.code[3]])

    def _source_line(self, diagnostic: Diagnostic) -> str | None:
        if diagnostic.code[3] == "9" and diagnostic.code not in _LOCATED:
            return None
        lines = self._lines(diagnostic)
        line = lines[diagnostic.line - 1] if diagnostic.line <= len(lines) else ""
        return line if line.strip() else None

    def _lines(self, diagnostic: Diagnostic) -> list[str]:
        """The lines that the place is counted in: those of the file, or of the cell."""
        source = self._sources.get(diagnostic.path)
        if source is not None and source.notebook is not None:
            return source.notebook.lines(diagnostic.cell) if diagnostic.cell is not None else []
        if source is not None:
            return source.text.split("\n")
        if diagnostic.cell is not None:
            return []
        try:
            return diagnostic.path.read_text(encoding="utf-8", errors="backslashreplace").split("\n")
        except OSError:
            return []

    def _reasons(self, diagnostic: Diagnostic) -> Iterator[str]:
        page = PAGES[diagnostic.code]
        first_time = diagnostic.code not in self._explained
        self._explained.add(diagnostic.code)
        if first_time:
            yield from self._labelled("why", page.why.partition("\n\n")[0])
        if diagnostic.help or first_time:
            yield from self._labelled("help", diagnostic.help or page.help)

    def _labelled(self, label: str, text: str) -> Iterator[str]:
        first, *rest = textwrap.wrap(text, _WIDTH - 15, break_long_words=False, break_on_hyphens=False)
        yield f"       = {self._style.paint(label + ':', Ink.BOLD)} {first}"
        yield from (" " * (11 + len(label)) + line for line in rest)


def _place(diagnostic: Diagnostic) -> tuple[Path, int, int, int]:
    return diagnostic.path, diagnostic.cell or 0, diagnostic.line, diagnostic.column
