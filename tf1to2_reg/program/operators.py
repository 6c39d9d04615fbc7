"""Operators: arithmetic, comparisons, truth and slices of Python values and graph values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from typing import Any

from tf1to2_reg.facts import tensors
from tf1to2_reg.facts.knowledge import Constant, TensorFacts
from tf1to2_reg.program import distinctness
from tf1to2_reg.program.definitions import Class, Function, Instance, Method
from tf1to2_reg.program.joining import element_of, join
from tf1to2_reg.program.machine import Machine
from tf1to2_reg.program.trace import Frame
from tf1to2_reg.program.values import (
    UNKNOWN_TENSOR,
    AnyOf,
    Initializer,
    Optimizer,
    Penalties,
    Python,
    Regularizer,
    Series,
    Symbol,
    Tensor,
    Value,
    any_of_shape,
    constant_of,
    derived,
    facts_of,
    is_none,
    python,
    type_of,
)

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_NUMERIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
_ORDER = (ast.Gt, ast.GtE, ast.Lt, ast.LtE)
_ALWAYS_TRUE = (Function, Method, Class, Symbol, Instance, Optimizer, Initializer)
_MAX_CONSTANT = 10_000


class Operators:
    """Applies operators; what cannot be followed is recorded as an obstacle at the expression."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def binary(self, left: Value, op: ast.operator, right: Value, frame: Frame, node: ast.AST) -> Value:
        """An arithmetic operation."""
        if left.graph or right.graph:
            return self._graph_binary(left, op, right, frame, node)
        if isinstance(left, Series) and isinstance(right, Series) and isinstance(op, ast.Add):
            if left.items is not None and right.items is not None:
                return Series((*left.items, *right.items), Python(), left.kind)
            return Series(None, join(element_of(left), element_of(right)), left.kind)
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Series) and isinstance(op, ast.Mult) and not isinstance(other, Series):
                return Series(None, element_of(one), one.kind)
        folded = _fold(left, op, right)
        if folded is not None:
            return folded
        kind = _type_of_result(type_of(left), op, type_of(right))
        result = Python(None, any_of_shape(left, right), kind, distinctness.of_operation(left, op, right))
        parts = (left, *right.items) if isinstance(right, Series) and right.items is not None else (left, right)
        return self.machine.alike(type(op).__name__, parts, result)

    def _graph_binary(self, left: Value, op: ast.operator, right: Value, frame: Frame, node: ast.AST) -> Value:
        lists = [isinstance(value, Series | Penalties) for value in (left, right)]
        if all(lists) and isinstance(op, ast.Add):
            return Series(None, join(element_of(left), element_of(right)))
        if isinstance(left, Penalties) or isinstance(right, Penalties):
            self.machine.note("TFR305", "a list of penalties is added to a scalar: the loss is a vector", frame, node)
            return Tensor(TensorFacts(1, "float32"))
        if all(facts_of(value) is None for value in (left, right)):
            message = "a graph value is used in an operation that cannot be followed"
            return self.machine.obstacle("TFR231", message, frame, node, about=[left, right])
        symbol = tensors.OPERATORS.get(type(op).__name__, "")
        result = tensors.result(symbol, [facts_of(value) or constant_of(value) for value in (left, right)], {})
        return derived(result, left, right)

    def unary(self, op: ast.unaryop, value: Value, frame: Frame, node: ast.AST) -> Value:
        """An operation on one operand; `node` is the operand."""
        if isinstance(op, ast.Not):
            truth = self.truth(value, frame, node)
            return python(not truth) if truth is not None else Python(type=bool)
        if value.graph:
            return derived(facts_of(value) or UNKNOWN_TENSOR, value)
        constant = constant_of(value)
        if constant is not None and isinstance(constant.value, int | float) and isinstance(op, ast.USub):
            return python(-constant.value)
        kept = type_of(value) if isinstance(op, ast.USub | ast.UAdd) and type_of(value) in (int, float) else None
        return Python(None, any_of_shape(value), kept)

    def compare(self, left: Value, op: ast.cmpop, right: Value, frame: Frame, node: ast.AST) -> Value:
        """The comparison of two values."""
        if isinstance(op, ast.Is | ast.IsNot) and (is_none(left) or is_none(right)):
            return _compare_to_none(right if is_none(left) else left, op)
        if left.graph or right.graph:
            return self._graph_compare(left, op, right, frame, node)
        first, second = constant_of(left), constant_of(right)
        if first is None or second is None or type(op) not in _COMPARISONS:
            return Python(of_shape=any_of_shape(left, right))
        if isinstance(op, ast.Is | ast.IsNot) and first == second and not isinstance(first.value, bool):
            return Python()  # equal numbers and texts may be one object or two
        try:
            return python(bool(_COMPARISONS[type(op)](first.value, second.value)))
        except TypeError:
            return Python()

    def _graph_compare(self, left: Value, op: ast.cmpop, right: Value, frame: Frame, node: ast.AST) -> Value:
        facts = facts_of(left if left.graph else right)
        if isinstance(op, _ORDER) and facts is not None:
            return derived(TensorFacts(facts.rank, "bool"), left, right)
        message = "graph values are compared with an operator that TF1 and TF2 understand differently"
        self.machine.obstacle("TFR231", message, frame, node, about=[left, right])
        return Python()

    def truth(self, value: Value, frame: Frame, node: ast.AST) -> bool | None:
        """The truth of a value, None where it is decided when the program runs."""
        if isinstance(value, Tensor):
            self.machine.obstacle("TFR231", "the truth of a graph value is tested", frame, node, about=[value])
            return None
        return _truth(value)


