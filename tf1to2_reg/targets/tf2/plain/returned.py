"""`return tf.layers.dense(net, 1)` in a method: the layer gets a name before it is returned."""

from __future__ import annotations

import ast

from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.network.naming import unique
from tf1to2_reg.targets.tf2.plain.nested import comes_first
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit


def edits(file: File) -> list[Edit]:
    """What names the layers that methods return."""
    nodes = file.steady.scopes.nodes
    taken = {node.id for node in nodes if isinstance(node, ast.Name)}
    found: list[Edit] = []
    for owner in nodes:
        for method in owner.body if isinstance(owner, ast.ClassDef) else ():
            stmt = method.body[-1] if isinstance(method, ast.FunctionDef) else None
            if isinstance(stmt, ast.Return) and stmt.value is not None and _is_of_object(method):
                found += _named(file, stmt, stmt.value, taken)
    return found


def _is_of_object(method: ast.stmt) -> bool:
    """True for a method that reads attributes of its object."""
    return any(
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
        for node in ast.walk(method)
    )


def _named(file: File, stmt: ast.Return, value: ast.expr, taken: set[str]) -> list[Edit]:
    layers = {node: symbol for node in ast.walk(value) if isinstance(node, ast.Call) and (symbol := _layer(file, node))}
    if len(layers) != 1:
        return []
    ((layer, symbol),) = layers.items()
    if file.indent(stmt) is None or not comes_first(file, value, layer):
        return []
    name = unique(LAYERS[symbol].stem, taken)
    taken.add(name)
    return file.named_above(stmt, layer, name)


def _layer(file: File, call: ast.Call) -> str | None:
    symbol = file.steady.symbol(call.func)
    return symbol if symbol in LAYERS else None
