"""Learning rates and counters in the migrated program: what optimizers are made with, what steps set and read."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import libcst as cst

from tf1to2_reg.editing import calls
from tf1to2_reg.editing.expressions import code
from tf1to2_reg.editing.rule import Context
from tf1to2_reg.facts.knowledge import TensorFacts
from tf1to2_reg.facts.schedules import SCHEDULES, step_parameter
from tf1to2_reg.program.trace import Facts, TrainEvent
from tf1to2_reg.program.values import Schedule, State, facts_of
from tf1to2_reg.syntax.variables import walk
from tf1to2_reg.targets.tf2.data import ItemKind, OptimizerPlan, RateKind, SteppedDriver
from tf1to2_reg.transforms import optimizers, schedules


@dataclass(frozen=True)
class OptimizerHook:
    """Writes the call that makes an optimizer, with what gives it its learning rate."""

    driver: SteppedDriver
    plan: OptimizerPlan
    context: Context

    def __call__(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        """The optimizer, where the call is that of the plan."""
        if node is not self.plan.event.node:
            return None
        rules = optimizers.KEPT_RULES if self.plan.kept else optimizers.RULES
        made = cst.ensure_type(rules[self.plan.event.symbol](original, updated, self.context), cst.Call)
        if self.plan.rate.kind in (RateKind.NUMBER, RateKind.SCHEDULE):
            return made
        place = next(index for index, argument in enumerate(made.args) if _is_rate(index, argument))
        value = cst.parse_expression(self._rate(made.args[place].value))
        arguments = [*made.args]
        arguments[place] = arguments[place].with_changes(value=value)
        return made.with_changes(args=arguments)

    def _rate(self, written: cst.BaseExpression) -> str:
        if self.plan.rate.kind is RateKind.ASSIGNED:
            return self.plan.rate.holder or "0.0"
        rate = self.plan.event.rate
        if isinstance(rate, Schedule):
            assert isinstance(rate.step, State)
            return f"lambda: {code(written)}({self.driver.step_text(rate.step)})"
        return f"lambda: {code(written)}"


def _is_rate(index: int, argument: cst.Arg) -> bool:
    return index == 0 if argument.keyword is None else argument.keyword.value == "learning_rate"


@dataclass(frozen=True)
class ScheduleHook:
    """Writes a decay in a step: the schedule of Keras, called with the step."""

    driver: SteppedDriver
    facts: Facts
    context: Context

    def __call__(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        """The rate, where the call makes a schedule."""
        value = self.facts.value(node)
        if not isinstance(value, Schedule) or value.call is not node:
            return None
        symbol = self.context.symbol(original.func) or ""
        given = calls.values(calls.bind(original, updated, SCHEDULES[symbol].parameters, "TFR202"))
        made = code(schedules.RULES[symbol](original, updated, self.context))
        if isinstance(value.step, State):
            return cst.parse_expression(f"{made}({self.driver.step_text(value.step)})")
        return cst.parse_expression(f"{made}({code(given[step_parameter(symbol)].updated.value)})")


def schedule_names(driver: SteppedDriver, facts: Facts) -> dict[str, str]:
    """What the names of schedules are in a step: the rate now."""
    found = {}
    for item in driver.items:
        schedule = facts.value_of(item.stmt)
        if item.kind is ItemKind.SCHEDULE and isinstance(schedule, Schedule) and isinstance(schedule.step, State):
            found.update({name: f"{name}({driver.step_text(schedule.step)})" for name in item.writes})
    return found


def setting(plan: OptimizerPlan, rate: str, facts: Facts, tf: str) -> str:
    """The line of a step that sets the learning rate of an optimizer."""
    known = facts_of(plan.event.rate) if plan.event.rate is not None else None
    known = known or TensorFacts(None, None)
    if known.rank != 0:
        rate = f"{tf}.reshape({rate}, [])"
    if plan.rate.holder is None:
        return f"{plan.variable}.learning_rate.assign({rate})"
    if known.dtype != "float32":
        rate = f"{tf}.cast({rate}, {tf}.float32)"
    return f"{plan.rate.holder}.assign({rate})"


def counting(train: TrainEvent, driver: SteppedDriver) -> str | None:
    """The line of a step that counts it, where the optimizer does not."""
    if not isinstance(train.step, State) or train.step.call in driver.counted:
        return None
    return f"{driver.step_text(train.step)}.assign_add(1)"


def is_changing(fetch: ast.expr, facts: Facts) -> bool:
    """True for what a train op may change: a counter, or a rate that decays by it."""
    return any(isinstance(facts.value(node), State | Schedule) for node in walk(fetch))
