"""Programs that amplify rounding error: where two runs part, is it more than the program parts from itself?

Some training programs are chaotic: batch normalization over small batches, pooling and rectifiers under Adam turn
differences of the last digit into visible ones within a few steps. No two implementations then agree for long, nor do
two machines. Such a program shows it alone: started a trifle apart, it differs from itself as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tf1to2_reg.verify.pairing import pair, pair_weights, relative
from tf1to2_reg.verify.programs import Options, Program, Side, VerifyError
from tf1to2_reg.verify.recording import Recording
from tf1to2_reg.verify.runner import Runner
from tf1to2_reg.verify.verdict import Difference, Quantity, Verdict, relative_difference

_SIZES = (2.0**-23, 2.0**-20)
"""One unit of the last digit of single precision, then what a step's sums may lose."""
_ADAM = 2.0**-17
"""How far apart TF1's Adam and Keras' round in a step: the one computes 1 - 0.999 in single precision."""
_RUNS = (1, 2)
_FACTOR = 10.0
"""How many times its own difference a program may differ from its migration."""
_DECIDED = (
    Quantity.LOSS,
    Quantity.REGULARIZATION,
    Quantity.FETCHED,
    Quantity.WEIGHT,
    Quantity.STATE,
    Quantity.SLOT,
    Quantity.PRINTED,
)


@dataclass(frozen=True)
class Sensitivity:
    """How far a program parts from itself, relative: so far at each step, and at the end."""

    losses: tuple[float, ...]
    regularization: tuple[float, ...]
    weights: float
    states: float

    def explains(self, difference: Difference) -> bool:
        """Whether a difference is no larger than rounding error makes it in this program."""
        if difference.relative is None or difference.quantity not in _DECIDED:
            return False
        return difference.relative <= _FACTOR * self._of(difference)

    def _of(self, difference: Difference) -> float:
        if difference.quantity is Quantity.WEIGHT:
            return self.weights
        if difference.quantity in (Quantity.STATE, Quantity.SLOT):
            return max(self.states, self.weights)
        if difference.quantity in (Quantity.PRINTED, Quantity.FETCHED):
            return max([*self.losses, self.weights])
        by_step = self.losses if difference.quantity is Quantity.LOSS else self.regularization
        return by_step[difference.step or 0]


def may_be_amplified(verdict: Verdict) -> bool:
    """Whether the first step agrees in all there is, and what differs later is what rounding error can move."""
    return bool(verdict.differences) and all(
        item.quantity in _DECIDED and item.step != 0 for item in verdict.differences
    )


def excuse_rounding(verdict: Verdict, before: Program, runner: Runner, options: Options) -> Verdict:
    """Call a verdict equal whose differences the before has from itself when it is started a trifle apart."""
    for size in _sizes(verdict.before):
        try:
            runs = [
                runner.record(before, Side.BEFORE, replace(options, disturbance=(size, number))) for number in _RUNS
            ]
        except VerifyError:
            return verdict
        own = sensitivity(verdict.before, runs)
        if all(own.explains(item) for item in verdict.differences):
            step = min((item.step for item in verdict.differences if item.step), default=len(verdict.rows))
            note = (
                f"this program amplifies rounding error: started {size:.1g} apart, the before itself differs by"
                f" {max(own.losses, default=0.0):.1g} in its losses; from step {step} on, before and after differ by no"
                f" more than {_FACTOR:.0f} times as much"
            )
            notes = (*verdict.notes, note)
            return replace(verdict, differences=(), causes=(), notes=notes, amplified_from=step)
    return verdict


def _sizes(recording: Recording) -> tuple[float, ...]:
    return (*_SIZES, _ADAM) if any("Adam" in name for name in recording.optimizers) else _SIZES


def sensitivity(recording: Recording, runs: Iterable[Recording]) -> Sensitivity:
    """Compare a recording with others of the same program that were started a trifle apart."""
    losses, regularization = [0.0] * len(recording.updates), [0.0] * len(recording.updates)
    weights = states = 0.0
    for run in runs:
        for step, (ours, theirs) in enumerate(zip(recording.updates, run.updates, strict=False)):
            losses[step] = max(losses[step], relative_difference(ours.loss, theirs.loss))
            gap = relative_difference(ours.regularization, theirs.regularization)
            regularization[step] = max(regularization[step], gap)
        weights = max([weights, *(item.weight or 0.0 for item in pair_weights(recording, run).pairs)])
        states = max([states, *_state_gaps(recording, run)])
    return Sensitivity(_so_far(losses), _so_far(regularization), weights, states)


def _state_gaps(recording: Recording, run: Recording) -> list[float]:
    return [
        relative(item.before.final, item.after.final)
        for item in pair(recording.states, run.states).pairs
        if item.before.final is not None and item.after.final is not None
    ]


def _so_far(gaps: Sequence[float]) -> tuple[float, ...]:
    return tuple(max(gaps[: step + 1]) for step in range(len(gaps)))
