import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tf1to2_reg.files.writer import Change, WriteError, write_all

OLD, NEW = b"old = 1\r\n", b"new = 1\r\n# more\r\n"


def files(folder: Path, *names: str) -> list[Change]:
    changes = []
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(OLD)
        changes.append(Change(path, OLD, NEW))
    return changes


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(changes: list[Change]) -> str:
    with pytest.raises(WriteError) as error:
        write_all(changes)
    return error.value.diagnostic.code


def failing(real: Callable[..., object], call: int, number: int) -> Callable[..., object]:
    """The real function but for one call, which fails with the error number."""
    calls = iter(range(1000))

    def function(*arguments: object, **keywords: object) -> object:
        if next(calls) == call:
            raise OSError(number, os.strerror(number))
        return real(*arguments, **keywords)

    return function


def test_all_files_are_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_all(files(tmp_path, "a.py", "sub/b.py"))
    assert contents(tmp_path) == {"a.py": NEW, "sub/b.py": NEW}


def test_nothing_to_do() -> None:
    write_all([])


def test_mode_and_owner_are_kept(tmp_path: Path) -> None:
    changes = files(tmp_path, "a.py")
    changes[0].path.chmod(0o750)
    if os.geteuid() == 0:
        os.chown(changes[0].path, 12345, 54321)
    before = changes[0].path.stat()
    write_all(changes)
    after = changes[0].path.stat()
    assert stat.S_IMODE(after.st_mode) == 0o750
    assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)


def test_owner_that_may_not_be_given_is_not_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "chown", failing(os.chown, 0, errno.EPERM))
    write_all(files(tmp_path, "a.py"))
    assert contents(tmp_path) == {"a.py": NEW}


def test_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    files(tmp_path, "elsewhere/real.py")
    link = tmp_path / "a.py"
    link.symlink_to("elsewhere/real.py")
    write_all([Change(link, OLD, NEW)])
    assert link.is_symlink()
    assert (tmp_path / "elsewhere/real.py").read_bytes() == NEW
    assert contents(tmp_path).keys() == {"a.py", "elsewhere/real.py"}


def test_read_only_file_is_905(tmp_path: Path) -> None:
    changes = files(tmp_path, "a.py", "b.py")
    changes[1].path.chmod(0o444)
    assert refused(changes) == "TFR905"
    assert contents(tmp_path) == {"a.py": OLD, "b.py": OLD}


def test_changed_file_is_906(tmp_path: Path) -> None:
    changes = files(tmp_path, "a.py", "b.py")
    changes[1].path.write_bytes(b"other = 1\n")
    assert refused(changes) == "TFR906"
    assert contents(tmp_path) == {"a.py": OLD, "b.py": b"other = 1\n"}


def test_file_changed_while_others_are_prepared_is_906(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = files(tmp_path, "a.py", "b.py")
    fsync = os.fsync

    def meanwhile(descriptor: int) -> None:
        changes[0].path.write_bytes(b"other = 1\n")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert refused(changes) == "TFR906"
    assert contents(tmp_path) == {"a.py": b"other = 1\n", "b.py": OLD}


def test_removed_file_is_906(tmp_path: Path) -> None:
    changes = files(tmp_path, "a.py", "b.py")
    changes[0].path.unlink()
    assert refused(changes) == "TFR906"
    assert contents(tmp_path) == {"b.py": OLD}


FAULTS = [
    ("write", 0, errno.ENOSPC, "TFR907"),
    ("write", 1, errno.ENOSPC, "TFR907"),
    ("write", 1, errno.EDQUOT, "TFR907"),
    ("fsync", 0, errno.EIO, "TFR907"),
    ("fsync", 1, errno.EIO, "TFR907"),
    ("fsync", 2, errno.EIO, "TFR907"),
    ("fsync", 3, errno.EIO, "TFR907"),
    ("replace", 0, errno.EACCES, "TFR905"),
    ("replace", 1, errno.EROFS, "TFR905"),
    ("replace", 1, errno.EIO, "TFR907"),
]


@pytest.mark.parametrize(("function", "call", "number", "code"), FAULTS)
@pytest.mark.parametrize("links", [True, False], ids=["hard links", "no hard links"])
def test_fault_leaves_every_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, call: int, number: int, code: str, links: bool
) -> None:
    changes = files(tmp_path, "a.py", "sub/b.py")
    if not links:
        monkeypatch.setattr(os, "link", failing(os.link, 0, errno.EPERM))
    monkeypatch.setattr(os, function, failing(getattr(os, function), call, number))
    assert refused(changes) == code
    assert contents(tmp_path) == {"a.py": OLD, "sub/b.py": OLD}


def test_interruption_between_two_files_puts_the_first_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = files(tmp_path, "a.py", "b.py")
    replace, calls = os.replace, iter(range(10))

    def interrupted(source: Path, target: Path) -> None:
        replace(source, target)
        if next(calls) == 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_all(changes)
    assert contents(tmp_path) == {"a.py": OLD, "b.py": OLD}


def test_old_content_is_kept_where_putting_back_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = files(tmp_path, "a.py", "b.py")
    replace, calls = os.replace, iter(range(10))

    def failing_from_the_second_on(source: Path, target: Path) -> None:
        if next(calls) > 0:
            raise OSError(errno.EIO, "Input/output error")
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing_from_the_second_on)
    with pytest.raises(WriteError) as error:
        write_all(changes)
    kept = [path for path in tmp_path.iterdir() if str(path) in error.value.diagnostic.message]
    assert [path.read_bytes() for path in kept] == [OLD]


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, bytes(data[:3])))
    write_all(files(tmp_path, "a.py"))
    assert contents(tmp_path) == {"a.py": NEW}


def test_new_content_is_on_the_disk_before_the_first_file_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    fsync, replace = os.fsync, os.replace

    def flushed(descriptor: int) -> None:
        events.append("folder flushed" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file flushed")
        fsync(descriptor)

    def replaced(source: Path, target: Path) -> None:
        assert source.parent == target.parent
        events.append("replaced")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", replaced)
    write_all(files(tmp_path, "a.py", "b.py"))
    assert events == ["file flushed", "file flushed", "replaced", "folder flushed", "replaced", "folder flushed"]


def test_file_that_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new.py"
    write_all([Change(path, None, b"x = 1\n")])
    assert path.read_bytes() == b"x = 1\n"
    plain = tmp_path / "plain"
    plain.touch()
    assert path.stat().st_mode == plain.stat().st_mode
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["new.py", "plain"]


@pytest.mark.parametrize("link", [False, True])
def test_file_that_is_made_never_replaces_one(tmp_path: Path, link: bool) -> None:
    path, other = tmp_path / "new.py", tmp_path / "other.py"
    path.symlink_to(tmp_path / "nowhere") if link else path.write_bytes(b"mine\n")
    other.write_bytes(b"old\n")
    with pytest.raises(WriteError) as caught:
        write_all([Change(other, b"old\n", b"new\n"), Change(path, None, b"x = 1\n")])
    assert caught.value.diagnostic.code == "TFR906"
    assert other.read_bytes() == b"old\n"
    assert path.is_symlink() if link else path.read_bytes() == b"mine\n"


def test_file_that_was_made_goes_where_a_later_one_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def failing(source: Path, target: Path) -> None:
        if source.suffix == ".tmp":
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    path, other = tmp_path / "new.py", tmp_path / "other.py"
    other.write_bytes(b"old\n")
    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(WriteError):
        write_all([Change(path, None, b"x = 1\n"), Change(other, b"old\n", b"new\n")])
    assert not path.exists()
    assert other.read_bytes() == b"old\n"
