"""One unit: every program that shares builders, planned together."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from tf1to2_reg.diagnostics.reasons import Reason, Reasons
from tf1to2_reg.network import normalization, one_object
from tf1to2_reg.network.builders import BuilderPlanner
from tf1to2_reg.network.components import Component, ComponentPlanner
from tf1to2_reg.network.sharing import Part, Sharing
from tf1to2_reg.program.definitions import Instance
from tf1to2_reg.program.trace import CheckpointEvent, Facts, Frame, SaverEvent, Trace
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.targets.tf2 import awaited
from tf1to2_reg.targets.tf2.data import (
    HousedDriver,
    OptimizedDriver,
    SteppedDriver,
    UnitPlan,
    WalkedDriver,
    stage,
)
from tf1to2_reg.targets.tf2.driver import DriverWalk
from tf1to2_reg.targets.tf2.driver_frames import driver_frames
from tf1to2_reg.targets.tf2.emissions import place
from tf1to2_reg.targets.tf2.exactness import check_driver
from tf1to2_reg.targets.tf2.library import LibraryPlanner
from tf1to2_reg.targets.tf2.moves import branches
from tf1to2_reg.targets.tf2.moves.check import check_moves
from tf1to2_reg.targets.tf2.names import driver_names, module_names
from tf1to2_reg.targets.tf2.objects import ObjectPlanner
from tf1to2_reg.targets.tf2.optimizers import OptimizerPlanner, check_trained, counters
from tf1to2_reg.targets.tf2.outside import OutsidePlanner
from tf1to2_reg.targets.tf2.penalties import PenaltyPlanner
from tf1to2_reg.targets.tf2.penalty_entries import check_entries
from tf1to2_reg.targets.tf2.region import RegionPlanner, region_name
from tf1to2_reg.targets.tf2.savers import SaverPlanner
from tf1to2_reg.targets.tf2.states import check_states
from tf1to2_reg.targets.tf2.steps import StepPlanner
from tf1to2_reg.targets.tf2.summaries import SummaryPlanner


@dataclass(frozen=True, eq=False)
class _Walked:
    """A driver of one trace, and the object whose methods it is, if any."""

    driver: WalkedDriver
    trace: Trace
    owner: Instance | None


class UnitPlanner:
    """Plans the builders and drivers of one unit."""

    def __init__(self, name: str, traces: Sequence[Trace], facts: Facts, modules: list[Module]) -> None:
        self.unit = UnitPlan(name, modules)
        self.traces = traces
        self.facts = facts
        self._names = {module: module_names(module) for module in modules}
        self._components: dict[Trace, list[Component]] = {}
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
        walks: list[_Walked] = []
        for trace in self._programs:
            with reasons.collected():
                walks.append(self._walk(trace))
        reasons.check()
        self._plan_components(walks)
        self._plan_builders([walked.driver for walked in walks])
        for walked in walks:
            with reasons.collected():
                self._plan_driver(walked)
        for trace in self.traces:
            if trace.uncalled:
                with reasons.collected():
                    LibraryPlanner(self.unit, trace, self.facts).run()
        reasons.check()
        return self.unit

    @property
    def _programs(self) -> list[Trace]:
        """The traces of what runs; a file of functions alone runs nothing."""
        libraries = any(trace.uncalled for trace in self.traces)
        return [trace for trace in self.traces if not trace.uncalled and (trace.events or not libraries)]

    def _walk(self, trace: Trace) -> _Walked:
        frames, owner = driver_frames(trace)
        if not awaited.runs(trace):
            awaited.await_runs(trace, frames, owner, self.facts)
        return _Walked(DriverWalk(frames, trace, self.facts, owner, self._sharings[trace]).run(), trace, owner)

    def _plan_components(self, walks: Sequence[_Walked]) -> None:
        for walked in walks:
            driver = walked.driver
            planner = ComponentPlanner(walked.trace, self.facts, driver.building, driver.receiver, self.unit.modules)
            self._components[walked.trace] = planner.run()
        models = [part.model for parts in self._components.values() for part in parts]
        self.unit.network.components.update({model.cls: model for model in models if model.cls is not None})

    def _plan_builders(self, drivers: Sequence[WalkedDriver]) -> None:
        building = {
            frame.function.node for driver in drivers for frame in driver.building if frame.function is not None
        }
        owners = {driver.owner for driver in drivers if driver.owner is not None}
        builders = BuilderPlanner(self.traces, self.facts, self._names, self._sharings)
        self.unit.network.models.update(builders.run(building | self._component_methods, owners))
        self.unit.notes += builders.notes

    @property
    def _component_methods(self) -> set[ast.FunctionDef]:
        classes = self.unit.network.components
        return {part for cls in classes for part in cls.body if isinstance(part, ast.FunctionDef)}

    # Drivers

    def _plan_driver(self, walked: _Walked) -> None:
        trace = walked.trace
        taken = self._names[walked.driver.frames[0].module] | driver_names(walked.driver, self.unit.modules)
        housed = self._house(walked, taken)
        stepped = self._step(housed, walked, taken)
        self._note_unminimized(stepped)
        self.unit.notes += awaited.notes(stepped)
        self._check(stepped, trace)
        self.unit.summaries += SummaryPlanner(stepped, trace, self.facts, self.unit.modules).written()
        plan = place(stepped, trace.of(SaverEvent))
        branches.check(plan, self.facts)
        self.unit.drivers.append(plan)
        self.unit.savers += SaverPlanner(plan, trace, self.facts, walked.owner, self.unit.modules).savers()
        self.unit.checkpoints += trace.of(CheckpointEvent)

    def _house(self, walked: _Walked, taken: set[str]) -> HousedDriver:
        """Give every layer of the driver a model."""
        driver, trace = walked.driver, walked.trace
        parts = self._driver_parts(trace, driver.building)
        shared = self._sharings[trace].shared(parts)
        own = None
        if any(part.frame is None for part in parts):
            aliases = {part.node: maker.node for part, maker in shared.items()}
            name = region_name(self._names[driver.frames[0].module], driver.owner)
            others = {call for part in self._components[trace] for call in part.calls}
            own, driver = RegionPlanner(driver, trace, self.facts, self.unit.models, others).run(name, aliases)
        components = self._components[trace]
        housed = ObjectPlanner(driver, own, self.facts, self.unit.models, components, taken).run(parts, shared)
        self.unit.notes += one_object.check_shared(shared, self.unit.models)
        return housed

    def _step(self, driver: HousedDriver, walked: _Walked, taken: set[str]) -> SteppedDriver:
        """What does not need one another: code outside the driver, penalties, the optimizer, the steps."""
        trace = walked.trace
        reasons = Reasons()
        outside, penalties, optimizers, steps = None, None, None, None
        with reasons.collected():
            models = set(self.unit.models) | self._component_methods
            outside = OutsidePlanner(trace, self.facts, driver.building, models).run()
        with reasons.collected():
            penalties = PenaltyPlanner(driver, trace, self.facts, self.unit.models).run(taken)
            driver = replace(driver, items=penalties.items)
        with reasons.collected():
            check_entries(trace, self.facts, self.unit.modules)
        with reasons.collected():
            optimizers = OptimizerPlanner(driver, trace, self.facts, taken).run()
            optimized = stage(OptimizedDriver, driver, optimizers)
            totals = penalties.totals if penalties is not None else {}
            steps = StepPlanner(optimized, trace, self.facts, walked.owner, totals, taken).run()
        reasons.check()
        assert outside is not None
        assert penalties is not None
        assert optimizers is not None
        assert steps is not None
        return stage(
            SteppedDriver,
            *(driver, penalties, optimizers, steps, outside.sessions),
            gone=driver.gone | outside.gone | counters(driver, self.facts, optimizers),
            dissolved=driver.dissolved | outside.dissolved,
        )

    def _check(self, plan: SteppedDriver, trace: Trace) -> None:
        """The conditions under which the plan computes the same numbers."""
        models = [*self.unit.models.values(), *([plan.region] if plan.region is not None else [])]
        reasons = Reasons()
        with reasons.collected():
            normalization.plan(trace, models, updated=any(step.updates for step in plan.steps))
        with reasons.collected():
            check_driver(plan, trace, self.facts)
        with reasons.collected():
            check_states(plan, trace, self.facts, self.unit.modules)
        with reasons.collected():
            check_trained(plan)
        with reasons.collected():
            check_moves(plan, trace, self.facts, self.unit.models, self.unit.modules)
        reasons.check()

    def _driver_parts(self, trace: Trace, building: AbstractSet[Frame]) -> list[Part]:
        sharing = self._sharings[trace]
        parts = [
            part
            for frame in building
            for part in sharing.parts(frame)
            if part.frame is None or part.frame not in building
        ]
        return sorted(parts, key=lambda part: part.events[0].order)

    def _note_unminimized(self, plan: SteppedDriver) -> None:
        """Report penalties that are read but not part of what is minimized, or read before there are any."""
        for step in plan.steps:
            if step.train is None or step.train_item is None or not plan.losses:
                continue
            inside = {node for item in step.minimized for root in (item.stmt, item.root) for node in ast.walk(root)}
            inside |= set(ast.walk(step.train_item.stmt))
            if not any(node in inside for node in plan.losses):
                node = next(iter(plan.losses))
                message = "the penalties are read here but are not part of the loss that is minimized"
                self.unit.notes.append(Reason("TFR302", message, plan.frames[0].module.path, node))
        for node, held in plan.losses.items():
            if not held and any(item.regularized for item in plan.held):
                message = "the penalties are read before any regularized layer is built: the sum is 0.0"
                self.unit.notes.append(Reason("TFR301", message, plan.frames[0].module.path, node))
