"""The rewriting of a file's expressions by rules and hooks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst
import libcst.matchers as m

from tf1to2_reg.diagnostics.reasons import Refused
from tf1to2_reg.editing import expressions
from tf1to2_reg.editing.context import FileContext
from tf1to2_reg.editing.rule import Rule
from tf1to2_reg.facts.compat_v1 import look_up
from tf1to2_reg.facts.symbol_codes import MAY_STAY, code
from tf1to2_reg.program.values import Python

CallHook = Callable[[ast.Call, cst.Call, cst.Call], cst.BaseExpression | None]
"""(call, original, updated) -> what the call becomes, or None where the hook has nothing to say."""

Rewrite = Callable[[cst.CSTNode, "Mode"], cst.CSTNode]
"""(original node, mode) -> the rewritten node."""


@dataclass
class Rules:
    """What the transforms do with expressions: by symbol of the called function, and for every other name."""

    calls: Mapping[str, Rule]
    other_call: Rule
    name: Callable[[str], str]


@dataclass
class Mode:
    """How expressions are rewritten in one part of the output.

    Arguments of `opaque` calls are left alone. `names` replaces variables ("x" or "self.x"); `hooks` are asked before
    the rules. `receiver` is the name of the object whose attributes count as variables.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    hooks: Sequence[CallHook] = ()
    receiver: str | None = None
    opaque: frozenset[ast.Call] = frozenset()
    displays: Mapping[ast.Dict, Mapping[ast.expr, str | None]] = field(default_factory=dict)


