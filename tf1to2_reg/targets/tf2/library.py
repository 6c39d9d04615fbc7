"""Builders and readers that no program among the files calls: models, and losses that are given the penalties."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.diagnostics.reasons import Reason, Reasons, refusal
from tf1to2_reg.program.trace import (
    ConstructorEvent,
    Event,
    Facts,
    Frame,
    GradientEvent,
    PlaceholderEvent,
    ReadEvent,
    RunEvent,
    SessionEvent,
    Trace,
    TrainEvent,
    UpdateOpsEvent,
    VariablesEvent,
)
from tf1to2_reg.program.values import Reuse
from tf1to2_reg.targets.tf2.awaited import check_updates
from tf1to2_reg.targets.tf2.data import LibraryPlan, UnitPlan
from tf1to2_reg.targets.tf2.moves.check import check_models
from tf1to2_reg.targets.tf2.penalty_entries import check_entries

_WHOLE_GRAPH: tuple[type[Event], ...] = (
    ConstructorEvent, GradientEvent, PlaceholderEvent, RunEvent, SessionEvent, TrainEvent, UpdateOpsEvent,
    VariablesEvent,
)  # fmt: skip
"""What depends on the graph as a whole, which whoever calls the functions has made."""


class LibraryPlanner:
    """Plans the functions of a unit that nothing calls, once their models are planned."""

    def __init__(self, unit: UnitPlan, trace: Trace, facts: Facts) -> None:
        self.unit = unit
        self.trace = trace
        self.facts = facts

    def run(self) -> None:
        """Add the plan: which functions are given penalties; check all of them.

        Raises:
            Refused: where something depends on who calls.
        """
        reasons = Reasons()
        for check in (self._whole_graph, self._sharing, self._updates, self._entries, self._moves):
            with reasons.collected():
                check()
        readers: set[ast.FunctionDef] = set()
        for event in self.trace.of(ReadEvent):
            with reasons.collected():
                readers.update(self._readers(event))
        reasons.check()
        plan = LibraryPlan(list(dict.fromkeys(self._roots())), readers)
        self.unit.libraries.append(plan)
        self.unit.notes += self._notes(plan)

    def _roots(self) -> Iterator[ast.FunctionDef]:
        for frame in self.trace.frames:
            function = _definition(frame.chain()[-2])
            if function is not None:
                yield function

    def _notes(self, plan: LibraryPlan) -> Iterator[Reason]:
        for function in plan.functions:
            path = next(frame.module.path for frame in self.trace.frames if _definition(frame) is function)
            message = f"nothing among the given files calls {function.name}"
            if function in self.unit.models:
                message += f": {self.unit.models[function].name} is left for you to make and to call"
            elif function in plan.readers:
                message += ": it is left for you to call, with the losses of your models"
            else:
                message += ": it is left for you to call"
            yield Reason("TFR116", message, path, function)

    # What depends on who calls

    def _whole_graph(self) -> None:
        for event in self.trace.events:
            if isinstance(event, _WHOLE_GRAPH):
                function = event.frame.chain()[-2].function
                assert function is not None
                message = f"{function.name} works on a whole graph, and nothing among the given files calls it"
                raise refusal("TFR210", message, event.node)

    def _sharing(self) -> None:
        for event in self.trace.of_layers():
            if event.reuse is not Reuse.NO:
                message = "no call among the given files shows which variables this layer shares"
                raise refusal("TFR213", message, event.node)

    def _updates(self) -> None:
        check_updates(self.trace)

    def _entries(self) -> None:
        check_entries(self.trace, self.facts, self.unit.modules)

    def _moves(self) -> None:
        check_models(self.unit.models, self.trace, self.facts, self.unit.modules)

    # Penalties

    def _readers(self, event: ReadEvent) -> Iterator[ast.FunctionDef]:
        functions = [_definition(frame) for frame in event.frame.chain()[:-1]]
        if event.total or any(function is None or function in self.unit.models for function in functions):
            message = "what else is in the graph whose penalties are read here is not seen"
            raise refusal("TFR224", message, event.node, "Read them in a function of its own.")
        yield from (function for function in functions if function is not None)


def _definition(frame: Frame) -> ast.FunctionDef | None:
    node = frame.function.node if frame.function is not None else None
    return node if isinstance(node, ast.FunctionDef) else None
