"""Learning rate decays: the text they become, and what is refused. Fifty steps: test_transforms_numbers.py."""

from __future__ import annotations

import pytest
from expression_context import FakeContext, code, facts, parse, rewrite
from tf1to2_reg.transforms import schedules

from tf1to2_reg.diagnostics.reasons import Refused

CONTEXT = FakeContext({"step": facts(0, "int64"), "rate": facts(0)})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("exponential_decay(0.1, step, 100, 0.9)", "ExponentialDecay(0.1, 100, 0.9)"),
        ("exponential_decay(0.1, step, 100, 0.9, True, 'lr')", "ExponentialDecay(0.1, 100, 0.9, True)"),
        (
            "exponential_decay(learning_rate=lr, global_step=step, decay_steps=9,\n    decay_rate=0.9, staircase=True)",
            "ExponentialDecay(initial_learning_rate=lr, decay_steps=9,\n    decay_rate=0.9, staircase=True)",
        ),
        ("polynomial_decay(0.1, step, 100, power=2.0)", "PolynomialDecay(0.1, 100, power=2.0)"),
        (
            "piecewise_constant(step, [10, 20], [0.1, 0.01, 0.001])",
            "PiecewiseConstantDecay([10, 20], [0.1, 0.01, 0.001])",
        ),
        ("cosine_decay(0.1, step, 100, alpha=0.1)", "CosineDecay(0.1, 100, alpha=0.1)"),
    ],
)
def test_rewritten(source: str, expected: str) -> None:
    rewritten = rewrite(f"tf.train.{source}", schedules.RULES, CONTEXT)
    assert rewritten == f"tf.keras.optimizers.schedules.{expected}"


@pytest.mark.parametrize(
    "source",
    [
        "exponential_decay(0.1, step, 100)",
        "exponential_decay(rate, step, 100, 0.9)",
        "exponential_decay(0.1, step, 100, 0.9, rate=0.5)",
        "piecewise_constant(step, [10])",
    ],
)
def test_refused(source: str) -> None:
    with pytest.raises(Refused) as refused:
        rewrite(f"tf.train.{source}", schedules.RULES, CONTEXT)
    assert refused.value.reason.code == "TFR202"


@pytest.mark.parametrize(
    "source", ["exponential_decay(0.1, step, 100, 0.9)", "piecewise_constant(values=v, boundaries=b, x=step)"]
)
def test_step(source: str) -> None:
    assert code(schedules.step(parse(f"tf.train.{source}"), CONTEXT)) == "step"


def test_a_decay_without_a_step_is_refused() -> None:
    with pytest.raises(Refused):
        schedules.step(parse("tf.train.exponential_decay(0.1)"), CONTEXT)
