"""The graph target: from the files of a run to what becomes of each program in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.source import SourceError, SourceFile, encode, source_from_bytes
from tf1to2_reg.results import Status, changes_with_another
from tf1to2_reg.syntax.modules import Module, Project
from tf1to2_reg.syntax.skips import skips_of
from tf1to2_reg.targets.graph import relevance
from tf1to2_reg.targets.graph.edits import apply
from tf1to2_reg.targets.graph.layout import realign
from tf1to2_reg.targets.graph.module import ChangedModuleError
from tf1to2_reg.targets.graph.placement import Home, NoHome, Placement, read
from tf1to2_reg.targets.graph.programs import Imports, Program, imports, programs
from tf1to2_reg.targets.graph.results import GraphResult
from tf1to2_reg.targets.graph.rules import aliases, dynamic, members, names, python2, surroundings
from tf1to2_reg.targets.graph.rules import imports as import_rule
from tf1to2_reg.targets.graph.rules.start import Head, switches_itself
from tf1to2_reg.targets.graph.symbols import Symbols
from tf1to2_reg.targets.graph.values import ValuesOf
from tf1to2_reg.targets.graph.words import words_of
from tf1to2_reg.targets.graph.work import Work


class Written(Protocol):
    """The text of a written module; all begin with the same line."""

    def __call__(
        self, names: frozenset[str], keras_layers: frozenset[str], words: frozenset[str] | None = None, old: str = ""
    ) -> str:
        """With the given names, for the given layers of Keras and words of programs, and with what `old` has."""


_MAY_STAY = frozenset({"TFR401", "TFR402", "TFR405", "TFR408"})
"""Reasons that `partial` leaves in a program: each fails where it stands, none changes a number."""


@dataclass(eq=False)
class _Group:
    """Programs that share a file that uses the written module, and so share that module."""

    programs: list[Program]
    home: Home | None = None
    names: frozenset[str] = frozenset()
    keras_layers: frozenset[str] = frozenset()


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
    problems: dict[Module, list[Diagnostic]] = field(default_factory=dict)
    changes: dict[Module, list[import_rule.Change]] = field(default_factory=dict)
    words: dict[Module, frozenset[str] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first_line = self.target.written(frozenset({"graph_model"}), frozenset()).partition("\n")[0]
        self.products = {file.path.absolute(): file.text for file in self.files if self._is_ours(file.text)}
        self.project = Project(file for file in self.files if file.path.absolute() not in self.products)
        self.symbols = Symbols(self.project)
        values = ValuesOf(self.project.modules, self.symbols)
        self.graph: Imports = imports(self.project, self.symbols)
        self.works = {module: Work(module, self.symbols, values) for module in self.project.modules}

    def _is_ours(self, text: str) -> bool:
        """Whether a module's text is what an earlier run wrote."""
        return text.partition("\n")[0] == self.first_line

    def results(self) -> list[GraphResult]:
        found = self._taking_part()
        for module in (module for program in found if program.is_started for module in program.members):
            self.works[module].unused = lambda: self.project.unused
        for module in dict.fromkeys(module for program in found for module in program.members):
            self._apply_rules(module)
        results = {program: self._before_writing(program) for program in found}
        accepted = [program for program in found if results[program].outcome is Status.MIGRATED]
        groups = self._groups(accepted)
        for group in groups:
            for program in group.programs:
                results[program] = self._refused_or(results[program], group)
        self._write([group for group in groups if group.home is not None or not group.names])
        return [self._finished(program, results[program]) for program in found]

    def _taking_part(self) -> list[Program]:
        """The programs with sites, and those that share a file with them which will use the written module."""
        every = programs(self.project, self.graph)
        found: set[Program] = set()
        grown = {program for program in every if self._takes_part(program)}
        while len(grown) > len(found):
            found = grown
            members = {module for program in found for module in program.members}
            moved = {module for module in members if relevance.has_pieces(self.works[module])}
            grown = found | {program for program in every if not moved.isdisjoint(program.members)}
        return [program for program in every if program in found]

    def _takes_part(self, program: Program) -> bool:
        works = [self.works[module] for module in program.members]
        return any(relevance.has_sites(work) or relevance.is_at_graph(work) for work in works)

    def _apply_rules(self, module: Module) -> None:
        work = self.works[module]
        work.is_starred = module in self.graph.starred
        names.rewrite(work)
        aliases.rewrite(work, lambda name: self.graph.needs(module, name))
        dynamic.check_strings(work)
        surroundings.check(work, self.project)
        members.check(work)
        python2.check(work)
        self.changes[module] = import_rule.changes(work, lambda name: self.graph.needs(module, name))

    def _before_writing(self, program: Program) -> GraphResult:
        works = [self.works[module] for module in program.members]
        left = [reason for work in works for reason in work.reasons if self._is_left(work, reason)]
        reasons = _sorted(reason for work in works for reason in work.reasons if reason not in left)
        stopping = [r for r in reasons if not (self.target.partial and r.code in _MAY_STAY)]
        outcome = Status.REFUSED if stopping else Status.MIGRATED
        notes = _sorted([*(note for work in works for note in work.notes), *map(_left, left)])
        paths = tuple(module.path for module in program.members)
        found = GraphResult(program.name, outcome, paths, sum(work.sites for work in works), reasons, notes)
        return _refused(found) if stopping else found

    def _is_left(self, work: Work, reason: Diagnostic) -> bool:
        """Whether the user wants what the reason is about left as it is, and it fails there rather than be wrong."""
        return reason.code in _MAY_STAY and any(skip.holds(reason.line) for skip in skips_of(work.module.source))

    def _groups(self, accepted: Sequence[Program]) -> list[_Group]:
        """The programs, those together that share a file which uses the written module."""
        users = {program: self._users(program.members) or [program.entry] for program in accepted}
        leaders = _Leaders()
        for files in users.values():
            leaders.join(files)
        groups: dict[Module, _Group] = {}
        for program, files in users.items():
            groups.setdefault(leaders.of(files[0]), _Group([])).programs.append(program)
        self._groups_of = {file: groups[leaders.of(file)] for files in users.values() for file in files}
        placement = Placement(self.project, self.symbols, self._is_ours)
        for group in groups.values():
            self._place(group, placement)
        _share(groups.values())
        return list(groups.values())

    def _users(self, modules: Iterable[Module]) -> list[Module]:
        """The files whose new text uses the written module."""
        return [module for module in modules if self._needs(module)]

    def _place(self, group: _Group, placement: Placement) -> None:
        members = list(dict.fromkeys(module for program in group.programs for module in program.members))
        users = self._users(members)
        group.names = frozenset().union(*(self._needs(module) for module in users))
        group.keras_layers = frozenset().union(*(self.works[module].keras_layers for module in users))
        if not users:
            return
        try:
            group.home = placement.home(group.programs, users)
        except NoHome:
            group.home = None

    def _needs(self, module: Module) -> frozenset[str]:
        """The names of the written module that a file's new text uses."""
        work = self.works[module]
        moved = frozenset[str]().union(*(change.pieces for change in self.changes.get(module, ())))
        whole = frozenset({"graph_model"}) if work.whole_module else frozenset[str]()
        return moved | work.pieces | work.qualified | work.used | whole

    def _refused_or(self, result: GraphResult, group: _Group) -> GraphResult:
        if group.home is not None or not group.names:
            return result
        message = "there is no folder from which all files of the program can import one graph_layers.py"
        help_text = "Run the tool on one program at a time, or start its scripts from one folder."
        reason = Diagnostic("TFR404", result.paths[0], 1, 1, message, help_text)
        return _refused(result, reason)

    def _write(self, groups: Iterable[_Group]) -> None:
        written = [program for group in groups for program in group.programs]
        starts = {p.entry for p in written if p.is_started and not switches_itself(self._works_of(p))}
        for module in dict.fromkeys(module for program in written for module in program.members):
            self._write_file(module, starts=module in starts)

    def _works_of(self, program: Program) -> list[Work]:
        return [self.works[module] for module in program.members]

    def _write_file(self, module: Module, *, starts: bool) -> None:
        work = self.works[module]
        group = self._groups_of.get(module)
        spelling = group.home.spelling(module) if group is not None and group.home is not None else None
        for change in self.changes[module]:
            import_rule.write(work, change, spelling)
            if change.statement in module.tree.body:
                work.pieces -= change.pieces_by_their_names
        Head(work, self.works, self.graph).write(spelling, starts=starts)
        text, copied = apply(work.text, work.edits)
        if text != work.text:
            try:
                self.texts[module] = encode(module.source, realign(work.text, text, copied))
            except SourceError as error:
                self.problems[module] = [error.diagnostic]
            else:
                self.problems[module] = _problems(module.path, self.texts[module])

    def _finished(self, program: Program, result: GraphResult) -> GraphResult:
        if result.outcome is Status.REFUSED:
            shared = (changes_with_another(module.path) for module in program.members if module in self.texts)
            return replace(result, notes=(*result.notes, *shared))
        sources = {module.path: self.texts[module] for module in program.members if module in self.texts}
        if problems := [problem for module in program.members for problem in self.problems.get(module, ())]:
            return _refused(result, *problems)
        users = self._users(program.members)
        group = self._groups_of[users[0]] if users else None
        if group is not None and group.home is not None:
            try:
                sources.update(self._product(group, group.home))
            except ChangedModuleError as error:
                reason = _changed(group.home.path, str(error))
                return _refused(result, reason)
        return replace(result, outcome=Status.MIGRATED if sources else Status.SETTLED, new_sources=sources)

    def _product(self, group: _Group, home: Home) -> dict[Path, bytes]:
        """The written module of a group, unless it is there already; what it had before stays in it."""
        old = self.products.get(home.path.absolute()) or read(home.path)
        text = self.target.written(group.names, group.keras_layers, self._words_at(home), old)
        return {} if text == old else {home.path: text.encode()}

    def _words_at(self, home: Home) -> frozenset[str] | None:
        """The words of the programs that share a written module; None where those of one are not known."""
        groups = {id(group): group for group in self._groups_of.values() if group.home and group.home.path == home.path}
        programs = [program for group in groups.values() for program in group.programs]
        members = dict.fromkeys(module for program in programs for module in program.members)
        words = [self._words_of(module) for module in members]
        known = [found for found in words if found is not None]
        return frozenset().union(*known) if len(known) == len(words) else None

    def _words_of(self, module: Module) -> frozenset[str] | None:
        if module not in self.words:
            new = self.texts.get(module)
            self.words[module] = words_of(module.source.text if new is None else self._new_text(module, new))
        return self.words[module]

    @staticmethod
    def _new_text(module: Module, data: bytes) -> str | bytes:
        return data if module.source.notebook is None else source_from_bytes(module.path, data).text


