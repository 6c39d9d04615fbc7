"""A file as LibCST tree and `ast` tree side by side, and the rewriting of its expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from tf1to2_reg import expressions
from tf1to2_reg.names import Module, canonical, normalize
from tf1to2_reg.program.trace import Facts
from tf1to2_reg.program.values import Symbol, constant_of, facts_of
from tf1to2_reg.rewriting import Constant, Context, Refusal, Rule, TensorFacts

_Key = tuple[int, int, int, int]


class File:
    """One file that changes. LibCST nodes are those of the original tree; nothing here modifies it."""

    def __init__(self, module: Module, facts: Facts) -> None:
        self.module = module
        self.facts = facts
        wrapper = MetadataWrapper(cst.parse_module(module.source.text), unsafe_skip_copy=True)
        self.tree = wrapper.module
        self._positions: Mapping[cst.CSTNode, CodeRange] = wrapper.resolve(PositionProvider)
        self.notes: list[Note] = []

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
    def lines(self) -> list[cst.SimpleStatementLine]:
        """Every line of small statements."""
        return [node for node in self._positions if isinstance(node, cst.SimpleStatementLine)]

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
            raise Refusal("TFR231", "a statement that cannot be located in the text", node)
        return self._cst_statements[node]

    def cst_expression(self, node: ast.expr) -> cst.BaseExpression:
        """The LibCST node of an expression."""
        if node not in self._cst_expressions:
            raise Refusal("TFR231", "an expression that cannot be located in the text", node)
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
        value = self.facts.values.get(expression)
        return value.name if isinstance(value, Symbol) else None

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
        found: dict[str, str] = {}
        for node in ast.walk(self.module.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    wanted = alias.name if alias.asname else alias.name.split(".")[0]
                    symbol = canonical(wanted)
                    if symbol and canonical(alias.name):
                        found[alias.asname or wanted] = symbol
            elif isinstance(node, ast.ImportFrom) and not node.level:
                for alias in node.names:
                    symbol = canonical(f"{node.module}.{alias.name}")
                    if symbol and alias.name != "*":
                        found[alias.asname or alias.name] = symbol
        return found

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


@dataclass(frozen=True)
class FileContext(Context):
    """Answers the questions of the rules about one file."""

    file: File
    tf: str

    def symbol(self, node: cst.BaseExpression) -> str | None:
        return self.file.symbol(node)

    def constant(self, node: cst.BaseExpression) -> Constant | None:
        expression = self.file.expression(node)
        if expression is None:
            return None
        if expression in self.file.facts.constants:
            return self.file.facts.constants[expression]
        value = self.file.facts.values.get(expression)
        return constant_of(value) if value is not None else None

    def tensor(self, node: cst.BaseExpression) -> TensorFacts | None:
        expression = self.file.expression(node)
        if expression is None:
            return None
        found = self.file.facts.tensors.get(expression)
        if found is None:
            value = self.file.facts.values.get(expression)
            found = facts_of(value) if value is not None else None
        return found

    def note(self, code: str, message: str, node: cst.CSTNode) -> None:
        line, column = self.file.place(node) or (1, 1)
        found = Note(code, message, line, column)
        if found not in self.file.notes:
            self.file.notes.append(found)


CallHook = Callable[[ast.Call, cst.Call, cst.Call], cst.BaseExpression | None]
"""(call, original, updated) -> what the call becomes, or None where the hook has nothing to say."""


Rewrite = Callable[[cst.CSTNode, "Mode"], cst.CSTNode]
"""(original node, mode) -> the rewritten node."""


@dataclass
class Rules:
    """What the transforms do with expressions: by symbol of the called function, and for every other name."""

    calls: Mapping[str, Rule]
    other_call: Rule
    name: Callable[[str], str]


@dataclass
class Mode:
    """How expressions are rewritten in one part of the output.

    Arguments of `opaque` calls are left alone. `names` replaces variables ("x" or "self.x"); `hooks` are asked before
    the rules. `receiver` is the name of the object whose attributes count as variables.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    hooks: Sequence[CallHook] = ()
    receiver: str | None = None
    opaque: frozenset[ast.Call] = frozenset()
    displays: Mapping[ast.Dict, Mapping[ast.expr, str | None]] = field(default_factory=dict)


