"""Which calls share their variables, and when that cannot be decided."""

import ast

import pytest
from programs import HEAD, TAIL, cases, marked_line, refusals, trace, unit

from tf1to2_reg.diagnostics.reasons import Refused
from tf1to2_reg.network.sharing import Sharing
from tf1to2_reg.program.tokens import Computed, may_be_equal
from tf1to2_reg.program.values import Flags, Python

NET = """
import os

def net(t, name="net", reuse=None, n=3):
    with tf.variable_scope(name, reuse=reuse):
        return tf.layers.dense(t, n, name="fc", kernel_regularizer=reg)
"""
OTHERS = """
def other(t, name="net", reuse=None):
    with tf.variable_scope(name, reuse=reuse):
        return tf.layers.dense(t, 3, name="fc", kernel_regularizer=reg)

def unnamed(t):
    return tf.layers.dense(t, 3, kernel_regularizer=reg)
"""
HALF = """
def half(t, reuse=None):
    a = tf.layers.dense(t, 3, name="a", kernel_regularizer=reg)
    return a + tf.layers.dense(t, 3, name="b", reuse=reuse)

"""
BUILDERS = NET + OTHERS + HALF


def shared(body: str) -> str:
    """For every call of the main program, in order, the position of the call that made its variables."""
    found = trace(HEAD + BUILDERS + body)
    sharing = Sharing(found)
    parts = sharing.parts(found.executed[found.entry])
    makers = sharing.shared(parts)
    return " ".join(str(parts.index(makers.get(part, part))) for part in parts)


DECIDED = cases("""
### two_names: 0 1
net(x, "a")
net(x, "b")
### no_reuse_asked_for: 0 1
unnamed(x)
unnamed(x)
### reuse: 0 0
net(x)
net(x, reuse=True)
### reuse_one_of_two: 0 1 1 0
net(x, "a")
net(x, "b")
net(x, "b", reuse=True)
net(x, "a", reuse=True)
### auto_reuse: 0 0 0
net(x, reuse=tf.AUTO_REUSE)
net(y, reuse=tf.AUTO_REUSE)
net(x, reuse=tf.AUTO_REUSE)
### auto_reuse_of_two: 0 1 0
net(x, "a", tf.AUTO_REUSE)
net(x, "b", tf.AUTO_REUSE)
net(x, "a", tf.AUTO_REUSE)
### reuse_after_auto: 0 0
net(x, reuse=tf.AUTO_REUSE)
net(x, reuse=True)
### scope_of_the_driver: 0 0
with tf.variable_scope("s"):
    unnamed(x)
with tf.variable_scope("s", reuse=True):
    unnamed(x)
### scope_object: 0 0
with tf.variable_scope("s") as s:
    net(x)
with tf.variable_scope(s, reuse=True):
    net(x)
### same_name_in_other_scopes: 0 1
with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
    net(x)
with tf.variable_scope("r", reuse=tf.AUTO_REUSE):
    net(x)
### reuse_variables: 0 0
with tf.variable_scope("s") as s:
    net(x)
    s.reuse_variables()
    net(x)
### layers_of_the_driver: 0 1
tf.layers.dense(x, 3)
tf.layers.dense(x, 3)
### layers_by_name: 0 1 0
tf.layers.dense(x, 3, name="a")
tf.layers.dense(x, 3, name="b")
tf.layers.dense(x, 3, name="a", reuse=True)
### unnamed_layers_in_a_scope_entered_again: 0 0
with tf.variable_scope("s"):
    tf.layers.dense(x, 3)
with tf.variable_scope("s", reuse=True):
    tf.layers.dense(x, 3)
### computed_name_of_one_variable: 0 0
name = os.getcwd()
net(x, name, tf.AUTO_REUSE)
net(x, name, tf.AUTO_REUSE)
### one_of_two_computed_names: 0 1 1
first, second = os.getcwd(), os.getlogin()
net(x, first)
net(x, second)
net(x, second, reuse=True)
### counted_names: 0 1
calls = []
def counted(t):
    calls.append(1)
    with tf.variable_scope("net%d" % len(calls), reuse=tf.AUTO_REUSE):
        return tf.layers.dense(t, 3)
counted(x)
counted(x)
### one_value_formatted_twice: 0 0
n = os.getpid()
net(x, "a%d" % n, tf.AUTO_REUSE)
net(x, "a%d" % n, tf.AUTO_REUSE)
### default_names_of_a_scope_entered_again: 0 1 0
with tf.variable_scope("m", reuse=tf.AUTO_REUSE):
    with tf.variable_scope(None, default_name="b"):
        tf.layers.dense(x, 3)
    with tf.variable_scope(None, default_name="b"):
        tf.layers.dense(x, 3)
with tf.variable_scope("m", reuse=tf.AUTO_REUSE):
    with tf.variable_scope(None, default_name="b"):
        tf.layers.dense(x, 3)
### scope_that_is_still_open: 0 1
tf.layers.dense(x, 3)
with tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):
    tf.layers.dense(x, 3)
### loop_of_numbered_names: 0 0
def deep(t):
    with tf.variable_scope("deep", reuse=tf.AUTO_REUSE):
        for i in range(2):
            t = tf.layers.dense(t, 4, name="fc%d" % i)
    return t
deep(x)
deep(x)
### loop_of_unnamed_layers: 0 0
def deep(t):
    with tf.variable_scope("deep", reuse=tf.AUTO_REUSE):
        for size in [4, 4]:
            t = tf.layers.dense(t, size)
    return t
deep(x)
deep(x)
### numbers_and_another_ending: 0 1
for i in range(2):
    tf.layers.dense(x, 4, name="fc%d" % i, reuse=tf.AUTO_REUSE)
tf.layers.dense(x, 4, name="fc_out", reuse=tf.AUTO_REUSE)
### strides_spelled_twice: 0 0
image = tf.placeholder(tf.float32, [None, 8, 8, 1])
tf.layers.conv2d(image, 3, 3, strides=2, name="c", reuse=tf.AUTO_REUSE)
tf.layers.conv2d(image, 3, 3, strides=(2, 2), name="c", reuse=tf.AUTO_REUSE)
### one_stride_spelled_twice: 0 0
row = tf.placeholder(tf.float32, [None, 8, 1])
tf.layers.conv1d(row, 3, 3, strides=2, name="c", reuse=tf.AUTO_REUSE)
tf.layers.conv1d(row, 3, 3, strides=(2,), name="c", reuse=tf.AUTO_REUSE)
### through_a_helper: 0 0
def outer(t, reuse):
    return net(t, reuse=reuse)
outer(x, None)
outer(x, True)
### not_in_dead_code: 0
if False:
    net(x)
net(x, "net")
""")


