"""The runs of a file's sessions: calls of steps, and what they give as the program takes it."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import libcst as cst

from tf1to2_reg.editing.context import FileContext
from tf1to2_reg.editing.file import File
from tf1to2_reg.editing.rewriter import Rewrite
from tf1to2_reg.editing.statements import assignment
from tf1to2_reg.network import naming
from tf1to2_reg.targets.tf2 import session_runs
from tf1to2_reg.targets.tf2.data import DriverPlan, RunPlan
from tf1to2_reg.targets.tf2.names import module_names


class RunResults:
    """Rewrites the runs of one file."""

    def __init__(
        self, runs: Mapping[ast.Call, tuple[DriverPlan, RunPlan]], file: File, context: FileContext, rewrite: Rewrite
    ) -> None:
        self.runs = runs
        self.file = file
        self.context = context
        self.rewrite = rewrite
        self._named: dict[ast.Call, str] = {}

    def hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        """A run in an expression."""
        if node not in self.runs:
            return None
        self._note(node, original)
        _, run = self.runs[node]
        if node in self._named:
            result = session_runs.put_together(run, self._named[node])
        else:
            result = session_runs.run_expression(run, self._call(node))
        return result.with_changes(lpar=original.lpar, rpar=original.rpar) if original.lpar else result

    def statement(self, small: cst.BaseSmallStatement, node: ast.AST | None) -> cst.BaseSmallStatement | None:
        """A statement that only runs, or takes the results of a run apart; None for any other."""
        value = getattr(node, "value", None)
        if not isinstance(value, ast.Call) or value not in self.runs:
            return None
        if isinstance(small, cst.Expr):
            self._note(value, small.value)
            return small.with_changes(value=self._call(value))
        unpacked = self._unpacked(small, value)
        if unpacked is None or not isinstance(small, cst.Assign):
            return None
        self._note(value, small.value)
        if unpacked.target is None:
            return cst.Expr(unpacked.value)
        new = small.targets[0].with_changes(target=unpacked.target)
        return small.with_changes(targets=[new], value=unpacked.value)

    def named(self, small: cst.BaseSmallStatement, node: ast.AST | None) -> cst.SimpleStatementLine | None:
        """A line that gives the results of a run a name, for a statement that puts them together."""
        call = session_runs.first_run(node, self.runs)
        if call is None or not session_runs.is_put_together(self.runs[call][1]):
            return None
        if self._unpacked(small, getattr(node, "value", None)) is not None:
            return None
        self._named[call] = naming.unique("values", module_names(self.file.module))
        return assignment(self._named[call], session_runs.results(self._call(call)))

    def _unpacked(self, small: cst.BaseSmallStatement, value: ast.AST | None) -> session_runs.Unpacked | None:
        is_run = isinstance(value, ast.Call) and value in self.runs
        if not is_run or not isinstance(small, cst.Assign) or len(small.targets) != 1:
            return None
        assert isinstance(value, ast.Call)
        return session_runs.unpacked(small.targets[0].target, self.runs[value][1], self._call(value), self.file)

    def _call(self, node: ast.Call) -> cst.BaseExpression:
        plan, run = self.runs[node]
        return session_runs.step_call(run, plan, self.file, self.rewrite)

    def _note(self, node: ast.Call, original: cst.CSTNode) -> None:
        self.context.note("TFR105", f"the session run became a call of {self.runs[node][1].step.name}", original)
