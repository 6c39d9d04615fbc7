"""The variables of `tf.contrib.framework` and slim, and how their layers make them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.contrib_functions import _contrib
from tf1to2_reg.targets.graph.graph_layers.layer import _penalized

tf1 = tf.compat.v1


VARIABLE = (
    "shape dtype initializer regularizer trainable collections caching_device partitioner use_resource synchronization"
    " aggregation"
)
"""What a getter of variables is asked for."""

VARIABLE_PARAMETERS = (
    "name shape dtype initializer regularizer trainable collections caching_device device partitioner custom_getter"
    " use_resource synchronization aggregation"
)
"""Parameters of `variable` and `model_variable`."""

SYNCHRONIZED = {
    "synchronization": tf.VariableSynchronization.AUTO,
    "aggregation": tf1.VariableAggregation.NONE,
}


@_contrib(VARIABLE_PARAMETERS, **SYNCHRONIZED)
def variable(given: Any) -> Any:
    """`slim.variable`: `tf.get_variable` on a device, in collections, through a getter."""
    get = tf1.get_variable
    if given.custom_getter is not None:
        get = functools.partial(given.custom_getter, reuse=tf1.get_variable_scope().reuse)
    options = {name: getattr(given, name) for name in VARIABLE.split()}
    keys = [tf1.GraphKeys.GLOBAL_VARIABLES] if given.collections is None else given.collections
    options["collections"] = list(dict.fromkeys(keys))
    with tf1.device(given.device or ""):
        return get(given.name, **options)


@_contrib(VARIABLE_PARAMETERS, dtype=tf.float32, **SYNCHRONIZED)
def model_variable(given: Any) -> Any:
    """`slim.model_variable`: a variable that is in MODEL_VARIABLES too."""
    own = [tf1.GraphKeys.GLOBAL_VARIABLES, tf1.GraphKeys.MODEL_VARIABLES]
    options = vars(given) | {"collections": [*(given.collections or []), *own]}
    return variable(options.pop("name"), **options)


def add_model_variable(var: Any) -> None:
    """`slim.add_model_variable`: add a variable to MODEL_VARIABLES."""
    if not any(var is other for other in tf1.get_collection(tf1.GraphKeys.MODEL_VARIABLES)):
        tf1.add_to_collection(tf1.GraphKeys.MODEL_VARIABLES, var)


def _model_variables(**names: str) -> Callable[..., Any]:
    """A getter that makes model variables, and gives some of them contrib's names."""

    def own_getter(getter: Callable[..., Any], name: str, **options: Any) -> Any:
        place, slash, own = name.rpartition("/")
        kept = {key: options[key] for key in VARIABLE.split() if key in options}
        return model_variable(
            place + slash + names.get(own, own), custom_getter=functools.partial(_penalized, getter), **kept
        )

    return own_getter


def _collections_of(variables_collections: Any, name: str) -> Any:
    """The collections for one variable, which may be given by its name."""
    return variables_collections.get(name) if isinstance(variables_collections, dict) else variables_collections


def _collect_variable(variable: Any, variables_collections: Any, name: str) -> None:
    for key in _collections_of(variables_collections, name) or []:
        if not any(variable is other for other in tf1.get_collection(key)):
            tf1.add_to_collection(key, variable)


def _variable(given: Any, name: str, shape: Any, key: str | None = None, **options: Any) -> Any:
    """A model variable of a function that is no layer; `key` is what its initializer is called."""
    key = key or name
    options = {
        "initializer": getattr(given, key + "_initializer", None),
        "regularizer": getattr(given, key + "_regularizer", None),
        "dtype": given.inputs.dtype.base_dtype,
        "trainable": given.trainable,
        **options,
    }
    return model_variable(name, shape=shape, collections=_collections_of(given.variables_collections, key), **options)
