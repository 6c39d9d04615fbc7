"""`tf.contrib.layers.optimize_loss`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import tensorflow as tf

tf1 = tf.compat.v1


OPTIMIZERS: dict[str, Callable[..., Any]] = {
    "Adagrad": tf1.train.AdagradOptimizer,
    "Adam": tf1.train.AdamOptimizer,
    "Ftrl": tf1.train.FtrlOptimizer,
    "Momentum": lambda learning_rate: tf1.train.MomentumOptimizer(learning_rate, momentum=0.9),
    "RMSProp": tf1.train.RMSPropOptimizer,
    "SGD": tf1.train.GradientDescentOptimizer,
}


OPTIMIZER_SUMMARIES = ("learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm")


def optimize_loss(
    loss: Any,
    global_step: Any,
    learning_rate: Any,
    optimizer: Any,
    gradient_noise_scale: float | None = None,
    gradient_multipliers: dict[Any, Any] | None = None,
    clip_gradients: Any = None,
    learning_rate_decay_fn: Callable[[Any, Any], Any] | None = None,
    update_ops: Iterable[Any] | None = None,
    variables: Sequence[Any] | None = None,
    name: str | None = None,
    summaries: Sequence[str] | None = None,
    colocate_gradients_with_ops: bool = False,
    increment_global_step: bool = True,
) -> Any:
    """`tf.contrib.layers.optimize_loss`: a tensor of the loss that updates the variables when it is evaluated."""
    loss = tf.convert_to_tensor(loss)
    tf1.assert_scalar(loss)
    if global_step is None:
        global_step = tf1.train.get_global_step()
    else:
        tf1.train.assert_global_step(global_step)
    with tf1.variable_scope(name, "OptimizeLoss", [loss, global_step]):
        if update_ops is None:
            update_ops = tf1.get_collection(tf1.GraphKeys.UPDATE_OPS)
        loss = _after(list(dict.fromkeys(update_ops)), loss)
        rate = _learning_rate(learning_rate)
        shown = _summaries(summaries)
        if learning_rate is not None and learning_rate_decay_fn is not None:
            if global_step is None:
                raise ValueError("global_step is required for learning_rate_decay_fn.")
            rate = learning_rate_decay_fn(rate, global_step)
            if "learning_rate" in shown:
                tf1.summary.scalar("learning_rate", rate)
        made = _optimizer(optimizer, rate)
        variables = tf1.trainable_variables() if variables is None else variables
        gradients = made.compute_gradients(loss, variables, colocate_gradients_with_ops=colocate_gradients_with_ops)
        gradients = _changed(gradients, gradient_noise_scale, gradient_multipliers or {})
        _show_norm("gradient_norm", gradients, shown)
        gradients = _clipped(gradients, clip_gradients)
        _show(loss, gradients, shown)
        if clip_gradients is not None:
            _show_norm("clipped_gradient_norm", gradients, shown)
        step = global_step if increment_global_step else None
        return _after([made.apply_gradients(gradients, global_step=step, name="train")], loss)


def _summaries(given: Sequence[str] | None) -> Sequence[str]:
    """What is shown, of what can be."""
    unknown = [summary for summary in given or () if summary not in OPTIMIZER_SUMMARIES]
    if unknown:
        raise ValueError(f"Summaries should be one of {OPTIMIZER_SUMMARIES}, you provided {unknown[0]}.")
    return ["loss", "learning_rate", "global_gradient_norm"] if given is None else given


def _show(loss: Any, gradients: list[tuple[Any, Any]], shown: Sequence[str]) -> None:
    """Summaries of the loss and of each gradient."""
    if "loss" in shown:
        tf1.summary.scalar("loss", loss)
    for gradient, variable in gradients:
        values = gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
        label = variable.name.replace(":", "_")
        if values is not None and "gradients" in shown:
            tf1.summary.histogram(f"gradients/{label}", values)
        if values is not None and "gradient_norm" in shown:
            tf1.summary.scalar(f"gradient_norm/{label}", tf.linalg.global_norm([values]))


def _show_norm(label: str, gradients: list[tuple[Any, Any]], shown: Sequence[str]) -> None:
    """A summary of the norm of all gradients."""
    if "global_gradient_norm" in shown or "gradient_norm" in shown:
        tf1.summary.scalar(f"global_norm/{label}", tf.linalg.global_norm([gradient for gradient, _ in gradients]))


def _after(operations: Sequence[Any], value: Any) -> Any:
    """A tensor that is evaluated after some operations."""
    if not operations:
        return value
    with tf1.colocate_with(value), tf.control_dependencies(operations):
        return tf.identity(value, name="control_dependency")


def _learning_rate(given: Any) -> Any:
    """A tensor or a variable of the scope."""
    if given is None or (tf.is_tensor(given) and not isinstance(given, tf.Variable) and given.shape.rank == 0):
        return given
    if not isinstance(given, float):
        raise ValueError(f"Learning rate should be 0d Tensor or float. Got {given} of type {type(given)}")
    if given < 0.0:
        raise ValueError(f"Invalid learning_rate {given}.")
    return tf1.get_variable("learning_rate", [], trainable=False, initializer=tf1.constant_initializer(given))


def _optimizer(given: Any, rate: Any) -> Any:
    """An optimizer for a name, a class, a function or an optimizer."""
    if isinstance(given, tf1.train.Optimizer):
        return given
    if isinstance(given, str) and given not in OPTIMIZERS:
        raise ValueError(f"Optimizer name should be one of {', '.join(OPTIMIZERS)}, you provided {given}.")
    if isinstance(given, (str, type)) and rate is None:
        raise ValueError(f"Learning rate is None, but should be specified if optimizer is {given}.")
    if isinstance(given, str):
        return OPTIMIZERS[given](learning_rate=rate)
    if isinstance(given, type) and issubclass(given, tf1.train.Optimizer):
        return given(learning_rate=rate)
    made = (given() if rate is None else given(rate)) if callable(given) else None
    if not isinstance(made, tf1.train.Optimizer):
        raise ValueError(f"Unrecognized optimizer: {given}")
    return made


def _changed(
    gradients: list[tuple[Any, Any]], noise: float | None, multipliers: dict[Any, Any]
) -> list[tuple[Any, Any]]:
    """The gradients with noise around zero, and times the numbers for their variables."""
    if noise is not None:
        gradients = [(_noisy(gradient, noise), variable) for gradient, variable in gradients]
    return [(_multiplied(gradient, variable, multipliers), variable) for gradient, variable in gradients]


def _noisy(gradient: Any, scale: float) -> Any:
    """A gradient with noise around zero."""
    if gradient is None:
        return None
    sparse = isinstance(gradient, tf.IndexedSlices)
    return gradient + tf1.truncated_normal(gradient.dense_shape if sparse else gradient.shape) * scale


def _multiplied(gradient: Any, variable: Any, multipliers: dict[Any, Any]) -> Any:
    """A gradient times the number for its variable or for the variable's name."""
    keys = [key for key in multipliers if key is variable or (isinstance(key, str) and key == variable.name)]
    if gradient is None or not keys:
        return gradient
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(gradient.values * multipliers[keys[0]], gradient.indices, gradient.dense_shape)
    return gradient * tf.cast(multipliers[keys[0]], gradient.dtype)


def _clipped(gradients: list[tuple[Any, Any]], limit: Any) -> list[tuple[Any, Any]]:
    """The gradients clipped by their global norm, or by a function."""
    if isinstance(limit, float):
        values, variables = zip(*gradients, strict=True)
        return list(zip(tf.clip_by_global_norm(values, limit)[0], variables, strict=True))
    if limit is not None and not callable(limit):
        raise ValueError(f"Unknown type {type(limit)} for clip_gradients")
    clipped: list[tuple[Any, Any]] = limit(gradients) if limit else gradients
    return clipped
