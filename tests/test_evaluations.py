"""What an expression gave in all its executions: what was last says nothing of the others."""

from __future__ import annotations

import ast
import copy

import pytest

from tf1to2_reg.facts.knowledge import TensorFacts
from tf1to2_reg.program.definitions import Class, Environment, Instance, ProjectModule
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.values import (
    AnyOf,
    Mapping,
    Optimizer,
    Placeholder,
    Python,
    Regularizer,
    Scope,
    Series,
    Symbol,
    Tensor,
    TrainOp,
    Value,
    VariableScope,
    python,
)
from tf1to2_reg.syntax.modules import Module

NODE = ast.Name("x")
CALLS = [ast.Call(ast.Name("f"), [], []) for _ in range(2)]
MODULE = Module.__new__(Module)
CLASS = Class(ast.ClassDef("C", [], [], [], []), MODULE, {}, ())
FLOATS, INTEGERS = TensorFacts(2, "float32"), TensorFacts(2, "int32")


def seen(*values: Value) -> Value:
    """What is known of an expression that gave one value after the other."""
    facts = Evaluations()
    for value in values:
        facts.record(NODE, value)
    found = facts.value(NODE)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (TrainOp(CALLS[0]), TrainOp(CALLS[1])),
        (TrainOp(CALLS[0]), TrainOp(CALLS[0], updates=True)),
        (Optimizer("tf.train.AdamOptimizer", CALLS[0]), Optimizer("tf.train.AdamOptimizer", CALLS[1])),
        (Instance(CLASS), Instance(CLASS)),
        (ProjectModule(MODULE, Environment()), ProjectModule(MODULE, Environment())),
        (Symbol("tf.nn.relu"), Symbol("tf.nn.tanh")),
    ],
    ids=["train_ops", "updates", "optimizers", "objects", "modules", "symbols"],
)
def test_values_that_differ_stay_a_choice(first: Value, second: Value) -> None:
    found = seen(first, second)
    assert isinstance(found, AnyOf)
    assert found.options == (first, second)


@pytest.mark.parametrize(
    "value",
    [
        TrainOp(CALLS[0]),
        Optimizer("tf.train.AdamOptimizer", CALLS[0]),
        Placeholder(FLOATS, call=CALLS[0]),
        Scope(VariableScope(("a",))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_same_again_is_the_same(value: Value) -> None:
    assert type(seen(value, copy.copy(value))) is type(value)


def test_two_placeholders_are_some_tensor() -> None:
    found = seen(Placeholder(FLOATS, call=CALLS[0]), Placeholder(INTEGERS, call=CALLS[1]))
    assert type(found) is Tensor
    assert found.facts == TensorFacts(2, None)


def test_regularizer_that_was_optional_once_is_optional() -> None:
    found = seen(Regularizer(optional=True), Regularizer())
    assert isinstance(found, Regularizer)
    assert found.optional


def test_lists_of_two_lengths_have_no_length() -> None:
    found = seen(Series((python(1),), Python()), Series((python(1), python(2)), Python()))
    assert isinstance(found, Series)
    assert found.items is None


def test_dicts_of_two_displays_have_no_display() -> None:
    key = python("units")
    displays = [ast.Dict([], []), ast.Dict([], [])]
    found = seen(*(Mapping(((key, python(number)),), display) for number, display in enumerate(displays)))
    assert isinstance(found, Mapping)
    assert found.node is None
