"""`undo`, and a rewrite that is killed: no file is ever lost, no program stays half written."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import toy_engine
from conftest import Command

from tf1to2_reg.files import journal, undo, writer
from tf1to2_reg.files.journal import STATE_FOLDER, runs_of

PROGRAM, AFTER = toy_engine.PROGRAM, toy_engine.PROGRAM_AFTER
MANY = 40

pytestmark = pytest.mark.usefixtures("folder")


def contents() -> dict[str, str]:
    found = (path for path in Path().rglob("*") if path.is_file() and not {".git", STATE_FOLDER} & set(path.parts))
    return {path.as_posix(): path.read_text() for path in found}


def test_undo_puts_back_what_was_replaced(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    Path("a.py").chmod(0o750)
    assert toy_command("rewrite", ".").code == 0
    assert contents() == {"a.py": AFTER}
    outcome = toy_command("undo")
    assert (outcome.code, outcome.err) == (0, "put back a.py\n")
    assert contents() == {"a.py": PROGRAM}
    assert Path("a.py").stat().st_mode & 0o777 == 0o750
    assert not Path(STATE_FOLDER).exists()


def test_undo_removes_what_was_made(command: Command) -> None:
    before = (
        "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None, 3])\n"
        "y = tf.layers.dense(x, 2, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))\n"
    )
    Path("net.py").write_text(before)
    assert command("rewrite", "--target", "graph", ".").code == 0
    assert contents().keys() == {"net.py", "graph_layers.py"}
    assert command("undo", ".").code == 0
    assert contents() == {"net.py": before}


def test_undo_goes_back_run_by_run(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    toy_command("rewrite", ".")
    Path("b.py").write_text(PROGRAM)
    toy_command("rewrite", ".")
    toy_command("undo")
    assert contents() == {"a.py": AFTER, "b.py": PROGRAM}
    toy_command("undo")
    assert contents() == {"a.py": PROGRAM, "b.py": PROGRAM}
    outcome = toy_command("undo")
    assert outcome.code == 2
    assert "no rewrite is kept" in outcome.err


def test_changed_file_keeps_all_from_going_back(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    Path("b.py").write_text(PROGRAM)
    toy_command("rewrite", ".")
    Path("a.py").write_text(AFTER + "mine = 1\n")
    outcome = toy_command("undo")
    assert outcome.code == 2
    assert "a.py:1:1: TFR912 the file was changed since the rewrite" in outcome.err
    assert contents() == {"a.py": AFTER + "mine = 1\n", "b.py": AFTER}
    Path("a.py").write_text(AFTER)
    assert toy_command("undo").code == 0


def test_removed_file_keeps_all_from_going_back(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    toy_command("rewrite", ".")
    Path("a.py").unlink()
    outcome = toy_command("undo")
    assert "TFR912 the file was removed" in outcome.err
    assert contents() == {}


def test_undo_that_was_killed_goes_on(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    Path("b.py").write_text(PROGRAM)
    toy_command("rewrite", ".")
    Path("a.py").write_text(PROGRAM)
    assert toy_command("undo").code == 0
    assert contents() == {"a.py": PROGRAM, "b.py": PROGRAM}


def test_git_does_not_see_what_is_kept(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    for command in ("init -q", "add a.py", "-c user.name=a -c user.email=a@b commit -qm a"):
        subprocess.run(["git", *command.split()], check=True)
    Path("sub").mkdir()
    toy_command("rewrite", "a.py")
    status = subprocess.run(["git", "status", "--porcelain"], check=True, capture_output=True, text=True)
    assert status.stdout == " M a.py\n"
    assert toy_command("undo", "sub").code == 0
    assert contents()["a.py"] == PROGRAM


def test_rewrite_that_fails_keeps_nothing(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    Path("a.py").chmod(0o444)
    assert toy_command("rewrite", ".").code == 2
    assert not Path(STATE_FOLDER).exists()


def test_hard_link_is_named(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    os.link("a.py", "copy.txt")
    assert "a.py:1:1: TFR113 the file has another name with the old text" in toy_command("rewrite", ".").err
    assert contents() == {"a.py": AFTER, "copy.txt": PROGRAM}


class Killed(BaseException):
    """Ends a rewrite as `kill -9` does: nothing is cleaned up."""


@pytest.fixture
def half_written(folder: Path, toy_command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of three files of which one is written when the process is gone."""
    for name in "abc":
        (folder / f"{name}.py").write_text(PROGRAM)
    with monkeypatch.context() as patch:
        replace, calls = os.replace, iter(range(10))

        def killed(source: Path, target: Path) -> None:
            if next(calls) > 0:
                raise Killed
            replace(source, target)

        patch.setattr(os, "replace", killed)
        patch.setattr(writer, "_put_back", lambda _touched, temporary_files: temporary_files.pop_all())
        with pytest.raises(Killed):
            toy_command("rewrite", ".")
    assert [Path(f"{name}.py").read_text() == AFTER for name in "abc"] == [True, False, False]


