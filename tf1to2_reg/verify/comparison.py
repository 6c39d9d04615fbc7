"""Comparing two recordings, quantity by quantity."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from tf1to2_reg.verify import printed
from tf1to2_reg.verify.causes import Evidence, likely_causes
from tf1to2_reg.verify.pairing import Match, Pairing, pair, pair_weights, relative
from tf1to2_reg.verify.recording import Array, Penalty, Recording, Spread, Variable
from tf1to2_reg.verify.verdict import (
    Difference,
    Pair,
    PenaltyPair,
    Quantity,
    StepRow,
    Tolerances,
    Verdict,
    relative_difference,
)

_OTHER_WORDS = "the two programs print different words, so what they print is not compared"
_SMALL = 1e-4
"""Share of a value that the absolute tolerance never exceeds."""
_INITIALIZER_TOLERANCE = 1e-3
_ROUNDING = 1e-6
"""Share of the largest loss (or weight) of the run below which a loss (a weight) is rounding error."""


def compare(before: Recording, after: Recording, tolerances: Tolerances | None = None) -> Verdict:
    """Say whether two programs trained the same, where they part, and why that may be."""
    evidence = gather(before, after, tolerances or Tolerances(), pair)
    causes = likely_causes(evidence) if evidence.differences else ()
    told = notes(before, after, evidence.weights)
    if not printed.comparable(before.printed, after.printed):
        told = (*told, _OTHER_WORDS)
    return Verdict(
        before,
        after,
        evidence.differences,
        causes,
        step_rows(before, after),
        evidence.weights.pairs,
        evidence.penalties,
        told,
    )


def gather(before: Recording, after: Recording, tolerances: Tolerances, match: Match) -> Evidence:
    """The differences in order, and what may explain them. `match` says which variables belong together."""
    pairing = pair_weights(before, after, match)
    rows = step_rows(before, after)
    penalties = pair_penalties(before, after, pairing, match)
    states = match(before.states, after.states)
    differences = [
        *_variable_differences(pairing),
        *_initializer_differences(pairing),
        *_penalty_differences(penalties, tolerances),
        *_step_differences(after, rows, tolerances),
        *_gradient_differences(pairing, tolerances),
        *_count_differences(before, after),
        *(_end_differences(pairing, states, tolerances) if len(before.updates) == len(after.updates) else ()),
        *_printed_differences(before, after, tolerances),
    ]
    ordered = sorted(_that_matter(before, after, differences), key=place)
    return Evidence(before, after, pairing, states, penalties, tuple(ordered))


def _that_matter(before: Recording, after: Recording, differences: list[Difference]) -> list[Difference]:
    """Penalties that the before never minimizes and the after never reads are no difference where the losses agree."""
    minimized = after.losses_read or any(penalty.in_loss for penalty in before.penalties)
    if minimized or any(difference.quantity is Quantity.LOSS for difference in differences):
        return differences
    return [item for item in differences if item.quantity not in {Quantity.PENALTY, Quantity.REGULARIZATION}]


def step_rows(before: Recording, after: Recording) -> tuple[StepRow, ...]:
    """The steps both programs made."""
    return tuple(
        StepRow(step, ours.regularization, theirs.regularization, ours.loss, theirs.loss)
        for step, (ours, theirs) in enumerate(zip(before.updates, after.updates, strict=False))
    )


def pair_penalties(
    before: Recording, after: Recording, pairing: Pairing, match: Match = pair
) -> tuple[PenaltyPair, ...]:
    """Penalties by the variable they are for; those of several variables, or of activations, are summed up."""
    rest = match([*pairing.only_before, *_untrained(before)], [*pairing.only_after, *_untrained(after)])
    names = {item.after.name: item.before.name for item in (*pairing.pairs, *rest.pairs)}
    ours = _by_variable(before.penalties, {})
    theirs = _by_variable(after.penalties, names)
    return tuple(PenaltyPair(key, ours.get(key), theirs.get(key)) for key in dict.fromkeys([*ours, *theirs]))


def _untrained(recording: Recording) -> list[Variable]:
    return [variable for variable in recording.variables if variable.role in {"state", "unused"}]


_ACTIVITY = "(activations)"


def _by_variable(penalties: tuple[Penalty, ...], names: dict[str, str]) -> dict[str, Penalty]:
    groups: dict[str, list[Penalty]] = defaultdict(list)
    for penalty in penalties:
        variables = sorted(names.get(name, name) for name in penalty.variables)
        groups[variables[0] if len(variables) == 1 else _ACTIVITY].append(penalty)
    return {
        key: Penalty(
            key,
            tuple(name for member in members for name in member.variables),
            sum(member.value for member in members),
            any(member.in_loss for member in members),
            all(member.frozen for member in members),
        )
        for key, members in groups.items()
    }


def _variable_differences(pairing: Pairing) -> Iterator[Difference]:
    for variable in pairing.only_before:
        yield Difference(Quantity.VARIABLES, 0, variable.name, str(list(variable.shape)), "missing")
    for variable in pairing.only_after:
        yield Difference(Quantity.VARIABLES, 0, variable.name, "missing", str(list(variable.shape)))


def _initializer_differences(pairing: Pairing) -> Iterator[Difference]:
    """Both sides start with our numbers; what their own initializers make of the same draws tells them apart."""
    for item in pairing.pairs:
        before, after = item.before.drawn, item.after.drawn
        if before is None or after is None:
            continue
        shift = abs(before.mean - after.mean) / (max(before.largest, after.largest) or 1.0)
        gap = max(
            relative_difference(before.deviation, after.deviation),
            relative_difference(before.largest, after.largest),
            shift,
        )
        if gap > _INITIALIZER_TOLERANCE:
            yield Difference(Quantity.INITIALIZER, 0, item.before.name, _spread(before), _spread(after), gap)


def _spread(drawn: Spread) -> str:
    return f"mean {drawn.mean:.3g}, deviation {drawn.deviation:.3g}, largest {drawn.largest:.3g}"


def _penalty_differences(penalties: tuple[PenaltyPair, ...], tolerances: Tolerances) -> Iterator[Difference]:
    for item in penalties:
        before = item.before.value if item.before else 0.0
        after = item.after.value if item.after else 0.0
        gap = relative_difference(before, after)
        if gap > tolerances.penalty:
            yield Difference(Quantity.PENALTY, 0, item.variable, _or_missing(item.before), _or_missing(item.after), gap)


def _or_missing(penalty: Penalty | None) -> str:
    return "none" if penalty is None else f"{penalty.value:.6g}"


def _step_differences(after: Recording, rows: tuple[StepRow, ...], tolerances: Tolerances) -> Iterator[Difference]:
    largest = max((abs(row.loss_before) for row in rows), default=0.0)
    for row in rows:
        frozen = after.updates[row.step].frozen
        reg = (row.regularization_before, row.regularization_after + frozen)
        for quantity, (ours, theirs) in (
            (Quantity.REGULARIZATION, reg),
            (Quantity.LOSS, (row.loss_before, row.loss_after)),
        ):
            rounding = _ROUNDING * largest if row.step else 0.0
            if not _close(ours, theirs, row.step, rounding, tolerances):
                yield Difference(
                    quantity, row.step, "", f"{ours:.7g}", f"{theirs:.7g}", relative_difference(ours, theirs)
                )


def _close(a: float, b: float, step: int, rounding: float, tolerances: Tolerances) -> bool:
    if relative_difference(a, b) == 0.0:
        return True
    largest = max(abs(a), abs(b))
    if not math.isfinite(a - b):
        return False
    if step:
        return abs(a - b) <= tolerances.trained * largest + rounding
    return abs(a - b) <= tolerances.rtol * largest + min(tolerances.atol, _SMALL * largest)


def _gradient_differences(pairing: Pairing, tolerances: Tolerances) -> Iterator[Difference]:
    for item in pairing.pairs:
        if item.gradient is not None and not item.noise and item.gradient > tolerances.gradient:
            before, after = item.before.gradient, item.after.gradient
            yield array_difference(Quantity.GRADIENT, 0, item, before, after, item.gradient)


def _end_differences(pairing: Pairing, states: Pairing, tolerances: Tolerances) -> Iterator[Difference]:
    yield from _weight_differences(pairing, tolerances)
    noise_shapes = {item.before.shape for item in pairing.pairs if item.noise}
    yield from _state_differences(states, noise_shapes, tolerances)


def _weight_differences(pairing: Pairing, tolerances: Tolerances) -> Iterator[Difference]:
    largest = max((_size(item.before.final) for item in pairing.pairs), default=0.0)
    for item in pairing.pairs:
        tiny = max(_size(item.before.final), _size(item.after.final)) < _ROUNDING * largest
        if item.weight is not None and not (item.noise or tiny) and item.weight > tolerances.trained:
            yield array_difference(Quantity.WEIGHT, None, item, item.before.final, item.after.final, item.weight)


def _state_differences(
    states: Pairing, noise_shapes: set[tuple[int, ...]], tolerances: Tolerances
) -> Iterator[Difference]:
    """Moving means absorb the noise of a bias before batch normalization, so those of its shape are left out."""
    for item in states.pairs:
        if item.before.final is None or item.after.final is None or item.before.shape in noise_shapes:
            continue
        gap = relative(item.before.final, item.after.final)
        if gap > tolerances.trained:
            yield array_difference(Quantity.STATE, None, item, item.before.final, item.after.final, gap)


def array_difference(
    quantity: Quantity, step: int | None, item: Pair, before: Array | None, after: Array | None, gap: float | None
) -> Difference:
    """The difference of two arrays, told by their largest elements."""
    return Difference(quantity, step, item.before.name, _largest(before), _largest(after), gap)


def _largest(array: Array | None) -> str:
    return f"max |x| {_size(array):.6g}"


def _size(array: Array | None) -> float:
    return float(np.max(np.abs(array))) if array is not None and array.size else 0.0


def _count_differences(before: Recording, after: Recording) -> Iterator[Difference]:
    ours, theirs = len(before.updates), len(after.updates)
    if ours != theirs:
        yield Difference(Quantity.STEPS, min(ours, theirs), "", str(ours), str(theirs))


def _printed_differences(before: Recording, after: Recording, tolerances: Tolerances) -> Iterator[Difference]:
    for found in printed.differences(before.printed, after.printed, tolerances.trained):
        gap = relative_difference(found.before.value, found.after.value)
        yield Difference(
            Quantity.PRINTED,
            None,
            f"line {found.before.line + 1}",
            found.before_line.strip(),
            found.after_line.strip(),
            gap,
        )


def place(difference: Difference) -> tuple[float, int]:
    """Where a difference stands in the order in which they are told."""
    step = float("inf") if difference.step is None else difference.step
    return step, list(Quantity).index(difference.quantity)


def notes(before: Recording, after: Recording, pairing: Pairing) -> tuple[str, ...]:
    """What the programs' recorders noted, and what is not compared."""
    told = list(dict.fromkeys([*before.notes, *after.notes]))
    told.extend(
        f"{item.before.name}: its gradient is rounding error on both sides, so its value is not compared"
        for item in pairing.pairs
        if item.noise
    )
    told.extend(f"{name} is made but not trained" for name in _unused(before))
    return tuple(told)


def _unused(recording: Recording) -> list[str]:
    return [variable.name for variable in recording.variables if variable.role == "unused"]
