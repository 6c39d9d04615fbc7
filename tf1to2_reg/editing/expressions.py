"""Small LibCST expressions, made by rule, and questions about them."""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.editing.rule import Context

_ATOMS = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber, cst.BaseString)
_LOOSE = (cst.Comparison, cst.BooleanOperation, cst.IfExp, cst.Lambda, cst.NamedExpr, cst.Yield, cst.GeneratorExp)


def dotted(name: str) -> cst.Attribute | cst.Name:
    """`a.b.c` as an expression."""
    first, *rest = name.split(".")
    expression: cst.Attribute | cst.Name = cst.Name(first)
    for part in rest:
        expression = cst.Attribute(expression, cst.Name(part))
    return expression


def code(node: cst.CSTNode) -> str:
    """The text of a node."""
    return cst.Module([]).code_for_node(node)


def tf2(ctx: Context, name: str) -> cst.Attribute | cst.Name:
    """A TF2 name without its root ("keras.layers.Dense") as the migrated file spells it."""
    return dotted(f"{ctx.tf}.{name}")


def call(func: cst.BaseExpression, *arguments: cst.Arg) -> cst.Call:
    """`func(arguments)` on one line."""
    last = len(arguments) - 1
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return cst.Call(
        func, [argument if i == last else argument.with_changes(comma=comma) for i, argument in enumerate(arguments)]
    )


def number(value: float) -> cst.BaseExpression:
    """A literal, negative ones with their sign."""
    return cst.parse_expression(repr(value))


def product(left: cst.BaseExpression, right: cst.BaseExpression) -> cst.BinaryOperation:
    """`left * right`, with parentheses only where they change the meaning.

    A product or quotient on the right needs none when `left` is a power of two: scaling by it is exact.
    """
    return cst.BinaryOperation(as_factor(left), cst.Multiply(), as_factor(right))


def as_factor(expression: cst.BaseExpression) -> cst.BaseExpression:
    """`expression` as an operand of a product."""
    return parenthesized(expression) if _binds_looser_than_product(expression) else expression


def difference(left: cst.BaseExpression, right: cst.BaseExpression) -> cst.BinaryOperation:
    """`left - right`, with parentheses where needed."""
    return cst.BinaryOperation(as_term(left), cst.Subtract(), as_factor(right))


def as_term(expression: cst.BaseExpression) -> cst.BaseExpression:
    """`expression` as the left operand of a sum."""
    is_sum = isinstance(expression, cst.BinaryOperation) and isinstance(expression.operator, (cst.Add, cst.Subtract))
    return expression if is_sum else as_factor(expression)


def parenthesized(expression: cst.BaseExpression) -> cst.BaseExpression:
    """`(expression)`."""
    return expression.with_changes(lpar=[cst.LeftParen(), *expression.lpar], rpar=[*expression.rpar, cst.RightParen()])


def is_atom(expression: cst.BaseExpression) -> bool:
    """Whether the expression needs no parentheses as an operand of any operator."""
    return bool(expression.lpar) or isinstance(expression, _ATOMS)


def _binds_looser_than_product(expression: cst.BaseExpression) -> bool:
    if expression.lpar:
        return False
    if isinstance(expression, cst.BinaryOperation):
        return not isinstance(expression.operator, (cst.Multiply, cst.Divide, cst.Power))
    if isinstance(expression, cst.UnaryOperation):
        return isinstance(expression.operator, cst.Not)
    return isinstance(expression, _LOOSE)
