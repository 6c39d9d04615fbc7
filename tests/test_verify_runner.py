"""Running programs: the same start on both sides, random numbers, steps, limits, failures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from verify_programs import AFTER, BEFORE, replaced, write_pair

from tf1to2_reg.verify import Interpreters, Options, Program, Runner, Side, VerifyError, compare, verdict_line, verify


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


def programs(folder: Path, before: str = BEFORE, after: str = AFTER) -> tuple[Program, Program]:
    paths = write_pair(folder, before, after)
    return Program.from_path(paths[0]), Program.from_path(paths[1])


def test_equal_programs_are_equal(tmp_path: Path, runner: Runner) -> None:
    verdict = verify(*programs(tmp_path), runner)

    assert verdict.equal, verdict_line(verdict)
    assert len(verdict.rows) == 8
    assert len(verdict.pairs) == 6
    assert verdict.rows[0].regularization_before > 0
    assert not verdict.notes


def test_a_program_equals_itself_to_the_last_bit(tmp_path: Path, runner: Runner) -> None:
    before, after = programs(tmp_path)
    for program, side in ((before, Side.BEFORE), (after, Side.AFTER)):
        first, second = runner.record(program, side), runner.record(program, side)

        assert compare(first, second).equal
        assert first.updates == second.updates
        assert first.printed == second.printed
        for ours, theirs in zip(first.weights, second.weights, strict=True):
            np.testing.assert_array_equal(ours.final, theirs.final)
            np.testing.assert_array_equal(ours.gradient, theirs.gradient)


def test_weights_of_equal_shape_start_differently(tmp_path: Path, runner: Runner) -> None:
    recording = runner.record(programs(tmp_path)[0], Side.BEFORE)
    first, second = [variable for variable in recording.weights if variable.shape == (5, 5)]

    assert (first.ordinal, second.ordinal) == (0, 1)
    assert first.initial is not None
    assert second.initial is not None
    assert not np.array_equal(first.initial, second.initial)
    assert 0.3 < np.max(np.abs(first.initial)) <= (6 / 10) ** 0.5
    biases = [variable for variable in recording.weights if variable.shape == (5,)]
    assert [variable.ordinal for variable in biases] == [None, None]
    assert all(np.all(variable.initial == 0) for variable in biases)


def test_another_order_of_creation_is_found(tmp_path: Path, runner: Runner) -> None:
    before = replaced(BEFORE, ("net = tf.layers.dense(net, 5, tf.nn.tanh)", "net = net + tf.layers.dense(x, 5)"))
    in_other_order = "second = self.second(x)\n        return self.last(self.first(x) + second)"
    after = replaced(
        AFTER,
        ("return self.last(self.second(self.first(x)))", in_other_order),
        ("self.second = tf.keras.layers.Dense(5, tf.nn.tanh)", "self.second = tf.keras.layers.Dense(5)"),
    )

    verdict = verify(*programs(tmp_path, before, after), runner)

    assert verdict.equal, verdict_line(verdict)
    assert any("another order" in note for note in verdict.notes)
    assert verdict.pairs[0].after.name == "model/dense/kernel"


def test_layers_of_equal_keras_paths_are_kept_apart(tmp_path: Path, runner: Runner) -> None:
    before = replaced(
        BEFORE,
        ("kernel_regularizer=regularizer)", 'kernel_regularizer=regularizer, name="out")'),
        ("net, 5, tf.nn.tanh)", 'net, 5, tf.nn.tanh, kernel_regularizer=regularizer, name="body/out")'),
    )
    after = replaced(
        AFTER,
        ("L2(0.05))", 'L2(0.05), name="out")'),
        ("Dense(5, tf.nn.tanh)", 'Dense(5, tf.nn.tanh, kernel_regularizer=tf.keras.regularizers.L2(0.05), name="out")'),
    )

    verdict = verify(*programs(tmp_path, before, after), runner)

    assert verdict.equal, verdict_line(verdict)
    assert [item.variable for item in verdict.penalties] == ["out/kernel", "body/out/kernel"]
    assert len({item.after.value for item in verdict.penalties if item.after}) == 2
    assert [item.after.name for item in verdict.penalties if item.after] == ["out/kernel", "body/out/kernel"]
    names = [item.after.name for item in verdict.pairs]
    assert len(set(names)) == len(names)


def test_swapped_layers_are_not_excused_as_another_order(tmp_path: Path, runner: Runner) -> None:
    after = replaced(AFTER, ("self.second(self.first(x))", "self.first(self.second(x))"))
    verdict = verify(*programs(tmp_path, after=after), runner)

    assert not verdict.equal


def test_dropout_and_random_numbers_are_the_same_on_both_sides(tmp_path: Path, runner: Runner) -> None:
    before = replaced(
        BEFORE,
        ("net = tf.layers.dense(net, 5, tf.nn.tanh)", "net = tf.layers.dense(tf.nn.dropout(net, 0.5), 5, tf.nn.tanh)"),
        ("tf.layers.dense(net, 1)", "tf.layers.dense(net + tf.random_normal(tf.shape(net)), 1)"),
    )
    after = replaced(
        AFTER,
        ("self.second = ", "self.dropout = tf.keras.layers.Dropout(0.5)\n        self.second = "),
        (
            "return self.last(self.second(self.first(x)))",
            "return self.last(noisy(self.second(self.dropout(self.first(x), training=True))))",
        ),
    )

    after = replaced(
        after, ("class Model", "def noisy(net):\n    return net + tf.random.normal(tf.shape(net))\n\n\nclass Model")
    )

    verdict = verify(*programs(tmp_path, before, after), runner)

    assert verdict.equal, verdict_line(verdict)
    assert "dropout is switched off on both sides" in verdict.notes
    assert any("random numbers" in note for note in verdict.notes)


def test_hand_made_random_variables_start_the_same(tmp_path: Path, runner: Runner) -> None:
    before = replaced(
        BEFORE,
        ("loss = tf", "scale = tf.Variable(tf.truncated_normal([1], stddev=0.5))\nloss = scale[0] * tf"),
    )
    after = replaced(
        AFTER,
        ("model = Model()", "model = Model()\nscale = tf.Variable(tf.random.truncated_normal([1], stddev=0.5))"),
        ("loss = tf", "loss = scale[0] * tf"),
        (
            "gradients = tape.gradient(loss, model.trainable_variables)",
            "variables = model.trainable_variables + [scale]\n    gradients = tape.gradient(loss, variables)",
        ),
        ("zip(gradients, model.trainable_variables)", "zip(gradients, variables)"),
    )
    verdict = verify(*programs(tmp_path, before, after), runner)

    assert verdict.equal, verdict_line(verdict)
    assert len(verdict.pairs) == 7


def test_a_bias_before_batch_normalization_is_noise(tmp_path: Path, runner: Runner) -> None:
    """Adam turns the rounding error of its gradient into whole steps; the programs are equal all the same."""
    before = replaced(
        BEFORE,
        (
            "net = tf.layers.dense(net, 5, tf.nn.tanh)",
            "net = tf.layers.batch_normalization(tf.layers.dense(net, 5), training=True)",
        ),
        ("MomentumOptimizer(0.1, 0.9)", "AdamOptimizer(0.01)"),
        (
            "train_op = ",
            "with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):\n    train_op = ",
        ),
    )
    after = replaced(
        AFTER,
        ("self.second = tf.keras.layers.Dense(5, tf.nn.tanh)", "self.second = tf.keras.layers.Dense(5)"),
        ("self.last = ", "self.norm = tf.keras.layers.BatchNormalization()\n        self.last = "),
        ("self.last(self.second(self.first(x)))", "self.last(self.norm(self.second(self.first(x)), training=True))"),
        ("SGD(0.1, momentum=0.9)", "Adam(0.01, epsilon=1e-8)"),
    )
    verdict = verify(*programs(tmp_path, before, after), runner)

    assert verdict.equal, verdict_line(verdict)
    assert [pair.before.name for pair in verdict.pairs if pair.noise] == ["dense_1/bias"]
    assert any("rounding error" in note for note in verdict.notes)


def test_fit_is_a_training_step(tmp_path: Path, runner: Runner) -> None:
    head, _, _ = AFTER.partition("\n\n@tf.function")
    after = head + (
        "\nmodel.compile(optimizer, loss='mse')\n"
        "model.fit(inputs, targets, batch_size=16, epochs=8, shuffle=False, verbose=0)\n"
    )
    verdict = verify(*programs(tmp_path, after=after), runner)

    assert verdict.equal, verdict_line(verdict)
    assert len(verdict.rows) == 8


def test_compat_optimizers_are_seen(tmp_path: Path, runner: Runner) -> None:
    after = replaced(
        AFTER,
        ("tf.keras.optimizers.SGD(0.1, momentum=0.9)", "tf.compat.v1.train.MomentumOptimizer(0.1, 0.9)"),
        ("zip(gradients, model.trainable_variables)", "zip(gradients, [v.value for v in model.trainable_variables])"),
    )
    verdict = verify(*programs(tmp_path, after=after), runner)

    assert verdict.equal, verdict_line(verdict)
    assert verdict.after.optimizers == ("MomentumOptimizer",)


def test_weights_updated_by_hand_are_training_steps(tmp_path: Path, runner: Runner) -> None:
    before = replaced(BEFORE, ("MomentumOptimizer(0.1, 0.9)", "GradientDescentOptimizer(0.1)"))
    after = replaced(
        AFTER,
        (
            "optimizer.apply_gradients(zip(gradients, model.trainable_variables))",
            "tf.nest.map_structure(lambda v, g: v.assign_sub(0.1 * g), model.trainable_variables, gradients)",
        ),
    )
    verdict = verify(*programs(tmp_path, before, after), runner)

    assert verdict.equal, verdict_line(verdict)


@pytest.mark.parametrize("side", list(Side))
def test_steps_end_the_program(side: Side, tmp_path: Path, runner: Runner) -> None:
    program = programs(tmp_path)[0 if side is Side.BEFORE else 1]
    whole, short = runner.record(program, side), runner.record(program, side, Options(steps=3))

    assert short.updates == whole.updates[:3]
    assert short.printed.splitlines() == whole.printed.splitlines()[:3]


def test_moving_averages_are_those_of_the_last_wanted_step(tmp_path: Path, runner: Runner) -> None:
    before = replaced(
        BEFORE,
        ("net = tf.layers.dense(net, 5, tf.nn.tanh)", "net = tf.layers.batch_normalization(net, training=True)"),
        (
            "train_op = ",
            "with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):\n    train_op = ",
        ),
    )
    after = replaced(
        AFTER,
        ("tf.keras.layers.Dense(5, tf.nn.tanh)\n", "tf.keras.layers.BatchNormalization()\n"),
        ("self.second(self.first(x))", "self.second(self.first(x), training=True)"),
    )
    verdict = verify(*programs(tmp_path, before, after), runner, Options(steps=3))

    assert verdict.equal, verdict_line(verdict)
    assert len(verdict.before.states) == len(verdict.after.states) == 2


def test_the_program_works_on_a_copy(tmp_path: Path, runner: Runner) -> None:
    writing = "\nwith open('written.txt', 'w') as stream:\n    stream.write('x')\nprint(open('data.txt').read())\n"
    program = programs(tmp_path, before=BEFORE + writing)[0]
    (program.folder / "data.txt").write_text("seen", encoding="utf-8")

    recording = runner.record(program, Side.BEFORE)

    assert recording.printed.endswith("seen\n")
    assert sorted(path.name for path in program.folder.iterdir()) == ["before.py", "data.txt"]


@pytest.mark.parametrize(
    ("text", "message", "output"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'", "line 1, in <module>"),
        ("import sys\nsys.exit('no data')", "the program ended with exit status no data", "no data"),
        ("import os\nos.kill(os.getpid(), 9)", "was ended by signal 9", ""),
        ("import os\nos._exit(0)", "ended without leaving its numbers", ""),
        ("print('nothing to train')", "no training step was seen", ""),
        ("import tensorflow as tf\ntf.contrib.crf.crf_log_likelihood", "tf1-python", ""),
        (
            "import tensorflow as tf\ntf.contrib.layers.embedding_column",
            "tensorflow.contrib.layers.embedding_column",
            "",
        ),
    ],
)
def test_a_program_that_does_not_run_says_why(
    text: str, message: str, output: str, tmp_path: Path, runner: Runner
) -> None:
    program = programs(tmp_path, before=text)[0]

    with pytest.raises(VerifyError) as caught:
        runner.record(program, Side.BEFORE)

    assert message in caught.value.message
    assert output in caught.value.output
    assert "recorder" not in caught.value.output
    assert str(program.folder / "before.py") in caught.value.output or "Traceback" not in caught.value.output


def test_the_time_limit_ends_the_whole_tree(tmp_path: Path, runner: Runner) -> None:
    text = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
        "time.sleep(600)\n"
    )
    program, _ = programs(tmp_path, before=text)
    runner.record(write_and_load(tmp_path / "warm"), Side.BEFORE)
    started = time.monotonic()

    with pytest.raises(VerifyError, match="did not end within 2 s"):
        runner.record(program, Side.BEFORE, Options(timeout=2))

    assert time.monotonic() - started < 20
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


def write_and_load(folder: Path) -> Program:
    folder.mkdir()
    return programs(folder)[0]


def test_a_missing_interpreter_is_reported(tmp_path: Path) -> None:
    program = programs(tmp_path)[0]
    with (
        Runner(Interpreters(before=tmp_path / "python3.7", genuine=True)) as own,
        pytest.raises(VerifyError, match="cannot start"),
    ):
        own.record(program, Side.BEFORE)
