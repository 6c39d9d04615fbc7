"""What the commands do: run the pipeline, print and write what it found, and say how it went."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from tf1to2_reg import pipeline
from tf1to2_reg.checks import Engine
from tf1to2_reg.command.config import ConfigError, load_config
from tf1to2_reg.command.settings import Settings, settings
from tf1to2_reg.diagnostics import PAGES
from tf1to2_reg.diagnostics.exit_codes import ExitCode
from tf1to2_reg.files.discovery import discover
from tf1to2_reg.options import Color, Options, Verbosity, Verification
from tf1to2_reg.pipeline import RunResult
from tf1to2_reg.report import pages
from tf1to2_reg.report.diff import base_of, painted, unified
from tf1to2_reg.report.json_report import json_report
from tf1to2_reg.report.messages import Messages
from tf1to2_reg.report.progress import ProgressBar
from tf1to2_reg.report.style import style_for
from tf1to2_reg.report.units import summary_text, unit_text
from tf1to2_reg.verify.command import INSTALL

STDIN = Path("-")
STDIN_NAME = Path("<stdin>")


class UsageError(Exception):
    """The command cannot be carried out as it was given."""


def diff(options: Options) -> ExitCode:
    """Print a unified diff to standard output, diagnostics to standard error."""
    run_settings = _settings(options)
    result = _analyse(options.paths, run_settings)
    style = style_for(sys.stdout, run_settings.color)
    base = base_of(result.new_sources)
    if base != Path.cwd():
        _say(f"paths in the diff are relative to {base}\n")
    for path, data in sorted(result.new_sources.items(), key=lambda item: (item[0] not in result.sources, item[0])):
        source = result.sources.get(path)
        sys.stdout.buffer.write(painted(unified(path, source.data if source else None, data, base), style))
    sys.stdout.buffer.flush()
    return _finish("diff", result, run_settings)


def rewrite(options: Options, verification: Verification | None = None) -> ExitCode:
    """Write the migrated files, or for standard input the text to standard output."""
    run_settings = _settings(options)
    if STDIN in options.paths:
        if verification:
            raise UsageError("--verify needs the program's files, not standard input")
        result = _rewrite_stdin(run_settings)
    else:
        result = _rewrite_files(options.paths, run_settings, verification)
    return _finish("rewrite", result, run_settings)


def _rewrite_files(paths: Sequence[Path], run_settings: Settings, verification: Verification | None) -> RunResult:
    analysed = _analyse(paths, run_settings)
    if verification is None:
        return pipeline.write(analysed, allow_dirty=run_settings.allow_dirty)
    try:
        from tf1to2_reg.verify.approval import Approval, NotVerified  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        raise UsageError(f"{INSTALL} (no module {error.name})") from None
    approval = Approval(paths, verification, quiet=run_settings.verbosity == Verbosity.QUIET)
    try:
        return pipeline.write(analysed, allow_dirty=run_settings.allow_dirty, approve=approval)
    except NotVerified as error:
        raise UsageError(f"{error}\nnothing was written: the program could not be verified") from error


def check(options: Options) -> ExitCode:
    """Print the programs and what they are made of to standard output."""
    run_settings = _settings(options)
    result = _analyse(options.paths, run_settings)
    style = style_for(sys.stdout, run_settings.color)
    messages = Messages(result.sources, style, run_settings.verbosity)
    for unit in result.units:
        sys.stdout.write(unit_text(unit, style) + messages.unit(unit) + "\n")
    return _finish("check", result, run_settings)


def explain(code: str | None, color: Color) -> ExitCode:
    """Print the page of a diagnostic, or the list of all."""
    style = style_for(sys.stdout, color)
    page = PAGES.get((code or "").upper())
    if code and not page:
        raise UsageError(f"there is no diagnostic {code!r}; `tf1to2-reg explain` lists all")
    sys.stdout.write(pages.page_text(page, style) if page else pages.list_text(style))
    return ExitCode.DONE


def _settings(options: Options) -> Settings:
    if STDIN in options.paths and len(options.paths) > 1:
        raise UsageError("- stands for standard input and must be the only path")
    files = [path for path in options.paths if path != STDIN]
    for path in files:
        if not path.exists() and not path.is_symlink():
            raise UsageError(f"{path} does not exist")
    try:
        return settings(options, load_config(files))
    except ConfigError as error:
        raise UsageError(str(error)) from error


def _analyse(paths: Sequence[Path], run_settings: Settings) -> RunResult:
    engine = _engine(run_settings)
    if STDIN in paths:
        return pipeline.analyse_text(STDIN_NAME, sys.stdin.buffer.read(), engine=engine)
    shown = sys.stderr.isatty() and run_settings.verbosity > Verbosity.QUIET
    with ProgressBar() if shown else nullcontext(pipeline.no_progress) as progress:
        found = discover(paths, run_settings.selection)
        return pipeline.analyse(found, engine=engine, jobs=run_settings.jobs, progress=progress)


def _engine(run_settings: Settings) -> Engine:
    return partial(pipeline.migrate_with_libcst, choice=run_settings.target, partial=run_settings.partial)


def _rewrite_stdin(run_settings: Settings) -> RunResult:
    data = sys.stdin.buffer.read()
    result = pipeline.analyse_text(STDIN_NAME, data, engine=_engine(run_settings))
    sys.stdout.buffer.write(result.new_sources.get(STDIN_NAME, data))
    sys.stdout.buffer.flush()
    return pipeline.write_nothing(result)


def _finish(command: str, result: RunResult, run_settings: Settings) -> ExitCode:
    sys.stdout.flush()
    messages = Messages(result.sources, style_for(sys.stderr, run_settings.color), run_settings.verbosity)
    if command != "check":
        for unit in result.units:
            _say(messages.unit(unit))
    _say(messages.text(result.problems))
    if run_settings.verbosity > Verbosity.QUIET:
        _say("".join(f"rewrote {path}\n" for path in result.written or ()) + summary_text(result))
    if run_settings.report:
        _write_report(command, result, run_settings.report)
    return result.exit_code()


def _write_report(command: str, result: RunResult, file: Path) -> None:
    try:
        file.write_text(json_report(command, result), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the report cannot be written: {file}: {error.strerror}") from error


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
