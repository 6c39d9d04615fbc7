"""Migrates random programs and mutated fixtures, runs both sides, and keeps those that come out wrong.

python scripts/try_programs.py --count 300 --seed 1 --folder wrong
python scripts/try_programs.py --fixtures --seed 1 --folder wrong
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from fixture_cases import Expect, all_cases
from fixture_mutations import ENTRY, mutants
from judging import TARGETS, WRONG, Judgement, Outcome, judge
from random_programs import generate

from tf1to2_reg.verify import Runner

Program = tuple[str, Mapping[str, str]]
"""A name, and files by name; the first is the one to run."""


def random_programs(seed: int, count: int) -> Iterator[Program]:
    """Generated ones, each from a seed of its own."""
    for number in range(seed, seed + count):
        yield str(number), {"main.py": generate(Random(number))}


def mutated_fixtures(seed: int) -> Iterator[Program]:
    """Every change of every fixture of one file that migrates."""
    for case in all_cases():
        if case.expect is Expect.MIGRATED and case.before.is_file():
            for mutant in mutants(case.before.read_text(encoding="utf-8"), Random(seed)):
                yield f"{case.name}_{mutant.name}_{seed}", {ENTRY: mutant.files[ENTRY], **mutant.files}


def keep(folder: Path, name: str, before: Mapping[str, str], judgement: Judgement) -> None:
    """Write a program, what became of it, and why that is wrong."""
    for side, files in (("before", before), ("after", judgement.after)):
        (folder / name / side).mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (folder / name / side / file).write_text(text, encoding="utf-8")
    (folder / name / "why.txt").write_text(f"{judgement.outcome.value}: {judgement.reason}\n", encoding="utf-8")


def main() -> int:
    """Return how many programs were wrong."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--fixtures", action="store_true")
    options.add_argument("--count", type=int, default=100)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--folder", type=Path, default=Path("wrong"))
    options.add_argument("--target", choices=[target.name for target in TARGETS], default=TARGETS[0].name)
    given = options.parse_args()
    target = next(target for target in TARGETS if target.name == given.target)
    programs = mutated_fixtures(given.seed) if given.fixtures else random_programs(given.seed, given.count)
    counts: Counter[str] = Counter()
    with Runner() as runner, tempfile.TemporaryDirectory() as scratch:
        for name, files in programs:
            judgement = judge(files, next(iter(files)), target, runner, Path(scratch) / name)
            counts[judgement.outcome.value] += 1
            if judgement.outcome in (*WRONG, Outcome.UNFIT):
                keep(given.folder, f"{judgement.outcome.value}_{name}", files, judgement)
                sys.stdout.write(f"{name} {judgement.outcome.value}: {judgement.reason.splitlines()[0]}\n")
                sys.stdout.flush()
    sys.stdout.write(", ".join(f"{count} {outcome}" for outcome, count in counts.items()) + "\n")
    return sum(counts[outcome.value] for outcome in WRONG)


if __name__ == "__main__":
    sys.exit(min(main(), 100))
