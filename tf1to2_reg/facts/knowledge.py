"""What can be known of an expression before the program runs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True)
class Constant:
    """A value known before the program runs (None, bool, int, float, str, tuple or list of them)."""

    value: object


@dataclass(frozen=True)
class TensorFacts:
    """What is known of a graph tensor: `rank` and `dtype` ("float32") or None where unknown."""

    rank: int | None
    dtype: str | None


class Kind(Enum):
    """What an argument can be. `OTHER` are known Python values such as lists; of `UNKNOWN` nothing is known."""

    NONE = auto()
    NUMBER = auto()
    STRING = auto()
    CALLABLE = auto()
    REGULARIZER = auto()
    INITIALIZER = auto()
    GRAPH = auto()
    OTHER = auto()
    UNKNOWN = auto()
