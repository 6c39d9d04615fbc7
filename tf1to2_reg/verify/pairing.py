"""Which variable of the after stands for which of the before.

In a TF2 program by shape, start and order, never by name; in a graph program by name, which must be the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tf1to2_reg.verify.recording import Array, Recording, Variable
from tf1to2_reg.verify.verdict import Pair

NOISE = 1e-6
"""A gradient below this share of the largest gradient of the program is rounding error."""
_POSSIBLE_NOISE = 1e-5
"""One below this share is, where the two sides do not agree on it."""
_UNRELATED = 1e-2


@dataclass(frozen=True)
class Pairing:
    """The pairs, and what has no counterpart on the other side."""

    pairs: tuple[Pair, ...]
    only_before: tuple[Variable, ...]
    only_after: tuple[Variable, ...]


Match = Callable[[Sequence[Variable], Sequence[Variable]], Pairing]


def pair_weights(before: Recording, after: Recording, match: Match | None = None) -> Pairing:
    """Pair the trained variables, by `pair` where no other way is given, and measure their differences."""
    pairing = (match or pair)(before.weights, after.weights)
    scale = gradient_scale(before, after)
    return replace(pairing, pairs=tuple(_measured(item, scale) for item in pairing.pairs))


def pair(before: Sequence[Variable], after: Sequence[Variable]) -> Pairing:
    """Pair variables of equal shape: the closest starts and first gradients first, then by order of creation."""
    groups: dict[tuple[int, ...], tuple[list[Variable], list[Variable]]] = defaultdict(lambda: ([], []))
    for variable in before:
        groups[variable.shape][0].append(variable)
    for variable in after:
        groups[variable.shape][1].append(variable)
    matches: dict[int, Variable] = {}
    for ours, theirs in groups.values():
        matches.update(_match(ours, theirs))
    taken = {id(variable) for variable in matches.values()}
    return Pairing(
        tuple(Pair(variable, matches[id(variable)]) for variable in before if id(variable) in matches),
        tuple(variable for variable in before if id(variable) not in matches),
        tuple(variable for variable in after if id(variable) not in taken),
    )


def pair_by_name(before: Sequence[Variable], after: Sequence[Variable]) -> Pairing:
    """Pair variables of equal name and shape, those that are left as `pair` does."""
    named = {(variable.name, variable.shape): variable for variable in after}
    pairs = [Pair(ours, named.pop((ours.name, ours.shape))) for ours in before if (ours.name, ours.shape) in named]
    taken = {id(side) for item in pairs for side in (item.before, item.after)}
    rest = pair([item for item in before if id(item) not in taken], [item for item in after if id(item) not in taken])
    return Pairing((*pairs, *rest.pairs), rest.only_before, rest.only_after)


def _match(ours: list[Variable], theirs: list[Variable]) -> dict[int, Variable]:
    costs = sorted((_distance(a, b), abs(i - j), i, j) for i, a in enumerate(ours) for j, b in enumerate(theirs))
    matches: dict[int, Variable] = {}
    used: set[int] = set()
    for _, _, i, j in costs:
        if id(ours[i]) not in matches and j not in used:
            matches[id(ours[i])] = theirs[j]
            used.add(j)
    return matches


def _distance(a: Variable, b: Variable) -> float:
    """0, 1, 2 or a fraction: other starts count 1, other gradients at most 1. Rounded, so that order decides ties."""
    start = 0.0 if _same(a.initial, b.initial) else 1.0
    if a.gradient is None or b.gradient is None:
        return start
    return start + round(min(1.0, relative(a.gradient, b.gradient)), 3)


def _same(a: Array | None, b: Array | None) -> bool:
    return a is None or b is None or bool(np.array_equal(a, b))


def relative(a: Array, b: Array, floor: float = 0.0) -> float:
    """The largest difference against the largest element, or against `floor` where that is larger."""
    if a.size == 0:
        return 0.0
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return 0.0 if np.array_equal(a, b, equal_nan=True) else float("inf")
    difference = float(np.max(np.abs(a.astype(np.float64) - b)))
    largest = max(float(np.max(np.abs(a))), float(np.max(np.abs(b))), floor)
    return difference / largest if largest else 0.0


def gradient_scale(*recordings: Recording) -> float:
    """The largest element of any first gradient."""
    sizes = [
        float(np.max(np.abs(variable.gradient)))
        for recording in recordings
        for variable in recording.weights
        if variable.gradient is not None and variable.gradient.size
    ]
    return max(sizes, default=0.0)


def _measured(pair: Pair, scale: float) -> Pair:
    a, b = pair.before, pair.after
    noise = _is_noise(a.gradient, b.gradient, scale)
    gradient = None if a.gradient is None or b.gradient is None else _gradient_difference(a.gradient, b.gradient, scale)
    return replace(pair, gradient=gradient, weight=_weight_difference(pair, scale), noise=noise)


def _is_noise(a: Array | None, b: Array | None, scale: float) -> bool:
    """Whether the first gradient is rounding error on both sides; one that is exactly zero is not."""
    if a is None or b is None or not a.size or not b.size:
        return False
    sizes = float(np.max(np.abs(a))), float(np.max(np.abs(b)))
    if min(sizes) == 0.0:
        return False
    return max(sizes) < NOISE * scale or (max(sizes) < _POSSIBLE_NOISE * scale and relative(a, b) > _UNRELATED)


def _gradient_difference(a: Array, b: Array, scale: float) -> float:
    """Relative difference beyond rounding error."""
    return 0.0 if relative(a, b, floor=scale) <= NOISE else relative(a, b)


def _weight_difference(pair: Pair, scale: float) -> float | None:
    """Relative difference of the trained values, without elements whose gradient was rounding error."""
    final_a, final_b = pair.before.final, pair.after.final
    gradient_a, gradient_b = pair.before.gradient, pair.after.gradient
    if final_a is None or final_b is None:
        return None
    if gradient_a is None or gradient_b is None:
        return relative(final_a, final_b)
    largest = np.maximum(np.abs(gradient_a), np.abs(gradient_b))
    kept = ~((largest > 0.0) & (largest < NOISE * scale))
    floor = float(max(np.max(np.abs(final_a), initial=0.0), np.max(np.abs(final_b), initial=0.0)))
    return relative(final_a[kept], final_b[kept], floor)
