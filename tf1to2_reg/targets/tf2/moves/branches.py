"""The branch that a statement of the graph stands in must come along: a step has no branch that its place does not."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tf1to2_reg.diagnostics.reasons import Reasons, refusal
from tf1to2_reg.program.trace import Facts
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.targets.tf2.data import DriverPlan

Branch = tuple[ast.stmt, str]
_KINDS = {ast.If: "a condition", ast.Try: "a try", ast.With: "a with statement", ast.For: "a loop", ast.While: "a loop"}


def check(plan: DriverPlan, facts: Facts) -> None:
    """Compare the branch of each statement of the graph with that of the place where it goes.

    Raises:
        Refused: TFR231 for a statement that would leave its branch.
    """
    around = _Around(plan, facts)
    reasons = Reasons()
    for stmt, place in _moves(plan, around):
        with reasons.collected():
            around.must_be_within(stmt, place)
    reasons.check()


def _moves(plan: DriverPlan, around: _Around) -> Iterator[tuple[ast.stmt, tuple[Branch, ...]]]:
    """Each statement that moves, with the branches around the place where it goes."""
    for stmt in plan.inlined:
        yield stmt, ()
    for held in plan.held:
        if plan.own is not None and held.model is plan.own.model:
            place = around.of(plan.own.call)
            for stmt in plan.own.model.body:
                yield stmt, place
    for stmt, emission in plan.emissions.items():
        place = () if plan.receiver is not None else around.of(stmt)
        for step in emission.steps:
            for item in (*step.items, *([step.train_item] if step.train_item is not None else [])):
                yield item.stmt, place


class _Around:
    """The branches around every statement of the driver's functions."""

    def __init__(self, plan: DriverPlan, facts: Facts) -> None:
        self.plan = plan
        self.facts = facts
        self._branches: dict[ast.stmt, tuple[Branch, ...]] = {}
        for frame in plan.frames:
            self._walk(frame.body, ())

    def _walk(self, body: Sequence[ast.stmt], around: tuple[Branch, ...]) -> None:
        for stmt in body:
            self._branches.setdefault(stmt, around)
            if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            for block in blocks(stmt):
                inner = around if self._is_no_branch(stmt, block.part) else (*around, (stmt, block.part))
                self._walk(block.statements, inner)

    def _is_no_branch(self, stmt: ast.stmt, part: str) -> bool:
        """True for what surely runs: the body of a scope, and of a method's condition that is known to hold."""
        if stmt in self.plan.dissolved:
            return True
        known = self.facts.constant(stmt.test) if isinstance(stmt, ast.If) and self.plan.receiver is not None else None
        return known is not None and bool(known.value) is (part == "body")

    def of(self, stmt: ast.stmt | None) -> tuple[Branch, ...]:
        return self._branches.get(stmt, ()) if stmt is not None else ()

    def must_be_within(self, stmt: ast.stmt, place: tuple[Branch, ...]) -> None:
        """A statement may stand in the branches of its new place and no others; in a `try` it may not move at all."""
        own = self.of(stmt)
        left = next((branch for index, branch in enumerate(own) if place[index : index + 1] != (branch,)), None)
        tried = next((branch for branch in own if isinstance(branch[0], ast.Try) and branch[1] != "finalbody"), None)
        branch = left or tried
        if branch is not None:
            kind = _KINDS.get(type(branch[0]), "a statement")
            message = f"this builds a part of the graph inside {kind}, which would not move with it"
            raise refusal(
                "TFR231", message, stmt, f"Take the {_name(branch[0])} out of the code that builds the graph."
            )


def _name(stmt: ast.stmt) -> str:
    return type(stmt).__name__.lower()
