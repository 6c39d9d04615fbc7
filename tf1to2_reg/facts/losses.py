"""tf.losses: the parameters of each function in positional order, labels and scores first. Source: TF 1.15.5."""

from __future__ import annotations

_TAIL = ("scope", "loss_collection", "reduction")

LOSSES: dict[str, tuple[str, ...]] = {
    "tf.losses.absolute_difference": ("labels", "predictions", "weights", *_TAIL),
    "tf.losses.cosine_distance": ("labels", "predictions", "axis", "weights", *_TAIL, "dim"),
    "tf.losses.hinge_loss": ("labels", "logits", "weights", *_TAIL),
    "tf.losses.huber_loss": ("labels", "predictions", "weights", "delta", *_TAIL),
    "tf.losses.log_loss": ("labels", "predictions", "weights", "epsilon", *_TAIL),
    "tf.losses.mean_squared_error": ("labels", "predictions", "weights", *_TAIL),
    "tf.losses.sigmoid_cross_entropy": ("multi_class_labels", "logits", "weights", "label_smoothing", *_TAIL),
    "tf.losses.softmax_cross_entropy": ("onehot_labels", "logits", "weights", "label_smoothing", *_TAIL),
    "tf.losses.sparse_softmax_cross_entropy": ("labels", "logits", "weights", *_TAIL),
}
"""Losses that migrate. mean_pairwise_squared_error is not among them: its eager value is wrong in TF 2.21."""
