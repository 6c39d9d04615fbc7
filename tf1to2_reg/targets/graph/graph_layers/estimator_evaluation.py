"""How an `Estimator` evaluates: metrics are updated batch by batch, read at the end, and written as summaries."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.hooks import evaluate_once, get_or_create_eval_step

tf1 = tf.compat.v1


def _group_metrics(spec: Any) -> tuple[Any, dict[str, Any]]:
    """An op that updates all metrics and the mean loss, and the tensors of their values."""
    metrics = spec.eval_metric_ops
    if "loss" in metrics:
        raise ValueError(
            'Metric with name "loss" is not allowed, because Estimator already defines a default metric with the '
            "same name."
        )
    metrics["loss"] = tf1.metrics.mean(spec.loss)
    ordered = sorted(metrics.items())
    return tf.group(*(update for _, (_, update) in ordered)), {name: value for name, (value, _) in ordered}


def _evaluated(
    checkpoint_path: Any, scaffold: Any, update: Any, metrics: dict[str, Any], hooks: list[Any], config: Any
) -> Any:
    """Run the update until a hook or the input ends it; returns the values of the metrics."""
    if scaffold.local_init_op is not None:  # it replaces the default, which makes the variables of metrics
        get_or_create_eval_step()
        local_init_op = tf.group(scaffold.local_init_op, tf1.train.Scaffold.default_local_init_op())
        scaffold = tf1.train.Scaffold(local_init_op=local_init_op, copy_from_scaffold=scaffold)
    tf1.logging.info("Starting evaluation at %s", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.localtime()))
    values = evaluate_once(
        checkpoint_path,
        config.evaluation_master,
        scaffold,
        update,
        final_ops=metrics,
        hooks=hooks,
        config=config.session_config,
    )
    tf1.logging.info("Finished evaluation at %s", time.strftime("%Y-%m-%d-%H:%M:%S", time.localtime()))
    return values


def _write_evaluation(folder: str, results: dict[str, Any], checkpoint_path: Any) -> None:
    """Write the results of an evaluation, and which checkpoint they are of, as summaries."""
    step = results["global_step"]
    shown = ", ".join(f"{key} = {value}" for key, value in sorted(results.items()) if not isinstance(value, bytes))
    tf1.logging.info("Saving dict for global step %d: %s", step, shown)
    writer = tf1.summary.FileWriterCache.get(folder)
    summary = tf1.Summary()
    for key, value in results.items():
        if value is not None and key != "global_step":
            _add_value(summary, key, value)
    writer.add_summary(summary, step)
    writer.flush()
    if checkpoint_path:
        tf1.logging.info("Saving 'checkpoint_path' summary for global step %d: %s", step, checkpoint_path)
        summary = tf1.Summary()
        summary.value.add(tag="checkpoint_path", tensor=tf.make_tensor_proto(checkpoint_path, dtype=tf.string))
        writer.add_summary(summary, step)
        writer.flush()


def _add_value(summary: Any, key: str, value: Any) -> None:
    """Add one result to a summary: a number, an array, or a summary as bytes."""
    if isinstance(value, float | np.float32 | int | np.int64 | np.int32):
        summary.value.add(tag=key, simple_value=float(value))
    elif isinstance(value, np.ndarray):
        summary.value.add(tag=key, node_name=key, tensor=tf.make_tensor_proto(value))
    elif isinstance(value, bytes) and (parsed := _parsed_summary(value)) is not None:
        for index, part in enumerate(parsed.value):
            part.tag = f"{key}/{index}"
        summary.value.extend(parsed.value)
    else:
        message = "Skipping summary for %s, must be a number, an array or a serialized string of Summary."
        tf1.logging.warning(message, key)


def _parsed_summary(text: bytes) -> Any:
    """The summary that a string holds, None where it holds none."""
    try:
        return tf1.Summary.FromString(text)
    except Exception:  # the error's class is that of whichever protobuf is installed
        return None
