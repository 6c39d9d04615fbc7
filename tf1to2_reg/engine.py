"""Files in, results out: every program goes to the most complete target that takes it. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from tf1to2_reg import extensions
from tf1to2_reg.diagnostics import Diagnostic, is_refusal
from tf1to2_reg.files.source import SourceFile
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.results import Status, UnitResult
from tf1to2_reg.skipping import respected, with_remarks
from tf1to2_reg.targets.target import chosen


def migrate(
    files: Sequence[SourceFile], choice: TargetChoice = TargetChoice.AUTO, *, partial: bool = False
) -> list[UnitResult]:
    """Every program found among the files, with the new bytes of its files, or with the reasons why it stays.

    `partial` lets a target leave the names that TensorFlow has lost where they are.
    """
    extensions.load()
    first, *others = chosen(choice, partial=partial)
    units = respected(first(files), files)
    for target in others:
        units = _taken_further(units, respected(target(files), files))
    return with_remarks(units, files)


def _taken_further(units: Sequence[UnitResult], others: Sequence[UnitResult]) -> list[UnitResult]:
    """The units that a target took, and what the next target makes of all the rest.

    A file is written by one target: a unit that shares a file with one of the rest is left to the next target too.
    """
    kept = [unit for unit in units if unit.status is not Status.REFUSED]
    while True:
        taken = {path for unit in kept for path in unit.paths}
        rest = [other for other in others if not taken.issuperset(other.paths)]
        shared = {path for other in rest for path in other.paths} & {path for unit in kept for path in unit.new_sources}
        if not shared:
            unseen = [unit for unit in units if _is_unseen(unit, rest)]
            return [*kept, *unseen, *(_told(_with_reasons(other, units)) for other in rest)]
        kept = [unit for unit in kept if shared.isdisjoint(unit.new_sources)]


def _is_unseen(unit: UnitResult, others: Iterable[UnitResult]) -> bool:
    """Whether a refused unit is a program that only its target saw.

    Layers that no program builds, in files where the next target sees none of TF1's, are layers of Keras.
    """
    never_built = {reason.code for reason in _refusals(unit)} == {"TFR210"}
    return unit.status is Status.REFUSED and not never_built and not _meets(unit, others)


def _with_reasons(unit: UnitResult, earlier: Iterable[UnitResult]) -> UnitResult:
    """The unit with what kept it from the more complete target; a refused one has the reasons of both."""
    reasons = [reason for other in earlier if _concerns(other, unit.paths) for reason in _refusals(other)]
    return replace(unit, held_back=(*unit.held_back, *dict.fromkeys(reasons)))


def _told(unit: UnitResult) -> UnitResult:
    """The unit with a reason, where the more complete target did not see that it is a program."""
    if unit.held_back or unit.status is Status.REFUSED:
        return unit
    message = "no program among the given paths builds and trains what is here"
    return replace(unit, held_back=(Diagnostic("TFR210", unit.paths[0], 1, 1, message),))


def _meets(unit: UnitResult, others: Iterable[UnitResult]) -> bool:
    return any(not set(unit.paths).isdisjoint(other.paths) for other in others)


def _concerns(unit: UnitResult, paths: Iterable[Path]) -> bool:
    return unit.status is Status.REFUSED and not set(unit.paths).isdisjoint(paths)


def _refusals(unit: UnitResult) -> list[Diagnostic]:
    return [diagnostic for diagnostic in unit.diagnostics if is_refusal(diagnostic.code)]
