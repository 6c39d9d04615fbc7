"""Runs graph_layers on other Pythons and TensorFlows, and compares with what it does here.

Usage: python scripts/graph_layers_versions.py FOLDER INTERPRETER...

From a clone with the development tools. Each interpreter needs `tensorflow` and nothing else. What each does is kept in
the folder, and not done again. The table goes into the section on versions of docs/graph-layers.md; the exit code is 1
if something differs but for rounding.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
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
row. All cases of this page and of [contrib's](graph-contrib.md) are run, with resource variables, and the programs of
`fixtures/graph` as migrated. "The same" counts the cases in which every name, shape, order, collection and error is the
same, then those in which every bit of every number is too. The difference is the largest one of a tensor's elements
relative to its largest element. A program is the same if it prints the same text.

| Python | TensorFlow | Keras | cases | the same | numbers too | largest difference | programs | the same |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Run:
    """What one interpreter makes of all cases and programs."""

    versions: tuple[str, ...]
    cases: dict[str, dict[str, Any]]
    texts: dict[str, str]


def main(folder: Path, interpreters: list[str]) -> int:
    """Write the table; 1 if something differs but for rounding."""
    programs = _prepare(folder)
    here, *others = [_kept(interpreter, folder, programs) for interpreter in (sys.executable, *interpreters)]
    rows = [_row(here, run) for run in (here, *others)]
    different = [f"{' '.join(run.versions)}: {line}" for run in others for line in _different(here, run)]
    page = PAGE.read_text("utf-8").partition(VERSIONS)[0]
    PAGE.write_text(page + _HEAD + "\n".join(rows) + "\n", "utf-8")
    _say("\n".join([*rows, *different]))
    return bool(different)


def _prepare(folder: Path) -> list[str]:
    """Put the module, the cases and the programs into a folder; the paths of the programs."""
    module = written(public_names())
    folder.mkdir(exist_ok=True)
    (folder / "graph_layers.py").write_text(module)
    (folder / "graph_layers.py.json").write_text(json.dumps(PIECES))
    shutil.rmtree(folder / "programs", ignore_errors=True)
    layers = {name: case.side("after", resource=True) for name, case in CASES.items()}
    for name, cases in {"layers": layers, "contrib": requests()}.items():
        (folder / f"{name}.json").write_text(json.dumps(cases))
    programs = []
    for case in graph_cases():
        program = folder / "programs" / case.name / "after"
        for path, data in case.migrated(program.with_name("before")).items():
            target = program / (path or case.entry)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        for package in {path.parent for path in program.rglob("*.py")}:
            shutil.copy(folder / "graph_layers.py", package)
        programs.append(str(program / case.entry))
    return programs


def _kept(interpreter: str, folder: Path, programs: list[str]) -> Run:
    """What an interpreter does, from an earlier run if there was one."""
    path = folder / f"{interpreter.strip('/').replace('/', '+')}.json"
    if not path.exists():
        path.write_text(json.dumps(asdict(_run(interpreter, folder, programs))))
        _say(f"{interpreter} has run")
    return Run(**json.loads(path.read_text()))


def _run(interpreter: str, folder: Path, programs: list[str]) -> Run:
    environment = {**os.environ, "GRAPH_LAYERS": str(folder / "graph_layers.py"), "PYTHONPATH": str(ROOT)}

    def output(*command: str, given: str = "") -> str:
        done = subprocess.run(
            [interpreter, "-W", "ignore", *command],
            input=given, capture_output=True, text=True, env=environment, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{interpreter}: {done.stderr[-3000:]}")
        return done.stdout.rpartition("=====")[2]

    cases: dict[str, dict[str, Any]] = {}
    for name in ("layers", "contrib"):
        child = str(ROOT / "tests" / f"graph_{name}_child.py")
        found = json.loads(output(child, "after", given=(folder / f"{name}.json").read_text()))
        cases |= {f"{name} {case}": result for case, result in found.items() if case not in {"graphs", "versions"}}
    texts = json.loads(output(str(ROOT / "scripts" / "run_programs.py"), given=json.dumps(programs)))
    named = {Path(path).parts[-3]: text for path, text in texts.items()}
    return Run(tuple(output("-c", _ASK).split()), cases, named)


def _compared(here: Run, there: Run) -> list[Comparison]:
    return [compare(name, result, there.cases[name]) for name, result in here.cases.items() if "signatures" not in name]


def _row(here: Run, there: Run) -> str:
    compared = _compared(here, there)
    named = sum(not case.fields for case in compared)
    identical = sum(not case.fields and case.largest == 0.0 for case in compared)
    largest = max(case.largest for case in compared)
    same = sum(text == there.texts[name] for name, text in here.texts.items())
    cells = (*there.versions, len(compared), named, identical, f"{largest:.1e}", len(here.texts), same)
    return f"| {' | '.join(map(str, cells))} |"


def _different(here: Run, there: Run) -> list[str]:
    """What is another, in a line each."""
    plain = [case for case in _compared(here, there) if not case.is_plain]
    lines = [f"{case.name}: {', '.join(case.fields)} {case.largest:.1e}" for case in plain]
    failing = {name: found for name, found in there.cases.items() if "error" in found}
    lines += [f"{name}: {found['message']}" for name, found in failing.items() if "error" not in here.cases[name]]
    others = [name for name, text in here.texts.items() if there.texts[name] != text]
    return lines + [f"{name} prints {there.texts[name][-300:]}" for name in others]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]).absolute(), sys.argv[2:]))
