"""The graph target: from the files of a run to what becomes of each program in them."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.facts.lost import ALL_LAYERS, CONTRIB_PIECES
from tf1to2_reg.files.source import SourceFile, encode
from tf1to2_reg.syntax.modules import Module, Project
from tf1to2_reg.targets.graph import relevance
from tf1to2_reg.targets.graph.edits import apply
from tf1to2_reg.targets.graph.layout import realign
from tf1to2_reg.targets.graph.placement import Home, NoHome, Placement, is_written, names_of
from tf1to2_reg.targets.graph.programs import Imports, Program, imports, programs
from tf1to2_reg.targets.graph.results import GraphResult, Outcome
from tf1to2_reg.targets.graph.rules import dynamic, names, surroundings
from tf1to2_reg.targets.graph.rules import imports as import_rule
from tf1to2_reg.targets.graph.rules.start import Head, switches_itself
from tf1to2_reg.targets.graph.symbols import Symbols
from tf1to2_reg.targets.graph.values import ValuesOf
from tf1to2_reg.targets.graph.work import Work

Written = Callable[[frozenset[str], frozenset[str]], str]
"""The text of a written module with the given names, for programs that use the given classes of Keras layers."""

_KERAS_LAYER = re.compile(rb"\bkeras\.layers\.(\w+)")

_PIECES = ALL_LAYERS | CONTRIB_PIECES | {"graph_model"}
_MAY_STAY = frozenset({"TFR401", "TFR402", "TFR405", "TFR408"})
"""Reasons that `partial` leaves in a program: each fails where it stands, none changes a number."""


@dataclass(eq=False)
class _Group:
    """Programs that share a file that uses the written module, and so share that module."""

    programs: list[Program]
    home: Home | None = None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class GraphTarget:
    """Moves TF1 programs to `tensorflow.compat.v1` with Keras 3 layers.

    `partial` migrates programs that use lost names all the same, but for those names.
    """

    written: Written
    partial: bool = False

    def migrate(self, files: Sequence[SourceFile]) -> list[GraphResult]:
        """Every program among the files that has layers, regularizers or penalties."""
        return _Run(self, files).results()


@dataclass(eq=False)
class _Run:
    """One run over some files; every file is looked at once."""

    target: GraphTarget
    files: Sequence[SourceFile]
    texts: dict[Module, bytes] = field(default_factory=dict)
    changes: dict[Module, list[import_rule.Change]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.project = Project(source for source in self.files if not _is_product(source))
        self.symbols = Symbols(self.project)
        values = ValuesOf(self.project.modules, self.symbols)
        self.graph: Imports = imports(self.project, self.symbols)
        self.works = {module: Work(module, self.symbols, values) for module in self.project.modules}

    def results(self) -> list[GraphResult]:
        found = [program for program in programs(self.project, self.graph, self.symbols) if self._takes_part(program)]
        for module in dict.fromkeys(module for program in found for module in program.members):
            self._apply_rules(module)
        results = {program: self._before_writing(program) for program in found}
        accepted = [program for program in found if results[program].outcome is Outcome.MIGRATED]
        for group in self._groups(accepted):
            for program in group.programs:
                results[program] = self._refused_or(results[program], group)
        self._write([group for group in self._groups_of.values() if group.home is not None or not group.names])
        return [self._finished(program, results[program]) for program in found]

    def _takes_part(self, program: Program) -> bool:
        works = [self.works[module] for module in program.members]
        return any(relevance.has_sites(work) or relevance.is_at_graph(work) for work in works)

    def _apply_rules(self, module: Module) -> None:
        work = self.works[module]
        work.is_starred = module in self.graph.starred
        names.rewrite(work)
        dynamic.check_strings(work)
        surroundings.check(work, self.project)
        self.changes[module] = import_rule.changes(work, lambda name: self.graph.needs(module, name))

    def _before_writing(self, program: Program) -> GraphResult:
        works = [self.works[module] for module in program.members]
        reasons = _sorted(reason for work in works for reason in work.reasons)
        stopping = [r for r in reasons if not (self.target.partial and r.code in _MAY_STAY)]
        outcome = Outcome.REFUSED if stopping else Outcome.MIGRATED
        notes = _sorted(note for work in works for note in work.notes) if outcome is Outcome.MIGRATED else ()
        paths = tuple(module.path for module in program.members)
        return GraphResult(program.name, outcome, paths, sum(work.sites for work in works), reasons, notes)

    def _groups(self, accepted: Sequence[Program]) -> list[_Group]:
        self._groups_of: dict[Module, _Group] = {}
        groups: list[_Group] = []
        for program in accepted:
            users = [module for module in program.members if self._needs(module)] or [program.entry]
            joined = list(dict.fromkeys(self._groups_of[user] for user in users if user in self._groups_of))
            group = joined[0] if joined else _Group([])
            for other in joined[1:]:
                group.programs += other.programs
                groups.remove(other)
            if not joined:
                groups.append(group)
            group.programs.append(program)
            for user in {u for p in group.programs for u in p.members if self._needs(u)} | set(users):
                self._groups_of[user] = group
        for group in groups:
            self._place(group)
        return groups

    def _place(self, group: _Group) -> None:
        members = list(dict.fromkeys(module for program in group.programs for module in program.members))
        users = [module for module in members if self._needs(module)]
        group.names = frozenset().union(*(self._needs(module) for module in users))
        if not users:
            return
        entries = [program.entry for program in group.programs if program.is_started]
        try:
            group.home = Placement(self.project, self.symbols).home(members, users, entries)
        except NoHome:
            group.home = None

    def _needs(self, module: Module) -> frozenset[str]:
        """The names of the written module that a file's new text uses."""
        work = self.works[module]
        moved = frozenset[str]().union(*(change.pieces for change in self.changes.get(module, ())))
        whole = frozenset({"graph_model"}) if work.whole_module else frozenset[str]()
        return moved | work.pieces | work.qualified | whole

    def _refused_or(self, result: GraphResult, group: _Group) -> GraphResult:
        if group.home is not None or not group.names:
            return result
        message = "there is no folder from which all files of the program can import one graph_layers.py"
        help_text = "Run the tool on one program at a time, or start its scripts from one folder."
        reason = Diagnostic("TFR404", result.paths[0], 1, 1, message, help_text)
        return replace(result, outcome=Outcome.REFUSED, reasons=(*result.reasons, reason), notes=())

    def _write(self, groups: Iterable[_Group]) -> None:
        for group in dict.fromkeys(groups):
            starts = {p.entry for p in group.programs if p.is_started and not switches_itself(self._works_of(p))}
            for program in group.programs:
                for module in program.members:
                    if module not in self.texts:
                        self._write_file(module, group, starts=module in starts)

    def _works_of(self, program: Program) -> list[Work]:
        return [self.works[module] for module in program.members]

    def _write_file(self, module: Module, group: _Group, *, starts: bool) -> None:
        work = self.works[module]
        spelling = group.home.spelling(module) if group.home is not None else None
        for change in self.changes[module]:
            import_rule.write(work, change, spelling)
        Head(work, self.works, self.graph).write(spelling, starts=starts)
        text, copied = apply(work.text, work.edits)
        new = encode(module.source, realign(work.text, text, copied))
        is_changed = new != module.source.data  # an edit may say what stands there already
        self.texts[module] = new if is_changed else b""
        if is_changed:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text)

    def _finished(self, program: Program, result: GraphResult) -> GraphResult:
        if result.outcome is Outcome.REFUSED:
            return result
        sources = {module.path: text for module in program.members if (text := self.texts.get(module))}
        group = next((self._groups_of[module] for module in program.members if module in self._groups_of), None)
        if group is not None and group.home is not None and any(self._needs(module) for module in program.members):
            sources.update(self._product(group, group.home))
        return replace(result, outcome=Outcome.MIGRATED if sources else Outcome.DONE, new_sources=sources)

    def _product(self, group: _Group, home: Home) -> dict[Path, bytes]:
        old = next((s.text for s in self.files if s.path.absolute() == home.path.absolute()), None)
        if old is None and is_written(home.path):
            old = home.path.read_text(encoding="utf-8")
        kept = names_of(old) & _PIECES if old is not None else frozenset[str]()
        text = self.target.written(group.names | kept, self._keras_layers(group))
        return {} if text == old else {home.path: text.encode()}

    def _keras_layers(self, group: _Group) -> frozenset[str]:
        """Classes of Keras layers that the new text of a group's files names."""
        modules = {module for program in group.programs for module in program.members}
        texts = [self.texts.get(module) or module.source.data for module in modules]
        return frozenset(name.decode() for text in texts for name in _KERAS_LAYER.findall(text))


def _is_product(source: SourceFile) -> bool:
    """Whether a file is what this target wrote in an earlier run."""
    return "def graph_model(" in source.text and "class GraphModel" in source.text


def _sorted(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """In the order of their codes and places; what a file does several times is told once, at the first place."""
    ordered = sorted(diagnostics, key=lambda d: (d.code, str(d.path), d.line, d.column))
    first = {(d.code, d.path, d.message): d for d in reversed(ordered)}
    return tuple(d for d in dict.fromkeys(ordered) if first[d.code, d.path, d.message] is d)
