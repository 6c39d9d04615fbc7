"""What a session run fetches: tensors and ops, in the lists, tuples and dicts that its result comes back in."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.program import values
from tf1to2_reg.program.trace import Facts, RunEvent, SummaryEvent, Trace
from tf1to2_reg.program.values import (
    AnyOf,
    InitOp,
    Penalties,
    Series,
    State,
    Summary,
    Tensor,
    TrainOp,
    UpdateOps,
    Value,
    is_none,
)
from tf1to2_reg.syntax.variables import variable
from tf1to2_reg.targets.tf2.data import Fetch, Leaf, Named, Several, ValueOf, WalkedDriver


def leaves(fetch: Fetch) -> Iterator[Leaf]:
    """The tensors and ops, in the order of the text."""
    if isinstance(fetch, Leaf):
        yield fetch
    else:
        for part in fetch.parts:
            yield from leaves(part)


class FetchReader:
    """Reads the fetches of a driver's runs; a list or dict behind a name is read where it is made."""

    def __init__(self, plan: WalkedDriver, trace: Trace, facts: Facts) -> None:
        self.plan = plan
        self.facts = facts
        self._summarized = {event.node: event.given for event in trace.of(SummaryEvent)}

    def read(self, event: RunEvent) -> Fetch:
        """What one run fetches.

        Raises:
            Refused: TFR216, TFR211 for the initializer.
        """
        return self._read(event.fetch_node)

    def _read(self, node: ast.expr) -> Fetch:
        if isinstance(node, ast.List | ast.Tuple):
            return Several(tuple(map(self._read, node.elts)), isinstance(node, ast.List))
        if isinstance(node, ast.Dict) and None not in node.keys:
            keys = tuple(ast.unparse(key) for key in node.keys if key is not None)
            return Named(tuple(map(self._read, node.values)), keys, is_called=False)
        if isinstance(node, ast.Call) and self.facts.always(node, values.Mapping) and not node.args:
            keys = tuple(keyword.arg for keyword in node.keywords if keyword.arg is not None)
            if len(keys) == len(node.keywords):
                return Named(tuple(self._read(keyword.value) for keyword in node.keywords), keys, is_called=True)
        return self._leaf(node) or self._read(self._display(node))

    def _leaf(self, node: ast.expr) -> Leaf | None:
        value = _only(self.facts.value(node))
        if isinstance(value, State):
            raise refusal("TFR216", "the global step is fetched", node)
        if isinstance(value, InitOp):
            raise refusal("TFR211", "the variables are initialized again and again", node)
        if isinstance(value, TrainOp):
            return Leaf(node, ValueOf.TRAIN)
        if isinstance(value, UpdateOps):
            return Leaf(node, ValueOf.UPDATES)
        if isinstance(value, Summary):
            return Leaf(node, ValueOf.SUMMARY, tuple(self._summarized[call] for call in value.calls))
        return Leaf(node, ValueOf.TENSOR) if isinstance(value, Tensor) else None

    def _display(self, node: ast.expr) -> ast.expr:
        """The display behind a variable that holds a list or dict of fetches."""
        value = self.facts.value(node)
        name = variable(node, self.plan.receiver)
        if not isinstance(value, Series | Penalties | values.Mapping) or name is None:
            raise refusal("TFR216", "what is fetched here cannot be followed", node)
        found = [item for item in self.plan.items if name in item.writes]
        if len(found) != 1 or not isinstance(found[0].stmt, ast.Assign):
            raise refusal("TFR216", "the list of fetches is not made in one place", node)
        display = found[0].stmt.value
        if isinstance(display, ast.Dict) and not all(isinstance(key, ast.Constant) for key in display.keys):
            raise refusal("TFR216", "the keys of the fetches are computed where the dict is made", display)
        if not isinstance(display, ast.List | ast.Tuple | ast.Dict | ast.Call):
            raise refusal("TFR216", "what is fetched here cannot be followed", node)
        return display


def _only(value: Value | None) -> Value | None:
    """The tensor among alternatives, the others of which are None; else the value as it is."""
    if not isinstance(value, AnyOf):
        return value
    options = [option for option in value.options if not is_none(option)]
    return options[0] if all(isinstance(option, Tensor) for option in options) else value
