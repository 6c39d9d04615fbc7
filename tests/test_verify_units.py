"""Comparing recordings and printed text, without TensorFlow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tf1to2_reg.verify import printed
from tf1to2_reg.verify.charts import Series, line_chart, log_chart
from tf1to2_reg.verify.comparison import compare
from tf1to2_reg.verify.pairing import pair
from tf1to2_reg.verify.recording import Penalty, Recording, Update, Variable
from tf1to2_reg.verify.report_html import to_html
from tf1to2_reg.verify.verdict import Quantity, Tolerances, Verdict, relative_difference


def variable(name: str, seed: int, gradient: float = 1.0, final: float = 2.0, role: str = "weight") -> Variable:
    values = np.random.RandomState(seed).rand(3, 4)
    return Variable(name, (3, 4), role, seed, values, values * gradient, values * gradient, values * final)


def recording(**changes: object) -> Recording:
    start = Recording(
        updates=(Update(2.0, 0.5, ("w",)), Update(1.5, 0.4, ("w",))),
        variables=(variable("w", 0), variable("v", 1)),
        penalties=(Penalty("p", ("w",), 0.5),),
        printed="step 0 loss 2.00000\nstep 1 loss 1.50000\n",
        optimizers=("AdamOptimizer",),
    )
    return replace(start, **changes)  # type: ignore[arg-type]


def quantities(verdict: Verdict) -> list[Quantity]:
    return [difference.quantity for difference in verdict.differences]


def test_a_recording_equals_itself() -> None:
    verdict = compare(recording(), recording())
    assert verdict.equal
    assert verdict.first is None
    assert verdict.causes == ()


@pytest.mark.parametrize(
    ("loss", "equal"), [(2.0, True), (2.00001, True), (2.0001, False), (float("nan"), False), (float("inf"), False)]
)
def test_tolerance_of_the_first_loss(loss: float, equal: bool) -> None:
    after = recording(updates=(Update(loss, 0.5, ("w",)), Update(1.5, 0.4, ("w",))))
    assert compare(recording(), after).equal is equal


def test_small_losses_are_not_hidden_by_the_absolute_tolerance() -> None:
    before = recording(updates=(Update(2e-6, 1e-7, ("w",)),))
    after = recording(updates=(Update(2.1e-6, 1e-7, ("w",)),))
    assert quantities(compare(before, after)) == [Quantity.LOSS]


def test_tolerances_can_be_set() -> None:
    after = recording(updates=(Update(2.1, 0.5, ("w",)), Update(1.6, 0.4, ("w",))))
    assert not compare(recording(), after).equal
    assert compare(recording(), after, Tolerances(rtol=0.1, trained=0.1)).equal


def test_not_a_number_on_both_sides_is_equal() -> None:
    lost = recording(updates=(Update(float("nan"), 0.5, ("w",)),))
    assert compare(lost, lost).equal
    assert relative_difference(float("nan"), 1.0) == float("inf")


def test_differences_are_told_in_order() -> None:
    after = recording(
        updates=(Update(2.0, 0.5, ("w",)), Update(1.4, 0.4, ("w",))),
        variables=(variable("w", 0, final=3.0), variable("v", 1)),
        printed="step 0 loss 2.00000\nstep 1 loss 1.40000\n",
    )
    verdict = compare(recording(), after)
    assert quantities(verdict) == [Quantity.LOSS, Quantity.WEIGHT, Quantity.PRINTED]
    assert verdict.first is not None
    assert verdict.first.step == 1


def test_a_frozen_penalty_added_by_hand_is_no_difference() -> None:
    frozen = Update(2.0, 0.3, ("w",), frozen=0.2), Update(1.5, 0.2, ("w",), frozen=0.2)
    assert compare(recording(), recording(updates=frozen)).equal


def test_variables_are_paired_by_start_not_by_name_or_order() -> None:
    pairing = pair([variable("a", 0), variable("b", 1)], [variable("x", 1), variable("y", 0)])
    assert [(item.before.name, item.after.name) for item in pairing.pairs] == [("a", "y"), ("b", "x")]


def test_constant_starts_are_paired_by_gradient() -> None:
    zeros = np.zeros(3)
    ours = [Variable(name, (3,), "weight", None, zeros, np.full(3, g)) for name, g in (("a", 1.0), ("b", 2.0))]
    theirs = [Variable(name, (3,), "weight", None, zeros, np.full(3, g)) for name, g in (("x", 2.0), ("y", 1.0))]
    assert [item.after.name for item in pair(ours, theirs).pairs] == ["y", "x"]


def test_what_has_no_counterpart() -> None:
    pairing = pair([variable("a", 0), variable("b", 1)], [variable("y", 1)])
    assert [item.name for item in pairing.only_before] == ["a"]
    assert pairing.only_after == ()


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ("loss 1.2345", "loss 1.2345", 0),
        ("loss 1.2345", "loss 1.2346", 0),
        ("loss 1.2345", "loss 1.2349", 1),
        ("epoch 3", "epoch 4", 1),
        ("loss nan", "loss nan", 0),
        ("loss nan", "loss 1.0", 1),
        ("loss 1.5e-07", "loss 1.6e-07", 0),
        ("loss 1.5e-07", "loss 3.5e-07", 1),
        ("took 1.5 s", "took 9.5 s", 0),
        ("net2 loss 1", "net2 loss 1", 0),
        ("loss 1.0", "cost 2.0", 0),
    ],
)
def test_printed_numbers(before: str, after: str, count: int) -> None:
    assert len(printed.differences(before, after, 1e-4)) == count


def test_other_words_are_not_compared_and_noted() -> None:
    verdict = compare(recording(), recording(printed="Epoch 1/2\n"))
    assert verdict.equal
    assert any("other words" in note or "different words" in note for note in verdict.notes)


def test_printed_one_step_late() -> None:
    before = "".join(f"step {step} loss {loss}\n" for step, loss in enumerate([2.5, 1.5, 1.0]))
    after = "".join(f"step {step} loss {loss}\n" for step, loss in enumerate([1.5, 1.0, 0.5]))
    assert printed.is_one_step_late(before, after)
    assert not printed.is_one_step_late(before, before)
    assert not printed.is_one_step_late("step 0\nstep 1\n", "step 1\nstep 2\n")


def test_charts_keep_every_step_and_survive_odd_values() -> None:
    values = [1.0, float("nan"), 0.0, float("inf"), 2.0]
    for chart in (
        line_chart("x", [Series("a", "before", values)]),
        log_chart("x", [Series("a", "first", values)], 1e-9),
    ):
        assert chart.count("<circle") == 3
        assert "nan" not in chart
        assert "inf" not in chart


def test_the_page_escapes_what_programs_call_their_things() -> None:
    bad = recording(variables=(variable("<script>alert(1)</script>", 0),))
    page = to_html(compare(bad, recording()), "<b> → after")
    assert "<script" not in page
    assert "<b>" not in page
    assert "http" not in page


@pytest.mark.parametrize("lost", [float("nan"), float("inf")])
def test_weights_that_are_lost_on_one_side_differ(lost: float) -> None:
    after = recording(variables=(variable("w", 0, final=lost), variable("v", 1)))
    assert quantities(compare(recording(), after)) == [Quantity.WEIGHT]
    assert compare(after, after).equal


def test_penalties_that_nobody_minimizes_may_be_dropped() -> None:
    declared = recording(penalties=(Penalty("p", ("w",), 0.5, in_loss=False),))
    dropped = recording(penalties=(), updates=(Update(2.0, 0.0, ("w",)), Update(1.5, 0.0, ("w",))), losses_read=False)
    assert compare(declared, dropped).equal
    assert not compare(declared, replace(dropped, losses_read=True)).equal
    assert not compare(recording(), dropped).equal
