"""`# tf1to2-reg: skip`: what a user wants left as it is, byte for byte.

Behind a statement, or on the first line of a function, class or block, the comment is about that statement with all
that is in it; alone on a line, about the statement that follows, and before the first statement about the file.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.source import SourceFile

WORD = b"tf1to2-reg:"
_COMMENT = re.compile(r"#\s*tf1to2-reg:\s*([\w-]*)(?:\s.*)?")


@dataclass(frozen=True)
class Skip:
    """A comment, and the lines `first` to `last` that it is about; `what` names them."""

    path: Path
    line: int
    column: int
    first: int
    last: int
    what: str

    def holds(self, line: int) -> bool:
        """Whether a line is one of those."""
        return self.first <= line <= self.last

    @property
    def is_file(self) -> bool:
        """Whether it is about the whole file."""
        return self.what == "file"

    def diagnostic(self, code: str, message: str) -> Diagnostic:
        """A message at the comment."""
        return Diagnostic(code, self.path, self.line, self.column, message)


def skips_of(source: SourceFile) -> list[Skip]:
    """All of a file, in their order."""
    return [_skip(source, line, column) for word, line, column in _comments(source) if word == "skip"]


def unknown_comments(source: SourceFile) -> list[Diagnostic]:
    """A TFR309 for every comment to this tool that is not known."""
    return [
        Diagnostic("TFR309", source.path, line, column, f"there is no comment `tf1to2-reg: {word}`, only `skip`")
        for word, line, column in _comments(source)
        if word != "skip"
    ]


def text_of(source: SourceFile, skip: Skip) -> list[str]:
    """The lines that a comment is about."""
    return source.text.split("\n")[skip.first - 1 : skip.last]


def _comments(source: SourceFile) -> Iterator[tuple[str, int, int]]:
    """Word, line and column of every comment to this tool."""
    if WORD.decode() not in source.text:
        return
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT and (found := _COMMENT.search(token.string)):
            yield found[1], token.start[0], token.start[1] + 1


def _skip(source: SourceFile, line: int, column: int) -> Skip:
    alone = not source.text.split("\n")[line - 1][: column - 1].strip()
    body = _statements_of(source)
    if alone and (not body or line < _first_line(body[0])):
        return Skip(source.path, line, column, 1, source.text.count("\n") + 1, "file")
    statement = _following(source.tree, line) if alone else _innermost(source.tree, line)
    if statement is None:
        return Skip(source.path, line, column, line, line, "nothing")
    first = min(line, _first_line(statement))
    return Skip(source.path, line, column, first, statement.end_lineno or line, _name(statement))


def _statements_of(source: SourceFile) -> list[ast.stmt]:
    """The statements of a file, without the line that begins a notebook."""
    return source.tree.body if source.notebook is None else source.tree.body[1:]


def _innermost(tree: ast.Module, line: int) -> ast.stmt | None:
    around = [s for s in _statements(tree) if _first_line(s) <= line <= (s.end_lineno or s.lineno)]
    return max(around, key=lambda s: (_first_line(s), -(s.end_lineno or 0)), default=None)


def _following(tree: ast.Module, line: int) -> ast.stmt | None:
    after = [statement for statement in _statements(tree) if _first_line(statement) > line]
    return min(after, key=lambda s: (_first_line(s), -(s.end_lineno or 0)), default=None)


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))


def _first_line(statement: ast.stmt) -> int:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return min([statement.lineno, *(decorator.lineno for decorator in statement.decorator_list)])
    return statement.lineno


def _name(statement: ast.stmt) -> str:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return f"function {statement.name}"
    return f"class {statement.name}" if isinstance(statement, ast.ClassDef) else "statement"
