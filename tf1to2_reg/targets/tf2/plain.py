"""A TF1 program written plainer: the same statements, one thing at a time.

Some ways to write a program are the same for Python and hard to take apart. What is done here is the same program by
the rules of Python alone: it is tried where the program as it stands is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.files.source import SourceFile, encode, source_from_bytes
from tf1to2_reg.network.naming import unique
from tf1to2_reg.syntax.imports import imported_symbols, normalize
from tf1to2_reg.syntax.variables import walk

_READS = frozenset({"losses", "get_collection"})
_NOT_ALWAYS = (
    ast.BoolOp, ast.Compare, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.Lambda, ast.ListComp, ast.SetComp,
)  # fmt: skip


@dataclass(frozen=True)
class _Edit:
    """New text for the bytes from `start` to `end` of the file."""

    start: int
    end: int
    text: str


def plainer(source: SourceFile) -> SourceFile | None:
    """The file with every rule applied once, None where there is nothing to do."""
    if source.notebook is not None:
        return None
    text = source.text
    for rule in _RULES:
        tree = ast.parse(text)
        text = _edited(text, list(rule(_Text(text, tree))))
    return None if text == source.text else source_from_bytes(source.path, encode(source, text))


def _edited(text: str, edits: Sequence[_Edit]) -> str:
    data = text.encode()
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        data = data[: edit.start] + edit.text.encode() + data[edit.end :]
    return data.decode()


class _Text:
    """A text and its tree."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.text = text
        self.tree = tree
        self._starts = [0]
        for line in text.encode().split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._imported = imported_symbols(tree)
        self.names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    def start(self, node: ast.stmt | ast.expr) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.stmt | ast.expr) -> int:
        return self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def of(self, node: ast.stmt | ast.expr) -> str:
        return self.text.encode()[self.start(node) : self.end(node)].decode()

    def symbol(self, node: ast.expr) -> str | None:
        """What TensorFlow calls a dotted name, as the imports of the file tell."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._imported:
            return None
        return normalize(".".join([self._imported[node.id], *reversed(parts)]))

    def stands_alone(self, stmt: ast.stmt) -> bool:
        """True for a statement that begins its line: another one can be put above it."""
        line = self.text.split("\n")[stmt.lineno - 1].encode()
        return not line[: stmt.col_offset].strip()

    def above(self, stmt: ast.stmt, text: str) -> _Edit:
        """A statement put above another one."""
        line = self.text.split("\n")[stmt.lineno - 1].encode()
        place = self.start(stmt)
        return _Edit(place, place, f"{text}\n{line[: stmt.col_offset].decode()}")

    def statements(self) -> Iterator[ast.stmt]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.stmt))


# One assignment at a time


def _single_assignments(text: _Text) -> Iterator[_Edit]:
    """`self.x, self.y = x, y` as two statements."""
    for stmt in text.statements():
        if not isinstance(stmt, ast.Assign) or len(stmt.targets) != 1 or not text.stands_alone(stmt):
            continue
        target, value = stmt.targets[0], stmt.value
        if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple) or len(target.elts) != len(value.elts):
            continue
        of_self = all(_is_attribute_of_self(part) for part in target.elts)
        if of_self and all(isinstance(part, ast.Name) and part.id != "self" for part in value.elts):
            indent = text.text.split("\n")[stmt.lineno - 1].encode()[: stmt.col_offset].decode()
            lines = [f"{text.of(one)} = {text.of(other)}" for one, other in zip(target.elts, value.elts, strict=True)]
            yield _Edit(text.start(stmt), text.end(stmt), f"\n{indent}".join(lines))


def _is_attribute_of_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


# Local names for attributes


def _attributes_by_their_names(text: _Text) -> Iterator[_Edit]:
    """`x = self.x` left out: the attribute, which is bound once, stands for the name, which is bound once."""
    stored = [node.attr for node in ast.walk(text.tree) if isinstance(node, ast.Attribute) and not _is_load(node)]
    for function in text.statements():
        if not isinstance(function, ast.FunctionDef):
            continue
        for stmt in function.body:
            name = _alias(stmt)
            if name is None or stored.count(name) != 1 or not text.stands_alone(stmt):
                continue
            uses = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name]
            given = {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
            loads = [node for node in uses if _is_load(node)]
            late = all(node.lineno > (stmt.end_lineno or stmt.lineno) for node in loads)
            nested = any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Global) for node in function.body)
            if name in given or len(uses) != len(loads) + 1 or not loads or not late or nested:
                continue
            yield _Edit(text.start(stmt), text.start(_next(function, stmt)), "")
            yield from (_Edit(text.start(node), text.end(node), f"self.{name}") for node in loads)


def _alias(stmt: ast.stmt) -> str | None:
    match stmt:
        case ast.Assign([ast.Name(name)], ast.Attribute(ast.Name("self"), attribute)) if name == attribute:
            return attribute
    return None


def _next(function: ast.FunctionDef, stmt: ast.stmt) -> ast.stmt:
    return function.body[function.body.index(stmt) + 1]


def _is_load(node: ast.Name | ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Load)


# Layers in statements of their own


def _layers_alone(text: _Text) -> Iterator[_Edit]:
    """A layer inside a statement that does more gets a name above it."""
    taken = set(text.names)
    for stmt in text.statements():
        if not isinstance(stmt, ast.Assign | ast.Return) or stmt.value is None or not text.stands_alone(stmt):
            continue
        calls = [node for node in walk(stmt.value) if isinstance(node, ast.Call) and text.symbol(node.func) in LAYERS]
        call = calls[0] if len(calls) == 1 else None
        if call is None or (call is stmt.value and isinstance(stmt, ast.Assign)) or not _does_more(stmt, text):
            continue
        if _is_first(stmt.value, call, text):
            name = unique(LAYERS[text.symbol(call.func) or ""].stem, taken)
            taken.add(name)
            yield text.above(stmt, f"{name} = {text.of(call)}")
            yield _Edit(text.start(call), text.end(call), name)


def _does_more(stmt: ast.Assign | ast.Return, text: _Text) -> bool:
    """True for a statement that returns the layer, or reads a loss or a collection."""
    calls = [node for node in walk(stmt) if isinstance(node, ast.Call)]
    reads = any(_READS.intersection((text.symbol(node.func) or "").split(".")) for node in calls)
    return isinstance(stmt, ast.Return) or reads


def _is_first(root: ast.expr, call: ast.Call, text: _Text) -> bool:
    """True where nothing happens in an expression before a call in it does: only names are looked up."""
    while root is not call:
        if isinstance(root, _NOT_ALWAYS):
            return False
        for child in ast.iter_child_nodes(root):
            if not isinstance(child, ast.expr | ast.keyword):
                continue
            inner = child.value if isinstance(child, ast.keyword) else child
            if any(node is call for node in walk(inner)):
                root = inner
                break
            if not _only_looks(inner, text):
                return False
        else:
            return False
    return True


def _only_looks(node: ast.expr, text: _Text) -> bool:
    """True for names, for names of TensorFlow, and for attributes that no code of the file computes."""
    if isinstance(node, ast.Attribute) and text.symbol(node) is None:
        computed = {part.name for part in text.statements() if isinstance(part, ast.FunctionDef)}
        plain = node.attr not in computed and not computed & {"__getattr__", "__getattribute__"}
        return plain and _only_looks(node.value, text)
    return isinstance(node, ast.Name | ast.Constant | ast.Attribute)


_RULES: Sequence[Callable[[_Text], Iterator[_Edit]]] = (
    _single_assignments,
    _attributes_by_their_names,
    _layers_alone,
)
