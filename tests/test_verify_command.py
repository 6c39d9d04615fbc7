"""The command as a user runs it: exit codes, messages, reports."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result
from verify_programs import AFTER, BEFORE, replaced, write_pair

from tf1to2_reg.verify.command import verify_command
from tf1to2_reg.verify.programs import VerifyError
from tf1to2_reg.verify.rewriting import split_command, verify_rewrite

APP = typer.Typer()
APP.command()(verify_command)


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(APP, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def test_equal_programs(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path)
    report, page = tmp_path / "report.json", tmp_path / "report.html"

    result = invoke(before, after, "--json", report, "--html", page)

    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].startswith("before  TensorFlow 2.")
    assert re.match(r"equal: 8 training steps, 6 trained variables, 1 penalty;", lines[-1])
    document = json.loads(report.read_text(encoding="utf-8"))
    assert document["equal"] is True
    assert len(document["steps"]) == 8
    assert document["steps"][0]["total_loss"][0] == pytest.approx(document["steps"][0]["total_loss"][1])
    assert document["penalties"] == [
        {"variable": "dense/kernel", "before": pytest.approx(0.3385, 1e-3), "after": pytest.approx(0.3385, 1e-3)}
    ]
    assert "equal: 8 training steps" in page.read_text(encoding="utf-8")


def test_different_programs(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path, after=replaced(AFTER, ("L2(0.05)", "L2(0.1)")))
    report = tmp_path / "report.json"

    result = invoke(before, after, "--steps", 2, "--json", report)

    assert result.exit_code == 1, result.output
    assert "different: step 0, penalty (dense/kernel)" in result.output
    assert "likely cause: the penalty of dense/kernel is exactly twice that of the before" in result.output
    document = json.loads(report.read_text(encoding="utf-8"))
    assert document["causes"][0]["kind"] == "factor-two"
    assert document["differences"][0]["relative"] == pytest.approx(0.5)


def test_folders_with_an_entry_and_arguments(tmp_path: Path) -> None:
    loop, counted = "range(8)", "range(int(sys.argv[2]))"
    write_pair(
        tmp_path,
        "import sys\n" + replaced(BEFORE, (loop, counted)),
        "import sys\n" + replaced(AFTER, (loop, counted)),
    )
    for side in ("before", "after"):
        (tmp_path / side / f"{side}.py").rename(tmp_path / side / "train.py")

    result = invoke(tmp_path / "before", tmp_path / "after", "--entry", "train.py", "--", "--steps", "4")

    assert result.exit_code == 0, result.output
    assert "equal: 4 training steps" in result.output


def test_rewrite_uses_the_same(tmp_path: Path) -> None:
    write_pair(tmp_path)
    for side in ("before", "after"):
        (tmp_path / side / f"{side}.py").rename(tmp_path / side / "train.py")

    assert verify_rewrite(tmp_path / "before", tmp_path / "after", "train.py --steps 4").equal


@pytest.mark.parametrize("command", ["", "train.py 'x"])
def test_a_verify_command_without_a_script_is_refused(command: str) -> None:
    with pytest.raises(VerifyError, match="--verify"):
        split_command(command)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("missing.py", "after/after.py"), "missing.py: no such file or folder"),
        (("before", "after"), "name the script to run with --entry"),
        (("before", "after", "--entry", "main.py"), "no such file (--entry main.py)"),
        (("before/before.py", "after/after.py", "--tf1-python", "no/python"), "--tf1-python no/python: no such file"),
    ],
)
def test_wrong_paths(arguments: tuple[str, ...], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pair(tmp_path)
    monkeypatch.chdir(tmp_path)

    result = invoke(*arguments)

    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("after", [AFTER, "import graph_layers\n"], ids=["tf2", "graph"])
def test_arguments_the_wrong_way_round(after: str, tmp_path: Path) -> None:
    before, after_path = write_pair(tmp_path, after=after)
    result = invoke(after_path, before)
    assert result.exit_code == 2
    assert "the first argument is the TF1 program" in result.output
    assert invoke(before, before, "--timeout", "1").exit_code == 2


def test_a_program_that_fails(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path, after="import numpy\nopen('data.npz')\n")

    result = invoke(before, after)

    assert result.exit_code == 2
    assert "tf1to2-reg: the after program does not run: FileNotFoundError" in result.output
    assert f'  |   File "{after}", line 2, in <module>' in result.output


def test_a_report_that_cannot_be_written(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path)

    result = invoke(before, after, "--steps", 1, "--html", tmp_path / "missing" / "report.html")

    assert result.exit_code == 2
    assert "cannot write" in result.output


def test_an_interpreter_without_tensorflow(tmp_path: Path) -> None:
    before, after = write_pair(tmp_path)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E "$@"\n', encoding="utf-8")
    python.chmod(0o755)

    result = invoke(before, after, "--tf1-python", python)

    assert result.exit_code == 2
    assert "TensorFlow cannot be imported by" in result.output


def test_the_command_line_starts_without_numpy() -> None:
    code = "import sys, tf1to2_reg.verify.command; print('numpy' in sys.modules, 'psutil' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["False", "False"]
