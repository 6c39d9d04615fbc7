"""The optimizers of a driver: their names, what gives each its learning rate, and which counters are theirs."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from tf1to2_reg.diagnostics.reasons import Reasons, refusal
from tf1to2_reg.facts.held import HELD
from tf1to2_reg.facts.optimizers import KEEPS_RATE, KEEPS_ROWS, OPTIMIZERS
from tf1to2_reg.facts.schedules import SCHEDULES, step_parameter
from tf1to2_reg.network import naming
from tf1to2_reg.network.data import Held
from tf1to2_reg.program.trace import (
    AssignEvent,
    ConstructorEvent,
    Facts,
    LookupEvent,
    RunEvent,
    StateEvent,
    Trace,
    TrainEvent,
)
from tf1to2_reg.program.values import Assigned, GlobalStep, Schedule, State
from tf1to2_reg.syntax.binding import argument
from tf1to2_reg.syntax.variables import variable, walk
from tf1to2_reg.targets.tf2.data import (
    HousedDriver,
    Item,
    ItemKind,
    OptimizerPlan,
    Optimizers,
    Rate,
    RateKind,
    SteppedDriver,
)
from tf1to2_reg.targets.tf2.names import object_name
from tf1to2_reg.targets.tf2.objects import creating

Key = ast.Call | None
"""The call that makes a counter, None for the one of the graph."""


class OptimizerPlanner:
    """Decides on the optimizers of one driver."""

    def __init__(self, driver: HousedDriver, trace: Trace, facts: Facts, taken: set[str]) -> None:
        self.driver = driver
        self.trace = trace
        self.facts = facts
        self.taken = taken
        self._trains = _once(trace.of(TrainEvent))

    def run(self) -> Optimizers:
        """The optimizers, and the counters that are theirs.

        Raises:
            Refused: TFR202, TFR218.
        """
        events = self.trace.of(ConstructorEvent)
        reasons = Reasons()
        with reasons.collected():
            self._check_once(events)
        counted = self._counted()
        plans = []
        for event in events:
            with reasons.collected():
                plans.append(self._plan(event, counted))
        with reasons.collected():
            self._check_states(counted)
        reasons.check()
        by_call = {plan.event.node: plan for plan in plans}
        counters = {key: by_call[train.optimizer.call] for key, train in counted.items()}
        return Optimizers(list(creating(self.trace.of_layers())), plans, counters, self._state_names())

    def _check_once(self, events: list[ConstructorEvent]) -> None:
        for number, event in enumerate(events):
            if event.node in {other.node for other in events[:number]} or event.loops:
                raise refusal("TFR202", "one call makes several optimizers", event.node)

    # Counters

    def _counted(self) -> dict[Key, TrainEvent]:
        """Counters that are nothing but the number of steps of one optimizer of Keras."""
        found: dict[Key, TrainEvent] = {}
        for key in {train.step.call: None for train in self._trains if isinstance(train.step, State)}:
            trains = [train for train in self._trains if isinstance(train.step, State) and train.step.call is key]
            only = trains[0]
            counts = len(trains) == 1 and isinstance(only.step, GlobalStep) and not self._is_kept(only.optimizer.call)
            if counts and not self._is_assigned(key) and not self._is_read(key):
                found[key] = only
        return found

    def _is_assigned(self, key: Key) -> bool:
        states = [event.value.state for event in self.trace.of(AssignEvent) if isinstance(event.value, Assigned)]
        return any(state.call is key for state in states)

    def _is_read(self, key: Key) -> bool:
        """True where something else than schedules, train ops and lone fetches looks at a counter."""
        lone = {event.fetch_node for event in self.trace.of(RunEvent)}
        roots: list[ast.AST] = [item.root for item in self.driver.items if item.kind is ItemKind.TENSOR]
        roots += [item.root for item in self.driver.items if item.kind is ItemKind.REGION]
        roots += [event.fetch_node for event in self.trace.of(RunEvent)]
        steps = self._steps()
        return any(self._is_state(node, key) and node not in lone for root in roots for node in walk(root, steps))

    def _steps(self) -> set[ast.AST]:
        """The arguments by which schedules and train ops are told the counter."""
        found: set[ast.AST] = set()
        for value in self.facts.values():
            if isinstance(value, Schedule):
                found.add(step_of(value.call, self.facts.symbol(value.call.func) or ""))
        found |= {given for train in self._trains if (given := argument(train.node, 1, "global_step")) is not None}
        return found

    def _is_state(self, node: ast.AST, key: Key) -> bool:
        value = self.facts.value(node)
        return isinstance(value, State) and not isinstance(value, Assigned) and value.call is key

    def _state_names(self) -> dict[Key, str]:
        """The variables that hold states."""
        found: dict[Key, str] = {}
        for item in self.driver.items:
            value = self.facts.value_of(item.stmt)
            if item.kind is ItemKind.STATE and isinstance(value, State):
                found.setdefault(value.call, min(item.writes))
        return found

    def _check_states(self, counted: Mapping[Key, TrainEvent]) -> None:
        """What stays a variable is made by a statement of the driver, once."""
        made: set[Key] = set()
        for event in self.trace.of(StateEvent):
            assert isinstance(event.value, State)
            key = event.value.call
            if key in counted:
                continue
            own = any(item.kind is ItemKind.STATE and _value(item) is event.node for item in self.driver.items)
            if not own or event.loops:
                raise refusal("TFR218", "a variable is made by hand", event.node)
            if key in made:
                raise refusal("TFR218", "the step of the graph is asked for in several places", event.node)
            made.add(key)

    # Learning rates

    def _is_kept(self, call: ast.Call) -> bool:
        """True for an optimizer that Keras computes otherwise."""
        event = next(event for event in self.trace.of(ConstructorEvent) if event.node is call)
        changes = event.rate is not None and event.rate.graph
        return (
            event.symbol not in OPTIMIZERS
            or (changes and event.symbol in KEEPS_RATE)
            or (self._takes_rows() and event.symbol in KEEPS_ROWS)
        )

    def _takes_rows(self) -> bool:
        """True where rows of a variable may be trained."""
        return self.trace.has(LookupEvent) and any(event.symbol in HELD for event in self.trace.of_layers())

    def _plan(self, event: ConstructorEvent, counted: Mapping[Key, TrainEvent]) -> OptimizerPlan:
        kept = self._is_kept(event.node)
        name = self._variable(event, only=len(self._trains) < 2)
        kind = self._rate_kind(event, counted, kept=kept)
        holder = object_name(self.driver, "learning_rate", self.taken) if kept and kind is RateKind.ASSIGNED else None
        return OptimizerPlan(event, name, Rate(kind, holder), kept)

    def _rate_kind(self, event: ConstructorEvent, counted: Mapping[Key, TrainEvent], *, kept: bool) -> RateKind:
        rate, node = event.rate, event.rate_node
        if rate is None or not rate.graph:
            return RateKind.NUMBER
        if isinstance(rate, Schedule) and isinstance(rate.step, State) and self._is_object(rate, node):
            train = counted.get(rate.step.call)
            own = train is not None and train.optimizer.call is event.node
            return RateKind.SCHEDULE if own and not kept else RateKind.READ
        if isinstance(rate, State) and rate.facts.dtype == "float32" and isinstance(node, ast.Name | ast.Attribute):
            return RateKind.READ
        return RateKind.ASSIGNED

    def _is_object(self, rate: Schedule, node: ast.expr | None) -> bool:
        """True where the schedule is written in the call, or a statement of the driver holds it."""
        if node is rate.call:
            return True
        name = variable(node, self.driver.receiver) if node is not None else None
        return any(item.kind is ItemKind.SCHEDULE and name in item.writes for item in self.driver.items)

    def _variable(self, event: ConstructorEvent, *, only: bool) -> str:
        for item in self.driver.items:
            if _value(item) is event.node and item.kind is ItemKind.OPTIMIZER:
                assert isinstance(item.stmt, ast.Assign)
                target = item.stmt.targets[0]
                name = target.attr if isinstance(target, ast.Attribute) else ast.unparse(target)
                return f"self.{name}" if self.driver.receiver else name
        stem = "" if only else self._stem(event)
        prefix = "self." if self.driver.receiver else ""
        if not only and not stem and f"{prefix}optimizer" in self.taken:
            stem = event.symbol.rpartition(".")[2].removesuffix("Optimizer").lower()
        return object_name(self.driver, f"{stem}_optimizer" if stem else "optimizer", self.taken)

    def _stem(self, event: ConstructorEvent) -> str:
        """What a train op of the optimizer is called, without what says that it is one."""
        calls = {train.node for train in self._trains if train.optimizer.call is event.node}
        for item in self.driver.items:
            if item.kind is ItemKind.TRAIN and _value(item) in calls and len(item.writes) == 1:
                return naming.train_stem(min(item.writes).removeprefix("self."))
        return ""


def step_of(call: ast.Call, symbol: str) -> ast.expr:
    """What a decay decays by."""
    name = step_parameter(symbol)
    given = argument(call, SCHEDULES[symbol].parameters.index(name), name)
    assert given is not None
    return given


def _value(item: Item) -> ast.expr | None:
    return getattr(item.stmt, "value", None)


def _once(events: list[TrainEvent]) -> list[TrainEvent]:
    return list({event.node: event for event in events}.values())


def check_trained(plan: SteppedDriver) -> None:
    """Check that every step of an optimizer trains the same variables: Keras gives it state for those of the first.

    Raises:
        Refused: TFR202.
    """
    trained: dict[OptimizerPlan, tuple[list[Held], TrainEvent]] = {}
    for step in plan.steps:
        if step.train is None:
            continue
        models, train = trained.setdefault(plan.optimizer_of(step.train), (step.models, step.train))
        minimized = train.method == step.train.method == "minimize" and train.conditions == step.train.conditions
        if models != step.models or (train is not step.train and not minimized):
            raise refusal("TFR202", "one optimizer trains other variables in another step", step.run)


def counters(driver: HousedDriver, facts: Facts, optimizers: Optimizers) -> set[ast.stmt]:
    """The statements that make counters which an optimizer has."""
    found: set[ast.stmt] = set()
    for item in driver.items:
        state = facts.value_of(item.stmt)
        if item.kind is ItemKind.STATE and isinstance(state, State) and state.call in optimizers.counted:
            found.add(item.stmt)
    return found
