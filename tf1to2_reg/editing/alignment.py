"""Continuation lines that stand under the first argument of a call, moved with it."""

from __future__ import annotations

import libcst as cst


def realigned(call: cst.Call, old: int, new: int) -> cst.Call:
    """`call` with its continuation lines moved from column `old` to column `new`.

    Columns count from the indentation of the statement's block; `old` is where the first argument stood, `new` where it
    stands. Lines further left than `old` (a hanging indent) and lines indented with tabs stay.
    """
    if old == new or not call.args:
        return call
    return cst.ensure_type(call.visit(_Shift(old, new - old)), cst.Call)


class _Shift(cst.CSTTransformer):
    def __init__(self, least: int, columns: int) -> None:
        self.least = least
        self.columns = columns

    def leave_ParenthesizedWhitespace(
        self, original_node: cst.ParenthesizedWhitespace, updated_node: cst.ParenthesizedWhitespace
    ) -> cst.ParenthesizedWhitespace:
        if not original_node.indent:
            return updated_node
        lines = [line.with_changes(whitespace=self._moved(line.whitespace)) for line in updated_node.empty_lines]
        return updated_node.with_changes(empty_lines=lines, last_line=self._moved(updated_node.last_line))

    def _moved(self, whitespace: cst.SimpleWhitespace) -> cst.SimpleWhitespace:
        if len(whitespace.value) < self.least or "\t" in whitespace.value:
            return whitespace
        return whitespace.with_changes(value=" " * (len(whitespace.value) + self.columns))
