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
    if not isinstance(value, Symbol) or value.name not in MADE or _is_fed_dropout(value.name, call, facts):
        return None
    return value.name


def _is_fed_dropout(symbol: str, call: ast.Call, facts: Evaluations) -> bool:
    """True for a dropout whose rate is a tensor: an op, which makes nothing."""
    if symbol != "tf.layers.dropout":
        return False
    rates = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "rate")]
    return any(rate in facts.graph for rate in rates)
