"""The names of TF1's trainable variables, and which of them a program selects."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from tf1to2_reg.facts.held import MADE, WEIGHTS
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.tokens import is_known
from tf1to2_reg.program.trace import LayerEvent
from tf1to2_reg.program.values import NameCondition


def names_of(event: LayerEvent) -> list[str] | None:
    """The variables that a layer may make and train, None where TF1 numbers or computes a name."""
    if not is_known(event.key):
        return None
    path = "/".join(str(part) for part in event.key)
    if event.symbol in WEIGHTS:
        return [f"{path}:0"]
    return [f"{path}/{name}:0" for name in _weights(event.symbol)]


def _weights(symbol: str) -> Iterator[str]:
    for initializer in MADE[symbol].initializers:
        name = initializer.removesuffix("_initializer")
        if not name.startswith("moving_"):
            yield f"{name}_kernel" if name in ("depthwise", "pointwise") else name


def selects(conditions: Sequence[NameCondition], event: LayerEvent, facts: Evaluations) -> bool | None:
    """Whether the variables of a layer meet all conditions; None where that is not known or not the same for all."""
    names = names_of(event) if conditions else []
    if names is None:
        return None
    try:
        found = {all(_Test(condition, name, facts).holds() for condition in conditions) for name in names}
    except ValueError:
        return None
    return found.pop() if len(found) == 1 else None if found else True


class _Test:
    """One condition on one name.

    Raises:
        ValueError: where the condition is not understood.
    """

    def __init__(self, condition: NameCondition, name: str, facts: Evaluations) -> None:
        self.condition = condition
        self.name = name
        self.facts = facts

    def holds(self) -> bool:
        if self.condition.scope is not None:
            return re.match(self.condition.scope, self.name) is not None
        return all(self._truth(test) for test in self.condition.tests)

    def _truth(self, node: ast.expr) -> bool:
        match node:
            case ast.BoolOp(op, values):
                return (all if isinstance(op, ast.And) else any)(self._truth(value) for value in values)
            case ast.UnaryOp(ast.Not(), operand):
                return not self._truth(operand)
            case ast.Compare(left, [operator], [right]) if type(operator) in _OPERATORS:
                return _OPERATORS[type(operator)](self._text(left), self._text(right))
            case ast.Call(ast.Attribute(base, method), [argument], []) if method in ("startswith", "endswith"):
                text = self._text(argument)
                name = self._text(base)
                return name.startswith(text) if method == "startswith" else name.endswith(text)
        raise ValueError

    def _text(self, node: ast.expr) -> str:
        match node:
            case ast.Attribute(ast.Name(variable), "name") if variable == self.condition.variable:
                return self.name
            case ast.Attribute(ast.Attribute(ast.Name(variable), "op"), "name") if variable == self.condition.variable:
                return self.name.removesuffix(":0")
        known = self.facts.constant(node)
        if known is None or not isinstance(known.value, str):
            raise ValueError
        return known.value


_OPERATORS: dict[type[ast.cmpop], Callable[[str, str], bool]] = {
    ast.Eq: lambda left, right: left == right,
    ast.In: lambda left, right: left in right,
    ast.NotEq: lambda left, right: left != right,
    ast.NotIn: lambda left, right: left not in right,
}
