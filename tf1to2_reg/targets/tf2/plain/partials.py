"""`dense = partial(tf.layers.dense, activation=tf.nn.relu)`: each `dense(x, 8)` with its arguments written out.

`partial(f, a, k=v)(b, **others)` is `f(a, b, k=v, **others)`, what the call gives for `k` coming first. Written out,
the arguments are evaluated at each call in place of once: they must be the same then.
"""

from __future__ import annotations

import ast

from tf1to2_reg.syntax.binding import hides_arguments
from tf1to2_reg.syntax.imports import imported_package
from tf1to2_reg.syntax.scopes import Binding, Kind
from tf1to2_reg.targets.tf2.plain.calls import with_arguments, without_statement
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit


def edits(file: File) -> list[Edit]:
    """What writes out the partial functions of a file that are only called."""
    found: list[Edit] = []
    for scope in file.steady.scopes.all:
        for bindings in scope.bindings.values():
            if len(bindings) == 1 and bindings[0].kind is Kind.VALUE and not bindings[0].path:
                found += _of_binding(file, bindings[0]) or []
    return [*found, *_unused_import(file, found)] if found else []


def _unused_import(file: File, edits_: list[Edit]) -> list[Edit]:
    """The import of `partial` goes with the last use."""
    found = []
    for node in file.tree.body:
        if not isinstance(node, ast.ImportFrom) or node.module != "functools" or len(node.names) != 1:
            continue
        bindings = file.steady.scopes.module.bindings.get(node.names[0].asname or node.names[0].name, [])
        uses = file.steady.uses(bindings[0]) if len(bindings) == 1 else []
        gone = without_statement(node, file.tree.body, file.offsets)
        if uses and gone is not None and all(_is_within(file.offsets.start(use), edits_) for use in uses):
            found.append(gone)
    return found


def _is_within(offset: int, edits_: list[Edit]) -> bool:
    return any(edit.start <= offset < edit.end for edit in edits_)


def _of_binding(file: File, binding: Binding) -> list[Edit] | None:
    """The edits for one partial function, None where it stays."""
    made = binding.value
    stmt = file.statement(binding.node)
    if not isinstance(made, ast.Call) or not _is_partial(file, made) or not isinstance(stmt, ast.Assign):
        return None
    if len(stmt.targets) != 1 or not isinstance(binding.node, ast.Name) or file.steady.binding(binding.node) is None:
        return None
    found: list[Edit] = []
    uses = file.steady.uses(binding)
    for use in uses:
        call = file.steady.scopes.parent[use]
        own = _written_out(file, made, call) if isinstance(call, ast.Call) and call.func is use else None
        if own is None:
            return None
        found += own
    gone = without_statement(stmt, file.block(stmt), file.offsets)
    return [*found, gone] if uses and gone is not None else None


def _is_partial(file: File, call: ast.Call) -> bool:
    """True for `partial(...)` of functools that hides no arguments."""
    func = call.func
    root = func.value if isinstance(func, ast.Attribute) else func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    imported = isinstance(root, ast.Name) and imported_package(file.tree, root.id) == "functools"
    return name == "partial" and imported and bool(call.args) and not hides_arguments(call)


def _written_out(file: File, made: ast.Call, call: ast.Call) -> list[Edit] | None:
    values = [*made.args, *(keyword.value for keyword in made.keywords)]
    if hides_arguments(call) or file.is_in_text(call):
        return None
    if not all(file.steady.is_same_at(value, call) for value in values):
        return None
    text = file.offsets.of
    given = {keyword.arg for keyword in call.keywords}
    keywords = {item.arg: text(item.value) for item in made.keywords if item.arg and item.arg not in given}
    own = with_arguments(call, [text(node) for node in made.args[1:]], keywords, file.offsets)
    if own is None:
        return None
    func = Edit(file.offsets.start(call.func), file.offsets.end(call.func), text(made.args[0]))
    return [func, *own]
