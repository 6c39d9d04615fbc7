"""Programs of contrib's layers and of cells, for both sides: each leaves its outputs in `y`."""

from __future__ import annotations

import re
from typing import Any

FEEDS: dict[str, tuple[list[int | None], str, int]] = {
    "x": ([None, 4], "float32", 5),
    "xd": ([None, 4], "float32", 5),
    "x3": ([None, 6, 4], "float32", 5),
    "im": ([None, 8, 8, 3], "float32", 5),
    "img": ([None, 8, 8, 6], "float32", 4),
    "ic": ([None, 3, 8, 8], "float32", 5),
    "vol": ([None, 4, 5, 4, 2], "float32", 5),
    "imu": ([None, None, None, 3], "float32", 7),
    "x64": ([None, 4], "float64", 5),
    "x16": ([None, 4], "float16", 5),
    "im64": ([None, 8, 8, 3], "float64", 5),
    "im16": ([None, 8, 8, 3], "float16", 5),
    "xi": ([None, 4], "int32", 5),
    "ids": ([None, 4], "int32", 5),
    "labels": ([None], "int32", 5),
    "lengths": ([None], "int32", 5),
    "w": ([None], "float32", 5),
    "t": ([], "bool", 5),
    "keep": ([], "float32", 5),
    "seq": ([None, 5, 4], "float32", 3),
    "seq64": ([None, 5, 4], "float64", 3),
    "few": ([3, 5, 4], "float32", 3),
}
"""Placeholders by name: shape, dtype, the size that is fed where none is known."""


def case(source: str, *, resource: bool, initial: bool = False) -> dict[str, Any]:
    """What the child is sent."""
    feeds = {name: FEEDS[name] for name in FEEDS if re.search(rf"\b{name}\b", source)}
    return {"source": source, "feeds": feeds, "resource": resource, "initial": initial}


CASES: dict[str, str] = {}


def _family(prefix: str, call: str, options: dict[str, str]) -> None:
    for name, option in options.items():
        CASES[f"{prefix}: {name}"] = f"y = {call % option}"


_L2 = "contrib.l2_regularizer(0.1)"
_WEIGHTED = {
    "plain": "",
    "linear": ", activation_fn=None",
    "no bias": ", biases_initializer=None",
    "initializers": ", weights_initializer=tf.ones_initializer(), biases_initializer=tf.constant_initializer(0.5)",
    "weights_initializer None": ", weights_initializer=None",
    "a class as initializer": ", weights_initializer=tf.zeros_initializer",
    "penalties": f", weights_regularizer={_L2}, biases_regularizer=contrib.l1_regularizer(0.2)",
    "a function as penalty": ", weights_regularizer=tf.nn.l2_loss",
    "frozen": f", trainable=False, weights_regularizer={_L2}",
    "named": ", scope='fc'",
    "in the scope of an object": ", scope=tf.get_variable_scope()",
    "normalized": ", normalizer_fn=contrib.batch_norm",
    "normalized with parameters": ", normalizer_fn=contrib.batch_norm, normalizer_params={'scale': True, 'decay': 0.9}",
    "normalized by another": ", normalizer_fn=contrib.layer_norm, activation_fn=tf.nn.tanh",
    "normalized by a bias": ", normalizer_fn=contrib.bias_add, biases_initializer=None",
    "in collections": ", variables_collections=['a', 'weights'], outputs_collections='outs'",
    "in named collections": ", variables_collections={'weights': ['a'], 'biases': ['b']}, outputs_collections=['outs']",
    "unknown argument": ", name='x'",
    "reused without variables": ", reuse=True, scope='fc'",
    "reused as needed": ", reuse=tf.AUTO_REUSE, scope='fc'",
}
_SEEN = """
seen = ([v.name for v in tf.get_collection('a')], [v.name for v in tf.get_collection('b')],
        [v.name for v in tf.get_collection('outs')], sorted(slim.utils.convert_collection_to_dict('outs')))
"""
_SOME = ("plain", "penalties", "frozen", "normalized with parameters", "in collections")
"""Variants for layers that are made like others."""
for _name, _call in {
    "fully_connected": "contrib.fully_connected(x, 3%s)",
    "conv2d": "slim.conv2d(im, 4, 3%s)",
    "separable_conv2d": "slim.separable_conv2d(im, 4, 3, 2%s)",
    "conv1d": "contrib.conv1d(x3, 3, 2%s)",
    "conv3d": "contrib.conv3d(vol, 3, 2%s)",
    "conv2d_transpose": "slim.conv2d_transpose(im, 4, 3%s)",
    "conv3d_transpose": "contrib.conv3d_transpose(vol, 3, 2%s)",
    "depthwise": "slim.separable_conv2d(im, None, 3, 2%s)",
    "conv2d_in_plane": "contrib.conv2d_in_plane(im, 3%s)",
}.items():
    _all = _name in {"fully_connected", "conv2d"}
    _family(_name, _call, {name: text for name, text in _WEIGHTED.items() if _all or name in _SOME})
    for _case in ("in collections", "in named collections"):
        if f"{_name}: {_case}" in CASES:
            CASES[f"{_name}: {_case}"] += _SEEN
_family(
    "fully_connected",
    "contrib.fully_connected(%s)",
    {
        "positional": f"x, 3, tf.nn.tanh, None, None, tf.ones_initializer(), {_L2}, tf.ones_initializer(), None, None,"
        " None, None, True, 'fc'",
        "three axes": "x3, 3",
        "four axes": "im, 2, biases_initializer=None",
        "double": f"x64, 3, weights_regularizer={_L2}",
        "half": f"x16, 3, weights_regularizer={_L2}",
        "int": "xi, 3",
        "units of NumPy": "x, np.int64(3)",
        "float units": "x, 3.0",
        "no units": "x",
        "array": "np.ones((2, 4), 'float32'), 3",
        "variable": "tf.get_variable('v', [2, 4]), 3",
    },
)
for _name in ("linear", "relu", "relu6", "elu"):
    CASES[_name] = f"y = contrib.{_name}(x, 3)"
