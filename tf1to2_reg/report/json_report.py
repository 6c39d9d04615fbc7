"""The report of a run as JSON; docs/report.md describes every field."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tf1to2_reg import __version__
from tf1to2_reg.diagnostics import Diagnostic, family_of
from tf1to2_reg.pipeline import RunResult
from tf1to2_reg.results import Finding, UnitResult

FORMAT = 1
"""Raised by one when a field changes its meaning or goes; new fields do not raise it."""


def json_report(command: str, result: RunResult) -> str:
    """The report, ending with a newline. Paths are spelled as in the messages."""
    report = {
        "format": FORMAT,
        "version": __version__,
        "command": command,
        "exit_code": int(result.exit_code()),
        "summary": asdict(result.summary()),
        "units": [_unit(unit) for unit in result.units],
        "problems": _diagnostics(result.problems),
        "left_out": _diagnostics(result.left_out),
        "files": _paths(result.files),
        "written": _paths(result.written or ()),
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _unit(unit: UnitResult) -> dict[str, object]:
    return {
        "name": unit.name,
        "status": unit.status.value,
        "target": unit.target.value if unit.target is not None else None,
        "paths": _paths(unit.paths),
        "changed": _paths(unit.new_sources),
        "layers": unit.layers,
        "findings": [_finding(finding) for finding in unit.findings],
        "diagnostics": _diagnostics(unit.diagnostics),
        "held_back": _diagnostics(unit.held_back),
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "path": str(finding.path),
        "cell": finding.cell,
        "line": finding.line,
        "text": finding.text,
    }


def _diagnostics(diagnostics: Iterable[Diagnostic]) -> list[dict[str, object]]:
    return [
        {
            "code": diagnostic.code,
            "family": family_of(diagnostic.code).name,
            "path": str(diagnostic.path),
            "cell": diagnostic.cell,
            "line": diagnostic.line,
            "column": diagnostic.column,
            "message": diagnostic.message,
            "help": diagnostic.help,
        }
        for diagnostic in diagnostics
    ]


def _paths(paths: Iterable[Path]) -> list[str]:
    return [str(path) for path in paths]
