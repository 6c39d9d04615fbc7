"""Parameters of a function, and which argument of a call goes to which of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def arguments_of(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Every parameter with its default, `*args` and `**kwargs` last."""
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    yield from zip(plain, [*defaults, *arguments.defaults], strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    for collected in (arguments.vararg, arguments.kwarg):
        if collected is not None:
            yield collected, None


def parameters_of(function: ast.FunctionDef) -> list[tuple[str, ast.expr | None]]:
    """The names of parameters with their defaults, those that collect the rest excepted."""
    collecting = (function.args.vararg, function.args.kwarg)
    return [(part.arg, default) for part, default in arguments_of(function.args) if part not in collecting]


def method_parameters_of(function: ast.FunctionDef) -> list[tuple[str, ast.expr | None]]:
    """Parameters of a method with their defaults, without the receiver."""
    return parameters_of(function)[1:]


def bind(call: ast.Call, names: list[str]) -> dict[str, ast.expr]:
    """The expression given for each parameter."""
    bound = dict(zip(names, call.args, strict=False))
    bound.update({keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None})
    return bound


def hides_arguments(call: ast.Call) -> bool:
    """True for a call with `*` or `**`: what it gives to which parameter is not written there."""
    starred = any(isinstance(node, ast.Starred) for node in call.args)
    return starred or any(keyword.arg is None for keyword in call.keywords)


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """The expression that a call gives for a parameter, by name or by position."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[position] if position < len(call.args) else None
