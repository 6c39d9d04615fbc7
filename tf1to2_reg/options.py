"""What can be said on the command line. Imports nothing, so that `--help` is quick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from pathlib import Path


class Color(str, Enum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class TargetChoice(str, Enum):
    """Where programs may go: AUTO is `tf2` where that is exact, else `graph`."""

    AUTO = "auto"
    TF2 = "tf2"
    GRAPH = "graph"


class Format(str, Enum):
    """In which form standard output gets what was found; TEXT is for people, and of `diff` the diff itself."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


class Verbosity(IntEnum):
    """How much is said: QUIET only what failed, NORMAL notes in one line each, VERBOSE everything in full."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


@dataclass(frozen=True)
class Options:
    """What the command line said; None, and empty for globs, where it said nothing."""

    paths: Sequence[Path]
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    jobs: int | None = None
    report: Path | None = None
    color: Color | None = None
    verbosity: Verbosity | None = None
    allow_dirty: bool | None = None
    target: TargetChoice | None = None
    partial: bool | None = None
    format: Format | None = None
    html: Path | None = None
    statistics: bool = False
    stdin_filename: Path | None = None
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()


@dataclass(frozen=True)
class Verification:
    """What `rewrite --verify` asks for: the script and its arguments, the most steps, and seconds for each program."""

    command: str
    steps: int | None = None
    timeout: float = 300.0
