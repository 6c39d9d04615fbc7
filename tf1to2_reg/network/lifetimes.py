"""What a model made from statements of a driver needs to be right: it is made once, at another place.

Its statements must run in every run of the program, as they do then, and what they read must be the same there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cached_property

from tf1to2_reg.diagnostics.reasons import Reasons, Refused, refusal
from tf1to2_reg.network.data import ModelPlan
from tf1to2_reg.program.callees import callee
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.trace import Frame, Trace
from tf1to2_reg.program.values import Mapping, Series, Value
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.syntax.variables import variable, walk, writes

_CONDITIONAL = (ast.If, ast.For, ast.While, ast.Try, ast.ExceptHandler, ast.Match)


def check(plan: ModelPlan, frames: Sequence[Frame], trace: Trace, evaluations: Evaluations) -> None:
    """Check the model of a driver's own layers; `frames` are the activations its statements stand in.

    Raises:
        Refused: TFR219 where a condition around a layer does not move with it, TFR223 where a value does not last.
    """
    checker = _Check(plan, trace, evaluations)
    for frame in dict.fromkeys(frames):
        checker.conditions(frame)
        checker.bindings(frame)
    checker.containers()
    checker.reasons.check()


def check_builder(plan: ModelPlan, trace: Trace, evaluations: Evaluations) -> None:
    """Check the model of a function: it runs again and again, when lists and dicts may hold something else.

    Raises:
        Refused: TFR223 where one that the function reads is changed after its first layer.
    """
    checker = _Check(plan, trace, evaluations)
    checker.containers()
    checker.reasons.check()


class _Check:
    def __init__(self, plan: ModelPlan, trace: Trace, evaluations: Evaluations) -> None:
        self.plan = plan
        self.trace = trace
        self.evaluations = evaluations
        self.reasons = Reasons()
        self._inside = {node for stmt in plan.body for node in ast.walk(stmt)}
        self._called = self._functions()
        self._live = {event.node for event in trace.of_layers()}

    def _functions(self) -> list[ast.FunctionDef]:
        """Functions of the project that the model calls when it is made, and those that they call."""
        found: dict[ast.FunctionDef, None] = {}
        left: list[ast.AST] = list(self._inside)
        while left:
            node = left.pop()
            function = callee(node, self.evaluations) if isinstance(node, ast.Call) else None
            if function is not None and function not in found:
                found[function] = None
                left.extend(ast.walk(function))
        return list(found)

    def conditions(self, frame: Frame) -> None:
        """Each statement of the model runs whenever the program does."""
        for node, around in _with_surroundings(frame.body, ()):
            if node not in self._inside:
                continue
            for part in around:
                with self.reasons.collected():
                    if part not in self._inside and not self._is_sure(part):
                        message = "a layer of the driver, or what leads to it, stands under a condition or in a loop"
                        raise refusal("TFR219", message, part, "Move the whole statement into a function.")
        for site in self.plan.sites:
            with self.reasons.collected():
                if site not in self._live and not self._is_called(site) and site not in self._left_out:
                    raise refusal("TFR219", "a layer of the driver stands where this program never comes", site)

    @cached_property
    def _left_out(self) -> set[ast.AST]:
        """What stands in a branch that a condition of the model, which is known, leaves out in every run."""
        found: set[ast.AST] = set()
        for node in self._inside:
            constant = self.evaluations.constant(node.test) if isinstance(node, ast.If) else None
            if isinstance(node, ast.If) and constant is not None:
                found |= {part for stmt in (node.orelse if constant.value else node.body) for part in ast.walk(stmt)}
        return found

    def _is_called(self, site: ast.Call) -> bool:
        return any(frame.call is site for frame in self.trace.frames)

    def _is_sure(self, part: ast.AST) -> bool:
        """True for a condition that is known, as that of a main guard."""
        return isinstance(part, ast.If) and self.evaluations.constant(part.test) is not None

    def bindings(self, frame: Frame) -> None:
        """A Python name that the model reads is bound where it moves, or once and outside."""
        stores: dict[str, list[ast.AST]] = {}
        for node in _nodes(frame.body):
            for name in _stored(node, self.plan.receiver):
                stores.setdefault(name, []).append(node)
        given = {name for name in frame.arguments if frame.function is not None}
        for name in sorted(self._python_names() | (self._names_of_functions() if frame.function is None else set())):
            found = stores.get(name, [])
            outside = [node for node in found if node not in self._inside]
            moved = len(found) > len(outside)
            if outside and (moved or len(outside) > 1 or name in given):
                with self.reasons.collected():
                    raise _changing(name, outside[-1])

    def _python_names(self) -> set[str]:
        """Names that the statements of the model read for a Python value."""
        found: set[str] = set()
        for node in self._inside:
            name = variable(node, self.plan.receiver)
            loads = isinstance(getattr(node, "ctx", None), ast.Load)
            if name is not None and loads and node not in self.evaluations.graph:
                found.add(name)
        return found

    def _names_of_functions(self) -> set[str]:
        """Names outside of them that functions read which the model calls."""
        found: set[str] = set()
        for function in self._called:
            loads = {
                node for node in walk(function) if isinstance(node, ast.Name) and node not in self.evaluations.graph
            }
            found |= {node.id for node in loads if isinstance(node.ctx, ast.Load)} - writes(function)
            found -= {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
        return found

    def containers(self) -> None:
        """A list or dict that the model reads is not changed once its first layer is there."""
        first = min((event.order for event in self.trace.of_layers() if event.node in self.plan.sites), default=0)
        used = self._inside.union(*(ast.walk(function) for function in self._called))
        for node in used:
            for value in _containers(self.evaluations.value(node)):
                late = [change for change in self.trace.changes.get(value.cell, ()) if change.order > first]
                if late and late[0].node not in used:
                    message = "a list or dict that shapes the network is changed after the network took it"
                    with self.reasons.collected():
                        raise refusal("TFR223", message, late[0].node, "Make a new one in place of changing it.")


def _changing(name: str, place: ast.AST) -> Refused:
    if isinstance(getattr(place, "ctx", None), ast.Del):
        message = f"{name}, which shapes the network, is deleted while the graph is built"
        return refusal("TFR223", message, place, "Take the `del` out.")
    message = f"{name}, which shapes the network, is bound more than once"
    return refusal("TFR223", message, place, "Give each value a name of its own.")


def _containers(value: Value | None) -> Iterator[Series | Mapping]:
    if isinstance(value, Series | Mapping) and value.cell is not None and not value.graph:
        yield value


def _nodes(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    for stmt in body:
        if not isinstance(stmt, ast.FunctionDef | ast.ClassDef):
            yield from walk(stmt)


def _with_surroundings(
    body: Sequence[ast.stmt], around: tuple[ast.AST, ...]
) -> Iterator[tuple[ast.stmt, tuple[ast.AST, ...]]]:
    """The statements of a body and of its blocks, with what may keep them from running, or run them again."""
    for stmt in body:
        yield stmt, around
        if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        inner = (*around, stmt) if isinstance(stmt, _CONDITIONAL) else around
        for block in blocks(stmt):
            yield from _with_surroundings(block.statements, inner)


def _stored(node: ast.AST, receiver: str | None) -> Iterator[str]:
    """The variable that a node binds, deletes or changes by an operator."""
    name = variable(node, receiver)
    if name is not None and isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        yield name
