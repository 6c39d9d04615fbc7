"""Modules that a program imports by a name it computes: `importlib.import_module("nets." + name)`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_FIELDS = re.compile(r"%\(?\w*\)?[sdr]|\{[^{}]*\}")
_ANY = r"[\w.]+"


def computed_names(node: ast.AST) -> re.Pattern[str] | None:
    """The names that a call may import, None where it imports none, or one that is written out."""
    match node:
        case ast.Call(func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__")):
            match node.args:
                case [ast.Constant(), *_] | []:
                    return None
                case [name, *_]:
                    return re.compile("".join(_parts(name)))
    return None


def says_something(names: re.Pattern[str]) -> bool:
    """Whether the names are not any."""
    return bool(names.pattern.replace(_ANY, ""))


def _parts(name: ast.expr) -> Iterator[str]:
    """What is written of a text, and `_ANY` for what is not."""
    match name:
        case ast.Constant(value=str(text)):
            yield re.escape(text)
        case ast.JoinedStr(values=values):
            for value in values:
                yield from _parts(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _parts(left)
            yield from _parts(right)
        case (
            ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod())
            | ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"))
        ):
            yield _ANY.join(map(re.escape, _FIELDS.split(text)))
        case _:
            yield _ANY
