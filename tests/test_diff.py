import subprocess
from pathlib import Path

import pytest
import toy_engine
from conftest import Command

from tf1to2_reg.report.diff import base_of, painted, unified
from tf1to2_reg.report.style import Style

HEAD, TAIL = "import tensorflow as tf  # tf.layers\n", "# toy: migrate one\n"

FILES = {
    "plain.py": (HEAD + "OLD = 1\n" + TAIL).encode(),
    "no_last_newline.py": (HEAD + TAIL + "OLD = 1").encode(),
    "crlf.py": (HEAD + "OLD = 1\n" + TAIL).replace("\n", "\r\n").encode(),
    "mixed.py": (HEAD + "x = 1\r\nOLD = 1\n" + TAIL + "y = 1\r\n").encode(),
    "bom.py": b"\xef\xbb\xbf" + ("OLD = 1\n" + HEAD + TAIL).encode(),
    "latin_1.py": ("# coding: latin-1\n# \xe9\n" + HEAD + "OLD = '\xe9'\n" + TAIL).encode("latin-1"),
    "form_feed.py": (HEAD + "\f\nOLD = 1\n" + TAIL + "\fx = 1\n").encode(),
    "with blank.py": (HEAD + "OLD = 1\n" + TAIL).encode(),
    "ünï.py": (HEAD + "OLD = 1\n" + TAIL).encode(),
    'quo"te.py': (HEAD + "OLD = 1\n" + TAIL).encode(),
    "sub/deep.py": (HEAD + "OLD = 1\n" + TAIL).encode(),
}


@pytest.fixture
def repository(folder: Path) -> Path:
    """The current folder, a work tree with all FILES."""
    for name, data in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    subprocess.run(["git", "init", "-q"], check=True)
    return folder


def apply(diff: bytes) -> None:
    subprocess.run(["git", "apply", "--whitespace=nowarn"], input=diff, check=True)


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def test_git_applies_the_diff_to_what_rewrite_writes(repository: Path, toy_command: Command) -> None:
    diff = toy_command("diff", ".").out
    apply(diff)
    applied = contents(repository)
    assert all(b"NEW" in data and b"OLD" not in data for data in applied.values())
    for name, data in FILES.items():
        (repository / name).write_bytes(data)
    toy_command("rewrite", "--allow-dirty", ".")
    assert contents(repository) == applied
    assert {
        name: data.replace(b"NEW", b"OLD").replace(b"toy: done", b"toy: migrate") for name, data in applied.items()
    } == FILES


def test_from_a_folder_within_the_work_tree(
    repository: Path, toy_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("sub")
    diff = toy_command("diff", "deep.py").out
    assert diff.startswith(b"--- a/deep.py\n")
    apply(diff)
    assert b"NEW" in (repository / "sub/deep.py").read_bytes()


def test_absolute_paths(repository: Path, toy_command: Command) -> None:
    apply(toy_command("diff", repository).out)
    assert all(b"NEW" in data for data in contents(repository).values())


def test_files_outside_the_current_folder(
    repository: Path, toy_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("sub")
    outcome = toy_command("diff", "..")
    assert f"paths in the diff are relative to {repository}" in outcome.err
    monkeypatch.chdir(repository)
    apply(outcome.out)
    assert all(b"NEW" in data for data in contents(repository).values())


def test_patch_applies_it_too(repository: Path, toy_command: Command) -> None:
    diff = toy_command("diff", "plain.py", "no_last_newline.py", "with blank.py").out
    subprocess.run(["patch", "--quiet", "--strip=1"], input=diff, check=True)
    assert b"OLD" not in (repository / "no_last_newline.py").read_bytes() + (repository / "with blank.py").read_bytes()


def test_text_of_a_diff() -> None:
    assert unified(Path("a.py"), b"x\ny\n", b"x\nz", Path.cwd()) == (
        b"--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n\\ No newline at end of file\n"
    )


def test_nothing_changes() -> None:
    assert unified(Path("a.py"), b"x\n", b"x\n", Path.cwd()) == b""


def test_base(folder: Path) -> None:
    assert base_of([]) == folder
    assert base_of([folder / "a/b.py", Path("c.py")]) == folder
    assert base_of([folder.parent / "b.py", Path("c.py")]) == folder.parent


def test_painted_diff_is_the_same_text() -> None:
    diff = unified(Path("a.py"), b"a\r\nx\r\n", b"a\r\ny\r\n", Path.cwd())
    colored = painted(diff, Style(color=True))
    assert b"\x1b[31m-x\x1b[0m\r\n" in colored
    assert b"\x1b[32m+y\x1b[0m\r\n" in colored
    assert b"\x1b[36m@@" in colored
    for code in (b"\x1b[31m", b"\x1b[32m", b"\x1b[36m", b"\x1b[1m", b"\x1b[0m"):
        colored = colored.replace(code, b"")
    assert colored == diff
    assert painted(diff, Style()) == diff


def test_toy_engine_migrates_what_it_says() -> None:
    assert toy_engine.PROGRAM_AFTER != toy_engine.PROGRAM
