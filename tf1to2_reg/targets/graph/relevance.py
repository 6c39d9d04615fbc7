"""Which files have something that this target is about: layers, regularizers, penalties."""

from __future__ import annotations

import ast

from tf1to2_reg.facts.contrib import CONTRIB_LAYERS
from tf1to2_reg.facts.lost import piece
from tf1to2_reg.facts.tf1_only import is_tf1_only
from tf1to2_reg.targets.graph.rules import reads
from tf1to2_reg.targets.graph.work import MODULE, Occurrence, Work

_PENALTIES = frozenset(
    {
        "tf.losses.get_regularization_loss", "tf.losses.get_regularization_losses", "tf.losses.get_total_loss",
        reads.COLLECTION,
    }
)  # fmt: skip
_REGULARIZED = frozenset({"regularizer", "weights_regularizer", "kernel_regularizer"})


def is_site(work: Work, occurrence: Occurrence) -> bool:
    """Whether an occurrence is a layer, a regularizer or a read of penalties."""
    symbol = occurrence.symbol
    if symbol == "tf.layers" or symbol.startswith("tf.layers.") or symbol in _PENALTIES:
        return True
    if symbol.startswith("tf.contrib.layers.") and symbol.rpartition(".")[2] in CONTRIB_LAYERS:
        return symbol.endswith(("_regularizer", "apply_regularization"))
    if symbol == "tf.nn.l2_loss":
        return any(is_tf1_only(other.symbol) for other in work.occurrences)
    call = occurrence.call
    if call is None or symbol.startswith("tf.keras."):
        return False
    if symbol == "tf.get_collection":
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        return any(reads.is_penalty_key(work, argument) for argument in given)
    return any(keyword.arg in _REGULARIZED and not _is_none(keyword.value) for keyword in call.keywords)


def has_sites(work: Work) -> bool:
    """Whether a file has any."""
    return any(is_site(work, occurrence) for occurrence in work.occurrences)


def has_pieces(work: Work) -> bool:
    """Whether a file uses names for which the written module has one."""
    return any(piece(occurrence.symbol) for occurrence in work.occurrences)


def is_at_graph(work: Work) -> bool:
    """Whether a file uses the module that an earlier run wrote."""
    return any(
        (isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[2] == MODULE)
        or (isinstance(node, ast.Import | ast.ImportFrom) and any(alias.name == MODULE for alias in node.names))
        for node in work.scopes.any_of(ast.Import, ast.ImportFrom)
    )


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
