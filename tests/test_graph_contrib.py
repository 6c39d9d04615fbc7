"""contrib's layers, slim and RNN cells in the graph target's module, against those of TF1."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_contrib_cases import CASES, case
from graph_contrib_nets import NETS

from tf1to2_reg.facts.contrib import PIECES
from tf1to2_reg.targets.graph.module import public_names, written

ROOT = Path(__file__).parents[1]
CHILD = Path(__file__).with_name("graph_contrib_child.py")

VOLUMES = {"outputs", "gradients", "moved"}
EMULATION: dict[str, set[str]] = {
    # It makes penalties of variables that a loop makes inside the loop, where no session can fetch them.
    "dynamic_rnn: penalty": {"error"},
    "bidirectional_dynamic_rnn: named": {"error"},
    "cell: of one's own": {"error"},
    # It fuses the normalization of volumes, which TF 1.15.5 does not.
    "batch_norm: volume": VOLUMES | {"output_names"},
    # The module refuses partitioned variables.
    "dynamic_rnn shards": {"error"},
}
"""Where the emulation of TF1 differs from the module, and in what; docs/graph-contrib.md compares with TF 1.15.5."""

NOT_EMULATED = (
    "embed_sequence",
    "stack_bidirectional_dynamic_rnn",
    "dynamic_rnn LayerNormBasicLSTMCell",
    "dynamic_rnn: getter of a normalized cell",
)
"""What the emulation lacks; docs/graph-contrib.md compares it with TF 1.15.5."""


RARE = ("conv1d", "conv3d", "conv2d_in_plane", "depthwise", "group_norm", "cosine_distance", "create_train_op: own")


def requests(*, thorough: bool = False) -> dict[str, Any]:
    """What both sides are to evaluate; `thorough` adds layers that are rare and reference variables."""
    made = {name: case(source, resource=True) for name, source in (CASES | NETS).items()}
    if not thorough:
        return {name: request for name, request in made.items() if not name.startswith(RARE)}
    return made | {f"{name} reference": case(source, resource=False) for name, source in NETS.items()}


def results(folder: Path, tf1_python: str, *, thorough: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """What both sides make of all cases, each in one process."""
    module = folder / "graph_layers.py"
    module.write_text(written(public_names()))
    module.with_name("graph_layers.py.json").write_text(json.dumps(PIECES))
    environment = {**os.environ, "GRAPH_LAYERS": str(module), "PYTHONPATH": str(ROOT)}
    given = folder / "cases.json"
    given.write_text(json.dumps(requests(thorough=thorough)))
    started = []
    for side, python in (("before", tf1_python), ("after", sys.executable)):
        with given.open() as cases:
            started.append(
                subprocess.Popen(
                    [python, "-W", "ignore", str(CHILD), side],
                    stdin=cases,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    env=environment,
                )
            )
    before, after = (_finished(process) for process in started)
    return before, after


def _finished(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, errors = process.communicate(timeout=1800)
    assert process.returncode == 0, errors[-3000:]
    made: dict[str, Any] = json.loads(output.rpartition("=====")[2])
    return made


def array(encoded: list[Any]) -> Any:
    """An array of its dtype, shape and bytes."""
    dtype, shape, data = encoded
    return np.frombuffer(base64.b64decode(data), dtype).reshape(shape)


def difference(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The fields in which two results differ; arrays differ unless all their bits are the same."""
    if "error" in before or "error" in after:
        return {"error"} if before.get("error") != after.get("error") else set()
    return {field for field in before if before[field] != after[field]}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    return results(tmp_path_factory.mktemp("graph_contrib"), sys.executable)


@pytest.mark.parametrize("name", sorted(requests()))
def test_the_module_is_tf1(name: str, both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = both
    if name.startswith(NOT_EMULATED):
        assert "error" in before[name]
        return
    assert difference(before[name], after[name]) == EMULATION.get(name, set()), (before[name], after[name])


def test_cases_are_not_all_errors(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    _, after = both
    failing = {name for name, result in after.items() if name != "signatures" and "error" in result}
    assert len(failing) < len(after) // 7
    assert not any(name.startswith("net ") for name in failing)


def test_nets_have_penalties_and_updates(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    nets = [result for name, result in both[1].items() if name.startswith("net ")]
    assert sum(bool(net["penalties"]) for net in nets) > len(nets) // 2
    assert any(net["collections"]["UPDATE_OPS"] for net in nets)


def test_signatures_are_those_of_tf1(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = (side["signatures"] for side in both)
    assert after.keys() >= before.keys()
    different = {symbol for symbol in before if before[symbol] and before[symbol] != after[symbol]}
    assert {
        symbol for symbol in different if not symbol.endswith("Wrapper")
    } == set()  # the emulation's take `**kwargs`


@pytest.mark.parametrize("symbol", sorted(PIECES))
def test_every_symbol_has_its_piece(symbol: str) -> None:
    """Each name of the table is in the written module; `tf.layers` keeps the names that both have."""
    name = PIECES[symbol]
    text = written([name], keras_layers=[])
    heads = (f"\ndef {name}(", f"\nclass {name}(", f"\nclass {name}:", f"\n{name} = ")
    assert any(head in text for head in heads)
