"""Programs whose session is not among the files: the runs that are left to whoever uses them.

Such a program ends with a graph, and only its files say what it is for: a train op is there to be run, and so is a
tensor that nothing else is made of. Each is one run of its own, after all that the files hold, that feeds every
placeholder with something unknown. What would depend on more than that (a flag, several runs) is refused where a run of
a session would be.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.diagnostics.reasons import Reason, refusal
from tf1to2_reg.network import normalization
from tf1to2_reg.program.definitions import Instance
from tf1to2_reg.program.trace import AwaitedRun, Facts, Frame, PlaceholderEvent, RunEvent, Trace, TrainEvent
from tf1to2_reg.program.units import Group
from tf1to2_reg.program.values import Mapping, Placeholder, Python, State, Tensor, Variable, is_backward
from tf1to2_reg.results import Status, UnitResult
from tf1to2_reg.syntax.imports import tensorflow_names
from tf1to2_reg.syntax.modules import Project
from tf1to2_reg.syntax.nodes import line_below
from tf1to2_reg.syntax.sites import sites_of
from tf1to2_reg.syntax.variables import variable
from tf1to2_reg.targets.tf2.data import Steps
from tf1to2_reg.targets.tf2.session_code import is_initialization

_Named = ast.Name | ast.Attribute


def runs(trace: Trace) -> bool:
    """True where a session trains or fetches something."""
    return any(not is_initialization(event) for event in trace.of(RunEvent))


def await_runs(trace: Trace, frames: Sequence[Frame], owner: Instance | None, facts: Facts) -> None:
    """Put the runs that are left to others behind all that the program does.

    Raises:
        Refused: TFR210 where nothing is there to be run, TFR227 where it is not seen what runs with a train op.
    """
    _check(trace, frames, owner)
    fetched: list[ast.expr] = [event.node for event in _trained(trace)]
    fetched += _Results(trace, frames, owner, facts).last()
    if not fetched:
        layer = next(iter(trace.of_layers()), None)
        raise refusal("TFR210", "no session trains or fetches what is built here", layer.node if layer else None)
    frame = trace.executed[trace.entry] if owner is not None else frames[0]
    end = line_below(frame.code)
    for node in fetched:
        value = facts.value(node)
        assert value is not None
        feeds = _feeds(trace)
        call = _call(node, feeds.node, end)
        trace.events.append(AwaitedRun(len(trace.events), call, frame, (), value, node, feeds, feeds.node))


def _check(trace: Trace, frames: Sequence[Frame], owner: Instance | None) -> None:
    """What those who run the graph may do in more than one way must not matter.

    A function keeps what it builds to itself. Update ops that no train op waits for may be run beside it, or not.
    """
    if owner is None and frames[0].function is not None:
        message = f"{frames[0].function.name} builds a graph, and no session among the given files runs it"
        raise refusal("TFR210", message, frames[0].function.node)
    if all(event.controlled for event in trace.of(TrainEvent)) and trace.has(TrainEvent):
        return
    check_updates(trace)


def check_updates(trace: Trace) -> None:
    """Check that no normalization trains whose update ops whoever runs the graph may run, or not.

    Raises:
        Refused: TFR227.
    """
    for event in normalization.events(trace):
        training = normalization.training_of(event)
        if training is not None and not normalization.is_false(training):
            message = "no session among the given files tells whether the update ops of this normalization run"
            raise refusal("TFR227", message, event.node)


def notes(plan: Steps) -> Iterator[Reason]:
    """What is left to call."""
    for run in plan.runs.values():
        if isinstance(run.event, AwaitedRun):
            message = f"no session among the given files runs this: {run.step.name} is left for you to call"
            yield Reason("TFR116", message, run.event.frame.module.path, run.event.fetch_node)


def kept_back(
    units: Sequence[tuple[Group, UnitResult]], project: Project, bystanders: Sequence[Path]
) -> list[tuple[Group, UnitResult]]:
    """The units, those refused that wait for others while a file stays a TF1 program: it may be what they wait for.

    A program may find what it runs in ways that are not seen, such as an import of a name that is computed.
    """
    migrated = {module for group, unit in units if unit.status is Status.MIGRATED for module in group.modules}
    left = [module.path for module in project.modules if module not in migrated and tensorflow_names(module.tree)]
    stays = [*left, *bystanders]
    return [
        (group, unit.refused([_may_call(unit, stays[0])]) if stays and _waits(group) and unit.new_sources else unit)
        for group, unit in units
    ]


def _waits(group: Group) -> bool:
    return any(trace.uncalled or trace.has(AwaitedRun) for trace in group.traces)


def _may_call(unit: UnitResult, other: Path) -> Diagnostic:
    first = next(found for found in unit.diagnostics if found.code == "TFR116")
    message = f"nothing is seen to run this, and {other.name}, which may, stays a TF1 program"
    return Diagnostic("TFR210", first.path, first.line, first.column, message)


def _trained(trace: Trace) -> list[TrainEvent]:
    return list({event.node: event for event in trace.of(TrainEvent)}.values())


def _feeds(trace: Trace) -> Mapping:
    """Every placeholder, fed with a value that is not known."""
    keys = [event.value for event in trace.of(PlaceholderEvent) if isinstance(event.value, Placeholder)]
    names: list[ast.expr] = [ast.Name("_", ast.Load()) for _ in keys]
    node = ast.Dict(list[ast.expr | None](names), list(names))
    return Mapping(tuple((key, Python()) for key in keys), node)


def _call(fetched: ast.expr, feeds: ast.Dict | None, line: int) -> ast.Call:
    """The call of a session that stands below everything."""
    call = ast.Call(ast.Name("run", ast.Load()), [fetched, *([feeds] if feeds is not None else [])], [])
    call.lineno, call.col_offset = line, 0
    return call


class _Results:
    """The variables of a driver that hold a tensor at its end which nothing reads."""

    def __init__(self, trace: Trace, frames: Sequence[Frame], owner: Instance | None, facts: Facts) -> None:
        self.facts = facts
        self._receiver = "self" if owner is not None else None
        self._code = {frame.code for frame in frames}
        self._sites = {node: site for module in trace.executed for node, site in sites_of(module.tree).items()}

    def last(self) -> list[ast.expr]:
        """Each such variable, in the order in which they are bound."""
        stores: dict[str, _Named] = {}
        loads: dict[str, list[_Named]] = {}
        for node in self._sites:
            if isinstance(node, ast.Name | ast.Attribute) and (name := self._variable(node)) is not None:
                if isinstance(node.ctx, ast.Load):
                    loads.setdefault(name, []).append(node)
                elif name not in stores or stores[name].lineno <= node.lineno:
                    stores[name] = node
        results = {name: node for name, node in stores.items() if self._is_result(node)}
        found = [node for name, node in results.items() if not self._is_read(node, loads.get(name, ()))]
        return [self._load(node) for node in sorted(found, key=lambda node: (node.lineno, node.col_offset))]

    def _load(self, store: _Named) -> ast.expr:
        """The same variable as an expression."""
        load = ast.Name(store.id) if isinstance(store, ast.Name) else ast.Attribute(store.value, store.attr)
        load.ctx = ast.Load()
        value = self.facts.value(store)
        assert value is not None
        self.facts.record(load, value)
        return ast.copy_location(load, store)

    def _variable(self, node: _Named) -> str | None:
        """The variable of the driver that a node may name; an attribute of any object may be that of the driver."""
        if self._receiver is None:
            return node.id if isinstance(node, ast.Name) and self._is_own(node) else None
        if not isinstance(node, ast.Attribute):
            return None
        return f"self.{node.attr}" if isinstance(node.ctx, ast.Load) else variable(node, self._receiver)

    def _is_own(self, node: ast.Name) -> bool:
        return isinstance(node.ctx, ast.Load) or self._sites[node].code in self._code

    def _is_result(self, node: ast.expr) -> bool:
        value = self.facts.value(node)
        made = not isinstance(value, Placeholder | State | Variable) and self.facts.always(node, Tensor)
        return made and value is not None and not is_backward(value)

    def _is_read(self, store: _Named, loads: Sequence[_Named]) -> bool:
        """True where something after the statement that binds a variable may read it."""
        stmt = self._sites[store].stmt
        if self._receiver is not None or stmt is None:
            return bool(loads)
        return any(
            self._sites[load].code is not self._sites[store].code or load.lineno > (stmt.end_lineno or stmt.lineno)
            for load in loads
        )
