"""Savers: what each saves, what its layers were called in TF1, and from where on it can be made."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tf1to2_reg.diagnostics.reasons import Reasons, refusal
from tf1to2_reg.facts.held import has_variables
from tf1to2_reg.network.data import Access, Held, ModelPlan
from tf1to2_reg.program.definitions import Instance
from tf1to2_reg.program.tokens import is_known
from tf1to2_reg.program.trace import (
    CheckpointEvent,
    Facts,
    Frame,
    LayerEvent,
    SaverEvent,
    StateEvent,
    Trace,
    TrainEvent,
)
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.variables import reads, variable, walk
from tf1to2_reg.targets.tf2.data import UNKNOWN, DriverPlan, OptimizerPlan, SaverPlan, StepPlan
from tf1to2_reg.targets.tf2.steps import driver_call


class SaverPlanner:
    """Plans the savers of one driver, when its models, optimizer and steps have their places.

    A saver of TF1 takes all variables that are there when it is made. Here it takes them from the models and the
    optimizer, so that these must hold all of them, and be there.
    """

    def __init__(
        self, plan: DriverPlan, trace: Trace, facts: Facts, owner: Instance | None, modules: Sequence[Module]
    ) -> None:
        self.plan = plan
        self.trace = trace
        self.facts = facts
        self.owner = owner
        self.modules = modules

    def savers(self) -> list[SaverPlan]:
        """The savers of the driver.

        Raises:
            Refused: TFR204.
        """
        events = self.trace.of(SaverEvent)
        found: list[SaverPlan] = []
        reasons = Reasons()
        for event in events[:1]:
            with reasons.collected():
                self._check_files(event)
        for event in events:
            with reasons.collected():
                found.append(self._saver(event))
        reasons.check()
        return found

    def _check_files(self, event: SaverEvent) -> None:
        """Graphs are no longer written beside the variables."""
        for module in self.modules:
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and ".meta" in node.value:
                    message = "the program looks for the file .meta, which only a saver of TF1 writes"
                    raise refusal("TFR204", message, event.node)

    def _saver(self, event: SaverEvent) -> SaverPlan:
        self._check_variables(event)
        optimizer = self._optimizer(event)
        steps, below = self._steps(event, needs_optimizer=optimizer is not None)
        place = (event, self.trace.entry, self.plan, self._holder(event))
        step = self._step_name(optimizer)
        return SaverPlan(*place, optimizer, steps, self._names(), step, _given_name(optimizer), self._states(), below)

    def _optimizer(self, event: SaverEvent) -> OptimizerPlan | None:
        """The optimizer whose train op is there when the saver is made."""
        made = {train.optimizer.call for train in self.trace.of(TrainEvent) if train.order < event.order}
        found = [plan for plan in self.plan.optimizers if plan.event.node in made]
        if len(found) > 1:
            raise refusal("TFR204", "a saver of several optimizers", event.node)
        return found[0] if found else None

    def _check_variables(self, event: SaverEvent) -> None:
        late = next((layer for layer in self.trace.of_layers() if layer.order > event.order), None)
        if late is not None:
            raise refusal("TFR204", "the saver is made before this layer, which it does not save", late.node)
        states = self.trace.of(StateEvent)
        if any(state.order > event.order for state in states):
            raise refusal("TFR204", "the saver is made before a variable, which it does not save", event.node)
        if states and any(train.order > event.order for train in self.trace.of(TrainEvent)):
            message = "the saver is made before the train op: it saves the global step, but no slots of the optimizer"
            raise refusal("TFR204", message, event.node, "Make the saver after the train op.")

    # What the variables were called

    def _step_name(self, optimizer: OptimizerPlan | None) -> str | None:
        """What the counter is called that the optimizer has, None where it has none, "" where that is not known."""
        names = [_state_name(key, self.facts) for key, plan in self.plan.counted.items() if plan is optimizer]
        return names[0] if len(names) == 1 else "" if names else None

    def _states(self) -> dict[str, str]:
        """Other variables by their names in TF1, by their own where those are not known."""
        found: dict[str, str] = {}
        for key, variable_ in self.plan.states.items():
            if key in self.plan.counted:
                continue
            name = _state_name(key, self.facts)
            found[name if name and name not in found else f"{UNKNOWN}{variable_}"] = variable_
        return found

    def _names(self) -> dict[str, str]:
        """The layers by their names in TF1; none at all where one of them is not known."""
        found: dict[str, str] = {}
        for event in self.trace.of_layers():
            if not has_variables(event.symbol):
                continue
            layer = self._layer(event)
            if layer is None or not is_known(event.key):
                return {}
            name = "/".join(map(str, event.key))
            if found.setdefault(name, layer) != layer:
                return {}
        return found

    def _layer(self, event: LayerEvent) -> str | None:
        """The attribute that holds a layer, from the driver's model on; None for one of several in a list."""
        chain = event.frame.chain()
        outer = next((frame for frame in chain if frame in self.plan.building), None)
        if outer is None:
            return None
        calls = [frame.call for frame in reversed(chain[: chain.index(outer)])]
        nodes = [*(call for call in calls if call is not None), event.node]
        held = self.plan.calls.get(nodes[0])
        if held is not None:
            nodes = nodes[1:]
        else:
            held = next((item for item in self.plan.held if item.model is self.plan.region), None)
        return _attribute(held, nodes) if held is not None else None

    # Where it is made

    def _holder(self, event: SaverEvent) -> str | None:
        """The name of the driver's object where the saver is made apart from it."""
        if self.owner is None or event.frame.instance is self.owner:
            return None
        for scope in (event.frame.env, event.frame.env.root()):
            for name, value in scope.bindings.items():
                if value is self.owner:
                    return name
        raise refusal("TFR204", "the saver is made where the object that holds the graph has no name", event.node)

    def _steps(self, event: SaverEvent, *, needs_optimizer: bool) -> tuple[list[StepPlan], ast.stmt | None]:
        """The steps that make all variables when they are traced, and the statement below which the saver is made.

        That is None where the steps stand above the saver as it is.
        """
        places = self._placed()
        above = [step for step, stmt in places.items() if self._is_above(stmt, event)]
        chosen = self._chosen(above, needs_optimizer=needs_optimizer)
        if chosen is not None:
            return chosen, None
        chosen = self._chosen(list(places), needs_optimizer=needs_optimizer)
        if chosen is None:
            raise refusal("TFR204", "a part of what the saver saves is never run", event.node)
        last = max((places[step] for step in chosen), key=lambda stmt: stmt.lineno)
        self._check_move(event, last)
        return chosen, last

    def _chosen(self, steps: Sequence[StepPlan], *, needs_optimizer: bool) -> list[StepPlan] | None:
        """Those of the steps that run all models, and the optimizer; None where they do not."""
        found: list[StepPlan] = []
        missing = set(self.plan.held)
        for step in sorted(steps, key=lambda step: step.train is None):
            if not missing.isdisjoint(step.models) or (needs_optimizer and step.train is not None):
                needs_optimizer = needs_optimizer and step.train is None
                missing -= set(step.models)
                found.append(step)
        return None if missing or needs_optimizer else [step for step in self.plan.steps if step in found]

    def _check_move(self, event: SaverEvent, last: ast.stmt) -> None:
        """The saver may be made below a statement if both stand in one block and nothing between needs it."""
        used = [other for other in self.trace.of(CheckpointEvent) if other.saver.call is event.node]
        early = any(driver_call(other, self.plan).lineno <= last.lineno for other in used)
        for body in _bodies(event.frame.body):
            own = next((stmt for stmt in body if getattr(stmt, "value", None) is event.node), None)
            if not early and isinstance(own, ast.Assign) and last in body and len(own.targets) == 1:
                name = variable(own.targets[0], self.plan.receiver)
                between = body[body.index(own) + 1 : body.index(last) + 1]
                if name is not None and not any(name in reads(stmt, self.plan.receiver) for stmt in between):
                    return
        raise refusal("TFR204", "the saver is made where not all that it saves is there yet", event.node)

    def _placed(self) -> dict[StepPlan, ast.stmt]:
        """Where the steps stand."""
        return {step: stmt for stmt, emission in self.plan.emissions.items() for step in emission.steps}

    def _is_above(self, stmt: ast.stmt, event: SaverEvent) -> bool:
        if event.frame not in self.plan.frames:
            return self.owner is not None or self._sees_module(event.frame)
        if event.frame not in self.plan.building:
            return True
        return self._place_of(stmt) < self._position(event.node, event.frame)

    def _sees_module(self, frame: Frame) -> bool:
        """True in a function that knows what the driver's module binds."""
        driver = self.plan.frames[0]
        names = {held.variable for held in self.plan.held} | {plan.variable for plan in self.plan.optimizers}
        names |= {step.name for step in self.plan.steps} | set(self.plan.states.values())
        return driver.function is None and frame.module is driver.module and names.isdisjoint(frame.env.bindings)

    def _place_of(self, stmt: ast.stmt) -> list[tuple[int, int]]:
        for frame in self.plan.frames:
            if frame in self.plan.building and any(node is stmt for part in frame.body for node in walk(part)):
                return self._position(stmt, frame)
        return []

    def _position(self, node: ast.stmt | ast.expr, frame: Frame) -> list[tuple[int, int]]:
        """The lines and columns of the calls that lead to a node, and its own."""
        found = [(node.lineno, node.col_offset)]
        while frame.caller in self.plan.frames and frame.call is not None:
            assert frame.caller is not None
            found.insert(0, (frame.call.lineno, frame.call.col_offset))
            frame = frame.caller
        return found


