"""Every kind of expression rewrite against TF1's numbers: values, gradients, trained variables, distributions."""

from __future__ import annotations

import numpy as np
import pytest
from expression_context import code, rewrite, rewrite_symbol, split
from tf1to2_reg.transforms import data_losses, initializers, layers, optimizers, regularizers, schedules
from tf_numbers import Case, Inputs, Numbers, compute, context

from tf1to2_reg.facts.values import ACTIVATIONS

TensorSpec = tuple[tuple[int, ...], str, float, float]

VECTORS: Inputs = {"x": ((6, 5), "float32", -3, 3), "y": ((6, 5), "float32", -3, 3)}
PROBABILITIES: Inputs = {"x": ((6, 5), "float32", 0.05, 0.95), "y": ((6, 5), "float32", 0, 1)}
DOUBLES: Inputs = {"x": ((6, 5), "float64", -3, 3), "y": ((6, 5), "float32", -3, 3)}
INTEGERS: Inputs = {"x": ((6, 5), "float32", -3, 3), "y": ((6, 5), "int32", 0, 2)}
CLASSES: Inputs = {"x": ((6, 5), "float32", -3, 3), "y": ((6,), "int32", 0, 5)}
COLUMN: Inputs = {"x": ((6, 5), "float32", -3, 3), "y": ((6, 1), "int64", 0, 5)}
WEIGHTED: Inputs = {**VECTORS, "w": ((6, 1), "float32", 0, 1)}
POSITIVE: Inputs = {"x": ((3, 4), "float32", 0.1, 2), "y": ((3, 4), "float32", 0.1, 2)}
IMAGES: Inputs = {"x": ((2, 8, 9, 3), "float32", -1, 1), "y": ((3, 3, 3, 4), "float32", -1, 1)}
KERNEL: Inputs = {"x": ((4, 3), "float32", -1, 1)}

REGULARIZERS = [
    "tf.contrib.layers.l2_regularizer(0.1)",
    "tf.contrib.layers.l2_regularizer(scale=0.1 + 0.2)",
    "tf.contrib.layers.l1_regularizer(scale=0.1)",
    "tf.contrib.layers.l1_l2_regularizer()",
    "tf.contrib.layers.l1_l2_regularizer(0.1)",
    "tf.contrib.layers.l1_l2_regularizer(scale_l2=0.3)",
    "tf.contrib.layers.l1_l2_regularizer(0.1, 0.2)",
    "tf.contrib.slim.l2_regularizer(0.1)",
    "tf.keras.regularizers.l2()",
    "tf.keras.regularizers.l2(l=0.1)",
    "tf.keras.regularizers.l1(0.1)",
    "tf.keras.regularizers.l1_l2()",
    "tf.keras.regularizers.l1_l2(l1=0.1)",
    "tf.keras.regularizers.l1_l2(0.1, 0.2)",
    "tf.keras.regularizers.L1L2(l2=0.2)",
]

LOSSES: list[tuple[str, Inputs]] = [
    ("tf.losses.mean_squared_error(y, x)", VECTORS),
    ("tf.losses.mean_squared_error(labels=y, predictions=x, weights=0.3)", VECTORS),
    ("tf.losses.mean_squared_error(y, x, 0.0)", VECTORS),
    ("tf.losses.mean_squared_error(y, x)", DOUBLES),
    ("tf.losses.mean_squared_error(y, x)", INTEGERS),
    ("tf.losses.mean_squared_error(y, x, w)", WEIGHTED),
    ("tf.losses.mean_squared_error(y, x, reduction=tf.losses.Reduction.SUM_BY_NONZERO_WEIGHTS)", VECTORS),
    ("tf.losses.absolute_difference(y, x)", VECTORS),
    ("tf.losses.huber_loss(y, x)", VECTORS),
    ("tf.losses.huber_loss(y, x, delta=0.5, scope='huber')", VECTORS),
    ("tf.losses.hinge_loss(y, x)", PROBABILITIES),
    ("tf.losses.log_loss(y, x)", PROBABILITIES),
    ("tf.losses.log_loss(y, x, epsilon=1e-3)", PROBABILITIES),
    ("tf.losses.cosine_distance(y, x, axis=1)", VECTORS),
    ("tf.losses.sigmoid_cross_entropy(y, x)", PROBABILITIES),
    ("tf.losses.sigmoid_cross_entropy(y, x)", INTEGERS),
    ("tf.losses.sigmoid_cross_entropy(y, x, label_smoothing=0.1)", PROBABILITIES),
    ("tf.losses.softmax_cross_entropy(y, x)", PROBABILITIES),
    ("tf.losses.softmax_cross_entropy(y, x)", INTEGERS),
    ("tf.losses.softmax_cross_entropy(onehot_labels=y, logits=x, label_smoothing=0.1)", PROBABILITIES),
    ("tf.losses.softmax_cross_entropy(y, x, 2.0)", PROBABILITIES),
    ("tf.losses.sparse_softmax_cross_entropy(y, x)", CLASSES),
    ("tf.losses.sparse_softmax_cross_entropy(labels=y, logits=x, weights=2)", CLASSES),
    ("tf.losses.sparse_softmax_cross_entropy(y, x)", COLUMN),
]

