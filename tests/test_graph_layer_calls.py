"""Calls of tf.layers: which become a Keras layer in place, and which the drop-in of the same signature."""

from __future__ import annotations

import textwrap

import pytest
from graph_programs import after, body, line, reasons

ADD = "graph_model().add(tf.keras.layers."


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("tf.layers.dense(x, 3)", f"{ADD}Dense(3))(x)"),
        ("tf.layers.dense(inputs=x, units=3)", f"{ADD}Dense(units=3))(x)"),
        ("tf.layers.dense(units=3, inputs=x)", f"{ADD}Dense(units=3))(x)"),
        ("tf.layers.dense(x, 3, name='a')", f"{ADD}Dense(3), name='a')(x)"),
        ("tf.layers.dense(x, 3, name='a', reuse=True)", f"{ADD}Dense(3), name='a', reuse=True)(x)"),
        ("tf.layers.dense(x, 3, trainable=False)", f"{ADD}Dense(3), trainable=False)(x)"),
        ("tf.layers.dense(x, 3, tf.nn.relu, False)", f"{ADD}Dense(3, tf.nn.relu, False))(x)"),
        ("tf.layers.dense(x, 3, activation='relu')", f"{ADD}Dense(3, activation='relu'))(x)"),
        ("tf.layers.dense(x, 3, activation=None)", f"{ADD}Dense(3, activation=None))(x)"),
        ("tf.layers.dense(x, 3, lambda t: t * 2)", f"{ADD}Dense(3, lambda t: t * 2))(x)"),
        ("tf.layers.dense(x, 3 * 2)", f"{ADD}Dense(3 * 2))(x)"),
        ("tf.layers.dense((x), 3)", f"{ADD}Dense(3))((x))"),
        ("tf.layers.dense(tf.layers.dense(x, 3), 4)", f"{ADD}Dense(4))({ADD}Dense(3))(x))"),
        (
            "tf.layers.dense(x, 3, kernel_initializer=tf.zeros_initializer())",
            f"{ADD}Dense(3, kernel_initializer=tf.zeros_initializer()))(x)",
        ),
        ("tf.layers.conv2d(x, 4, 3, 2, 'same')", f"{ADD}Conv2D(4, 3, 2, 'same'))(x)"),
        ("tf.layers.conv2d(x, 4, [3, 3], padding='SAME')", f"{ADD}Conv2D(4, [3, 3], padding='SAME'))(x)"),
        (
            "tf.layers.conv2d(x, 4, 3, 1, 'same', 'channels_last', 1, tf.nn.relu)",
            f"{ADD}Conv2D(4, 3, 1, 'same', 'channels_last', 1, activation=tf.nn.relu))(x)",
        ),
        ("tf.layers.conv2d_transpose(x, 4, 3, name='up')", f"{ADD}Conv2DTranspose(4, 3), name='up')(x)"),
        (
            "tf.layers.conv2d_transpose(x, 4, 3, 2, 'same', 'channels_last')",
            f"{ADD}Conv2DTranspose(4, 3, 2, 'same', data_format='channels_last'))(x)",
        ),
        ("tf.layers.separable_conv2d(x, 4, 3)", f"{ADD}SeparableConv2D(4, 3))(x)"),
        ("tf.layers.max_pooling2d(x, 2, 2)", f"{ADD}MaxPooling2D(2, 2))(x)"),
        ("tf.layers.average_pooling1d(x, 2, strides=1)", f"{ADD}AveragePooling1D(2, strides=1))(x)"),
        ("tf.layers.flatten(x)", f"{ADD}Flatten())(x)"),
        ("tf.layers.flatten(x, 'flat')", f"{ADD}Flatten(), name='flat')(x)"),
    ],
)
def test_shown_arguments_go_to_keras(before: str, expected: str) -> None:
    assert line(before) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("tf.layers.dense(x, 3, 'hard_sigmoid')", "dense(x, 3, 'hard_sigmoid')"),
        ("tf.layers.dense(x, 3, unknown)", "dense(x, 3, unknown)"),
        ("tf.layers.dense(x, 3, kernel_initializer='he_normal')", "dense(x, 3, kernel_initializer='he_normal')"),
        ("tf.layers.dense(x, 3, kernel_regularizer=unknown)", "dense(x, 3, kernel_regularizer=unknown)"),
        ("tf.layers.dense(x, 3, kernel_constraint=unknown)", "dense(x, 3, kernel_constraint=unknown)"),
        ("tf.layers.dense(x, 3, activity_regularizer=unknown)", "dense(x, 3, activity_regularizer=unknown)"),
        ("tf.layers.dense(x, 3, **unknown)", "dense(x, 3, **unknown)"),
        ("tf.layers.dense(*unknown)", "dense(*unknown)"),
        ("tf.layers.conv2d(x, unknown, 3)", "conv2d(x, unknown, 3)"),
        ("tf.layers.conv2d(x, 4, 3.0)", "conv2d(x, 4, 3.0)"),
        ("tf.layers.conv2d(x, 4, 3, padding=unknown)", "conv2d(x, 4, 3, padding=unknown)"),
        ("tf.layers.dense(unknown(), 3, name=unknown())", "dense(unknown(), 3, name=unknown())"),
        ("tf.layers.dropout(x, 0.5, training=True)", "dropout(x, 0.5, training=True)"),
        ("tf.layers.batch_normalization(x, training=unknown)", "batch_normalization(x, training=unknown)"),
        ("tf.layers.Dense(3, name='a')", "Dense(3, name='a')"),
        ("{'a': tf.layers.dense}", "{'a': dense}"),
        ("getattr(tf.layers, 'dense')(x, 3)", "dense(x, 3)"),
        ("getattr(tf.layers, unknown)(x, 3)", "getattr(graph_layers, unknown)(x, 3)"),
        ("tf.contrib.layers.flatten(x)", "contrib_flatten(x)"),
        ("tf.contrib.slim.flatten(x, scope='f')", "contrib_flatten(x, scope='f')"),
        ("tf.contrib.layers.xavier_initializer()", "xavier_initializer()"),
        ("tf.contrib.layers.one_hot_encoding(x, 3)", "one_hot_encoding(x, 3)"),
    ],
)
def test_what_is_not_shown_gets_the_drop_in(before: str, expected: str) -> None:
    setup = "" if "layers" in before and "contrib" not in before else "tf.layers.flatten(x)\n"
    assert line(before, setup) == expected


