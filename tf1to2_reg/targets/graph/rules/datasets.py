"""Functions of `tf.contrib.data` that TF 2.21 has as arguments of a dataset's methods."""

from __future__ import annotations

import ast

from tf1to2_reg.facts.lost import BATCHES
from tf1to2_reg.facts.ways_out import way_out
from tf1to2_reg.targets.graph.edits import Span
from tf1to2_reg.targets.graph.work import Occurrence, Work


def rewrite(work: Work, occurrence: Occurrence) -> None:
    """`dataset.apply(batch_and_drop_remainder(n))` becomes `dataset.batch(n, drop_remainder=True)`."""
    call = occurrence.call
    applied = work.scopes.parent[call] if call is not None else None
    match applied:
        case ast.Call(func=ast.Attribute(attr="apply", value=dataset), args=[argument], keywords=[]):
            values = [*call.args, *(keyword.value for keyword in call.keywords)] if call is not None else []
            if argument is call and call is not None and values:
                _write(work, occurrence, applied, dataset, call, values)
                return
    message = f"TensorFlow 2.21 has no {occurrence.written}"
    work.refuse("TFR401", occurrence.node, message, way_out(occurrence.written))


def _write(
    work: Work, occurrence: Occurrence, applied: ast.Call, dataset: ast.expr, call: ast.Call, values: list[ast.expr]
) -> None:
    span = work.positions.span
    before = Span(span(applied).start, work.text.index("apply", span(dataset).end))
    first = work.text.index("(", span(call.func).end) + 1
    arguments = Span(first, max(span(value).end for value in values))
    work.edit(span(applied), before, f"{BATCHES[occurrence.symbol]}(", arguments, ", drop_remainder=True)")
