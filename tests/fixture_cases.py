"""The programs of fixtures/, what is expected of each, and what the command makes of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

from tf1to2_reg.files.discovery import discover
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.pipeline import RunResult, analyse, migrate_with_libcst
from tf1to2_reg.results import Status

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FIXTURES = Path(__file__).parent.parent / "fixtures"


class Expect(str, Enum):
    """What becomes of a program."""

    MIGRATED = "migrated"
    REFUSED = "refused"
    UNTOUCHED = "untouched"


@dataclass(frozen=True)
class Case:
    """A fixture, as its case.toml says. `before` and `after` are files, or folders for programs of several files."""

    name: str
    before: Path
    after: Path
    entry: str
    expect: Expect
    codes: frozenset[str]
    runs: bool

    @property
    def is_driven(self) -> bool:
        """True for a program that runs nothing itself: `drive/before.py` runs it, `drive/after.py` its after."""
        return self.driver(after=False).exists()

    def driver(self, *, after: bool) -> Path:
        return self.before.parent / "drive" / ("after.py" if after else "before.py")


@dataclass(frozen=True)
class Outcome:
    """What the command makes of a program.

    `files` holds every file as it is afterwards, by its path inside the program ("" for a program of one file).
    """

    expect: Expect
    codes: frozenset[str]
    refusals: frozenset[str]
    changed: frozenset[str]
    files: dict[str, bytes]


def load_case(name: str) -> Case:
    """The case of a fixture's folder."""
    folder = FIXTURES / name
    data = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    suffix = "" if (folder / "before").is_dir() else ".py"
    return Case(
        name,
        folder / f"before{suffix}",
        folder / f"after{suffix}",
        data["entry"],
        Expect(data["expect"]),
        frozenset(data["codes"]),
        data.get("runs", True),
    )


def all_cases() -> list[Case]:
    """Every fixture that has a case.toml, sorted by name."""
    return [load_case(path.parent.name) for path in sorted(FIXTURES.glob("*/case.toml"))]


def files_of(program: Path) -> dict[str, bytes]:
    """The bytes of a program's files by their path inside it; empty where there is no such program."""
    if program.is_file():
        return {"": program.read_bytes()}
    return {path.relative_to(program).as_posix(): path.read_bytes() for path in sorted(program.rglob("*.py"))}


def outcome(program: Path) -> Outcome:
    """Run the whole way of the command to `tf2`, writing nothing."""
    result = analyse(discover([program]), engine=partial(migrate_with_libcst, choice=TargetChoice.TF2))
    new = {_name(path, program): data for path, data in result.new_sources.items()}
    codes = frozenset(diagnostic.code for unit in result.units for diagnostic in unit.diagnostics)
    codes |= {problem.code for problem in result.problems}
    return Outcome(
        _expect(result),
        codes,
        frozenset(code for code in codes if code.startswith(("TFR2", "TFR9"))),
        frozenset(new),
        {**files_of(program), **new},
    )


def _name(path: Path, program: Path) -> str:
    return "" if path == program else path.relative_to(program).as_posix()


def _expect(result: RunResult) -> Expect:
    if result.problems or any(unit.status is Status.REFUSED for unit in result.units):
        return Expect.REFUSED
    return Expect.MIGRATED if result.units else Expect.UNTOUCHED
