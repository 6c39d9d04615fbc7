"""Layer calls taken apart: constructor, inputs, arguments of the call, refusals."""

from __future__ import annotations

import pytest
from expression_context import FakeContext, code, facts, parse, split
from tf1to2_reg.transforms import layers

from tf1to2_reg.diagnostics.reasons import Refused
from tf1to2_reg.facts.knowledge import Kind
from tf1to2_reg.facts.layers import LAYERS

IMAGES = {"x": facts(4), "n": facts(0)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dense(x, 64)", "Dense(64)"),
        ("dense(inputs=x, units=64)", "Dense(units=64)"),
        ("dense(units=64, inputs=x)", "Dense(units=64)"),
        ("dense(x, 64, tf.nn.relu, False)", "Dense(64, tf.nn.relu, False)"),
        (
            "dense(x, 64, None, True, k, b, r, r, None, None, None, True, 'fc')",
            "Dense(64, None, True, k, b, r, r)",
        ),
        ("dense(x, 64, name='fc', reuse=tf.AUTO_REUSE)", "Dense(64)"),
        ("dense(x, 64, trainable=True, activity_regularizer=None)", "Dense(64)"),
        ("dense(x, 64, kernel_regularizer='l2')", "Dense(64, kernel_regularizer='l2')"),
        (
            "dense(x, 64, bias_regularizer='l1_l2')",
            "Dense(64, bias_regularizer=tf.keras.regularizers.L1L2(0.01, 0.01))",
        ),
        (
            "dense(\n    x, units=64, activation=tf.nn.relu,  # wide\n    name='fc')",
            "Dense(\n    units=64, activation=tf.nn.relu  # wide\n)",
        ),
        (
            "conv2d(x, 8, 3, 1, 'same', 'channels_last', 2, tf.nn.relu, False, kernel_regularizer=r)",
            "Conv2D(8, 3, 1, 'same', 'channels_last', 2, activation=tf.nn.relu, use_bias=False, kernel_regularizer=r)",
        ),
        (
            "conv2d_transpose(x, 8, 3, 1, 'same', 'channels_first', tf.nn.relu)",
            "Conv2DTranspose(8, 3, 1, 'same', data_format='channels_first', activation=tf.nn.relu)",
        ),
        ("conv3d_transpose(x, 8, 3, 2, 'same')", "Conv3DTranspose(8, 3, 2, 'same')"),
        (
            "separable_conv2d(x, 8, 3, 1, 'same', 'channels_last', 1, 2, tf.nn.relu, pointwise_regularizer=r)",
            "SeparableConv2D(8, 3, 1, 'same', 'channels_last', 1, 2, tf.nn.relu, pointwise_regularizer=r)",
        ),
        ("max_pooling2d(x, [2, 2], [2, 2], name='pool')", "MaxPooling2D([2, 2], [2, 2])"),
        ("average_pooling3d(x, 2, 2, 'same')", "AveragePooling3D(2, 2, 'same')"),
        ("flatten(x)", "Flatten()"),
        ("flatten(x, 'flat', 'channels_first')", "Flatten(data_format='channels_first')"),
        ("dropout(x)", "Dropout(rate=0.5)"),
        ("dropout(x, 0.3, None, 1)", "Dropout(0.3, None, 1)"),
        ("dropout(x, noise_shape=[1, 2])", "Dropout(noise_shape=[1, 2], rate=0.5)"),
        ("batch_normalization(x)", "BatchNormalization()"),
        (
            "batch_normalization(x, 3, 0.9, 1e-5, True, False, fused=True, virtual_batch_size=None)",
            "BatchNormalization(3, 0.9, 1.001e-05, True, False)",
        ),
        ("batch_normalization(x, epsilon=1e-5, fused=False)", "BatchNormalization(epsilon=1e-5)"),
        ("batch_normalization(x, axis=2, epsilon=1e-5)", "BatchNormalization(axis=2, epsilon=1e-5)"),
        ("batch_normalization(x, axis=-3, epsilon=1e-5)", "BatchNormalization(axis=-3, epsilon=1.001e-05)"),
        ("batch_normalization(x, epsilon=1e-3)", "BatchNormalization(epsilon=1e-3)"),
        ("batch_normalization(x, epsilon=eps)", "BatchNormalization(epsilon=max(eps, 1.001e-05))"),
        (
            "batch_normalization(x, gamma_regularizer=r, renorm=False, adjustment=None)",
            "BatchNormalization(gamma_regularizer=r)",
        ),
    ],
)
def test_constructor(source: str, expected: str) -> None:
    parts = split(f"tf.layers.{source}", FakeContext(IMAGES))
    assert code(parts.constructor) == f"tf.keras.layers.{expected}"
    assert parts.inputs is not None
    assert code(parts.inputs) == "x"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dense(x, 64)", []),
        ("max_pooling2d(x, 2, 2)", []),
        ("dropout(x)", ["training=False"]),
        ("dropout(x, 0.5, None, None, is_training)", ["training=is_training"]),
        ("dropout(x, training=not is_testing)", ["training=not is_testing"]),
        ("batch_normalization(x)", ["training=False"]),
        ("batch_normalization(x, training=phase)", ["training=phase"]),
    ],
)
def test_call_arguments(source: str, expected: list[str]) -> None:
    parts = split(f"tf.layers.{source}", FakeContext(IMAGES))
    assert [code(argument) for argument in parts.call_arguments] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dense(x, 64)", "Dense(64)"),
        ("dense(x, name='fc', units=64)", "Dense(name='fc', units=64)"),
        ("dense(inputs=x, units=64,\n    name='fc')", "Dense(units=64,\n    name='fc')"),
        (
            "max_pooling2d(x, 2, 2, 'same', 'channels_last', 'pool')",
            "MaxPooling2D(2, 2, 'same', 'channels_last', name='pool')",
        ),
        ("flatten(x, 'flat')", "Flatten(name='flat')"),
    ],
)
def test_names_stay_in_place(source: str, expected: str) -> None:
    call = parse(f"tf.layers.{source}")
    assert code(layers.split_named(call, call, FakeContext()).constructor) == f"tf.keras.layers.{expected}"


