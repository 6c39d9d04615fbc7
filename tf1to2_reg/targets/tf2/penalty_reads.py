"""Reads of the penalties in every place: inside a model, in a function that is given them, and in the driver."""

from __future__ import annotations

import ast

import libcst as cst

from tf1to2_reg.editing.context import FileContext
from tf1to2_reg.editing.rewriter import CallHook
from tf1to2_reg.network.data import ModelPlan
from tf1to2_reg.program.callees import callee
from tf1to2_reg.program.values import Penalties, Symbol
from tf1to2_reg.syntax.variables import variable
from tf1to2_reg.targets.tf2.data import DriverPlan, UnitPlan
from tf1to2_reg.writing import reads


class PenaltyReads:
    """Rewrites the reads of one file."""

    def __init__(self, unit: UnitPlan, context: FileContext) -> None:
        self.unit = unit
        self.context = context
        self.facts = context.file.facts
        self._guarded = bool(unit.libraries) or any(
            all(held.may_be_empty for held in found) for plan in unit.drivers for found in plan.losses.values()
        )
        calls = [node for node in ast.walk(context.file.module.tree) if isinstance(node, ast.Call)]
        self.nodes = frozenset(node for node in calls if self._is_read(node))
        self._in_readers: set[ast.Call] = set()

    def _is_read(self, node: ast.Call) -> bool:
        value = self.facts.value(node.func)
        if not isinstance(value, Symbol):
            return False
        if value.name in reads.SCALARS or value.name == reads.LISTS[0]:
            return True
        return value.name == "tf.get_collection" and self.facts.always(node, Penalties)

    def _reader(self, node: ast.Call) -> ast.FunctionDef | None:
        """The called function, if it is one that is given the penalties."""
        function = callee(node, self.facts)
        return function if function in self.unit.readers else None

    def _passed_on(self, function: ast.FunctionDef, call: cst.Call, losses: cst.BaseExpression) -> cst.Call:
        if function.args.defaults:
            return reads.with_keyword_argument(call, losses)
        return reads.with_argument(call, losses)

    def enter_reader(self, function: ast.FunctionDef) -> None:
        """From now on reads inside the function take the penalties from its parameter."""
        self._in_readers |= {
            node
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and (node in self.nodes or self._reader(node) is not None)
        }

    def reader_hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        """Reads, and calls of readers, inside a function that is given the penalties."""
        if node not in self._in_readers:
            return None
        losses = cst.Name(reads.PARAMETER)
        function = self._reader(node)
        if function is not None:
            return self._passed_on(function, updated, losses)
        return reads.read(original, losses, self.context, may_be_empty=self._guarded)

    def model_hook(self, plan: ModelPlan) -> CallHook:
        """Reads inside a model: its own losses."""

        def hook(node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
            if node not in plan.self_reads:
                return None
            losses = reads.losses_of(["self"])
            function = self._reader(node)
            if function is not None:
                return self._passed_on(function, updated, losses)
            return reads.read(original, losses, self.context, may_be_empty=True)

        return hook

    def driver_hook(self, plan: DriverPlan, names: dict[str, str]) -> CallHook:
        """Reads in the driver; `names` are what attributes of its object are called inside a step."""

        def hook(node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
            if node not in plan.losses:
                return None
            held = plan.losses[node]
            losses = reads.losses_of([item.variable for item in held])
            empty = all(item.may_be_empty for item in held)
            if node in plan.totals:
                terms = [variable(term, plan.receiver) or ast.unparse(term) for term in plan.totals[node]]
                given = [names.get(term, term) for term in terms]
                return reads.total(original, given, losses, self.context, may_be_empty=empty)
            function = self._reader(node)
            if function is not None:
                return self._passed_on(function, updated, losses)
            return reads.read(original, losses, self.context, may_be_empty=empty)

        return hook
