"""TF1 names that are no layer, loss, optimizer, regularizer or initializer: what TF2 calls them.

Names are given without their root. Three kinds migrate: the same object (symbols_data.py, made by a script), names that
TF2 keeps under compat.v1 and that run eagerly as they did in a graph (`KEPT`), and functions whose parameters changed
(`CALLS`, by hand: TF 1.15.5 against TensorFlow 2.21).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tf1to2_reg.facts import symbols_data


@dataclass(frozen=True)
class CallFacts:
    """A function of TF1 and what it is in TF2.

    `parameters` are TF1's and `positional` those of `target`, in positional order. `renames` maps parameters to those
    of the target. Parameters in `only` may have just that value, the default of TF1, and are dropped.
    """

    target: str
    parameters: tuple[str, ...]
    positional: tuple[str, ...]
    renames: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_prefix(self) -> bool:
        """Whether every positional call means the same in TF2."""
        return self.parameters[: len(self.positional)] == self.positional and not self.only


def _facts(target: str, parameters: str, positional: str, **renames: str) -> CallFacts:
    return CallFacts(target, tuple(parameters.split()), tuple(positional.split()), renames)


def _only(facts: CallFacts, **values: object) -> CallFacts:
    return CallFacts(facts.target, facts.parameters, facts.positional, facts.renames, values)


def _in(modules: tuple[str, ...], names: str, facts: Mapping[str, CallFacts]) -> dict[str, CallFacts]:
    return {f"{module}{name}": facts[name] for module in modules for name in names.split()}


def _reduction(name: str) -> CallFacts:
    return _facts(
        name,
        "input_tensor axis keepdims name reduction_indices keep_dims",
        "input_tensor axis keepdims name",
        reduction_indices="axis",
        keep_dims="keepdims",
    )


def _arg_extreme(name: str) -> CallFacts:
    return _facts(name, "input axis name dimension output_type", "input axis output_type name", dimension="axis")


def _softmax(name: str) -> CallFacts:
    return _facts(f"nn.{name}", "logits axis name dim", "logits axis name", dim="axis")


_REDUCTIONS = "reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum"
_EXTREMES = "argmax argmin"
_IN_TOP_K = _facts("math.in_top_k", "predictions targets k name", "targets predictions k name")
_NORM = _facts("norm", "tensor ord axis keepdims name keep_dims", "tensor ord axis keepdims name", keep_dims="keepdims")
_SPACE = "input block_size name data_format", "input block_size data_format name"
_COUNT_NONZERO = _facts(
    "math.count_nonzero",
    "input_tensor axis keepdims dtype name reduction_indices keep_dims input",
    "input axis keepdims dtype name",
    input_tensor="input",
    reduction_indices="axis",
    keep_dims="keepdims",
)
_CATEGORICAL = _facts(
    "random.categorical", "logits num_samples seed name output_dtype", "logits num_samples dtype seed name",
    output_dtype="dtype",
)  # fmt: skip
_CONFUSION_MATRIX = _facts(
    "math.confusion_matrix",
    "labels predictions num_classes dtype name weights",
    "labels predictions num_classes weights dtype name",
)
_SET_SEED = _facts("random.set_seed", "seed", "seed")

CALLS: dict[str, CallFacts] = {
    **_in(("", "math."), _REDUCTIONS, {name: _reduction(name) for name in _REDUCTIONS.split()}),
    **_in(("", "math."), _EXTREMES, {name: _arg_extreme(name) for name in _EXTREMES.split()}),
    "nn.softmax": _softmax("softmax"),
    "nn.log_softmax": _softmax("log_softmax"),
    "math.softmax": _softmax("softmax"),
    "math.log_softmax": _softmax("log_softmax"),
    "count_nonzero": _COUNT_NONZERO,
    "math.count_nonzero": _COUNT_NONZERO,
    "expand_dims": _facts("expand_dims", "input axis name dim", "input axis name", dim="axis"),
    "squeeze": _facts("squeeze", "input axis name squeeze_dims", "input axis name", squeeze_dims="axis"),
    "constant": _only(
        _facts("constant", "value dtype shape name verify_shape", "value dtype shape name"), verify_shape=False
    ),
    "convert_to_tensor": _facts(
        "convert_to_tensor", "value dtype name preferred_dtype dtype_hint", "value dtype dtype_hint name",
        preferred_dtype="dtype_hint",
    ),
    "shape": _facts("shape", "input name out_type", "input out_type name"),
    "size": _facts("size", "input name out_type", "input out_type name"),
    "norm": _NORM,
    "linalg.norm": _NORM,
    "transpose": _facts("transpose", "a perm name conjugate", "a perm conjugate name"),
    "linalg.transpose": _facts("linalg.matrix_transpose", "a name conjugate", "a name conjugate"),
    "pad": _facts("pad", "tensor paddings mode name constant_values", "tensor paddings mode constant_values name"),
    "gather": _facts(
        "gather",
        "params indices validate_indices name axis batch_dims",
        "params indices validate_indices axis batch_dims name",
    ),
    "gather_nd": _facts(
        "gather_nd", "params indices name batch_dims bad_indices_policy", "params indices batch_dims name"
    ),
    "boolean_mask": _facts("boolean_mask", "tensor mask name axis", "tensor mask axis name"),
    "zeros_like": _only(
        _facts("zeros_like", "tensor dtype name optimize", "input dtype name", tensor="input"), optimize=True
    ),
    "ones_like": _only(
        _facts("ones_like", "tensor dtype name optimize", "input dtype name", tensor="input"), optimize=True
    ),
    "reverse_sequence": _facts(
        "reverse_sequence",
        "input seq_lengths seq_axis batch_axis name seq_dim batch_dim",
        "input seq_lengths seq_axis batch_axis name",
        seq_dim="seq_axis",
        batch_dim="batch_axis",
    ),
    "confusion_matrix": _CONFUSION_MATRIX,
    "math.confusion_matrix": _CONFUSION_MATRIX,
    "multinomial": _CATEGORICAL,
    "random.multinomial": _CATEGORICAL,
    "set_random_seed": _SET_SEED,
    "random.set_random_seed": _SET_SEED,
    "py_func": _facts("numpy_function", "func inp Tout stateful name", "func inp Tout stateful name"),
    "space_to_depth": _facts("nn.space_to_depth", *_SPACE),
    "nn.space_to_depth": _facts("nn.space_to_depth", *_SPACE),
    "depth_to_space": _facts("nn.depth_to_space", *_SPACE),
    "nn.depth_to_space": _facts("nn.depth_to_space", *_SPACE),
    "nn.in_top_k": _IN_TOP_K,
    "math.in_top_k": _IN_TOP_K,
    "nn.crelu": _facts("nn.crelu", "features name axis", "features axis name"),
    "nn.moments": _facts(
        "nn.moments", "x axes shift name keep_dims keepdims", "x axes shift keepdims name", keep_dims="keepdims"
    ),
    "nn.weighted_moments": _facts(
        "nn.weighted_moments",
        "x axes frequency_weights name keep_dims keepdims",
        "x axes frequency_weights keepdims name",
        keep_dims="keepdims",
    ),
    "nn.sparse_softmax_cross_entropy_with_logits": _facts(
        "nn.sparse_softmax_cross_entropy_with_logits", "labels logits name _sentinel", "labels logits name"
    ),
    "nn.sigmoid_cross_entropy_with_logits": _facts(
        "nn.sigmoid_cross_entropy_with_logits", "labels logits name _sentinel", "labels logits name"
    ),
    "nn.softmax_cross_entropy_with_logits_v2": _facts(
        "nn.softmax_cross_entropy_with_logits", "labels logits axis name dim _sentinel", "labels logits axis name",
        dim="axis",
    ),
    "nn.weighted_cross_entropy_with_logits": _facts(
        "nn.weighted_cross_entropy_with_logits",
        "labels logits pos_weight name targets",
        "labels logits pos_weight name",
        targets="labels",
    ),
    "nn.conv1d": _only(
        _facts(
            "nn.conv1d",
            "value filters stride padding use_cudnn_on_gpu data_format name input dilations",
            "input filters stride padding data_format dilations name",
            value="input",
        ),
        use_cudnn_on_gpu=None,
    ),
    "nn.conv2d": _only(
        _facts(
            "nn.conv2d",
            "input filter strides padding use_cudnn_on_gpu data_format dilations name filters",
            "input filters strides padding data_format dilations name",
            filter="filters",
        ),
        use_cudnn_on_gpu=True,
    ),
    "nn.conv2d_transpose": _facts(
        "nn.conv2d_transpose",
        "value filter output_shape strides padding data_format name input filters dilations",
        "input filters output_shape strides padding data_format dilations name",
        value="input",
        filter="filters",
    ),
    "nn.conv3d": _facts(
        "nn.conv3d",
        "input filter strides padding data_format dilations name filters",
        "input filters strides padding data_format dilations name",
        filter="filters",
    ),
    "nn.depthwise_conv2d": _facts(
        "nn.depthwise_conv2d",
        "input filter strides padding rate name data_format dilations",
        "input filter strides padding data_format dilations name",
        rate="dilations",
    ),
    "nn.separable_conv2d": _facts(
        "nn.separable_conv2d",
        "input depthwise_filter pointwise_filter strides padding rate name data_format dilations",
        "input depthwise_filter pointwise_filter strides padding data_format dilations name",
        rate="dilations",
    ),
    "nn.max_pool": _facts(
        "nn.max_pool2d",
        "value ksize strides padding data_format name input",
        "input ksize strides padding data_format name",
        value="input",
    ),
    "nn.avg_pool": _facts(
        "nn.avg_pool2d",
        "value ksize strides padding data_format name input",
        "input ksize strides padding data_format name",
        value="input",
    ),
    "gfile.Exists": _facts("io.gfile.exists", "filename", "path", filename="path"),
    "gfile.MakeDirs": _facts("io.gfile.makedirs", "dirname", "path", dirname="path"),
    "gfile.MkDir": _facts("io.gfile.mkdir", "dirname", "path", dirname="path"),
    "gfile.Glob": _facts("io.gfile.glob", "filename", "pattern", filename="pattern"),
    "gfile.ListDirectory": _facts("io.gfile.listdir", "dirname", "path", dirname="path"),
    "gfile.IsDirectory": _facts("io.gfile.isdir", "dirname", "path", dirname="path"),
    "gfile.Remove": _facts("io.gfile.remove", "filename", "path", filename="path"),
    "gfile.DeleteRecursively": _facts("io.gfile.rmtree", "dirname", "path", dirname="path"),
    "gfile.Copy": _facts(
        "io.gfile.copy", "oldpath newpath overwrite", "src dst overwrite", oldpath="src", newpath="dst"
    ),
    "gfile.Rename": _facts(
        "io.gfile.rename", "oldname newname overwrite", "src dst overwrite", oldname="src", newname="dst"
    ),
}  # fmt: skip

CASTS = {
    "to_float": "float32", "to_double": "float64", "to_int32": "int32", "to_int64": "int64", "to_bfloat16": "bfloat16",
}  # fmt: skip
"""Functions of one tensor (and a name) that are `tf.cast`, and the dtype."""

KEPT = frozenset(
    {
        "ConfigProto", "GPUOptions", "app.run", "batch_gather", "div", "gfile.FastGFile", "image.resize",
        "image.resize_area", "image.resize_bicubic", "image.resize_bilinear", "image.resize_images",
        "image.resize_nearest_neighbor", "image.ResizeMethod", "python_io.tf_record_iterator", "where",
    }
)  # fmt: skip
"""Names whose TF2 form computes something else (or that have none), and that are exact eagerly under tf.compat.v1."""

KEPT_MODULES = ("app", "app.flags", "flags", "logging", "image.ResizeMethod")
"""Modules (and a class of constants) that are kept whole under tf.compat.v1."""

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

CODES: dict[str, str] = {
    "contrib": "TFR233",
    "contrib.opt": "TFR202",
    "layers": "TFR201",
    "nn.rnn_cell": "TFR201",
    "nn.dynamic_rnn": "TFR201",
    "nn.bidirectional_dynamic_rnn": "TFR201",
    "nn.static_rnn": "TFR201",
    "nn.static_bidirectional_rnn": "TFR201",
    "nn.raw_rnn": "TFR201",
    "keras.layers": "TFR201",
    "keras.models": "TFR201",
    "keras.Model": "TFR201",
    "keras.Sequential": "TFR201",
    "keras.regularizers": "TFR221",
    "keras.initializers": "TFR222",
    "keras.optimizers": "TFR202",
    "keras.losses": "TFR229",
    "initializers": "TFR222",
    "losses": "TFR229",
    "losses.get_losses": "TFR203",
    "losses.add_loss": "TFR203",
    "losses.get_regularization_loss": "TFR224",
    "losses.get_regularization_losses": "TFR224",
    "losses.get_total_loss": "TFR224",
    "add_to_collection": "TFR203",
    "add_to_collections": "TFR203",
    "get_collection": "TFR203",
    "get_collection_ref": "TFR203",
    "GraphKeys": "TFR203",
    "global_variables": "TFR203",
    "local_variables": "TFR203",
    "model_variables": "TFR203",
    "trainable_variables": "TFR203",
    "moving_average_variables": "TFR203",
    "all_variables": "TFR203",
    "report_uninitialized_variables": "TFR203",
    "Variable": "TFR218",
    "get_variable": "TFR218",
    "get_local_variable": "TFR218",
    "assign": "TFR218",
    "assign_add": "TFR218",
    "assign_sub": "TFR218",
    "scatter_add": "TFR218",
    "scatter_sub": "TFR218",
    "scatter_update": "TFR218",
    "count_up_to": "TFR218",
    "train.get_global_step": "TFR218",
    "train.create_global_step": "TFR218",
    "train.get_or_create_global_step": "TFR218",
    "train.global_step": "TFR218",
    "variable_scope": "TFR213",
    "variable_op_scope": "TFR213",
    "get_variable_scope": "TFR213",
    "VariableScope": "TFR213",
    "AUTO_REUSE": "TFR213",
    "make_template": "TFR213",
    "no_regularizer": "TFR226",
    "fixed_size_partitioner": "TFR226",
    "variable_axis_size_partitioner": "TFR226",
    "min_max_variable_partitioner": "TFR226",
    "gradients": "TFR202",
    "hessians": "TFR202",
    "summary": "TFR205",
    "Summary": "TFR205",
    "saved_model": "TFR204",
    "train.Saver": "TFR204",
    "train.latest_checkpoint": "TFR204",
    "train.get_checkpoint_state": "TFR204",
    "train.checkpoint_exists": "TFR204",
    "train.import_meta_graph": "TFR204",
    "train.export_meta_graph": "TFR204",
    "train.init_from_checkpoint": "TFR204",
    "train.warm_start": "TFR204",
    "train.NewCheckpointReader": "TFR204",
    "train.load_checkpoint": "TFR204",
    "train.load_variable": "TFR204",
    "train.list_variables": "TFR204",
    "train.checkpoints_iterator": "TFR204",
    "train.update_checkpoint_state": "TFR204",
    "train.Checkpoint": "TFR204",
    "train.CheckpointManager": "TFR204",
    "train.write_graph": "TFR204",
    "io.write_graph": "TFR204",
    "graph_util": "TFR204",
    "import_graph_def": "TFR204",
    "GraphDef": "TFR204",
    "data": "TFR206",
    "queue": "TFR206",
    "FIFOQueue": "TFR206",
    "PaddingFIFOQueue": "TFR206",
    "PriorityQueue": "TFR206",
    "RandomShuffleQueue": "TFR206",
    "QueueBase": "TFR206",
    "TFRecordReader": "TFR206",
    "TextLineReader": "TFR206",
    "WholeFileReader": "TFR206",
    "IdentityReader": "TFR206",
    "FixedLengthRecordReader": "TFR206",
    "LMDBReader": "TFR206",
    "ReaderBase": "TFR206",
    "train.batch": "TFR206",
    "train.batch_join": "TFR206",
    "train.shuffle_batch": "TFR206",
    "train.shuffle_batch_join": "TFR206",
    "train.string_input_producer": "TFR206",
    "train.slice_input_producer": "TFR206",
    "train.range_input_producer": "TFR206",
    "train.input_producer": "TFR206",
    "train.limit_epochs": "TFR206",
    "train.match_filenames_once": "TFR206",
    "train.start_queue_runners": "TFR206",
    "train.add_queue_runner": "TFR206",
    "train.QueueRunner": "TFR206",
    "train.queue_runner": "TFR206",
    "train.Coordinator": "TFR206",
    "cond": "TFR207",
    "case": "TFR207",
    "while_loop": "TFR207",
    "scan": "TFR207",
    "map_fn": "TFR207",
    "foldl": "TFR207",
    "foldr": "TFR207",
    "TensorArray": "TFR207",
    "placeholder": "TFR231",
    "placeholder_with_default": "TFR231",
    "sparse_placeholder": "TFR231",
    "Session": "TFR230",
    "InteractiveSession": "TFR230",
    "get_default_session": "TFR230",
    "get_session_handle": "TFR230",
    "get_session_tensor": "TFR230",
    "RunOptions": "TFR230",
    "RunMetadata": "TFR230",
    "Graph": "TFR211",
    "get_default_graph": "TFR211",
    "reset_default_graph": "TFR211",
    "control_dependencies": "TFR231",
    "global_variables_initializer": "TFR231",
    "local_variables_initializer": "TFR231",
    "variables_initializer": "TFR231",
    "initialize_all_variables": "TFR231",
    "initialize_local_variables": "TFR231",
    "initialize_variables": "TFR231",
    "tables_initializer": "TFR231",
    "estimator": "TFR228",
    "feature_column": "TFR228",
    "tpu": "TFR228",
    "distribute": "TFR228",
    "train.Supervisor": "TFR228",
    "train.MonitoredSession": "TFR228",
    "train.MonitoredTrainingSession": "TFR228",
    "train.SingularMonitoredSession": "TFR228",
    "train.Scaffold": "TFR228",
    "train.SessionManager": "TFR228",
    "train.SessionRunHook": "TFR228",
    "train.SessionRunArgs": "TFR228",
    "train.ChiefSessionCreator": "TFR228",
    "train.WorkerSessionCreator": "TFR228",
    "train.ClusterSpec": "TFR228",
    "train.Server": "TFR228",
    "train.replica_device_setter": "TFR228",
    "train.StopAtStepHook": "TFR228",
    "train.LoggingTensorHook": "TFR228",
    "train.CheckpointSaverHook": "TFR228",
    "train.NanTensorHook": "TFR228",
    "train.StepCounterHook": "TFR228",
    "train.SummarySaverHook": "TFR228",
    "train.ProfilerHook": "TFR228",
    "train.ExponentialMovingAverage": "TFR202",
    "train.exponential_decay": "TFR202",
    "train.polynomial_decay": "TFR202",
    "train.piecewise_constant": "TFR202",
    "train.piecewise_constant_decay": "TFR202",
    "train.cosine_decay": "TFR202",
    "train.cosine_decay_restarts": "TFR202",
    "train.linear_cosine_decay": "TFR202",
    "train.noisy_linear_cosine_decay": "TFR202",
    "train.natural_exp_decay": "TFR202",
    "train.inverse_time_decay": "TFR202",
    "enable_eager_execution": "TFR234",
    "function": "TFR234",
    "GradientTape": "TFR234",
    "Module": "TFR234",
    "custom_gradient": "TFR234",
    "executing_eagerly": "TFR234",
}
"""Name or module to the code of its refusal, where TFR212 would say too little. The longest entry counts."""

NO_EXACT_FORM = "TFR212"

_SAME = frozenset(
    f"{module}.{name}" if module else name
    for table in (symbols_data.SAME, KERAS_SAME)
    for module, names in table.items()
    for name in names.split()
)
MODULES = frozenset(module for module in symbols_data.SAME if module)
"""Modules of both."""


def tf2_spelling(name: str) -> str | None:
    """What TF2 calls the object that TF1 calls `name`, or None where there is no such object. No roots."""
    if name in _SAME or (name in MODULES and code(name) == NO_EXACT_FORM):
        return name
    if name in symbols_data.RENAMED:
        return symbols_data.RENAMED[name]
    if name in KEPT or any(name == module or name.startswith(module + ".") for module in KEPT_MODULES):
        return f"compat.v1.{name}"
    return INITIALIZER_CLASSES.get(name)


def code(name: str) -> str:
    """The code of the refusal of a name without root."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        found = CODES.get(".".join(parts[:length]))
        if found is not None:
            return found
    return NO_EXACT_FORM
