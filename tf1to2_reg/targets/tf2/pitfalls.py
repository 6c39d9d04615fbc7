"""What a program does that its author probably did not mean, found whether it is migrated or not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.diagnostics.reasons import Reason
from tf1to2_reg.program.trace import Facts, ReadEvent
from tf1to2_reg.program.units import Group
from tf1to2_reg.program.values import Symbol

_MESSAGE = "the penalty of this Keras layer is not in the collection that the program reads"


def keras_penalties(group: Group, facts: Facts) -> Iterator[Reason]:
    """Keras layers with a regularizer in a program that reads its penalties from the graph's collection."""
    if not any(trace.has(ReadEvent) for trace in group.traces):
        return
    for module in group.modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and _is_regularized_keras_layer(node, facts):
                yield Reason("TFR304", _MESSAGE, module.path, node)


def _is_regularized_keras_layer(node: ast.Call, facts: Facts) -> bool:
    symbol = facts.value(node.func)
    if not isinstance(symbol, Symbol) or not symbol.name.startswith("tf.keras.layers."):
        return False
    return any(
        (keyword.arg or "").endswith("_regularizer") and not _is_none(keyword.value) for keyword in node.keywords
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
