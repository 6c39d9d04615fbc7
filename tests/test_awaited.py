"""Programs that nothing among the given files runs: the steps and models they become, and what keeps them from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from programs import FLAT, HEAD, LOSS, NETWORK, cases, migrated, plan, refusals, unit

from tf1to2_reg.files.bystanders import bystanders
from tf1to2_reg.files.discovery import discover
from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.pipeline import analyse
from tf1to2_reg.results import Status, TargetName
from tf1to2_reg.targets.tf2.target import migrate

STEPS = cases("""
### train_op: train_step(x, y)
NETWORK
LOSS
### train_op_without_a_name: train_step(x, y)
NETWORK
loss = tf.reduce_mean(tf.square(pred - y)) + tf.losses.get_regularization_loss()
tf.train.AdamOptimizer(0.01).minimize(loss)
### loss_alone: compute_loss(x, y)
NETWORK
loss = tf.reduce_mean(tf.square(pred - y)) + tf.losses.get_regularization_loss()
### loss_that_is_bound_again: compute_loss(x, y)
NETWORK
loss = tf.reduce_mean(tf.square(pred - y))
loss = loss + tf.losses.get_regularization_loss()
### what_the_loss_is_made_of_needs_no_function: train_step(x, y)
NETWORK
error = tf.abs(pred - y)
loss = tf.reduce_mean(error) + tf.losses.get_regularization_loss()
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
### what_nothing_reads: train_step(x, y) compute_error(x, y)
NETWORK
LOSS
error = tf.reduce_mean(tf.abs(pred - y))
### what_a_function_reads: compute_pred(x)
NETWORK
def double(value):
    return 2 * value
### only_initialized: train_step(x, y)
NETWORK
LOSS
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
""")


def expand(program: str) -> str:
    return HEAD + program.replace("NETWORK\n", NETWORK).replace("LOSS\n", LOSS)


@pytest.mark.parametrize(("expected", "program"), STEPS)
def test_steps(expected: str, program: str) -> None:
    found, _ = plan(expand(program))
    (driver,) = found.drivers

    assert " ".join(f"{s.name}({', '.join(i.name for i in s.inputs)})" for s in driver.steps) == expected
    assert [note.code for note in found.notes if note.code == "TFR116"] == ["TFR116"] * len(driver.steps)


REFUSED = cases("""
### flag: TFR225
flag = tf.placeholder(tf.bool, [])
pred = tf.layers.dropout(tf.layers.dense(x, 1, kernel_regularizer=reg), training=flag)
LOSS
### updates: TFR227
pred = tf.layers.batch_normalization(tf.layers.dense(x, 1, kernel_regularizer=reg), training=True)
LOSS
### read_in_a_function: TFR208
NETWORK
LOSS
def show():
    print(pred)
### penalty_alone: TFR224
NETWORK
penalty = tf.losses.get_regularization_loss()
### in_a_loop: TFR211
NETWORK
LOSS
for rate in (0.1, 0.2):
    other = tf.train.AdamOptimizer(rate).minimize(loss)
""")


@pytest.mark.parametrize(("code", "program"), REFUSED)
def test_refused(code: str, program: str) -> None:
    assert code in {found for found, _, _ in refusals(unit(expand(program)))}


CALLED_LATER = cases("""
### function
def predict(batch):
    return sess.run(pred, {x: batch})
### function_of_a_function
def predict(batch):
    return sess.run(pred, {x: batch})
def best(batch):
    return np.argmax(predict(batch))
### penalty_after_training
def penalty():
    return sess.run(loss, {x: data, y: data[:, :1]})
""")


@pytest.mark.parametrize(("_", "body"), CALLED_LATER)
def test_functions_that_are_called_later_call_steps(_: str, body: str) -> None:
    text = migrated(FLAT.replace("with tf.Session() as sess:", "sess = tf.Session()\nif True:") + body)["main.py"]

    assert "sess" not in text
    assert "return compute_" in text


# Libraries

PARAMETERS = cases("""
### input_and_sizes: __init__(units) call(x)
def network(x, units):
    return tf.layers.dense(x, units, kernel_regularizer=reg)
### input_through_functions: __init__() call(x)
def network(x):
    x = tf.reshape(tf.nn.relu(x), [-1, 4])
    return tf.layers.dense(x, 2, kernel_regularizer=reg)
