"""Changes the engine in small ways and sees whether the tests that need no TensorFlow notice.

python scripts/mutation.py --sample 200 --seed 1 > table.md

Needs `coverage`: a mutant is shown to those tests that run its line. Each runs in a fork of this process, with the
changed source in place of the module's own. docs/mutation.md holds a table of such a run.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
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
"""Where what is written decides whether a migration is exact; of the tables in facts/, TensorFlow is the judge."""
TESTS = (
    "test_plan_*", "test_program_*", "test_transforms_*", "test_fixtures_golden", "test_assembly", "test_engine",
    "test_facts_tensors", "test_names", "test_calls", "test_checks", "test_alignment", "test_moves*", "test_graph*",
    "test_targets*", "test_failing*", "test_syntax*", "test_evaluations*",
)  # fmt: skip
NEED_TENSORFLOW = ("test_transforms_numbers", "test_graph_layers*", "test_*_tf", "test_graph_numbers*")
ENOUGH = 20.0
LONGEST = 120.0
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
    text: str

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
            if line and node not in skipped and change(copy.deepcopy(node)) is not None:
                yield Mutant(path, line, name, place, ast.unparse(node).split("\n")[0][:90])


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


def test_files() -> list[str]:
    """Files of tests that need no TensorFlow."""
    names = [path.stem for path in sorted((ROOT / "tests").glob("test_*.py"))]
    fitting = [name for name in names if any(fnmatch(name, pattern) for pattern in TESTS)]
    return [f"tests/{name}.py" for name in fitting if not any(fnmatch(name, pattern) for pattern in NEED_TENSORFLOW)]


class _Contexts:
    """Tells coverage which test runs, and notes how long it takes."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured = measured
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self.measured.switch_context(item.nodeid)


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
    """Which tests run which lines; measured again where a source or test is newer than what is known."""
    data = ROOT / "build" / "mutation.coverage"
    times = data.with_suffix(".times")
    sources = [path for place in (*DECIDES, "tests") for path in (ROOT / place).rglob("*.py")]
    if not times.exists() or times.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        _measure(data, times)
    rows = [line.split("\t") for line in times.read_text().split("\n")]
    seconds = {test: float(taken) for taken, test in rows}
    found: dict[tuple[Path, int], set[str]] = defaultdict(set)
    known = coverage.CoverageData(str(data))
    known.read()
    for file in known.measured_files():
        for line, tests in known.contexts_by_lineno(file).items():
            found[Path(file), line] |= {test for test in tests if test in seconds}
    return Covered({place: sorted(tests) for place, tests in found.items()}, seconds)


def _measure(data: Path, times: Path) -> None:
    """Run all tests once, in a fork: the package must not be imported here."""
    data.parent.mkdir(exist_ok=True)
    if (child := os.fork()) == 0:
        measured = coverage.Coverage(data_file=str(data), source=[str(ROOT / place) for place in DECIDES])
        measured.erase()
        measured.start()
        plugin = _Contexts(measured)
        pytest.main([*QUIETLY, *test_files()], plugins=[plugin])
        measured.stop()
        measured.save()
        sys.stderr.write(f"left out, they fail before anything is changed: {sorted(plugin.failed)}\n")
        passed = {test: seconds for test, seconds in plugin.seconds.items() if test not in plugin.failed}
        times.write_text("\n".join(f"{seconds}\t{test}" for test, seconds in passed.items()))
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
        sys.meta_path.insert(0, _Changed(mutant))
        silence = io.StringIO()
        with redirect_stdout(silence), redirect_stderr(silence):
            code = pytest.main([*QUIETLY, "-x", *tests])
        os._exit(int(code))
    start = time.monotonic()
    while time.monotonic() - start < LONGEST:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


# The table


def sample(size: int, seed: int, patterns: Sequence[str]) -> list[Mutant]:
    """Mutants of all modules that decide something."""
    paths = [path for place in DECIDES for path in sorted((ROOT / place).rglob("*.py"))]
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
    outcomes: dict[Path, list[bool]] = defaultdict(list)
    survivors: list[Mutant] = []
    for number, mutant in enumerate(mutants, 1):
        alive = survives(mutant, known.of(mutant))
        outcomes[mutant.path].append(alive)
        if alive:
            survivors.append(mutant)
        where = f"{mutant.path.relative_to(ROOT)}:{mutant.line} {mutant.change}: {mutant.text}"
        sys.stderr.write(f"{number}/{len(mutants)} {'SURVIVES' if alive else 'killed'} {where}\n")
    sys.stdout.write("| module | mutants | killed |\n| --- | --- | --- |\n")
    for path, lived in outcomes.items():
        sys.stdout.write(f"| {path.relative_to(ROOT)} | {len(lived)} | {lived.count(False)} |\n")
    killed = sum(lived.count(False) for lived in outcomes.values())
    sys.stdout.write(f"| all | {len(mutants)} | {killed} |\n\n")
    for mutant in survivors:
        place = f"{mutant.path.relative_to(ROOT)}:{mutant.line}"
        sys.stdout.write(f"- `{place}` {mutant.change}: `{mutant.text}`\n")


if __name__ == "__main__":
    main()
