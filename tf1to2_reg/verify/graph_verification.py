"""Verifying a program that has stayed a graph program: run both, compare, tell rounding from what does not repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tf1to2_reg.verify import printed
from tf1to2_reg.verify.graph_comparison import compare_graphs, inexact
from tf1to2_reg.verify.ordering import by_shape, order
from tf1to2_reg.verify.pairing import pair_by_name
from tf1to2_reg.verify.programs import Options, Program, Side
from tf1to2_reg.verify.recording import Recording
from tf1to2_reg.verify.runner import Runner
from tf1to2_reg.verify.sensitivity import excuse_rounding, may_be_amplified
from tf1to2_reg.verify.verdict import Difference, Quantity, Tolerances, Verdict

_ROUNDING = 1e-5
_FACTOR = 10.0
"""How many times its distance from itself a program that does not repeat itself may be from its migration."""
_STRUCTURE = (Quantity.VARIABLES, Quantity.NAMES, Quantity.COLLECTION, Quantity.INITIALIZER)
_REORDERED = "variables are created in another order; those of one name were given the same start"


def verify_graph(before: Program, after: Program, runner: Runner, options: Options, tolerances: Tolerances) -> Verdict:
    """Run both programs and compare them.

    Variables of one name start with the same values: where they are created in another order, the after is run again
    in that of the before. Where not all is the same to the last bit, the before is run again: what it does not repeat
    itself cannot be asked of the after.
    """
    ours, theirs = runner.record_both(before, after, options)
    ordinals = _order_by_name(ours, theirs)
    if ordinals:
        theirs = runner.record(after, Side.AFTER, replace(options, ordinals=ordinals))
    verdict = compare_graphs(ours, theirs, tolerances)
    if ours.facts.get("races"):
        verdict = _without_printed_numbers(verdict)
    if ordinals:
        verdict = replace(verdict, notes=(*verdict.notes, _REORDERED))
    if verdict.identical or _is_structural(verdict):
        return verdict
    if ours.tensorflow != theirs.tensorflow:
        note = f"TensorFlow {ours.tensorflow} and {theirs.tensorflow} round in other ways"
        verdict = replace(verdict, notes=(*verdict.notes, note))
    else:
        verdict = _repeated(verdict, before, runner, options)
    if _starts_as_rounding(verdict) and may_be_amplified(verdict):
        return excuse_rounding(verdict, before, runner, options)
    return verdict


def _without_printed_numbers(verdict: Verdict) -> Verdict:
    """Other words still count."""

    def counts(item: Difference) -> bool:
        return item.quantity is not Quantity.PRINTED or printed.words(item.before) != printed.words(item.after)

    kept = tuple(filter(counts, verdict.differences))
    causes = verdict.causes if kept else ()
    return replace(verdict, differences=kept, causes=causes, inexact=tuple(filter(counts, verdict.inexact)))


def _is_structural(verdict: Verdict) -> bool:
    """Whether the programs differ in what no run has an influence on."""
    return verdict.first is not None and verdict.first.quantity in _STRUCTURE


def _repeated(verdict: Verdict, before: Program, runner: Runner, options: Options) -> Verdict:
    """Run the before again; what it does not repeat is no difference, unless it is larger than that from itself."""
    again = runner.record(before, Side.BEFORE, options)
    own = inexact(verdict.before, again)
    if not own:
        return verdict
    what = ", ".join(dict.fromkeys(difference.quantity.value for difference in own))
    note = f"the before does not repeat itself, run twice from the same start ({what})"
    kept = tuple(item for item in verdict.differences if not _is_unsteady(item, own))
    return replace(
        verdict,
        differences=kept,
        causes=verdict.causes if kept else (),
        inexact=tuple(item for item in verdict.inexact if not _is_unsteady(item, own)),
        notes=(*verdict.notes, note),
    )


def _is_unsteady(item: Difference, own: Sequence[Difference]) -> bool:
    """Whether the before is about as far from itself; where there is no measure of that, in the same place."""
    alike = [other for other in own if other.quantity is item.quantity]
    if item.relative is None:
        return any(other.what == item.what for other in alike)
    return item.relative <= _FACTOR * max((other.relative or 0.0 for other in alike), default=-1.0)


def _starts_as_rounding(verdict: Verdict) -> bool:
    """Whether the first loss that differs in the last bits differs in no more: what is amplified starts small."""
    gaps = [row.difference for row in verdict.rows if row.difference]
    return bool(gaps) and gaps[0] <= _ROUNDING


def _order_by_name(ours: Recording, theirs: Recording) -> dict[str, list[int]]:
    """The ordinals that give variables of one name the same start, empty where they have it."""
    found: dict[str, list[int]] = {}
    groups = by_shape(theirs.variables)
    for shape, members in by_shape(ours.variables).items():
        wanted = order(pair_by_name(members, groups.get(shape, [])))
        if wanted != sorted(wanted):
            found[str(list(shape))] = wanted
    return found