def test_units_of_any_kind_are_made_an_int_as_in_tf1() -> None:
    assert line("tf.layers.dense(x, x.shape[1].value)") == f"{ADD}Dense(int(x.shape[1].value)))(x)"
    assert line("tf.layers.dense(x, units=n)") == f"{ADD}Dense(units=int(n)))(x)"


@pytest.mark.parametrize(
    ("setup", "is_shown"),
    [
        ("n = 3\n", True),
        ("n = 3\nn = 4.0\n", False),
        ("n = 3\nn += 1\n", False),
        ("n, m = 3, 4\n", True),
        ("n, *m = 3, 4\n", False),
        ("for n in [3, 4]:\n    pass\n", True),
        ("for i, n in enumerate((3, 4)):\n    pass\n", True),
        ("for n in range(3):\n    pass\n", True),
        ("for n in [3, 4.0]:\n    pass\n", False),
        ("with open('f') as n:\n    pass\n", False),
        ("n = len('abc')\n", True),
        ("def len(x):\n    return 3.0\nn = len('abc')\n", False),
        ("n = 3 if x else 4\n", True),
        ("n = 3 if x else None\n", False),
        ("n = n2 = 3\n", True),
        ("n = 3\nexec('n = 4.0')\n", False),
    ],
)
def test_a_name_is_shown_where_all_that_binds_it_is(setup: str, is_shown: bool) -> None:
    expected = f"{ADD}Conv2D(n, 3))(x)" if is_shown else "conv2d(x, n, 3)"
    assert line("tf.layers.conv2d(x, n, 3)", setup) == expected


