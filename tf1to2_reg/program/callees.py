"""Which function of the project, or which layer, a call reaches."""

from __future__ import annotations

import ast

from tf1to2_reg.facts.held import MADE
from tf1to2_reg.program.definitions import Function, Method
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.values import Symbol


def callee(call: ast.Call, facts: Evaluations) -> ast.FunctionDef | None:
    """The definition of the called function or method, None for anything else."""
    value = facts.value(call.func)
    if isinstance(value, Method):
        value = value.function
    return value.node if isinstance(value, Function) and isinstance(value.node, ast.FunctionDef) else None


def layer_symbol(call: ast.Call, facts: Evaluations) -> str | None:
    """The layer or variable that a call makes, None for any other call."""
    value = facts.value(call.func)
    return value.name if isinstance(value, Symbol) and value.name in MADE else None
