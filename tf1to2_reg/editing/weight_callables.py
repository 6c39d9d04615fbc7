"""Functions of a weight used as regularizers: what Keras 3 hands them is a `keras.Variable`, no `tf.Variable`."""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing.rule import Context
from tf1to2_reg.facts.knowledge import Kind
from tf1to2_reg.facts.values import REGULARIZERS

_BROKEN_ATTRIBUTES = frozenset(
    {"op", "get_shape", "value", "read_value", "dtype", "name", "graph", "initializer", "eval"}
)


def check_regularizer(value: cst.BaseExpression, ctx: Context) -> None:
    """Refuse (TFR221) what is no regularizer for a Keras 3 layer, as far as the expression itself shows it."""
    if isinstance(value, cst.Lambda):
        check_lambda(value)
        return
    for name in sorted(ctx.strings(value) - REGULARIZERS.keys()):
        raise refusal("TFR221", f"`{name}` is no regularizer of Keras 3", value)
    kinds = ctx.kinds(value)
    if Kind.NUMBER in kinds:
        raise refusal("TFR221", "a number is no regularizer", value)
    if kinds - {Kind.NONE, Kind.STRING, Kind.REGULARIZER, Kind.CALLABLE}:
        raise refusal("TFR221", "what is passed as a regularizer is not known in every case", value)
    if Kind.STRING in kinds and ctx.constant(value) is None:
        raise refusal("TFR221", "which regularizer this string names differs between calls", value)
    symbol = ctx.symbol(value)
    if symbol is not None and symbol != "tf.nn.l2_loss":
        raise refusal("TFR221", f"`{symbol}` used as a regularizer is not supported", value)


def check_lambda(value: cst.Lambda) -> None:
    """Refuse (TFR221) `lambda w: ...` that asks its weight for what a `keras.Variable` does not have."""
    parameters = value.params.params
    if not parameters or any(parameter.default is None for parameter in parameters[1:]):
        raise refusal("TFR221", "a regularizer is called with the weight and nothing else", value)
    finder = _AttributeFinder(parameters[0].name.value)
    value.body.visit(finder)
    if finder.found is not None:
        raise refusal("TFR221", "this attribute of a weight is something else in Keras 3", finder.found)


class _AttributeFinder(cst.CSTVisitor):
    """The first use of an attribute of the variable `name` that breaks."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: cst.Attribute | None = None

    def visit_Attribute(self, node: cst.Attribute) -> None:
        of_weight = isinstance(node.value, cst.Name) and node.value.value == self.name
        if of_weight and node.attr.value in _BROKEN_ATTRIBUTES and self.found is None:
            self.found = node
