"""Random programs: migrated to the same numbers or refused with a reason.

A few are run here, always the same ones. By hand: RANDOM_PROGRAMS=300 for so many new ones, each failure made small by
hypothesis, or `scripts/try_programs.py`, which keeps all that are wrong.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from judging import GRAPH, TARGETS, TF2, WRONG, Outcome, Target, judge
from random_programs import generate

from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.results import Status, UnitResult
from tf1to2_reg.verify import Runner

BY_HAND = int(os.environ.get("RANDOM_PROGRAMS", "0"))
GENERATED = 150

run_programs = settings(
    max_examples=BY_HAND or 12,
    derandomize=not BY_HAND,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink) if BY_HAND else (Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("random")


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(TF2, id=TF2.name),
        pytest.param(GRAPH, id=GRAPH.name),
    ],
)
@run_programs
@given(random=st.randoms(use_true_random=False))
def test_numbers_are_the_same(target: Target, runner: Runner, scratch: Path, random: Random) -> None:
    program = generate(random)
    judgement = judge({"main.py": program}, "main.py", target, runner, scratch)
    assert judgement.outcome not in (*WRONG, Outcome.UNFIT), f"{judgement.reason}\n{program}\n{judgement.after}"


@pytest.fixture(scope="module", params=TARGETS, ids=[target.name for target in TARGETS])
def units(request: pytest.FixtureRequest) -> list[UnitResult]:
    """What becomes of many programs; none is run."""
    programs = [generate(Random(seed)).encode() for seed in range(GENERATED)]
    return [unit for data in programs for unit in request.param.migrate([source_from_bytes(Path("/main.py"), data)])]


def test_refused_programs_have_a_reason(units: list[UnitResult]) -> None:
    for unit in units:
        codes = {found.code for found in unit.diagnostics if found.code[3] in "29"}
        assert "TFR910" not in codes
        assert bool(codes) is (unit.status is Status.REFUSED)


def test_many_programs_migrate(units: list[UnitResult]) -> None:
    counts = Counter(unit.status for unit in units)
    assert counts[Status.MIGRATED] > 0.4 * GENERATED
