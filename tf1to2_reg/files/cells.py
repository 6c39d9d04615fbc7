"""A cell of a notebook as Python text, and back.

What a cell shows is part of what the program does: the value of its last expression. It stands in the text as
`print(...)` of that expression, so that whoever asks what becomes of a value sees that it is used.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field

from tf1to2_reg.facts.magics import QUIET_CELL
from tf1to2_reg.files import magics
from tf1to2_reg.files.magics import MARK, Mask, NotPython
from tf1to2_reg.files.python2 import is_python2

_SHOW = "print("
_SHOWS_NOTHING = frozenset({"disable_eager_execution", "disable_v2_behavior", "print"})
"""Functions, by their last names, that return None."""


class CellError(Exception):
    """A cell that cannot be used: a code (TFR9xx), the place in the cell, and why."""

    def __init__(self, code: str, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.line = line
        self.column = column
        self.message = message


class Unfit(Exception):
    """Migrated text that has no form in the cell; the first argument says why."""


@dataclass(frozen=True)
class Cell:
    r"""A cell of Python; `number` counts all cells of the notebook from 1.

    `source` is what the notebook has, with `\n` newlines. `text` is what stands for it, line by line: `masks` are by
    the index of their line, `shown` is line index and column of the `print(` that was put around the last expression.
    """

    number: int
    source: str
    text: str
    masks: dict[int, Mask] = field(repr=False)
    shown: tuple[int, int] | None
    tree: ast.Module = field(repr=False, compare=False)

    def place(self, index: int, column: int) -> tuple[int, int]:
        """Line and column in the cell, both from 1, of a line index and a column of `text`."""
        mask = self.masks.get(index)
        if self.shown is not None and self.shown[0] == index and column > self.shown[1] + 1:
            column = max(column - len(_SHOW), self.shown[1] + 1)
        if mask is not None:
            column = 1 if mask.stand_in else column + len(mask.prefix)
        return index + 1, column

    def restored(self, text: str) -> str:
        r"""The source of the cell, with `\n` newlines, once its text is the given one.

        Raises:
            Unfit: a masked line went or changed, or what the cell shows is no longer its last expression.
        """
        lines = _with_margins_of(text.split("\n"), self.text.split("\n"))
        if lines == self.text.split("\n"):
            return self.source
        shown = _hidden("\n".join(lines)) if self.shown is None else _unwrapped("\n".join(lines))
        try:
            return "\n".join(magics.unmasked(shown.split("\n"), self.masks))
        except ValueError as error:
            raise Unfit(f"the line {error.args[0]!r} would not stay where it is") from error


def bound_names(source: str) -> frozenset[str]:
    """The names that a cell binds; none where it cannot be parsed."""
    try:
        lines, _ = magics.masked(source.split("\n"), frozenset())
        tree = _parsed("\n".join(lines))
    except (CellError, NotPython):
        return frozenset()
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
    return frozenset(found)


def cell_of(number: int, source: str, bound: frozenset[str]) -> Cell:
    """A cell, checked as IPython does when it runs one. `bound` are the names that the notebook binds.

    Raises:
        CellError: it does not parse, or holds what is no plain Python.
    """
    try:
        lines, masks = magics.masked(source.split("\n"), bound)
    except NotPython as error:
        raise CellError("TFR917", error.line, 1, error.message) from error
    text = "\n".join(lines)
    tree = _parsed(text)
    _check_compiles(tree, text)
    shown = None if magics.cell_magic(source) in QUIET_CELL else _shown_expression(tree, lines)
    if shown is None:
        return Cell(number, source, text, masks, None, tree)
    index, column = shown.lineno - 1, _characters(lines[shown.lineno - 1], shown.col_offset)
    return Cell(number, source, _wrapped(lines, shown), masks, (index, column), tree)


def _parsed(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        code, message = ("TFR902", "cell is Python 2") if is_python2(error, text) else ("TFR901", "cell does not parse")
        raise CellError(code, error.lineno or 1, max(error.offset or 1, 1), f"{message}: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise CellError("TFR901", 1, 1, f"cell does not parse: {error or 'nested too deeply'}") from error


def _check_compiles(tree: ast.Module, text: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(tree, "<cell>", "exec", dont_inherit=True)
    except SyntaxError as error:
        place = error.lineno or 1, max(error.offset or 1, 1)
        if any(word in text.split("\n")[place[0] - 1] for word in ("await", "async")):
            raise CellError("TFR917", *place, "await outside of a function, which only notebooks have") from error
        raise CellError("TFR901", *place, f"cell does not compile: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise CellError("TFR901", 1, 1, f"cell does not compile: {error or 'nested too deeply'}") from error


def _shown_expression(tree: ast.Module, lines: list[str]) -> ast.Expr | None:
    """The last statement, where it is an expression whose value the cell shows."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or _is_silent(last, lines):
        return None
    row = lines[last.lineno - 1]
    is_stand_in = MARK in row and row.lstrip().startswith(("pass", _SHOW))
    return None if is_stand_in else last


