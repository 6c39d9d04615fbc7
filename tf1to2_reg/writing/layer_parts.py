"""Layer calls taken apart, with what the plan says of batch normalization, names and shared initializers."""

from __future__ import annotations

import ast

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing.context import FileContext
from tf1to2_reg.editing.rule import LayerParts
from tf1to2_reg.facts.held import WEIGHTS
from tf1to2_reg.network.data import ModelPlan, Normalization
from tf1to2_reg.transforms import layers, weights


class LayerSplitter:
    """Splits the layer calls of one file; `needs_fused` says whether the file needs the fused normalization."""

    def __init__(self, context: FileContext) -> None:
        self.context = context
        self.facts = context.file.facts
        self.needs_fused = False

    def split(self, node: ast.Call, original: cst.Call, updated: cst.Call, plan: ModelPlan) -> LayerParts:
        """The constructor and the call of a layer object.

        Raises:
            Refused: where an argument has no exact TF2 form.
        """
        named = self._keeps_name(original)
        if self.facts.symbol(node.func) in WEIGHTS:
            weight = weights.add_weight(original, updated, self.context, named=named)
            return LayerParts(self._with_fresh_initializers(node, weight), None, ())
        divide = layers.split_named if named else layers.split
        parts = divide(original, updated, self.context)
        constructor = self._with_fresh_initializers(node, parts.constructor)
        mode = plan.normalizations.get(node)
        if mode is Normalization.FROZEN:
            constructor = layers.with_frozen_averages(constructor)
            self.context.note("TFR108", "the moving averages were never updated", original)
        elif mode is Normalization.FUSED:
            self.needs_fused = True
            constructor = constructor.with_changes(func=cst.Name(layers.FUSED_CLASS))
            self.context.note("TFR107", "the moving variance stays that of TF1's fused kernel", original)
        return LayerParts(constructor, parts.inputs, parts.call_arguments)

    def _with_fresh_initializers(self, node: ast.Call, constructor: cst.Call) -> cst.Call:
        """An initializer object that several layers share is cloned: Keras draws the same numbers from one object."""
        shared = self.facts.shared_initializers.get(node, {})
        if "mixed" in shared.values():
            raise refusal("TFR222", "the initializer is an object in some calls and None or a name in others", node)
        arguments = [
            argument.with_changes(value=cst.Call(cst.Attribute(argument.value, cst.Name("clone"))))
            if argument.keyword is not None and shared.get(argument.keyword.value) == "object"
            else argument
            for argument in constructor.args
        ]
        return constructor.with_changes(args=arguments)

    def _keeps_name(self, original: cst.Call) -> bool:
        """Whether a layer may keep its name: one that Keras allows, as far as it is known."""
        given = layers.argument(original, "name", self.context)
        if given is None:
            return False
        constant = self.context.constant(given)
        node = self.context.file.expression(given)
        parts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)] if node is not None else []
        slashed = any(isinstance(part, str) and "/" in part for part in [*parts, getattr(constant, "value", None)])
        if slashed or any("/" in name for name in self._given_names(node)):
            self.context.note("TFR109", "a Keras name has no slash: the layer goes without", original)
            return False
        return True

    def _given_names(self, node: ast.AST | None) -> list[str]:
        """The names that a computed name has in the calls that were seen."""
        return [name for found, name in self.facts.layer_names if found is node]
