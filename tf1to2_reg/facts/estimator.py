"""Names of `tf.estimator`: those that `tf.train` has too, and those for which the written module has one.

Source: `tf.estimator` of TF 1.15.5 (which of its names are those of `tf.train`); `tests/test_graph_estimator.py`
compares the others with what that did.
"""

from __future__ import annotations

OF_TRAINING = frozenset(
    [
        "CheckpointSaverHook",
        "CheckpointSaverListener",
        "FeedFnHook",
        "FinalOpsHook",
        "GlobalStepWaiterHook",
        "LoggingTensorHook",
        "NanLossDuringTrainingError",
        "NanTensorHook",
        "ProfilerHook",
        "SecondOrStepTimer",
        "SessionRunArgs",
        "SessionRunContext",
        "SessionRunHook",
        "SessionRunValues",
        "StepCounterHook",
        "StopAtStepHook",
        "SummarySaverHook",
        "VocabInfo",
    ]
)
"""Names that are the same thing in `tf.estimator` and in `tf.train`."""

RENAMED = {f"tf.estimator.{name}": f"tf.train.{name}" for name in OF_TRAINING}
"""The name in `tf.train`."""

_OWN = (
    "BestExporter",
    "Estimator",
    "EstimatorSpec",
    "EvalSpec",
    "Exporter",
    "FinalExporter",
    "LatestExporter",
    "ModeKeys",
    "RunConfig",
    "TrainSpec",
    "WarmStartSettings",
    "train_and_evaluate",
)
_EXPORT = (
    "ClassificationOutput",
    "ExportOutput",
    "PredictOutput",
    "RegressionOutput",
    "ServingInputReceiver",
    "TensorServingInputReceiver",
    "build_parsing_serving_input_receiver_fn",
    "build_raw_serving_input_receiver_fn",
)
_EXPERIMENTAL = (
    "make_early_stopping_hook",
    "make_stop_at_checkpoint_step_hook",
    "stop_if_higher_hook",
    "stop_if_lower_hook",
    "stop_if_no_decrease_hook",
    "stop_if_no_increase_hook",
)
_INPUTS = ("numpy_input_fn", "pandas_input_fn")

PIECES = {
    **{f"tf.estimator.{name}": name for name in _OWN},
    **{f"tf.estimator.experimental.{name}": name for name in _EXPERIMENTAL},
    **{f"tf.estimator.export.{name}": name for name in _EXPORT},
    **{f"tf.estimator.inputs.{name}": name for name in _INPUTS},
}
"""The name in the written module for each symbol."""

MODULES = frozenset({"tf.estimator", "tf.estimator.experimental", "tf.estimator.export", "tf.estimator.inputs"})
"""The modules that these names are in."""

STRATEGIES = ("train_distribute", "eval_distribute", "experimental_distribute")
"""Parameters of `RunConfig` for more than one device."""

RUN_CONFIG = (
    "model_dir", "tf_random_seed", "save_summary_steps", "save_checkpoints_steps", "save_checkpoints_secs",
    "session_config", "keep_checkpoint_max", "keep_checkpoint_every_n_hours", "log_step_count_steps",
    "train_distribute", "device_fn", "protocol", "eval_distribute", "experimental_distribute",
    "experimental_max_worker_delay_secs", "session_creation_timeout_secs",
)  # fmt: skip
"""The parameters of `RunConfig` in their order."""

_PRIVATE = "tf.python.estimator."

_CANNED = "Write its network as a model function with `tf.layers`, for `tf.estimator.Estimator`, which migrates."
_TPU = "TPUs have no Estimator in TF 2.16 and later: use `tf.estimator.Estimator` on CPUs or GPUs, which migrates."

WAYS_OUT = (
    ("tf.estimator.tpu", _TPU),
    ("tf.contrib.tpu", _TPU),
    ("tf.estimator.experimental", "Write the hook as a class that derives from `tf.train.SessionRunHook`."),
    *(
        (f"tf.estimator.{kind}{task}", _CANNED)
        for kind in ("Baseline", "BoostedTrees", "DNN", "DNNLinearCombined", "Linear")
        for task in ("Classifier", "Estimator", "Regressor")
    ),
    ("tf.estimator.add_metrics", "Put the metrics into `eval_metric_ops` of the `EstimatorSpec`."),
    ("tf.estimator", "Write it as a model function for `tf.estimator.Estimator`, which migrates."),
)
"""By prefix, the more special first: what the author can do about a name that has no piece."""


def plain(symbol: str) -> str:
    """The public name of what a private module defines; others stay.

    >>> plain("tf.python.estimator.export.export.ServingInputReceiver"), plain("tf.python.estimator.foo")
    ('tf.estimator.export.ServingInputReceiver', 'tf.estimator.foo')
    """
    if not symbol.startswith(_PRIVATE):
        return RENAMED.get(symbol, symbol)
    name = symbol.removeprefix(_PRIVATE)
    head, _, last = name.rpartition(".")
    parts = [head.rpartition(".")[2], last] if head.endswith("ModeKeys") else [last]
    public = ".".join(parts)
    found = next((f"{module}.{public}" for module in sorted(MODULES) if f"{module}.{public}" in PIECES), None)
    return RENAMED.get(f"tf.estimator.{public}", found or f"tf.estimator.{public}")
