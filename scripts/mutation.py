"""Changes the engine in small ways and sees whether the tests that start no process notice: none with TensorFlow.

python scripts/mutation.py --sample 200 --seed 1 > table.md

Needs `coverage`: a mutant is shown to those tests that run its line. Each runs in a fork of this process, with the
changed source in place of the module's own. docs/mutation.md holds a table of such a run.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import accumulate
from pathlib import Path
from random import Random
from types import CodeType

import coverage
import libcst  # noqa: F401 - imported before the forks, so that it is not imported in each
import pytest
import rich  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent
DECIDES = ("tf1to2_reg/targets", "tf1to2_reg/network", "tf1to2_reg/program", "transforms")
"""Where what is written decides whether a migration is exact."""
JUDGED = ROOT / "tf1to2_reg" / "targets" / "graph" / "graph_layers"
"""Not changed: the module that is written beside a program needs TensorFlow to run, as do the tables in facts/."""
ENOUGH = 30.0
"""CPU seconds of tests that a mutant is shown to at most."""
ENDLESS = 300.0
"""CPU seconds, whatever else the machine does, after which a mutant is in a loop that does not end."""
MEMORY = 6 << 30
FIRST = 40
"""How many tests, the quickest, are collected first: most mutants need no more."""
QUIETLY = ("-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:xdist")

Change = Callable[[ast.AST], "ast.AST | None"]


# Changes


_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip


def _negated(node: ast.AST) -> ast.AST | None:
    """A condition the other way round."""
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, ast.Constant):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return node
    if isinstance(node, ast.comprehension) and node.ifs:
        node.ifs[0] = ast.UnaryOp(ast.Not(), node.ifs[0])
        return node
    return None


def _compared(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        node.ops = [_COMPARISONS[type(node.ops[0])]()]
        return node
    return None


def _joined(node: ast.AST) -> ast.AST | None:
    """`or` for `and`, and the reverse."""
    if isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return node
    return None


def _affirmed(node: ast.AST) -> ast.AST | None:
    return node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else None


def _dropped(node: ast.AST) -> ast.AST | None:
    """Nothing in place of a refusal or of a call for its effect."""
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return ast.copy_location(ast.Pass(), node)
    return None


def _constant(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return ast.copy_location(ast.Constant(not node.value), node)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return ast.copy_location(ast.Constant(node.value + 1), node)
    return None


def _without_last(node: ast.AST) -> ast.AST | None:
    """A set, list or table with an element less."""
    if (
        isinstance(node, ast.Set | ast.List | ast.Tuple)
        and len(node.elts) > 1
        and isinstance(node.elts[-1], ast.Constant)
    ):
        del node.elts[-1]
        return node
    if isinstance(node, ast.Dict) and len(node.keys) > 1:
        del node.keys[-1], node.values[-1]
        return node
    return None


def _word_less(node: ast.AST) -> ast.AST | None:
    """A table written as words in a text, with a word less."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(words := node.value.split(" ")) > 4:
        return ast.copy_location(ast.Constant(" ".join(words[:-1])), node)
    return None


CHANGES: dict[str, Change] = {
    "negate a condition": _negated,
    "swap a comparison": _compared,
    "swap and, or": _joined,
    "drop a not": _affirmed,
    "drop a statement": _dropped,
    "change a constant": _constant,
    "drop an element": _without_last,
    "drop a word": _word_less,
}


@dataclass(frozen=True)
class Mutant:
    """A change of a node, found again by its place in the walk over the module."""

    path: Path
    line: int
    change: str
    place: int
    node: ast.AST

    def __str__(self) -> str:
        text = ast.unparse(self.node).split("\n")[0][:90]
        return f"{self.path.relative_to(ROOT)}:{self.line} {self.change}: {text}"

    @property
    def room(self) -> str:
        return str(self.path.parent.relative_to(ROOT)).removeprefix("tf1to2_reg/")

    def tree(self) -> ast.Module:
        """The module with the change."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        changed = CHANGES[self.change](list(ast.walk(tree))[self.place])
        assert changed is not None
        _Replaced(list(ast.walk(tree))[self.place], changed).visit(tree)
        return ast.fix_missing_locations(tree)


class _Replaced(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every change of a module, texts for people and annotations aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = _for_people(tree)
    for place, node in enumerate(ast.walk(tree)):
        for name, change in CHANGES.items():
            line = _line_of(node)
            if line and node not in skipped and change(_copied(node)) is not None:
                yield Mutant(path, line, name, place, node)


def _copied(node: ast.AST) -> ast.AST:
    """The node with lists of its own, which is all that a change changes."""
    fields = {name: list(part) if isinstance(part, list) else part for name, part in ast.iter_fields(node)}
    return ast.copy_location(type(node)(**fields), node)


def _line_of(node: ast.AST) -> int:
    """The line that runs when the node does."""
    inner = node.iter if isinstance(node, ast.comprehension) else node
    line: int = getattr(inner, "lineno", 0)
    return line


def _for_people(tree: ast.Module) -> set[ast.AST]:
    """Nodes of docstrings, messages, annotations and `__all__`: no test need notice."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        for part in _text_parts(node):
            found |= set(ast.walk(part))
    return found


