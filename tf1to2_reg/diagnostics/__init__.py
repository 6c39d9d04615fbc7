"""Every code: what it means, why, and what to do. `explain`, the documentation and the messages are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tf1to2_reg.diagnostics import files, notes, pitfalls, refusals_graph, refusals_parts, refusals_shape
from tf1to2_reg.diagnostics.page import FAMILIES, Family, Page

__all__ = ["FAMILIES", "PAGES", "Diagnostic", "Family", "Page", "family_of", "is_refusal"]


@dataclass(frozen=True)
class Diagnostic:
    """One message: `line` counts from 1, `column` from 1 in characters.

    In a notebook they count within the `cell`, which counts from 1 among all cells of the notebook. While a program is
    looked at, `cell` is None and the place one in the text that its cells are together.
    """

    code: str
    path: Path
    line: int
    column: int
    message: str
    help: str = ""
    cell: int | None = None

    @property
    def place(self) -> str:
        """Such as `train.py:3:5`, or `train.ipynb:cell 7:3:5`."""
        return f"{self.path}:{cell_prefix(self.cell)}{self.line}:{self.column}"


def cell_prefix(cell: int | None) -> str:
    """What stands before the line of a place in a notebook."""
    return "" if cell is None else f"cell {cell}:"


PAGES: dict[str, Page] = {
    page.code: page
    for page in sorted(
        (
            *notes.PAGES,
            *refusals_parts.PAGES,
            *refusals_shape.PAGES,
            *pitfalls.PAGES,
            *refusals_graph.PAGES,
            *files.PAGES,
        ),
        key=lambda page: page.code,
    )
}
"""The page of every code, in the order of the codes."""


def is_refusal(code: str) -> bool:
    """Whether a code says why something is left as it was."""
    return code[3] in "249"


def family_of(code: str) -> Family:
    """The family that a code belongs to by its first digit."""
    return FAMILIES[code[3]]
