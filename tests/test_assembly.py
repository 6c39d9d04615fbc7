"""The text of migrated files: imports, places of what is new, and what stays as it was."""

import ast
from collections.abc import Callable

import pytest
from programs import FLAT, HEAD, LOSS, NETWORK, ROOT, SESSION, TAIL, migrated, refusals, unit

from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.results import Status
from tf1to2_reg.targets.tf2.target import migrate

BODY = FLAT.removeprefix("import numpy as np\nimport tensorflow as tf\n\n")
MODULE = "import tensorflow as tf"


def imports(text: str) -> list[str]:
    """The import statements of a file, in order."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (MODULE, [MODULE]),
        ("import tensorflow.compat.v1 as tf", [MODULE]),
        ("from tensorflow.compat import v1 as tf", [MODULE]),
        (f"{MODULE}\nfrom tensorflow.contrib.layers import l2_regularizer as unused", [MODULE]),
        (f"{MODULE}\nimport tf_slim as slim", [MODULE]),
        (f"{MODULE}\nimport os", [MODULE, "import os"]),
        (f"from __future__ import annotations\n{MODULE}",
         ["from __future__ import annotations", MODULE]),
        ("import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()", [MODULE]),
    ],
)  # fmt: skip
def test_imports(lines: str, expected: list[str]) -> None:
    text = migrated(f"{lines}\nimport numpy as np\n\n{BODY}")["main.py"]
    assert imports(text) == [*expected, "import numpy as np"]
    assert "disable_v2_behavior" not in text


def test_names_imported_from_tensorflow_are_written_out() -> None:
    text = FLAT.replace("tf.layers.dense(", "dense(").replace(
        MODULE, f"{MODULE}\nfrom tensorflow.layers import dense\nfrom tensorflow.contrib.layers import l2_regularizer"
    )
    new = migrated(text.replace("tf.contrib.layers.l2_regularizer", "l2_regularizer"))["main.py"]
    assert imports(new) == ["import numpy as np", MODULE]
    assert "tf.keras.layers.Dense(1, " in new
    assert "tf.keras.regularizers.L2(0.5 * 0.1)" in new


def test_unaliased_import_keeps_its_spelling() -> None:
    new = migrated(FLAT.replace(MODULE, "import tensorflow").replace("tf.", "tensorflow."))["main.py"]
    assert imports(new) == ["import numpy as np", "import tensorflow"]
    assert "tensorflow.keras.layers.Dense(" in new
    assert "tf." not in new


def test_import_of_a_builder_becomes_that_of_its_class() -> None:
    nets = f"{MODULE}\n\ndef build(t):\n    return tf.layers.dense(t, 1, kernel_regularizer=None)\n"
    files = {
        "main.py": f"from nets import build\n{HEAD}pred = build(tf.layers.dense(x, 4, kernel_regularizer=reg))\n{TAIL}"
    }
    new = migrated({**files, "nets.py": nets})
    assert imports(new["main.py"])[0] == "from nets import Build"
    assert "class Build(tf.keras.Model):" in new["nets.py"]


KEPT = """\
# A comment before.
def shown( a,b ):   # odd spacing
\treturn  [a ,b]


class Other :
    x = {1:2}  # as it was


"""


def test_code_that_takes_no_part_stays_as_it_was() -> None:
    new = migrated(HEAD + KEPT + NETWORK + TAIL)["main.py"]
    assert KEPT.strip("\n") in new


def test_comments_travel_with_their_statements() -> None:
    graph = NETWORK.replace("pred =", "# The network.\npred =")
    loss = LOSS.replace("loss =", "# What is minimized.\nloss =", 1)
    new = migrated(HEAD + graph + loss + SESSION)["main.py"]
    lines = [line.strip() for line in new.splitlines()]
    assert lines[lines.index("# The network.") + 1].startswith("self.dense = ")
    assert lines[lines.index("# What is minimized.") + 1].startswith("loss = ")


@pytest.mark.parametrize(
    ("encode", "check"),
    [
        (lambda text: text.replace("\n", "\r\n").encode(), lambda data: data.count(b"\n") == data.count(b"\r\n")),
        (lambda text: b"\xef\xbb\xbf" + text.encode(), lambda data: data.startswith(b"\xef\xbb\xbf")),
        (
            lambda text: b"# coding: latin-1\n" + text.encode("latin-1") + b"# \xe9\n",
            lambda data: b"# \xe9" in data,
        ),
        (lambda text: text.rstrip("\n").encode(), lambda data: not data.endswith(b"\n")),
        (lambda text: text.encode(), lambda data: b"\r" not in data),
    ],
    ids=["crlf", "mark", "latin", "no_last_newline", "plain"],
)
def test_bytes_around_the_edits(encode: Callable[[str], bytes], check: Callable[[bytes], bool]) -> None:
    (result,) = migrate([source_from_bytes(ROOT / "main.py", encode(FLAT))])
    (data,) = result.new_sources.values()
    assert result.status is Status.MIGRATED
    assert check(data)


ORDER = [
    ("model_before_optimizer", "model = Model()", "optimizer = "),
    ("optimizer_before_step", "optimizer = ", "def train_step"),
    ("step_before_its_call", "def train_step", "    train_step("),
    ("class_before_model", "class Model", "model = Model()"),
    ("imports_first", MODULE, "class Model"),
]


@pytest.mark.parametrize(("first", "second"), [case[1:] for case in ORDER], ids=[case[0] for case in ORDER])
def test_order_of_what_is_made(first: str, second: str) -> None:
    new = migrated(FLAT)["main.py"]
    assert -1 < new.index(first) < new.index(second)


def test_model_is_made_where_its_arguments_are_known() -> None:
    build = "def build(t, n):\n    return tf.layers.dense(t, n, kernel_regularizer=reg)\n"
    new = migrated(HEAD + "n = len('abc')\n" + build + "pred = build(x, n)\n" + TAIL)["main.py"]
    assert new.index("n = len(") < new.index("build = Build(n)")


@pytest.mark.parametrize(
    "gone", ["tf.Session", "placeholder", "global_variables_initializer", "feed_dict", "tf.contrib"]
)
def test_tf1_is_gone(gone: str) -> None:
    assert gone in FLAT
    assert gone not in migrated(FLAT)["main.py"]


def test_indentation_of_the_file_is_used() -> None:
    new = migrated(FLAT.replace("    ", "  "))["main.py"]
    assert "\n  def call(self, x):\n    pred = self.dense(x)\n" in new


def test_refused_text_is_not_made() -> None:
    result = unit(FLAT + "tf.train.Saver(sharded=True)\n")
    assert (refusals(result)[0][0], result.new_sources) == ("TFR204", {})


PERHAPS = HEAD.replace("reg =", "import sys\nstrength = 0.1 if len(sys.argv) > 1 else None\nreg =").replace(
    "l2_regularizer(0.1)", "l2_regularizer(strength) if strength else None"
)


def summed(strength: str) -> str:
    """A regularizer that is the sum of one without strength and of another."""
    parts = f"[tf.contrib.layers.l2_regularizer(0.0), tf.contrib.layers.l1_regularizer({strength})]"
    return HEAD.replace("tf.contrib.layers.l2_regularizer(0.1)", f"tf.contrib.layers.sum_regularizer({parts})")


IN_BUILDER = """
def net(t):
    h = tf.layers.dense(t, 1, kernel_regularizer=reg)
    return h, tf.losses.get_regularization_loss()
