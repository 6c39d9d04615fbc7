"""Reads of the penalties: the plain ones become `graph_model().losses`; all others are right as they are."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.facts.lost import plain
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.targets.graph.arguments import has_comment
from tf1to2_reg.targets.graph.rules.layers import regularizer_arguments
from tf1to2_reg.targets.graph.symbols import Defined
from tf1to2_reg.targets.graph.values import Value
from tf1to2_reg.targets.graph.work import Occurrence, Work

COLLECTION = "tf.GraphKeys.REGULARIZATION_LOSSES"
READS = frozenset(
    {
        "tf.get_collection", "tf.get_collection_ref", "tf.losses.get_regularization_loss",
        "tf.losses.get_regularization_losses", "tf.losses.get_total_loss",
    }
)  # fmt: skip

_KERAS = frozenset({f"tf.keras.regularizers.{name}" for name in ("l1", "l2", "L1", "L2")})
"""Regularizers that always give a penalty, be it 0.0."""
_SAME_GRAPH = frozenset(
    {"tf.variable_scope", "tf.name_scope", "tf.control_dependencies", "tf.device", "tf.variable_creator_scope"}
)


def rewrite(work: Work, occurrence: Occurrence) -> None:
    """Edit one read where it takes all penalties of the graph."""
    call = occurrence.call
    if call is None or has_comment(work, work.positions.span(call)):
        return
    match occurrence.symbol:
        case "tf.losses.get_regularization_losses" if not call.args and not call.keywords:
            work.replace(call, f"{work.piece('graph_model')}().losses")
        case "tf.get_collection" if is_penalty_collection(work, call):
            work.replace(call, f"{work.piece('graph_model')}().losses")
        case "tf.losses.get_regularization_loss" if not call.args and not call.keywords:
            _sum(work, occurrence, call)


def is_penalty_collection(work: Work, call: ast.Call) -> bool:
    """Whether a call reads the collection of penalties without a filter."""
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "key")]
    return len(given) == 1 == len(call.args) + len(call.keywords) and is_penalty_key(work, given[0])


def is_penalty_key(work: Work, key: ast.expr) -> bool:
    """Whether an expression is the key of the collection of penalties."""
    if isinstance(key, ast.Constant):
        return key.value == "regularization_losses"
    return work.symbols.symbol(work.module, key) == COLLECTION


def _sum(work: Work, occurrence: Occurrence, call: ast.Call) -> None:
    root = work.root(occurrence)
    if root is None or work.symbols.calls.names_ops:  # it has a name of its own, a plain sum has one with a number
        return
    losses = f"{work.piece('graph_model')}().losses"
    if not _is_never_empty(work, call):
        losses += f" or [{root}.constant(0.0)]"
    work.replace(call, f"{root}.add_n({losses})")


def _is_never_empty(work: Work, call: ast.Call) -> bool:
    """Whether a layer with a penalty is always built before, in the same graph, as far as the same block shows."""
    node: ast.AST = call
    while (parent := work.scopes.parent.get(node)) is not None:
        if isinstance(node, ast.stmt):
            block = _block_of(parent, node)
            before = block[: block.index(node)] if block else []
            if any(_builds(work, statement, frozenset()) for statement in before):
                return True
            if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
                return False
            if isinstance(parent, ast.With) and not _keeps_graph(work, parent):
                return False
        node = parent
    return False


def _block_of(parent: ast.AST, node: ast.stmt) -> Sequence[ast.stmt]:
    return next((block.statements for block in blocks(parent) if node in block.statements), [])


def _builds(work: Work, statement: ast.stmt, callers: frozenset[ast.AST]) -> bool:
    """Whether a statement, when it runs, makes a new variable that has a penalty, by itself or in what it calls."""
    if isinstance(statement, ast.With):
        return _keeps_graph(work, statement) and any(_builds(work, inner, callers) for inner in statement.body)
    if not isinstance(statement, ast.Assign | ast.Expr | ast.AnnAssign | ast.Return):
        return False
    for node in ast.walk(statement):
        if isinstance(node, ast.Lambda | ast.IfExp | ast.BoolOp | ast.ListComp | ast.DictComp | ast.GeneratorExp):
            return False
        symbol = work.symbols.symbol(work.module, node.func) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and symbol and plain(symbol) in LAYERS and _has_penalty(work, symbol, node):
            return True
        if isinstance(node, ast.Call) and _is_built_by(work, node, callers):
            return True
    return False


def _is_built_by(work: Work, call: ast.Call, callers: frozenset[ast.AST]) -> bool:
    """Whether the called function of the program always makes such a variable."""
    called = work.symbols.meaning(work.module, call.func)
    if not isinstance(called, Defined) or not isinstance(called.node, ast.FunctionDef) or called.node in callers:
        return False
    if called.node.decorator_list or any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(called.node)):
        return False
    inside = Work(called.module, work.symbols, work.values)
    for statement in called.node.body:
        if _builds(inside, statement, callers | {called.node}):
            return True
        if any(isinstance(node, ast.Return) for node in ast.walk(statement)):
            return False
    return False


def _has_penalty(work: Work, symbol: str, call: ast.Call) -> bool:
    if any(keyword.arg in {"reuse", None} for keyword in call.keywords):
        return False
    kernels = ("kernel_regularizer", "depthwise_regularizer", "pointwise_regularizer")
    given = [keyword.value for keyword in call.keywords if keyword.arg in kernels]
    called = Occurrence(ast.Name("", ast.Load()), symbol, plain(symbol), versioned=False, call=call)
    found = [value for value in regularizer_arguments(work, called) if value in given]
    return any(_is_positive(work, value) for value in found)


def _is_positive(work: Work, value: ast.expr) -> bool:
    if isinstance(value, ast.Name):
        bindings = work.scopes.scope[value].find(value.id)
        if len(bindings) == 1 and bindings[0].value is not None and not bindings[0].path:
            value = bindings[0].value
    if not isinstance(value, ast.Call) or not work.values.is_only(work.module, value, Value.REGULARIZER):
        return False
    symbol = work.symbols.symbol(work.module, value.func) or ""
    if plain(symbol) in _KERAS:
        return True
    strengths = [*value.args, *(keyword.value for keyword in value.keywords)]
    single = plain(symbol) in {"tf.contrib.layers.l2_regularizer", "tf.contrib.layers.l1_regularizer"}
    return single and len(strengths) == 1 and work.values.is_only(work.module, strengths[0], Value.POSITIVE_FLOAT)


def _keeps_graph(work: Work, statement: ast.With) -> bool:
    for item in statement.items:
        expression = item.context_expr
        symbol = work.symbols.symbol(work.module, expression.func) if isinstance(expression, ast.Call) else None
        if symbol is None or symbol not in _SAME_GRAPH:
            return False
        if isinstance(expression, ast.Call) and any(keyword.arg == "reuse" for keyword in expression.keywords):
            return False
    return True
