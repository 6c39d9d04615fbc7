"""Defaults of functions that hold while a scope is open."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

SCOPED_ARGUMENTS: list[dict[str, dict[str, Any]]] = [{}]
"""The arguments of the arg scopes that are open, the innermost last; by function, then by parameter."""

SCOPED_FUNCTIONS: dict[str, tuple[str, ...]] = {}
"""The parameters with defaults of the functions that arg scopes know."""


@contextlib.contextmanager
def arg_scope(list_ops_or_scope: Any, **kwargs: Any) -> Iterator[dict[str, dict[str, Any]]]:
    """`slim.arg_scope`: other defaults for some functions while it is open.

    Args:
        list_ops_or_scope: The functions, or what an earlier `with arg_scope(...) as scope` gave, to open it again.
        **kwargs: The arguments that the functions take unless they are called with others.
    """
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise ValueError("An arg_scope that is opened again takes no arguments.")
        scope = list_ops_or_scope.copy()
    elif isinstance(list_ops_or_scope, (list, tuple)):
        scope = SCOPED_ARGUMENTS[-1].copy()
        for function in list_ops_or_scope:
            if not has_arg_scope(function):
                raise ValueError(f"{function.__module__}.{function.__name__} is not decorated with @add_arg_scope")
            key = arg_scope_func_key(function)
            scope[key] = scope.get(key, {}) | kwargs
    else:
        raise TypeError("list_ops_or_scope must be a list, a tuple or an arg_scope that was open")
    SCOPED_ARGUMENTS.append(scope)
    try:
        yield scope
    finally:
        SCOPED_ARGUMENTS.pop()


def add_arg_scope(func: Callable[..., Any]) -> Callable[..., Any]:
    """`slim.add_arg_scope`: let `arg_scope` give a function its defaults."""
    key = arg_scope_func_key(func)

    @functools.wraps(func)
    def scoped(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **(SCOPED_ARGUMENTS[-1].get(key, {}) | kwargs))

    vars(scoped)["key_of_arg_scope"] = key
    parameters = inspect.signature(func).parameters.values()
    SCOPED_FUNCTIONS[key] = tuple(p.name for p in parameters if p.default is not inspect.Parameter.empty)
    return scoped


def arg_scope_func_key(op: Any) -> str:
    """`slim.arg_scope_func_key`: what the arguments of a function are kept under."""
    key: str = getattr(op, "key_of_arg_scope", None) or str(op)
    return key


def has_arg_scope(func: Any) -> bool:
    """`slim.has_arg_scope`: whether a function is decorated with `add_arg_scope`."""
    return arg_scope_func_key(func) in SCOPED_FUNCTIONS


def arg_scoped_arguments(func: Any) -> tuple[str, ...]:
    """`slim.arg_scoped_arguments`: the parameters that an arg scope can give."""
    return SCOPED_FUNCTIONS[arg_scope_func_key(func)]


def current_arg_scope() -> dict[str, dict[str, Any]]:
    """`slim.current_arg_scope`: what is in force, for `arg_scope` to open again."""
    return SCOPED_ARGUMENTS[-1]
