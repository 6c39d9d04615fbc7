"""Programs of fixtures/ on their way to graph programs: a copy, the real migration, the proof."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fixture_cases import FIXTURES, files_of
from graph_proof import Case, Grade, Proof, migrated, prove

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.discovery import discover
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.pipeline import analyse, migrate_with_libcst
from tf1to2_reg.results import Status
from tf1to2_reg.verify import Options, Program, Runner, Target

SAMPLES = FIXTURES / "samples"
GRAPH = FIXTURES / "graph"
MODULE = "graph_layers.py"

_OPTIONS = Options(target=Target.GRAPH, timeout=120.0)


@dataclass(frozen=True)
class Migration:
    """What `--target graph` makes of a program: new files by their paths in its folder, and what stops it."""

    new_files: dict[str, bytes]
    reasons: tuple[Diagnostic, ...]

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(reason.code for reason in self.reasons)


@dataclass(frozen=True)
class Exempt:
    """A program that is not proven identical, and why: the codes it is refused with, none if it holds no program."""

    cause: str
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class GraphCase:
    """A program of fixtures/graph. `before` and `after` are files, or folders for programs of several files.

    The module that all migrations import is not among the afters.
    """

    name: str
    before: Path
    after: Path
    entry: str

    def migrated(self, folder: Path) -> dict[str, bytes]:
        """Every file as it is after the migration, by its path inside the program ("" for a program of one file)."""
        program = copied(self.before, self.entry, folder)
        found = migration(program)
        assert not found.reasons, found.reasons
        new = {name: data for name, data in found.new_files.items() if name != MODULE}
        if self.before.is_file():
            return {"": new.pop(program.entry), **new}
        return {**files_of(self.before), **new}


def graph_cases() -> list[GraphCase]:
    """Every program of fixtures/graph, sorted by name."""
    return [_graph_case(path) for path in sorted(GRAPH.iterdir()) if path.is_dir()]


def _graph_case(folder: Path) -> GraphCase:
    if (folder / "before").is_dir():
        return GraphCase(folder.name, folder / "before", folder / "after", "main.py")
    return GraphCase(folder.name, folder / "before.py", folder / "after.py", "before.py")


def copied(source: Path, entry: str, folder: Path) -> Program:
    """A script or a folder of files, alone in a new folder."""
    if source.is_dir():
        shutil.copytree(source, folder)
        return Program(folder, entry)
    folder.mkdir(parents=True)
    shutil.copy(source, folder)
    return Program(folder, source.name)


def migration(program: Program, paths: Sequence[Path] = ()) -> Migration:
    """Run the whole way of the command to `graph`, writing nothing; `paths` are given in place of the folder."""
    discovery = discover(list(paths) or [program.folder])
    result = analyse(discovery, engine=partial(migrate_with_libcst, choice=TargetChoice.GRAPH))
    refused = [unit for unit in result.units if unit.status is Status.REFUSED]
    reasons = [d for unit in refused for d in unit.diagnostics if not d.code.startswith(("TFR1", "TFR3"))]
    new = {path.relative_to(program.folder).as_posix(): data for path, data in result.new_sources.items()}
    return Migration(new, (*reasons, *result.problems))


def proven(name: str, program: Program, folder: Path, runner: Runner) -> Proof:
    """The proof of a program that migrates; its migration is put into the new folder."""
    found = migration(program)
    assert not found.reasons, [f"{reason.path.name}:{reason.line} {reason.message}" for reason in found.reasons]
    assert found.new_files, "nothing was migrated"
    return prove(Case(name, program, migrated(program, folder, found.new_files)), runner, _OPTIONS)


def assert_as_expected(name: str, program: Program, exempt: Exempt | None, folder: Path, runner: Runner) -> None:
    """Identical; an exempt program is refused with its codes, or nothing is found in it."""
    if exempt is not None:
        found = migration(program)
        assert (found.codes, found.new_files) == (exempt.codes, {}), found.reasons
        return
    proof = proven(name, program, folder, runner)
    assert proof.grade is Grade.IDENTICAL, proof.told
    assert proof.verdict is not None
    assert proof.verdict.before.graphs
