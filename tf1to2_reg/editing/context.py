"""Answers the questions of the rules about one file."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from tf1to2_reg.editing.file import File, Note
from tf1to2_reg.editing.rule import Context
from tf1to2_reg.facts.knowledge import Constant, Kind, TensorFacts


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
        return self.file.facts.constant(expression)

    def python_type(self, node: cst.BaseExpression) -> type | None:
        expression = self.file.expression(node)
        return self.file.facts.python_type(expression) if expression is not None else None

    def kinds(self, node: cst.BaseExpression) -> frozenset[Kind]:
        expression = self.file.expression(node)
        return self.file.facts.kinds(expression) if expression is not None else frozenset({Kind.UNKNOWN})

    def strings(self, node: cst.BaseExpression) -> frozenset[str]:
        expression = self.file.expression(node)
        return self.file.facts.strings(expression) if expression is not None else frozenset()

    def tensor(self, node: cst.BaseExpression) -> TensorFacts | None:
        expression = self.file.expression(node)
        if expression is None:
            return None
        return self.file.facts.tensor(expression)

    def note(self, code: str, message: str, node: cst.CSTNode) -> None:
        line, column = self.file.place(node) or (1, 1)
        found = Note(code, message, line, column)
        if found not in self.file.notes:
            self.file.notes.append(found)
