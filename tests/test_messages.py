from pathlib import Path

import pytest
import toy_engine
from conftest import Command

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.files.source import SourceFile, source_from_bytes
from tf1to2_reg.options import Verbosity
from tf1to2_reg.report.messages import Messages
from tf1to2_reg.report.style import Style
from tf1to2_reg.results import Status, TargetName, UnitResult

PATH = Path("a.py")
SOURCE = source_from_bytes(PATH, "import tensorflow as tf\nif x:\n\tü, saver = 1, tf.train.Saver()\n\n".encode())


def messages(verbosity: Verbosity = Verbosity.NORMAL, sources: dict[Path, SourceFile] | None = None) -> Messages:
    return Messages({PATH: SOURCE} if sources is None else sources, Style(), verbosity)


def saver(line: int = 3, column: int = 16, help: str = "") -> Diagnostic:
    return Diagnostic("TFR204", PATH, line, column, "a saver", help)


def test_like_a_compiler() -> None:
    lines = messages().text([saver()]).splitlines()
    assert lines[0] == "a.py:3:16: TFR204 a saver"
    assert lines[1] == "     3 |     ü, saver = 1, tf.train.Saver()"
    assert lines[2] == "       |                   ^"
    assert lines[1][lines[2].index("^") :].startswith("tf.train.Saver")
    assert lines[3].startswith("       = why: A saver of all variables migrates")
    assert any(line.startswith("       = help: Make one `tf.train.Saver()`") for line in lines)
    assert max(map(len, lines)) <= 80


def test_reason_is_given_once() -> None:
    assert messages().text([saver(), saver(line=2)]).count("= why:") == 1


def test_help_of_the_place_wins_and_is_always_given() -> None:
    text = messages().text([saver(help="Do this."), saver(line=4, help="Do that.")])
    assert "= help: Do this.\n" in text
    assert "= help: Do that.\n" in text
    assert "Make one `tf.train.Saver()`" not in text


def test_order_is_that_of_the_places() -> None:
    text = messages().text([saver(line=3), saver(line=1), saver(line=2)])
    assert [line.split(":")[1] for line in text.splitlines() if line.startswith("a.py")] == ["1", "2", "3"]


def test_blank_and_missing_lines_have_no_excerpt() -> None:
    assert " | " not in messages().text([saver(line=4), saver(line=99)])


@pytest.mark.parametrize(
    ("verbosity", "said"),
    [(Verbosity.QUIET, ["TFR204", "TFR901"]), (Verbosity.NORMAL, ["TFR103", "TFR204", "TFR301", "TFR901"])],
)
def test_what_is_said(verbosity: Verbosity, said: list[str]) -> None:
    diagnostics = [Diagnostic(code, PATH, 3, 1, "x") for code in ("TFR103", "TFR204", "TFR301", "TFR901")]
    text = messages(verbosity).text(diagnostics)
    assert [line.split()[1] for line in text.splitlines() if line.startswith("a.py")] == said


def test_notes_are_short_unless_verbose() -> None:
    note = Diagnostic("TFR103", PATH, 3, 1, "halved")
    assert messages().text([note]) == "a.py:3:1: TFR103 halved\n"
    assert "= why:" in messages(Verbosity.VERBOSE).text([note])


def test_quiet_messages_are_one_line() -> None:
    assert messages(Verbosity.QUIET).text([saver()]) == "a.py:3:16: TFR204 a saver\n"


def test_line_of_a_file_that_does_not_parse(folder: Path) -> None:
    (folder / "b.py").write_bytes(b"x = 1\nx = (\xff\n")
    broken = Diagnostic("TFR901", Path("b.py"), 2, 5, "file does not parse")
    assert "     2 | x = (\\xff\n       |     ^\n" in messages().text([broken])


def test_problems_of_a_whole_file_have_no_excerpt(folder: Path) -> None:
    (folder / "b.py").write_bytes(b"x = 1\n")
    assert " | " not in messages().text([Diagnostic("TFR905", Path("b.py"), 1, 1, "file is read-only")])


def many(number: int) -> list[Diagnostic]:
    return [Diagnostic("TFR204", PATH, 1, 1, f"message {index}") for index in range(number)]


def test_only_the_first_messages_have_the_line_of_the_program() -> None:
    spoken = Messages({PATH: source_from_bytes(PATH, b"a = 1\n")}, Style(), Verbosity.NORMAL)
    text = spoken.text([*many(30), Diagnostic("TFR205", PATH, 1, 1, "of another code")])
    assert text.count("     1 | a = 1\n") == 21
    assert text.count("message") == 30
    assert spoken.rest == "10 messages are shortened; -v has all\n"


def test_everything_is_said_when_asked() -> None:
    spoken = Messages({PATH: source_from_bytes(PATH, b"a = 1\n")}, Style(), Verbosity.VERBOSE)
    assert spoken.text(many(30)).count("     1 | a = 1\n") == 30
    assert spoken.rest == ""


def test_reasons_that_keep_a_program_from_going_further() -> None:
    unit = UnitResult("a.py", Status.SETTLED, (PATH,), 1, target=TargetName.GRAPH, held_back=tuple(many(7)))
    spoken = Messages({}, Style(), Verbosity.NORMAL)
    lines = spoken.unit(unit).splitlines()
    assert (len(lines), lines[-1]) == (7, "    and 2 more")
    assert spoken.rest == "2 messages are shortened; -v has all\n"


def test_many_programs_are_told_of_in_short(toy_command: Command, folder: Path) -> None:
    for number in range(11):
        (folder / f"a{number}.py").write_text(toy_engine.REFUSED.replace("two", f"p{number}"))
    short = toy_command("check", ".")
    assert "    layer  a0.py" not in short.out.decode()
    assert "what refuses programs:" in short.err
    assert "        11     11  TFR204" in short.err
    full = toy_command("check", ".", "-v")
    assert "    layer  a0.py" in full.out.decode()
