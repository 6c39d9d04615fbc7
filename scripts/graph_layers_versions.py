"""Runs graph_layers on other Pythons and TensorFlows, and compares with what it does here.

Usage: python scripts/graph_layers_versions.py FOLDER INTERPRETER... [--parts layers programs contrib]

From a clone with the development tools. Each interpreter needs `tensorflow` and nothing else. What each does is kept in
the folder, and not done again; parts that are not asked for are shown if they are there. The table goes into the
section on versions of docs/graph-layers.md; the exit code is 1 if something differs but for rounding.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "scripts")]

from graph_fixtures import graph_cases  # noqa: E402
from graph_layers_cases import CASES  # noqa: E402
from graph_layers_table import PAGE, VERSIONS, Comparison, compare  # noqa: E402
from test_graph_contrib import requests  # noqa: E402

from tf1to2_reg.facts.contrib import PIECES  # noqa: E402
from tf1to2_reg.targets.graph.module import public_names, written  # noqa: E402

_ASK = "import sys, keras, tensorflow; print(sys.version.split()[0], tensorflow.__version__, keras.__version__)"
_HEAD = f"""{VERSIONS}

Written by `scripts/graph_layers_versions.py`: the module under other Pythons and TensorFlows, compared with the first
row. The cases of this page are run with resource variables, those of [contrib's](graph-contrib.md) where a row has any,
and the programs of `fixtures/graph` as migrated. "Named" counts the cases in which every name, shape, order, collection
and error is the same, "equal" those in which every bit of every number is too, "by" is the largest difference of a
tensor's elements relative to its largest element. A program is equal if it prints the same text. Where one is not
on TensorFlow 2.16, a last digit is another; on TensorFlow 2.20 the four programs with an Estimator end in TensorFlow's
own `tf.train.write_graph`, which gives protobuf 7.36 an argument that it has no more.

| Python | TensorFlow | Keras | cases | named | equal | by | contrib's | named | equal | by | programs | equal |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
_PARTS = ("layers", "programs", "contrib")
Results = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """What one interpreter makes of some parts: results of cases, texts of programs."""

    versions: str
    parts: dict[str, Results]


def main(arguments: list[str]) -> int:
    """Write the table; 1 if something differs but for rounding."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("interpreters", nargs="*")
    parser.add_argument("--parts", nargs="*", default=_PARTS, choices=_PARTS)
    given = parser.parse_args(arguments)
    folder = given.folder.absolute()
    _prepare(folder)
    here, *others = [_run(python, folder, given.parts) for python in (sys.executable, *given.interpreters)]
    rows = [_row(here, run) for run in (here, *others)]
    different = [f"{run.versions}: {line}" for run in others for line in _different(here, run)]
    page = PAGE.read_text("utf-8").partition(f"\n{VERSIONS}")[0].rstrip("\n") + "\n\n"
    PAGE.write_text(page + _HEAD + "\n".join(rows) + "\n", "utf-8")
    _say("\n".join([*rows, *different]))
    return bool(different)


def _prepare(folder: Path) -> None:
    """Put the module, the cases and the programs into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "graph_layers.py").write_text(written(public_names()))
    (folder / "graph_layers.py.json").write_text(json.dumps(PIECES))
    layers = {name: case.side("after", resource=True) for name, case in CASES.items()}
    shutil.rmtree(folder / "programs", ignore_errors=True)
    programs = {}
    for case in graph_cases():
        program = folder / "programs" / case.name / "after"
        for path, data in case.migrated(program.with_name("before")).items():
            target = program / (path or case.entry)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        for package in {path.parent for path in program.rglob("*.py")}:
            shutil.copy(folder / "graph_layers.py", package)
        programs[case.name] = str(program / case.entry)
    for name, given in {"layers": layers, "contrib": requests(), "programs": programs}.items():
        (folder / f"{name}.json").write_text(json.dumps(given))


def _run(interpreter: str, folder: Path, parts: list[str]) -> Run:
    """What an interpreter does, from earlier runs as far as there were any."""
    environment = {**os.environ, "GRAPH_LAYERS": str(folder / "graph_layers.py"), "PYTHONPATH": str(ROOT)}
    children = {
        "layers": [str(ROOT / "tests" / "graph_layers_child.py"), "after"],
        "programs": [str(ROOT / "scripts" / "run_programs.py")],
        "contrib": [str(ROOT / "tests" / "graph_contrib_child.py"), "after"],
    }

    def output(command: list[str], given: str) -> str:
        command = [interpreter, "-W", "ignore", *command]
        done = subprocess.run(command, input=given, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            raise SystemExit(f"{interpreter}: {done.stderr[-3000:]}")
        return done.stdout.rpartition("=====")[2].strip()

    results = {}
    for part in _PARTS:
        path = folder / f"{interpreter.strip('/').replace('/', '+')}.{part}"
        kept = json.loads(path.read_text()) if path.exists() else {}
        asked = json.loads((folder / f"{part}.json").read_text())
        missing = {name: asked[name] for name in asked if name not in kept}
        if missing and part in parts:
            kept |= json.loads(output(children[part], json.dumps(missing)))
            path.write_text(json.dumps(kept))
            _say(f"{interpreter} has run {part}")
        if kept:
            results[part] = {name: kept[name] for name in asked if name in kept}
    return Run(output(["-c", _ASK], ""), results)


def _compared(here: Run, there: Run, part: str) -> list[Comparison]:
    both = here.parts[part].keys() & there.parts[part].keys()
    return [compare(name, here.parts[part][name], there.parts[part][name]) for name in sorted(both)]


def _row(here: Run, there: Run) -> str:
    cells: list[object] = there.versions.split()
    for part in ("layers", "contrib"):
        compared = _compared(here, there, part) if part in there.parts else []
        named = sum(not case.fields for case in compared)
        identical = sum(not case.fields and case.largest == 0.0 for case in compared)
        largest = f"{max(case.largest for case in compared):.1e}" if compared else ""
        cells += [len(compared), named, identical, largest] if compared else ["not run", "", "", ""]
    if "programs" in there.parts:
        texts = there.parts["programs"]
        cells += [len(texts), sum(text == here.parts["programs"].get(name) for name, text in texts.items())]
    else:
        cells += ["not run", ""]
    return f"| {' | '.join(map(str, cells))} |"


def _different(here: Run, there: Run) -> list[str]:
    """What is another, in a line each."""
    lines = []
    for part in there.parts.keys() - {"programs"}:
        for case in _compared(here, there, part):
            if not case.is_plain:
                message = there.parts[part][case.name].get("message", "")
                lines.append(f"{case.name}: {', '.join(case.fields)} {case.largest:.1e} {message}")
    texts = there.parts.get("programs", {})
    others = [name for name, text in texts.items() if here.parts["programs"].get(name) != text]
    return lines + [f"{name} prints {texts[name][-300:]}" for name in others]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