class _Leaders:
    """Files joined into sets, each known by one of its files."""

    def __init__(self) -> None:
        self._above: dict[Module, Module] = {}

    def of(self, file: Module) -> Module:
        path = [file]
        while (above := self._above.get(path[-1], path[-1])) is not path[-1]:
            path.append(above)
        for passed in path:
            self._above[passed] = path[-1]
        return path[-1]

    def join(self, files: Sequence[Module]) -> None:
        for file in files:
            self._above[self.of(file)] = self.of(files[0])


def _refused(result: GraphResult, *reasons: Diagnostic) -> GraphResult:
    """The program as one that stays, of which the pitfalls are told all the same."""
    pitfalls = tuple(note for note in result.notes if note.code.startswith("TFR3"))
    return replace(result, outcome=Status.REFUSED, reasons=(*result.reasons, *reasons), notes=pitfalls)


def _left(reason: Diagnostic) -> Diagnostic:
    return replace(reason, code="TFR119", message=f"left as it is, and fails where it is run: {reason.message}")


def _changed(path: Path, lacking: str) -> Diagnostic:
    message = f"{path.name} is not as tf1to2-reg writes it, and lacks {lacking}"
    help_text = "Move it away, run the tool, and bring your changes into the new file."
    return Diagnostic("TFR409", path, 1, 1, message, help_text)


