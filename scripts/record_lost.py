"""Records what genuine TensorFlow 1.15 makes of `tests/lost_cases.py`; `tests/test_graph_lost.py` compares with it.

From a clone with the development tools, where `tf.contrib.gan` needs TensorFlow 1.14:
`python scripts/record_lost.py PYTHON_OF_TENSORFLOW_1_15 PYTHON_OF_TENSORFLOW_1_14`. With one Python those programs
alone are run that are not recorded yet.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
RECORDED = ROOT / "tests" / "lost_recorded.json"
if not RECORDED.exists():
    RECORDED.write_text("{}\n")

from test_graph_lost import befores, results  # noqa: E402


def main(python: str, older: str = "") -> int:
    """Write the file; 1 if a program fails. TensorFlow 1.15 has no `tf.contrib.gan` any more."""
    programs = befores()
    kept = {} if older else json.loads(RECORDED.read_text())
    gan = {name: programs.pop(name) for name in list(programs) if name.startswith("contrib.gan")}
    found = kept | results({name: program for name, program in programs.items() if name not in kept}, python)
    found |= results(gan, older) if older else {}
    lines = (f"{json.dumps(name)}: {json.dumps(found[name])}" for name in sorted(found))
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    failed = {name: value["error"] for name, value in found.items() if isinstance(value, dict) and "error" in value}
    print("failed:", failed)  # noqa: T201
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
