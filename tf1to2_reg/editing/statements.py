"""Small LibCST statements, made by rule, and questions about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import libcst as cst

from tf1to2_reg.editing.expressions import dotted

_Statement = TypeVar("_Statement", bound=cst.BaseStatement)
BLANK = cst.EmptyLine(indent=False)


def line(text: str) -> cst.SimpleStatementLine:
    """A line of small statements from its text."""
    return cst.ensure_type(cst.parse_statement(text), cst.SimpleStatementLine)


def assignment(target: str, value: cst.BaseExpression) -> cst.SimpleStatementLine:
    """`target = value` for a name or an attribute."""
    return cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(dotted(target))], value)])


def passing() -> cst.SimpleStatementLine:
    """`pass`."""
    return cst.SimpleStatementLine([cst.Pass()])


def is_self_assignment(statement: cst.CSTNode) -> bool:
    """`x = x`, which is left where an attribute and a local name become one."""
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return False
    target, value = statement.targets[0].target, statement.value
    return isinstance(target, cst.Name) and isinstance(value, cst.Name) and target.value == value.value


def is_docstring(statement: cst.CSTNode) -> bool:
    """True for a line that is a string and nothing else."""
    if not isinstance(statement, cst.SimpleStatementLine) or not isinstance(statement.body[0], cst.Expr):
        return False
    return isinstance(statement.body[0].value, cst.SimpleString | cst.ConcatenatedString)


def is_import(statement: cst.CSTNode) -> bool:
    """True for a line that begins with an import."""
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[0], cst.Import | cst.ImportFrom)


def lines_of(block: cst.BaseSuite) -> Sequence[cst.BaseStatement]:
    """The statements of a block, also of one that stands behind the colon."""
    if isinstance(block, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(block.body)]
    return cst.ensure_type(block, cst.IndentedBlock).body


def leading_of(statement: cst.CSTNode) -> Sequence[cst.EmptyLine]:
    """The blank lines and comments above a statement."""
    rows: Sequence[cst.EmptyLine] = getattr(statement, "leading_lines", ())
    return rows


def comments_of(statement: cst.CSTNode) -> list[cst.EmptyLine]:
    """The comments above a statement, without blank lines."""
    return [row for row in leading_of(statement) if row.comment is not None]


def blanks_of(statement: cst.CSTNode) -> list[cst.EmptyLine]:
    """The blank lines above a statement, up to its first comment."""
    rows = leading_of(statement)
    first = next((index for index, row in enumerate(rows) if row.comment is not None), len(rows))
    return list(rows[:first])


def led_by(statement: _Statement, rows: Sequence[cst.EmptyLine]) -> _Statement:
    """The statement below other blank lines and comments."""
    return statement.with_changes(leading_lines=rows)


def with_comments_only(statement: _Statement) -> _Statement:
    """The statement without any blank line above it."""
    return led_by(statement, comments_of(statement))


def without_blanks(statement: _Statement) -> _Statement:
    """The statement without the blank lines above its first comment."""
    return led_by(statement, leading_of(statement)[len(blanks_of(statement)) :])


def without_semicolon(statement: cst.BaseSmallStatement) -> cst.BaseSmallStatement:
    """The small statement as the last of its line."""
    return statement.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
