"""Training and sizes: parts of `tf.contrib.training` and slim."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.training import _after

tf1 = tf.compat.v1


def tensor_description(var: Any) -> str:
    """`slim.model_analyzer.tensor_description`: the type and shape as text."""
    return f"({var.dtype.name} {'x'.join(str(size) for size in var.shape)})"


def analyze_vars(variables: Iterable[Any], print_info: bool = False) -> tuple[int, int]:
    """`slim.model_analyzer.analyze_vars`: the number of weights and of bytes, and a table if wanted."""
    sizes = [(variable, variable.shape.num_elements() or 0) for variable in variables]
    lines = ["---------", "Variables: name (type shape) [size]", "---------"]
    for variable, size in sizes:
        shape = f"[{size}, bytes: {size * variable.dtype.size}]"
        lines.append(f"{variable.name} {tensor_description(variable)} {shape}")
    total = sum(size for _, size in sizes)
    total_bytes = sum(size * variable.dtype.size for variable, size in sizes)
    lines += [f"Total size of variables: {total}", f"Total bytes of variables: {total_bytes}"]
    if print_info:
        sys.stdout.write("\n".join(lines) + "\n")
    return total, total_bytes


def analyze_ops(graph: Any, print_info: bool = False) -> int:
    """`slim.model_analyzer.analyze_ops`: the number of values that the ops of a graph have, and a table if wanted."""
    lines, total = ["---------", "Operations: name -> (type shapes) [size]", "---------"], 0
    for operation in graph.get_operations():
        outputs = operation.outputs
        size = sum(output.shape.num_elements() or 0 for output in outputs)
        shapes = ", ".join(tensor_description(output) for output in outputs if output.shape)
        lines.append(f"{operation.name} \t-> {shapes} [{size}]")
        total += size
    if print_info:
        sys.stdout.write("\n".join(lines) + "\n")
    return total


USE_GLOBAL_STEP = 0
"""The default of `create_train_op`'s step; None is another: no step."""


def create_train_op(
    total_loss: Any,
    optimizer: Any,
    global_step: Any = USE_GLOBAL_STEP,
    update_ops: Iterable[Any] | None = None,
    variables_to_train: Sequence[Any] | None = None,
    clip_gradient_norm: float = 0,
    summarize_gradients: bool = False,
    gate_gradients: int = tf1.train.Optimizer.GATE_OP,
    aggregation_method: Any = None,
    colocate_gradients_with_ops: bool = False,
    gradient_multipliers: dict[Any, Any] | None = None,
    check_numerics: bool = True,
) -> Any:
    """`slim.learning.create_train_op`: the loss as a tensor that also trains when it is evaluated.

    The ops in UPDATE_OPS, or `update_ops`, are run before.
    """

    def transformed(gradients: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
        if gradient_multipliers:
            with tf1.name_scope("multiply_grads"):
                gradients = multiply_gradients(gradients, gradient_multipliers)
        if clip_gradient_norm > 0:
            with tf1.name_scope("clip_grads"):
                gradients = clip_gradient_norms(gradients, clip_gradient_norm)
        return gradients

    return training_create_train_op(
        total_loss,
        optimizer,
        global_step,
        update_ops,
        variables_to_train,
        transformed,
        summarize_gradients,
        gate_gradients,
        aggregation_method,
        colocate_gradients_with_ops,
        check_numerics,
    )


def training_create_train_op(
    total_loss: Any,
    optimizer: Any,
    global_step: Any = USE_GLOBAL_STEP,
    update_ops: Iterable[Any] | None = None,
    variables_to_train: Sequence[Any] | None = None,
    transform_grads_fn: Callable[[Any], Any] | None = None,
    summarize_gradients: bool = False,
    gate_gradients: int = tf1.train.Optimizer.GATE_OP,
    aggregation_method: Any = None,
    colocate_gradients_with_ops: bool = False,
    check_numerics: bool = True,
) -> Any:
    """`tf.contrib.training.create_train_op`: that of slim, with a function of the gradients."""
    if global_step is USE_GLOBAL_STEP:
        global_step = tf1.train.get_or_create_global_step()
    updates = tf1.get_collection(tf1.GraphKeys.UPDATE_OPS) if update_ops is None else list(update_ops)
    if updates:
        with tf.control_dependencies(updates):
            barrier = tf.no_op(name="update_barrier")
        total_loss = _after([barrier], total_loss)
    trained = tf1.trainable_variables() if variables_to_train is None else variables_to_train
    gradients = optimizer.compute_gradients(
        total_loss,
        trained,
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
    )
    if transform_grads_fn:
        gradients = transform_grads_fn(gradients)
    if summarize_gradients:
        with tf1.name_scope("summarize_grads"):
            _summarize(gradients, "_")
    updated = optimizer.apply_gradients(gradients, global_step=global_step)
    with tf1.name_scope("train_op"):
        if check_numerics:
            total_loss = tf1.check_numerics(total_loss, "LossTensor is inf or nan")
        train_op = _after([updated], total_loss)
    tf1.add_to_collection(tf1.GraphKeys.TRAIN_OP, train_op)
    return train_op


def multiply_gradients(
    grads_and_vars: list[tuple[Any, Any]], gradient_multipliers: dict[Any, Any]
) -> list[tuple[Any, Any]]:
    """`slim.learning.multiply_gradients`: times the number for the variable, or for its name."""
    if not isinstance(grads_and_vars, list) or not isinstance(gradient_multipliers, dict) or not gradient_multipliers:
        raise ValueError("`grads_and_vars` must be a list and `gradient_multipliers` a dict that is not empty.")
    named = {getattr(key, "ref", lambda key=key: key)(): factor for key, factor in gradient_multipliers.items()}
    multiplied = []
    for gradient, variable in grads_and_vars:
        key = variable.ref() if variable.ref() in named else variable.op.name
        if key not in named:
            multiplied.append((gradient, variable))
            continue
        if gradient is None:
            raise ValueError("Requested multiple of `None` gradient.")
        factor = tf.convert_to_tensor(named[key], dtype=gradient.dtype)
        multiplied.append((_of_gradient(gradient, functools.partial(tf.multiply, factor)), variable))
    return multiplied


def _of_gradient(gradient: Any, function: Callable[[Any], Any]) -> Any:
    """A function of a gradient, or of the rows of one that has only some."""
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(function(gradient.values), gradient.indices, gradient.dense_shape)
    return function(gradient)


def clip_gradient_norms(gradients_to_variables: Iterable[tuple[Any, Any]], max_norm: Any) -> list[tuple[Any, Any]]:
    """`slim.learning.clip_gradient_norms`: each gradient by its own norm."""
    return [
        (
            None if gradient is None else _of_gradient(gradient, lambda values: tf.clip_by_norm(values, max_norm)),
            variable,
        )
        for gradient, variable in gradients_to_variables
    ]


def add_gradients_summaries(grads_and_vars: Iterable[tuple[Any, Any]]) -> list[Any]:
    """`slim.learning.add_gradients_summaries`: a histogram and the norm of each gradient."""
    return _summarize(grads_and_vars, "/")


def _summarize(grads_and_vars: Iterable[tuple[Any, Any]], separator: str) -> list[Any]:
    summaries = []
    for gradient, variable in grads_and_vars:
        if gradient is None:
            logging.getLogger("tensorflow").info("Var %s has no gradient", variable.op.name)
            continue
        values = gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
        summaries.append(tf1.summary.histogram(f"{variable.op.name}{separator}gradient", values))
        summaries.append(
            tf1.summary.scalar(f"{variable.op.name}{separator}gradient_norm", tf.linalg.global_norm([values]))
        )
    return summaries
