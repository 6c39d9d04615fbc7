"""Proving migrations to graph programs: many pairs through one `Runner`, a structured result for each.

    with Runner() as runner:
        proof = prove(Case("demo", Program(folder, "before.py"), Program(other, "after.py")), runner)
    assert proof.identical, proof.told

`Runner` holds one process per side, which imports TensorFlow once and runs every program in a fork of itself; the
comparison is that of `tf1to2-reg verify`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tf1to2_reg.verify import Options, Program, Runner, Target, Verdict, VerifyError, verdict_line, verify
from tf1to2_reg.verify.wording import inexact_line


class Grade(str, Enum):
    """How a proof ended, the best first."""

    IDENTICAL = "identical"
    EQUAL = "equal"
    DIFFERENT = "different"
    FAILED = "failed"


@dataclass(frozen=True)
class Case:
    """A pair of programs."""

    name: str
    before: Program
    after: Program


@dataclass(frozen=True)
class Proof:
    """What came of a pair.

    `told` is one line: what was compared, the first difference with its likely causes, or why a program does not run.
    `verdict` is None where one does not run.
    """

    case: Case
    grade: Grade
    told: str
    verdict: Verdict | None = None

    @property
    def identical(self) -> bool:
        return self.grade is Grade.IDENTICAL

    @property
    def equal(self) -> bool:
        """Identical, or different by no more than rounding."""
        return self.grade in {Grade.IDENTICAL, Grade.EQUAL}

    @property
    def causes(self) -> list[str]:
        return [] if self.verdict is None else [cause.kind.value for cause in self.verdict.causes]


def prove(case: Case, runner: Runner, options: Options | None = None) -> Proof:
    """Run both programs, as graph programs, and compare them."""
    options = options or Options(target=Target.GRAPH)
    try:
        verdict = verify(case.before, case.after, runner, options)
    except VerifyError as error:
        return Proof(case, Grade.FAILED, f"{error.message}\n{error.output}")
    return Proof(case, _grade(verdict), _told(verdict), verdict)


def prove_all(cases: Iterable[Case], runner: Runner, options: Options | None = None) -> Iterator[Proof]:
    """A proof for each, as they are made."""
    return (prove(case, runner, options) for case in cases)


def migrated(before: Program, folder: Path, new_files: Mapping[str, bytes]) -> Program:
    """A copy of the before in `folder`, with new or changed files by their paths inside it."""
    shutil.copytree(before.folder, folder)
    for name, data in new_files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Program(folder, before.entry, before.argv)


def _grade(verdict: Verdict) -> Grade:
    if verdict.identical:
        return Grade.IDENTICAL
    return Grade.EQUAL if verdict.equal else Grade.DIFFERENT


def _told(verdict: Verdict) -> str:
    causes = [f"likely cause: {cause.text}" for cause in verdict.causes]
    return "\n".join(filter(None, [verdict_line(verdict), inexact_line(verdict), *verdict.notes, *causes]))
