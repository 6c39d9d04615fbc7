"""`tf.contrib.layers.flatten`, which is `tf.layers.flatten` with other names for its arguments."""

from __future__ import annotations

import ast

from tf1to2_reg.facts.lost import way_out
from tf1to2_reg.targets.graph.edits import Span
from tf1to2_reg.targets.graph.rules import layers
from tf1to2_reg.targets.graph.work import Occurrence, Work

OLD_NAMES = frozenset({"tf.contrib.layers.flatten", "tf.contrib.slim.flatten"})


def rewrite(work: Work, occurrence: Occurrence) -> None:
    """Let the drop-in stand in; contrib's `scope` is its `name`."""
    call = occurrence.call
    if call is None or len(call.args) != 1 or not {keyword.arg for keyword in call.keywords} <= {"scope"}:
        work.refuse(
            "TFR401", occurrence.node, f"TensorFlow 2.21 has no {occurrence.written}", way_out("tf.contrib.layers")
        )
        return
    work.sites += 1
    for keyword in call.keywords:
        start = work.positions.span(keyword).start
        work.edit(Span(start, start + len("scope")), "name")
    if isinstance(occurrence.node, ast.Attribute):
        layers.stand_in(work, occurrence)
