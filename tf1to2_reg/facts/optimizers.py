"""tf.train optimizers against tf.keras.optimizers. Source: TF 1.15.5 signatures, Keras 3.15.1, fifty steps measured."""

from __future__ import annotations

from typing import Any

from tf1to2_reg.facts.signature import Signature

_LAST = ("use_locking", "name")
_NO_MEANING = frozenset({*_LAST, "accum_name", "linear_name"})
_FTRL = ("learning_rate", "learning_rate_power", "initial_accumulator_value")
_STRENGTHS = ("l1_regularization_strength", "l2_regularization_strength")


def _keras(
    name: str,
    parameters: tuple[str, ...],
    positional: tuple[str, ...],
    *,
    required: tuple[str, ...] = ("learning_rate",),
    **more: Any,
) -> Signature:
    """An optimizer of Keras, where neither locking nor names have a meaning."""
    return Signature(f"keras.optimizers.{name}", parameters, positional, required=required, dropped=_NO_MEANING, **more)


def _kept(name: str, parameters: tuple[str, ...]) -> Signature:
    """An optimizer that stays what it is."""
    return Signature(f"compat.v1.train.{name}", parameters, required=("learning_rate",))


OPTIMIZERS: dict[str, Signature] = {
    "tf.train.GradientDescentOptimizer": _keras("SGD", ("learning_rate", *_LAST), ("learning_rate",)),
    "tf.train.MomentumOptimizer": _keras(
        "SGD",
        ("learning_rate", "momentum", *_LAST, "use_nesterov"),
        ("learning_rate",),
        required=("learning_rate", "momentum"),
        renames={"use_nesterov": "nesterov"},
    ),
    "tf.train.AdamOptimizer": _keras(
        "Adam",
        ("learning_rate", "beta1", "beta2", "epsilon", *_LAST),
        ("learning_rate", "beta_1", "beta_2", "epsilon"),
        required=(),
        renames={"beta1": "beta_1", "beta2": "beta_2"},
        explicit=(("epsilon", "1e-8"),),
    ),
    "tf.train.AdagradOptimizer": _keras(
        "Adagrad",
        ("learning_rate", "initial_accumulator_value", *_LAST),
        ("learning_rate", "initial_accumulator_value"),
        explicit=(("epsilon", "0.0"),),
    ),
    "tf.train.AdadeltaOptimizer": _keras(
        "Adadelta",
        ("learning_rate", "rho", "epsilon", *_LAST),
        ("learning_rate", "rho", "epsilon"),
        required=(),
        explicit=(("epsilon", "1e-8"),),
    ),
    "tf.train.FtrlOptimizer": _keras(
        "Ftrl",
        (*_FTRL, *_STRENGTHS, *_LAST, "accum_name", "linear_name", "l2_shrinkage_regularization_strength"),
        (*_FTRL, *_STRENGTHS),
    ),
}
"""Optimizers that Keras has.

Greatest relative difference of a variable after fifty steps from genuine TF 1.15.5 (tests/test_transforms_numbers.py):
SGD 0, with momentum 6e-8, with Nesterov's 1.2e-7, Adam 8e-6 (TF1 takes powers of beta in float32), Adagrad 0, Adadelta
5e-7, Ftrl 1.2e-7. Sparse gradients and, for momentum, a decaying rate are other matters: Keras differs there.
"""

KEEPS_RATE = frozenset({"tf.train.MomentumOptimizer"})
"""Optimizers that stay TF1's where the learning rate changes: the velocity of Keras holds the rate (0.6 relative after
fifty steps of a decaying rate)."""

KEEPS_ROWS = frozenset(OPTIMIZERS) - {"tf.train.GradientDescentOptimizer"}
"""Optimizers that stay TF1's where rows of a variable are trained: their gradients are sparse, and after twenty steps
Keras's Adam differs by 7e-3, Momentum by 2."""

KEPT: dict[str, Signature] = {
    "tf.train.RMSPropOptimizer": _kept(
        "RMSPropOptimizer", ("learning_rate", "decay", "momentum", "epsilon", "use_locking", "centered", "name")
    ),
}
"""Optimizers that Keras computes otherwise: the slot of RMSProp starts at one in TF1 and at zero in Keras."""
