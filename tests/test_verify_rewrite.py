"""`rewrite --verify` as a user runs it: written where the numbers agree, otherwise not a byte."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Command, Outcome
from verify_programs import BEFORE as IN_ONE
from verify_programs import replaced

from tf1to2_reg import engine, pipeline
from tf1to2_reg.command import cli
from tf1to2_reg.files.source import SourceFile
from tf1to2_reg.results import UnitResult
from tf1to2_reg.verify.programs import VerifyError
from tf1to2_reg.verify.rewriting import common_folder, verify_new_sources

BEFORE = replaced(
    IN_ONE, ("loss = ", "net = tf.layers.dense(net, 1)\nloss = "), ("tf.layers.dense(net, 1) - y", "net - y")
)
REFUSED = replaced(BEFORE, ("with tf.Session", "saver = tf.train.Saver(sharded=True)\nwith tf.Session"))


@pytest.fixture
def train(folder: Path) -> Path:
    path = folder / "program" / "train.py"
    path.parent.mkdir()
    path.write_text(BEFORE, encoding="utf-8")
    return path


def here(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *arguments: str | Path, stdin: bytes = b""
) -> Outcome:
    """The command in this process."""
    monkeypatch.setattr(sys, "argv", ["tf1to2-reg", *map(str, arguments)])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    with pytest.raises(SystemExit) as end:
        cli.main()
    out, err = capfd.readouterr()
    return Outcome(int(end.value.code or 0), out.encode(), err)


def without_penalty(files: Sequence[SourceFile], **_options: object) -> list[UnitResult]:
    """The engine with a defect: the penalty is not in the loss."""
    return [_spoilt(unit) for unit in engine.migrate(files)]


def _spoilt(unit: UnitResult) -> UnitResult:
    new = {
        path: replaced(data.decode(), (" + tf.add_n(", " + 0.0 * tf.add_n(")).encode()
        for path, data in unit.new_sources.items()
    }
    return replace(unit, new_sources=new)


def test_a_program_whose_numbers_agree_is_written(command: Command, train: Path) -> None:
    outcome = command("rewrite", "program", "--verify", "train.py --ignored 5", "--steps", "3")

    assert outcome.code == 0, outcome.err
    printed = outcome.out.decode()
    assert "equal: 3 training steps, 6 trained variables, 1 penalty" in printed
    assert "total loss before" in printed
    assert outcome.err.startswith("running train.py --ignored 5, before and after, on temporary copies\n")
    assert "rewrote program/train.py" in outcome.err
    assert "tf.keras.layers.Dense(" in train.read_text(encoding="utf-8")


def test_a_program_whose_numbers_differ_is_not_written(
    train: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "migrate_with_libcst", without_penalty)

    outcome = here(monkeypatch, capfd, "rewrite", train, "--verify", "train.py", "--steps", "2")

    assert outcome.code == 1, outcome.err
    assert b"different: step 0, total loss" in outcome.out
    assert b"likely cause:" in outcome.out
    assert "nothing was written: the numbers differ" in outcome.err
    assert "rewrote" not in outcome.err
    assert train.read_text(encoding="utf-8") == BEFORE
    assert [path.name for path in train.parent.iterdir()] == ["train.py"]


def test_a_program_that_cannot_run_is_not_written(command: Command, train: Path) -> None:
    text = "import module_that_is_missing\n" + BEFORE
    train.write_text(text, encoding="utf-8")

    outcome = command("rewrite", "program", "--verify", "train.py")

    assert outcome.code == 2
    assert "the before program does not run: ModuleNotFoundError" in outcome.err
    assert "nothing was written: the program could not be verified" in outcome.err
    assert train.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("verified", "message"),
    [
        ("main.py", "--verify: no script main.py in "),
        ("", "--verify needs the script to run"),
        ("train.py 'x", "No closing quotation"),
    ],
)
def test_a_wrong_command_writes_nothing(
    verified: str, message: str, train: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    outcome = here(monkeypatch, capfd, "rewrite", train, "--verify", verified)

    assert outcome.code == 2
    assert message in outcome.err
    assert train.read_text(encoding="utf-8") == BEFORE


def test_standard_input_cannot_be_verified(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    outcome = here(monkeypatch, capfd, "rewrite", "-", "--verify", "train.py", stdin=BEFORE.encode())

    assert outcome == Outcome(2, b"", "tf1to2-reg: --verify needs the program's files, not standard input\n")


def test_nothing_is_run_where_nothing_is_migrated(
    train: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    train.write_text(REFUSED, encoding="utf-8")

    outcome = here(monkeypatch, capfd, "rewrite", "--target", "tf2", train, "--verify", "train.py")

    assert outcome.code == 1
    assert "TFR204" in outcome.err
    assert "running" not in outcome.err


def test_the_folder_is_the_one_that_holds_all_paths(tmp_path: Path) -> None:
    for name in ("a/x.py", "a/b/y.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    assert common_folder([tmp_path / "a"]) == tmp_path / "a"
    assert common_folder([tmp_path / "a/x.py"]) == tmp_path / "a"
    assert common_folder([tmp_path / "a/x.py", tmp_path / "a/b/y.py"]) == tmp_path / "a"


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text(BEFORE, encoding="utf-8")
    (tmp_path / "program").mkdir()
    link = tmp_path / "program" / "train.py"
    link.symlink_to(outside)

    with pytest.raises(VerifyError, match="leads out of"):
        verify_new_sources([tmp_path / "program"], {link: b"print()\n"}, "train.py")

    assert outside.read_text(encoding="utf-8") == BEFORE