class Rewriter(cst.CSTTransformer):
    """Rewrites the expressions below an original node."""

    def __init__(self, context: FileContext, rules: Rules, mode: Mode) -> None:
        super().__init__()
        self.context = context
        self.file = context.file
        self.rules = rules
        self.mode = mode
        self._called: set[cst.BaseExpression] = set()

    def apply(self, node: cst.CSTNode) -> cst.CSTNode:
        """The rewritten node."""
        result = node.visit(self)
        assert isinstance(result, cst.CSTNode)
        return result

    # Calls

    def visit_Call(self, node: cst.Call) -> bool:
        if self.file.symbol(node.func) is not None:
            self._called.add(node.func)
        return self.file.expression(node) not in self.mode.opaque

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        call = self.file.expression(original_node)
        if isinstance(call, ast.Call):
            for hook in self.mode.hooks:
                result = hook(call, original_node, updated_node)
                if result is not None:
                    return result
        symbol = self.file.symbol(original_node.func)
        if symbol is not None:
            rule = self.rules.calls.get(symbol, self.rules.other_call)
            return _keep_parentheses(original_node, rule(original_node, updated_node, self.context))
        return updated_node

    # Names

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        return not self._is_whole(node)

    def _is_whole(self, node: cst.Attribute) -> bool:
        """True for an attribute that is replaced as a whole, or looked at as a whole."""
        return self.file.symbol(node) is not None or self._variable(node) is not None

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        name = self._variable(original_node)
        if name is not None:
            return self._substitute(name, updated_node)
        symbol = self.file.symbol(original_node)
        if symbol is None or original_node in self._called:
            return updated_node
        return self._spelled(symbol, original_node, updated_node)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        if original_node in self._called or self.file.expression(original_node) is None:
            return updated_node
        if original_node.value in self.mode.names:
            return self._substitute(original_node.value, updated_node)
        imported = self.file.imported.get(original_node.value)
        symbol = self.file.symbol(original_node)
        if imported is None or imported == "tf" or symbol != imported:
            return updated_node
        return self._spelled(symbol, original_node, updated_node)

    def _variable(self, node: cst.Attribute) -> str | None:
        if self.mode.receiver is None or not isinstance(node.value, cst.Name) or node.value.value != self.mode.receiver:
            return None
        name = f"self.{node.attr.value}"
        return name if name in self.mode.names else None

    def _substitute(self, name: str, node: cst.Name | cst.Attribute) -> cst.BaseExpression:
        text = self.mode.names[name]
        if isinstance(node, cst.Name) and node.value == text:
            return node
        return cst.parse_expression(text).with_changes(lpar=node.lpar, rpar=node.rpar)

    def _spelled(self, symbol: str, original: cst.BaseExpression, updated: cst.BaseExpression) -> cst.BaseExpression:
        try:
            spelling = self.rules.name(symbol)
        except Refusal as refusal:
            raise Refusal(refusal.code, refusal.message, original, refusal.help) from None
        dotted = self.context.tf + spelling.removeprefix("tf")
        if expressions.code(updated) == dotted:
            return updated
        expression = expressions.dotted(dotted)
        return expression.with_changes(lpar=updated.lpar, rpar=updated.rpar)

    # Feed dicts

    def leave_Dict(self, original_node: cst.Dict, updated_node: cst.Dict) -> cst.BaseExpression:
        display = self.file.expression(original_node)
        keys = self.mode.displays.get(display) if isinstance(display, ast.Dict) else None
        if keys is None:
            return updated_node
        kept: list[cst.BaseDictElement] = []
        for before, after in zip(original_node.elements, updated_node.elements, strict=True):
            assert isinstance(before, cst.DictElement)
            assert isinstance(after, cst.DictElement)
            key = self.file.expression(before.key)
            name = keys.get(key) if isinstance(key, ast.expr) else None
            if name is not None:
                kept.append(after.with_changes(key=cst.SimpleString(f'"{name}"')))
        return updated_node.with_changes(elements=kept)


def _keep_parentheses(original: cst.BaseExpression, result: cst.BaseExpression) -> cst.BaseExpression:
    if original.lpar and not result.lpar:
        return result.with_changes(lpar=original.lpar, rpar=original.rpar)
    return result
