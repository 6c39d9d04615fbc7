"""Migrates random programs, runs both sides and compares them; keeps those that come out wrong.

python scripts/random_programs.py --count 300 --seed 1 --folder wrong
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from judging import TARGETS, WRONG, Judgement, Outcome, judge
from random_programs import generate

from tf1to2_reg.verify import Runner


def keep(folder: Path, name: str, before: str, judgement: Judgement) -> None:
    """Write a program, what became of it, and why that is wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(before, encoding="utf-8")
    for text in judgement.after.values():
        (folder / f"{name}.after.py").write_text(text, encoding="utf-8")
    (folder / f"{name}.txt").write_text(f"{judgement.outcome.value}: {judgement.reason}\n", encoding="utf-8")


def main() -> int:
    """Return how many programs were wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--folder", type=Path, default=Path("wrong"))
    options.add_argument("--target", choices=[target.name for target in TARGETS], default=TARGETS[0].name)
    given = options.parse_args()
    target = next(target for target in TARGETS if target.name == given.target)
    counts: Counter[Outcome] = Counter()
    with Runner() as runner, tempfile.TemporaryDirectory() as scratch:
        for seed in range(given.seed, given.seed + given.count):
            program = generate(Random(seed))
            judgement = judge({"main.py": program}, "main.py", target, runner, Path(scratch) / str(seed))
            counts[judgement.outcome] += 1
            if judgement.outcome in (*WRONG, Outcome.UNFIT):
                keep(given.folder, f"{judgement.outcome.value}_{seed}", program, judgement)
                sys.stdout.write(f"{seed} {judgement.outcome.value}: {judgement.reason.splitlines()[0]}\n")
                sys.stdout.flush()
    sys.stdout.write(", ".join(f"{count} {outcome.value}" for outcome, count in counts.items()) + "\n")
    return sum(counts[outcome] for outcome in WRONG)


if __name__ == "__main__":
    sys.exit(min(main(), 100))
