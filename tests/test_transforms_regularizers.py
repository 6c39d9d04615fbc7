"""Regularizers: the text they become, and what is refused."""

from __future__ import annotations

import pytest
from expression_context import FakeContext, code, facts, parse, rewrite
from tf1to2_reg.transforms.regularizers import RULES

from tf1to2_reg.diagnostics.reasons import Refused
from tf1to2_reg.editing import weight_callables
from tf1to2_reg.facts.knowledge import Kind


@pytest.mark.parametrize("module", ["tf.contrib.layers", "tf.contrib.slim"])
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("l2_regularizer(1e-2)", "L2(0.5 * 1e-2)"),
        ("l2_regularizer(scale=self.l2)", "L2(0.5 * self.l2)"),
        ("l2_regularizer(a + b)", "L2(0.5 * (a + b))"),
        ("l2_regularizer((a + b))", "L2(0.5 * (a + b))"),
        ("l2_regularizer(a * b / c)", "L2(0.5 * a * b / c)"),
        ("l2_regularizer(a // b)", "L2(0.5 * (a // b))"),
        ("l2_regularizer(a % b)", "L2(0.5 * (a % b))"),
        ("l2_regularizer(2 ** -n)", "L2(0.5 * 2 ** -n)"),
        ("l2_regularizer(a if b else c)", "L2(0.5 * (a if b else c))"),
        ("l2_regularizer(a or b)", "L2(0.5 * (a or b))"),
        ("l2_regularizer(scale=0.1, scope='penalty')", "L2(0.5 * 0.1)"),
        ("l2_regularizer(\n    0.1  # weak\n)", "L2(\n    0.5 * 0.1  # weak\n)"),
        ("l1_regularizer(0.1)", "L1(0.1)"),
        ("l1_regularizer(scale=a + b)", "L1(a + b)"),
        ("l1_l2_regularizer()", "L1L2(l1=1.0, l2=0.5 * 1.0)"),
        ("l1_l2_regularizer(a, b + c)", "L1L2(l1=a, l2=0.5 * (b + c))"),
        ("l1_l2_regularizer(scale_l1=0.1, scope='s')", "L1L2(l1=0.1, l2=0.5 * 1.0)"),
        ("l1_l2_regularizer(scale_l2=0.1)", "L1L2(l2=0.5 * 0.1, l1=1.0)"),
    ],
)
def test_contrib(module: str, arguments: str, expected: str) -> None:
    assert rewrite(f"{module}.{arguments}", RULES) == f"tf.keras.regularizers.{expected}"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("l2()", "l2()"),
        ("l2(0.1)", "l2(0.1)"),
        ("l2(l=0.1)", "l2(0.1)"),
        ("l1(l=strength)", "l1(strength)"),
        ("l2(l2=0.1)", "l2(0.1)"),
        ("l1_l2()", "L1L2(l1=0.01, l2=0.01)"),
        ("l1_l2(0.1)", "L1L2(l1=0.1, l2=0.01)"),
        ("l1_l2(l2=0.1)", "L1L2(l2=0.1, l1=0.01)"),
        ("L1L2(0.1)", "L1L2(0.1)"),
        ("L1L2(l2=0.1)", "L1L2(l2=0.1)"),
        ("L2(0.1)", "L2(0.1)"),
    ],
)
def test_keras(arguments: str, expected: str) -> None:
    assert rewrite(f"tf.keras.regularizers.{arguments}", RULES) == f"tf.keras.regularizers.{expected}"


def test_the_half_is_noted() -> None:
    halved, not_halved = FakeContext(), FakeContext()
    rewrite("tf.contrib.layers.l2_regularizer(0.1)", RULES, halved)
    rewrite("tf.contrib.layers.l1_regularizer(0.1)", RULES, not_halved)
    assert [code for code, _ in halved.notes] == ["TFR103"]
    assert not_halved.notes == []


