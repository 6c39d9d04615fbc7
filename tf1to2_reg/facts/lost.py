"""Names that TensorFlow 2.21 lost: the exact form of those that have one, and the way out of the others.

Sources: TF 1.15.5 (each name in `RENAMED` is the same function there, under both names, or hands its arguments on
unchanged), `facts/lost_names.txt`, `facts/private_same.txt`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from tf1to2_reg.facts import contrib, contrib_more, estimator, private_names
from tf1to2_reg.facts.compat_v1 import modules
from tf1to2_reg.facts.keras_layers import KERAS_PIECES
from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.facts.old_names import OLD_NAMES

LAYER_FUNCTIONS = frozenset(symbol.removeprefix("tf.layers.") for symbol in LAYERS)
LAYER_CLASSES = frozenset(facts.keras for facts in LAYERS.values()) | {"Layer"}
"""The functions and the classes of `tf.layers` for which the written module has one of the same name."""

_PIECES = contrib.PIECES | estimator.PIECES
_KERAS = {symbol: known.name for symbol, known in KERAS_PIECES.items()}

PIECES = LAYER_FUNCTIONS | LAYER_CLASSES | {"graph_model", *_PIECES.values(), *_KERAS.values()}
"""All names of the written module that new text uses."""

SYMBOLS = {name: symbol for symbol, name in reversed(_PIECES.items())}
"""The symbol for each name in the written module that no layer of `tf.layers` has: the first one in the tables."""

MODULES = contrib.MODULES | estimator.MODULES
"""The modules of TensorFlow that these symbols are in."""

REGULARIZERS = frozenset(name for name in contrib.CONTRIB_LAYERS if name.endswith("_regularizer"))

ALL_LAYERS = LAYER_FUNCTIONS | LAYER_CLASSES

_SAME_MODULES = tuple(
    f"tf.python.layers.{module}." for module in ("layers", "core", "convolutional", "normalization", "pooling")
)
"""Modules whose names are those of `tf.layers`."""

_OTHER_MODULES = (
    ("tf.python.ops.rnn_cell_impl.", "tf.nn.rnn_cell."),
    ("tf.python.ops.rnn_cell.", "tf.nn.rnn_cell."),
)
"""Private modules, and the public one that has what they define."""

_NP_UTILS = "tf.keras.utils.np_utils"

_DISTRIBUTIONS = (
    "Bernoulli", "Beta", "Categorical", "Dirichlet", "DirichletMultinomial", "Distribution", "Exponential", "Gamma",
    "Laplace", "Multinomial", "Normal", "RegisterKL", "ReparameterizationType", "StudentT", "Uniform", "kl_divergence",
)  # fmt: skip
_DATA = (
    "AUTOTUNE", "CsvDataset", "Optional", "RandomDataset", "SqlDataset", "TFRecordWriter", "batch_and_drop_remainder",
    "bucket_by_sequence_length", "choose_from_datasets", "copy_to_device", "dense_to_sparse_batch",
    "enumerate_dataset", "get_next_as_optional", "get_single_element", "group_by_reducer", "group_by_window",
    "ignore_errors", "make_batched_features_dataset", "make_csv_dataset", "make_saveable_from_iterator",
    "map_and_batch", "parallel_interleave", "parse_example_dataset", "prefetch_to_device", "rejection_resample",
    "sample_from_datasets", "scan", "shuffle_and_repeat", "unbatch", "unique",
)  # fmt: skip

RENAMED: dict[str, str] = {
    **contrib.SAME_FUNCTIONS,
    **contrib_more.RENAMED,
    **{f"tf.contrib.distributions.{name}": f"tf.distributions.{name}" for name in _DISTRIBUTIONS},
    **{
        f"tf.contrib.data.{name}": f"tf.data.experimental.{name}"
        for name in _DATA
        if name in modules()["tf.data.experimental"]
    },
    "tf.contrib.framework.argsort": "tf.argsort",
    "tf.contrib.framework.create_global_step": "tf.train.create_global_step",
    "tf.contrib.framework.get_global_step": "tf.train.get_global_step",
    "tf.contrib.framework.get_or_create_global_step": "tf.train.get_or_create_global_step",
    "tf.contrib.framework.sort": "tf.sort",
    "tf.contrib.slim.create_global_step": "tf.train.create_global_step",
    "tf.contrib.slim.get_global_step": "tf.train.get_global_step",
    "tf.contrib.slim.get_or_create_global_step": "tf.train.get_or_create_global_step",
    "tf.contrib.util.constant_value": "tf.get_static_value",
    "tf.contrib.util.make_ndarray": "tf.make_ndarray",
    "tf.contrib.util.make_tensor_proto": "tf.make_tensor_proto",
    "tf.python.framework.graph_util.convert_variables_to_constants": "tf.graph_util.convert_variables_to_constants",
    "tf.python.framework.ops.convert_to_tensor": "tf.convert_to_tensor",
    "tf.python.ops.array_ops.stack": "tf.stack",
    "tf.python.ops.array_ops.unstack": "tf.unstack",
    "tf.python.ops.control_flow_ops.Assert": "tf.Assert",
    "tf.python.ops.control_flow_ops.case": "tf.case",
    "tf.python.ops.control_flow_ops.cond": "tf.cond",
    "tf.python.ops.control_flow_ops.while_loop": "tf.while_loop",
    "tf.python.util.nest.is_sequence": "tf.nest.is_nested",
    "tf.keras.initializers.glorot_normal": "tf.initializers.glorot_normal",
    "tf.keras.initializers.glorot_uniform": "tf.initializers.glorot_uniform",
    "tf.keras.initializers.he_normal": "tf.initializers.he_normal",
    "tf.keras.initializers.he_uniform": "tf.initializers.he_uniform",
    "tf.keras.initializers.lecun_normal": "tf.initializers.lecun_normal",
    "tf.keras.initializers.lecun_uniform": "tf.initializers.lecun_uniform",
}
"""The name that is the same thing in `tensorflow.compat.v1`."""

LITERALS = {
    "tf.contrib.learn.ModeKeys.EVAL": '"eval"',
    "tf.contrib.learn.ModeKeys.INFER": '"infer"',
    "tf.contrib.learn.ModeKeys.TRAIN": '"train"',
    "tf.estimator.ModeKeys.EVAL": '"eval"',
    "tf.estimator.ModeKeys.PREDICT": '"infer"',
    "tf.estimator.ModeKeys.TRAIN": '"train"',
}
"""Constants that TensorFlow 2.21 lost, and what they are."""

BATCHES = {
    "tf.contrib.data.batch_and_drop_remainder": "batch",
    "tf.contrib.data.padded_batch_and_drop_remainder": "padded_batch",
}
"""Functions for `Dataset.apply` that call a method of the dataset with `drop_remainder=True`."""

TO_CATEGORICAL = "tf.keras.utils.to_categorical"
"""Keras 2 makes float32 of classes, Keras 3 float64; the numbers are the same zeros and ones."""

_UNCHANGED = frozenset(
    {
        "tf.python.client.device_lib.list_local_devices",
        "tf.python.lib.io.file_io.FileIO",
        "tf.python.ops.control_flow_ops.with_dependencies",
        "tf.python.training.moving_averages.assign_moving_average",
        "tf.python.util.tf_inspect.getargspec",
    }
)
"""Private names without a public one, of which 1.15.5 and 2.21 do the same: their texts were compared."""

KERAS_LAYERS_WITHOUT_STATE = frozenset(
    f"{kind}Pooling{rank}D" for kind in ("Max", "Average", "GlobalMax", "GlobalAverage") for rank in (1, 2, 3)
)

_KERAS_KEPT = (
    "tf.keras.backend.mean", "tf.keras.backend.std", "tf.keras.backend.sum", "tf.keras.backend.var",
    "tf.keras.datasets", "tf.keras.preprocessing.sequence", "tf.keras.regularizers", "tf.keras.utils.get_file",
    "tf.keras.utils.Progbar",
)  # fmt: skip


def plain(symbol: str) -> str:
    """The symbol under the name that this table knows it by.

    >>> plain("tf.contrib.slim.l2_regularizer"), plain("tf.contrib.framework.sort")
    ('tf.contrib.layers.l2_regularizer', 'tf.sort')
    """
    for prefix in _SAME_MODULES:
        if symbol.removeprefix(prefix) in ALL_LAYERS:
            return "tf.layers." + symbol.removeprefix(prefix)
    for prefix, public in _OTHER_MODULES:
        if symbol.startswith(prefix):
            symbol = public + symbol.rpartition(".")[2]
    if symbol == _NP_UTILS or symbol.startswith(_NP_UTILS + "."):
        symbol = "tf.keras.utils" + symbol.removeprefix(_NP_UTILS)
    symbol = contrib.plain(estimator.plain(symbol))
    known = RENAMED.get(symbol) or OLD_NAMES.get(symbol)
    return known or (private_names.public(symbol) if symbol.startswith("tf.python.") else symbol)


def piece(symbol: str) -> str | None:
    """The name in the written module that stands in for a symbol, None where there is none."""
    name = symbol.removeprefix("tf.layers.")
    return name if name in ALL_LAYERS else _PIECES.get(symbol) or _KERAS.get(symbol)


@lru_cache(maxsize=1)
def _private() -> frozenset[str]:
    lines = files("tf1to2_reg.facts").joinpath("private_same.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split(": ") for line in lines]
    found = frozenset(f"{module}.{name}" for module, names in pairs for name in names.split()) | {m for m, _ in pairs}
    return found | _UNCHANGED | {name.rpartition(".")[0] for name in _UNCHANGED}


@lru_cache(maxsize=4096)
def is_private_same(symbol: str) -> bool:
    """Whether a private name is the same in 1.15 and 2.21, or is a module of such names.

    In both, the name is the very object that one public name has (scripts/private_names.py); attributes follow it.
    """
    parts = symbol.split(".")
    known = any(".".join(parts[:count]) in _private() for count in range(4, len(parts) + 1))
    below = len(parts) > 2 and any(name.startswith(symbol + ".") for name in _private())
    return below or (known and not _is_lost_member(parts))


def _is_lost_member(parts: list[str]) -> bool:
    """Whether the part after a private module is none of the names that are the same."""
    for count in range(len(parts), 3, -1):
        name = ".".join(parts[:count])
        if name in _private():
            is_module = any(other.startswith(name + ".") for other in _private())
            return is_module and count < len(parts)
    return True


def is_keras_of_now(symbol: str) -> bool:
    """Whether a name under `tf.keras` means in Keras 3 what it meant in TF 1.15, also in a graph."""
    return any(symbol == kept or symbol.startswith(kept + ".") for kept in _KERAS_KEPT)
