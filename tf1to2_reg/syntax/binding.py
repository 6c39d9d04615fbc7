"""Which argument of a call goes to which parameter."""

from __future__ import annotations

import ast


def parameters_of(function: ast.FunctionDef) -> list[tuple[str, ast.expr | None]]:
    """Parameters with their defaults."""
    arguments = function.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    defaults: list[ast.expr | None] = [None] * (len(names) - len(arguments.defaults)) + list(arguments.defaults)
    only = [argument.arg for argument in arguments.kwonlyargs]
    return [*zip(names, defaults, strict=True), *zip(only, arguments.kw_defaults, strict=True)]


def method_parameters_of(function: ast.FunctionDef) -> list[tuple[str, ast.expr | None]]:
    """Parameters of a method with their defaults, without the receiver."""
    return parameters_of(function)[1:]


def bind(call: ast.Call, names: list[str]) -> dict[str, ast.expr]:
    """The expression given for each parameter."""
    bound = dict(zip(names, call.args, strict=False))
    bound.update({keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None})
    return bound