def _text_parts(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr():
            yield node
        case ast.FunctionDef():
            yield from (
                part.annotation for part in ast.walk(node.args) if isinstance(part, ast.arg) and part.annotation
            )
            yield from [node.returns] if node.returns else []
        case ast.AnnAssign():
            yield node.annotation
        case ast.Assign(targets=[ast.Name("__all__")]):
            yield node
        case ast.Call():
            yield from (part for part in node.args if isinstance(part, ast.Constant) and " " in str(part.value))
        case ast.Assign(targets=[ast.Name("message")]):
            yield node.value
        case _:
            pass


# Tests


def _no_processes() -> None:
    """Tests that start a process, TensorFlow's mostly, fail, and so are left out: what they run is not changed."""

    def refused(*_arguments: object, **_named: object) -> None:
        raise OSError("a mutant is shown to tests of this process only")

    setattr(subprocess.Popen, "__init__", refused)  # noqa: B010 - mypy wants no method assigned


class _Contexts:
    """Tells coverage which test runs, and notes how many CPU seconds it takes."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured = measured
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        start = time.process_time()
        self.measured.switch_context(item.nodeid)
        done = yield
        self.seconds[item.nodeid] = time.process_time() - start
        return done


@dataclass(frozen=True)
class Covered:
    """Which tests run each line, and how long each takes."""

    tests: Mapping[tuple[Path, int], Sequence[str]]
    seconds: Mapping[str, float]

    def of(self, mutant: Mutant) -> Sequence[str]:
        """The tests of a line, the quickest first, and no more than run in `ENOUGH` seconds.

        For a line that runs at import they are those that run any line of the module.
        """
        found = self.tests.get((mutant.path, mutant.line)) or self._of_module(mutant.path)
        ordered = sorted(found, key=lambda test: self.seconds[test])
        ends = accumulate(self.seconds[test] for test in ordered)
        return [test for test, end in zip(ordered, ends, strict=True) if end < ENOUGH]

    def _of_module(self, path: Path) -> set[str]:
        return {test for (other, _), tests in self.tests.items() if other == path for test in tests}


def covered() -> Covered:
    """Which tests run which lines; of a test file that is newer than what is known, or of all, measured again."""
    data = ROOT / "build" / "mutation.coverage"
    times = data.with_suffix(".times")
    last = times.stat().st_mtime if times.exists() else 0.0
    sources = [path for place in DECIDES for path in (ROOT / place).rglob("*.py")]
    if max(path.stat().st_mtime for path in sources) > last:
        last = 0.0
    if files := [path for path in sorted((ROOT / "tests").glob("test_*.py")) if path.stat().st_mtime > last]:
        _measure(data, times, files, anew=not last)
    seconds = _read(times)
    found: dict[tuple[Path, int], set[str]] = defaultdict(set)
    known = coverage.CoverageData(str(data))
    known.read()
    for file in known.measured_files():
        for line, tests in known.contexts_by_lineno(file).items():
            found[Path(file), line] |= {test for test in tests if test in seconds}
    return Covered({place: sorted(tests) for place, tests in found.items()}, seconds)


def _read(times: Path) -> dict[str, float]:
    rows = [line.split("\t") for line in times.read_text().split("\n")]
    return {test: float(taken) for taken, test in rows}


def _measure(data: Path, times: Path, files: Sequence[Path], *, anew: bool) -> None:
    """Run tests once, in a fork: the package must not be imported here."""
    data.parent.mkdir(exist_ok=True)
    names = {str(path.relative_to(ROOT)) for path in files}
    kept = {} if anew else {test: taken for test, taken in _read(times).items() if test.split("::")[0] not in names}
    if (child := os.fork()) == 0:
        measured = coverage.Coverage(data_file=str(data), source=[str(ROOT / place) for place in DECIDES])
        if anew:
            measured.erase()
        else:
            measured.load()
        measured.start()
        plugin = _Contexts(measured)
        _no_processes()
        pytest.main([*QUIETLY, "--tb=no", *sorted(names)], plugins=[plugin])
        measured.stop()
        measured.save()
        sys.stderr.write(f"left out, they fail before anything is changed: {len(plugin.failed)}\n")
        passed = {test: seconds for test, seconds in plugin.seconds.items() if test not in plugin.failed}
        times.write_text("\n".join(f"{seconds}\t{test}" for test, seconds in {**kept, **passed}.items()))
        os._exit(0)
    os.waitpid(child, 0)


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives a module its changed source."""

    def __init__(self, mutant: Mutant) -> None:
        parts = mutant.path.relative_to(ROOT).with_suffix("").parts
        self.name = ".".join(("tf1to2_reg", *parts) if parts[0] == "transforms" else parts).removesuffix(".__init__")
        self.path = mutant.path
        self.code: CodeType = compile(mutant.tree(), str(mutant.path), "exec")

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        places = [str(self.path.parent)] if self.path.stem == "__init__" else None
        return importlib.util.spec_from_file_location(
            fullname, self.path, loader=self, submodule_search_locations=places
        )

    def exec_module(self, module: object) -> None:
        exec(self.code, vars(module))


def survives(mutant: Mutant, tests: Sequence[str]) -> bool:
    """Whether no test fails."""
    if not tests:
        return True
    if (child := os.fork()) == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (int(ENDLESS), int(ENDLESS) + 5))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        sys.meta_path.insert(0, _Changed(mutant))
        _no_processes()
        silence = io.StringIO()
        with redirect_stdout(silence), redirect_stderr(silence):
            passes = all(not pytest.main([*QUIETLY, "-x", *part]) for part in (tests[:FIRST], tests[FIRST:]) if part)
        os._exit(not passes)
    _, status = os.waitpid(child, 0)
    return status == 0


