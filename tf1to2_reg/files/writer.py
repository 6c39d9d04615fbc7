"""Write all files of a unit or none of them."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tf1to2_reg.diagnostics import Diagnostic

_NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)
_NEW, _OLD = ".tmp", ".old"
_SUFFIXES = (_NEW, _OLD)


@dataclass(frozen=True)
class Change:
    """The new content of a file, and the content it was made from; None where there is no file before, or after."""

    path: Path
    before: bytes | None
    after: bytes | None


class Journal(Protocol):
    """Told before the first file of a program is touched, and when all are written or as they were."""

    @property
    def token(self) -> str:
        """Part of the names of temporary files; no two runs have the same."""

    def begin(self, contents: Sequence[tuple[Path, bytes | None, bytes | None]]) -> None:
        """These files change: (path, content before, content after)."""

    def end(self) -> None:
        """No file is between two contents."""


class NoJournal:
    """Remembers nothing."""

    def __init__(self) -> None:
        self.token = f"{os.getpid()}-{time.time_ns()}"

    def begin(self, contents: Sequence[tuple[Path, bytes | None, bytes | None]]) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""


class WriteError(Exception):
    """Files could not be written; `diagnostic` (TFR905 to TFR907) says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(frozen=True)
class _Placed:
    """A change and the file itself, where links lead."""

    change: Change
    target: Path


@dataclass(frozen=True)
class _Staged:
    """A file about to be replaced, made or removed: `new` and `backup` lie in its folder until then.

    A file that is made has no backup, one that is removed nothing new.
    """

    change: Change
    target: Path
    new: Path | None
    backup: Path | None


def write_all(changes: Sequence[Change], journal: Journal | None = None) -> None:
    """Replace the content of all files, or of none. Files without content before are made, never over another file.

    The new contents are written to the same folders and flushed to the disk before the first file is replaced. A
    symbolic link stays and its target is replaced. Mode and, where permitted, owner are kept. After a kill `journal`
    knows what was begun.

    Raises:
        WriteError: a file changed since it was read, is read-only, or cannot be written. All files are as they were;
            where even that fails, the message names the file that holds the old content.
    """
    if not changes:
        return
    journal = journal or NoJournal()
    placed = [_placed(change) for change in changes]
    try:
        journal.begin([(item.target, item.change.before, item.change.after) for item in placed])
    except OSError as error:
        message = f"what is replaced cannot be kept for undo: {error.strerror or error}"
        raise WriteError(Diagnostic("TFR907", changes[0].path, 1, 1, message)) from error
    try:
        _write_placed(placed, journal.token)
    except BaseException:
        if all(map(_is_as_before, placed)):
            journal.end()
        raise
    journal.end()


def leftovers(target: Path, token: str) -> list[Path]:
    """The temporary files that a kill may have left beside a file."""
    return [path for suffix in _SUFFIXES if os.path.lexists(path := _beside(target, token, suffix))]


def _is_as_before(item: _Placed) -> bool:
    try:
        return item.target.read_bytes() == item.change.before
    except FileNotFoundError:
        return item.change.before is None
    except OSError:
        return False


def _write_placed(placed: Sequence[_Placed], token: str) -> None:
    with contextlib.ExitStack() as temporary_files:
        staged = [_stage(item, token, temporary_files) for item in placed]
        for item in staged:
            _check_unchanged(item.change, item.target)
        touched: list[_Staged] = []
        try:
            _replace_all(staged, touched)
        except BaseException:
            _put_back(touched, temporary_files)
            raise


def _placed(change: Change) -> _Placed:
    if change.before is None:
        target = change.path.absolute()
        _check_absent(change, target)
        return _Placed(change, target)
    with _reported(change.path):
        target = change.path.resolve(strict=True)
    _check_unchanged(change, target)
    _check_writable(change, target)
    return _Placed(change, target)


