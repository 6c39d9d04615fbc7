"""TFR2xx: programs put together in a way that the tool cannot follow with certainty."""

from __future__ import annotations

from tf1to2_reg.diagnostics.page import Page

PAGES = (
    Page(
        "TFR207",
        "graph control flow",
        why="""\
`tf.cond`, `tf.while_loop`, `tf.scan`, `tf.map_fn` and `tf.case` run Python functions while the graph is built. A
layer or a read of the penalties in one of them is made once in TF1, under conditions that a Keras model does not
have.""",
        help="Use Python's `if` and `for` where the condition is known when the graph is built.",
        before="net = tf.cond(is_training, lambda: noisy(x), lambda: x)\n",
        after="""\
net = noisy(x) if is_training else x  # with a Python bool
""",
    ),
    Page(
        "TFR208",
        "callee cannot be seen",
        why="""\
The function that is called is known only when the program runs: it comes from `getattr`, `eval`, a dictionary, an
attribute that is set elsewhere, or a file that is not among the given paths. It may build layers.""",
        help="Call the function by its name, choose among functions with `if`, or give the file that defines it too.",
        before='net = getattr(self, "build_" + kind)(x)\n',
        after="""\
net = self.build_dense(x) if kind == "dense" else self.build_conv(x)
""",
    ),
    Page(
        "TFR209",
        "star-arguments",
        why="""\
`*args` or `**kwargs` hide which arguments a layer or a builder gets, and with them its sizes, its name and its
regularizer.""",
        help="Write the arguments out.",
        before="net = tf.layers.dense(x, 8, **options)\n",
        after="net = tf.layers.dense(x, 8, activation=tf.nn.relu, kernel_regularizer=l2(1e-3))\n",
    ),
    Page(
        "TFR210",
        "no driver among the given paths",
        why="""\
Nothing among the given files runs what is built here, and it is not of a form that can wait for its caller. A graph
whose train op or loss is bound to a name waits (TFR116), and so do functions that make layers from their arguments.
A graph that a function keeps to itself does not, nor a function that works on the whole graph it is called in, nor
anything while another file stays a TF1 program: that file may be the one that runs it.""",
        help="""\
Give all files of the program, the training script above all: `tf1to2-reg diff nets.py train.py`, or the folder.""",
    ),
    Page(
        "TFR211",
        "graph built more than once",
        why="""\
The same building code runs more than once in one default graph (in a loop, for a second instance of a class, in a
second call of the function that trains) or its variables are initialized again. Layers then get other names, share
variables or collide, and every read of the penalties sees those of all the copies.""",
        help="Build each copy in a graph of its own, or build once and run it several times.",
        before="""\
for rate in rates:
    train(rate)
""",
        after="""\
for rate in rates:
    with tf.Graph().as_default():
        train(rate)
""",
    ),
    Page(
        "TFR213",
        "variable sharing cannot be decided",
        why="""\
Whether two layer calls have one set of variables or two depends on names, scopes and `reuse`, and here on something
that is known only when the program runs. One Keras layer object or two would be a guess.""",
        help="Use literal names, and `True`, `False` or `tf.AUTO_REUSE` for `reuse`.",
        before='with tf.variable_scope("net", reuse=step > 0):\n    net = tf.layers.dense(x, 8)\n',
        after='with tf.variable_scope("net", reuse=tf.AUTO_REUSE):\n    net = tf.layers.dense(x, 8)\n',
    ),
    Page(
        "TFR214",
        "layer's size depends on a tensor's shape",
        why="""\
A Keras layer is made before the first tensor is seen, so its size has to be known in `__init__`. Here it is taken
from the shape of a tensor that only `call` has.""",
        help="Pass the size as a Python number.",
        before="net = tf.layers.dense(x, int(x.shape[1]))\n",
        after="net = tf.layers.dense(x, num_features)\n",
    ),
    Page(
        "TFR215",
        "dtype of a layer's input not known to be float32",
        why="""\
TF1 layers take their dtype from the input: float64 in, float64 weights. Keras 3 layers are float32 and cast their
input without a word, so that a float64 program would lose half of its digits.""",
        help="Cast the input to `tf.float32` in the TF1 program, or declare the placeholder's dtype in the source.",
        before="x = tf.placeholder(dtype, [None, 4])\n",
        after="x = tf.placeholder(tf.float32, [None, 4])\n",
    ),
    Page(
        "TFR216",
        "fetch not understood",
        why="""\
Each distinct set of fetches becomes one function, so the tool must see which tensors and train ops `sess.run` is
given. Here they come from somewhere it cannot follow, or are of a kind that has no equal (a saver op, an
assignment, a string).""",
        help="Fetch tensors and the train op directly, in a list, tuple or dictionary written at the call.",
        before="values = sess.run(fetches)\n",
        after="_, loss_value = sess.run([train_op, loss], feed_dict={x: batch})\n",
    ),
    Page(
        "TFR217",
        "feed not understood",
        why="""\
A fed placeholder becomes an argument of the step, so the tool must see which placeholders each `sess.run` feeds.
Here the dictionary is filled where it cannot follow, or something other than a placeholder is fed.""",
        help="Write the feed as a dictionary at the call, or as a name that is assigned one dictionary.",
        before="sess.run(train_op, feed_dict=make_feed(batch))\n",
        after="sess.run(train_op, feed_dict={x: batch.x, y: batch.y})\n",
    ),
    Page(
        "TFR219",
        "Python statement in a builder not supported",
        why="""\
A builder's body is taken apart into what makes layers (`__init__`) and what calls them (`call`). That is possible
for assignments, `if`, `for`, `with`, `return` at the end and nested functions; not for `while`, `try`, `yield`,
`return` in the middle, `global`, or `del`.""",
        help="Write the builder with the statements above; move the others out of it.",
    ),
    Page(
        "TFR223",
        "Python name rebound after the graph used it",
        why="""\
A TF1 graph keeps the value that a name had while the graph was built. The migrated function reads the name each
time it runs, and here the name has another value by then.""",
        help="Use another name for the second value.",
        before="""\
scale = 0.5
net = scale * tf.layers.dense(x, 8)
scale = 2.0
""",
        after="""\
scale = 0.5
net = scale * tf.layers.dense(x, 8)
print_scale = 2.0
""",
    ),
    Page(
        "TFR224",
        "penalties cannot be assigned to models",
        why="""\
A read of the collection sees the penalties of all layers built before it in the same graph, and no others; a scope
selects among them by a prefix of the tensor names. Here that is not the same as the `losses` of one or more models:
a layer is built later, the scope takes part of a model, or the network is not run in this step.""",
        help="Read the penalties after all layers are built, and select with a scope that is exactly one network's.",
        before="""\
penalty = tf.losses.get_regularization_loss()
net = network(x)  # built after the read: not in the penalty
""",
        after="""\
net = network(x)
penalty = tf.losses.get_regularization_loss()
""",
    ),
    Page(
        "TFR225",
        "training flag is not a constant of the step",
        why="""\
Dropout and batch normalization behave differently in training. In TF1 the flag may be a tensor computed in the
graph; in Keras 3 it is a Python bool, and a symbolic one is an error in `tf.function`. The tool folds a fed `True`
or `False` into the step, but not a flag whose value it cannot see.""",
        help="Feed the literals `True` and `False`, or pass a Python bool to the builder.",
        before='sess.run(loss, {x: batch, is_training: mode == "train"})\n',
        after="sess.run(loss, {x: batch, is_training: True})\n",
    ),
    Page(
        "TFR227",
        "update ops of batch normalization not run as a step does",
        why="""\
Keras updates the moving averages in every call with `training=True`, once. Here the update ops are run at other
times: by themselves, under a condition, for a part of the layers, or for a network that the step does not call.""",
        help="Run all update ops together with the train op, under `tf.control_dependencies`.",
        after="""\
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    train_op = optimizer.minimize(loss)
""",
    ),
    Page(
        "TFR230",
        "graph passed on in a way not understood",
        why="""\
The graph is built in one place and run in another, and its tensors get there by a way that the tool cannot follow:
by name (`get_tensor_by_name`), through a container, a global that several functions set, or an imported graph.""",
        help="Return the tensors from the function that builds them, or keep them in attributes of one object.",
        before='logits = graph.get_tensor_by_name("logits:0")\n',
        after="logits = build(x)\n",
    ),
    Page(
        "TFR231",
        "TF1 construct in a place not supported",
        why="""\
The construct itself is known, but not where it stands: a placeholder made in a loop, a tensor kept in a dictionary,
a layer in a comprehension or a default argument, a session in a class body.""",
        help="Write it as a statement of its own, assigned to a name or to an attribute of `self`.",
        before="towers = {name: tf.layers.dense(x, 8) for name in names}\n",
        after="""\
left = tf.layers.dense(x, 8, name="left")
right = tf.layers.dense(x, 8, name="right")
""",
    ),
    Page(
        "TFR232",
        "name conflict",
        why="""\
A name that the migrated code needs is already taken in a way that the tool cannot avoid without renaming something
of yours that may be used from elsewhere.""",
        help="Rename what the message names.",
    ),
    Page(
        "TFR234",
        "graphs mixed with eager or TF2 code",
        why="""\
The program enables eager execution, or uses TF2's own means beside a graph. Which code runs in which mode cannot be
told from the source with certainty.""",
        help="Migrate the graph part in a program of its own.",
    ),
    Page(
        "TFR236",
        "name without a value in the migrated text",
        why="""\
Before a file is written, its new text is looked through for names that nothing binds before they are used. Statements
of the graph move into models and steps, and here one of them would need a name that is bound later, in another
function, or under a condition: the migrated program would stop with a NameError.""",
        help="""\
Bind the name once, at the top of the file or at the top of the function that builds the graph, and import TensorFlow
with a plain `import` at the top.""",
        before="""\
try:
    import tensorflow as tf
except ImportError:
    tf = None
""",
        after="import tensorflow as tf\n",
    ),
    Page(
        "TFR238",
        "too much to follow",
        why="""\
To find the graph that a program builds, the tool runs it in the abstract, statement by statement, branches and bodies
of loops several times. A program may take 5,000 steps and 20 more for each line; functions that call others six
times, five deep, take more. Where many programs share their files, and have more than 50,000 lines in all when each is
counted with the files that it imports, they are run together: that shows what is in the way of each, and not that
nothing is.""",
        help="Give the files of one program at a time. What builds no layers may go into a file of its own.",
        before="def fill_all(): fill_most(), fill_most(), fill_most(), fill_most(), fill_most(), fill_most()\n",
        after="def fill_all(): table.extend([0] * 6**6)\n",
    ),
    Page(
        "TFR239",
        "a part that is to be left as it is would have to change",
        why="""\
`# tf1to2-reg: skip` stands there, and in `tf2` that part has another form. Without it the rest of the program would be
half migrated, and compute other numbers or none.""",
        help="Take the comment away, or put it at less.",
        before="net = tf.layers.dense(x, 8, kernel_regularizer=l2)  # tf1to2-reg: skip\n",
    ),
)
