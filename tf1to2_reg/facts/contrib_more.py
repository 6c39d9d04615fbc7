"""Names of `tf.contrib` besides layers, slim and cells for which the written module has one of the same meaning.

Source: `tensorflow.contrib` 1.15.5; `tests/test_graph_lost.py` compares what programs make of them with what TF 1.15.5
made.
"""

from __future__ import annotations

_LOOKUP = (
    "FastHashSpec", "HashTable", "HasherSpec", "IdTableWithHashBuckets", "StrongHashSpec",
    "TextFileIdTableInitializer", "TextFileStringTableInitializer", "index_table_from_file",
    "index_table_from_tensor", "index_to_string", "index_to_string_table_from_file",
    "index_to_string_table_from_tensor", "string_to_index", "string_to_index_table_from_file",
    "string_to_index_table_from_tensor",
)  # fmt: skip
_IMAGE = (
    "angles_to_projective_transforms", "compose_transforms", "flat_transforms_to_matrices",
    "matrices_to_flat_transforms", "translations_to_projective_transforms",
)  # fmt: skip
_TRAINING = (
    "HParams", "StopAfterNEvalsHook", "SummaryAtEndHook", "checkpoints_iterator", "evaluate_once",
    "get_or_create_eval_step", "parse_values", "wait_for_new_checkpoint",
)  # fmt: skip
_MODULES: dict[str, dict[str, str]] = {
    "tf.contrib.distributions": {"percentile": "percentile"},
    "tf.contrib.image": {
        **{name: name for name in _IMAGE},
        "rotate": "image_rotate",
        "transform": "image_transform",
        "translate": "image_translate",
    },
    "tf.contrib.learn.datasets.mnist": {"DataSet": "DataSet", "read_data_sets": "read_data_sets"},
    "tf.contrib.lookup": {name: name for name in _LOOKUP},
    "tf.contrib.rnn": {"LSTMBlockCell": "LSTMBlockCell", "NASCell": "NASCell"},
    "tf.contrib.training": {**{name: name for name in _TRAINING}, "train": "training_train"},
    "tf.examples.tutorials.mnist.input_data": {"read_data_sets": "read_data_sets"},
}

PIECES = {f"{module}.{name}": piece for module, names in _MODULES.items() for name, piece in names.items()}
"""The name in the written module for each symbol."""

RENAMED = {
    "tf.contrib.lookup.KeyValueTensorInitializer": "tf.lookup.KeyValueTensorInitializer",
    "tf.contrib.lookup.TextFileIndex": "tf.lookup.TextFileIndex",
    "tf.contrib.lookup.TextFileInitializer": "tf.lookup.TextFileInitializer",
    "tf.contrib.lookup.MutableDenseHashTable": "tf.lookup.experimental.DenseHashTable",
    "tf.contrib.lookup.MutableHashTable": "tf.lookup.experimental.MutableHashTable",
}
"""The name that is the same thing in `tensorflow.compat.v1`."""
