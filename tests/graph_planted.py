"""A TF1 program and its migration to a graph program, and what can go wrong in the migration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from verify_programs import replaced

from tf1to2_reg.verify.verdict import CauseKind, Quantity

GRAPH = Path(__file__).parent.parent / "fixtures" / "graph"
GRAPH_LAYERS = (GRAPH / "graph_layers.py").read_text(encoding="utf-8")

_TRAINING = """
tf.losses.mean_squared_error(y, prediction)
loss = tf.losses.get_total_loss()
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    train_op = tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss)

rng = np.random.RandomState(0)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(5):
        feed = {x: rng.randn(8, 6, 6, 2), y: rng.randn(8, 3)}
        value, _ = sess.run([loss, train_op], feed)
        print("step", step, "loss %.6f" % value)
    sess.run(prediction, feed)
"""

BEFORE = (
    """
import numpy as np
import tensorflow as tf

l2 = tf.contrib.layers.l2_regularizer(0.02)
x = tf.placeholder(tf.float32, [None, 6, 6, 2])
y = tf.placeholder(tf.float32, [None, 3])
h = tf.layers.conv2d(x, 4, 3, use_bias=False, kernel_regularizer=l2, name="conv")
h = tf.nn.relu(tf.layers.batch_normalization(h, momentum=0.9, training=True, name="bn"))
h = tf.layers.dropout(tf.layers.flatten(h), 0.3, training=True)
h = tf.layers.dense(h, 5, tf.nn.tanh, kernel_regularizer=l2, bias_regularizer=l2, name="hidden")
with tf.variable_scope("shared"):
    h = tf.layers.dense(h, 5, tf.nn.tanh, kernel_regularizer=l2, name="fc")
with tf.variable_scope("shared", reuse=True):
    h = tf.layers.dense(h, 5, tf.nn.tanh, kernel_regularizer=l2, name="fc")
h = tf.layers.dense(h, 4, kernel_regularizer=l2, trainable=False, name="frozen")
prediction = tf.layers.dense(h, 3, name="out")
"""
    + _TRAINING
)

AFTER = (
    """
import numpy as np
import tensorflow.compat.v1 as tf

from graph_layers import BatchNormalization, dropout, graph_model

tf.disable_v2_behavior()

Dense = tf.keras.layers.Dense
l2 = tf.keras.regularizers.L2(0.5 * 0.02)
model = graph_model()
x = tf.placeholder(tf.float32, [None, 6, 6, 2])
y = tf.placeholder(tf.float32, [None, 3])
h = model.add(tf.keras.layers.Conv2D(4, 3, use_bias=False, kernel_regularizer=l2), name="conv")(x)
h = tf.nn.relu(model.add(BatchNormalization(momentum=0.9), name="bn")(h, training=True))
h = dropout(tf.keras.layers.Flatten()(h), 0.3, training=True)
h = model.add(Dense(5, tf.nn.tanh, kernel_regularizer=l2, bias_regularizer=l2), name="hidden")(h)
with tf.variable_scope("shared"):
    h = model.add(Dense(5, tf.nn.tanh, kernel_regularizer=l2), name="fc")(h)
with tf.variable_scope("shared", reuse=True):
    h = model.add(Dense(5, tf.nn.tanh, kernel_regularizer=l2), name="fc")(h)
