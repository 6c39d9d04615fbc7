"""What the commands do: run the pipeline, print and write what it found, and say how it went."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

from tf1to2_reg import pipeline
from tf1to2_reg.checks import Engine
from tf1to2_reg.command.config import ConfigError, load_config
from tf1to2_reg.command.settings import Settings, settings
from tf1to2_reg.diagnostics import PAGES, Diagnostic
from tf1to2_reg.diagnostics.exit_codes import ExitCode
from tf1to2_reg.files.discovery import Discovery, GlobError, discover
from tf1to2_reg.files.journal import home_of, homes_above, runs_of, unfinished
from tf1to2_reg.files.pitfalls import ChoiceError
from tf1to2_reg.files.signals import stopped_by_signals
from tf1to2_reg.files.undo import Restored, take_back, together
from tf1to2_reg.files.undo import undo as put_back
from tf1to2_reg.options import Color, Format, Options, Verbosity, Verification
from tf1to2_reg.pipeline import RunResult
from tf1to2_reg.report import pages
from tf1to2_reg.report.annotations import github_annotations
from tf1to2_reg.report.diff import base_of, difference, painted
from tf1to2_reg.report.html_report import html_report
from tf1to2_reg.report.json_report import json_report
from tf1to2_reg.report.messages import Messages
from tf1to2_reg.report.progress import ProgressBar
from tf1to2_reg.report.sarif import sarif
from tf1to2_reg.report.statistics import statistics_text
from tf1to2_reg.report.style import Style, style_for
from tf1to2_reg.report.units import summary_text, unit_text
from tf1to2_reg.verify.command import INSTALL

STDIN = Path("-")
MANY = 10
"""More programs than these are told of in short."""
STDIN_NAME = Path("<stdin>")


class UsageError(Exception):
    """The command cannot be carried out as it was given."""


def analysed(options: Options) -> RunResult:
    """What the files hold, as `check` tells it."""
    return _analyse(options, _settings(options))


def diff(options: Options) -> ExitCode:
    """Print a unified diff to standard output, diagnostics to standard error."""
    run_settings = _settings(options)
    result = _analyse(options, run_settings)
    if run_settings.format is Format.TEXT:
        _print_diff(result, style_for(sys.stdout, run_settings.color))
    return _finish("diff", result, run_settings)


def _print_diff(result: RunResult, style: Style) -> None:
    base = base_of(result.new_sources)
    if base != Path.cwd():
        _say(f"paths in the diff are relative to {base}\n")
    for path, data in sorted(result.new_sources.items(), key=lambda item: (item[0] not in result.sources, item[0])):
        sys.stdout.buffer.write(painted(difference(path, result.sources.get(path), data, base), style))
    sys.stdout.buffer.flush()


def rewrite(options: Options, verification: Verification | None = None) -> ExitCode:
    """Write the migrated files, or for standard input the text to standard output."""
    run_settings = _settings(options)
    if STDIN in options.paths:
        if verification:
            raise UsageError("--verify needs the program's files, not standard input")
        if run_settings.format is not Format.TEXT:
            raise UsageError(f"{run_settings.format.value} and the migrated text would both go to standard output")
        result = _rewrite_stdin(options, run_settings)
    else:
        result = _rewrite_files(options, run_settings, verification)
    return _finish("rewrite", result, run_settings)


def _rewrite_files(options: Options, run_settings: Settings, verification: Verification | None) -> RunResult:
    paths = options.paths
    found = discover(paths, run_settings.selection)
    taken_back = _take_back(found)
    if taken_back.problems:
        return RunResult((), {}, (), taken_back.problems)
    changed = taken_back.replaced or taken_back.removed
    analysed = _analyse(options, run_settings, None if changed else found)
    home = home_of(paths)
    if verification is None:
        with stopped_by_signals():
            return pipeline.write(analysed, home=home, allow_dirty=run_settings.allow_dirty)
    try:
        from tf1to2_reg.verify.approval import Approval, NotVerified  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        raise UsageError(f"{INSTALL} (no module {error.name})") from None
    approval = Approval(paths, verification, quiet=run_settings.verbosity == Verbosity.QUIET)
    try:
        with stopped_by_signals():
            return pipeline.write(analysed, home=home, allow_dirty=run_settings.allow_dirty, approve=approval)
    except NotVerified as error:
        raise UsageError(f"{error}\nnothing was written: the program could not be verified") from error


def _take_back(found: Discovery) -> Restored:
    """Put back what a killed rewrite of these files left half written, and say so."""
    restored = together([take_back(home) for home in found.homes if unfinished(home)])
    if restored.replaced or restored.removed:
        _say("a rewrite was stopped here while it wrote; what it had begun is taken back:\n" + _restored_text(restored))
    return restored


def undo(path: Path) -> ExitCode:
    """Put back what the last rewrite at or above the path replaced."""
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    restored = next((done for home in homes_above([path]) if (done := put_back(home)) is not None), None)
    if restored is None:
        raise UsageError(f"no rewrite is kept for {path}; give the path that was given to `rewrite`")
    _say(_restored_text(restored))
    _say(Messages({}, style_for(sys.stderr, Color.AUTO), Verbosity.NORMAL).text(restored.problems))
    return ExitCode.UNUSABLE if restored.problems else ExitCode.DONE


def kept_runs(path: Path) -> ExitCode:
    """List the rewrites that `undo` can put back, the last first."""
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    for home in homes_above([path]):
        for run in reversed(runs_of(home)):
            programs = run.programs()
            files = list(dict.fromkeys(_shown(run.path(entry)) for program in programs for entry in program.entries))
            stopped = "" if all(program.ended for program in programs) else ", stopped half way"
            sys.stdout.write(f"{run.when}  {len(files)} {'file' if len(files) == 1 else 'files'}{stopped}\n")
            sys.stdout.writelines(f"    {file}\n" for file in files[:MANY])
            if len(files) > MANY:
                sys.stdout.write(f"    and {len(files) - MANY} more\n")
    return ExitCode.DONE


def _restored_text(restored: Restored) -> str:
    lines = [f"put back {_shown(path)}\n" for path in restored.replaced]
    return "".join(lines + [f"removed {_shown(path)}\n" for path in restored.removed])


def _shown(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def check(options: Options) -> ExitCode:
    """Print the programs and what they are made of to standard output."""
    run_settings = _settings(options)
    result = _analyse(options, run_settings)
    if run_settings.format is Format.TEXT:
        style = style_for(sys.stdout, run_settings.color)
        messages = Messages(result.sources, style, run_settings.verbosity)
        in_full = run_settings.verbosity is Verbosity.VERBOSE or len(result.units) <= MANY
        for unit in result.units:
            sys.stdout.write(unit_text(unit, style, with_findings=in_full) + messages.unit(unit) + "\n" * in_full)
        sys.stdout.write(messages.rest)
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
    if options.stdin_filename is not None and STDIN not in options.paths:
        raise UsageError("--stdin-filename names standard input; give - as the path")
    if STDIN in options.paths and len(options.paths) > 1:
        raise UsageError("- stands for standard input and must be the only path")
    files = [path for path in options.paths if path != STDIN]
    for path in files:
        if not os.path.lexists(path):
            raise UsageError(f"{path} does not exist")
    try:
        return settings(options, load_config([options.stdin_filename] if options.stdin_filename else files))
    except ConfigError as error:
        raise UsageError(str(error)) from error
    except ChoiceError as error:
        raise UsageError(f"{error.args[0]!r} is no pitfall; `tf1to2-reg explain` lists those, TFR3xx") from error
    except GlobError as error:
        raise UsageError(f"{error.args[0]!r} is no pattern for files; patterns are those of a .gitignore") from error


def _analyse(options: Options, run_settings: Settings, found: Discovery | None = None) -> RunResult:
    """What the files hold, `found` or still to be looked for."""
    return _without_ignored(_analysed(options, run_settings, found), run_settings)


def _without_ignored(result: RunResult, run_settings: Settings) -> RunResult:
    units = [replace(unit, diagnostics=run_settings.pitfalls.of(unit.diagnostics)) for unit in result.units]
    return replace(result, units=tuple(units), left_out=run_settings.pitfalls.of(result.left_out))


def _analysed(options: Options, run_settings: Settings, found: Discovery | None) -> RunResult:
    paths = options.paths
    engine = _engine(run_settings)
    if STDIN in paths:
        return pipeline.analyse_text(options.stdin_filename or STDIN_NAME, sys.stdin.buffer.read(), engine=engine)
    shown = sys.stderr.isatty() and run_settings.verbosity > Verbosity.QUIET
    with ProgressBar() if shown else nullcontext(pipeline.no_progress) as progress:
        found = found or discover(paths, run_settings.selection)
        found = replace(found, problems=(*found.problems, *_half_written(found)))
        return pipeline.analyse(found, engine=engine, jobs=run_settings.jobs, progress=progress)


def _half_written(found: Discovery) -> Iterator[Diagnostic]:
    message = "an earlier rewrite was stopped while it wrote this program"
    for run, program in (stopped for home in found.homes for stopped in unfinished(home)):
        yield Diagnostic("TFR911", run.path(program.entries[0]), 1, 1, message)


def _engine(run_settings: Settings) -> Engine:
    return partial(pipeline.migrate_with_libcst, choice=run_settings.target, partial=run_settings.partial)


def _rewrite_stdin(options: Options, run_settings: Settings) -> RunResult:
    name, data = options.stdin_filename or STDIN_NAME, sys.stdin.buffer.read()
    result = _without_ignored(pipeline.analyse_text(name, data, engine=_engine(run_settings)), run_settings)
    sys.stdout.buffer.write(result.new_sources.get(name, data))
    sys.stdout.buffer.flush()
    return pipeline.write_nothing(result)


def _finish(command: str, result: RunResult, run_settings: Settings) -> ExitCode:
    machine_text = _machine_text(command, result, run_settings.format)
    sys.stdout.buffer.write(machine_text.encode(errors="backslashreplace"))
    sys.stdout.flush()
    messages = Messages(result.sources, style_for(sys.stderr, run_settings.color), run_settings.verbosity)
    if command != "check":
        for unit in result.units:
            _say(messages.unit(unit))
    _say(messages.text(result.problems) + messages.rest)
    if run_settings.verbosity > Verbosity.QUIET:
        _say(messages.lines(result.left_out))
    if run_settings.verbosity > Verbosity.QUIET:
        _say("".join(f"rewrote {path}\n" for path in result.written or ()) + summary_text(result))
    if run_settings.statistics or _ranks_by_itself(result, run_settings):
        _say(statistics_text(result.units))
    if run_settings.report:
        _write_report(run_settings.report, json_report(command, result))
    if run_settings.html:
        _write_report(run_settings.html, html_report(command, result))
    return result.exit_code()


def _ranks_by_itself(result: RunResult, run_settings: Settings) -> bool:
    """Whether there are so many programs that their reasons are ranked unasked."""
    spoken = run_settings.format is Format.TEXT and run_settings.verbosity > Verbosity.QUIET
    return spoken and len(result.units) > MANY


def _machine_text(command: str, result: RunResult, form: Format) -> str:
    """What was found in a form for machines; empty where it is for people."""
    match form:
        case Format.JSON:
            return json_report(command, result)
        case Format.SARIF:
            return sarif(result)
        case Format.GITHUB:
            return github_annotations(result)
        case Format.TEXT:
            return ""


def _write_report(file: Path, text: str) -> None:
    try:  # in JSON `\udcff` is what stands for a byte of a file name that is not UTF-8
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"the report cannot be written: {file}: {error.strerror}") from error


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
