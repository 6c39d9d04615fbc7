"""TensorFlow 1 on today's TensorFlow: `import tensorflow` gives `tf.compat.v1`, with `tf.contrib` made of tf_slim.

Legacy Keras (`tf_keras`) provides `tf.layers`. tf_slim and old programs reach into modules whose content has moved
since; `_MOVED` puts the names back.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
import types
import warnings
from typing import Any, List, NoReturn

import numpy as np

from . import tf1_estimator
from .patching import replace_everywhere

_PYTHON = "tensorflow.python."

_MOVED = (
    ("framework.ops", "Tensor", "framework.tensor", "Tensor"),
    ("framework.ops", "TensorSpec", "framework.tensor", "TensorSpec"),
    ("framework.ops", "IndexedSlices", "framework.indexed_slices", "IndexedSlices"),
    ("ops.array_ops", "stack", "ops.array_ops_stack", "stack"),
    ("ops.array_ops", "unstack", "ops.array_ops_stack", "unstack"),
    ("ops.control_flow_ops", "Assert", "ops.control_flow_assert", "Assert"),
    ("ops.control_flow_ops", "case", "ops.control_flow_case", "case"),
    ("ops.control_flow_ops", "cond", "ops.cond", "cond"),
    ("ops.control_flow_ops", "while_loop", "ops.while_loop", "while_loop"),
    ("ops.variable_scope", "variable", "ops.variable_v1", "VariableV1"),
    ("ops.variables", "VariableV1", "ops.variable_v1", "VariableV1"),
    ("ops.variable_scope", "resource_variables_enabled", "ops.resource_variables_toggle", "resource_variables_enabled"),
)
_NUMPY_1 = {
    "int": int,
    "float": float,
    "complex": complex,
    "object": object,
    "str": str,
    "float_": np.float64,
    "complex_": np.complex128,
    "unicode_": np.str_,
    "Inf": np.inf,
    "NaN": np.nan,
    "NAN": np.nan,
    "infty": np.inf,
    "product": np.prod,
    "cumproduct": np.cumprod,
    "alltrue": np.all,
    "sometrue": np.any,
    "asscalar": lambda array: array.item(),
}
_LEGACY_LAYERS = ("base", "convolutional", "core", "normalization", "pooling")
_ABSENT_CONTRIB = [
    "bayesflow",
    "crf",
    "cudnn_rnn",
    "distribute",
    "distributions",
    "eager",
    "estimator",
    "image",
    "learn",
    "lite",
    "opt",
    "quantize",
    "seq2seq",
    "summary",
    "tensor_forest",
    "tensorrt",
    "tpu",
]


def set_environment() -> None:
    """What must be set before TensorFlow is imported for the first time."""
    os.environ["TF_USE_LEGACY_KERAS"] = "1"


def install() -> None:
    """Put TensorFlow 1's module in the place of `tensorflow`."""
    real = importlib.import_module("tensorflow")
    v1 = real.compat.v1
    v1.disable_v2_behavior()
    v1.enable_resource_variables()
    _restore_moved_names()
    _restore_legacy_layers()
    _restore_floor_of_epsilon()
    warnings.filterwarnings("ignore", message=".*tf.layers.*")
    warnings.filterwarnings("ignore", message=".*layer\\..*deprecated.*")
    for name in ("keras", "layers"):
        setattr(v1, name, getattr(v1, name))
    v1.contrib = _contrib(v1)
    tf1_estimator.install(v1)
    v1.__path__ = list(getattr(v1, "__path__", [])) + list(real.__path__)
    v1.python = sys.modules["tensorflow.python"]
    v1.__version__ = real.__version__
    _restore_numpy_names()
    sys.modules["tensorflow"] = v1
    _register_submodules(v1)


def keep_resource_variables() -> None:
    """`disable_v2_behavior` brings reference variables back, with which training differs from run to run."""
    try:
        toggle = importlib.import_module(_PYTHON + "ops.resource_variables_toggle")
    except ImportError:  # TensorFlow 1
        toggle = importlib.import_module(_PYTHON + "ops.variable_scope")
    replace_everywhere(toggle.disable_resource_variables, toggle.enable_resource_variables)


def run_graphs_as_written() -> None:
    """Without TensorFlow's rewriting of graphs, which rounds in other ways for graphs that compute the same."""
    session = importlib.import_module(_PYTHON + "client.session")
    config_pb2 = importlib.import_module("tensorflow.core.protobuf.config_pb2")
    original = session.BaseSession.__init__

    def __init__(self: Any, target: Any = "", graph: Any = None, config: Any = None) -> None:
        asked = config_pb2.ConfigProto()
        if config is not None:
            asked.CopyFrom(config)
        asked.graph_options.rewrite_options.disable_meta_optimizer = True
        original(self, target, graph, asked)

    session.BaseSession.__init__ = __init__


