"""Conditions without which the migrated program would compute other numbers."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

from tf1to2_reg.diagnostics.reasons import Refusal
from tf1to2_reg.network.data import ModelPlan
from tf1to2_reg.program.trace import (
    Facts,
    Frame,
    LayerEvent,
    RunEvent,
    SessionEvent,
    Trace,
    UpdateOpsEvent,
    VariablesEvent,
)
from tf1to2_reg.program.values import Placeholder, Value, constant_of
from tf1to2_reg.syntax.memo import per_node
from tf1to2_reg.syntax.variables import reads, variable, walk
from tf1to2_reg.targets.tf2.data import DriverPlan, StepPlan
from tf1to2_reg.targets.tf2.session_code import is_initialization

_NORMALIZATION = "tf.layers.batch_normalization"
_STRONGER = {"plain": 0, "frozen": 1, "fused": 2}


def normalizations(plan: DriverPlan, trace: Trace, models: dict[ast.FunctionDef, ModelPlan]) -> None:
    """Say how each batch normalization is built: plain Keras, with TF1's fused statistics, or with frozen averages.

    Raises:
        Refusal: TFR227 where the rank of a normalization decides and is not known.
    """
    updated = any(step.updates for step in plan.steps)
    for event in _normalization_events(trace):
        mode = _mode(event, updated=updated)
        for model in (*models.values(), *([plan.region] if plan.region is not None else [])):
            if event.node in model.sites:
                known = model.normalizations.get(event.node, mode)
                model.normalizations[event.node] = max(known, mode, key=_STRONGER.__getitem__)


def _normalization_events(trace: Trace) -> list[LayerEvent]:
    return [event for event in trace.of_layers() if event.symbol == _NORMALIZATION]


def _mode(event: LayerEvent, *, updated: bool) -> str:
    training = _training(event)
    if training is None or _is_false(training):
        return "plain"
    if not updated:
        return "frozen"
    fused = event.arguments.get("fused")
    if fused is not None and _is_false(fused.value):
        return "plain"
    if event.rank is None:
        raise Refusal("TFR227", "the rank of the input of a batch normalization is not known", event.node)
    return "fused" if event.rank == 4 else "plain"


def _training(event: LayerEvent) -> Value | None:
    given = event.arguments.get("training")
    return given.value if given is not None else None


def _is_false(value: Value) -> bool:
    constant = constant_of(value)
    return constant is not None and constant.value is False


def check_driver(plan: DriverPlan, trace: Trace, facts: Facts) -> None:
    """Check every step of a driver.

    Raises:
        Refusal: TFR223, TFR224, TFR227, TFR230.
    """
    _check_initialization(trace)
    check = _Check(plan, trace, facts)
    check.leftovers()
    check.variable_lists()
    check.late_frames()
    for step in plan.steps:
        check.updates(step)
        check.penalties(step)
        check.names(step)
    check.region_names()


def _check_initialization(trace: Trace) -> None:
    """Variables are initialized before anything else runs, and never again."""
    sessions = trace.of(SessionEvent)
    if len(sessions) > 1 or any(event.loops for event in sessions):
        raise Refusal("TFR211", "several sessions have weights of their own", sessions[-1].node)
    runs = trace.of(RunEvent)
    first = min((event.order for event in runs if not is_initialization(event)), default=None)
    for event in runs:
        if is_initialization(event) and first is not None and event.order > first:
            raise Refusal("TFR211", "the variables are initialized again after the program ran", event.node)


class _Check:
    def __init__(self, plan: DriverPlan, trace: Trace, facts: Facts) -> None:
        self.plan = plan
        self.trace = trace
        self.facts = facts
        self._flags = self._flag_names()

    def _flag_names(self) -> dict[Placeholder, str]:
        found: dict[Placeholder, str] = {}
        for item in self.plan.items:
            if item.kind == "placeholder":
                for node in ast.walk(item.stmt):
                    value, name = self.facts.values.get(node), variable(node, self.plan.receiver)
                    if isinstance(value, Placeholder) and name is not None:
                        found.setdefault(value, name)
        return found

    def leftovers(self) -> None:
        """Python code that stays must not need what goes into the steps."""
        kinds = ("tensor", "region", "placeholder", "train", "gone")
        made = {name for item in self.plan.items if item.kind in kinds for name in item.writes}
        for frame in self.plan.building:
            body = frame.module.tree.body if frame.function is None else getattr(frame.function.node, "body", [])
            bound: set[str] = set()
            for stmt in _kept(body, self.plan):
                for node in walk(stmt, set(self.plan.runs)):
                    name = variable(node, self.plan.receiver)
                    if name is None or not isinstance(node, ast.Name | ast.Attribute):
                        continue
                    if isinstance(node.ctx, ast.Store):
                        bound.add(name)
                    elif name in made and name not in bound and node not in self.facts.graph:
                        message = f"{name} is computed together with the graph and used by Python code"
                        raise Refusal("TFR231", message, node)

    def variable_lists(self) -> None:
        """`tf.trainable_variables()` lists what is there; a later layer is not in it."""
        last = max((event.order for event in self.trace.of_layers()), default=-1)
        for event in self.trace.of(VariablesEvent):
            if event.order < last:
                raise Refusal("TFR218", "the variables are listed before all layers are built", event.node)

    def late_frames(self) -> None:
        """An object's graph is built before its session first runs."""
        first = min((event.order for event in self.trace.of(RunEvent) if not is_initialization(event)), default=0)
        for frame in self.plan.building:
            late = self.plan.receiver is not None and frame.started > first
            if late and any(
                item.frame is frame and item.kind in ("tensor", "train", "region") for item in self.plan.items
            ):
                raise Refusal("TFR223", "the graph grows after the session ran", frame.call)

    # Batch normalization

    def updates(self, step: StepPlan) -> None:
        """The moving averages move in a step exactly when TF1 ran the update ops."""
        live = [event for event in _normalization_events(self.trace) if not self._frozen(event)]
        inside = [event for event in live if self._runs(event, step)]
        if not step.updates:
            for event in inside:
                if self._trains(event, step) is not False:
                    message = "a batch normalization in training mode runs here without its update ops"
                    raise Refusal("TFR227", message, step.run)
            return
        assert step.train is not None
        self._updated_once(step, inside)
        read = max((e.order for e in self.trace.of(UpdateOpsEvent)), default=-1)
        for event in live:
            if self._trains(event, step) is False:
                continue
            if event.order > read:
                raise Refusal("TFR227", "a batch normalization is built after its update ops are read", event.node)
            if event not in inside:
                raise Refusal("TFR227", "update ops of another network run with this train op", step.run)

    def _updated_once(self, step: StepPlan, inside: list[LayerEvent]) -> None:
        """Two updates of one moving average in a step: TF1 leaves their order open."""
        training = [event for event in inside if self._trains(event, step) is not False]
        held: dict[object, set[ast.AST]] = {}
        for event in training:
            node = self._outermost(event)
            owner = self.plan.calls.get(node)
            if owner is not None:
                held.setdefault(owner, set()).add(node)
            if event.reuse is not None and event.key in {other.key for other in training if other is not event}:
                raise Refusal("TFR227", "one batch normalization is updated more than once in a step", event.node)
        for nodes in held.values():
            if len(nodes) > 1:
                raise Refusal("TFR227", "one batch normalization is updated more than once in a step", step.run)

    def _frozen(self, event: LayerEvent) -> bool:
        training = _training(event)
        if training is None or _is_false(training):
            return True
        return not any(step.updates for step in self.plan.steps)

    def _trains(self, event: LayerEvent, step: StepPlan) -> bool | None:
        training = _training(event)
        if isinstance(training, Placeholder):
            return bool(step.constants.get(self._flags.get(training, ""), True))
        constant = constant_of(training) if training is not None else None
        return bool(constant.value) if constant is not None else None

    def _runs(self, event: LayerEvent, step: StepPlan) -> bool:
        node = self._outermost(event)
        for item in step.items:
            if item.kind == "region":
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

    # Penalties

    def penalties(self, step: StepPlan) -> None:
        """Every network whose penalty a step reads is run in the step: only then has it weights."""
        for item in step.items:
            for node in walk(item.root):
                for held in self.plan.losses.get(node, []) if isinstance(node, ast.Call) else ():
                    if held not in step.models:
                        message = f"the penalty of {held.variable} is read in a step that does not run it"
                        raise Refusal("TFR224", message, step.run)

    # Python names that steps close over

    def names(self, step: StepPlan) -> None:
        """A step of an object sees the object and the module, not the local names of a method."""
        if self.plan.receiver is None:
            return
        known = {held.variable for held in self.plan.held} | {fed.variable for fed in step.inputs} | set(step.constants)
        made = {name for item in step.items if item.kind != "python" for name in item.writes}
        for name in sorted(step.free - known - made):
            self._check_name(name, step.run)

    def region_names(self) -> None:
        """What the model of the driver's own layers uses is the same where it is made, at its last layer."""
        if self.plan.region is None:
            return
        written = {name for stmt in self.plan.region.body for name in _bindings(stmt)}
        for stmt in self.plan.region.body:
            for name in sorted(reads(stmt, self.plan.receiver) - written):
                if not self._is_graph_name(name) and not self._is_visible(name):
                    self._check_name(name, stmt)

    def _is_visible(self, name: str) -> bool:
        """True for a local name of the method in which the network is made, up to the method that stays."""
        if self.plan.receiver is None or name.startswith("self."):
            return False
        frame: Frame | None = next(item.frame for item in self.plan.items if item.kind == "region")
        while frame is not None and frame in self.plan.frames and name in frame.env.bindings:
            if frame.caller not in self.plan.frames:
                return True
            given = frame.arguments.get(name)
            if given is None or not isinstance(given.node, ast.Name) or given.node.id != name:
                return False
            frame = frame.caller
        return False

    def _is_graph_name(self, name: str) -> bool:
        return any(name in item.writes for item in self.plan.items if item.kind != "python")

    def _check_name(self, name: str, node: ast.AST) -> None:
        if name.startswith("self."):
            self._check_attribute(name, node)
            return
        frame = self.plan.frames[0]
        if self.plan.receiver is not None:
            if any(name in other.env.bindings for other in self.plan.frames):
                self._check_local(name, node)
        elif frame.function is not None and name in frame.env.bindings:
            self._check_bindings(name, frame.function.node, node)
        self._check_bindings(name, frame.module.tree, node)

    def _check_local(self, name: str, node: ast.AST) -> None:
        if any(name in item.writes for item in self.plan.items):
            return
        for frame in self.plan.frames:
            if frame.function is not None and name in frame.env.bindings:
                raise Refusal("TFR230", f"{name}, a local name of a method, is needed in a step", node)

    def _check_bindings(self, name: str, root: ast.AST, node: ast.AST) -> None:
        if name in _bound_again(root):
            raise Refusal("TFR223", f"{name} is bound more than once; the graph has its first value", node)

    def _check_attribute(self, name: str, node: ast.AST) -> None:
        assert self.plan.owner is not None
        stores = [
            part
            for part in ast.walk(self.plan.owner)
            if variable(part, "self") == name and isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)
        ]
        if len(stores) > 1:
            raise Refusal("TFR223", f"{name} is bound more than once; the graph has one of its values", node)


