"""Fixtures with other names, in another place, with a second call: the same numbers, or refused with a reason.

`scripts/try_programs.py --fixtures` runs all of them; a few are run here, always the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from fixture_cases import Expect, all_cases
from fixture_mutations import ENTRY, MUTATIONS, Mutant, mutants
from judging import TF2, WRONG, judge

from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.verify import Runner

CASES = [case for case in all_cases() if case.expect is Expect.MIGRATED and case.before.is_file()]
ALL = [
    pytest.param(mutant, id=f"{case.name}-{mutant.name}")
    for case in CASES
    for mutant in mutants(case.before.read_text(encoding="utf-8"), Random(case.name))
]
RUN = ALL[:: len(ALL) // 12]


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


@pytest.mark.parametrize("mutant", RUN)
def test_numbers_are_the_same(mutant: Mutant, runner: Runner, tmp_path: Path) -> None:
    judgement = judge(mutant.files, ENTRY, TF2, runner, tmp_path)
    assert judgement.outcome not in WRONG, f"{judgement.reason}\n{mutant.files}\n{judgement.after}"


@pytest.mark.parametrize("mutant", ALL[::3])
def test_no_defect_of_the_tool(mutant: Mutant) -> None:
    sources = [source_from_bytes(Path("/project") / name, text.encode()) for name, text in mutant.files.items()]
    codes = {found.code for unit in TF2.migrate(sources) for found in unit.diagnostics}
    assert "TFR910" not in codes


def test_every_kind_of_change_is_made() -> None:
    made = {name for case in CASES for name in _kinds(case.before)}
    assert made == set(MUTATIONS)


def _kinds(path: Path) -> list[str]:
    return [mutant.name for mutant in mutants(path.read_text(encoding="utf-8"), Random(0))]
