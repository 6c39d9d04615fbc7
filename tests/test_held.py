"""Layer objects and variables made by hand: what a model holds, and what keeps a program from it."""

from __future__ import annotations

import pytest
from programs import HEAD, LOSS, SESSION, TAIL, cases, marked_line, migrated, refusals, unit

GRADIENT_DESCENT = TAIL.replace("AdamOptimizer", "GradientDescentOptimizer")
NETWORK = "pred = tf.layers.dense(x, 1, kernel_regularizer=reg)\n"


def program(body: str) -> str:
    for name, part in (("NETWORK", NETWORK), ("LOSS", LOSS), ("SESSION", SESSION), ("TAIL", TAIL)):
        body = body.replace(f"{name}\n", part)
    return HEAD + body.replace("DESCENT\n", GRADIENT_DESCENT)


REFUSED = cases("""
### numbers_of_another_type: TFR218
w = tf.get_variable("w", [4, 1], tf.int32)  # <-
NETWORK
TAIL
### shape_that_is_not_known: TFR218
w = tf.get_variable("w", open("shape").read())  # <-
pred = tf.layers.dense(tf.matmul(x, w), 1, kernel_regularizer=reg)
TAIL
### shape_of_a_tensor: TFR214
w = tf.get_variable("w", [x.shape[1], 4])  # <-
pred = tf.layers.dense(tf.matmul(x, w), 1, kernel_regularizer=reg)
TAIL
### penalty_of_what_is_not_trained: TFR218
w = tf.get_variable("w", [4, 4], trainable=False, regularizer=reg)  # <-
pred = tf.layers.dense(tf.matmul(x, w), 1, kernel_regularizer=reg)
TAIL
### perhaps_trained: TFR218
import sys
w = tf.get_variable("w", [4, 4], trainable=len(sys.argv) > 1)  # <-
pred = tf.layers.dense(tf.matmul(x, w), 1, kernel_regularizer=reg)
TAIL
### starts_from_an_array: TFR218
w = tf.Variable(np.ones([4, 4], np.float32))  # <-
pred = tf.layers.dense(tf.matmul(x, w), 1, kernel_regularizer=reg)
TAIL
### starts_from_a_tensor: TFR218
w = tf.get_variable("w", [4, 4], initializer=tf.ones([4, 4]))  # <-
pred = tf.layers.dense(tf.matmul(x, w), 1, kernel_regularizer=reg)
TAIL
### a_counter_of_one: TFR218
w = tf.Variable(1)  # <-
NETWORK
TAIL
### list_of_variables_stacked: TFR218
w, v = tf.get_variable("w", [4]), tf.get_variable("v", [4])
h = x * tf.reduce_sum(tf.stack([w, v]), 0)  # <-
pred = tf.layers.dense(h, 1, kernel_regularizer=reg)
TAIL
### a_method_of_a_variable: TFR218
w = tf.get_variable("w", [4])
h = x * w.initialized_value()  # <-
pred = tf.layers.dense(h, 1, kernel_regularizer=reg)
TAIL
### changed_by_hand: TFR218
w = tf.get_variable("w", [4])
change = tf.assign(w, w * 2.0)  # <-
pred = tf.layers.dense(x * w, 1, kernel_regularizer=reg)
TAIL
### fetched_with_its_update: TFR216
w = tf.get_variable("w", [4])
pred = tf.layers.dense(x * w, 1, kernel_regularizer=reg)
LOSS
data = np.ones((8, 4), np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run([train_op, w], feed_dict={x: data, y: data[:, :1]})  # <-
### variable_of_a_layer: TFR213
with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
    h = tf.layers.dense(x, 4, name="fc")
    w = tf.get_variable("fc/kernel", [4, 4])  # <-
    pred = tf.layers.dense(tf.matmul(h, w), 1, kernel_regularizer=reg)
TAIL
### called_with_more_than_the_input: TFR220
layer = tf.layers.Dense(1, kernel_regularizer=reg)
pred = layer(x, y)  # <-
TAIL
### asked_for_its_name: TFR201
layer = tf.layers.Dense(1, kernel_regularizer=reg)
pred = layer(x)
name = layer.name  # <-
TAIL
### asked_before_it_is_called: TFR201
layer = tf.layers.Dense(1, kernel_regularizer=reg)
penalty = tf.add_n(layer.losses)  # <-
pred = layer(x)
TAIL
### batch_normalization: TFR201
pred = tf.layers.Dense(1, kernel_regularizer=reg)(tf.layers.BatchNormalization()(x))  # <-
TAIL
### named_by_computation_under_reuse: TFR213
import sys
with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
    layer = tf.layers.Dense(1, kernel_regularizer=reg, name=sys.argv[1])
    pred = layer(x)  # <-
TAIL
### given_to_a_builder: TFR219
def head(t, layer):
    return tf.layers.dense(layer(t), 1)
pred = head(x, tf.layers.Dense(3, kernel_regularizer=reg))  # <-
TAIL
### words_in_other_names: TFR218
with tf.variable_scope("unbiased"):
    pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
decay = tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables() if "bias" not in v.name])  # <-
loss = tf.reduce_mean(tf.square(pred - y)) + decay
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
SESSION
### words_that_keras_lacks: TFR218
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
decay = tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables() if "kernel:0" in v.name])  # <-
loss = tf.reduce_mean(tf.square(pred - y)) + decay
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
SESSION
### words_under_an_optimizer_of_tf1: TFR218
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
decay = tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables() if "bias" not in v.name])  # <-
loss = tf.reduce_mean(tf.square(pred - y)) + decay
train_op = tf.train.RMSPropOptimizer(0.01).minimize(loss)
SESSION
""")