@pytest.mark.parametrize(
    ("calls", "is_shown"),
    [
        ("build(x, 3)\nbuild(x, n=4)\n", True),
        ("build(x)\n", True),
        ("build(x, 3)\nbuild(x, 4.0)\n", False),
        ("build(x, *[3])\n", False),
        ("build(x, **{'n': 3})\n", False),
        ("build(x, 3)\napply(build)\n", False),
        ("build(x, 3)\nglobals()['build'](x, 4.0)\n", False),
        ("build(x, 3)\ngetattr(x, name)\nprint('build')\n", False),
        ("", False),
    ],
)
def test_a_parameter_is_shown_where_all_calls_are(calls: str, is_shown: bool) -> None:
    program = f"def build(x, n=3):\n    return tf.layers.conv2d(x, n, 3)\n\n\n{calls}print(1)\n"
    expected = f"{ADD}Conv2D(n, 3))(x)" if is_shown else "conv2d(x, n, 3)"
    assert expected in body(program)


def test_a_parameter_of_a_function_of_another_file() -> None:
    files = {
        "main.py": "import tensorflow as tf\nfrom net import build\nbuild(tf.zeros([1, 2]), 4.0)\n",
        "net.py": "import tensorflow as tf\n\n\ndef build(x, n=3):\n    return tf.layers.conv2d(x, n, 3)\n",
    }
    assert "return conv2d(x, n, 3)" in after(files)["net.py"]


def test_an_attribute_is_shown_where_all_stores_are() -> None:
    program = """\
        class Net:
            def __init__(self, x):
                self.n = {n}
                self.out = tf.layers.conv2d(x, self.n, 3)


        Net(x)
        """
    assert f"{ADD}Conv2D(self.n, 3))(x)" in body(program.format(n=3))
    assert "conv2d(x, self.n, 3)" in body(program.format(n=3.0))
    assert "= conv2d(x, self.n, 3)" in body(textwrap.dedent(program.format(n=3)) + "net.n = 4.0\n")


@pytest.mark.parametrize(
    ("setup", "is_shown"), [("", True), ("config.N = 4.0\n", False), ("setattr(config, 'N', 4.0)\n", False)]
)
def test_a_constant_of_another_file(setup: str, is_shown: bool) -> None:
    files = {
        "main.py": f"import tensorflow as tf\nimport config\n{setup}tf.layers.conv2d(x, config.N, 3)\n",
        "other.py": "import tensorflow as tf\nfrom config import N\ntf.layers.conv2d(x, N, 3)\n",
        "config.py": "N = 3\n",
    }
    found = after(files)
    assert (f"{ADD}Conv2D(config.N, 3))(x)" in found["main.py"]) is is_shown
    assert (f"{ADD}Conv2D(N, 3))(x)" in found["other.py"]) is is_shown


def test_layout_and_comments_stay() -> None:
    program = """\
        y = tf.layers.dense(x, 3,  # how many
                            activation=tf.nn.relu,
                            # no bias
                            use_bias=False, name="a")  # the layer
        z = tf.layers.dense(
            y,
            3,
            use_bias=False,
        )
        w = tf.layers.dense(  # here
            y, 3)
        """
    assert body(program) == (
        "y = graph_model().add(tf.keras.layers.Dense(3,  # how many\n"
        "                                            activation=tf.nn.relu,\n"
        "                                            # no bias\n"
        '                                            use_bias=False), name="a")(x)  # the layer\n'
        "z = graph_model().add(tf.keras.layers.Dense(\n"
        "    3,\n"
        "    use_bias=False,\n"
        "))(y)\n"
        "w = dense(  # here\n"
        "    y, 3)\n"
    )


