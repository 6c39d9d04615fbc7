"""A package that adds facts and rules, installed as a user installs it, and packages that cannot be used."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Command

from tf1to2_reg import extensions
from tf1to2_reg.extensions import Extension
from tf1to2_reg.facts.extension_points import GROUP, ExtensionError
from tf1to2_reg.facts.signature import Signature

EXAMPLE = Path(__file__).parent.parent / "fixtures" / "extension"
PROGRAM = """\
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 4])
net = tf.layers.dense(x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.01))
order = tf.contrib.framework.argsort(net, -1, stable=True)
loss = tf.reduce_mean(tf.contrib.framework.sort(net)) + tf.losses.get_regularization_loss()
train_op = tf.train.ProximalGradientDescentOptimizer(0.05).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(3):
        _, value, places = sess.run([train_op, loss, order], feed_dict={x: np.ones([5, 4])})
        print(value, places)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which pip installed the example, without a network."""
    source, target = tmp_path_factory.mktemp("source") / "example", tmp_path_factory.mktemp("installed")
    shutil.copytree(EXAMPLE, source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--target", target, source], check=True, capture_output=True)
    return target


def test_an_extension_takes_programs_further(command: Command, folder: Path, installed: Path) -> None:
    (folder / "a.py").write_text(PROGRAM)
    assert b"tf.contrib.framework.sort has no exact TF2 form" in command("check", "a.py").out

    outcome = command("rewrite", "a.py", "--target", "tf2", env={"PYTHONPATH": str(installed)})

    assert outcome.code == 0, outcome.err
    new = (folder / "a.py").read_text()
    assert "tf.argsort(net, -1)" in new
    assert "tf.reduce_mean(tf.sort(net))" in new
    assert "optimizer = tf.compat.v1.train.ProximalGradientDescentOptimizer(0.05)" in new


def test_a_lost_name_gets_its_form_at_graph(command: Command, folder: Path, installed: Path) -> None:
    (folder / "a.py").write_text(PROGRAM + "    tf.contrib.summary.all_summary_ops()\n")
    assert b"TFR401" in command("check", "a.py", "--target", "graph").out
    outcome = command("rewrite", "a.py", "--target", "graph", env={"PYTHONPATH": str(installed)})
    assert outcome.code == 0, outcome.err
    assert "tf.summary.all_v2_summary_ops()" in (folder / "a.py").read_text()


def test_the_version_tells_what_is_installed(command: Command, installed: Path) -> None:
    assert b"examples" not in command("--version").out
    assert b"with examples (tf1-examples 0.1)" in command("--version", env={"PYTHONPATH": str(installed)}).out


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("broken:EXTENSION = 1", "broken: tf1_broken:EXTENSION is no Extension"),
        ("broken:import nothing_of_this_name", "tf1_broken:EXTENSION cannot be imported: No module named"),
    ],
)
def test_a_package_that_cannot_be_used_is_an_error_of_one_line(
    command: Command, folder: Path, value: str, message: str
) -> None:
    (folder / "tf1_broken.py").write_text(value.partition(":")[2])
    (folder / "tf1_broken-1.dist-info").mkdir()
    (folder / "tf1_broken-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: tf1_broken\nVersion: 1\n")
    (folder / "tf1_broken-1.dist-info" / "entry_points.txt").write_text(f"[{GROUP}]\nbroken = tf1_broken:EXTENSION\n")
    (folder / "a.py").write_text(PROGRAM)
    outcome = command("check", "a.py", env={"PYTHONPATH": str(folder)})
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    "extension",
    [
        Extension(functions={"tf.reduce_mean": Signature("sort", ("values",))}),
        Extension(functions={"tf.argmax": Signature("sort", ("values",))}),
        Extension(optimizers={"tf.train.AdamOptimizer": Signature("sort", ("values",))}),
        Extension(rules={"tf.layers.dense": lambda original, updated, context: updated}),
        Extension(rules={"tf.contrib.layers.l2_regularizer": lambda original, updated, context: updated}),
        Extension(renamed={"tf.contrib.framework.sort": "tf.sort"}),
        Extension(renamed={"tf.contrib.layers.flatten": "tf.sort"}),
        Extension(renamed={"tf.nn.relu": "tf.nn.elu"}),
    ],
)
def test_what_is_exact_already_is_not_replaced(extension: Extension) -> None:
    with pytest.raises(ExtensionError, match=r"mine: tf\..* has a form at"):
        extensions.add("mine", extension)
