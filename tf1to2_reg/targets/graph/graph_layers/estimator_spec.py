"""`tf.estimator.EstimatorSpec`, and how an `Estimator` takes over weights of another model."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.estimator_config import ModeKeys
from tf1to2_reg.targets.graph.graph_layers.estimator_export import _export_outputs

tf1 = tf.compat.v1


class _SpecFields(NamedTuple):
    mode: Any
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: Any
    export_outputs: Any
    training_chief_hooks: Any
    training_hooks: Any
    scaffold: Any
    evaluation_hooks: Any
    prediction_hooks: Any


class EstimatorSpec(_SpecFields):
    """`tf.estimator.EstimatorSpec`: what a model function returns.

    Training needs `loss` and `train_op`, evaluation `loss`, prediction `predictions`; `eval_metric_ops` holds pairs of
    a value and the op that updates it, as the functions of `tf.metrics` return them.
    """

    def __new__(
        cls,
        mode: Any,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: Any = None,
        export_outputs: Any = None,
        training_chief_hooks: Any = None,
        training_hooks: Any = None,
        scaffold: Any = None,
        evaluation_hooks: Any = None,
        prediction_hooks: Any = None,
    ) -> Any:
        """Check that all is there and of the default graph."""
        train_op = _checked_train_op(train_op, mode)
        loss = _checked_loss(loss, mode)
        predictions = _checked_predictions(predictions, mode)
        if mode == ModeKeys.PREDICT:
            export_outputs = _export_outputs(export_outputs, predictions)
        if scaffold is not None and not isinstance(scaffold, tf1.train.Scaffold):
            raise TypeError(f"scaffold must be tf.train.Scaffold. Given: {scaffold}")
        return super().__new__(
            cls,
            mode,
            predictions,
            loss,
            train_op,
            _checked_metrics(eval_metric_ops),
            export_outputs,
            _checked_hooks(training_chief_hooks),
            _checked_hooks(training_hooks),
            scaffold or tf1.train.Scaffold(),
            _checked_hooks(evaluation_hooks),
            _checked_hooks(prediction_hooks),
        )

    def _replace(self, **kwds: Any) -> Any:  # only: ._replace
        """A copy with other fields, checked too; the mode stays."""
        if kwds.get("mode", self.mode) != self.mode:
            raise ValueError("mode of EstimatorSpec cannot be changed.")
        return EstimatorSpec(**{**self._asdict(), **kwds})


def _checked_train_op(train_op: Any, mode: Any) -> Any:
    if train_op is None:
        if mode == ModeKeys.TRAIN:
            raise ValueError("Missing train_op.")
        return None
    if not isinstance(train_op, tf.Operation | tf.Tensor | tf.Variable):
        raise TypeError(f"train_op must be Operation or Tensor, given: {train_op}")
    if isinstance(train_op, tf.Variable):
        train_op = train_op.op
    return _of_default_graph(train_op, "train_op", train_op.name)


def _checked_loss(loss: Any, mode: Any) -> Any:
    if loss is None:
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError("Missing loss.")
        return None
    _check_tensor(loss, "loss")
    if loss.shape.num_elements() not in (None, 1):
        raise ValueError(f"Loss must be scalar, given: {loss}")
    if not loss.shape.is_compatible_with([]):
        loss = tf.reshape(loss, [])
    return _of_default_graph(loss, "loss", loss.name)


def _checked_predictions(predictions: Any, mode: Any) -> Any:
    if predictions is None:
        if mode == ModeKeys.PREDICT:
            raise ValueError("Missing predictions.")
        return {}
    if not isinstance(predictions, dict):
        _check_tensor(predictions, "predictions")
        return _of_default_graph(predictions, "prediction values", predictions.name)
    for key, value in predictions.items():
        _check_tensor(value, f"predictions[{key}]")
        _of_default_graph(value, "prediction values", f"{key}: {value.name}")
    return dict(predictions)


def _checked_metrics(metrics: Any) -> Any:
    if metrics is None:
        return {}
    if not isinstance(metrics, dict):
        raise TypeError(f"eval_metric_ops must be a dict, given: {metrics}")
    for key, value in metrics.items():
        if not isinstance(value, tuple) or len(value) != 2:
            message = "Values of eval_metric_ops must be (metric_value, update_op) tuples"
            raise TypeError(f"{message}, given: {value} for key: {key}")
        for part in tf.nest.flatten(value):
            _of_default_graph(part, "eval_metric_ops", f"{key}: {part.name}")
    return metrics


def _checked_hooks(hooks: Any) -> tuple[Any, ...]:
    """The hooks as a tuple, if they are hooks."""
    found: tuple[Any, ...] = tuple(hooks or [])
    for hook in found:
        if not isinstance(hook, tf1.train.SessionRunHook):
            raise TypeError(f"All hooks must be SessionRunHook instances, given: {hook}")
    return found


def _check_tensor(value: Any, name: str) -> None:
    if not isinstance(value, tf.Tensor | tf.Variable):
        raise TypeError(f"{name} must be Tensor, given: {value}")


def _of_default_graph(value: Any, kind: str, name: str) -> Any:
    """The value, if it is of the graph in which the model function was called."""
    if value.graph is not tf1.get_default_graph():
        raise ValueError(
            f'{kind} with "{name}" must be from the default graph. It was made outside of the default graph, or '
            'not in the most recent call of "model_fn".'
        )
    return value


class _WarmStartFields(NamedTuple):
    ckpt_to_initialize_from: Any
    vars_to_warm_start: Any
    var_name_to_vocab_info: Any
    var_name_to_prev_var_name: Any


class WarmStartSettings(_WarmStartFields):
    """`tf.estimator.WarmStartSettings`: the arguments of `tf.compat.v1.train.warm_start`."""

    def __new__(
        cls,
        ckpt_to_initialize_from: Any,
        vars_to_warm_start: Any = ".*",
        var_name_to_vocab_info: Any = None,
        var_name_to_prev_var_name: Any = None,
    ) -> Any:
        """Without more, all trainable variables are taken over."""
        if not ckpt_to_initialize_from:
            raise ValueError("`ckpt_to_initialize_from` MUST be set in WarmStartSettings")
        return super().__new__(
            cls,
            ckpt_to_initialize_from,
            vars_to_warm_start,
            var_name_to_vocab_info or {},
            var_name_to_prev_var_name or {},
        )


def _warm_start_settings(warm_start_from: Any) -> Any:
    """What a checkpoint, a folder of checkpoints or a SavedModel says about warm starting."""
    if warm_start_from is None or isinstance(warm_start_from, WarmStartSettings):
        return warm_start_from
    if not isinstance(warm_start_from, str | bytes):
        raise ValueError(
            f"warm_start_from must be a string or a WarmStartSettings, instead got {type(warm_start_from)}"
        )
    folder = tf.compat.as_str_any(warm_start_from)
    variables = os.path.join(folder, tf1.saved_model.VARIABLES_DIRECTORY, tf1.saved_model.VARIABLES_FILENAME)
    if tf1.gfile.Exists(variables + ".index"):
        tf1.logging.info("Warm-starting from a SavedModel")
        return WarmStartSettings(variables)
    return WarmStartSettings(warm_start_from)


def _warm_start(settings: WarmStartSettings | None) -> None:
    """Let the variables of the default graph start with those of another model, if that is wanted."""
    if settings is not None:
        tf1.logging.info("Warm-starting with WarmStartSettings: %s", settings)
        tf1.train.warm_start(*settings)