def _state_name(key: ast.Call | None, facts: Facts) -> str:
    """What a variable is called that a call makes; the counter of the graph has no call."""
    if key is None:
        return "global_step"
    given = next((keyword.value for keyword in key.keywords if keyword.arg == "name"), None)
    return _text(given, facts) if given is not None else ""


def _given_name(optimizer: OptimizerPlan | None) -> str | None:
    """The name that an optimizer was given, "" where it is not known."""
    for keyword in optimizer.event.node.keywords if optimizer is not None else ():
        if keyword.arg == "name":
            known = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            return known if isinstance(known, str) else ""
    return None


def _text(node: ast.expr, facts: Facts) -> str:
    known = facts.constant(node)
    return known.value if known is not None and isinstance(known.value, str) else ""


def _attribute(held: Held, nodes: Sequence[ast.Call]) -> str | None:
    text, model = held.variable, held.model
    found: ModelPlan | None = model
    for node in nodes:
        site = found.sites.get(node) if found is not None else None
        if site is None or site.owner.access is not Access.ONE:
            return None
        text, found = f"{text}.{site.owner.attribute}", site.owner.model
    return text


def _bodies(body: Sequence[ast.stmt]) -> Iterator[Sequence[ast.stmt]]:
    """A list of statements and those within it."""
    yield body
    for stmt in body:
        for block in blocks(stmt):
            yield from _bodies(block.statements)
