"""Losses: the text they become, and what is refused. Their values: test_transforms_numbers.py."""

from __future__ import annotations

import pytest
from expression_context import FakeContext, facts, rewrite
from tf1to2_reg.transforms.data_losses import RULES

from tf1to2_reg.diagnostics.reasons import Refused

TENSORS = {
    "y": facts(2),
    "p": facts(2),
    "classes": facts(1, "int32"),
    "column": facts(2, "int32"),
    "doubles": facts(2, "float64"),
    "labels": facts(2, "int64"),
    "z": facts(2),
    "w": facts(1),
}
SOFTMAX = "tf.nn.softmax_cross_entropy_with_logits"
SPARSE = "tf.nn.sparse_softmax_cross_entropy_with_logits"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("mean_squared_error(y, p)", "tf.reduce_mean(tf.math.squared_difference(p, y))"),
        ("mean_squared_error(predictions=p, labels=y)", "tf.reduce_mean(tf.math.squared_difference(p, y))"),
        ("mean_squared_error(y, p, 1.0)", "tf.reduce_mean(tf.math.squared_difference(p, y))"),
        ("mean_squared_error(y, p, weights=0.5)", "tf.reduce_mean(0.5 * tf.math.squared_difference(p, y))"),
        (
            "mean_squared_error(labels, p)",
            "tf.reduce_mean(tf.math.squared_difference(p, tf.cast(labels, tf.float32)))",
        ),
        (
            "mean_squared_error(array, doubles)",
            "tf.reduce_mean(tf.math.squared_difference(tf.cast(doubles, tf.float32), tf.cast(array, tf.float32)))",
        ),
        (
            "mean_squared_error(y, p, scope='mse', loss_collection=None)",
            "tf.reduce_mean(tf.math.squared_difference(p, y))",
        ),
        (
            "mean_squared_error(y, p, reduction=tf.losses.Reduction.SUM_BY_NONZERO_WEIGHTS)",
            "tf.reduce_mean(tf.math.squared_difference(p, y))",
        ),
        ("absolute_difference(y, p)", "tf.reduce_mean(tf.abs(p - y))"),
        ("absolute_difference(y, p + q)", "tf.reduce_mean(tf.abs(tf.cast(p + q, tf.float32) - y))"),
        ("sparse_softmax_cross_entropy(classes, z)", f"tf.reduce_mean({SPARSE}(labels=classes, logits=z))"),
        (
            "sparse_softmax_cross_entropy(logits=z, labels=column)",
            f"tf.reduce_mean({SPARSE}(labels=tf.squeeze(column, [-1]), logits=z))",
        ),
        (
            "softmax_cross_entropy(y, z)",
            "tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=tf.stop_gradient(y), logits=z))",
        ),
        (
            "softmax_cross_entropy(labels, z, label_smoothing=0)",
            f"tf.reduce_mean({SOFTMAX}(labels=tf.stop_gradient(tf.cast(labels, tf.float32)), logits=z))",
        ),
        (
            "sigmoid_cross_entropy(y, z)",
            "tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z))",
        ),
    ],
)
def test_explicit(source: str, expected: str) -> None:
    context = FakeContext(TENSORS)
    assert rewrite(f"tf.losses.{source}", RULES, context) == expected
    assert context.notes == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("mean_squared_error(y, p, w)", "mean_squared_error(y, p, w)"),
        ("mean_squared_error(y, p, weights=config.weight)", "mean_squared_error(y, p, weights=config.weight)"),
        (
            "mean_squared_error(y, p, 1.0, 'mse', None, tf.losses.Reduction.SUM)",
            "mean_squared_error(y, p, 1.0, reduction=tf.losses.Reduction.SUM)",
        ),
        ("mean_squared_error(y, p, reduction=r, scope='mse')", "mean_squared_error(y, p, reduction=r)"),
        ("sparse_softmax_cross_entropy(unknown, z)", "sparse_softmax_cross_entropy(unknown, z)"),
        ("softmax_cross_entropy(y, unknown)", "softmax_cross_entropy(y, unknown)"),
        ("softmax_cross_entropy(y, z, label_smoothing=0.1)", "softmax_cross_entropy(y, z, label_smoothing=0.1)"),
        ("sigmoid_cross_entropy(y, z, label_smoothing=s)", "sigmoid_cross_entropy(y, z, label_smoothing=s)"),
        ("huber_loss(y, p, delta=2.0)", "huber_loss(y, p, delta=2.0)"),
        ("log_loss(y, p)", "log_loss(y, p)"),
    ],
)
def test_kept(source: str, expected: str) -> None:
    context = FakeContext(TENSORS)
    assert rewrite(f"tf.losses.{source}", RULES, context) == f"tf.compat.v1.losses.{expected}"
    assert [code for code, _ in context.notes] == ["TFR106"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("mean_squared_error(y)", "TFR229"),
        ("mean_squared_error(y, p, weight=2.0)", "TFR229"),
        ("mean_squared_error(*pair)", "TFR209"),
        ("mean_pairwise_squared_error(y, p)", "TFR229"),
    ],
)
def test_refused(source: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        rewrite(f"tf.losses.{source}", RULES, FakeContext(TENSORS))
    assert refused.value.reason.code == code
