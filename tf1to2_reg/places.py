"""Places in the program that a notebook is, as places in its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.notebook import Notebook
from tf1to2_reg.files.source import FileText
from tf1to2_reg.results import Finding, UnitResult

_Sources = Mapping[Path, FileText]


def in_cells(unit: UnitResult, sources: _Sources) -> UnitResult:
    """The unit with places of notebooks in their cells."""
    if not any(path.suffix == ".ipynb" for path in unit.paths):
        return unit
    return replace(
        unit,
        findings=tuple(_finding_in_cell(finding, sources) for finding in unit.findings),
        diagnostics=placed_in_cells(unit.diagnostics, sources),
        held_back=placed_in_cells(unit.held_back, sources),
    )


def placed_in_cells(diagnostics: Iterable[Diagnostic], sources: _Sources) -> tuple[Diagnostic, ...]:
    """The diagnostics, those of notebooks in their cells."""
    return tuple(_in_cell(diagnostic, sources) for diagnostic in diagnostics)


def _in_cell(said: Diagnostic, sources: _Sources) -> Diagnostic:
    notebook = _notebook(said.path, sources)
    if notebook is None or said.cell is not None:
        return said
    cell, line, column = notebook.place(said.line, said.column)
    return replace(said, cell=cell, line=line, column=column)


def _finding_in_cell(finding: Finding, sources: _Sources) -> Finding:
    notebook = _notebook(finding.path, sources)
    if notebook is None:
        return finding
    cell, line, _ = notebook.place(finding.line, 1)
    return replace(finding, cell=cell, line=line)


def _notebook(path: Path, sources: _Sources) -> Notebook | None:
    source = sources.get(path)
    return source.notebook if source is not None else None
