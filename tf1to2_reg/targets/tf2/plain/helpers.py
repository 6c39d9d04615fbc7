"""`x, y = inputs()`, `train_op = optimize(loss)`: a function that makes placeholders or trains, written out.

It is called in one place and named nowhere else, and is nothing but assignments and a result. What it is given are
names and constants, which its statements do not bind: they are the same at each use.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tf1to2_reg.network.naming import unique
from tf1to2_reg.syntax.binding import bind, parameters_of
from tf1to2_reg.targets.tf2.plain.calls import without_statement
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit

_DRIVING = frozenset({"apply_gradients", "compute_gradients", "minimize", "placeholder", "placeholder_with_default"})
_OTHER = (
    ast.Await, ast.FormattedValue, ast.Global, ast.JoinedStr, ast.Lambda, ast.NamedExpr, ast.Nonlocal, ast.Starred,
    ast.Yield, ast.YieldFrom,
)  # fmt: skip


@dataclass(frozen=True)
class _Helper:
    """A function of assignments and a result, and the one statement that calls it."""

    function: ast.FunctionDef
    body: Sequence[ast.stmt]
    result: ast.expr
    call: ast.Call
    stmt: ast.Assign


def edits(file: File) -> list[Edit]:
    """What writes out one function."""
    for function in file.tree.body:
        helper = _helper(file, function) if isinstance(function, ast.FunctionDef) else None
        found = _written_out(file, helper) if helper is not None else None
        if found is not None:
            return found
    return []


def _helper(file: File, function: ast.FunctionDef) -> _Helper | None:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    given = function.args
    plain = not (function.decorator_list or given.vararg or given.kwarg or given.kwonlyargs)
    if not plain or not body or not all(isinstance(default, ast.Constant) for default in given.defaults):
        return None
    *statements, last = body
    nodes = [node for stmt in body for node in ast.walk(stmt)]
    drives = any(isinstance(node, ast.Attribute) and node.attr in _DRIVING for node in nodes)
    if not drives or not isinstance(last, ast.Return) or last.value is None or not all(map(_is_simple, statements)):
        return None
    if any(isinstance(node, _OTHER) for node in nodes):
        return None
    names = [node for node in file.steady.scopes.nodes if isinstance(node, ast.Name) and node.id == function.name]
    call = file.steady.scopes.parent.get(names[0]) if len(names) == 1 else None
    if not isinstance(call, ast.Call) or call.func is not names[0] or {function.name, "*"} & file.named_outside:
        return None
    stmt = file.statement(call)
    if not isinstance(stmt, ast.Assign) or stmt.value is not call or len(stmt.targets) != 1:
        return None
    inside = any(node is call for node in nodes)
    return None if inside else _Helper(function, statements, last.value, call, stmt)


def _is_simple(stmt: ast.stmt) -> bool:
    if isinstance(stmt, ast.Expr):
        return isinstance(stmt.value, ast.Call)
    return isinstance(stmt, ast.Assign) and all(_names_of(target) is not None for target in stmt.targets)


def _names_of(target: ast.expr) -> list[str] | None:
    """The names that a target is, None for any other."""
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    return names if len(names) == len(parts) else None


def _written_out(file: File, helper: _Helper) -> list[Edit] | None:
    arguments = _arguments(file, helper)
    nodes = [node for stmt in (*helper.body, helper.result) for node in ast.walk(stmt)]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    own = list(dict.fromkeys(node.id for node in names if isinstance(node.ctx, ast.Store)))
    if arguments is None or arguments.keys() & set(own) or any(isinstance(node.ctx, ast.Del) for node in names):
        return None
    free = {node.id for node in names} - set(own) - arguments.keys()
    here, there = file.steady.scopes.scope[helper.call.func], file.steady.scopes.module
    if any(here.owner(name) is not there for name in free):
        return None
    given = {node.id for node in ast.walk(helper.call) if isinstance(node, ast.Name)}
    results = _results(helper, set(own), free | given)
    if results is None:
        return None
    renamed, rest = results
    outside = {node.id for node in file.steady.scopes.of(ast.Name) if node not in set(names)}
    taken = outside | free | given | set(renamed.values())
    for name in own:
        if name not in renamed:
            renamed[name] = unique(name, taken)
            taken.add(renamed[name])
    return _edits(file, helper, {**arguments, **renamed}, rest)


def _arguments(file: File, helper: _Helper) -> dict[str, str] | None:
    """The text of each parameter: a name, a constant, or the parameter's default."""
    parameters = parameters_of(helper.function)
    if any(isinstance(part, ast.Starred) for part in helper.call.args) or len(helper.call.args) > len(parameters):
        return None
    bound = bind(helper.call, [name for name, _ in parameters])
    if len(bound) != len(helper.call.args) + len(helper.call.keywords):
        return None
    found = {name: bound.get(name, default) for name, default in parameters}
    if any(not isinstance(value, ast.Name | ast.Constant) for value in found.values()):
        return None
    return {name: file.offsets.of(value) for name, value in found.items() if value is not None}


def _results(
    helper: _Helper, own: set[str], kept: set[str]
) -> tuple[dict[str, str], list[tuple[str, ast.expr]]] | None:
    """Locals that get the name of the target they are the result for, and the results that are assigned at the end."""
    targets = _names_of(helper.stmt.targets[0])
    several = isinstance(helper.stmt.targets[0], ast.Tuple)
    values = helper.result.elts if several and isinstance(helper.result, ast.Tuple) else [helper.result]
    if targets is None or len(targets) != len(values) or len(set(targets)) != len(targets):
        return None
    renamed: dict[str, str] = {}
    rest: list[tuple[str, ast.expr]] = []
    for target, value in zip(targets, values, strict=True):
        is_own = isinstance(value, ast.Name) and value.id in own and value.id not in renamed
        if isinstance(value, ast.Name) and is_own and target not in kept and target.strip("_"):
            renamed[value.id] = target
        else:
            rest.append((target, value))
    return renamed, rest


def _edits(
    file: File, helper: _Helper, names: Mapping[str, str], rest: Sequence[tuple[str, ast.expr]]
) -> list[Edit] | None:
    offsets = file.offsets
    indent, end = file.indent(helper.stmt), offsets.end(helper.stmt)
    gone = without_statement(helper.function, file.tree.body, offsets)
    if indent is None or gone is None or not re.match(r"[ \t]*(#[^\n]*)?(\n|\Z)", offsets.text[end:]):
        return None
    after = gone.end
    while offsets.text[after : after + 1] == "\n":
        after += 1
    rows = [file.with_names(stmt, names) for stmt in helper.body]
    if rest:
        values = ", ".join(file.with_names(value, names) for _, value in rest)
        rows.append(f"{', '.join(target for target, _ in rest)} = {values}")
    return [Edit(offsets.start(helper.stmt), end, f"\n{indent}".join(rows)), Edit(gone.start, after, "")]
