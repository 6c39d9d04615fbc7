"""Programs that stay as they are: the code of the reason and the statement it is reported at."""

import pytest
from programs import HEAD, LOSS, NETWORK, SESSION, TAIL, cases, marked_line, refusals, unit

DRIVER = cases("""
### nothing_to_run: TFR210
tf.layers.dense(x, 1, kernel_regularizer=reg)  # <-
### only_initialized: TFR210
tf.layers.dense(x, 1, kernel_regularizer=reg)  # <-
tf.Session().run(tf.global_variables_initializer())
### layers_never_built: TFR210
NETWORK
class Unused:
    def build(self, t):
        return tf.layers.dense(t, 1, kernel_regularizer=reg)  # <-
TAIL
### second_graph: TFR211
NETWORK
TAIL
tf.reset_default_graph()  # <-
z = tf.placeholder(tf.float32, [None, 4])
### built_in_several_functions: TFR230
def inputs():
    print("inputs")
    return tf.placeholder(tf.float32, [None, 4])  # <-
z = inputs()
NETWORK
TAIL
### graph_value_in_a_condition: TFR231
NETWORK
if pred > 0:  # <-
    print(1)
TAIL
### graph_value_in_assert: TFR231
NETWORK
assert tf.reduce_sum(pred) is not None, pred  # <-
TAIL
### used_by_python_code: TFR208
NETWORK
open(pred)  # <-
TAIL
### optimizers_made_in_a_loop: TFR202
NETWORK
LOSS
others = [tf.train.AdamOptimizer(0.5) for i in range(2)]  # <-
SESSION
### networks_in_a_loop: TFR219
def build(t):
    return tf.layers.dense(t, 1, kernel_regularizer=reg)
pred = 0.0
for i in range(2):
    pred = pred + build(x)  # <-
TAIL
### alias_in_a_builder_without_tensors: TFR219
layer = tf.layers.dense
def build():  # <-
    return layer(x, 1, kernel_regularizer=reg)
pred = build()
TAIL
### helper_reads_a_tensor_as_a_global: TFR230
def target():
    return 2.0 * y  # <-
pred = tf.layers.dense(x, 1, kernel_regularizer=reg) - target()
TAIL
### decorated_builder: TFR208
import functools
@functools.lru_cache()  # <-
def build(t):
    return tf.layers.dense(t, 1, kernel_regularizer=reg)
pred = build(x)
TAIL
### recursive_builder: TFR208
def build(t, n):
    t = tf.layers.dense(t, 1, kernel_regularizer=reg)
    return build(t, n - 1) if n else t  # <-
pred = build(x, 2)
TAIL
""")

PENALTIES = cases("""
### mean_of_penalties_of_which_one_is_zero: TFR224
h = tf.layers.dense(x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.0))
NETWORK
loss = tf.reduce_mean(tf.square(pred - y)) + tf.reduce_mean(tf.losses.get_regularization_losses())  # <-
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
SESSION
### number_of_penalties_of_which_one_may_be_zero: TFR224
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--decay", type=float, default=0.1)
FLAGS = parser.parse_args()
h = tf.layers.dense(x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(FLAGS.decay))
NETWORK
found = tf.losses.get_regularization_losses()
loss = tf.reduce_mean(tf.square(pred - y)) + tf.add_n(found) / len(found)  # <-
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
SESSION
### something_else_where_there_is_a_penalty: TFR224
pred = tf.layers.dense(x, 1, kernel_regularizer=tf.contrib.layers.l1_l2_regularizer(0.0, 0.0))
found = tf.losses.get_regularization_losses()
loss = tf.reduce_mean(tf.square(pred - y))
if found:  # <-
    loss += 1.0 + tf.add_n(found)
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
SESSION
### read_before_all_layers: TFR224
h = tf.layers.dense(x, 3, kernel_regularizer=reg)
early = tf.losses.get_regularization_loss()  # <-
pred = tf.layers.dense(h, 1, kernel_regularizer=reg)
TAIL
### one_scope_only: TFR224
NETWORK
part = tf.losses.get_regularization_loss("net")  # <-
TAIL
### total_inside_a_network: TFR224
def build(t):
    t = tf.layers.dense(t, 1, kernel_regularizer=reg)
    return t + tf.losses.get_total_loss()  # <-
pred = build(x)
TAIL
### total_without_losses: TFR224
NETWORK
total = tf.losses.get_total_loss()  # <-
TAIL
### total_with_arguments: TFR224
NETWORK
tf.losses.mean_squared_error(y, pred)
total = tf.losses.get_total_loss(False)  # <-
TAIL
### penalties_of_others_inside_a_network: TFR224
first = tf.layers.dense(x, 4, kernel_regularizer=reg)
def build(t):
    t = tf.layers.dense(t, 1, kernel_regularizer=reg)
    return t + tf.losses.get_regularization_loss()  # <-
pred = build(x)
TAIL
### other_collection: TFR203
NETWORK
mine = tf.get_collection("mine")  # <-
TAIL
""")

