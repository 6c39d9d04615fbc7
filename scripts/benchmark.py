"""CPU time and memory of whole runs over a folder: `python scripts/benchmark.py FOLDER [--migrate-lines 20000]`.

Prints the table of docs/benchmark.md: this tool, `ast.parse` of all files, ruff, LibCST's codemod that changes nothing,
and TensorFlow's `tf_upgrade_v2` where it is installed. Each is a process of its own; what its children take counts.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PARSE = """
import ast, pathlib, sys, warnings
warnings.simplefilter("ignore")
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    try:
        ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        pass
"""
NO_OP = """
import pathlib, sys
import libcst as cst
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    try:
        cst.parse_module(path.read_bytes()).visit(cst.CSTTransformer()).bytes
    except Exception:
        pass
"""


@dataclass(frozen=True)
class Cost:
    """What one process took: CPU seconds, seconds of the clock, the memory of its largest process."""

    cpu: float
    clock: float
    megabytes: float

    def cells(self) -> str:
        """As cells of a table."""
        return f"{self.cpu:.1f} s | {self.clock:.1f} s | {self.megabytes:.0f} MB"


def cost(command: list[str]) -> Cost:
    """Run a command, whatever its exit code."""
    start = time.perf_counter()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere)
        _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1024)


def commands(folder: Path, scratch: Path) -> dict[str, list[str]]:
    """What is measured, by the name in the table."""
    python, tool = sys.executable, [sys.executable, "-m", "tf1to2_reg", "check", "--format", "json"]
    found = {
        "`ast.parse` of all files": [python, "-c", PARSE, str(folder)],
        "`tf1to2-reg check --target graph -j 1`": [*tool, "--target", "graph", "-j", "1", str(folder)],
        "`tf1to2-reg check -j 1`": [*tool, "-j", "1", str(folder)],
        "`tf1to2-reg check -j 2`": [*tool, "-j", "2", str(folder)],
        "LibCST, a codemod that changes nothing": [python, "-c", NO_OP, str(folder)],
    }
    if (ruff := shutil.which("ruff", path=str(Path(python).parent)) or shutil.which("ruff")) is not None:
        found["`ruff check --no-cache`"] = [ruff, "check", "--no-cache", "--isolated", str(folder)]
    if importlib.util.find_spec("tensorflow") is not None:
        upgrade = [python, "-m", "tensorflow.tools.compatibility.tf_upgrade_v2_main"]
        report = ["--reportfile", str(scratch / "report.txt")]
        found["`tf_upgrade_v2`"] = [*upgrade, "--intree", str(folder), "--outtree", str(scratch / "out"), *report]
    return found


def main() -> None:
    """Measure and print, row by row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="Rows whose name has this text.")
    given = parser.parse_args()
    files = list(given.folder.rglob("*.py"))
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    sys.stdout.write(
        f"{len(files)} files, {lines} lines\n\n| what | CPU | clock | memory |\n| --- | --- | --- | --- |\n"
    )
    with tempfile.TemporaryDirectory() as scratch:
        for name, command in commands(given.folder, Path(scratch)).items():
            if given.only in name:
                sys.stdout.write(f"| {name} | {cost(command).cells()} |\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
