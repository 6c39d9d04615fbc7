"""Answers the questions of the rules about one file."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from tf1to2_reg.editing.file import File, Note
from tf1to2_reg.editing.rule import Context
from tf1to2_reg.facts.knowledge import Constant, TensorFacts
from tf1to2_reg.program.values import constant_of, facts_of


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
