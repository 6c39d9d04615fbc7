"""Carrying out `tf1to2-reg verify`: run, compare, report, exit code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from tf1to2_reg.diagnostics.exit_codes import ExitCode
from tf1to2_reg.verify.programs import Interpreters, Options, Program, VerifyError
from tf1to2_reg.verify.report_html import to_html
from tf1to2_reg.verify.report_json import to_json
from tf1to2_reg.verify.report_text import print_report
from tf1to2_reg.verify.runner import Runner
from tf1to2_reg.verify.verdict import Tolerances, Verdict
from tf1to2_reg.verify.verification import verify


@dataclass(frozen=True)
class Request:
    """What the command line asks for.

    `timeout` is in seconds and holds for each program. A tolerance that is None is that of the target.
    """

    before: Path
    after: Path
    entry: str | None = None
    arguments: tuple[str, ...] = ()
    steps: int | None = None
    timeout: float = 300.0
    tf1_python: Path | None = None
    json: Path | None = None
    html: Path | None = None
    rtol: float | None = None
    atol: float | None = None
    trained: float | None = None


def execute(request: Request) -> ExitCode:
    """Carry out a request and print the report to standard output, errors to standard error."""
    try:
        verdict = _verify(request)
        _write_reports(verdict, request)
    except VerifyError as error:
        print_error(error, Console(stderr=True))
        return ExitCode.UNUSABLE
    print_report(verdict, Console())
    return ExitCode.DONE if verdict.equal else ExitCode.FOUND


def print_error(error: VerifyError, errors: Console) -> None:
    """Print the message, then the last lines of the program's own error."""
    errors.print(f"tf1to2-reg: {error.message}", markup=False, highlight=False, soft_wrap=True)
    for line in error.output.splitlines():
        errors.print(f"  | {line}", markup=False, highlight=False, soft_wrap=True)


def _verify(request: Request) -> Verdict:
    before = Program.from_path(request.before, request.entry, request.arguments)
    after = Program.from_path(request.after, request.entry, request.arguments)
    options = Options(steps=request.steps, timeout=request.timeout)
    with Runner(_interpreters(request)) as runner:
        asked = partial(Tolerances.of, rtol=request.rtol, atol=request.atol, trained=request.trained)
        return verify(before, after, runner, options, asked)


def _interpreters(request: Request) -> Interpreters:
    if request.tf1_python is None:
        return Interpreters()
    if not request.tf1_python.is_file():
        raise VerifyError(f"--tf1-python {request.tf1_python}: no such file")
    return Interpreters(before=request.tf1_python, genuine=True)


def _write_reports(verdict: Verdict, request: Request) -> None:
    if request.json is not None:
        _write(request.json, to_json(verdict))
    if request.html is not None:
        _write(request.html, to_html(verdict, f"{request.before} → {request.after}"))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise VerifyError(f"cannot write {path}: {error.strerror}") from error
