"""TFR3xx: what the program does not do although it looks so. It is migrated as it is."""

from __future__ import annotations

from tf1to2_reg.diagnostics.page import Page

PAGES = (
    Page(
        "TFR301",
        "regularizer declared, penalty never read",
        why="""\
`kernel_regularizer=` only puts a penalty into the graph's collection; it becomes part of training when the program
adds the collection to the loss. This program never reads it, so it trains without the penalty. One program in four
does (13 of 46 counted).

The migrated program trains without it too: a migration that began to add it would change the weights.""",
        help="""\
If you want the penalty, add `tf.losses.get_regularization_loss()` to the loss and choose its strength anew: nobody
has ever seen this network train with it. If you do not, delete the regularizers.""",
        before="""\
net = tf.layers.dense(x, 8, kernel_regularizer=l2(0.5))
loss = tf.losses.mean_squared_error(y, net)
train_op = optimizer.minimize(loss)
""",
        after="loss = tf.losses.mean_squared_error(y, net) + tf.losses.get_regularization_loss()\n",
    ),
    Page(
        "TFR302",
        "penalty read, but not part of the minimized loss",
        why="""\
The program reads the collection, for example to print it, but what the optimizer minimizes does not contain it. Its
gradient never reaches the weights.""",
        help="Minimize the sum if the penalty was meant to count. The migrated program computes what the old one did.",
        before="""\
penalty = tf.losses.get_regularization_loss()
total = error + penalty
train_op = optimizer.minimize(error)
""",
        after="train_op = optimizer.minimize(total)\n",
    ),
    Page(
        "TFR303",
        "regularizer ignored where a layer is reused",
        why="""\
TF1 makes one penalty per variable, when the variable is made. A call that reuses a variable ignores its own
`kernel_regularizer=`: neither a regularizer that only the second call has nor another strength has any effect.""",
        help="""\
Give the regularizer at the first call, where it counts. The migrated layer has that of the first call only.""",
        before="""\
a = tf.layers.dense(x, 8, name="shared")
b = tf.layers.dense(y, 8, name="shared", reuse=True, kernel_regularizer=l2(0.1))
""",
        after="""\
a = tf.layers.dense(x, 8, name="shared", kernel_regularizer=l2(0.1))
b = tf.layers.dense(y, 8, name="shared", reuse=True)
""",
    ),
    Page(
        "TFR304",
        "penalty of a Keras layer never reached the collection",
        why="""\
`tf.keras.layers` in a TF1 graph do not add their penalties to `tf.GraphKeys.REGULARIZATION_LOSSES`: they are in
`layer.losses` alone. `tf.losses.get_regularization_loss()` is 0.0 for them, on TF 1.15 as on today's `compat.v1`.
The migrated program leaves them out of the loss as well.""",
        help="Add `layer.losses` to the loss if the penalty was meant to count.",
        before="""\
net = tf.keras.layers.Dense(8, kernel_regularizer=tf.keras.regularizers.l2(0.1))(x)
loss = error + tf.losses.get_regularization_loss()
""",
        after="""\
hidden = tf.keras.layers.Dense(8, kernel_regularizer=tf.keras.regularizers.l2(0.1))
net = hidden(x)
loss = error + tf.add_n(hidden.losses)
""",
    ),
    Page(
        "TFR305",
        "list of penalties added to a scalar",
        why="""\
`tf.losses.get_regularization_losses()` is a list. A scalar plus a list of n penalties is a vector of n elements,
and the gradient of a vector is that of its sum: the data loss counts n times and each penalty once, so the
penalties are n times weaker than they look.""",
        help="""\
Use `get_regularization_loss()`, without the final `es`, or `tf.add_n`, if one scalar was meant; the learning rate
then has to be looked at again. The migrated program keeps the vector.""",
        before="loss = error + tf.losses.get_regularization_losses()\n",
        after="loss = error + tf.losses.get_regularization_loss()\n",
    ),
    Page(
        "TFR306",
        "an exception raised under a name that TensorFlow does not have",
        why="""\
TensorFlow 1.15 has no such name, so that the line raises an AttributeError in place of the exception. The migrated
program does the same.""",
        help="Raise an exception that exists.",
        before='raise tf.flags.FlagsError("Unable to find the model.")\n',
        after='raise ValueError("Unable to find the model.")\n',
    ),
    Page(
        "TFR307",
        "a name of Python 2 in a file that Python 3 reads",
        why="""\
`xrange`, `unicode`, `raw_input`, `print >> file`, a dictionary's `iteritems()` and the like went with Python 3, where
they raise an error when the program comes to them. TensorFlow 2 runs on Python 3 alone. The migrated program keeps
the name and raises the same error: nothing is computed wrongly for it, so it keeps no program from migrating. Programs
that stay for other reasons are told too. Names that the program binds itself, takes from `six`, or uses under a test
of the version are not meant. Files that Python 3 cannot parse at all are TFR902.""",
        help="Port the file to Python 3: 2to3, futurize or pyupgrade mend these names.",
        before="for step in xrange(100):\n    session.run(train_op)\n",
        after="for step in range(100):\n    session.run(train_op)\n",
    ),
    Page(
        "TFR308",
        "a comment to skip that changes nothing",
        why="""\
`# tf1to2-reg: skip` stands where nothing would change, and nothing keeps a program from migrating. A comment behind a
statement is about that statement, on the first line of a function, class or block about all of it, alone on a line
about the statement that follows, and before the first statement about the file.""",
        help="Take it away, or put it where it is meant.",
        before="print(loss)  # tf1to2-reg: skip\n",
        after="print(loss)\n",
    ),
    Page(
        "TFR309",
        "a comment to this tool that is not known",
        why="The only comment to this tool is `# tf1to2-reg: skip`; a reason may follow it.",
        help="Correct it.",
        before="tf.contrib.lite.toco_convert(path)  # tf1to2-reg: ignore\n",
        after="tf.contrib.lite.toco_convert(path)  # tf1to2-reg: skip - ported by hand\n",
    ),
)
