"""Names that stand for what a model holds: `layer = tf.layers.Dense(8)`, `w = tf.get_variable("w", [4, 8])`.

Where a name is bound once, its uses become uses of the attribute.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterable

from tf1to2_reg.facts.held import HELD
from tf1to2_reg.program.callees import layer_symbol
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.objects import LayerObject
from tf1to2_reg.program.values import Variable
from tf1to2_reg.syntax.variables import variable, walk

_NAMES = (ast.Name, ast.Attribute)


def is_held(symbol: str | None) -> bool:
    """True for what stands in an expression as an object, where a functional layer is called."""
    return symbol in HELD


def held_names(
    stmts: Iterable[ast.stmt], roots: Iterable[ast.AST], evaluations: Evaluations, receiver: str | None
) -> dict[ast.Call, str]:
    """The name that each layer object or variable is bound to, where nothing below the roots binds it again."""
    found = {
        stmt.value: name
        for stmt in stmts
        if isinstance(stmt, ast.Assign) and len(stmt.targets) == 1 and isinstance(stmt.value, ast.Call)
        if is_held(layer_symbol(stmt.value, evaluations))
        if (name := variable(stmt.targets[0], receiver)) is not None
    }
    bound = bindings(roots)
    return {call: name for call, name in found.items() if bound[name] == 1}


def bindings(roots: Iterable[ast.AST]) -> Counter[str]:
    """How often each name is bound, in nested functions, comprehensions and parameters too."""
    bound: Counter[str] = Counter()
    for node in {node for root in roots for node in ast.walk(root)}:
        if isinstance(node, ast.arg):
            bound[node.arg] += 1
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound[node.name] += 1
        elif isinstance(node, ast.alias):
            bound[node.asname or node.name.split(".")[0]] += 1
        elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            bound[f"self.{node.attr}"] += 1  # of whatever object: it may be the driver's
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound[node.id] += 1
    return bound


def is_object_call(node: ast.Call, evaluations: Evaluations) -> bool:
    """True for `layer(x)` and `layer.apply(x)` of a layer object."""
    target = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return evaluations.ever(target, LayerObject)


def computes(root: ast.AST, weights: Collection[str], evaluations: Evaluations, receiver: str | None) -> bool:
    """True where one of the `weights` meets other tensors; a number made of them alone is a penalty."""

    def is_weight(node: ast.AST) -> bool:
        return variable(node, receiver) in weights and evaluations.always(node, Variable)

    def is_penalty(node: ast.AST) -> bool:
        tensor = evaluations.tensor(node)
        tensors = [part for part in walk(node) if isinstance(part, _NAMES) and part in evaluations.graph]
        return isinstance(node, ast.Call) and tensor is not None and tensor.rank == 0 and all(map(is_weight, tensors))

    inside = {part for node in walk(root) if is_penalty(node) for part in ast.walk(node)}
    return any(is_weight(node) and node not in inside for node in walk(root))
