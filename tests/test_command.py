"""The real command on real programs: bytes, exit codes, files of other kinds beside a program."""

import difflib
import subprocess
from pathlib import Path

import pytest
from conftest import Command

SCRIPT = '''\
"""A regression with two regularized layers."""
import numpy as np
import tensorflow as tf


def make_data(count):  # stays   as it is
    rng = np.random.RandomState( 0 )
    x = rng.randn(count,4)
    return x, x.sum(axis = 1, keepdims=True)


x = tf.placeholder(tf.float32, [None, 4])
y = tf.placeholder(tf.float32, [None, 1])

l2 = tf.contrib.layers.l2_regularizer(0.01)
net = tf.layers.dense(x, 8,  # café
                      activation=tf.nn.relu, kernel_regularizer=l2)
prediction = tf.layers.dense(net, 1, kernel_regularizer=l2)
loss = tf.reduce_mean(tf.square(prediction - y)) + tf.losses.get_regularization_loss()
train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)

inputs, targets = make_data(20)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(3):
        _, value = sess.run([train_op, loss], feed_dict={x: inputs, y: targets})
        print("step %d loss %.5f" % (step, value))  # résumé
'''

NETS = """\
import tensorflow as tf


def network(x, units):
    net = tf.layers.dense(x, units, tf.nn.relu, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.01))
    return tf.layers.dense(net, 1)
"""
TRAIN = """\
import numpy as np
import tensorflow as tf

from nets import network

x = tf.placeholder(tf.float32, [None, 4])
prediction = network(x, 8)
loss = tf.reduce_mean(tf.square(prediction)) + tf.losses.get_regularization_loss()
train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([train_op, loss], feed_dict={x: np.ones([5, 4])})[1])
"""
SAVER = TRAIN.replace("with tf.Session", "saver = tf.train.Saver(sharded=True)\nwith tf.Session")

pytestmark = pytest.mark.usefixtures("folder")


def rewritten(command: Command, before: bytes) -> bytes:
    Path("a.py").write_bytes(before)
    outcome = command("rewrite", "a.py")
    assert outcome.code == 0, outcome.err
    after = Path("a.py").read_bytes()
    assert after != before
    return after


def kept_and_new(before: bytes, after: bytes) -> tuple[set[bytes], list[bytes]]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    opcodes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    kept = {line for tag, start, end, _, _ in opcodes if tag == "equal" for line in old[start:end]}
    return kept, [line for tag, _, _, start, end in opcodes if tag != "equal" for line in new[start:end]]


def test_lines_that_take_no_part_stay(command: Command) -> None:
    before = SCRIPT.encode()
    kept, _ = kept_and_new(before, rewritten(command, before))
    assert set(before.splitlines(keepends=True)[5:9]) <= kept
    assert b"inputs, targets = make_data(20)\n" in kept


KINDS = {
    "crlf": (lambda text: text.replace("\n", "\r\n").encode(), lambda data: data.replace(b"\r\n", b"\n")),
    "bom": (lambda text: b"\xef\xbb\xbf" + text.encode(), lambda data: data.removeprefix(b"\xef\xbb\xbf")),
    "latin-1": (
        lambda text: b"# coding: latin-1\n" + text.encode("latin-1"),
        lambda data: data.removeprefix(b"# coding: latin-1\n").decode("latin-1").encode(),
    ),
    "no last newline": (lambda text: text.rstrip("\n").encode(), lambda data: data + b"\n"),
}


@pytest.mark.parametrize(("make", "undo"), KINDS.values(), ids=KINDS.keys())
def test_other_bytes_same_migration(command: Command, make: object, undo: object) -> None:
    plain = rewritten(command, SCRIPT.encode())
    other = rewritten(command, make(SCRIPT))  # type: ignore[operator]
    assert other != plain
    assert undo(other) == plain  # type: ignore[operator]


def test_new_lines_are_crlf_where_the_others_are(command: Command) -> None:
    after = rewritten(command, SCRIPT.replace("\n", "\r\n").encode())
    assert after.count(b"\n") == after.count(b"\r\n") > 0


def test_indentation_by_tabs(command: Command) -> None:
    before = SCRIPT.replace("    ", "\t").encode()
    _, new = kept_and_new(before, rewritten(command, before))
    indented = [line for line in new if line[:1].isspace() and line.strip()]
    assert indented
    assert all(line.startswith(b"\t") for line in indented)


def test_git_applies_what_diff_prints(command: Command) -> None:
    after = rewritten(command, SCRIPT.encode())
    Path("a.py").write_bytes(SCRIPT.encode())
    outcome = command("diff", "a.py")
    assert outcome.code == 1
    subprocess.run(["git", "apply"], input=outcome.out, check=True)
    assert Path("a.py").read_bytes() == after


