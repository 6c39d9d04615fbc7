"""Programs with names that TensorFlow lost, migrated and run, against what TensorFlow 1.15.5 made of them."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from graph_programs import ROOT, texts
from lost_cases import CASES, HEAD

from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.results import Status
from tf1to2_reg.targets.graph.module import written
from tf1to2_reg.targets.graph.target import GraphTarget

CHILD = Path(__file__).with_name("lost_child.py")
RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("lost_recorded.json").read_text())
"""What genuine TensorFlow 1.15.5 made of the programs: scripts/record_lost.py."""


def befores() -> dict[str, dict[str, str]]:
    """The programs of all cases."""
    return {name: {"main.py": HEAD + source} for name, source in CASES.items()}


def afters() -> dict[str, dict[str, str]]:
    """The programs of all cases migrated, with the modules that were written for them."""
    return {name: _migrated(files) for name, files in befores().items()}


def _migrated(files: dict[str, str]) -> dict[str, str]:
    sources = [source_from_bytes(ROOT / name, text.encode()) for name, text in files.items()]
    results = GraphTarget(written).migrate(sources)
    assert [reason for result in results for reason in result.reasons] == []
    assert [result.outcome for result in results] == [Status.MIGRATED]
    return texts(files, results)


def results(programs: dict[str, dict[str, str]], python: str = sys.executable) -> dict[str, Any]:
    """What the programs leave in `y`."""
    command = [python, "-W", "ignore", str(CHILD)]
    done = subprocess.run(command, input=json.dumps(programs), capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.rpartition("=====")[2])
    return found


def difference(before: Any, after: Any, largest: float = 0.0) -> str | None:
    """Where two values differ by more than single precision rounds, relative to the largest number of an array."""
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        found = (difference(*pair, largest) for pair in zip(before, after, strict=True))
        return next((text for text in found if text), None)
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        numbers = [abs(number) for number in before.get("values", ()) if isinstance(number, float)]
        found = (difference(before[key], after[key], max([0.0, *numbers])) for key in before)
        return next((text for text in found if text), None)
    if isinstance(before, float) and isinstance(after, float):
        same = math.isclose(before, after, rel_tol=2e-6, abs_tol=2e-6 * largest) or repr(before) == repr(after)
    else:
        same = type(before) is type(after) and before == after
    return None if same else f"{before!r} became {after!r}"


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return results(afters())


@pytest.mark.parametrize("name", sorted(CASES))
def test_migrated_programs_do_what_they_did(name: str, found: dict[str, Any]) -> None:
    assert difference(RECORDED[name], found[name]) is None, (RECORDED[name], found[name])


def test_all_programs_are_recorded() -> None:
    assert sorted(RECORDED) == sorted(CASES)
    assert [name for name, value in RECORDED.items() if isinstance(value, dict) and "error" in value] == []
