"""Which function of the project a call reaches, and which argument goes to which parameter."""

from __future__ import annotations

import ast

from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.program.trace import Facts
from tf1to2_reg.program.values import Function, Method, Symbol


def callee(call: ast.Call, facts: Facts) -> ast.FunctionDef | None:
    """The definition of the called function or method, None for anything else."""
    value = facts.values.get(call.func)
    if isinstance(value, Method):
        value = value.function
    return value.node if isinstance(value, Function) and isinstance(value.node, ast.FunctionDef) else None


def layer_symbol(call: ast.Call, facts: Facts) -> str | None:
    """The layer that is called, None for any other call."""
    value = facts.values.get(call.func)
    return value.name if isinstance(value, Symbol) and value.name in LAYERS else None


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
