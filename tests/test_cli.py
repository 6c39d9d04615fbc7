"""The command: arguments, exit codes, what is printed where, and what happens to the files."""

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import toy_engine
from conftest import Command

from tf1to2_reg import __version__, pipeline
from tf1to2_reg.diagnostics.exit_codes import EXIT_CODES
from tf1to2_reg.files.source import SourceFile
from tf1to2_reg.results import UnitResult

PROGRAM, PROGRAM_AFTER, REFUSED = toy_engine.PROGRAM, toy_engine.PROGRAM_AFTER, toy_engine.REFUSED
BROKEN = "import tensorflow  # layers\nx = (\n"
LIBRARY = "import os\n"

pytestmark = pytest.mark.usefixtures("folder")


def make(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.py").write_text(text)


def in_unit_two(text: str) -> str:
    return text.replace(" one\n", " two\n")


def contents() -> dict[str, str]:
    return {path.stem: path.read_text() for path in Path().glob("*.py")}


EXITS = [
    # files, diff and check, rewrite
    ({"a": LIBRARY}, 0, 0),
    ({}, 0, 0),
    ({"a": PROGRAM}, 1, 0),
    ({"a": PROGRAM_AFTER}, 0, 0),
    ({"a": REFUSED}, 1, 1),
    ({"a": PROGRAM, "b": REFUSED}, 1, 1),
    ({"a": BROKEN}, 2, 2),
    ({"a": PROGRAM, "b": BROKEN}, 2, 2),
    ({"a": REFUSED, "b": BROKEN}, 2, 2),
    ({"a": PROGRAM, "b": "import tensorflow  # layers\nprint 'x'\n"}, 2, 2),
]


@pytest.mark.parametrize(("files", "looking", "writing"), EXITS)
def test_exit_codes(toy_command: Command, files: dict[str, str], looking: int, writing: int) -> None:
    make(**files)
    assert toy_command("diff", ".").code == looking
    assert toy_command("check", ".").code == looking
    assert contents() == files
    assert toy_command("rewrite", ".").code == writing
    assert contents() == {name: PROGRAM_AFTER if text == PROGRAM else text for name, text in files.items()}


@pytest.mark.parametrize("subcommand", [[], ["diff"], ["check"], ["rewrite"]])
def test_help_has_the_table_of_exit_codes(toy_command: Command, subcommand: list[str]) -> None:
    shown = " ".join(toy_command(*subcommand, "--help").out.decode().split())
    for code, command, meaning in EXIT_CODES:
        assert f" {int(code)} {command}: {meaning}" in shown


WRONG = [
    (["diff"], "Missing argument"),
    (["diff", "missing.py"], "missing.py does not exist"),
    (["diff", "-", "a.py"], "must be the only path"),
    (["diff", "-q", "-v", "a.py"], "exclude each other"),
    (["diff", "--jobs", "0", "a.py"], "greater than or equal to 1"),
    (["diff", "--color", "red", "a.py"], "red"),
    (["diff", "--no-such-option", "a.py"], "no-such-option"),
    (["no-such-command"], "no-such-command"),
    (["explain", "TFR000"], "no diagnostic 'TFR000'"),
    (["check", "--report", "no/such/folder.json", "a.py"], "cannot be written"),
]


@pytest.mark.parametrize(("arguments", "complaint"), WRONG)
def test_wrong_usage(toy_command: Command, arguments: list[str], complaint: str) -> None:
    make(a=LIBRARY)
    outcome = toy_command(*arguments)
    assert (outcome.code, outcome.out) == (2, b"")
    assert complaint in outcome.err


def test_nothing_is_done_where_one_path_is_missing(toy_command: Command) -> None:
    make(a=PROGRAM)
    assert toy_command("rewrite", "a.py", "missing.py").code == 2
    assert contents() == {"a": PROGRAM}


def test_mistake_in_the_settings(toy_command: Command) -> None:
    make(a=PROGRAM)
    Path("pyproject.toml").write_text("[tool.tf1to2-reg]\njobs = 'many'\n")
    outcome = toy_command("rewrite", "a.py")
    assert outcome.code == 2
    assert "tool.tf1to2-reg.jobs" in outcome.err
    assert contents() == {"a": PROGRAM}


def test_settings_are_used(toy_command: Command) -> None:
    make(a=PROGRAM, b=REFUSED)
    Path("pyproject.toml").write_text("[tool.tf1to2-reg]\nexclude = ['b.py']\nquiet = true\nreport = 'r.json'\n")
    outcome = toy_command("rewrite", ".")
    assert (outcome.code, outcome.out, outcome.err) == (0, b"", "")
    assert Path("r.json").is_file()


def test_include_and_exclude(toy_command: Command) -> None:
    make(a=PROGRAM, b=in_unit_two(PROGRAM), c=PROGRAM.replace(" one", " three"))
    shown = toy_command("diff", ".", "--include", "a.py", "--include", "b.py", "--exclude", "b.py")
    assert [line for line in shown.out.splitlines() if line.startswith(b"+++")] == [b"+++ b/a.py"]


def test_diagnostics_go_to_standard_error_and_the_diff_to_standard_output(toy_command: Command) -> None:
    make(a=PROGRAM, b=REFUSED)
    outcome = toy_command("diff", ".")
    assert outcome.out.startswith(b"--- a/a.py\n+++ b/a.py\n@@")
    assert b"TFR" not in outcome.out
    assert "b.py:3:12: TFR204 the toy says refuse" in outcome.err
    assert outcome.err.endswith(
        "2 files, 2 programs: 1 would be migrated (1 to tf2; 1 layer in 1 file), 1 refused; 1 file untouched\n"
    )


def test_rewrite_names_what_it_wrote(toy_command: Command) -> None:
    make(a=PROGRAM, b=LIBRARY)
    outcome = toy_command("rewrite", ".")
    assert outcome.out == b""
    assert outcome.err == (
        "rewrote a.py\n2 files, 1 program: 1 migrated (1 to tf2; 1 layer in 1 file), 0 refused; 1 file untouched\n"
    )


def test_check_lists_units_with_their_diagnostics(toy_command: Command) -> None:
    make(a=PROGRAM, b=REFUSED)
    outcome = toy_command("check", ".")
    blocks = outcome.out.decode().split("\n\n")
    assert blocks[0] == "one (1 file, 1 layer): would be migrated to tf2\n    layer  a.py:3  # toy: migrate one"
    assert blocks[1].startswith(
        "two (1 file, 1 layer): refused\n    layer  b.py:3  # toy: refuse TFR204 two\nb.py:3:12: TFR204"
    )
    assert "TFR204" not in outcome.err


def test_quiet_says_only_what_failed(toy_command: Command) -> None:
    make(a=PROGRAM + "# toy: note TFR301 one\n# toy: note TFR101 one\n", b=REFUSED, c=BROKEN)
    said = toy_command("rewrite", "-q", ".").err.splitlines()
    assert [line.split()[:2] for line in said] == [["b.py:3:12:", "TFR204"], ["c.py:2:5:", "TFR901"]]


def test_verbose_explains_notes(toy_command: Command) -> None:
    make(a=PROGRAM + "# toy: note TFR103 one\n")
    assert "= why:" not in toy_command("diff", ".").err
    assert "= why: `tf.contrib.layers.l2_regularizer(s)`" in toy_command("diff", "-v", ".").err


def test_standard_input_to_standard_output(toy_command: Command) -> None:
    data = PROGRAM.replace("\n", "\r\n").encode()
    outcome = toy_command("rewrite", "-", stdin=data)
    assert (outcome.code, outcome.out) == (0, PROGRAM_AFTER.replace("\n", "\r\n").encode())
    assert toy_command("diff", "-", stdin=data).code == 1


@pytest.mark.parametrize(("text", "code"), [(REFUSED, 1), (BROKEN, 2), (LIBRARY, 0)])
def test_standard_input_that_is_not_migrated_comes_out_as_it_was(toy_command: Command, text: str, code: int) -> None:
    outcome = toy_command("rewrite", "-", stdin=text.encode())
    assert (outcome.code, outcome.out) == (code, text.encode())


def test_place_of_a_message_about_standard_input(toy_command: Command) -> None:
    assert "<stdin>:2:5: TFR901" in toy_command("check", "-", stdin=BROKEN.encode()).err


def test_uncommitted_changes(toy_command: Command) -> None:
    make(a=PROGRAM, b=in_unit_two(PROGRAM))
    subprocess.run(["git", "init", "-q"], check=True)
    outcome = toy_command("rewrite", ".")
    assert outcome.code == 2
    assert [line.split()[:2] for line in outcome.err.splitlines() if "TFR" in line] == [
        ["a.py:1:1:", "TFR908"],
        ["b.py:1:1:", "TFR908"],
    ]
    assert "2 programs: 2 would be migrated" in outcome.err
    assert contents()["a"] == PROGRAM
    assert toy_command("rewrite", "--allow-dirty", ".").code == 0
    assert contents()["a"] == PROGRAM_AFTER


def test_read_only_file(toy_command: Command) -> None:
    make(a=PROGRAM, b=PROGRAM, c=in_unit_two(PROGRAM))
    Path("b.py").chmod(0o444)
    outcome = toy_command("rewrite", ".")
    assert outcome.code == 2
    assert "b.py:1:1: TFR905 file is read-only" in outcome.err
    assert contents() == {"a": PROGRAM, "b": PROGRAM, "c": in_unit_two(PROGRAM_AFTER)}


def test_file_that_changes_meanwhile(toy_command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(files: Sequence[SourceFile], **_options: object) -> list[UnitResult]:
        Path("a.py").write_text("changed = 1\n")
        return toy_engine.migrate(files)

    make(a=PROGRAM, b=PROGRAM)
    monkeypatch.setattr(pipeline, "migrate_with_libcst", slow)
    outcome = toy_command("rewrite", ".")
    assert (outcome.code, contents()) == (2, {"a": "changed = 1\n", "b": PROGRAM})
    assert "a.py:1:1: TFR906" in outcome.err


def test_disk_that_takes_no_more() -> None:
    make(a=PROGRAM, b=PROGRAM + "# a longer file\n" * 1000)
    done = subprocess.run(
        [sys.executable, Path(__file__).parent / "toy_main.py", "rewrite", "."],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    assert done.returncode == 2
    assert "a.py:1:1: TFR907 what is replaced cannot be kept for undo: File too large" in done.stderr
    assert contents() == {"a": PROGRAM, "b": PROGRAM + "# a longer file\n" * 1000}
    assert sorted(path.name for path in Path().iterdir()) == ["a.py", "b.py"]


def test_undeclared_latin_1(toy_command: Command) -> None:
    Path("a.py").write_bytes(b"import tensorflow  # layers\n# caf\xe9\n")
    outcome = toy_command("check", ".")
    assert outcome.code == 2
    assert "a.py:2:1: TFR903 file cannot be decoded: byte 0xe9 is not utf-8" in outcome.err


def test_link_keeps_being_a_link(toy_command: Command) -> None:
    Path("p").mkdir()
    make(real=PROGRAM)
    Path("p/link.py").symlink_to("../real.py")
    assert toy_command("rewrite", "p").code == 2
    assert contents() == {"real": PROGRAM}
    assert toy_command("rewrite", "p/link.py").code == 0
    assert Path("p/link.py").is_symlink()
    assert contents() == {"real": PROGRAM_AFTER}


def test_second_run_does_nothing(toy_command: Command) -> None:
    make(a=PROGRAM)
    toy_command("rewrite", ".")
    outcome = toy_command("rewrite", ".")
    assert (outcome.code, contents()) == (0, {"a": PROGRAM_AFTER})
    assert "rewrote" not in outcome.err


@pytest.mark.parametrize(("color", "expected"), [("always", True), ("never", False), ("auto", False)])
def test_colours(toy_command: Command, color: str, expected: bool) -> None:
    make(a=PROGRAM, b=REFUSED)
    outcome = toy_command("diff", "--color", color, ".")
    assert (b"\x1b[32m+NEW" in outcome.out, "\x1b[1;31mTFR204\x1b[0m" in outcome.err) == (expected, expected)


def test_colours_by_environment(toy_command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    make(a=PROGRAM)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert b"\x1b[" in toy_command("diff", ".").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert b"\x1b[" not in toy_command("diff", ".").out


def test_defect_is_told_and_is_not_taken_for_a_refusal(toy_command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def defective(_: Sequence[SourceFile], **_options: object) -> list[UnitResult]:
        raise ZeroDivisionError

    make(a=PROGRAM)
    monkeypatch.setattr(pipeline, "migrate_with_libcst", defective)
    outcome = toy_command("rewrite", ".")
    assert outcome.code == 2
    assert "ZeroDivisionError" in outcome.err
    assert "please report" in outcome.err
    assert contents() == {"a": PROGRAM}


@pytest.mark.parametrize("command", ["", "check", "diff", "rewrite", "undo", "explain", "verify", "server"])
def test_help_has_room_in_eighty_columns(toy_command: Command, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = toy_command(*[command] * bool(command), "--help").out.decode().splitlines()
    assert len(lines) > 5
    assert max(map(len, lines)) <= 80


def test_reader_that_stops_early() -> None:
    make(a=PROGRAM + "OLD\n" * 100_000)
    main = Path(__file__).parent / "toy_main.py"
    with subprocess.Popen(
        [sys.executable, main, "diff", "."], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_version(command: Command) -> None:
    assert command("--version").out.decode() == f"tf1to2-reg {__version__}\n"


def test_explain(toy_command: Command) -> None:
    listed = toy_command("explain").out.decode()
    page = toy_command("explain", "tfr204").out.decode()
    assert "  TFR204  saver or checkpoint\n" in listed
    assert page.startswith("TFR204 saver or checkpoint (refused: the program is left as it is, byte for byte)\n")
    assert "    saver = tf.train.import_meta_graph(" in page


def test_help_is_quick(command: Command) -> None:
    def seconds() -> float:
        before = os.times()
        assert command("--help").code == 0
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    assert min(seconds() for _ in range(5)) < 0.3


def test_help_and_explain_import_nothing_heavy() -> None:
    for arguments in (["--help"], ["diff", "--help"], ["explain", "TFR204"]):
        code = f"import sys; sys.argv[1:] = {arguments}; from tf1to2_reg.command import cli; cli.main()"
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True
        )
        imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
        assert imported & {"typer", "tf1to2_reg"} == {"typer", "tf1to2_reg"}
        assert imported & {"rich", "libcst", "tensorflow", "numpy"} == set()