for _name, _options in {
    "stride": "stride=2",
    "strides": "stride=[2, 1]",
    "valid": "padding='VALID'",
    "lower case": "padding='same'",
    "rate": "rate=2",
    "rates": "rate=(1, 2), padding='VALID'",
    "rate and stride": "rate=2, stride=2",
    "oblong": "kernel_size=[3, 1]",
    "nhwc": "data_format='NHWC'",
    "unknown format": "data_format='NWHC'",
}.items():
    _kernel = "" if "kernel_size" in _options else "kernel_size=3, "
    CASES[f"conv2d: {_name}"] = f"y = slim.conv2d(im, 4, {_kernel}{_options})"
    CASES[f"separable_conv2d: {_name}"] = f"y = slim.separable_conv2d(im, 4, {_kernel}{_options})"
    CASES[f"depthwise: {_name}"] = f"y = slim.separable_conv2d(im, None, {_kernel}{_options})"
    if "rate" not in _options:
        CASES[f"conv2d_transpose: {_name}"] = f"y = slim.conv2d_transpose(im, 4, {_kernel}{_options})"
CASES |= {
    "conv2d: long name": "y = contrib.convolution2d(im, 4, 3)",
    "conv2d: of a line": "y = contrib.conv2d(x3, 4, 3)",
    "conv2d: unknown size": "y = contrib.conv2d(imu, 4, 3)",
    "conv2d: double": f"y = contrib.conv2d(im64, 4, 3, weights_regularizer={_L2})",
    "conv2d: filters of NumPy": "y = contrib.conv2d(im, np.int64(4), np.int64(3))",
    "convolution of any rank": "y = [contrib.convolution(x3, 4, 3), contrib.convolution(im, 4, 3), contrib.convolution(vol, 2, 3)]",
    "convolution of a rank": "y = contrib.convolution(im, 4, 3, conv_dims=1)",
    "convolution of a matrix": "y = contrib.convolution(x, 4, 3)",
    "conv2d_transpose: unknown size": "y = slim.conv2d_transpose(imu, 4, 4, 2)",
    "separable_conv2d: pointwise": "y = slim.separable_conv2d(im, 4, 3, 1, pointwise_initializer=tf.ones_initializer())",
    "separable_conv2d: penalty": f"y = slim.separable_conv2d(im, 4, 3, 1, weights_regularizer={_L2})",
    "max_pool2d": "y = slim.max_pool2d(im, 2)",
    "max_pool2d: all": "y = slim.max_pool2d(im, [3, 2], [2, 1], 'SAME', 'NHWC', 'outs', 'p')" + _SEEN,
    "max_pool2d: unknown format": "y = slim.max_pool2d(im, 2, data_format='NWC')",
    "avg_pool2d": "y = slim.avg_pool2d(im, 2)",
    "avg_pool2d: all": "y = slim.avg_pool2d(im, [3, 2], [2, 1], 'SAME', 'NHWC', 'outs', 'p')" + _SEEN,
    "max_pool3d": "y = contrib.max_pool3d(vol, 2)",
    "avg_pool3d": "y = contrib.avg_pool3d(vol, 2, 1)",
    "max_pool2d: two": "y = slim.max_pool2d(slim.max_pool2d(im, 2, scope='p'), 2, scope='p')",
    "pool": "y = [slim.pool(im, 2, 'AVG'), slim.pool(im, [2, 3], 'MAX', 'SAME', stride=2)]",
    "flatten": "y = slim.flatten(im, 'outs', 'f')" + _SEEN,
    "flatten: plain": "y = slim.flatten(imu)",
    "flatten: matrix": "y = contrib.flatten(x)",
    "dropout": "y = slim.dropout(x, seed=3)",
    "dropout: keep": "y = slim.dropout(x, 0.9, [5, 1], True, 'outs', 'd', 7)" + _SEEN,
    "dropout: unknown keep": "y = slim.dropout(x, keep, seed=3)",
    "dropout: not training": "y = slim.dropout(x, is_training=False)",
    "dropout: maybe training": "y = slim.dropout(x, is_training=t, seed=5)",
    "bias_add": "y = slim.bias_add(x)",
    "bias_add: all": f"y = slim.bias_add(im, tf.nn.relu, tf.ones_initializer(), {_L2}, None, ['a'], 'outs', False, scope='b')"
    + _SEEN,
    "bias_add: channels first": "y = slim.bias_add(ic, data_format='NCHW')",
    "one_hot_encoding": "y = slim.one_hot_encoding(labels, 7)",
    "one_hot_encoding: values": "y = slim.one_hot_encoding(labels, 7, 3.0, 1.0, 'outs', 'h')" + _SEEN,
    "softmax": "y = [slim.softmax(x3), contrib.softmax(x)]",
    "maxout": "y = contrib.maxout(im, 3)\ny = [y, contrib.maxout(x, 2)]",
    "maxout: uneven": "y = contrib.maxout(x, 3)",
    "unit_norm": "y = [contrib.unit_norm(x3, 1), contrib.unit_norm(x, 0), contrib.unit_norm(x3, 2)]",
    "embed_sequence": f"y = contrib.embed_sequence(ids, 9, 3, regularizer={_L2})",
    "embed_sequence: unique": "y = contrib.embed_sequence(ids, 9, 3, unique=True, scope='e')",
    "embed_sequence: reused": "y = contrib.embed_sequence(ids, 9, 3, scope='e')\n"
    "y = [y, contrib.embed_sequence(ids, scope='e', reuse=True), contrib.embed_sequence(ids, 9, 3, scope='e', reuse=True)]",
    "embed_sequence: no size": "y = contrib.embed_sequence(ids, 9)",
    "embed_sequence: frozen": "y = contrib.embed_sequence(ids, 9, 3, trainable=False, initializer=tf.ones_initializer())",
    "seeded": "y = slim.fully_connected(slim.conv2d(im, 4, 3, weights_initializer=contrib.xavier_initializer(seed=5)), 3,"
    " weights_initializer=tf.truncated_normal_initializer(0.0, 0.01, seed=4))",
    "repeat": "y = slim.repeat(im, 3, slim.conv2d, 4, [3, 3])",
    "repeat: named": "y = slim.repeat(im, 2, slim.conv2d, 4, 3, stride=2, scope='block')",
    "repeat: other function": "y = slim.repeat(x, 2, lambda n, scope: slim.fully_connected(n, 3, scope=scope))",
    "repeat: partial": "y = slim.repeat(x, 2, slim.linear if hasattr(slim, 'linear') else contrib.linear, 3)",
    "repeat: dropout": "y = slim.repeat(x, 2, slim.dropout, 0.5, seed=3)\nseen = slim.flatten.__name__",
    "stack": "y = slim.stack(x, slim.fully_connected, [3, 4, 5], scope='fc')",
    "stack: lists": "y = slim.stack(im, slim.conv2d, [(4, [3, 3]), (2, [1, 1])])",
    "stack: no list": "y = slim.stack(x, slim.fully_connected, 3)",
}
_family(
    "batch_norm",
    "slim.batch_norm(%s)",
    {
        "matrix": "x",
        "image": "im",
        "line": "x3",
        "volume": "vol",
        "all": "im, 0.9, False, True, 0.01, tf.nn.relu, None, None, tf.GraphKeys.UPDATE_OPS, True, None, ['a'], 'outs'",
        "scaled": "im, scale=True",
        "not training": "im, is_training=False",
        "maybe training": "im, is_training=t, scale=True",
        "maybe training, matrix": "x, is_training=t",
        "maybe training, line": "x3, is_training=t",
        "not fused": "im, fused=False, scale=True",
        "matrix, not fused": "x, fused=False, scale=True",
        "small epsilon, not fused": "im, epsilon=1e-6, fused=False",
        "own collection": "im, updates_collections='updates', scale=True",
        "own collection, not fused": "im, updates_collections='updates', fused=False, is_training=t",
        "own collection, maybe training": "im, updates_collections='updates', is_training=t",
        "own collection, matrix": "x, updates_collections=['updates'], is_training=t",
        "in place": "im, updates_collections=None, scale=True",
        "in place, matrix": "x, updates_collections=None, decay=0.5",
        "in place, line": "x3, updates_collections=None, decay=0.5, scale=True",
        "in place, maybe training": "im, updates_collections=None, is_training=t, decay=0.9",
        "in place, not training": "im, updates_collections=None, is_training=False",
        "in place, not fused": "im, updates_collections=None, fused=False, scale=True",
        "in place, not fused, maybe training": "x, updates_collections=None, fused=False, is_training=t",
        "penalties": f"im, scale=True, param_regularizers={{'beta': {_L2}, 'gamma': {_L2}}}",
        "penalties in place": f"im, scale=True, param_regularizers={{'beta': {_L2}, 'gamma': {_L2}}}, updates_collections=None",
        "initializers": "im, scale=True, param_initializers={'gamma': tf.constant_initializer(0.3)}",
        "initializers, matrix": "x, scale=True, param_initializers={'gamma': tf.constant_initializer(0.3)}",
        "frozen": "im, trainable=False, scale=True",
        "frozen, matrix": "x, trainable=False, scale=True",
        "collections": "im, variables_collections={'beta': ['a'], 'moving_mean': ['b']}, outputs_collections='outs'",
        "collections, matrix": "x, variables_collections={'beta': ['a'], 'moving_mean': ['b']}, outputs_collections='outs'",
        "weights": "x, batch_weights=w",
        "weights, image": "im, batch_weights=w, updates_collections=None, scale=True",
        "without bias at the start": "im, zero_debias_moving_mean=True, decay=0.9",
        "without bias at the start, in place": "x, zero_debias_moving_mean=True, updates_collections=None, decay=0.9",
        "without bias, not fused": "x, zero_debias_moving_mean=True, fused=False, decay=0.9, is_training=t",
        "renorm": "im, renorm=True, renorm_clipping={'rmax': 1.1, 'rmin': 0.9, 'dmax': 0.1}",
        "renorm, matrix": "x, renorm=True, renorm_decay=0.8, is_training=t",
        "renorm in place": "x, renorm=True, updates_collections=None",
        "half": "im16, scale=True",
        "half, matrix": "x16, scale=True",
        "double": "im64, fused=False",
        "double, matrix": "x64, fused=False",
        "unknown size": "imu",
        "unknown format": "im, data_format='NWHC'",
        "channels first, not fused": "ic, data_format='NCHW', fused=False, scale=True",
        "channels first, not fused, in place": "ic, data_format='NCHW', fused=False, scale=True, updates_collections=None",
        "channels first, matrix": "x, data_format='NCHW'",
        "variable as mode": "im, is_training=tf.get_variable('m', [], tf.bool, tf.ones_initializer(), trainable=False)",
        "number as mode": "im, is_training=1",
        "None as mode": "im, is_training=None",
    },
)
CASES |= {
    "batch_norm: shared": "y = slim.batch_norm(im, scope='n')\ny = [y, slim.batch_norm(im * 2, scope='n', reuse=True)]",
    "batch_norm: shared in place": "y = slim.batch_norm(x, scope='n', updates_collections=None)\n"
    "with tf.control_dependencies([y]):\n    y2 = slim.batch_norm(x * 2, scope='n', reuse=True, is_training=False)\ny = [y, y2]",
    "batch_norm: two": "y = slim.batch_norm(slim.batch_norm(im, activation_fn=tf.nn.relu))",
    "layer_norm": "y = contrib.layer_norm(x)",
    "layer_norm: image": "y = slim.layer_norm(im, begin_norm_axis=-1, scope='n')",
    "layer_norm: all": "y = slim.layer_norm(im, False, True, tf.nn.relu, None, ['a'], 'outs', False, 2, 2, 'n')"
    + _SEEN,
    "layer_norm: bad axis": "y = slim.layer_norm(x, begin_norm_axis=2)",
    "layer_norm: unknown size": "y = slim.layer_norm(imu, begin_params_axis=1)",
    "layer_norm: double": "y = slim.layer_norm(x64)",
    "layer_norm: half": "y = slim.layer_norm(x16)",
    "instance_norm": "y = contrib.instance_norm(im)",
    "instance_norm: all": "y = contrib.instance_norm(im, False, True, 1e-3, tf.nn.relu, None, None, ['a'], 'outs')"
    + _SEEN,
    "instance_norm: channels first": "y = contrib.instance_norm(ic, data_format='NCHW')",
    "instance_norm: line": "y = contrib.instance_norm(x3, param_initializers={'gamma': tf.zeros_initializer()})",
    "group_norm": "y = contrib.group_norm(img, 3)",
    "group_norm: all": "y = contrib.group_norm(img, 2, -1, [1, 2], False, True, 1e-3, tf.nn.relu, mean_close_to_zero=True)",
    "group_norm: channels first": "y = contrib.group_norm(ic, 3, 1, (-2, -1))",
    "group_norm: uneven": "y = contrib.group_norm(img, 4)",
}
CASES |= {
    "arg_scope": f"""
with slim.arg_scope([slim.conv2d, slim.fully_connected], weights_regularizer={_L2}, activation_fn=tf.nn.tanh):
    with slim.arg_scope([slim.conv2d], stride=2, padding='VALID') as inner:
        y = slim.conv2d(im, 4, 3)
    y = slim.fully_connected(slim.flatten(y), 3, activation_fn=None)
    seen = sorted(sorted(part) for part in inner.values())
with slim.arg_scope(inner):
    y = [y, slim.conv2d(im, 2, 3)]
""",
    "arg_scope: own function": """
@slim.add_arg_scope
def block(inputs, depth, rate=1, scope=None):
    '''A block.'''
    with tf.variable_scope(scope, 'block', [inputs]):
        return slim.conv2d(inputs, depth, 3, rate=rate)
with slim.arg_scope([block], rate=2):
    y = [block(im, 4), block(im, 4, rate=1, scope='b')]
seen = (block.__name__, block.__doc__, framework.has_arg_scope(block), framework.has_arg_scope(len))
""",
    "arg_scope: of a partial": "with slim.arg_scope([contrib.linear], scope='a'):\n    y = x",
    "arg_scope: not decorated": "with slim.arg_scope([tf.nn.relu], scope='a'):\n    y = x",
    "arg_scope: no list": "with slim.arg_scope(slim.conv2d, scope='a'):\n    y = x",
    "arg_scope: scope with arguments": "with slim.arg_scope({}, scope='a'):\n    y = x",
    "arg_scope: twice given": "with slim.arg_scope([slim.conv2d], num_outputs=4):\n    y = slim.conv2d(im, 4, 3)",
    "arg_scope: required": "with slim.arg_scope([slim.conv2d], num_outputs=4, kernel_size=3):\n    y = slim.conv2d(im)",
    "arg_scope: closed by an error": """
try:
    with slim.arg_scope([slim.conv2d], stride=2):
        raise KeyError
except KeyError:
    y = slim.conv2d(im, 4, 3)
""",
    "arg_scope: aliases": """
with slim.arg_scope([contrib.convolution2d], stride=2):
    y = [slim.conv2d(im, 4, 3), contrib.conv2d(im, 4, 3), contrib.convolution2d(im, 4, 3)]
with contrib_arg_scope([slim.conv2d], stride=3):
    y.append(slim.conv2d(im, 4, 3))
seen = framework.arg_scoped_arguments(slim.conv2d)
""".replace("contrib_arg_scope", "framework.arg_scope"),
    "arg_scope: variables": """
with slim.arg_scope([slim.variable], device='/cpu:0'), slim.arg_scope([slim.model_variable], caching_device=None):
    y = slim.conv2d(im, 4, 3)
    seen = [v.device for v in tf.global_variables()]
""",
    "arg_scope: normalizer": f"""
norm = dict(is_training=t, decay=0.9, epsilon=1e-5, updates_collections=None)
with slim.arg_scope([slim.conv2d], normalizer_fn=slim.batch_norm, normalizer_params=norm, weights_regularizer={_L2}):
    with slim.arg_scope([slim.batch_norm], scale=True):
        y = slim.conv2d(im, 4, 3, scope='c1')
        y = slim.conv2d(y, 4, 3, scope='c2')
        y = slim.conv2d(y, 4, 3, scope='c1b', normalizer_fn=None)
""",
    "arg_scope: end points": """
with tf.variable_scope('net', 'Net', [im]) as sc:
    end = sc.original_name_scope + '_end_points'
    with slim.arg_scope([slim.conv2d, slim.max_pool2d, slim.fully_connected, slim.dropout, slim.flatten], outputs_collections=end):
        y = slim.repeat(im, 2, slim.conv2d, 4, [3, 3], scope='conv1')
        y = slim.max_pool2d(y, [2, 2], scope='pool1')
        y = slim.dropout(slim.flatten(y), 0.5, seed=3, scope='drop')
        y = slim.fully_connected(y, 3, activation_fn=None, scope='fc')
    seen = list(slim.utils.convert_collection_to_dict(end).items())
    seen = [(name, tensor.name) for name, tensor in seen]
""",
    "scopes: reuse": f"""
def net(inputs, reuse):
    with tf.variable_scope('net', reuse=reuse):
        h = slim.conv2d(inputs, 4, 3, weights_regularizer={_L2}, normalizer_fn=slim.batch_norm, scope='c')
        return slim.fully_connected(slim.flatten(h), 2, scope='f')
y = [net(im, None), net(im * 2, True)]
""",
    "scopes: reuse by the layer": "y = [slim.fully_connected(x, 3, scope='a'), slim.fully_connected(x * 2, 3, scope='a', reuse=True)]",
    "scopes: default names": "y = [slim.fully_connected(x, 3), slim.fully_connected(x, 3), slim.conv2d(im, 2, 3), slim.conv2d(im, 2, 3)]",
    "scopes: name taken": "y = slim.fully_connected(x, 3, scope='a')\ny = slim.fully_connected(x, 3, scope='a')",
    "scopes: with tf.layers": "y = [layers.dense(x, 3), slim.fully_connected(x, 3), layers.dense(x, 2)]",
    "scopes: penalty": f"with tf.variable_scope('s', regularizer={_L2}):\n    y = slim.fully_connected(x, 3, normalizer_fn=slim.batch_norm)",
    "scopes: both penalties": f"with tf.variable_scope('s', regularizer={_L2}):\n    y = slim.conv2d(im, 3, 3, weights_regularizer={_L2})",
    "scopes: initializer": "with tf.variable_scope('s', initializer=tf.ones_initializer()):\n    y = slim.fully_connected(x, 3)",
    "scopes: getter": """
def getter(get, name, *args, **kwargs):
    return get(name, *args, **kwargs) * 2.0
with tf.variable_scope('s', custom_getter=getter):
    y = slim.fully_connected(x, 3)
""",
    "scopes: a penalty that is None": "y = slim.fully_connected(x, 3, weights_regularizer=contrib.l2_regularizer(0.0))",
    "variables: of a model": f"""
w = slim.model_variable('w', [4, 3], initializer=tf.ones_initializer(), regularizer={_L2}, device='/CPU:0', collections=['a'])
v = slim.variable('v', [3], initializer=tf.ones_initializer(), collections=['b', tf.GraphKeys.GLOBAL_VARIABLES])
slim.add_model_variable(v)
slim.add_model_variable(v)
y = tf.matmul(x, w) + v
seen = (w.device, [q.name for q in tf.get_collection('a') + tf.get_collection('b') + slim.get_model_variables()])
""",
    "variables: by name": """
y = slim.conv2d(im, 4, 3, scope='a/c', normalizer_fn=slim.batch_norm)
y = slim.fully_connected(slim.flatten(y), 3, scope='b')
local = slim.local_variable(1.0, name='local')
step = slim.global_variable(2.0, name='other')
def names(found):
    return [v.name for v in found]
seen = (names(slim.get_variables('a')), names(slim.get_variables(suffix='weights')), names(slim.get_model_variables('b')),
        names(slim.get_variables_by_name('weights')), names(slim.get_variables_by_suffix('s', 'a')),
        names(slim.get_local_variables()), names(slim.get_trainable_variables()), names(slim.get_variables()),
        names(slim.get_variables_to_restore(exclude=['a'])), names(slim.get_variables_to_restore(['a', 'b'], ['a/c/w'])),
        slim.get_unique_variable('b/weights').name, slim.get_variable_full_name(step),
        names(slim.filter_variables(tf.global_variables(), ['weights'], ['b/'])),
        names(framework.filter_variables(tf.global_variables(), ['weights'], reg_search=False)))
""",
    "variables: none": "y = x\nslim.get_unique_variable('none')",
    "variables: several": "y = slim.fully_connected(x, 3, scope='a')\nslim.get_unique_variable('a')",
    "assign_from_values": """
y = slim.fully_connected(x, 3, scope='a')
init, feed = slim.assign_from_values({'a/weights': np.ones(12), 'a/biases': np.ones((3,))})
with tf.Session() as s:
    s.run(init, feed)
    slim.assign_from_values_fn({'a/biases': np.zeros((3,))})(s)
    seen = [v.tolist() for v in s.run(tf.global_variables())]
""",
    "assign_from_checkpoint": """
import tempfile
y = slim.fully_connected(x, 3, scope='a', weights_initializer=tf.ones_initializer())
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    path = tf.train.Saver().save(s, tempfile.mkdtemp() + '/model')
more = slim.variable('more', [2], initializer=tf.zeros_initializer())
with tf.Session() as s:
    s.run(more.initializer)
    init, feed = slim.assign_from_checkpoint(path, slim.get_variables('a'))
    s.run(init, feed)
    seen = [s.run(tf.global_variables())[0].tolist()]
    init, feed = slim.assign_from_checkpoint(path, {'a/biases': slim.get_variables('a/b')})
    seen.append(sorted(key.name for key in feed))
with tf.Session() as s:
    slim.assign_from_checkpoint_fn(path, slim.get_variables(), ignore_missing_vars=True)(s)
    seen.append(s.run(slim.get_variables('a'))[0].tolist())
    seen.append(slim.assign_from_checkpoint_fn(path, [more], ignore_missing_vars=True))
    for call in (slim.assign_from_checkpoint, slim.assign_from_checkpoint_fn):
        try:
            call(path, [more])(s)
        except Exception as error:
            seen.append(type(error).__name__)
""",
    "model_analyzer": """
import contextlib, io
y = slim.fully_connected(x, 3, scope='a')
text = io.StringIO()
with contextlib.redirect_stdout(text):
    sizes = slim.model_analyzer.analyze_vars(slim.get_model_variables(), print_info=True)
seen = (sizes, text.getvalue())
""",
}
_TRAIN = """
h = slim.fully_connected(x, 3, weights_regularizer=contrib.l2_regularizer(0.1), normalizer_fn=slim.batch_norm)
loss = tf.reduce_mean(tf.square(h)) + tf.add_n(tf.losses.get_regularization_losses())
optimizer = tf.train.GradientDescentOptimizer(0.5)
train = slim.learning.create_train_op(loss, optimizer%s)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    for i, v in enumerate(tf.trainable_variables()):
        v.load(np.linspace(0.1, 1.5, int(np.prod(v.shape.as_list()))).reshape(v.shape.as_list()), s)
    seen = [float(s.run(train, {x: np.arange(8.0).reshape(2, 4)})) for _ in range(3)]
    seen = (seen, [v.tolist() for v in s.run(tf.global_variables())])
y = h
"""
for _name, _options in {
    "plain": "",
    "clipped": ", clip_gradient_norm=0.01, summarize_gradients=True",
    "no step": ", global_step=None, update_ops=[], check_numerics=False",
    "multiplied": ", gradient_multipliers={'fully_connected/weights': 3.0}",
    "some variables": ", variables_to_train=tf.trainable_variables()[:1]",
    "own step": ", global_step=tf.Variable(5, trainable=False, name='own')",
}.items():
    CASES[f"create_train_op: {_name}"] = _TRAIN % _options
