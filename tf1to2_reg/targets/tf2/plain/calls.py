"""Calls with other arguments written in."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from tf1to2_reg.targets.tf2.plain.text import Edit, Offsets

_REST = re.compile(r"(\)*)\s*,?\s*\)")
_OPENING = re.compile(r"\s*\(")


def with_arguments(
    call: ast.Call, positional: Sequence[str], keywords: Mapping[str, str], offsets: Offsets
) -> list[Edit] | None:
    """The edits that put positional arguments first and keyword arguments last; None where the text is not plain."""
    start, end = offsets.end(call.func), offsets.end(call)
    opening = _OPENING.match(offsets.text, start)
    if opening is None:
        return None
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    named = [f"{name}={text}" for name, text in keywords.items()]
    if not given:
        return [Edit(opening.end(), opening.end(), ", ".join([*positional, *named]))] if positional or named else []
    first = "".join(f"{text}, " for text in positional)
    if offsets.text[opening.end()] == "\n":
        first = first.rstrip()
    edits = [Edit(opening.end(), opening.end(), first)] if positional else []
    last = max(offsets.end(node) for node in given)
    rest = _REST.fullmatch(offsets.text[last:end])
    if rest is None:
        return None
    place = last + len(rest[1])
    return [*edits, Edit(place, place, "".join(f", {text}" for text in named))] if named else edits


def without_statement(stmt: ast.stmt, block: Sequence[ast.stmt], offsets: Offsets) -> Edit | None:
    """The edit that takes a statement out; None where it shares its line with others."""
    start, end = offsets.start(stmt), offsets.end(stmt)
    begin = offsets.starts[stmt.lineno - 1]
    after = offsets.text.find("\n", end)
    after = len(offsets.text) if after == -1 else after + 1
    if offsets.text[begin:start].strip() or not re.fullmatch(r"\s*(#[^\n]*)?\n?", offsets.text[end:after]):
        return None
    if len(block) == 1:
        return Edit(start, end, "pass")
    while not offsets.text[:begin].strip() and offsets.text[after : after + 1] == "\n":
        after += 1  # no blank lines at the head of a file
    return Edit(begin, after, "")
