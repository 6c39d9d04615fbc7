"""Initializers: the text they become, and what is refused. Their distributions: test_transforms_numbers.py."""

from __future__ import annotations

import pytest
from expression_context import FakeContext, facts, rewrite
from tf1to2_reg.transforms.initializers import RULES

from tf1to2_reg.diagnostics.reasons import Refused

SCALED = "VarianceScaling(1.3 * {} * 0.87962566103423978**2, "


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("glorot_uniform_initializer()", "GlorotUniform()"),
        ("initializers.glorot_normal(dtype=tf.float32)", "GlorotNormal()"),
        ("truncated_normal_initializer(stddev=0.1)", "TruncatedNormal(stddev=0.1)"),
        ("truncated_normal_initializer()", "TruncatedNormal(stddev=1.0)"),
        ("truncated_normal_initializer(0.0, 0.1, None, tf.float32)", "TruncatedNormal(0.0, 0.1, None)"),
        ("random_normal_initializer(0.5)", "RandomNormal(0.5, stddev=1.0)"),
        ("random_uniform_initializer()", "RandomUniform(minval=0.0, maxval=1.0)"),
        ("random_uniform_initializer(-a, a)", "RandomUniform(-a, a)"),
        ("keras.initializers.RandomNormal()", "RandomNormal()"),
        ("keras.initializers.normal(0.0, 0.02)", "RandomNormal(0.0, 0.02)"),
        ("variance_scaling_initializer(2.0, 'fan_in', 'normal')", "VarianceScaling(2.0, 'fan_in', 'truncated_normal')"),
        ("variance_scaling_initializer(mode='fan_avg')", "VarianceScaling(mode='fan_avg')"),
        ("uniform_unit_scaling_initializer()", 'VarianceScaling(1.0, "fan_in", "uniform")'),
        ("uniform_unit_scaling_initializer(a + b)", 'VarianceScaling((a + b)**2, "fan_in", "uniform")'),
        ("contrib.layers.xavier_initializer()", "GlorotUniform()"),
        ("contrib.layers.xavier_initializer_conv2d(True)", "GlorotUniform()"),
        (
            "contrib.layers.xavier_initializer(uniform=False)",
            'VarianceScaling(1.3 * 0.87962566103423978**2, "fan_avg", "truncated_normal")',
        ),
        ("contrib.layers.variance_scaling_initializer()", SCALED.format("2.0") + '"fan_in", "truncated_normal")'),
        (
            "contrib.slim.variance_scaling_initializer(factor=a + b, mode='FAN_OUT')",
            SCALED.format("(a + b)") + '"fan_out", "truncated_normal")',
        ),
        (
            "contrib.layers.variance_scaling_initializer(1.0, 'FAN_AVG', True)",
            'VarianceScaling(1.0, "fan_avg", "uniform")',
        ),
        ("zeros_initializer()", "Zeros()"),
        ("initializers.ones()", "Ones()"),
        ("constant_initializer(0.1)", "Constant(0.1)"),
        ("constant_initializer(0.1, verify_shape=False)", "Constant(0.1)"),
        ("constant_initializer()", "Constant()"),
        ("initializers.he_normal()", "HeNormal()"),
        ("orthogonal_initializer(gain=1.5)", "Orthogonal(gain=1.5)"),
    ],
)
def test_rewritten(source: str, expected: str) -> None:
    assert rewrite(f"tf.{source}", RULES) == f"tf.keras.initializers.{expected}"


def test_a_seed_is_noted() -> None:
    seeded, unseeded = FakeContext(), FakeContext()
    assert rewrite("tf.glorot_uniform_initializer(seed=1)", RULES, seeded).endswith("GlorotUniform(seed=1)")
    rewrite("tf.glorot_uniform_initializer(seed=None)", RULES, unseeded)
    assert [code for code, _ in seeded.notes] == ["TFR110"]
    assert unseeded.notes == []


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("tf.zeros_initializer(dtype=tf.float64)", "TFR222"),
        ("tf.zeros_initializer(dtype=dtype)", "TFR222"),
        ("tf.constant_initializer([1.0, 2.0])", "TFR222"),
        ("tf.constant_initializer(0.1, verify_shape=True)", "TFR222"),
        ("tf.truncated_normal_initializer(stddev=scale)", "TFR222"),
        ("tf.truncated_normal_initializer(std=0.1)", "TFR222"),
        ("tf.truncated_normal_initializer(*options)", "TFR209"),
        ("tf.random_uniform_initializer(0.0, None)", "TFR222"),
        ("tf.variance_scaling_initializer(mode=mode)", "TFR222"),
        ("tf.variance_scaling_initializer(distribution='cauchy')", "TFR222"),
        ("tf.contrib.layers.xavier_initializer(uniform=flag)", "TFR222"),
        ("tf.contrib.layers.variance_scaling_initializer(mode='fan')", "TFR222"),
    ],
)
def test_refused(source: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        rewrite(source, RULES, FakeContext({"scale": facts(0)}))
    assert refused.value.reason.code == code


def test_a_constant_is_shown_to_be_a_number() -> None:
    source = "tf.constant_initializer(value)"
    for kind in (int, float, bool):
        assert rewrite(source, RULES, FakeContext(types={"value": kind})) == "tf.keras.initializers.Constant(value)"
    for unknown in (None, str):
        with pytest.raises(Refused) as refused:
            rewrite(source, RULES, FakeContext(assumed=unknown))
        assert refused.value.reason.code == "TFR222"
