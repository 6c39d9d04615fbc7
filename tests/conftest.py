"""The command in two ways: as a process, and in this process with the engine of toy_engine.py."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import toy_engine

from tf1to2_reg import pipeline
from tf1to2_reg.command import cli


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and its exit code."""

    code: int
    out: bytes
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def command() -> Command:
    """Run `tf1to2-reg` as a user does; keyword `cwd`, `stdin` and `env`."""

    def run(
        *arguments: str | Path, cwd: Path | None = None, stdin: bytes = b"", env: dict[str, str] | None = None
    ) -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "tf1to2_reg", *map(str, arguments)],
            cwd=cwd,
            input=stdin,
            env={**os.environ, **(env or {})},
            capture_output=True,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr.decode())

    return run


@pytest.fixture
def toy_command(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Command:
    """Run the command in this process; comments in the files say what the engine does (toy_engine.py)."""
    monkeypatch.setattr(pipeline, "migrate_with_libcst", toy_engine.migrate)

    def run(*arguments: str | Path, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "argv", ["tf1to2-reg", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capfdbinary.readouterr()
        return Outcome(int(end.value.code or 0), out, err.decode())

    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
