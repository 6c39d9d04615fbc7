"""Names that a text uses where nothing has bound them yet."""

from __future__ import annotations

import ast

from pyflakes.checker import Checker
from pyflakes.messages import UndefinedLocal, UndefinedName

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.source import SourceFile


def unbound(before: SourceFile, after: ast.Module) -> list[Diagnostic]:
    """Names that the new text uses and does not bind before, other than those that the program itself does not bind."""
    known = set(unbound_names(before.tree))
    found = [name for name in unbound_names(after) if name not in known]
    return [
        Diagnostic("TFR236", before.path, *_first_place(before.tree, name), _UNBOUND.format(name)) for name in found
    ]


_UNBOUND = "the migrated program would use {} where it has no value yet"


def unbound_names(tree: ast.Module) -> list[str]:
    """Names that are used before anything binds them, in the order of their first use."""
    messages = Checker(tree).messages
    found = [m for m in messages if isinstance(m, UndefinedName | UndefinedLocal)]
    return list(dict.fromkeys(str(m.message_args[0]) for m in sorted(found, key=lambda m: m.lineno)))


def _first_place(tree: ast.Module, name: str) -> tuple[int, int]:
    """Where the program itself first has the name."""
    places = [
        (node.lineno, node.col_offset + 1)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == name)
        or (isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name)
    ]
    return min(places, default=(1, 1))