SYMBOLS: list[tuple[str, Inputs]] = [
    ("tf.reduce_mean(x, 1, keep_dims=True)", VECTORS),
    ("tf.reduce_sum(x, reduction_indices=[1])", VECTORS),
    ("tf.reduce_max(x, 0, True)", VECTORS),
    ("tf.argmax(x, 1)", VECTORS),
    ("tf.argmax(x, dimension=1, output_type=tf.int32)", VECTORS),
    ("tf.log(x)", POSITIVE),
    ("tf.div(x, 2)", POSITIVE),
    ("tf.div(y, 2)", INTEGERS),
    ("tf.to_float(y)", INTEGERS),
    ("tf.to_int32(x, name='integers')", VECTORS),
    ("tf.nn.softmax(x, dim=0)", VECTORS),
    ("tf.nn.log_softmax(x)", VECTORS),
    ("tf.nn.dropout(x, 1.0)", VECTORS),
    ("tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=x)", PROBABILITIES),
    ("tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=x, dim=0)", PROBABILITIES),
    ("tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=x)", CLASSES),
    ("tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=x)", PROBABILITIES),
    ("tf.nn.weighted_cross_entropy_with_logits(y, x, 2.0)", PROBABILITIES),
    ("tf.nn.weighted_cross_entropy_with_logits(targets=y, logits=x, pos_weight=2.0)", PROBABILITIES),
    ("tf.count_nonzero(y, 1, keep_dims=True)", INTEGERS),
    ("tf.count_nonzero(input_tensor=y)", INTEGERS),
    ("tf.expand_dims(x, dim=1)", VECTORS),
    ("tf.squeeze(y, squeeze_dims=[1])", COLUMN),
    ("tf.constant(2.0, tf.float32, [2, 3])", {}),
    ("tf.convert_to_tensor(x, preferred_dtype=tf.float32)", VECTORS),
    ("tf.shape(x, 'shape', tf.int64)", VECTORS),
    ("tf.norm(x, axis=1, keep_dims=True)", POSITIVE),
    ("tf.transpose(x, [1, 0], 'transposed')", VECTORS),
    ("tf.pad(x, [[1, 1], [0, 0]], 'CONSTANT', 'padded', 2.0)", VECTORS),
    ("tf.gather(x, [0, 2], None, 'picked', 1)", VECTORS),
    ("tf.gather_nd(x, [[0, 2]], 'picked')", VECTORS),
    ("tf.boolean_mask(x, [True, False, True, True, False], 'masked', 1)", VECTORS),
    ("tf.zeros_like(tensor=x, optimize=True)", VECTORS),
    ("tf.ones_like(x, tf.int32)", VECTORS),
    ("tf.reverse_sequence(x, [1, 2, 3, 4, 5, 5], seq_dim=1, batch_dim=0)", VECTORS),
    ("tf.confusion_matrix(y, [0, 1, 2, 3, 4, 4], 5, tf.int32, 'confusion')", CLASSES),
    ("tf.nn.in_top_k(x, y, 2)", CLASSES),
    ("tf.nn.crelu(x, 'both')", VECTORS),
    ("tf.nn.moments(x, [0], None, 'moments', True)[1]", VECTORS),
    ("tf.where(x > y, x, y)", VECTORS),
    ("tf.where(y > 2, x, 2 * x)", CLASSES),
    ("tf.nn.conv2d(x, y, [1, 1, 1, 1], 'SAME', True, 'NHWC')", IMAGES),
    ("tf.nn.conv2d(x, filter=y, strides=[1, 2, 2, 1], padding='VALID', dilations=[1, 1, 1, 1])", IMAGES),
    ("tf.nn.depthwise_conv2d(x, y, [1, 1, 1, 1], 'SAME', rate=[2, 2])", IMAGES),
    ("tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')", IMAGES),
    ("tf.nn.avg_pool(value=x, ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding='VALID')", IMAGES),
    ("tf.space_to_depth(x[:, :, :8], 2)", IMAGES),
    ("tf.py_func(lambda numbers: np.sign(numbers), [x], tf.float32)", VECTORS),
    ("tf.image.resize_bilinear(x, [5, 7])", IMAGES),
    ("tf.image.resize_images(x, [5, 7])", IMAGES),
    ("tf.batch_gather(x, [[0], [1], [2], [3], [4], [0]])", VECTORS),
    ("tf.squared_difference(x, y)", VECTORS),
    ("tf.nn.xw_plus_b(x, tf.transpose(y), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])", VECTORS),
    ("tf.nn.relu_layer(x, tf.transpose(y), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])", VECTORS),
    ("tf.arg_max(x, 1)", VECTORS),
    ("tf.bincount(y)", CLASSES),
    ("tf.clip_by_average_norm(x, 10.0)", VECTORS),
    ("tf.sparse_to_dense([1, 3], [5], [1.0, 2.0])", {}),
    ("tf.image.crop_and_resize(x, [[0.1, 0.1, 0.8, 0.9]], [1], [4, 5])", IMAGES),
    ("tf.image.extract_image_patches(x, [1, 3, 3, 1], [1, 2, 2, 1], [1, 1, 1, 1], 'SAME')", IMAGES),
    ("tf.image.resize_image_with_crop_or_pad(x, 5, 12)", IMAGES),
    ("tf.image.resize_nearest_neighbor(x, [5, 12])", IMAGES),
    ("tf.nn.fused_batch_norm(x, [1.0, 2.0, 3.0], [0.1, 0.2, 0.3])[0]", IMAGES),
    ("tf.nn.l2_normalize(x, dim=1)", VECTORS),
    ("tf.nn.top_k(x, 2)[0]", VECTORS),
    ("tf.random_crop(x, [6, 5])", VECTORS),
    ("tf.rsqrt(x)", POSITIVE),
    ("tf.cumsum(x, 1)", VECTORS),
    ("tf.clip_by_value(x, -1.0, 1.0)", VECTORS),
]

