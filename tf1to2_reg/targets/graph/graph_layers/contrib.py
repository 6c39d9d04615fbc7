"""Other functions of `tf.contrib.layers`."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.functions import flatten

tf1 = tf.compat.v1


def contrib_flatten(inputs: Any, outputs_collections: Any = None, scope: str | None = None) -> Any:
    """`tf.contrib.layers.flatten`."""
    with tf1.name_scope(scope, "Flatten", [inputs]):
        return _collected(outputs_collections, flatten(tf.convert_to_tensor(inputs)))


def one_hot_encoding(
    labels: Any,
    num_classes: Any,
    on_value: Any = 1.0,
    off_value: Any = 0.0,
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Any:
    """`tf.contrib.layers.one_hot_encoding`."""
    with tf1.name_scope(scope, "OneHotEncoding", [labels, num_classes]):
        labels = tf.convert_to_tensor(labels)
        if labels.dtype == tf.int32:
            labels = tf.cast(labels, tf.int64)
        return _collected(outputs_collections, tf.one_hot(labels, num_classes, on_value=on_value, off_value=off_value))


def _collected(keys: Any, outputs: Any) -> Any:
    """The outputs, added to the collections of some keys."""
    if keys:
        tf1.add_to_collections(keys, outputs)
    return outputs
