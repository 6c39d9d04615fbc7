"""Where the model objects, the optimizer and the steps stand in the migrated driver."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.program.trace import Event, SaverEvent
from tf1to2_reg.syntax.variables import walk
from tf1to2_reg.targets.tf2.data import DriverPlan, Emission, Item, ItemKind, StepPlan
from tf1to2_reg.targets.tf2.moves.uses import kept
from tf1to2_reg.targets.tf2.steps import driver_call


def place(plan: DriverPlan, savers: Sequence[SaverEvent]) -> None:
    """Give every new object and step the place of the graph statement it comes from, above savers that need them."""
    for held in plan.held:
        stmt = plan.region_call if held.model is plan.region else _statement_with(plan, held.creation)
        if stmt is not None:
            _emission(plan, stmt).held.append(held)
    if plan.optimizer is not None:
        stmt = _statement_with(plan, plan.optimizer.event.node)
        if stmt is not None:
            _emission(plan, stmt).optimizer = plan.optimizer
    for step in plan.steps:
        _emission(plan, _position(plan, step)).steps.append(step)
    _gather_steps(plan, savers)
    _drop_unused_python(plan)
    for stmt, function in list(plan.inlined.items()):
        _drop_method(plan, stmt, function)


def _emission(plan: DriverPlan, stmt: ast.stmt) -> Emission:
    return plan.emissions.setdefault(stmt, Emission())


def _statement_with(plan: DriverPlan, node: ast.AST | None) -> ast.stmt | None:
    for item in plan.items:
        if any(part is node for part in ast.walk(item.stmt)):
            return item.stmt
    for stmt in plan.inlined:
        if any(part is node for part in ast.walk(stmt)):
            return stmt
    return None


def _position(plan: DriverPlan, step: StepPlan) -> ast.stmt:
    """The last statement that a step is made of."""
    items = [item for item in step.items if item.kind is not ItemKind.PYTHON]
    if step.train_item is not None:
        items.append(step.train_item)
    if not items:
        items = [item for item in plan.items if item.kind is not ItemKind.PYTHON][-1:]
    last = max(items, key=lambda item: item.order).stmt
    if step.train_item is None:
        return last
    made = plan.optimizer is not None and _statement_with(plan, plan.optimizer.event.node)
    orders = {item.stmt: item.order for item in plan.items}
    return made if made and orders.get(made, -1) > orders.get(last, -1) else last


def _gather_steps(plan: DriverPlan, savers: Sequence[SaverEvent]) -> None:
    """Steps whose statements all stand before the first run, or saver, are defined together, after the last of them."""
    orders = {item.stmt: item.order for item in plan.items}
    uses: list[Event] = [*(run.event for run in plan.runs.values()), *savers]
    first_run = min((driver_call(event, plan).lineno for event in uses), default=None)
    places = [stmt for stmt, emission in plan.emissions.items() if emission.steps]
    early = [stmt for stmt in places if plan.receiver is not None or first_run is None or stmt.lineno < first_run]
    if len(early) < 2:
        return
    last = max(early, key=lambda stmt: orders.get(stmt, -1))
    wanted = [step for step in plan.steps if any(step in plan.emissions[stmt].steps for stmt in early)]
    for stmt in early:
        plan.emissions[stmt].steps = []
    plan.emissions[last].steps = wanted


def _drop_unused_python(plan: DriverPlan) -> None:
    """A local value of an inlined method goes where only the graph used it."""
    used = {item for step in plan.steps for item in step.items}
    in_region = set(plan.region.body) if plan.region is not None else set()
    for item in plan.items:
        if item.kind is ItemKind.PYTHON and (item in used or item.stmt in in_region) and not _is_read(plan, item):
            plan.gone.add(item.stmt)


def _is_read(plan: DriverPlan, item: Item) -> bool:
    """True where Python code that stays reads what a statement binds."""
    function = item.frame.function
    root = function.node if function is not None else item.frame.module.tree
    names = {name.removeprefix("self.") for name in item.writes}
    stays = [stmt for stmt, stays, _ in kept(getattr(root, "body", ()), plan) if stays and stmt is not item.stmt]
    stays += [stmt for stmt in ast.walk(root) if isinstance(stmt, ast.FunctionDef) and stmt is not root]
    runs = set(plan.runs)
    return any(
        getattr(node, "id", getattr(node, "attr", None)) in names
        for stmt in stays
        for node in walk(stmt, runs)
        if isinstance(node, ast.Name | ast.Attribute)
    )


def _drop_method(plan: DriverPlan, stmt: ast.stmt, function: ast.FunctionDef) -> None:
    """A method of which nothing is left goes, with its call; what was made in it is made at the call."""
    for inner, callee in list(plan.inlined.items()):
        if any(node is inner for node in ast.walk(function)):
            _drop_method(plan, inner, callee)
    if not all(_is_gone(plan, part) for part in function.body):
        if isinstance(function.body[-1], ast.Return) and isinstance(stmt, ast.Assign) and stmt in plan.gone:
            raise refusal("TFR230", f"{function.name} builds a part of the graph, returns it and does more", function)
        return
    plan.dropped_methods.add(function)
    merged = _emission(plan, stmt)
    for part in ast.walk(function):
        inner_emission = plan.emissions.pop(part, None) if isinstance(part, ast.stmt) else None
        if inner_emission is not None:
            merged.held += inner_emission.held
            merged.steps += inner_emission.steps
            merged.optimizer = merged.optimizer or inner_emission.optimizer
    plan.gone.add(stmt)


def _is_gone(plan: DriverPlan, stmt: ast.stmt) -> bool:
    if stmt in plan.gone or isinstance(stmt, ast.Pass):
        return True
    if isinstance(stmt, ast.Return):
        return True
    if isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Constant):
        return True
    return stmt in plan.dissolved and all(_is_gone(plan, part) for part in getattr(stmt, "body", []))
