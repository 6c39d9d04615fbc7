"""The terminal's report: a table of the steps, the verdict, the likely causes."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tf1to2_reg.verify.verdict import StepRow, Verdict
from tf1to2_reg.verify.wording import describe, inexact_line, side_line, target_line, verdict_line

_HEAD, _TAIL, _AROUND = 8, 3, 2
_MORE_DIFFERENCES = 5


def print_report(verdict: Verdict, console: Console) -> None:
    """Print everything a user needs to judge the outcome."""
    for name, recording in (("before", verdict.before), ("after", verdict.after)):
        console.print(f"{name:<7} {side_line(recording)}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"target  {target_line(verdict)}", markup=False, highlight=False, soft_wrap=True)
    console.print(_table(verdict))
    for note in (*verdict.notes, *filter(None, [inexact_line(verdict)])):
        console.print(f"note: {note}", markup=False, highlight=False, soft_wrap=True)
    colour = "green" if verdict.equal else "red"
    console.print(Text(verdict_line(verdict), style=f"bold {colour}"), soft_wrap=True)
    for difference in verdict.differences[1 : 1 + _MORE_DIFFERENCES]:
        console.print(f"  also {describe(difference)}", markup=False, highlight=False, soft_wrap=True)
    hidden = len(verdict.differences) - 1 - _MORE_DIFFERENCES
    if hidden > 0:
        console.print(f"  and {hidden} more", highlight=False)
    for cause in verdict.causes:
        console.print(f"likely cause: {cause.text}", markup=False, highlight=False, soft_wrap=True)


def _table(verdict: Verdict) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("step", "reg. loss before", "after", "total loss before", "after", "difference"):
        table.add_column(title, justify="right", no_wrap=True)
    previous = -1
    for row in _shown(verdict):
        if row.step != previous + 1:
            table.add_row(*["..."] * 6)
        previous = row.step
        table.add_row(
            str(row.step),
            f"{row.regularization_before:.6g}",
            f"{row.regularization_after:.6g}",
            f"{row.loss_before:.6g}",
            f"{row.loss_after:.6g}",
            f"{row.difference:.1e}",
        )
    return table


def _shown(verdict: Verdict) -> list[StepRow]:
    rows = verdict.rows
    if len(rows) <= _HEAD + _TAIL + 1:
        return list(rows)
    wanted = {*range(_HEAD), *range(len(rows) - _TAIL, len(rows))}
    first = verdict.first
    if first is not None and first.step is not None:
        wanted.update(range(first.step - _AROUND, first.step + _AROUND + 1))
    return [row for row in rows if row.step in wanted]
