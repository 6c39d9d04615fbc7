"""Units: which entry programs share files that change, and so belong together."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from tf1to2_reg.diagnostics.reasons import Reason
from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.facts.tf1_only import is_tf1_only
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.imported import entries, imported_by_all, lines_to_follow
from tf1to2_reg.program.interpreter import TOO_LARGE, Interpreter
from tf1to2_reg.program.later import run_later
from tf1to2_reg.program.relevance import Relevance
from tf1to2_reg.program.shared_run import shared_traces
from tf1to2_reg.program.trace import (
    DecayEvent,
    DeclaredEvent,
    LayerEvent,
    OwnReadEvent,
    ReadEvent,
    RunEvent,
    Trace,
    TrainEvent,
)
from tf1to2_reg.program.uncalled import run_uncalled
from tf1to2_reg.program.values import Symbol
from tf1to2_reg.syntax.imports import tensorflow_names
from tf1to2_reg.syntax.modules import Module, Project
from tf1to2_reg.syntax.scopes import scopes_of


@dataclass(eq=False)
class Group:
    """One unit: the traces of its entry programs and the files they may change."""

    name: str
    traces: list[Trace]
    modules: list[Module]
    layers: int
    obstacles: list[Reason] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)


def groups(project: Project, facts: Evaluations) -> list[Group]:
    """Trace every entry program and put those together that share files."""
    relevance = Relevance(project)
    imported = imported_by_all(project)
    programs = entries(project, imported)
    is_large = is_too_large(project)
    if is_large:
        traces = shared_traces(project, relevance, programs, imported, facts)
    else:
        traces = _traces(project, relevance, programs, facts)
    used = {trace: [module for module in trace.executed if _uses_tensorflow(module)] for trace in traces}
    found: list[Group] = []
    for together in _components(traces, used):
        modules = list(dict.fromkeys(module for trace in together for module in used[trace]))
        group = _group(together, modules, facts)
        if group is not None:
            found.append(group)
            if is_large and not group.obstacles:
                group.obstacles.append(Reason(TOO_LARGE, _SHARED.format(LINES), modules[0].path))
    return found


LINES = 50_000
_SHARED = "its programs, each with the files that it shares with others, have more than {} lines in all"


def is_too_large(project: Project) -> bool:
    """Whether to follow each program through all its files, however often they are shared, is too much."""
    imported = imported_by_all(project)
    return lines_to_follow(entries(project, imported), imported) > LINES


def _traces(project: Project, relevance: Relevance, programs: Sequence[Module], facts: Evaluations) -> list[Trace]:
    runs = [Interpreter(project, relevance, entry, facts) for entry in programs]
    traces = [run.run() for run in runs]
    for run in runs:
        run.within_budget(partial(run_later, run))
    return [*traces, *_libraries(runs, traces)]


def _libraries(runs: Sequence[Interpreter], traces: Sequence[Trace]) -> Iterator[Trace]:
    """What the functions do that none of the programs calls."""
    called = {frame.function.node for trace in traces for frame in trace.frames if frame.function is not None}
    for run in runs:
        found = run.within_budget(partial(run_uncalled, run, called))
        if found is not None:
            called |= {frame.function.node for frame in found.frames if frame.function is not None}
            yield found


def _uses_tensorflow(module: Module) -> bool:
    return bool(tensorflow_names(module.tree)) or any(
        isinstance(node, ast.Import | ast.ImportFrom) for node in module.tree.body
    )


def _components(traces: Sequence[Trace], used: dict[Trace, list[Module]]) -> Iterator[list[Trace]]:
    """Traces that share a file which builds layers."""
    left = list(traces)
    while left:
        together = [left.pop(0)]
        grown = True
        while grown:
            shared = {module for trace in together for module in used[trace] if tensorflow_names(module.tree)}
            more = [trace for trace in left if shared & set(used[trace])]
            together += more
            left = [trace for trace in left if trace not in more]
            grown = bool(more)
        yield together


def _group(traces: list[Trace], modules: list[Module], facts: Evaluations) -> Group | None:
    layers = len({node for module in modules for node in _layer_calls(module, facts)})
    has_penalties = any(_makes_penalties(module, facts) for module in modules)
    events = LayerEvent, ReadEvent, DeclaredEvent, DecayEvent
    if not layers and not has_penalties and not any(trace.has(*events) for trace in traces):
        return None
    working = [trace for trace in traces if trace.has(*events)]
    name = str(max(traces, key=_leads).entry.path)
    group = Group(name, working or traces, modules, layers)
    obstacles = [obstacle for trace in traces for obstacle in trace.obstacles]
    obstacles = obstacles or [consequence for trace in traces for consequence in trace.consequences]
    group.obstacles = _once(obstacles)
    if not any(obstacle.code in _HIDE_CODE for obstacle in group.obstacles):
        group.obstacles += _never_reached(modules, facts)
    group.notes = _once([note for trace in working for note in trace.notes]) + _pitfalls(working)
    return group


_HIDE_CODE = frozenset({"TFR208", "TFR209", "TFR219", TOO_LARGE})
"""Obstacles behind which code may run that the analysis does not see: it is not said to be unused."""


def _leads(trace: Trace) -> tuple[bool, bool, bool]:
    """How well a script stands for its unit: one that builds and runs a network before one that only builds."""
    builds = trace.has(LayerEvent)
    return builds and trace.has(RunEvent), builds, trace.has(ReadEvent, DeclaredEvent)


def _once(obstacles: Iterable[Reason]) -> list[Reason]:
    return list({(item.code, item.node): item for item in obstacles}.values())


def _layer_calls(module: Module, facts: Evaluations) -> Iterator[ast.Call]:
    names = tensorflow_names(module.tree)
    for node in scopes_of(module.tree).of(ast.Call):
        value = facts.value(node.func)
        if isinstance(value, Symbol):
            if value.name in LAYERS or value.name.startswith("tf.layers."):
                yield node
        elif node.func not in facts.visited and _is_layer_text(node.func, names):
            yield node


def _is_layer_text(func: ast.expr, names: frozenset[str]) -> bool:
    """`tf.layers.x`, or `tf.compat.v1.layers.x`, in code that was not reached."""
    if not isinstance(func, ast.Attribute):
        return False
    root, *parts = ast.unparse(func.value).split(".")
    return root in names and parts in (["layers"], ["compat", "v1", "layers"])


def _makes_penalties(module: Module, facts: Evaluations) -> bool:
    """Whether a file makes regularizers for a graph's collection, or sums squares by hand as TF1's programs do."""
    calls = scopes_of(module.tree).of(ast.Call)
    symbols = {symbol for call in calls if (symbol := facts.symbol(call.func))}
    if any(symbol.startswith("tf.contrib.") and "regulariz" in symbol for symbol in symbols):
        return True
    return "tf.nn.l2_loss" in symbols and any(map(is_tf1_only, symbols))


def _never_reached(modules: Sequence[Module], facts: Evaluations) -> list[Reason]:
    """Layers that no entry program among the given paths builds."""
    for module in modules:
        for node in _layer_calls(module, facts):
            if node.func not in facts.visited:
                message = "this layer is never built by a program among the given paths"
                return [Reason("TFR210", message, module.path, node)]
    return []


def _pitfalls(traces: Sequence[Trace]) -> list[Reason]:
    found = []
    for trace in traces:
        makers = [event for event in trace.of_layers() if event.regularized]
        if makers and not trace.has(ReadEvent, OwnReadEvent) and trace.has(TrainEvent):
            message = "a regularizer is declared here, but no loss ever reads the penalties"
            found.append(Reason("TFR301", message, makers[0].frame.module.path, makers[0].node))
    return found
