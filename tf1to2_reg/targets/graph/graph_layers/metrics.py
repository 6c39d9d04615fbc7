"""Metrics of `tf.contrib.metrics`, which take predictions before labels."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


def streaming_true_positives(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_true_positives`: `tf.metrics.true_positives`."""
    return tf1.metrics.true_positives(labels, predictions, weights, metrics_collections, updates_collections, name)


def streaming_true_negatives(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_true_negatives`: `tf.metrics.true_negatives`."""
    return tf1.metrics.true_negatives(labels, predictions, weights, metrics_collections, updates_collections, name)


def streaming_false_positives(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_false_positives`: `tf.metrics.false_positives`."""
    return tf1.metrics.false_positives(labels, predictions, weights, metrics_collections, updates_collections, name)


def streaming_false_negatives(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_false_negatives`: `tf.metrics.false_negatives`."""
    return tf1.metrics.false_negatives(labels, predictions, weights, metrics_collections, updates_collections, name)


def streaming_mean(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_mean`: `tf.metrics.mean`."""
    return tf1.metrics.mean(values, weights, metrics_collections, updates_collections, name)


def streaming_mean_tensor(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_mean_tensor`: `tf.metrics.mean_tensor`."""
    return tf1.metrics.mean_tensor(values, weights, metrics_collections, updates_collections, name)


def streaming_accuracy(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_accuracy`: `tf.metrics.accuracy`."""
    return tf1.metrics.accuracy(labels, predictions, weights, metrics_collections, updates_collections, name)


def streaming_precision(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_precision`: `tf.metrics.precision`."""
    return tf1.metrics.precision(labels, predictions, weights, metrics_collections, updates_collections, name)


def streaming_recall(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_recall`: `tf.metrics.recall`."""
    return tf1.metrics.recall(labels, predictions, weights, metrics_collections, updates_collections, name)


def streaming_auc(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    curve: str = "ROC",
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_auc`: `tf.metrics.auc`."""
    return tf1.metrics.auc(
        labels, predictions, weights, num_thresholds, metrics_collections, updates_collections, curve, name
    )


def streaming_specificity_at_sensitivity(
    predictions: Any,
    labels: Any,
    sensitivity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_specificity_at_sensitivity`: `tf.metrics.specificity_at_sensitivity`."""
    return tf1.metrics.specificity_at_sensitivity(
        labels, predictions, sensitivity, weights, num_thresholds, metrics_collections, updates_collections, name
    )


def streaming_sensitivity_at_specificity(
    predictions: Any,
    labels: Any,
    specificity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_sensitivity_at_specificity`: `tf.metrics.sensitivity_at_specificity`."""
    return tf1.metrics.sensitivity_at_specificity(
        labels, predictions, specificity, weights, num_thresholds, metrics_collections, updates_collections, name
    )


def streaming_precision_at_thresholds(
    predictions: Any,
    labels: Any,
    thresholds: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_precision_at_thresholds`: `tf.metrics.precision_at_thresholds`."""
    return tf1.metrics.precision_at_thresholds(
        labels, predictions, thresholds, weights, metrics_collections, updates_collections, name
    )


def streaming_recall_at_thresholds(
    predictions: Any,
    labels: Any,
    thresholds: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_recall_at_thresholds`: `tf.metrics.recall_at_thresholds`."""
    return tf1.metrics.recall_at_thresholds(
        labels, predictions, thresholds, weights, metrics_collections, updates_collections, name
    )


def streaming_sparse_recall_at_k(
    predictions: Any,
    labels: Any,
    k: int,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_sparse_recall_at_k`: `tf.metrics.recall_at_k`."""
    return tf1.metrics.recall_at_k(
        labels, predictions, k, class_id, weights, metrics_collections, updates_collections, name
    )


def streaming_sparse_precision_at_k(
    predictions: Any,
    labels: Any,
    k: int,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_sparse_precision_at_k`: `tf.metrics.precision_at_k`."""
    return tf1.metrics.precision_at_k(
        labels, predictions, k, class_id, weights, metrics_collections, updates_collections, name
    )


def streaming_sparse_average_precision_at_k(
    predictions: Any,
    labels: Any,
    k: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_sparse_average_precision_at_k`: `tf.metrics.average_precision_at_k`."""
    return tf1.metrics.average_precision_at_k(
        labels, predictions, k, weights, metrics_collections, updates_collections, name
    )


def streaming_mean_absolute_error(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_mean_absolute_error`: `tf.metrics.mean_absolute_error`."""
    return tf1.metrics.mean_absolute_error(labels, predictions, weights, metrics_collections, updates_collections, name)


def streaming_mean_relative_error(
    predictions: Any,
    labels: Any,
    normalizer: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_mean_relative_error`: `tf.metrics.mean_relative_error`."""
    return tf1.metrics.mean_relative_error(
        labels, predictions, normalizer, weights, metrics_collections, updates_collections, name
    )


def streaming_mean_squared_error(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_mean_squared_error`: `tf.metrics.mean_squared_error`."""
    return tf1.metrics.mean_squared_error(labels, predictions, weights, metrics_collections, updates_collections, name)


def streaming_root_mean_squared_error(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_root_mean_squared_error`: `tf.metrics.root_mean_squared_error`."""
    return tf1.metrics.root_mean_squared_error(
        labels, predictions, weights, metrics_collections, updates_collections, name
    )


def streaming_percentage_less(
    values: Any,
    threshold: float,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_percentage_less`: `tf.metrics.percentage_below`."""
    return tf1.metrics.percentage_below(values, threshold, weights, metrics_collections, updates_collections, name)


def streaming_mean_iou(
    predictions: Any,
    labels: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_mean_iou`: `tf.metrics.mean_iou`."""
    return tf1.metrics.mean_iou(
        labels, predictions, num_classes, weights, metrics_collections, updates_collections, name
    )


def streaming_recall_at_k(
    predictions: Any,
    labels: Any,
    k: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.metrics.streaming_recall_at_k`: how often the label is among the k greatest predictions."""
    found = tf.cast(tf1.nn.in_top_k(predictions, labels, k), tf.float32)
    return tf1.metrics.mean(found, weights, metrics_collections, updates_collections, name or f"recall_at_{k}")


def metrics_accuracy(predictions: Any, labels: Any, weights: Any = None, name: str | None = None) -> Any:
    """`tf.contrib.metrics.accuracy`: the share of the predictions that are the labels, in this batch."""
    if not (labels.dtype.is_integer or labels.dtype in (tf.bool, tf.string)):
        raise ValueError(f"Labels should have bool, integer, or string dtype, not {labels.dtype!r}")
    if not labels.dtype.is_compatible_with(predictions.dtype):
        raise ValueError(f"Dtypes of predictions and labels should match: {predictions.dtype!r} and {labels.dtype!r}")
    with tf1.name_scope(name, "accuracy", [predictions, labels]):
        is_correct = tf.cast(tf.equal(predictions, labels), tf.float32)
        if weights is None:
            return tf.reduce_mean(is_correct)
        is_correct = tf.multiply(is_correct, weights)
        number = tf.multiply(weights, tf.ones_like(is_correct))
        return tf1.div(tf.reduce_sum(is_correct), tf.reduce_sum(number))


def aggregate_metrics(*value_update_tuples: Any) -> tuple[list[Any], list[Any]]:
    """`tf.contrib.metrics.aggregate_metrics`: the values of several metrics, and their updates."""
    if not value_update_tuples:
        raise ValueError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples, strict=True)
    return list(values), list(updates)


def aggregate_metric_map(names_to_tuples: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """`tf.contrib.metrics.aggregate_metric_map`: the values of several metrics by name, and their updates."""
    values, updates = zip(*names_to_tuples.values(), strict=True)
    return dict(zip(names_to_tuples, values, strict=True)), dict(zip(names_to_tuples, updates, strict=True))