OPTIMIZERS = [
    "tf.train.GradientDescentOptimizer(0.05)",
    "tf.train.MomentumOptimizer(0.05, 0.9)",
    "tf.train.MomentumOptimizer(learning_rate=0.05, momentum=0.9, use_nesterov=True)",
    "tf.train.AdamOptimizer()",
    "tf.train.AdamOptimizer(0.05)",
    "tf.train.AdamOptimizer(0.05, 0.5, 0.9, 1e-4)",
    "tf.train.AdagradOptimizer(0.5)",
    "tf.train.AdagradOptimizer(0.5, initial_accumulator_value=0.3)",
    "tf.train.AdadeltaOptimizer()",
    "tf.train.AdadeltaOptimizer(1.0, epsilon=1e-6)",
    "tf.train.FtrlOptimizer(0.5)",
    "tf.train.FtrlOptimizer(0.5, -0.5, 0.2, 0.01, 0.02)",
    "tf.train.FtrlOptimizer(0.5, l2_shrinkage_regularization_strength=0.01)",
    "tf.train.RMSPropOptimizer(0.05)",
    "tf.train.RMSPropOptimizer(0.05, 0.8, 0.5, centered=True)",
]

SCHEDULES = [
    "tf.train.cosine_decay(0.05, step, 30, 0.1)",
    "tf.train.cosine_decay_restarts(0.05, step, 10)",
    "tf.train.cosine_decay_restarts(0.05, step, 7, 1.5, 0.9, 0.01)",
    "tf.train.exponential_decay(0.05, step, 7, 0.5)",
    "tf.train.exponential_decay(0.05, step, 7.5, 0.96, staircase=True)",
    "tf.train.inverse_time_decay(0.05, step, 7, 0.5, True)",
    "tf.train.natural_exp_decay(0.05, step, 7, 0.003)",
    "tf.train.natural_exp_decay(0.05, step, 7, 0.5 - 0.4, staircase=True)",
    "tf.train.piecewise_constant(step, [10, 20], [0.05, 0.02, 0.01])",
    "tf.train.piecewise_constant_decay(step, boundaries=[10, 20], values=[1, 0, 2])",
    "tf.train.polynomial_decay(0.05, step, 20, 0.01, 2.0, True)",
    "tf.train.polynomial_decay(0.05, step, 40)",
    "tf.train.polynomial_decay(0.05, step, 40, power=0.5)",
]