@pytest.mark.parametrize(("expected", "body"), DECIDED)
def test_decided(expected: str, body: str) -> None:
    assert shared(body) == expected


UNDECIDED = cases("""
### reuse_is_computed: decided when the program runs
net(x)
net(x, reuse=os.getpid() > 1)  # <-
### nothing_to_reuse: cannot be found
net(x, reuse=True)  # <-
### other_name_to_reuse: cannot be found
net(x, "a")
net(x, "b", reuse=True)  # <-
### other_function_to_reuse: cannot be found
net(x)
other(x, reuse=True)  # <-
### other_function_shares: between calls of different functions
net(x, reuse=tf.AUTO_REUSE)
other(x, reuse=tf.AUTO_REUSE)  # <-
### makes_and_reuses: makes some variables and reuses others
half(x)
half(x, reuse=True)  # <-
### makes_and_may_reuse: makes some variables and reuses others
half(x, reuse=tf.AUTO_REUSE)
half(x, reuse=tf.AUTO_REUSE)  # <-
### equal_texts_of_other_values: cannot be seen
n = os.getpid()
net(x, "a%d" % n, tf.AUTO_REUSE)
n += 1
net(x, "a%d" % n, tf.AUTO_REUSE)  # <-
### known_and_computed_name: cannot be seen
net(x, "a1", tf.AUTO_REUSE)
net(x, "a%d" % os.getpid(), tf.AUTO_REUSE)  # <-
### known_name_of_a_number: cannot be seen
for i in range(int(os.environ["n"])):
    tf.layers.dense(x, 4, name="fc%d" % i, reuse=tf.AUTO_REUSE)
tf.layers.dense(x, 4, name="fc2", reuse=tf.AUTO_REUSE)  # <-
### known_name_that_goes_on_after_a_number: cannot be seen
for i in range(int(os.environ["n"])):
    tf.layers.dense(x, 4, name="fc%d_x" % i, reuse=tf.AUTO_REUSE)
tf.layers.dense(x, 4, name="fc2_x", reuse=tf.AUTO_REUSE)  # <-
### computed_names_one_of_which_begins_like_the_other: cannot be seen
net(x, "a%d" % os.getpid(), tf.AUTO_REUSE)
net(x, "a1%d" % os.getpid(), tf.AUTO_REUSE)  # <-
### other_activation: differ in activation
tf.layers.dense(x, 3, name="a", reuse=tf.AUTO_REUSE)
tf.layers.dense(x, 3, name="a", activation=tf.nn.relu, reuse=tf.AUTO_REUSE)  # <-
### other_bias: differ in use_bias
tf.layers.dense(x, 3, name="a")
tf.layers.dense(x, 3, name="a", use_bias=False, reuse=True)  # <-
### other_strides: differ in strides
image = tf.placeholder(tf.float32, [None, 8, 8, 1])
tf.layers.conv2d(image, 3, 3, name="c", reuse=tf.AUTO_REUSE)
tf.layers.conv2d(image, 3, 3, strides=2, name="c", reuse=tf.AUTO_REUSE)  # <-
### loop_over_one_name: not shown to differ
for i in range(2):
    tf.layers.dense(x, 4, name="a", reuse=tf.AUTO_REUSE)  # <-
### loop_over_modulo_names: not shown to differ
for i in range(4):
    tf.layers.dense(x, 4, name="a%d" % (i % 2), reuse=tf.AUTO_REUSE)  # <-
### loop_over_sizes: not shown to differ
for size in [4, 4]:
    tf.layers.dense(x, size, name="a%d" % size, reuse=tf.AUTO_REUSE)  # <-
### loop_over_numbers_side_by_side: not shown to differ
for i in range(20):
    for j in range(20):
        tf.layers.dense(x, 4, name="a%d%d" % (i, j), reuse=tf.AUTO_REUSE)  # <-
### loop_that_enters_the_scope_again: not shown to differ
for i in range(2):
    with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
        tf.layers.dense(x, 4)  # <-
### computed_names: cannot be seen
net(x, os.getcwd(), tf.AUTO_REUSE)
net(x, os.getlogin(), tf.AUTO_REUSE)  # <-
### numbered_after_reuse_variables: cannot be found
with tf.variable_scope("s") as s:
    tf.layers.dense(x, 3)
    s.reuse_variables()
    tf.layers.dense(x, 3)  # <-
### other_layer_to_reuse: cannot be found
tf.layers.dense(x, 3, name="a")
tf.layers.dense(x, 3, name="c", reuse=True)  # <-
""")


