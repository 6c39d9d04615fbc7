"""Changes the engine in small ways and sees whether the tests that start no process notice: none with TensorFlow.

python scripts/mutation.py --sample 200 --seed 1 > table.md

Needs `coverage`: a mutant is shown to those tests that run its line. docs/mutation.md holds a table of such a run.
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
    options.add_argument("modules", nargs="*", help="parts of the paths of modules")
    given = options.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "tests"))
    mutants = sample(given.sample, given.seed, given.modules)
    known = covered()
    for process in range(given.processes):
        if not os.fork():
            _run(mutants, known, range(process, len(mutants), given.processes), _results(process))
            os._exit(0)
    for _ in range(given.processes):
        os.wait()
    rows = [line.split() for process in range(given.processes) for line in _results(process).read_text().splitlines()]
    outcomes = {int(number): alive == "SURVIVES" for number, alive, *_ in rows}
    told = [(mutants[number], alive) for number, alive in outcomes.items()]
    told.sort(key=lambda pair: (str(pair[0].path), pair[0].line))
    sys.stdout.writelines(f"{line}\n" for line in table(told))


def _results(process: int) -> Path:
    return ROOT / "build" / f"mutation.{process}"


def _run(mutants: Sequence[Mutant], known: Covered, numbers: Sequence[int], results: Path) -> None:
    with results.open("w") as lines:
        for place, alive in surviving([mutants[number] for number in numbers], known):
            number = numbers[place]
            lines.write(f"{number} {'SURVIVES' if alive else 'killed'} {mutants[number]}\n")
            lines.flush()


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