def _problems(path: Path, data: bytes) -> list[Diagnostic]:
    """What is wrong with a new text: a defect of the tool, which must not reach the user's files."""
    try:
        source_from_bytes(path, data)
    except SourceError as error:
        message = f"the migrated text failed a check: line {error.diagnostic.line}: {error.diagnostic.message}"
        return [Diagnostic("TFR910", path, 1, 1, message)]
    return []


def _share(groups: Iterable[_Group]) -> None:
    """Give groups that have one home the names of each other."""
    by_path: dict[Path, list[_Group]] = {}
    for group in groups:
        if group.home is not None:
            by_path.setdefault(group.home.path, []).append(group)
    for sharing in by_path.values():
        names = frozenset[str]().union(*(group.names for group in sharing))
        keras_layers = frozenset[str]().union(*(group.keras_layers for group in sharing))
        for group in sharing:
            group.names, group.keras_layers = names, keras_layers


def _sorted(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """In the order of their codes and places; what a file does several times is told once, at the first place."""
    ordered = sorted(diagnostics, key=lambda d: (d.code, str(d.path), d.line, d.column))
    first = {(d.code, d.path, d.message): d for d in reversed(ordered)}
    return tuple(d for d in dict.fromkeys(ordered) if first[d.code, d.path, d.message] is d)
