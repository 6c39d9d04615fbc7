"""What the abstract run of a program knows of its expressions: constants, tensors, sizes."""

import ast

import pytest
from programs import HEAD, cases, marked_call, trace

from tf1to2_reg.facts.knowledge import Constant
from tf1to2_reg.program.values import Python

CONSTANTS = cases("""
### literal: 3
a = 3
use(a)  # <-
### arithmetic: 5
a = 3 * 2 - 1
use(a)  # <-
### negative: -2
use(-2)  # <-
### list: [1, 2]
a = [1, 2]
use(a)  # <-
### tuple: (1, 'b')
a = (1, 'b')
use(a)  # <-
### unpacked: 2
a, b = 1, 2
use(b)  # <-
### default: 4
def f(k=4):
    use(k)  # <-
    tf.abs(x)
f()
### argument: 5
def f(k):
    use(k)  # <-
    tf.abs(x)
f(k=5)
### same_argument_twice: 5
def f(k):
    use(k)  # <-
    tf.abs(x)
f(5)
f(5)
### attribute: 2
class A:
    def __init__(self):
        self.k = 2
        tf.abs(x)
use(A().k)  # <-
### class_attribute: 2
class A:
    k = 2
    def f(self):
        use(self.k)  # <-
        tf.abs(x)
A().f()
### same_in_both_branches: 1
import os
if os.fork():
    a = 1
else:
    a = 1
use(a)  # <-
### condition_known: 1
a = 1
if a > 2:
    a = 7
use(a)  # <-
### comparison: True
a = 1
use(a == 1)  # <-
### before_the_loop_changes_it: 1
a = 1
use(a)  # <-
for i in range(2):
    a += 1
### converted: 3
use(int("3"))  # <-
### none: None
a = None
use(a)  # <-
""")
UNKNOWN = cases("""
### two_arguments
def f(k):
    use(k)  # <-
    tf.abs(x)
f(5)
f(6)
### true_is_not_one
def f(k):
    use(k)  # <-
    tf.abs(x)
f(1)
f(True)
### branches_differ
import os
if os.fork():
    a = 1
else:
    a = 2
use(a)  # <-
### branch_may_change_it
import os
a = 1
if os.fork():
    a = 2
use(a)  # <-
### loop_variable
for i in [1, 2]:
    use(i)  # <-
### changed_in_the_loop
a = 1
for i in range(2):
    use(a)  # <-
    a += 1
### changed_after_a_loop
a = 1
for i in range(2):
    a = 2
use(a)  # <-
### attribute_changed_in_the_loop
class A:
    pass
b = A()
b.k = 1
for i in range(2):
    b.k = 2
use(b.k)  # <-
### try_may_change_it
a = 1
try:
    a = 2
except OSError:
    pass
use(a)  # <-
### converted_from_another_base
use(int("11", 2))  # <-
### environment
import os
a = os.getpid()
use(a)  # <-
""")


@pytest.mark.parametrize(("value", "body"), CONSTANTS)
def test_constants(value: str, body: str) -> None:
    program = HEAD + body
    found = trace(program)
    assert found.facts.constant(marked_call(program, found).args[0]) == Constant(ast.literal_eval(value))


@pytest.mark.parametrize(("_", "body"), UNKNOWN)
def test_no_constant(_: str, body: str) -> None:
    program = HEAD + body
    found = trace(program)
    node = marked_call(program, found).args[0]
    assert node in found.facts.visited
    assert found.facts.constant(node) is None


TENSORS = cases("""
### placeholder: 2 float32
use(x)  # <-
### shape_unknown: None int32
z = tf.placeholder(tf.int32)
use(z)  # <-
### layer: 2 float32
use(tf.layers.dense(x, 1))  # <-
### flattened: 2 float32
z = tf.placeholder(tf.float32, [None, 2, 2, 1])
use(tf.layers.flatten(z))  # <-
### one_of_two_tensors: 2 float32
import os
h = x if os.getpid() else 2.0 * x
use(h)  # <-
### new_axis: 3 float32
use(x[:, tf.newaxis])  # <-
### new_axis_as_none: 3 float32
use(x[:, None])  # <-
### column_by_an_attribute: 1 float32
class Config:
    column = 0
use(x[:, Config.column])  # <-
### sum_of_all: 0 float32
use(tf.reduce_sum(x))  # <-
### cast: 2 int64
use(tf.cast(x, tf.int64))  # <-
### penalty: 0 float32
use(tf.losses.get_regularization_loss())  # <-
### either: None float32
import os
z = x
if os.fork():
    z = tf.reduce_sum(x)
use(z)  # <-
### attribute: 2 float32
class A:
    def __init__(self, t):
        self.t = t
use(A(x).t)  # <-
### property: 2 float32
class A:
    def __init__(self, t):
        self._t = t
    @property
    def t(self):
        return self._t
use(A(x).t)  # <-
### inherited: 2 float32
class A:
    def __init__(self, t):
        self.t = t
class B(A):
    pass
use(B(x).t)  # <-
### through_super: 0 float32
class A:
    def __init__(self, t):
        self.t = t
class B(A):
    def __init__(self, t):
        super(B, self).__init__(tf.reduce_sum(t))
use(B(x).t)  # <-
### result: 0 float32
def f(a):
    return tf.reduce_sum(a)
use(f(x))  # <-
### one_of_a_tuple: 0 float32
def f(a):
    return a, tf.reduce_sum(a)
use(f(x)[1])  # <-
### lambda: 0 float32
f = lambda a: tf.reduce_sum(a)
use(f(x))  # <-
### python: none
use(3)  # <-
### static_shape: none
use(x.shape)  # <-
""")


@pytest.mark.parametrize(("expected", "body"), TENSORS)
def test_tensors(expected: str, body: str) -> None:
    program = HEAD + body
    found = trace(program)
    facts = found.facts.tensor(marked_call(program, found).args[0])
    assert (f"{facts.rank} {facts.dtype}" if facts else "none") == expected


SIZES = [
    "x.shape[1]",
    "int(x.shape[1]) * 2",
    "x.shape[1].value",
    "[x.shape[1]][0]",
    "np.prod(x.shape[1:])",
    "x.get_shape().as_list()[1]",
    "x.shape.as_list()[-1] // 2",
]


@pytest.mark.parametrize("size", SIZES)
def test_size_read_off_a_tensor_is_marked_wherever_it_goes(size: str) -> None:
    program = HEAD + f"def f(a):\n    return a\nn = f({size})\nuse(n)  # <-"
    found = trace(program)
    value = found.facts.value(marked_call(program, found).args[0])
    assert isinstance(value, Python)
    assert (value.constant, value.of_shape) == (None, True)


@pytest.mark.parametrize("expression", ["{x}", "{x, 1}"])
def test_a_tensor_in_an_expression_that_cannot_be_followed(expression: str) -> None:
    assert [obstacle.code for obstacle in trace(HEAD + f"seen = {expression}\n").obstacles] == ["TFR231"]
