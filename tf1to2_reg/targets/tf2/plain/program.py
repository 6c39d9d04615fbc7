"""The files of a program as the rules of plain forms see them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from tf1to2_reg.files.source import SourceFile
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.targets.tf2.plain.steady import Steady
from tf1to2_reg.targets.tf2.plain.text import Edit, Offsets


class File:
    """One file.

    `stored` are the attributes that any file gives values to, `named_outside` the names that any imports or looks up.
    """

    def __init__(self, source: SourceFile, stored: Counter[str], named_outside: frozenset[str] = frozenset()) -> None:
        self.source = source
        self.tree = source.tree
        self.named_outside = named_outside
        self._stored = stored

    @cached_property
    def offsets(self) -> Offsets:
        """Lines and columns as offsets of the text."""
        return Offsets(self.source.text)

    @cached_property
    def steady(self) -> Steady:
        """What gives the same wherever it is evaluated."""
        return Steady(self.tree, self._stored)

    def indent(self, stmt: ast.stmt) -> str | None:
        """What stands before a statement on its line; None where that is another statement."""
        before = self.offsets.text[self.offsets.starts[stmt.lineno - 1] : self.offsets.start(stmt)]
        return None if before.strip() else before

    def line_above(self, stmt: ast.stmt, text: str) -> Edit:
        """A line above a statement that begins one."""
        begin = self.offsets.starts[stmt.lineno - 1]
        return Edit(begin, begin, f"{self.indent(stmt) or ''}{text}\n")

    def named_above(self, stmt: ast.stmt, node: ast.expr, name: str) -> list[Edit]:
        """A part of a statement with a name, in a line above it."""
        place = self.offsets.start(node), self.offsets.end(node)
        return [self.line_above(stmt, f"{name} = {self.offsets.of(node)}"), Edit(*place, name)]

    def with_names(self, root: ast.stmt | ast.expr, texts: Mapping[str, str]) -> str:
        """The text of a statement or expression with names replaced."""
        start, text = self.offsets.start(root), self.offsets.of(root)
        names = [node for node in ast.walk(root) if isinstance(node, ast.Name) and node.id in texts]
        for node in sorted(names, key=self.offsets.start, reverse=True):
            first, last = self.offsets.start(node) - start, self.offsets.end(node) - start
            text = text[:first] + texts[node.id] + text[last:]
        return text

    @cached_property
    def _blocks(self) -> dict[ast.stmt, Sequence[ast.stmt]]:
        """The statements that each statement stands among."""
        found: dict[ast.stmt, Sequence[ast.stmt]] = dict.fromkeys(self.tree.body, self.tree.body)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.stmt):
                for block in blocks(node):
                    found |= dict.fromkeys(block.statements, block.statements)
        return found

    def block(self, stmt: ast.stmt) -> Sequence[ast.stmt]:
        """The statements that a statement stands among."""
        return self._blocks.get(stmt, (stmt,))

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The statement that a node stands in."""
        found: ast.AST | None = node
        while found is not None and not isinstance(found, ast.stmt):
            found = self.steady.scopes.parent.get(found)
        return found

    def is_in_text(self, node: ast.AST) -> bool:
        """True inside a formatted string, where places are not told exactly by every Python."""
        found: ast.AST | None = node
        while found is not None and not isinstance(found, ast.JoinedStr):
            found = self.steady.scopes.parent.get(found)
        return found is not None
