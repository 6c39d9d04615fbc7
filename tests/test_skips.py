"""`# tf1to2-reg: skip`: what it is about, that it stays byte for byte, and that nothing is half migrated."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from conftest import Command
from test_notebooks import notebook, sources

from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.pipeline import RunResult, analyse_text, migrate_with_libcst
from tf1to2_reg.results import Status
from tf1to2_reg.syntax.skips import skips_of

SKIP = "  # tf1to2-reg: skip"
PROGRAM = """\
import numpy as np
import tensorflow as tf


def export(path):{export}
    return tf.contrib.lite.toco_convert(path)


x = tf.placeholder(tf.float32, [None, 4])
net = tf.layers.dense(x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.01)){layer}
loss = tf.reduce_mean(net) + tf.losses.get_regularization_loss(){read}
train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([train_op, loss], feed_dict={{x: np.ones([5, 4])}})[1])
if np.ones([0]).size:
    export("model")
"""


def program(**marks: str) -> str:
    return PROGRAM.format(**{"export": "", "layer": "", "read": "", **marks})


def run(text: str, target: TargetChoice = TargetChoice.GRAPH, path: str = "a.py") -> RunResult:
    return analyse_text(Path(path), text.encode(), engine=partial(migrate_with_libcst, choice=target))


def codes(result: RunResult) -> list[str]:
    return [said.code for unit in result.units for said in unit.diagnostics if said.code[3] != "1"]


@pytest.mark.parametrize(
    ("text", "first", "last", "what"),
    [
        (f"a = 1\nb = 2{SKIP}\nc = 3\n", 2, 2, "statement"),
        (f"a = (1,{SKIP}\n  2)\n", 1, 2, "statement"),
        (f"a = (1,\n  2){SKIP}: why\n", 1, 2, "statement"),
        (f"def f():{SKIP}\n    a\n    b\n", 1, 3, "function f"),
        (f"@d{SKIP}\nclass C:\n    a\n\nb\n", 1, 3, "class C"),
        (f"def f():\n    a{SKIP}\n    b\n", 2, 2, "statement"),
        (f"with a:{SKIP}\n    b\nc\n", 1, 2, "statement"),
        ("a = 1\n# tf1to2-reg: skip\nfor b in c:\n    d\ne\n", 2, 4, "statement"),
        ("#!/usr/bin/python\n# tf1to2-reg:skip\n\na = 1\nb = 2\n", 1, 6, "file"),
        ("a = 1\n# tf1to2-reg: skip\n", 2, 2, "nothing"),
    ],
)
def test_what_a_comment_is_about(text: str, first: int, last: int, what: str) -> None:
    (skip,) = skips_of(source_from_bytes(Path("a.py"), text.encode()))
    assert (skip.first, skip.last, skip.what) == (first, last, what)


def test_text_in_a_string_is_no_comment() -> None:
    assert skips_of(source_from_bytes(Path("a.py"), b"a = '# tf1to2-reg: skip'\n")) == []


def test_what_fails_where_it_stands_can_be_skipped() -> None:
    assert codes(run(program())) == ["TFR401"]
    result = run(program(export=SKIP))
    (unit,) = result.units
    assert unit.status is Status.MIGRATED
    assert not unit.is_partial
    assert [said.code for said in unit.diagnostics if said.line == 6] == ["TFR119"]
    new = result.new_sources[Path("a.py")].decode()
    assert f"def export(path):{SKIP}\n    return tf.contrib.lite.toco_convert(path)\n" in new
    assert "graph_model().losses" in new
    again = run(new)
    assert (again.exit_code(), again.new_sources) == (0, {})


def test_the_same_reason_elsewhere_still_refuses() -> None:
    text = program(export=SKIP) + "tf.contrib.lite.toco_convert(loss)\n"
    assert codes(run(text)) == ["TFR401"]


@pytest.mark.parametrize("mark", ["layer", "read"])
@pytest.mark.parametrize(("target", "code"), [(TargetChoice.GRAPH, "TFR419"), (TargetChoice.TF2, "TFR239")])
def test_nothing_is_half_migrated(mark: str, target: TargetChoice, code: str) -> None:
    result = run(program(**{mark: SKIP}).replace("tf.contrib.lite.toco_convert(path)", "path"), target)
    (unit,) = result.units
    assert (unit.status, result.new_sources) == (Status.REFUSED, {})
    (reason,) = [said for said in unit.diagnostics if said.code == code]
    assert reason.line == {"layer": 10, "read": 11}[mark]
    assert "this statement is to be left as it is, and the program needs" in reason.message


def test_a_program_goes_to_the_target_that_leaves_the_part_alone() -> None:
    text = (
        program()
        .replace("tf.contrib.lite.toco_convert(path)", "path")
        .replace("minimize(loss)", f"minimize(loss){SKIP}")
    )
    result = run(text, TargetChoice.AUTO)
    (unit,) = result.units
    assert unit.target is not None
    assert unit.target.value == "graph"
    assert [reason.code for reason in unit.held_back] == ["TFR239"]


def test_a_program_can_be_left_alone() -> None:
    result = run("# tf1to2-reg: skip - not ours\n" + program(), TargetChoice.AUTO)
    (unit,) = result.units
    assert (unit.status, unit.target, result.new_sources, result.exit_code()) == (Status.SETTLED, None, {}, 0)
    assert [said.code for said in unit.diagnostics] == ["TFR119"]


def test_a_file_of_another_program_that_is_marked(folder: Path, command: Command) -> None:
    """A marked entry script gets told that its module changes; a marked module keeps all its programs back."""
    nets = "import tensorflow as tf\n\n\ndef network(x):\n    return tf.layers.dense(x, 3)\n"
    main = program(export=SKIP).replace("tf.layers.dense(x, 3,", "network(x)\nother = tf.layers.dense(x, 3,")
    main = main.replace("import tensorflow as tf\n", "import tensorflow as tf\nfrom nets import network\n")
    (folder / "nets.py").write_text(nets)
    (folder / "train.py").write_text(main)
    (folder / "old.py").write_text(f"# tf1to2-reg: skip\n{main}")

    check = command("check", ".", "--target", "graph")
    assert "old.py (2 files, 2 layers): skipped" in check.out.decode()
    assert "TFR112 nets.py changes with a program that migrates" in check.out.decode()

    (folder / "nets.py").write_text(f"# tf1to2-reg: skip\n{nets}")
    check = command("check", ".", "--target", "graph")
    assert check.code == 1
    assert "nets.py:1:1: TFR419 this file is to be left as it is" in check.out.decode()


def test_comments_that_do_nothing_are_told(folder: Path, command: Command) -> None:
    text = program(export=SKIP).replace("import numpy as np", f"import numpy as np{SKIP}")
    assert codes(run(text)) == ["TFR308"]
    assert codes(
        run(text.replace("np: skip", "np: skp").replace("np  # tf1to2-reg: skip", "np  # tf1to2-reg: skp"))
    ) == ["TFR309"]
    (folder / "other.py").write_text(f"a = 1{SKIP}\nb = 2  # tf1to2-reg: off\n")
    outcome = command("check", ".")
    assert outcome.code == 0
    assert "other.py:1:8: TFR308" in outcome.err
    assert "other.py:2:8: TFR309" in outcome.err
    assert "TFR30" not in command("check", ".", "--ignore", "TFR308", "--ignore", "TFR309").err


def test_in_a_notebook(folder: Path, command: Command) -> None:
    imports, rest = program(export=SKIP).split("\n\n\nx = ")
    (folder / "a.ipynb").write_bytes(notebook(imports, f"x = {rest}"))
    outcome = command("rewrite", "a.ipynb", "--target", "graph")
    assert outcome.code == 0, outcome.err
    assert "a.ipynb:cell 1:6:12: TFR119" in outcome.err
    assert imports.split("\n\n\n")[1] in sources((folder / "a.ipynb").read_bytes())[0]
    (folder / "b.ipynb").write_bytes(notebook("# a title", f"# tf1to2-reg: skip\n{imports}", f"x = {rest}"))
    assert "b.ipynb (1 file, 1 layer): skipped" in command("check", "b.ipynb").out.decode()
