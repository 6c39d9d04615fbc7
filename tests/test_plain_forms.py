"""Plain forms: what is written out, and what is left alone because it may mean something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.syntax.variables import stored_attributes
from tf1to2_reg.targets.tf2.plain import inherited, plain
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.steady import named_outside
from tf1to2_reg.targets.tf2.plain.text import edited

HEAD = "from functools import partial\nimport functools\nimport tensorflow as tf\n"


def plain_text(text: str) -> str:
    return plain([source_from_bytes(Path("/p/main.py"), (HEAD + text).encode())]).sources[0].text


WRITTEN_OUT = [
    (
        "f = lambda t, n=2, *, r=None: tf.layers.dense(t, n, kernel_regularizer=r)\n",
        "def f(t, n=2, *, r=None):\n    return tf.layers.dense(t, n, kernel_regularizer=r)\n",
    ),
    ("c = tf.get_default_graph().get_collection('a', scope='b')\n", "c = tf.get_collection('a', scope='b')\n"),
    (
        "f = partial(tf.layers.dense, units=3)\nh = f(x)\nh = f(h, activation=None)\n",
        "h = tf.layers.dense(x, units=3)\nh = tf.layers.dense(h, activation=None, units=3)\n",
    ),
    (
        "f = functools.partial(g, 1, k=2)\nf()\nf(3, k=4)\nf(f(5))\n",
        "g(1, k=2)\ng(1, 3, k=4)\ng(1, g(1, 5, k=2), k=2)\n",
    ),
    ("f = partial(g, [2, 3])\nf(\n    x,\n)\n", "g([2, 3],\n    x,\n)\n"),
    (
        "f = partial(g, r=tf.contrib.layers.l2_regularizer(s))\nf((x))\n",
        "g((x), r=tf.contrib.layers.l2_regularizer(s))\n",
    ),
    ("o = {'a': 1, 'b': tf.nn.relu}\nf(x, **o)\n", "f(x, a=1, b=tf.nn.relu)\n"),
    ("o = dict(a=1)\nf(**dict(o, a=2), b=3)\nf(**o)\n", "f(a=2, b=3)\nf(a=1)\n"),
    ("f(**{'a': 1})\n", "f(a=1)\n"),
    (
        "loss = tf.losses.absolute_difference(y, tf.layers.dense(x, 1))\n",
        "output = tf.layers.dense(x, 1)\nloss = tf.losses.absolute_difference(y, output)\n",
    ),
    (
        (
            "def w(n, s=0.1):\n    i = tf.truncated_normal(n, stddev=s)\n    return tf.Variable(i)\n"
            "a = w([2])\nb = w([3], 1)\n"
        ),
        "a = tf.Variable(tf.truncated_normal([2], stddev=0.1))\nb = tf.Variable(tf.truncated_normal([3], stddev=1))\n",
    ),
    (
        "with tf.variable_scope('a', regularizer=r):\n    h = tf.layers.dense(x, 3)\n",
        "with tf.variable_scope('a'):\n    h = tf.layers.dense(x, 3, kernel_regularizer=r, bias_regularizer=r)\n",
    ),
    (
        "with tf.variable_scope('a', initializer=i, reuse=True):\n    h = tf.layers.dense(x, 3, use_bias=u)\n",
        "with tf.variable_scope('a', reuse=True):\n    h = tf.layers.dense(x, 3, use_bias=u, kernel_initializer=i)\n",
    ),
    (
        "with tf.variable_scope('a', regularizer=r):\n    w = tf.get_variable('w', [2])\n    v = tf.Variable(1.0)\n",
        "with tf.variable_scope('a'):\n    w = tf.get_variable('w', [2], regularizer=r)\n    v = tf.Variable(1.0)\n",
    ),
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN_OUT)
def test_written_out(text: str, expected: str) -> None:
    found = plain_text(text)

    assert found.endswith("import tensorflow as tf\n" + expected)


LEFT_ALONE = [
    "f = lambda t: tf.nn.relu(t)\n",
    "f = lambda t: tf.layers.flatten(t); g = 1\n",
    "f = g = lambda t: tf.layers.flatten(t)\n",
    "c = tf.get_default_graph().get_collection(name='a')\n",
    "c = graph().get_collection('a')\n",
    # an argument that is another at a call
    "k = 1\nf = partial(g, k)\nk = 2\nf()\n",
    "for k in (1, 2):\n    f = partial(g, k)\nf()\n",
    "f = partial(g, self.k)\nself.k = 1\nself.k = 2\nf()\n",
    "k = 1\nf = partial(g, k)\ndef h(k):\n    return f(k)\n",
    # an argument that does something when it is evaluated
    "f = partial(g, draw())\nf()\nf()\n",
    "f = partial(g, k.pop())\nf()\n",
    # a partial function that is more than called, or another one later
    "f = partial(g, 1)\nf()\nkeep(f)\n",
    "f = partial(g, 1)\nf()\nf = partial(g, 2)\nf()\n",
    "f = partial(g, 1)\nf(*rest)\n",
    "f = partial(g, **options())\nf()\n",
    # a dict that changes, or of which not every key is known
    "o = {'a': 1}\no['a'] = 2\nf(**o)\n",
    "o = {'a': 1}\no.update(b=1)\nf(**o)\n",
    "o = {'a': 1}\nkeep(o)\nf(**o)\n",
    "o = {k: 1}\nf(**o)\n",
    "o = {'a': 1}\nf(a=2, **o)\n",
    "o = {'a': draw()}\nf(**o)\n",
    # a function that makes a variable and does more, or gets what is not the same everywhere
    "def w(n):\n    print(n)\n    return tf.get_variable(n, [2])\na = w('a')\n",
    "def w(n):\n    return tf.get_variable(n, [2]), tf.get_variable(n + 'b', [2])\na = w('a')\n",
    "def w(n):\n    return tf.get_variable(n, [2])\na = [w(n) for w in ws]\n",
    "def w(n):\n    return tf.get_variable(n, [2])\nmap(w, ['a'])\n",
    "def w(n):\n    return tf.get_variable(n, [2])\na = w(*names)\n",
    "def w(n, s):\n    return tf.get_variable(n, [s, s])\na = w('a', draw())\n",
    "def w(n, s):\n    return tf.get_variable(s(), n)\na = w(draw(), make())\n",
    "def w(n, s=[2]):\n    return tf.get_variable(n, s)\na = w('a')\n",
    "k = 1\ndef w(n):\n    return tf.get_variable(n, [k])\ndef f(k):\n    return w('a')\n",
    # a layer that something else comes before
    "loss = tf.losses.absolute_difference(draw(), tf.layers.dense(x, 1))\n",
    "loss = tf.losses.absolute_difference(y, tf.layers.dense(x, 1) if t else y)\n",
    # scopes whose options reach further than the text shows
    "with tf.variable_scope('a', regularizer=r):\n    h = build(x)\n",
    "with tf.variable_scope('a', regularizer=r):\n    h = tf.layers.dense(x, 3, kernel_regularizer=tf.nn.l2_loss)\n",
    "with tf.variable_scope('a', regularizer=r):\n    w = tf.get_variable('w', [2], regularizer=own)\n",
    "with tf.variable_scope('a', regularizer=r):\n    h = tf.layers.batch_normalization(x)\n",
    "with tf.variable_scope('a', regularizer=r):\n    h = tf.layers.Dense(3)(x)\n",
    "with tf.variable_scope('a', regularizer=r) as scope:\n    h = tf.layers.dense(x, 3)\n",
    "with tf.variable_scope('a', regularizer=r):\n    h = tf.layers.separable_conv2d(x, 3, 3)\n",
    "with tf.variable_scope('a', regularizer=r):\n    scope = tf.get_variable_scope()\n",
    "with tf.variable_scope('a', regularizer=r):\n    with tf.variable_scope(outer):\n        tf.layers.dense(x, 3)\n",
    "with tf.variable_scope('a', regularizer=r):\n    h = tf.nn.dynamic_rnn(cell, x)\n",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_left_alone(text: str) -> None:
    assert plain_text(text) == HEAD + text


def test_places_are_those_of_the_own_text() -> None:
    text = HEAD + "f = partial(g, 1)\ny = 2; f(3); h(4)\n"
    source = source_from_bytes(Path("/p/main.py"), text.encode())
    forms = plain([source])
    line = forms.sources[0].text.split("\n").index("y = 2; g(1, 3); h(4)") + 1

    assert forms._place(source.path, line, 1) == (5, 1)
    assert forms._place(source.path, line, 17) == (5, 14)


BASE = "class Base:\n    k = 1\n\n    def f(self):\n        return self.g()\n\n    def g(self):\n        return 1\n\n\n"


def joined(text: str) -> str:
    source = source_from_bytes(Path("/p/main.py"), text.encode())
    file = File(source, stored_attributes([source.tree]), frozenset(named_outside(source.tree)))
    return edited(source, inherited.edits(file)).source.text


def test_methods_of_the_base_come_along() -> None:
    text = (
        BASE
        + "class Net(Base):\n    def g(self):\n        return super().g() + 1\n\n    def h(self):\n        return 3\n"
    )

    found: dict[str, object] = {}
    exec(compile(joined(text), "main.py", "exec"), found)
    net = found["Net"]
    assert "Base" not in found
    assert isinstance(net, type)
    assert (net().f(), net().h(), net.k) == (2, 3, 1)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "rest",
    [
        "class Net(Base):\n    pass\nBase()\n",
        "class Net(Base):\n    pass\nclass Other(Base):\n    pass\n",
        "class Net(Base):\n    def __init__(self):\n        self.__own = 1\n",
        "class Net(Base):\n    def g(self):\n        return type(self)\n",
        "class Net(Base):\n    def g(self):\n        return super()\n",
        "class Net(Base):\n    def g(self):\n        return super(Other, self).g()\n",
        "class Net(Base):\n    k = draw()\n",
        "class Net(Base, Mixin):\n    pass\n",
        "@register\nclass Net(Base):\n    pass\n",
        "class Net(Base):\n    pass\nvalue = getattr(module, 'Base')\n",
    ],
)
def test_classes_that_stay_two(rest: str) -> None:
    assert joined(BASE + rest) == BASE + rest
