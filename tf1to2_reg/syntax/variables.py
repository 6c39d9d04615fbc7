"""Which variables a piece of a program reads and writes; `self.x` counts as a variable of its own."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from tf1to2_reg.syntax.memo import per_node

Names = frozenset[str]


def walk(node: ast.AST, skip: Collection[ast.AST] = ()) -> Iterator[ast.AST]:
    """The node and all below it, without the subtrees in `skip` and without the bodies of nested functions."""
    stack = [node]
    while stack:
        current = stack.pop()
        if current in skip:
            continue
        yield current
        if isinstance(current, ast.FunctionDef | ast.ClassDef) and current is not node:
            continue
        stack.extend(reversed(list(ast.iter_child_nodes(current))))


def calls_in_order(node: ast.AST) -> list[ast.Call]:
    """Calls in the order of evaluation: arguments before the call itself."""
    found = [call for child in ast.iter_child_nodes(node) for call in calls_in_order(child)]
    return [*found, node] if isinstance(node, ast.Call) else found


def variable(node: ast.AST, receiver: str | None) -> str | None:
    """The variable an expression names: a local name, or "self.x" for an attribute of the receiver."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == receiver:
        return f"self.{node.attr}"
    return None


def reads(node: ast.AST, receiver: str | None = None, skip: Collection[ast.AST] = ()) -> Names:
    """Variables that are read."""
    return _reads(node, receiver, skip) if skip else _all_reads(node, receiver)


@per_node
def _all_reads(node: ast.AST, receiver: str | None) -> Names:
    return _reads(node, receiver, ())


def _reads(node: ast.AST, receiver: str | None, skip: Collection[ast.AST]) -> Names:
    found = _names(node, receiver, ast.Load, skip)
    for part in walk(node, skip):
        if isinstance(part, ast.AugAssign) and (name := variable(part.target, receiver)):
            found.add(name)
    return frozenset(found - _bound_inside(node, skip))


@per_node
def writes(node: ast.AST, receiver: str | None = None) -> Names:
    """Variables that are bound."""
    found = _names(node, receiver, ast.Store, ())
    for part in walk(node):
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            found.add(part.name)
        elif isinstance(part, ast.Call) and (name := grown(part, receiver)):
            found.add(name)
    return frozenset(found - bound_inside(node))


def grown(call: ast.Call, receiver: str | None) -> str | None:
    """The list that `x.append(...)` or `x.extend(...)` changes."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "extend"):
        return variable(call.func.value, receiver)
    return None


@per_node
def bound_inside(node: ast.AST) -> Names:
    """Names that belong to comprehensions and lambdas below the node."""
    return _bound_inside(node, ())


def _bound_inside(node: ast.AST, skip: Collection[ast.AST]) -> Names:
    found: set[str] = set()
    for part in walk(node, skip):
        if isinstance(part, ast.comprehension):
            found |= _names(part.target, None, ast.Store, ())
        elif isinstance(part, ast.Lambda):
            found |= {argument.arg for argument in ast.walk(part.args) if isinstance(argument, ast.arg)}
    return frozenset(found)


def _names(node: ast.AST, receiver: str | None, context: type, skip: Collection[ast.AST]) -> set[str]:
    found: set[str] = set()
    stack = [node]
    while stack:
        part = stack.pop()
        if part in skip:
            continue
        name = variable(part, receiver)
        if name is not None:
            if isinstance(getattr(part, "ctx", None), context):
                found.add(name)
            continue
        if isinstance(part, ast.FunctionDef | ast.ClassDef) and part is not node and context is ast.Store:
            continue
        stack.extend(ast.iter_child_nodes(part))
    return found


def assigned_names(body: Sequence[ast.stmt]) -> set[str]:
    """Names that statements bind, without those of nested functions."""
    found: set[str] = set()
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        elif isinstance(node, ast.Lambda):
            continue
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.split(".")[0])
        elif isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
        stack.extend(ast.iter_child_nodes(node))
    return found


def stored_attributes(trees: Iterable[ast.Module]) -> Counter[str]:
    """How often each attribute is given a value in any file."""
    return Counter(
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
    )
