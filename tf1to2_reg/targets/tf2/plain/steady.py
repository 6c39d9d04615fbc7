"""Expressions that give the same wherever in their program they are evaluated, so that they may be written out."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from tf1to2_reg.syntax.binding import hides_arguments
from tf1to2_reg.syntax.imports import imported_symbols, normalize
from tf1to2_reg.syntax.scopes import Binding, Kind, Scope, scopes_of
from tf1to2_reg.syntax.sites import sites_of

_PLAIN = (
    ast.Constant, ast.Tuple, ast.List, ast.UnaryOp, ast.BinOp, ast.unaryop, ast.operator, ast.expr_context, ast.keyword,
)  # fmt: skip
_ONCE = frozenset({Kind.IMPORT, Kind.VALUE, Kind.PARAMETER, Kind.DEFINITION})
_MAKERS = ("_initializer", "_regularizer")
_MAKING = ("tf.initializers.", "tf.keras.initializers.", "tf.keras.regularizers.")


def named_outside(tree: ast.Module) -> Iterator[str]:
    """Names that a file imports, or looks up in something else."""
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            yield node.name
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


class Steady:
    """Answers for one file; `stored` are the attributes that any file gives values to."""

    def __init__(self, tree: ast.Module, stored: Counter[str]) -> None:
        self.scopes = scopes_of(tree)
        self._sites = sites_of(tree)
        self._symbols = imported_symbols(tree)
        self._stored = stored

    def binding(self, name: ast.Name) -> Binding | None:
        """What binds the variable of a name, where one thing does, and once."""
        found = self.scopes.scope[name].find(name.id)
        if len(found) != 1 or found[0].kind not in _ONCE:
            return None
        site = self._sites.get(found[0].node)
        return None if site is not None and site.loops else found[0]

    def uses(self, binding: Binding) -> list[ast.Name]:
        """All names that read a variable."""
        place = self.scopes.places[binding.node]
        return [
            node
            for node in self.scopes.nodes
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and self.scopes.places[node] == place
        ]

    def is_stored_once(self, attribute: str) -> bool:
        """True for an attribute that all files together give a value to in one place."""
        return self._stored[attribute] == 1

    def symbol(self, node: ast.expr) -> str | None:
        """The TensorFlow name of an expression that an import gives."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._symbols:
            return None
        found = self.scopes.scope[node].find(node.id)
        if not found or any(binding.kind is not Kind.IMPORT for binding in found):
            return None
        return normalize(".".join([self._symbols[node.id], *reversed(parts)]))

    @cached_property
    def _scopes(self) -> dict[ast.AST, Scope]:
        return {scope.node: scope for scope in self.scopes.all}

    def scope_at(self, place: ast.AST) -> Scope:
        """The scope that a node stands in; what a definition evaluates itself stands outside of it."""
        node, parent = place, self.scopes.parent.get(place)
        while parent is not None:
            outside = isinstance(node, ast.arguments) or node in getattr(parent, "decorator_list", ())
            if parent in self._scopes and not outside:
                return self._scopes[parent]
            node, parent = parent, self.scopes.parent.get(parent)
        return self.scopes.module

    def is_same_at(self, expression: ast.expr, place: ast.AST) -> bool:
        """True where the expression gives the same at another place, and does nothing else."""
        return all(self._is_steady(node, place) for node in ast.walk(expression))

    def _is_steady(self, node: ast.AST, place: ast.AST) -> bool:
        if isinstance(node, _PLAIN):
            return True
        if isinstance(node, ast.Name):
            return self._is_one_variable(node, place)
        if isinstance(node, ast.Attribute):
            return self.symbol(node) is not None or self._stored[node.attr] <= 1
        return isinstance(node, ast.Call) and self._makes_object(node)

    def _is_one_variable(self, node: ast.Name, place: ast.AST) -> bool:
        here, there = self.scopes.scope[node].owner(node.id), self.scope_at(place).owner(node.id)
        if here is not there:
            return False
        return not here.bindings.get(node.id) or self.symbol(node) is not None or self.binding(node) is not None

    def _makes_object(self, node: ast.Call) -> bool:
        symbol = self.symbol(node.func)
        if symbol is None or hides_arguments(node):
            return False
        return symbol.endswith(_MAKERS) or symbol.startswith(_MAKING)
