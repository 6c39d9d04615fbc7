"""What a handler of calls and members may ask of the abstract run it is part of."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Protocol

from tf1to2_reg.program.machine import CallSite, Machine
from tf1to2_reg.program.relevance import Relevance
from tf1to2_reg.program.trace import Frame
from tf1to2_reg.program.values import Value
from tf1to2_reg.syntax.modules import Module, Project


class Run(Protocol):
    """One abstract run, as its parts see it."""

    machine: Machine
    relevance: Relevance
    project: Project

    def evaluate(self, node: ast.expr, frame: Frame) -> Value:
        """The value of an expression."""

    def execute(self, body: Sequence[ast.stmt], frame: Frame) -> bool:
        """Run statements; True where control surely does not pass their end."""

    def assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        """Bind a target."""

    def finish(self, frame: Frame) -> None:
        """Let what early returns left meet what the end of the function left."""

    def run_module(self, module: Module, name: str) -> Frame:
        """Run a module, unless it has run already."""

    def call(self, callee: Value, site: CallSite) -> Value:
        """Call any value."""