# The table


def sample(size: int, seed: int, patterns: Sequence[str]) -> list[Mutant]:
    """Mutants of all modules that decide something."""
    paths = [path for place in DECIDES for path in sorted((ROOT / place).rglob("*.py")) if JUDGED not in path.parents]
    chosen = [p for p in paths if not patterns or any(fnmatch(str(p.relative_to(ROOT)), f"*{x}*") for x in patterns)]
    every = [mutant for path in chosen for mutant in mutants_of(path)]
    return sorted(Random(seed).sample(every, min(size, len(every))), key=lambda m: (str(m.path), m.line))


def main() -> None:
    """Run a sample and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sample", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--part", type=int, default=0, help="which of --parts of the sample, to run them side by side")
    options.add_argument("--parts", type=int, default=1)
    options.add_argument("modules", nargs="*", help="parts of the paths of modules")
    given = options.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "tests"))
    mutants = sample(given.sample, given.seed, given.modules)[given.part :: given.parts]
    known = covered()
    outcomes: list[tuple[Mutant, bool]] = []
    for number, mutant in enumerate(mutants, 1):
        outcomes.append((mutant, survives(mutant, known.of(mutant))))
        sys.stderr.write(f"{number}/{len(mutants)} {'SURVIVES' if outcomes[-1][1] else 'killed'} {mutant}\n")
    sys.stdout.writelines(f"{line}\n" for line in table(outcomes))


def table(outcomes: Sequence[tuple[Mutant, bool]]) -> Iterator[str]:
    """The mutants of each room, and those that survive."""
    rooms: dict[str, list[bool]] = defaultdict(list)
    for mutant, alive in outcomes:
        rooms[mutant.room].append(alive)
    yield "| room | mutants | killed | survivors |"
    yield "| --- | --- | --- | --- |"
    for room, lived in (*sorted(rooms.items()), ("all", [alive for _, alive in outcomes])):
        yield f"| {room} | {len(lived)} | {lived.count(False)} | {lived.count(True)} |"
    yield ""
    yield from (f"- `{mutant}`" for mutant, alive in outcomes if alive)


if __name__ == "__main__":
    main()