@pytest.mark.usefixtures("half_written")
def test_check_and_diff_tell_of_a_half_written_program(toy_command: Command) -> None:
    before = contents()
    for name in ("check", "diff"):
        outcome = toy_command(name, ".")
        assert outcome.code == 2
        assert "TFR911 an earlier rewrite was stopped while it wrote this program" in outcome.err
    assert contents() == before


@pytest.mark.usefixtures("half_written")
def test_next_rewrite_takes_back_what_was_begun(toy_command: Command) -> None:
    outcome = toy_command("rewrite", ".")
    assert outcome.code == 0
    assert "a rewrite was stopped here while it wrote; what it had begun is taken back:\nput back a.py\n" in outcome.err
    assert contents() == dict.fromkeys(("a.py", "b.py", "c.py"), AFTER)
    assert toy_command("undo").code == 0
    assert contents() == dict.fromkeys(("a.py", "b.py", "c.py"), PROGRAM)


@pytest.mark.usefixtures("half_written")
def test_undo_takes_back_what_was_begun(toy_command: Command) -> None:
    assert toy_command("undo").code == 0
    assert contents() == dict.fromkeys(("a.py", "b.py", "c.py"), PROGRAM)
    assert runs_of(Path()) == []


@pytest.mark.usefixtures("half_written")
def test_half_written_file_that_was_changed_is_left(toy_command: Command) -> None:
    Path("a.py").write_text("mine = 1\n")
    outcome = toy_command("rewrite", ".")
    assert outcome.code == 2
    assert "a.py:1:1: TFR912" in outcome.err
    assert contents()["a.py"] == "mine = 1\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_signal_while_files_are_written(toy_command: Command, number: int) -> None:
    names = [f"m{index}.py" for index in range(MANY)]
    for name in names:
        Path(name).write_text(PROGRAM)
    slow = Path(__file__).parent / "toy_main.py"
    with subprocess.Popen(
        [sys.executable, slow, "rewrite", "."],
        env={**os.environ, "TOY_SLOW": "0.2"},
        stderr=subprocess.PIPE,
    ) as process:
        while Path(names[0]).read_text() == PROGRAM and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(number)
        assert process.stderr is not None
        said = process.stderr.read().decode()
    if number == signal.SIGKILL:
        assert sorted(set(contents().values()) & {PROGRAM, AFTER}) == sorted({PROGRAM, AFTER})
        assert toy_command("check", ".").code == 2
        toy_command("undo")
    else:
        assert "stopped; no program is half written" in said
        assert process.returncode == 128 + number
    assert contents() == dict.fromkeys(names, PROGRAM)
    assert not Path(STATE_FOLDER).exists()


def test_list_of_what_is_kept(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    toy_command("rewrite", ".")
    for number in range(12):
        Path(f"b{number:02}.py").write_text(PROGRAM.replace("one", f"p{number}"))
    toy_command("rewrite", ".")
    after = contents()

    listed = toy_command("undo", "--list").out.decode().splitlines()

    assert contents() == after
    assert [line[19:] for line in listed if not line.startswith(" ")] == ["  12 files", "  1 file"]
    assert listed[1] == "    b00.py"
    assert listed[11] == "    and 2 more"
    assert toy_command("undo", "nowhere", "--list").code == 2


def test_the_last_runs_are_kept(toy_command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_RUNS", 3)
    for number in range(5):
        Path(f"a{number}.py").write_text(PROGRAM)
        toy_command("rewrite", ".")
    assert [run.programs()[0].entries[0].path for run in runs_of(Path.cwd())] == ["a2.py", "a3.py", "a4.py"]
    assert [toy_command("undo").code for _ in range(4)] == [0, 0, 0, 2]
    assert contents() == {f"a{number}.py": AFTER if number < 2 else PROGRAM for number in range(5)}


def test_a_run_that_was_stopped_is_never_forgotten(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    toy_command("rewrite", ".")
    (run,) = runs_of(Path.cwd())
    lines = (run.folder / "journal.jsonl").read_text().splitlines(keepends=True)
    (run.folder / "journal.jsonl").write_text(lines[0])
    journal.prune(Path.cwd(), 0)
    assert runs_of(Path.cwd()) == [run]
    assert "stopped half way" in toy_command("undo", "--list").out.decode()


def test_undo_reads_each_file_once_and_once_more_as_it_writes(
    toy_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.py").write_text(PROGRAM)
    Path("b.py").write_text(PROGRAM.replace("one", "two"))
    toy_command("rewrite", ".")
    read: list[str] = []
    original = undo._content

    def counted(path: Path) -> bytes | None:
        read.append(path.name)
        return original(path)

    monkeypatch.setattr(undo, "_content", counted)
    toy_command("undo")
    assert sorted(read) == ["a.py", "b.py"]
