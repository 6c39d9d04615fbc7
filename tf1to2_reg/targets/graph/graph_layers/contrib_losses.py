"""The losses of `tf.contrib.losses` and `slim.losses`.

They are not those of `tf.compat.v1.losses`: predictions come before labels, and weights and their mean are others. Each
loss joins the collection LOSSES.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.arg_scope import add_arg_scope

tf1 = tf.compat.v1


@add_arg_scope
def add_loss(loss: Any, loss_collection: str | None = tf1.GraphKeys.LOSSES) -> None:
    """`slim.losses.add_loss`."""
    if loss_collection:
        tf1.add_to_collection(loss_collection, loss)


def get_losses(scope: str | None = None, loss_collection: str = tf1.GraphKeys.LOSSES) -> list[Any]:
    """`slim.losses.get_losses`."""
    losses: list[Any] = tf1.get_collection(loss_collection, scope)
    return losses


def get_regularization_losses(scope: str | None = None) -> list[Any]:
    """`slim.losses.get_regularization_losses`: the penalties in the graph's collection."""
    penalties: list[Any] = tf1.get_collection(tf1.GraphKeys.REGULARIZATION_LOSSES, scope)
    return penalties


def get_total_loss(add_regularization_losses: bool = True, name: str = "total_loss") -> Any:
    """`slim.losses.get_total_loss`: the sum of the losses and, by default, of the penalties."""
    losses = get_losses()
    return tf.add_n([*losses, *(get_regularization_losses() if add_regularization_losses else [])], name=name)


def compute_weighted_loss(losses: Any, weights: Any = 1.0, scope: str | None = None) -> Any:
    """`slim.losses.compute_weighted_loss`: the weighted sum, divided by the number of losses whose weight is not 0."""
    with tf1.name_scope(scope, "weighted_loss", [losses, weights]):
        losses = tf.convert_to_tensor(losses)
        dtype = losses.dtype
        losses, weights = tf.cast(losses, tf.float32), tf.cast(tf.convert_to_tensor(weights), tf.float32)
        if losses.shape.rank is None or weights.shape.rank is None:
            raise ValueError("The ranks of losses and weights must be known")
        if weights.shape.rank > 1 and weights.shape.dims[-1].is_compatible_with(1):
            weights = tf.squeeze(weights, [-1])
        total = tf.reduce_sum(_weighted_sum(losses, weights))
        mean = tf.math.divide_no_nan(total, tf.reduce_sum(_number_per_example(losses, weights)), name="value")
        mean = tf.cast(mean, dtype)
        add_loss(mean)
        return mean


def _weighted_sum(losses: Any, weights: Any) -> Any:
    """The sum of losses times weights, which lack the last axes."""
    axes = list(range(weights.shape.rank, losses.shape.rank))
    return tf.reduce_sum(tf.multiply(tf.reduce_sum(losses, axis=axes), weights))


def _number_per_example(losses: Any, weights: Any) -> Any:
    """For each example the number of losses whose weight is not 0."""
    sizes = tf.shape(losses)
    if weights.shape.rank == 0:
        batch = tf.reshape(tf.slice(sizes, [0], [1]), [])
        number = tf.cast(tf.size(losses), tf.float32) / tf.cast(batch, tf.float32)
        number = tf.where(tf.equal(weights, 0), 0.0, number)
        return tf.multiply(tf.ones(tf.reshape(batch, [1])), number)
    present = tf.cast(tf.not_equal(weights, 0), tf.float32)
    present = tf.reduce_sum(present, axis=list(range(1, weights.shape.rank)))
    rest = tf.slice(sizes, [weights.shape.rank], [-1])
    return tf.multiply(present, tf.cast(tf.reduce_prod(rest), tf.float32))


def _floats(predictions: Any, labels: Any) -> tuple[Any, Any]:
    """Both in single precision, of compatible shapes."""
    predictions.shape.assert_is_compatible_with(labels.shape)
    return tf.cast(predictions, tf.float32), tf.cast(labels, tf.float32)


def absolute_difference(predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None) -> Any:
    """`slim.losses.absolute_difference`."""
    with tf1.name_scope(scope, "absolute_difference", [predictions, labels, weights]) as name:
        predictions, labels = _floats(predictions, labels)
        return compute_weighted_loss(tf.abs(tf.subtract(predictions, labels)), weights, scope=name)


def sigmoid_cross_entropy(
    logits: Any,
    multi_class_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
) -> Any:
    """`slim.losses.sigmoid_cross_entropy`."""
    with tf1.name_scope(scope, "sigmoid_cross_entropy_loss", [logits, multi_class_labels, weights]) as name:
        logits.shape.assert_is_compatible_with(multi_class_labels.shape)
        labels = tf.cast(multi_class_labels, logits.dtype)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope=name)


