"""Programs that amplify rounding error are compared with themselves, and wrong ones among them are still caught."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from test_verify_units import recording
from verify_programs import AFTER, BEFORE, replaced, write_pair

from tf1to2_reg.verify import Program, Runner, Verdict, compare, verdict_line, verify
from tf1to2_reg.verify.recording import Update
from tf1to2_reg.verify.sensitivity import may_be_amplified, sensitivity

STEP_BEFORE = ("tf.square(tf.layers.dense(net, 1) - y)", "tf.sin(5 * tf.layers.dense(net, 1) - y)")
STEP_AFTER = ("tf.square(model(x) - y)", "tf.sin(model(x) / 0.2 - y)")
STEPS = ("range(8)", "range(14)")
CHAOTIC_BEFORE = replaced(BEFORE, STEP_BEFORE, STEPS, ("MomentumOptimizer(0.1", "MomentumOptimizer(1.5"))
CHAOTIC_AFTER = replaced(AFTER, STEP_AFTER, STEPS, ("SGD(0.1", "SGD(1.5"))


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


def verdict_of(folder: Path, runner: Runner, after: str) -> Verdict:
    paths = write_pair(folder, CHAOTIC_BEFORE, after)
    return verify(Program.from_path(paths[0]), Program.from_path(paths[1]), runner)


def test_a_chaotic_program_is_equal_as_far_as_rounding_allows(tmp_path: Path, runner: Runner) -> None:
    verdict = verdict_of(tmp_path, runner, CHAOTIC_AFTER)

    assert verdict.equal, verdict_line(verdict)
    assert verdict.amplified_from is not None
    assert verdict.amplified_from >= 3
    assert max(row.difference for row in verdict.rows) > 1e-3
    assert f"from step {verdict.amplified_from} on, rounding error decides" in verdict_line(verdict)
    assert any("amplifies rounding error" in note for note in verdict.notes)


@pytest.mark.parametrize(
    "wrong",
    [("momentum=0.9", "momentum=0.89"), ("momentum=0.9", "momentum=0.9, nesterov=True"), ("SGD(1.5", "SGD(1.501")],
)
def test_a_wrong_step_of_a_chaotic_program_is_caught(wrong: tuple[str, str], tmp_path: Path, runner: Runner) -> None:
    verdict = verdict_of(tmp_path, runner, replaced(CHAOTIC_AFTER, wrong))

    assert not verdict.equal
    assert verdict.amplified_from is None


def test_a_difference_at_the_first_step_is_never_rounding() -> None:
    ours, theirs = (recording(updates=(Update(loss, 0.5, ("w",)), Update(1.0, 0.5, ("w",)))) for loss in (1.0, 1.01))

    assert not may_be_amplified(compare(ours, theirs))
    assert not may_be_amplified(compare(ours, ours))


def test_what_a_program_differs_from_itself_explains_ten_times_as_much() -> None:
    steps = tuple(Update(1.0, 0.5, ("w",)) for _ in range(4))
    ours = recording(updates=steps)
    own = sensitivity(ours, [recording(updates=(*steps[:2], *(Update(1.001, 0.5, ("w",)),) * 2))])
    assert own.losses == pytest.approx((0.0, 0.0, 0.001, 0.001), rel=1e-2)

    explained = {}
    for gap in (0.005, 0.05):
        theirs = recording(updates=(*steps[:3], Update(1.0 + gap, 0.5, ("w",))))
        (difference,) = compare(ours, theirs).differences
        assert difference.step == 3
        explained[gap] = own.explains(difference), own.explains(replace(difference, step=0))
    assert explained == {0.005: (True, False), 0.05: (False, False)}
