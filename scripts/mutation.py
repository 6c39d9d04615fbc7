"""Changes the engine in small ways and sees whether the tests that start no process notice: none with TensorFlow.

python scripts/mutation.py --sample 200 --seed 1 > table.md

Needs `coverage`: a mutant is shown to those tests that run its line. What is found is written to `build/` as it is
found: a run that was stopped goes on where it was, `--found` prints the table so far. docs/mutation.md holds such a
table.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from random import Random

from mutation_changes import DECIDES, JUDGED, ROOT, Mutant, mutants_of
from mutation_tests import Covered, covered, surviving


def sample(size: int, seed: int, patterns: Sequence[str]) -> list[Mutant]:
    """Mutants of all modules that decide something."""
    paths = [path for place in DECIDES for path in sorted((ROOT / place).rglob("*.py")) if JUDGED not in path.parents]
    chosen = [p for p in paths if not patterns or any(fnmatch(str(p.relative_to(ROOT)), f"*{x}*") for x in patterns)]
    every = [mutant for path in chosen for mutant in mutants_of(path)]
    return Random(seed).sample(every, min(size, len(every)))


def main() -> None:
    """Run a sample and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sample", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--processes", type=int, default=1, help="how many run side by side")
    options.add_argument("--found", action="store_true", help="print what a run has found until now")
    options.add_argument("modules", nargs="*", help="parts of the paths of modules")
    given = options.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "tests"))
    mutants = sample(given.sample, given.seed, given.modules)
    results = ROOT / "build" / f"mutation.{given.sample}.{given.seed}"
    results.parent.mkdir(exist_ok=True)
    if not given.found:
        _find(mutants, results, given.processes)
    found = _found(results)
    told = [(mutant, found[str(mutant)]) for mutant in mutants if str(mutant) in found]
    told.sort(key=lambda pair: (str(pair[0].path), pair[0].line))
    sys.stdout.writelines(f"{line}\n" for line in table(told))


def _find(mutants: Sequence[Mutant], results: Path, processes: int) -> None:
    """Show those to the tests that an earlier run did not come to."""
    found = _found(results)
    wanted = [mutant for mutant in mutants if str(mutant) not in found]
    known = covered()
    for process in range(processes):
        if not os.fork():
            _run(wanted[process::processes], known, results)
            os._exit(0)
    for _ in range(processes):
        os.wait()


def _run(mutants: Sequence[Mutant], known: Covered, results: Path) -> None:
    with results.open("a") as lines:
        for place, alive in surviving(mutants, known):
            lines.write(f"{'SURVIVES' if alive else 'killed'} {mutants[place]}\n")
            lines.flush()


def _found(results: Path) -> dict[str, bool]:
    """Which mutants survive, as far as they were shown to the tests."""
    rows = results.read_text().splitlines() if results.exists() else []
    return {mutant: alive == "SURVIVES" for alive, _, mutant in (row.partition(" ") for row in rows)}


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
