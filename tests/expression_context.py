"""A Context over one expression, for tests of the expression rewrites: names rooted at `tf` are symbols."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst.helpers import get_full_name_for_node
from tf1to2_reg.transforms import layers, symbols

from tf1to2_reg.editing.rule import LayerParts, Rule
from tf1to2_reg.facts.knowledge import Constant, Kind, TensorFacts

_BY_NAME = {
    **dict.fromkeys(("r", "regularizer", "old(r)"), Kind.REGULARIZER),
    **dict.fromkeys(("k", "b"), Kind.INITIALIZER),
}
_KINDS = {type(None): Kind.NONE, str: Kind.STRING, int: Kind.NUMBER, float: Kind.NUMBER, bool: Kind.NUMBER}


@dataclass
class FakeContext:
    """`tensors` are facts by name; literals are constants; `notes` collects (code, message).

    `types` are Python types by the text of an expression, `alternatives` the kinds and `words` the strings that it may
    be; what else is no literal is unknown, but of the `assumed` type.
    """

    tensors: Mapping[str, TensorFacts] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)
    assumed: type | None = float
    types: Mapping[str, type] = field(default_factory=dict)
    alternatives: Mapping[str, frozenset[Kind]] = field(default_factory=dict)
    words: Mapping[str, frozenset[object]] = field(default_factory=dict)
    tf: str = "tf"
    notes: list[tuple[str, str]] = field(default_factory=list)

    def symbol(self, node: cst.BaseExpression) -> str | None:
        name = get_full_name_for_node(node) if isinstance(node, (cst.Name, cst.Attribute)) else None
        return name if name is not None and name.startswith("tf.") else None

    def constant(self, node: cst.BaseExpression) -> Constant | None:
        if isinstance(node, cst.Name) and node.value in self.constants:
            return Constant(self.constants[node.value])
        try:
            return Constant(ast.literal_eval(cst.Module([]).code_for_node(node)))
        except (ValueError, SyntaxError):
            return None

    def python_type(self, node: cst.BaseExpression) -> type | None:
        constant = self.constant(node)
        if constant is not None:
            return type(constant.value)
        return self.types.get(code(node), self.assumed)

    def kinds(self, node: cst.BaseExpression) -> frozenset[Kind]:
        constant = self.constant(node)
        if constant is not None:
            return frozenset({_KINDS.get(type(constant.value), Kind.OTHER)})
        if self.tensor(node) is not None:
            return frozenset({Kind.GRAPH})
        if isinstance(node, cst.Lambda) or self.symbol(node) is not None:
            return frozenset({Kind.CALLABLE})
        if isinstance(node, cst.Call) and "initializer" in code(node.func):
            return frozenset({Kind.INITIALIZER})
        if isinstance(node, cst.Call) and "regularizer" in code(node.func):
            return frozenset({Kind.REGULARIZER})
        return self.alternatives.get(code(node), frozenset({_BY_NAME.get(code(node), Kind.UNKNOWN)}))

    def strings(self, node: cst.BaseExpression) -> frozenset[str]:
        constant = self.constant(node)
        found = {constant.value} if constant is not None else self.words.get(code(node), frozenset())
        return frozenset(word for word in found if isinstance(word, str))

    def tensor(self, node: cst.BaseExpression) -> TensorFacts | None:
        return self.tensors.get(cst.Module([]).code_for_node(node))

    def note(self, code: str, message: str, node: cst.CSTNode) -> None:
        self.notes.append((code, message))


def parse(source: str) -> cst.Call:
    """The call that `source` is."""
    return cst.ensure_type(cst.parse_expression(source), cst.Call)


def code(node: cst.CSTNode) -> str:
    """The text of a node."""
    return cst.Module([]).code_for_node(node)


def rewrite(source: str, rules: Mapping[str, Rule], context: FakeContext | None = None) -> str:
    """`source` after the rule of its function."""
    ctx = context or FakeContext()
    call = parse(source)
    return code(rules[ctx.symbol(call.func) or ""](call, call, ctx))


def rewrite_symbol(source: str, context: FakeContext | None = None) -> str:
    """`source` after `symbols.rewrite_call`."""
    call = parse(source)
    return code(symbols.rewrite_call(call, call, context or FakeContext()))


def split(source: str, context: FakeContext | None = None) -> LayerParts:
    """A layer call taken apart."""
    call = parse(source)
    return layers.split(call, call, context or FakeContext())


def facts(rank: int | None = None, dtype: str | None = "float32") -> TensorFacts:
    """Facts of a tensor."""
    return TensorFacts(rank, dtype)
