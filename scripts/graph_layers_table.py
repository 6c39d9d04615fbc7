"""Compares graph_layers with a genuine TensorFlow 1.15 and writes docs/graph-layers.md.

`python scripts/graph_layers_table.py PYTHON_OF_TENSORFLOW_1 [FAMILY...]`, from a clone with the development tools. With
families of cases, "dense" say, those alone are run, and what the page says of others stays.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from graph_layers_cases import CASES  # noqa: E402
from test_graph_layers import array, family, results  # noqa: E402

PAGE = ROOT / "docs" / "graph-layers.md"
VERSIONS = "## Other versions"
"""The section that `scripts/graph_layers_versions.py` writes."""

NUMBERS = ("outputs", "penalties", "gradients", "moved", "initial")
CAUSES = {
    r"2d transposed channels first": "the sum of the bias's gradient, which nearly cancels, is taken in another order",
    r"channels first|axis -?[13] ": "TF 1.15 has no kernel for this layout on a CPU; checked against the emulation",
    r"dropout|Dropout": "`tf.nn.dropout` of TF 2 ends in another op; at rates such as 0.6 the last bit differs too",
    r"partitioned": "refused",
    r"half|halves": "half precision: the kernels of two TensorFlows round otherwise",
    r"scope: loop": "tanh, three times over: two TensorFlows compute it with other polynomials",
}
HEAD = """# graph_layers against TensorFlow 1.15.5

The module that the `graph` target writes is compared with the layers it stands for: every case of
`tests/graph_layers_cases.py` and `tests/graph_layers_programs.txt` is run with genuine TensorFlow {tf1} and with the
module on TensorFlow {tf2}, from the same weights. Compared are outputs, penalties, gradients, variables after two runs
of the update ops, initial values where a seed fixes them, and the names, order, shapes and collections of all of them.
This page is written by `scripts/graph_layers_table.py`; `tests/test_graph_layers.py` makes the same comparison with
TensorFlow 2's emulation of TensorFlow 1, where all numbers are identical to the last bit but for the cases it names.

A program gets Keras's own layer where that is exact, and the module's layer then computes what the Keras layer says and
gives it its weights. Three kinds of layers are always the module's, since Keras 3 does something else in a graph: its
batch normalization never moves its averages (there is no update op), takes no tensor as `training`, and leaves out the
n / (n - 1) of the fused kernel's variance; its dropout draws the same mask at every run; its layer objects have no
variable scope, no `apply`, and weights that a session cannot fetch.

Every case is run with resource variables and with reference variables. "Names" counts the cases in which every name,
shape, order and error is the same. The difference is the largest one of a tensor's elements relative to its largest
element; single precision is 1.2e-7 wide. What is not 0 comes from the kernels: TensorFlow 2 computes tanh, exp and some
matrix products in another order.

| cases | number | names the same | numbers identical | largest difference |
| --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Comparison:
    """One case: the fields other than numbers that differ, and by how much the numbers do."""

    name: str
    fields: tuple[str, ...]
    largest: float

    @property
    def is_plain(self) -> bool:
        return not self.fields and self.largest < 5e-6

    def cause(self, causes: dict[str, str]) -> str:
        return next((cause for pattern, cause in causes.items() if re.search(pattern, self.name)), "")


def main(python: str, families: list[str]) -> int:
    """Write the page; 1 if something differs for which no cause is known."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = results(Path(folder), python, with_references=True, families=families)
    compared = [
        compare(name, before[name], after[name]) for name in before if name not in {"graphs", "signatures", "versions"}
    ]
    old, heading, versions = PAGE.read_text("utf-8").partition(f"\n{VERSIONS}")
    kept = [line for line in old.splitlines() if families and line.startswith("| ") and _family(line) not in families]
    text = HEAD.format(tf1=before["versions"], tf2=after["versions"])
    text += "\n".join(_ordered([*kept, *rows(compared)], columns=5))
    text += "\n\n## Exceptions\n\n| case | what differs | cause |\n| --- | --- | --- |\n"
    text += "\n".join(_ordered([*kept, *exceptions(compared, CAUSES)], columns=3)) + "\n"
    PAGE.write_text(text + heading + versions, "utf-8")
    unexplained = [case.name for case in compared if not case.is_plain and not case.cause(CAUSES)]
    print("unexplained:", unexplained)  # noqa: T201
    return bool(unexplained)


def _family(line: str) -> str:
    return family(line.removeprefix("| ").partition(" | ")[0])


def _ordered(lines: list[str], columns: int) -> list[str]:
    """The lines of one table, each once, in the order of the cases."""
    order = list(dict.fromkeys(family(name) for name in CASES))
    own = [line for line in dict.fromkeys(lines) if line.count(" | ") == columns - 1 and _family(line) in order]
    return sorted(own, key=lambda line: order.index(_family(line)))


def compare(name: str, before: dict[str, Any], after: dict[str, Any]) -> Comparison:
    """The comparison of both results of one case."""
    if "error" in before or "error" in after:
        same = before.get("error") == after.get("error")
        return Comparison(
            name, () if same else (f"{before.get('error', 'works')} / {after.get('error', 'works')}",), 0.0
        )
    fields = tuple(field for field in before if field not in NUMBERS and before[field] != after[field])
    return Comparison(name, fields, max(_differences(before, after), default=0.0))


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[float]:
    for field in NUMBERS:
        for one, other in zip(before[field], after[field], strict=True):
            first, second = array(one).astype("float64"), array(other).astype("float64")
            if first.shape != second.shape:
                yield float("inf")
            elif first.size:
                yield float(np.max(np.abs(first - second)) / max(np.max(np.abs(first)), 1e-30))


def rows(compared: list[Comparison]) -> Iterator[str]:
    """The rows of the table: one for each family of cases."""
    families: dict[str, list[Comparison]] = {}
    for case in compared:
        families.setdefault(family(case.name), []).append(case)
    for name, cases in families.items():
        named = sum(not case.fields for case in cases)
        identical = sum(case.largest == 0.0 for case in cases)
        yield f"| {name} | {len(cases)} | {named} | {identical} | {max(case.largest for case in cases):.1e} |"


def exceptions(compared: list[Comparison], causes: dict[str, str]) -> Iterator[str]:
    """The cases that differ, each with its cause."""
    for case in compared:
        if not case.is_plain:
            numbers = [f"numbers by {case.largest:.1e}"] if case.largest >= 5e-6 else []
            name = case.name.removesuffix(" resource").removesuffix(" reference")
            yield f"| {name} | {', '.join([*case.fields, *numbers])} | {case.cause(causes)} |"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2:]))
