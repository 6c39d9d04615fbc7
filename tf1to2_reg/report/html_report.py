"""The report of a run as a page: programs and where they go, reasons ranked, the diff of every file folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.html import html_page
from tf1to2_reg.pipeline import RunResult
from tf1to2_reg.report.diff import base_of, difference
from tf1to2_reg.report.statistics import Rank, held_back_ranks, refusal_ranks
from tf1to2_reg.report.units import summary_text
from tf1to2_reg.results import Status, UnitResult

_STYLE = """
.summary { background: var(--card); padding: 12px 16px; margin: 16px 0; border-left: 6px solid var(--before); }
td, th { white-space: normal; vertical-align: top; }
td.name, td.text { text-align: left; overflow-wrap: anywhere; }
th.text { text-align: left; }
td.number { white-space: nowrap; }
details { background: var(--card); border-radius: 8px; margin: 8px 0; padding: 8px 12px; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.chip { display: inline-block; border-radius: 10px; padding: 0 9px; margin-right: 6px; font-size: .8rem;
  font-weight: 600; border: 1px solid currentColor; }
.tf2, .graph { color: var(--good); } .refused { color: var(--bad); } .settled { color: var(--soft); }
.soft { color: var(--soft); font-size: .85rem; }
ul { padding-left: 20px; margin: 6px 0; overflow-wrap: anywhere; }
pre { overflow-x: auto; font: 13px/1.45 ui-monospace, monospace; margin: 8px 0 0; }
pre .add { color: var(--good); } pre .del { color: var(--bad); } pre .at { color: var(--before); }
@media (max-width: 480px) { table { font-size: .8rem; } th, td { padding: 4px 5px; } }
"""


def html_report(command: str, result: RunResult) -> str:
    """The page; a file that changes stands in it once, with its whole diff."""
    body = [
        f"<h1>tf1to2-reg {escape(command)}</h1>",
        f'<p class="summary">{escape(summary_text(result))}</p>',
        _ranking("What refuses programs", refusal_ranks(result.units)),
        _ranking("What keeps programs from going further", held_back_ranks(result.units)),
        _section("Programs", map(_program, result.units)),
        _section("Files that change", _diffs(result)),
        _section("Files that were not used", [_list([*result.problems, *result.left_out])]),
    ]
    return html_page(f"tf1to2-reg {command}", body, style=_STYLE)


def _section(title: str, parts: Iterable[str]) -> str:
    text = "\n".join(part for part in parts if part)
    return f"<h2>{escape(title)}</h2>\n{text}" if text else ""


def _ranking(title: str, ranks: Sequence[Rank]) -> str:
    if not ranks:
        return ""
    rows = "".join(
        f'<tr><td class="text"><b>{rank.code}</b> {escape(rank.title)}{_messages(rank)}</td>'
        f'<td class="number">{rank.programs}</td><td class="number">{rank.alone}</td></tr>\n'
        for rank in ranks
    )
    head = '<tr><th class="text">reason</th><th>programs</th><th>nothing else</th></tr>'
    return f"<h2>{escape(title)}</h2>\n<table>\n{head}\n{rows}</table>"


def _messages(rank: Rank) -> str:
    return "".join(f'<div class="soft">{count} &times; {escape(message)}</div>' for message, count in rank.messages)


def _program(unit: UnitResult) -> str:
    is_settled = unit.status is Status.SETTLED
    verdict = unit.target.value if unit.target is not None else "skipped" if is_settled else unit.status.value
    place = " already" if is_settled and unit.target is not None else ""
    kind = unit.status.value if unit.status is not Status.MIGRATED else verdict
    files = ", ".join(escape(_shown(path)) for path in unit.paths)
    return (
        f'<details><summary><span class="chip {kind}">{escape(verdict)}{place}</span>{escape(unit.name)} '
        f'<span class="soft">{_layers(unit.layers)}</span></summary>\n'
        f'<p class="soft">{files}</p>\n{_list(unit.diagnostics)}{_held_back(unit)}</details>'
    )


def _layers(number: int) -> str:
    return f"{number} layer" if number == 1 else f"{number} layers"


def _held_back(unit: UnitResult) -> str:
    return f"<p>What keeps it from going further:</p>\n{_list(unit.held_back)}" if unit.held_back else ""


def _list(diagnostics: Iterable[Diagnostic]) -> str:
    items = "".join(
        f"<li><b>{said.code}</b> {escape(_shown(said.place))} {escape(said.message)}</li>\n"
        for said in sorted(diagnostics, key=lambda said: (said.path, said.cell or 0, said.line, said.column))
    )
    return f"<ul>\n{items}</ul>\n" if items else ""


def _diffs(result: RunResult) -> Iterable[str]:
    base = base_of(result.new_sources)
    for path, data in sorted(result.new_sources.items()):
        source = result.sources.get(path)
        diff = difference(path, source, data, base).decode(errors="backslashreplace")
        lines = "".join(map(_line, diff.splitlines()))
        yield f"<details><summary>{escape(_shown(path))}</summary>\n<pre>{lines}</pre>\n</details>"


def _line(line: str) -> str:
    kind = "at" if line.startswith("@@") else {"+": "add", "-": "del"}.get(line[:1])
    return f'<span class="{kind}">{escape(line)}</span>\n' if kind else f"{escape(line)}\n"


def _shown(path: Path | str) -> str:
    return str(path).encode(errors="backslashreplace").decode()
