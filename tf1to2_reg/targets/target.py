"""The targets a program can be taken to, the most complete first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tf1to2_reg.files.bystanders import beside_all
from tf1to2_reg.files.source import SourceFile
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.results import Status, TargetName, UnitResult
from tf1to2_reg.targets.graph.module import written
from tf1to2_reg.targets.graph.results import GraphResult
from tf1to2_reg.targets.graph.target import GraphTarget
from tf1to2_reg.targets.graph.undo import undone
from tf1to2_reg.targets.tf2 import target as tf2

Target = Callable[[Sequence[SourceFile]], list[UnitResult]]
"""All programs found among the files, each migrated to the target, or refused with every reason that was found.

Nothing is written. A target never raises for what a user's file holds.
"""


def _to_tf2(files: Sequence[SourceFile]) -> list[UnitResult]:
    """Programs to `tf2`, those at `graph` too: they go on as the TF1 programs they stand for."""
    found = {item.graph.path: item for item in undone(files)}
    units = tf2.migrate([item.tf1 for item in found.values()], beside_all(files))
    return [
        replace(unit, diagnostics=tuple(found[reason.path].placed(reason) for reason in unit.diagnostics))
        for unit in units
    ]


def _to_graph(files: Sequence[SourceFile], *, partial: bool) -> list[UnitResult]:
    return [_unit(result) for result in GraphTarget(written, partial).migrate(files)]


def _unit(result: GraphResult) -> UnitResult:
    return UnitResult(
        name=str(result.paths[0]),
        status=result.outcome,
        paths=result.paths,
        layers=result.layers,
        diagnostics=(*result.reasons, *result.notes),
        new_sources=result.new_sources,
        target=None if result.outcome is Status.REFUSED else TargetName.GRAPH,
    )


def chosen(choice: TargetChoice, *, partial: bool = False) -> list[Target]:
    """The targets that a choice allows, the most complete first; `partial` is for those that can leave names behind."""
    targets: list[tuple[TargetChoice, Target]] = [
        (TargetChoice.TF2, _to_tf2),
        (TargetChoice.GRAPH, lambda files: _to_graph(files, partial=partial)),
    ]
    return [target for name, target in targets if choice in (TargetChoice.AUTO, name)]
