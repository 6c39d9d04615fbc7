"""Comparing a graph program with its migration to a graph program.

Nothing but the layers changes there, so more must be equal than in a migration to TF2: the names of variables, the
collections, every value that a session returns and the printed text; and all numbers to the last bit, but for what
rounds in another way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

import numpy as np

from tf1to2_reg.verify import printed
from tf1to2_reg.verify.causes import Evidence
from tf1to2_reg.verify.comparison import array_difference, gather, notes, place, step_rows
from tf1to2_reg.verify.graph_causes import graph_causes
from tf1to2_reg.verify.pairing import pair_by_name, relative
from tf1to2_reg.verify.programs import Target
from tf1to2_reg.verify.recording import Array, Fetched, Graph, Recording, Variable
from tf1to2_reg.verify.verdict import Difference, Pair, Quantity, Tolerances, Verdict, relative_difference

VARIABLES = "variables"
_TRAINABLE = "trainable_variables"
_OF_VARIABLES = (VARIABLES, _TRAINABLE, "local_variables", "model_variables", "moving_average_variables")
_BY_NAME = ("losses", "summaries", "global_step", "train_op")
_NOT_COMPARED = ("cond_context", "while_context")
"""How a branch was built; the layers of both sides may build theirs in other ways."""
_END = {"weight": Quantity.WEIGHT, "unused": Quantity.WEIGHT, "state": Quantity.STATE, "slot": Quantity.SLOT}


def compare_graphs(before: Recording, after: Recording, tolerances: Tolerances | None = None) -> Verdict:
    """Say whether two graph programs are the same, where they part, and why that may be."""
    tolerances = tolerances or Tolerances.of(Target.GRAPH)
    evidence = gather(before, after, tolerances, pair_by_name)
    differences = (
        *evidence.differences,
        *_collection_differences(before.graphs, after.graphs),
        *_draw_differences(evidence),
        *_slot_differences(before, after, tolerances),
        *_fetched_differences(before, after, tolerances),
        *_text_differences(before, after),
    )
    evidence = replace(evidence, differences=tuple(sorted(differences, key=place)))
    return Verdict(
        before,
        after,
        evidence.differences,
        graph_causes(evidence) if evidence.differences else (),
        step_rows(before, after),
        evidence.weights.pairs,
        evidence.penalties,
        notes(before, after, evidence.weights),
        target=Target.GRAPH,
        inexact=inexact(before, after),
    )


def _collection_differences(before: Sequence[Graph], after: Sequence[Graph]) -> Iterator[Difference]:
    if len(before) != len(after):
        yield Difference(Quantity.COLLECTION, 0, "number of graphs", str(len(before)), str(len(after)))
    for ours, theirs in zip(before, after, strict=False):
        for key in dict.fromkeys([*ours.collections, *theirs.collections]):
            if key not in _NOT_COMPARED:
                yield from _members_differ(key, _members(ours, key), _members(theirs, key))


def _members(graph: Graph, key: str) -> tuple[str, ...]:
    names = graph.collections.get(key, ())
    return names if key in (*_OF_VARIABLES, *_BY_NAME) else tuple(scope_of(name, graph) for name in names)


def _members_differ(key: str, ours: tuple[str, ...], theirs: tuple[str, ...]) -> Iterator[Difference]:
    if ours == theirs:
        return
    quantity = Quantity.NAMES if key == VARIABLES else Quantity.COLLECTION
    what = "" if key == VARIABLES else key
    missing, extra = (
        list((Counter(ours) - Counter(theirs)).elements()),
        list((Counter(theirs) - Counter(ours)).elements()),
    )
    if not (missing or extra):
        index = next(index for index, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b)
        yield Difference(quantity, 0, f"{what} order".strip(), f"{ours[index]} at {index}", theirs[index])
    for a, b in zip_longest(missing, extra, fillvalue="missing"):
        yield Difference(quantity, 0, f"{what}, {len(ours)} and {len(theirs)}".strip(", "), a, b)


def scope_of(name: str, graph: Graph) -> str:
    """The variable, or the scope of variables, that an op stands under: all that names of ops have in common.

    A layer of Keras calls its ops otherwise than TF1's; `get_collection(key, scope)` asks for what they begin with.
    """
    variables = [entry.partition(":")[0] for entry in graph.collections.get(VARIABLES, ())]
    scopes = {*variables, *(variable.rpartition("/")[0] for variable in variables)}
    path = name.partition(":")[0]
    while path and path not in scopes:
        path = path.rpartition("/")[0]
    return path or name.partition(":")[0].rpartition("/")[0]


def _draw_differences(evidence: Evidence) -> Iterator[Difference]:
    """Which random ops draw the initial values, with which seeds: a start that Keras draws ignores TF1's seeds."""
    for item in (*evidence.weights.pairs, *evidence.states.pairs):
        ours, theirs = item.before.draws, item.after.draws
        if ours != theirs:
            yield Difference(Quantity.INITIALIZER, 0, item.before.name, _drawn(ours), _drawn(theirs))


def _drawn(draws: tuple[str, ...]) -> str:
    return ", ".join(draws) or "nothing drawn"


