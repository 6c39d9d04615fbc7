"""What becomes of a program: migrated to the same numbers, refused, or wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tf1to2_reg import checks, verify
from tf1to2_reg.engine import migrate
from tf1to2_reg.files.source import SourceFile, source_from_bytes
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.results import Status, UnitResult
from tf1to2_reg.verify import Options, Program, Runner, Tolerances, VerifyError, printed, verdict_line


@dataclass(frozen=True)
class Target:
    """Where programs go, and how near their numbers must be; `same_text` asks for every digit that is printed."""

    choice: TargetChoice
    options: Options
    tolerances: Tolerances
    same_text: bool

    @property
    def name(self) -> str:
        return self.choice.value

    def migrate(self, files: Sequence[SourceFile]) -> list[UnitResult]:
        """What the command makes of the files, checks included."""
        return checks.checked(files, self._engine(files), self._engine)

    def _engine(self, files: Sequence[SourceFile]) -> list[UnitResult]:
        return migrate(files, self.choice)


TF2 = Target(
    TargetChoice.TF2, Options(target=verify.Target.TF2), Tolerances(rtol=1e-5, atol=0.0, trained=1e-4), same_text=False
)
GRAPH = Target(
    TargetChoice.GRAPH, Options(target=verify.Target.GRAPH), Tolerances.of(verify.Target.GRAPH), same_text=True
)
TARGETS = (TF2, GRAPH)


class Outcome(str, Enum):
    """What became of a program. UNTOUCHED holds nothing to migrate; UNFIT does not run in TF1 either."""

    EQUAL = "equal"
    REFUSED = "refused"
    UNTOUCHED = "untouched"
    DIFFERENT = "different"
    FAILS = "fails"
    DEFECT = "defect"
    UNFIT = "unfit"


WRONG = (Outcome.DIFFERENT, Outcome.FAILS, Outcome.DEFECT)


@dataclass(frozen=True)
class Judgement:
    """An outcome, why, and the new text of the program's files."""

    outcome: Outcome
    reason: str
    after: Mapping[str, str]


def judge(before: Mapping[str, str], entry: str, target: Target, runner: Runner, folder: Path) -> Judgement:
    """Migrate a program, given as its files by name, and run both sides in `folder`."""
    sources = [source_from_bytes(folder / "before" / name, text.encode()) for name, text in before.items()]
    units = target.migrate(sources)
    reasons = [f"{found.code} {found.message}" for unit in units for found in unit.diagnostics if found.code[3] in "29"]
    if any("TFR910" in reason for reason in reasons):
        return Judgement(Outcome.DEFECT, "; ".join(reasons), {})
    if not units:
        return Judgement(Outcome.UNTOUCHED, "", {})
    if any(unit.status is not Status.MIGRATED for unit in units):
        return Judgement(Outcome.REFUSED if reasons else Outcome.DEFECT, "; ".join(reasons), {})
    new = {path.name: data.decode() for unit in units for path, data in unit.new_sources.items()}
    after = {**before, **new}
    _write(folder / "before", before)
    _write(folder / "after", after)
    return _compared(Program(folder / "before", entry), Program(folder / "after", entry), target, runner, after)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _compared(before: Program, after: Program, target: Target, runner: Runner, files: Mapping[str, str]) -> Judgement:
    try:
        verdict = verify.verify(before, after, runner, target.options, target.tolerances)
    except VerifyError as error:
        outcome = Outcome.UNFIT if error.message.startswith("the before") else Outcome.FAILS
        return Judgement(outcome, f"{error.message}\n{error.output}", files)
    ours, theirs = verdict.before.printed, verdict.after.printed
    if not verdict.equal:
        return Judgement(Outcome.DIFFERENT, verdict_line(verdict), files)
    if not printed.comparable(ours, theirs) or (target.same_text and verdict.identical and ours != theirs):
        return Judgement(Outcome.DIFFERENT, f"printed before:\n{ours}printed after:\n{theirs}", files)
    return Judgement(Outcome.EQUAL, "", files)