CASES["create_train_op: of contrib.training"] = (
    _TRAIN % ", transform_grads_fn=lambda g: [(a * 2.0, b) for a, b in g]"
).replace("slim.learning", "training")
_LOGITS = "z = slim.fully_connected(x, 7, activation_fn=None)\n"
for _name, _call in {
    "softmax_cross_entropy": "z, slim.one_hot_encoding(labels, 7)%s",
    "sigmoid_cross_entropy": "z, slim.one_hot_encoding(labels, 7)%s",
    "sparse_softmax_cross_entropy": "z, labels%s",
    "absolute_difference": "x, xd%s",
    "mean_squared_error": "x, xd%s",
    "log_loss": "tf.nn.sigmoid(x), tf.nn.sigmoid(xd)%s",
    "cosine_distance": "x, xd, 1%s",
    "mean_pairwise_squared_error": "x, xd%s",
}.items():
    for _variant, _weights in {"no weight": ", weights=0.0", "weights": ", weights=w, scope='loss'"}.items():
        _start = _LOGITS if "z" in _call else ""
        CASES[f"{_name}: {_variant}"] = (
            f"{_start}y = losses.{_name}({_call % _weights})\nseen = losses.get_total_loss().name"
        )
CASES |= {
    "softmax_cross_entropy: smooth": _LOGITS
    + "y = slim.losses.softmax_cross_entropy(z, slim.one_hot_encoding(labels, 7), label_smoothing=0.1)",
    "sigmoid_cross_entropy: smooth": _LOGITS
    + "y = slim.losses.sigmoid_cross_entropy(z, slim.one_hot_encoding(labels, 7), label_smoothing=0.1)",
    "mean_squared_error: plain": "y = losses.mean_squared_error(x, xd)",
    "mean_squared_error: weight": "y = losses.mean_squared_error(x, xd, 0.5)",
    "absolute_difference: column": "y = losses.absolute_difference(x, xd, tf.expand_dims(w, 1))",
    "hinge_loss": "y = losses.hinge_loss(x, tf.round(xd + 0.5))",
    "compute_weighted_loss": "y = losses.compute_weighted_loss(x64, tf.constant([[1.0, 0.0, 2.0, 1.0]] * 5))",
    "losses": f"""
z = slim.fully_connected(x, 7, weights_regularizer={_L2})
losses.sparse_softmax_cross_entropy(z, labels)
losses.add_loss(tf.reduce_mean(x), 'mine')
with slim.arg_scope([losses.add_loss], loss_collection='other'):
    losses.add_loss(tf.reduce_mean(x))
y = [losses.get_total_loss(), losses.get_total_loss(False, 'bare')]
seen = [[t.name for t in part] for part in (losses.get_losses(), losses.get_losses(loss_collection='mine'),
        losses.get_regularization_losses(), tf.get_collection('other'))]
""",
    "cosine_distance: no axis": "y = losses.cosine_distance(x, xd)",
    "cosine_distance: dim": "y = losses.cosine_distance(x, xd, dim=1)",
}
_CELLS = {
    "BasicRNNCell": "cells.BasicRNNCell(3)",
    "BasicRNNCell: all": "cells.BasicRNNCell(3, tf.nn.relu, None, 'mine')",
    "BasicRNNCell: by name": "cells.BasicRNNCell(3, activation='sigmoid')",
    "BasicLSTMCell": "cells.BasicLSTMCell(3)",
    "BasicLSTMCell: all": "cells.BasicLSTMCell(3, 0.5, True, tf.nn.relu, None, 'mine')",
    "BasicLSTMCell: one state": "cells.BasicLSTMCell(3, state_is_tuple=False)",
    "LSTMCell": "cells.LSTMCell(3)",
    "LSTMCell: peepholes": "cells.LSTMCell(3, True, 0.5, tf.constant_initializer(0.3))",
    "LSTMCell: projection": "cells.LSTMCell(3, num_proj=2, proj_clip=0.2, use_peepholes=True)",
    "LSTMCell: one state": "cells.LSTMCell(3, num_proj=2, state_is_tuple=False, forget_bias=0.0, activation=tf.nn.relu)",
    "GRUCell": "cells.GRUCell(3)",
    "GRUCell: all": "cells.GRUCell(3, tf.nn.relu, None, tf.ones_initializer(), tf.constant_initializer(0.2), 'mine')",
    "MultiRNNCell": "cells.MultiRNNCell([cells.BasicLSTMCell(3), cells.GRUCell(2)])",
    "MultiRNNCell: one state": "cells.MultiRNNCell([cells.GRUCell(3), cells.BasicRNNCell(2)], state_is_tuple=False)",
    "DropoutWrapper": "cells.DropoutWrapper(cells.BasicLSTMCell(3), 0.5, 0.6, 0.7, seed=4)",
    "DropoutWrapper: unknown": "cells.DropoutWrapper(cells.GRUCell(3), output_keep_prob=keep, seed=4)",
    "DropoutWrapper: nothing": "cells.DropoutWrapper(cells.GRUCell(3))",
    "DropoutWrapper: all steps": "cells.DropoutWrapper(cells.BasicLSTMCell(3), 0.5, 0.6, 0.7, True, 4, tf.float32, 7)",
    "DropoutWrapper: filtered": "cells.DropoutWrapper(cells.BasicLSTMCell(3), state_keep_prob=0.5, seed=3,"
    " dropout_state_filter_visitor=lambda s: not isinstance(s, cells.LSTMStateTuple))",
    "DropoutWrapper: of several": "cells.DropoutWrapper(cells.MultiRNNCell([cells.BasicLSTMCell(3), cells.GRUCell(2)]),"
    " state_keep_prob=0.5, seed=3)",
    "ResidualWrapper": "cells.ResidualWrapper(cells.GRUCell(4))",
    "ResidualWrapper: function": "cells.ResidualWrapper(cells.GRUCell(3), lambda i, o: tf.concat([i, o], 1)[:, :3])",
    "DeviceWrapper": "cells.DeviceWrapper(cells.GRUCell(3), '/cpu:0')",
    "stack of wrapped cells": "cells.MultiRNNCell([cells.DropoutWrapper(cells.ResidualWrapper(cells.BasicLSTMCell(4)),"
    " output_keep_prob=0.5, seed=i) for i in range(2)])",
    "of contrib": "rnn.MultiRNNCell([rnn.DropoutWrapper(rnn.BasicLSTMCell(3), 0.5, seed=2), rnn.GRUCell(2)])",
    "LayerNormBasicLSTMCell": "rnn.LayerNormBasicLSTMCell(3)",
    "LayerNormBasicLSTMCell: all": "rnn.LayerNormBasicLSTMCell(3, 0.5, None, tf.nn.relu, True, 0.9, 0.1, 0.5, 4)",
    "LayerNormBasicLSTMCell: plain": "rnn.LayerNormBasicLSTMCell(3, layer_norm=False)",
    "shards": "cells.LSTMCell(3, num_unit_shards=2)",
    "int": "cells.GRUCell(3, dtype=tf.int32)",
    "no cells": "cells.MultiRNNCell([])",
    "no cell": "cells.DropoutWrapper(3)",
    "bad probability": "cells.DropoutWrapper(cells.GRUCell(3), 1.5)",
    "variational without type": "cells.DropoutWrapper(cells.GRUCell(3), 0.5, variational_recurrent=True)",
}
_DYNAMIC = """
cell = %s
y = tf.nn.dynamic_rnn(cell, seq, dtype=tf.float32, parallel_iterations=1)
seen = (cell.state_size, cell.output_size, [v.name for v in cell.variables], [v.name for v in cell.trainable_weights])
"""
for _name, _cell in _CELLS.items():
    CASES[f"dynamic_rnn {_name}"] = _DYNAMIC % _cell