def softmax_cross_entropy(
    logits: Any, onehot_labels: Any, weights: Any = 1.0, label_smoothing: float = 0, scope: str | None = None
) -> Any:
    """`slim.losses.softmax_cross_entropy`."""
    with tf1.name_scope(scope, "softmax_cross_entropy_loss", [logits, onehot_labels, weights]) as name:
        logits.shape.assert_is_compatible_with(onehot_labels.shape)
        labels = tf.cast(onehot_labels, logits.dtype)
        if label_smoothing > 0:
            classes = tf.cast(tf.shape(labels)[1], logits.dtype)
            labels = labels * (1.0 - label_smoothing) + label_smoothing / classes
        losses = tf1.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope=name)


def sparse_softmax_cross_entropy(logits: Any, labels: Any, weights: Any = 1.0, scope: str | None = None) -> Any:
    """`slim.losses.sparse_softmax_cross_entropy`."""
    with tf1.name_scope(scope, "sparse_softmax_cross_entropy_loss", [logits, labels, weights]) as name:
        labels = tf.reshape(labels, shape=[tf.shape(labels)[0]])
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope=name)


def log_loss(
    predictions: Any, labels: Any = None, weights: Any = 1.0, epsilon: float = 1e-7, scope: str | None = None
) -> Any:
    """`slim.losses.log_loss`."""
    with tf1.name_scope(scope, "log_loss", [predictions, labels, weights]) as name:
        predictions, labels = _floats(predictions, labels)
        losses = -tf.multiply(labels, tf.math.log(predictions + epsilon)) - tf.multiply(
            1 - labels, tf.math.log(1 - predictions + epsilon)
        )
        return compute_weighted_loss(losses, weights, scope=name)


def hinge_loss(logits: Any, labels: Any = None, scope: str | None = None) -> Any:
    """`slim.losses.hinge_loss`: the losses themselves, which join no collection."""
    with tf1.name_scope(scope, "hinge_loss", [logits, labels]):
        logits.shape.assert_is_compatible_with(labels.shape)
        labels = tf.cast(labels, tf.float32)
        ones = tf.ones_like(labels)
        return tf.nn.relu(tf.subtract(ones, tf.multiply(tf.subtract(2 * labels, ones), logits)))


def mean_squared_error(predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None) -> Any:
    """`slim.losses.mean_squared_error`."""
    with tf1.name_scope(scope, "mean_squared_error", [predictions, labels, weights]) as name:
        losses = tf.math.squared_difference(*_floats(predictions, labels))
        return compute_weighted_loss(losses, weights, scope=name)


def mean_pairwise_squared_error(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None
) -> Any:
    """`slim.losses.mean_pairwise_squared_error`: of the differences between the elements of an example."""
    with tf1.name_scope(scope, "mean_pairwise_squared_error", [predictions, labels, weights]):
        predictions, labels = _floats(predictions, labels)
        weights = tf.cast(tf.convert_to_tensor(weights), tf.float32)
        differences = tf.subtract(predictions, labels)
        if differences.shape.rank is None or weights.shape.rank is None:
            raise ValueError("The ranks of predictions and weights must be known")
        axes = list(range(1, differences.shape.rank))
        number = _number_per_example(differences, weights)
        squares = tf.reduce_sum(tf.square(differences), axis=axes)
        square = tf.square(tf.reduce_sum(differences, axis=axes))
        losses = 2.0 * tf.math.divide_no_nan(squares, number, name="value")
        losses -= 2.0 * tf.math.divide_no_nan(square, tf.square(number), name="value")
        loss = _weighted_sum(losses, weights)
        loss = tf1.where(tf.reduce_sum(number) > 0, loss, tf.zeros_like(loss), name="value")
        add_loss(loss)
        return loss


def cosine_distance(
    predictions: Any,
    labels: Any = None,
    axis: int | None = None,
    weights: Any = 1.0,
    scope: str | None = None,
    dim: int | None = None,
) -> Any:
    """`slim.losses.cosine_distance`: of vectors of length one."""
    if axis is not None and dim is not None:
        raise ValueError("Cannot specify both 'axis' and 'dim'")
    axis = dim if axis is None else axis
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    with tf1.name_scope(scope, "cosine_distance_loss", [predictions, labels, weights]) as name:
        losses = 1 - tf.reduce_sum(tf.multiply(*_floats(predictions, labels)), axis=[axis])
        return compute_weighted_loss(losses, weights, scope=name)
