"""What can be known of an expression before the program runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Constant:
    """A value known before the program runs (None, bool, int, float, str, tuple or list of them)."""

    value: object


@dataclass(frozen=True)
class TensorFacts:
    """What is known of a graph tensor: `rank` and `dtype` ("float32") or None where unknown."""

    rank: int | None
    dtype: str | None
