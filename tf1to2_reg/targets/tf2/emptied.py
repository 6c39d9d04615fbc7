"""Conditions of which little is left: `if DEBUG: pass` goes, as do branches that only pass."""

from __future__ import annotations

import ast

import libcst as cst

from tf1to2_reg.editing.expressions import parenthesized

_PLAIN = (
    ast.Attribute, ast.BoolOp, ast.Compare, ast.Constant, ast.Name, ast.UnaryOp, ast.boolop, ast.cmpop,
    ast.expr_context, ast.unaryop,
)  # fmt: skip


def without_emptied(before: cst.If, after: cst.If, test: ast.expr) -> cst.If | None:
    """The new condition without branches that the migration emptied, None where nothing is left of it.

    A test that may do something stays, and so does what passed before.
    """
    orelse = after.orelse
    if isinstance(before.orelse, cst.Else) and isinstance(orelse, cst.Else) and _is_emptied(before.orelse, orelse):
        orelse = None
    if isinstance(orelse, cst.Else) and _is_emptied(before, after):
        return after.with_changes(test=_negated(after.test), body=orelse.body, orelse=None)
    plain = all(isinstance(node, _PLAIN) for node in ast.walk(test))
    return None if orelse is None and plain and _is_emptied(before, after) else after.with_changes(orelse=orelse)


def _negated(test: cst.BaseExpression) -> cst.BaseExpression:
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not) and not test.lpar:
        return test.expression
    bare = isinstance(test, cst.Name | cst.Attribute | cst.Call | cst.Comparison) or test.lpar
    return cst.UnaryOperation(cst.Not(), test if bare else parenthesized(test))


def _is_emptied(before: cst.If | cst.Else, after: cst.If | cst.Else) -> bool:
    return _passes(after.body) and not _passes(before.body)


def _passes(suite: cst.BaseSuite) -> bool:
    match suite:
        case cst.IndentedBlock(body=[cst.SimpleStatementLine(body=[cst.Pass()])]):
            return True
        case cst.SimpleStatementSuite(body=[cst.Pass()]):
            return True
    return False