def _slot_differences(before: Recording, after: Recording, tolerances: Tolerances) -> Iterator[Difference]:
    for item in _same_names(before, after):
        if item.before.role == "slot" and item.before.final is not None and item.after.final is not None:
            gap = relative(item.before.final, item.after.final, _SLOT_FLOOR)
            if gap > tolerances.trained:
                yield array_difference(Quantity.SLOT, None, item, item.before.final, item.after.final, gap)


_SLOT_FLOOR = 1e-6
"""Slots hold gradients and their squares: below this they are rounding error of gradients that are zero."""


def _fetched_differences(before: Recording, after: Recording, tolerances: Tolerances) -> Iterator[Difference]:
    if len(before.runs) != len(after.runs):
        yield Difference(Quantity.FETCHED, None, "number of runs", str(len(before.runs)), str(len(after.runs)))
        return
    for index, a, b in _fetched(before, after):
        gap = _fetched_gap(a, b)
        if gap is None or gap > tolerances.trained:
            yield Difference(Quantity.FETCHED, None, f"run {index}, {a.name}", _sum(a), _sum(b), gap)


def _fetched(before: Recording, after: Recording) -> Iterator[tuple[int, Fetched, Fetched]]:
    """What both returned as numbers; where one has none, an op was fetched that returns a value on the other side."""
    for index, (ours, theirs) in enumerate(zip(before.runs, after.runs, strict=False)):
        for a, b in zip(ours, theirs, strict=False):
            if a is not None and b is not None:
                yield index, a, b


def _fetched_gap(a: Fetched, b: Fetched) -> float | None:
    """The difference of the sums against the sums of sizes; None where the arrays are of another kind."""
    if (a.dtype, a.shape) != (b.dtype, b.shape):
        return None
    size = max(a.size, b.size)
    return abs(a.total - b.total) / size if np.isfinite(size) and size else relative_difference(a.total, b.total)


def _sum(value: Fetched) -> str:
    kind = f"{value.dtype} {list(value.shape)}" if value.shape else value.dtype
    return f"{value.total:.7g} ({kind})"


def _text_differences(before: Recording, after: Recording) -> Iterator[Difference]:
    """Other words; numbers of lines with the same words are compared as in every program."""
    if printed.comparable(before.printed, after.printed):
        return
    for index, ours, theirs in printed.unequal_lines(before.printed, after.printed):
        if printed.words(ours) != printed.words(theirs):
            yield Difference(Quantity.PRINTED, None, f"line {index + 1}", ours.strip(), theirs.strip())
            return


def inexact(before: Recording, after: Recording) -> tuple[Difference, ...]:
    """What is not the same to the last bit."""
    found = [
        *_inexact_steps(before, after),
        *_inexact_penalties(before, after),
        *_inexact_variables(before, after),
        *_inexact_runs(before, after),
        *_inexact_text(before, after),
    ]
    return tuple(sorted(found, key=place))


def _inexact_steps(before: Recording, after: Recording) -> Iterator[Difference]:
    for row in step_rows(before, after):
        regularization, loss = (
            (row.regularization_before, row.regularization_after),
            (row.loss_before, row.loss_after),
        )
        for quantity, (ours, theirs) in ((Quantity.REGULARIZATION, regularization), (Quantity.LOSS, loss)):
            gap = relative_difference(ours, theirs)
            if gap:
                yield Difference(quantity, row.step, "", repr(ours), repr(theirs), gap)


def _inexact_penalties(before: Recording, after: Recording) -> Iterator[Difference]:
    for ours, theirs in zip(before.penalties, after.penalties, strict=False):
        gap = relative_difference(ours.value, theirs.value)
        if gap or ours.variables != theirs.variables:
            what = ", ".join(ours.variables)
            yield Difference(Quantity.PENALTY, 0, what, repr(ours.value), repr(theirs.value), gap)


def _inexact_variables(before: Recording, after: Recording) -> Iterator[Difference]:
    for item in _same_names(before, after):
        for quantity, step, ours, theirs in (
            (Quantity.GRADIENT, 0, item.before.gradient, item.after.gradient),
            (Quantity.GRADIENT, 0, item.before.applied, item.after.applied),
            (_END[item.before.role], None, item.before.final, item.after.final),
        ):
            if not _same_bits(ours, theirs):
                gap = relative(ours, theirs) if ours is not None and theirs is not None else None
                yield array_difference(quantity, step, item, ours, theirs, gap)


def _same_names(before: Recording, after: Recording) -> Iterator[Pair]:
    theirs: dict[str, Variable] = {variable.name: variable for variable in after.variables}
    for variable in before.variables:
        if variable.name in theirs and theirs[variable.name].shape == variable.shape:
            yield Pair(variable, theirs[variable.name])


def _same_bits(a: Array | None, b: Array | None) -> bool:
    if a is None or b is None:
        return a is b
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


def _inexact_runs(before: Recording, after: Recording) -> Iterator[Difference]:
    for index, a, b in _fetched(before, after):
        if a.crc != b.crc:
            yield Difference(Quantity.FETCHED, None, f"run {index}, {a.name}", _sum(a), _sum(b), _fetched_gap(a, b))


def _inexact_text(before: Recording, after: Recording) -> Iterator[Difference]:
    for index, ours, theirs in printed.unequal_lines(before.printed, after.printed):
        yield Difference(Quantity.PRINTED, None, f"line {index + 1}", ours.strip(), theirs.strip())
