"""Programs that ask for TensorFlow's version: harmless where the answer is the same for 1.15 and 2.21."""

from __future__ import annotations

import ast
import re

from tf1to2_reg.targets.graph.work import Occurrence, Work

_SYMBOLS = frozenset({"tf.__version__", "tf.VERSION", "tf.version.VERSION", "tf.GIT_VERSION", "tf.COMPILER_VERSION"})
_PARSERS = frozenset({"LooseVersion", "StrictVersion", "Version", "parse", "parse_version"})
_SHOWN_BY = frozenset({"print", "format", "info", "debug", "warning", "warn", "write", "log", "error"})


def asks(symbol: str) -> bool:
    """Whether a name is a version of TensorFlow, or a method of it."""
    return any(symbol == name or symbol.startswith(name + ".") for name in _SYMBOLS)


def check(work: Work, occurrence: Occurrence) -> None:
    """Refuse where the program may take another way for another version."""
    parent = work.scopes.parent[occurrence.node]
    if isinstance(parent, ast.Call) and _name(parent) in _PARSERS:
        if _is_at_least_old(work.scopes.parent[parent], parent):
            return
    elif _is_shown(work, parent):
        return
    help_text = "Take the question out: the migrated program is one for TensorFlow 2.21."
    work.refuse("TFR406", occurrence.node, f"the program asks for {occurrence.symbol}", help_text)


def _is_shown(work: Work, parent: ast.AST) -> bool:
    while isinstance(parent, ast.FormattedValue | ast.JoinedStr | ast.BinOp | ast.Tuple):
        parent = work.scopes.parent[parent]
    return isinstance(parent, ast.Expr) or (isinstance(parent, ast.Call) and _name(parent) in _SHOWN_BY)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_at_least_old(comparison: ast.AST, left: ast.expr) -> bool:
    """Whether this is `version >= "1.x"`, which both versions are (or `<`, which neither is)."""
    match comparison:
        case ast.Compare(ops=[ast.GtE() | ast.Gt() | ast.Lt() | ast.LtE()], comparators=[ast.Call() as other]):
            if comparison.left is not left or len(other.args) != 1 or not isinstance(other.args[0], ast.Constant):
                return False
            numbers = re.match(r"(\d+)\.(\d+)", str(other.args[0].value))
            return numbers is not None and (int(numbers[1]), int(numbers[2])) < (1, 15)
    return False
