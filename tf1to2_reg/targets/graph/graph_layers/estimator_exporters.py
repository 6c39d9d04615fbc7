"""The exporters of `tf.estimator`, which `train_and_evaluate` calls after each evaluation."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.estimator_config import _argument_names

tf1 = tf.compat.v1


class Exporter:
    """`tf.estimator.Exporter`: has a name, and exports a model that was evaluated."""

    @property
    def name(self) -> str:
        """The name of the folder of its exports."""
        raise NotImplementedError

    def export(
        self, estimator: Any, export_path: Any, checkpoint_path: Any, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        """Export, or do nothing and return None."""
        raise NotImplementedError


class _SavedModelExporter(Exporter):
    """Writes a SavedModel."""

    def __init__(self, name: str, receiver_fn: Any, assets_extra: Any, as_text: bool) -> None:
        self._name = name
        self._receiver_fn = receiver_fn
        self._assets_extra = assets_extra
        self._as_text = as_text

    @property
    def name(self) -> str:
        return self._name

    def export(
        self, estimator: Any, export_path: Any, checkpoint_path: Any, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        return estimator.export_saved_model(
            export_path,
            self._receiver_fn,
            assets_extra=self._assets_extra,
            as_text=self._as_text,
            checkpoint_path=checkpoint_path,
        )


class FinalExporter(_SavedModelExporter):
    """`tf.estimator.FinalExporter`: exports once, at the end of training."""

    def __init__(
        self, name: str, serving_input_receiver_fn: Any, assets_extra: Any = None, as_text: bool = False
    ) -> None:
        """Export what the receiver function takes."""
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)

    def export(
        self, estimator: Any, export_path: Any, checkpoint_path: Any, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        """Export at the end."""
        if not is_the_final_export:
            return None
        tf1.logging.info("Performing the final export in the end of training.")
        return super().export(estimator, export_path, checkpoint_path, eval_result, is_the_final_export)


class LatestExporter(_SavedModelExporter):
    """`tf.estimator.LatestExporter`: exports each time and keeps the last few exports."""

    def __init__(
        self,
        name: str,
        serving_input_receiver_fn: Any,
        assets_extra: Any = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ) -> None:
        """Export what the receiver function takes; None keeps all exports."""
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)
        self._exports_to_keep = _checked_count(exports_to_keep)

    def export(
        self, estimator: Any, export_path: Any, checkpoint_path: Any, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        """Export, and delete what is old."""
        exported = super().export(estimator, export_path, checkpoint_path, eval_result, is_the_final_export)
        _delete_old_exports(export_path, self._exports_to_keep)
        return exported


def _loss_smaller(best_eval_result: Any, current_eval_result: Any) -> Any:
    """Whether the current loss is less than the best one."""
    for name, result in (("best_eval_result", best_eval_result), ("current_eval_result", current_eval_result)):
        if not result or "loss" not in result:
            raise ValueError(f"{name} cannot be empty or no loss is found in it.")
    return best_eval_result["loss"] > current_eval_result["loss"]


class BestExporter(_SavedModelExporter):
    """`tf.estimator.BestExporter`: exports when an evaluation is better than all before it.

    Those before it are also the ones of earlier runs, which are read from the event files that `event_file_pattern`
    matches below the model's folder.
    """

    def __init__(
        self,
        name: str = "best_exporter",
        serving_input_receiver_fn: Any = None,
        event_file_pattern: Any = "eval/*.tfevents.*",
        compare_fn: Callable[..., Any] = _loss_smaller,
        assets_extra: Any = None,
        as_text: bool = False,
        exports_to_keep: int | None = 5,
    ) -> None:
        """Export what the receiver function takes; None keeps all exports."""
        if compare_fn is None:
            raise ValueError("`compare_fn` must not be None.")
        if set(_argument_names(compare_fn)) != {"best_eval_result", "current_eval_result"}:
            message = "must include the arguments best_eval_result and current_eval_result and no others."
            raise ValueError(f"compare_fn ({compare_fn}) {message}")
        super().__init__(name, serving_input_receiver_fn, assets_extra, as_text)
        self._compare_fn = compare_fn
        self._event_file_pattern = event_file_pattern
        self._exports_to_keep = _checked_count(exports_to_keep)
        self._model_dir: Any = None
        self._best: Any = None

    def export(
        self, estimator: Any, export_path: Any, checkpoint_path: Any, eval_result: Any, is_the_final_export: bool
    ) -> Any:
        """Export if this is the best evaluation."""
        if self._model_dir != estimator.model_dir and self._event_file_pattern:
            tf1.logging.info("Loading best metric from event files.")
            self._model_dir = estimator.model_dir
            self._best = self._best_of(os.path.join(self._model_dir, self._event_file_pattern))
        if self._best is not None and not self._compare_fn(
            best_eval_result=self._best, current_eval_result=eval_result
        ):
            return None
        tf1.logging.info("Performing best model export.")
        self._best = eval_result
        exported = super().export(estimator, export_path, checkpoint_path, eval_result, is_the_final_export)
        _delete_old_exports(export_path, self._exports_to_keep)
        return exported

    def _best_of(self, pattern: str) -> Any:
        """The best of the evaluations in event files, None where there are none."""
        best = None
        for path in tf1.gfile.Glob(pattern):
            for event in tf1.train.summary_iterator(path):
                result = {value.tag: value.simple_value for value in _numbers(event)}
                if result and (best is None or self._compare_fn(best, result)):
                    best = result
        return best


def _numbers(event: Any) -> list[Any]:
    """The numbers in the summary of an event."""
    return [value for value in event.summary.value if value.HasField("simple_value")]


def _checked_count(exports_to_keep: int | None) -> int | None:
    if exports_to_keep is not None and exports_to_keep <= 0:
        raise ValueError(f"`exports_to_keep`, if provided, must be a positive number. Got {exports_to_keep}")
    return exports_to_keep


def _delete_old_exports(folder: Any, kept: int | None) -> None:
    """Delete all exports but the last few."""
    if kept is None:
        return
    names = [tf.compat.as_str_any(name).rstrip("/") for name in tf1.gfile.ListDirectory(folder)]
    exports = sorted(name for name in names if len(name) == 10 and name.isdigit())
    for name in exports[:-kept]:
        path = os.path.join(tf.compat.as_str_any(folder), name)
        try:
            tf1.gfile.DeleteRecursively(path)
        except tf.errors.NotFoundError as error:
            tf1.logging.warning("Can not delete %s recursively: %s", path, error)
