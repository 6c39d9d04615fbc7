"""What an `Estimator` checks of its arguments, and what it picks of what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.estimator_config import _argument_names

tf1 = tf.compat.v1


def _check_model_fn(model_fn: Any, params: Any) -> None:
    names = set(_argument_names(model_fn))
    if "features" not in names:
        raise ValueError(f"model_fn ({model_fn}) must include features argument.")
    if params is not None and "params" not in names:
        message = "does not include params argument, but params"
        raise ValueError(f"model_fn ({model_fn}) {message} ({params}) is passed to Estimator.")
    if params is None and "params" in names:
        message = "Estimator's model_fn (%s) includes params argument, but params are not passed to Estimator."
        tf1.logging.warning(message, model_fn)
    unknown = list(names - {"features", "labels", "mode", "params", "self", "config"})
    if unknown:
        raise ValueError(f"model_fn ({model_fn}) has following not expected args: {unknown}")


def _check_positive(number: int | None, name: str) -> None:
    if number is not None and number <= 0:
        raise ValueError(f"Must specify {name} > 0, given: {number}")


def _checked_list(given: Any, kind: Any, message: str) -> list[Any]:
    """The given objects as a new list, if they are of a kind."""
    members = list(given or [])
    for member in members:
        if not isinstance(member, kind):
            raise TypeError(f"{message}, given: {member}")
    return members


def _saved_global_step(folder: Any) -> Any:
    """The global step of the last checkpoint in a folder, 0 where there is none."""
    found = tf1.train.latest_checkpoint(folder)
    if not found:
        return 0
    try:
        return tf1.train.NewCheckpointReader(found).get_tensor("global_step")
    except Exception:  # what TF1 does: a checkpoint that cannot be read, or has no step, is as good as none
        return 0


def _ends(features: Any) -> bool:
    """Whether features come from a dataset or from queues, which end."""
    tensors = [value for value in tf.nest.flatten(features) if isinstance(value, tf.Tensor)]
    from_dataset = any(tensor.op.type == "IteratorGetNext" for tensor in tensors)
    return from_dataset or bool(tf1.get_collection(tf1.GraphKeys.QUEUE_RUNNERS))


def _chosen(predictions: Any, keys: Any) -> Any:
    """The predictions of some names, all where none are given."""
    if not keys:
        return predictions
    if not isinstance(predictions, dict):
        raise ValueError("predict_keys argument is not valid in case of non-dict predictions.")
    chosen = {key: value for key, value in predictions.items() if key in keys}
    if not chosen:
        raise ValueError(f"Expected to run at least one output from {predictions.keys()}, provided {keys}.")
    return chosen


def _examples(batch: Any) -> Iterator[Any]:
    """The examples of a batch of predictions."""
    if not isinstance(batch, dict):
        yield from batch
        return
    length = None
    for key, value in batch.items():
        length = length or value.shape[0]
        if value.shape[0] != length:
            message = f"Batch length of predictions should be same. {key} has different batch length than others."
            raise ValueError(message)
    for index in range(length or 0):
        yield {key: value[index] for key, value in batch.items()}
