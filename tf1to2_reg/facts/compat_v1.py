"""Which names of TensorFlow 1 the `tensorflow.compat.v1` of TF 2.21 has. Source: scripts/compat_v1_names.py."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True)
class Looked:
    """A dotted name looked up from the left: `found` is the longest module or public name, `missing` what it lacks.

    What follows a public name ("shape" in "tf.Tensor.shape") is an attribute of an object and is in neither.
    """

    found: str
    missing: str = ""
    is_module: bool = False


@lru_cache(maxsize=1)
def modules() -> dict[str, frozenset[str]]:
    """The names of every module: {"tf": {"nn", "Session", ...}, "tf.nn": {...}}."""
    lines = _text("compat_v1.txt").splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name: frozenset(names.split()) for name, _, names in pairs}


@lru_cache(maxsize=1)
def lost() -> frozenset[str]:
    """Public names of TF 1.15.5 that TF 2.21 does not have, `tf.contrib` counted once."""
    return frozenset(_text("lost_names.txt").split())


@lru_cache(maxsize=8192)
def look_up(name: str) -> Looked:
    """How much of a name TF 2.21 has.

    >>> look_up("tf.nn.relu.__name__"), look_up("tf.nn.rnn_cell.GRUCell").missing
    (Looked(found='tf.nn.relu', missing='', is_module=False), 'tf.nn.rnn_cell.GRUCell')
    """
    first, *parts = name.split(".")
    current = first
    for part in parts:
        if part not in modules()[current]:
            return Looked(current, f"{current}.{part}", is_module=True)
        owner, current = current, f"{current}.{part}"
        if current in lost():  # a name that is listed and cannot be had
            return Looked(owner, current, is_module=True)
        if current not in modules():
            return _attribute(current, name)
    return Looked(current, is_module=True)


def _attribute(public: str, name: str) -> Looked:
    """A public name and what follows it, which is lost if the name is that of a module that holds nothing any more."""
    parts = name.split(".")
    known = public.count(".") + 1
    gone = next((p for n in range(known + 1, len(parts) + 1) if (p := ".".join(parts[:n])) in lost()), "")
    return Looked(public, gone, is_module=bool(gone))


def _text(name: str) -> str:
    return files("tf1to2_reg.facts").joinpath(name).read_text(encoding="utf-8")
