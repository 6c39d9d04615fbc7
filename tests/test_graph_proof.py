"""Migrations to graph programs: the good ones are identical, every planted error is found with its cause."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from graph_planted import AFTER, BEFORE, GRAPH, GRAPH_LAYERS, PLANTED, Planted
from graph_proof import Case, Grade, migrated, prove, prove_all
from rich.console import Console
from verify_programs import replaced

from tf1to2_reg.verify import Program, Runner, Target, verdict_line, verify
from tf1to2_reg.verify.report_html import to_html
from tf1to2_reg.verify.report_json import to_json
from tf1to2_reg.verify.report_text import print_report
from tf1to2_reg.verify.rewriting import verify_new_sources
from tf1to2_reg.verify.targets import guess_target

EXAMPLES = ("builder", "class_agent", "flat_saver_summary", "helper_scopes", "reuse")

ONE_UNIT = "Keras adds a bias of one unit by AddV2, whose gradient sums in another order than that of BiasAdd"
EXCEPTIONS = {"class_agent": ONE_UNIT, "flat_saver_summary": ONE_UNIT}
"""Programs that are equal and not identical, and why."""


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


def written(folder: Path, before: str = BEFORE, after: str = AFTER, layers: str = GRAPH_LAYERS) -> Case:
    (folder / "before").mkdir(parents=True)
    (folder / "before" / "main.py").write_text(before, encoding="utf-8")
    program = Program(folder / "before", "main.py")
    files = {"main.py": after.encode(), "graph_layers.py": layers.encode()}
    return Case(folder.name, program, migrated(program, folder / "after", files))


def example(name: str, folder: Path) -> Case:
    source = GRAPH / name
    if (source / "before").is_dir():
        before, after = Program(source / "before", "main.py"), source / "after"
    else:
        before, after = Program(source, "before.py"), source
    files = {path.name: path.read_bytes() for path in after.glob("*.py")}
    if before.entry in files and "after.py" in files:
        files[before.entry] = files["after.py"]
    return Case(name, before, migrated(before, folder / name, {**files, "graph_layers.py": GRAPH_LAYERS.encode()}))


def test_examples_are_identical(tmp_path: Path, runner: Runner) -> None:
    proofs = list(prove_all((example(name, tmp_path) for name in EXAMPLES), runner))

    assert [proof.told for proof in proofs if not proof.equal] == []
    assert {proof.case.name for proof in proofs if not proof.identical} == set(EXCEPTIONS)
    assert all(proof.verdict is not None and proof.verdict.rows for proof in proofs)


def test_the_pair_with_all_layers_is_identical(tmp_path: Path, runner: Runner) -> None:
    proof = prove(written(tmp_path), runner)

    assert proof.grade is Grade.IDENTICAL, proof.told
    verdict = proof.verdict
    assert verdict is not None
    assert (len(verdict.rows), len(verdict.penalties), len(verdict.before.runs)) == (5, 5, 7)
    assert verdict.before.graphs[0].random_ops == 1
    assert len({row.loss_before for row in verdict.rows}) == 5


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_planted_error_is_found(planted: Planted, tmp_path: Path, runner: Runner) -> None:
    proof = prove(written(tmp_path, *planted.programs()), runner)

    assert proof.grade is Grade.DIFFERENT, proof.told
    assert proof.verdict is not None
    assert proof.verdict.first is not None
    assert proof.verdict.first.quantity is planted.quantity, proof.told
    assert proof.causes == [planted.cause.value], proof.told


UNTRAINED = """
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 4])
y = tf.layers.dense(x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))
penalty = tf.losses.get_regularization_loss()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([y, penalty], {x: np.ones([2, 4])})[1])
"""
UNTRAINED_AFTER = replaced(
    UNTRAINED,
    (
        "import tensorflow as tf\n",
        "import tensorflow.compat.v1 as tf\nfrom graph_layers import graph_model\ntf.disable_v2_behavior()\n",
    ),
    ("tf.layers.dense(x, 3, kernel", "graph_model().add(tf.keras.layers.Dense(3, kernel"),
    ("tf.contrib.layers.l2_regularizer(0.1))", "tf.keras.regularizers.L2(0.5 * 0.1)))(x)"),
)


def test_a_program_that_trains_nothing_is_compared(tmp_path: Path, runner: Runner) -> None:
    good = prove(written(tmp_path / "good", UNTRAINED, UNTRAINED_AFTER), runner)
    bad = prove(written(tmp_path / "bad", UNTRAINED, replaced(UNTRAINED_AFTER, ("0.5 * ", ""))), runner)

    assert good.grade is Grade.IDENTICAL, good.told
    assert bad.grade is Grade.DIFFERENT
    assert "fetched value (run 1, total_regularization_loss:0)" in bad.told


def test_a_graph_without_a_session_is_compared(tmp_path: Path, runner: Runner) -> None:
    def without_session(text: str) -> str:
        return text[: text.index("with tf.Session")]

    before, after = without_session(UNTRAINED), without_session(UNTRAINED_AFTER)
    good = prove(written(tmp_path / "good", before, after), runner)
    bad = prove(written(tmp_path / "bad", before, replaced(after, ("Dense(3", "Dense(4"))), runner)

    assert good.grade is Grade.IDENTICAL, good.told
    assert "variables" in bad.told
    assert bad.grade is Grade.DIFFERENT


def test_a_before_that_does_not_repeat_itself_is_judged_by_that(tmp_path: Path, runner: Runner) -> None:
    """The targets are disturbed from the outside, by 1e-4; a lost half of the penalty is found all the same."""
    noise = (
        ("y: rng.randn(8, 3)", "y: rng.randn(8, 3) + 1e-5 * np.random.RandomState().randn()"),
        (
            "sess.run(prediction, feed)",
            "sess.run(prediction, feed)\n    print(object(), __import__('tempfile').mkdtemp())",
        ),
    )
    before, after = replaced(BEFORE, *noise), replaced(AFTER, *noise)
    good = prove(written(tmp_path / "good", before, after), runner)
    bad = prove(written(tmp_path / "bad", before, replaced(after, ("0.5 * 0.02", "0.02"))), runner)

    assert "the before does not repeat itself" in good.told
    assert good.equal, good.told
    assert bad.grade is Grade.DIFFERENT
    assert bad.causes == ["factor-two"]


def test_what_races_with_the_training_step_is_not_compared(tmp_path: Path, runner: Runner) -> None:
    """The penalty is fetched with the train op and not minimized: nothing says whether it is that before the step."""
    race = (
        (
            "tf.losses.get_total_loss()",
            "tf.losses.get_total_loss(add_regularization_losses=False)\npenalty = tf.losses.get_regularization_loss()",
        ),
        ("value, _ = sess.run([loss, train_op], feed)", "value, _, _ = sess.run([loss, train_op, penalty], feed)"),
    )
    proof = prove(written(tmp_path, replaced(BEFORE, *race), replaced(AFTER, *race)), runner)

    assert proof.grade is Grade.IDENTICAL, proof.told
    assert "total_regularization_loss:0 reads variables in a run that changes them, in no order" in proof.told
    assert proof.verdict is not None
    assert [fetched is None for fetched in proof.verdict.before.runs[1]] == [False, True, True]
    assert len({update.regularization for update in proof.verdict.before.updates}) == 5


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("import tensorflow as tf\n# no GradientTape here\n" + "", Target.TF2),
        ("import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()\n", Target.GRAPH),
        ("import helper\nhelper.main()\n", Target.GRAPH),
        ("from package import helper\n", Target.TF2),
        ("from package import (", Target.TF2),
    ],
)
def test_the_target_is_guessed(text: str, target: Target, tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "helper.py").write_text("with tf.GradientTape() as tape:\n    pass\n", encoding="utf-8")
    (tmp_path / "helper.py").write_text("def main():\n    sess = tf.Session()\n", encoding="utf-8")
    (tmp_path / "main.py").write_text(text, encoding="utf-8")

    assert guess_target(Program(tmp_path, "main.py")) is target


def test_a_wrong_guess_is_corrected_by_what_the_program_does(tmp_path: Path, runner: Runner) -> None:
    hidden = replaced(
        UNTRAINED_AFTER,
        ("tf.disable_v2_behavior()", '# tf.function, GradientTape\ngetattr(tf, "disable_v2_" + "behavior")()'),
        ("tf.Session()", 'getattr(tf, "Session")()'),
    )
    case = written(tmp_path, UNTRAINED, hidden)

    assert guess_target(case.after) is Target.TF2
    verdict = verify(case.before, case.after, runner)

    assert verdict.target is Target.GRAPH
    assert verdict.identical, verdict_line(verdict)


def test_reports_say_which_target_was_looked_at(tmp_path: Path, runner: Runner) -> None:
    case = written(tmp_path, UNTRAINED, UNTRAINED_AFTER)
    verdict = verify(case.before, case.after, runner)
    printed = Console(record=True, width=200, file=io.StringIO())
    print_report(verdict, printed)
    document = json.loads(to_json(verdict))

    assert "target  graph: names, collections and fetched values are compared as well" in printed.export_text()
    assert "identical: 0 training steps" in to_html(verdict, "title")
    assert "<li>target: graph" in to_html(verdict, "title")
    assert (document["target"], document["identical"], document["inexact"]) == ("graph", True, [])


def test_a_rewrite_to_a_graph_program_is_verified_with_the_file_it_adds(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(UNTRAINED, encoding="utf-8")
    new = {script: UNTRAINED_AFTER.encode(), tmp_path / "graph_layers.py": GRAPH_LAYERS.encode()}

    verdict = verify_new_sources([script], new, "train.py")

    assert verdict.identical, verdict_line(verdict)
    assert [path.name for path in tmp_path.iterdir()] == ["train.py"]
    assert script.read_text(encoding="utf-8") == UNTRAINED


def test_a_program_that_fails_is_told(tmp_path: Path, runner: Runner) -> None:
    proof = prove(written(tmp_path, after=AFTER + "raise ValueError('lost')\n"), runner)

    assert proof.grade is Grade.FAILED
    assert proof.told.startswith("the after program does not run: ValueError: lost")
