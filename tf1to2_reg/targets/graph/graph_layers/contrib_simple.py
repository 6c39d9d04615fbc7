"""The layers of `tf.contrib.layers` without a kernel, and several layers in a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.contrib_functions import (
    AROUND,
    _activated,
    _check_format,
    _contrib,
    _size,
    collect_named_outputs,
)
from tf1to2_reg.targets.graph.graph_layers.contrib_variables import _model_variables, _variable, model_variable
from tf1to2_reg.targets.graph.graph_layers.contrib_weighted import _window
from tf1to2_reg.targets.graph.graph_layers.model import graph_model
from tf1to2_reg.targets.graph.graph_layers.simple import Dropout, Flatten

tf1 = tf.compat.v1


@_contrib(
    f"inputs activation_fn initializer regularizer {AROUND.replace(' scope', ' data_format scope')}",
    activation_fn=None,
    initializer=tf1.zeros_initializer(),
    data_format="NHWC",
)
def bias_add(given: Any) -> Any:
    """`tf.contrib.layers.bias_add`."""
    _check_format(given, "NHWC", "NCHW")
    with tf1.variable_scope(given.scope, "BiasAdd", [given.inputs], reuse=given.reuse) as scope:
        given.inputs = tf.convert_to_tensor(given.inputs)
        if given.inputs.shape.rank != 4 and given.data_format == "NCHW":
            raise ValueError("Data format NCHW only supports 4D Tensor")
        channels = _size(given.inputs.shape, 1 if given.data_format == "NCHW" else -1, 1)
        options = {"initializer": given.initializer, "regularizer": given.regularizer}
        biases = _variable(given, "biases", [channels], **options)
        outputs = tf.nn.bias_add(given.inputs, biases, data_format=given.data_format)
        return _activated(given, scope.name, outputs)


POOLED = "inputs kernel_size stride padding data_format outputs_collections scope"
"""Parameters of the poolings."""


def _pooled(given: Any, kind: str, form: Callable[..., Any], *formats: str) -> Any:
    _check_format(given, *formats)
    with tf1.name_scope(given.scope, kind, [given.inputs]) as name:
        layer = graph_model().add(form(given.kernel_size, **_window(given)), scope=name)
        return collect_named_outputs(given.outputs_collections, name, layer(tf.convert_to_tensor(given.inputs)))


@_contrib(POOLED, stride=2, padding="VALID", data_format="NHWC")
def max_pool2d(given: Any) -> Any:
    """`tf.contrib.layers.max_pool2d`: by default with the stride 2."""
    return _pooled(given, "MaxPool2D", tf.keras.layers.MaxPooling2D, "NHWC", "NCHW")


@_contrib(POOLED, stride=2, padding="VALID", data_format="NHWC")
def avg_pool2d(given: Any) -> Any:
    """`tf.contrib.layers.avg_pool2d`: by default with the stride 2."""
    return _pooled(given, "AvgPool2D", tf.keras.layers.AveragePooling2D, "NHWC", "NCHW")


@_contrib(POOLED, stride=2, padding="VALID", data_format="NDHWC")
def max_pool3d(given: Any) -> Any:
    """`tf.contrib.layers.max_pool3d`: by default with the stride 2."""
    return _pooled(given, "MaxPool3D", tf.keras.layers.MaxPooling3D, "NDHWC", "NCDHW")


@_contrib(POOLED, stride=2, padding="VALID", data_format="NDHWC")
def avg_pool3d(given: Any) -> Any:
    """`tf.contrib.layers.avg_pool3d`: by default with the stride 2."""
    return _pooled(given, "AvgPool3D", tf.keras.layers.AveragePooling3D, "NDHWC", "NCDHW")


@_contrib(
    "inputs kernel_size pooling_type padding data_format dilation_rate stride outputs_collections scope",
    padding="VALID",
    dilation_rate=1,
)
def pool(given: Any) -> Any:
    """`tf.contrib.layers.pool`: the pooling AVG or MAX over any number of axes."""
    with tf1.name_scope(given.scope, f"{given.pooling_type.lower()}_pool", [given.inputs]) as name:
        inputs = tf.convert_to_tensor(given.inputs)
        axes = (inputs.shape.rank or 0) - 2
        if axes < 1:
            raise ValueError("Rank of inputs must be known and at least 3")
        sizes = [
            (value,) * axes if isinstance(value, int) else tuple(value)
            for value in (given.kernel_size, given.dilation_rate, given.stride)
        ]
        outputs = tf1.nn.pool(
            inputs,
            sizes[0],
            given.pooling_type,
            given.padding,
            dilation_rate=sizes[1],
            strides=sizes[2],
            name=name,
            data_format=given.data_format,
        )
        return collect_named_outputs(given.outputs_collections, name, outputs)


@_contrib("inputs outputs_collections scope")
def contrib_flatten(given: Any) -> Any:
    """`tf.contrib.layers.flatten`."""
    with tf1.name_scope(given.scope, "Flatten", [given.inputs]) as name:
        outputs = Flatten()(tf.convert_to_tensor(given.inputs))
        return collect_named_outputs(given.outputs_collections, name, outputs)


@_contrib("inputs keep_prob noise_shape is_training outputs_collections scope seed")
def contrib_dropout(given: Any) -> Any:
    """`tf.contrib.layers.dropout`: by default it drops half of the numbers, in training, which is the default too."""
    with tf1.variable_scope(given.scope, "Dropout", [given.inputs], custom_getter=_model_variables()) as scope:
        inputs = tf.convert_to_tensor(given.inputs)
        layer = Dropout(1 - given.keep_prob, given.noise_shape, given.seed, name=scope.name, _scope=scope)
        outputs = layer(inputs, training=given.is_training)
        return collect_named_outputs(given.outputs_collections, scope.name, outputs)


@_contrib("labels num_classes on_value off_value outputs_collections scope")
def one_hot_encoding(given: Any) -> Any:
    """`tf.contrib.layers.one_hot_encoding`."""
    with tf1.name_scope(given.scope, "OneHotEncoding", [given.labels, given.num_classes]) as name:
        labels = tf.convert_to_tensor(given.labels)
        labels = tf.cast(labels, tf.int64) if labels.dtype == tf.int32 else labels
        outputs = tf.one_hot(labels, given.num_classes, on_value=given.on_value, off_value=given.off_value)
        return collect_named_outputs(given.outputs_collections, name, outputs)


@_contrib("logits scope")
def contrib_softmax(given: Any) -> Any:
    """`tf.contrib.layers.softmax`: over the last axis."""
    with tf1.variable_scope(given.scope, "softmax", [given.logits]):
        size = _size(given.logits.shape, -1, 2)
        outputs = tf.reshape(tf.nn.softmax(tf.reshape(given.logits, [-1, size])), tf.shape(given.logits))
        outputs.set_shape(given.logits.shape)
        return outputs


@_contrib("inputs num_units axis scope", axis=-1)
def maxout(given: Any) -> Any:
    """`tf.contrib.layers.maxout`: the greatest of each group of features."""
    with tf1.variable_scope(given.scope, "MaxOut", [given.inputs]):
        inputs = tf.convert_to_tensor(given.inputs)
        shape = inputs.shape.as_list()
        features = shape[given.axis]
        if features % given.num_units:
            raise ValueError(f"number of features({features}) is not a multiple of num_units({given.num_units})")
        shape[given.axis] = given.num_units
        shape.append(features // given.num_units)
        sizes = [tf.shape(inputs)[i] if size is None else size for i, size in enumerate(shape)]
        return tf.reduce_max(tf.reshape(inputs, sizes), -1)


def _called(layer: Any, default: str) -> str:
    """The name of a layer's function, for scopes."""
    names = (getattr(function, "__name__", "") for function in (layer, getattr(layer, "func", None)))
    return next((name for name in names if name), default)


