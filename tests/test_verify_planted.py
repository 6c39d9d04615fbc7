"""Wrong migrations: each must be caught at the right place, with the right likely cause."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tf1to2_reg.verify import Program, Runner, verdict_line, verify

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PLANTED = Path(__file__).parent.parent / "fixtures" / "planted"
NAMES = sorted(path.name for path in PLANTED.iterdir() if path.is_dir())


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 15


@pytest.mark.parametrize("name", NAMES)
def test_planted_error_is_caught(name: str, runner: Runner) -> None:
    expected = tomllib.loads((PLANTED / name / "expected.toml").read_text(encoding="utf-8"))
    before, after = Program(PLANTED / name, "before.py"), Program(PLANTED / name, "after.py")

    verdict = verify(before, after, runner)

    assert verdict.first is not None, verdict_line(verdict)
    assert verdict.first.quantity.value == expected["first"], verdict_line(verdict)
    assert verdict.first.step == expected.get("step"), verdict_line(verdict)
    assert [cause.kind.value for cause in verdict.causes] == [expected["cause"]]