CASES |= {
    "dynamic_rnn: lengths": "y = tf.nn.dynamic_rnn(cells.LSTMCell(3), seq, lengths[:3], dtype=tf.float32)",
    "dynamic_rnn: time first": "y = tf.nn.dynamic_rnn(cells.GRUCell(3), tf.transpose(seq, [1, 0, 2]), dtype=tf.float32,"
    " time_major=True, scope='s')",
    "dynamic_rnn: state": """
cell = cells.MultiRNNCell([cells.BasicLSTMCell(3), cells.LSTMCell(2)])
state = cell.zero_state(3, tf.float32)
state = (cells.LSTMStateTuple(state[0].c + 1.0, state[0].h), state[1])
y = tf.nn.dynamic_rnn(cell, few, initial_state=state)
seen = (state[0].dtype, [t.name for t in state[1]], y[1])
""",
    "dynamic_rnn: double": "y = tf.nn.dynamic_rnn(cells.MultiRNNCell([cells.LSTMCell(3, True), cells.GRUCell(2)]), seq64, dtype=tf.float64)",
    "dynamic_rnn: two types": "y = tf.nn.dynamic_rnn(cells.GRUCell(3, dtype=tf.float32), seq64, dtype=tf.float64)",
    "dynamic_rnn: twice": """
cell = cells.BasicLSTMCell(3)
y = [tf.nn.dynamic_rnn(cell, seq, dtype=tf.float32)[0], tf.nn.dynamic_rnn(cell, seq * 2, dtype=tf.float32)[0]]
""",
    "dynamic_rnn: two cells in one scope": """
y = [tf.nn.dynamic_rnn(cells.BasicLSTMCell(3), seq, dtype=tf.float32)[0]]
with tf.variable_scope(tf.get_variable_scope(), reuse=True):
    y.append(tf.nn.dynamic_rnn(cells.BasicLSTMCell(3), seq * 2, dtype=tf.float32)[0])
""",
    "dynamic_rnn: name taken": "for _ in range(2):\n    y = tf.nn.dynamic_rnn(cells.GRUCell(3), seq, dtype=tf.float32)",
    "dynamic_rnn: reuse": """
y = [tf.nn.dynamic_rnn(cells.GRUCell(3), seq, dtype=tf.float32)[0]]
y.append(tf.nn.dynamic_rnn(cells.GRUCell(3, reuse=True), seq, dtype=tf.float32)[0])
y.append(tf.nn.dynamic_rnn(cells.GRUCell(3, reuse=tf.AUTO_REUSE), seq, dtype=tf.float32)[0])
""",
    "dynamic_rnn: penalty": f"""
with tf.variable_scope('s', regularizer={_L2}, initializer=tf.constant_initializer(0.1)):
    y = tf.nn.dynamic_rnn(cells.MultiRNNCell([cells.LSTMCell(3, True, num_proj=2), cells.GRUCell(2)]), seq, dtype=tf.float32)
""",
    "dynamic_rnn: penalty of the weights": """
y = tf.nn.dynamic_rnn(cells.BasicLSTMCell(3), seq, dtype=tf.float32)[0]
tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES,
    tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables() if 'bias' not in v.name]))
""",
    "dynamic_rnn: getter": """
def getter(getter, name, *args, **kwargs):
    return getter(name, *args, **kwargs) * 2.0
with tf.variable_scope('s', custom_getter=getter):
    y = tf.nn.dynamic_rnn(cells.GRUCell(3), seq, dtype=tf.float32)
""",
    "dynamic_rnn: getter of a normalized cell": f"""
with tf.variable_scope('s', regularizer={_L2}):
    y = tf.nn.dynamic_rnn(rnn.LayerNormBasicLSTMCell(3), seq, dtype=tf.float32)
""",
    "dynamic_rnn: seeded": "y = tf.nn.dynamic_rnn(cells.LSTMCell(3, initializer=tf.random_uniform_initializer(-0.1, 0.1, seed=3)),"
    " seq, dtype=tf.float32)",
    "bidirectional_dynamic_rnn": "y = tf.nn.bidirectional_dynamic_rnn(cells.LSTMCell(3), cells.GRUCell(3), seq, lengths[:3], dtype=tf.float32)",
    "bidirectional_dynamic_rnn: named": f"""
with tf.variable_scope('enc', regularizer={_L2}):
    y = tf.nn.bidirectional_dynamic_rnn(cells.BasicLSTMCell(3), cells.BasicLSTMCell(3), seq, dtype=tf.float32, scope='bi')
""",
    "stack_bidirectional_dynamic_rnn": "y = rnn.stack_bidirectional_dynamic_rnn([cells.GRUCell(3), cells.BasicRNNCell(2)],"
    " [cells.GRUCell(2), cells.GRUCell(3)], seq, dtype=tf.float32, sequence_length=lengths[:3])",
    "static_rnn": "y = tf.nn.static_rnn(cells.BasicLSTMCell(3), tf.unstack(seq, 5, 1), dtype=tf.float32)",
    "static_rnn: of contrib": "y = (rnn if hasattr(rnn, 'static_rnn') else tf.nn).static_rnn("
    "cells.MultiRNNCell([cells.GRUCell(3), cells.LSTMCell(2)]), tf.unstack(few, 5, 1), dtype=tf.float32, sequence_length=[5, 2, 3])",
    "static_rnn: dropout": "y = tf.nn.static_rnn(cells.DropoutWrapper(cells.GRUCell(3), 0.5, seed=3), tf.unstack(seq, 5, 1), dtype=tf.float32)",
    "static_bidirectional_rnn": "y = tf.nn.static_bidirectional_rnn(cells.LSTMCell(3), cells.LSTMCell(3), tf.unstack(seq, 5, 1), dtype=tf.float32)",
    "cell: called": """
cell = cells.BasicLSTMCell(3)
state = cell.zero_state(tf.shape(x)[0], tf.float32)
with tf.variable_scope('loop'):
    for step in range(3):
        if step:
            tf.get_variable_scope().reuse_variables()
        out, state = cell(x, state)
y = [out, state]
seen = (cell.name, cell.built, cell.scope_name, state)
""",
    "cell: called in a scope": """
cell = cells.MultiRNNCell([cells.GRUCell(3), cells.DropoutWrapper(cells.GRUCell(3), 0.5, seed=3)])
out, state = cell(x, cell.zero_state(5, tf.float32), 'one')
y = [out, cell(x * 2.0, state, 'one')]
seen = [v.name for v in cell.weights]
""",
    "cell: of one's own": f"""
class Own(cells.RNNCell):
    def __init__(self, n, reuse=None):
        super(Own, self).__init__(_reuse=reuse)
        self._n = n
    @property
    def state_size(self):
        return self._n
    @property
    def output_size(self):
        return self._n
    def call(self, inputs, state):
        w = tf.get_variable('w', [inputs.shape[1] + self._n, self._n], regularizer={_L2})
        out = tf.tanh(tf.matmul(tf.concat([inputs, state], 1), w))
        return out, out
cell = Own(3)
y = tf.nn.dynamic_rnn(cells.MultiRNNCell([cell, cells.DropoutWrapper(Own(2), 0.5, seed=2)]), seq, dtype=tf.float32)
seen = ([v.name for v in cell.trainable_variables], cell.name)
""",
    "cell: of the old kind": """
class Old(rnn.RNNCell):
    def __init__(self, n):
        self._n = n
    @property
    def state_size(self):
        return cells.LSTMStateTuple(self._n, self._n)
    @property
    def output_size(self):
        return self._n
    def __call__(self, inputs, state, scope=None):
        with tf.variable_scope(scope or type(self).__name__):
            c, h = state
            w = tf.get_variable('w', [inputs.shape[1] + self._n, self._n])
            h = tf.tanh(tf.matmul(tf.concat([inputs, h], 1), w)) + c
            return h, cells.LSTMStateTuple(c + 1.0, h)
y = tf.nn.dynamic_rnn(Old(3), seq, dtype=tf.float32)
""",
    "cell: a base with weights": """
class Based(cells.BasicLSTMCell):
    def call(self, inputs, state):
        out, state = super(Based, self).call(inputs * 2.0, state)
        return out + tf.reduce_sum(self._kernel) * self._num_units, state
y = tf.nn.dynamic_rnn(Based(3), seq, dtype=tf.float32)
""",
    "cell: initial state": """
cell = cells.GRUCell(3)
y = [cell.get_initial_state(x), cell.get_initial_state(batch_size=4, dtype=tf.float64), cell.zero_state(np.int64(2), tf.float32)]
seen = y
""",
    "cell: a matrix too few": "y = cells.GRUCell(3)(seq, tf.zeros([3, 3]))",
    "cell: ints": "y = cells.GRUCell(3)(xi, tf.zeros([5, 3], tf.int32))",
    "cell: unknown depth": "y = cells.GRUCell(3)(tf.placeholder(tf.float32, [5, None]), tf.zeros([5, 3]))",
    "cell: in a loop": """
cell = cells.GRUCell(3)
_, y = tf.while_loop(lambda i, s: i < 3, lambda i, s: (i + 1, cell(x, s)[1]), [0, cell.zero_state(5, tf.float32)],
    shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 3])])
""",
    "raw_rnn": """
cell = cells.LSTMCell(3)
seqs = tf.TensorArray(tf.float32, 5).unstack(tf.transpose(few, [1, 0, 2]))
def loop(time, output, state, loop_state):
    done = time >= 5
    new = cell.zero_state(3, tf.float32) if output is None else state
    following = tf.cond(done, lambda: tf.zeros([3, 4]), lambda: seqs.read(time))
    following.set_shape([3, 4])
    return tf.fill([3], done), following, new, output, None
y, state, _ = tf.nn.raw_rnn(cell, loop)
y = [y.stack(), state]
""",
}