pred, penalty = net(x)
loss = tf.reduce_mean(tf.square(pred - y)) + penalty
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
"""
IN_READER = f"""
def total(t):
    return t + tf.losses.get_regularization_loss()
{NETWORK}
loss = total(tf.reduce_mean(tf.square(pred - y)))
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
"""


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        (PERHAPS, IN_BUILDER, "return h, (tf.add_n(self.losses) if self.losses else tf.constant(0.0))"),
        (PERHAPS, IN_READER, "(tf.add_n(regularization_losses) if regularization_losses else tf.constant(0.0))"),
        (PERHAPS, NETWORK + LOSS, "(tf.add_n(model.losses) if model.losses else tf.constant(0.0))"),
        (HEAD, IN_READER, "return t + tf.add_n(regularization_losses)\n"),
        (HEAD, NETWORK + LOSS, "+ tf.add_n(model.losses)\n"),
    ],
)
def test_a_list_of_penalties_that_may_be_empty_gives_zero(head: str, body: str, text: str) -> None:
    found = unit(head + body + SESSION)
    assert text in next(iter(found.new_sources.values())).decode()


def test_a_semicolon_at_the_end_of_a_line_stays() -> None:
    text = migrated(FLAT.replace("data = ", "steps = 3;\nmore = 4; other = 5;\ndata = "))["main.py"]
    assert "\nsteps = 3;\nmore = 4; other = 5;\n" in text


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("(loss,)", "(compute_loss(data, data[:, :1]).numpy(),)"),
        ("((loss, train_op))", "(train_step(data, data[:, :1]).numpy(), None)"),
        ("[train_op]", "[train_step(data, data[:, :1])]"),
        ("(train_op,)", "(train_step(data, data[:, :1]),)"),
        ("train_op", "train_step(data, data[:, :1])"),
    ],
)
def test_results_of_ops(run: str, expected: str) -> None:
    text = FLAT.replace("sess.run(train_op, feed_dict={x: data, y: data[:, :1]})", f"print(sess.run({run}, FEED))")
    assert f"print({expected})" in migrated(text.replace("FEED", "{x: data, y: data[:, :1]}"))["main.py"]


@pytest.mark.parametrize(("strength", "codes"), [("0.0", ["TFR224"]), ("0.2", [])])
def test_the_mean_of_penalties_needs_them_all(strength: str, codes: list[str]) -> None:
    mean = LOSS.replace("get_regularization_loss()", "get_regularization_losses())").replace(
        " + tf.l", " + tf.reduce_mean(tf.l"
    )
    assert [code for code, *_ in refusals(unit(summed(strength) + NETWORK + mean + SESSION))] == codes


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ("if steps > 2:\n    GONE\n", ""),
        ("if steps > 2 and not steps:\n    GONE\nelse:\n    GONE\n", ""),
        ("if steps > 2:\n    print(1)\nelse:\n    GONE\n", "if steps > 2:\n    print(1)\n"),
        ("if steps > 2:\n    GONE\nelse:\n    print(1)\n", "if not steps > 2:\n    print(1)\n"),
        ("if not steps:\n    GONE\nelse:\n    print(1)\n", "if steps:\n    print(1)\n"),
        ("if steps or data:\n    GONE\nelse:\n    print(1)\n", "if not (steps or data):\n    print(1)\n"),
        ("if len(str(steps)):\n    GONE\n", "if len(str(steps)):\n    pass\n"),
        ("if steps > 2:\n    pass\n", "if steps > 2:\n    pass\n"),
        ("if steps > 2:\n    print(1)\nelse:\n    pass\n", "if steps > 2:\n    print(1)\nelse:\n    pass\n"),
    ],
)
def test_conditions_of_which_nothing_is_left_go(condition: str, left: str) -> None:
    text = FLAT.replace("data = ", f"steps = 3\n{condition.replace('GONE', 'tf.disable_v2_behavior()')}data = ")
    assert f"\nsteps = 3\n{left}data = " in migrated(text)["main.py"]
