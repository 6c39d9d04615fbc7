"""What `# tf1to2-reg: skip` makes of a migration: what is marked stays byte for byte, or the whole program does.

A program is never migrated around a part that would have to change with it: its numbers would be others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.source import SourceFile, source_from_bytes
from tf1to2_reg.results import Status, TargetName, UnitResult, changes_with_another
from tf1to2_reg.syntax.skips import Skip, skips_of, text_of, unknown_comments

LEFT = "TFR119"
"""The note on what is left as it is."""

_REFUSED = {TargetName.TF2: "TFR239", TargetName.GRAPH: "TFR419"}


def respected(units: Sequence[UnitResult], files: Iterable[SourceFile]) -> list[UnitResult]:
    """The units of a target, those refused that would change what is marked, and those left alone that are."""
    marked = {file.path: (file, skips) for file in files if (skips := skips_of(file))}
    if not marked:
        return list(units)
    new = [_respected(unit, marked) for unit in units]
    written = {path for unit in new for path in unit.new_sources}
    return [_shared(unit, written) if unit is not old else unit for unit, old in zip(new, units, strict=True)]


def with_remarks(units: Sequence[UnitResult], files: Iterable[SourceFile]) -> list[UnitResult]:
    """The units with a pitfall for each comment that does nothing or is not known."""
    new = list(units)
    for file in files:
        index = next((index for index, unit in enumerate(new) if file.path in unit.paths), None)
        if index is not None and (remarks := [*_unused(file, new), *unknown_comments(file)]):
            new[index] = replace(new[index], diagnostics=(*new[index].diagnostics, *remarks))
    return new


def outside(units: Iterable[UnitResult], files: Iterable[SourceFile]) -> list[Diagnostic]:
    """The same for files that belong to no program."""
    inside = {path for unit in units for path in unit.paths}
    others = [file for file in files if file.path not in inside]
    return [remark for file in others for remark in (*_unused(file, ()), *unknown_comments(file))]


def _respected(unit: UnitResult, marked: Mapping[Path, tuple[SourceFile, list[Skip]]]) -> UnitResult:
    entry = Path(unit.name) if Path(unit.name) in unit.paths else unit.paths[0]
    for skip in marked[entry][1] if entry in marked else ():
        if skip.is_file:
            note = skip.diagnostic(LEFT, "the program is left as it is")
            return replace(unit, status=Status.SETTLED, diagnostics=(note,), held_back=(), new_sources={}, target=None)
    reasons = [
        reason
        for path, data in unit.new_sources.items()
        if path in marked
        for reason in _changed(*marked[path], data, _REFUSED[unit.target or TargetName.GRAPH])
    ]
    return unit.refused(reasons) if reasons else unit


def _changed(source: SourceFile, skips: Sequence[Skip], data: bytes, code: str) -> list[Diagnostic]:
    new = source_from_bytes(source.path, data)
    new_skips = skips_of(new)
    if len(new_skips) != len(skips):
        return [
            skips[0].diagnostic(code, f"this {skips[0].what} is to be left as it is, and would go with what changes")
        ]
    message = "this {} is to be left as it is, and the program needs `{}` in it to change"
    found = []
    for old_skip, new_skip in zip(skips, new_skips, strict=True):
        old_lines, new_lines = text_of(source, old_skip), text_of(new, new_skip)
        if old_lines != new_lines:
            line = next((line for line in old_lines if line not in new_lines), old_lines[0])
            found.append(old_skip.diagnostic(code, message.format(old_skip.what, line.strip())))
    return found


def _shared(unit: UnitResult, written: set[Path]) -> UnitResult:
    """The unit that stays, with a note for each of its files that changes all the same."""
    notes = [changes_with_another(path) for path in unit.paths if path in written]
    return replace(unit, diagnostics=(*unit.diagnostics, *notes))


def _unused(file: SourceFile, units: Iterable[UnitResult]) -> list[Diagnostic]:
    """Comments of a file that no program needs, where none that it belongs to is refused."""
    skips = skips_of(file)
    its_own = [unit for unit in units if file.path in unit.paths] if skips else []
    if any(unit.status is Status.REFUSED for unit in its_own):
        return []
    used = {said.line for unit in its_own for said in unit.diagnostics if said.path == file.path and said.code == LEFT}
    message = "nothing here would change, and nothing keeps the program from migrating"
    return [skip.diagnostic("TFR308", message) for skip in skips if not any(map(skip.holds, used))]
