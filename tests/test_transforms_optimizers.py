"""Optimizers: the text they become, and what is refused. Fifty steps: test_transforms_numbers.py."""

from __future__ import annotations

import pytest
from expression_context import FakeContext, facts, rewrite
from tf1to2_reg.transforms.optimizers import RULES

from tf1to2_reg.diagnostics.reasons import Refused
from tf1to2_reg.facts.knowledge import Kind

CONTEXT = FakeContext({"rate": facts(0)})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("GradientDescentOptimizer(0.05)", "SGD(0.05)"),
        ("GradientDescentOptimizer(learning_rate=lr, use_locking=True, name='sgd')", "SGD(learning_rate=lr)"),
        ("MomentumOptimizer(0.1, 0.9)", "SGD(0.1, momentum=0.9)"),
        ("MomentumOptimizer(0.1, 0.9, False, 'm', True)", "SGD(0.1, momentum=0.9, nesterov=True)"),
        ("MomentumOptimizer(momentum=0.9, learning_rate=0.1)", "SGD(momentum=0.9, learning_rate=0.1)"),
        ("AdamOptimizer()", "Adam(epsilon=1e-8)"),
        ("AdamOptimizer(0.01)", "Adam(0.01, epsilon=1e-8)"),
        ("AdamOptimizer(learning_rate=0.01, beta1=0.5)", "Adam(learning_rate=0.01, beta_1=0.5, epsilon=1e-8)"),
        ("AdamOptimizer(0.01, 0.5, 0.9, 1e-4)", "Adam(0.01, 0.5, 0.9, 1e-4)"),
        ("AdamOptimizer(0.01, epsilon=0.1)", "Adam(0.01, epsilon=0.1)"),
        ("AdagradOptimizer(0.1)", "Adagrad(0.1, epsilon=0.0)"),
        ("AdadeltaOptimizer(0.1, 0.9)", "Adadelta(0.1, 0.9, epsilon=1e-8)"),
        ("FtrlOptimizer(0.1, l1_regularization_strength=0.2)", "Ftrl(0.1, l1_regularization_strength=0.2)"),
        ("FtrlOptimizer(0.1, -0.5, 0.1, 0.0, 0.0, False, 'f', 'a', 'l', 0.3)",
         "Ftrl(0.1, -0.5, 0.1, 0.0, 0.0, l2_shrinkage_regularization_strength=0.3)"),
    ],
)  # fmt: skip
def test_keras(source: str, expected: str) -> None:
    assert rewrite(f"tf.train.{source}", RULES, FakeContext()) == f"tf.keras.optimizers.{expected}"


def test_rmsprop_is_kept_and_noted() -> None:
    context = FakeContext()
    source = "tf.train.RMSPropOptimizer(0.1, decay=0.8)"
    assert rewrite(source, RULES, context) == "tf.compat.v1.train.RMSPropOptimizer(0.1, decay=0.8)"
    assert [code for code, _ in context.notes] == ["TFR106"]


@pytest.mark.parametrize(
    "source",
    [
        "GradientDescentOptimizer()",
        "MomentumOptimizer(0.1)",
        "AdamOptimizer(0.1, beta1=rate)",
        "RMSPropOptimizer(0.1, momentum=rate)",
        "AdamOptimizer(0.1, beta_1=0.5)",
        "AdagradDAOptimizer(0.1, step)",
        "ProximalAdagradOptimizer(0.1)",
        "ProximalGradientDescentOptimizer(0.1)",
        "SyncReplicasOptimizer(optimizer, 2)",
        "Optimizer(False, 'name')",
    ],
)
def test_refused(source: str) -> None:
    with pytest.raises(Refused) as refused:
        rewrite(f"tf.train.{source}", RULES, CONTEXT)
    assert refused.value.reason.code == "TFR202"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("GradientDescentOptimizer(rate)", "SGD(float(rate))"),
        ("GradientDescentOptimizer(True)", "SGD(float(True))"),
        ("MomentumOptimizer(1, 0)", "SGD(1.0, momentum=0.0)"),
        ("MomentumOptimizer(0.1, n, use_nesterov=flag)", "SGD(0.1, momentum=float(n), nesterov=flag)"),
        ("AdamOptimizer(0.1, beta1=b)", "Adam(0.1, beta_1=float(b), epsilon=1e-8)"),
    ],
)
def test_a_number_that_is_not_shown_is_converted(source: str, expected: str) -> None:
    context = FakeContext(assumed=None, types={"n": int}, alternatives={"b": frozenset({Kind.NUMBER})})
    assert rewrite(f"tf.train.{source}", RULES, context) == f"tf.keras.optimizers.{expected}"


@pytest.mark.parametrize("rate", ["None", "'a'", "tf.nn.relu", "which"])
def test_no_rate(rate: str) -> None:
    context = FakeContext(assumed=None, alternatives={"which": frozenset({Kind.NUMBER, Kind.CALLABLE})})
    with pytest.raises(Refused) as refusal:
        rewrite(f"tf.train.GradientDescentOptimizer({rate})", RULES, context)
    assert refusal.value.reason.code == "TFR202"
