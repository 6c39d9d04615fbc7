"""The work of the engine is linear in the program: function calls are counted, not seconds."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))

from benchmark_layers import FORMS, migrated

from tf1to2_reg.options import TargetChoice


def calls_to_migrate(form: str, choice: TargetChoice, layers: int) -> int:
    """How many functions, of Python or of C, are called."""
    program = FORMS[form](layers)
    count = 0

    def called(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    profiled = sys.getprofile()
    sys.setprofile(called)
    try:
        migrated(program, choice)
    finally:
        sys.setprofile(profiled)
    return count


@pytest.mark.parametrize("choice", [TargetChoice.TF2, TargetChoice.GRAPH])
@pytest.mark.parametrize("form", FORMS)
def test_twice_the_layers_are_twice_the_work(form: str, choice: TargetChoice) -> None:
    calls_to_migrate(form, choice, 3)  # whatever is done but once
    few, more, most = (calls_to_migrate(form, choice, layers) for layers in (10, 20, 40))
    assert (most - more) / (more - few) < 2.01
