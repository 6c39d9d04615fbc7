"""The files of a program as the rules of plain forms see them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from tf1to2_reg.files.source import SourceFile
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.targets.tf2.plain.steady import Steady
from tf1to2_reg.targets.tf2.plain.text import Offsets


class File:
    """One file.

    `stored` are the attributes that any file gives values to, `named_outside` the names that any imports or looks up.
    """

    def __init__(self, source: SourceFile, stored: Counter[str], named_outside: frozenset[str] = frozenset()) -> None:
        self.source = source
        self.tree = source.tree
        self.named_outside = named_outside
        self.offsets = Offsets(source.text)
        self.steady = Steady(source.tree, stored)

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
