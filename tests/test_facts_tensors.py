"""Rank and dtype of results."""

from __future__ import annotations

import ast

import pytest

from tf1to2_reg.facts import tensors
from tf1to2_reg.facts.knowledge import Constant, TensorFacts
from tf1to2_reg.facts.tensors import Value

NAMES: dict[str, Value] = {
    "x": TensorFacts(2, "float32"),
    "image": TensorFacts(4, "float32"),
    "ids": TensorFacts(1, "int32"),
    "flags": TensorFacts(2, "bool"),
    "doubles": TensorFacts(2, "float64"),
    "some": TensorFacts(None, None),
    "array": None,
    "float32": Constant("float32"),
    "int64": Constant("int64"),
}


def value(node: ast.expr) -> Value:
    if isinstance(node, ast.Name):
        return NAMES[node.id]
    try:
        return Constant(ast.literal_eval(node))
    except ValueError:
        assert isinstance(node, (ast.List, ast.Tuple))
        return tuple(value(element) for element in node.elts)


def result(source: str) -> tuple[int | None, str | None]:
    call = ast.parse(f"tf.{source}", mode="eval").body
    assert isinstance(call, ast.Call)
    keywords = {keyword.arg or "": value(keyword.value) for keyword in call.keywords}
    facts = tensors.result(ast.unparse(call.func), [value(argument) for argument in call.args], keywords)
    return facts.rank, facts.dtype


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("nn.relu(x)", (2, "float32")),
        ("nn.softmax(logits=x)", (2, "float32")),
        ("square(array)", (None, None)),
        ("add(x, 1)", (2, "float32")),
        ("multiply(0.5, x)", (2, "float32")),
        ("multiply(array, x)", (None, "float32")),
        ("subtract(ids, x)", (2, "int32")),
        ("truediv(ids, 2)", (1, "float64")),
        ("truediv(x, 2)", (2, "float32")),
        ("floordiv(ids, 2)", (1, "int32")),
        ("equal(ids, x)", (2, "bool")),
        ("less(x, array)", (None, "bool")),
        ("logical_not(flags)", (2, "bool")),
        ("reduce_mean(x)", (0, "float32")),
        ("reduce_mean(x, 1)", (1, "float32")),
        ("reduce_mean(x, axis=[0, 1])", (0, "float32")),
        ("reduce_mean(x, axis=None)", (0, "float32")),
        ("reduce_mean(x, axis=array)", (None, "float32")),
        ("reduce_mean(x, 1, True)", (2, "float32")),
        ("reduce_mean(x, 1, keep_dims=True)", (2, "float32")),
        ("reduce_mean(x, 1, keepdims=array)", (None, "float32")),
        ("reduce_sum(some, 1)", (None, None)),
        ("reduce_sum(some)", (0, None)),
        ("argmax(x, 1)", (1, "int64")),
        ("argmax(x, 1, output_type=int64)", (1, "int64")),
        ("argmax(x, 1, output_type=array)", (1, None)),
        ("cast(ids, float32)", (1, "float32")),
        ("cast(ids, dtype=array)", (1, None)),
        ("to_float(ids)", (1, "float32")),
        ("reshape(x, [-1, 3, 4])", (3, "float32")),
        ("reshape(x, [array, -1])", (2, "float32")),
        ("reshape(x, array)", (None, "float32")),
        ("expand_dims(x, 1)", (3, "float32")),
        ("squeeze(x, [1])", (1, "float32")),
        ("squeeze(x)", (None, "float32")),
        ("concat([x, array], 1)", (2, "float32")),
        ("concat(array, 1)", (None, None)),
        ("stack([ids, ids])", (2, "int32")),
        ("matmul(x, x)", (2, "float32")),
        ("one_hot(ids, 3)", (2, "float32")),
        ("one_hot(ids, 3, 1, 0)", (2, None)),
        ("one_hot(ids, 3, dtype=int64)", (2, "int64")),
        ("zeros([3, array])", (2, "float32")),
        ("ones([3], int64)", (1, "int64")),
        ("random_normal([3, 4], 0.0, 1.0, float32)", (2, "float32")),
        ("zeros_like(ids)", (1, "int32")),
        ("constant(1.0)", (0, "float32")),
        ("constant([1, 2])", (1, "int32")),
        ("constant([[1, 2.0]])", (2, "float32")),
        ("constant(0.5, shape=[2, 3])", (2, "float32")),
        ("constant(array)", (None, None)),
        ("placeholder(float32, [None, 3])", (2, "float32")),
        ("placeholder(float32)", (None, "float32")),
        ("where(flags, x, x)", (2, "float32")),
        ("where(flags)", (2, "int64")),
        ("gather(x, ids)", (2, "float32")),
        ("nn.embedding_lookup(x, ids)", (2, "float32")),
        ("shape(x)", (1, "int32")),
        ("nn.l2_loss(doubles)", (0, "float64")),
        ("nn.conv2d(image, array, [1, 1, 1, 1], 'SAME')", (4, "float32")),
        ("nn.sparse_softmax_cross_entropy_with_logits(labels=ids, logits=x)", (1, "float32")),
        ("nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x)", (2, "float32")),
        ("losses.mean_squared_error(doubles, doubles)", (0, "float32")),
        ("losses.mean_squared_error(x, x, reduction=array)", (None, None)),
        ("losses.sparse_softmax_cross_entropy(ids, doubles)", (0, "float64")),
        ("losses.get_regularization_loss()", (0, "float32")),
        ("layers.dense(x, 3)", (2, "float32")),
        ("layers.conv2d(image, 3, 3)", (4, "float32")),
        ("layers.flatten(inputs=image)", (2, "float32")),
        ("layers.dropout(array)", (None, None)),
        ("unknown(x)", (None, None)),
    ],
)
def test_result(source: str, expected: tuple[int | None, str | None]) -> None:
    assert result(source) == expected


def test_operators_are_functions_with_results() -> None:
    two = [TensorFacts(2, "float32"), TensorFacts(1, "float32")]
    for name, symbol in tensors.OPERATORS.items():
        assert hasattr(ast, name)
        assert tensors.result(symbol, two, {}).rank == 2


def test_dtypes() -> None:
    assert tensors.DTYPES["tf.float32"] == tensors.DTYPES["tf.dtypes.float32"] == "float32"
    assert tensors.DTYPES["tf.double"] == "float64"