INITIALIZERS = [
    "tf.glorot_uniform_initializer()",
    "tf.glorot_normal_initializer()",
    "tf.contrib.layers.xavier_initializer()",
    "tf.contrib.layers.xavier_initializer(uniform=False)",
    "tf.contrib.layers.variance_scaling_initializer()",
    "tf.contrib.layers.variance_scaling_initializer(1.5, 'FAN_OUT', True)",
    "tf.contrib.layers.variance_scaling_initializer(factor=1.0 + 0.5, mode='FAN_AVG')",
    "tf.variance_scaling_initializer()",
    "tf.variance_scaling_initializer(2.0, 'fan_out', 'normal')",
    "tf.variance_scaling_initializer(scale=2.0, distribution='uniform')",
    "tf.variance_scaling_initializer(scale=2.0, distribution='untruncated_normal')",
    "tf.truncated_normal_initializer()",
    "tf.truncated_normal_initializer(0.5, 0.1)",
    "tf.random_normal_initializer()",
    "tf.random_normal_initializer(stddev=0.2)",
    "tf.random_uniform_initializer()",
    "tf.random_uniform_initializer(-0.5, 0.5)",
    "tf.random_uniform_initializer(maxval=0.5)",
    "tf.uniform_unit_scaling_initializer()",
    "tf.uniform_unit_scaling_initializer(factor=1.43)",
    "tf.initializers.he_normal()",
    "tf.initializers.he_uniform()",
    "tf.initializers.lecun_normal()",
    "tf.initializers.lecun_uniform()",
    "tf.orthogonal_initializer(1.5)",
    "tf.zeros_initializer()",
    "tf.ones_initializer()",
    "tf.constant_initializer()",
    "tf.constant_initializer(0.3)",
    "tf.keras.initializers.RandomNormal()",
    "tf.keras.initializers.RandomUniform()",
    "tf.keras.initializers.TruncatedNormal()",
    "tf.keras.initializers.VarianceScaling(2.0)",
    "tf.keras.initializers.he_normal()",
]

DENSE: Inputs = {"x": ((6, 5), "float32", -1, 1)}
SEQUENCES: Inputs = {"x": ((2, 9, 4), "float32", -1, 1)}
PICTURES: Inputs = {"x": ((2, 9, 8, 4), "float32", -1, 1)}
VOLUMES: Inputs = {"x": ((2, 6, 5, 7, 3), "float32", -1, 1)}
FEW: Inputs = {"x": ((2, 2, 1, 3), "float32", -1, 1)}
ONE: Inputs = {"x": ((1, 1, 1, 3), "float32", -1, 1)}

