"""Where the model objects, the optimizer and the steps stand in the migrated driver."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.program.trace import Event, SaverEvent
from tf1to2_reg.syntax.variables import walk
from tf1to2_reg.targets.tf2.data import DriverPlan, Emission, Item, ItemKind, SteppedDriver, StepPlan, stage
from tf1to2_reg.targets.tf2.moves.uses import kept
from tf1to2_reg.targets.tf2.steps import driver_call


def place(driver: SteppedDriver, savers: Sequence[SaverEvent] = ()) -> DriverPlan:
    """The plan in which every new object and step has the place of the graph statement it comes from.

    Steps that can be defined above a saver are, since it needs them.
    """
    return _Placement(driver, savers).run()


class _Placement:
    def __init__(self, driver: SteppedDriver, savers: Sequence[SaverEvent]) -> None:
        self.driver = driver
        self.savers = savers
        self._emissions: dict[ast.stmt, Emission] = {}
        self._gone = set(driver.gone)
        self._dropped = set(driver.dropped_methods)

    def run(self) -> DriverPlan:
        driver = self.driver
        for held in driver.held:
            own = driver.own is not None and held.model is driver.own.model
            stmt = driver.own.call if driver.own is not None and own else self._statement_with(held.creation)
            if stmt is not None:
                self._emit(stmt, Emission(held=(held,)))
        for optimizer in driver.optimizers:
            stmt = self._statement_with(optimizer.event.node)
            if stmt is not None:
                self._emit(stmt, Emission(optimizers=(optimizer,)))
        for step in driver.steps:
            self._emit(self._position(step), Emission(steps=(step,)))
        self._gather_steps()
        self._drop_unused_python()
        for stmt, function in driver.inlined.items():
            self._drop_method(stmt, function)
        return stage(DriverPlan, driver, gone=self._gone, emissions=self._emissions, dropped_methods=self._dropped)

    def _emit(self, stmt: ast.stmt, more: Emission) -> None:
        before = self._emissions.get(stmt, Emission())
        self._emissions[stmt] = Emission(
            before.held + more.held, before.optimizers + more.optimizers, before.steps + more.steps
        )

    def _statement_with(self, node: ast.AST | None) -> ast.stmt | None:
        stmts = [*(item.stmt for item in self.driver.items), *self.driver.inlined]
        return next((stmt for stmt in stmts if any(part is node for part in ast.walk(stmt))), None)

    def _position(self, step: StepPlan) -> ast.stmt:
        """The last statement that a step is made of."""
        driver = self.driver
        items = [item for item in step.items if item.kind is not ItemKind.PYTHON]
        if step.train_item is not None:
            items.append(step.train_item)
        if not items:
            items = [item for item in driver.items if item.kind is not ItemKind.PYTHON][-1:]
        last = max(items, key=lambda item: item.order).stmt
        if step.train is None:
            return last
        made = self._statement_with(driver.optimizer_of(step.train).event.node)
        orders = {item.stmt: item.order for item in driver.items}
        return made if made and orders.get(made, -1) > orders.get(last, -1) else last

    def _gather_steps(self) -> None:
        """Steps whose statements all stand before the first run or saver are defined together, after the last."""
        driver = self.driver
        orders = {item.stmt: item.order for item in driver.items}
        uses: list[Event] = [*(run.event for run in driver.runs.values()), *self.savers]
        first_run = min((driver_call(event, driver).lineno for event in uses), default=None)
        places = [stmt for stmt, emission in self._emissions.items() if emission.steps]
        early = [stmt for stmt in places if driver.receiver is not None or first_run is None or stmt.lineno < first_run]
        if len(early) < 2:
            return
        last = max(early, key=lambda stmt: orders.get(stmt, -1))
        wanted = [step for step in driver.steps if any(step in self._emissions[stmt].steps for stmt in early)]
        for stmt in early:
            steps = tuple(wanted) if stmt is last else ()
            self._emissions[stmt] = replace(self._emissions[stmt], steps=steps)

    def _drop_unused_python(self) -> None:
        """A local value of an inlined method goes where only the graph used it."""
        used = {item for step in self.driver.steps for item in step.items}
        in_region = set(self.driver.region.body) if self.driver.region is not None else set()
        for item in self.driver.items:
            in_graph = item in used or item.stmt in in_region
            if item.kind is ItemKind.PYTHON and in_graph and not self._is_read(item):
                self._gone.add(item.stmt)

    def _is_read(self, item: Item) -> bool:
        """True where Python code that stays reads what a statement binds."""
        function = item.frame.function
        root = function.node if function is not None else item.frame.module.tree
        names = {name.removeprefix("self.") for name in item.writes}
        left = {*self._gone, *self.driver.inlined}
        stays = [stmt for stmt, stays, _ in kept(getattr(root, "body", ()), left) if stays and stmt is not item.stmt]
        stays += [stmt for stmt in ast.walk(root) if isinstance(stmt, ast.FunctionDef) and stmt is not root]
        runs = set(self.driver.runs)
        return any(
            getattr(node, "id", getattr(node, "attr", None)) in names
            for stmt in stays
            for node in walk(stmt, runs)
            if isinstance(node, ast.Name | ast.Attribute)
        )

    def _drop_method(self, stmt: ast.stmt, function: ast.FunctionDef) -> None:
        """A method of which nothing is left goes, with its call; what was made in it is made at the call."""
        for inner, callee in self.driver.inlined.items():
            if any(node is inner for node in ast.walk(function)):
                self._drop_method(inner, callee)
        if not all(self._is_gone(part) for part in function.body):
            if isinstance(function.body[-1], ast.Return) and isinstance(stmt, ast.Assign) and stmt in self._gone:
                message = f"{function.name} builds a part of the graph, returns it and does more"
                raise refusal("TFR230", message, function)
            return
        self._dropped.add(function)
        for part in ast.walk(function):
            emission = self._emissions.pop(part, None) if isinstance(part, ast.stmt) else None
            if emission is not None:
                self._emit(stmt, emission)
        self._gone.add(stmt)

    def _is_gone(self, stmt: ast.stmt) -> bool:
        if stmt in self._gone or isinstance(stmt, ast.Pass | ast.Return):
            return True
        if isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Constant):
            return True
        return stmt in self.driver.dissolved and all(self._is_gone(part) for part in getattr(stmt, "body", []))
