"""A program at `graph` as the TF1 program it stands for, so that a more complete target can take it on."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property

import libcst as cst

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.facts.lost import SYMBOLS
from tf1to2_reg.files.source import SourceError, SourceFile, encode, source_from_bytes
from tf1to2_reg.syntax.imports import imported_symbols

MODULE = "graph_layers"
"""The name of the module that this target writes."""

_FUNCTIONS = {facts.keras: symbol for symbol, facts in LAYERS.items()}


@dataclass(frozen=True)
class Undone:
    """A file of a program at `graph` as TF1 text."""

    graph: SourceFile
    tf1: SourceFile

    @cached_property
    def _lines(self) -> list[int]:
        """For each line of the TF1 text the line of the file it was made from, both from 0."""
        before, after = self.graph.text.split("\n"), self.tf1.text.split("\n")
        found: list[int] = []
        for _, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            found += [min(start + offset, max(end - 1, start)) for offset in range(new_end - new_start)]
        return found

    def placed(self, diagnostic: Diagnostic) -> Diagnostic:
        """A diagnostic about the TF1 text as one about the file."""
        index = diagnostic.line - 1
        line = self._lines[index] if index < len(self._lines) else index
        same = self.tf1.text.split("\n")[index : index + 1] == self.graph.text.split("\n")[line : line + 1]
        return replace(diagnostic, line=line + 1, column=diagnostic.column if same else 1)


def is_written_module(file: SourceFile) -> bool:
    """True for the module that this target wrote."""
    names = {node.name for node in file.tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    known = {"graph_model", "Layer", *SYMBOLS}
    return file.path.stem == MODULE and bool(names & known)


def undone(files: Sequence[SourceFile]) -> list[Undone]:
    """All files but the written modules, those at `graph` as the TF1 text they stand for."""
    return [Undone(file, _as_tf1(file)) for file in files if not is_written_module(file)]


def _as_tf1(file: SourceFile) -> SourceFile:
    if MODULE not in file.text:
        return file
    names = _names_of_the_module(file.tree)
    tf = next((local for local, symbol in imported_symbols(file.tree).items() if symbol == "tf"), None)
    if not names or tf is None:
        return file
    text = cst.parse_module(file.text).visit(_Undo(names, tf)).code
    try:
        return source_from_bytes(file.path, encode(file, text))
    except SourceError:  # statements of a notebook that have no place in its cells
        return file


def _names_of_the_module(tree: ast.Module) -> dict[str, str]:
    """Local names with what they are called in the written module; the module itself has an empty name."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").rpartition(".")[2] == MODULE:
            found.update({alias.asname or alias.name: alias.name for alias in node.names})
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update({alias.asname or alias.name: "" for alias in node.names if alias.name == MODULE})
    return found


