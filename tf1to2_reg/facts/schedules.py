"""tf.train decays against tf.keras.optimizers.schedules. Source: TF 1.15.5 signatures, Keras 3.15.1, measured.

Every decay was computed at 28 steps from 0 to 1,000,000 by TF 1.15.5 and inside a `tf.function`: the same digits, but
for `cosine_decay_restarts` with other than the default factors (1.1e-7, one unit in the last place). Called outside of
a `tf.function` Keras rounds otherwise (up to 6e-6 where little is left of the rate).
"""

from __future__ import annotations

from typing import Any

from tf1to2_reg.facts.signature import Signature

_RATE = {"learning_rate": "initial_learning_rate"}


def _decay(keras: str, required: str, optional: str, **more: Any) -> Signature:
    """A decay of a learning rate by the global step, which a schedule of Keras is called with."""
    own, last = tuple(required.split()), tuple(optional.split())
    return Signature(
        f"keras.optimizers.schedules.{keras}",
        ("learning_rate", "global_step", *own, *last, "name"),
        ("initial_learning_rate", *own, *last),
        renames=_RATE,
        required=("learning_rate", "global_step", *own),
        dropped=frozenset({"global_step", "name"}),
        **more,
    )


_PIECEWISE = Signature(
    "keras.optimizers.schedules.PiecewiseConstantDecay",
    ("x", "boundaries", "values", "name"),
    ("boundaries", "values"),
    required=("x", "boundaries", "values"),
    dropped=frozenset({"x", "name"}),
)

SCHEDULES: dict[str, Signature] = {
    "tf.train.cosine_decay": _decay("CosineDecay", "decay_steps", "alpha"),
    "tf.train.cosine_decay_restarts": _decay("CosineDecayRestarts", "first_decay_steps", "t_mul m_mul alpha"),
    "tf.train.exponential_decay": _decay("ExponentialDecay", "decay_steps decay_rate", "staircase"),
    "tf.train.inverse_time_decay": _decay("InverseTimeDecay", "decay_steps decay_rate", "staircase"),
    "tf.train.natural_exp_decay": _decay("ExponentialDecay", "decay_steps decay_rate", "staircase"),
    "tf.train.piecewise_constant": _PIECEWISE,
    "tf.train.piecewise_constant_decay": _PIECEWISE,
    "tf.train.polynomial_decay": _decay("PolynomialDecay", "decay_steps", "end_learning_rate power cycle"),
}
"""Decays that Keras has. That of `natural_exp_decay` takes the exponential of its rate, as TF1 does inside."""


def step_parameter(symbol: str) -> str:
    """The parameter of a decay that takes the step."""
    return SCHEDULES[symbol].parameters[0] if SCHEDULES[symbol] is _PIECEWISE else "global_step"
