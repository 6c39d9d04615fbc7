"""Text at `graph` back as TF1 text, and programs at `graph` on to `tf2`."""

from pathlib import Path

import pytest

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.engine import migrate
from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.results import Status
from tf1to2_reg.targets.graph.undo import undone

IMPORTS = "import tensorflow.compat.v1 as tf\nfrom graph_layers import BatchNormalization, dense, graph_model\n"
PATH = Path("a.py")

CASES = [
    (
        'y = graph_model().add(tf.keras.layers.Dense(64, kernel_regularizer=r), name="fc")(x)',
        'y = tf.layers.dense(x, 64, kernel_regularizer=r, name="fc")',
    ),
    ("y = graph_model().add(tf.keras.layers.Dense(4))(x)", "y = tf.layers.dense(x, 4)"),
    (
        "y = graph_model().add(tf.keras.layers.Dense(4), 'a', True, False)(x)",
        "y = tf.layers.dense(x, 4, name='a', reuse=True, trainable=False)",
    ),
    (
        "y = graph_model().add(BatchNormalization(momentum=0.9), name='bn')(f(x), training=flag)",
        "y = tf.layers.batch_normalization(f(x), momentum=0.9, name='bn', training=flag)",
    ),
    (
        "y = graph_model().add(tf.keras.layers.Conv2D(3, 5, 1, 'same', None, 1, 1))(x)",
        "y = tf.layers.conv2d(x, 3, 5, 1, 'same', None, 1, activation=1)",
    ),
    ("y = tf.keras.layers.MaxPooling2D(2, 2)(x)", "y = tf.layers.max_pooling2d(x, 2, 2)"),
    ("y = tf.keras.layers.Flatten()(x)", "y = tf.layers.flatten(x)"),
    ("y = dense(x, units, name=n)", "y = tf.layers.dense(x, units, name=n)"),
    ("y = f(dense=1).dense, self.dense, a.b.dense", "y = f(dense=1).dense, self.dense, a.b.dense"),
    ("def f(dense=None): pass", "def f(dense=None): pass"),
    ("loss += tf.add_n(graph_model().losses)", "loss += tf.losses.get_regularization_loss()"),
    (
        "loss += tf.add_n(graph_model().losses or [tf.constant(0.0)])",
        "loss += tf.losses.get_regularization_loss()",
    ),
    ("for p in graph_model().losses: pass", "for p in tf.losses.get_regularization_losses(): pass"),
    ("y = graph_model().add(layer)(x)", "y = graph_model().add(layer)(x)"),
    ("y = graph_model().share(layer)(x)", "y = graph_model().share(layer)(x)"),
]


@pytest.mark.parametrize(("graph", "tf1"), CASES)
def test_expressions(graph: str, tf1: str) -> None:
    (file,) = undone([source_from_bytes(PATH, f"{IMPORTS}{graph}\n".encode())])
    assert file.tf1.text == f"import tensorflow.compat.v1 as tf\n{tf1}\n"


@pytest.mark.parametrize(("line", "name"), [("import graph_layers", "graph_layers"), ("import graph_layers as g", "g")])
def test_attributes_of_the_module(line: str, name: str) -> None:
    text = f"import tensorflow.compat.v1 as tf\n{line}\ny = {name}.dropout(x)\nother.dropout(x)\n"
    (file,) = undone([source_from_bytes(PATH, text.encode())])
    assert file.tf1.text == "import tensorflow.compat.v1 as tf\ny = tf.layers.dropout(x)\nother.dropout(x)\n"


def test_layout_and_comments_stay() -> None:
    text = IMPORTS + (
        "y = graph_model().add(tf.keras.layers.Dense(64,  # wide\n"
        "                                            kernel_regularizer=r), name='fc')(x)\n"
    )
    (file,) = undone([source_from_bytes(PATH, text.encode())])
    assert "# wide\n" in file.tf1.text
    assert "tf.layers.dense(x, " in file.tf1.text


@pytest.mark.parametrize(
    "text",
    [
        "import tensorflow as tf\ny = tf.keras.layers.Dense(3)(x)\n",
        "from graph_layers import dense\n",
        "x = 1\n",
    ],
)
def test_files_of_others_stay(text: str) -> None:
    (file,) = undone([source_from_bytes(PATH, text.encode())])
    assert file.tf1 is file.graph


def test_places_are_those_of_the_file() -> None:
    (file,) = undone([source_from_bytes(PATH, f"{IMPORTS}\nsaver = tf.train.Saver()\n".encode())])
    placed = file.placed(Diagnostic("TFR204", PATH, 3, 9, "a saver"))
    assert (placed.line, placed.column) == (4, 9)


PROGRAM = """\
import numpy as np
import tensorflow.compat.v1 as tf

from graph_layers import graph_model

tf.disable_v2_behavior()
x = tf.placeholder(tf.float32, [None, 4])
y = tf.placeholder(tf.float32, [None, 1])
l2 = tf.keras.regularizers.L2(0.5 * 0.1)
h = graph_model().add(tf.keras.layers.Dense(8, activation=tf.nn.tanh, kernel_regularizer=l2))(x)
out = graph_model().add(tf.keras.layers.Dense(1))(h)
loss = tf.reduce_mean(tf.square(out - y)) + tf.add_n(graph_model().losses)
train = tf.train.AdamOptimizer(0.01).minimize(loss)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(3):
        print(sess.run([loss, train], {x: np.ones([2, 4]), y: np.ones([2, 1])})[0])
"""
MODULE = "def graph_model():\n    pass\n"


def test_program_goes_on_to_tf2() -> None:
    files = [source_from_bytes(Path(n), t.encode()) for n, t in (("a.py", PROGRAM), ("graph_layers.py", MODULE))]
    (unit,) = migrate(files, TargetChoice.TF2)
    assert unit.status is Status.MIGRATED
    text = unit.new_sources[PATH].decode()
    assert "class Model(tf.keras.Model):" in text
    assert "self.dense = tf.keras.layers.Dense(8," in text
    assert "graph_" not in text


def test_what_holds_a_program_back_has_its_place() -> None:
    text = PROGRAM.replace("with tf.Session", "saver = tf.train.Saver(sharded=True)\nwith tf.Session")
    (unit,) = migrate([source_from_bytes(PATH, text.encode())], TargetChoice.TF2)
    assert unit.status is Status.REFUSED
    assert ("TFR204", 14) in {(reason.code, reason.line) for reason in unit.diagnostics}