def test_tensorflow_is_spelled_as_in_the_file() -> None:
    context = FakeContext(tf="tensorflow")
    assert rewrite("tf.contrib.layers.l2_regularizer(s)", RULES, context) == "tensorflow.keras.regularizers.L2(0.5 * s)"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("tf.contrib.layers.l2_regularizer()", "TFR221"),
        ("tf.contrib.layers.l2_regularizer(1)", "TFR221"),
        ("tf.contrib.layers.l2_regularizer(True)", "TFR221"),
        ("tf.contrib.layers.l2_regularizer(-0.1)", "TFR221"),
        ("tf.contrib.layers.l2_regularizer(None)", "TFR221"),
        ("tf.contrib.layers.l2_regularizer('0.1')", "TFR221"),
        ("tf.contrib.layers.l2_regularizer(strength)", "TFR221"),
        ("tf.contrib.layers.l1_l2_regularizer(0.1, strength)", "TFR221"),
        ("tf.contrib.layers.l2_regularizer(*scales)", "TFR209"),
        ("tf.contrib.layers.l2_regularizer(weight=0.1)", "TFR221"),
        ("tf.contrib.layers.sum_regularizer([a, b])", "TFR221"),
        ("tf.contrib.layers.sum_regularizer()", "TFR221"),
        ("tf.contrib.layers.apply_regularization(r, w)", "TFR221"),
        ("tf.keras.regularizers.l2(-0.1)", "TFR221"),
        ("tf.keras.regularizers.l2(strength)", "TFR221"),
        ("tf.keras.regularizers.l2(0.1, 0.2)", "TFR221"),
        ("tf.keras.regularizers.get('l2')", "TFR221"),
    ],
)
def test_refused(source: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        rewrite(source, RULES, FakeContext({"strength": facts(0)}))
    assert refused.value.reason.code == code
    assert refused.value.reason.node is not None


@pytest.mark.parametrize(
    "value",
    [
        "regularizer",
        "None",
        "'l1_l2'",
        "tf.nn.l2_loss",
        "lambda w: 0.1 * tf.nn.l2_loss(w)",
        "lambda w, s=0.1: s * tf.reduce_sum(w ** 2)",
        "lambda w: tf.reduce_sum(other.value())",
        "lambda w: w.shape.as_list()[0] * tf.nn.l2_loss(w)",
    ],
)
def test_regularizer_argument(value: str) -> None:
    weight_callables.check_regularizer(parse(f"f({value})").args[0].value, FakeContext())


@pytest.mark.parametrize(
    "value",
    [
        "'l3'",
        "0.1",
        "tf.keras.regularizers.l2",
        "tf.nn.softmax",
        "lambda: 0.1",
        "lambda w, s: s * tf.nn.l2_loss(w)",
        "lambda w: tf.nn.l2_loss(w.value())",
        "lambda w: tf.nn.l2_loss(w, name=w.op.name)",
        "lambda w: tf.reduce_sum(w) / w.get_shape()[0]",
    ],
)
def test_regularizer_argument_refused(value: str) -> None:
    with pytest.raises(Refused) as refused:
        weight_callables.check_regularizer(parse(f"f({value})").args[0].value, FakeContext())
    assert refused.value.reason.code == "TFR221"


@pytest.mark.parametrize(
    ("rewritten", "expected"),
    [
        ("[tf.keras.regularizers.L1(a), tf.keras.regularizers.L2(0.5 * b)]", "L1L2(l1=a, l2=0.5 * b)"),
        ("(tf.keras.regularizers.L2(0.5 * b), tf.keras.regularizers.L1(a))", "L1L2(l1=a, l2=0.5 * b)"),
        ("[None, tf.keras.regularizers.L2(0.5 * b)]", "L2(0.5 * b)"),
        ("[]", None),
        ("[None]", None),
        ("[r]", None),
        ("regularizers", None),
        ("[tf.keras.regularizers.L2(a), tf.keras.regularizers.L2(b)]", None),
    ],
)
def test_sum(rewritten: str, expected: str | None) -> None:
    original = parse("tf.contrib.layers.sum_regularizer(regularizers)")
    updated = parse(f"tf.contrib.layers.sum_regularizer({rewritten})")
    rule = RULES["tf.contrib.layers.sum_regularizer"]
    if expected is not None:
        assert code(rule(original, updated, FakeContext())) == f"tf.keras.regularizers.{expected}"
        return
    with pytest.raises(Refused) as refused:
        rule(original, updated, FakeContext())
    assert refused.value.reason.code == "TFR221"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("tf.contrib.layers.l2_regularizer(s)", "L2(0.5 * float(s))"),
        ("tf.contrib.layers.l1_regularizer(scale=s)", "L1(float(s))"),
        ("tf.contrib.layers.l1_l2_regularizer(0.1, s)", "L1L2(l1=0.1, l2=0.5 * float(s))"),
        ("tf.keras.regularizers.l2(s)", "l2(float(s))"),
        ("tf.keras.regularizers.l2(n)", "l2(n)"),
        ("tf.keras.regularizers.L1L2(l2=s)", "L1L2(l2=float(s))"),
    ],
)
def test_a_strength_that_is_not_shown_is_converted(source: str, expected: str) -> None:
    context = FakeContext(assumed=None, types={"n": int})
    assert rewrite(source, RULES, context) == f"tf.keras.regularizers.{expected}"


@pytest.mark.parametrize("strength", ["True", "None", "'a'", "which"])
def test_no_strength(strength: str) -> None:
    context = FakeContext(assumed=None, alternatives={"which": frozenset({Kind.NUMBER, Kind.NONE})})
    with pytest.raises(Refused) as refusal:
        rewrite(f"tf.keras.regularizers.l2({strength})", RULES, context)
    assert refusal.value.reason.code == "TFR221"
