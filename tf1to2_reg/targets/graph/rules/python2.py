"""Names that only Python 2 has, in files that Python 3 can read: they are told, and stay."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.syntax.scopes import Kind
from tf1to2_reg.targets.graph.work import Work

_NAMES = frozenset(
    {
        "apply", "basestring", "cmp", "execfile", "intern", "long", "raw_input", "reduce", "reload", "unichr",
        "unicode", "xrange",
    }
)  # fmt: skip
_METHODS = frozenset({"has_key", "iteritems", "iterkeys", "itervalues", "viewitems", "viewkeys", "viewvalues"})
_ASKS_FOR_PYTHON = ("version_info", "PY2", "PY3", "python_version", "hexversion")


def check(work: Work) -> None:
    """Tell the names of Python 2 that a program will come to under Python 3."""
    for node, name, error in _found(work):
        if not _is_guarded(work, node):
            message = f"{name} is Python 2: Python 3 raises {error} here, before and after; 2to3 or futurize mend it"
            work.note("TFR307", node, message)


def _found(work: Work) -> Iterator[tuple[ast.expr, str, str]]:
    for node in work.scopes.any_of(ast.Name, ast.BinOp, ast.Call):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name in _NAMES and _is_builtin(work, node):
                yield node, name, "a NameError"
            case ast.BinOp(left=ast.Name(id="print") as left, op=ast.RShift()) if _is_builtin(work, left):
                yield node, "print >>", "a TypeError"
            case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in _METHODS:
                if work.symbols.meaning(work.module, value) is None and not _is_module(work, value):
                    yield node, f"{name}()", "an AttributeError for a dictionary"


def _is_builtin(work: Work, node: ast.Name) -> bool:
    return not work.scopes.scope[node].find(node.id) and not work.scopes.stars


def _is_module(work: Work, node: ast.expr) -> bool:
    """Whether a name is an import, as in `six.iteritems(x)`."""
    if not isinstance(node, ast.Name):
        return False
    bindings = work.scopes.scope[node].find(node.id)
    return any(binding.kind is Kind.IMPORT for binding in bindings)


def _is_guarded(work: Work, node: ast.AST) -> bool:
    """Whether the program asks for the Python that it runs on, or is ready for the error."""
    inner: ast.AST = node
    while (outer := work.scopes.parent.get(inner)) is not None:
        if isinstance(outer, ast.If | ast.IfExp):
            test = ast.unparse(outer.test) if inner is not outer.test else ""
            if any(word in test for word in _ASKS_FOR_PYTHON):
                return True
        if isinstance(outer, ast.Try) and inner in outer.body and outer.handlers:
            return True
        inner = outer
    return False
