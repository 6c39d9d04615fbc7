"""Variables that no optimizer trains: assigned where that is seen, and never in the run that reads them."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

from tf1to2_reg.diagnostics.reasons import Reasons, refusal
from tf1to2_reg.program.trace import AssignEvent, Facts, Trace
from tf1to2_reg.program.values import Assigned, Schedule, State
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.scopes import Place, scopes_of
from tf1to2_reg.syntax.variables import stored_attributes, walk
from tf1to2_reg.targets.tf2.data import Item, ItemKind, SteppedDriver, StepPlan

_HELP = "Run the assignment by itself."


def check_states(plan: SteppedDriver, trace: Trace, facts: Facts, modules: Sequence[Module]) -> None:
    """Check every variable, every assignment and every step of a driver.

    Raises:
        Refused: TFR218, or TFR223 for a name that a step would find to be another object.
    """
    reasons = Reasons()
    kept = [item for item in plan.items if item.kind in (ItemKind.STATE, ItemKind.SCHEDULE)]
    stored = stored_attributes(module.tree for module in modules) if kept else Counter[str]()
    for item in kept:
        if item.stmt not in plan.gone:
            with reasons.collected():
                _check_bound_once(item, stored)
    events = {event.node: event for event in trace.of(AssignEvent)}
    placed = _placed(plan)
    for event in events.values():
        with reasons.collected():
            if event.node not in placed:
                raise refusal("TFR218", "a variable is given a value by hand", event.node)
    for step in plan.steps:
        with reasons.collected():
            _check_step(step, plan, facts, set(events))
    reasons.check()


def _check_bound_once(item: Item, stored: Counter[str]) -> None:
    """TF1's ops hold the variable itself, steps and optimizers find it by its name."""
    for name in sorted(item.writes):
        attribute = name.removeprefix("self.")
        if attribute == name:
            bound = len(scopes_of(item.frame.module.tree).bindings.get(Place(item.frame.code, name), ()))
        else:
            bound = stored[attribute]
        if bound != 1:
            raise refusal("TFR223", f"{name} is bound again: steps would read what it is then", item.stmt)


def _placed(plan: SteppedDriver) -> set[ast.AST]:
    """Assignments that run exactly when they are fetched: statements and fetches that are nothing else."""
    found: set[ast.AST] = {run.assignment for run in plan.counters.values() if run.assignment is not None}
    found |= {leaf for run in plan.runs.values() for leaf in run.leaves}
    for item in plan.items:
        value = item.value if item.value is not None else getattr(item.stmt, "value", None)
        if isinstance(value, ast.AST):
            found.add(value)
    return found


def _check_step(step: StepPlan, plan: SteppedDriver, facts: Facts, assignments: set[ast.Call]) -> None:
    """TF1 leaves open which comes first where one run reads a variable and gives it a value, or does so twice."""
    roots = [*(item.root for item in step.items), *step.fetches]
    inside = {node: facts.value(node) for root in roots for node in walk(root) if node in assignments}
    assigned = [value.state.call for value in inside.values() if isinstance(value, Assigned)]
    used = [node for root in roots for node in walk(root, set(inside))]
    if step.train is not None:
        rate = plan.optimizer_of(step.train).event.rate_node
        used += [*walk(rate)] if rate is not None else []
    read = [state.call for node in used for state in _states(node, facts)]
    if step.train is not None and isinstance(step.train.step, State):
        read.append(step.train.step.call)
    for node, value in inside.items():
        others = [call for other in inside if other is not node for call in _read_in(other, facts)]
        key = value.state.call if isinstance(value, Assigned) else None
        if key in read or key in others or assigned.count(key) > 1:
            raise refusal("TFR218", "one run gives a variable a value and reads or assigns it besides", node, _HELP)


def _read_in(assignment: ast.AST, facts: Facts) -> Iterator[ast.Call | None]:
    for node in walk(assignment):
        yield from (state.call for state in _states(node, facts))


def _states(node: ast.AST, facts: Facts) -> Iterator[State]:
    value = facts.value(node)
    if isinstance(value, State):
        yield value
    elif isinstance(value, Schedule) and isinstance(value.step, State):
        yield value.step
