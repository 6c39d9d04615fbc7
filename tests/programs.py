"""Small programs for unit tests: source files from texts, and what the analysis makes of them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import pytest

from tf1to2_reg.files.source import SourceFile, source_from_bytes
from tf1to2_reg.program.interpreter import Interpreter
from tf1to2_reg.program.relevance import Relevance
from tf1to2_reg.program.trace import Facts, Trace
from tf1to2_reg.program.units import groups
from tf1to2_reg.results import Status, UnitResult
from tf1to2_reg.syntax.modules import Project
from tf1to2_reg.targets.tf2.data import UnitPlan
from tf1to2_reg.targets.tf2.planner import UnitPlanner
from tf1to2_reg.targets.tf2.target import migrate

ROOT = Path("/project")
MARK = "# <-"
"""Ends the line of a program that a test asks about."""

Files = Mapping[str, str]

HEAD = """\
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 4])
y = tf.placeholder(tf.float32, [None, 1])
reg = tf.contrib.layers.l2_regularizer(0.1)
"""
LOSS = """\
loss = tf.reduce_mean(tf.square(pred - y)) + tf.losses.get_regularization_loss()
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
"""
SESSION = """\
data = np.ones((8, 4), np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(3):
        sess.run(train_op, feed_dict={x: data, y: data[:, :1]})
"""
TAIL = LOSS + SESSION
NETWORK = "pred = tf.layers.dense(x, 1, kernel_regularizer=reg)\n"
FLAT = HEAD + NETWORK + TAIL
"""A whole program that migrates."""


def as_files(program: str | Files) -> Files:
    """A program of one file is main.py."""
    return {"main.py": program} if isinstance(program, str) else program


def sources(program: str | Files) -> list[SourceFile]:
    """The files of a program, by path from its root."""
    return [source_from_bytes(ROOT / path, text.encode()) for path, text in as_files(program).items()]


def project(program: str | Files) -> Project:
    return Project(sources(program))


def trace(program: str | Files, entry: str = "main.py") -> Trace:
    """The abstract run of a program."""
    given = project(program)
    (module,) = [module for module in given.modules if module.path == ROOT / entry]
    return Interpreter(given, Relevance(given), module, Facts()).run()


def plan(program: str | Files) -> tuple[UnitPlan, Facts]:
    """The plan of a program's only unit.

    Raises:
        Refused: where the unit stays as it is.
    """
    facts = Facts()
    (group,) = groups(project(program), facts)
    assert group.obstacles == []
    return UnitPlanner(group.name, group.traces, facts, group.modules).plan(), facts


def unit(program: str | Files) -> UnitResult:
    """The result of a program's only unit."""
    (result,) = migrate(sources(program))
    return result


def refusals(result: UnitResult) -> list[tuple[str, str, int]]:
    """Code, file and line of the reasons why a unit was refused."""
    return [
        (found.code, found.path.relative_to(ROOT).as_posix(), found.line)
        for found in result.diagnostics
        if found.code.startswith("TFR2")
    ]


def migrated(program: str | Files) -> dict[str, str]:
    """The text of every file after the migration of the program's only unit."""
    result = unit(program)
    assert (result.status, refusals(result)) == (Status.MIGRATED, [])
    new = {path.relative_to(ROOT).as_posix(): data.decode() for path, data in result.new_sources.items()}
    return {**as_files(program), **new}


def marked_line(program: str | Files) -> tuple[str, int]:
    """File and number of the only line that ends with the mark."""
    ((path, number),) = [
        (path, number)
        for path, text in as_files(program).items()
        for number, line in enumerate(text.splitlines(), 1)
        if line.endswith(MARK)
    ]
    return path, number


def marked_call(program: str | Files, found: Trace) -> ast.Call:
    """The outermost call on the marked line."""
    path, number = marked_line(program)
    trees = {module.path: module.tree for module in found.executed}
    return next(node for node in ast.walk(trees[ROOT / path]) if isinstance(node, ast.Call) and node.lineno == number)


def cases(text: str) -> list[object]:
    """Parameters (expectation, program) for a table of programs, each under a line `### name: expectation`."""
    found: list[object] = []
    for part in text.split("### ")[1:]:
        heading, _, program = part.partition("\n")
        name, _, expectation = heading.partition(":")
        found.append(pytest.param(expectation.strip(), program.strip("\n") + "\n", id=name.strip()))
    return found
