"""Which functions and classes can touch a graph at all, decided by the names they mention."""

from __future__ import annotations

import ast

from tf1to2_reg.syntax.imports import tensorflow_names, used_names
from tf1to2_reg.syntax.modules import Project

_SESSION_NAMES = frozenset({"sess", "session", "run", "eval", "minimize", "apply_gradients", "compute_gradients"})


class Relevance:
    """Names of definitions that mention TensorFlow, a session, or another such definition.

    Two definitions of one name are not told apart: the answer errs towards "relevant".
    """

    def __init__(self, project: Project) -> None:
        mentions: dict[str, set[str]] = {}
        relevant: set[str] = set()
        aliases = _SESSION_NAMES | _aliases(project)
        for module in project.modules:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    names = used_names([node])
                    mentions.setdefault(node.name, set()).update(names)
                    if names & aliases:
                        relevant.add(node.name)
        self._names = _closure(mentions, relevant)

    def __contains__(self, name: str) -> bool:
        return name in self._names


def _aliases(project: Project) -> frozenset[str]:
    """Names and attributes that stand for TensorFlow or a part of it in any file of the project."""
    found: set[str] = set()
    for module in project.modules:
        found |= tensorflow_names(module.tree)
    assignments = [
        node
        for module in project.modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign | ast.AnnAssign)
    ]
    changed = True
    while changed:
        before = len(found)
        for node in assignments:
            if node.value is not None and _root(node.value) in found:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= used_names(targets) - {"self"}
        changed = len(found) > before
    return frozenset(found)


def _root(value: ast.expr) -> str | None:
    """The name that a dotted expression, or a call of one, begins with."""
    while isinstance(value, ast.Attribute | ast.Call):
        value = value.func if isinstance(value, ast.Call) else value.value
    return value.id if isinstance(value, ast.Name) else None


def _closure(mentions: dict[str, set[str]], relevant: set[str]) -> frozenset[str]:
    changed = True
    while changed:
        more = {name for name, names in mentions.items() if name not in relevant and names & relevant}
        relevant |= more
        changed = bool(more)
    return frozenset(relevant)
