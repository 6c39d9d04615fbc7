"""TFR2xx: parts of TF1 that a program uses and that are not migrated, or not in this form."""

from __future__ import annotations

from tf1to2_reg.diagnostics.page import Page
from tf1to2_reg.facts.layers import LAYERS

_LAYERS = ", ".join(f"`{symbol.removeprefix('tf.layers.')}`" for symbol in LAYERS)

PAGES = (
    Page(
        "TFR201",
        "layer not supported",
        why="""\
The program builds a layer that this version does not migrate. Each layer has defaults, argument orders and
numerical habits of its own, and each is added only with a proof that its numbers are the same.

"""
        f"These migrate: {_LAYERS}, and the classes of the same layers but that of batch normalization.",
        help="""\
Replace the layer in the TF1 program by one that migrates, if there is an equal one; check that it trains as before.""",
    ),
    Page(
        "TFR202",
        "optimizer or train op not supported",
        why="""\
The tool has to know what a training step computes: which gradients, of what, and how they change the variables.
This optimizer, or this way to make the train op, is not among those whose steps were compared with TF1.""",
        help="""\
`minimize(loss)`, and `compute_gradients` with clipping and `apply_gradients`, migrate for the optimizers of
`tf.train` that are listed in the README. Write the train op in one of these forms.""",
    ),
    Page(
        "TFR203",
        "graph collection not understood",
        why="""\
TF2 has no collections. Reads of the regularization losses, of all losses and of the update ops are migrated; other
collections can hold anything that anyone put in, and the tool cannot say what a read returns.""",
        help="Pass the tensors to where they are needed as arguments or in a list of your own.",
        before="""\
tf.add_to_collection("activations", net)
activations = tf.get_collection("activations")
""",
        after="""\
activations = [net]
""",
    ),
    Page(
        "TFR204",
        "saver or checkpoint",
        why="""\
A saver of all variables migrates (TFR117). What a program does besides with savers and checkpoints has no exact form:
a saver of some variables or one that is made before the others are, files with the ending `.meta` and the graphs in
them, readers that find variables by their TF1 names.""",
        help="""\
Make one `tf.train.Saver()` of everything after the train op, and use `save`, `restore` and `last_checkpoints` of it.
To read single variables of an old checkpoint, use `tf.train.load_checkpoint` after the migration.""",
        before="""\
saver = tf.train.import_meta_graph(path + ".meta")
""",
    ),
    Page(
        "TFR205",
        "summary",
        why="""\
Scalars and histograms that a session fetches and a `FileWriter` writes migrate (TFR118). What has no exact form, or
cannot be followed: images, audio and text, summaries made in loops, branches and builders, a fetched summary that is
used for anything but to be written, and tags that TF1 may have numbered: it gives a summary another name where an op,
a scope or another summary has its name already, if only in capitals ("mean" beside the op "Mean").""",
        help="""\
Give each summary a name that nothing else has, bind what it shows to a name, and merge all of them in one place.""",
        before="""\
mean = tf.reduce_mean(weights)
tf.summary.scalar("mean", mean)  # is mean_1 in the event file
""",
    ),
    Page(
        "TFR206",
        "data iterator, queue or reader",
        why="""\
The network's inputs come from a `tf.data` iterator, a queue or a reader: each `sess.run` takes the next element by
itself. In TF2 the loop takes the elements and calls the step, so the loop has to change, and with it where the data
end.""",
        help="Feed the batches through placeholders, for example from a NumPy generator.",
        before="""\
x, y = dataset.make_one_shot_iterator().get_next()
""",
        after="""\
x = tf.placeholder(tf.float32, [None, 12])
y = tf.placeholder(tf.int32, [None])
""",
    ),
    Page(
        "TFR212",
        "TF name without an exact TF2 spelling",
        why="""\
The file uses a name of TF1 that TF2 does not have, or that computes something else there. A migrated file must run
without TF1, so every such name needs an equal one.""",
        help="Replace the name by one that both versions have, or move the code to a file that does not take part.",
    ),
    Page(
        "TFR218",
        "variable made by hand",
        why="""\
`tf.get_variable` and `tf.Variable` become weights of the model (`self.add_weight`) where it is known of which shape
they are, how they start and whether they are trained. Here that is not known, or the variable is not of float32, is
assigned by hand, or is asked for something that a variable of Keras does not have or answers in another way, such as
its name.""",
        help="""\
Give the shape as a list, start from an initializer or from `tf.zeros`, `tf.truncated_normal` and the like, and leave
changes to the optimizer.""",
        before="""\
weights = tf.Variable(np.zeros([4, 8], np.float32))
""",
        after="""\
weights = tf.Variable(tf.zeros([4, 8]))
""",
    ),
    Page(
        "TFR220",
        "layer argument not supported",
        why="""\
The layer is known, this argument is not: Keras 3 does not have it, means something else by it, or accepts fewer
values (a tensor as `rate`, a list as `axis`, `renorm` in older versions, `virtual_batch_size` at all).""",
        help="""\
Leave the argument out if it has its default value, or replace it by a constant that is known in the source.""",
    ),
    Page(
        "TFR221",
        "regularizer not supported",
        why="""\
The tool must know what a regularizer computes to find an equal one for Keras 3. These migrate: `l1_regularizer`,
`l2_regularizer` and `l1_l2_regularizer` of `tf.contrib.layers` and slim, those of `tf.keras.regularizers`,
`tf.nn.l2_loss`, and lambdas over TF operations.

Keras 3 calls a regularizer with a Keras variable, which lacks `op`, `get_shape()` and a graph name, and it rejects
a tensor as strength, and `None` as a result.""",
        help="Write the penalty as one of those above, with a strength that is a Python number.",
        before="regularizer = tf.contrib.layers.l2_regularizer(strength_placeholder)\n",
        after="regularizer = tf.contrib.layers.l2_regularizer(1e-3)\n",
    ),
    Page(
        "TFR222",
        "initializer not supported",
        why="""\
The initial values would come from another distribution. Names that look alike differ:
`tf.random_normal_initializer()` has a standard deviation of 1.0 in TF1 and of 0.05 in TF2.""",
        help="""\
Use an initializer of `tf.initializers` or `tf.contrib.layers` with its arguments written out, or a constant.""",
    ),
    Page(
        "TFR226",
        "variable scope option not supported",
        why="""\
A `regularizer`, `initializer`, `partitioner`, `custom_getter`, `constraint` or `dtype` of a variable scope changes
every variable made under it. A scope's regularizer, for example, penalizes biases and even the moving averages of
batch normalization, once more than the layer's own. `regularizer=` and `initializer=` are given to the layers and
variables of the block where all of them stand there; not where a function makes them, or a layer has a regularizer of
its own as well.""",
        help="""\
Give the option to each layer that shall have it, and check that the TF1 program still computes the same.""",
        before="""\
with tf.variable_scope("net", regularizer=l2(1e-3)):
    net = block(x)
""",
        after="""\
with tf.variable_scope("net"):
    net = block(x, regularizer=l2(1e-3))
""",
    ),
    Page(
        "TFR228",
        "driver framework",
        why="""\
`Estimator`, `MonitoredTrainingSession`, `Supervisor` and the like own the session: they decide when variables are
initialized, restored and saved and which hooks run. The tool migrates programs that run their steps themselves.""",
        help="Drive the network with a plain `tf.Session` loop, then migrate it.",
        before="""\
with tf.train.MonitoredTrainingSession() as sess:
    while not sess.should_stop():
        sess.run(train_op)
""",
        after="""\
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for _ in range(steps):
        sess.run(train_op)
""",
    ),
    Page(
        "TFR229",
        "loss function option not supported",
        why="""\
`tf.losses` functions divide by the number of non-zero weights, add themselves to a collection, and have reductions
of their own. The plain forms migrate to explicit expressions; this argument changes the result in a way that does
not.""",
        help="Write the loss as an expression of `tf.nn` functions and `tf.reduce_mean`.",
        before="loss = tf.losses.mean_squared_error(y, net, weights=mask)\n",
        after="""\
loss = tf.reduce_sum(mask * tf.squared_difference(net, y)) / tf.maximum(tf.reduce_sum(tf.to_float(mask > 0)), 1.0)
""",
    ),
    Page(
        "TFR233",
        "name of contrib or slim without an equal",
        why="""\
`tf.contrib` was removed from TF2, and slim's layers have other defaults than Keras's (an activation, other padding,
other batch normalization). Only regularizers and initializers of contrib and slim migrate.""",
        help="""\
Replace the contrib or slim function in the TF1 program by its counterpart in `tf.layers`, defaults written out.""",
        before="net = tf.contrib.layers.fully_connected(x, 8)\n",
        after="net = tf.layers.dense(x, 8, tf.nn.relu)\n",
    ),
    Page(
        "TFR235",
        "argument of a TF function not supported",
        why="""\
The function exists in TF2, but this argument of it is gone, was renamed, or has another default, and the value
given here cannot be carried over.""",
        help="Leave the argument out, or compute the same with a function that both versions have.",
    ),
)
