"""Hooks and loops of sessions: parts of `tf.contrib.training` and slim."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


class SummaryAtEndHook(tf.compat.v1.train.SessionRunHook):
    """`tf.contrib.training.SummaryAtEndHook`: saves a summary when a session ends."""

    def __init__(
        self, log_dir: str | None = None, summary_writer: Any = None, summary_op: Any = None, feed_dict: Any = None
    ) -> None:
        self._summary_op, self._merges = summary_op, summary_op is None
        self._feed_dict, self._summary_writer, self._log_dir = feed_dict, summary_writer, log_dir
        if log_dir is None and summary_writer is None:
            raise ValueError("One of log_dir or summary_writer should be used.")

    def begin(self) -> None:
        """Find the summaries of the graph."""
        if self._merges:
            self._summary_op = tf1.summary.merge_all()
        self._global_step = tf1.train.get_or_create_global_step()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Open the file."""
        if self._summary_writer is None and self._log_dir:
            self._summary_writer = tf1.summary.FileWriterCache.get(self._log_dir)

    def end(self, session: Any) -> None:
        """Save the summary."""
        if self._summary_op is not None:
            step = tf1.train.global_step(session, self._global_step)
            summary = session.run(self._summary_op, self._feed_dict)
            if self._summary_writer:
                self._summary_writer.add_summary(summary, step)
        if self._summary_writer:
            self._summary_writer.flush()


class StopAfterNEvalsHook(tf.compat.v1.train.SessionRunHook):
    """`tf.contrib.training.StopAfterNEvalsHook`: ends an evaluation after a number of steps."""

    def __init__(self, num_evals: int | None, log_progress: bool = True) -> None:
        self._num_evals, self._log_progress = num_evals, log_progress
        self._every = 1 if num_evals is None or num_evals < 20 else math.floor(num_evals / 10.0)
        self._evals_completed: Any = None

    def count(self, evals_completed: Any) -> None:
        """Take the tensor that counts the steps."""
        self._evals_completed = evals_completed

    def before_run(self, run_context: Any) -> Any:
        """Ask for the number of steps."""
        return tf1.train.SessionRunArgs({"evals_completed": self._evals_completed})

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """End the session if there were enough steps."""
        done = run_values.results["evals_completed"]
        if self._log_progress and (self._num_evals is None or done % self._every == 0 or done == self._num_evals):
            of = "" if self._num_evals is None else f"/{self._num_evals}"
            logging.getLogger("tensorflow").info("Evaluation [%d%s]", done, of)
        if self._num_evals is not None and done >= self._num_evals:
            run_context.request_stop()


def get_or_create_eval_step() -> Any:
    """`tf.contrib.training.get_or_create_eval_step`: the counter of evaluations."""
    found = tf1.get_collection(tf1.GraphKeys.EVAL_STEP)
    if len(found) > 1:
        raise ValueError("Multiple tensors added to tf.GraphKeys.EVAL_STEP")
    return found[0] if found else _new_eval_step()


def _new_eval_step() -> Any:
    return tf1.get_variable(
        "eval_step",
        shape=[],
        dtype=tf.int64,
        initializer=tf1.zeros_initializer(),
        trainable=False,
        collections=[tf1.GraphKeys.LOCAL_VARIABLES, tf1.GraphKeys.EVAL_STEP],
    )


def wait_for_new_checkpoint(
    checkpoint_dir: str,
    last_checkpoint: str | None = None,
    seconds_to_sleep: float = 1,
    timeout: float | None = None,
) -> str | None:
    """`tf.contrib.training.wait_for_new_checkpoint`: the path of the next checkpoint, None after a timeout."""
    logger = logging.getLogger("tensorflow")
    logger.info("Waiting for new checkpoint at %s", checkpoint_dir)
    stop = None if timeout is None else time.time() + timeout
    while True:
        path: str | None = tf.train.latest_checkpoint(checkpoint_dir)
        if path is not None and path != last_checkpoint:
            logger.info("Found new checkpoint at %s", path)
            return path
        if stop is not None and time.time() + seconds_to_sleep > stop:
            return None
        time.sleep(seconds_to_sleep)