def test_rewritten_arguments_are_used() -> None:
    original = parse("tf.layers.dense(x, 64, kernel_regularizer=old(r))")
    updated = parse("tf.layers.dense(inputs, 64, kernel_regularizer=new(0.5 * r))")
    parts = layers.split(original, updated, FakeContext())
    assert code(parts.constructor) == "tf.keras.layers.Dense(64, kernel_regularizer=new(0.5 * r))"
    assert parts.inputs is not None
    assert code(parts.inputs) == "inputs"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dense(x)", "TFR220"),
        ("conv2d(x, 8)", "TFR220"),
        ("max_pooling2d(x, 2)", "TFR220"),
        ("dense(units=3)", "TFR220"),
        ("dense(x, 3.0)", "TFR220"),
        ("dense(x, True)", "TFR220"),
        ("dense(x, n)", "TFR214"),
        ("dense(*arguments)", "TFR209"),
        ("dense(x, **options)", "TFR209"),
        ("dense(x, 3, filters=3)", "TFR220"),
        ("dense(x, 3, units=3)", "TFR220"),
        ("dense(x, 3, trainable=False)", "TFR220"),
        ("dense(x, 3, trainable=flag)", "TFR220"),
        ("dense(x, 3, activity_regularizer=r)", "TFR220"),
        ("dense(x, 3, kernel_constraint=c)", "TFR220"),
        ("dense(x, 3, activation='hard_sigmoid')", "TFR220"),
        ("dense(x, 3, kernel_initializer='uniform_unit_scaling')", "TFR222"),
        ("dense(x, 3, kernel_regularizer='l3')", "TFR221"),
        ("dense(x, 3, kernel_regularizer=lambda w: w.value())", "TFR221"),
        ("dropout(x, n)", "TFR220"),
        ("dropout(x, 0.5, [n, 1])", "TFR220"),
        ("max_pooling2d(x, 2, None)", "TFR220"),
        ("batch_normalization(x, axis=[1, 2])", "TFR220"),
        ("batch_normalization(x, axis=axis)", "TFR220"),
        ("batch_normalization(x, renorm=True)", "TFR220"),
        ("batch_normalization(x, fused=flag)", "TFR220"),
        ("batch_normalization(x, virtual_batch_size=2)", "TFR220"),
        ("batch_normalization(x, trainable=False)", "TFR220"),
        ("batch_normalization(y, epsilon=1e-6)", "TFR220"),
        ("local2d(x)", "TFR201"),
    ],
)
def test_refused(source: str, expected: str) -> None:
    with pytest.raises(Refused) as refused:
        split(f"tf.layers.{source}", FakeContext(IMAGES))
    assert refused.value.reason.code == expected
    assert refused.value.reason.node is not None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("batch_normalization(x)", True),
        ("batch_normalization(x, fused=None)", True),
        ("batch_normalization(x, fused=False)", False),
        ("batch_normalization(flat)", False),
        ("batch_normalization(x, axis=1)", True),
        ("batch_normalization(x, axis=2)", False),
        ("batch_normalization(x, axis=axis)", None),
        ("batch_normalization(unknown)", None),
        ("batch_normalization(x, fused=flag)", None),
    ],
)
def test_is_fused(source: str, expected: bool | None) -> None:
    context = FakeContext({"x": facts(4), "flat": facts(2), "unknown": facts(None)})
    assert layers.is_fused(parse(f"tf.layers.{source}"), context) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("BatchNormalization()", "BatchNormalization(momentum=1.0)"),
        ("BatchNormalization(-1)", "BatchNormalization(-1, momentum=1.0)"),
        ("BatchNormalization(-1, 0.9, 1e-5)", "BatchNormalization(-1, 1.0, 1e-5)"),
        ("BatchNormalization(momentum=0.9, axis=1)", "BatchNormalization(momentum=1.0, axis=1)"),
        ("BatchNormalization(-1, name=n)", "BatchNormalization(-1, name=n, momentum=1.0)"),
    ],
)
def test_with_frozen_averages(source: str, expected: str) -> None:
    assert code(layers.with_frozen_averages(parse(source))) == expected


