"""What ops are called in a TF1 graph where a program gives them no name. Source: TF 1.15.5, scripts/op_names.py."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from tf1to2_reg.facts.layers import LAYERS

_TOTAL = "tf.losses.get_total_loss"


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    text = files("tf1to2_reg.facts").joinpath("op_names.txt").read_text(encoding="utf-8")
    return frozenset([*text.split(), *(layer.stem.lower() for layer in LAYERS.values())])


def may_be_taken(name: str, symbols: frozenset[str]) -> bool:
    """True for a name that TF1 may give by itself, in a program that calls some symbols.

    The second thing of a name gets a number, also where the names differ in the size of letters only.
    """
    if name.lower() == "total_loss":
        return _TOTAL in symbols
    return name.lower() in _words()
