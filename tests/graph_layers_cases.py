"""Programs for both sides of graph_layers: TF1's layers, and the module that stands in for them.

Each leaves its output in `y`. `layers` is tf.layers before and graph_layers after, `contrib` likewise. Calls with one
option are made here, programs are in graph_layers_programs.txt: where the text of a migrated one is another, it stands
below "# after"; "(initial)" compares the initial values too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FEEDS: dict[str, tuple[list[int | None] | None, str, int]] = {
    "x": ([None, 4], "float32", 5),
    "x2": ([None, 4], "float32", 5),
    "x3": ([None, 6, 4], "float32", 5),
    "im": ([None, 8, 8, 3], "float32", 5),
    "ic": ([None, 3, 8, 8], "float32", 5),
    "vol": ([None, 4, 5, 4, 2], "float32", 5),
    "vc": ([None, 2, 4, 5, 4], "float32", 5),
    "imu": ([None, None, None, 3], "float32", 7),
    "xc": ([None, 4, 6], "float32", 5),
    "x64": ([None, 4], "float64", 5),
    "x16": ([None, 4], "float16", 5),
    "im64": ([None, 8, 8, 3], "float64", 5),
    "im16": ([None, 8, 8, 3], "float16", 5),
    "xi": ([None, 4], "int32", 5),
    "imi": ([None, 8, 8, 3], "int32", 5),
    "xr": (None, "float32", 5),
    "xl": ([None, None], "float32", 4),
    "t": ([], "bool", 5),
}
"""Placeholders by name: shape, dtype, the size that is fed where none is known."""


@dataclass(frozen=True)
class Case:
    """A source before and after; `initial` compares the initial values too."""

    before: str
    after: str
    initial: bool = False

    def side(self, side: str, resource: bool) -> dict[str, Any]:
        source = getattr(self, side)
        feeds = {name: FEEDS[name] for name in FEEDS if re.search(rf"\b{name}\b", source)}
        return {"source": source, "feeds": feeds, "resource": resource, "initial": self.initial}


CASES: dict[str, Case] = {}


def _family(prefix: str, call: str, options: dict[str, str]) -> None:
    for name, option in options.items():
        source = f"y = {call % option}"
        CASES[f"{prefix}: {name}"] = Case(source, source)


_ACTIVATIONS = (
    "elu",
    "exponential",
    "hard_sigmoid",
    "linear",
    "relu",
    "selu",
    "sigmoid",
    "softmax",
    "softplus",
    "softsign",
    "tanh",
)


_WEIGHTED = {
    "plain": "",
    "activation": ", activation=tf.nn.tanh",
    "no bias": ", use_bias=False",
    "initializers": ", kernel_initializer=tf.ones_initializer(), bias_initializer=tf.constant_initializer(0.5)",
    "bias initializer None": ", bias_initializer=None",
    "penalties": ", kernel_regularizer=contrib.l2_regularizer(0.1), bias_regularizer=contrib.l1_regularizer(0.2)",
    "activity penalty": ", activity_regularizer=contrib.l2_regularizer(0.3), kernel_regularizer=tf.nn.l2_loss",
    "constraints": ", kernel_constraint=lambda w: w * 0.5, bias_constraint=tf.abs",
    "named constraint": ", kernel_constraint='max_norm'",
    "frozen": ", trainable=False, kernel_regularizer=contrib.l2_regularizer(0.1)",
    "named": ", name='fc'",
}


_family("dense", "layers.dense(x, 3%s)", _WEIGHTED)


_family("dense", "layers.dense(x, 3, activation='%s')", {f"{name} by name": name for name in _ACTIVATIONS})


_family("dense", "layers.dense(x, 3, kernel_regularizer='%s')", {f"{n} by name": n for n in ("l1", "l2", "l1_l2")})


_family(
    "dense",
    "layers.dense(%s)",
    {
        "all positional": "x, 3, tf.nn.relu, True, None, tf.zeros_initializer(), tf.nn.l2_loss, None, None, None, None,"
        " False, 'fc', None",
        "three axes": "x3, 3",
        "four axes": "im, 2, use_bias=False",
        "units of NumPy": "x, np.int64(3)",
        "units of a float": "x, 3.7",
        "units of a dimension": "x, x.shape[1]",
        "double": "x64, 3, kernel_regularizer=contrib.l2_regularizer(0.1)",
        "half": "x16, 3, kernel_regularizer=contrib.l2_regularizer(0.1)",
        "double with a Keras penalty": "x64, 3, kernel_regularizer='l1_l2'",
        "half with a Keras penalty": "x16, 3, kernel_regularizer='l2'",
        "int": "xi, 3",
        "unknown rank": "xr, 3",
        "unknown width": "xl, 3",
        "one axis": "tf.reshape(x, [-1]), 3",
        "array": "np.ones((2, 4), 'float32'), 3",
        "double array": "np.ones((2, 4)), 3",
        "sparse": "tf.SparseTensor([[0, 1], [1, 2]], [1.0, 2.0], [2, 4]), 3",
        "variable": "tf.get_variable('v', [2, 4]), 3",
        "unknown activation": "x, 3, activation='nothing'",
        "unknown argument": "x, 3, regularizer=None",
        "no units": "x",
        "negative units": "x, -3",
    },
)


for _name, _call in {
    "conv1d": "layers.conv1d(x3, 3, 2%s)",
    "conv2d": "layers.conv2d(im, 4, 3%s)",
    "conv3d": "layers.conv3d(vol, 3, 2%s)",
    "conv2d_transpose": "layers.conv2d_transpose(im, 4, 3%s)",
    "conv3d_transpose": "layers.conv3d_transpose(vol, 3, 2%s)",
}.items():
    _family(_name, _call, _WEIGHTED)
    _family(
        _name,
        _call,
        {
            "same": ", padding='SAME'",
            "strides": ", strides=2",
            "strides and same": ", strides=2, padding='same'",
            "causal": ", padding='causal'",
            "wrong padding": ", padding='full'",
            "wrong data format": ", data_format='NHWC'",
        },
    )


_family(
    "conv",
    "layers.%s",
    {
        "1d dilated": "conv1d(x3, 3, 2, dilation_rate=2)",
        "1d dilated causal": "conv1d(x3, 3, 3, padding='causal', dilation_rate=2)",
        "1d channels first": "conv1d(xc, 3, 2, data_format='channels_first')",
        "1d channels first causal": "conv1d(xc, 3, 2, padding='causal', data_format='channels_first')",
        "1d list": "conv1d(x3, 3, [2], strides=[2])",
        "2d dilated": "conv2d(im, 4, 3, dilation_rate=2)",
        "2d dilated unevenly": "conv2d(im, 4, 3, dilation_rate=(1, 2), padding='same')",
        "2d dilated with strides": "conv2d(im, 4, 3, 2, dilation_rate=2)",
        "2d channels first": "conv2d(ic, 4, 3, data_format='channels_first')",
        "2d channels first dilated": "conv2d(ic, 4, 3, data_format='channels_first', dilation_rate=2)",
        "2d uneven": "conv2d(im, 4, [3, 2], strides=(2, 1), padding='same')",
        "2d unknown sizes": "conv2d(imu, 4, 3, strides=2, padding='same')",
        "2d unknown sizes dilated": "conv2d(imu, 4, 2, dilation_rate=2)",
        "2d double": "conv2d(im64, 4, 3)",
        "2d half": "conv2d(im16, 4, 3)",
        "2d int": "conv2d(imi, 4, 3)",
        "2d of three axes": "conv2d(x3, 4, 3)",
        "2d unknown rank": "conv2d(xr, 4, 3)",
        "2d filters of a float": "conv2d(im, 4.0, 3)",
        "2d filters of NumPy": "conv2d(im, np.int32(4), 3)",
        "2d filters of a dimension": "conv2d(im, im.shape[-1], 3)",
        "2d window of the wrong length": "conv2d(im, 4, (3, 3, 3))",
        "2d window too large": "conv2d(im, 4, 9)",
        "2d all positional": "conv2d(im, 4, 3, 2, 'same', 'channels_last', 1, tf.nn.relu, False, None,"
        " tf.zeros_initializer(),"
        " tf.nn.l2_loss, None, None, None, None, True, 'c', tf.AUTO_REUSE)",
        "3d channels first": "conv3d(vc, 3, 2, data_format='channels_first')",
        "3d dilated": "conv3d(vol, 3, 2, dilation_rate=2)",
        "2d transposed channels first": "conv2d_transpose(ic, 4, 3, strides=2, data_format='channels_first')",
        "2d transposed unknown sizes": "conv2d_transpose(imu, 4, 3, strides=2, padding='same')",
        "2d transposed uneven": "conv2d_transpose(im, 4, (2, 4), strides=(3, 2))",
        "2d transposed of a wrong rank": "conv2d_transpose(x3, 4, 3)",
        "2d transposed double": "conv2d_transpose(im64, 4, 3)",
        "3d transposed channels first": "conv3d_transpose(vc, 3, 2, strides=2, data_format='channels_first')",
        "3d transposed uneven": "conv3d_transpose(vol, 3, (2, 3, 1), strides=(2, 1, 2), padding='same')",
    },
)


for _name, _call in {
    "separable_conv1d": "layers.separable_conv1d(x3, 3, 2%s)",
    "separable_conv2d": "layers.separable_conv2d(im, 4, 3%s)",
}.items():
    _family(
        _name,
        _call,
        {
            "plain": "",
            "named": ", name='s'",
            "activation": ", activation=tf.nn.relu, use_bias=False",
            "multiplier": ", depth_multiplier=2, padding='same'",
            "strides": ", strides=2",
            "dilated": ", dilation_rate=2",
            "causal": ", padding='causal'",
            "penalties": ", depthwise_regularizer=contrib.l2_regularizer(0.1), pointwise_regularizer="
            " contrib.l1_regularizer(0.2), bias_regularizer=tf.nn.l2_loss, activity_regularizer=tf.nn.l2_loss",
            "constraints": ", depthwise_constraint=tf.abs, pointwise_constraint=tf.abs, bias_constraint=tf.abs",
            "frozen": ", trainable=False",
            "initializers": ", depthwise_initializer='ones', pointwise_initializer=tf.ones_initializer()",
        },
    )


_family(
    "separable",
    "layers.%s",
    {
        "1d channels first": "separable_conv1d(xc, 3, 2, data_format='channels_first')",
        "2d channels first": "separable_conv2d(ic, 3, 2, data_format='channels_first')",
        "2d kernel_regularizer": "separable_conv2d(im, 4, 3, kernel_regularizer=tf.nn.l2_loss)",
        "2d unknown sizes": "separable_conv2d(imu, 4, 3, dilation_rate=2)",
    },
)


for _kind in ("max", "average"):
    _family(
        f"{_kind}_pooling",
        f"layers.{_kind}_%s",
        {
            "1d": "pooling1d(x3, 2, 2)",
            "1d same": "pooling1d(x3, 4, 3, 'same')",
            "1d channels first": "pooling1d(xc, 2, 2, data_format='channels_first')",
            "2d": "pooling2d(im, 2, 2)",
            "2d uneven": "pooling2d(im, (3, 2), [1, 2], padding='SAME', name='p')",
            "2d channels first": "pooling2d(ic, 2, 2, data_format='channels_first')",
            "2d unknown sizes": "pooling2d(imu, 2, 2)",
            "2d double": "pooling2d(im64, 2, 2)",
            "2d strides None": "pooling2d(im, 2, None)",
            "2d no strides": "pooling2d(im, 2)",
            "2d of a wrong rank": "pooling2d(x3, 2, 2)",
            "3d": "pooling3d(vol, 2, 2)",
            "3d channels first": "pooling3d(vc, 2, (2, 1, 2), data_format='channels_first', padding='same')",
        },
    )


_family(
    "flatten",
    "layers.%s",
    {
        "image": "flatten(im)",
        "channels first": "flatten(ic, data_format='channels_first')",
        "positional": "flatten(im, 'f')",
        "unknown sizes": "flatten(imu)",
        "two axes": "flatten(x)",
        "one axis": "flatten(tf.reshape(x, [-1]))",
        "known batch": "flatten(tf.ones([2, 3, 4]))",
        "unknown rank": "flatten(xr)",
        "int": "flatten(imi)",
        "class": "Flatten('channels_first')(ic)",
    },
)


_family(
    "dropout",
    "layers.dropout(%s)",
    {
        "off": "x",
        "on": "x, 0.3, seed=3, training=True",
        "placeholder": "x, 0.3, seed=3, training=t",
        "one": "x, 0.3, seed=3, training=1",
        "constant": "x, 0.4, seed=3, training=tf.constant(True)",
        "noise shape": "x, 0.3, [None, 1], 3, True",
        "noise shape of tensors": "x, 0.3, [tf.shape(x)[0], 1], 3, True",
        "tensor rate": "x, tf.constant(0.25) * 2, seed=3, training=True",
        "no seed, positional": "x, 0.0, None, None, True, 'd'",
        "half": "x16, 0.5, seed=3, training=True",
        "learning phase": "x, 0.3, seed=3, training=None",
        "wrong mode": "x, 0.3, training='yes'",
        "wrong rate": "x, 1.5, training=True",
    },
)


_MODES = {
    "off": "",
    "on": ", training=True",
    "placeholder": ", training=t",
    "one": ", training=1",
    "zero": ", training=0",
}


for _name, _call in {"": "x", "3 axes": "x3", "images": "im", "volumes": "vol", "unknown sizes": "imu"}.items():
    _family(f"batch_normalization {_name}", f"layers.batch_normalization({_call}%s)", _MODES)


_family(
    "batch_normalization",
    "layers.batch_normalization(%s)",
    {
        "constant mode": "im, training=tf.constant(True)",
        "learning phase": "x, training=None",
        "wrong mode": "x, training='yes'",
        "variable mode": "im, training=tf.get_variable('m', [], tf.bool, tf.ones_initializer(), trainable=False)",
        "options": "im, momentum=0.9, epsilon=0.01, training=True, name='bn'",
        "options not fused": "x, momentum=0.9, epsilon=0.01, training=True, name='bn'",
        "no center": "im, center=False, training=True",
        "no scale": "im, scale=False, training=t",
        "neither": "x, scale=False, center=False, training=True",
        "neither, fused": "im, scale=False, center=False, training=t",
        "not fused": "im, training=True, fused=False",
        "not fused placeholder": "im, training=t, fused=False",
        "axis 1": "ic, axis=1, training=True",
        "axis 1 of three": "x3, 1, training=True",
        "axis 2": "im, axis=2, training=t",
        "axis -3": "ic, axis=-3, training=True",
        "axis list": "im, axis=[3], training=True",
        "axis too large": "im, axis=4",
        "frozen": "im, training=True, trainable=False",
        "frozen not fused": "x, training=True, trainable=False",
        "penalties": "im, training=True, gamma_regularizer=contrib.l2_regularizer(0.1), beta_regularizer=contrib."
        "l1_regularizer(0.2)",
        "constraints": "x, gamma_constraint=tf.abs, beta_constraint=tf.abs",
        "initializers": "x, beta_initializer=tf.ones_initializer(), gamma_initializer='zeros',"
        " moving_mean_initializer=tf.ones_initializer(), moving_variance_initializer=tf.constant_initializer(2.0)",
        "half": "x16, training=True",
        "half images": "im16, training=True",
        "half images off": "im16",
        "double": "x64, training=True",
        "double images": "im64, training=True, fused=False",
        "renorm": "x, training=True, renorm=True",
        "renorm images": "im, training=t, renorm=True, renorm_momentum=0.8",
        "renorm clipped": "x, training=True, renorm=True, renorm_clipping={'rmax': 1.1, 'rmin': 0.9, 'dmax': 0.1}",
        "renorm off": "x, renorm=True",
        "renorm center only": "x, renorm=True, scale=False, training=True",
        "unknown rank": "xr",
        "unknown width": "xl",
        "int": "xi, training=True",
        "all positional": "x, -1, 0.9, 0.01, True, True, tf.zeros_initializer(), tf.ones_initializer(),"
        " tf.zeros_initializer(),"
        " tf.ones_initializer(), tf.nn.l2_loss, None, None, None, True, True, 'b', None",
    },
)


_R = "layers.dense(x, 3, kernel_regularizer=%s)"


_family(
    "regularizer",
    _R,
    {
        "l2": "contrib.l2_regularizer(0.1)",
        "l2 in a scope": "contrib.l2_regularizer(0.1, scope='own')",
        "l2 zero": "contrib.l2_regularizer(0.0)",
        "l2 int": "contrib.l2_regularizer(1)",
        "l2 negative": "contrib.l2_regularizer(-0.1)",
        "l2 tensor": "contrib.l2_regularizer(tf.constant(0.25))",
        "l2 of a variable": "contrib.l2_regularizer(tf.get_variable('s', [], initializer=tf.ones_initializer()))",
        "l2 of NumPy": "contrib.l2_regularizer(np.float64(0.1))",
        "l2 of NumPy's int": "contrib.l2_regularizer(np.int64(1))",
        "l1": "contrib.l1_regularizer(0.1)",
        "l1 zero": "contrib.l1_regularizer(0.0)",
        "l1 tensor": "contrib.l1_regularizer(tf.constant(0.25))",
        "l1_l2": "contrib.l1_l2_regularizer(0.1, 0.2)",
        "l1_l2 defaults": "contrib.l1_l2_regularizer()",
        "l1_l2 no l1": "contrib.l1_l2_regularizer(0.0, 0.2)",
        "l1_l2 no l2": "contrib.l1_l2_regularizer(0.1, 0.0)",
        "l1_l2 neither": "contrib.l1_l2_regularizer(0.0, 0.0)",
        "l1_l2 int": "contrib.l1_l2_regularizer(0.1, 1)",
        "l1_l2 in a scope": "contrib.l1_l2_regularizer(0.1, 0.2, 'own')",
        "l1_l2 negative": "contrib.l1_l2_regularizer(-0.1)",
        "sum": "contrib.sum_regularizer([contrib.l1_regularizer(0.1), None, lambda w: None, tf.nn.l2_loss])",
        "sum of none": "contrib.sum_regularizer([None])",
        "sum of zeros": "contrib.sum_regularizer([contrib.l2_regularizer(0.0)])",
        "unknown": "'l3'",
    },
)


_family(
    "initializer",
    "layers.dense(x, 3, kernel_initializer='%s')",
    {
        f"{name} by name": name
        for name in ("zeros", "ones", "he_normal", "glorot_normal", "orthogonal", "lecun_uniform")
    },
)


def _programs() -> dict[str, Case]:
    """The programs of the text file."""
    made = {}
    text = Path(__file__).with_name("graph_layers_programs.txt").read_text("utf-8")
    for block in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, source = block.partition("\n")
        before, _, after = source.partition("\n# after\n")
        name = title.removesuffix(" (initial)")
        made[name] = Case(before, after or before, name != title)
    return made


CASES.update(_programs())
