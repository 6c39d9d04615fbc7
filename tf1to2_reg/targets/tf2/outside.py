"""Code that only runs the session: what of it goes, and which sessions are no longer passed around."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.program.trace import Facts, Frame, RunEvent, Trace
from tf1to2_reg.program.values import (
    Graph,
    InitOp,
    Placeholder,
    Scope,
    Session,
    Symbol,
    Tensor,
    UpdateOps,
    is_none,
)
from tf1to2_reg.syntax.binding import method_parameters_of, parameters_of
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.syntax.variables import walk
from tf1to2_reg.targets.tf2.data import SessionCall, Sessions
from tf1to2_reg.targets.tf2.session_code import initializes, is_dissolved, is_session_call, is_switch, staying_calls

_SESSION = (Session, Graph)
_GONE = (Session, Graph, InitOp, Scope, UpdateOps)


@dataclass(frozen=True, eq=False)
class Outside:
    """What becomes of code that only runs the session."""

    gone: AbstractSet[ast.stmt]
    dissolved: AbstractSet[ast.stmt]
    sessions: Sessions


class OutsidePlanner:
    """Goes through the functions that hold a session but build nothing."""

    def __init__(
        self, trace: Trace, facts: Facts, walked: AbstractSet[Frame], models: AbstractSet[ast.FunctionDef]
    ) -> None:
        self.trace = trace
        self.facts = facts
        self.walked = walked
        self.models = models
        self.runs = {event.node: event for event in trace.of(RunEvent)}
        self._staying = staying_calls(trace)
        self._gone: set[ast.stmt] = set()
        self._dissolved: set[ast.stmt] = set()

    def run(self) -> Outside:
        """The statements that go and the parameters that are dropped.

        Raises:
            Refused: TFR211 or TFR230.
        """
        done: set[ast.AST] = set()
        for frame in self.trace.frames:
            root = frame.code
            if frame in self.walked or root in done or not self._is_outside(root):
                continue
            done.add(root)
            body: Sequence[ast.stmt] = root.body if isinstance(root, ast.Module | ast.FunctionDef) else []
            self._body(body)
        return Outside(self._gone, self._dissolved, self._session_parameters())

    def _is_outside(self, root: ast.AST) -> bool:
        if root in self.models:
            return False
        return any(node in self.runs or self.facts.ever(node, *_SESSION) for node in _own_nodes(root))

    def _body(self, body: Sequence[ast.stmt]) -> None:
        for stmt in body:
            self._statement(stmt)

    def _statement(self, stmt: ast.stmt) -> None:
        if isinstance(stmt, ast.FunctionDef | ast.ClassDef):
            return
        if isinstance(stmt, ast.With):
            if is_dissolved(stmt, self.facts):
                self._dissolved.add(stmt)
            self._body(stmt.body)
            return
        inside = list(blocks(stmt))
        for block in inside:
            self._body(block.statements)
        if not inside:
            self._simple(stmt)

    def _simple(self, stmt: ast.stmt) -> None:
        runs = isinstance(stmt, ast.Expr) and stmt.value in self.runs
        closes = is_switch(stmt, self.facts) or (is_session_call(stmt, self.facts) and not runs)
        if initializes(stmt, self.runs) or closes or self._holds_session(stmt):
            self._gone.add(stmt)
        else:
            self._check_free_of_graph(stmt)

    def _holds_session(self, stmt: ast.stmt) -> bool:
        if not isinstance(stmt, ast.Assign | ast.AnnAssign) or stmt.value is None:
            return False
        if self.facts.always(stmt.value, *_GONE):
            return True
        return isinstance(stmt, ast.Assign) and self._forgets_session(stmt)

    def _check_free_of_graph(self, stmt: ast.stmt) -> None:
        """Code that stays has no tensors but in what it runs and feeds."""
        for node in walk(stmt, {*self.runs, *self._staying}):
            value = self.facts.value(node)
            if isinstance(value, Tensor) and not isinstance(value, Placeholder) and node in self.facts.graph:
                raise refusal("TFR230", "a tensor is used outside the code that builds the graph", node)

    def _forgets_session(self, stmt: ast.Assign) -> bool:
        """`self.sess = None` before the session is opened."""
        return is_none(self.facts.value(stmt.value) or Symbol("")) and all(
            isinstance(target, ast.Attribute) and target.attr in ("sess", "session", "graph") for target in stmt.targets
        )

    # Sessions as arguments

    def _session_parameters(self) -> Sessions:
        given: dict[ast.FunctionDef, dict[str, bool]] = {}
        for frame in self.trace.frames:
            if frame.function is None or not isinstance(frame.function.node, ast.FunctionDef):
                continue
            known = given.setdefault(frame.function.node, {})
            for name, argument in frame.arguments.items():
                session = isinstance(argument.value, _SESSION)
                known[name] = known.get(name, True) and (session or (argument.node is None and is_none(argument.value)))
        sessions = {
            function: {name for name, only in names.items() if only and self._is_session(function, name)}
            for function, names in given.items()
        }
        parameters: dict[ast.FunctionDef, set[str]] = {}
        calls: dict[ast.Call, SessionCall] = {}
        for frame in self.trace.frames:
            if frame.function is None or not isinstance(frame.function.node, ast.FunctionDef):
                continue
            names = sessions[frame.function.node]
            if names and frame.call is not None:
                parameters[frame.function.node] = names
                calls[frame.call] = SessionCall(_given_parameters(frame), names)
        return Sessions(parameters, calls)

    def _is_session(self, function: ast.FunctionDef, name: str) -> bool:
        return any(
            isinstance(frame.arguments[name].value, _SESSION)
            for frame in self.trace.frames
            if frame.function is not None and frame.function.node is function and name in frame.arguments
        )


def _given_parameters(frame: Frame) -> list[str]:
    """What the call behind an activation can pass."""
    assert frame.function is not None
    assert isinstance(frame.function.node, ast.FunctionDef)
    given = parameters_of if frame.instance is None else method_parameters_of
    return [name for name, _ in given(frame.function.node)]


def _own_nodes(root: ast.AST) -> list[ast.AST]:
    body: Sequence[ast.AST] = root.body if isinstance(root, ast.Module | ast.FunctionDef) else [root]
    return [node for stmt in body if not isinstance(stmt, ast.FunctionDef | ast.ClassDef) for node in walk(stmt)]
