"""Verifying a pair of programs: run both, compare, and look for another order of creation where that is in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tf1to2_reg.verify.comparison import compare
from tf1to2_reg.verify.graph_verification import verify_graph
from tf1to2_reg.verify.ordering import by_shape, order
from tf1to2_reg.verify.pairing import pair
from tf1to2_reg.verify.programs import Options, OtherTarget, Program, Side, Target, VerifyError
from tf1to2_reg.verify.recording import Recording
from tf1to2_reg.verify.runner import Runner
from tf1to2_reg.verify.sensitivity import excuse_rounding, may_be_amplified
from tf1to2_reg.verify.targets import are_swapped, guess_target
from tf1to2_reg.verify.verdict import Quantity, Tolerances, Verdict

_REORDERED = "variables of equal shape are created in another order; they were matched by their first gradients"


def verify(
    before: Program,
    after: Program,
    runner: Runner,
    options: Options | None = None,
    tolerances: Tolerances | Callable[[Target], Tolerances] = Tolerances.of,
) -> Verdict:
    """Run both programs and compare them. Raises VerifyError where one does not run.

    What the after has become, a TF2 program or still a graph program, is guessed from its text, unless `options` say
    it, and corrected by what it does. `tolerances` are those of its target where none are given.
    """
    if are_swapped(before, after):
        raise VerifyError("BEFORE looks migrated and AFTER like a TF1 program: the first argument is the TF1 program")
    options = options or Options()
    target = options.target or guess_target(after)
    try:
        return _verify_as(target, before, after, runner, options, tolerances)
    except OtherTarget as seen:
        if options.target is not None:
            raise
        return _verify_as(seen.target, before, after, runner, options, tolerances)


def _verify_as(
    target: Target,
    before: Program,
    after: Program,
    runner: Runner,
    options: Options,
    tolerances: Tolerances | Callable[[Target], Tolerances],
) -> Verdict:
    chosen = tolerances if isinstance(tolerances, Tolerances) else tolerances(target)
    way = verify_graph if target is Target.GRAPH else _verify_tf2
    return way(before, after, runner, replace(options, target=target), chosen)


def _verify_tf2(before: Program, after: Program, runner: Runner, options: Options, tolerances: Tolerances) -> Verdict:
    """Run both programs and compare them.

    Variables of equal shape start with values that depend on the order of their creation. Where the first step differs
    and there are several of one shape, a short run is made with the same start for all of them: first gradients then
    tell which belong together, and the after is run again in that order. Where only later steps differ, and the first
    updates of all weights agree, the before is compared with itself (`sensitivity`).
    """
    ours, theirs = runner.record_both(before, after, options)
    verdict = compare(ours, theirs, tolerances)
    ordinals: dict[str, list[int]] = {}
    if _order_may_be_the_cause(verdict):
        ordinals = _matching_order(before, after, runner, replace(options, steps=_steps_that_train_all(ours)))
    if ordinals:
        again = compare(ours, runner.record(after, Side.AFTER, replace(options, ordinals=ordinals)), tolerances)
        if _is_better(again, verdict):
            verdict = replace(again, notes=(*again.notes, _REORDERED))
    if may_be_amplified(verdict):
        few = replace(options, steps=_steps_that_train_all(ours))
        started = compare(*runner.record_both(before, after, few, replace(few, ordinals=ordinals)), tolerances)
        if started.equal:
            return excuse_rounding(verdict, before, runner, options)
    return verdict


def _order_may_be_the_cause(verdict: Verdict) -> bool:
    at_start = any(difference.step == 0 for difference in verdict.differences)
    return at_start and any(len(group) > 1 for group in by_shape(verdict.before.weights).values())


def _steps_that_train_all(recording: Recording) -> int:
    """How many steps it takes until every optimizer of the program has made one."""
    first_steps = {update.weights: step for step, update in reversed(list(enumerate(recording.updates)))}
    return max(first_steps.values()) + 1


def _matching_order(before: Program, after: Program, runner: Runner, options: Options) -> dict[str, list[int]]:
    """The ordinals for the after, empty where the orders agree."""
    ours, theirs = runner.record_both(before, after, replace(options, same_start=True))
    found: dict[str, list[int]] = {}
    groups = by_shape(theirs.weights)
    for shape, members in by_shape(ours.weights).items():
        wanted = order(pair(members, groups.get(shape, [])))
        if wanted != sorted(wanted):
            found[str(list(shape))] = wanted
    return found


def _is_better(verdict: Verdict, other: Verdict) -> bool:
    return _differences_at_start(verdict) < _differences_at_start(other)


def _differences_at_start(verdict: Verdict) -> int:
    first = (Quantity.VARIABLES, Quantity.PENALTY, Quantity.REGULARIZATION, Quantity.LOSS, Quantity.GRADIENT)
    return sum(difference.step == 0 and difference.quantity in first for difference in verdict.differences)
