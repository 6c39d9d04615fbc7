"""Compares contrib's layers and cells in graph_layers with a genuine TensorFlow 1.15; writes docs/graph-contrib.md.

`python scripts/graph_contrib_table.py PYTHON_OF_TENSORFLOW_1`, from a clone with the development tools. Without the
Python it writes the table of names alone.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "scripts")]

from graph_layers_table import compare, exceptions, rows  # noqa: E402
from test_graph_contrib import results  # noqa: E402

from tf1to2_reg.facts.contrib import PIECES  # noqa: E402

PAGE = ROOT / "docs" / "graph-contrib.md"
_NAMES = "\n## Names"
CAUSES = {
    r"^net ": "gradients that all but vanish beside the net's others: the parts that cancel are rounded",
    r"shards": "refused: such variables are partitioned",
    r"channels first": "TF 1.15 has no kernel for this layout on a CPU; checked against the emulation",
    r"separable_conv2d: strides|depthwise: strides": "TF 1.15 has no kernel for two strides on a CPU",
    r"dropout|Dropout|end points": "`tf.nn.dropout` of TF 2 ends in another op",
    r"embed_sequence": "`tf.nn.embedding_lookup` of TF 2 ends in another op",
    r"half": "half precision: the kernels of two TensorFlows round otherwise",
    r"create_train_op": "three steps of training are printed with all their digits",
    r"dynamic_rnn|static_rnn|cell": "tanh and exp, step after step: two TensorFlows compute them otherwise",
}
HEAD = """# contrib's layers and cells against TensorFlow 1.15.5

The module that the `graph` target writes has the layers of `tf.contrib.layers` and slim, `arg_scope`, and the cells of
`tf.nn.rnn_cell` and `tf.contrib.rnn`. They are compared with those that they stand for: every case of
`tests/graph_contrib_cases.py` and `tests/graph_contrib_nets.py` is run with genuine TensorFlow 1.15.5 and with the
module on TensorFlow 2, from the same weights. Compared are outputs, penalties, gradients, variables after two runs of
the update ops, and the names, order, shapes and collections of all of them, and all signatures. This page is written
by `scripts/graph_contrib_table.py`; `tests/test_graph_contrib.py` makes the same comparison with TensorFlow 2's
emulation of TensorFlow 1, where all numbers are identical to the last bit.

"Names" counts the cases in which every name, shape, order, collection and error is the same. The difference is the
largest one of a tensor's elements relative to its largest element; single precision is 1.2e-7 wide.

| cases | number | names the same | numbers identical | largest difference |
| --- | --- | --- | --- | --- |
"""


def main(python: str) -> int:
    """Write the page; 1 if something differs for which no cause is known."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = results(Path(folder), python, thorough=True)
    signatures = [side.pop("signatures") for side in (before, after)]
    compared = [compare(name, before[name], after[name]) for name in before]
    text = HEAD + "\n".join(rows(compared))
    text += "\n\n## Exceptions\n\n| case | what differs | cause |\n| --- | --- | --- |\n"
    text += "\n".join(dict.fromkeys(exceptions(compared, CAUSES))) + "\n"
    PAGE.write_text(text + names(), "utf-8")
    different = [name for name, found in signatures[0].items() if found and found != signatures[1][name]]
    unexplained = different + [case.name for case in compared if not case.is_plain and not case.cause(CAUSES)]
    print("unexplained:", unexplained)  # noqa: T201
    return bool(unexplained)


def names() -> str:
    """The section on the names that the module has."""
    rows = [f"| `{symbol}` | `{piece}` |" for symbol, piece in sorted(PIECES.items())]
    return "\n".join([_NAMES, "", "| TensorFlow 1 | in the written module |", "| --- | --- |", *rows, ""])


if __name__ == "__main__":
    if sys.argv[1:]:
        raise SystemExit(main(sys.argv[1]))
    PAGE.write_text(PAGE.read_text("utf-8").partition(_NAMES)[0] + names(), "utf-8")
