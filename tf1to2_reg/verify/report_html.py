"""The report as one self-contained page: charts, steps, penalties, variables. No script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from tf1to2_reg.html import html_page
from tf1to2_reg.verify.charts import Series, line_chart, log_chart
from tf1to2_reg.verify.recording import Penalty
from tf1to2_reg.verify.verdict import Pair, Verdict, relative_difference
from tf1to2_reg.verify.wording import describe, inexact_line, side_line, target_line, verdict_line

_FLOOR = 1e-9
_MOST_ROWS = 200
_MOST_DIFFERENCES = 8

_STYLE = """
.verdict { border-left: 6px solid var(--good); background: var(--card); padding: 12px 16px; margin: 16px 0;
  font-weight: 600; overflow-wrap: anywhere; }
.different .verdict { border-color: var(--bad); }
.sides, .notes { color: var(--soft); margin: 4px 0; padding: 0; list-style: none; overflow-wrap: anywhere; }
.charts { display: grid; margin: 20px 0;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); gap: 16px; }
figure { margin: 0; background: var(--card); border-radius: 8px; padding: 12px; min-width: 0; }
figcaption { font-weight: 600; font-size: .95rem; }
.legend { color: var(--soft); font-size: .85rem; font-weight: 400; display: block; }
.key { display: inline-block; width: 18px; height: 4px; border-radius: 2px; vertical-align: middle; margin: 0 6px 0 0; }
.key + .key, .legend span + .key { margin-left: 14px; }
svg { display: block; width: 100%; height: auto; }
.grid { stroke: var(--rule); stroke-width: 1; }
.tick { fill: var(--soft); font: 16px system-ui, sans-serif; }
.line { fill: none; stroke-width: 2; }
.line.before { stroke: var(--before); stroke-width: 6; stroke-opacity: .35; }
.line.after { stroke: var(--after); }
.line.first { stroke: var(--before); } .line.second { stroke: var(--after); }
.dot.before { fill: var(--before); } .dot.after { fill: var(--after); }
.dot.first { fill: var(--before); } .dot.second { fill: var(--after); }
.key.before, .key.first { background: var(--before); } .key.after, .key.second { background: var(--after); }
td.off { color: var(--bad); font-weight: 600; }
ul.told { padding-left: 20px; overflow-wrap: anywhere; }
"""


def to_html(verdict: Verdict, title: str) -> str:
    """The page. `title` names the two programs."""
    state = "equal" if verdict.equal else "different"
    body = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="verdict">{escape(verdict_line(verdict))}</p>',
        _sides(verdict),
        _list("Likely causes", [cause.text for cause in verdict.causes]),
        f'<div class="charts">{_charts(verdict)}</div>',
        _list("Differences", _differences(verdict)),
        _list("Notes", [*verdict.notes, *filter(None, [inexact_line(verdict)])]),
        _section("Penalties", _penalties(verdict)),
        _section("Trained variables", _variables(verdict)),
        _section("Steps", _steps(verdict)),
    ]
    return html_page(f"{state}: {title}", body, style=_STYLE, state=state)


def _sides(verdict: Verdict) -> str:
    sides = (("before", verdict.before), ("after", verdict.after))
    items = "".join(f"<li>{name}: {escape(side_line(recording))}</li>" for name, recording in sides)
    return f'<ul class="sides">{items}<li>target: {escape(target_line(verdict))}</li></ul>'


def _differences(verdict: Verdict) -> list[str]:
    told = [describe(difference) for difference in verdict.differences[:_MOST_DIFFERENCES]]
    hidden = len(verdict.differences) - len(told)
    return [*told, f"and {hidden} more"] if hidden else told


def _charts(verdict: Verdict) -> str:
    rows = verdict.rows
    loss = [
        Series("before", "before", [row.loss_before for row in rows]),
        Series("after", "after", [row.loss_after for row in rows]),
    ]
    penalties = [
        Series("before", "before", [row.regularization_before for row in rows]),
        Series("after", "after", [row.regularization_after for row in rows]),
    ]
    gaps = [
        Series("total loss", "first", [relative_difference(row.loss_before, row.loss_after) for row in rows]),
        Series(
            "regularization loss",
            "second",
            [relative_difference(row.regularization_before, row.regularization_after) for row in rows],
        ),
    ]
    return "\n".join(
        [
            _figure("Total loss", loss, line_chart("Total loss by training step", loss)),
            _figure("Regularization loss", penalties, line_chart("Regularization loss by training step", penalties)),
            _figure(
                "Relative difference, log scale",
                gaps,
                log_chart("Relative difference by training step, log scale", gaps, _FLOOR),
            ),
        ]
    )


def _figure(caption: str, series: Sequence[Series], chart: str) -> str:
    legend = "".join(f'<i class="key {line.style}"></i><span>{escape(line.name)}</span>' for line in series)
    return f'<figure><figcaption>{caption}<span class="legend">{legend}</span></figcaption>{chart}</figure>'


def _list(title: str, texts: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<h2>{title}</h2><ul class="told">{items}</ul>' if items else ""


def _section(title: str, table: str) -> str:
    return f'<h2>{title}</h2><div class="scroll">{table}</div>' if table else ""


def _table(titles: Sequence[str], rows: Iterable[str]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    body = "".join(rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if body else ""


def _row(*cells: str, off: bool) -> str:
    last = len(cells) - 1
    return (
        "<tr>"
        + "".join(
            f'<td class="off">{escape(cell)}</td>' if off and index == last else f"<td>{escape(cell)}</td>"
            for index, cell in enumerate(cells)
        )
        + "</tr>"
    )


def _penalties(verdict: Verdict) -> str:
    rows = []
    for item in verdict.penalties:
        before = item.before.value if item.before else 0.0
        after = item.after.value if item.after else 0.0
        gap = relative_difference(before, after)
        rows.append(_row(item.variable, _amount(item.before), _amount(item.after), f"{gap:.1e}", off=gap > 1e-5))
    return _table(["variable", "before", "after", "difference"], rows)


def _amount(penalty: Penalty | None) -> str:
    if penalty is None:
        return "none"
    return f"{penalty.value:.6g}" + (" (frozen)" if penalty.frozen else "")


def _variables(verdict: Verdict) -> str:
    rows = [
        _row(
            item.before.name,
            item.after.name,
            " x ".join(map(str, item.before.shape)) or "scalar",
            _gap(item.gradient),
            _weight(item),
            off=not item.noise and (item.weight or 0.0) > 1e-4,
        )
        for item in verdict.pairs
    ]
    return _table(["before", "after", "shape", "first gradient differs by", "trained weight differs by"], rows)


def _weight(item: Pair) -> str:
    return "not compared (noise)" if item.noise else _gap(item.weight)


def _gap(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1e}"


def _steps(verdict: Verdict) -> str:
    rows = [
        _row(
            str(row.step),
            f"{row.regularization_before:.7g}",
            f"{row.regularization_after:.7g}",
            f"{row.loss_before:.7g}",
            f"{row.loss_after:.7g}",
            f"{row.difference:.1e}",
            off=row.difference > 1e-4,
        )
        for row in verdict.rows[:_MOST_ROWS]
    ]
    return _table(["step", "reg. loss before", "after", "total loss before", "after", "difference"], rows)
