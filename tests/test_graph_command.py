"""`rewrite --target graph` as a user runs it: files beside the program, files in the way, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import Command

from tf1to2_reg.verify import Options, Program, Runner, Side, Target, VerifyError

NETS = """\
import tensorflow as tf


def network(x, units):
    net = tf.layers.dropout(tf.layers.dense(x, units, tf.nn.relu), 0.1)
    return tf.layers.dense(net, 1, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.01))
"""
TRAIN = """\
import numpy as np
import tensorflow as tf

from nets import network

x = tf.placeholder(tf.float32, [None, 4])
loss = tf.reduce_mean(tf.square(network(x, 8))) + tf.losses.get_regularization_loss()
train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(sess.run([train_op, loss], feed_dict={x: np.ones([5, 4])})[1])
"""
PROGRAM = {"nets.py": NETS, "train.py": TRAIN}
TAKEN = ("graph_layers.py", "tf_graph_layers.py", "keras_graph_layers.py")
REWRITE = ("rewrite", "--target", "graph", ".")

pytestmark = pytest.mark.usefixtures("folder")


def write(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def texts() -> dict[str, str]:
    return {path.as_posix(): path.read_text(encoding="utf-8") for path in Path().rglob("*") if path.is_file()}


def test_a_file_of_the_modules_name_stays(command: Command) -> None:
    write({**PROGRAM, "graph_layers.py": "mine = 1\n"})
    outcome = command(*REWRITE)

    assert outcome.code == 0, outcome.err
    found = texts()
    assert found["graph_layers.py"] == "mine = 1\n"
    assert "from tf_graph_layers import " in found["nets.py"]
    assert "def graph_model" in found["tf_graph_layers.py"]
    assert command(*REWRITE).code == 0
    assert texts() == found


def test_a_module_that_was_changed_is_kept_or_the_program_refused(command: Command) -> None:
    write({"a.py": "import tensorflow as tf\nprint(tf.layers.dense(x, 3))\n"})
    assert command(*REWRITE).code == 0
    changed = "# mine\n".join(Path("graph_layers.py").read_text().partition("    return model\n")[::2])
    Path("graph_layers.py").write_text(changed)
    write({"b.py": "import tensorflow as tf\nprint(tf.layers.dense(x, 4))\n"})
    assert command(*REWRITE).code == 0
    assert "Dense(4)" in texts()["b.py"]
    later = {"c.py": "import tensorflow as tf\nprint(tf.layers.flatten(x))\n"}
    write(later)
    outcome = command(*REWRITE)
    assert outcome.code == 1
    lacking = "TFR409 graph_layers.py is not as tf1to2-reg writes it, and lacks Flatten\n"
    assert f"graph_layers.py:1:1: {lacking}" in outcome.err
    assert texts()["c.py"] == later["c.py"]
    assert texts()["graph_layers.py"] == changed


def test_no_name_for_the_module_is_left(command: Command) -> None:
    before = {**PROGRAM, **dict.fromkeys(TAKEN, "mine = 1\n")}
    write(before)
    outcome = command(*REWRITE)

    assert outcome.code == 1
    assert "TFR404 there is no folder from which all files" in outcome.err
    assert texts() == before


def test_scripts_that_find_the_module_in_no_common_folder(command: Command) -> None:
    """Each imports a file of its own folder, and the shared one from a folder that only the user's settings name."""
    own = "import tensorflow as tf\n\n\ndef scaled(x):\n    return tf.layers.batch_normalization(x)\n"
    script = TRAIN.replace("network(x, 8)", "own.scaled(network(x, 8))").replace("from nets", "import own\nfrom nets")
    before = {"nets.py": NETS, "a/own.py": own, "a/train.py": script, "b/own.py": own, "b/train.py": script}
    write(before)
    outcome = command(*REWRITE)

    assert outcome.code == 1
    assert "TFR404" in outcome.err
    assert texts() == before


def test_a_python_2_script_beside_is_told_and_stays(command: Command) -> None:
    old = "import tensorflow as tf\nprint tf.layers.dense\n"
    write({**PROGRAM, "old.py": old})
    outcome = command(*REWRITE)

    assert outcome.code == 2
    assert "old.py:2:1: TFR902" in outcome.err
    assert texts()["old.py"] == old
    assert "graph_model()" in texts()["train.py"]


def test_a_notebook_that_cannot_be_read_leaves_the_others(command: Command) -> None:
    notebook = '{"cells": [{"cell_type": "code", "source": ["import tensorflow as tf\\n", "tf.layers.dense(x, 3)"]}]}'
    write({**PROGRAM, "look.ipynb": notebook})

    outcome = command(*REWRITE)

    assert outcome.code == 2
    assert "look.ipynb:1:1: TFR916" in outcome.err
    assert texts()["look.ipynb"] == notebook
    assert "graph_model()" in texts()["train.py"]


LOST = TRAIN + "\n\nprint('trained')\ndecode = tf.contrib.rnn.Conv1DLSTMCell\nprint('not reached')\n"


def test_partial_leaves_lost_names_and_says_so(command: Command) -> None:
    write({**PROGRAM, "train.py": LOST})
    refused = command(*REWRITE)
    assert (refused.code, texts()) == (1, {**PROGRAM, "train.py": LOST})

    outcome = command(*REWRITE, "--partial")

    assert outcome.code == 1
    assert "train.py:15:10: TFR401 TensorFlow 2.21 has no tf.contrib.rnn.Conv1DLSTMCell" in outcome.err
    train = texts()["train.py"]
    assert "tf.add_n(graph_model().losses" in train
    assert train.endswith("decode = tf.contrib.rnn.Conv1DLSTMCell\nprint('not reached')\n")
    assert command(*REWRITE, "--partial").code == 1
    assert texts()["train.py"] == train
    with Runner() as runner, pytest.raises(VerifyError) as failure:
        runner.record(Program(Path.cwd(), "train.py"), Side.AFTER, Options(target=Target.GRAPH))
    assert "AttributeError" in failure.value.message
    assert "contrib" in failure.value.message
    assert "decode = tf.contrib.rnn.Conv1DLSTMCell" in failure.value.output


def test_check_and_diff_say_what_partial_leaves(command: Command) -> None:
    write({"train.py": LOST.replace("from nets import network\n", NETS)})

    for name in ("check", "diff"):
        outcome = command(name, "--target", "graph", "--partial", ".")
        assert outcome.code == 1
        assert b"TFR401" in outcome.out or "TFR401" in outcome.err


def test_a_program_that_stays_is_told_that_a_shared_file_changes(command: Command) -> None:
    serve = TRAIN.replace("train_op =", "cell = tf.contrib.rnn.Conv1DLSTMCell\ntrain_op =")
    write({**PROGRAM, "serve.py": serve})
    outcome = command(*REWRITE)

    assert outcome.code == 1
    assert "serve.py:8:8: TFR401" in outcome.err
    assert "nets.py:1:1: TFR112" in outcome.err
    found = texts()
    assert found["serve.py"] == serve
    assert "graph_model" in found["nets.py"]
    assert "tensorflow.compat.v1" in found["train.py"]


def test_a_program_that_stays_alone_is_told_nothing_of_that(command: Command) -> None:
    write(
        {
            "nets.py": NETS,
            "serve.py": TRAIN.replace("train_op =", "cell = tf.contrib.rnn.Conv1DLSTMCell\ntrain_op ="),
        }
    )
    before = texts()
    outcome = command(*REWRITE)

    assert outcome.code == 1
    assert "TFR112" not in outcome.err
    assert texts() == before
