"""Names of `tf.contrib` besides layers, slim and cells for which the written module has one of the same meaning.

Source: `tensorflow.contrib` 1.15.5, and 1.14 for `tf.contrib.gan`, which 1.15 has no more;
`tests/test_graph_lost.py` compares what programs make of them with what those made.
"""

from __future__ import annotations

_CRF = (
    "crf_binary_score", "crf_decode", "crf_log_likelihood", "crf_log_norm", "crf_multitag_sequence_score",
    "crf_sequence_score", "crf_unary_score", "viterbi_decode",
)  # fmt: skip
_GAN = (
    "classifier_score", "classifier_score_from_logits", "frechet_classifier_distance",
    "frechet_classifier_distance_from_activations", "get_graph_def_from_disk", "get_graph_def_from_url_tarball",
    "preprocess_image", "run_image_classifier", "run_inception",
)  # fmt: skip
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
_METRICS = (
    "aggregate_metric_map", "aggregate_metrics", "streaming_accuracy", "streaming_auc", "streaming_false_negatives",
    "streaming_false_positives", "streaming_mean", "streaming_mean_absolute_error", "streaming_mean_iou",
    "streaming_mean_relative_error", "streaming_mean_squared_error", "streaming_mean_tensor",
    "streaming_percentage_less", "streaming_precision", "streaming_precision_at_thresholds", "streaming_recall",
    "streaming_recall_at_k", "streaming_recall_at_thresholds", "streaming_root_mean_squared_error",
    "streaming_sensitivity_at_specificity", "streaming_sparse_average_precision_at_k",
    "streaming_sparse_precision_at_k", "streaming_sparse_recall_at_k", "streaming_specificity_at_sensitivity",
    "streaming_true_negatives", "streaming_true_positives",
)  # fmt: skip
_OPTIMIZERS = ("AdamWOptimizer", "DecoupledWeightDecayExtension", "LazyAdamOptimizer", "MomentumWOptimizer")
_TRAINING = (
    "HParams", "StopAfterNEvalsHook", "SummaryAtEndHook", "checkpoints_iterator", "evaluate_once",
    "get_or_create_eval_step", "parse_values", "wait_for_new_checkpoint",
)  # fmt: skip
_MODULES: dict[str, dict[str, str]] = {
    "tf.contrib.crf": {name: name for name in _CRF},
    "tf.contrib.distributions": {"percentile": "percentile"},
    "tf.contrib.gan.eval": {name: name for name in _GAN},
    "tf.contrib.image": {
        **{name: name for name in _IMAGE},
        "rotate": "image_rotate",
        "transform": "image_transform",
        "translate": "image_translate",
    },
    "tf.contrib.learn.datasets.mnist": {"DataSet": "DataSet", "read_data_sets": "read_data_sets"},
    "tf.contrib.lookup": {name: name for name in _LOOKUP},
    "tf.contrib.losses.metric_learning": {
        name: name for name in ("contrastive_loss", "npairs_loss", "triplet_semihard_loss")
    },
    "tf.contrib.metrics": {**{name: name for name in _METRICS}, "accuracy": "metrics_accuracy"},
    "tf.contrib.opt": {name: name for name in _OPTIMIZERS},
    "tf.contrib.predictor": {"from_saved_model": "from_saved_model"},
    "tf.contrib.rnn": {"LSTMBlockCell": "LSTMBlockCell", "NASCell": "NASCell"},
    "tf.contrib.seq2seq": {"sequence_loss": "sequence_loss"},
    "tf.contrib.slim.metrics": {**{name: name for name in _METRICS}, "accuracy": "metrics_accuracy"},
    "tf.contrib.training": {**{name: name for name in _TRAINING}, "train": "training_train"},
    "tf.examples.tutorials.mnist.input_data": {"read_data_sets": "read_data_sets"},
}

PIECES = {f"{module}.{name}": piece for module, names in _MODULES.items() for name, piece in names.items()}
"""The name in the written module for each symbol."""

_SIGNAL = (
    "frame", "hamming_window", "hann_window", "inverse_stft", "inverse_stft_window_fn",
    "linear_to_mel_weight_matrix", "mfccs_from_log_mel_spectrograms", "overlap_and_add", "stft",
)  # fmt: skip
_FRAMEWORK = (
    "TensorSpec", "assert_same_float_dtype", "assert_scalar", "convert_to_tensor_or_sparse_tensor", "is_tensor",
)  # fmt: skip
_NEST = ("assert_same_structure", "flatten", "map_structure", "pack_sequence_as")

RENAMED = {
    "tf.contrib.checkpoint.CheckpointManager": "tf.train.CheckpointManager",
    "tf.contrib.checkpoint.PythonStateWrapper": "tf.train.experimental.PythonState",
    "tf.contrib.data.Counter": "tf.data.experimental.Counter",
    "tf.contrib.framework.assert_global_step": "tf.train.assert_global_step",
    "tf.contrib.framework.init_from_checkpoint": "tf.train.init_from_checkpoint",
    "tf.contrib.framework.list_variables": "tf.train.list_variables",
    "tf.contrib.framework.load_checkpoint": "tf.train.load_checkpoint",
    "tf.contrib.framework.load_variable": "tf.train.load_variable",
    "tf.contrib.framework.nest.is_sequence": "tf.nest.is_nested",
    "tf.contrib.lookup.KeyValueTensorInitializer": "tf.lookup.KeyValueTensorInitializer",
    "tf.contrib.lookup.MutableDenseHashTable": "tf.lookup.experimental.DenseHashTable",
    "tf.contrib.lookup.MutableHashTable": "tf.lookup.experimental.MutableHashTable",
    "tf.contrib.lookup.TextFileIndex": "tf.lookup.TextFileIndex",
    "tf.contrib.lookup.TextFileInitializer": "tf.lookup.TextFileInitializer",
    "tf.contrib.metrics.confusion_matrix": "tf.confusion_matrix",
    "tf.contrib.metrics.set_difference": "tf.sets.difference",
    "tf.contrib.metrics.set_intersection": "tf.sets.intersection",
    "tf.contrib.metrics.set_size": "tf.sets.size",
    "tf.contrib.metrics.set_union": "tf.sets.union",
    "tf.contrib.nn.conv1d_transpose": "tf.nn.conv1d_transpose",
    "tf.contrib.stateless.stateless_multinomial": "tf.random.stateless_multinomial",
    "tf.contrib.stateless.stateless_random_normal": "tf.random.stateless_normal",
    "tf.contrib.stateless.stateless_random_uniform": "tf.random.stateless_uniform",
    "tf.contrib.stateless.stateless_truncated_normal": "tf.random.stateless_truncated_normal",
    **{f"tf.contrib.framework.{name}": f"tf.{name}" for name in _FRAMEWORK},
    **{f"tf.contrib.framework.nest.{name}": f"tf.nest.{name}" for name in _NEST},
    **{f"tf.contrib.signal.{name}": f"tf.signal.{name}" for name in _SIGNAL},
}
"""The name that is the same thing in `tensorflow.compat.v1`: one object in 1.15.5, or wrapped there."""
