"""Other symbols: calls and bare names. What the calls compute: test_transforms_numbers.py."""

from __future__ import annotations

import pytest
from expression_context import FakeContext, facts, rewrite_symbol
from tf1to2_reg.transforms import symbols

from tf1to2_reg.diagnostics.reasons import Refused

TENSORS = {"x": facts(2), "y": facts(2), "rows": facts(1, "bool"), "unknown": facts(None, None), "n": facts(0, "int32")}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("tf.nn.relu(x)", "tf.nn.relu(x)"),
        ("tf.log(x)", "tf.math.log(x)"),
        ("tf.random_normal([2], stddev=0.1)", "tf.random.normal([2], stddev=0.1)"),
        ("tf.reduce_mean(x, 1, keep_dims=True)", "tf.reduce_mean(x, 1, keepdims=True)"),
        ("tf.reduce_sum(x, reduction_indices = 1)", "tf.reduce_sum(x, axis = 1)"),
        ("tf.reduce_sum(x, 1, True, 'sum')", "tf.reduce_sum(x, 1, True, 'sum')"),
        ("tf.argmax(x, 1)", "tf.argmax(x, 1)"),
        ("tf.argmax(x, 1, 'best')", "tf.argmax(x, 1, name='best')"),
        ("tf.argmax(x, 1, 'best', None, tf.int32)", None),
        ("tf.argmax(x, dimension=1)", "tf.argmax(x, axis=1)"),
        ("tf.to_float(x)", "tf.cast(x, tf.float32)"),
        ("tf.to_int64(x=x, name='n')", "tf.cast(x=x, dtype=tf.int64)"),
        ("tf.nn.dropout(x, 0.8)", "tf.nn.dropout(x, rate=1 - 0.8)"),
        ("tf.nn.dropout(x, keep_prob=a - b)", "tf.nn.dropout(x, rate=1 - (a - b))"),
        ("tf.nn.dropout(x, rate=0.2)", "tf.nn.dropout(x, rate=0.2)"),
        ("tf.nn.dropout(x, 0.8, [1, 2])", "tf.nn.dropout(x, rate=1 - 0.8, noise_shape=[1, 2])"),
        (
            "tf.nn.softmax_cross_entropy_with_logits(logits=x, labels=y)",
            "tf.nn.softmax_cross_entropy_with_logits(logits=x, labels=tf.stop_gradient(y))",
        ),
        (
            "tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=x)",
            "tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=x)",
        ),
        ("tf.where(x, y, y)", "tf.where(x, y, y)"),
        ("tf.where(rows)", "tf.where(rows)"),
        ("tf.where(rows, x, y)", "tf.compat.v1.where(rows, x, y)"),
        ("tf.where(unknown, unknown, unknown)", "tf.compat.v1.where(unknown, unknown, unknown)"),
        ("tf.div(x, 2)", "tf.divide(x, 2)"),
        ("tf.div(n, 2)", "tf.compat.v1.div(n, 2)"),
        ("tf.constant(0.5, shape=[2])", "tf.constant(0.5, shape=[2])"),
        ("tf.constant(values, tf.float32)", "tf.constant(values, tf.float32)"),
        ("tf.name_scope('loss')", "tf.name_scope('loss')"),
        ("tf.name_scope('loss', values=None)", "tf.name_scope('loss')"),
        ("tf.device('/cpu:0')", "tf.device('/cpu:0')"),
        ("tf.logging.info('step')", "tf.compat.v1.logging.info('step')"),
        ("tf.app.run()", "tf.compat.v1.app.run()"),
        ("tf.gfile.Exists(path)", "tf.io.gfile.exists(path)"),
        ("tf.gfile.MakeDirs(dirname=path)", "tf.io.gfile.makedirs(path=path)"),
        ("tf.nn.top_k(x, 2, True)", "tf.nn.top_k(x, 2, True)"),
        ("tf.nn.embedding_lookup(x, ids)", "tf.nn.embedding_lookup(x, ids)"),
        (
            "tf.nn.conv2d(x, filter=y, strides=s, padding='SAME')",
            "tf.nn.conv2d(x, filters=y, strides=s, padding='SAME')",
        ),
        ("tf.reduce_mean(  # average\n    x)", "tf.reduce_mean(  # average\n    x)"),
        ("own.function(x)", "own.function(x)"),
    ],
)
def test_rewritten(source: str, expected: str | None) -> None:
    context = FakeContext(TENSORS)
    if expected is None:
        with pytest.raises(Refused):
            rewrite_symbol(source, context)
    else:
        assert rewrite_symbol(source, context) == expected
        assert context.notes == []


