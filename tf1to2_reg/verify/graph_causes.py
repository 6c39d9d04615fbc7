"""Likely causes of a difference between two graph programs; where none is recognised, those of any two programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from tf1to2_reg.verify.causes import Evidence, Rule, likely_causes, names
from tf1to2_reg.verify.recording import Array, Recording
from tf1to2_reg.verify.verdict import Cause, CauseKind, Quantity

_SEED_STATE = "seed_generator_state"
_STRAIGHT = 1e-4
"""How far from a straight line two moving variances may lie that differ by n / (n - 1)."""


def graph_causes(evidence: Evidence) -> tuple[Cause, ...]:
    """The causes that names, collections and numbers speak for, the most telling first."""
    for rule in _RULES:
        causes = tuple(rule(evidence))
        if causes:
            return causes
    return likely_causes(evidence)


def _frozen_random(evidence: Evidence) -> Iterator[Cause]:
    ours, theirs = _random_ops(evidence.before), _random_ops(evidence.after)
    seeds = any(_SEED_STATE in name for name in _global(evidence.after)) and not any(
        _SEED_STATE in name for name in _global(evidence.before)
    )
    if seeds or theirs < ours:
        yield Cause(
            CauseKind.FROZEN_RANDOM,
            f"{ours} ops of the before draw random numbers anew at every run, {theirs} of the after: a Keras layer"
            " (Dropout, GaussianNoise) draws the same numbers at every run of a graph; use tf.nn.dropout",
        )


def _random_ops(recording: Recording) -> int:
    return sum(graph.random_ops for graph in recording.graphs)


def _variables(evidence: Evidence) -> Iterator[Cause]:
    """Names, types and shapes of all variables; the members of the collection are "NAME TYPE SHAPE"."""
    before, after = Counter(_global(evidence.before)), Counter(_global(evidence.after))
    missing, extra = list((before - after).elements()), list((after - before).elements())
    if not (missing or extra):
        return
    types = {entry.split()[0]: entry for entry in extra}
    cast = [entry for entry in missing if entry.split()[0] in types]
    if cast:
        yield Cause(
            CauseKind.DATA_TYPE,
            f"{names([entry.split(':')[0] for entry in cast])}: {cast[0].split(' ', 1)[1]} before,"
            f" {types[cast[0].split()[0]].split(' ', 1)[1]} after; Keras casts what it is given to its own type: pass"
            " dtype= of the input",
        )
    elif not missing and _shared_kinds(extra, before):
        yield Cause(
            CauseKind.NOT_SHARED,
            f"the after makes {names(_bare(extra))} besides what the before makes: variables that TF1 shares"
            " (reuse=, AUTO_REUSE, one layer object) must be made once",
        )
    elif missing and Counter(map(_kind, missing)) == Counter(map(_kind, extra)):
        yield Cause(
            CauseKind.RENAMED,
            f"{names(_bare(missing))} is {names(_bare(extra))} in the after: checkpoints and filters by name"
            " no longer find it",
        )
    elif missing:
        yield Cause(CauseKind.MISSING_VARIABLE, f"the after does not make {names(_bare(missing))}")
    else:
        yield Cause(CauseKind.EXTRA_VARIABLE, f"the after makes {names(_bare(extra))}, which the before does not have")


def _global(recording: Recording) -> list[str]:
    return [entry for graph in recording.graphs for entry in graph.collections.get("variables", ())]


def _bare(entries: list[str]) -> list[str]:
    return [entry.split(":")[0] for entry in entries]


def _kind(entry: str) -> str:
    return entry.split(" ", 1)[1]


def _shared_kinds(extra: list[str], before: Counter[str]) -> bool:
    kinds = {_kind(entry) for entry in before}
    return all(_kind(entry) in kinds for entry in extra)


def _trainable(evidence: Evidence) -> Iterator[Cause]:
    before, after = _members(evidence.before, "trainable_variables"), _members(evidence.after, "trainable_variables")
    common = set(_global(evidence.before)) & set(_global(evidence.after))
    frozen, trained = sorted(set(before - after) & common), sorted(set(after - before) & common)
    if trained:
        yield Cause(
            CauseKind.FROZEN_LAYER,
            f"{names(_bare(trained))} is trained by the after and not by the before: trainable=False is lost",
        )
    if frozen:
        yield Cause(CauseKind.FROZEN_LAYER, f"{names(_bare(frozen))} is trained by the before and frozen in the after")


def _members(recording: Recording, key: str) -> Counter[str]:
    return Counter(entry for graph in recording.graphs for entry in graph.collections.get(key, ()))


def _update_ops(evidence: Evidence) -> Iterator[Cause]:
    ours, theirs = _members(evidence.before, "update_ops").total(), _members(evidence.after, "update_ops").total()
    if ours != theirs:
        yield Cause(
            CauseKind.UPDATE_OPS,
            f"UPDATE_OPS holds {ours} ops before and {theirs} after: the moving averages of batch normalization are"
            " updated by those ops alone; tf.keras.layers.BatchNormalization adds none in a graph",
        )


def _collected(evidence: Evidence) -> Iterator[Cause]:
    before, after = _penalties(evidence.before), _penalties(evidence.after)
    twice = sorted(name for name, count in after.items() if count > before[name] > 0)
    missing, extra = sorted(set(before) - set(after)), sorted(set(after) - set(before))
    if missing:
        yield Cause(
            CauseKind.MISSING_REGULARIZER, f"{names(missing)} has a regularizer in the before and none in the after"
        )
    if extra:
        yield Cause(
            CauseKind.EXTRA_REGULARIZER, f"{names(extra)} has a regularizer in the after and none in the before"
        )
    if twice:
        yield Cause(
            CauseKind.PENALTY_ADDED_TWICE,
            f"the penalty of {names(twice)} stands {after[twice[0]]} times in the collection of the after,"
            f" {before[twice[0]]} times in that of the before",
        )


def _penalties(recording: Recording) -> Counter[str]:
    return Counter(name for penalty in recording.penalties for name in penalty.variables)


def _losses(evidence: Evidence) -> Iterator[Cause]:
    ours, theirs = _members(evidence.before, "losses").total(), _members(evidence.after, "losses").total()
    if theirs < ours:
        yield Cause(
            CauseKind.LOSSES_COLLECTION,
            f"the collection of losses holds {ours} before and {theirs} after: get_total_loss() sums what"
            " tf.losses.* put there",
        )


def _initial_draws(evidence: Evidence) -> Iterator[Cause]:
    changed = [item for item in evidence.weights.pairs if item.before.draws != item.after.draws]
    stateless = [item.before.name for item in changed if any("stateless" in draw for draw in item.after.draws)]
    if stateless:
        yield Cause(
            CauseKind.INITIALIZER,
            f"the start of {names(stateless)} is drawn by Keras: the same numbers at every run of the initializer, and"
            " not those of tf.set_random_seed; pass a tf.compat.v1 initializer",
        )
    elif changed:
        yield Cause(
            CauseKind.INITIALIZER,
            f"the start of {names([item.before.name for item in changed])} is drawn in another way:"
            f" {', '.join(changed[0].before.draws) or 'nothing'} before,"
            f" {', '.join(changed[0].after.draws) or 'nothing'} after",
        )


def _biased_variance(evidence: Evidence) -> Iterator[Cause]:
    """Where all batches are of one size n, the one average is a linear function of the other, of slope n / (n - 1)."""
    if not evidence.has(Quantity.STATE) or evidence.at_first_step(Quantity.LOSS, Quantity.GRADIENT):
        return
    for item in evidence.states.pairs:
        size = _samples(item.before.final, item.after.final) if "variance" in item.before.name else None
        if size is not None:
            yield Cause(
                CauseKind.BIASED_VARIANCE,
                f"{item.before.name} of the before averages variances divided by n - 1, n = {size}, as the fused kernel"
                " computes them; that of the after divides by n, as tf.keras.layers.BatchNormalization does",
            )
            return


def _outputs(evidence: Evidence) -> Iterator[Cause]:
    """What a program returns or prints is another thing though all that it trains is the same."""
    if {difference.quantity for difference in evidence.differences} <= {Quantity.FETCHED, Quantity.PRINTED}:
        yield Cause(
            CauseKind.EVALUATION,
            "training is the same; what a session returns, or what is printed, is not: another tensor is fetched, or"
            " another text is made of it",
        )


def _samples(before: Array | None, after: Array | None) -> int | None:
    if before is None or after is None or before.size < 3 or not float(np.ptp(after)):
        return None
    slope, start = np.polyfit(after.astype(np.float64), before.astype(np.float64), 1)
    error = float(np.max(np.abs(slope * after + start - before)))
    if slope <= 1.0 or error > _STRAIGHT * float(np.ptp(after)) or error > 0.1 * (slope - 1.0) * float(np.ptp(after)):
        return None
    return round(float(slope / (slope - 1.0)))


_RULES: tuple[Rule, ...] = (
    _frozen_random,
    _trainable,
    _variables,
    _update_ops,
    _collected,
    _losses,
    _initial_draws,
    _biased_variance,
    _outputs,
)
