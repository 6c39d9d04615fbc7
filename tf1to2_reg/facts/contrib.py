"""Names of `tf.contrib` and of slim for which the written module has one with the same signature and meaning.

Sources: `tensorflow.contrib` 1.15.5 (which names of its modules are one function), measured by
`tests/test_graph_contrib.py` and, against TF 1.15.5, by `scripts/compare_contrib.py`.
"""

from __future__ import annotations

from tf1to2_reg.facts import contrib_more

LAYERS_CALLED_OTHERWISE = {
    "conv1d": "convolution1d",
    "conv2d": "convolution2d",
    "conv3d": "convolution3d",
    "conv2d_in_plane": "convolution2d_in_plane",
    "conv2d_transpose": "convolution2d_transpose",
    "conv3d_transpose": "convolution3d_transpose",
    "dropout": "contrib_dropout",
    "flatten": "contrib_flatten",
    "separable_conv2d": "separable_convolution2d",
    "softmax": "contrib_softmax",
}
"""Names in `tf.contrib.layers`: of the written module, where another layer may have the first one."""

LAYERS = frozenset(
    [
        "apply_regularization",
        "avg_pool2d",
        "avg_pool3d",
        "batch_norm",
        "bias_add",
        "convolution",
        "convolution1d",
        "convolution2d",
        "convolution2d_in_plane",
        "convolution2d_transpose",
        "convolution3d",
        "convolution3d_transpose",
        "elu",
        "embed_sequence",
        "embedding_lookup_unique",
        "fully_connected",
        "group_norm",
        "instance_norm",
        "l1_l2_regularizer",
        "l1_regularizer",
        "l2_regularizer",
        "layer_norm",
        "linear",
        "max_pool2d",
        "max_pool3d",
        "maxout",
        "one_hot_encoding",
        "optimize_loss",
        "relu",
        "relu6",
        "repeat",
        "separable_convolution2d",
        "stack",
        "sum_regularizer",
        "unit_norm",
        "variance_scaling_initializer",
        "xavier_initializer",
        "xavier_initializer_conv2d",
    ]
)
"""Names that are the same in `tf.contrib.layers` and in the written module."""

FRAMEWORK = frozenset(
    [
        "add_arg_scope",
        "add_model_variable",
        "arg_scope",
        "arg_scoped_arguments",
        "assign_from_checkpoint",
        "assign_from_checkpoint_fn",
        "assign_from_values",
        "assign_from_values_fn",
        "current_arg_scope",
        "filter_variables",
        "get_local_variables",
        "get_model_variables",
        "get_trainable_variables",
        "get_unique_variable",
        "get_variable_full_name",
        "get_variables",
        "get_variables_by_name",
        "get_variables_by_suffix",
        "get_variables_to_restore",
        "global_variable",
        "has_arg_scope",
        "local_variable",
        "model_variable",
        "variable",
    ]
)
"""Names in `tf.contrib.framework`."""

LOSSES = frozenset(
    [
        "absolute_difference",
        "add_loss",
        "compute_weighted_loss",
        "cosine_distance",
        "get_losses",
        "get_regularization_losses",
        "get_total_loss",
        "hinge_loss",
        "log_loss",
        "mean_pairwise_squared_error",
        "mean_squared_error",
        "sigmoid_cross_entropy",
        "softmax_cross_entropy",
        "sparse_softmax_cross_entropy",
    ]
)
"""Names in `tf.contrib.losses`."""

LEARNING = frozenset(
    ["add_gradients_summaries", "clip_gradient_norms", "create_train_op", "multiply_gradients", "train_step"]
)
"""Names in `slim.learning`."""

CELLS = frozenset(
    [
        "BasicLSTMCell",
        "BasicRNNCell",
        "DeviceWrapper",
        "DropoutWrapper",
        "GRUCell",
        "LSTMCell",
        "LSTMStateTuple",
        "MultiRNNCell",
        "RNNCell",
        "ResidualWrapper",
    ]
)
"""Names in `tf.nn.rnn_cell`."""

CONTRIB_CELLS = CELLS | {"LayerNormBasicLSTMCell", "LayerRNNCell", "stack_bidirectional_dynamic_rnn"}
"""Names in `tf.contrib.rnn`."""


