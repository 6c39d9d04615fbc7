"""Builders under the names of their model classes."""

from __future__ import annotations

import ast

import libcst as cst

from tf1to2_reg.editing.context import FileContext
from tf1to2_reg.editing.rewriter import Mode, Rewriter, Rules
from tf1to2_reg.network.data import ModelPlan, Network
from tf1to2_reg.program.values import Symbol, Value
from tf1to2_reg.syntax.modules import Module


class ModelNames(Rewriter):
    """Rewrites expressions, and gives builders the names of their classes."""

    def __init__(self, context: FileContext, rules: Rules, mode: Mode, network: Network) -> None:
        super().__init__(context, rules, mode)
        self._network = network

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        model = self._model(original_node, original_node.value)
        if model is not None:
            return updated_node.with_changes(value=model.name)
        return super().leave_Name(original_node, updated_node)

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        model = self._model(original_node, original_node.attr.value)
        if model is not None:
            return updated_node.with_changes(attr=cst.Name(model.name))
        return super().leave_Attribute(original_node, updated_node)

    def _model(self, node: cst.CSTNode, name: str) -> ModelPlan | None:
        """The model of the builder that an expression names with the builder's own name."""
        expression = self.file.expression(node)
        value = self.file.facts.value(expression) if expression is not None else None
        model = _model_of(value, self._network)
        return model if model is not None and model.node is not None and model.node.name == name else None


def _model_of(value: Value | None, network: Network) -> ModelPlan | None:
    definition = getattr(value, "node", None)
    return network.models.get(definition) if isinstance(definition, ast.FunctionDef) else None


def _bindings(network: Network, module: Module) -> list[tuple[str, Value]]:
    return [pair for env in network.environments.get(module, []) for pair in env.bindings.items()]


def class_names(network: Network, module: Module) -> dict[str, str]:
    """Builders by the names that a file binds them to, with the names of their classes."""
    found: dict[str, str] = {}
    for name, value in _bindings(network, module):
        model = _model_of(value, network)
        if model is not None:
            found[name] = model.name
    return found


def tensorflow_bindings(network: Network, module: Module) -> set[str]:
    """Names of a file that stand for TensorFlow's."""
    return {name for name, value in _bindings(network, module) if isinstance(value, Symbol)}
