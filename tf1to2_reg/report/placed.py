"""All that a run has to say, in the order of places, with how grave it is: for machines that show it in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.source import FileText
from tf1to2_reg.pipeline import RunResult


class Level(str, Enum):
    """How grave a message is, in the words of SARIF."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Placed:
    """A message, with its level; `program` is the name of the unit that it is about."""

    diagnostic: Diagnostic
    level: Level
    program: str | None = None


_LEVELS = {"1": Level.NOTE, "2": Level.ERROR, "3": Level.WARNING, "4": Level.ERROR, "9": Level.ERROR}


def placed(result: RunResult) -> list[Placed]:
    """Diagnostics of programs and files, and as notes what keeps a migrated program from going further."""
    found = [Placed(problem, Level.ERROR) for problem in result.problems]
    found += [Placed(note, Level.NOTE) for note in result.left_out]
    for unit in result.units:
        found += [Placed(said, _LEVELS[said.code[3]], unit.name) for said in unit.diagnostics]
        found += [Placed(reason, Level.NOTE, unit.name) for reason in unit.held_back]
    return sorted(found, key=_place)


def line_in_file(diagnostic: Diagnostic, sources: Mapping[Path, FileText]) -> int:
    """The line of the file itself, which of a notebook is one of its JSON text."""
    source = sources.get(diagnostic.path)
    if diagnostic.cell is None:
        return diagnostic.line
    if source is None or source.notebook is None:
        return 1
    return source.notebook.line_in_file(diagnostic.cell, diagnostic.line)


def _place(item: Placed) -> tuple[Path, int, int, int]:
    said = item.diagnostic
    return said.path, said.cell or 0, said.line, said.column
