"""Bodies of a new class and of its statements: a method, a block in the place of another, an else."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from tf1to2_reg.editing.statements import led_by, passing, with_comments_only

_NO_SPACE = cst.SimpleWhitespace("")


def _parameter(name: str, default: cst.BaseExpression | None) -> cst.Param:
    if default is None:
        return cst.Param(cst.Name(name))
    return cst.Param(cst.Name(name), default=default, equal=cst.AssignEqual(_NO_SPACE, _NO_SPACE))


def function(
    name: str, parameters: Sequence[tuple[str, cst.BaseExpression | None]], body: Sequence[cst.BaseStatement]
) -> cst.FunctionDef:
    """A method of parameters with their defaults."""
    params = [_parameter(*parameter) for parameter in parameters]
    lines = list(body) or [passing()]
    lines[0] = with_comments_only(lines[0])
    return cst.FunctionDef(cst.Name(name), cst.Parameters(params), cst.IndentedBlock(lines))


def block_of(statement: cst.For | cst.If | cst.Else, body: Sequence[cst.BaseStatement]) -> cst.IndentedBlock:
    """What stands below the statement, in its layout, instead of its own body."""
    lines = list(body)
    lines[0] = with_comments_only(lines[0])
    if isinstance(statement.body, cst.IndentedBlock):
        return statement.body.with_changes(body=lines, footer=[])
    return cst.IndentedBlock(lines)


def else_of(orelse: cst.If | cst.Else | None, body: Sequence[cst.BaseStatement]) -> cst.If | cst.Else | None:
    """The other branch with a new body, None where nothing is left of it."""
    if orelse is None or not body:
        return None
    if isinstance(orelse, cst.If) and len(body) == 1 and isinstance(body[0], cst.If):
        return body[0]
    if isinstance(orelse, cst.Else):
        return orelse.with_changes(body=block_of(orelse, body))
    return cst.Else(cst.IndentedBlock(list(body)))


def with_leading(statements: list[cst.BaseStatement], leading: Sequence[cst.EmptyLine]) -> list[cst.BaseStatement]:
    """The statements below the blank lines and comments that stood above."""
    if statements:
        statements[0] = led_by(statements[0], [_flush(row) for row in leading])
    return statements


def _flush(row: cst.EmptyLine) -> cst.EmptyLine:
    """A blank line without white space; a comment keeps its indentation."""
    return row if row.comment is not None else row.with_changes(indent=False, whitespace=_NO_SPACE)