def _is_silent(statement: ast.Expr, lines: list[str]) -> bool:
    """Whether a cell that ends with the statement shows nothing: by a semicolon, or as a call without value."""
    if _ends_with_semicolon(statement, lines):
        return True
    call = statement.value
    name = call.func if isinstance(call, ast.Call) else None
    last = name.id if isinstance(name, ast.Name) else name.attr if isinstance(name, ast.Attribute) else ""
    return last in _SHOWS_NOTHING


def _ends_with_semicolon(statement: ast.Expr, lines: list[str]) -> bool:
    row = lines[(statement.end_lineno or 1) - 1]
    return row[_characters(row, statement.end_col_offset or 0) :].lstrip().startswith(";")


def _wrapped(lines: list[str], statement: ast.Expr) -> str:
    new = list(lines)
    end, start = (statement.end_lineno or 1) - 1, statement.lineno - 1
    column = _characters(new[end], statement.end_col_offset or 0)
    new[end] = f"{new[end][:column]}){new[end][column:]}"
    column = _characters(new[start], statement.col_offset)
    new[start] = f"{new[start][:column]}{_SHOW}{new[start][column:]}"
    return "\n".join(new)


def _unwrapped(text: str) -> str:
    """The text without the `print(...)` around its last expression."""
    lines, last = text.split("\n"), _last_expression(text)
    call = last.value if last is not None else None
    if not isinstance(last, ast.Expr) or not isinstance(call, ast.Call) or call.keywords:
        raise Unfit("its last expression, which it shows, would not be its last any more")
    start, end = last.lineno - 1, (last.end_lineno or 1) - 1
    from_, to = _characters(lines[start], last.col_offset), _characters(lines[end], last.end_col_offset or 0)
    if not lines[start][from_:].startswith(_SHOW) or lines[end][to - 1 : to] != ")":
        raise Unfit("its last expression, which it shows, would not be its last any more")
    lines[end] = lines[end][: to - 1] + lines[end][to:]
    lines[start] = lines[start][:from_] + lines[start][from_ + len(_SHOW) :]
    return "\n".join(lines)


def _hidden(text: str) -> str:
    """The text of a cell that shows nothing, with a semicolon where it would begin to show something."""
    lines, last = text.split("\n"), _last_expression(text)
    if last is None or _is_silent(last, lines):
        return text
    end = (last.end_lineno or 1) - 1
    column = _characters(lines[end], last.end_col_offset or 0)
    lines[end] = f"{lines[end][:column]};{lines[end][column:]}"
    return "\n".join(lines)


def _last_expression(text: str) -> ast.Expr | None:
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise Unfit("its statements would go to several cells") from error
    return body[-1] if body and isinstance(body[-1], ast.Expr) else None


def _with_margins_of(new: list[str], old: list[str]) -> list[str]:
    """The lines with no more empty ones at both ends than the old lines have."""
    before, after = _margins(new)
    old_before, old_after = _margins(old)
    start, end = max(before - old_before, 0), max(after - old_after, 0)
    return new[start : len(new) - end]


def _margins(lines: list[str]) -> tuple[int, int]:
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return (filled[0], len(lines) - 1 - filled[-1]) if filled else (0, len(lines) - 1)


def _characters(line: str, offset: int) -> int:
    """The column in characters of an offset in bytes."""
    return offset if line.isascii() else len(line.encode()[:offset].decode())
