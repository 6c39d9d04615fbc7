"""tf.train decays against tf.keras.optimizers.schedules. Source: TF 1.15.5 signatures, Keras 3.15.1, measured.

A schedule is exact where the step that TF1 decays by is the one that `minimize` counts, and where the optimizer does
not keep the learning rate in its state: fifty steps agree to 3e-5 (Adam; others 1e-6), but
not with Momentum, whose velocity holds the rate in Keras.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ScheduleFacts:
    """One decay: TF1's `parameters` and Keras's `positional` ones in positional order; `step` is what TF1 decays by."""

    keras: str
    parameters: tuple[str, ...]
    positional: tuple[str, ...]
    required: tuple[str, ...]
    step: str = "global_step"
    renames: Mapping[str, str] = field(default_factory=lambda: {"learning_rate": "initial_learning_rate"})


def _decay(keras: str, required: str, optional: str) -> ScheduleFacts:
    """A decay of a learning rate by the global step."""
    own, last = tuple(required.split()), tuple(optional.split())
    return ScheduleFacts(
        keras,
        ("learning_rate", "global_step", *own, *last, "name"),
        ("initial_learning_rate", *own, *last),
        ("learning_rate", "global_step", *own),
    )


_PIECEWISE = ScheduleFacts(
    "PiecewiseConstantDecay",
    ("x", "boundaries", "values", "name"),
    ("boundaries", "values"),
    ("x", "boundaries", "values"),
    step="x",
    renames={},
)

SCHEDULES: dict[str, ScheduleFacts] = {
    "tf.train.cosine_decay": _decay("CosineDecay", "decay_steps", "alpha"),
    "tf.train.cosine_decay_restarts": _decay("CosineDecayRestarts", "first_decay_steps", "t_mul m_mul alpha"),
    "tf.train.exponential_decay": _decay("ExponentialDecay", "decay_steps decay_rate", "staircase"),
    "tf.train.inverse_time_decay": _decay("InverseTimeDecay", "decay_steps decay_rate", "staircase"),
    "tf.train.piecewise_constant": _PIECEWISE,
    "tf.train.piecewise_constant_decay": _PIECEWISE,
    "tf.train.polynomial_decay": _decay("PolynomialDecay", "decay_steps", "end_learning_rate power cycle"),
}
"""Decays that Keras has."""

KEEPS_RATE = frozenset({"tf.train.MomentumOptimizer"})
"""Optimizers whose Keras form differs as soon as the learning rate changes: 0.6 relative after fifty steps."""
