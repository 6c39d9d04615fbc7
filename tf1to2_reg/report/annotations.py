"""The report of a run as workflow commands of GitHub Actions, which it shows beside the lines of a change."""

from __future__ import annotations

from tf1to2_reg.diagnostics import cell_prefix
from tf1to2_reg.pipeline import RunResult
from tf1to2_reg.report.placed import Level, Placed, line_in_file, placed

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_IN_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def github_annotations(result: RunResult) -> str:
    """A line for each message: `::error file=a.py,line=3,col=5,title=TFR204::message`."""
    return "".join(_annotation(item, line_in_file(item.diagnostic, result.sources)) for item in placed(result))


def _annotation(item: Placed, line: int) -> str:
    said = item.diagnostic
    message = f"{cell_prefix(said.cell)} {said.message}".lstrip()
    return (
        f"::{_COMMANDS[item.level]} file={_property(said.path)},line={line},col={said.column},"
        f"title={said.code}::{message.translate(_IN_DATA)}\n"
    )


def _property(value: object) -> str:
    return str(value).translate(_IN_PROPERTIES)
