"""What a model holds besides functional layers: layer objects, and variables made by hand. Source: TF 1.15.5, measured.

A layer object makes its variables, and leaves its penalties, when it is called first: under the variable scope that is
open then, once however often it is called. Its name is what TF1 numbers: two objects of one name are two layers.
"""

from __future__ import annotations

from dataclasses import replace

from tf1to2_reg.facts.layers import LAYERS, LayerFacts

WEIGHT = "tf.get_variable"
VARIABLE = "tf.Variable"
_OF_CALLS = frozenset({"inputs", "training", "reuse"})
_NOT_YET = frozenset({"tf.layers.batch_normalization"})
_FLATTEN = ("data_format", "name")


def _class_of(symbol: str, facts: LayerFacts) -> LayerFacts:
    parameters = tuple(name for name in facts.parameters if name not in _OF_CALLS)
    return replace(facts, parameters=_FLATTEN if symbol == "tf.layers.flatten" else parameters)


FUNCTIONS: dict[str, str] = {
    f"tf.layers.{facts.keras}": symbol for symbol, facts in LAYERS.items() if symbol not in _NOT_YET
}
"""The classes of layers, and the function that makes and calls one."""

_KERAS = (
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "Conv1D", "Conv2D", "Conv3D", "Dense", "Flatten",
    "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
)  # fmt: skip
"""Layers of Keras with the parameters of TF1's class; Keras 2 and Keras 3 compute the same."""


def _keras_of(facts: LayerFacts) -> LayerFacts:
    required = tuple(name for name in facts.required if name != "strides")
    return replace(facts, regularizers=(), required=required)


CLASSES: dict[str, LayerFacts] = {name: _class_of(symbol, LAYERS[symbol]) for name, symbol in FUNCTIONS.items()}
"""The classes with the parameters of their constructors.

A layer of Keras in a graph leaves no penalty in the graph's collection, and takes nothing from variable scopes.
"""
FUNCTIONS |= {f"tf.keras.layers.{name}": FUNCTIONS[f"tf.layers.{name}"] for name in _KERAS}
CLASSES |= {f"tf.keras.layers.{name}": _keras_of(CLASSES[f"tf.layers.{name}"]) for name in _KERAS}

WEIGHTS: dict[str, LayerFacts] = {
    WEIGHT: LayerFacts(
        (
            "name", "shape", "dtype", "initializer", "regularizer", "trainable", "collections", "caching_device",
            "partitioner", "validate_shape", "use_resource", "custom_getter", "constraint", "synchronization",
            "aggregation",
        ),
        "add_weight", 0, "weight", None, ("regularizer",), ("initializer",), ("name",),
    ),
    VARIABLE: LayerFacts(
        (
            "initial_value", "trainable", "collections", "validate_shape", "caching_device", "name", "variable_def",
            "dtype", "expected_shape", "import_scope", "constraint", "use_resource", "synchronization", "aggregation",
            "shape",
        ),
        "add_weight", 0, "variable", None, (), ("initial_value",), ("initial_value",),
    ),
}  # fmt: skip
"""Functions that make one variable."""

HELD: dict[str, LayerFacts] = {**CLASSES, **WEIGHTS}
MADE: dict[str, LayerFacts] = {**LAYERS, **HELD}
"""Everything that becomes an attribute of a model."""


def is_apart(symbol: str) -> bool:
    """True for what makes variables of its own wherever it stands: no scope reuses them."""
    return symbol == VARIABLE or symbol.startswith("tf.keras.")


def has_variables(symbol: str) -> bool:
    """True for what makes variables."""
    return bool(MADE[symbol].initializers)
