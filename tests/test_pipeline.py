from collections.abc import Sequence
from pathlib import Path

import pytest
import toy_engine

from tf1to2_reg import pipeline
from tf1to2_reg.analysis import analysed
from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.diagnostics.exit_codes import ExitCode
from tf1to2_reg.files.discovery import Discovery
from tf1to2_reg.files.source import SourceFile
from tf1to2_reg.files.taking_part import Family
from tf1to2_reg.pipeline import RunResult, Summary, analyse, analyse_text, write
from tf1to2_reg.results import Status, UnitResult

PROGRAM, REFUSED = toy_engine.PROGRAM, toy_engine.REFUSED
IRRELEVANT = "import os\n"


def run(named: Sequence[str] = (), **files: str) -> RunResult:
    for name, text in files.items():
        Path(f"{name}.py").write_text(text)
    paths = tuple(Path(f"{name}.py") for name in files)
    return analyse(Discovery(paths, frozenset(Path(name) for name in named)), engine=toy_engine.migrate)


def codes(result: RunResult) -> list[tuple[str, str]]:
    return [(problem.code, str(problem.path)) for problem in result.problems]


pytestmark = pytest.mark.usefixtures("folder")


def test_nothing_to_do() -> None:
    result = run(a=IRRELEVANT)
    assert (result.units, result.problems, result.sources) == ((), (), {})
    assert result.exit_code() is ExitCode.DONE
    assert result.summary() == Summary(1, 0, 0, 0, 0, 0, 1)


def test_migrated_unit() -> None:
    result = run(a=PROGRAM, b=IRRELEVANT)
    assert result.new_sources == {Path("a.py"): toy_engine.PROGRAM_AFTER.encode()}
    assert result.exit_code() is ExitCode.FOUND
    assert result.summary() == Summary(2, 1, 1, 0, 1, 1, 1, {"tf2": 1})
    assert Path("a.py").read_text() == PROGRAM


def test_written_unit() -> None:
    result = write(run(a=PROGRAM, b=IRRELEVANT))
    assert result.written == (Path("a.py"),)
    assert Path("a.py").read_text() == toy_engine.PROGRAM_AFTER
    assert result.exit_code() is ExitCode.DONE


def test_refused_unit() -> None:
    result = write(run(a=REFUSED, b=PROGRAM))
    assert Path("a.py").read_text() == REFUSED
    assert Path("b.py").read_text() == toy_engine.PROGRAM_AFTER
    assert result.exit_code() is ExitCode.FOUND
    assert result.summary() == Summary(2, 2, 1, 1, 1, 1, 1, {"tf2": 1})


def test_unreadable_and_broken_files_do_not_stop_the_others() -> None:
    Path("gone.py").symlink_to("nothing.py")
    found = Discovery((Path("gone.py"),))
    result = analyse(found, engine=toy_engine.migrate)
    assert codes(result) == [("TFR904", "gone.py")]
    result = write(run(a=PROGRAM, broken="import tensorflow, a  # layers\nx = (\n"))
    assert codes(result) == [("TFR901", "broken.py")]
    assert Path("a.py").read_text() == toy_engine.PROGRAM_AFTER
    assert result.exit_code() is ExitCode.UNUSABLE


def test_broken_files_count_only_where_they_can_take_part() -> None:
    assert codes(run(broken="x = (\n", a=PROGRAM)) == []
    assert codes(run(broken="import a\nx = (\n", a=PROGRAM)) == [("TFR901", "broken.py")]
    assert codes(run(named=["broken.py"], broken="x = (\n", a=IRRELEVANT)) == [("TFR901", "broken.py")]


def test_engine_gets_what_can_take_part() -> None:
    seen: list[str] = []

    def engine(files: Sequence[SourceFile]) -> list[UnitResult]:
        seen.extend(str(file.path) for file in files)
        return []

    for name, text in {"nets": PROGRAM, "train": "import nets\n", "other": IRRELEVANT}.items():
        Path(f"{name}.py").write_text(text)
    analyse(Discovery((Path("nets.py"), Path("other.py"), Path("train.py"))), engine=engine)
    assert seen == ["nets.py", "train.py"]


def test_engine_is_not_asked_where_nothing_mentions_layers() -> None:
    def engine(_: Sequence[SourceFile]) -> list[UnitResult]:
        raise AssertionError

    Path("a.py").write_text(IRRELEVANT)
    assert analyse(Discovery((Path("a.py"),), frozenset([Path("a.py")])), engine=engine).units == ()


def test_progress_counts_files() -> None:
    names = [f"f{number:03}" for number in range(300)]
    for name in names:
        Path(f"{name}.py").write_text(IRRELEVANT)
    Path("f123.py").write_text(PROGRAM)
    Path("f200.py").unlink()
    paths = tuple(Path(f"{name}.py") for name in names)
    stages: list[tuple[str, int, int]] = []
    result = analyse(Discovery(paths), engine=toy_engine.migrate, jobs=4, progress=lambda *stage: stages.append(stage))
    assert codes(result) == [("TFR904", "f200.py")]
    assert list(result.new_sources) == [Path("f123.py")]
    assert stages[299] == ("reading", 300, 300)
    assert stages[300:] == [("selecting", 0, 0), ("analysing", 0, 1), ("analysing", 1, 1)]


def test_uncommitted_changes_stop_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    dirty = Diagnostic("TFR908", Path("a.py"), 1, 1, "dirty")
    monkeypatch.setattr(pipeline, "uncommitted", lambda _: [dirty])
    analysed = run(a=PROGRAM, b=PROGRAM.replace(" one", " two"))
    stopped = write(analysed)
    assert (stopped.problems, stopped.written, stopped.exit_code()) == ((dirty,), None, ExitCode.UNUSABLE)
    assert Path("b.py").read_text() != toy_engine.PROGRAM_AFTER.replace(" one", " two")
    assert write(analysed, allow_dirty=True).exit_code() is ExitCode.DONE


def test_unit_that_cannot_be_written_is_refused_and_others_are_written() -> None:
    notes = "# toy: note TFR103 one\n# toy: note TFR301 one\n"
    analysed = run(a=PROGRAM + notes, b=PROGRAM, c=PROGRAM.replace(" one", " two"))
    Path("b.py").write_text("changed = 1\n")
    result = write(analysed)
    assert codes(result) == [("TFR906", "b.py")]
    assert [unit.status for unit in result.units] == [Status.REFUSED, Status.MIGRATED]
    assert result.written == (Path("c.py"),)
    assert Path("a.py").read_text() == PROGRAM + notes
    assert [diagnostic.code for diagnostic in result.units[0].diagnostics] == ["TFR301"]


def test_text_that_is_no_file() -> None:
    result = analyse_text(Path("<stdin>"), PROGRAM.encode(), engine=toy_engine.migrate)
    assert result.new_sources == {Path("<stdin>"): toy_engine.PROGRAM_AFTER.encode()}
    broken = analyse_text(Path("<stdin>"), b"x = (\n", engine=toy_engine.migrate)
    assert codes(broken) == [("TFR901", "<stdin>")]


def test_a_defect_in_one_family_is_a_problem_of_its_files() -> None:
    def defective(_: Sequence[SourceFile]) -> list[UnitResult]:
        raise ZeroDivisionError("by nothing")

    analysis = analysed(Family((Path("a.py"),)), {Path("a.py"): b"import tensorflow"}, defective)
    (problem,) = analysis.problems
    assert (problem.code, problem.path) == ("TFR910", Path("a.py"))
    assert problem.message.startswith(
        "a defect of tf1to2-reg, please report it: ZeroDivisionError: by nothing (test_pip"
    )
