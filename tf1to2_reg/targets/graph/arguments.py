"""The arguments of a call as parts of its text, parentheses and all."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from tf1to2_reg.targets.graph.edits import Span
from tf1to2_reg.targets.graph.work import Token, Work

_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class Argument:
    """One argument: the parameter it is for, its text with and without the keyword, and its value."""

    parameter: str
    span: Span
    value_span: Span
    value: ast.expr
    is_keyword: bool


@dataclass(frozen=True)
class Arguments:
    """The arguments of a call, and where its parentheses stand."""

    opening: int
    closing: int
    items: tuple[Argument, ...]

    def get(self, parameter: str) -> Argument | None:
        return next((item for item in self.items if item.parameter == parameter), None)


def bind(work: Work, call: ast.Call, parameters: Sequence[str]) -> Arguments | None:
    """Each argument with its parameter; None for starred ones, unknown or repeated keywords, and too many."""
    if any(isinstance(argument, ast.Starred) for argument in call.args) or len(call.args) > len(parameters):
        return None
    names = [*parameters[: len(call.args)], *(keyword.arg or "" for keyword in call.keywords)]
    if len(set(names)) != len(names) or not set(names) <= set(parameters):
        return None
    opening, closing, spans = _spans(work, call)
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    if len(spans) != len(values):
        return None
    items = []
    for index, (name, value, span) in enumerate(zip(names, values, spans, strict=True)):
        is_keyword = index >= len(call.args)
        items.append(Argument(name, span, _value_span(work, span) if is_keyword else span, value, is_keyword))
    return Arguments(opening, closing, tuple(items))


def has_comment(work: Work, span: Span) -> bool:
    """Whether a comment starts in a range."""
    first = bisect_left(work.token_starts, span.start)
    last = bisect_left(work.token_starts, span.end)
    return any(token.is_comment for token in work.tokens[first:last])


def _spans(work: Work, call: ast.Call) -> tuple[int, int, list[Span]]:
    """The offsets of the parentheses of a call, and the text of each argument between its commas."""
    index = bisect_left(work.token_starts, work.positions.span(call.func).end)
    while work.tokens[index].text != "(":  # a parenthesised function ends after its expression
        index += 1
    opening = work.tokens[index].span.start
    depth, spans = 0, []
    inside: list[Token] = []
    while (index := index + 1) < len(work.tokens):
        token = work.tokens[index]
        if depth == 0 and token.text in {",", ")"}:
            if inside:
                spans.append(Span(inside[0].span.start, inside[-1].span.end))
            inside = []
            if token.text == ")":
                return opening, token.span.start, spans
            continue
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if not token.is_comment:
            inside.append(token)
    return opening, opening, []


def _value_span(work: Work, span: Span) -> Span:
    """What follows the `=` of a keyword argument."""
    index = bisect_left(work.token_starts, span.start)
    while work.tokens[index].text != "=":
        index += 1
    index += 1
    while work.tokens[index].is_comment:
        index += 1
    return Span(work.tokens[index].span.start, span.end)
