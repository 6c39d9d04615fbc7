"""Learning rate decays: the text they become, and what is refused. The rates: test_transforms_numbers.py."""

from __future__ import annotations

import pytest
from expression_context import FakeContext, facts, rewrite
from tf1to2_reg.transforms import schedules

from tf1to2_reg.diagnostics.reasons import Refused
from tf1to2_reg.facts.schedules import SCHEDULES, step_parameter

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
        ("natural_exp_decay(0.1, step, 10, 0.5)", "ExponentialDecay(0.1, 10, tf.exp(-0.5))"),
        ("natural_exp_decay(0.1, step, 10, a + b, True)", "ExponentialDecay(0.1, 10, tf.exp(-(a + b)), True)"),
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


@pytest.mark.parametrize("symbol", SCHEDULES)
def test_the_step_is_a_parameter_that_the_schedule_does_not_have(symbol: str) -> None:
    assert step_parameter(symbol) in SCHEDULES[symbol].parameters
    assert step_parameter(symbol) in SCHEDULES[symbol].dropped