h = model.add(Dense(4, kernel_regularizer=l2), name="frozen", trainable=False)(h)
prediction = model.add(Dense(3), name="out")(h)
"""
    + _TRAINING
)


Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Planted:
    """An error in the after, in the layers that it imports, or in what the before asks for.

    `quantity` and `cause` are what the verdict must name.
    """

    name: str
    quantity: Quantity
    cause: CauseKind
    after: Edits = ()
    layers: Edits = ()
    before: Edits = ()

    def programs(self) -> tuple[str, str, str]:
        """The before, the after and its layers."""
        return replaced(BEFORE, *self.before), replaced(AFTER, *self.after), replaced(GRAPH_LAYERS, *self.layers)


_KERAS_NORMALIZATION = (
    "model.add(BatchNormalization(momentum=0.9), name",
    "model.add(tf.keras.layers.BatchNormalization(momentum=0.9), name",
)
_CONV = "use_bias=False, kernel_regularizer=l2"

PLANTED = (
    Planted("factor of two lost", Quantity.PENALTY, CauseKind.FACTOR_TWO, (("0.5 * 0.02", "0.02"),)),
    Planted(
        "penalty collected twice",
        Quantity.COLLECTION,
        CauseKind.PENALTY_ADDED_TWICE,
        layers=(
            ("use_resource=True,", 'use_resource=True, regularizer=getattr(layer, weight + "_regularizer", None),'),
        ),
    ),
    Planted(
        "penalty added twice",
        Quantity.LOSS,
        CauseKind.PENALTY_ADDED_TWICE,
        (("get_total_loss()", "get_total_loss() + tf.add_n(model.losses)"),),
    ),
    Planted(
        "penalty not added",
        Quantity.LOSS,
        CauseKind.PENALTY_NOT_ADDED,
        (("get_total_loss()", "get_total_loss(add_regularization_losses=False)"),),
    ),
    Planted(
        "regularizer of the bias lost",
        Quantity.COLLECTION,
        CauseKind.MISSING_REGULARIZER,
        ((", bias_regularizer=l2", ""),),
    ),
    Planted("averages of Keras never move", Quantity.COLLECTION, CauseKind.UPDATE_OPS, (_KERAS_NORMALIZATION,)),
    Planted(
        "updates not collected",
        Quantity.COLLECTION,
        CauseKind.UPDATE_OPS,
        layers=(("tf1.add_to_collection(tf1.GraphKeys.UPDATE_OPS, ", "("),),
    ),
    Planted(
        "updates not run",
        Quantity.STATE,
        CauseKind.MOVING_AVERAGES,
        (("tf.get_collection(tf.GraphKeys.UPDATE_OPS)", "[]"),),
    ),
    Planted(
        "biased variance",
        Quantity.STATE,
        CauseKind.BIASED_VARIANCE,
        layers=(
            ("return tf1.nn.fused_batch_norm(x, gamma, beta, epsilon=self.epsilon)", "pass"),
            ("axes = list(range(len(x.shape) - 1))", "axes = [0, 1, 2]"),
        ),
    ),
    Planted("another momentum", Quantity.STATE, CauseKind.MOVING_AVERAGES, (("(momentum=0.9)", "()"),)),
    Planted(
        "dropout of Keras",
        Quantity.NAMES,
        CauseKind.FROZEN_RANDOM,
        (
            (
                "dropout(tf.keras.layers.Flatten()(h), 0.3, training=True)",
                "tf.keras.layers.Dropout(0.3)(tf.keras.layers.Flatten()(h), training=True)",
            ),
        ),
    ),
    Planted(
        "one mask for all runs",
        Quantity.LOSS,
        CauseKind.FROZEN_RANDOM,
        layers=(
            (
                "if training is True:\n        return tf.nn.dropout(x, rate, seed=seed)",
                "if training is True:\n        return tf.nn.experimental.stateless_dropout(x, rate, seed=[1, 2])",
            ),
        ),
    ),
    Planted("trainable lost", Quantity.VARIABLES, CauseKind.FROZEN_LAYER, ((", trainable=False", ""),)),
    Planted(
        "start drawn by Keras",
        Quantity.INITIALIZER,
        CauseKind.INITIALIZER,
        layers=(("layer.kernel_initializer = _glorot_uniform", "pass"),),
    ),
    Planted(
        "another initializer",
        Quantity.INITIALIZER,
        CauseKind.INITIALIZER,
        ((_CONV, _CONV + ", kernel_initializer=lambda shape, dtype: tf.random_normal(shape, stddev=0.1)"),),
    ),
    Planted(
        "seed of the initializer lost",
        Quantity.INITIALIZER,
        CauseKind.INITIALIZER,
        before=((_CONV, _CONV + ", kernel_initializer=tf.glorot_uniform_initializer(seed=3)"),),
    ),
    Planted(
        "reuse lost",
        Quantity.VARIABLES,
        CauseKind.NOT_SHARED,
        (('"shared", reuse=True', '"shared_again"'),),
    ),
    Planted("renamed", Quantity.NAMES, CauseKind.RENAMED, (('name="hidden"', 'name="hidden_layer"'),)),
    Planted(
        "losses made by hand",
        Quantity.COLLECTION,
        CauseKind.LOSSES_COLLECTION,
        (
            ("tf.losses.mean_squared_error(y, prediction)", "error = tf.reduce_mean(tf.square(prediction - y))"),
            ("tf.losses.get_total_loss()", "error + tf.add_n(model.losses)"),
        ),
    ),
    Planted(
        "cast to single precision",
        Quantity.NAMES,
        CauseKind.DATA_TYPE,
        (
            ("tf.placeholder(tf.float32, [None, 6", "tf.placeholder(tf.float64, [None, 6"),
            (_CONV, 'dtype="float32", use_bias=False'),
        ),
        before=(
            ("tf.placeholder(tf.float32, [None, 6", "tf.placeholder(tf.float64, [None, 6"),
            (_CONV, "use_bias=False"),
            ("h = tf.nn.relu(", "h = tf.cast(h, tf.float32)\nh = tf.nn.relu("),
        ),
    ),
    Planted("activation lost", Quantity.LOSS, CauseKind.FORWARD, (("tf.nn.relu(", "("),)),
    Planted(
        "momentum of the optimizer",
        Quantity.REGULARIZATION,
        CauseKind.OPTIMIZER,
        (("Optimizer(0.05, 0.9)", "Optimizer(0.05, 0.8)"),),
    ),
    Planted(
        "another value fetched",
        Quantity.FETCHED,
        CauseKind.EVALUATION,
        (("sess.run(prediction, feed)", "sess.run(prediction * 1.01, feed)"),),
    ),
    Planted("another text", Quantity.PRINTED, CauseKind.EVALUATION, (('"loss %.6f"', '"the loss %.6f"'),)),
)
