"""What one family of files has to do with another: the files that both would write, and those that one waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tf1to2_reg.analysis import Analysis
from tf1to2_reg.files.taking_part import Family
from tf1to2_reg.results import Status, TargetName

_WAITS = "TFR116"
"""Said of a program that nothing in its files runs."""


def joined_by_writing(found: Sequence[Family], analyses: Sequence[Analysis]) -> list[Family] | None:
    """The families, those joined that write one file in several ways: the written module of a folder above them."""
    texts: dict[Path, set[bytes]] = {}
    for analysis in analyses:
        for unit in analysis.units:
            for path, data in unit.new_sources.items():
                texts.setdefault(path, set()).add(data)
    contested = {path for path, data in texts.items() if len(data) > 1}
    clashing = [
        family
        for family, analysis in zip(found, analyses, strict=True)
        if any(not contested.isdisjoint(unit.new_sources) for unit in analysis.units)
    ]
    if len(clashing) < 2:
        return None
    paths = sorted(path for family in clashing for path in family.paths)
    together = replace(clashing[0], paths=tuple(paths))
    return sorted([together, *(family for family in found if family not in clashing)], key=lambda family: family.paths)


def beside_what_stays(found: Sequence[Family], analyses: Sequence[Analysis]) -> list[Family] | None:
    """The families, each whose programs wait for others beside the files of the others that stay TF1."""
    stays = {family: _stays(analysis) for family, analysis in zip(found, analyses, strict=True)}
    waiting = {family for family, analysis in zip(found, analyses, strict=True) if _waits(analysis)}
    changed = [
        replace(family, bystanders=(*family.bystanders, *_of_others(family, stays))) if family in waiting else family
        for family in found
    ]
    return changed if changed != list(found) else None


def _of_others(family: Family, stays: dict[Family, list[Path]]) -> list[Path]:
    return [path for other, paths in stays.items() if other is not family for path in paths]


def _waits(analysis: Analysis) -> bool:
    taken = (unit for unit in analysis.units if unit.target is TargetName.TF2 and unit.new_sources)
    return any(diagnostic.code == _WAITS for unit in taken for diagnostic in unit.diagnostics)


def _stays(analysis: Analysis) -> list[Path]:
    """The files that use TensorFlow and do not go to `tf2`, those that cannot be read among them."""
    migrated = {
        path
        for unit in analysis.units
        if unit.status is Status.MIGRATED and unit.target is TargetName.TF2
        for path in unit.paths
    }
    left = [path for path, source in analysis.sources.items() if path not in migrated and "tensorflow" in source.text]
    return [*left, *(problem.path for problem in analysis.problems)]
