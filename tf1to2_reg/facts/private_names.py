"""Private names of TF 1.15.5 that are one object with a public name, which TF 2.21 has.

Source: scripts/private_names.py under TF 1.15.5. The public name replaces the private one, wherever that is in 2.21.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def public_names() -> dict[str, str]:
    """The public name of each private one."""
    lines = files("tf1to2_reg.facts").joinpath("private_public.txt").read_text(encoding="utf-8").splitlines()
    found = {}
    for line in lines:
        module, _, pairs = line.partition(": ")
        for pair in pairs.split():
            name, _, public = pair.partition("=")
            found[f"{module}.{name}"] = public
    return found


def public(symbol: str) -> str:
    """The symbol with the public name in place of the private one that it begins with, if there is one.

    >>> public("tf.python.framework.ops.Tensor.shape"), public("tf.python.framework.ops.uid")
    ('tf.Tensor.shape', 'tf.python.framework.ops.uid')
    """
    parts = symbol.split(".")
    for count in range(len(parts), 3, -1):
        known = public_names().get(".".join(parts[:count]))
        if known is not None:
            return ".".join([known, *parts[count:]])
    return symbol
