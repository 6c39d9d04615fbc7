"""Shows mutants to the tests: which run a line, and whether one of them fails.

A mutant of a function is its new code in place of the old, in a fork of a process that has collected all tests; what
runs at import is changed by importing all anew.
"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from itertools import accumulate, count
from pathlib import Path
from types import CodeType, FunctionType

import coverage
import libcst  # noqa: F401 - imported before the forks, so that it is not imported in each
import pytest
import rich  # noqa: F401
from mutation_changes import DECIDES, ROOT, Mutant

BUILD = ROOT / "build"
ENOUGH = 60.0
"""CPU seconds of tests that a mutant is shown to at most."""
ENDLESS = 150.0
"""CPU seconds, whatever else the machine does, after which a mutant is in a loop that does not end."""
MEMORY = 6 << 30
FIRST = 40
"""How many tests, the quickest, are collected first: most mutants need no more."""
QUIETLY = ("-q", "--tb=no", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:xdist")
LEFT_OUT = ("test_random_programs", "test_linear")
"""Tests that share a minute's work, or count calls."""

_Key = tuple[str, int, int]
_FAILS, _BROKEN = 1, 3
_REMEMBERING = type(lru_cache(len))


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


class Covered:
    """Which tests run each line, and how long each takes."""

    def __init__(self, data: Path, seconds: Mapping[str, float]) -> None:
        self.seconds = seconds
        self._path = data
        self._lines: dict[Path, dict[int, list[str]]] = {}

    @cached_property
    def _data(self) -> coverage.CoverageData:
        """Opened by the process that reads it: a database is not shared with a fork."""
        data = coverage.CoverageData(str(self._path))
        data.read()
        return data

    def of(self, mutant: Mutant) -> Sequence[str]:
        """Tests of a line, the quickest first: of every file in turn, as many as run in `ENOUGH` seconds.

        For a line that runs at import they are those that run any line of the module.
        """
        if mutant.path not in self._lines:
            self._lines[mutant.path] = self._data.contexts_by_lineno(str(mutant.path))
        lines = self._lines[mutant.path]
        found = {test for test in lines.get(mutant.line, ()) if test in self.seconds}
        found = found or {test for tests in lines.values() for test in tests if test in self.seconds}
        turns: dict[str, Iterator[int]] = defaultdict(count)
        quickest = sorted(found, key=lambda test: (self.seconds[test], test))
        in_turn = sorted([(next(turns[test.split("::")[0]]), self.seconds[test], test) for test in quickest])
        ends = accumulate(seconds for _, seconds, _ in in_turn)
        chosen = {test for (*_, test), end in zip(in_turn, ends, strict=True) if end < ENOUGH}
        return [test for test in quickest if test in chosen]


def covered() -> Covered:
    """Which tests run which lines; of a test file that is newer than what is known, or of all, measured again."""
    data = BUILD / "mutation.coverage"
    times = data.with_suffix(".times")
    last = times.stat().st_mtime if times.exists() else 0.0
    sources = [path for place in DECIDES for path in (ROOT / place).rglob("*.py")]
    if max(path.stat().st_mtime for path in sources) > last:
        last = 0.0
    files = [path for path in sorted((ROOT / "tests").glob("test_*.py")) if path.stem not in LEFT_OUT]
    if files := [path for path in files if path.stat().st_mtime > last]:
        _measure(data, times, files, anew=not last)
    return Covered(data, _read(times))


def _read(times: Path) -> dict[str, float]:
    rows = [line.split("\t") for line in times.read_text().split("\n")]
    return {test: float(taken) for taken, test in rows if Path(test.split("::")[0]).stem not in LEFT_OUT}


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
        pytest.main([*QUIETLY, *sorted(names)], plugins=[plugin])
        measured.stop()
        measured.save()
        sys.stderr.write(f"left out, they fail before anything is changed: {len(plugin.failed)}\n")
        passed = {test: seconds for test, seconds in plugin.seconds.items() if test not in plugin.failed}
        times.write_text("\n".join(f"{seconds}\t{test}" for test, seconds in {**kept, **passed}.items()))
        os._exit(0)
    os.waitpid(child, 0)


