"""What a program does around its layers that Keras 3 layers in a graph cannot follow."""

from __future__ import annotations

import ast

from tf1to2_reg.syntax.modules import Project
from tf1to2_reg.targets.graph.symbols import imported_symbol
from tf1to2_reg.targets.graph.work import Work

_OLD_LIBRARIES = {
    "edward": "edward builds TF1 graphs with tf.contrib",
    "keras": "keras is Keras 3 beside TF 2.21, which behaves otherwise in a graph",
    "prettytensor": "prettytensor builds TF1 graphs with tf.contrib",
    "sonnet": "sonnet is another library for TensorFlow 2",
    "tensor2tensor": "tensor2tensor builds TF1 graphs with tf.contrib",
    "tensorlayer": "tensorlayer builds TF1 graphs with tf.contrib",
    "tensorpack": "tensorpack builds TF1 graphs with tf.contrib",
    "tflearn": "tflearn builds TF1 graphs with tf.contrib",
}
_PARTITIONED = frozenset({"tf.variable_scope", "tf.get_variable", "tf.variable_op_scope"})


def check(work: Work, project: Project) -> None:
    """Refuse partitioned variables and libraries that need TensorFlow 1."""
    for occurrence in work.occurrences:
        if occurrence.call is not None and occurrence.symbol in _PARTITIONED:
            _partitioner(work, occurrence.call)
    for node in work.scopes.any_of(ast.Attribute, ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Attribute) and node.attr == "set_partitioner" and not _takes_none(work, node):
            work.refuse("TFR407", node, "partitioned variables have no Keras 3 layers", "Take the partitioner out.")
        for dotted in _imported(node):
            reason = _OLD_LIBRARIES.get(dotted.partition(".")[0])
            if reason is not None and project.find(work.module, dotted) is None:
                work.refuse("TFR408", node, reason, "Write that part with `tf.layers`, which migrates.")


def _takes_none(work: Work, function: ast.Attribute) -> bool:
    """Whether a function is called with None alone: there are no partitions then."""
    match work.scopes.parent[function]:
        case ast.Call(args=[ast.Constant(value=None)], keywords=[]):
            return True
    return False


def _partitioner(work: Work, call: ast.Call) -> None:
    for keyword in call.keywords:
        is_none = isinstance(keyword.value, ast.Constant) and keyword.value.value is None
        if keyword.arg == "partitioner" and not is_none:
            message = "partitioned variables have no Keras 3 layers"
            work.refuse("TFR407", keyword.value, message, "Take the partitioner out.")


def _imported(node: ast.AST) -> list[str]:
    """The modules that an import takes whole, or takes names of that are no symbols."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if not (alias.asname and imported_symbol(alias.name))]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        return [] if imported_symbol(node.module) or all(map(imported_symbol, names)) else [node.module]
    return []
