"""The words of a program: what it could ask of an object of the written module by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

_UNSEEN = frozenset({"__getattribute__", "attrgetter", "eval", "exec", "getattr", "methodcaller"})
"""What looks up names that the text may not show."""


def words_of(text: str | bytes) -> frozenset[str] | None:
    """Names, keywords and words in strings, attributes with a dot; None if names may be looked up that are not seen."""
    nodes = list(ast.walk(ast.parse(text)))
    modules = _modules(nodes)
    shown = {node.func for node in nodes if isinstance(node, ast.Call) and _shows_the_name(node)}
    found: set[str] = set()
    for node in nodes:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in _UNSEEN and node not in shown:
                return None
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                found.add(name)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in modules:
                found.add(name)
            case ast.Attribute(value=ast.Attribute(attr=owner) | ast.Name(id=owner), attr=name):
                found.update((name, f".{name}", f"{owner}.{name}"))
            case ast.Attribute(attr=name) | ast.alias(name=name):
                found.update((name, f".{name}"))
            case ast.ImportFrom(module=str(module), names=names):
                found.update(f"{module.split('.')[-1]}.{alias.name}" for alias in names)
            case ast.Constant(value=str(value)):
                tokens = re.findall(r"\w+", value)
                found.update(tokens, (f".{token}" for token in tokens))
    return frozenset(found)


def _shows_the_name(call: ast.Call) -> bool:
    """Whether a call of `getattr` says in its text what it looks up."""
    match call:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(), *_]):
            return True
    return False


def _modules(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that are TensorFlow and never anything else."""
    imported: set[str] = set()
    bound: set[str] = set()
    for node in nodes:
        match node:
            case ast.alias(name="tensorflow" | "tensorflow.compat.v1", asname=str(name)):
                imported.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.alias(asname=str(name)):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name, asname=None):
                bound.add(name)
    return imported - bound
