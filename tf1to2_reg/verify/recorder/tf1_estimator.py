"""`tf.estimator` for TensorFlow 1's emulation: the package tensorflow-estimator 2.15, the last one there is.

It imports two things that TensorFlow 2.16 took away: the decorator that put its names into TensorFlow's, and the code
for strategies on several machines. Its packages are entered without their `__init__`, which import canned estimators.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from typing import Any

_PACKAGE = "tensorflow_estimator"
_ROOT = _PACKAGE + ".python.estimator"

_NAMES = {
    "estimator": ("Estimator", "VocabInfo", "WarmStartSettings"),
    "exporter": ("BestExporter", "Exporter", "FinalExporter", "LatestExporter"),
    "mode_keys": ("ModeKeys",),
    "model_fn": ("EstimatorSpec",),
    "run_config": ("RunConfig",),
    "training": ("EvalSpec", "TrainSpec", "train_and_evaluate"),
}
_EXPORT = {
    "export.export": (
        "ServingInputReceiver",
        "TensorServingInputReceiver",
        "build_parsing_serving_input_receiver_fn",
        "build_raw_serving_input_receiver_fn",
    ),
    "export.export_output": ("ClassificationOutput", "ExportOutput", "PredictOutput", "RegressionOutput"),
}
_INPUTS = {"inputs.numpy_io": ("numpy_input_fn",), "inputs.pandas_io": ("pandas_input_fn",)}
_EXPERIMENTAL = {
    "early_stopping": (
        "make_early_stopping_hook",
        "stop_if_higher_hook",
        "stop_if_lower_hook",
        "stop_if_no_decrease_hook",
        "stop_if_no_increase_hook",
    ),
    "hooks.hooks": ("InMemoryEvaluatorHook", "make_stop_at_checkpoint_step_hook"),
}
_OF_TRAINING = (
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
)


def install(v1: Any) -> None:
    """Give TensorFlow an `estimator`, if the package is there; nothing is imported before the program asks for it."""
    if importlib.util.find_spec(_PACKAGE) is None:
        return
    names = {name: (v1.train, name) for name in _OF_TRAINING}
    estimator = _Namespace("tensorflow.estimator", _NAMES, names)
    for name, table in (("export", _EXPORT), ("inputs", _INPUTS), ("experimental", _EXPERIMENTAL)):
        setattr(estimator, name, _Namespace("tensorflow.estimator." + name, table, {}))
    for module in (v1, v1.compat.v1):
        module.estimator = estimator


class _Namespace(types.ModuleType):
    """A module whose names are imported when they are used."""

    def __init__(self, name: str, table: Any, known: Any) -> None:
        types.ModuleType.__init__(self, name)
        self.__path__ = []  # type: Any
        self._places = {member: _ROOT + "." + module for module, members in table.items() for member in members}
        self._known = known
        sys.modules[name] = self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._known:
            owner, member = self._known[name]
            return getattr(owner, member)
        if name not in self._places:
            message = "{}.{} is not available on TensorFlow 2; verify with a genuine TensorFlow 1 (--tf1-python)"
            raise AttributeError(message.format(self.__name__, name))
        _enter_packages()
        return getattr(importlib.import_module(self._places[name]), name)


def _enter_packages() -> None:
    if _ROOT in sys.modules:
        return
    spec = importlib.util.find_spec(_PACKAGE)
    folder = next(iter(spec.submodule_search_locations or [])) if spec is not None else ""
    for name in (_PACKAGE, _PACKAGE + ".python", _ROOT):
        package = types.ModuleType(name)
        package.__path__ = [folder + name[len(_PACKAGE) :].replace(".", "/")]
        _put(name, package)
    export = types.ModuleType(_ROOT + ".estimator_export")
    export.__dict__["estimator_export"] = _exports
    _put(export.__name__, export)
    strategies = types.ModuleType("tensorflow.python.distribute.estimator_training")
    strategies.__dict__["should_run_distribute_coordinator"] = lambda config: False
    importlib.import_module("tensorflow.python.distribute")
    _put(strategies.__name__, strategies)


def _put(name: str, module: types.ModuleType) -> None:
    sys.modules[name] = module
    parent, _, last = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], last, module)


def _exports(*names: str, **options: Any) -> Any:
    """What `estimator_export` was: a decorator, here without an effect."""
    return lambda exported: exported