def formatted(machine: Machine, literals: Sequence[str], parts: Sequence[Value]) -> Value:
    """The text of `parts` with literals around and between them."""
    constants = [constant_of(part) for part in parts]
    if all(constant is not None for constant in constants):
        texts = [str(constant.value) for constant in constants if constant is not None]
        return python(literals[0] + "".join(text + after for text, after in zip(texts, literals[1:], strict=True)))
    result = Python(None, any_of_shape(*parts), str, distinctness.of_text(literals, parts))
    return machine.alike("|".join(literals), tuple(parts), result)


def sliced_rank(rank: int | None, index: ast.expr) -> int | None:
    """The rank of `tensor[index]` for a tensor of that rank, None where it is not known."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    if rank is None or any(isinstance(part, ast.Constant) and part.value is Ellipsis for part in parts):
        return None
    for part in parts:
        if not isinstance(part, ast.Slice):
            rank += 1 if _is_new_axis(part) else -1
    return rank


def _is_new_axis(part: ast.expr) -> bool:
    if isinstance(part, ast.Attribute):
        return part.attr == "newaxis"
    return isinstance(part, ast.Constant) and part.value is None


def _truth(value: Value) -> bool | None:
    if isinstance(value, _ALWAYS_TRUE):
        return True
    if isinstance(value, Regularizer):
        return None if value.optional else True
    if isinstance(value, Series) and value.items is not None:
        return bool(value.items)
    constant = constant_of(value)
    return bool(constant.value) if constant is not None else None


def _compare_to_none(other: Value, op: ast.cmpop) -> Value:
    if is_none(other):
        return python(isinstance(op, ast.Is))
    undecided = isinstance(other, AnyOf) or (isinstance(other, Regularizer) and other.optional)
    if undecided or (isinstance(other, Python) and other.constant is None):
        return Python()
    return python(isinstance(op, ast.IsNot))


def _fold(left: Value, op: ast.operator, right: Value) -> Value | None:
    first, second = constant_of(left), constant_of(right)
    if first is None or second is None or type(op) not in _ARITHMETIC:
        return None
    if isinstance(op, ast.Mult) and not (_is_number(first) and _is_number(second)):
        return None
    try:
        result = _ARITHMETIC[type(op)](first.value, second.value)
    except Exception:  # any error of the user's arithmetic is the user's to meet
        return None
    return python(result) if not isinstance(result, str) or len(result) < _MAX_CONSTANT else None


def _type_of_result(left: type | None, op: ast.operator, right: type | None) -> type | None:
    """The type of an arithmetic operation on values that are not known."""
    if left is str and isinstance(op, ast.Mod):
        return str
    numbers = [int if kind is bool else kind for kind in (left, right)]
    if not all(kind in (int, float) for kind in numbers) or not isinstance(op, _NUMERIC):
        return str if left is str and right is str and isinstance(op, ast.Add) else None
    return float if float in numbers or isinstance(op, ast.Div) else int


def _is_number(constant: Constant) -> bool:
    return isinstance(constant.value, int | float)
