"""Random networks of slim's layers under arg scopes, with cells on top; each leaves its outputs in `y`."""

from __future__ import annotations

import random

_NORMALIZERS = (
    "None",
    "slim.batch_norm",
    "slim.batch_norm",
    "contrib.layer_norm",
    "contrib.instance_norm",
)
_REGULARIZERS = (
    "contrib.l2_regularizer(0.1)",
    "contrib.l1_regularizer(0.2)",
    "contrib.l1_l2_regularizer(0.1, 0.3)",
    "None",
)
_ACTIVATIONS = ("tf.nn.relu", "tf.nn.tanh", "tf.nn.elu", "None")
_BLOCKS = (
    "slim.conv2d(h, {n}, [3, 3], stride={stride}{scope})",
    "slim.conv2d(h, {n}, 3, rate=2{scope})",
    "slim.conv2d(h, {n}, [1, 1], activation_fn=None, normalizer_fn=None{scope})",
    "slim.repeat(h, 2, slim.conv2d, {n}, [3, 3]{scope})",
    "slim.separable_conv2d(h, {n}, [3, 3], depth_multiplier=2{scope})",
    "slim.separable_conv2d(h, None, [3, 3], stride={stride}{scope})",
    "slim.conv2d_transpose(h, {n}, 3, stride=2{scope})",
    "slim.max_pool2d(h, [2, 2], padding='SAME'{scope})",
    "slim.avg_pool2d(h, 3, stride=1, padding='SAME'{scope})",
    "slim.dropout(h, 0.7, is_training=training, seed={seed}{scope})",
    "slim.batch_norm(h, activation_fn=tf.nn.relu{scope})",
    "block(h, {n}{scope})",
    "h + slim.conv2d(h, h.shape[3].value if hasattr(h.shape[3], 'value') else h.shape[3], 3{scope})",
)
_CELLS = (
    "cells.BasicLSTMCell({n})",
    "cells.LSTMCell({n}, use_peepholes=True, num_proj=2)",
    "cells.GRUCell({n})",
    "cells.DropoutWrapper(cells.BasicRNNCell({n}), output_keep_prob=0.8, seed={seed})",
)
_NET = """
@slim.add_arg_scope
def block(inputs, depth, stride=1, scope=None):
    with tf.variable_scope(scope, 'block', [inputs]):
        return slim.conv2d(slim.conv2d(inputs, depth, 1), depth, 3, stride=stride)

weighted = [slim.conv2d, slim.separable_conv2d, slim.conv2d_transpose, slim.fully_connected]
start = tf.truncated_normal_initializer(stddev=0.1, seed={seed})
with slim.arg_scope(weighted, weights_regularizer={penalty}, activation_fn={activation}, weights_initializer=start):
    with slim.arg_scope([slim.conv2d, slim.conv2d_transpose], normalizer_fn={normalizer}):
        moving = dict(updates_collections={updates}, decay={decay})
        with slim.arg_scope([slim.batch_norm], **moving) as scope:
            pass

def net(h, training, reuse=None):
    with slim.arg_scope(scope), tf.variable_scope('net', reuse=reuse, regularizer={outer_penalty}):
        with slim.arg_scope([block], stride={stride}), slim.arg_scope([slim.batch_norm], is_training=training):
            {blocks}
        h = {end}
        h = slim.stack(h, slim.fully_connected, [{n}, 4], scope='fc')
        return slim.fully_connected(h, 3, activation_fn=None, normalizer_fn=None, scope='logits')

y = net(im, {mode})
y = [y, {more}]
seen = [v.name for v in slim.get_model_variables()]
"""


def _net(seed: int) -> str:
    chance = random.Random(seed)  # the same nets in every run
    blocks = [
        "h = "
        + chance.choice(_BLOCKS).format(
            n=chance.randint(2, 5), stride=chance.choice([1, 2]), seed=seed + number, scope=f", scope='l{number}'"
        )
        for number in range(chance.randint(3, 6))
    ]
    cell = chance.choice(_CELLS).format(n=chance.randint(2, 4), seed=seed)
    sequence = f"tf.nn.dynamic_rnn({cell}, tf.expand_dims(y, 1), dtype=tf.float32)"
    return _NET.format(
        seed=seed,
        penalty=chance.choice(_REGULARIZERS),
        outer_penalty=chance.choice(_REGULARIZERS),
        activation=chance.choice(_ACTIVATIONS),
        normalizer=chance.choice(_NORMALIZERS),
        updates=chance.choice(["None", "tf.GraphKeys.UPDATE_OPS", "'updates'"]),
        mode=chance.choice(["True", "t", "False"]),
        decay=chance.choice([0.9, 0.99]),
        stride=chance.choice([1, 2]),
        blocks="\n            ".join(blocks),
        end=chance.choice(["slim.flatten(h)", "tf.reduce_mean(h, [1, 2])"]),
        n=chance.randint(2, 6),
        more=chance.choice(["net(im * 2.0, False, True)", sequence]),
    )


NETS = {f"net {seed}": _net(seed) for seed in range(12)}
