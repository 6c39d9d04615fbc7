"""Every fixture is migrated to a graph program, by the real target, and proven identical to the last bit."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_cases import Case, Expect, all_cases
from graph_fixtures import Exempt, assert_as_expected, copied

from tf1to2_reg.verify import Program, Runner

_KERAS_2 = Exempt("its layers of tf.keras are Keras 2 in TF1 and Keras 3 in a graph of today", frozenset({"TFR405"}))
EXCEPTIONS = {
    "penalty_of_keras_layers": _KERAS_2,
    "refuse_keras_losses": _KERAS_2,
    "refuse_python2": Exempt("Python 2 cannot be parsed", frozenset({"TFR902"})),
}
"""Fixtures that stay as they are."""

NO_PROGRAM = Exempt("no layers, regularizers or penalties of TF1 in it")

CASES = all_cases()


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


def exempt(case: Case) -> Exempt | None:
    return NO_PROGRAM if case.expect is Expect.UNTOUCHED else EXCEPTIONS.get(case.name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_identical(case: Case, tmp_path: Path, runner: Runner) -> None:
    program = copied(case.before, case.entry, tmp_path / "before")
    if case.is_driven:
        shutil.copy(case.driver(after=False), program.folder / "drive.py")
        program = Program(program.folder, "drive.py")

    assert_as_expected(case.name, program, exempt(case), tmp_path / "after", runner)


def test_exceptions_are_fixtures() -> None:
    assert EXCEPTIONS.keys() <= {case.name for case in CASES}


def test_every_program_that_migrates_runs() -> None:
    assert {case.name for case in CASES if not case.runs and exempt(case) is None} == set()