def repeat(inputs: Any, repetitions: int, layer: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`slim.repeat`: a layer several times, in the scopes conv_1, conv_2, ... of its name or of `scope`."""
    return _one_after_another(inputs, layer, [args] * repetitions, kwargs, ("Repeat", "repeat"))


def stack(inputs: Any, layer: Callable[..., Any], stack_args: Sequence[Any], **kwargs: Any) -> Any:
    """`slim.stack`: a layer once for each of some arguments."""
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError("stack_args need to be a list or tuple")
    calls = [given if isinstance(given, (list, tuple)) else [given] for given in stack_args]
    return _one_after_another(inputs, layer, calls, kwargs, ("Stack", "stack"))


def _one_after_another(
    inputs: Any, layer: Callable[..., Any], calls: Sequence[Sequence[Any]], options: dict[str, Any], names: Any
) -> Any:
    scope = options.pop("scope", None)
    with tf1.variable_scope(scope, names[0], [inputs]):
        outputs = tf.convert_to_tensor(inputs)
        scope = _called(layer, names[1]) if scope is None else scope
        for number, args in enumerate(calls, start=1):
            outputs = layer(outputs, *args, **options | {"scope": f"{scope}_{number}"})
        return outputs


def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: Any = None,
) -> Any:
    """`tf.contrib.layers.embed_sequence`: rows of a matrix of vectors."""
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError(f"vocab_size and embed_dim are needed unless reusing; got {vocab_size} and {embed_dim}")
    with tf1.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        known = embed_dim is not None and not (reuse and vocab_size is None)
        embeddings = model_variable(
            "embeddings",
            shape=[vocab_size, embed_dim] if known else None,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        return embedding_lookup_unique(embeddings, ids) if unique else tf1.nn.embedding_lookup(embeddings, ids)


def embedding_lookup_unique(params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None) -> Any:
    """`tf.contrib.layers.embedding_lookup_unique`: look up each id once, however often it comes."""
    with tf1.name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = tf.convert_to_tensor(ids)
        shape = tf.shape(ids)
        unique, positions = tf.unique(tf.reshape(ids, [-1]))
        rows = tf1.nn.embedding_lookup(params, unique, partition_strategy)
        found = tf.gather(rows, positions)
        outputs = tf.reshape(found, tf.concat([shape, tf.shape(rows)[1:]], 0))
        outputs.set_shape(ids.shape.concatenate(rows.shape[1:]))
        return outputs
