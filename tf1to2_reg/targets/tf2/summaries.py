"""Summaries: what each is called in the event files, and what stands where they are written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from tf1to2_reg.diagnostics.reasons import Reasons, refusal
from tf1to2_reg.facts import op_names
from tf1to2_reg.facts.knowledge import Kind
from tf1to2_reg.program.definitions import Class, Function, Method
from tf1to2_reg.program.tokens import leading_literal
from tf1to2_reg.program.trace import Facts, Frame, SummaryEvent, Trace, WriterEvent, WrittenEvent
from tf1to2_reg.program.values import FetchedSummary, Scope, Symbol, Writer
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.variables import variable, walk
from tf1to2_reg.targets.tf2.data import SteppedDriver, WrittenSummary

_NAMES = ("name", "name_or_scope", "scope")
_TAG = re.compile(r"[-/\w.]+")
_METHODS = frozenset({
    "add_event", "add_graph", "add_meta_graph", "add_run_metadata", "add_session_log", "add_summary", "get_logdir",
    "reopen",
})  # fmt: skip


class SummaryPlanner:
    """Plans what the summaries of one driver become."""

    def __init__(self, plan: SteppedDriver, trace: Trace, facts: Facts, modules: Sequence[Module]) -> None:
        self.plan = plan
        self.trace = trace
        self.facts = facts
        self.modules = modules
        self._summaries = {event.node: event for event in trace.of(SummaryEvent)}

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All code of the program."""
        return [node for module in self.modules for node in ast.walk(module.tree)]

    @cached_property
    def _symbols(self) -> frozenset[str]:
        """What of TensorFlow is called anywhere."""
        calls = (node for node in self.nodes if isinstance(node, ast.Call))
        return frozenset(symbol for call in calls if (symbol := self.facts.symbol(call.func)))

    def written(self) -> list[WrittenSummary]:
        """What is written, and where.

        Raises:
            Refused: TFR205.
        """
        if not self._summaries and not self.trace.has(WriterEvent):
            return []
        reasons = Reasons()
        for check in (self._check_uses, self._check_names):
            with reasons.collected():
                check()
        tags: dict[ast.Call, str] = {}
        for event in self._summaries.values():
            with reasons.collected():
                self._check_place(event)
                tags[event.node] = self._tag(event)
        reasons.check()
        self._check_tags(tags)
        events = {event.node: event for event in self.trace.of(WrittenEvent)}
        return [self._written(event, tags) for event in events.values()]

    def _written(self, event: WrittenEvent, tags: dict[ast.Call, str]) -> WrittenSummary:
        return WrittenSummary(event, tuple((self._summaries[call].kind, tags[call]) for call in event.calls))

    # What is done with them

    def _check_uses(self) -> None:
        """What a session gives for summaries is a list of values, and only good to be written."""
        given = {event.given for event in self.trace.of(WrittenEvent)} | set(self.plan.runs)
        calls: dict[ast.Call, set[tuple[ast.Call, ...]]] = {}
        for event in self.trace.of(WrittenEvent):
            calls.setdefault(event.node, set()).add(event.calls)
        for node in self.nodes:
            stored = isinstance(getattr(node, "ctx", None), ast.Store)
            if self.facts.ever(node, FetchedSummary) and node not in given and not stored:
                raise refusal("TFR205", "a summary that was fetched is used for more than to be written", node)
            if isinstance(node, ast.withitem) and self.facts.ever(node.context_expr, Writer):
                raise refusal("TFR205", "a writer of summaries is opened by a with statement", node.context_expr)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
                self._check_method(node, node.func, calls)

    def _check_method(
        self, node: ast.Call, func: ast.Attribute, calls: dict[ast.Call, set[tuple[ast.Call, ...]]]
    ) -> None:
        graph = func.attr == "add_graph" and self.facts.always(func.value, Writer)
        if not graph and len(calls.get(node, ())) != 1:
            raise refusal("TFR205", "it is not seen which summaries are written here", node)

    def _check_place(self, event: SummaryEvent) -> None:
        """A summary is of a name that means the same where the session runs."""
        if event.loops or event.conditional or event.frame not in self.plan.building:
            message = "a summary is made in a loop, a branch or a function that is called"
            raise refusal("TFR205", message, event.node)
        name = variable(event.given, self.plan.receiver)
        if name is None:
            raise refusal("TFR205", "a summary of an expression", event.node, "Bind the expression to a name.")
        orders = [item.order for item in self.plan.items if any(node is event.node for node in walk(item.stmt))]
        for item in self.plan.items:
            if name in item.writes and orders and item.order > orders[0]:
                raise refusal("TFR205", f"{name} is bound again after the summary of it is made", item.stmt)

    # Tags

    def _check_names(self) -> None:
        """Names that are computed may be those of a summary, which TF1 would then number."""
        for event in self._summaries.values():
            if not _TAG.fullmatch(event.tag) or event.tag.startswith(("/", ".", "-")):
                raise refusal("TFR205", f"TF1 gives a summary another name than {event.tag!r}", event.node)
        for name in self._given():
            if not isinstance(name, ast.Constant) and not self._is_other(name):
                raise refusal("TFR205", "a name that is computed may be that of a summary", name)

    def _is_other(self, node: ast.expr) -> bool:
        """True for a name that is known in all its executions, or begins as no part of a tag does."""
        if self.facts.kinds(node) <= {Kind.STRING, Kind.NONE}:
            return True
        start = leading_literal(node).lower()
        parts = [part.lower() for event in self._summaries.values() for part in event.tag.split("/")]
        return bool(start) and not any(part.startswith(start) for part in parts)

    def _given(self) -> Iterator[ast.expr]:
        """Arguments that may be names of ops: `name=`, and whatever is a string."""
        for node in self.nodes:
            if node in self._summaries or not isinstance(node, ast.Call):
                continue
            if self.facts.ever(node.func, Symbol, Function, Method, Class):
                yield from (keyword.value for keyword in node.keywords if keyword.arg in _NAMES)
                yield from (part for part in node.args if self.facts.kinds(part) & {Kind.STRING})

    def _tag(self, event: SummaryEvent) -> str:
        """The name in the event file: nothing else may have a part of it, in whatever scope that is."""
        scopes = list(self._scopes(event))
        own = {node for node, _ in scopes}
        names = [name for _, name in scopes]
        taken = {part for node, part in self._taken if node not in own}
        for part in (*names, event.tag.split("/")[-1]):
            if op_names.may_be_taken(part, self._symbols) or part.lower() in taken:
                message = f"TF1 may have numbered the name {part}, which something else has as well"
                raise refusal("TFR205", message, event.node)
        return "/".join([*names, event.tag])

    @staticmethod
    def _check_tags(tags: Mapping[ast.Call, str]) -> None:
        seen: set[str] = set()
        for node, tag in tags.items():
            if tag.lower() in seen:
                raise refusal("TFR205", f"two summaries have the name {tag}, one of which TF1 numbers", node)
            seen.add(tag.lower())

    @cached_property
    def _taken(self) -> list[tuple[ast.expr, str]]:
        """The names that the program gives but to summaries, each part of them in lower case."""
        texts = [(name, text.lower()) for name in self._given() for text in self._texts(name)]
        return [(name, part) for name, text in texts for part in text.split("/")]

    def _texts(self, node: ast.expr) -> set[str]:
        if isinstance(node, ast.Constant):
            return {node.value} if isinstance(node.value, str) else set()
        return set(self.facts.strings(node))

    def _scopes(self, event: SummaryEvent) -> Iterator[tuple[ast.expr, str]]:
        """The scopes around a summary and their names, the outermost first."""
        node: ast.AST = event.node
        found: list[tuple[ast.expr, str]] = []
        frame: Frame | None = event.frame
        while frame is not None:
            found = [*self._around(node, frame), *found]
            if frame.call is None or frame not in self.plan.building:
                break
            node, frame = frame.call, frame.caller
        return iter(found)

    def _around(self, node: ast.AST, frame: Frame) -> Iterator[tuple[ast.expr, str]]:
        for part in (inner for stmt in frame.body for inner in walk(stmt)):
            if isinstance(part, ast.With) and any(inner is node for stmt in part.body for inner in walk(stmt)):
                for item in part.items:
                    if self.facts.ever(item.context_expr, Scope) and not self._is_device(item.context_expr):
                        yield self._scope_name(item.context_expr)

    def _is_device(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self.facts.symbol(node.func) == "tf.device"

    def _scope_name(self, node: ast.expr) -> tuple[ast.expr, str]:
        given = node.args[0] if isinstance(node, ast.Call) and node.args else None
        known = self.facts.constant(given) if given is not None else None
        symbol = self.facts.symbol(node.func) if isinstance(node, ast.Call) else None
        named = symbol in ("tf.name_scope", "tf.variable_scope") and known is not None
        if given is not None and named and known is not None and isinstance(known.value, str):
            return given, known.value
        raise refusal("TFR205", "the name of the scope around a summary is not known", node)
