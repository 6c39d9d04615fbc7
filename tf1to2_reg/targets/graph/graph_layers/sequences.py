"""The loss of sequences of `tf.contrib.seq2seq`, and the losses of `tf.contrib.losses.metric_learning`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


def sequence_loss(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: Callable[..., Any] | None = None,
    name: str | None = None,
) -> Any:
    """`tf.contrib.seq2seq.sequence_loss`: the cross entropy of sequences of logits, weighted."""
    for tensor, rank in ((logits, 3), (targets, 2), (weights, 2)):
        if len(tensor.shape) != rank:
            raise ValueError(f"logits must have three axes, targets and weights two: {tensor}")
    if (average_across_timesteps and sum_over_timesteps) or (average_across_batch and sum_over_batch):
        raise ValueError("A loss cannot be averaged and summed over the same axis.")
    with tf1.name_scope(name, "sequence_loss", [logits, targets, weights]):
        flat = tf.reshape(logits, [-1, tf.shape(logits)[2]])
        cross_entropy = softmax_loss_function or tf.nn.sparse_softmax_cross_entropy_with_logits
        losses = cross_entropy(labels=tf.reshape(targets, [-1]), logits=flat) * tf.reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            return tf.math.divide_no_nan(tf.reduce_sum(losses), tf.reduce_sum(weights))
        if sum_over_timesteps and sum_over_batch:
            return tf.math.divide_no_nan(tf.reduce_sum(losses), tf.cast(tf.math.count_nonzero(weights), losses.dtype))
        losses = tf.reshape(losses, tf.shape(logits)[:2])
        if average_across_timesteps or average_across_batch:
            axis = [0] if average_across_batch else [1]
            return tf.math.divide_no_nan(tf.reduce_sum(losses, axis), tf.reduce_sum(weights, axis))
        if sum_over_timesteps or sum_over_batch:
            axis = [0] if sum_over_batch else [1]
            number = tf.cast(tf.math.count_nonzero(weights, axis), losses.dtype)
            return tf.math.divide_no_nan(tf.reduce_sum(losses, axis), number)
        return losses


def contrastive_loss(labels: Any, embeddings_anchor: Any, embeddings_positive: Any, margin: float = 1.0) -> Any:
    """`tf.contrib.losses.metric_learning.contrastive_loss`."""
    distances = tf.sqrt(tf.reduce_sum(tf.math.squared_difference(embeddings_anchor, embeddings_positive), 1))
    together = tf.cast(labels, distances.dtype)
    apart = (1.0 - tf.cast(labels, distances.dtype)) * tf.square(tf.maximum(margin - distances, 0.0))
    return tf.reduce_mean(together * tf.square(distances) + apart, name="contrastive_loss")


def npairs_loss(
    labels: Any,
    embeddings_anchor: Any,
    embeddings_positive: Any,
    reg_lambda: float = 0.002,
    print_losses: bool = False,
) -> Any:
    """`tf.contrib.losses.metric_learning.npairs_loss`."""
    anchors, positives = (
        tf.reduce_mean(tf.reduce_sum(tf.square(part), 1)) for part in (embeddings_anchor, embeddings_positive)
    )
    penalty = tf.multiply(0.25 * reg_lambda, anchors + positives, name="l2loss")
    similarity = tf.matmul(embeddings_anchor, embeddings_positive, transpose_b=True)
    labels = tf.reshape(labels, [tf.shape(labels)[0], 1])
    same = tf.cast(tf.equal(labels, tf.transpose(labels)), tf.float32)
    same /= tf.reduce_sum(same, 1, keepdims=True)
    losses = tf1.nn.softmax_cross_entropy_with_logits(logits=similarity, labels=same)
    loss = tf.reduce_mean(losses, name="xentropy")
    if print_losses:
        loss = tf1.Print(loss, ["cross entropy:", loss, "l2loss:", penalty])
    return penalty + loss


def triplet_semihard_loss(labels: Any, embeddings: Any, margin: float = 1.0) -> Any:
    """`tf.contrib.losses.metric_learning.triplet_semihard_loss`: each pair against the nearest farther stranger."""
    batch_size = tf.size(labels)
    labels = tf.reshape(labels, [tf.shape(labels)[0], 1])
    distances = _squared_distances(embeddings)
    same = tf.equal(labels, tf.transpose(labels))
    strangers = tf.logical_not(same)
    tiled = tf.tile(distances, [batch_size, 1])
    farther = tf.greater(tiled, tf.reshape(tf.transpose(distances), [-1, 1]))
    mask = tf.cast(tf.logical_and(tf.tile(strangers, [batch_size, 1]), farther), tf.float32)
    square = [batch_size, batch_size]
    has_farther = tf.transpose(tf.reshape(tf.greater(tf.reduce_sum(mask, 1, keepdims=True), 0.0), square))
    # The least of the masked distances, and the greatest: what the mask leaves out must not be either.
    greatest = tf.reduce_max(tiled, 1, keepdims=True)
    outside = tf.reduce_min(tf.multiply(tiled - greatest, mask), 1, keepdims=True) + greatest
    least = tf.reduce_min(distances, 1, keepdims=True)
    apart = tf.multiply(distances - least, tf.cast(strangers, tf.float32))
    inside = tf.tile(tf.reduce_max(apart, 1, keepdims=True) + least, [1, batch_size])
    negatives = tf.where(has_farther, tf.transpose(tf.reshape(outside, square)), inside)
    positives = tf.cast(same, tf.float32) - tf.linalg.diag(tf.ones([batch_size]))
    losses = tf.multiply(tf.add(margin, distances - negatives), positives)
    total = tf.reduce_sum(tf.maximum(losses, 0.0))
    return tf.truediv(total, tf.reduce_sum(positives), name="triplet_semihard_loss")


def _squared_distances(features: Any) -> Any:
    """The squared distances of all rows, zero where rounding would make them negative and on the diagonal."""
    rows = tf.reduce_sum(tf.square(features), [1], keepdims=True)
    columns = tf.reduce_sum(tf.square(tf.transpose(features)), [0], keepdims=True)
    squared = tf.maximum(tf.add(rows, columns) - 2.0 * tf.matmul(features, tf.transpose(features)), 0.0)
    squared = tf.multiply(squared, tf.cast(tf.logical_not(tf.less_equal(squared, 0.0)), tf.float32))
    return tf.multiply(squared, tf.ones_like(squared) - tf.linalg.diag(tf.ones([tf.shape(features)[0]])))
