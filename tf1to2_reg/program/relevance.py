"""Which functions and classes can touch a graph, or change what others read, decided by the names they mention."""

from __future__ import annotations

import ast
from collections.abc import Collection

from tf1to2_reg.syntax.imports import tensorflow_names, used_names
from tf1to2_reg.syntax.modules import Project

CHANGING_METHODS = frozenset({
    "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "setdefault", "popitem", "add",
    "discard", "__setitem__", "__setattr__", "appendleft", "popleft",
})  # fmt: skip
"""Methods that change the object they are called on."""
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_STORED = (ast.Attribute, ast.Subscript)
_STORING = frozenset({"setattr", "delattr", "exec", "eval", "globals", "vars", "locals"})
_SESSION_NAMES = frozenset({"sess", "session", "run", "eval", "minimize", "apply_gradients", "compute_gradients"})


class Relevance:
    """Names of definitions that mention TensorFlow, a session, or another such definition.

    Two definitions of one name are not told apart: the answer errs towards "relevant".
    """

    def __init__(self, project: Project) -> None:
        mentions: dict[str, set[str]] = {}
        relevant: set[str] = set()
        storing: set[str] = set()
        running: set[str] = set()
        own = _SESSION_NAMES.union(*(tensorflow_names(module.tree) for module in project.modules))
        aliases = _SESSION_NAMES | _aliases(project)
        for module in project.modules:
            for node in ast.walk(module.tree):
                if isinstance(node, _DEFINITIONS):
                    names = used_names([node])
                    mentions.setdefault(node.name, set()).update(names)
                    if names & aliases:
                        relevant.add(node.name)
                    if names & own:
                        running.add(node.name)
                    if _stores(node):
                        storing.add(node.name)
        self._own = own
        self._names = _closure(mentions, relevant)
        self._running = _closure(mentions, running)
        self._storing = _closure(mentions, storing)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def touches(self, function: ast.FunctionDef | ast.Lambda) -> bool:
        """True where a function names TensorFlow or a session itself, or calls what does: a stricter question."""
        if isinstance(function, ast.FunctionDef):
            return function.name in self._running
        names = used_names([function])
        return bool(names & self._own or names & self._running)

    def stores(self, name: str) -> bool:
        """True where a definition of the name can change something that outlives its call."""
        return name in self._storing


def _stores(definition: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether something is stored that is no local name; a method that only sets its own object's attributes counts."""
    parameters = set()
    if not isinstance(definition, ast.ClassDef):
        given = definition.args
        parameters = {parameter.arg for parameter in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    return any(_is_store(node, parameters, definition) for node in ast.walk(definition))


def _is_store(node: ast.AST, parameters: Collection[str], definition: ast.AST) -> bool:
    if isinstance(node, ast.Global | ast.Nonlocal):
        return True
    if isinstance(node, _STORED):
        own = isinstance(definition, ast.ClassDef) and isinstance(node, ast.Attribute) and _root(node) == "self"
        return not isinstance(node.ctx, ast.Load) and not own
    if isinstance(node, ast.AugAssign):
        return isinstance(node.target, ast.Name) and node.target.id in parameters
    if isinstance(node, ast.Call):
        func = node.func
        changing = isinstance(func, ast.Attribute) and func.attr in CHANGING_METHODS
        return changing or (isinstance(func, ast.Name) and func.id in _STORING)
    return False


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
