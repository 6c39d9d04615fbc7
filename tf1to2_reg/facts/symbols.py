"""TF1 names that are no layer, loss, optimizer, regularizer or initializer: what TF2 calls them.

Names are given without their root. Three kinds migrate: the same object (symbols_data.py, made by a script), names that
TF2 keeps under compat.v1 and that run eagerly as they did in a graph (`KEPT`), and functions whose parameters changed
(`CALLS`).
"""

from __future__ import annotations

from tf1to2_reg.facts import symbols_data
from tf1to2_reg.facts.symbol_calls import CALLS, CASTS
from tf1to2_reg.facts.symbol_codes import CODES, NO_EXACT_FORM, code

__all__ = [
    "CALLS", "CASTS", "CODES", "INITIALIZER_CLASSES", "KEPT", "MODULES", "NO_EXACT_FORM", "POSITIONAL",
    "code", "tf2_spelling",
]  # fmt: skip

KEPT = frozenset(
    {
        "ConfigProto", "GPUOptions", "app.run", "arg_max", "arg_min", "batch_gather", "bincount",
        "clip_by_average_norm", "div", "gfile.FastGFile", "image.ResizeMethod", "image.crop_and_resize",
        "image.draw_bounding_boxes", "image.extract_image_patches", "image.resize", "image.resize_area",
        "image.resize_bicubic", "image.resize_bilinear", "image.resize_image_with_pad", "image.resize_images",
        "image.resize_nearest_neighbor",
        "math.bincount", "nn.fused_batch_norm", "nn.relu_layer", "nn.xw_plus_b", "python_io.tf_record_iterator",
        "sparse_to_dense", "train.checkpoint_exists", "where",
    }
)  # fmt: skip
"""Names whose TF2 form computes something else (or that have none), and that are exact eagerly under tf.compat.v1."""

KEPT_MODULES = ("app", "flags", "image.ResizeMethod", "logging", "losses.Reduction")
"""Modules and classes of constants that are kept whole under tf.compat.v1."""

KERAS_SAME: dict[str, str] = {
    "keras.activations": "elu exponential linear relu selu sigmoid softmax softplus softsign tanh",
    "keras.utils": "to_categorical",
    "keras.datasets.mnist": "load_data",
    "keras.datasets.fashion_mnist": "load_data",
    "keras.datasets.cifar10": "load_data",
    "keras.datasets.cifar100": "load_data",
    "keras.datasets.boston_housing": "load_data",
    "keras.datasets.imdb": "load_data get_word_index",
    "keras.datasets.reuters": "load_data get_word_index",
}
"""Names of Keras 2 that mean the same in Keras 3."""

INITIALIZER_CLASSES = {
    "zeros_initializer": "keras.initializers.Zeros",
    "initializers.zeros": "keras.initializers.Zeros",
    "ones_initializer": "keras.initializers.Ones",
    "initializers.ones": "keras.initializers.Ones",
    "glorot_uniform_initializer": "keras.initializers.GlorotUniform",
    "initializers.glorot_uniform": "keras.initializers.GlorotUniform",
    "glorot_normal_initializer": "keras.initializers.GlorotNormal",
    "initializers.glorot_normal": "keras.initializers.GlorotNormal",
}
"""Initializer classes given to a layer without being called, with the same defaults in Keras."""

MOVED = {
    "dimension_at_index": "compat.dimension_at_index",
    "dimension_value": "compat.dimension_value",
}
"""Functions that TF2 has under another name and that take its shapes too."""

POSITIONAL: dict[str, int] = {
    "image.adjust_jpeg_quality": 2, "linalg.matmul": 8, "manip.scatter_nd": 3, "math.top_k": 3, "matmul": 8,
    "nn.top_k": 3, "scatter_nd": 3, "tensor_scatter_add": 3, "tensor_scatter_nd_add": 3, "tensor_scatter_nd_sub": 3,
    "tensor_scatter_sub": 3,
}  # fmt: skip
"""How many positional arguments mean what they meant in TF 1.15, for functions that got parameters in between."""

_SAME = frozenset(
    f"{module}.{name}" if module else name
    for table in (symbols_data.SAME, KERAS_SAME)
    for module, names in table.items()
    for name in names.split()
)
MODULES = frozenset(module for module in symbols_data.SAME if module)
"""Modules of both."""


ADDED: set[str] = set()
"""Names of functions for which another package has a rule; `extensions` fills it."""


def is_without_form(name: str) -> bool:
    """True for a name that no rule knows: code that has it is refused for the name alone. No root."""
    return code(name) == NO_EXACT_FORM and tf2_spelling(name) is None and name not in CALLS


def tf2_spelling(name: str) -> str | None:
    """What TF2 calls what TF1 calls `name`, or None where it has nothing that is the same. No roots."""
    if name in KEPT or any(name == module or name.startswith(module + ".") for module in KEPT_MODULES):
        return f"compat.v1.{name}"
    if name in INITIALIZER_CLASSES or name in MOVED:
        return INITIALIZER_CLASSES.get(name) or MOVED[name]
    if code(name) != NO_EXACT_FORM:
        return None
    if name in _SAME or name in MODULES:
        return name
    if name in CALLS and CALLS[name].is_prefix:
        return CALLS[name].target
    return symbols_data.RENAMED.get(name)