LAYERS: list[tuple[str, Inputs]] = [
    ("tf.layers.dense(x, 3)", DENSE),
    ("tf.layers.dense(x, 3, tf.nn.relu, False, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))", DENSE),
    ("tf.layers.dense(inputs=x, units=3, activation='tanh', kernel_regularizer='l1_l2', bias_regularizer='l2')", DENSE),
    ("tf.layers.dense(x, 3, kernel_regularizer=tf.nn.l2_loss)", SEQUENCES),
    ("tf.layers.dense(x, 3, kernel_regularizer=lambda w: 0.3 * tf.reduce_sum(w * w))", DENSE),
    *((f"tf.layers.dense(x, 3, activation='{name}')", DENSE) for name in sorted(ACTIVATIONS)),
    ("tf.layers.conv1d(x, 5, 3, 2, 'same', 'channels_last', 1, tf.nn.relu)", SEQUENCES),
    ("tf.layers.conv1d(x, 5, 3, padding='causal', dilation_rate=2)", SEQUENCES),
    ("tf.layers.conv2d(x, 5, 3)", PICTURES),
    (
        "tf.layers.conv2d(x, 5, [2, 3], (2, 1), 'SAME', kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))",
        PICTURES,
    ),
    ("tf.layers.conv2d(x, 5, 3, dilation_rate=2, use_bias=False)", PICTURES),
    ("tf.layers.conv3d(x, 2, 3, 2, 'same', activation=tf.nn.elu)", VOLUMES),
    ("tf.layers.conv2d_transpose(x, 5, 3, 2, 'same', 'channels_last', tf.nn.relu)", PICTURES),
    ("tf.layers.conv2d_transpose(x, 5, 2, 3)", PICTURES),
    ("tf.layers.conv3d_transpose(x, 2, 3, 2, 'same')", VOLUMES),
    ("tf.layers.separable_conv1d(x, 5, 3, depth_multiplier=2)", SEQUENCES),
    (
        "tf.layers.separable_conv2d(x, 5, 3, 1, 'same', 'channels_last', 2, 1, depthwise_regularizer='l2')",
        PICTURES,
    ),
    ("tf.layers.max_pooling1d(x, 2, 2)", SEQUENCES),
    ("tf.layers.average_pooling1d(x, 3, 1, 'same')", SEQUENCES),
    ("tf.layers.max_pooling2d(x, [2, 2], 1)", PICTURES),
    ("tf.layers.average_pooling2d(inputs=x, pool_size=3, strides=2, padding='SAME')", PICTURES),
    ("tf.layers.max_pooling3d(x, 2, 1)", VOLUMES),
    ("tf.layers.average_pooling3d(x, 2, 2, 'same')", VOLUMES),
    ("tf.layers.flatten(x)", PICTURES),
    ("tf.layers.dropout(x, 0.0, training=True)", DENSE),
    ("tf.layers.dropout(x)", DENSE),
    ("tf.layers.batch_normalization(x)", PICTURES),
    ("tf.layers.batch_normalization(x, gamma_regularizer=tf.contrib.layers.l2_regularizer(0.1))", DENSE),
    ("tf.layers.batch_normalization(x, training=True)", DENSE),
    ("tf.layers.batch_normalization(x, training=True)", SEQUENCES),
    ("tf.layers.batch_normalization(x, 1, 0.9, 1e-4, False, training=True, fused=False)", PICTURES),
]

FUSED: list[tuple[str, Inputs]] = [
    ("tf.layers.batch_normalization(x, training=True)", PICTURES),
    ("tf.layers.batch_normalization(x, training=True, momentum=0.5)", FEW),
    ("tf.layers.batch_normalization(x, training=True, momentum=0.9)", ONE),
    ("tf.layers.batch_normalization(x, momentum=0.5, scale=False)", PICTURES),
    ("tf.layers.batch_normalization(x, training=True, fused=True, center=False)", PICTURES),
]

LEFT_ALONE: list[tuple[str, Inputs]] = [
    ("tf.layers.batch_normalization(x, training=True)", PICTURES),
]


def _regularizer(source: str) -> Case:
    return Case("expression", f"{source}(x)", f"{rewrite(source, regularizers.RULES)}(x)", KERNEL)


def _loss(source: str, inputs: Inputs) -> Case:
    return Case("expression", source, rewrite(source, data_losses.RULES, context(inputs)), inputs)


def _symbol(source: str, inputs: Inputs) -> Case:
    call, index = (source[:-3], source[-3:]) if source.endswith(("[0]", "[1]")) else (source, "")
    return Case("expression", source, rewrite_symbol(call, context(inputs)) + index, inputs)


def _layer(source: str, inputs: Inputs) -> Case:
    parts = split(source, context(inputs))
    call = ", ".join(code(argument) for argument in parts.call_arguments)
    constructor = code(parts.constructor)
    for old in ("tf.contrib.layers.l2_regularizer(0.1)",):
        constructor = constructor.replace(old, rewrite(old, regularizers.RULES))
    return Case("layer", source, constructor, inputs, {"call": f"dict({call})"})


def _fused(source: str, inputs: Inputs) -> Case:
    plain = _layer(source, inputs)
    after = plain.after.replace("tf.keras.layers.BatchNormalization", layers.FUSED_CLASS)
    return Case("layer", source, after, inputs, {**plain.options, "prelude": layers.fused_class_source("tf")})


