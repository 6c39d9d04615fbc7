"""Choosing pitfalls, naming standard input, completion in the shell."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import toy_engine
from conftest import Command

NOTED = toy_engine.PROGRAM + "# toy: note TFR301 one\n# toy: note TFR302 one\n# toy: note TFR103 one\n"

pytestmark = pytest.mark.usefixtures("folder")


def told(command: Command, *arguments: str) -> set[str]:
    outcome = command("check", ".", *arguments)
    assert outcome.code == 1
    return {code for code in ("TFR103", "TFR301", "TFR302") if f": {code} " in outcome.out.decode()}


def test_pitfalls_by_option(toy_command: Command) -> None:
    Path("a.py").write_text(NOTED)
    assert told(toy_command) == {"TFR103", "TFR301", "TFR302"}
    assert told(toy_command, "--select", "TFR301") == {"TFR103", "TFR301"}
    assert told(toy_command, "--ignore", "TFR301") == {"TFR103", "TFR302"}
    assert told(toy_command, "--ignore", "TFR301", "--ignore", "TFR302") == {"TFR103"}


def test_pitfalls_by_setting(toy_command: Command) -> None:
    Path("a.py").write_text(NOTED)
    Path("sub").mkdir()
    Path("sub/b.py").write_text(NOTED.replace("one", "two"))
    Path("pyproject.toml").write_text('[tool.tf1to2-reg.per-file-ignores]\n"sub/" = ["TFR302"]\n')
    lines = toy_command("check", ".").out.decode().splitlines()
    assert [line.split()[:2] for line in lines if ": TFR302 " in line] == [["a.py:5:1:", "TFR302"]]
    Path("pyproject.toml").write_text('[tool.tf1to2-reg]\nignore = ["TFR302"]\n')
    assert told(toy_command) == {"TFR103", "TFR301"}


@pytest.mark.parametrize("code", ["TFR999", "TFR201", "TFR103", "E501", ""])
def test_what_is_no_pitfall_is_refused(toy_command: Command, code: str) -> None:
    Path("a.py").write_text(NOTED)
    outcome = toy_command("check", ".", "--ignore", code)
    assert outcome.code == 2
    assert outcome.err == f"tf1to2-reg: {code!r} is no pitfall; `tf1to2-reg explain` lists those, TFR3xx\n"


@pytest.mark.parametrize("text", ['"sub/" = "TFR302"', "sub = 1", '"a" = [1]'])
def test_setting_of_the_wrong_kind(toy_command: Command, text: str) -> None:
    Path("pyproject.toml").write_text(f"[tool.tf1to2-reg.per-file-ignores]\n{text}\n")
    outcome = toy_command("check", ".")
    assert outcome.code == 2
    assert "pyproject.toml:2: tool.tf1to2-reg.per-file-ignores must be a table of lists of codes" in outcome.err


def test_name_of_standard_input(toy_command: Command) -> None:
    Path("sub").mkdir()
    Path("sub/pyproject.toml").write_text('[tool.tf1to2-reg]\nignore = ["TFR302"]\n')
    outcome = toy_command("check", "-", "--stdin-filename", "sub/net.py", stdin=NOTED.encode())
    assert b"sub/net.py:4:1: TFR301 " in outcome.out
    assert b": TFR302 " not in outcome.out
    assert not Path("sub/net.py").exists()
    rewritten = toy_command("rewrite", "-", "--stdin-filename", "sub/net.py", stdin=NOTED.encode())
    assert rewritten.out.startswith(toy_engine.PROGRAM_AFTER.encode())


def test_name_of_standard_input_without_it(toy_command: Command) -> None:
    outcome = toy_command("check", ".", "--stdin-filename", "a.py")
    assert (outcome.code, outcome.err) == (2, "tf1to2-reg: --stdin-filename names standard input; give - as the path\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    command = Path(sys.executable).with_name("tf1to2-reg")
    script = subprocess.run(
        [command],
        env={**os.environ, "_TF1TO2_REG_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "_TF1TO2_REG_COMPLETE" in script
    asked = {"COMP_WORDS": "tf1to2-reg re", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "tf1to2-reg re"}
    fish = {"_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_WORD_TO_COMPLETE": "re"}
    done = subprocess.run(
        [command],
        env={**os.environ, "_TF1TO2_REG_COMPLETE": f"complete_{shell}", **asked, **fish},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "rewrite" in done.stdout
    assert "explain" not in done.stdout
