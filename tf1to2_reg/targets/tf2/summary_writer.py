"""`FileWriter` and `add_summary` → `tf.summary.create_file_writer` and the summaries themselves."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

import libcst as cst

from tf1to2_reg.editing import calls
from tf1to2_reg.editing.context import FileContext
from tf1to2_reg.editing.expressions import code
from tf1to2_reg.editing.statements import leading_of, led_by, line
from tf1to2_reg.network import naming
from tf1to2_reg.program.values import Graph, Writer
from tf1to2_reg.targets.tf2.data import UnitPlan, WrittenSummary

_ARGUMENTS = ("logdir", "graph", "max_queue", "flush_secs", "graph_def", "filename_suffix")


class SummaryWriter:
    """Rewrites the writers of summaries in one file."""

    def __init__(self, unit: UnitPlan, context: FileContext, python: Callable[[cst.CSTNode], cst.CSTNode]) -> None:
        self.context = context
        self.facts = context.file.facts
        self.python = python
        self._graphs = set(self._given_graphs())
        self._written = {written.event.node: written for written in unit.summaries}

    def hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        """`tf.summary.FileWriter(folder, graph)`, and a graph that is only given to one."""
        if self.facts.always(node, Graph) and node in self._graphs:
            return cst.Name("None")
        if not self.facts.always(node, Writer) or self.facts.symbol(node.func) != "tf.summary.FileWriter":
            return None
        self.context.note("TFR118", "summaries are written by tf.summary of TensorFlow 2", original)
        kept = {}
        for argument in calls.bind(original, updated, _ARGUMENTS, "TFR205"):
            if argument.parameter in ("logdir", "max_queue"):
                given = argument.updated
                named = given if argument.index == 0 or not argument.is_positional else calls.named(given, "max_queue")
                kept[argument.index] = named
        func = cst.parse_expression(f"{self.context.tf}.summary.create_file_writer")
        return calls.with_arguments(updated, func, kept)

    def _given_graphs(self) -> Iterator[ast.expr]:
        """What makers of writers are given that is not written."""
        for node in ast.walk(self.context.file.module.tree):
            if isinstance(node, ast.Call) and self.facts.always(node, Writer):
                yield from (*node.args, *(keyword.value for keyword in node.keywords))

    def statements(self, small: cst.BaseSmallStatement, node: ast.AST | None) -> list[cst.BaseStatement]:
        """`writer.add_summary(summary, step)` as the summaries, one by one; nothing for another statement."""
        value = getattr(node, "value", None)
        if not isinstance(node, ast.Expr) or not isinstance(value, ast.Call) or value not in self._written:
            return []
        written = self._written[value]
        given, found = self._code(written.event.given), list[cst.BaseStatement]()
        if not isinstance(written.event.given, ast.Name | ast.Attribute | ast.Subscript):
            found, given = [line(f"{self._name} = {given}")], self._name
        return [*found, self._with(written, value, given)]

    @property
    def _name(self) -> str:
        """A name for what a session fetches only to be written."""
        names = {part.id for part in ast.walk(self.context.file.module.tree) if isinstance(part, ast.Name)}
        return naming.unique("summaries", names)

    def _with(self, written: WrittenSummary, node: ast.Call, given: str) -> cst.With:
        assert isinstance(node.func, ast.Attribute)
        tf = self.context.tf
        lines = [f'{tf}.summary.{kind}("{tag}", {given}[{index}])' for index, (kind, tag) in enumerate(written.tags)]
        head = f"with {self._code(node.func.value)}.as_default(step={self._step(written)}):\n    "
        return cst.ensure_type(cst.parse_statement(head + "\n    ".join(lines) + "\n"), cst.With)

    def _step(self, written: WrittenSummary) -> str:
        """TF1 takes no step for 0, and an int of whatever it is given."""
        step = written.event.step
        if step is None:
            return "0"
        text = self._code(step)
        return text if self.facts.python_type(step) is int else f"int({text})"

    def _code(self, node: ast.expr) -> str:
        rewritten = self.python(self.context.file.cst_expression(node))
        assert isinstance(rewritten, cst.BaseExpression)
        return code(rewritten)


def led(statements: Sequence[cst.BaseStatement], own: cst.SimpleStatementLine) -> list[cst.BaseStatement]:
    """The statements with the comments and blank lines of the line they stand for."""
    return [led_by(statements[0], leading_of(own)), *statements[1:]]
