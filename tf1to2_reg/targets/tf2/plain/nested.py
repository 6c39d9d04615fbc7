"""`loss = tf.losses.mean_squared_error(y, tf.layers.dense(x, 1))`: the layer in a statement of its own.

A model takes whole statements; a loss, and a read of the penalties, stay out of it.
"""

from __future__ import annotations

import ast

from tf1to2_reg.facts.held import MADE
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit

_WANTED = ("output", "outputs", "network_output")


def edits(file: File) -> list[Edit]:
    """What takes layers out of the statements of losses, one for each pass."""
    taken = {node.id for node in file.steady.scopes.nodes if isinstance(node, ast.Name)}
    taken |= {node.attr for node in file.steady.scopes.nodes if isinstance(node, ast.Attribute)}
    taken |= {node.arg for node in file.steady.scopes.nodes if isinstance(node, ast.arg)}
    name = next((name for name in _WANTED if name not in taken), None)
    if name is None:
        return []
    for node in file.steady.scopes.of(ast.Assign):
        if file.indent(node) is not None and (layer := _layer(file, node)) is not None:
            return file.named_above(node, layer, name)
    return []


def _layer(file: File, stmt: ast.Assign) -> ast.Call | None:
    """The one layer in a statement of a loss that nothing comes before."""
    calls = [node for node in ast.walk(stmt.value) if isinstance(node, ast.Call)]
    layers = [node for node in calls if file.steady.symbol(node.func) in MADE]
    if len(layers) != 1 or layers[0] is stmt.value or not any(_is_loss(file, node) for node in calls):
        return None
    return layers[0] if comes_first(file, stmt.value, layers[0]) else None


def _is_loss(file: File, call: ast.Call) -> bool:
    return (file.steady.symbol(call.func) or "").startswith("tf.losses.")


def comes_first(file: File, root: ast.expr, layer: ast.Call) -> bool:
    """True where only names and attributes are evaluated before, and in every case."""
    node: ast.AST = layer
    while node is not root:
        parent = file.steady.scopes.parent[node]
        if not isinstance(parent, ast.Call | ast.BinOp | ast.keyword | ast.UnaryOp):
            return False
        for sibling in ast.iter_child_nodes(parent):
            if sibling is node:
                break
            if any(isinstance(part, ast.Call | ast.Await | ast.NamedExpr) for part in ast.walk(sibling)):
                return False
        node = parent
    return True
