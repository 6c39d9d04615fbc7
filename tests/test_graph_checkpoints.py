"""Checkpoints of a genuine TensorFlow 1.15.5 go on in the migrated graph program, and back.

fixtures/checkpoint holds the program, its checkpoint and what it then computes (`write.py` made them): Adam's slots,
moving averages of batch normalization and of the weights, the global step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from graph_planted import GRAPH_LAYERS
from verify_programs import replaced

from tf1to2_reg.verify import Options, Program, Runner, Side, Target, VerifyError

FIXTURE = Path(__file__).parent.parent / "fixtures" / "checkpoint"
CHECKPOINT = FIXTURE / "tf1" / "model"
AFTER = (FIXTURE / "after.py").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Told:
    """What the program prints: names of variables, predictions at the start, losses, sums of sizes at the end."""

    version: str
    variables: list[str]
    predictions: list[list[float]]
    losses: list[float]
    sums: dict[str, float]


RESUMED = Told(**json.loads((FIXTURE / "resumed.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


def run(
    side: Side, folder: Path, start: Path, end: Path | None, steps: int, runner: Runner, after: str = AFTER
) -> Told:
    folder.mkdir()
    (folder / "main.py").write_text(
        after if side is Side.AFTER else (FIXTURE / "before.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (folder / "graph_layers.py").write_text(GRAPH_LAYERS, encoding="utf-8")
    program = Program(folder, "main.py", (str(start), "-" if end is None else str(end), str(steps)))
    recording = runner.record(program, side, Options(target=Target.GRAPH))
    return Told(**json.loads(recording.printed.splitlines()[-1]))


def assert_same(told: Told, losses: list[float]) -> None:
    np.testing.assert_allclose(told.losses, losses, rtol=1e-6, atol=0.0)


def test_the_checkpoint_is_that_of_a_genuine_tensorflow_1() -> None:
    assert RESUMED.version == "1.15.5"
    assert len(RESUMED.losses) == 10
    assert sum(path.stat().st_size for path in CHECKPOINT.parent.iterdir()) < 5000


def test_the_migrated_program_goes_on_from_it(tmp_path: Path, runner: Runner) -> None:
    told = run(Side.AFTER, tmp_path / "after", CHECKPOINT, None, 10, runner)

    assert told.version.startswith("2.")
    assert told.variables == RESUMED.variables
    np.testing.assert_allclose(told.predictions, RESUMED.predictions, rtol=1e-6, atol=1e-6)
    assert_same(told, RESUMED.losses)
    kinds = ("/Adam", "/Adam_1", "/ExponentialMovingAverage", "moving_variance", "global_step")
    assert all(any(name.endswith(kind) for name in told.sums) for kind in kinds)
    for name, size in RESUMED.sums.items():
        assert told.sums[name] == pytest.approx(size, rel=1e-5), name


def test_its_checkpoint_goes_back(tmp_path: Path, runner: Runner) -> None:
    """Five steps in the migrated program, five more in the one it was made of: the ten of TensorFlow 1."""
    half = tmp_path / "half"
    first = run(Side.AFTER, tmp_path / "after", CHECKPOINT, half, 5, runner)
    second = run(Side.BEFORE, tmp_path / "before", half, None, 5, runner)

    assert_same(first, RESUMED.losses[:5])
    assert_same(second, RESUMED.losses[5:])
    for name, size in RESUMED.sums.items():
        assert second.sums[name] == pytest.approx(size, rel=1e-5), name


def test_a_renamed_layer_does_not_load(tmp_path: Path, runner: Runner) -> None:
    renamed = replaced(AFTER, ('name="hidden"', 'name="hidden_layer"'))

    with pytest.raises(VerifyError, match="NotFoundError"):
        run(Side.AFTER, tmp_path / "after", CHECKPOINT, None, 1, runner, renamed)
