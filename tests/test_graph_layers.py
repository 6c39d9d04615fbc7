"""What the graph target's module computes, builds and names, against TF1's own layers."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_layers_cases import CASES

from tf1to2_reg.targets.graph.module import public_names, written

ROOT = Path(__file__).parents[1]
CHILD = Path(__file__).with_name("graph_layers_child.py")

EMULATION: dict[str, set[str]] = {
    # tf_keras of TF 2 gives some tensors another name than TF 1.15.5, whose names graph_layers keeps.
    "conv1d: no bias": {"output_names"},
    "add: names of the ops of convolutions": {"seen"},
    "dense: selu by name": {"output_names"},
    "dense: l1 by name": {"penalty_names"},
    "dense: l2 by name": {"penalty_names"},
    "dense: half with a Keras penalty": {"penalty_names"},
    "dropout: no seed, positional": {"output_names"},
    "flatten: one axis": {"output_names"},
    # It forgets a size that is known.
    "dense: sparse": {"shapes"},
    # It fuses volumes, which TF 1.15.5 does not, and normalizes halves as singles.
    "batch_normalization volumes: off": {"outputs", "gradients", "output_names"},
    "batch_normalization volumes: zero": {"outputs", "gradients", "output_names"},
    "batch_normalization volumes: on": {"outputs", "gradients", "output_names", "moved"},
    "batch_normalization volumes: one": {"outputs", "gradients", "output_names", "moved"},
    "batch_normalization volumes: placeholder": {"outputs", "gradients", "output_names", "moved", "update_names"},
    "batch_normalization: half": {"outputs", "gradients", "output_names"},
    # It draws another mask at the second call of an object.
    "class: dropout twice": {"outputs", "gradients"},
    # Its Keras draws from generators of its own; TF 1.15.5 draws the same numbers as the module.
    "keras: dropout": {"outputs", "gradients", "output_names"},
    "keras: gaussian dropout": {"outputs", "gradients", "seen"},
    # It accepts what TF 1.15.5 does not.
    "conv: 2d int": {"error"},
    "class: dtype of three axes": {"error"},
    # What graph_layers refuses.
    "scope: partitioned": {"error"},
}
"""Where the emulation of TF1 differs from the module, and in what; docs/graph-layers.md compares with TF 1.15.5."""

WITH_REFERENCES = ("add", "class", "scope", "share")


def family(name: str) -> str:
    """The first word of a case's name."""
    return name.partition(":")[0].partition(" ")[0]


def results(
    folder: Path, tf1_python: str, *, with_references: bool, families: Sequence[str] = ()
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What both sides make of all cases, or of some families, each in one process.

    `with_references`: with reference variables too, all of them.
    """
    module = folder / "graph_layers.py"
    module.write_text(written(public_names()))
    environment = {**os.environ, "GRAPH_LAYERS": str(module), "PYTHONPATH": str(ROOT)}
    started = []
    for side, python in (("before", tf1_python), ("after", sys.executable)):
        cases = {
            f"{name} {'resource' if resource else 'reference'}": case.side(side, resource=resource)
            for resource in (True, False)
            for name, case in CASES.items()
            if not families or family(name) in families
            if resource or with_references or name.startswith(WITH_REFERENCES)
        }
        path = folder / f"{side}.json"
        path.write_text(json.dumps(cases))
        command = [python, "-W", "ignore", str(CHILD), side]
        with path.open() as given:
            started.append(
                subprocess.Popen(
                    command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
                )
            )
    before, after = (_finished(process) for process in started)
    return before, after


def _finished(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, errors = process.communicate(timeout=1800)
    assert process.returncode == 0, errors[-3000:]
    made: dict[str, Any] = json.loads(output.rpartition("=====")[2])
    return made


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    return results(tmp_path_factory.mktemp("graph_layers"), sys.executable, with_references=False)


def difference(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The fields in which two results differ; arrays differ unless all their bits are the same."""
    if "error" in before or "error" in after:
        return {"error"} if before.get("error") != after.get("error") else set()
    return {field for field in before if before[field] != after[field]}


@pytest.mark.parametrize("name", CASES)
def test_the_module_is_tf1(name: str, both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = both
    for key in (f"{name} resource", f"{name} reference"):
        if key in before:
            assert difference(before[key], after[key]) == EMULATION.get(name, set()), (before[key], after[key])


def test_signatures_are_tf1s(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """All parameters, their order and their defaults."""
    before, after = (side["signatures"] for side in both)
    assert before["Flatten"] == [["data_format", "None"]]  # Keras's setting, which is the last by default
    assert after["Flatten"] == [["data_format", "'channels_last'"]]
    del before["Flatten"], after["Flatten"]
    assert before == after
    assert len(after) == 33


def array(encoded: list[Any]) -> Any:
    """An array of its dtype, shape and bytes."""
    dtype, shape, data = encoded
    return np.frombuffer(base64.b64decode(data), dtype).reshape(shape)


@pytest.mark.parametrize("name", [name for name in EMULATION if name.startswith("batch_normalization volumes")])
def test_batch_normalization_of_volumes_is_close_to_the_fused_one(
    name: str, both: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    """The emulation fuses them; rounding apart, that is another variance: n / (n - 1) of 400 numbers."""
    before, after = (side[f"{name} resource"] for side in both)
    for field in ("outputs", "gradients", "moved"):
        for one, other in zip(before[field], after[field], strict=True):
            np.testing.assert_allclose(array(one), array(other), rtol=1e-4, atol=1e-5)


def test_graphs_are_let_go(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """A program may make a graph for each of many models; each goes with its layers."""
    assert both[1]["graphs"]["made"] > len(CASES)
    assert both[1]["graphs"]["alive"] <= both[0]["graphs"]["alive"] < 5


def test_cases_are_not_all_errors(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """A case is here for its numbers unless its name says that something is wrong with it."""
    failing = {key.rsplit(" ", 1)[0] for key, result in both[1].items() if "error" in result}
    assert len(failing) < len(CASES) // 5
    for name in failing:
        assert not name.startswith(("add", "share", "initializer: x", "regularizer: keras")), name
