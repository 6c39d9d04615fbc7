"""The driver: which statements build the graph, which go, and where the model objects are made."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tf1to2_reg.diagnostics.reasons import Reasons, refusal
from tf1to2_reg.network.sharing import Sharing
from tf1to2_reg.program.definitions import Instance
from tf1to2_reg.program.trace import (
    ConstructorEvent,
    Event,
    Facts,
    Frame,
    GradientEvent,
    PlaceholderEvent,
    RunEvent,
    Trace,
    TrainEvent,
)
from tf1to2_reg.program.values import (
    Graph,
    InitOp,
    Mapping,
    Optimizer,
    Placeholder,
    Schedule,
    Scope,
    Series,
    Session,
    State,
    Summary,
    Symbol,
    TrainOp,
    UpdateOps,
    Value,
    leaves,
)
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.syntax.variables import grown, reads, variable, walk, writes
from tf1to2_reg.targets.tf2.data import Item, ItemKind, WalkedDriver, numbered
from tf1to2_reg.targets.tf2.fed_through import is_fed_through
from tf1to2_reg.targets.tf2.session_code import initializes, is_dissolved, is_session_call, is_switch, staying_calls

_GONE = (Session, InitOp, Graph, Scope, Summary, UpdateOps)
_STAYS = (ItemKind.FEED, ItemKind.PYTHON, ItemKind.SCHEDULE, ItemKind.STATE)
"""What does not go with the graph."""


class DriverWalk:
    """Goes through the driver's statements in order of execution and decides what becomes of each."""

    def __init__(
        self, frames: Sequence[Frame], trace: Trace, facts: Facts, owner: Instance | None, sharing: Sharing
    ) -> None:
        self.frames = frames
        self.trace = trace
        self.facts = facts
        self.owner = owner
        self.sharing = sharing
        self.runs = {event.node: event for event in trace.of(RunEvent)}
        self._staying = staying_calls(trace)
        self._made: dict[type[Event], set[ast.Call]] = {}
        self._building = {
            event.frame
            for kind in (PlaceholderEvent, TrainEvent, GradientEvent, ConstructorEvent)
            for event in trace.of(kind)
        }
        self._feed_displays = {
            value.node
            for value in facts.values()
            if isinstance(value, Mapping)
            and value.node is not None
            and any(isinstance(key, Placeholder) for key, _ in value.pairs)
        }
        self._graph_variables = self._variables_of_graph()
        self._loops = 0
        self._reasons = Reasons()
        self._items: list[Item] = []
        self._gone: set[ast.stmt] = set()
        self._dissolved: set[ast.stmt] = set()
        self._inlined: dict[ast.stmt, ast.FunctionDef] = {}

    def run(self) -> WalkedDriver:
        """The driver, statement by statement.

        Raises:
            Refused: where statements cannot be followed.
        """
        for frame in self._roots():
            self._body(frame.body, frame)
        self._reasons.check()
        building = {frame for frame in self.frames if self.owner is None or self.is_procedure(frame)}
        node = self.owner.cls.node if self.owner is not None else None
        items = numbered(self._items)
        return WalkedDriver(
            self.frames, self._receiver, node, building, items, self._gone, self._dissolved, self._inlined
        )

    @property
    def _receiver(self) -> str | None:
        return "self" if self.owner is not None else None

    def _roots(self) -> Sequence[Frame]:
        if self.owner is None:
            return self.frames
        procedures = {frame for frame in self.frames if self.is_procedure(frame)}
        return [frame for frame in self.frames if frame in procedures and frame.caller not in procedures]

    def is_procedure(self, frame: Frame | None) -> bool:
        """True for a method that works on the graph through `self` rather than through arguments and results."""
        if frame is None or frame.instance is None or frame.instance is not self.owner or frame.function is None:
            return False
        if getattr(frame.function.node, "decorator_list", []):
            return False
        if frame.function.name == "__init__" or frame in self._building:
            return True
        if self._touches_graph(frame):
            return True
        return any(self.is_procedure(child) for children in frame.children.values() for child in children)

    def _touches_graph(self, frame: Frame) -> bool:
        skip = set(self.runs) | self._feed_displays
        for stmt in frame.body:
            for node in walk(stmt, skip):
                holds = isinstance(node, ast.Attribute) and variable(node, "self") and node in self.facts.graph
                if holds and not self.facts.always(node, Session, Graph):
                    return True
        return False

    def _body(self, body: Sequence[ast.stmt], frame: Frame) -> None:
        for stmt in body:
            with self._reasons.collected():
                self._statement(stmt, frame)

    def _statement(self, stmt: ast.stmt, frame: Frame) -> None:
        if isinstance(stmt, ast.With):
            self._with(stmt, frame)
        elif isinstance(stmt, ast.If | ast.For | ast.While | ast.Try):
            self._compound(stmt, frame)
        elif not isinstance(stmt, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom | ast.Global | ast.Pass):
            self._simple(stmt, frame)

    def _with(self, stmt: ast.With, frame: Frame) -> None:
        if is_dissolved(stmt, self.facts):
            self._dissolved.add(stmt)
        self._body(stmt.body, frame)

    def _compound(self, stmt: ast.If | ast.For | ast.While | ast.Try, frame: Frame) -> None:
        if not self._has_graph(stmt) and not self._has_procedure(stmt, frame):
            return
        if isinstance(stmt, ast.If | ast.For) and self._is_pure_graph(stmt):
            self._add(stmt, frame, ItemKind.TENSOR)
            return
        loop = isinstance(stmt, ast.For | ast.While)
        header = stmt.iter if isinstance(stmt, ast.For) else stmt.test if isinstance(stmt, ast.If | ast.While) else None
        if header is not None and any(node in self.facts.graph for node in walk(header, set(self.runs))):
            raise refusal("TFR231", "a loop or condition of the driver depends on graph values", header)
        self._loops += loop
        for block in blocks(stmt):
            self._body(block.statements, frame)
        self._loops -= loop

    def _has_graph(self, stmt: ast.stmt) -> bool:
        return any(node in self.facts.graph for node in walk(stmt))

    def _has_procedure(self, stmt: ast.stmt, frame: Frame) -> bool:
        return any(self._procedure_call(leaf, frame) is not None for leaf in _simple_statements(stmt))

    def _is_pure_graph(self, stmt: ast.stmt) -> bool:
        """True for a compound statement that only computes tensors."""
        if any(node in self.runs or isinstance(node, ast.While | ast.Try) for node in walk(stmt)):
            return False
        if not all(self._names_only(node) for node in walk(stmt) if isinstance(node, ast.With)):
            return False
        for leaf in _simple_statements(stmt):
            if self._is_effect(leaf) or not isinstance(
                leaf, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr | ast.Pass
            ):
                return False
            value = self.facts.value_of(leaf)
            made = (*_GONE, Placeholder, Optimizer, Schedule, State, TrainOp, Mapping)
            if isinstance(value, made) or self._procedure_call(leaf):
                return False
        return any(self._is_tensor_statement(leaf) for leaf in _simple_statements(stmt))

    def _names_only(self, stmt: ast.With) -> bool:
        """True for `with tf.name_scope(...)`, which a step may open as the graph did: it computes nothing."""
        calls = [item.context_expr for item in stmt.items if item.optional_vars is None]
        return len(calls) == len(stmt.items) and all(
            isinstance(call, ast.Call) and self.facts.symbol(call.func) == "tf.name_scope" for call in calls
        )

    def _is_tensor_statement(self, stmt: ast.stmt) -> bool:
        return any(
            node in self.facts.graph and not self.facts.always(node, Session, Graph)
            for node in walk(stmt, set(self.runs))
        )

    def _is_effect(self, stmt: ast.stmt) -> bool:
        """True for an expression statement that does more than to add to the graph or to a list of tensors."""
        if not isinstance(stmt, ast.Expr) or not isinstance(stmt.value, ast.Call):
            return False
        if self.facts.always(stmt.value.func, Symbol):
            return False
        func = stmt.value.func
        return not (isinstance(func, ast.Attribute) and func.attr in ("append", "extend", "set_shape"))

    def _check_globals(self, stmt: ast.stmt, frame: Frame) -> None:
        """A function that leaves tensors in global names builds a part of the graph that cannot be moved."""
        value = getattr(stmt, "value", None)
        for child in frame.children.get(value, []) if isinstance(value, ast.Call) else ():
            if child.function is None:
                continue
            nodes = list(walk(child.function.node))
            names = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
            for node in nodes:
                if isinstance(node, ast.Name) and node.id in names and node in self.facts.graph:
                    raise refusal("TFR230", f"a function leaves the tensor {node.id} in a global name", node)

    def _simple(self, stmt: ast.stmt, frame: Frame) -> None:
        self._check_globals(stmt, frame)
        procedure = self._procedure_call(stmt, frame)
        if procedure is not None:
            self._inline(stmt, procedure)
        elif is_switch(stmt, self.facts) or initializes(stmt, self.runs):
            self._gone.add(stmt)
        elif any(node in self.runs or node in self._staying for node in walk(stmt)):
            self._check_run_statement(stmt)
        else:
            self._graph_statement(stmt, frame)

    def _graph_statement(self, stmt: ast.stmt, frame: Frame) -> None:
        value = self.facts.value_of(stmt)
        kind = self._kind(stmt, value)
        if isinstance(value, Mapping) and value.graph and isinstance(stmt, ast.Assign):
            self._feed_or_fetches(stmt, value, frame)
        elif kind is not None:
            self._add(stmt, frame, kind)
        elif self._is_tensor_statement(stmt):
            if not is_fed_through(stmt, self._feed_displays, self.trace, self.facts):
                self._tensor_statement(stmt, frame)
        elif (self.owner is not None and _is_local_assignment(stmt)) or self._starts_graph_variable(stmt):
            self._add(stmt, frame, ItemKind.PYTHON)

    def _starts_graph_variable(self, stmt: ast.stmt) -> bool:
        """`loss = 0.0` or `terms = []` before graph values are added to it."""
        if not isinstance(stmt, ast.Assign):
            return False
        return all(variable(target, self._receiver) in self._graph_variables for target in stmt.targets)

    def _variables_of_graph(self) -> set[str]:
        """Variables of the driver that hold a graph value at some time."""
        found: set[str] = set()
        for frame in self.frames:
            for node in (part for stmt in frame.body for part in walk(stmt)):
                if isinstance(node, ast.Call) and any(argument in self.facts.graph for argument in node.args):
                    found.add(grown(node, self._receiver) or "")
                elif node in self.facts.graph and isinstance(getattr(node, "ctx", None), ast.Store):
                    found.add(variable(node, self._receiver) or "")
        return found - {""}

    def _kind(self, stmt: ast.stmt, value: Value | None) -> ItemKind | None:
        """What a statement makes that is no tensor."""
        if isinstance(value, _GONE) or is_session_call(stmt, self.facts) or self._is_fetch_list(value):
            return ItemKind.GONE
        if value is not None and self._all(value, Placeholder) and self._makes(stmt, PlaceholderEvent):
            return ItemKind.PLACEHOLDER
        if isinstance(value, Optimizer | TrainOp):
            return self._kind_of_op(stmt, value)
        if isinstance(value, State):
            return ItemKind.STATE
        is_schedule = isinstance(value, Schedule) and isinstance(value.step, State)
        return ItemKind.SCHEDULE if is_schedule and isinstance(stmt, ast.Assign) else None

    def _kind_of_op(self, stmt: ast.stmt, value: Optimizer | TrainOp) -> ItemKind:
        if isinstance(value, Optimizer):
            return ItemKind.OPTIMIZER if self._makes(stmt, ConstructorEvent) else ItemKind.GONE
        return ItemKind.TRAIN if self._makes(stmt, TrainEvent) else ItemKind.GONE

    def _tensor_statement(self, stmt: ast.stmt, frame: Frame) -> None:
        self._check_feeds_passed_on(stmt)
        if isinstance(stmt, ast.Return):
            self._return(stmt, frame)
        elif self._is_effect(stmt):
            raise refusal("TFR231", "a statement looks at the graph and does more than to build it", stmt)
        elif isinstance(stmt, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr):
            self._add(stmt, frame, ItemKind.TENSOR)
        else:
            raise refusal("TFR231", "a graph value is used by a statement that cannot be moved", stmt)

    def _check_feeds_passed_on(self, stmt: ast.stmt) -> None:
        """A statement that has no other graph value than a feed dict hands it to a function."""
        displays = [node for node in walk(stmt) if node in self._feed_displays]
        others = [node for node in walk(stmt, {*displays, *self.runs}) if node in self.facts.graph]
        feeds = displays + [node for node in others if isinstance(self.facts.value(node), Mapping)]
        if feeds and all(isinstance(self.facts.value(node), Session | Graph | Mapping) for node in others):
            message = "the feed dict is passed to a function rather than to the session"
            raise refusal("TFR217", message, feeds[0], "Write the feed where the session runs.")

    def _return(self, stmt: ast.Return, frame: Frame) -> None:
        if frame in self.frames and self.owner is not None and frame.caller in self.frames:
            return
        raise refusal("TFR230", "the function that builds the graph returns tensors", stmt)

    def _all(self, value: Value, kind: type[Value]) -> bool:
        found = list(leaves(value))
        return bool(found) and all(isinstance(leaf, kind) for leaf in found)

    def _makes(self, stmt: ast.stmt, kind: type[Event]) -> bool:
        if kind not in self._made:
            self._made[kind] = {event.node for event in self.trace.of(kind)}
        return any(node in self._made[kind] for node in walk(stmt))

    def _is_fetch_list(self, value: Value | None) -> bool:
        return isinstance(value, Series) and any(isinstance(leaf, TrainOp | InitOp) for leaf in leaves(value))

    def _feed_or_fetches(self, stmt: ast.Assign, value: Mapping, frame: Frame) -> None:
        keys = [key for key, _ in value.pairs]
        if all(isinstance(key, Placeholder) for key in keys):
            if any(item.graph for _, item in value.pairs):
                raise refusal("TFR217", "a graph value is fed", stmt)
            self._add(stmt, frame, ItemKind.FEED)
        elif any(key.graph for key in keys):
            raise refusal("TFR217", "something else than placeholders is fed", stmt)
        else:
            self._add(stmt, frame, ItemKind.GONE)

    def _check_run_statement(self, stmt: ast.stmt) -> None:
        for node in walk(stmt, {*self.runs, *self._staying}):
            if node in self.facts.graph:
                raise refusal("TFR216", "a session runs in the middle of an expression of graph values", stmt)

    def _add(
        self, stmt: ast.stmt, frame: Frame, kind: ItemKind, value: ast.expr | None = None, target: str | None = None
    ) -> None:
        if self._loops and kind not in (ItemKind.FEED, ItemKind.GONE, ItemKind.PYTHON):
            raise refusal("TFR211", "the graph grows inside a loop", stmt)
        backward = any(node in self.facts.backward for node in walk(stmt))
        found = reads(stmt if value is None else value, self._receiver)
        written = writes(stmt, self._receiver) if target is None else {target}
        self._items.append(Item(stmt, frame, kind, found, written, backward, value, target))
        if value is None and kind not in _STAYS:
            self._gone.add(stmt)

    # Methods that are inlined

    def _procedure_call(self, stmt: ast.stmt, frame: Frame | None = None) -> Frame | None:
        """The activation of a procedure that a statement consists of."""
        value = getattr(stmt, "value", None)
        if self.owner is None or not isinstance(value, ast.Call):
            return None
        for caller in [frame] if frame is not None else self.frames:
            for child in caller.children.get(value, []):
                if self.is_procedure(child) and not (self.sharing.is_builder(child) and not self._touches_graph(child)):
                    return child
        return None

    def _inline(self, stmt: ast.stmt, child: Frame) -> None:
        assert child.function is not None
        assert isinstance(child.function.node, ast.FunctionDef)
        function = child.function.node
        if len([frame for frame in self.frames if frame.function and frame.function.node is function]) > 1:
            raise refusal("TFR211", f"{function.name} builds its part of the graph more than once", stmt)
        if not isinstance(stmt, ast.Expr | ast.Assign):
            raise refusal("TFR230", "the result of a method that builds the graph is used in an expression", stmt)
        self._inlined[stmt] = function
        before = len(self._items)
        self._bind_arguments(stmt, child)
        self._body(function.body, child)
        if isinstance(stmt, ast.Assign):
            last = function.body[-1]
            if not isinstance(last, ast.Return) or last.value is None:
                raise refusal("TFR230", "a method that builds the graph does not end with its result", function)
            if isinstance(child.result, TrainOp):
                self._add(last, child, ItemKind.TRAIN if self._makes(last, TrainEvent) else ItemKind.GONE)
            elif child.result.graph:
                self._add(stmt, child, ItemKind.TENSOR, last.value)
        if len(self._items) == before:
            del self._inlined[stmt]

    def _bind_arguments(self, stmt: ast.stmt, child: Frame) -> None:
        """Tensors passed to a method become variables of its name for them."""
        for name, argument in child.arguments.items():
            same = isinstance(argument.node, ast.Name) and argument.node.id == name
            if argument.node is None or same or not argument.value.graph or isinstance(argument.value, Session | Graph):
                continue
            self._add(stmt, child, ItemKind.TENSOR, argument.node, name)


def _simple_statements(stmt: ast.stmt) -> Iterator[ast.stmt]:
    for node in walk(stmt):
        if isinstance(node, ast.stmt) and not isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try):
            yield node


def _is_local_assignment(stmt: ast.stmt) -> bool:
    return isinstance(stmt, ast.Assign) and all(isinstance(target, ast.Name) for target in stmt.targets)
