"""Run a program before and after its migration and compare the numbers.

    with Runner() as runner:                                   # one process per side, TensorFlow imported once
        before = runner.record(Program(folder, "before.py"), Side.BEFORE, Options(steps=5))
        after = runner.record(Program(folder, "after.py"), Side.AFTER, Options(steps=5))
    verdict = compare(before, after)                           # verdict.equal, .differences, .causes, .rows
    assert verdict.equal, verdict_line(verdict)

An after may be a TF2 program or still a graph program, of Keras 3 layers; `Options(target=Target.GRAPH)` asks for the
second where `verify` shall not find it out. Its verdict also has `.identical` and `.inexact`.

`runner.record_both(before_program, after_program)` runs the two sides at the same time. `Runner.record` raises
`VerifyError` (`.message`, `.output`) where a program does not run. `verify(before, after, runner)` does all of it and
finds another pairing of equally shaped variables where the orders of creation differ.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tf1to2_reg.verify.comparison import compare
    from tf1to2_reg.verify.programs import Interpreters, Options, Program, Side, Target, VerifyError
    from tf1to2_reg.verify.recording import Recording
    from tf1to2_reg.verify.runner import Runner
    from tf1to2_reg.verify.verdict import Tolerances, Verdict
    from tf1to2_reg.verify.verification import verify
    from tf1to2_reg.verify.wording import verdict_line

__all__ = [
    "Interpreters",
    "Options",
    "Program",
    "Recording",
    "Runner",
    "Side",
    "Target",
    "Tolerances",
    "Verdict",
    "VerifyError",
    "compare",
    "verdict_line",
    "verify",
]

_HOMES = {
    "compare": "comparison",
    "Interpreters": "programs",
    "Options": "programs",
    "Program": "programs",
    "Side": "programs",
    "Target": "programs",
    "VerifyError": "programs",
    "Recording": "recording",
    "Runner": "runner",
    "Tolerances": "verdict",
    "Verdict": "verdict",
    "verify": "verification",
    "verdict_line": "wording",
}


def __getattr__(name: str) -> object:
    """Import what is asked for, so that the command line starts without NumPy and works without the extra."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
