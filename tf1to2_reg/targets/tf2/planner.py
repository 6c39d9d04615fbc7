"""One unit: every program that shares builders, planned together."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tf1to2_reg.diagnostics.reasons import Reason, Reasons, refusal
from tf1to2_reg.network import naming, normalization, one_object
from tf1to2_reg.network.builders import BuilderPlanner
from tf1to2_reg.network.data import Held, ModelPlan
from tf1to2_reg.network.sharing import Part, Sharing
from tf1to2_reg.program.callees import callee
from tf1to2_reg.program.definitions import Function, Instance
from tf1to2_reg.program.trace import CheckpointEvent, ConstructorEvent, Facts, Frame, SaverEvent, Trace
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.variables import walk
from tf1to2_reg.targets.tf2.data import DriverPlan, ItemKind, OptimizerPlan, UnitPlan
from tf1to2_reg.targets.tf2.driver import DriverWalk
from tf1to2_reg.targets.tf2.driver_frames import driver_frames
from tf1to2_reg.targets.tf2.emissions import place
from tf1to2_reg.targets.tf2.exactness import check_driver
from tf1to2_reg.targets.tf2.moves import branches
from tf1to2_reg.targets.tf2.moves.check import check_moves
from tf1to2_reg.targets.tf2.outside import OutsidePlanner
from tf1to2_reg.targets.tf2.penalties import PenaltyPlanner
from tf1to2_reg.targets.tf2.penalty_entries import check_entries
from tf1to2_reg.targets.tf2.region import RegionPlanner, region_name
from tf1to2_reg.targets.tf2.savers import SaverPlanner
from tf1to2_reg.targets.tf2.steps import StepPlanner


class UnitPlanner:
    """Plans the builders and drivers of one unit."""

    def __init__(self, name: str, traces: Sequence[Trace], facts: Facts, modules: list[Module]) -> None:
        self.unit = UnitPlan(name, modules)
        self.traces = traces
        self.facts = facts
        self._names = {module: _module_names(module) for module in modules}
        self._sharings = {trace: Sharing(trace) for trace in traces}

    def plan(self) -> UnitPlan:
        """Decide everything.

        Raises:
            Refused: the reasons why the unit stays as it is, all that do not follow from others.
        """
        for trace in self.traces:
            for module, frame in trace.executed.items():
                self.unit.network.environments.setdefault(module, []).append(frame.env)
        reasons = Reasons()
        walks: list[DriverWalk] = []
        for trace in self.traces:
            with reasons.collected():
                walks.append(self._walk(trace, *driver_frames(trace)))
        reasons.check()
        self._plan_builders(walks)
        for walk_ in walks:
            with reasons.collected():
                self._plan_driver(walk_)
        reasons.check()
        return self.unit

    def _plan_builders(self, walks: Sequence[DriverWalk]) -> None:
        drivers = {
            frame.function.node
            for walk_ in walks
            for frame in walk_.plan.frames
            if frame.function is not None and (walk_.owner is None or walk_.is_procedure(frame))
        }
        owners = {plan.owner for plan in self.unit.drivers if plan.owner is not None}
        builders = BuilderPlanner(self.traces, self.facts, self._names, self._sharings)
        self.unit.network.models.update(builders.run(drivers, owners))
        self.unit.notes += builders.notes

    def _walk(self, trace: Trace, frames: list[Frame], owner: Instance | None) -> DriverWalk:
        plan = DriverPlan(frames, "self" if owner is not None else None, owner.cls.node if owner is not None else None)
        found = DriverWalk(plan, trace, self.facts, owner, self._sharings[trace])
        found.run()
        self.unit.drivers.append(plan)
        return found

    # Drivers

    def _plan_driver(self, walk_: DriverWalk) -> None:
        plan, trace = walk_.plan, walk_.trace
        module = plan.frames[0].module
        taken = self._names[module] | _bound_names(plan) | self._stored_attributes()
        procedures = {frame for frame in plan.frames if walk_.owner is None or walk_.is_procedure(frame)}
        plan.building = procedures
        parts = self._driver_parts(trace, procedures)
        shared = self._sharings[trace].shared(parts)
        aliases = {part.node: maker.node for part, maker in shared.items()}
        regional = {part.node for part in parts if part.frame is None}
        if regional:
            region = RegionPlanner(plan, trace, self.facts, self.unit.models)
            region.run(region_name(self._names[module], plan.owner), aliases)
        self._hold(plan, parts, shared, taken)
        self.unit.notes += one_object.check_shared(shared, self.unit.models)
        self._plan_parts(walk_, taken)
        self._note_unminimized(plan)
        self._check(plan, trace)
        place(plan, trace.of(SaverEvent))
        branches.check(plan)
        self.unit.savers += SaverPlanner(plan, trace, self.facts, walk_.owner, self.unit.modules).savers()
        self.unit.checkpoints += trace.of(CheckpointEvent)

    def _plan_parts(self, walk_: DriverWalk, taken: set[str]) -> None:
        """What does not need one another: code outside the driver, penalties, the optimizer, the steps."""
        plan, trace = walk_.plan, walk_.trace
        reasons = Reasons()
        with reasons.collected():
            OutsidePlanner(plan, trace, self.facts, plan.building, set(self.unit.models)).run()
        self._properties(plan)
        penalties = PenaltyPlanner(plan, trace, self.facts, self.unit.models)
        with reasons.collected():
            penalties.run(taken)
        with reasons.collected():
            check_entries(trace, self.facts, self.unit.modules)
        self.unit.readers |= penalties.readers
        with reasons.collected():
            self._plan_optimizer(plan, trace, taken)
        with reasons.collected():
            StepPlanner(plan, trace, self.facts, walk_.owner, taken).run()
        reasons.check()

    def _check(self, plan: DriverPlan, trace: Trace) -> None:
        """The conditions under which the plan computes the same numbers."""
        models = [*self.unit.models.values(), *([plan.region] if plan.region is not None else [])]
        reasons = Reasons()
        with reasons.collected():
            check_entries(trace, self.facts, self.unit.modules)
        with reasons.collected():
            normalization.plan(trace, models, updated=any(step.updates for step in plan.steps))
        with reasons.collected():
            check_driver(plan, trace, self.facts)
        with reasons.collected():
            check_moves(plan, trace, self.facts, self.unit.models, self.unit.modules)
        reasons.check()

    def _stored_attributes(self) -> set[str]:
        """Attributes that any file stores on any object: the driver's object may be that one."""
        return {
            f"self.{node.attr}"
            for module in self.unit.modules
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        }

    def _properties(self, plan: DriverPlan) -> None:
        """Properties that only give a tensor of the object go; what they give is known by the attribute's name."""
        for node in plan.owner.body if plan.owner is not None else []:
            if not isinstance(node, ast.FunctionDef) or not isinstance(node.body[-1], ast.Return):
                continue
            value = node.body[-1].value
            names = [getattr(item, "id", "") for item in node.decorator_list]
            if names == ["property"] and isinstance(value, ast.Attribute) and value in self.facts.graph:
                plan.properties[node.name] = value.attr
                plan.dropped_methods.add(node)

    def _driver_parts(self, trace: Trace, procedures: set[Frame]) -> list[Part]:
        sharing = self._sharings[trace]
        parts = [
            part
            for frame in procedures
            for part in sharing.parts(frame)
            if part.frame is None or part.frame not in procedures
        ]
        return sorted(parts, key=lambda part: part.events[0].order)

    def _hold(self, plan: DriverPlan, parts: list[Part], shared: dict[Part, Part], taken: set[str]) -> None:
        """Name the model objects of the driver and say which call uses which."""
        region_nodes = set(plan.region.sites) if plan.region is not None else set()
        made: dict[Part, Held] = {}
        for part in parts:
            if part.node in region_nodes:
                self._hold_region(plan, part, taken)
                continue
            maker = shared.get(part, part)
            if maker.node in region_nodes:
                raise refusal("TFR213", "variables are shared between a function and layers of the driver", part.node)
            if maker not in made:
                made[maker] = self._new_held(plan, maker, [p for p in parts if shared.get(p, p) is maker], taken)
            plan.calls[part.node] = made[maker]

    def _hold_region(self, plan: DriverPlan, part: Part, taken: set[str]) -> None:
        existing = next((held for held in plan.held if held.model is plan.region), None)
        regularized = any(event.regularized for event in part.events)
        sure = any(event.regularized and not event.optional and not event.conditional for event in part.events)
        if existing is not None:
            existing.regularized |= regularized
            existing.may_be_empty &= not sure
            return
        assert plan.region is not None
        variable = self._object_name(plan, "model", taken)
        plan.held.append(
            Held(variable, plan.region, None, None, part.events[0].order, regularized, may_be_empty=not sure)
        )

    def _new_held(self, plan: DriverPlan, maker: Part, uses: list[Part], taken: set[str]) -> Held:
        if maker.frame is None:
            raise refusal("TFR219", "a layer of the driver is made in a statement that no model can take", maker.node)
        assert maker.frame.function is not None
        function = maker.frame.function.node
        if not isinstance(function, ast.FunctionDef) or function not in self.unit.models:
            raise refusal("TFR219", "layers are made in a lambda or method", maker.node)
        if maker.frame.loops:
            raise refusal("TFR219", "networks are made in a loop of the driver", maker.node)
        model = self.unit.models[function]
        self._check_construction(maker.frame, model)
        wanted = naming.snake_case(function.name)
        calls_of_function = {part.node for part in uses}
        others = [held for held in plan.held if held.model is model]
        if others or self._several(plan, function, calls_of_function):
            target = _target_of(plan, maker.node)
            wanted = f"{wanted}_{target}" if target and target != wanted else wanted
        events = maker.events
        sure = any(event.regularized and not event.optional and not event.conditional for event in events)
        held = Held(
            self._object_name(plan, wanted, taken, function.name if self._is_free(plan, function) else ""),
            model,
            maker.node,
            maker.frame,
            events[0].order,
            any(event.regularized for event in events),
            may_be_empty=not sure,
        )
        plan.held.append(held)
        return held

    def _check_construction(self, frame: Frame, model: ModelPlan) -> None:
        """A model is made from Python values only.

        Raises:
            Refused: TFR214 where a tensor, or a size read off one, would be needed.
        """
        for parameter in model.constructed:
            argument = frame.arguments.get(parameter.name)
            if argument is None:
                continue
            tensors = argument.node is not None and any(node in self.facts.graph for node in walk(argument.node))
            if tensors or getattr(argument.value, "of_shape", False):
                message = f"{parameter.name} shapes the network and is computed from a tensor"
                raise refusal("TFR214", message, argument.node or frame.call)

    def _several(self, plan: DriverPlan, function: ast.FunctionDef, own: set[ast.Call]) -> bool:
        """True where the driver makes more than one object of a function."""
        for item in plan.items:
            for node in walk(item.stmt):
                if isinstance(node, ast.Call) and callee(node, self.facts) is function and node not in own:
                    return True
        return False

    @staticmethod
    def _is_free(plan: DriverPlan, function: ast.FunctionDef) -> bool:
        """True where the name of a builder means nothing else in the driver's file: it is free then."""
        frame = plan.frames[0]
        scopes = [frame.env, frame.env.root()]
        bound = [scope.bindings[function.name] for scope in scopes if function.name in scope.bindings]
        return all(isinstance(value, Function) and value.node is function for value in bound)

    def _object_name(self, plan: DriverPlan, wanted: str, taken: set[str], replaced: str = "") -> str:
        if plan.receiver is not None:
            attributes = {name.removeprefix("self.") for name in taken if name.startswith("self.")}
            if any(held.variable == f"self.{replaced}" for held in plan.held):
                replaced = ""
            name = naming.unique(wanted, attributes - {replaced})
            taken.add(f"self.{name}")
            return f"self.{name}"
        if any(held.variable == replaced for held in plan.held):
            replaced = ""
        name = naming.unique(wanted, taken - {replaced}, ("_model", "_network"))
        taken.add(name)
        return name

    def _note_unminimized(self, plan: DriverPlan) -> None:
        """Report penalties that are read but not part of what is minimized, or read before there are any."""
        for step in plan.steps:
            if step.train is None or step.train_item is None or not plan.losses:
                continue
            inside = {node for item in step.minimized for node in ast.walk(item.stmt)}
            inside |= set(ast.walk(step.train_item.stmt))
            if not any(node in inside for node in plan.losses):
                node = next(iter(plan.losses))
                message = "the penalties are read here but are not part of the loss that is minimized"
                self.unit.notes.append(Reason("TFR302", message, plan.frames[0].module.path, node))
        for node, held in plan.losses.items():
            if not held and any(item.regularized for item in plan.held):
                message = "the penalties are read before any regularized layer is built: the sum is 0.0"
                self.unit.notes.append(Reason("TFR301", message, plan.frames[0].module.path, node))

    def _plan_optimizer(self, plan: DriverPlan, trace: Trace, taken: set[str]) -> None:
        events = trace.of(ConstructorEvent)
        if len(events) > 1:
            raise refusal("TFR202", "the program has several optimizers", events[1].node)
        if not events:
            return
        name = "optimizer"
        for item in plan.items:
            if getattr(item.stmt, "value", None) is events[0].node and item.kind is ItemKind.OPTIMIZER:
                assert isinstance(item.stmt, ast.Assign)
                target = item.stmt.targets[0]
                name = target.attr if isinstance(target, ast.Attribute) else ast.unparse(target)
                plan.optimizer = OptimizerPlan(events[0], f"self.{name}" if plan.receiver else name)
                return
        plan.optimizer = OptimizerPlan(events[0], self._object_name(plan, name, taken))


