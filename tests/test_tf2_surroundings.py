"""Checkpoints of a genuine TensorFlow 1.15.5 go on in migrated programs, savers keep what TF1's keep, events are TF1's.

fixtures/saver_tf1 holds the checkpoints and what TensorFlow 1.15.5 computed from them, fixtures/summary the events that
it wrote (`write.py` made them).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FIXTURES = Path(__file__).parent.parent / "fixtures"
FIXTURE = FIXTURES / "saver_tf1"
RESUMED = json.loads((FIXTURE / "optimizers" / "resumed.json").read_text(encoding="utf-8"))
PRINTED = (FIXTURE / "resumed.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("saver")
    shutil.copy(FIXTURE / "after" / "tf1_checkpoints.py", folder)
    child = Path(__file__).with_name("surroundings_child.py")
    done = subprocess.run(
        [sys.executable, child, folder, FIXTURES], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return {"folder": folder, **json.loads(done.stdout.splitlines()[-1])}


def test_the_numbers_are_those_of_a_genuine_tensorflow_1() -> None:
    assert PRINTED[0] == "TensorFlow 1.15.5"
    assert sum(line.startswith("prediction") for line in PRINTED) == 6


def test_a_migrated_program_goes_on_from_a_checkpoint_of_tensorflow_1(found: Any) -> None:
    lines = found["printed"].splitlines()

    assert [line.split()[0] for line in lines] == [line.split()[0] for line in PRINTED[1:]]
    for line, other in zip(lines, PRINTED[1:], strict=True):
        one, two = ([float(word) for word in text.split() if word[-1].isdigit()] for text in (line, other))
        np.testing.assert_allclose(one, two, rtol=1e-6, atol=1e-6, err_msg=line)


@pytest.mark.parametrize("name", sorted(RESUMED))
def test_optimizers_go_on_from_their_slots(name: str, found: Any) -> None:
    losses = found["optimizers"][name]

    np.testing.assert_allclose(losses["first"], RESUMED[name], rtol=2e-6)
    assert losses["second"] == losses["first"] == losses["third"]
    assert losses["path"] == f"{found['folder']}/{name}-3"


def test_losses_would_differ_without_the_slots() -> None:
    """What is compared above shows whether slots were restored."""
    assert all(abs(RESUMED[name][-1] / RESUMED[name][0] - 1.0) > 1e-3 for name in RESUMED)


def test_checkpoints_are_named_and_kept_as_by_tensorflow_1(found: Any) -> None:
    """Measured with 1.15.5: a checkpoint saved again counts anew, those of another saver stay."""
    kept = found["kept"]

    assert kept["paths"] == ["kept/m-7", "kept/m-1", "kept/m-2", "kept/m-3", "kept/m-2", "kept/end"]
    assert kept["files"] == ["end.index", "m-2.index", "m-7.index"]
    assert kept["state"] == (
        'model_checkpoint_path: "end"\nall_model_checkpoint_paths: "m-2"\nall_model_checkpoint_paths: "end"\n'
    )
    assert kept["latest"] == "kept/end"


def test_the_learning_rate_is_the_program_s(found: Any) -> None:
    assert found["rate"] == pytest.approx(0.05)


def test_what_cannot_be_restored_is_told(found: Any) -> None:
    errors = found["errors"]

    assert errors["nothing"] == "ValueError: Can't load save_path when it is None."
    assert errors["no file"].startswith("ValueError: The passed save_path is not a valid checkpoint: ")
    assert errors["other optimizer"] == "NotFoundError: Key net/a/kernel/Ftrl not found in checkpoint"
    assert errors["other optimizer of ours"].startswith("NotFoundError: ")
    assert errors["no names"].startswith("ValueError: a checkpoint of TensorFlow 1, where the name of ")


@pytest.mark.parametrize("writer", ["test", "train"])
def test_events_are_those_of_tensorflow_1(writer: str, found: Any) -> None:
    recorded = json.loads((FIXTURES / "summary" / "events.json").read_text(encoding="utf-8"))
    assert recorded["version"] == "1.15.5"
    before, after = recorded["events"][writer], found["events"][writer]

    assert [(step, tag) for step, tag, _, _ in after] == [(step, tag) for step, tag, _ in before]
    for (_, tag, value), (_, _, kind, other) in zip(before, after, strict=True):
        if isinstance(value, list):
            number, least, greatest, _ = value
            assert kind == "histograms"
            assert sum(count for _, _, count in other) == number
            np.testing.assert_allclose((other[0][0], other[-1][1]), (least, greatest), rtol=1e-5, err_msg=tag)
        else:
            assert kind == "scalars"
            np.testing.assert_allclose(other, value, rtol=1e-5, err_msg=tag)
