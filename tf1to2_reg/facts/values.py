"""Strings that TF1's layers take for an activation, an initializer or a regularizer, and what Keras 3 makes of them.

Source: TF 1.15.5 and Keras 3.15.1, measured on the same inputs.
"""

from __future__ import annotations

ACTIVATIONS = frozenset(
    {"elu", "exponential", "linear", "relu", "selu", "sigmoid", "softmax", "softplus", "softsign", "tanh"}
)
"""Activations of the same name and value in both. `hard_sigmoid` has another slope in Keras 3."""

INITIALIZERS = frozenset(
    {
        "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "identity", "lecun_normal", "lecun_uniform",
        "ones", "orthogonal", "random_normal", "random_uniform", "truncated_normal", "zeros",
    }
)  # fmt: skip
"""Initializers of the same name and distribution in both."""

REGULARIZERS: dict[str, str | None] = {"l1": None, "l2": None, "l1_l2": "keras.regularizers.L1L2(0.01, 0.01)"}
"""Regularizers: None where Keras 3 takes the same string, else what to write for it after the module's name."""