def _target_of(plan: DriverPlan, node: ast.Call) -> str | None:
    """The name a driver gives to the result of a call."""
    for item in plan.items:
        if isinstance(item.stmt, ast.Assign) and item.stmt.value is node and isinstance(item.stmt.targets[0], ast.Name):
            return item.stmt.targets[0].id
        if (
            isinstance(item.stmt, ast.Assign)
            and item.stmt.value is node
            and isinstance(item.stmt.targets[0], ast.Attribute)
        ):
            return item.stmt.targets[0].attr
    return None


def _module_names(module: Module) -> set[str]:
    names = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
    return names


def _bound_names(plan: DriverPlan) -> set[str]:
    """Names of the driver's scope; attributes of its object count as "self.x"."""
    found: set[str] = set()
    for frame in plan.frames:
        root: ast.AST = frame.module.tree if frame.function is None else frame.function.node
        for node in ast.walk(root):
            if isinstance(node, ast.Name | ast.arg):
                found.add(node.id if isinstance(node, ast.Name) else node.arg)
    if plan.owner is not None:
        for node in ast.walk(plan.owner):
            if isinstance(node, ast.Attribute):
                found.add(f"self.{node.attr}")
            elif isinstance(node, ast.FunctionDef):
                found |= {node.name, f"self.{node.name}"}
    return found
