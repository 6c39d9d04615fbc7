"""What the rest of the program does with what moved: it must find there what TF1 gave it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from tf1to2_reg.diagnostics.reasons import Reasons, refusal
from tf1to2_reg.network.data import ModelPlan
from tf1to2_reg.program.trace import Facts, Frame, RunEvent, Trace, VariablesEvent
from tf1to2_reg.program.values import Graph, Session, Variables
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.scopes import Place, Scopes
from tf1to2_reg.syntax.sites import sites_of
from tf1to2_reg.syntax.variables import reads, variable, walk
from tf1to2_reg.targets.tf2.data import ItemKind, SteppedDriver, StepPlan
from tf1to2_reg.targets.tf2.moves.built import is_built
from tf1to2_reg.targets.tf2.moves.moved import Moved
from tf1to2_reg.targets.tf2.session_code import is_initialization
from tf1to2_reg.targets.tf2.trained import Trained

_GRAPH_KINDS = (ItemKind.TENSOR, ItemKind.REGION, ItemKind.PLACEHOLDER, ItemKind.TRAIN, ItemKind.GONE)


class Uses:
    """Checks of one driver that look at what uses the graph."""

    def __init__(self, plan: SteppedDriver, trace: Trace, facts: Facts, scopes: Mapping[Module, Scopes]) -> None:
        self.plan = plan
        self.trace = trace
        self.facts = facts
        self.scopes = scopes

    def check(self) -> None:
        """Check the driver as a whole, then each step.

        Raises:
            Refused: TFR208, TFR216, TFR218, TFR223, TFR224, TFR230, TFR231.
        """
        reasons = Reasons()
        for check in (
            self._slots,
            self._receiver_names,
            self._leftovers,
            self._variable_lists,
            self._late_frames,
            self._unseen_code,
            self._region_names,
        ):
            with reasons.collected():
                check()
        for of_step in (self._penalties, self._variables, self._local_names):
            for step in self.plan.steps:
                with reasons.collected():
                    of_step(step)
        reasons.check()

    def fetch(self, moved: Moved, step: StepPlan) -> None:
        """What a fetched expression is made of must be known where the step is."""
        leaf = moved.nodes[0]
        if isinstance(leaf, ast.Name | ast.Attribute):
            return
        for node in moved.nodes:
            self._fetched_node(node, step)
            place = self._place(node, moved.module)
            if place is None or node in self.facts.graph or not isinstance(getattr(node, "ctx", None), ast.Load):
                continue
            if self._is_receiver(place):
                continue
            if place.scope not in moved.nodes and not self._is_driver(place.scope):
                message = f"the fetch uses {place.name}, which only the function around it knows"
                raise refusal("TFR216", message, node, "Fetch the tensor and compute the rest with NumPy.")

    def _is_receiver(self, place: Place) -> bool:
        """True for `self` in a method of the driver's class: a step is a method of the same object."""
        method, owner = place.scope, self.plan.owner
        if owner is None or place.name != self.plan.receiver or not isinstance(method, ast.FunctionDef):
            return False
        bound = [node for scopes in self.scopes.values() for node in scopes.bindings.get(place, ())]
        is_first = bool(method.args.args) and bound == [method.args.args[0]]
        return method in owner.body and not method.decorator_list and is_first

    def _fetched_node(self, node: ast.AST, step: StepPlan) -> None:
        weights = isinstance(self.facts.value(node), Variables)
        if isinstance(node, ast.Call):
            weights = weights or node in self.plan.losses or node in self.plan.calls or node in self.plan.totals
        if weights and step.train is not None:
            message = "this is computed in the fetch from weights that the same run changes"
            raise refusal("TFR216", message, node, "Bind it to a name before the session runs.")

    def _place(self, node: ast.AST, module: Module) -> Place | None:
        return self.scopes[module].places.get(node) if isinstance(node, ast.Name) else None

    def _is_driver(self, scope: ast.AST) -> bool:
        drivers = [frame.function.node for frame in self.plan.frames if frame.function is not None]
        return isinstance(scope, ast.Module) or (self.plan.receiver is None and scope in drivers)

    def _receiver_names(self) -> None:
        """A model's methods call their object `self`; the statements that move there must not mean something else."""
        region = [self.plan.region] if self.plan.region is not None else []
        for model in (*{held.model for held in self.plan.held}, *region):
            if model.receiver is not None or self._is_method(model):
                continue
            roots: Sequence[ast.AST] = [model.node] if model.node is not None else model.body
            for node in (part for root in roots for part in ast.walk(root)):
                if getattr(node, "id", getattr(node, "arg", None)) == "self" and isinstance(node, ast.Name | ast.arg):
                    raise refusal("TFR232", "self is the model in the migrated program, and another name here", node)

    def _is_method(self, model: ModelPlan) -> bool:
        frames = [f for f in self.trace.frames if f.function is not None and f.function.node is model.node]
        return any(frame.instance is not None for frame in frames)

    def _slots(self) -> None:
        for stmt in self.plan.owner.body if self.plan.owner is not None else ():
            for node in ast.walk(stmt) if isinstance(stmt, ast.Assign) else ():
                if isinstance(node, ast.Name) and node.id == "__slots__":
                    raise refusal("TFR232", "__slots__ leaves no room for the model and the steps", stmt)

    # Python code that stays

    def _leftovers(self) -> None:
        """Python code that stays must not need what goes into the steps."""
        made = {name for item in self.plan.items if item.kind in _GRAPH_KINDS for name in item.writes}
        made |= {name for item in self.plan.items if item.stmt in self.plan.gone for name in item.writes}
        for frame in self.plan.building:
            bound: set[str] = set()
            for stmt, stays, sure in kept(frame.body, {*self.plan.gone, *self.plan.inlined}):
                if not stays:
                    bound -= {n for item in self.plan.items if item.stmt is stmt for n in item.writes}
                    continue
                self._leftover_names(stmt, made - bound)
                if sure:
                    bound |= _stored_names(stmt, self.plan)

    def _leftover_names(self, stmt: ast.stmt, missing: set[str]) -> None:
        own: set[str] = set()
        for node in walk(stmt, set(self.plan.runs)):
            name = variable(node, self.plan.receiver)
            if name is None or not isinstance(node, ast.Name | ast.Attribute):
                continue
            if isinstance(node.ctx, ast.Store):
                own.add(name)
            elif name in missing and name not in own and node not in self.facts.graph:
                message = f"{name} is computed together with the graph and used by Python code"
                raise refusal("TFR231", message, node)

    def _unseen_code(self) -> None:
        """Code that is not seen to run must not touch the graph: it would be left as it is."""
        seen: set[ast.AST] = {frame.function.node for frame in self.trace.frames if frame.function is not None}
        names = self._graph_names()
        for module, scopes in self.scopes.items():
            for node, site in sites_of(module.tree).items():
                if not isinstance(node, ast.Name) or site.code in seen or isinstance(site.code, ast.Module):
                    continue
                if scopes.places.get(node) in names and isinstance(node.ctx, ast.Load):
                    self._refuse_unseen(node, node.id, site.code, module)
        if self.plan.owner is not None:
            self._unseen_methods(seen)
            self._properties(self.plan.owner)

    def _properties(self, owner: ast.ClassDef) -> None:
        """A property that computes with the graph would find none; one that only gives a tensor goes."""
        for method in owner.body:
            if not isinstance(method, ast.FunctionDef) or not method.decorator_list:
                continue
            for node in ast.walk(method) if method not in self.plan.dropped_methods else ():
                own = isinstance(node, ast.Attribute) and variable(node, self.plan.receiver) is not None
                if own and node in self.facts.graph and not self.facts.always(node, Session, Graph):
                    message = f"{method.name}, which has a decorator, computes with the graph of its object"
                    help_text = "Keep what it computes in an attribute where the graph is built."
                    raise refusal("TFR230", message, node, help_text)

    def _graph_names(self) -> set[Place]:
        found: set[Place] = set()
        for module, frame in self.trace.executed.items():
            found |= {Place(module.tree, name) for name, value in frame.env.bindings.items() if value.graph}
        for frame in self.plan.frames:
            if frame.function is not None:
                bindings = frame.env.bindings.items()
                found |= {Place(frame.function.node, name) for name, value in bindings if value.graph}
        return found

    def _unseen_methods(self, seen: set[ast.AST]) -> None:
        owners = {frame.instance for frame in self.plan.frames if frame.instance is not None}
        graph = {name for owner in owners for name, value in owner.attributes.items() if value.graph}
        assert self.plan.owner is not None
        for method in self.plan.owner.body:
            if not isinstance(method, ast.FunctionDef) or method in seen or method in self.plan.dropped_methods:
                continue
            for node in ast.walk(method):
                if isinstance(node, ast.Attribute) and node.attr in graph and node not in self.facts.visited:
                    self._refuse_unseen(node, f"self.{node.attr}", method, self.plan.frames[0].module)

    def _refuse_unseen(self, node: ast.AST, name: str, code: ast.AST, module: Module) -> None:
        what = getattr(code, "name", "a lambda")
        message = f"{what} uses {name} of the graph, and it is not seen how it is called"
        raise refusal("TFR208", message, node, "Call the function directly, or take it out of the program.")

    def _variable_lists(self) -> None:
        """`tf.trainable_variables()` lists what is there; a later layer is not in it."""
        last = max((event.order for event in self.trace.of_layers()), default=-1)
        for event in self.trace.of(VariablesEvent):
            if event.order < last:
                raise refusal("TFR218", "the variables are listed before all layers are built", event.node)

    def _late_frames(self) -> None:
        """An object's graph is built before its session first runs."""
        first = min((event.order for event in self.trace.of(RunEvent) if not is_initialization(event)), default=0)
        for frame in self.plan.building:
            late = self.plan.receiver is not None and frame.started > first
            if late and any(
                item.frame is frame and item.kind in (ItemKind.TENSOR, ItemKind.TRAIN, ItemKind.REGION)
                for item in self.plan.items
            ):
                raise refusal("TFR223", "the graph grows after the session ran", frame.call)

    # Steps

    def _penalties(self, step: StepPlan) -> None:
        """Every network whose penalty a step reads is run in the step, or was run before: only then has it weights."""
        for root in (*(item.root for item in step.items), *step.fetches):
            for node in walk(root):
                for held in self.plan.losses.get(node, []) if isinstance(node, ast.Call) else ():
                    if held not in step.models and not is_built(held, step, self.plan, self.facts):
                        message = f"the penalty of {held.variable} is read in a step that does not run it"
                        raise refusal("TFR224", message, step.run)

    def _variables(self, step: StepPlan) -> None:
        """A step lists the variables of the models that it runs: these must be all there are."""
        roots = [*(item.root for item in step.items), *step.fetches]
        trained = Trained(self.plan, self.facts)
        for node in (part for root in roots for part in walk(root)):
            value = self.facts.value(node)
            if isinstance(node, ast.Call | ast.ListComp) and isinstance(value, Variables):
                listed = [held for held in self.plan.held if trained.is_trained(held, value.conditions)]
                missing = [held.variable for held in listed if held not in step.models]
                if missing:
                    message = f"the variables of the graph are listed in a step that does not run {missing[0]}"
                    raise refusal("TFR218", message, node)

    # Names that steps and models of an object can see

    def _local_names(self, step: StepPlan) -> None:
        """A step of an object sees the object and the module, not the local names of a method."""
        if self.plan.receiver is None:
            return
        known = {held.variable for held in self.plan.held} | {fed.variable for fed in step.inputs} | set(step.constants)
        made = {name for item in step.items if item.kind is not ItemKind.PYTHON for name in item.writes}
        for name in sorted(step.free - known - made):
            self._not_local(name, step.run)

    def _region_names(self) -> None:
        if self.plan.region is None or self.plan.receiver is None:
            return
        written = {name for stmt in self.plan.region.body for name in _bindings(stmt)}
        for stmt in self.plan.region.body:
            for name in sorted(reads(stmt, self.plan.receiver) - written):
                graph = any(name in item.writes for item in self.plan.items if item.kind is not ItemKind.PYTHON)
                if not graph and not self._is_visible(name):
                    self._not_local(name, stmt)

    def _is_visible(self, name: str) -> bool:
        """True for a local name of the method in which the network is made, up to the method that stays."""
        if name.startswith("self."):
            return False
        frame: Frame | None = next(item.frame for item in self.plan.items if item.kind is ItemKind.REGION)
        while frame is not None and frame in self.plan.frames and name in frame.env.bindings:
            if frame.caller not in self.plan.frames:
                return True
            given = frame.arguments.get(name)
            if given is None or not isinstance(given.node, ast.Name) or given.node.id != name:
                return False
            frame = frame.caller
        return False

    def _not_local(self, name: str, node: ast.AST) -> None:
        if name.startswith("self.") or any(name in item.writes for item in self.plan.items):
            return
        for frame in self.plan.frames:
            if frame.function is not None and name in frame.env.bindings:
                raise refusal("TFR230", f"{name}, a local name of a method, is needed in a step", node)


def kept(
    body: Sequence[ast.stmt], left: Collection[ast.stmt], *, sure: bool = True
) -> Iterator[tuple[ast.stmt, bool, bool]]:
    """The simple statements of a driver: whether each stays, is not `left` out, and whether it is sure to run."""
    for stmt in body:
        if isinstance(stmt, ast.FunctionDef | ast.ClassDef):
            continue
        if stmt in left:
            yield stmt, False, sure
            continue
        inside = list(blocks(stmt))
        if inside:
            surely = sure and isinstance(stmt, ast.With)
            for block in inside:
                yield from kept(block.statements, left, sure=surely)
        else:
            yield stmt, True, sure


def _stored_names(stmt: ast.stmt, plan: SteppedDriver) -> set[str]:
    return {
        name
        for node in walk(stmt, set(plan.runs))
        if isinstance(getattr(node, "ctx", None), ast.Store) and (name := variable(node, plan.receiver)) is not None
    }


def _bindings(stmt: ast.stmt) -> set[str]:
    return {node.id for node in ast.walk(stmt) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
