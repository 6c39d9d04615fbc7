"""A file as LibCST tree and `ast` tree side by side."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from tf1to2_reg.diagnostics.reasons import Reasons, refusal
from tf1to2_reg.program.trace import Facts
from tf1to2_reg.syntax.imports import imported_symbols, normalize
from tf1to2_reg.syntax.modules import Module, Project

_Key = tuple[int, int, int, int]


class File:
    """One file of a project that changes. LibCST nodes are those of the original tree; nothing here modifies it."""

    def __init__(self, module: Module, facts: Facts, project: Project) -> None:
        self.module = module
        self.facts = facts
        self._project = project
        wrapper = MetadataWrapper(cst.parse_module(module.source.text), unsafe_skip_copy=True)
        self.tree = wrapper.module
        self._positions: Mapping[cst.CSTNode, CodeRange] = wrapper.resolve(PositionProvider)
        self.notes: list[Note] = []
        self.reasons = Reasons()
        self.left: set[str] = set()
        """Names of TF1 that stay where they are, since their code never runs."""

    @cached_property
    def _ast_nodes(self) -> tuple[dict[_Key, ast.AST], dict[_Key, ast.AST]]:
        lines = self.module.source.text.split("\n")
        statements: dict[_Key, ast.AST] = {}
        expressions_: dict[_Key, ast.AST] = {}
        for node in ast.walk(self.module.tree):
            if isinstance(node, ast.stmt):
                statements[_key(node, lines)] = node
            elif isinstance(node, ast.expr):
                expressions_[_key(node, lines)] = node
        return statements, expressions_

    @cached_property
    def _cst_statements(self) -> dict[ast.AST, cst.CSTNode]:
        found: dict[ast.AST, cst.CSTNode] = {}
        for node in self._positions:
            if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
                statement = self.statement(node)
                if statement is not None:
                    found[statement] = node
        return found

    @cached_property
    def _cst_expressions(self) -> dict[ast.AST, cst.BaseExpression]:
        found: dict[ast.AST, cst.BaseExpression] = {}
        for node in self._positions:
            if isinstance(node, cst.BaseExpression):
                expression = self.expression(node)
                if expression is not None:
                    found[expression] = node
        return found

    @cached_property
    def lines(self) -> dict[cst.CSTNode, cst.SimpleStatementLine]:
        """The line that each small statement stands in."""
        rows = [node for node in self._positions if isinstance(node, cst.SimpleStatementLine)]
        return {small: row for row in rows for small in row.body}

    def _range(self, node: cst.CSTNode) -> _Key | None:
        found = self._positions.get(node)
        if found is None:
            return None
        if isinstance(node, cst.Tuple) and node.lpar:
            return _tuple_key(found.start.line, found.start.column)
        return found.start.line, found.start.column, found.end.line, found.end.column

    def expression(self, node: cst.CSTNode) -> ast.AST | None:
        """The `ast` expression of a LibCST node."""
        key = self._range(node)
        return self._ast_nodes[1].get(key) if key is not None else None

    def statement(self, node: cst.CSTNode) -> ast.AST | None:
        """The `ast` statement of a LibCST node (a small or compound statement)."""
        key = self._range(node)
        return self._ast_nodes[0].get(key) if key is not None else None

    def cst_statement(self, node: ast.stmt) -> cst.CSTNode:
        """The LibCST node of a statement."""
        if node not in self._cst_statements:
            raise refusal("TFR231", "a statement that cannot be located in the text", node)
        return self._cst_statements[node]

    def cst_expression(self, node: ast.expr) -> cst.BaseExpression:
        """The LibCST node of an expression."""
        if node not in self._cst_expressions:
            raise refusal("TFR231", "an expression that cannot be located in the text", node)
        return self._cst_expressions[node]

    def place(self, node: object) -> tuple[int, int] | None:
        """Line and column, both from 1, of a LibCST node."""
        found = self._positions.get(node) if isinstance(node, cst.CSTNode) else None
        return (found.start.line, found.start.column + 1) if found is not None else None

    def symbol(self, node: cst.CSTNode) -> str | None:
        """The TensorFlow symbol an expression names; in code that is never reached, as its imports tell."""
        expression = self.expression(node)
        if expression is None:
            return None
        if expression not in self.facts.visited:
            return self._imported_symbol(node)
        return self.facts.symbol(expression)

    def never_runs(self, node: cst.CSTNode) -> bool:
        """True for code that nothing in the project can call, and for branches that are shown not to be taken."""
        expression = self.expression(node)
        return expression in self._project.unused or expression in self._not_taken

    @cached_property
    def _not_taken(self) -> frozenset[ast.AST]:
        found: set[ast.AST] = set()
        for node in ast.walk(self.module.tree):
            decided = self.facts.constant(node.test) if isinstance(node, ast.If) else None
            if isinstance(node, ast.If) and decided is not None:
                left = node.orelse if decided.value else node.body
                found.update(part for stmt in left for part in ast.walk(stmt))
        return frozenset(found)

    def _imported_symbol(self, node: cst.CSTNode) -> str | None:
        parts: list[str] = []
        while isinstance(node, cst.Attribute):
            parts.append(node.attr.value)
            node = node.value
        if not isinstance(node, cst.Name) or node.value not in self.imported:
            return None
        return normalize(".".join([self.imported[node.value], *reversed(parts)]))

    @cached_property
    def imported(self) -> dict[str, str]:
        """Names that imports of the file bind to TensorFlow symbols."""
        return imported_symbols(self.module.tree)

    @cached_property
    def tensorflow(self) -> str:
        """The name of the TensorFlow module in the migrated file."""
        roots = [name for name, symbol in self.imported.items() if symbol == "tf"]
        return "tf" if "tf" in roots or not roots else roots[0]


@dataclass(frozen=True)
class Note:
    """A note or pitfall at a place of a file."""

    code: str
    message: str
    line: int
    column: int


def _tuple_key(line: int, column: int) -> _Key:
    """The key of a tuple in parentheses: LibCST counts from its first element, `ast` from its parenthesis."""
    return line, column, -1, -1


def _key(node: ast.stmt | ast.expr, lines: Sequence[str]) -> _Key:
    if isinstance(node, ast.Tuple) and lines[node.lineno - 1].encode()[node.col_offset :][:1] == b"(":
        return _parenthesized_key(node, lines)
    return _range_key(node, lines)


def _parenthesized_key(node: ast.Tuple, lines: Sequence[str]) -> _Key:
    """The place of the first element, or of the closing parenthesis of an empty tuple."""
    first = _characters(lines, node.lineno, node.col_offset) + 1
    if node.elts and node.elts[0].lineno == node.lineno and node.elts[0].col_offset == node.col_offset:
        return _range_key(node, lines)
    line, rest = node.lineno, lines[node.lineno - 1][first:]
    while not rest.strip() or rest.lstrip().startswith("#"):
        line, first = line + 1, 0
        rest = lines[line - 1]
    return _tuple_key(line, first + len(rest) - len(rest.lstrip()))


def _range_key(node: ast.stmt | ast.expr, lines: Sequence[str]) -> _Key:
    return (
        node.lineno,
        _characters(lines, node.lineno, node.col_offset),
        node.end_lineno or node.lineno,
        _characters(lines, node.end_lineno or node.lineno, node.end_col_offset or 0),
    )


def _characters(lines: Sequence[str], line: int, offset: int) -> int:
    text = lines[line - 1]
    return offset if text.isascii() else len(text.encode()[:offset].decode())