class _Undo(cst.CSTTransformer):
    """Layers, reads and drop-ins of one file back to their TF1 spelling."""

    def __init__(self, names: dict[str, str], tf: str) -> None:
        super().__init__()
        self._names = names
        self._tf = tf

    def _of_module(self, node: cst.BaseExpression) -> str | None:
        """What the written module calls an expression."""
        if isinstance(node, cst.Name):
            return self._names.get(node.value)
        if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
            return node.attr.value if self._names.get(node.value.value) == "" else None
        return None

    def _spelled(self, symbol: str) -> cst.BaseExpression:
        return expressions.dotted(self._tf + symbol.removeprefix("tf"))

    def _layer(self, node: cst.BaseExpression) -> str | None:
        """The TF1 function of a class of Keras layers, or of one of the written module."""
        name = self._of_module(node)
        text = expressions.code(node)
        if name is None and text.startswith(f"{self._tf}.keras.layers."):
            name = text.rpartition(".")[2]
        return _FUNCTIONS.get(name) if name is not None else None

    def _is_model(self, node: cst.BaseExpression, attribute: str) -> bool:
        return (
            isinstance(node, cst.Attribute)
            and node.attr.value == attribute
            and isinstance(node.value, cst.Call)
            and self._of_module(node.value.func) == "graph_model"
        )

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        func = original_node.func
        if isinstance(func, cst.Call):
            return self._applied(func, cst.ensure_type(updated_node.func, cst.Call), updated_node)
        if expressions.code(func) == f"{self._tf}.add_n" and self._sums_all(original_node):
            return expressions.call(self._spelled("tf.losses.get_regularization_loss"))
        return updated_node

    def _sums_all(self, call: cst.Call) -> bool:
        value = call.args[0].value if len(call.args) == 1 else None
        if isinstance(value, cst.BooleanOperation) and isinstance(value.operator, cst.Or):
            value = value.left
        return value is not None and self._is_model(value, "losses")

    def _applied(self, original: cst.Call, made: cst.Call, call: cst.Call) -> cst.BaseExpression:
        """`graph_model().add(Layer(...), name=...)(x)` and `Layer(...)(x)`."""
        placing: Sequence[cst.Arg] = ()
        constructor, written = made, original
        if self._is_model(original.func, "add"):
            first = original.args[0].value if original.args else None
            if not isinstance(first, cst.Call):
                return call
            placing = [_placed_by_name(index, argument) for index, argument in enumerate(made.args[1:])]
            constructor, written = cst.ensure_type(made.args[0].value, cst.Call), first
        symbol = self._layer(written.func)
        if symbol is None or not call.args:
            return call
        return self._function(symbol, constructor, placing, call)

    def _function(
        self, symbol: str, constructor: cst.Call, placing: Sequence[cst.Arg], call: cst.Call
    ) -> cst.BaseExpression:
        """The call of a layer function: inputs first, then what the layer is, where its weights are, how it runs."""
        inputs = cst.Arg(call.args[0].value)
        own = [_without_position(symbol, index, argument) for index, argument in enumerate(constructor.args)]
        result = constructor.with_changes(func=self._spelled(symbol), args=[], lpar=call.lpar, rpar=call.rpar)
        first = constructor.args[:1]
        gap = first[0].comma if first and isinstance(first[0].comma, cst.Comma) else cst.MaybeSentinel.DEFAULT
        result = result.with_changes(args=[inputs.with_changes(comma=_comma(gap)), *own] if own else [inputs])
        for argument in (*placing, *call.args[1:]):
            result = calls.append(result, argument.with_changes(comma=cst.MaybeSentinel.DEFAULT))
        return result

    # Reads, drop-ins, the import

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        if self._is_model(original_node, "losses"):
            return expressions.call(self._spelled("tf.losses.get_regularization_losses"))
        return self._drop_in(original_node) or updated_node.with_changes(attr=original_node.attr)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        return self._drop_in(original_node) or updated_node

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Param(self, original_node: cst.Param, updated_node: cst.Param) -> cst.Param:
        return updated_node.with_changes(name=original_node.name)

    def _drop_in(self, node: cst.BaseExpression) -> cst.BaseExpression | None:
        name = self._of_module(node)
        if name is None or name in ("graph_model", ""):
            return None
        symbol = SYMBOLS.get(name, f"tf.layers.{name}")
        return self._spelled(symbol).with_changes(lpar=node.lpar, rpar=node.rpar)

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        return not isinstance(node.value, cst.Name)

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.RemovalSentinel:
        kept = [part for part in original_node.body if not _imports_module(part)]
        if len(kept) == len(original_node.body):
            return updated_node
        if kept:
            return original_node.with_changes(body=kept)
        return cst.RemoveFromParent()


def _placed_by_name(index: int, argument: cst.Arg) -> cst.Arg:
    return argument if argument.keyword is not None else calls.named(argument, ("name", "reuse", "trainable")[index])


def _without_position(symbol: str, index: int, argument: cst.Arg) -> cst.Arg:
    """An argument of the class for the function: by position only where that is the same in both."""
    facts = LAYERS[symbol]
    if argument.keyword is not None or argument.star or index < facts.keras_prefix:
        return argument
    return calls.named(argument, facts.parameters[1 + index])


def _comma(gap: cst.Comma | cst.MaybeSentinel) -> cst.Comma:
    return gap if isinstance(gap, cst.Comma) else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def _imports_module(statement: cst.BaseSmallStatement) -> bool:
    return any(name.rpartition(".")[2] == MODULE for name in _imported_modules(statement))


def _imported_modules(statement: cst.BaseSmallStatement) -> Iterator[str]:
    if isinstance(statement, cst.ImportFrom):
        if statement.module is not None:
            yield expressions.code(statement.module)
        elif not isinstance(statement.names, cst.ImportStar):
            yield from (expressions.code(alias.name) for alias in statement.names)
    elif isinstance(statement, cst.Import):
        yield from (expressions.code(alias.name) for alias in statement.names)
