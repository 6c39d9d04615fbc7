"""Variables told apart by their names: which questions have the same answer for TF1's names and for Keras's.

A variable that TF1 calls "net/dense/kernel:0" is "kernel" in Keras.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.facts.held import MADE, WEIGHTS
from tf1to2_reg.program.tokens import Numbered
from tf1to2_reg.program.trace import LayerEvent, NameTest
from tf1to2_reg.program.values import constant_of
from tf1to2_reg.syntax.scopes import scopes_of

_IN_LAYERS = {"depthwise": "depthwise_kernel", "pointwise": "pointwise_kernel"}


def test_of(name: ast.expr, tree: ast.Module) -> NameTest | None:
    """The question that `v.name` is part of, None where it is something else than one for a literal."""
    parent = scopes_of(tree).parent.get(name)
    if not isinstance(parent, ast.Compare) or len(parent.ops) != 1 or parent.comparators[0] is not name:
        return None
    literal = parent.left.value if isinstance(parent.left, ast.Constant) else None
    asks = isinstance(parent.ops[0], ast.In | ast.NotIn) and isinstance(literal, str)
    return NameTest(parent, str(literal)) if asks else None


def is_indexed(node: ast.expr, tree: ast.Module) -> bool:
    """True for an expression of which one part is taken: the shape of a Keras variable is a tuple."""
    parent = scopes_of(tree).parent.get(node)
    return isinstance(parent, ast.Subscript) and parent.value is node


def differs(test: NameTest, event: LayerEvent) -> bool:
    """True where a variable of a layer is not shown to have the same answer under both of its names."""
    return any(_in_path(test.literal, path, name) is not (test.literal in name) for path, name in _variables(event))


def _variables(event: LayerEvent) -> Iterator[tuple[tuple[object, ...], str]]:
    """The scopes around each variable that an event makes, and its own name in Keras."""
    if event.symbol in WEIGHTS:
        given = event.arguments.get("name")
        constant = constant_of(given.value) if given is not None else None
        named = constant is not None and isinstance(constant.value, str) and "/" not in constant.value
        yield (event.key, "") if not named else (event.key[:-1], str(getattr(constant, "value", "")))
        return
    path = event.key if not event.symbol.startswith("tf.keras.") else (None,)  # whatever Keras calls it
    for initializer in MADE[event.symbol].initializers:
        weight = initializer.removesuffix("_initializer")
        if not weight.startswith("moving_"):
            yield path, _IN_LAYERS.get(weight, weight)


def _in_path(literal: str, path: tuple[object, ...], name: str) -> bool | None:
    """Whether TF1's name holds a literal, None where that is not known."""
    if literal in name:
        return True
    if not all(isinstance(token, str | Numbered) for token in path):
        return None
    texts = [token if isinstance(token, str) else token.prefix for token in path if isinstance(token, str | Numbered)]
    if any(isinstance(token, Numbered) for token in path) and any(part.isdigit() or part == "_" for part in literal):
        return None
    return literal in "/".join([*texts, name]) + ":0"