@pytest.mark.parametrize(("message", "body"), UNDECIDED)
def test_undecided(message: str, body: str) -> None:
    with pytest.raises(Refused) as refusal:
        shared(body)
    assert refusal.value.reason.code == "TFR213"
    assert message in refusal.value.reason.message
    assert getattr(refusal.value.reason.node, "lineno", 0) == marked_line(HEAD + BUILDERS + body)[1]


REFUSED = cases("""
### other_size: differ in n
a = net(x, n=3)
b = net(x, reuse=True, n=4)  # <-
pred = a + tf.reduce_sum(b)
### between_driver_and_function: between calls of different functions
with tf.variable_scope("net"):
    a = tf.layers.dense(x, 3, name="fc", kernel_regularizer=reg)
b = net(x, reuse=tf.AUTO_REUSE)  # <-
pred = a + b
""")


@pytest.mark.parametrize(("message", "body"), REFUSED)
def test_whole_unit_is_refused(message: str, body: str) -> None:
    program = HEAD + NET + body + TAIL
    result = unit(program)
    assert refusals(result) == [("TFR213", *marked_line(program))]
    assert message in result.diagnostics[0].message


def test_regularizer_of_the_second_call_is_ignored_and_reported() -> None:
    body = (
        "def one(t, r, reuse=None):\n"
        '    with tf.variable_scope("one", reuse=reuse):\n'
        "        return tf.layers.dense(t, 1, kernel_regularizer=r)\n"
        "pred = one(x, reg)\n"
        "pred = pred + one(x, None, reuse=True)  # <-\n"
    )
    result = unit(HEAD + body + TAIL)
    found = [(item.code, item.line) for item in result.diagnostics if item.code.startswith("TFR3")]
    assert (refusals(result), found) == ([], [("TFR303", marked_line(HEAD + body)[1])])


def test_unnamed_layers_of_a_loop_are_numbered_on_in_one_scope() -> None:
    program = (
        HEAD
        + "def network(x):\n    for units in (6, 5):\n        x = tf.layers.dense(x, units, kernel_regularizer=reg)\n"
        + "    return tf.layers.dense(x, 1)\n\n"
        + 'with tf.variable_scope("shared", reuse=tf.AUTO_REUSE):\n    first = network(x)\n'
        + "    pred = first + network(x)\n"
        + TAIL
    )
    assert [code for code, _, _ in refusals(unit(program))] == ["TFR213"]


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [("fc", "fc", True), ("fc", "fc_1", True), ("", "fc", True), ("fc_1", "fc_2", False), ("a", "b", False)],
)
def test_computed_names_that_may_be_equal(one: str, other: str, may_be: bool) -> None:
    first, second = (Computed(Python(), ast.Constant(prefix), prefix) for prefix in (one, other))
    assert may_be_equal((first,), (second,)) is may_be
    assert may_be_equal((second,), (first,)) is may_be


@pytest.mark.parametrize(("name", "may_be"), [("fc_1", True), ("fc", True), ("other", False), ("f", False)])
def test_a_known_name_that_a_computed_one_may_be(name: str, may_be: bool) -> None:
    computed = Computed(Python(), ast.Constant("fc"), "fc")
    assert may_be_equal((computed,), (name,)) is may_be
    assert may_be_equal((name,), (computed,)) is may_be


def test_a_computed_name_may_hold_scopes() -> None:
    first, second = (Computed(Python(), ast.Constant(text), text) for text in ("a", "a"))
    assert may_be_equal((first, "x"), (second,))
    assert may_be_equal((first,), (second, "x"))
    assert not may_be_equal((first, "x"), (first,))
    assert not may_be_equal((first, "x"), (first, "y"))
    assert may_be_equal((first, "x"), (first, "x"))


def test_what_may_have_been_set_is_another_value() -> None:
    flags = Flags({"scope": str})
    before = flags.value("scope")
    assert flags.value("scope") is before
    flags.forget()
    assert flags.value("scope") is not before
    assert flags.value("scope").type is None
