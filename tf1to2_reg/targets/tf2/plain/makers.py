"""`def weight_variable(shape): return tf.Variable(...)`: each call with what the function returns written in.

A function that only makes a variable takes no tensor, so that it is no model. Written where it is called, the variable
belongs to the network around it.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping

from tf1to2_reg.facts.held import WEIGHTS
from tf1to2_reg.syntax.binding import bind, hides_arguments, parameters_of
from tf1to2_reg.targets.tf2.plain.calls import without_statement
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit

_ATOMS = (ast.Name, ast.Constant, ast.Call, ast.List, ast.Attribute, ast.Subscript)


def edits(file: File) -> list[Edit]:
    """What writes out the functions of a file that make one variable, one function for each pass."""
    for node in file.tree.body:
        if isinstance(node, ast.FunctionDef) and _makes_one(file, node):
            found = _of_function(file, node)
            if found:
                return found
    return []


def _makes_one(file: File, function: ast.FunctionDef) -> bool:
    """True for a function of assignments to names and a return at the end, which makes one variable."""
    body = _body(function)
    arguments = function.args
    plain = not (arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs)
    if not plain or function.decorator_list or not body or not isinstance(body[-1], ast.Return):
        return False
    if function.name in file.named_outside or not all(map(_is_binding, body[:-1])):
        return False
    calls = [node for stmt in body for node in ast.walk(stmt) if isinstance(node, ast.Call)]
    names = [name for stmt in body[:-1] for name in _targets(stmt)]
    once = len(set(names)) == len(names) and not set(names) & {name for name, _ in parameters_of(function)}
    return once and sum(file.steady.symbol(call.func) in WEIGHTS for call in calls) == 1


def _body(function: ast.FunctionDef) -> list[ast.stmt]:
    return function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body


def _is_binding(stmt: ast.stmt) -> bool:
    return isinstance(stmt, ast.Assign) and len(stmt.targets) == 1 and isinstance(stmt.targets[0], ast.Name)


def _targets(stmt: ast.stmt) -> list[str]:
    return [node.id for node in ast.walk(stmt) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _of_function(file: File, function: ast.FunctionDef) -> list[Edit] | None:
    bindings = file.steady.scopes.module.bindings.get(function.name, [])
    gone = without_statement(function, file.tree.body, file.offsets)
    uses = file.steady.uses(bindings[0]) if len(bindings) == 1 else []
    if gone is None or not uses:
        return None
    found = [gone]
    for use in uses:
        call = file.steady.scopes.parent[use]
        if not isinstance(call, ast.Call) or call.func is not use:
            return None
        text = _written_out(file, function, call)
        if text is None:
            return None
        found.append(Edit(file.offsets.start(call), file.offsets.end(call), text))
    return found


def _written_out(file: File, function: ast.FunctionDef, call: ast.Call) -> str | None:
    """The value that the function returns, as an expression at the call."""
    if hides_arguments(call) or file.is_in_text(call) or call in ast.walk(function):
        return None
    given = _given(file, function, call)
    body = _body(function)
    if given is None or not _means_the_same(file, body, given, call):
        return None
    counts = Counter(name for stmt in body for name in _reads(stmt))
    moving = [name for name, value in given.items() if not file.steady.is_same_at(value, value)]
    if len(moving) > 1 or any(counts[name] != 1 for name in moving):
        return None  # they would be evaluated in another order, or another number of times
    texts: dict[str, str] = {}
    for name, value in given.items():
        texts[name] = _as_operand(value, file.offsets.of(value))
    for stmt in body[:-1]:
        assert isinstance(stmt, ast.Assign)
        (name,) = _targets(stmt)
        if counts[name] != 1:
            return None
        texts[name] = _as_operand(stmt.value, file.with_names(stmt.value, texts))
    last = body[-1]
    assert isinstance(last, ast.Return)
    return file.with_names(last.value, texts) if last.value is not None else None


def _reads(stmt: ast.stmt) -> list[str]:
    return [node.id for node in ast.walk(stmt) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]


def _given(file: File, function: ast.FunctionDef, call: ast.Call) -> dict[str, ast.expr] | None:
    parameters = parameters_of(function)
    names = [name for name, _ in parameters]
    bound = bind(call, names)
    if len(call.args) > len(names) or not bound.keys() <= set(names):
        return None
    found = {name: bound.get(name, default) for name, default in parameters}
    complete = {name: value for name, value in found.items() if value is not None}
    defaults = [value for name, value in complete.items() if name not in bound]
    plain = all(isinstance(value, ast.Constant) for value in defaults)
    return complete if plain and len(complete) == len(names) else None


def _means_the_same(file: File, body: list[ast.stmt], given: Mapping[str, ast.expr], call: ast.Call) -> bool:
    """True where the names of the module that the function reads are those of the module at the call."""
    own = {*given, *(name for stmt in body for name in _targets(stmt))}
    read = {node.id for stmt in body for node in ast.walk(stmt) if isinstance(node, ast.Name)} - own
    scope = file.steady.scope_at(call)
    return all(scope.owner(name) is file.steady.scopes.module for name in read)


def _as_operand(node: ast.expr, text: str) -> str:
    return text if isinstance(node, _ATOMS) else f"({text})"
