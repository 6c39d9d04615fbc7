"""Plain forms for programs that are refused without: the same program by the rules of Python, or left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from programs import cases

from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.targets.tf2.plain import plain

PATH = Path("/p/main.py")


def further(text: str) -> str | None:
    found = plain([source_from_bytes(PATH, text.encode())]).further({PATH})
    return None if found is None else found.sources[0].text


CHANGED = cases("""
### several_attributes:
class A:
    def f(self, x, y):
        self.x, self.y = x, y
=>
class A:
    def f(self, x, y):
        self.x = x
        self.y = y
### name_for_an_attribute:
class A:
    def f(self):
        self.x = 1
        x = self.x
        return x + g(x)
=>
class A:
    def f(self):
        self.x = 1
        return self.x + g(self.x)
### returned_layer:
import tensorflow as tf
class A:
    def f(self):
        return tf.nn.relu(tf.layers.dense(self.x, 2))
=>
import tensorflow as tf
class A:
    def f(self):
        dense = tf.layers.dense(self.x, 2)
        return tf.nn.relu(dense)
### experiments:
import tensorflow as tf
for a, b in pairs:
    tf.reset_default_graph()
    x = a
    for i in range(3):
        value = run(x, i)
    print(b, value)
=>
import tensorflow as tf


def experiment(a, b):
    tf.reset_default_graph()
    x = a
    for i in range(3):
        value = run(x, i)
    print(b, value)


for a, b in pairs:
    experiment(a, b)
### helper_that_trains:
import tensorflow as tf
def optimize(value, rate=0.1):
    "Descend."
    optimizer = tf.train.GradientDescentOptimizer(rate)
    return optimizer.minimize(value)
loss = f()
train_op = optimize(loss)
=>
import tensorflow as tf
loss = f()
optimizer = tf.train.GradientDescentOptimizer(0.1)
train_op = optimizer.minimize(loss)
### helper_with_names_of_the_script:
import tensorflow as tf
def inputs(size):
    x = tf.placeholder(tf.float32, [None, size])
    rest = 2 * x
    return x, rest + 1
rest = 3
a, b = inputs(rest)
=>
import tensorflow as tf
rest = 3
a = tf.placeholder(tf.float32, [None, rest])
rest_1 = 2 * a
b = rest_1 + 1
### helper_whose_results_change_places:
import tensorflow as tf
def inputs(x, y):
    z = tf.placeholder(tf.float32)
    return y, x
x, y = inputs(x, y)
=>
import tensorflow as tf
z = tf.placeholder(tf.float32)
x, y = y, x
""")


@pytest.mark.parametrize(("_", "program"), CHANGED)
def test_changed(_: str, program: str) -> None:
    before, after = program.split("=>\n")

    assert further(before) == after
    assert further(after) is None


LEFT = cases("""
### attributes_of_calls:
class A:
    def f(self, x):
        self.x, self.y = x, g()
### attribute_that_is_bound_twice:
class A:
    def f(self):
        x = self.x
        self.x = 2
        self.x = 3
        return x
### attribute_that_is_bound_later:
class A:
    x = 1
    def f(self):
        x = self.x
        self.x = 2
        return x
### attribute_of_a_base:
class A(B):
    def f(self):
        x = self.x
        return x
    def g(self):
        self.x = 2
### name_that_is_bound_twice:
class A:
    def __init__(self):
        self.x = 1
    def f(self):
        x = self.x
        x = x + 1
        return x
### helper_that_is_called_twice:
import tensorflow as tf
def inputs():
    x = tf.placeholder(tf.float32)
    return x
a = inputs()
b = inputs()
### helper_that_is_handed_on:
import tensorflow as tf
def inputs():
    return tf.placeholder(tf.float32)
a = list(map(inputs))
### helper_with_a_condition:
import tensorflow as tf
def inputs(size):
    if size:
        return tf.placeholder(tf.float32, [size])
    return tf.placeholder(tf.float32)
a = inputs(3)
### helper_that_is_given_a_call:
import tensorflow as tf
def inputs(size):
    return tf.placeholder(tf.float32, [size, size])
a = inputs(g())
### helper_that_binds_its_parameter:
import tensorflow as tf
def inputs(size):
    size = size + 1
    return tf.placeholder(tf.float32, [size])
a = inputs(3)
### helper_whose_global_is_local_at_the_call:
import tensorflow as tf
size = 3
def inputs():
    return tf.placeholder(tf.float32, [size])
def main():
    size = 4
    a = inputs()
### layer_of_a_function:
import tensorflow as tf
def f(x):
    return tf.layers.dense(x, 2)
### layer_after_a_call:
import tensorflow as tf
class A:
    def f(self):
        return g() + tf.layers.dense(self.x, 2)
### layer_that_may_be_left_out:
import tensorflow as tf
class A:
    def f(self):
        return self.y or tf.layers.dense(self.x, 2)
### experiments_that_go_on:
import tensorflow as tf
best = None
for a in values:
    tf.reset_default_graph()
    best = run(a, best)
### experiments_that_leave_something:
import tensorflow as tf
for a in values:
    tf.reset_default_graph()
    last = run(a)
print(last)
### experiments_that_end:
import tensorflow as tf
for a in values:
    tf.reset_default_graph()
    if run(a):
        break
### experiments_that_may_read_the_last_one:
import tensorflow as tf
for a in values:
    tf.reset_default_graph()
    for i in range(a):
        value = run(i)
    print(value)
### experiments_that_grow_a_number:
import tensorflow as tf
for a in values:
    tf.reset_default_graph()
    count += a
""")


@pytest.mark.parametrize(("_", "program"), LEFT)
def test_left_alone(_: str, program: str) -> None:
    assert further(program) is None
