"""Where new definitions stand in a file, and the blank lines around them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import libcst as cst

from tf1to2_reg.editing.expressions import code
from tf1to2_reg.editing.statements import BLANK, is_docstring, is_import, leading_of


def after_imports(body: Sequence[cst.BaseStatement]) -> int:
    """The place below the imports at the top of a module, or below its docstring."""
    place = 0
    for index, statement in enumerate(body):
        if is_import(statement):
            place = index + 1
        elif index == 0 and is_docstring(statement):
            place = 1
        elif place and not isinstance(statement, cst.SimpleStatementLine):
            break
    return place


def above_definition(body: Sequence[cst.BaseStatement], name: str) -> int:
    """The place above the function or class of that name; below the imports where the module has none."""
    for index, statement in enumerate(body):
        if isinstance(statement, cst.FunctionDef | cst.ClassDef) and statement.name.value == name:
            return index
    return after_imports(body)


def spaced(module: cst.Module) -> cst.Module:
    """The module with blank lines around the steps and models: two at the top, one inside functions and classes."""
    result = module.visit(_Spacing())
    assert isinstance(result, cst.Module)
    return result


class _Spacing(cst.CSTTransformer):
    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        return updated_node.with_changes(body=_spaced(updated_node.body, 2))

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        return updated_node.with_changes(body=_spaced(updated_node.body, 1))


def _spaced(body: Sequence[cst.BaseStatement], lines: int) -> list[cst.BaseStatement]:
    found = list(body[:1])
    for above, statement in pairwise(body):
        apart = _is_step_or_model(statement) or _is_step_or_model(above)
        found.append(_below(statement, lines) if apart else statement)
    return found


def _below(statement: cst.BaseStatement, lines: int) -> cst.BaseStatement:
    """The statement with its comments below exactly so many blank lines."""
    rows = list(leading_of(statement))
    while rows and rows[0].comment is None:
        rows.pop(0)
    return statement.with_changes(leading_lines=[BLANK] * lines + rows)


def _is_step_or_model(statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.FunctionDef):
        return any("function(input_signature" in code(decorator) for decorator in statement.decorators)
    return isinstance(statement, cst.ClassDef) and "tf.keras" in code(
        statement.with_changes(body=cst.IndentedBlock([]))
    )
