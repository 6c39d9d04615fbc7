"""One step per distinct set of fetches: the backward slice of what is fetched, and what is fed."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from tf1to2_reg.diagnostics.reasons import Reasons, refusal
from tf1to2_reg.network import naming
from tf1to2_reg.program.definitions import Instance
from tf1to2_reg.program.trace import AssignEvent, AwaitedRun, Event, Facts, RunEvent, Trace, TrainEvent
from tf1to2_reg.program.values import (
    Assigned,
    State,
    TrainOp,
    Value,
)
from tf1to2_reg.syntax.variables import reads, walk
from tf1to2_reg.targets.tf2.data import (
    Driver,
    FedInput,
    Fetch,
    Item,
    ItemKind,
    OptimizedDriver,
    RateKind,
    RunPlan,
    StateRun,
    StepPlan,
    Steps,
    ValueOf,
)
from tf1to2_reg.targets.tf2.fed_integers import as_arrays
from tf1to2_reg.targets.tf2.feeds import FeedPlanner, Feeds
from tf1to2_reg.targets.tf2.fetches import FetchReader, leaves
from tf1to2_reg.targets.tf2.session_code import is_initialization
from tf1to2_reg.targets.tf2.slices import Point, Slice, backward_slice


@dataclass(frozen=True, eq=False)
class Fetched:
    """What a run fetches: tensors, and a train op with or without the update ops; `part` is what they need."""

    event: RunEvent
    tensors: list[ast.expr]
    train: TrainEvent | None
    train_item: Item | None
    updates: bool
    part: Slice


class StepPlanner:
    """Turns the session runs of a driver into steps and their calls."""

    def __init__(
        self,
        plan: OptimizedDriver,
        trace: Trace,
        facts: Facts,
        owner: Instance | None,
        totals: Mapping[ast.Call, Sequence[ast.expr]],
        taken: set[str],
    ) -> None:
        self.plan = plan
        self._totals = totals
        self.trace = trace
        self.facts = facts
        self.owner = owner
        self.taken = taken
        self._steps: dict[tuple[object, ...], StepPlan] = {}
        self._runs: dict[ast.Call, RunPlan] = {}
        self._counters: dict[ast.Call, StateRun] = {}
        self._feeds = FeedPlanner(plan, trace, facts)
        self._fetches = FetchReader(plan, trace, facts)

    def run(self) -> Steps:
        """The steps, and what each run becomes.

        Raises:
            Refused: TFR216, TFR217, TFR225, TFR230.
        """
        seen: set[ast.AST] = set()
        reasons = Reasons()
        for event in self.trace.of(RunEvent):
            if event.node in seen or (is_initialization(event) and not event.loops):
                continue
            seen.add(event.node)
            with reasons.collected():
                self._plan_event(event)
        reasons.check()
        steps = list(self._steps.values())
        self._feeds.find_scalars(steps, self._runs.values())
        return Steps(steps, self._runs, self._counters)

    def _plan_event(self, event: RunEvent) -> None:
        state = self.facts.value(event.fetch_node)
        if self.facts.always(event.fetch_node, State) and isinstance(state, State):
            self._counters[event.node] = StateRun(state, self._holder(event))
        elif isinstance(state, Assigned) and self._is_of_python(event.fetch_node):
            assert isinstance(event.fetch_node, ast.Call)
            self._counters[event.node] = StateRun(state.state, self._holder(event), event.fetch_node)
        else:
            self._check_same_slice(event)
            self._plan_run(event)

    def _is_of_python(self, node: ast.expr) -> bool:
        """True for an op that is made where it is run, from a Python value."""
        if not isinstance(node, ast.Call) or node not in {event.node for event in self.trace.of(AssignEvent)}:
            return False
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        graph = {part for value in values for part in walk(value) if part in self.facts.graph}
        return all(self.facts.always(part, State) for part in graph) and len(graph) <= 1

    def _check_same_slice(self, event: RunEvent) -> None:
        """A function that runs the session must find the same graph every time it is called."""
        read = list(leaves(self._fetches.read(event)))
        nodes = [node for leaf in read for node in (leaf.tensors or (leaf.node,))]
        wanted = {name for node in nodes for name in self._variables(node, event)}
        slices = {
            tuple(backward_slice(self._items_before(other), wanted).items)
            for other in self.trace.of(RunEvent)
            if other.node is event.node
        }
        if len(slices) > 1:
            raise refusal("TFR223", "what is fetched here is bound again between two calls", event.node)

    @property
    def _receiver(self) -> str | None:
        return self.plan.receiver

    # One run

    def _plan_run(self, event: RunEvent) -> None:
        holder = self._holder(event)
        fetch = self._fetches.read(event)
        fetched = self._fetched(event, fetch)
        feeds = self._feeds.feeds(event)
        step = self._step(fetched, feeds)
        run = RunPlan(event, step, fetch, fetched.tensors, feeds.expressions, feeds.variable, holder)
        self._runs[event.node] = replace(run, arrays=as_arrays(run, self.facts))

    def _fetched(self, event: RunEvent, fetch: Fetch) -> Fetched:
        found = list(leaves(fetch))
        trains = [leaf.node for leaf in found if leaf.value is ValueOf.TRAIN]
        tensors = [node for leaf in found for node in leaf.tensors]
        train = self._train_event(trains, event)
        item = self._train_item(train) if train is not None else None
        updates = any(leaf.value is ValueOf.UPDATES for leaf in found) or any(
            getattr(self._value(leaf), "updates", False) for leaf in trains
        )
        if updates and train is None:
            raise refusal("TFR227", "the update ops run without a train op", event.node)
        return Fetched(event, tensors, train, item, updates, self._slice(event, tensors, train))

    def _value(self, node: ast.expr) -> Value | None:
        return self.facts.value(node)

    def _train_event(self, trains: list[ast.expr], event: RunEvent) -> TrainEvent | None:
        values = [self._value(node) for node in trains]
        calls = {value.call for value in values if isinstance(value, TrainOp)}
        events = {train for train in self.trace.of(TrainEvent) if train.node in calls}
        if len(events) > 1:
            raise refusal("TFR202", "several train ops run at once", event.node)
        return events.pop() if events else None

    def _train_item(self, train: TrainEvent) -> Item:
        for item in self.plan.items:
            if any(node is train.node for node in ast.walk(item.stmt)):
                return item
        raise refusal("TFR230", "the train op is made outside the driver", train.node)

    def _holder(self, event: RunEvent) -> ast.expr | None:
        """The expression that names the object whose graph is run from outside its methods."""
        if self.owner is None or event.frame.instance is self.owner or isinstance(event, AwaitedRun):
            return None
        for node in ast.walk(event.node):
            if isinstance(node, ast.Attribute) and self.facts.value(node.value) is self.owner:
                return node.value
        raise refusal("TFR216", "what is fetched here cannot be followed", event.node)

    def _variables(self, node: ast.expr, event: RunEvent) -> AbstractSet[str]:
        """Variables of the driver that an expression at the run reads."""
        if self.owner is None:
            found = reads(node)
            driver = self.plan.frames[0].env
            for name in found:
                owner = event.frame.env.owner(name)
                graph = any(
                    n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name and n in self.facts.graph
                )
                if graph and owner is not driver:
                    raise refusal("TFR230", f"{name} comes from another function than the graph", node)
            return found
        renamed: set[str] = set()
        for part in walk(node):
            if isinstance(part, ast.Attribute) and self.facts.value(part.value) is self.owner:
                renamed.add(f"self.{self.plan.properties.get(part.attr, part.attr)}")
            elif isinstance(part, ast.Name) and part in self.facts.graph:
                if event.frame not in self.plan.frames or not any(part.id in item.writes for item in self.plan.items):
                    raise refusal("TFR230", f"{part.id} comes from another function than the graph", node)
                renamed.add(part.id)
        return renamed

    def _slice(self, event: RunEvent, tensors: Sequence[ast.expr], train: TrainEvent | None) -> Slice:
        wanted = {name for leaf in tensors for name in self._variables(leaf, event)}
        if train is None:
            return backward_slice(self._items_before(event), wanted)
        points = [*self._train_points(train), *self._rate_points(train)]
        part = backward_slice(self._items_before(event), wanted, points)
        for point, later in ((point, later) for point in points for later in part.items):
            if later.order > point.item.order and later.writes & point.reads:
                message = "what the train op was made from is bound again after it, and both are needed here"
                raise refusal("TFR223", message, later.stmt)
        return part

    def _train_points(self, train: TrainEvent | None) -> list[Point]:
        return [Point(self._train_item(train), self._train_reads(train))] if train is not None else []

    def _rate_points(self, train: TrainEvent | None) -> list[Point]:
        """A learning rate that is computed in every step is computed from what its optimizer was made with."""
        if train is None:
            return []
        plan = self.plan.optimizer_of(train)
        if plan.rate.kind is not RateKind.ASSIGNED or plan.event.rate_node is None:
            return []
        made = [item for item in self.plan.items if any(node is plan.event.node for node in ast.walk(item.stmt))]
        if not made:
            raise refusal("TFR230", "the optimizer is made outside the driver", plan.event.node)
        return [Point(made[0], reads(plan.event.rate_node, self._receiver))]

    def _train_reads(self, train: TrainEvent) -> AbstractSet[str]:
        first = train.node.args[0] if train.node.args else None
        for keyword in train.node.keywords:
            if keyword.arg in ("loss", "grads_and_vars"):
                first = keyword.value
        if first is None:
            return set()
        totals = [term for node in walk(first) for term in self._terms(node)]
        return reads(first, self._receiver).union(*(reads(term, self._receiver) for term in totals))

    def _terms(self, node: ast.AST) -> Sequence[ast.expr]:
        """The losses that a call of `get_total_loss` adds."""
        return self._totals.get(node, ()) if isinstance(node, ast.Call) else ()

    def _items_before(self, event: RunEvent) -> Sequence[Item]:
        if self.owner is not None:
            return self.plan.items
        node = driver_call(event, self.plan)
        position = node.lineno, node.col_offset
        return [
            item
            for item in self.plan.items
            if (item.stmt.lineno, item.stmt.col_offset) <= position or item.kind is ItemKind.REGION
        ]

    def _step(self, fetched: Fetched, feeds: Feeds) -> StepPlan:
        event, part, train = fetched.event, fetched.part, fetched.train
        placeholders = self._feeds.placeholders
        needed = [name for name in placeholders if name in part.free]
        constants = self._feeds.constants(event, needed, feeds.expressions)
        given = {*feeds.expressions, *constants}
        missing = [name for name in needed if name not in given and placeholders[name].default is None]
        if missing:
            raise refusal("TFR217", f"{missing[0]} is needed but not fed here", event.node)
        inputs = self._feeds.inputs(feeds, part, constants)
        if "self" in inputs:  # `tf.function` takes a first parameter of that name for an object
            raise refusal("TFR232", "a placeholder is called self", event.node)
        key = (
            tuple(ast.dump(leaf) if self.owner is None else _dump(leaf) for leaf in fetched.tensors),
            train,
            fetched.updates,
            tuple(part.items),
            tuple(sorted(inputs)),
            tuple(sorted(constants.items(), key=str)),
        )
        if key not in self._steps:
            before = self._items_before(event)
            models = self.plan.models_in(part.items, fetched.tensors)
            self._steps[key] = StepPlan(
                name=self._step_name(fetched.tensors, train, event),
                inputs=[FedInput(self._input_name(name), name, placeholders[name]) for name in inputs],
                constants=constants,
                items=part.items,
                fetches=fetched.tensors,
                train=train,
                train_item=fetched.train_item,
                train_node=train.node if train is not None else None,
                models=models,
                updates=fetched.updates or (train is not None and train.controlled),
                free=part.free,
                run=event.node,
                minimized=backward_slice(before, set(), self._train_points(train)).items,
                rated=backward_slice(before, set(), self._rate_points(train)).items,
                gives_loss=isinstance(event, AwaitedRun),
            )
        return self._steps[key]

    def _train_stem(self, train: TrainEvent) -> str:
        """What tells the train op from the others of the program."""
        if len({event.node for event in self.trace.of(TrainEvent)}) < 2:
            return ""
        item = self._train_item(train)
        return naming.train_stem(min(item.writes).removeprefix("self.")) if len(item.writes) == 1 else ""

    @staticmethod
    def _input_name(name: str) -> str:
        return name.removeprefix("self.")

    def _step_name(self, others: Sequence[ast.expr], train: TrainEvent | None, event: RunEvent) -> str:
        prefix = "_" if self.owner is not None and event.frame.instance is self.owner else ""
        if train is not None:
            stem = self._train_stem(train)
            wanted = f"train_step_{stem}" if stem else "train_step"
        else:
            names = [_last_name(leaf) for leaf in others]
            known = [name for name in names if name]
            verb = "run" if all(isinstance(self._value(leaf), Assigned) for leaf in others) else "compute"
            wanted = f"{verb}_" + "_and_".join(known) if known and len(known) == len(names) <= 2 else "evaluate"
        attributes = {name.removeprefix("self.") for name in self.taken if name.startswith("self.")}
        name = naming.unique(prefix + wanted, self.taken | (attributes if self.owner is not None else set()))
        self.taken.add(name)
        return name


def driver_call(event: Event, plan: Driver) -> ast.Call:
    """The call in the driver that leads to a run."""
    node, frame = event.node, event.frame
    while frame not in plan.frames and frame.caller is not None and frame.call is not None:
        node, frame = frame.call, frame.caller
    return node


def _dump(node: ast.expr) -> str:
    """The text of a fetch without the object it is read from."""
    return f"self.{node.attr}" if isinstance(node, ast.Attribute) else ast.dump(node)


def _last_name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id.strip("_")
    return node.attr.strip("_") if isinstance(node, ast.Attribute) else None