@pytest.mark.parametrize(("code", "body"), REFUSED)
def test_refused(code: str, body: str) -> None:
    text = program(body)
    assert (code, *marked_line(text)) in refusals(unit(text))


WRITTEN = cases("""
### number_as_a_shape: self.w = self.add_weight(name="w", shape=[4], regularizer=reg)
w = tf.get_variable("w", 4, regularizer=reg, trainable=None)
pred = tf.layers.dense(x * w, 1)
TAIL
### first_value_of_an_op: self.w = self.add_weight(shape=[4], initializer=tf.keras.initializers.Ones(), name="w")
w = tf.Variable(tf.ones([4]), name="w")
pred = tf.layers.dense(x * w, 1, kernel_regularizer=reg)
TAIL
### a_number: self.w = self.add_weight(shape=[], initializer=tf.keras.initializers.Constant(0.5), name="w")
w = tf.Variable(0.5, name="w")
pred = tf.layers.dense(x * w, 1, kernel_regularizer=reg)
TAIL
### name_that_models_have: self.w = self.add_weight(name="w", shape=[4])
weights = tf.get_variable("w", [4])
pred = tf.layers.dense(x * weights, 1, kernel_regularizer=reg)
TAIL
### name_bound_twice: layer = self.dense_1
layer = tf.layers.Dense(4)
h = layer(x)
layer = tf.layers.Dense(1, kernel_regularizer=reg)
pred = layer(h)
TAIL
### object_called_at_once: pred = self.dense(self.dropout(x, training=False))
pred = tf.layers.Dense(1, kernel_regularizer=reg)(tf.layers.Dropout(0.5)(x))
TAIL
### rows_trained_by_gradient_descent: h = tf.nn.embedding_lookup(self.w, tf.cast(x[:, 0], tf.int32))
w = tf.get_variable("w", [4, 4])
h = tf.nn.embedding_lookup(w, tf.cast(x[:, 0], tf.int32))
pred = tf.layers.dense(h, 1, kernel_regularizer=reg)
DESCENT
### rows_trained_by_adam: optimizer = tf.compat.v1.train.AdamOptimizer(0.01)
w = tf.get_variable("w", [4, 4])
h = tf.gather(w, tf.cast(x[:, 0], tf.int32))
pred = tf.layers.dense(h, 1, kernel_regularizer=reg)
TAIL
### rows_of_what_is_fed: optimizer = tf.keras.optimizers.Adam(0.01, epsilon=1e-8)
w = tf.get_variable("w", [4])
h = tf.gather(x, [0, 1]) * w
pred = tf.layers.dense(h, 1, kernel_regularizer=reg)
loss = tf.reduce_mean(tf.square(pred)) + tf.losses.get_regularization_loss()
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
SESSION
### penalty_of_a_variable: loss = tf.reduce_mean(tf.square(pred - y)) + tf.nn.l2_loss(model.w)
w = tf.get_variable("w", [4])
pred = tf.layers.dense(x * w, 1, kernel_regularizer=reg)
loss = tf.reduce_mean(tf.square(pred - y)) + tf.nn.l2_loss(w)
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
SESSION
""")


@pytest.mark.parametrize(("line", "body"), WRITTEN)
def test_written(line: str, body: str) -> None:
    rows = [row.strip() for row in migrated(program(body))["main.py"].splitlines()]
    assert line in rows, "\n".join(rows)
