"""The training loop of slim."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1

USE_DEFAULT = 0
"""For an argument that is not given, which None may be."""


def train_step(sess: Any, train_op: Any, global_step: Any, train_step_kwargs: dict[str, Any]) -> tuple[Any, Any]:
    """`slim.learning.train_step`: one step; its loss, and whether to stop."""
    if "should_trace" in train_step_kwargs:
        raise ValueError("should_trace is not supported")
    began = time.time()
    loss, step = sess.run([train_op, global_step])
    elapsed = time.time() - began
    if "should_log" in train_step_kwargs and sess.run(train_step_kwargs["should_log"]):
        logging.getLogger("tensorflow").info("global step %d: loss = %.4f (%.3f sec/step)", step, loss, elapsed)
    return loss, sess.run(train_step_kwargs["should_stop"]) if "should_stop" in train_step_kwargs else False


def learning_train(
    train_op: Any,
    logdir: str | None,
    train_step_fn: Callable[..., Any] = train_step,
    train_step_kwargs: Any = USE_DEFAULT,
    log_every_n_steps: int = 1,
    graph: Any = None,
    master: str = "",
    is_chief: bool = True,
    global_step: Any = None,
    number_of_steps: int | None = None,
    init_op: Any = USE_DEFAULT,
    init_feed_dict: Any = None,
    local_init_op: Any = USE_DEFAULT,
    init_fn: Callable[[Any], Any] | None = None,
    ready_op: Any = USE_DEFAULT,
    summary_op: Any = USE_DEFAULT,
    save_summaries_secs: int = 600,
    summary_writer: Any = USE_DEFAULT,
    startup_delay_steps: int = 0,
    saver: Any = None,
    save_interval_secs: int = 600,
    sync_optimizer: Any = None,
    session_config: Any = None,
    session_wrapper: Callable[[Any], Any] | None = None,
    trace_every_n_steps: int | None = None,
    ignore_live_threads: bool = False,
) -> Any:
    """`slim.learning.train`: a loop around a train op, with a `tf.compat.v1.train.Supervisor`; the last loss."""
    unsupported = (sync_optimizer, trace_every_n_steps)
    _check(train_op, logdir, saver, summary_op, number_of_steps, unsupported)
    graph = graph or tf1.get_default_graph()
    with graph.as_default():
        global_step = tf1.train.get_or_create_global_step() if global_step is None else global_step
        saver = saver or tf1.train.Saver()
        with tf1.name_scope("init_ops"):
            init_op = _given(init_op, tf1.global_variables_initializer)
            ready_op = _given(ready_op, tf1.report_uninitialized_variables)
            local_init_op = _given(local_init_op, _local_init_op)
        summary_op = _given(summary_op, tf1.summary.merge_all)
        kwargs = _given(train_step_kwargs, lambda: _step_kwargs(global_step, number_of_steps, log_every_n_steps))
    supervisor = tf1.train.Supervisor(
        graph=graph,
        is_chief=is_chief,
        logdir=logdir,
        init_op=init_op,
        init_feed_dict=init_feed_dict,
        local_init_op=local_init_op,
        ready_op=ready_op,
        summary_op=summary_op,
        summary_writer=_given(summary_writer, lambda: tf1.train.Supervisor.USE_DEFAULT),
        global_step=global_step,
        saver=saver,
        save_summaries_secs=save_summaries_secs,
        save_model_secs=save_interval_secs,
        init_fn=init_fn,
    )
    if summary_writer is not None:
        kwargs["summary_writer"] = supervisor.summary_writer

    def trained(sess: Any) -> Any:
        if is_chief and logdir:
            supervisor.start_standard_services(sess)
        elif not is_chief and startup_delay_steps > 0:
            _wait_for(sess, global_step, min(startup_delay_steps, number_of_steps or sys.maxsize))
        threads = supervisor.start_queue_runners(sess)
        loss = _last_loss(supervisor, lambda: train_step_fn(sess, train_op, global_step, kwargs))
        if logdir and supervisor.is_chief:
            supervisor.saver.save(sess, supervisor.save_path, global_step=supervisor.global_step)
            supervisor.stop(threads, close_summary_writer=True, ignore_live_threads=ignore_live_threads)
        return loss

    while True:
        try:
            with supervisor.managed_session(master, start_standard_services=False, config=session_config) as sess:
                loss = trained(session_wrapper(sess) if session_wrapper is not None else sess)
        except tf.errors.AbortedError:  # a server was started again
            continue
        return loss


def _check(train_op: Any, logdir: Any, saver: Any, summary_op: Any, steps: Any, unsupported: tuple[Any, ...]) -> None:
    if train_op is None:
        raise ValueError("train_op cannot be None.")
    if logdir is None and (saver is not None or not _is_default(summary_op)):
        raise ValueError("Cannot provide summary_op or saver because logdir=None")
    if any(given is not None for given in unsupported):
        raise ValueError("sync_optimizer and trace_every_n_steps are not supported")
    if steps is not None and steps <= 0:
        raise ValueError("`number_of_steps` must be either None or a positive number.")


def _last_loss(supervisor: Any, step: Callable[[], Any]) -> Any:
    """The loss of the last step, None without one."""
    loss = None
    try:
        while not supervisor.should_stop():
            loss, stops = step()
            if stops:
                supervisor.request_stop()
                break
    except tf.errors.OutOfRangeError as end:
        logging.getLogger("tensorflow").info("Caught OutOfRangeError. Stopping Training. %s", end)
    return loss


def _given(given: Any, default: Callable[[], Any]) -> Any:
    """An argument, or what stands for one that is not given."""
    return default() if _is_default(given) else given


def _local_init_op() -> Any:
    return tf.group(tf1.local_variables_initializer(), tf1.tables_initializer())


def _is_default(given: Any) -> bool:
    return isinstance(given, int) and given == USE_DEFAULT


def _step_kwargs(global_step: Any, steps: int | None, logged: int) -> dict[str, Any]:
    """What `train_step` asks at each step."""
    with tf1.name_scope("train_step"):
        stops = tf.greater_equal(global_step, steps) if steps else tf.constant(False)
        found = {"should_stop": stops}
        if logged > 0:
            found["should_log"] = tf.equal(tf.math.floormod(global_step, logged), 0)
        return found


def _wait_for(sess: Any, global_step: Any, step: int) -> None:
    """Wait until the chief has taken some steps."""
    while tf1.train.global_step(sess, global_step) < step:
        time.sleep(1.0)