def test_standard_input(command: Command) -> None:
    after = rewritten(command, SCRIPT.encode())
    outcome = command("rewrite", "-", stdin=SCRIPT.encode())
    assert (outcome.code, outcome.out) == (0, after)


def test_second_run_finds_nothing(command: Command) -> None:
    after = rewritten(command, SCRIPT.encode())
    for name in ("rewrite", "diff", "check"):
        outcome = command(name, "a.py")
        assert (outcome.code, outcome.out) == (0, b"")
    assert Path("a.py").read_bytes() == after


def test_program_of_two_files(command: Command) -> None:
    Path("nets.py").write_text(NETS)
    Path("train.py").write_text(TRAIN)
    assert command("rewrite", ".").code == 0
    assert "class Network(tf.keras.Model)" in Path("nets.py").read_text()
    assert "from nets import Network" in Path("train.py").read_text()


def test_all_files_of_a_program_or_none(command: Command) -> None:
    Path("nets.py").write_text(NETS)
    Path("train.py").write_text(TRAIN)
    Path("nets.py").chmod(0o444)
    outcome = command("rewrite", ".")
    assert outcome.code == 2
    assert "nets.py:1:1: TFR905" in outcome.err
    assert (Path("nets.py").read_text(), Path("train.py").read_text()) == (NETS, TRAIN)


def test_half_a_program_is_refused(command: Command) -> None:
    Path("nets.py").write_text(NETS)
    Path("train.py").write_text(TRAIN)
    outcome = command("rewrite", "--target", "tf2", "nets.py")
    assert outcome.code == 1
    assert "nothing is seen to run this, and train.py, which may, stays a TF1 program" in outcome.err
    assert Path("nets.py").read_text() == NETS


def test_half_a_program_that_nothing_beside_names_is_a_library(command: Command) -> None:
    Path("nets.py").write_text(NETS)
    outcome = command("rewrite", "--target", "tf2", "nets.py")
    assert outcome.code == 0
    assert "class Network(tf.keras.Model):" in Path("nets.py").read_text()


def test_refused_program_stays_and_another_migrates(command: Command) -> None:
    for folder, train in (("one", SAVER), ("two", TRAIN)):
        Path(folder).mkdir()
        Path(folder, "nets.py").write_text(NETS)
        Path(folder, "train.py").write_text(train)
    outcome = command("rewrite", "--target", "tf2", ".")
    assert outcome.code == 1
    assert "one/train.py:10:9: TFR204" in outcome.err
    assert "    10 | saver = tf.train.Saver(sharded=True)\n" in outcome.err
    assert (Path("one/nets.py").read_text(), Path("one/train.py").read_text()) == (NETS, SAVER)
    assert "keras" in Path("two/nets.py").read_text()


def test_driver_in_python_2(command: Command) -> None:
    Path("nets.py").write_text(NETS)
    Path("train.py").write_text(TRAIN.replace("print(", "print (").replace("[1])", "[1]), 'done'\n    print 'end'"))
    outcome = command("rewrite", "--target", "tf2", ".")
    assert outcome.code == 2
    assert "train.py:13:5: TFR902" in outcome.err
    assert Path("nets.py").read_text() == NETS


def test_program_that_tf2_refuses_goes_to_graph_with_the_reasons(command: Command) -> None:
    Path("nets.py").write_text(NETS)
    Path("train.py").write_text(SAVER)
    outcome = command("rewrite", ".")
    assert outcome.code == 0
    assert "train.py: goes to graph; this keeps it from going to tf2:\n    train.py:10:9: TFR204" in outcome.err
    assert "import tensorflow.compat.v1 as tf" in Path("train.py").read_text()
    assert "from graph_layers import" in Path("nets.py").read_text()
    assert Path("graph_layers.py").exists()
    before = {path: path.read_bytes() for path in Path().glob("*.py")}
    again = command("rewrite", ".")
    assert again.code == 0
    assert "is at graph; this keeps it from going to tf2:\n    train.py:" in again.err
    assert {path: path.read_bytes() for path in Path().glob("*.py")} == before


def test_program_at_graph_goes_to_tf2_once_nothing_is_in_the_way(command: Command) -> None:
    Path("nets.py").write_text(NETS)
    Path("train.py").write_text(SAVER)
    assert command("rewrite", ".").code == 0
    train = Path("train.py").read_text()
    Path("train.py").write_text(train.replace("saver = tf.train.Saver(sharded=True)\n", ""))
    outcome = command("rewrite", ".")
    assert outcome.code == 0
    assert "class Network(tf.keras.Model)" in Path("nets.py").read_text()
    assert "Session" not in Path("train.py").read_text()
