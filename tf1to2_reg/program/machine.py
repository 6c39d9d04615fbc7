"""The state of an abstract run: what is recorded, and the variable scopes that are open."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from tf1to2_reg.diagnostics.reasons import Reason
from tf1to2_reg.facts.symbol_codes import MAY_STAY
from tf1to2_reg.program.definitions import Environment, Instance
from tf1to2_reg.program.tokens import Path
from tf1to2_reg.program.trace import Change, Event, Frame, PlaceholderEvent, Trace
from tf1to2_reg.program.values import (
    Flags,
    Mapping,
    Placeholder,
    Python,
    Reuse,
    Series,
    Tensor,
    Value,
    VariableScope,
    constant_of,
    is_refused,
)


@dataclass(eq=False)
class OpenScope:
    """A variable scope between entry and exit: the names in it, which number the unnamed layers.

    `numbered` are stems of which a loop made an unknown number, `loops` those in which the scope was entered.
    """

    path: Path
    reuse: Reuse
    names: set[str] = field(default_factory=set)
    loops: tuple[ast.AST, ...] = ()
    numbered: set[str] = field(default_factory=set)

    def number(self, stem: str) -> str:
        """The name that TF1 makes for something unnamed: the first that is free in this scope."""
        number, name = 0, stem
        while name in self.names:
            number += 1
            name = f"{stem}_{number}"
        return name


def combine_reuse(outer: Reuse, inner: Reuse) -> Reuse:
    """The reuse mode inside a scope: an inner None or False keeps the outer mode, as in TF1."""
    return outer if inner is Reuse.NO else inner


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


def _identity(value: Value) -> object:
    constant = constant_of(value)
    return id(value) if constant is None else repr(constant.value)


class Machine:
    """Records facts, events and obstacles of one abstract run."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.scopes = [OpenScope((), Reuse.NO)]
        self.instances: list[Instance] = []
        self.flags = Flags()
        self._indices: dict[ast.AST, Python] = {}
        self._alike: dict[tuple[object, ...], tuple[Value, tuple[Value, ...]]] = {}
        self.controlled = 0
        self.attempts = 0
        self._attempted: list[tuple[Environment | Instance, str, Value]] = []
        self.experiments: dict[ast.AST, list[Event]] = {}
        """What each function that makes a graph of its own did to it in its first call."""
        self._repeated: list[Placeholder] | None = None
        self._told: set[tuple[str, ast.AST]] = set()
        self._silent = 0
        self._dead = 0

    def alike(self, operation: str, operands: tuple[Value, ...], result: Value) -> Value:
        """One unknown value for all that is computed in one way from the same values."""
        key = (operation, *(_identity(operand) for operand in operands))
        return self._alike.setdefault(key, (result, operands))[0]

    def index(self, loop: ast.AST) -> Python:
        """The number of the iteration of a loop: one value for all times that the loop runs."""
        return self._indices.setdefault(loop, Python(type=int, distinct=frozenset({loop})))

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
    def empty_graph(self, trace: Trace, *path: object) -> Iterator[None]:
        """Record what follows in a trace, in a graph in which nothing is made yet; its names begin with `path`."""
        outer = self.trace, self.scopes, self._told
        self.trace, self.scopes = trace, [OpenScope(path, Reuse.NO)]
        self._told = self._told if trace is outer[0] else set()
        try:
            yield
        finally:
            self.trace, self.scopes, self._told = outer

    @contextmanager
    def repeat(self, events: Sequence[Event]) -> Iterator[None]:
        """Do again what made the events: a placeholder that is the same stands for the one that was made then."""
        outer = self._repeated
        self._repeated = [event.value for event in events if isinstance(event, PlaceholderEvent)]
        try:
            yield
        finally:
            self._repeated = outer

    def repeated(self, made: Placeholder) -> Placeholder:
        """A placeholder that is about to be told of, or the one in its place the first time."""
        index = len(self.trace.of(PlaceholderEvent))
        before = self._repeated[index] if self._repeated is not None and index < len(self._repeated) else made
        return before if before.call is made.call and before.facts == made.facts else made

    @contextmanager
    def open_scope(self, scope: VariableScope, loops: tuple[ast.AST, ...]) -> Iterator[None]:
        """Enter a scope. One that is still open and is entered again goes on numbering, and forgets it afterwards."""
        if self.live and scope.path and isinstance(scope.path[-1], str):
            self.scope.names.add(scope.path[-1])
        again = next((held for held in reversed(self.scopes) if held.path == scope.path), None)
        opened = OpenScope(scope.path, scope.reuse, loops=loops)
        if again is not None:
            opened = replace(again, reuse=scope.reuse, names=set(again.names), numbered=set(again.numbered))
        self.scopes.append(opened)
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

    def changed(self, holder: Series | Mapping, node: ast.AST) -> None:
        """A list or dict is about to be changed, and with it whatever may be the same."""
        if self.silent or self.dead or holder.cell is None:
            return
        change = Change(self.order(), node)
        for cell in (holder.cell, *holder.cell.touched()):
            self.trace.changes.setdefault(cell, []).append(change)

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

    def obstacle(
        self, code: str, message: str, frame: Frame, node: ast.AST, help: str = "", *, about: Sequence[Value] = ()
    ) -> Tensor:
        """Tell that the program is not understood here, `about` some values; gives a value that bears the mark of it.

        Where an obstacle was told of one of the values before, this one only follows from that.
        """
        stays = self.dead and code in MAY_STAY
        if not self._silent and not stays and (code, node) not in self._told:
            self._told.add((code, node))
            found = self.trace.consequences if any(map(is_refused, about)) else self.trace.obstacles
            found.append(Reason(code, message, frame.module.path, node, help))
        return Tensor(refused=True)

    def note(self, code: str, message: str, frame: Frame, node: ast.AST) -> None:
        if not self._silent:
            self.trace.notes.append(Reason(code, message, frame.module.path, node))

    def record(self, node: ast.AST, value: Value) -> None:
        """Add one execution of an expression to what holds in all of them."""
        if not self._silent:
            self.trace.facts.record(node, value)
