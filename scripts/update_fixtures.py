"""Write fixtures/NAME/after anew from what the tool makes of fixtures/NAME/before, and those of fixtures/graph.

Usage: python scripts/update_fixtures.py [NAME...]

Writes the after of every case that expects `migrated` and is, and tells which changed: read them before committing,
and run tests/test_equivalence.py and tests/test_graph_golden.py. Nothing is written where the outcome is not what
case.toml expects; those cases are listed, and the exit code is 1. The name `graph` stands for all of fixtures/graph.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from fixture_cases import Case, Expect, all_cases, files_of, load_case, outcome
from graph_fixtures import graph_cases


def main(names: list[str]) -> int:
    """Update the given cases, or all; the exit code."""
    if not names or "graph" in names:
        _update_graph()
    cases = [load_case(name) for name in names if name != "graph"] if names else all_cases()
    unmet = [line for case in cases for line in _update(case)]
    _say(f"{len(cases)} cases, {len(unmet)} not as their case.toml says")
    for line in unmet:
        _say(f"  {line}")
    return 1 if unmet else 0


def _update(case: Case) -> list[str]:
    """Bring the after up to date; a line where the case is not as expected."""
    found = outcome(case.before)
    missing = sorted(case.codes - found.codes)
    if found.expect is not case.expect:
        reported = ", ".join(sorted(found.refusals or found.codes)) or "nothing reported"
        return [f"{case.name}: expected {case.expect.value}, is {found.expect.value} ({reported})"]
    if case.expect is Expect.MIGRATED:
        _write(case.name, case.after, found.files)
    else:
        _remove(case.after)
    return [f"{case.name}: {', '.join(missing)} not reported, but {', '.join(sorted(found.codes))}"] if missing else []


def _update_graph() -> None:
    for case in graph_cases():
        with tempfile.TemporaryDirectory() as folder:
            _write(f"graph/{case.name}", case.after, case.migrated(Path(folder) / "program"))


def _write(name: str, after: Path, files: dict[str, bytes]) -> None:
    if files_of(after) == files:
        return
    _remove(after)
    for inner, data in files.items():
        path = after / inner if inner else after
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for other in _data_of(after.with_name("before")):
        path = after / other.relative_to(after.with_name("before"))
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(other, path)
    _say(f"wrote {name}/{after.name}")


def _data_of(program: Path) -> list[Path]:
    """The files of a program that are not Python, which its after needs too."""
    files = [path for path in program.rglob("*") if path.is_file()]
    return [path for path in files if path.suffix != ".py" and path.parent.name != "__pycache__"]


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