def _restore_numpy_names() -> None:
    """Names of NumPy 1 that programs of TensorFlow 1's time use."""
    for name, value in _NUMPY_1.items():
        if name not in np.__dict__:
            setattr(np, name, value)
    np.lib.__dict__.setdefault("pad", np.pad)


def _restore_moved_names() -> None:
    for place, name, source, source_name in _MOVED:
        module = importlib.import_module(_PYTHON + place)
        if not hasattr(module, name):
            setattr(module, name, getattr(importlib.import_module(_PYTHON + source), source_name))


def _restore_legacy_layers() -> None:
    """`tensorflow.python.layers` imports `tf_keras.legacy_tf_layers`, which tf_keras keeps under `src`."""
    package = importlib.import_module("tf_keras.src.legacy_tf_layers")
    sys.modules.setdefault("tf_keras.legacy_tf_layers", package)
    importlib.import_module("tf_keras").__dict__["legacy_tf_layers"] = package
    for name in _LEGACY_LAYERS:
        module = importlib.import_module("tf_keras.src.legacy_tf_layers." + name)
        sys.modules.setdefault("tf_keras.legacy_tf_layers." + name, module)


def _restore_floor_of_epsilon() -> None:
    """TensorFlow 1's fused batch normalization has a least epsilon, that of cuDNN, on every device."""
    original = importlib.import_module(_PYTHON + "ops.nn_impl").fused_batch_norm

    @functools.wraps(original)
    def fused_batch_norm(
        x: Any, scale: Any, offset: Any, mean: Any = None, variance: Any = None, epsilon: float = 1e-3, **others: Any
    ) -> Any:
        return original(x, scale, offset, mean, variance, max(epsilon, 1.001e-5), **others)

    replace_everywhere(original, fused_batch_norm)


class _Contrib(types.ModuleType):
    """A part of `tf.contrib`; a name that nothing replaces fails where it is used, not where it is imported."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(
            "{}.{} is not available on TensorFlow 2; verify with a genuine TensorFlow 1 (--tf1-python)".format(
                self.__name__, name
            )
        )


def _contrib_module(name: str, *sources: Any, **extra: Any) -> types.ModuleType:
    full_name = "tensorflow.contrib" + ("." + name if name else "")
    module = _Contrib(full_name)
    module.__dict__["__path__"] = []
    for source in sources:
        for key in dir(source):
            if not key.startswith("_"):
                module.__dict__.setdefault(key, getattr(source, key))
    module.__dict__.update(extra)
    sys.modules[full_name] = module
    return module


def _slim(name: str) -> Any:
    return importlib.import_module("tf_slim." + name)


def _contrib(v1: Any) -> types.ModuleType:
    contrib = _contrib_module("")
    parts: List[types.ModuleType] = [_contrib_module(name) for name in _ABSENT_CONTRIB]
    slim_module = importlib.import_module("tf_slim")
    layers_package = sys.modules["tf_slim.layers"]  # the attribute tf_slim.layers is another module
    layers, regularizers = _slim("layers.layers"), _slim("layers.regularizers")
    parts.append(
        _contrib_module(
            "layers",
            layers_package,
            layers,
            regularizers,
            _slim("layers.initializers"),
            _slim("layers.optimizers"),
        )
    )
    parts.append(_contrib_module("slim", slim_module, layers, regularizers))
    parts.append(_framework(v1))
    cells = v1.nn.rnn_cell
    parts.append(
        _contrib_module(
            "rnn",
            cells,
            static_rnn=v1.nn.static_rnn,
            static_bidirectional_rnn=v1.nn.static_bidirectional_rnn,
        )
    )
    parts.append(_contrib_module("metrics", _slim("metrics")))
    parts.append(_contrib_module("losses", _slim("losses.loss_ops")))
    parts.append(_contrib_module("training", _slim("training.training"), _slim("training.evaluation")))
    parts.append(_contrib_module("data", v1.data.experimental))
    parts.append(_contrib_module("keras", v1.keras))
    parts.append(_contrib_module("lookup", v1.lookup))
    for part in parts:
        setattr(contrib, part.__name__.rpartition(".")[2], part)
    return contrib


def _framework(v1: Any) -> types.ModuleType:
    train = v1.train
    return _contrib_module(
        "framework",
        _slim("ops.arg_scope"),
        _slim("ops.variables"),
        _slim("ops.framework_ops"),
        nest=v1.nest,
        list_variables=train.list_variables,
        load_variable=train.load_variable,
        load_checkpoint=train.load_checkpoint,
        init_from_checkpoint=train.init_from_checkpoint,
        get_or_create_global_step=train.get_or_create_global_step,
        get_global_step=train.get_global_step,
    )


def _register_submodules(v1: Any) -> None:
    """`import tensorflow.layers`, `from tensorflow.contrib import slim`, ..."""
    for name, module in list(v1.__dict__.items()):
        if isinstance(module, types.ModuleType) and module.__name__.startswith(("tensorflow", "keras", "tf_keras")):
            sys.modules.setdefault("tensorflow." + name, module)
