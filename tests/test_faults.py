"""One bad input never ends a run: it is named, and all others are processed."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import toy_engine
from conftest import Command

from tf1to2_reg import analysis, pipeline
from tf1to2_reg.files.discovery import Globs, Selection, discover
from tf1to2_reg.files.source import SourceFile, source_from_bytes
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.results import UnitResult

PROGRAM = toy_engine.PROGRAM
LAYER = (
    "import tensorflow as tf\nx = tf.placeholder(tf.float32, [None, 3])\n"
    "y = tf.layers.dense(x, 2, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))\n"
)

pytestmark = pytest.mark.usefixtures("folder")

DEEP = {
    "sum": "s = " + " + ".join(map(str, range(1500))) + "\n",
    "calls": "class Q:\n    def f(self, i):\n        return self\n\n\nq = Q()"
    + "".join(f".f({i})" for i in range(1500))
    + "\n",
    "elif": "n = 0\nif n:\n    pass\n" + "".join(f"elif n == {i}:\n    pass\n" for i in range(1500)),
}


@pytest.mark.parametrize("target", ["tf2", "graph"])
def test_deeply_nested_files(target: str) -> None:
    names = []
    for name, text in DEEP.items():
        Path(f"{name}.py").write_text(LAYER + text)
        names.append(f"{name}.py")
    result = pipeline.analyse(
        discover([Path()]), engine=lambda files: pipeline.migrate_with_libcst(files, TargetChoice(target))
    )
    assert result.problems == ()
    assert sorted(str(unit.paths[0]) for unit in result.units) == sorted(names)


def test_file_that_no_stack_can_hold(toy_command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def walks(files: Sequence[SourceFile], **_options: object) -> list[UnitResult]:
        if any("deep" in str(file.path) for file in files):
            raise RecursionError
        return toy_engine.migrate(files)

    Path("a.py").write_text(PROGRAM)
    Path("deep.py").write_text(PROGRAM + DEEP["sum"])
    monkeypatch.setattr(pipeline, "migrate_with_libcst", walks)
    outcome = toy_command("rewrite", ".")
    assert outcome.code == 2
    assert "deep.py:1:1: TFR915 file is nested too deeply: a tree 1502 levels deep" in outcome.err
    assert Path("a.py").read_text() == toy_engine.PROGRAM_AFTER
    assert Path("deep.py").read_text() == PROGRAM + DEEP["sum"]


def test_stack_is_as_before_afterwards(toy_command: Command) -> None:
    before = sys.getrecursionlimit()
    Path("a.py").write_text(PROGRAM)
    toy_command("check", ".")
    assert sys.getrecursionlimit() == before


def test_file_name_that_is_not_utf_8(toy_command: Command) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    Path(name).write_text(PROGRAM)
    assert toy_command("check", ".", "--report", "report.json").code == 1
    assert json.loads(Path("report.json").read_text())["units"][0]["paths"] == [name]


def test_report_to_standard_output(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    for command in ("check", "diff", "rewrite"):
        report = json.loads(toy_command(command, ".", "--report", "-").out)
        assert (report["command"], report["summary"]["migrated"]) == (command, 1)
    refused = toy_command("rewrite", "-", "--report", "-", stdin=PROGRAM.encode())
    assert "json and the migrated text would both go to standard output" in refused.err


@pytest.mark.parametrize("option", ["--include", "--exclude"])
@pytest.mark.parametrize("glob", ["!", "[", "#comment"])
def test_glob_that_is_none(toy_command: Command, option: str, glob: str) -> None:
    outcome = toy_command("check", ".", option, glob)
    assert outcome.code == 2
    assert outcome.err == f"tf1to2-reg: {glob!r} is no pattern for files; patterns are those of a .gitignore\n"


def test_loop_of_links_by_name(toy_command: Command) -> None:
    Path("a.py").write_text(PROGRAM)
    Path("loop.py").symlink_to("loop.py")
    outcome = toy_command("rewrite", "loop.py", "a.py")
    assert outcome.code == 2
    assert "loop.py:1:1: TFR909" in outcome.err
    assert Path("a.py").read_text() == toy_engine.PROGRAM_AFTER


def test_link_to_nothing_in_a_folder_changes_no_exit_code(toy_command: Command) -> None:
    Path("a.py").symlink_to("nothing.py")
    outcome = toy_command("check", ".")
    assert outcome.code == 0
    assert "a.py:1:1: TFR914 symbolic link leads to nothing\n" in outcome.err


LEFT_OUT = {
    "env/pyvenv.cfg": "it is a Python environment",
    "lib/site-packages/net.py": "it holds installed packages",
    "node_modules/gyp/net.py": "it holds installed packages",
    "build/lib/net.py": "it holds what setuptools built",
}


@pytest.mark.parametrize(("path", "why"), LEFT_OUT.items(), ids=[path.split("/")[0] for path in LEFT_OUT])
def test_what_is_not_the_programs_own_is_left_out_and_named(path: str, why: str) -> None:
    for file in (path, path.rpartition("/")[0] + "/other.py", "a.py", "building/b.py"):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(PROGRAM)
    discovery = discover([Path()])
    assert discovery.files == (Path("a.py"), Path("building/b.py"))
    assert [note.message for note in discovery.left_out] == [f"folder is left out: {why}"]
    folder = discovery.left_out[0].path
    assert len(discover([folder]).files) == len(list(folder.rglob("*.py")))


def test_build_of_the_programs_own_is_looked_at() -> None:
    Path("build").mkdir()
    Path("build/a.py").write_text(PROGRAM)
    assert discover([Path()], Selection(Globs(("*.py",)))).files == (Path("build/a.py"),)


@pytest.mark.parametrize("to", ["/dev/full", None], ids=["full", "closed"])
def test_standard_output_that_takes_nothing(to: str | None) -> None:
    Path("a.py").write_text(PROGRAM)
    main = Path(__file__).parent / "toy_main.py"
    redirect = f"> {to}" if to else ">&-"
    done = subprocess.run(
        ["sh", "-c", f'"$0" "$1" diff . {redirect}', sys.executable, main], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    if to:
        assert done.stderr == "tf1to2-reg: the output cannot be written: No space left on device\n"
        assert done.returncode == 2
    else:
        assert done.returncode == 1


def test_text_that_is_no_python(toy_command: Command) -> None:
    Path("README.md").write_text("print step\n")
    outcome = toy_command("check", "README.md")
    assert outcome.code == 2
    assert "TFR901 file does not parse: it is no Python file by its name" in outcome.err


def test_depth_is_that_of_the_tree() -> None:
    source = source_from_bytes(Path("a.py"), b"x = 1 + 2 + 3\n")
    assert analysis.depth(source.tree) == 5
