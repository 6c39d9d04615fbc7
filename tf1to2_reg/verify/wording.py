"""The sentences that the table, JSON and HTML share."""

from __future__ import annotations

from tf1to2_reg.verify.programs import Target
from tf1to2_reg.verify.recording import Recording
from tf1to2_reg.verify.verdict import Difference, Verdict


def verdict_line(verdict: Verdict) -> str:
    """One line: equal or different, and how much was compared."""
    if verdict.first is not None:
        return f"different: {describe(verdict.first)}"
    compared = (
        f"{count(len(verdict.rows), 'training step')}, {count(len(verdict.pairs), 'trained variable')},"
        f" {count(len(verdict.penalties), 'penalty', 'penalties')}"
    )
    if verdict.identical:
        return f"identical: {compared}, {count(len(verdict.before.runs), 'session run')}, to the last bit"
    rounding = (
        "" if verdict.amplified_from is None else f"; from step {verdict.amplified_from} on, rounding error decides"
    )
    return f"equal: {compared}; largest relative difference of a loss {largest_difference(verdict):.1e}{rounding}"


def target_line(verdict: Verdict) -> str:
    """Which target the after was looked at as, and what that adds."""
    if verdict.target is Target.GRAPH:
        return f"{verdict.target.value}: names, collections and fetched values are compared as well"
    return str(verdict.target.value)


def inexact_line(verdict: Verdict) -> str:
    """How far a graph program is from being the same to the last bit; empty where nothing is to be said."""
    if not verdict.inexact or not verdict.equal:
        return ""
    gap = max((item.relative for item in verdict.inexact if item.relative is not None), default=0.0)
    what = ", ".join(dict.fromkeys(item.quantity.value for item in verdict.inexact))
    return f"not to the last bit: {what}; largest relative difference {gap:.1e}; first {describe(verdict.inexact[0])}"


def describe(difference: Difference) -> str:
    """Where, what, and the two values."""
    step = "" if difference.step is None else f"step {difference.step}, "
    what = f" ({difference.what})" if difference.what else ""
    gap = "" if difference.relative is None else f", relative difference {difference.relative:.2g}"
    return f"{step}{difference.quantity.value}{what}: {difference.before} before, {difference.after} after{gap}"


def side_line(recording: Recording) -> str:
    """What a program ran on and how far it went."""
    keras = f", Keras {recording.facts['keras']}" if "keras" in recording.facts else ""
    optimizers = f", {', '.join(recording.optimizers)}" if recording.optimizers else ""
    steps = count(len(recording.updates), "training step")
    return f"TensorFlow {recording.tensorflow}{keras}: {steps}{optimizers}"


def count(number: int, singular: str, plural: str = "") -> str:
    """`3 steps`, `1 step`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def largest_difference(verdict: Verdict) -> float:
    """The largest relative difference of any loss of any step."""
    return max((row.difference for row in verdict.rows), default=0.0)
