"""Functions that nothing in the given files can call, for no text has their name."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tf1to2_reg.syntax.nodes import has_no_base

_LOOKS_UP = frozenset({
    "__dict__", "__getattribute__", "attrgetter", "dir", "eval", "exec", "globals", "import_module", "inspect",
    "locals", "methodcaller", "modules", "runpy", "vars",
})  # fmt: skip
"""What may find a function by a name that no text shows."""
_FOUND_BY_NAME = re.compile(r"main|test.*|setup.*|teardown.*|pytest_.*|__.*__")
"""Names that Python, TensorFlow's `app.run` or a test runner look for."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def unused_code(trees: Iterable[ast.Module]) -> frozenset[ast.AST]:
    """All nodes in the bodies of functions that nothing calls."""
    every = list(trees)
    words = Counter(word for tree in every for word in _words(tree))
    if not words.keys().isdisjoint(_LOOKS_UP) or any(map(_hides_a_name, every)):
        return frozenset()
    found: set[ast.AST] = set()
    for tree in every:
        for function in _unused(tree.body, words):
            for stmt in function.body:
                found.update(ast.walk(stmt))
    return frozenset(found)


def _unused(body: Iterable[ast.stmt], words: Counter[str]) -> Iterator[_Function]:
    """Functions without a mention but their own; the methods of such a class, or of any class that has no base."""
    for stmt in body:
        if isinstance(stmt, _Function) and _is_unmentioned(stmt, words):
            yield stmt
        elif isinstance(stmt, ast.ClassDef) and _is_plain(stmt):
            if _is_unmentioned(stmt, words):
                yield from (part for part in stmt.body if isinstance(part, _Function))
            else:
                yield from _unused(stmt.body, words)


def _is_plain(definition: ast.ClassDef) -> bool:
    """True for a class that has nothing from another, which could call its methods, or keep the class."""
    return has_no_base(definition) and not definition.decorator_list


def _is_unmentioned(definition: _Function | ast.ClassDef, words: Counter[str]) -> bool:
    if definition.decorator_list or _FOUND_BY_NAME.fullmatch(definition.name):
        return False
    own = sum(word == definition.name for word in _words(definition))
    return words[definition.name] == own


def _hides_a_name(tree: ast.Module) -> bool:
    """True where `getattr` is used in a way that does not show the name that it looks up."""
    nodes = list(ast.walk(tree))
    shown = {
        node.func
        for node in nodes
        if isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
    }
    return any(isinstance(node, ast.Name) and node.id == "getattr" and node not in shown for node in nodes)


def _words(root: ast.AST) -> Iterator[str]:
    """Every name that is read, bound or imported, definitions aside, and every word of a text."""
    for node in ast.walk(root):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield from (*name.split("."), other or "")
            case ast.Constant(value=str(text)):
                yield from re.findall(r"\w+", text)