CALLS = cases("""
### shared_by_calls_that_differ_in_a_strength: TFR213
def fc(t, strength, reuse=None):
    made = tf.contrib.layers.l2_regularizer(strength)
    return tf.layers.dense(t, 1, kernel_regularizer=made, name="fc", reuse=reuse)
h = fc(x, 0.1) + fc(-x, 0.2, True)  # <-
NETWORK
TAIL
### shared_inside_a_network_by_calls_that_differ: TFR213
def cell(t, factor):
    with tf.variable_scope("cell", reuse=tf.AUTO_REUSE):
        made = tf.contrib.layers.l2_regularizer(0.1 * factor)
        return tf.layers.dense(t, 4, kernel_regularizer=made, name="fc") * factor
def network(t):
    t = cell(t, 1.0)
    return cell(t, 3.0)  # <-
h = network(x)
NETWORK
TAIL
### placeholder_called_self: TFR232
self = tf.placeholder(tf.float32, [None, 4])
pred = tf.layers.dense(self, 1, kernel_regularizer=reg)
loss = tf.reduce_mean(pred) + tf.losses.get_regularization_loss()
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    sess.run(train_op, feed_dict={self: np.ones((8, 4))})  # <-
### tensor_with_the_name_of_the_mode: TFR232
def network(training):  # <-
    return tf.layers.dense(training, 1, kernel_regularizer=reg)
pred = network(x)
TAIL
### defaults_of_a_function_are_replaced: TFR208
def fc(t, strength=0.1):
    return tf.layers.dense(t, 1, kernel_regularizer=tf.contrib.layers.l2_regularizer(strength))
fc.__defaults__ = (0.5,)  # <-
pred = fc(x)
TAIL
### layer_in_a_default: TFR219
def add(t, other=tf.layers.dense(x, 1, kernel_regularizer=reg)):  # <-
    return t + other
pred = add(x)
TAIL
### cond: TFR207
z = tf.cond(tf.reduce_sum(y) > 0, lambda: x, lambda: x)  # <-
NETWORK
TAIL
### variable: TFR218
w = tf.get_variable("w", [4, 1], tf.int32)  # <-
NETWORK
TAIL
### scope_regularizer: TFR226
with tf.variable_scope("a", regularizer=reg):  # <-
    pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
TAIL
### double_precision: TFR215
z = tf.placeholder(tf.float64, [None, 4])
pred = tf.cast(tf.layers.dense(z, 1, kernel_regularizer=reg), tf.float32)  # <-
TAIL
### unknown_argument: TFR220
pred = tf.layers.dense(x, 1, kernel_regularizer=reg, groups=2)  # <-
TAIL
### regularizer_from_elsewhere: TFR221
import elsewhere
pred = tf.layers.dense(x, 1, kernel_regularizer=elsewhere.reg)  # <-
TAIL
### star_arguments: TFR209
options = dict(units=1)
options["units"] += 0
pred = tf.layers.dense(x, kernel_regularizer=reg, **options)  # <-
TAIL
### chosen_at_run_time: TFR208
import sys
layer = tf.layers.dense if len(sys.argv) > 1 else tf.layers.conv1d
pred = layer(x, 1, kernel_regularizer=reg)  # <-
TAIL
### layer_in_try: TFR219
try:
    pred = tf.layers.dense(x, 1, kernel_regularizer=reg)  # <-
except ValueError:
    raise
TAIL
### tensor_in_a_container: TFR231
store = {}
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
store["pred"] = pred  # <-
TAIL
### placeholder_in_a_loop: TFR231
for i in range(2):
    z = tf.placeholder(tf.float32, [None, 4])  # <-
NETWORK
TAIL
### some_variables_only: TFR202
NETWORK
loss = tf.reduce_mean(tf.square(pred - y)) + tf.losses.get_regularization_loss()
train_op = tf.train.AdamOptimizer(0.01).minimize(loss, var_list=[])  # <-
SESSION
### star_import: TFR208
from tensorflow.layers import *  # <-
NETWORK
TAIL
### training_flag_is_computed: TFR225
h = tf.layers.dropout(x, 0.5, training=tf.reduce_sum(y) > 0)  # <-
pred = tf.layers.dense(h, 1, kernel_regularizer=reg)
TAIL
""")


