"""Feed dicts that are handed to a function which feeds the session with them, and does nothing else."""

from __future__ import annotations

import ast
from collections.abc import Collection

from tf1to2_reg.program.trace import Facts, Frame, RunEvent, Trace
from tf1to2_reg.program.values import Graph, Mapping, Session
from tf1to2_reg.syntax.variables import walk


def is_fed_through(stmt: ast.stmt, displays: Collection[ast.AST], trace: Trace, facts: Facts) -> bool:
    """True for a statement that stays: of the graph it has only feed dicts, for functions that feed them."""
    found = [node for node in walk(stmt) if node in displays]
    others = [node for node in walk(stmt, found) if node in facts.graph and not facts.always(node, Session, Graph)]
    return bool(found) and not others and all(_is_handed_to_a_run(display, trace) for display in found)


def _is_handed_to_a_run(display: ast.AST, trace: Trace) -> bool:
    """True where a function gets the dict as an argument that its runs feed, and these feed no other one."""
    runs = [event for event in trace.of(RunEvent) if isinstance(event.feeds, Mapping) and event.feeds.node is display]
    nodes = {event.node for event in runs}
    alike = all(event in runs for event in trace.of(RunEvent) if event.node in nodes)
    return bool(runs) and alike and all(_feeds_argument(event, display) for event in runs)


def _feeds_argument(event: RunEvent, display: ast.AST) -> bool:
    """True where the dict is an argument of the function that runs, which has no other use for it."""
    node, frame = event.feed_node, event.frame
    if not isinstance(node, ast.Name) or node.id not in frame.arguments or frame.arguments[node.id].node is not display:
        return False
    return all(part is node for part in _names(frame, node.id))


def _names(frame: Frame, name: str) -> list[ast.Name]:
    assert frame.function is not None
    return [part for part in ast.walk(frame.function.node) if isinstance(part, ast.Name) and part.id == name]
