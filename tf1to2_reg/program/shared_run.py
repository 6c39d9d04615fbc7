"""An abstract run of many programs that share most of their files: each file runs once for all of them.

What one program does to a shared file may be seen by the next, so that this tells why programs are refused, and never
that one can be migrated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tf1to2_reg.program.definitions import Environment
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.imported import Imported
from tf1to2_reg.program.interpreter import Interpreter
from tf1to2_reg.program.machine import Machine
from tf1to2_reg.program.relevance import Relevance
from tf1to2_reg.program.trace import Frame, Trace
from tf1to2_reg.program.values import python
from tf1to2_reg.syntax.modules import Module, Project, closure


def shared_traces(
    project: Project, relevance: Relevance, programs: Sequence[Module], imported: Imported, facts: Evaluations
) -> list[Trace]:
    """What each program does, together with what happens where its files are imported."""
    run = _SharedRun(project, relevance, programs[0], facts)
    mains = [run.run_program(program) for program in programs]
    return [_whole(main, [run.parts[m] for m in closure(main.entry, imported) if m in run.parts]) for main in mains]


STEPS = 10_000
"""Statements that all programs together may take, and one more for every four lines."""


class _SharedRun(Interpreter):
    """One run of everything. What happens while a file is imported goes to a part of the trace of its own."""

    def __init__(self, project: Project, relevance: Relevance, entry: Module, facts: Evaluations) -> None:
        super().__init__(project, relevance, entry, facts)
        self.parts: dict[Module, Trace] = {}
        self.allow(STEPS + project.lines // 4)

    def run_module(self, module: Module, name: str) -> Frame:
        executed = self.machine.trace.executed
        if module not in executed:
            with self._recorded(module) as part:
                self.parts[module] = part
                super().run_module(module, name)
        return executed[module]

    def run_program(self, program: Module) -> Trace:
        """Run a file as the one that is started; the names of files that ran before are put back afterwards."""
        executed = self.machine.trace.executed
        before = {frame.env: dict(frame.env.bindings) for frame in executed.values()}
        objects = len(self.machine.instances)
        with self._recorded(program) as main:
            frame = Frame(program, Environment(bindings={"__name__": python("__main__")}))
            main.frames.append(frame)
            self.within_budget(lambda: self.execute(program.tree.body, frame))
        executed.setdefault(program, frame)
        main.executed = {program: frame}
        del self.machine.instances[objects:]
        for env, bindings in before.items():
            env.bindings = bindings
        return main

    @contextmanager
    def _recorded(self, module: Module) -> Iterator[Trace]:
        outer, self.machine = self.machine, Machine(self._part(module))
        self.machine.instances = outer.instances
        self.machine.flags = outer.flags
        self.operators.machine = self.machine
        try:
            yield self.machine.trace
        finally:
            self.machine = outer
            self.operators.machine = outer

    def _part(self, module: Module) -> Trace:
        trace = self.machine.trace
        return Trace(module, trace.facts, executed=trace.executed)


def _whole(main: Trace, parts: Sequence[Trace]) -> Trace:
    """A program with all that it imports."""
    whole = Trace(main.entry, main.facts)
    for part in (*parts, main):
        whole.events += part.events
        whole.frames += part.frames
        whole.obstacles += part.obstacles
        whole.consequences += part.consequences
        whole.instances += part.instances
        whole.notes += part.notes
        whole.executed[part.entry] = part.executed[part.entry]
    return whole