CASES: dict[str, Case] = {
    **{f"regularizer {source}": _regularizer(source) for source in REGULARIZERS},
    **{f"loss {i} {source}": _loss(source, inputs) for i, (source, inputs) in enumerate(LOSSES)},
    **{f"symbol {source}": _symbol(source, inputs) for source, inputs in SYMBOLS},
    **{f"layer {i} {source}": _layer(source, inputs) for i, (source, inputs) in enumerate(LAYERS)},
    **{f"fused {i} {source}": _fused(source, inputs) for i, (source, inputs) in enumerate(FUSED)},
    **{f"optimizer {source}": Case("optimizer", source, rewrite(source, optimizers.RULES)) for source in OPTIMIZERS},
    **{f"schedule {source}": Case("schedule", source, rewrite(source, schedules.RULES)) for source in SCHEDULES},
    **{
        f"initializer {source}": Case(
            "initializer",
            source,
            rewrite(source, initializers.RULES),
            options={"shapes": [[400, 300], [3, 3, 64, 96]]},
        )
        for source in INITIALIZERS
    },
}
TOLERANCES = {"optimizer": 2e-5, "initializer": 2e-2}
LOOSE = {"optimizer tf.train.RMSPropOptimizer(0.05, 0.8, 0.5, centered=True)": 1e-4}
"""Cases that tell kernels of TensorFlow 1.15 and 2.21 apart: the same optimizer, other rounding of a small variance."""
DIFFERENT = {
    "frozen regularizer": Case(
        "expression", "tf.contrib.layers.l2_regularizer(0.1)(x)", "tf.keras.regularizers.L2(0.1)(x)", KERNEL
    ),
    "unfused layer": Case(
        "layer",
        "tf.layers.batch_normalization(x, training=True)",
        "tf.keras.layers.BatchNormalization()",
        PICTURES,
        {"call": "dict(training=True)"},
    ),
    "default epsilon": Case("optimizer", "tf.train.AdadeltaOptimizer(1.0)", "tf.keras.optimizers.Adadelta(1.0)"),
    "natural rate": Case(
        "schedule",
        "tf.train.natural_exp_decay(0.05, step, 7, 0.5)",
        "tf.keras.optimizers.schedules.ExponentialDecay(0.05, 7, 0.5)",
    ),
    "momentum of a rate that changes": Case(
        "optimizer",
        "tf.train.MomentumOptimizer(tf.train.exponential_decay(0.05, step, 7, 0.5), 0.9)",
        "tf.keras.optimizers.SGD(tf.keras.optimizers.schedules.ExponentialDecay(0.05, 7, 0.5), momentum=0.9)",
    ),
    "rms slot": Case("optimizer", "tf.train.RMSPropOptimizer(0.05)", "tf.keras.optimizers.RMSprop(0.05)"),
    "default initializer": Case(
        "initializer",
        "tf.random_normal_initializer()",
        "tf.keras.initializers.RandomNormal()",
        options={"shapes": [[400, 300]]},
    ),
    "end of initializer": Case(
        "initializer",
        "tf.truncated_normal_initializer()",
        "tf.keras.initializers.RandomNormal(stddev=1.0)",
        options={"shapes": [[400, 300]]},
    ),
    "gradient of labels": Case(
        "expression",
        "tf.losses.softmax_cross_entropy(y, x)",
        "tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=x))",
        PROBABILITIES,
    ),
}


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    return compute({**CASES, **DIFFERENT})


def difference(before: list[object], after: list[object]) -> float:
    """The greatest difference relative to the greatest number of the array it is in; infinite for other shapes."""
    if len(before) != len(after):
        return float("inf")
    worst = 0.0
    for one, other in zip(before, after, strict=True):
        left, right = np.asarray(0.0 if one is None else one), np.asarray(0.0 if other is None else other)
        if left.shape != right.shape and left.size != 1 and right.size != 1:
            return float("inf")
        scale = max(float(np.abs(left).max(initial=0.0)), 1e-2)
        worst = max(worst, float(np.abs(left - right).max(initial=0.0)) / scale)
    return worst


def kind_of(name: str) -> str:
    return name.split(maxsplit=1)[0]


@pytest.mark.parametrize("name", CASES)
def test_numbers_are_those_of_tf1(numbers: Numbers, name: str) -> None:
    before, after = numbers.before[name], numbers.after[name]
    assert not isinstance(before, dict), before["error"]
    assert not isinstance(after, dict), after["error"]
    assert difference(before, after) <= LOOSE.get(name, TOLERANCES.get(kind_of(name), 2e-6))


@pytest.mark.parametrize("name", [name for name in CASES if kind_of(name) == "initializer"])
def test_distributions_end_where_those_of_tf1_end(numbers: Numbers, name: str) -> None:
    assert difference(numbers.before[name][1::2], numbers.after[name][1::2]) <= 2e-3


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_wrong_rewrite_is_seen(numbers: Numbers, name: str) -> None:
    kind = DIFFERENT[name].kind
    assert difference(numbers.before[name], numbers.after[name]) > 2 * TOLERANCES.get(kind, 2e-6)
