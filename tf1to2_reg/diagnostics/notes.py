"""TFR1xx: what was migrated, and how."""

from __future__ import annotations

from tf1to2_reg.diagnostics.page import Page

PAGES = (
    Page(
        "TFR101",
        "builder function became a Keras model",
        why="""\
A function that calls `tf.layers` adds variables to the default graph each time it runs. Keras keeps variables in
layer objects, and a model's `losses` are those of the layers it holds. So each function that builds layers becomes
one subclass of `tf.keras.Model`: what shapes the layers (sizes, names, strengths) goes to `__init__`, tensors go to
`call`.""",
        help="""\
Nothing has to be done. A call that shared its variables with an earlier one (`reuse`, `AUTO_REUSE`) calls the same
object again; a call that made its own variables has an object of its own.""",
        before="""\
def network(x, units):
    return tf.layers.dense(x, units, name="out")


logits = network(x, 10)
""",
        after="""\
class Network(tf.keras.Model):
    def __init__(self, units):
        super().__init__()
        self.out = tf.keras.layers.Dense(units, name="out")

    def call(self, x):
        return self.out(x)


network = Network(10)
logits = network(x)
""",
    ),
    Page(
        "TFR102",
        "flat layers became a Keras model",
        why="""\
Layers built at module level, or in the middle of a function that also trains, have no function that could become a
model. They are collected in a model of their own, in the order in which they were built.""",
        help="Nothing has to be done. Rename the class if you know a better name for the network.",
        before="""\
hidden = tf.layers.dense(x, 8, tf.nn.relu)
logits = tf.layers.dense(hidden, 3)
""",
        after="""\
class Model(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(8, tf.nn.relu)
        self.dense_1 = tf.keras.layers.Dense(3)

    def call(self, x):
        hidden = self.dense(x)
        return self.dense_1(hidden)
""",
    ),
    Page(
        "TFR103",
        "l2 regularizer of contrib or slim halved",
        why="""\
`tf.contrib.layers.l2_regularizer(s)` and slim's are `s * tf.nn.l2_loss(w)`, which is `s * sum(w ** 2) / 2`.
`tf.keras.regularizers.L2(s)` is `s * sum(w ** 2)`. The half stays visible in the migrated code; multiplying by 0.5
is exact in floating point. `tf.keras.regularizers` of a TF1 program never halved and are not touched; neither is
`l1`.""",
        help="Nothing has to be done. Do not drop the factor: the penalty would be twice as strong.",
        before="tf.contrib.layers.l2_regularizer(1e-3)\n",
        after="tf.keras.regularizers.L2(0.5 * 1e-3)\n",
    ),
    Page(
        "TFR104",
        "collection read became model.losses",
        why="""\
In TF1 every regularized variable puts its penalty into the graph's collection when it is made. TF2 has no
collections: `tf.compat.v1.losses.get_regularization_loss()` would return 0.0 and say nothing. The penalties of a
Keras layer are in `model.losses`, computed anew at every read, and are read inside the gradient tape.""",
        help="""\
Nothing has to be done. A function that reads the penalties but does not hold the model got a parameter
`regularization_losses`.""",
        before="loss = error + tf.losses.get_regularization_loss()\n",
        after="loss = error + tf.add_n(model.losses)\n",
    ),
    Page(
        "TFR105",
        "Session.run became a tf.function step",
        why="""\
Each set of fetches is one function that computes just what the fetches need. Its `input_signature` has the dtypes
and shapes of the placeholders, so that what is passed is cast as a feed was and unknown dimensions stay unknown.
Python constants that were fed, such as `is_training: True`, are part of the step.""",
        help="Nothing has to be done. `.numpy()` stands where `sess.run` returned NumPy values.",
        before="_, value = sess.run([train_op, loss], {x: batch})\n",
        after="value = train_step(batch).numpy()\n",
    ),
    Page(
        "TFR106",
        "optimizer kept as tf.compat.v1.train",
        why="""\
The Keras optimizer of that name computes something else: RMSProp's slot starts at 1.0 in TF1 and at 0 in Keras,
Keras's momentum holds the learning rate within the velocity (a decaying rate gives other steps), and sparse
gradients are applied in another way. Measured over 50 steps the weights of RMSProp differ by more than their own
size, those of momentum with a decaying rate by 64%. The TF1 optimizer runs eagerly and in `tf.function`, exactly.""",
        help="""\
Nothing has to be done. To change to the Keras optimizer later is a change of the training, to be tuned like one.""",
        before="tf.train.RMSPropOptimizer(1e-3)\n",
        after="tf.compat.v1.train.RMSPropOptimizer(1e-3)\n",
    ),
    Page(
        "TFR107",
        "fused batch normalization keeps TF1's moving variance",
        why="""\
For inputs of rank 4 TF1 uses the fused kernel, whose moving variance is updated with the unbiased batch variance
(divided by N - 1). Keras 3 divides by N: with 8 values per channel the two differ by a factor of 8/7, and so does
every evaluation. A small subclass of `tf.keras.layers.BatchNormalization` with TF1's update is put into the file.""",
        help="""\
Nothing has to be done. If the batch is large and a difference of 1/N in the moving variance does not matter to you,
the subclass can be replaced by `tf.keras.layers.BatchNormalization` itself.""",
    ),
    Page(
        "TFR108",
        "moving averages were never updated; momentum=1.0 keeps that",
        why="""\
In TF1 the moving averages of batch normalization are updated only when the ops of `tf.GraphKeys.UPDATE_OPS` are
run. This program never runs them: its averages keep their initial values, and evaluation normalizes with mean 0 and
variance 1. Keras updates whenever `training=True`; with `momentum=1.0` the update changes nothing.""",
        help="""\
Nothing has to be done to keep the numbers. It was most likely a mistake of the TF1 program: remove `momentum=1.0`
to let the averages be learned, and expect other values at evaluation.""",
        before="train_op = optimizer.minimize(loss)  # no UPDATE_OPS anywhere\n",
        after="self.batch_normalization = tf.keras.layers.BatchNormalization(momentum=1.0)\n",
    ),
    Page(
        "TFR109",
        "layer name dropped",
        why="""\
A layer name with a `/`, and one that is not a string, are errors in Keras 3. Names have no influence on the
numbers, so the layer is given the name that Keras chooses.""",
        help="Look whether other code finds the layer by its name, for example when it loads a checkpoint.",
        before='tf.layers.dense(x, 8, name="encoder/hidden")\n',
        after="tf.keras.layers.Dense(8)\n",
    ),
    Page(
        "TFR110",
        "the same seed draws other random numbers",
        why="""\
Initial weights and dropout masks come from random numbers, and from the same seed TF2 draws other numbers than TF1
(and one version of TF1 others than the next). Apart from these numbers the program computes the same: from the same
initial weights and without dropout it trains to the same values.""",
        help="""\
Compare distributions over several runs, not single runs. `tf1to2-reg verify` gives both programs the same initial
weights.""",
        before="tf.set_random_seed(1)\n",
        after="tf.random.set_seed(1)\n",
    ),
    Page(
        "TFR112",
        "a file of a program that stays changes with a program that migrates",
        why="""\
Two programs share the file; one goes to `graph`, the other is refused. Programs that can go are not held up by those
that cannot: the file is written. On today's TensorFlow the refused program ran neither before nor after; on
TensorFlow 1 it no longer runs with the new file.""",
        help="""\
Take what the reasons name out of the refused program and run the command again, or use `--partial`. To keep it
running on TensorFlow 1 meanwhile, give it a copy of the file first.""",
        before="import nets  # of train.py, which migrates, and of serve.py, which is refused\n",
        after="import nets  # needs TensorFlow 2.16 now\n",
    ),
    Page(
        "TFR113",
        "the file has other names that keep the old text",
        why="""\
A file is written by putting a new one into its place, so that no reader ever meets half a file. Hard links to the old
file stay with the old file.""",
        help="Make the links anew if all names are to have the new text.",
    ),
    Page(
        "TFR116",
        "left for you to call",
        why="""\
Nothing among the given files runs this. A train op became a `train_step` that takes what was fed and returns the loss
before the update; a tensor that nothing else is made of became a function that computes it; a function that makes
layers became a model, and one that reads the penalties takes them as a parameter. Each does what it did in TF1, as
layers do it for tensors of float32; who calls it, and with what, is not known and nothing is assumed of it. What
depends on it is refused: a flag that would be fed, update ops, variables that two calls share.""",
        help="""\
Call it where the TF1 code ran or called it: make one model for each set of weights, and give a reader the `losses`
of all models that were in its graph. If that code is a file of its own, give it too: it is migrated with the rest.""",
        before="""\
train_op = optimizer.minimize(loss)  # the end of the file
""",
        after="""\
for images, labels in batches:
    loss = train_step(images, labels).numpy()  # yours to write
""",
    ),
    Page(
        "TFR119",
        "left as it is, as a comment wants",
        why="""\
`# tf1to2-reg: skip` stands there. The rest of the program migrates without it: what is left names what TensorFlow has
lost, which raises an AttributeError where it is run, before and after, and changes no number. A program whose entry
script is marked as a whole is left as it is altogether.""",
        help="Take the comment away once the part is ported by hand.",
        before="def export(path):  # tf1to2-reg: skip\n    tf.contrib.lite.toco_convert(path)\n",
        after="def export(path):  # tf1to2-reg: skip\n    tf.contrib.lite.toco_convert(path)\n",
    ),
    Page(
        "TFR121",
        "a name without a form stays in code that never runs",
        why="""\
Nothing in the given files can call the function, for its name stands nowhere else, or the branch is shown not to be
taken. A name that TensorFlow has lost, or that TF2 has no form for, is left there: it changes nothing that the program
computes, and keeps no program from migrating. At `tf2` it is spelled `tf.compat.v1.`, at `graph` as it was.""",
        help="Take the code out, or write it anew before it is used again.",
        before="def export(session):\n    tf.train.Saver().save(session, PATH)\n",
        after="def export(session):\n    tf.compat.v1.train.Saver().save(session, PATH)\n",
    ),
    Page(
        "TFR117",
        "a saver became that of tf1_checkpoints.py",
        why="""\
`tf1_checkpoints.py`, written beside the file, has a `Saver` on `tf.train.Checkpoint`. It names, numbers, keeps and
deletes files as TF1's does, and restores its own checkpoints and those of TensorFlow 1: weights, slots and steps of the
optimizer, averages of batch normalization. For that it is given the layers by the names that TF1 gave them. Where these
names are computed it cannot read checkpoints of TensorFlow 1, and says so when it meets one.

`tf.train.Checkpoint(model=model, optimizer=optimizer)` would lose variables without a word: those of layers that a
Keras model holds in a list, and the slots of optimizers of `tf.compat.v1`. `tf.train.CheckpointManager` would delete
checkpoints of earlier runs.""",
        help="""\
Nothing has to be done; docs/migrated-code.md shows more. The new checkpoints have no `.meta` file, and programs of
TensorFlow 1 cannot restore them.""",
        before="""\
saver = tf.train.Saver()
saver.restore(sess, tf.train.latest_checkpoint("logs"))
saver.save(sess, "logs/model", global_step=step)
""",
        after="""\
saver = Saver([model], optimizer, [train_step], {"dense": model.dense, "dense_1": model.dense_1})
saver.restore(tf.train.latest_checkpoint("logs"))
saver.save("logs/model", global_step=step)
""",
    ),
    Page(
        "TFR118",
        "summaries are written by tf.summary of TensorFlow 2",
        why="""\
A step returns what its summaries show, and `tf.summary.scalar` and `histogram` write it where `add_summary` wrote the
fetched summary: with the same tags, steps and values. Scalars are stored as tensors, which TensorBoard shows alike;
histograms have thirty buckets of equal width, where TF1's grow with the values. The graph is not written.""",
        help="""\
`tf.summary` of TensorFlow 2.21 needs the package `tensorboard`: install it beside TensorFlow. What reads event files by
itself finds a scalar in `value.tensor`, no longer in `value.simple_value`.""",
        before="""\
tf.summary.scalar("loss", loss)
merged = tf.summary.merge_all()
writer = tf.summary.FileWriter("logs", sess.graph)
_, summary = sess.run([train_op, merged], feed_dict={x: data})
writer.add_summary(summary, step)
""",
        after="""\
writer = tf.summary.create_file_writer("logs")
summary = [train_step(data).numpy()]
with writer.as_default(step=step):
    tf.summary.scalar("loss", summary[0])
""",
    ),
    Page(
        "TFR120",
        "tf.device is left out",
        why="""\
Models make their variables, and steps compute, where TensorFlow 2 places them: on a GPU if there is one. Values differ
by no more than from one device to another, in the last digits.""",
        help="""\
Nothing has to be done. To keep a device for the whole program, call it under `with tf.device(...)`, or hide the others
with `tf.config.set_visible_devices`.""",
        before="""\
with tf.device("/gpu:0"):
    out = tf.layers.dense(x, 1)
""",
        after="out = self.dense(x)\n",
    ),
)
