"""What stands in the place of graph statements: model objects, the optimizer, the steps."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import partial

import libcst as cst

from tf1to2_reg.editing.context import FileContext
from tf1to2_reg.editing.expressions import code
from tf1to2_reg.editing.rewriter import CallHook, Mode, Rewrite
from tf1to2_reg.editing.statements import BLANK, assignment, line
from tf1to2_reg.network.data import Held
from tf1to2_reg.program.definitions import Instance
from tf1to2_reg.targets.tf2 import sessions
from tf1to2_reg.targets.tf2.data import DriverPlan, Emission, Item, ItemKind, OptimizerPlan, StateRun, StepPlan
from tf1to2_reg.targets.tf2.penalty_reads import PenaltyReads
from tf1to2_reg.targets.tf2.rate_writer import OptimizerHook
from tf1to2_reg.writing import components, layer_objects, model_calls


class DriverWriter:
    """Writes the new statements of one driver."""

    def __init__(self, plan: DriverPlan, context: FileContext, rewrite: Rewrite, reads: PenaltyReads) -> None:
        self.plan = plan
        self.context = context
        self.file = context.file
        self.rewrite = rewrite
        names = _local_names(plan) | plan.held_names
        hooks: list[CallHook] = [
            self._model_hook,
            reads.driver_hook(plan, names),
            partial(layer_objects.call, context.file),
        ]
        self._steps = sessions.StepWriter(plan, context.file, context, rewrite, hooks, names)

    def objects(self, emission: Emission) -> list[cst.BaseStatement]:
        """The model objects and the optimizers."""
        lines: list[cst.BaseStatement] = [self._held(held) for held in emission.held]
        for optimizer in emission.optimizers:
            lines += self._optimizer(optimizer)
        return lines

    def steps(self, steps: Sequence[StepPlan]) -> list[cst.BaseStatement]:
        """The steps as functions; for an object, the lines of `__init__` that wrap its methods."""
        if self.plan.receiver is not None:
            return [self._steps.wrap(step) for step in steps]
        return [self._steps.function(step) for step in steps]

    def with_methods(self, statement: cst.ClassDef) -> cst.ClassDef:
        """The class of the driver's object with the steps as methods, below its constructor."""
        methods = [self._steps.function(step).with_changes(leading_lines=[BLANK]) for step in self.plan.steps]
        assert isinstance(statement.body, cst.IndentedBlock)
        body = list(statement.body.body)
        names = [part.name.value if isinstance(part, cst.FunctionDef) else None for part in body]
        place = names.index("__init__") + 1 if "__init__" in names else len(body)
        body[place:place] = methods
        return statement.with_changes(body=statement.body.with_changes(body=body))

    def state(self, run: StateRun) -> cst.BaseExpression:
        """What a variable is now, or what it is given."""
        if run.assignment is not None:
            made = self.rewrite(self.file.cst_expression(run.assignment), Mode())
            assert isinstance(made, cst.BaseExpression)
            return made
        text = self.plan.step_text(run.state)
        if run.holder is not None:
            text = code(self.file.cst_expression(run.holder)) + text.removeprefix("self")
        return cst.parse_expression(text)

    def _model_hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        held = self.plan.calls.get(node)
        if held is None:
            return None
        if held.model.cls is not None:
            of_object = self.file.facts.always(node.func, Instance)
            return components.call(held.model, original, updated) if of_object else updated
        return model_calls.apply(held.model, original, updated, cst.parse_expression(held.variable))

    def _graph_hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        """Tensors in the arguments of a builder belong to the step, not to the construction."""
        return updated if node in self.plan.calls or node in self.plan.losses else None

    def _held(self, held: Held) -> cst.SimpleStatementLine:
        if held.creation is None:
            arguments = ", ".join(parameter.name for parameter in held.model.constructed)
            value = cst.parse_expression(f"{held.model.name}({arguments})")
        else:
            value = self._construction(held, held.creation)
        return assignment(held.variable, value.with_changes(lpar=[], rpar=[]))

    def _construction(self, held: Held, creation: ast.Call) -> cst.BaseExpression:
        original = cst.ensure_type(self.file.cst_expression(creation), cst.Call)
        rewritten = cst.ensure_type(self.rewrite(original, Mode(hooks=[self._graph_hook])), cst.Call)
        name = code(rewritten.func) if held.model.receiver is None else held.model.name
        return model_calls.construct(held.model, original, rewritten, name, "self.")

    def _optimizer(self, plan: OptimizerPlan) -> list[cst.BaseStatement]:
        """The optimizer, and the variable that steps set where it has none for its learning rate."""
        original = cst.ensure_type(self.file.cst_expression(plan.event.node), cst.Call)
        value = self.rewrite(original, Mode(hooks=[OptimizerHook(self.plan, plan, self.context)]))
        assert isinstance(value, cst.BaseExpression)
        made: list[cst.BaseStatement] = [assignment(plan.variable, value)]
        if plan.rate.holder is None:
            return made
        return [line(f"{plan.rate.holder} = {self.context.tf}.Variable(0.0, trainable=False)"), *made]


def _local_names(plan: DriverPlan) -> dict[str, str]:
    """What attributes of the driver's object are called inside a step."""
    if plan.receiver is None:
        return {}
    plain = {name for item in plan.items for name in item.writes if not name.startswith("self.")}
    aliases = {name for item in plan.items if (name := _aliased(item)) is not None}
    found = {}
    for item in plan.items:
        if item.kind in (ItemKind.SCHEDULE, ItemKind.STATE):
            continue
        for name in item.writes:
            if name.startswith("self."):
                short = name.removeprefix("self.")
                found[name] = short if short not in plain or name in aliases else f"{short}_value"
    return found


def _aliased(item: Item) -> str | None:
    """The attribute that a statement gives the value of a local name like it, or takes for a parameter like it."""
    if item.target is not None and isinstance(item.value, ast.Attribute) and item.value.attr == item.target:
        return f"self.{item.target}"
    if not isinstance(item.stmt, ast.Assign) or not isinstance(item.stmt.value, ast.Name):
        return None
    target = item.stmt.targets[0]
    return f"self.{target.attr}" if isinstance(target, ast.Attribute) and item.stmt.value.id == target.attr else None
