"""Every fixture that migrates trains to the same numbers: the before as TF1, the after on Keras 3.

Run through the machinery of `tf1to2-reg verify`, both sides in one process each for the whole module.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_cases import Case
from test_fixtures_golden import MIGRATED, named

from tf1to2_reg.verify import Program, Runner, Tolerances, Verdict, printed, verdict_line, verify

CASES = [case for case in MIGRATED if case.runs]
TOLERANCES = Tolerances(rtol=1e-5, atol=0.0, trained=1e-4)

WITHOUT_PENALTY = {"penalty_second_call_only", "reg_zero_strength", "decay_by_hand", "variables_by_helpers"}
"""Cases whose penalty is 0 by design; that of all others must be seen, so that there is something to compare."""


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


def program(case: Case, folder: Path, *, after: bool) -> Program:
    """What is run: in the new folder, where a script beside the program runs it."""
    path = case.after if after else case.before
    if case.is_driven:
        return driven(path, case.driver(after=after), folder)
    if path.is_dir():
        return Program(path, case.entry)
    return Program(path.parent, path.name)


def driven(path: Path, driver: Path, folder: Path) -> Program:
    """A program together with the script that runs it."""
    if path.is_dir():
        shutil.copytree(path, folder)
    else:
        folder.mkdir()
        shutil.copy(path, folder)
    shutil.copy(driver, folder / "drive.py")
    return Program(folder, "drive.py")


def trained_alike(case: Case, folder: Path, runner: Runner) -> Verdict:
    before, after = (program(case, folder / str(after), after=after) for after in (False, True))
    return verify(before, after, runner, tolerances=TOLERANCES)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_same_numbers(case: Case, tmp_path: Path, runner: Runner) -> None:
    verdict = trained_alike(case, tmp_path, runner)

    assert verdict.equal, verdict_line(verdict)
    assert printed.comparable(verdict.before.printed, verdict.after.printed), verdict.after.printed
    assert any(printed.numbers(line, 0) for line in verdict.before.printed.splitlines())
    assert any(row.regularization_before > 0.0 for row in verdict.rows) is (case.name not in WITHOUT_PENALTY)


def test_every_migrated_fixture_is_run() -> None:
    assert [case.name for case in MIGRATED if not case.runs] == []
