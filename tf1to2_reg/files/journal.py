"""What a rewrite replaced, kept until it is undone, and which of its programs were written to the end.

A folder for each run lies in the state folder: `journal.jsonl` and the old contents. A line of the journal begins a
program, before its first file is touched, or ends it, when all of them are written or all are as they were.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

STATE_FOLDER = ".tf1to2-reg"
_JOURNAL = "journal.jsonl"
MOST_RUNS = 20
"""Rewrites that are kept; the oldest go when there are more."""
_PATIENCE = 10.0
"""Seconds to wait for another run that writes or undoes at the same place."""


class StateInUse(Exception):
    """Another run writes or undoes at the same place, and has not come to an end."""


@dataclass(frozen=True)
class Entry:
    """A file that is replaced, made or removed.

    `path` is relative to the folder that the state folder lies in. `before` and `after` are SHA-256 of the contents,
    None where there is no such file. `kept` names the copy of the old content in the folder of the run.
    """

    path: str
    before: str | None
    after: str | None
    kept: str | None


@dataclass(frozen=True)
class Program:
    """The files of a program that a run began to write."""

    entries: tuple[Entry, ...]
    ended: bool = False


def digest(content: bytes | None) -> str | None:
    """The name of a content in the journal."""
    return None if content is None else hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Run:
    """One rewrite: `folder` is its own in the state folder of `home`."""

    home: Path
    folder: Path

    @property
    def when(self) -> str:
        """When it began, in the time of the machine that ran it: 2026-11-26 15:08:54."""
        began = time.strptime(self.folder.name.partition("-")[0], "%Y%m%dT%H%M%S")
        return time.strftime("%Y-%m-%d %H:%M:%S", began)

    @property
    def token(self) -> str:
        """Part of the name of every temporary file of the run."""
        return self.folder.name

    def begin(self, contents: Sequence[tuple[Path, bytes | None, bytes | None]]) -> None:
        """Keep the old contents and say which files are about to change: (path, before, after) of each.

        Raises:
            OSError: they cannot be kept.
        """
        known = sum(1 for _ in self.folder.iterdir())
        entries = []
        for number, (path, before, after) in enumerate(contents, known):
            kept = str(number) if before is not None else None
            if before is not None:
                _write_new(self.folder / str(number), before)
            entries.append(Entry(os.path.relpath(path, self.home), digest(before), digest(after), kept))
        self._say({"begin": [asdict(entry) for entry in entries]})

    def end(self) -> None:
        """The program that was begun last is written, or its files are as they were."""
        self._say({"end": True})

    def programs(self) -> list[Program]:
        """In the order in which they were begun. What a kill left of a last line is passed over."""
        found: list[Program] = []
        for line in self._lines():
            if "begin" in line:
                found.append(Program(tuple(Entry(**entry) for entry in line["begin"])))
            elif found:
                found[-1] = replace(found[-1], ended=True)
        return found

    def path(self, entry: Entry) -> Path:
        """The file that an entry is about."""
        return self.home / entry.path

    def old_content(self, entry: Entry) -> bytes | None:
        """What the file held before, None where it was not there."""
        return None if entry.kept is None else (self.folder / entry.kept).read_bytes()

    def forget(self) -> None:
        """Remove the run with all that it keeps, the journal first: half a folder is no run."""
        (self.folder / _JOURNAL).unlink(missing_ok=True)
        shutil.rmtree(self.folder)

    def _say(self, line: object) -> None:
        descriptor = os.open(self.folder / _JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(descriptor, (json.dumps(line) + "\n").encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _lines(self) -> Iterator[dict[str, Any]]:
        journal = self.folder / _JOURNAL
        for line in journal.read_text(encoding="utf-8").splitlines() if journal.exists() else ():
            try:
                yield json.loads(line)
            except ValueError:
                return


def home_of(paths: Sequence[Path]) -> Path:
    """Where a rewrite of these paths keeps what it replaced.

    The top of the git work tree that holds all of them; else the nearest folder with a pyproject.toml; else the folder
    that holds them.
    """
    common = Path(os.path.commonpath([os.path.realpath(path) for path in paths]))
    folders = [folder for folder in (common, *common.parents) if folder.is_dir()]
    for mark in (".git", "pyproject.toml"):
        if (home := next((folder for folder in folders if os.path.lexists(folder / mark)), None)) is not None:
            return home
    return folders[0]


def homes_above(paths: Sequence[Path]) -> list[Path]:
    """The folders from the given paths upwards that have a state folder, the nearest first."""
    common = Path(os.path.commonpath([os.path.realpath(path) for path in paths]))
    return [folder for folder in (common, *common.parents) if (folder / STATE_FOLDER).is_dir()]


def runs_of(home: Path) -> list[Run]:
    """The runs that are kept, the oldest first."""
    folders = sorted((home / STATE_FOLDER / "runs").glob("*"))
    return [Run(home, folder) for folder in folders if (folder / _JOURNAL).is_file()]


def unfinished(home: Path) -> list[tuple[Run, Program]]:
    """Programs that a run began to write and did not end."""
    return [(run, program) for run in runs_of(home) for program in run.programs() if not program.ended]


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Keep every other run of this user from writing or undoing here.

    The lock lies among the temporary files, so that the state folder can go when nothing is kept in it.

    Raises:
        StateInUse: another run does not come to an end.
    """
    name = hashlib.sha256(f"{home}\0{_user()}".encode(errors="surrogateescape")).hexdigest()[:24]
    lock = FileLock(Path(tempfile.gettempdir()) / f"tf1to2-reg-{name}.lock", timeout=_PATIENCE)
    try:
        lock.acquire()
    except Timeout as error:
        raise StateInUse(str(home)) from error
    try:
        yield
    finally:
        if not runs_of(home):
            shutil.rmtree(home / STATE_FOLDER, ignore_errors=True)
        lock.release()


def _user() -> str:
    """Who runs this; a container may run it under a number that has no name."""
    return str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()


def new_run(home: Path) -> Run:
    """A run of its own, to be begun under the lock; the state folder is made, and runs that are too many go.

    Raises:
        OSError: a folder cannot be made.
    """
    prune(home, MOST_RUNS - 1)
    state = home / STATE_FOLDER
    folder = state / "runs" / f"{time.strftime('%Y%m%dT%H%M%S')}-{time.time_ns() % 10**9:09}"
    folder.mkdir(parents=True)
    (state / ".gitignore").write_text("*\n", encoding="utf-8")
    return Run(home, folder)


def prune(home: Path, most: int) -> None:
    """Forget the oldest runs beyond so many; one that was stopped half way stays."""
    runs = runs_of(home)
    for run in runs[: max(len(runs) - most, 0)]:
        if all(program.ended for program in run.programs()):
            run.forget()


def _write_new(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
