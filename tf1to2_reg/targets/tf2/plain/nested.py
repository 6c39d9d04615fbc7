"""`loss = tf.losses.mean_squared_error(y, tf.layers.dense(x, 1))`: the layer in a statement of its own.

A model takes whole statements; a loss, a read of a collection and a `return` stay out of it.
"""

from __future__ import annotations

import ast

from tf1to2_reg.facts.held import MADE
from tf1to2_reg.network.naming import unique
from tf1to2_reg.syntax.variables import walk
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit

_READS = frozenset({"losses", "get_collection"})
_NOT_ALWAYS = (
    ast.BoolOp, ast.Compare, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.Lambda, ast.ListComp, ast.SetComp,
)  # fmt: skip


def edits(file: File) -> list[Edit]:
    """What takes layers out of statements that do more, one for each pass."""
    for node in file.steady.scopes.nodes:
        if isinstance(node, ast.Assign | ast.Return) and (layer := _layer(file, node)) is not None:
            offsets = file.offsets
            begin = offsets.start(node)
            name = unique("output", _taken(file), ("s",))
            return [
                Edit(begin, begin, f"{name} = {offsets.of(layer)}\n{file.indent(node)}"),
                Edit(offsets.start(layer), offsets.end(layer), name),
            ]
    return []


def _taken(file: File) -> set[str]:
    nodes = file.steady.scopes.nodes
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return names | {node.arg for node in nodes if isinstance(node, ast.arg)}


def _layer(file: File, stmt: ast.Assign | ast.Return) -> ast.Call | None:
    """The one layer in a statement that does more, and that nothing comes before."""
    if stmt.value is None or not file.begins_line(stmt):
        return None
    calls = [node for node in walk(stmt.value) if isinstance(node, ast.Call)]
    layers = [node for node in calls if file.steady.symbol(node.func) in MADE]
    if len(layers) != 1 or (isinstance(stmt, ast.Assign) and layers[0] is stmt.value):
        return None
    does_more = isinstance(stmt, ast.Return) or any(_reads(file, node) for node in calls)
    return layers[0] if does_more and _is_first(file, stmt.value, layers[0]) else None


def _reads(file: File, call: ast.Call) -> bool:
    return bool(_READS.intersection((file.steady.symbol(call.func) or "").split(".")))


def _is_first(file: File, root: ast.expr, call: ast.Call) -> bool:
    """True where nothing happens in an expression before a call in it does, and the call always does."""
    while root is not call:
        if isinstance(root, _NOT_ALWAYS):
            return False
        for child in ast.iter_child_nodes(root):
            if not isinstance(child, ast.expr | ast.keyword):
                continue
            inner = child.value if isinstance(child, ast.keyword) else child
            if any(node is call for node in walk(inner)):
                root = inner
                break
            if not _only_looks(file, inner):
                return False
        else:
            return False
    return True


def _only_looks(file: File, node: ast.expr) -> bool:
    """True for names, for names of TensorFlow, and for attributes that no code of the file computes."""
    if isinstance(node, ast.Attribute) and file.steady.symbol(node) is None:
        computed = {part.name for part in file.steady.scopes.nodes if isinstance(part, ast.FunctionDef)}
        plain = node.attr not in computed and not computed & {"__getattr__", "__getattribute__"}
        return plain and _only_looks(file, node.value)
    return isinstance(node, ast.Name | ast.Constant | ast.Attribute)
