"""Run a program before and after its migration and compare the numbers.

    with Runner() as runner:                                   # one process per side, TensorFlow imported once
        before = runner.record(Program(folder, "before.py"), Side.BEFORE, Options(steps=5))
        after = runner.record(Program(folder, "after.py"), Side.AFTER, Options(steps=5))
    verdict = compare(before, after)                           # verdict.equal, .differences, .causes, .rows
    assert verdict.equal, describe(verdict)

`runner.record_both(before_program, after_program)` runs the two sides at the same time. `Runner.record` raises
`VerifyError` (`.message`, `.output`) where a program does not run. `verify(before, after, runner)` does all of it and
finds another pairing of equally shaped variables where the orders of creation differ.
"""

from tf1to2_reg.verify.compare import compare
from tf1to2_reg.verify.programs import Interpreters, Options, Program, Side, VerifyError
from tf1to2_reg.verify.recording import Recording
from tf1to2_reg.verify.runner import Runner
from tf1to2_reg.verify.verdict import Tolerances, Verdict

__all__ = [
    "Interpreters",
    "Options",
    "Program",
    "Recording",
    "Runner",
    "Side",
    "Tolerances",
    "Verdict",
    "VerifyError",
    "compare",
]
