"""Numbers of TF1 sources and of what the rewrites make of them, each computed in one process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from expression_context import FakeContext, facts

CHILD = Path(__file__).with_name("numbers_child.py")
Inputs = Mapping[str, tuple[Sequence[int], str, float, float]]

FLOATS: Inputs = {
    "x": ((3, 4), "float32", -2.0, 2.0),
    "y": ((3, 4), "float32", -1.0, 1.0),
}
"""Name to (shape, dtype, least, greatest)."""


@dataclass(frozen=True)
class Case:
    """A TF1 source, what it became, and the tensors it is computed with."""

    kind: str
    before: str
    after: str
    inputs: Inputs = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def side(self, source: str) -> dict[str, Any]:
        return {"kind": self.kind, "source": source, "inputs": self.inputs, **self.options}


def context(inputs: Inputs) -> FakeContext:
    """A context in which every input is a tensor of known rank and dtype."""
    return FakeContext({name: facts(len(shape), dtype) for name, (shape, dtype, _, _) in inputs.items()})


@dataclass(frozen=True)
class Numbers:
    """Results by name of the case, before and after."""

    before: dict[str, Any]
    after: dict[str, Any]


def compute(cases: Mapping[str, Case]) -> Numbers:
    """Run both processes. TF1_PYTHON names an interpreter with a genuine TensorFlow 1 for the first."""
    tf1 = os.environ.get("TF1_PYTHON", sys.executable)
    before = _start(tf1, "tf1", {name: case.side(case.before) for name, case in cases.items()})
    after = _start(sys.executable, "tf2", {name: case.side(case.after) for name, case in cases.items()})
    return Numbers(_finish(before), _finish(after))


def _start(python: str, side: str, cases: Mapping[str, Any]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [python, "-W", "ignore", str(CHILD), side],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(cases))
    process.stdin.close()
    process.stdin = None
    return process


def _finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-3000:]
    results: dict[str, Any] = json.loads(output.rpartition("=====")[2])
    return results
