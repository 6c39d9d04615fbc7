"""How functions of `tf.contrib.layers` are made: their parameters, and what may follow a layer."""

from __future__ import annotations

import collections
import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.arg_scope import add_arg_scope
from tf1to2_reg.targets.graph.graph_layers.initializers import xavier_initializer

tf1 = tf.compat.v1


CONTRIB_DEFAULTS: dict[str, Any] = collections.defaultdict(
    lambda: None,
    stride=1,
    padding="SAME",
    rate=1,
    depth_multiplier=1,
    activation_fn=tf.nn.relu,
    weights_initializer=xavier_initializer(),
    biases_initializer=tf1.zeros_initializer(),
    trainable=True,
    is_training=True,
    keep_prob=0.5,
    on_value=1.0,
    off_value=0.0,
    center=True,
    scale=True,
)
"""What the parameters of `tf.contrib.layers` are when they are not given, in most functions that have them."""

REQUIRED = {
    "inputs", "num_outputs", "kernel_size", "labels", "logits", "num_classes", "pooling_type", "name", "dim",
    "num_units", "tensor", "ids",
}  # fmt: skip
"""Parameters that have no default."""

AROUND = "reuse variables_collections outputs_collections trainable scope"
"""Parameters of every layer with weights, at the end."""

FOLLOWED = (
    "activation_fn normalizer_fn normalizer_params weights_initializer weights_regularizer biases_initializer"
    f" biases_regularizer {AROUND}"
)
"""Parameters of layers with weights and biases, which a normalizer and an activation can follow."""


def _contrib(parameters: str, **defaults: Any) -> Callable[[Callable[[Any], Any]], Callable[..., Any]]:
    """Make a function of one object, which has the arguments as attributes, a function of contrib's parameters.

    Args:
        parameters: Their names, in contrib's order.
        **defaults: Defaults that are not the usual ones.
    """
    kind, empty = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
    signature = inspect.Signature(
        [
            inspect.Parameter(name, kind, default=empty if name in REQUIRED else (CONTRIB_DEFAULTS | defaults)[name])
            for name in parameters.split()
        ]
    )

    def decorate(body: Callable[[Any], Any]) -> Any:
        @functools.wraps(body)
        def function(*args: Any, **kwargs: Any) -> Any:
            given = signature.bind(*args, **kwargs)
            given.apply_defaults()
            return body(types.SimpleNamespace(**given.arguments))

        vars(function)["__signature__"] = signature
        made: Any = function
        made = add_arg_scope(function)  # only: add_arg_scope arg_scope arg_scoped_arguments has_arg_scope
        made.__name__ = body.__name__.removeprefix("contrib_")  # of which `repeat` makes scopes
        return made

    return decorate


def collect_named_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """`slim.utils.collect_named_outputs`: add outputs to collections, under a name."""
    if collections:
        outputs.aliases = [*getattr(outputs, "aliases", []), alias.removesuffix("/")]
        tf1.add_to_collections(collections, outputs)
    return outputs


def convert_collection_to_dict(collection: str, clear_collection: bool = False) -> dict[str, Any]:
    """`slim.utils.convert_collection_to_dict`: the tensors of a collection by the names they were collected under."""
    named: dict[str, Any] = collections.OrderedDict()
    for tensor in tf1.get_collection(collection):
        for alias in getattr(tensor, "aliases", [tensor.op.name if tensor.name.endswith(":0") else tensor.name]):
            named[alias] = tensor
    if clear_collection:
        tf1.get_default_graph().clear_collection(collection)
    return named


def _activated(given: Any, alias: str, outputs: Any) -> Any:
    """The outputs after the activation, in their collections."""
    if given.activation_fn is not None:
        outputs = given.activation_fn(outputs)
    return collect_named_outputs(given.outputs_collections, alias, outputs)


def _followed(given: Any, alias: str, outputs: Any) -> Any:
    """The outputs after the normalizer and the activation, in their collections."""
    if given.normalizer_fn is not None:
        outputs = given.normalizer_fn(outputs, **(given.normalizer_params or {}))
    return _activated(given, alias, outputs)


def _check_format(given: Any, *formats: Any) -> None:
    if given.data_format not in formats:
        raise ValueError(f"data_format must be one of {formats}, not {given.data_format!r}")


def _pair(value: Any) -> tuple[int, int]:
    """Two sizes for one or two."""
    if isinstance(value, int):
        return value, value
    if not isinstance(value, (list, tuple, tf.TensorShape)) or len(value) != 2:
        raise ValueError(f"Must be an int, a list with 2 elements or a TensorShape of length 2: {value}")
    first, second = value
    return int(first), int(second)


def _size(shape: Any, axis: int, min_rank: int) -> int:
    """The size of an axis, which must be known."""
    if shape.rank is None or shape.rank < min_rank:
        raise ValueError(f"rank of shape must be at least {min_rank} not: {shape.rank}")
    size: int | None = shape.as_list()[axis]
    if size is None:
        raise ValueError(f"dimension {axis} of shape must be known but is None: {shape}")
    return size
