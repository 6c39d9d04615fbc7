"""tf.train optimizers against tf.keras.optimizers. Source: TF 1.15.5 signatures, Keras 3.15.1, fifty steps measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class OptimizerFacts:
    """One TF1 optimizer.

    `parameters` are TF1's and `positional` Keras's, in positional order; `renames` maps the one to the other.
    `dropped` have no meaning in Keras. `explicit` are (parameter, value) to write out where the user gave none,
    because Keras has another default. `required` have no default in TF1.
    """

    keras: str
    parameters: tuple[str, ...]
    positional: tuple[str, ...]
    required: tuple[str, ...] = ("learning_rate",)
    renames: Mapping[str, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset({"use_locking", "name"})
    explicit: tuple[tuple[str, str], ...] = ()


_LAST = ("use_locking", "name")
_FTRL = ("learning_rate", "learning_rate_power", "initial_accumulator_value")
_STRENGTHS = ("l1_regularization_strength", "l2_regularization_strength")

OPTIMIZERS: dict[str, OptimizerFacts] = {
    "tf.train.GradientDescentOptimizer": OptimizerFacts("SGD", ("learning_rate", *_LAST), ("learning_rate",)),
    "tf.train.MomentumOptimizer": OptimizerFacts(
        "SGD",
        ("learning_rate", "momentum", *_LAST, "use_nesterov"),
        ("learning_rate",),
        required=("learning_rate", "momentum"),
        renames={"use_nesterov": "nesterov"},
    ),
    "tf.train.AdamOptimizer": OptimizerFacts(
        "Adam",
        ("learning_rate", "beta1", "beta2", "epsilon", *_LAST),
        ("learning_rate", "beta_1", "beta_2", "epsilon"),
        required=(),
        renames={"beta1": "beta_1", "beta2": "beta_2"},
        explicit=(("epsilon", "1e-8"),),
    ),
    "tf.train.AdagradOptimizer": OptimizerFacts(
        "Adagrad",
        ("learning_rate", "initial_accumulator_value", *_LAST),
        ("learning_rate", "initial_accumulator_value"),
        explicit=(("epsilon", "0.0"),),
    ),
    "tf.train.AdadeltaOptimizer": OptimizerFacts(
        "Adadelta",
        ("learning_rate", "rho", "epsilon", *_LAST),
        ("learning_rate", "rho", "epsilon"),
        required=(),
        explicit=(("epsilon", "1e-8"),),
    ),
    "tf.train.FtrlOptimizer": OptimizerFacts(
        "Ftrl",
        (*_FTRL, *_STRENGTHS, *_LAST, "accum_name", "linear_name", "l2_shrinkage_regularization_strength"),
        (*_FTRL, *_STRENGTHS),
        dropped=frozenset({*_LAST, "accum_name", "linear_name"}),
    ),
}
"""Optimizers that Keras has.

Greatest relative difference of a variable after fifty steps from genuine TF 1.15.5 (tests/test_transforms_numbers.py):
SGD 0, with momentum 6e-8, with Nesterov's 1.2e-7, Adam 8e-6 (TF1 takes powers of beta in float32), Adagrad 0, Adadelta
5e-7, Ftrl 1.2e-7. Sparse gradients and, for momentum, a decaying rate are other matters: Keras differs there.
"""

KEPT: dict[str, OptimizerFacts] = {
    "tf.train.RMSPropOptimizer": OptimizerFacts(
        "RMSPropOptimizer",
        ("learning_rate", "decay", "momentum", "epsilon", *_LAST[:1], "centered", "name"),
        (),
    ),
}
"""Optimizers that Keras computes otherwise: the slot of RMSProp starts at one in TF1 and at zero in Keras."""
