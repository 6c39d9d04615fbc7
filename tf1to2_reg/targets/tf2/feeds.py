"""What the runs of a driver feed: expressions by placeholder, flags that are folded, parameters of the steps."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.program import values
from tf1to2_reg.program.trace import AwaitedRun, Facts, RunEvent, Trace
from tf1to2_reg.program.values import (
    Placeholder,
    constant_of,
)
from tf1to2_reg.syntax.variables import reads, variable, walk
from tf1to2_reg.targets.tf2.data import HousedDriver, ItemKind, RunPlan, StepPlan
from tf1to2_reg.targets.tf2.slices import Slice


@dataclass(frozen=True, eq=False)
class Feeds:
    """What a run feeds: expressions by placeholder variable, and the variable that holds the feed dict, if any."""

    expressions: dict[str, ast.expr]
    variable: str | None


class FeedPlanner:
    """The placeholders of a driver, and what its runs feed.

    Raises:
        Refused: TFR223 where a variable holds two of them, one after the other is used.
    """

    def __init__(self, plan: HousedDriver, trace: Trace, facts: Facts) -> None:
        self.plan = plan
        self.facts = facts
        self._runs = {event.node for event in trace.of(RunEvent)}
        self._variables = self._placeholder_variables()
        self._check_names()
        self.placeholders = {name: placeholder for placeholder, name in self._variables.items()}
        """The placeholders by the variables that hold them."""

    def _check_names(self) -> None:
        """A step has one parameter for a name: the name may not have been read when it held another placeholder."""
        reads = dict.fromkeys(self._variables.values(), False)
        for item in self.plan.items:
            for name in item.reads & reads.keys():
                reads[name] = True
            if item.kind is not ItemKind.PLACEHOLDER:
                continue
            for name in item.writes & reads.keys():
                if reads[name]:
                    message = f"{name} is bound to a second placeholder: a step would have one parameter for both"
                    raise refusal("TFR223", message, item.stmt)

    def _placeholder_variables(self) -> dict[Placeholder, str]:
        found: dict[Placeholder, str] = {}
        for item in self.plan.items:
            if item.kind is not ItemKind.PLACEHOLDER:
                continue
            assert isinstance(item.stmt, ast.Assign | ast.AnnAssign)
            targets = item.stmt.targets if isinstance(item.stmt, ast.Assign) else [item.stmt.target]
            for node in (part for target in targets for part in ast.walk(target)):
                value = self.facts.value(node)
                name = variable(node, self.plan.receiver)
                if name is not None and isinstance(value, Placeholder):
                    found.setdefault(value, name)
        return found

    def feeds(self, event: RunEvent) -> Feeds:
        """What one run feeds.

        Raises:
            Refused: TFR217 where that cannot be followed.
        """
        if event.feed_node is None:
            return Feeds({}, None)
        value = event.feeds
        if not isinstance(value, values.Mapping) or value.node is None:
            raise refusal("TFR217", "the feed dict cannot be followed", event.feed_node)
        feeds: dict[str, ast.expr] = {}
        for (key, _), expression in zip(value.pairs, value.node.values, strict=True):
            if any(node in self._runs for node in walk(expression)):
                raise refusal("TFR217", "the result of another run is fed", expression)
            if not isinstance(key, Placeholder) or key not in self._variables:
                raise refusal("TFR217", "something else than a placeholder of the driver is fed", event.feed_node)
            feeds[self._variables[key]] = expression
        if event.feed_node is value.node:
            return Feeds(feeds, None)
        name = variable(event.feed_node, self.plan.receiver)
        if name is None or not isinstance(event.feed_node, ast.Name):
            raise refusal("TFR217", "the feed dict is made in another place", event.feed_node)
        return Feeds(feeds, name)

    def inputs(self, feeds: Feeds, part: Slice, constants: Mapping[str, object]) -> list[str]:
        """The placeholders that the step of a run takes as parameters, in the order of the feed dict."""
        kept = []
        for name, expression in feeds.expressions.items():
            if name in constants or _is_flag(self.placeholders[name]):
                if not _is_plain(expression):
                    raise refusal("TFR217", f"{name} is fed with a call that the step would leave out", expression)
                continue
            if name in part.free or feeds.variable is not None or not _is_plain(expression):
                kept.append(name)
        defaults = [name for name, made in self.placeholders.items() if made.default is not None and not _is_flag(made)]
        needed = [name for name in defaults if name in part.free or name in kept]
        return [*(name for name in kept if name not in needed), *needed]

    def constants(self, event: RunEvent, needed: Sequence[str], feeds: Mapping[str, ast.expr]) -> dict[str, object]:
        """Flags fed with a constant are folded into the step."""
        found: dict[str, object] = {}
        for name in needed:
            placeholder = self.placeholders[name]
            if not _is_flag(placeholder):
                if placeholder.default is not None and not isinstance(placeholder.default, ast.Constant):
                    raise refusal("TFR217", f"the default of {name} is no literal", placeholder.default)
                continue
            expression = feeds.get(name, placeholder.default)
            if expression is None:
                raise refusal("TFR217", f"{name} is needed but not fed here", event.node)
            if isinstance(event, AwaitedRun):
                raise refusal("TFR225", f"no session among the given files feeds {name}", placeholder.call)
            value = self.facts.value(expression) if expression is not None else None
            if value is None and isinstance(expression, ast.Constant):
                constant: object = expression.value
            else:
                known = constant_of(value) if value is not None else None
                constant = known.value if known is not None and isinstance(expression, ast.Constant) else None
            if not isinstance(constant, bool):
                raise refusal("TFR225", f"{name} is fed with a value that is not constant", event.node)
            found[name] = constant
        return found

    def find_scalars(self, steps: Iterable[StepPlan], runs: Iterable[RunPlan]) -> None:
        """Give placeholders without shape the shape of the numbers they are fed.

        Raises:
            Refused: TFR217 where such a placeholder is fed with something else and goes into a network.
        """
        fed: dict[Placeholder, list[ast.expr]] = {}
        for run in runs:
            for name, expression in run.feeds.items():
                fed.setdefault(self.placeholders[name], []).append(expression)
        for step in steps:
            for given in step.inputs:
                if given.placeholder.shape is not None:
                    continue
                given.scalar = all(self._is_number(node) for node in fed[given.placeholder])
                if not given.scalar and self._enters_network(given.variable, step):
                    message = f"{given.name} has no shape and is not only fed with numbers"
                    raise refusal("TFR217", message, step.run, "Give the placeholder a shape.")

    def _is_number(self, node: ast.expr) -> bool:
        value = self.facts.value(node)
        constant = constant_of(value) if value is not None else None
        known = constant if constant is not None else self.facts.constant(node)
        return known is not None and isinstance(known.value, int | float) and not isinstance(known.value, bool)

    def _enters_network(self, name: str, step: StepPlan) -> bool:
        for item in step.items:
            if item.kind is ItemKind.REGION and name in item.reads:
                return True
            for node in walk(item.stmt):
                if node in self.plan.calls and name in reads(node, self.plan.receiver):
                    return True
        return False


def _is_flag(placeholder: Placeholder) -> bool:
    return placeholder.facts.dtype == "bool" and (placeholder.facts.rank in (0, None))


def _is_plain(node: ast.expr) -> bool:
    """True for an expression that can be left out without a difference."""
    return not any(isinstance(part, ast.Call | ast.Await | ast.Yield | ast.NamedExpr) for part in ast.walk(node))
