"""Models that have their weights when a step runs that does not call them: another step, which does, ran before."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tf1to2_reg.network.data import Held
from tf1to2_reg.program.trace import Facts
from tf1to2_reg.program.values import Builtin
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.targets.tf2.data import RunPlan, StepPlan, Steps

_STOPS = (ast.Break, ast.Continue, ast.Raise, ast.Return, ast.Try)


def is_built(held: Held, step: StepPlan, steps: Steps, facts: Facts) -> bool:
    """True where every run of a step comes after a run, in the same code, of a step that calls the model."""
    runs = [run for run in steps.runs.values() if run.step is step]
    building = [run for run in steps.runs.values() if held in run.step.models]
    return bool(runs) and all(any(_precedes(other, run, facts) for other in building) for run in runs)


def _precedes(first: RunPlan, second: RunPlan, facts: Facts) -> bool:
    """True where a run is sure to have run when another one does."""
    frame = first.event.frame
    if frame.code is not second.event.frame.code:
        return False
    for body, index in _places(frame.body, second.event.node):
        if any(_surely_runs(stmt, first.event.node, facts) for stmt in body[:index]):
            return True
    return False


def _places(body: Sequence[ast.stmt], node: ast.AST) -> Iterator[tuple[Sequence[ast.stmt], int]]:
    """The blocks that a node stands in, with the number of its statement in each."""
    for index, stmt in enumerate(body):
        if any(part is node for part in ast.walk(stmt)):
            yield body, index
            for block in blocks(stmt):
                yield from _places(block.statements, node)


def _surely_runs(stmt: ast.stmt, node: ast.AST, facts: Facts) -> bool:
    """True for a statement that runs a node whenever it runs itself to its end."""
    if not any(part is node for part in ast.walk(stmt)):
        return False
    if isinstance(stmt, ast.With):
        return any(_surely_runs(inner, node, facts) for inner in stmt.body)
    if isinstance(stmt, ast.For):
        before = [inner for inner in stmt.body if inner.lineno <= getattr(node, "lineno", 0)]
        stops = any(isinstance(part, _STOPS) for inner in before for part in ast.walk(inner))
        runs = any(_surely_runs(inner, node, facts) for inner in stmt.body)
        return runs and not stops and _is_repeated(stmt.iter, facts)
    return isinstance(stmt, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr) and not _may_be_left_out(stmt, node)


def _is_repeated(iterated: ast.expr, facts: Facts) -> bool:
    """True for `range` of known numbers that is not empty."""
    if not isinstance(iterated, ast.Call) or not facts.always(iterated.func, Builtin) or iterated.keywords:
        return False
    builtin = facts.value(iterated.func)
    numbers = [facts.constant(argument) for argument in iterated.args]
    whole = [number.value for number in numbers if number is not None and type(number.value) is int]
    is_range = isinstance(builtin, Builtin) and builtin.name == "range"
    return is_range and len(whole) == len(iterated.args) > 0 and 0 not in whole[2:] and len(range(*whole)) > 0


def _may_be_left_out(stmt: ast.stmt, node: ast.AST) -> bool:
    """True for a node inside an expression that is not always evaluated."""
    around = (ast.BoolOp, ast.IfExp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Compare)
    return any(isinstance(part, around) and any(inner is node for inner in ast.walk(part)) for part in ast.walk(stmt))
