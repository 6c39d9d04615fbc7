"""What is run: a program, on which TensorFlow, and how."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


class VerifyError(Exception):
    """A program could not be compared. `message` is for the user; `output` holds the program's own last lines."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.output = output


class OtherTarget(VerifyError):
    """The program is no program of the target that it was recorded as, but of `target`."""

    def __init__(self, target: Target, message: str, output: str = "") -> None:
        super().__init__(message, output)
        self.target = target


class Target(str, Enum):
    """What a TF1 program has become: a TF2 program, or still a graph program, of Keras 3 layers."""

    TF2 = "tf2"
    GRAPH = "graph"


class Side(str, Enum):
    """Which TensorFlow a program is written for."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Program:
    """A program as `python entry argv...` would run it with `folder` as the working directory.

    `entry` is relative to `folder`.
    """

    folder: Path
    entry: str
    argv: tuple[str, ...] = ()

    @staticmethod
    def from_path(path: Path, entry: str | None = None, argv: tuple[str, ...] = ()) -> Program:
        """A script, or a folder with an entry. Raises VerifyError where there is no such file."""
        if path.is_dir():
            return Program._from_folder(path, entry, argv)
        if not path.is_file():
            raise VerifyError(f"{path}: no such file or folder")
        return Program(path.parent, path.name, argv)

    @staticmethod
    def _from_folder(path: Path, entry: str | None, argv: tuple[str, ...]) -> Program:
        if entry is None:
            raise VerifyError(f"{path} is a folder: name the script to run with --entry, such as --entry train.py")
        if not (path / entry).is_file():
            raise VerifyError(f"{path / entry}: no such file (--entry {entry})")
        return Program(path, entry, argv)


@dataclass(frozen=True)
class Options:
    """How a program is recorded.

    `steps` ends it after so many training steps, `timeout` (seconds) ends it in any case. `ordinals` renumbers the
    randomly initialized variables: a shape, written as a list such as "[3, 4]", to the ordinals in order of creation.
    `same_start` starts all variables of one shape with the same values. A `disturbance` moves every random initial
    value up or down by so much of itself, in directions that depend on its second number. `target` is that of the
    after; it decides on both sides what becomes of random numbers, and how the after is watched. `verify` finds it out
    where it is None.
    """

    steps: int | None = None
    timeout: float = 300.0
    target: Target | None = None
    keep_dropout: bool = False
    same_start: bool = False
    disturbance: tuple[float, int] = (0.0, 0)
    ordinals: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Interpreters:
    """The Python of each side. `genuine` tells that `before` has a TensorFlow 1 and needs no stand-in."""

    before: Path = Path(sys.executable)
    after: Path = Path(sys.executable)
    genuine: bool = False
