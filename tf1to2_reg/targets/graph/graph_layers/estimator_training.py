"""`tf.estimator.train_and_evaluate`: training that is interrupted by evaluations and exports."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.estimator import Estimator
from tf1to2_reg.targets.graph.graph_layers.estimator_checks import _check_positive
from tf1to2_reg.targets.graph.graph_layers.estimator_exporters import Exporter
from tf1to2_reg.targets.graph.graph_layers.estimator_spec import _checked_hooks

tf1 = tf.compat.v1


class _TrainFields(NamedTuple):
    input_fn: Any
    max_steps: int | None
    hooks: tuple[Any, ...]


class TrainSpec(_TrainFields):
    """`tf.estimator.TrainSpec`: the arguments of `Estimator.train`."""

    def __new__(cls, input_fn: Any, max_steps: int | None = None, hooks: Any = None) -> Any:
        """Check the arguments."""
        _check_input_fn(input_fn)
        _check_positive(max_steps, "max_steps")
        return super().__new__(cls, input_fn, max_steps, _checked_hooks(hooks))


class _EvalFields(NamedTuple):
    input_fn: Any
    steps: int | None
    name: str | None
    hooks: tuple[Any, ...]
    exporters: tuple[Any, ...]
    start_delay_secs: float
    throttle_secs: float


class EvalSpec(_EvalFields):
    """`tf.estimator.EvalSpec`: the arguments of `Estimator.evaluate`, exporters, and how often at most it is called."""

    def __new__(
        cls,
        input_fn: Any,
        steps: int | None = 100,
        name: str | None = None,
        hooks: Any = None,
        exporters: Any = None,
        start_delay_secs: float = 120,
        throttle_secs: float = 600,
    ) -> Any:
        """Check the arguments."""
        _check_input_fn(input_fn)
        _check_positive(steps, "steps")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"`name` must be string, given: {name}")
        checked = _checked_hooks(hooks), _checked_exporters(exporters)
        for option, seconds in {"start_delay_secs": start_delay_secs, "throttle_secs": throttle_secs}.items():
            if seconds < 0:
                raise ValueError(f"Must specify {option} >= 0, given: {seconds}")
        return super().__new__(cls, input_fn, steps, name, *checked, start_delay_secs, throttle_secs)


def _check_input_fn(input_fn: Any) -> None:
    if not callable(input_fn):
        raise TypeError(f"`input_fn` must be callable, given: {input_fn}")


def _checked_exporters(exporters: Any) -> tuple[Any, ...]:
    """The exporters as a tuple, if they have names and no two the same."""
    found = (exporters,) if isinstance(exporters, Exporter) else tuple(exporters or ())
    if not all(isinstance(exporter, Exporter) for exporter in found):
        raise TypeError(f"`exporters` must be an Exporter, an iterable of Exporter, or `None`, found {exporters}.")
    names = [exporter.name for exporter in found]
    if not all(isinstance(name, str) and name for name in names) or len(set(names)) < len(names):
        raise ValueError(f"`exporters` must have unique names. All exporter names: {names}")
    return found


def train_and_evaluate(estimator: Any, train_spec: Any, eval_spec: Any) -> tuple[Any, Any]:
    """`tf.estimator.train_and_evaluate` on one machine: an evaluation follows each checkpoint but the first.

    Returns the metrics of the last evaluation and what the exporters returned then.
    """
    for given, kind, name in ((eval_spec, EvalSpec, "eval_spec"), (train_spec, TrainSpec, "train_spec")):
        if not isinstance(given, kind):
            raise TypeError(f"`{name}` must have type `tf.estimator.{kind.__name__}`. Got: {given}")
    if not isinstance(estimator, Estimator):
        raise TypeError(f"`estimator` must have type `tf.estimator.Estimator`. Got: {type(estimator)}")
    tf1.logging.info("Running training and evaluation locally (non-distributed).")
    tf1.logging.info(
        "Start train and evaluate loop. The evaluate will happen after every checkpoint. Checkpoint frequency is "
        "determined based on RunConfig arguments: save_checkpoints_steps %s or save_checkpoints_secs %s.",
        estimator.config.save_checkpoints_steps,
        estimator.config.save_checkpoints_secs,
    )
    listener = _EvaluationListener(estimator, eval_spec, train_spec.max_steps)
    estimator.train(
        input_fn=train_spec.input_fn,
        max_steps=train_spec.max_steps,
        hooks=list(train_spec.hooks),
        saving_listeners=[listener],
    )
    return listener.metrics, listener.exported


class _EvaluationListener(tf.compat.v1.train.CheckpointSaverListener):
    """Evaluates and exports when a checkpoint was saved."""

    def __init__(self, estimator: Any, spec: EvalSpec, max_steps: int | None) -> None:
        self._estimator = estimator
        self._spec = spec
        self._max_steps = max_steps
        self._evaluated: Any = None
        self.metrics: Any = None
        self.exported: Any = None

    def begin(self) -> None:
        self._timer = tf1.train.SecondOrStepTimer(every_secs=self._spec.throttle_secs)
        self._is_first = True

    def after_save(self, session: Any, global_step_value: Any) -> None:
        if self._is_first:  # the one of the step at which training starts
            self._is_first = False
        elif self._timer.should_trigger_for_step(global_step_value):
            self._evaluate(global_step_value)
        else:
            secs = self._spec.throttle_secs
            tf1.logging.info("Skip the current checkpoint eval due to throttle secs (%s secs).", secs)

    def end(self, session: Any, global_step_value: Any) -> None:
        if global_step_value != self._timer.last_triggered_step():
            self._evaluate(global_step_value)

    def _evaluate(self, step: Any) -> None:
        """Evaluate the last checkpoint, and give the metrics to the exporters."""
        self._timer.update_last_triggered_step(step)
        checkpoint = self._estimator.latest_checkpoint()
        if not checkpoint or checkpoint == self._evaluated:
            raise RuntimeError(f"There was no new checkpoint after the training: {checkpoint}")
        spec = self._spec
        self.metrics = self._estimator.evaluate(spec.input_fn, spec.steps, spec.hooks, checkpoint, spec.name)
        is_final = bool(self._max_steps and self.metrics["global_step"] >= self._max_steps)
        base = os.path.join(tf.compat.as_str_any(self._estimator.model_dir), "export")
        self.exported = [
            exporter.export(
                estimator=self._estimator,
                export_path=os.path.join(base, exporter.name),
                checkpoint_path=checkpoint,
                eval_result=self.metrics,
                is_the_final_export=is_final,
            )
            for exporter in spec.exporters
        ]
        self._evaluated = checkpoint
