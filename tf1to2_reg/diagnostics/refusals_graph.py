"""TFR4xx: what keeps a program from the graph target, `tensorflow.compat.v1` with Keras 3 layers."""

from __future__ import annotations

from tf1to2_reg.diagnostics.page import Page

PAGES = (
    Page(
        "TFR401",
        "a name that TensorFlow lost",
        why="""\
TensorFlow 2.21 does not have the name, not under `tensorflow.compat.v1` either: `tf.contrib`, `tf.estimator`,
`tf.nn.rnn_cell` and a few dozen others are gone. A program that uses it cannot run there. Names of `tf.contrib` that
are the same thing as a name that stayed migrate; so do its regularizers and initializers, and
`tf.estimator.Estimator` with all that belongs to it.""",
        help="""\
Every such name of the program is listed. Replace each in the TF1 program by something that stayed, and check that the
program trains as before. With `--partial` the rest of the program migrates all the same: what is left raises an
AttributeError or an ImportError where it stands.""",
        before="""\
net = tf.contrib.layers.fully_connected(net, 64)
""",
        after="""\
net = tf.layers.dense(net, 64, activation=tf.nn.relu)
""",
    ),
    Page(
        "TFR402",
        "a name that is private to TensorFlow, or unknown",
        why="""\
Names below `tensorflow.python` are not part of TensorFlow's interface; they moved, changed and went without notice.
Those that are the same object as a public name in 1.15 are accepted, and become that name where 2.21 does not have
them. A name that neither version has publicly is a spelling mistake, or older than TensorFlow 1.15.""",
        help="Use the public name for the same thing, which most private names have.",
        before="""\
from tensorflow.python.layers import base
""",
        after="""\
layer = tf.layers.Dense(64)
""",
    ),
    Page(
        "TFR403",
        "TensorFlow is used in a way that hides which names are taken",
        why="""\
The program hands `tf` or one of its modules to code that the tool cannot follow, imports `*` from it, imports it by a
call, evaluates text, or replaces one of its names. Which names it needs is not known then, and a name that is gone
would be found when the program runs.""",
        help="Write the name out, or choose among a dict of functions.",
        before="""\
optimizer = getattr(tf, name)(0.1)
""",
        after="""\
OPTIMIZERS = {"adam": tf.train.AdamOptimizer, "sgd": tf.train.GradientDescentOptimizer}
optimizer = OPTIMIZERS[name](0.1)
""",
    ),
    Page(
        "TFR404",
        "no place for graph_layers.py",
        why="""\
The migrated files import `graph_layers.py`, which is written beside the script that starts the program. The files of
this program, or of the programs that share a file with it, are imported from several folders, so that no one place is
found by all of them; or every name that the module could have is taken.""",
        help="""\
Run the tool on one program at a time, start the scripts from one folder, or make the shared files a package that all
of them import in the same way.""",
    ),
    Page(
        "TFR405",
        "Keras 2 inside a TF1 graph",
        why="""\
`tf.keras` of TensorFlow 1.15 is Keras 2, that of 2.21 is Keras 3. In a graph, Keras 3 layers draw the same weights at
every run of the initializer, never move their averages, drop the same units at every step, and have other variable
names. The program would run and compute something else.""",
        help="""\
Write the layers with `tf.layers`, which migrates. Pooling, `Dropout` and `GaussianDropout`, regularizers, data sets and
utilities of Keras are accepted.""",
        before="""\
net = tf.keras.layers.Dense(64, activation="relu")(net)
""",
        after="""\
net = tf.layers.dense(net, 64, activation=tf.nn.relu)
""",
    ),
    Page(
        "TFR406",
        "the program asks for TensorFlow's version",
        why="""\
What the program does depends on TensorFlow's version, and the version is another after the migration. Messages that
show it are accepted, and comparisons whose outcome is the same for 1.15 and 2.21.""",
        help="Take the question out, with the branch that is not for TensorFlow 1.15.",
        before="""\
if tf.__version__.startswith("0."):
    opening = tf.initialize_all_variables
else:
    opening = tf.global_variables_initializer
""",
        after="""\
opening = tf.global_variables_initializer
""",
    ),
    Page(
        "TFR407",
        "a layer or a scope that Keras 3 cannot follow",
        why="""\
Partitioned variables, batch normalization with `virtual_batch_size`, `adjustment` or several axes, and eager
execution have no form with the same numbers. Layer objects have their weights, `losses`, `updates` and arguments, and
not what Keras 2 adds to them, such as `get_config` or `get_updates_for`. An own class may inherit from a layer of
`tf.layers` as long as it chooses arguments and adds methods; one that overrides `call` or `build`, or uses attributes
of its base, depends on how TensorFlow 1 is written.""",
        help="""\
Leave the argument out if it has no effect on what you train; write an own layer as a function of `tf.get_variable`
weights.""",
        before="""\
with tf.variable_scope("net", partitioner=tf.fixed_size_partitioner(2)):
    net = tf.layers.dense(net, 64)
""",
        after="""\
with tf.variable_scope("net"):
    net = tf.layers.dense(net, 64)
""",
    ),
    Page(
        "TFR408",
        "a library that needs TensorFlow 1",
        why="""\
The program imports a library that builds TF1 graphs with parts that TensorFlow 2.21 lost, or that has another meaning
beside it, as the package `keras` has.""",
        help="""\
Write that part of the program with TensorFlow alone, or look whether a release of the library for TensorFlow 2 gives
the same numbers.""",
    ),
    Page(
        "TFR409",
        "graph_layers.py was changed",
        why="""\
The `graph_layers.py` beside the program is not what this version of the tool writes: somebody changed it, which is
their right, or another version wrote it. The program needs more than it has, and what the tool would add may not go
with the changes. A changed file that has all that is needed stays as it is.""",
        help="""\
Move the file away, run the tool, and bring the changes into the new file: it has the same parts, and those that are
missing.""",
    ),
    Page(
        "TFR419",
        "a part that is to be left as it is would have to change",
        why="""\
`# tf1to2-reg: skip` stands there, and at `graph` that part has another form. Without it the rest of the program would
be half migrated: a layer that stays adds its penalty to a collection that nobody reads any more.""",
        help="Take the comment away, or put it at less.",
        before="net = tf.layers.dense(x, 8, kernel_regularizer=l2)  # tf1to2-reg: skip\n",
    ),
)
