"""Records what genuine TensorFlow 1.15 gives for the cases of `tests/graph_estimator_cases.py`.

`python scripts/record_estimator.py PYTHON_OF_TENSORFLOW_1`, from a clone with the development tools, writes
`tests/graph_estimator_recorded.json`, `fixtures/checkpoint/estimator` (a run that a case goes on from) and the
table of `docs/graph-estimator.md`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
RECORDED = ROOT / "tests" / "graph_estimator_recorded.json"
if not RECORDED.exists():
    RECORDED.write_text("{}\n")

from test_graph_estimator import CHILD, differences, results  # noqa: E402

RUN = ROOT / "fixtures" / "checkpoint" / "estimator"
PAGE = ROOT / "docs" / "graph-estimator.md"
TABLE = "| case | values | largest difference |\n| --- | --- | --- |\n"


def main(python: str) -> int:
    """Write all; 1 if a case fails or differs in more than rounding."""
    with tempfile.TemporaryDirectory() as folder:
        _make_run(Path(folder), python)
    with tempfile.TemporaryDirectory() as folder:
        before = results(Path(folder), python, with_module=False)
    RECORDED.write_text(json.dumps(before, separators=(",", ":"), sort_keys=True).replace('},"', '},\n"') + "\n")
    with tempfile.TemporaryDirectory() as folder:
        after = results(Path(folder))
    rows = [(name, _size(before[name]), _largest(before[name], after.get(name))) for name in sorted(before)]
    text = PAGE.read_text() if PAGE.exists() else TABLE
    lines = [f"| {name.replace('_', ' ')} | {size} | {by:.1e} |\n" for name, size, by in rows]
    PAGE.write_text(text.partition(TABLE)[0] + TABLE + "".join(lines))
    wrong = [name for name, _, by in rows if by > 1e-4 or "error" in before[name]]
    print("wrong:", wrong)  # noqa: T201
    return bool(wrong)


def _make_run(folder: Path, python: str) -> None:
    """The last checkpoint of a short run."""
    subprocess.run([python, str(CHILD), str(folder), str(folder / "out.json"), "", "trains"], check=True)
    shutil.rmtree(RUN, ignore_errors=True)
    RUN.mkdir()
    for path in (folder / "trains").iterdir():
        if path.name == "checkpoint" or (path.name.startswith("model.ckpt-6") and path.suffix != ".meta"):
            shutil.copy(path, RUN)


def _size(result: object) -> int:
    """How many values a result has."""
    if isinstance(result, dict):
        return sum(map(_size, result.values()))
    return sum(map(_size, result)) if isinstance(result, list) else 1


def _largest(before: object, after: object) -> float:
    return max((by for _, by in differences("", before, after)), default=0.0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