def test_argument() -> None:
    call, context = parse("tf.layers.flatten(x, 'flat')"), FakeContext()
    name = layers.argument(call, "name", context)
    assert name is not None
    assert code(name) == "'flat'"
    assert layers.argument(call, "data_format", context) is None


def test_every_layer_of_the_table_splits() -> None:
    for symbol, layer in LAYERS.items():
        required = {"units": "3", "filters": "3", "kernel_size": "3", "pool_size": "2", "strides": "1"}
        given = [f"{name}={required[name]}" for name in layer.parameters if name in required]
        parts = split(f"{symbol}({', '.join(['x', *given])})", FakeContext(IMAGES))
        assert code(parts.constructor.func) == f"tf.keras.layers.{layer.keras}"


UNKNOWN = FakeContext(
    assumed=None,
    types={"n": int, "half": float},
    alternatives={"act": frozenset({Kind.STRING}), "either": frozenset({Kind.CALLABLE, Kind.NONE}),
                  "numbers": frozenset({Kind.NUMBER, Kind.NONE}), "made": frozenset({Kind.INITIALIZER, Kind.NONE})},
    words={"act": frozenset({"relu", "hard_sigmoid"})},
)  # fmt: skip


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dense(x, n)", "Dense(n)"),
        ("dense(x, size)", "Dense(int(size))"),
        ("dense(x, half)", "Dense(int(half))"),
        ("dense(x, units=(size + 1))", "Dense(units=int(size + 1))"),
        ("conv2d(x, filters=size, kernel_size=3)", "Conv2D(filters=int(size), kernel_size=3)"),
        ("dense(x, 1, activation=either)", "Dense(1, activation=either)"),
        ("dense(x, 1, kernel_initializer=made)", "Dense(1, kernel_initializer=made)"),
    ],
)
def test_what_is_not_shown_is_converted(source: str, expected: str) -> None:
    call = parse(f"tf.layers.{source}")
    assert code(layers.split(call, call, UNKNOWN).constructor) == f"tf.keras.layers.{expected}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("dense(x, numbers)", "TFR220"),
        ("dense(x, 'a')", "TFR220"),
        ("dense(x, 1, activation=act)", "TFR220"),
        ("dense(x, 1, activation=something)", "TFR220"),
        ("dense(x, 1, activation=numbers)", "TFR220"),
        ("dense(x, 1, kernel_initializer=something)", "TFR222"),
        ("dense(x, 1, kernel_regularizer=something)", "TFR221"),
        ("dense(x, 1, kernel_regularizer=act)", "TFR221"),
        ("dense(x, 1, kernel_regularizer=numbers)", "TFR221"),
    ],
)
def test_what_is_not_shown_is_refused(source: str, expected: str) -> None:
    call = parse(f"tf.layers.{source}")
    with pytest.raises(Refused) as refusal:
        layers.split(call, call, UNKNOWN)
    assert refusal.value.reason.code == expected
