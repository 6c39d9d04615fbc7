"""Migrate copies of whole repositories and print a table: programs, where they go, and what keeps the rest.

Usage: python scripts/survey.py [--target auto|tf2|graph] FOLDER...

Each folder is copied, rewritten with the real command and rewritten again: every new file must parse, and the second
run must change nothing. Folders that hold a bare clone (a git directory without a work tree) are checked out first.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_TIMEOUT = 900
_SHOWN = 6


@dataclass
class Row:
    """What became of one repository."""

    name: str
    files: int = 0
    programs: int = 0
    layers: int = 0
    targets: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    """For each code, what it was said of, and in how many programs."""
    defects: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The row of the table."""
        went = " | ".join(str(self.targets[name]) for name in ("tf2", "graph", "refused"))
        reasons = "; ".join(f"{code}: {_listed(said)}" for code, said in sorted(self.reasons.items()))
        cells = (self.name, self.files, self.programs, went, self.layers, reasons, "; ".join(self.defects))
        return f"| {' | '.join(map(str, cells))} |"


def _listed(said: Counter[str]) -> str:
    """What a code was said of most often."""
    shown = [text for text, _ in said.most_common(_SHOWN)]
    return ", ".join(shown) + (f" and {len(said) - _SHOWN} more" if len(said) > _SHOWN else "")


def survey(folder: Path, target: str) -> Row:
    """Migrate a copy of one repository."""
    row = Row(folder.name)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        _check_out(folder, copy)
        report = _rewrite(copy, target, Path(scratch) / "first.json", row)
        if report is None:
            return row
        row.files, row.programs = report["summary"]["files"], report["summary"]["units"]
        row.layers = report["summary"]["layers"]
        for unit in report["units"]:
            row.targets[unit["target"] or "refused"] += 1
            if unit["target"] is None:
                refused = (item for item in unit["diagnostics"] if item["family"].startswith("refused"))
                for code, message in sorted({(item["code"], item["message"]) for item in refused}):
                    row.reasons.setdefault(code, Counter())[_short(message)] += 1
        row.defects += [problem["code"] for problem in report["problems"] if problem["code"] != "TFR902"]
        row.defects += _unparsable(Path(path) for path in report["written"])
        again = _rewrite(copy, target, Path(scratch) / "second.json", row)
        if again is not None and again["written"]:
            row.defects.append(f"a second run changes {len(again['written'])} files")
    return row


def _short(message: str) -> str:
    """The name that a message is about, where the code says the rest."""
    match message.split():
        case ["TensorFlow", "2.21", "has", "no", name]:
            return f"`{name}`"
        case [name, "is", "Keras", "2", *_]:
            return f"`{name}`"
    return message


def _check_out(folder: Path, copy: Path) -> None:
    if (folder / "HEAD").exists():
        copy.mkdir()
        archive = subprocess.run(["git", "-C", folder, "archive", "HEAD"], capture_output=True, check=True)
        subprocess.run(["tar", "-x", "-C", copy], input=archive.stdout, check=True)
    else:
        shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))


def _rewrite(copy: Path, target: str, report: Path, row: Row) -> dict[str, Any] | None:
    command = [sys.executable, "-m", "tf1to2_reg", "rewrite", "--target", target, "--report", report, "-q", copy]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_TIMEOUT)
    except subprocess.TimeoutExpired:
        row.defects.append(f"no end after {_TIMEOUT} s")
        return None
    if not report.exists():
        row.defects.append(done.stderr.strip().splitlines()[-1] if done.stderr else f"exit code {done.returncode}")
        return None
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def _unparsable(paths: Iterable[Path]) -> list[str]:
    found = []
    for path in paths:
        try:
            ast.parse(path.read_bytes())
        except SyntaxError as error:
            found.append(f"{path.name} does not parse: {error}")
    return found


def main() -> None:
    """Print the table row by row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--target", default="auto", choices=("auto", "tf2", "graph"))
    given = parser.parse_args()
    sys.stdout.write("| repository | files | programs | tf2 | graph | refused | layers | reasons left | defects |\n")
    sys.stdout.write("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
    for folder in given.folders:
        sys.stdout.write(survey(folder, given.target).text() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
