"""The Estimator of the written module against what that of TensorFlow 1.15.5 did, and what a migration makes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graph_programs import run

from tf1to2_reg.facts import estimator, lost
from tf1to2_reg.facts.compat_v1 import look_up
from tf1to2_reg.facts.compat_v1 import lost as lost_names
from tf1to2_reg.facts.ways_out import way_out
from tf1to2_reg.targets.graph.module import public_names, written

CHILD = Path(__file__).with_name("graph_estimator_child.py")
RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("graph_estimator_recorded.json").read_text())
"""What genuine TensorFlow 1.15.5 gave: scripts/record_estimator.py."""

RTOL, SMALL = 1e-4, 1e-3
"""How much numbers may differ, as a part of the larger one or of `SMALL`: two TensorFlows round otherwise."""


def results(folder: Path, python: str = sys.executable, *, with_module: bool = True) -> dict[str, Any]:
    """What all cases give, in a process of its own."""
    output = folder / "results.json"
    module = folder / "graph_layers.py"
    module.write_text(written(public_names()))
    command = [python, "-W", "ignore", str(CHILD), str(folder), str(output), str(module) if with_module else ""]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(output.read_text())
    return found


def differences(path: str, before: Any, after: Any) -> Iterator[tuple[str, float]]:
    """The places in which two results differ, and how much numbers do."""
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        for key in before:
            yield from differences(f"{path}/{key}", before[key], after[key])
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(f"{path}[{index}]", one, other)
    elif isinstance(before, float) and isinstance(after, float):
        if before != after:
            yield path, abs(before - after) / max(abs(before), abs(after), SMALL)
    elif before != after:
        yield f"{path}: {before!r:.200} {after!r:.200}", float("inf")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return results(tmp_path_factory.mktemp("estimator"))


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_the_module_is_tf1(name: str, found: dict[str, Any]) -> None:
    assert "error" not in RECORDED[name]
    assert [(place, by) for place, by in differences(name, RECORDED[name], found[name]) if by > RTOL] == []


def test_all_cases_are_recorded(found: dict[str, Any]) -> None:
    assert found.keys() == RECORDED.keys()


def test_a_difference_is_found() -> None:
    case = RECORDED["trains"]
    other = json.loads(json.dumps(case).replace("hook before_run", "hook after_run", 1))
    assert list(differences("", case, other))
    assert max(by for _, by in differences("", [1.0], [1.001])) > RTOL


def test_every_public_name_is_known() -> None:
    """It has a piece, is one of `tf.train`, or is refused with a way out of its own kind."""
    names = [
        name for name in sorted(lost_names()) if name.startswith("tf.estimator.") and name not in estimator.MODULES
    ]
    assert len(names) > 80
    for name in names:
        plain = lost.plain(name)
        known = lost.piece(plain) is not None or not look_up(plain).missing
        assert known or way_out(name).endswith(".")
        assert known == (name in estimator.PIECES or name in estimator.RENAMED)


HEAD = "import tensorflow as tf\ntf.layers.dense(x, 3)\n"


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("tf.estimator.RunConfig(train_distribute=s)", "TFR407 RunConfig with train_distribute"),
        ("tf.estimator.RunConfig(None, 1, 2, 3, None, None, 5, 6, 7, s)", "TFR407 RunConfig with train_distribute"),
        ("tf.estimator.RunConfig(eval_distribute=None)", ""),
        ("e.experimental_export_all_saved_models(a, b)", "TFR407 experimental_export_all_saved_models"),
        ("e.export_saved_model(a, b, experimental_mode=m)", "TFR407 experimental_mode"),
        ("e.export_saved_model(a, b, as_text=m)", ""),
        ("tf.estimator.DNNClassifier([3], [])", "TFR401 TensorFlow 2.21 has no tf.estimator.DNNClassifier"),
        ("tf.estimator.tpu.TPUEstimator(f)", "TFR401 TensorFlow 2.21 has no tf.estimator.tpu"),
        ("class A(tf.estimator.Estimator):\n    pass", ""),
        ("a = [tf.estimator.ModeKeys, tf.estimator.StopAtStepHook]", ""),
    ],
)
def test_what_is_refused(program: str, told: str) -> None:
    refused = [reason for result in run({"main.py": HEAD + program + "\n"}) for reason in result.reasons]
    found = [f"{reason.code} {reason.message}" for reason in refused]
    assert len(found) == bool(told)
    assert all(text.startswith(told) for text in found)
