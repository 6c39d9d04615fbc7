"""A Context over one expression, for tests of the expression rewrites: names rooted at `tf` are symbols."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

import libcst as cst
from libcst.helpers import get_full_name_for_node
from tf1to2_reg.transforms import layers, symbols

from tf1to2_reg.editing.rule import LayerParts, Rule
from tf1to2_reg.facts.knowledge import Constant, TensorFacts


@dataclass
class FakeContext:
    """`tensors` are facts by name; literals are constants; `notes` collects (code, message)."""

    tensors: Mapping[str, TensorFacts] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)
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
