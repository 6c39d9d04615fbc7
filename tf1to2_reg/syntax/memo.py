"""Results remembered on the tree they are about."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

_Node = TypeVar("_Node", bound=ast.AST)
_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_Function = Callable[Concatenate[_Node, _Parameters], _Result]


def per_node(function: _Function[_Node, _Parameters, _Result]) -> _Function[_Node, _Parameters, _Result]:
    """Compute once for each node, and each choice of further arguments, what is asked for many times.

    Without this the work is quadratic: each layer of a program asks the same of every other statement. The result is
    kept on the node, so that it goes when the tree goes. Trees do not change once they are parsed.
    """
    name = f"_{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def remembered(node: _Node, /, *arguments: _Parameters.args, **named: _Parameters.kwargs) -> _Result:
        known: dict[Hashable, _Result] = vars(node).setdefault(name, {})
        key = (arguments, tuple(named.items()))
        if key not in known:
            known[key] = function(node, *arguments, **named)
        return known[key]

    return remembered