def _stage(item: _Placed, token: str, temporary_files: contextlib.ExitStack) -> _Staged:
    change, target = item.change, item.target
    new = backup = None
    with _reported(change.path):
        if change.after is not None:
            new = _temporary(_beside(target, token, _NEW), target, change.after)
            temporary_files.callback(new.unlink, missing_ok=True)
        if change.before is not None:
            backup = _backup(_beside(target, token, _OLD), target, change.before)
            temporary_files.callback(backup.unlink, missing_ok=True)
    return _Staged(change, target, new, backup)


def _beside(target: Path, token: str, suffix: str) -> Path:
    return target.with_name(f".{target.name}.{token}{suffix}")


def _check_absent(change: Change, target: Path) -> None:
    if os.path.lexists(target):
        raise WriteError(Diagnostic("TFR906", change.path, 1, 1, "a file stands where the program needs a new one"))


def _check_unchanged(change: Change, target: Path) -> None:
    if change.before is None:
        _check_absent(change, target)
        return
    with _reported(change.path):
        current = target.read_bytes()
    if current != change.before:
        raise WriteError(
            Diagnostic("TFR906", change.path, 1, 1, "file was changed by something else while the tool ran")
        )


def _check_writable(change: Change, target: Path) -> None:
    if not target.stat().st_mode & 0o222 or not os.access(target, os.W_OK):
        raise WriteError(Diagnostic("TFR905", change.path, 1, 1, "file is read-only"))


def _temporary(path: Path, target: Path, content: bytes) -> Path:
    """A file with the mode and owner of `target` and the given content, flushed to the disk.

    Where the target does not exist yet, the mode is that of any new file.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            _write(descriptor, content)
            if target.exists():
                _copy_mode_and_owner(target, path)
            else:
                path.chmod(0o666 & ~_umask())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _copy_mode_and_owner(source: Path, target: Path) -> None:
    status = source.stat()
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):
            os.chown(target, status.st_uid, status.st_gid)
    target.chmod(status.st_mode & 0o7777)


def _backup(path: Path, target: Path, content: bytes) -> Path:
    """The old file under a second name: a hard link where the file system has them, else a copy."""
    try:
        os.link(target, path)
    except OSError:
        return _temporary(path, target, content)
    return path


def _replace_all(staged: Sequence[_Staged], touched: list[_Staged]) -> None:
    for item in staged:
        with _reported(item.change.path):
            if item.backup is None:
                _make(item)
                touched.append(item)
            else:
                touched.append(item)
                _replace(item)
            _flush_folder(item.target.parent)


def _replace(item: _Staged) -> None:
    if item.new is None:
        item.target.unlink()
    else:
        os.replace(item.new, item.target)


def _make(item: _Staged) -> None:
    """Put a new file in its place; other than with `os.replace`, a file that came to be there meanwhile stays."""
    if item.new is None or item.change.after is None:
        return
    try:
        os.link(item.new, item.target)
    except FileExistsError:
        _check_absent(item.change, item.target)
    except OSError:  # a file system without hard links
        with item.target.open("xb") as file:
            file.write(item.change.after)


def _put_back(touched: Sequence[_Staged], temporary_files: contextlib.ExitStack) -> None:
    for item in reversed(touched):
        try:
            if item.backup is not None:
                os.replace(item.backup, item.target)
            else:
                item.target.unlink()
        except OSError as error:
            temporary_files.pop_all()
            kept = f"its old content is in {item.backup}" if item.backup is not None else "this file is left over"
            message = f"program may be half written: {error.strerror or error}; {kept}"
            raise WriteError(Diagnostic("TFR907", item.change.path, 1, 1, message)) from error


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise WriteError(Diagnostic("TFR906", path, 1, 1, "file was removed while the tool ran")) from error
    except OSError as error:
        code, message = (
            ("TFR905", "file cannot be written") if error.errno in _NOT_ALLOWED else ("TFR907", "writing failed")
        )
        raise WriteError(Diagnostic(code, path, 1, 1, f"{message}: {error.strerror or error}")) from error
