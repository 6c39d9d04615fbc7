"""Names in the migrated program."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Collection, Iterable

from tf1to2_reg.facts.keras_model import RESERVED

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_PREFIX = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def camel_case(name: str) -> str:
    """The name of a class: "build_net" is "BuildNet"; a name that has capitals keeps them."""
    return "".join(word[0].upper() + word[1:] for word in _WORD.findall(name)) or "Network"


def snake_case(name: str) -> str:
    """The name of an object: "BuildNet" is "build_net"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_")


def unique(wanted: str, taken: Collection[str], suffixes: Iterable[str] = ()) -> str:
    """The name itself, or with the first suffix or number that makes it free."""
    if wanted not in taken:
        return wanted
    for suffix in suffixes:
        if wanted + suffix not in taken:
            return wanted + suffix
    number = 1
    while f"{wanted}_{number}" in taken:
        number += 1
    return f"{wanted}_{number}"


def is_reserved(name: str) -> bool:
    """True for an attribute that every Keras model has."""
    return name in RESERVED


def attribute_name(wanted: str | None, stem: str, taken: Collection[str]) -> str:
    """The attribute that holds a layer: its own name where that is possible, else TF1's name for it."""
    cleaned = re.sub(r"\W", "_", wanted) if wanted else ""
    if not cleaned.isidentifier() or keyword.iskeyword(cleaned) or cleaned.startswith("__"):
        return unique(stem, RESERVED | set(taken))
    if cleaned in RESERVED:
        cleaned = f"{stem}_{cleaned}"
    return unique(cleaned, RESERVED | set(taken))


def name_stem(node: ast.expr | None) -> str | None:
    """What a literal or computed name begins with: "fc%d" is "fc", "layer{}".format(i) is "layer"."""
    if node is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    literal = _leading_literal(node)
    match = _PREFIX.match(literal) if literal else None
    return match.group().rstrip("_0123456789") or None if match else None


def _leading_literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.BinOp):
        return _leading_literal(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _leading_literal(node.func.value)
    if isinstance(node, ast.JoinedStr) and node.values:
        return _leading_literal(node.values[0])
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def has_slash(node: ast.expr) -> bool:
    """True where a literal part of a name holds a character that Keras does not allow in names."""
    return any(
        isinstance(part, ast.Constant) and isinstance(part.value, str) and "/" in part.value for part in ast.walk(node)
    )


_TRAINING = re.compile(
    r"(?:^|_)(?:train|opt|optim|optimizer|op|ops|step|solver|trainer|minimize|update)$", re.IGNORECASE
)


def train_stem(name: str) -> str:
    """What a train op trains, as its name says it: "d" for "d_train_op"."""
    while (shorter := _TRAINING.sub("", name)) != name:
        name = shorter
    return name.strip("_")