class Rewriter(cst.CSTTransformer):
    """Rewrites the expressions below an original node."""

    def __init__(self, context: FileContext, rules: Rules, mode: Mode) -> None:
        super().__init__()
        self.context = context
        self.file = context.file
        self.rules = rules
        self.mode = mode
        self._called: set[cst.BaseExpression] = set()

    def apply(self, node: cst.CSTNode) -> cst.CSTNode:
        """The rewritten node."""
        result = node.visit(self)
        assert isinstance(result, cst.CSTNode)
        return result

    # Calls

    def visit_Call(self, node: cst.Call) -> bool:
        if self.file.symbol(node.func) is not None:
            self._called.add(node.func)
        return self.file.expression(node) not in self.mode.opaque

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        call = self.file.expression(original_node)
        if isinstance(call, ast.Call):
            for hook in self.mode.hooks:
                result = hook(call, original_node, updated_node)
                if result is not None:
                    return result
        symbol = self.file.symbol(original_node.func)
        if symbol is not None and (left := self._left(symbol, original_node.func)) is not None:
            return updated_node.with_changes(func=left)
        if symbol is not None:
            rule = self.rules.calls.get(symbol, self.rules.other_call)
            with self.file.reasons.collected():  # the rest of the file is looked at too
                return _keep_parentheses(original_node, rule(original_node, updated_node, self.context))
        return updated_node

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        """The one element of a list that is taken from what a call became, where the others are None."""
        if not isinstance(original_node.value, cst.Call) or not isinstance(updated_node.value, cst.List):
            return updated_node
        elements = [element.value for element in updated_node.value.elements]
        others = [index for index, value in enumerate(elements) if not m.matches(value, m.Name("None"))]
        wanted = (
            m.Subscript(slice=[m.SubscriptElement(m.Index(m.Integer(str(others[0]))))]) if len(others) == 1 else None
        )
        if wanted is not None and m.matches(updated_node, wanted):
            return elements[others[0]].with_changes(lpar=updated_node.lpar, rpar=updated_node.rpar)
        return updated_node

    # Names

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        return not self._is_whole(node)

    def _is_whole(self, node: cst.Attribute) -> bool:
        """True for an attribute that is replaced as a whole, or looked at as a whole."""
        return self.file.symbol(node) is not None or self._variable(node) is not None

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        name = self._variable(original_node)
        if name is not None:
            return self._substitute(name, updated_node)
        if self._is_value_of_dimension(original_node):
            return updated_node.value
        symbol = self.file.symbol(original_node)
        if symbol is None or original_node in self._called:
            return updated_node
        return self._spelled(symbol, original_node, updated_node)

    def _is_value_of_dimension(self, node: cst.Attribute) -> bool:
        """`x.shape[1].value`: the dimensions of TF2 are the numbers themselves."""
        if node.attr.value != "value":
            return False
        base = self.file.expression(node.value)
        value = self.file.facts.value(base) if base is not None else None
        return isinstance(value, Python) and value.of_shape

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        if original_node in self._called or self.file.expression(original_node) is None:
            return updated_node
        if original_node.value in self.mode.names:
            return self._substitute(original_node.value, updated_node)
        imported = self.file.imported.get(original_node.value)
        symbol = self.file.symbol(original_node)
        if imported is None or imported == "tf" or symbol != imported:
            return updated_node
        return self._spelled(symbol, original_node, updated_node)

    def _variable(self, node: cst.Attribute) -> str | None:
        if self.mode.receiver is None or not isinstance(node.value, cst.Name) or node.value.value != self.mode.receiver:
            return None
        name = f"self.{node.attr.value}"
        return name if name in self.mode.names else None

    def _substitute(self, name: str, node: cst.Name | cst.Attribute) -> cst.BaseExpression:
        text = self.mode.names[name]
        if isinstance(node, cst.Name) and node.value == text:
            return node
        return cst.parse_expression(text).with_changes(lpar=node.lpar, rpar=node.rpar)

    def _left(self, symbol: str, node: cst.BaseExpression) -> cst.BaseExpression | None:
        """A name without TF2 form in code that never runs, as TensorFlow 2 spells it for TF1."""
        if (
            code(symbol.removeprefix("tf.")) not in MAY_STAY
            or look_up(symbol).missing
            or not self.file.never_runs(node)
        ):
            return None
        name = f"tf.compat.v1.{symbol.removeprefix('tf.')}"
        self.file.left.add(name)
        self.context.note("TFR121", f"nothing runs this code: {symbol}, which has no TF2 form, stays in it", node)
        return expressions.dotted(self.context.tf + name.removeprefix("tf"))

    def _spelled(self, symbol: str, original: cst.BaseExpression, updated: cst.BaseExpression) -> cst.BaseExpression:
        if (left := self._left(symbol, original)) is not None:
            return left.with_changes(lpar=updated.lpar, rpar=updated.rpar)
        try:
            spelling = self.rules.name(symbol)
        except Refused as refused:
            raise Refused(*(reason.at(original) for reason in refused.reasons)) from None
        dotted = self.context.tf + spelling.removeprefix("tf")
        if expressions.code(updated) == dotted:
            return updated
        expression = expressions.dotted(dotted)
        return expression.with_changes(lpar=updated.lpar, rpar=updated.rpar)

    # Feed dicts

    def leave_Dict(self, original_node: cst.Dict, updated_node: cst.Dict) -> cst.BaseExpression:
        display = self.file.expression(original_node)
        keys = self.mode.displays.get(display) if isinstance(display, ast.Dict) else None
        if keys is None:
            return updated_node
        kept: list[cst.BaseDictElement] = []
        for before, after in zip(original_node.elements, updated_node.elements, strict=True):
            assert isinstance(before, cst.DictElement)
            assert isinstance(after, cst.DictElement)
            key = self.file.expression(before.key)
            name = keys.get(key) if isinstance(key, ast.expr) else None
            if name is not None:
                kept.append(after.with_changes(key=cst.SimpleString(f'"{name}"')))
        if kept:
            kept[-1] = kept[-1].with_changes(comma=updated_node.elements[-1].comma)
        return updated_node.with_changes(elements=kept)


def _keep_parentheses(original: cst.BaseExpression, result: cst.BaseExpression) -> cst.BaseExpression:
    if original.lpar and not result.lpar:
        return result.with_changes(lpar=original.lpar, rpar=original.rpar)
    return result