### input_divided: __init__() call(x)
def network(x):
    return tf.layers.dense(x / 255.0, 2, kernel_regularizer=reg)
### two_inputs: __init__() call(x, y)
def network(x, y):
    return tf.layers.dense(tf.concat([x, y], 1), 2, kernel_regularizer=reg)
### input_of_an_inner_function: __init__(units) call(x)
def block(x, units):
    return tf.layers.dense(x, units, kernel_regularizer=reg)
def network(x, units):
    return block(block(x, units), 2)
### input_that_is_bound_again: __init__(sizes) call(x)
def network(x, sizes):
    for size in sizes:
        x = tf.layers.dense(x, size, kernel_regularizer=reg)
    return x
### number_in_the_computation: __init__() call(x, scale)
def network(x, scale):
    return scale * tf.layers.dense(x, 2, kernel_regularizer=reg)
""")


@pytest.mark.parametrize(("expected", "program"), PARAMETERS)
def test_parameters_of_models(expected: str, program: str) -> None:
    found, _ = plan(f"import tensorflow as tf\nreg = tf.contrib.layers.l2_regularizer(0.1)\n{program}")
    model = next(model for model in found.models.values() if model.name == "Network")

    made = ", ".join(parameter.name for parameter in model.constructed)
    called = ", ".join(parameter.name for parameter in model.called)
    assert f"__init__({made}) call({called})" == expected


READER = """\
import tensorflow as tf
def objective(labels, logits, weight=1.0):
    return tf.losses.mean_squared_error(labels, logits) + weight * tf.losses.get_regularization_loss()
def twice(labels, logits):
    return 2.0 * objective(labels, logits)
"""


def test_readers_get_the_penalties_as_a_parameter() -> None:
    text = migrated(READER)["main.py"]

    assert "def objective(labels, logits, regularization_losses, weight=1.0):" in text
    assert "def twice(labels, logits, regularization_losses):" in text
    assert "objective(labels, logits, regularization_losses=regularization_losses)" in text


def test_a_function_that_calls_a_network_of_the_program_is_a_network_of_its_own() -> None:
    program = HEAD + "def network(t):\n    return tf.layers.dense(t, 1, kernel_regularizer=reg)\n"
    program += "def other(t):\n    return network(tf.nn.relu(t))\npred = network(x)\n" + LOSS

    assert "class Other(tf.keras.Model):" in migrated(program)["main.py"]


# Files that may be the ones that call

LIBRARY = "import tensorflow as tf\ndef net(x):\n    return tf.layers.dense(x, 2, kernel_regularizer=tf.nn.l2_loss)\n"


def test_a_library_waits_for_no_one_while_a_file_stays() -> None:
    files = [source_from_bytes(Path("/p/net.py"), LIBRARY.encode())]

    (alone,) = migrate(files)
    (beside,) = migrate(files, [Path("/p/train.py")])

    assert (alone.status, beside.status) == (Status.MIGRATED, Status.REFUSED)
    assert [found.code for found in beside.diagnostics] == ["TFR210"]
    assert "train.py" in beside.diagnostics[0].message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import tensorflow as tf\nimport net\n", True),
        ("import tensorflow as tf\nimport network\n", False),
        ("import net\n", False),
    ],
)
def test_bystanders_beside_a_file(text: str, found: bool, tmp_path: Path) -> None:
    net, train = tmp_path / "net.py", tmp_path / "train.py"
    net.write_text(LIBRARY)
    train.write_text(text)

    assert bystanders({net: net.read_bytes()}, [net]) == ((train,) if found else ())


def test_bystanders_among_the_files() -> None:
    contents = {Path("a.py"): b"import tensorflow", Path("b.py"): b"import tensorflow", Path("c.py"): b"import os"}

    assert bystanders(contents, [Path("a.py")]) == (Path("b.py"),)


def test_a_library_beside_a_file_that_stays_goes_to_graph_and_is_at_rest_there(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(LIBRARY)
    (tmp_path / "use.py").write_text("import tensorflow as tf\nprint(tf.Session().run(tf.constant(1.0)))\n")

    (unit_,) = analyse(discover([tmp_path])).units

    assert unit_.target is TargetName.GRAPH, unit_.diagnostics
    assert "TFR210" in {reason.code for reason in unit_.held_back}
