"""Conditions without which the migrated program would compute other numbers."""

from __future__ import annotations

import ast

from tf1to2_reg.diagnostics.reasons import Reasons, refusal
from tf1to2_reg.network import normalization
from tf1to2_reg.program.objects import LayerObject
from tf1to2_reg.program.trace import (
    CheckpointEvent,
    Event,
    Facts,
    LayerEvent,
    RunEvent,
    SessionEvent,
    Trace,
    UpdateOpsEvent,
)
from tf1to2_reg.program.values import Placeholder, Reuse, Variable, constant_of
from tf1to2_reg.program.variable_names import differs
from tf1to2_reg.syntax.variables import variable
from tf1to2_reg.targets.tf2.data import ItemKind, SteppedDriver, StepPlan
from tf1to2_reg.targets.tf2.session_code import is_initialization


def check_driver(plan: SteppedDriver, trace: Trace, facts: Facts) -> None:
    """Check every step of a driver.

    Raises:
        Refused: TFR202, TFR211, TFR216, TFR224, TFR227.
    """
    reasons = Reasons()
    with reasons.collected():
        _check_initialization(trace)
    with reasons.collected():
        _check_names(plan, trace)
    check = _Check(plan, trace, facts)
    for step in plan.steps:
        with reasons.collected():
            check.updates(step)
        with reasons.collected():
            check.objects(step)
    reasons.check()


def _check_initialization(trace: Trace) -> None:
    """Variables are initialized before anything else runs, and never again."""
    sessions = trace.of(SessionEvent)
    if len(sessions) > 1 or any(event.loops for event in sessions):
        raise refusal("TFR211", "several sessions have weights of their own", sessions[-1].node)
    runs = trace.of(RunEvent)
    first = min((event.order for event in runs if not is_initialization(event)), default=None)
    restored = [event for event in trace.of(CheckpointEvent) if event.restores]
    for event in runs:
        if not is_initialization(event):
            continue
        if first is not None and event.order > first:
            raise refusal("TFR211", "the variables are initialized again after the program ran", event.node)
        if any(other.order < event.order and not _is_elsewhere(other, event) for other in restored):
            raise refusal("TFR211", "the variables are initialized after they were restored", event.node)


def _is_elsewhere(first: Event, second: Event) -> bool:
    """True for events in different branches of an `if`: only one of the two happens."""
    ones, others = _ways(first), _ways(second)
    trees = {frame.module.tree for event in (first, second) for frame in event.frame.chain()}
    for part in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(part, ast.If) and part.orelse:
            body, orelse = ({node for stmt in block for node in ast.walk(stmt)} for block in (part.body, part.orelse))
            if (ones & body and others & orelse) or (ones & orelse and others & body):
                return True
    return False


def _ways(event: Event) -> set[ast.AST]:
    """The calls that lead to an event."""
    return {event.node, *(frame.call for frame in event.frame.chain() if frame.call is not None)}


def _check_names(plan: SteppedDriver, trace: Trace) -> None:
    """Variables that are told apart by their names are the same ones under the names that Keras gives them."""
    kept = any(optimizer.kept for optimizer in plan.optimizers)
    for test in trace.name_tests:
        if kept or any(differs(test, event) for event in trace.of_layers()):
            message = f"whether {test.literal!r} is in the name of a variable may be otherwise for Keras's names"
            raise refusal("TFR218", message, test.node)


class _Check:
    def __init__(self, plan: SteppedDriver, trace: Trace, facts: Facts) -> None:
        self.plan = plan
        self.trace = trace
        self.facts = facts
        self._flags = self._flag_names()

    def _flag_names(self) -> dict[Placeholder, str]:
        found: dict[Placeholder, str] = {}
        for item in self.plan.items:
            if item.kind is ItemKind.PLACEHOLDER:
                for node in ast.walk(item.stmt):
                    value, name = self.facts.value(node), variable(node, self.plan.receiver)
                    if isinstance(value, Placeholder) and name is not None:
                        found.setdefault(value, name)
        return found

    def objects(self, step: StepPlan) -> None:
        """A layer object of Keras has weights and penalties once it was called: in this step, and before."""
        for fetch in step.fetches if step.train is not None else ():
            if self.facts.ever(fetch, Variable):
                message = "a variable is fetched together with its update: before or after it is open in TF1"
                raise refusal("TFR216", message, fetch, "Fetch it in a run of its own.")
        if any(item.kind is ItemKind.REGION for item in step.items):
            return
        roots = [*(item.root for item in step.items), *step.fetches]
        for node in (part for root in roots for part in ast.walk(root)):
            if variable(node, self.plan.receiver) in self.plan.held_names and self.facts.ever(node, LayerObject):
                raise refusal("TFR224", "a step reads what a layer object has, and does not call it", node)

    # Batch normalization

    def updates(self, step: StepPlan) -> None:
        """The moving averages move in a step exactly when TF1 ran the update ops."""
        live = [event for event in normalization.events(self.trace) if not self._frozen(event)]
        inside = [event for event in live if self._runs(event, step)]
        if not step.updates:
            for event in inside:
                if self._trains(event, step) is not False:
                    message = "a batch normalization in training mode runs here without its update ops"
                    raise refusal("TFR227", message, step.run)
            return
        assert step.train is not None
        self._updated_once(step, inside)
        read = max((e.order for e in self.trace.of(UpdateOpsEvent)), default=-1)
        for event in live:
            if self._trains(event, step) is False:
                continue
            if event.order > read:
                raise refusal("TFR227", "a batch normalization is built after its update ops are read", event.node)
            if event not in inside:
                raise refusal("TFR227", "update ops of another network run with this train op", step.run)

    def _updated_once(self, step: StepPlan, inside: list[LayerEvent]) -> None:
        """Two updates of one moving average in a step: TF1 leaves their order open."""
        training = [event for event in inside if self._trains(event, step) is not False]
        held: dict[object, set[ast.AST]] = {}
        for event in training:
            node = self._outermost(event)
            owner = self.plan.calls.get(node)
            if owner is not None:
                held.setdefault(owner, set()).add(node)
            if event.reuse is not Reuse.NO and event.key in {other.key for other in training if other is not event}:
                raise refusal("TFR227", "one batch normalization is updated more than once in a step", event.node)
        for nodes in held.values():
            if len(nodes) > 1:
                raise refusal("TFR227", "one batch normalization is updated more than once in a step", step.run)

    def _frozen(self, event: LayerEvent) -> bool:
        training = normalization.training_of(event)
        if training is None or normalization.is_false(training):
            return True
        return not any(step.updates for step in self.plan.steps)

    def _trains(self, event: LayerEvent, step: StepPlan) -> bool | None:
        training = normalization.training_of(event)
        if isinstance(training, Placeholder):
            return bool(step.constants.get(self._flags.get(training, ""), True))
        constant = constant_of(training) if training is not None else None
        return bool(constant.value) if constant is not None else None

    def _runs(self, event: LayerEvent, step: StepPlan) -> bool:
        node = self._outermost(event)
        for item in step.items:
            if item.kind is ItemKind.REGION:
                if self.plan.region is not None and node in self.plan.region.sites:
                    return True
            elif any(part is node for part in ast.walk(item.stmt)):
                return True
        return any(part is node for fetch in step.fetches for part in ast.walk(fetch))

    def _outermost(self, event: LayerEvent) -> ast.Call:
        chain = event.frame.chain()
        outer = next(frame for frame in chain if frame in self.plan.building)
        inside = chain[: chain.index(outer)]
        call = inside[-1].call if inside else None
        return call if call is not None else event.node
