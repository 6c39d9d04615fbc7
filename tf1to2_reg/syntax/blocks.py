"""Blocks of statements inside compound statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """Statements that run together or not at all; `part` tells the blocks of one statement apart: `handlers[1]`."""

    part: str
    statements: Sequence[ast.stmt]


def blocks(stmt: ast.AST) -> Iterator[Block]:
    """The blocks directly inside a statement, empty ones left out, in an order in which they may run."""
    for part in ("body", "orelse", "handlers", "cases", "finalbody"):
        found = getattr(stmt, part, None) or []
        if part in ("handlers", "cases"):
            yield from (Block(f"{part}[{index}]", inner.body) for index, inner in enumerate(found))
        elif found and isinstance(found, list):  # the body of a lambda is an expression
            yield Block(part, found)
