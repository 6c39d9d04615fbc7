import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import toy_engine
from conftest import Command

ROOT = Path(__file__).parent.parent


@pytest.fixture
def report(folder: Path, toy_command: Command) -> dict[str, Any]:
    """The report of a rewrite with a migrated, a refused and a broken file."""
    (folder / "a.py").write_text(toy_engine.PROGRAM + "# toy: note TFR301 one\n")
    (folder / "b.py").write_text(toy_engine.REFUSED)
    (folder / "c.py").write_text("import tensorflow  # layers\nx = (\n")
    assert toy_command("rewrite", ".", "--report", "r.json").code == 2
    loaded = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_content(report: dict[str, Any]) -> None:
    assert {key: report[key] for key in ("format", "command", "exit_code", "files", "written")} == {
        "format": 1,
        "command": "rewrite",
        "exit_code": 2,
        "files": ["a.py", "b.py", "c.py"],
        "written": ["a.py"],
    }
    assert report["summary"] == {
        "files": 3,
        "units": 2,
        "migrated": 1,
        "refused": 1,
        "layers": 2,
        "changed": 1,
        "untouched": 2,
        "targets": {"tf2": 1},
    }
    one, two = report["units"]
    assert (one["name"], one["status"], one["changed"]) == ("one", "migrated", ["a.py"])
    assert one["diagnostics"][0]["family"] == "pitfall"
    assert (two["name"], two["status"], two["changed"]) == ("two", "refused", [])
    assert two["findings"] == [
        {"kind": "layer", "path": "b.py", "cell": None, "line": 3, "text": "# toy: refuse TFR204 two"}
    ]
    (problem,) = report["problems"]
    assert (problem["code"], problem["path"], problem["line"]) == ("TFR901", "c.py", 2)


def test_every_field_is_documented_and_there_are_no_others(report: dict[str, Any]) -> None:
    documentation = (ROOT / "docs/report.md").read_text(encoding="utf-8")
    sections = dict(
        re.findall(r"^(?:## )?(# The report|\w+)\n\n(.*?)(?=\n## |\Z)", documentation, re.DOTALL | re.MULTILINE)
    )
    documented = {
        name.strip("# "): set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE)) for name, text in sections.items()
    }
    assert documented == {
        "The report": set(report),
        "summary": set(report["summary"]),
        "units": _keys(report["units"]),
        "findings": _keys(unit["findings"] for unit in report["units"]),
        "diagnostics": _keys(report["problems"]),
    }


def _keys(values: Any) -> set[str]:
    return set(_flat_keys(values))


def _flat_keys(values: Any) -> Iterator[str]:
    for value in values:
        yield from value if isinstance(value, dict) else _flat_keys(value)


def test_no_report_is_written_where_none_is_asked_for(folder: Path, toy_command: Command) -> None:
    (folder / "a.py").write_text(toy_engine.PROGRAM)
    toy_command("check", ".")
    assert [path.name for path in folder.iterdir()] == ["a.py"]