def _kept(body: Sequence[ast.stmt], plan: DriverPlan) -> Iterator[ast.stmt]:
    """Statements of a driver that stay, without those around others."""
    for stmt in body:
        if stmt in plan.gone or stmt in plan.inlined or isinstance(stmt, ast.FunctionDef | ast.ClassDef):
            continue
        blocks = [getattr(stmt, name, []) for name in ("body", "orelse", "finalbody")]
        blocks += [handler.body for handler in getattr(stmt, "handlers", [])]
        if any(blocks):
            for block in blocks:
                yield from _kept(block, plan)
        else:
            yield stmt


def _scope_nodes(root: ast.AST) -> Iterator[ast.AST]:
    body = root.body if isinstance(root, ast.Module | ast.FunctionDef) else []
    for stmt in body:
        if isinstance(stmt, ast.FunctionDef | ast.ClassDef):
            yield stmt
        else:
            yield from walk(stmt)


@per_node
def _bound_again(root: ast.AST) -> set[str]:
    """Names of a scope that are bound at several places or in a loop."""
    nodes = list(_scope_nodes(root))
    bound = [node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    times = Counter(node.id for node in bound)
    looped = {part for node in nodes if isinstance(node, ast.For | ast.While) for part in walk(node)}
    return {node.id for node in bound if times[node.id] > 1 or node in looped}


def _bindings(stmt: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(stmt) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