def program(body: str) -> str:
    """The text with the usual parts written out."""
    for name, part in (("NETWORK", NETWORK), ("LOSS", LOSS), ("SESSION", SESSION), ("TAIL", TAIL)):
        body = body.replace(f"{name}\n", part)
    return HEAD + body


@pytest.mark.parametrize(("code", "body"), [*DRIVER, *PENALTIES, *CALLS])
def test_refused(code: str, body: str) -> None:
    text = program(body)
    assert refusals(unit(text))[0] == (code, *marked_line(text))


IMPRECISE = cases("""
### tensor_strength: TFR221
strength = tf.placeholder(tf.float32, [])
pred = tf.layers.dense(x, 1, kernel_regularizer=tf.contrib.layers.l2_regularizer(strength))  # <-
TAIL
""")


@pytest.mark.xfail(reason="refused with another code, at another place")
@pytest.mark.parametrize(("code", "body"), IMPRECISE)
def test_code_and_place(code: str, body: str) -> None:
    text = program(body)
    assert refusals(unit(text))[0] == (code, *marked_line(text))


@pytest.mark.parametrize(("_", "body"), IMPRECISE)
def test_refused_in_any_case(_: str, body: str) -> None:
    assert refusals(unit(program(body))) != []


CLASS = """\
import numpy as np
import tensorflow as tf

class Net:
    def __init__(self, n=1):
        self.x = tf.placeholder(tf.float32, [None, 4])
        self.pred = tf.layers.dense(self.x, n, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))
        self.loss = tf.reduce_mean(self.pred) + tf.losses.get_regularization_loss()
        self.train_op = tf.train.AdamOptimizer(0.1).minimize(self.loss)
        self.sess = tf.Session()
        self.sess.run(tf.global_variables_initializer())

    def fit(self, data):
        self.sess.run(self.train_op, {self.x: data})

"""

CLASSES = cases("""
### graph_outside_the_object: TFR230
net = Net()
z = tf.placeholder(tf.float32, [None, 4])
net.fit(1)
""")


@pytest.mark.parametrize(("code", "body"), CLASSES)
def test_refused_class(code: str, body: str) -> None:
    text = CLASS + body
    assert refusals(unit(text)) == [(code, "main.py", 6)]


TWICE = cases("""
### two_objects: TFR211
Net().fit(1)
Net(2).fit(1)  # <-
### object_in_a_loop: TFR211
for n in range(2):
    Net(n).fit(1)  # <-
""")


@pytest.mark.xfail(reason="refused with another code, at the placeholder")
@pytest.mark.parametrize(("code", "body"), TWICE)
def test_code_and_place_of_a_second_graph(code: str, body: str) -> None:
    text = CLASS + body
    assert refusals(unit(text)) == [(code, *marked_line(text))]


@pytest.mark.parametrize(("_", "body"), TWICE)
def test_second_graph_is_refused_in_any_case(_: str, body: str) -> None:
    assert refusals(unit(CLASS + body)) != []


def test_class_alone_migrates() -> None:
    assert refusals(unit(CLASS + "Net().fit(np.ones((8, 4), np.float32))\n")) == []


def test_all_names_without_a_form_are_told_at_once() -> None:
    network = "pred = tf.layers.dense(x, 1, kernel_regularizer=reg) + tf.not_there(x) + tf.made_up(x)\n"
    messages = [reason.message for reason in unit(HEAD + network + LOSS + SESSION).diagnostics]
    assert [name for name in ("not_there", "made_up") if any(name in message for message in messages)] == [
        "not_there",
        "made_up",
    ]


def test_drivers_are_looked_at_one_by_one() -> None:
    nets = "import tensorflow as tf\n\n\ndef net(x, reg):\n    return tf.layers.dense(x, 1, kernel_regularizer=reg)\n"
    script = (
        HEAD + "import nets\npred = nets.net(x, reg)\n" + LOSS + "z = abs(pred) if callable(pred) else pred\n" + SESSION
    )
    found = unit({"nets.py": nets, "one.py": script, "two.py": script})
    assert {path for _, path, _ in refusals(found)} == {"one.py", "two.py"}


def test_the_penalties_of_no_scope_are_all() -> None:
    text = HEAD + NETWORK + LOSS.replace("_loss()", "_loss(None)") + SESSION
    assert refusals(unit(text)) == []
