"""Put back what a rewrite replaced: all of it, or the program that a kill left half written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.journal import Entry, Run, digest, locked, runs_of, unfinished
from tf1to2_reg.files.writer import Change, WriteError, leftovers, write_all


@dataclass(frozen=True)
class Restored:
    """Files that hold their old content again, files that went since the rewrite had made them, and what failed."""

    replaced: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class _Span:
    """A file through the programs of a run: the first entry about it, every content it has had (digests), and `now`."""

    path: Path
    first: Entry
    contents: frozenset[str | None]
    now: bytes | None


def undo(home: Path) -> Restored | None:
    """Put back all that the last rewrite here replaced, and forget it; None where nothing is kept.

    Files that hold their old content already are passed over, so that an undo that was killed can be run again. If a
    file was changed since, nothing is put back and there is a TFR912 for each such file.

    Raises:
        StateInUse: another run writes here.
    """
    with locked(home):
        runs = runs_of(home)
        if not runs:
            return None
        run = runs[-1]
        entries = [entry for program in run.programs() for entry in program.entries]
        restored = _restored(run, entries)
        if not restored.problems:
            run.forget()
        return restored


def take_back(home: Path) -> Restored:
    """Put back the programs that killed runs had begun to write and did not end. Others of the same runs stay.

    Raises:
        StateInUse: another run writes here.
    """
    with locked(home):
        parts = []
        for run, program in reversed(unfinished(home)):
            parts.append(_restored(run, program.entries))
            if not parts[-1].problems:
                run.end()
                forget_if_undone(run)
    return together(parts)


def together(parts: Sequence[Restored]) -> Restored:
    """What several steps, or several places, come to."""
    return Restored(
        tuple(path for part in parts for path in part.replaced),
        tuple(path for part in parts for path in part.removed),
        tuple(problem for part in parts for problem in part.problems),
    )


def forget_if_undone(run: Run) -> None:
    """Remove a run whose files are all as they were before it."""
    if all(program.ended and _is_undone(run, program.entries) for program in run.programs()):
        run.forget()


def _restored(run: Run, entries: Iterable[Entry]) -> Restored:
    spans = _spans(run, entries)
    if problems := [problem for span in spans for problem in _changed_since(run, span)]:
        return Restored(problems=tuple(problems))
    changes = [change for span in spans if (change := _way_back(run, span)) is not None]
    try:
        write_all(changes)
    except WriteError as error:
        return Restored(problems=(error.diagnostic,))
    for span in spans:
        for path in leftovers(span.path, run.token):
            path.unlink()
    replaced = tuple(change.path for change in changes if change.after is not None)
    return Restored(replaced, tuple(change.path for change in changes if change.after is None))


def _spans(run: Run, entries: Iterable[Entry]) -> list[_Span]:
    """Each file once, and read once: what it holds is compared, put back, and watched while it is."""
    by_path: dict[str, list[Entry]] = {}
    for entry in entries:
        by_path.setdefault(entry.path, []).append(entry)
    return [
        _Span(
            path,
            same[0],
            frozenset(content for entry in same for content in (entry.before, entry.after)),
            _content(path),
        )
        for same in by_path.values()
        for path in (run.path(same[0]),)
    ]


def _changed_since(run: Run, span: _Span) -> list[Diagnostic]:
    now = digest(span.now)
    if now in span.contents:
        return []
    what = "was removed" if now is None else "was changed"
    kept = f"; its old content is in {run.folder / span.first.kept}" if span.first.kept is not None else ""
    return [Diagnostic("TFR912", span.path, 1, 1, f"the file {what} since the rewrite{kept}")]


def _way_back(run: Run, span: _Span) -> Change | None:
    if digest(span.now) == span.first.before:
        return None
    return Change(span.path, span.now, run.old_content(span.first))


def _is_undone(run: Run, entries: Sequence[Entry]) -> bool:
    return all(digest(_content(run.path(entry))) == entry.before for entry in entries)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