def _pieces() -> dict[str, str]:
    layers = {name: name for name in LAYERS} | LAYERS_CALLED_OTHERWISE
    framework = {name: name for name in FRAMEWORK}
    losses = {name: name for name in LOSSES}
    utils = {name: name for name in ("collect_named_outputs", "convert_collection_to_dict")}
    analyzer = {name: name for name in ("analyze_ops", "analyze_vars", "tensor_description")}
    modules = {
        "tf.contrib.layers": layers,
        "tf.contrib.framework": framework,
        "tf.contrib.losses": losses,
        "tf.contrib.slim": layers | framework | {"arg_scope_func_key": "arg_scope_func_key", "pool": "pool"},
        "tf.contrib.slim.losses": losses,
        "tf.contrib.slim.learning": {name: name for name in LEARNING} | {"train": "learning_train"},
        "tf.contrib.slim.model_analyzer": analyzer,
        "tf.contrib.slim.utils": utils,
        "tf.contrib.training": {"create_train_op": "training_create_train_op"},
        "tf.nn.rnn_cell": {name: name for name in CELLS},
        "tf.contrib.rnn": {name: name for name in CONTRIB_CELLS},
    }
    found = {f"{module}.{name}": piece for module, names in modules.items() for name, piece in names.items()}
    return found | contrib_more.PIECES


PIECES = _pieces()
"""The name in the written module for each symbol."""

SYMBOLS = {piece: symbol for symbol, piece in reversed(PIECES.items())}
"""The symbol for each name in the written module: the first one in the table."""

MODULES = frozenset(
    {"tf.contrib", "tf.contrib.data", "tf.contrib.util"}
    | {symbol.rpartition(".")[0] for symbol in (*PIECES, *contrib_more.RENAMED)}
)
"""The modules that these names are in, and those whose names have other names now."""

SAME_FUNCTIONS = {
    f"tf.contrib.rnn.{name}": f"tf.nn.{name}"
    for name in ("static_bidirectional_rnn", "static_rnn", "static_state_saving_rnn")
}
"""Functions that `tensorflow.compat.v1` has under another name."""

CONTRIB_LAYERS = LAYERS | LAYERS_CALLED_OTHERWISE.keys()
"""Names in `tf.contrib.layers` and in slim."""

SAME_MODULES = (
    ("tf.contrib.slim.python.slim.", "tf.contrib.slim."),
    ("tf.contrib.slim.", "tf.contrib.layers."),
    ("tf.contrib.slim.", "tf.contrib.framework."),
    ("tf.contrib.slim.losses.", "tf.contrib.losses."),
    ("tf.contrib.layers.layers.", "tf.contrib.layers."),
    ("tf.contrib.slim.layers.", "tf.contrib.layers."),
    ("tf.contrib.slim.ops.arg_scope.", "tf.contrib.framework."),
    ("tf.contrib.slim.ops.variables.", "tf.contrib.framework."),
    *(
        (f"tf.contrib.layers.python.layers.{module}.", "tf.contrib.layers.")
        for module in ("layers", "regularizers", "initializers", "normalization", "encoders", "optimizers")
    ),
    ("tf.contrib.layers.python.layers.utils.", "tf.contrib.slim.utils."),
    ("tf.contrib.layers.regularizers.", "tf.contrib.layers."),
    ("tf.contrib.layers.initializers.", "tf.contrib.layers."),
    ("tf.contrib.framework.python.ops.variables.", "tf.contrib.framework."),
    ("tf.contrib.framework.python.ops.arg_scope.", "tf.contrib.framework."),
    ("tf.contrib.framework.python.ops.", "tf.contrib.framework."),
    ("tf.contrib.losses.python.losses.loss_ops.", "tf.contrib.losses."),
    ("tf.contrib.rnn.python.ops.rnn_cell.", "tf.contrib.rnn."),
    ("tf.contrib.rnn.python.ops.core_rnn_cell.", "tf.contrib.rnn."),
    ("tf.contrib.rnn.", "tf.nn.rnn_cell."),
    ("tf.python.ops.rnn_cell.", "tf.nn.rnn_cell."),
    ("tf.python.ops.rnn_cell_impl.", "tf.nn.rnn_cell."),
)
"""Modules whose names with a piece are the same in another one, in the order in which they are replaced."""


def plain(symbol: str) -> str:
    """The symbol under the name that this table knows it by; others stay.

    >>> plain("tf.contrib.slim.conv2d"), plain("tf.contrib.slim.losses.add_loss"), plain("tf.contrib.slim.nets")
    ('tf.contrib.layers.conv2d', 'tf.contrib.losses.add_loss', 'tf.contrib.slim.nets')
    """
    for prefix, replacement in SAME_MODULES:
        name = symbol.removeprefix(prefix)
        if name != symbol and replacement + name in PIECES:
            symbol = replacement + name
    return symbol