def surviving(mutants: Sequence[Mutant], known: Covered) -> Iterator[tuple[int, bool]]:
    """For each mutant, in any order, its number and whether no test fails."""
    quick: dict[int, Mutant] = {}
    anew: dict[int, Mutant] = {}
    for number, mutant in enumerate(mutants):
        if not known.of(mutant):
            yield number, True
        elif mutant.at_import or not _fits(mutant):
            anew[number] = mutant
        else:
            quick[number] = mutant
    yield from _in_one_session(quick, known)
    for number, mutant in anew.items():
        yield number, _in_fork(partial(_fails_anew, mutant, known.of(mutant)))


def _in_fork(fails: Callable[[], bool]) -> bool:
    """Whether what runs in a fork does not fail; an endless loop fails when its time is over."""
    if (child := os.fork()) == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (int(ENDLESS), int(ENDLESS) + 5))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        try:
            os._exit(_FAILS if fails() else 0)
        finally:
            os._exit(_BROKEN)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) not in (0, _FAILS):
        raise RuntimeError("the mutant was not shown to the tests")
    return status == 0


def _silenced() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


# What runs at import


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


def _fails_anew(mutant: Mutant, tests: Sequence[str]) -> bool:
    sys.meta_path.insert(0, _Changed(mutant))
    _no_processes()
    _silenced()
    return any(pytest.main([*QUIETLY, "-x", *part]) for part in (tests[:FIRST], tests[FIRST:]) if part)


# What runs in functions


def _codes(code: CodeType) -> dict[_Key, CodeType]:
    """The code of every function of a module, by its name, line and number among those of the line."""
    found: dict[_Key, CodeType] = {}
    pending = [code]
    while pending:
        for part in pending.pop(0).co_consts:
            if isinstance(part, CodeType):
                number = sum(key[:2] == (part.co_name, part.co_firstlineno) for key in found)
                found[part.co_name, part.co_firstlineno, number] = part
                pending.append(part)
    return found


def _both(mutant: Mutant) -> list[tuple[CodeType, CodeType]]:
    """Old and new code of each function that the mutant changes."""
    old = _codes(compile(mutant.path.read_text(encoding="utf-8"), str(mutant.path), "exec"))
    new = _codes(compile(mutant.tree(), str(mutant.path), "exec"))
    return [(old[key], new[key]) for key in old if key in new and old[key] != new[key]]


def _fits(mutant: Mutant) -> bool:
    return all(old.co_freevars == new.co_freevars for old, new in _both(mutant))


def _swap(mutant: Mutant) -> None:
    """Give the functions of this process their changed code, and forget what they remember."""
    changed = dict(_both(mutant))
    swapped = 0
    for found in gc.get_objects():
        if isinstance(found, FunctionType) and found.__code__ in changed:
            found.__code__ = changed[found.__code__]
            swapped += 1
        elif isinstance(found, _REMEMBERING):
            found.cache_clear()
    assert swapped, mutant


class _Loop:
    """Shows each mutant to its tests, in a fork of the session that has collected all."""

    def __init__(self, mutants: Mapping[int, Mutant], known: Covered, results: int) -> None:
        self.mutants = mutants
        self.known = known
        self.results = results

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        for number, mutant in self.mutants.items():
            chosen = [items[test] for test in self.known.of(mutant)]
            alive = _in_fork(partial(self._fails, mutant, session, chosen))
            os.write(self.results, f"{number} {int(alive)}\n".encode())
        return True

    @staticmethod
    def _fails(mutant: Mutant, session: pytest.Session, items: Sequence[pytest.Item]) -> bool:
        _swap(mutant)
        for item, after in zip(items, [*items[1:], None], strict=True):
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.testsfailed:
                return True
        return False


def _in_one_session(mutants: Mapping[int, Mutant], known: Covered) -> Iterator[tuple[int, bool]]:
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        _no_processes()
        _silenced()
        files = sorted({test.split("::")[0] for test in known.seconds})
        os._exit(int(pytest.main([*QUIETLY, "-s", *files], plugins=[_Loop(mutants, known, write)])))
    os.close(write)
    with os.fdopen(read) as lines:
        for line in lines:
            number, alive = line.split()
            yield int(number), alive == "1"
    os.waitpid(child, 0)