def test_strings_over_several_lines_stay() -> None:
    program = 'y = tf.layers.dense(x, 3, name="""a\n                    b""")\n'
    assert body(program) == 'y = graph_model().add(tf.keras.layers.Dense(3), name="""a\n                    b""")(x)\n'


def test_names_of_the_file_are_not_shadowed() -> None:
    program = (
        "def dense(x, **k):\n    return tf.layers.dense(x, **k)\n\n\nprint(dense(x, units=3), tf.layers.Dense(3))\n"
    )
    text = after("import tensorflow as tf\n" + program)["main.py"]
    assert "import graph_layers\nfrom graph_layers import Dense\n" in text
    assert "return graph_layers.dense(x, **k)" in text


def test_without_a_name_for_tensorflow_the_drop_in_is_imported() -> None:
    text = after("from tensorflow.layers import dense, conv2d as conv\nprint(dense(x, 3), conv(x, 4, 3))\n")["main.py"]
    assert "from graph_layers import conv2d as conv, dense\n" in text
    assert "print(dense(x, 3), conv(x, 4, 3))" in text


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("class A(tf.layers.Layer):\n    pass\n", "TFR401"),
        ("class A(tf.layers.Dense):\n    def call(self, x):\n        return x\n", "TFR407"),
        ("tf.layers.batch_normalization(x, virtual_batch_size=2)\n", "TFR407"),
        ("tf.layers.batch_normalization(x, axis=[1, 2])\n", "TFR407"),
        ("with tf.variable_scope('a', partitioner=p):\n    tf.layers.flatten(x)\n", "TFR407"),
        ("tf.enable_eager_execution()\ntf.layers.flatten(x)\n", "TFR407"),
        ("tf.layers.flatten = x\ntf.layers.flatten(x)\n", "TFR403"),
        ("f = tf.layers.Layer(name='a')\n", "TFR401"),
        ("BASE = tf.layers.Layer\n", "TFR401"),
        ("print(tf.layers.Dense(3).get_config())\n", "TFR407"),
        ("tf.layers.experimental.set_keras_style()\n", "TFR401"),
    ],
)
def test_what_keras_cannot_follow_is_refused(program: str, code: str) -> None:
    assert [reason[0] for reason in reasons("import tensorflow as tf\n" + program)] == [code]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("isinstance(x, tf.layers.Layer)", "isinstance(x, Layer)"),
        ("isinstance(x, (int, tf.layers.Layer))", "isinstance(x, (int, Layer))"),
    ],
)
def test_the_class_of_all_layers_is_asked_for(before: str, expected: str) -> None:
    assert line(before) == expected


def test_the_class_of_all_layers_in_annotations() -> None:
    program = "def f(a: tf.layers.Layer, b: 'x' = 1) -> Optional[tf.layers.Layer]:\n    c: List[tf.layers.Layer] = []\n"
    assert body(program + "print(f)\n").count("[Layer]") == 2


def test_a_member_that_the_program_has_itself_is_no_layers() -> None:
    program = (
        "class Net:\n    def get_config(self):\n        return {}\nprint(Net().get_config(), tf.layers.Dense(3))\n"
    )
    assert "Net().get_config(), Dense(3)" in body(program)


@pytest.mark.parametrize(
    ("member", "known"),
    [("size = 1", True), ("act = 'relu'", False), ("def act(self, t):\n        return t", False)],
)
def test_an_attribute_is_known_where_only_the_object_has_it(member: str, known: bool) -> None:
    program = f"""\
import tensorflow as tf


class Net:
    {member}

    def __init__(self):
        self.act = tf.nn.relu

    def build(self, x):
        return tf.layers.dense(x, 3, activation=self.act)


Net().build(tf.placeholder(tf.float32, [None, 4]))
"""
    assert ("tf.keras.layers.Dense" in after(program)["main.py"]) is known
