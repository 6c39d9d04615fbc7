"""Statements that only open, set up or close sessions and graphs: they go, wherever they stand."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.program.trace import CheckpointEvent, Event, Facts, RunEvent, Trace, WriterEvent, WrittenEvent
from tf1to2_reg.program.values import Graph, InitOp, Scope, Session, Symbol, UpdateControl, Writer, leaves
from tf1to2_reg.syntax.variables import walk

_DISSOLVED = (Session, Graph, Scope, UpdateControl)
_SWITCHES = ("tf.disable_", "tf.enable_", "tf.reset_default_graph")


def staying_calls(trace: Trace) -> set[ast.Call]:
    """Calls that stay, in another form, though they take sessions, graphs and the global step.

    They save and restore, make writers of summaries and write.
    """
    events: list[Event] = [*trace.of(CheckpointEvent), *trace.of(WrittenEvent), *trace.of(WriterEvent)]
    return {event.node for event in events}


def is_initialization(event: RunEvent) -> bool:
    """True for a run that only initializes variables."""
    return all(isinstance(leaf, InitOp) for leaf in leaves(event.fetches))


def initializes(stmt: ast.stmt, runs: Mapping[ast.Call, RunEvent]) -> bool:
    """True for a statement that runs the initialization of the variables.

    Raises:
        Refused: TFR211 where it does so in a loop.
    """
    if not isinstance(stmt, ast.Expr | ast.Assign) or not isinstance(stmt.value, ast.Call):
        return False
    event = runs.get(stmt.value)
    if event is None or not is_initialization(event):
        return False
    if event.loops:
        raise refusal("TFR211", "the variables are initialized again and again", stmt)
    return True


def is_switch(stmt: ast.stmt, facts: Facts) -> bool:
    """True for calls such as `tf.disable_v2_behavior()`."""
    if not isinstance(stmt, ast.Expr) or not isinstance(stmt.value, ast.Call):
        return False
    symbol = facts.value(stmt.value.func)
    return isinstance(symbol, Symbol) and symbol.name.startswith(_SWITCHES)


def is_session_call(stmt: ast.stmt, facts: Facts) -> bool:
    """True for `sess.close()`, `scope.reuse_variables()`, `writer.add_graph(graph)` and the like."""
    if not isinstance(stmt, ast.Expr) or not isinstance(stmt.value, ast.Call):
        return False
    func = stmt.value.func
    if isinstance(func, ast.Attribute) and func.attr == "add_graph" and facts.always(func.value, Writer):
        return True
    return isinstance(func, ast.Attribute) and facts.always(func.value, Session, Scope, Graph)


def is_dissolved(stmt: ast.With, facts: Facts) -> bool:
    """True for a with statement over a session, graph or scope, of which only the body stays.

    Raises:
        Refused: TFR231 where it opens something else as well that needs the graph.
    """
    others = [item for item in stmt.items if not goes(item, facts)]
    if 0 < len(others) < len(stmt.items) and any(node in facts.graph for item in others for node in walk(item)):
        raise refusal("TFR231", "one with statement opens a session and something that needs it", stmt)
    return not others


def goes(item: ast.withitem, facts: Facts) -> bool:
    """True for a session, graph or scope that a with statement opens."""
    return facts.always(item.context_expr, *_DISSOLVED)
