"""Initializers of TF1 and contrib → `tf.keras.initializers`."""

from __future__ import annotations

from tf1to2_reg.rewriting import Rule

RULES: dict[str, Rule] = {}
"""Every initializer that is known."""
