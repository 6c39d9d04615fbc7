"""Names of variable scopes and layers that are not known as strings, so that it can be said which may be equal."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from tf1to2_reg.program.values import Value

Path = tuple[object, ...]
"""The scopes around a layer and its own name: a string or a token each."""


@dataclass(frozen=True)
class Computed:
    """A name that is computed. Two are surely equal where they are one value; `prefix` is what it begins with.

    In the loops of `distinct` it has another value in each iteration.
    """

    value: Value
    node: ast.AST = field(compare=False)
    prefix: str = field(default="", compare=False)
    distinct: frozenset[ast.AST] = field(default=frozenset(), compare=False)


@dataclass(frozen=True)
class Numbered:
    """The name that TF1 makes for an unnamed layer or scope where its number is not known.

    `entry` is the scope as it was entered: in one entry no two unnamed layers have one name.
    """

    node: ast.AST
    prefix: str
    entry: object = field(default=None, compare=False)
    distinct: frozenset[ast.AST] = field(default=frozenset(), compare=False)


def loosely(path: Path) -> Path:
    """The path with computed names taken for equal where one expression gives them."""
    return tuple(token.node if isinstance(token, Computed) else token for token in path)


def depends_on_loops(path: Path) -> bool:
    """True where the path stands for as many as the iterations of a loop."""
    return any(isinstance(token, Numbered) or (isinstance(token, Computed) and token.distinct) for token in path)


def is_known(path: Path) -> bool:
    """True where all names are known."""
    return all(isinstance(token, str) for token in path)


def may_be_equal(one: Path, other: Path) -> bool:
    """True where two paths may turn out to be the same; a computed name may hold slashes."""
    for first, second in zip(one, other, strict=False):
        if isinstance(first, str) and isinstance(second, str):
            if first != second:
                return False
        elif not _may_be(first, second):
            return False
        elif first != second and (isinstance(first, Computed) or isinstance(second, Computed)):
            return True
    return len(one) == len(other)


def _may_be(first: object, second: object) -> bool:
    if isinstance(first, Numbered) and isinstance(second, Numbered) and first.entry is second.entry:
        return first.node is second.node
    one, other = _start(first), _start(second)
    if one is None or other is None:
        return first == second
    if isinstance(first, str):
        rest = first[len(other) :].lstrip("-")
        numbered = isinstance(second, Computed) and goes_on_with_number(second.node)
        return one.startswith(other) and (not numbered or rest[:1].isdigit())
    if isinstance(second, str):
        return _may_be(second, first)
    return other.startswith(one) or one.startswith(other)


def _start(token: object) -> str | None:
    """What a name begins with."""
    if isinstance(token, Computed | Numbered):
        return token.prefix
    return token if isinstance(token, str) else None


def differs_in(path: Path, loop: ast.AST) -> bool:
    """True where the path is another in each iteration of a loop."""
    return any(loop in token.distinct for token in path if isinstance(token, Computed | Numbered))


def leading_literal(node: ast.expr | None) -> str:
    """What a computed name surely begins with, as its expression shows it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return _before(leading_literal(node.left), "%") if isinstance(node.op, ast.Mod) else leading_literal(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return _before(leading_literal(node.func.value), "{")
    if isinstance(node, ast.JoinedStr) and node.values:
        return leading_literal(node.values[0])
    return ""


def goes_on_with_number(node: ast.AST) -> bool:
    """True where a number follows on what a computed name begins with, as in "fc%d" % i."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mod) or not isinstance(node.left, ast.Constant):
        return False
    return str(node.left.value).partition("%")[2].startswith(("d", "i"))


def _before(text: str, mark: str) -> str:
    return text.partition(mark)[0]
