"""`tf.estimator.experimental`: hooks that end training early, by what evaluations gave."""

from __future__ import annotations

import collections
import operator
import os
from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.estimator import Estimator

tf1 = tf.compat.v1


def make_early_stopping_hook(
    estimator: Any,
    should_stop_fn: Callable[[], bool],
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> Any:
    """`tf.estimator.experimental.make_early_stopping_hook`: asks a function now and then whether to stop."""
    if not isinstance(estimator, Estimator):
        raise TypeError(f"`estimator` must have type `tf.estimator.Estimator`. Got: {type(estimator)}")
    if run_every_secs is not None and run_every_steps is not None:
        raise ValueError("Only one of `run_every_secs` and `run_every_steps` must be set.")
    return _EarlyStoppingHook(should_stop_fn, run_every_secs, run_every_steps)


def make_stop_at_checkpoint_step_hook(estimator: Any, last_step: int, wait_after_file_check_secs: float = 30) -> Any:
    """`tf.estimator.experimental.make_stop_at_checkpoint_step_hook`, on one machine."""
    return tf1.train.StopAtStepHook(last_step=last_step)


def stop_if_higher_hook(
    estimator: Any,
    metric_name: str,
    threshold: float,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> Any:
    """`tf.estimator.experimental.stop_if_higher_hook`: stops when a metric has risen above a threshold."""
    found = _Evaluations(estimator, metric_name, eval_dir, min_steps)
    return make_early_stopping_hook(
        estimator, lambda: found.any(operator.gt, threshold), run_every_secs, run_every_steps
    )


def stop_if_lower_hook(
    estimator: Any,
    metric_name: str,
    threshold: float,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> Any:
    """`tf.estimator.experimental.stop_if_lower_hook`: stops when a metric has fallen below a threshold."""
    found = _Evaluations(estimator, metric_name, eval_dir, min_steps)
    return make_early_stopping_hook(
        estimator, lambda: found.any(operator.lt, threshold), run_every_secs, run_every_steps
    )


def stop_if_no_increase_hook(
    estimator: Any,
    metric_name: str,
    max_steps_without_increase: int,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> Any:
    """`tf.estimator.experimental.stop_if_no_increase_hook`: stops when a metric has not risen for some steps."""
    found = _Evaluations(estimator, metric_name, eval_dir, min_steps)

    def should_stop() -> bool:
        return found.has_stayed(operator.gt, max_steps_without_increase, "increase")

    return make_early_stopping_hook(estimator, should_stop, run_every_secs, run_every_steps)


def stop_if_no_decrease_hook(
    estimator: Any,
    metric_name: str,
    max_steps_without_decrease: int,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> Any:
    """`tf.estimator.experimental.stop_if_no_decrease_hook`: stops when a metric has not fallen for some steps."""
    found = _Evaluations(estimator, metric_name, eval_dir, min_steps)

    def should_stop() -> bool:
        return found.has_stayed(operator.lt, max_steps_without_decrease, "decrease")

    return make_early_stopping_hook(estimator, should_stop, run_every_secs, run_every_steps)


class _Evaluations:
    """A metric in the summaries that evaluations wrote, by the step, from some step on."""

    def __init__(self, estimator: Any, metric: str, folder: str | None, min_steps: int) -> None:
        self._metric = metric
        self._folder = estimator.eval_dir() if folder is None else folder
        self._min_steps = min_steps

    def values(self) -> Iterator[tuple[Any, Any]]:
        """Steps in their order, and the values there."""
        metrics: dict[Any, dict[str, Any]] = collections.defaultdict(dict)
        for path in tf1.gfile.Glob(os.path.join(self._folder, "events.out.tfevents.*")):
            for event in tf1.train.summary_iterator(path):
                numbers = [value for value in event.summary.value if value.HasField("simple_value")]
                if numbers:
                    metrics[event.step].update((value.tag, value.simple_value) for value in numbers)
        for step in sorted(metrics):
            if step >= self._min_steps:
                yield step, metrics[step][self._metric]

    def any(self, is_better: Callable[[Any, Any], bool], threshold: float) -> bool:
        """Whether a value has passed a threshold."""
        for step, value in self.values():
            if is_better(value, threshold):
                message = 'At step %s, metric "%s" has value %s which passes the threshold (%s) for early stopping.'
                tf1.logging.info(message, step, self._metric, value, threshold)
                return True
        return False

    def has_stayed(self, is_better: Callable[[Any, Any], bool], steps: int, change: str) -> bool:
        """Whether no value has been better than the best one for some steps."""
        best: Any = None
        best_step: Any = None
        for step, value in self.values():
            if best is None or is_better(value, best):
                best, best_step = value, step
            if step - best_step >= steps:
                message = 'No %s in metric "%s" for %s steps, which is greater than or equal to max steps (%s).'
                tf1.logging.info(message, change, self._metric, step - best_step, steps)
                return True
        return False


class _EarlyStoppingHook(tf.compat.v1.train.SessionRunHook):
    """Stops training when a function says so, and leaves that in a variable, as TF1 does."""

    def __init__(self, should_stop: Callable[[], bool], secs: float | None, steps: int | None) -> None:
        if not callable(should_stop):
            raise TypeError("`should_stop_fn` must be callable.")
        self._should_stop = should_stop
        self._timer = tf1.train.SecondOrStepTimer(every_secs=secs, every_steps=steps)

    def begin(self) -> None:
        self._step = tf1.train.get_global_step()
        with tf1.variable_scope("signal_early_stopping", reuse=tf1.AUTO_REUSE):
            variable = tf1.get_variable(
                "STOP",
                shape=[],
                dtype=tf.bool,
                initializer=tf1.constant_initializer(False),
                collections=[tf1.GraphKeys.GLOBAL_VARIABLES],
                trainable=False,
            )
        self._stop_op = tf1.assign(variable, True)

    def before_run(self, run_context: Any) -> Any:
        return tf1.train.SessionRunArgs(self._step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        step = run_values.results
        if not self._timer.should_trigger_for_step(step):
            return
        self._timer.update_last_triggered_step(step)
        if self._should_stop():
            tf1.logging.info("Requesting early stopping at global step %d", step)
            run_context.session.run(self._stop_op)
            run_context.request_stop()
