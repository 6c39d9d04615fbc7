"""A loop of experiments, each in a fresh graph, as a function that is called in the loop.

`for rate in rates:` with `tf.reset_default_graph()` first in its body becomes `def experiment(rate):` with that body,
and a loop that calls it. That is the same where no iteration, and nothing outside, reads what another one bound.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.syntax.variables import reads, writes
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit

_LEAVING = (ast.Break, ast.Continue, ast.Return, ast.Global, ast.Nonlocal, ast.Delete, ast.Import, ast.ImportFrom)


def edits(file: File) -> list[Edit]:
    """What makes functions of the loops of a script, one for each pass."""
    names = {node.id for node in file.steady.scopes.nodes if isinstance(node, ast.Name)}
    for stmt in file.tree.body:
        if isinstance(stmt, ast.For) and "experiment" not in names and _is_experiment(file, stmt):
            return _as_function(file, stmt)
    return []


def _is_experiment(file: File, loop: ast.For) -> bool:
    first = loop.body[0]
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Call) or loop.orelse:
        return False
    targets = _targets(loop)
    if file.steady.symbol(first.value.func) != "tf.reset_default_graph" or first.lineno == loop.lineno:
        return False
    if not targets or not all(isinstance(target, ast.Name) for target in targets):
        return False
    leaving = [node for stmt in loop.body for node in _leaving(stmt, inner=False)]
    return not leaving and _binds_for_itself(file, loop)


def _targets(loop: ast.For) -> list[ast.expr]:
    return loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]


def _leaving(node: ast.AST, *, inner: bool) -> Iterator[ast.AST]:
    """What ends an iteration, or reaches beyond it; a loop inside has its own `break`."""
    if isinstance(node, _LEAVING) and not (inner and isinstance(node, ast.Break | ast.Continue)):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _leaving(child, inner=inner or isinstance(node, ast.For | ast.While))


def _binds_for_itself(file: File, loop: ast.For) -> bool:
    """True where each iteration binds all that it reads of what iterations bind, and nothing else reads that."""
    places = file.steady.scopes.places
    inside = {node for node in ast.walk(loop) if isinstance(node, ast.Name)}
    bound = {places.get(node) for node in inside if isinstance(node.ctx, ast.Store)}
    if any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.NamedExpr) for node in ast.walk(loop)):
        return False
    outside = [node for node in file.steady.scopes.nodes if isinstance(node, ast.Name) and node not in inside]
    if any(places.get(node) in bound for node in outside):
        return False
    unbound = _unbound(loop.body, set(writes(loop.target)))[0]
    return unbound.isdisjoint({node.id for node in inside if isinstance(node.ctx, ast.Store)})


def _unbound(body: Sequence[ast.stmt], bound: set[str]) -> tuple[set[str], set[str]]:
    """What statements may read before they bind it, and what is bound when they are done."""
    found: set[str] = set()
    for stmt in body:
        inner = bound | set(writes(stmt.target)) if isinstance(stmt, ast.For) else bound
        if isinstance(stmt, ast.With):
            names = {name for item in stmt.items for name in writes(item)}
            found |= {name for item in stmt.items for name in reads(item)} - bound
            more, bound = _unbound(stmt.body, bound | names)
            found |= more
            continue
        inside = list(blocks(stmt))
        if not inside:
            found |= reads(stmt) - bound
            bound = bound | writes(stmt)
            continue
        headers = [node for node in (getattr(stmt, part, None) for part in ("iter", "test")) if node is not None]
        found |= {name for node in headers for name in reads(node)} - bound
        ends = []
        for block in inside:
            more, end = _unbound(block.statements, inner)
            found |= more
            ends.append(end)
        if isinstance(stmt, ast.If) and len(inside) == 2:
            bound = ends[0] & ends[1]
        elif isinstance(stmt, ast.For) and _surely_runs(stmt):
            bound = ends[0]
    return found, bound


def _surely_runs(loop: ast.For) -> bool:
    """True for a loop over a range that has numbers, each of which runs to the end of the body."""
    match loop.iter:
        case ast.Call(ast.Name("range"), [*arguments], []):
            numbers = [part.value for part in arguments if isinstance(part, ast.Constant) and type(part.value) is int]
        case _:
            return False
    leaves = any(isinstance(node, ast.Break | ast.Continue) for node in ast.walk(loop))
    known = len(numbers) == len(arguments) and 0 not in numbers[2:]
    return known and not leaves and len(range(*numbers)) > 0


def _as_function(file: File, loop: ast.For) -> list[Edit]:
    """The loop with its body in a function above it."""
    offsets = file.offsets
    begin, end = offsets.starts[loop.lineno - 1], offsets.end(loop)
    header = offsets.text[begin : offsets.start(loop.body[0])].rstrip()
    names = ", ".join(offsets.of(target) for target in _targets(loop))
    indent = " " * loop.body[0].col_offset
    call = f"{header}\n{indent}experiment({names})"
    return [
        Edit(begin, begin + len(header), f"\n\ndef experiment({names}):"),
        Edit(end, end, f"\n\n\n{call}"),
    ]
