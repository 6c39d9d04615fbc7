"""What was found, unit by unit, and the line that ends a run."""

from __future__ import annotations

from collections.abc import Sequence

from tf1to2_reg.diagnostics import cell_prefix
from tf1to2_reg.pipeline import RunResult, Summary
from tf1to2_reg.report.style import Ink, Style
from tf1to2_reg.results import Finding, Status, UnitResult


def unit_text(unit: UnitResult, style: Style, *, with_findings: bool = True) -> str:
    """A headline and one line for each finding."""
    verdict, ink = _verdict(unit)
    size = f"{_count(len(unit.paths), 'file')}, {_count(unit.layers, 'layer')}"
    headline = f"{style.paint(unit.name, Ink.BOLD)} ({size}): {style.paint(verdict, Ink.BOLD, ink)}\n"
    return headline + "".join(_finding_lines(unit.findings, style) if with_findings else ())


def _verdict(unit: UnitResult) -> tuple[str, Ink]:
    target = unit.target.value if unit.target is not None else ""
    if unit.status is Status.MIGRATED:
        return f"would be migrated to {target}", Ink.GREEN
    if unit.status is Status.REFUSED:
        return "refused", Ink.RED
    return (f"is at {target} already" if target else "skipped", Ink.GREEN)


def summary_text(result: RunResult) -> str:
    """One line: files, units, layers migrated, refused, untouched."""
    summary = result.summary()
    return (
        f"{_count(summary.files, 'file')}, {_count(summary.units, 'program')}: "
        f"{_migrated(summary, would=result.written is None)}, {summary.refused} refused; "
        f"{_count(summary.untouched, 'file')} untouched\n"
    )


def _migrated(summary: Summary, *, would: bool) -> str:
    where = f"{_count(summary.layers, 'layer')} in {_count(summary.changed, 'file')}"
    targets = ", ".join(f"{number} to {name}" for name, number in summary.targets.items())
    return f"{summary.migrated} {'would be migrated' if would else 'migrated'} ({targets and targets + '; '}{where})"


def _finding_lines(findings: Sequence[Finding], style: Style) -> list[str]:
    places = [f"{finding.path}:{cell_prefix(finding.cell)}{finding.line}" for finding in findings]
    kind_width = max((len(finding.kind) for finding in findings), default=0)
    place_width = max(map(len, places), default=0)
    return [
        f"    {style.paint(finding.kind.ljust(kind_width), Ink.CYAN)}  {place.ljust(place_width)}  {finding.text}\n"
        for finding, place in zip(findings, places, strict=True)
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
