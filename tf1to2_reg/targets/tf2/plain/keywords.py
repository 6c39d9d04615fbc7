"""`tf.layers.dense(x, 8, **options)` with the options written out, where these are a dict that is never changed."""

from __future__ import annotations

import ast

from tf1to2_reg.syntax.scopes import Kind
from tf1to2_reg.targets.tf2.plain.calls import without_statement
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit

Options = dict[str, ast.expr]


def edits(file: File) -> list[Edit]:
    """What writes out the options of all calls in a file that pass on known ones."""
    found: list[Edit] = []
    written: set[ast.Name] = set()
    for node in file.steady.scopes.nodes:
        if not isinstance(node, ast.Call) or file.is_in_text(node):
            continue
        for keyword in node.keywords:
            edit = _written_out(file, node, keyword) if keyword.arg is None else None
            if edit is not None:
                found.append(edit)
                written.update(part for part in ast.walk(keyword.value) if isinstance(part, ast.Name))
    return [*found, *_gone(file, written)]


def _written_out(file: File, call: ast.Call, hidden: ast.keyword) -> Edit | None:
    """The options in place of `**options`; None where they are not known, or given twice."""
    options = _options(file, hidden.value)
    given = {keyword.arg for keyword in call.keywords}
    if not options or options.keys() & given:
        return None
    if sum(keyword.arg is None for keyword in call.keywords) > 1:
        return None
    if not all(file.steady.is_same_at(value, call) for value in options.values()):
        return None
    text = ", ".join(f"{name}={file.offsets.of(value)}" for name, value in options.items())
    start = file.offsets.text.rindex("**", 0, file.offsets.start(hidden.value))
    return Edit(start, file.offsets.end(hidden.value), text)


def _options(file: File, node: ast.expr) -> Options | None:
    """The keys and values of a dict."""
    if isinstance(node, ast.Dict):
        return _of_display(file, node)
    if isinstance(node, ast.Call):
        return _of_call(file, node)
    if isinstance(node, ast.Name):
        binding = file.steady.binding(node)
        if binding is None or binding.kind is not Kind.VALUE or binding.path or binding.value is None:
            return None
        uses = file.steady.uses(binding)
        return _options(file, binding.value) if all(_only_reads(file, use) for use in uses) else None
    return None


def _of_display(file: File, node: ast.Dict) -> Options | None:
    found: Options = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            inner = _options(file, value)
            if inner is None:
                return None
            found |= inner
        elif isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isidentifier():
            found[key.value] = value
        else:
            return None
    return found


def _of_call(file: File, node: ast.Call) -> Options | None:
    """`dict(options, activation=None)`."""
    if (
        not isinstance(node.func, ast.Name)
        or node.func.id != "dict"
        or file.steady.scopes.scope[node.func].find("dict")
    ):
        return None
    found: Options = {}
    for argument in node.args[:1]:
        inner = _options(file, argument)
        if inner is None:
            return None
        found |= inner
    for keyword in node.keywords:
        inner = _options(file, keyword.value) if keyword.arg is None else {keyword.arg: keyword.value}
        if inner is None:
            return None
        found |= inner
    return found


def _only_reads(file: File, use: ast.Name) -> bool:
    """True where a name of a dict is unpacked, copied by `dict(...)`, or asked for one key."""
    parent = file.steady.scopes.parent[use]
    if isinstance(parent, ast.keyword):
        return parent.arg is None
    if isinstance(parent, ast.Subscript):
        return parent.value is use and isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Dict):
        return use in parent.values and parent.keys[parent.values.index(use)] is None
    return isinstance(parent, ast.Call) and use in parent.args[:1] and getattr(parent.func, "id", "") == "dict"


def _gone(file: File, written: set[ast.Name]) -> list[Edit]:
    """Dicts of which nothing is left to read."""
    found: dict[ast.stmt, Edit] = {}
    for name in written:
        binding = file.steady.binding(name)
        stmt = file.statement(binding.node) if binding is not None and binding.kind is Kind.VALUE else None
        if binding is None or not isinstance(stmt, ast.Assign) or len(stmt.targets) != 1:
            continue
        if isinstance(stmt.value, ast.Dict | ast.Call) and all(use in written for use in file.steady.uses(binding)):
            edit = without_statement(stmt, file.block(stmt), file.offsets)
            if edit is not None and _options(file, stmt.value) is not None:
                found[stmt] = edit
    return list(found.values())
