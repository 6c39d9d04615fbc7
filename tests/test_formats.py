"""Standard output for machines: JSON, SARIF and annotations, each against its own schema or grammar; and the page."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import toy_engine
from conftest import Command
from jsonschema import Draft4Validator, Draft202012Validator

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.report.statistics import held_back_ranks, refusal_ranks, statistics_text
from tf1to2_reg.results import Status, TargetName, UnitResult

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def files(folder: Path) -> None:
    """A program that migrates and has a pitfall, one that is refused, a file that is broken."""
    (folder / "a b.py").write_text(toy_engine.PROGRAM + "# toy: note TFR301 one\n")
    (folder / "b.py").write_text(toy_engine.REFUSED)
    (folder / "c.py").write_text("import tensorflow  # layers\nx = (\n")


def output(toy_command: Command, form: str, command: str = "check") -> str:
    return toy_command(command, ".", "--format", form).out.decode()


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("command", ["check", "diff", "rewrite"])
def test_json_follows_its_schema(toy_command: Command, command: str) -> None:
    schema = json.loads((ROOT / "docs/report.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    report = json.loads(output(toy_command, "json", command))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(report)] == []
    del report["units"][0]["target"]
    assert len(list(Draft202012Validator(schema).iter_errors(report))) == 1


def test_schema_has_every_field() -> None:
    schema = json.loads((ROOT / "docs/report.schema.json").read_text())
    documented = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs/report.md").read_text(), re.MULTILINE))
    objects = [schema, schema["properties"]["summary"], *schema["$defs"].values()]
    assert {field for part in objects for field in part.get("required", ())} == documented


@pytest.mark.usefixtures("files")
def test_sarif_follows_its_schema(toy_command: Command) -> None:
    schema = json.loads((ROOT / "tests/sarif-2.1.0.json").read_text())
    report = json.loads(output(toy_command, "sarif"))
    assert [error.message for error in Draft4Validator(schema).iter_errors(report)] == []
    (run,) = report["runs"]
    assert [(_uri(result), result["ruleId"], result["level"]) for result in run["results"]] == [
        ("a%20b.py", "TFR301", "warning"),
        ("b.py", "TFR204", "error"),
        ("c.py", "TFR901", "error"),
    ]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def _uri(result: dict[str, Any]) -> str:
    return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def test_sarif_of_nothing(toy_command: Command) -> None:
    schema = json.loads((ROOT / "tests/sarif-2.1.0.json").read_text())
    report = json.loads(output(toy_command, "sarif"))
    assert [error.message for error in Draft4Validator(schema).iter_errors(report)] == []
    assert report["runs"][0]["results"] == []


@pytest.mark.usefixtures("files")
def test_annotations(toy_command: Command) -> None:
    Path("a b.py").rename("a,b:c%.py")
    lines = output(toy_command, "github").splitlines()
    assert [line.partition(",title")[0] for line in lines] == [
        "::warning file=a%2Cb%3Ac%25.py,line=4,col=1",
        "::error file=b.py,line=3,col=12",
        "::error file=c.py,line=2,col=5",
    ]
    assert all(re.fullmatch(r"::(error|warning|notice) [^:\n]*::[^\n]+", line) for line in lines)


@pytest.mark.usefixtures("files")
def test_text_for_machines_stands_alone(toy_command: Command) -> None:
    assert output(toy_command, "github", "diff") == output(toy_command, "github")
    refused = toy_command("rewrite", "-", "--format", "sarif", stdin=toy_engine.PROGRAM.encode())
    assert refused.code == 2
    assert "would both go to standard output" in refused.err


class Page(HTMLParser):
    """The tags of a page, each closed where it should be, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {"src", "href"} & {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.usefixtures("files")
def test_page(toy_command: Command) -> None:
    Path("a b.py").write_text(toy_engine.PROGRAM + "x = '<script>&amp;'\n# toy: note TFR301 one\n")
    toy_command("check", ".", "--html", "report.html")
    page = Page(Path("report.html").read_text(encoding="utf-8"))
    assert page.open == []
    assert "script" not in page.tags
    for text in ("a b.py", "+NEW = 1", "-OLD = 1", "x = '<script>&amp;'", "TFR204 saver or checkpoint", "c.py:2:5"):
        assert text in page.text
    assert page.tags.count("pre") == 1


def unit(name: str, target: TargetName | None, *codes: str, held: bool = False) -> UnitResult:
    said = tuple(Diagnostic(code, Path(name), 1, 1, f"about {code}") for code in codes)
    status = Status.REFUSED if target is None else Status.MIGRATED
    return UnitResult(
        name, status, (Path(name),), 1, diagnostics=() if held else said, target=target, held_back=said if held else ()
    )


def test_ranks() -> None:
    units = [
        unit("a", None, "TFR401", "TFR402"),
        unit("b", None, "TFR402", "TFR402"),
        unit("c", None, "TFR401", "TFR402"),
        unit("d", TargetName.GRAPH, "TFR103"),
        unit("e", TargetName.GRAPH, "TFR204", held=True),
    ]
    assert [(rank.code, rank.programs, rank.alone) for rank in refusal_ranks(units)] == [
        ("TFR402", 3, 1),
        ("TFR401", 2, 0),
    ]
    assert [(rank.code, rank.programs, rank.alone) for rank in held_back_ranks(units)] == [("TFR204", 1, 1)]
    text = statistics_text(units)
    assert "         3      1  TFR402 a name that is private to TensorFlow, or unknown\n" in text
    assert max(map(len, text.splitlines())) <= 80
    assert statistics_text([unit("d", TargetName.GRAPH)]) == ""


@pytest.mark.usefixtures("files")
def test_statistics_stand_at_the_end(toy_command: Command) -> None:
    said = toy_command("check", ".", "--statistics").err
    assert said.index("what refuses programs:\n") > said.index("3 files, 2 programs")
    assert "         1      1  TFR204 saver or checkpoint\n" in said
