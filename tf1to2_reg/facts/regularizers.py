"""Regularizers: the parameters of each constructor in positional order. Source: TF 1.15.5, tf_keras 2.21."""

from __future__ import annotations

CONTRIB: dict[str, tuple[str, ...]] = {
    "l1_regularizer": ("scale", "scope"),
    "l2_regularizer": ("scale", "scope"),
    "l1_l2_regularizer": ("scale_l1", "scale_l2", "scope"),
    "sum_regularizer": ("regularizer_list", "scope"),
}
"""Those of `tf.contrib.layers` and slim."""

KERAS: dict[str, tuple[str, ...]] = {"l1_l2": ("l1", "l2"), "L1L2": ("l1", "l2")}
"""Those of `tf.keras.regularizers` with two strengths; the others take one: `l` in TF1, `l1` or `l2` since."""
