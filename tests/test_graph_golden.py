"""The programs of fixtures/graph: the text of their migrations to graph programs, byte for byte, and their numbers.

`scripts/update_fixtures.py` writes the afters anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_cases import files_of
from graph_fixtures import MODULE, GraphCase, copied, graph_cases, migration, proven

from tf1to2_reg.verify import Program, Runner

CASES = graph_cases()


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_byte_for_byte(case: GraphCase, tmp_path: Path) -> None:
    assert case.migrated(tmp_path / "before") == files_of(case.after)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_second_run_finds_nothing(case: GraphCase, tmp_path: Path) -> None:
    program = copied(case.before, case.entry, tmp_path / "program")
    for name, data in migration(program).new_files.items():
        (program.folder / name).write_bytes(data)

    assert (program.folder / MODULE).exists()
    again = migration(Program(program.folder, program.entry))
    assert (again.new_files, again.reasons) == ({}, ())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_identical(case: GraphCase, tmp_path: Path, runner: Runner) -> None:
    proof = proven(case.name, copied(case.before, case.entry, tmp_path / "before"), tmp_path / "after", runner)

    assert proof.identical, proof.told
    assert proof.verdict is not None
    assert proof.verdict.rows
    assert len({row.loss_before for row in proof.verdict.rows}) == len(proof.verdict.rows)
