"""The state of an abstract run: what is recorded, and the variable scopes that are open."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tf1to2_reg.program.trace import Event, Frame, Obstacle, Trace
from tf1to2_reg.program.values import (
    Environment,
    Flags,
    Instance,
    Value,
    VariableScope,
)


@dataclass(eq=False)
class OpenScope:
    """A variable scope between entry and exit; `counters` number the unnamed layers."""

    path: tuple[object, ...]
    reuse: object
    counters: dict[str, int] = field(default_factory=dict)


def combine_reuse(outer: object, inner: object) -> object:
    """The reuse mode inside a scope: an inner None or False keeps the outer mode, as in TF1."""
    return outer if inner in (None, False) else inner


@dataclass(eq=False)
class CallSite:
    """A call with evaluated arguments: `positional` and `keywords` hold (value, expression)."""

    node: ast.Call
    frame: Frame
    positional: list[tuple[Value, ast.expr]]
    keywords: dict[str, tuple[Value, ast.expr]]

    def argument(self, position: int, name: str) -> tuple[Value, ast.expr] | None:
        """The argument given for a parameter, by position or by name."""
        if name in self.keywords:
            return self.keywords[name]
        return self.positional[position] if position < len(self.positional) else None

    def values(self) -> list[Value]:
        return [value for value, _ in self.positional] + [value for value, _ in self.keywords.values()]


class Machine:
    """Records facts, events and obstacles of one abstract run."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.scopes = [OpenScope((), None)]
        self.instances: list[Instance] = []
        self.flags = Flags()
        self.controlled = 0
        self.attempts = 0
        self._attempted: list[tuple[Environment | Instance, str, Value]] = []
        self._silent = 0
        self._dead = 0

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Run code only for what it does to variables."""
        self._silent += 1
        try:
            yield
        finally:
            self._silent -= 1

    @contextmanager
    def dead_code(self) -> Iterator[None]:
        """Run code that this program never reaches: facts are recorded, events are not."""
        self._dead += 1
        try:
            yield
        finally:
            self._dead -= 1

    @contextmanager
    def open_scope(self, scope: VariableScope) -> Iterator[None]:
        self.scopes.append(OpenScope(scope.path, scope.reuse))
        try:
            yield
        finally:
            self.scopes.pop()

    @property
    def scope(self) -> OpenScope:
        return self.scopes[-1]

    @contextmanager
    def attempt(self) -> Iterator[list[tuple[Environment | Instance, str, Value]]]:
        """Run the body of a `try`; gives what it stores, any of which a handler may find."""
        outer, self._attempted = self._attempted, []
        self.attempts += 1
        try:
            yield self._attempted
        finally:
            self.attempts -= 1
            outer += self._attempted
            self._attempted = outer

    def stored(self, holder: Environment | Instance, name: str, value: Value) -> None:
        """A name or an attribute is given a value."""
        if self.attempts:
            self._attempted.append((holder, name, value))

    @property
    def silent(self) -> bool:
        return self._silent > 0

    @property
    def dead(self) -> bool:
        return self._dead > 0

    @property
    def live(self) -> bool:
        return not self._silent and not self._dead

    def at(self, site: CallSite) -> tuple[int, ast.Call, Frame, tuple[ast.AST, ...]]:
        """Where and when a call happens, as every event begins."""
        return self.order(), site.node, site.frame, site.frame.loops

    def order(self) -> int:
        return len(self.trace.events)

    def event(self, event: Event) -> None:
        if self.live:
            self.trace.events.append(event)

    def obstacle(self, code: str, message: str, frame: Frame, node: ast.AST, help: str = "") -> None:
        if self._silent:
            return
        found = Obstacle(code, message, frame.module, node, help)
        if all((seen.code, seen.node) != (code, node) for seen in self.trace.obstacles):
            self.trace.obstacles.append(found)

    def note(self, code: str, message: str, frame: Frame, node: ast.AST) -> None:
        if not self._silent:
            self.trace.notes.append(Obstacle(code, message, frame.module, node))

    def record(self, node: ast.AST, value: Value) -> None:
        """Add one execution of an expression to what holds in all of them."""
        if not self._silent:
            self.trace.facts.record(node, value)
