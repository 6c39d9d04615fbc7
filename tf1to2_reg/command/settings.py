"""What a command runs with: its options over the settings of pyproject.toml over the defaults."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tf1to2_reg.command.config import Config
from tf1to2_reg.files.discovery import PROGRAMS, Globs, Selection
from tf1to2_reg.files.pitfalls import Choice
from tf1to2_reg.options import Color, Format, Options, TargetChoice, Verbosity


@dataclass(frozen=True)
class Settings:
    """What holds for a run."""

    selection: Selection
    jobs: int
    report: Path | None
    color: Color
    verbosity: Verbosity
    allow_dirty: bool
    target: TargetChoice
    partial: bool
    format: Format
    html: Path | None
    statistics: bool
    pitfalls: Choice


def settings(options: Options, config: Config) -> Settings:
    """Combine the two; an option that was given replaces the setting, lists included."""
    report = options.report or config.report
    to_stdout = report == Path("-")
    format_ = options.format or Format(config.format or "text")
    return Settings(
        selection=Selection(
            include=_globs(options.include, config.include or PROGRAMS, config),
            exclude=_globs(options.exclude, config.exclude or (), config),
        ),
        jobs=options.jobs or config.jobs or os.cpu_count() or 1,
        report=None if to_stdout else report,
        color=options.color or Color(config.color or "auto"),
        verbosity=_verbosity(config) if options.verbosity is None else options.verbosity,
        allow_dirty=bool(config.allow_dirty if options.allow_dirty is None else options.allow_dirty),
        target=options.target or TargetChoice(config.target or "auto"),
        partial=bool(config.partial if options.partial is None else options.partial),
        format=Format.JSON if to_stdout else format_,
        html=options.html or config.html,
        statistics=options.statistics or bool(config.statistics),
        pitfalls=_pitfalls(options, config),
    )


def _pitfalls(options: Options, config: Config) -> Choice:
    per_file = config.per_file_ignores or {}
    return Choice(
        select=frozenset(options.select or config.select or ()),
        ignore=frozenset(options.ignore or config.ignore or ()),
        per_file=tuple((Globs((glob,), config.folder), frozenset(codes)) for glob, codes in per_file.items()),
    )


def _globs(given: Sequence[str], configured: Sequence[str], config: Config) -> Globs:
    return Globs(tuple(given), Path.cwd()) if given else Globs(tuple(configured), config.folder)


def _verbosity(config: Config) -> Verbosity:
    if config.quiet:
        return Verbosity.QUIET
    return Verbosity.VERBOSE if config.verbose else Verbosity.NORMAL
