"""Functions that begin with a graph of their own: each call is an experiment that shares nothing with the others.

The first call stands for all of them. The others must do the same to their graphs, call by call.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tf1to2_reg.program.definitions import Class, Environment, Function, Instance, Method, ProjectModule
from tf1to2_reg.program.machine import Machine
from tf1to2_reg.program.tokens import Computed, Numbered
from tf1to2_reg.program.trace import Change, Event, Frame, LayerEvent, PlaceholderEvent, Trace, TrainEvent
from tf1to2_reg.program.values import Symbol, constant_of
from tf1to2_reg.syntax.imports import normalize

_CODE = (Class, Function, Instance, Method, ProjectModule, Symbol)
_DECISIVE = ("axis", "fused", "training")
"""Arguments of a layer that decide what becomes of it."""


def is_experiment(function: Function) -> bool:
    """True for a function that makes a graph before it does anything else with TensorFlow, and leaves it last."""
    if not isinstance(function.node, ast.FunctionDef):
        return False
    for index, stmt in enumerate(function.node.body):
        if not _names_tensorflow(stmt, function.closure):
            continue
        rest = function.node.body[index + 1 :]
        return _resets(stmt, function.closure) or (
            _opens_graph(stmt, function.closure) and not any(_names_tensorflow(part, function.closure) for part in rest)
        )
    return False


def _resets(stmt: ast.stmt, closure: Environment) -> bool:
    match stmt:
        case ast.Expr(ast.Call(function, [], [])):
            return symbol_of(function, closure) == "tf.reset_default_graph"
    return False


def _opens_graph(stmt: ast.stmt, closure: Environment) -> bool:
    match stmt:
        case ast.With([ast.withitem(ast.Call(ast.Attribute(ast.Call(function, [], []), "as_default"))), *_]):
            return symbol_of(function, closure) == "tf.Graph"
    return False


def symbol_of(node: ast.expr, closure: Environment) -> str | None:
    """What TensorFlow calls a dotted name in a function."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    root = closure.lookup(node.id) if isinstance(node, ast.Name) else None
    return normalize(".".join([root.name, *reversed(parts)])) if isinstance(root, Symbol) else None


def _names_tensorflow(stmt: ast.stmt, closure: Environment) -> bool:
    """True for a statement that names TensorFlow, or code of the project, which may."""
    names = {node.id for node in ast.walk(stmt) if isinstance(node, ast.Name)}
    found = (closure.lookup(name) for name in names)
    return any(value is not None and (value.graph or isinstance(value, _CODE)) for value in found)


@contextmanager
def graph_of(machine: Machine, frame: Frame) -> Iterator[None]:
    """Run an experiment: in the trace of the program the first time, else in one that is compared with it."""
    assert frame.function is not None
    frame.loops, frame.conditions, frame.entered, frame.uncertain = (), 0, 0, True
    first = machine.experiments.get(frame.function.node)
    program = machine.trace
    if first is None:
        start = len(program.events)
        with machine.empty_graph(program):
            yield
        machine.experiments[frame.function.node] = program.events[start:]
        return
    trace = Trace(program.entry, program.facts, executed=program.executed)
    with machine.empty_graph(trace), machine.repeat(first):
        yield
    _join(program, trace)
    if not _is_same(first, trace.events) and frame.caller is not None and frame.call is not None:
        message = f"{frame.function.name} does not build the same graph in every call"
        machine.obstacle("TFR211", message, frame.caller, frame.call)


def _join(program: Trace, other: Trace) -> None:
    """What is told of another call counts for the program; what it changes, it changes after the first."""
    program.obstacles += other.obstacles
    program.consequences += other.consequences
    program.notes += other.notes
    for cell, changes in other.changes.items():
        late = [Change(len(program.events), change.node) for change in changes]
        program.changes.setdefault(cell, []).extend(late)


def _token(token: object) -> object:
    """A part of a name: one expression, or one place in a loop, gives the same in every call."""
    return token.node if isinstance(token, Computed | Numbered) else token


def _is_same(first: Sequence[Event], other: Sequence[Event]) -> bool:
    """True where two calls did the same; a penalty that the first might leave out, the other may surely leave."""
    if [_signature(event) for event in first] != [_signature(event) for event in other]:
        return False
    pairs = [(one, two) for one, two in zip(first, other, strict=True) if isinstance(one, LayerEvent)]
    return all(one.vanishing or not two.vanishing for one, two in pairs if isinstance(two, LayerEvent))


def _signature(event: Event) -> Sequence[object]:
    """What of an event decides what becomes of the program."""
    if isinstance(event, LayerEvent):
        given = [constant_of(event.arguments[name].value) for name in _DECISIVE if name in event.arguments]
        flags = (event.regularized, event.optional, event.conditional, event.reuse, event.rank)
        return event.node, event.symbol, [_token(token) for token in event.key], flags, given
    if isinstance(event, PlaceholderEvent):
        return event.node, event.value
    if isinstance(event, TrainEvent):
        return event.node, event.method, event.controlled
    return event.node, type(event)