def checkpoints_iterator(
    checkpoint_dir: str,
    min_interval_secs: float = 0,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
) -> Iterator[str]:
    """`tf.contrib.training.checkpoints_iterator`: checkpoints as they appear."""
    path: str | None = None
    while True:
        found = wait_for_new_checkpoint(checkpoint_dir, path, timeout=timeout)
        if found is None:
            if not timeout_fn:
                logging.getLogger("tensorflow").info("Timed-out waiting for a checkpoint.")
                return
            if timeout_fn():
                return
            continue
        start, path = time.time(), found
        yield path
        time.sleep(max(start + min_interval_secs - time.time(), 0))


def evaluate_once(
    checkpoint_path: str | None,
    master: str = "",
    scaffold: Any = None,
    eval_ops: Any = None,
    feed_dict: Any = None,
    final_ops: Any = None,
    final_ops_feed_dict: Any = None,
    hooks: Any = None,
    config: Any = None,
) -> Any:
    """`tf.contrib.training.evaluate_once`: evaluates a checkpoint."""
    step = get_or_create_eval_step()
    hooks = list(hooks or [])
    if eval_ops is not None:
        counted = tf1.assign_add(step, 1, use_locking=True)
        eval_ops = _with_counter(eval_ops, counted)
        latest = _after_all(eval_ops, step)
        for hook in hooks:
            if isinstance(hook, StopAfterNEvalsHook):
                hook.count(latest)
    creator = tf1.train.ChiefSessionCreator(
        scaffold=scaffold, checkpoint_filename_with_path=checkpoint_path, master=master, config=config
    )
    final = tf1.train.FinalOpsHook(final_ops, final_ops_feed_dict)
    _run_evaluation(creator, [*hooks, final], eval_ops, feed_dict)
    return final.final_ops_values


def _with_counter(eval_ops: Any, counted: Any) -> Any:
    if isinstance(eval_ops, dict):
        eval_ops["update_eval_step"] = counted
        return eval_ops
    return [*eval_ops, counted] if isinstance(eval_ops, (tuple, list)) else [eval_ops, counted]


def _after_all(eval_ops: Any, step: Any) -> Any:
    """The counter once all ops have run."""
    with tf.control_dependencies(list(eval_ops.values()) if isinstance(eval_ops, dict) else eval_ops):
        return tf.identity(step.read_value())


def _run_evaluation(creator: Any, hooks: list[Any], eval_ops: Any, feed_dict: Any) -> None:
    with tf1.train.MonitoredSession(session_creator=creator, hooks=hooks) as session:
        while eval_ops is not None and not session.should_stop():
            session.run(eval_ops, feed_dict)


def training_train(
    train_op: Any,
    logdir: str | None,
    master: str = "",
    is_chief: bool = True,
    scaffold: Any = None,
    hooks: Any = None,
    chief_only_hooks: Any = None,
    save_checkpoint_secs: float | None = 600,
    save_summaries_steps: int | None = 100,
    config: Any = None,
    max_wait_secs: float = 7200,
    run_metadata: Any = None,
) -> Any:
    """`tf.contrib.training.train`: runs an op until a hook ends the session."""
    if logdir is None and is_chief and (save_summaries_steps or save_checkpoint_secs):
        raise ValueError("logdir cannot be None when summaries or checkpoints are saved")
    loss = None
    with tf1.train.MonitoredTrainingSession(
        master=master,
        is_chief=is_chief,
        checkpoint_dir=logdir,
        scaffold=scaffold,
        hooks=hooks,
        chief_only_hooks=chief_only_hooks,
        save_checkpoint_secs=save_checkpoint_secs,
        save_summaries_steps=save_summaries_steps,
        config=config,
        max_wait_secs=max_wait_secs,
    ) as session:
        while not session.should_stop():
            loss = session.run(train_op, run_metadata=run_metadata)
    return loss
