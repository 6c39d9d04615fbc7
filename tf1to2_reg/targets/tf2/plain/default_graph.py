"""`tf.get_default_graph().get_collection(key)` as `tf.get_collection(key)`, which is defined as just that."""

from __future__ import annotations

import ast

from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit

_SAME = frozenset({"get_collection"})


def edits(file: File) -> list[Edit]:
    """What asks TensorFlow for a collection of the default graph in place of the graph."""
    return [edit for call in file.steady.scopes.of(ast.Call) if (edit := _asked(file, call)) is not None]


def _asked(file: File, call: ast.Call) -> Edit | None:
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in _SAME or not isinstance(func.value, ast.Call):
        return None
    graph = func.value
    plain = isinstance(graph.func, ast.Attribute) and not graph.args and not graph.keywords
    if not plain or file.steady.symbol(graph.func) != "tf.get_default_graph" or file.is_in_text(call):
        return None
    if any(keyword.arg in ("name", None) for keyword in call.keywords):
        return None
    root = file.offsets.of(graph.func).removesuffix("get_default_graph")
    return Edit(file.offsets.start(func), file.offsets.end(func), f"{root}{func.attr}")
