"""The way through: discover, read, migrate, check, then write. Plain values in, plain values out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tf1to2_reg.analysis import Analysis, analysed
from tf1to2_reg.checks import Engine
from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.diagnostics.exit_codes import ExitCode
from tf1to2_reg.families import beside_what_stays, joined_by_writing
from tf1to2_reg.files.bystanders import bystanders
from tf1to2_reg.files.discovery import Discovery
from tf1to2_reg.files.guard import uncommitted
from tf1to2_reg.files.journal import Run, locked, new_run
from tf1to2_reg.files.notebook import SUFFIX, python_of
from tf1to2_reg.files.source import FileText, SourceFile
from tf1to2_reg.files.taking_part import Family, families, mentions_layers
from tf1to2_reg.files.undo import forget_if_undone
from tf1to2_reg.files.writer import Change, WriteError, write_all
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.processes import Progress, in_processes
from tf1to2_reg.results import Status, UnitResult
from tf1to2_reg.syntax.skips import WORD


@dataclass(frozen=True)
class Summary:
    """The counts of a run; `layers` are those of migrated units, `untouched` are files that stay as they are.

    `targets` says how many programs were migrated to each target that took one.
    """

    files: int
    units: int
    migrated: int
    refused: int
    layers: int
    changed: int
    untouched: int
    targets: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class RunResult:
    """What a run found and, after `write`, did.

    `files` are all files looked at; `sources` those that were parsed, since they can take part in a program;
    `problems` (TFR9xx) are about files, all other diagnostics are those of `units`. `left_out` (TFR914) says what was
    found and not looked at, and changes no exit code. `written` is None where nothing was
    to be written, or was not because of uncommitted changes.
    """

    files: tuple[Path, ...]
    sources: Mapping[Path, FileText]
    units: tuple[UnitResult, ...]
    problems: tuple[Diagnostic, ...] = ()
    written: tuple[Path, ...] | None = None
    left_out: tuple[Diagnostic, ...] = ()

    @property
    def new_sources(self) -> dict[Path, bytes]:
        """The new bytes of every file that changes."""
        return {path: data for unit in self.units for path, data in unit.new_sources.items()}

    def summary(self) -> Summary:
        migrated = [unit for unit in self.units if unit.status is Status.MIGRATED]
        changed = len(self.new_sources)
        return Summary(
            files=len(self.files),
            units=len(self.units),
            migrated=len(migrated),
            refused=sum(unit.status is Status.REFUSED for unit in self.units),
            layers=sum(unit.layers for unit in migrated),
            changed=changed,
            untouched=len(self.files) - sum(path in self.sources for path in self.new_sources),
            targets=dict(Counter(unit.target.value for unit in migrated if unit.target is not None)),
        )

    def exit_code(self) -> ExitCode:
        """As said in `exit_codes`: of `rewrite` after `write`, else of `diff` and `check`."""
        if self.problems:
            return ExitCode.UNUSABLE
        in_the_way = (Status.REFUSED,) if self.written is not None else (Status.REFUSED, Status.MIGRATED)
        found = any(unit.status in in_the_way or unit.is_partial for unit in self.units)
        return ExitCode.FOUND if found else ExitCode.DONE


def migrate_with_libcst(
    files: Sequence[SourceFile], choice: TargetChoice = TargetChoice.AUTO, *, partial: bool = False
) -> list[UnitResult]:
    """The real engine, imported when it is first needed: it takes longer than most of a run."""
    from tf1to2_reg.engine import migrate  # noqa: PLC0415

    return migrate(files, choice, partial=partial)


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def analyse(
    discovery: Discovery, *, engine: Engine = migrate_with_libcst, jobs: int = 1, progress: Progress = no_progress
) -> RunResult:
    """Find the units among the discovered files, and what becomes of them. Nothing is written.

    Files that cannot take part in a program with regularized layers are not parsed, unless they were named one by
    one. `jobs` processes share the families of files; the result is the same for any number.
    """
    problems = list(discovery.problems)
    contents: dict[Path, bytes] = {}
    for done, path in enumerate(discovery.files, 1):
        progress("reading", done, len(discovery.files))
        data = _content(path)
        if isinstance(data, Diagnostic):
            problems.append(data)
        else:
            contents[path] = data
    progress("selecting", 0, 0)
    python = {path: python_of(data) if path.suffix == SUFFIX else data for path, data in contents.items()}
    found = families(python, always=discovery.named & contents.keys())
    together = {path for family in found for path in family.paths}
    marked = sorted(path for path, data in contents.items() if WORD in data and path not in together)
    beside = bystanders(python, together)
    found = [replace(family, bystanders=beside) for family in found]
    found += [Family((path,), apart=True) for path in marked]
    return _joined(discovery, problems, _analyses(found, contents, engine, jobs, progress))


def analyse_text(path: Path, data: bytes, *, engine: Engine = migrate_with_libcst) -> RunResult:
    """As `analyse`, of one file that is not on the disk."""
    discovery = Discovery((path,), frozenset([path]))
    python = python_of(data) if path.suffix == SUFFIX else data
    family = Family((path,), apart=not mentions_layers(python))
    return _joined(discovery, [], [analysed(family, {path: data}, engine)])


def _joined(discovery: Discovery, problems: Iterable[Diagnostic], analyses: Iterable[Analysis]) -> RunResult:
    sources: dict[Path, FileText] = {}
    units: list[UnitResult] = []
    problems, left_out = list(problems), list(discovery.left_out)
    for analysis in analyses:
        sources.update(analysis.sources)
        units += analysis.units
        problems += analysis.problems
        left_out += analysis.left_out
    return RunResult(discovery.files, sources, tuple(units), tuple(problems), left_out=tuple(left_out))


def _analyses(
    found: Sequence[Family], contents: Mapping[Path, bytes], engine: Engine, jobs: int, progress: Progress
) -> list[Analysis]:
    """What becomes of each family, as if they had been looked at together."""
    analyses = in_processes(found, contents, engine, jobs, progress)
    again = joined_by_writing(found, analyses) or beside_what_stays(found, analyses)
    if not again:
        return analyses
    known = dict(zip(found, analyses, strict=True))
    others = [family for family in again if family not in known]
    known.update(zip(others, in_processes(others, contents, engine, jobs, progress), strict=True))
    kept = [known[family] for family in again]
    further = joined_by_writing(again, kept)
    return _analyses(further, contents, engine, jobs, progress) if further else kept


def write_nothing(result: RunResult) -> RunResult:
    """The result of a rewrite whose new text goes elsewhere than to the disk."""
    return replace(result, written=())


def approve_all(_result: RunResult) -> bool:
    """Let everything be written."""
    return True


def write(
    result: RunResult,
    *,
    home: Path | None = None,
    allow_dirty: bool = False,
    approve: Callable[[RunResult], bool] = approve_all,
) -> RunResult:
    """Write the new sources, unit by unit.

    If git has no committed version of a file that would be touched, nothing is written and there is a TFR908 for each
    such file, unless `allow_dirty`. `approve` is asked before anything is written; where it says no, nothing is. A
    unit that cannot be written becomes a refused one. A file that several units share is written once. What is
    replaced is kept under `home`, for `undo`.

    Raises:
        StateInUse: another run writes under `home`.
    """
    if not allow_dirty and (dirty := uncommitted(result.new_sources)):
        return replace(result, problems=(*result.problems, *dirty))
    if result.new_sources and not approve(result):
        return result
    if home is None or not result.new_sources:
        return _written(result, None)
    with locked(home):
        try:
            run = new_run(home)
        except OSError as error:
            reason = f"what would be replaced cannot be kept for undo: {error.strerror or error}"
            return replace(result, problems=(*result.problems, Diagnostic("TFR905", home, 1, 1, reason)))
        try:
            return _written(result, run)
        finally:
            forget_if_undone(run)


def _written(result: RunResult, run: Run | None) -> RunResult:
    units: list[UnitResult] = []
    problems = list(result.problems)
    written: dict[Path, bytes] = {}
    for unit in result.units:
        left = {path: data for path, data in unit.new_sources.items() if written.get(path) != data}
        changes = [Change(path, _data_of(result.sources.get(path)), data) for path, data in left.items()]
        linked = _linked(left)
        try:
            write_all(changes, run)
        except WriteError as error:
            problems.append(error.diagnostic)
            units.append(unit.refused())
        else:
            units.append(replace(unit, diagnostics=(*unit.diagnostics, *linked)))
            written.update(left)
    return replace(result, units=tuple(units), problems=tuple(problems), written=tuple(written))


def _linked(paths: Iterable[Path]) -> list[Diagnostic]:
    """A note for every file that has other names: a file that is replaced parts from them."""
    message = "the file has {} with the old text"
    names = {path: path.stat().st_nlink - 1 for path in paths if path.exists()}
    return [
        Diagnostic("TFR113", path, 1, 1, message.format("another name" if others == 1 else f"{others} other names"))
        for path, others in names.items()
        if others > 0
    ]


def _data_of(source: FileText | None) -> bytes | None:
    return source.data if source is not None else None


def _content(path: Path) -> bytes | Diagnostic:
    try:
        return path.read_bytes()
    except OSError as error:
        return Diagnostic("TFR904", path, 1, 1, f"file cannot be read: {error.strerror or error}")
