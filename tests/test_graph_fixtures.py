"""Every fixture is migrated to a graph program, by the real target, and proven identical to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_cases import Case, Expect, all_cases
from graph_fixtures import Exempt, assert_as_expected, copied

from tf1to2_reg.verify import Program, Runner

EXCEPTIONS = {
    "refuse_python2": Exempt("Python 2 cannot be parsed", frozenset({"TFR902"})),
}
"""Fixtures that stay as they are."""

DRIVERS = {
    "refuse_no_driver": """\
import numpy as np
import tensorflow as tf

import before

x, y = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.int64, [None])
loss = before.loss_fn(y, before.mlp(x, [4, 5], 2, 0.1))
train_op = tf.train.AdamOptimizer(0.1).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(3):
        print("%.6f" % sess.run([loss, train_op], {x: np.eye(3), y: [0, 1, step % 2]})[0])
""",
}
"""Libraries, and a script that trains each."""

NO_PROGRAM = Exempt("no layers, regularizers or penalties of TF1 in it")

CASES = all_cases()


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


def exempt(case: Case) -> Exempt | None:
    return NO_PROGRAM if case.expect is Expect.UNTOUCHED else EXCEPTIONS.get(case.name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_identical(case: Case, tmp_path: Path, runner: Runner) -> None:
    program = copied(case.before, case.entry, tmp_path / "before")
    if case.name in DRIVERS:
        (program.folder / "drive.py").write_text(DRIVERS[case.name], encoding="utf-8")
        program = Program(program.folder, "drive.py")

    assert_as_expected(case.name, program, exempt(case), tmp_path / "after", runner)


def test_exceptions_are_fixtures() -> None:
    assert EXCEPTIONS.keys() | DRIVERS.keys() <= {case.name for case in CASES if case.expect is Expect.REFUSED}


def test_every_program_that_migrates_runs() -> None:
    assert {case.name for case in CASES if not case.runs and exempt(case) is None} == set()
