"""What objects of `tf.layers` have, which a class that derives from a layer may call itself too.

Source: TF 1.15.5, scripts/layer_members.py.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

OVERRIDABLE = {"tf.layers.BatchNormalization": frozenset({"_moments"})}
"""Methods that the written module's layer calls at the same place and with the same values as the one of TF 1.15.5."""


@lru_cache(maxsize=1)
def members() -> frozenset[str]:
    """The names of all attributes and methods of all layers."""
    return frozenset(files("tf1to2_reg.facts").joinpath("layer_members.txt").read_text(encoding="utf-8").split())
