"""Which functions and classes can touch a graph, or change what others read, decided by the names they mention."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tf1to2_reg.syntax.imports import tensorflow_names, used_names
from tf1to2_reg.syntax.memo import per_node
from tf1to2_reg.syntax.modules import Project
from tf1to2_reg.syntax.scopes import scopes_of

CHANGING_METHODS = frozenset({
    "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "setdefault", "popitem", "add",
    "discard", "__setitem__", "__setattr__", "appendleft", "popleft",
})  # fmt: skip
"""Methods that change the object they are called on."""
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_TOLD: tuple[type[ast.expr | ast.stmt], ...] = (
    *_DEFINITIONS, ast.Attribute, ast.AugAssign, ast.Call, ast.Global, ast.Name, ast.Nonlocal, ast.Subscript
)  # fmt: skip
"""Nodes that mention a name or store something."""
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
            for found in _definitions(module.tree):
                name = found.definition.name
                mentions.setdefault(name, set()).update(found.names)
                if not found.names.isdisjoint(aliases):
                    relevant.add(name)
                if not found.names.isdisjoint(own):
                    running.add(name)
                if found.stores:
                    storing.add(name)
        mentioned_by = _mentioned_by(mentions)
        self._own = own
        self._names = _closure(mentioned_by, relevant)
        self._running = _closure(mentioned_by, running)
        self._storing = _closure(mentioned_by, storing)

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


@dataclass(eq=False)
class _Mentions:
    """What a definition mentions anywhere in it, and whether something is stored there that is no local name."""

    definition: _Definition
    parameters: frozenset[str]
    names: set[str] = field(default_factory=set)
    stores: bool = False

    def holds(self, node: ast.AST) -> bool:
        """True for an expression or statement that stands in the definition, or above its end."""
        assert isinstance(node, ast.expr | ast.stmt)
        end = self.definition.end_lineno or 0, self.definition.end_col_offset or 0
        return (node.lineno, node.col_offset) < end


@per_node
def _definitions(tree: ast.Module) -> list[_Mentions]:
    """All definitions of a file, in one pass over it: what stands in one is told of all around it."""
    found: list[_Mentions] = []
    around: list[_Mentions] = []
    for node in scopes_of(tree).any_of(*_TOLD):
        while around and not around[-1].holds(node):
            _leave(around)
        if isinstance(node, ast.Name):
            names: tuple[str, ...] = (node.id,)
        elif isinstance(node, ast.Attribute):
            names = (node.attr,)
        else:
            names = ()
        if around:
            around[-1].names.update(names)
        for mentions in around:
            mentions.stores = mentions.stores or _is_store(node, mentions.parameters, mentions.definition)
        if isinstance(node, _DEFINITIONS):
            around.append(_Mentions(node, _parameters(node)))
            found.append(around[-1])
    while around:
        _leave(around)
    return found


def _leave(around: list[_Mentions]) -> None:
    inner = around.pop()
    if around:
        around[-1].names |= inner.names


def _parameters(definition: _Definition) -> frozenset[str]:
    if isinstance(definition, ast.ClassDef):
        return frozenset()
    given = definition.args
    return frozenset(parameter.arg for parameter in (*given.posonlyargs, *given.args, *given.kwonlyargs))


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


def _aliases(project: Project) -> set[str]:
    """Names and attributes that stand for TensorFlow or a part of it in any file of the project."""
    made_of: dict[str, set[str]] = {}
    for module in project.modules:
        for node in scopes_of(module.tree).any_of(ast.Assign, ast.AnnAssign):
            root = _root(node.value) if node.value is not None else None
            if root is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                made_of.setdefault(root, set()).update(used_names(targets) - {"self"})
    return _closure(made_of, set().union(*(tensorflow_names(module.tree) for module in project.modules)))


def _root(value: ast.expr) -> str | None:
    """The name that a dotted expression, or a call of one, begins with."""
    while isinstance(value, ast.Attribute | ast.Call):
        value = value.func if isinstance(value, ast.Call) else value.value
    return value.id if isinstance(value, ast.Name) else None


def _mentioned_by(mentions: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """The definitions that mention each other definition."""
    found: dict[str, set[str]] = {name: set() for name in mentions}
    for name, names in mentions.items():
        for other in mentions.keys() & names:
            found[other].add(name)
    return found


def _closure(following: Mapping[str, Collection[str]], start: set[str]) -> set[str]:
    """The names to start with, and all that follow from them."""
    reached, waiting = set(start), list(start)
    while waiting:
        new = set(following.get(waiting.pop(), ())) - reached
        reached |= new
        waiting.extend(new)
    return reached