@pytest.mark.parametrize(
    "source", ["tf.set_random_seed(1)", "tf.random_uniform([2], seed=1)", "tf.nn.dropout(x, 0.5, seed=1)"]
)
def test_seeds_are_noted(source: str) -> None:
    context = FakeContext(TENSORS)
    rewrite_symbol(source, context)
    assert [code for code, _ in context.notes] == ["TFR110"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("tf.reduce_mean(x, axis=1, reduction_indices=1)", "TFR235"),
        ("tf.reduce_mean(x, axes=1)", "TFR235"),
        ("tf.reduce_mean(*x)", "TFR209"),
        ("tf.nn.dropout(x)", "TFR235"),
        ("tf.nn.dropout(x, 0.5, rate=0.5)", "TFR235"),
        ("tf.nn.conv2d(x, y, s, 'SAME', use_cudnn_on_gpu=flag)", "TFR235"),
        ("tf.nn.embedding_lookup(parts, ids)", "TFR235"),
        ("tf.nn.embedding_lookup(x, ids, 'div')", "TFR235"),
        ("tf.nn.top_k(x, 2, True, 'best')", "TFR235"),
        ("tf.constant([1, 2], shape=[4])", "TFR235"),
        ("tf.constant(1, verify_shape=True)", "TFR235"),
        ("tf.zeros_like(x, optimize=False)", "TFR235"),
        ("tf.device(chooser)", "TFR235"),
        ("tf.name_scope(None, 'loss')", "TFR235"),
        ("tf.name_scope(name, 'loss', [x])", "TFR235"),
        ("tf.get_variable('v', [1])", "TFR218"),
        ("tf.train.Saver()", "TFR204"),
        ("tf.summary.scalar('loss', x)", "TFR205"),
        ("tf.data.Dataset.range(3)", "TFR206"),
        ("tf.while_loop(c, b, v)", "TFR207"),
        ("tf.contrib.layers.fully_connected(x, 3)", "TFR233"),
        ("tf.layers.Dense(3)", "TFR201"),
        ("tf.keras.layers.Dense(3)", "TFR201"),
        ("tf.metrics.accuracy(x, y)", "TFR212"),
        ("tf.made_up(x)", "TFR212"),
    ],
)
def test_refused(source: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        rewrite_symbol(source, FakeContext(TENSORS))
    assert refused.value.reason.code == code
    assert refused.value.reason.node is not None


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("tf.float32", "tf.float32"),
        ("tf.nn.relu", "tf.nn.relu"),
        ("tf.log", "tf.math.log"),
        ("tf.nn.softmax", "tf.nn.softmax"),
        ("tf.logging.INFO", "tf.compat.v1.logging.INFO"),
    ],
)
def test_bare_names(symbol: str, expected: str) -> None:
    assert symbols.tf2_name(symbol) == expected


@pytest.mark.parametrize(
    ("symbol", "code"),
    [("tf.argmax", "TFR212"), ("tf.where_is", "TFR212"), ("tf.GraphKeys.UPDATE_OPS", "TFR203"), ("tf.data", "TFR206")],
)
def test_bare_names_refused(symbol: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        symbols.tf2_name(symbol)
    assert refused.value.reason.code == code == symbols.refusal_code(symbol)
