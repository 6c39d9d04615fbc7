"""Calls taken apart, which argument belongs to which parameter, and put together again."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from tf1to2_reg.diagnostics.reasons import Refused, refusal


@dataclass(frozen=True)
class Argument:
    """One argument of a call, before (`original`) and after (`updated`) its own value was rewritten."""

    index: int
    parameter: str
    original: cst.Arg
    updated: cst.Arg

    @property
    def is_positional(self) -> bool:
        return self.original.keyword is None


def bind(original: cst.Call, updated: cst.Call, parameters: Sequence[str], code: str = "TFR235") -> list[Argument]:
    """The arguments of a call in written order, with the parameter each is for.

    `parameters` are the callee's, in positional order. Raises `Refused`: TFR209 for `*args` and `**kwargs`, `code` for
    an argument that the callee does not have or that is given twice.
    """
    bound: list[Argument] = []
    for position, (before, after) in enumerate(zip(original.args, updated.args, strict=True)):
        if before.star:
            raise _starred(original)
        keyword = None if before.keyword is None else before.keyword.value
        parameter = _parameter(position, keyword, parameters, {argument.parameter for argument in bound}, before, code)
        bound.append(Argument(position, parameter, before, after))
    return bound


def values(arguments: Sequence[Argument]) -> dict[str, Argument]:
    """The arguments by parameter."""
    return {argument.parameter: argument for argument in arguments}


def renamed(
    arguments: Sequence[Argument], positional: Sequence[str], renames: Mapping[str, str] | None = None
) -> dict[int, cst.Arg]:
    """Arguments, by their place in the call, for a callee whose positional parameters are `positional`.

    `renames` maps parameter names to those of the new callee. A positional argument stays positional as long as it
    stands where the new callee expects it; from the first that does not, all get keywords.
    """
    result: dict[int, cst.Arg] = {}
    in_place = True
    for argument in arguments:
        parameter = (renames or {}).get(argument.parameter, argument.parameter)
        place = len(result)
        in_place = in_place and argument.is_positional and place < len(positional) and positional[place] == parameter
        result[argument.index] = argument.updated if in_place else named(argument.updated, parameter)
    return result


def with_arguments(call: cst.Call, func: cst.BaseExpression, kept: Mapping[int, cst.Arg]) -> cst.Call:
    """`call` with another callee and only the arguments `kept`, by their place in the call.

    Other formatting and all comments stay; a comment beside an argument that goes gets a line of its own.
    """
    last = len(call.args) - 1
    gaps = [call.whitespace_before_args]
    result: list[cst.Arg] = []
    for index, own in enumerate(call.args):
        after = _whitespace_after(own)
        if index in kept:
            result.append(kept[index])
            gaps.append(after)
        else:
            gaps[-1] = _merged(gaps[-1], after, is_first=not result, is_last=index == last)
    spaced = [_followed_by(argument, gap) for argument, gap in zip(result, gaps[1:], strict=True)]
    if spaced and not isinstance(call.args[-1].comma, cst.Comma):
        spaced[-1] = spaced[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=gaps[-1])
    return call.with_changes(func=func, args=spaced, whitespace_before_args=gaps[0])


def append(call: cst.Call, argument: cst.Arg) -> cst.Call:
    """`call` with one more argument, separated as its other arguments are."""
    if not call.args:
        return call.with_changes(args=[argument])
    last = call.args[-1]
    moved = argument.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    separated = last.with_changes(comma=_separator(call), whitespace_after_arg=cst.SimpleWhitespace(""))
    return call.with_changes(args=[*call.args[:-1], separated, moved])


def converted(argument: Argument, function: str) -> Argument:
    """The argument with `int(...)` or `float(...)` around its value."""
    value = argument.updated.value
    bare = value.with_changes(lpar=[], rpar=[]) if getattr(value, "lpar", None) else value
    call = cst.Call(cst.Name(function), [cst.Arg(bare)])
    return replace(argument, updated=argument.updated.with_changes(value=call))


def keyword(name: str, value: cst.BaseExpression) -> cst.Arg:
    """The argument `name=value`."""
    return cst.Arg(value, keyword=cst.Name(name), equal=_EQUAL)


def positional(value: cst.BaseExpression) -> cst.Arg:
    """The argument `value`."""
    return cst.Arg(value)


def named(argument: cst.Arg, name: str) -> cst.Arg:
    """The argument as a keyword argument of that name."""
    if argument.keyword is not None:
        return argument.with_changes(keyword=argument.keyword.with_changes(value=name))
    return argument.with_changes(keyword=cst.Name(name), equal=_EQUAL)


_EQUAL = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


def _starred(call: object) -> Refused:
    return refusal(
        "TFR209", "the arguments of this call cannot be seen", call, "Write the arguments out instead of * or **."
    )


def _parameter(
    position: int,
    keyword_name: str | None,
    parameters: Sequence[str],
    taken: Container[str],
    node: object,
    code: str,
) -> str:
    if keyword_name is None and position >= len(parameters):
        raise refusal(code, "more positional arguments than the function has parameters", node)
    name = parameters[position] if keyword_name is None else keyword_name
    if name not in parameters:
        raise refusal(code, f"the function has no parameter `{name}`", node)
    if name in taken:
        raise refusal(code, f"the parameter `{name}` is given twice", node)
    return name


def _whitespace_after(argument: cst.Arg) -> cst.BaseParenthesizableWhitespace:
    if isinstance(argument.comma, cst.Comma):
        return argument.comma.whitespace_after
    return argument.whitespace_after_arg


def _followed_by(argument: cst.Arg, whitespace: cst.BaseParenthesizableWhitespace) -> cst.Arg:
    """The argument with a comma (its own where it has one) and the whitespace after it."""
    comma = argument.comma if isinstance(argument.comma, cst.Comma) else cst.Comma()
    return argument.with_changes(comma=comma.with_changes(whitespace_after=whitespace))


def _merged(
    before: cst.BaseParenthesizableWhitespace,
    after: cst.BaseParenthesizableWhitespace,
    *,
    is_first: bool,
    is_last: bool,
) -> cst.BaseParenthesizableWhitespace:
    """What stands in place of an argument that goes with the whitespace on its sides; no comment is lost."""
    lines = [gap for gap in (before, after) if isinstance(gap, cst.ParenthesizedWhitespace)]
    own_lines = [line for gap in lines for line in gap.empty_lines if line.comment is not None]
    beside = [gap.first_line for gap in lines if gap.first_line.comment is not None]
    if not own_lines and not beside:
        return after if is_last else before if is_first or isinstance(before, cst.ParenthesizedWhitespace) else after
    place = lines[0]
    first, *others = beside or [cst.TrailingWhitespace(newline=place.first_line.newline)]
    space = place.last_line
    moved = [cst.EmptyLine(place.indent, space, line.comment) for line in others]
    end = lines[-1] if is_last and isinstance(after, cst.ParenthesizedWhitespace) else place
    if is_last and isinstance(after, cst.SimpleWhitespace):
        end = place.with_changes(last_line=after)
    return end.with_changes(first_line=first, empty_lines=[*own_lines, *moved])


def _separator(call: cst.Call) -> cst.Comma:
    between = [argument.comma for argument in call.args[:-1] if isinstance(argument.comma, cst.Comma)]
    newlines = [comma for comma in between if isinstance(comma.whitespace_after, cst.ParenthesizedWhitespace)]
    if between and len(newlines) == len(between):
        whitespace = cst.ensure_type(newlines[-1].whitespace_after, cst.ParenthesizedWhitespace)
        plain = whitespace.with_changes(
            first_line=cst.TrailingWhitespace(newline=whitespace.first_line.newline), empty_lines=[]
        )
        return cst.Comma(whitespace_after=plain)
    return cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
