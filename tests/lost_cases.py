"""Programs that use names which TensorFlow lost: each leaves what it computed in `y`."""

from __future__ import annotations

HEAD = """
import tensorflow as tf
import numpy as np

l2 = tf.contrib.layers.l2_regularizer(0.1)


def run(*fetches):
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer(), tf.tables_initializer()])
        for number, variable in enumerate(tf.trainable_variables()):
            values = np.random.RandomState(number).uniform(-0.5, 0.5, variable.shape.as_list())
            variable.load(values.astype(variable.dtype.base_dtype.as_numpy_dtype), session)
        return [session.run(fetch) for fetch in fetches]


def names():
    return [variable.name for variable in tf.global_variables()]


def numbers(*shape):
    return np.random.RandomState(7).uniform(-1, 1, shape).astype("float32")


"""

_RNN = """
cell = {cell}
x = tf.constant(numbers(3, 4, 5))
out, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
gradients = tf.gradients(tf.reduce_sum(tf.square(out)) + tf.reduce_sum(state[0]), [x] + tf.trainable_variables())
y = [names(), run(out, state, gradients), [int(size) for size in cell.state_size], int(cell.output_size)]
"""

_CRF = """
inputs = tf.constant(numbers(*{steps}))
tags = tf.constant(np.random.RandomState(3).randint(0, 4, {steps}[:2]).astype("{type}"))
lengths = tf.constant({lengths})
"""

_SLIM_LOOP = """
import os, tempfile
from tensorflow.contrib import slim
x, t = tf.constant(numbers(6, 3)), tf.constant(numbers(6, 1))
out = slim.fully_connected(x, 1, None, weights_regularizer=l2, weights_initializer=tf.constant_initializer(0.3))
tf.losses.mean_squared_error(t, out)
train_op = slim.learning.create_train_op(tf.losses.get_total_loss(), tf.train.MomentumOptimizer(0.1, 0.9))
folder = tempfile.mkdtemp()
"""

CASES: dict[str, str] = {
    # contrib.predictor
    "predictor: a saved model": """
import tempfile
folder = tempfile.mkdtemp() + "/export"
with tf.Session() as session:
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    out = tf.layers.dense(x, 1, kernel_initializer=tf.constant_initializer(0.5), name="out")
    session.run(tf.global_variables_initializer())
    tf.saved_model.simple_save(session, folder, {"x": x}, {"out": out, "twice": 2.0 * out})
predict = tf.contrib.predictor.from_saved_model(folder)
y = [predict({"x": [[1.0, 2.0]]}), sorted(predict.feed_tensors), predict.fetch_tensors["twice"].name]
y.append(predict.session.graph is predict.graph)
named = tf.contrib.predictor.from_saved_model(folder, input_names={"a": "x:0"}, output_names={"b": "out/MatMul:0"})
y += [named({"a": [[1.0, 2.0]]}), repr(named)]
for call in (
    lambda: predict({"z": 1}),
    lambda: tf.contrib.predictor.from_saved_model(folder, "none"),
    lambda: tf.contrib.predictor.from_saved_model(folder, "a", input_names={}, output_names={}),
    lambda: tf.contrib.predictor.from_saved_model(folder, input_names={}),
):
    try:
        call()
    except Exception as error:
        y.append(type(error).__name__)
""",
    # slim.learning
    "slim.learning.train": _SLIM_LOOP
    + """
tf.summary.scalar("loss", tf.losses.get_total_loss())
last = slim.learning.train(train_op, folder, number_of_steps=5, save_summaries_secs=0.01, save_interval_secs=1000)
checkpoint = tf.train.latest_checkpoint(folder)
values = {name: tf.train.load_variable(checkpoint, name) for name, _ in tf.train.list_variables(checkpoint)}
y = [last, values, os.path.basename(checkpoint), any("tfevents" in name for name in os.listdir(folder))]
""",
    "slim.learning.train: own step": _SLIM_LOOP
    + """
losses = []

def step(session, train_op, global_step, kwargs):
    loss, stops = slim.learning.train_step(session, train_op, global_step, kwargs)
    losses.append((loss, bool(stops), sorted(kwargs)))
    return loss, stops or len(losses) == 3

seen = []
options = {"init_fn": lambda session: seen.append(session.run("fully_connected/biases:0")), "log_every_n_steps": 0}
last = slim.learning.train(train_op, None, step, number_of_steps=9, summary_writer=None, **options)
y = [last, losses, seen]
for arguments in ((None, None), (train_op, None, step, {}, 1, None, "", True, None, -1)):
    try:
        slim.learning.train(*arguments)
    except ValueError as error:
        y.append(str(error))
""",
    # contrib.crf
    "crf: training": _CRF.format(steps=(3, 5, 4), type="int32", lengths=[5, 0, 3])
    + """
likelihood, transitions = tf.contrib.crf.crf_log_likelihood(inputs, tags, lengths)
best, score = tf.contrib.crf.crf_decode(inputs, transitions, lengths)
gradients = tf.gradients(tf.reduce_mean(-likelihood), [inputs, transitions])
found = run(likelihood, best, score, gradients)
y = [names(), found, best.dtype.name, best.shape.as_list(), likelihood.shape.as_list()]
""",
    "crf: parts": _CRF.format(steps=(2, 4, 4), type="int64", lengths=[4, 2])
    + """
from tensorflow.contrib import crf
w = tf.constant(numbers(4, 4))
allowed = tf.one_hot(tags, 4, True, False, dtype=tf.bool)
parts = [crf.crf_sequence_score(inputs, tags, lengths, w), crf.crf_log_norm(inputs, lengths, w)]
parts += [crf.crf_unary_score(tags, lengths, inputs), crf.crf_binary_score(tags, lengths, w)]
parts += [crf.crf_multitag_sequence_score(inputs, allowed, sequence_lengths=lengths, transition_params=w)]
y = [run(*parts), crf.viterbi_decode(numbers(5, 4), numbers(4, 4))]
""",
    "crf: one step": _CRF.format(steps=(3, 1, 4), type="int32", lengths=[1, 0, 1])
    + """
w = tf.constant(numbers(4, 4))
allowed = tf.constant(numbers(3, 1, 4)) > 0
found = [tf.contrib.crf.crf_log_likelihood(inputs, tags, lengths, w)[0], tf.contrib.crf.crf_decode(inputs, w, lengths)]
y = run(found, tf.contrib.crf.crf_multitag_sequence_score(inputs, allowed, lengths, w))
""",
    "crf: lengths that are fed": """
x = tf.placeholder(tf.float32, [None, None, 4])
t = tf.placeholder(tf.int32, [None, None])
n = tf.placeholder(tf.int32, [None])
w = tf.get_variable("w", initializer=numbers(4, 4), regularizer=l2)
likelihood = tf.contrib.crf.crf_log_likelihood(x, t, n, w)[0]
decoded = tf.contrib.crf.crf_decode(x, w, n)
y = []
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for steps in (1, 3):
        feed = {x: numbers(2, steps, 4), t: np.arange(2 * steps).reshape(2, steps) % 4, n: [steps, 1]}
        y.append(session.run([likelihood, decoded, tf.gradients(likelihood, [x, w])], feed))
""",
    # contrib.lookup
    "index_table_from_tensor": """
table = tf.contrib.lookup.index_table_from_tensor(["a", "b", "c"])
y = run(table.lookup(tf.constant([["a", "z"], ["c", "b"]])), table.size(), table.default_value)
""",
    "index_table_from_tensor: buckets": """
table = tf.contrib.lookup.index_table_from_tensor(["a", "b", "c"], num_oov_buckets=5, default_value=-7, name="t")
words = tf.constant(["a", "z", "c", "why", "", "b", "what"])
sparse = tf.SparseTensor([[0, 1], [2, 0]], ["b", "u"], [3, 3])
found = table.lookup(sparse)
y = run(table.lookup(words), table.size(), found, tf.sparse_to_indicator(found, 8)), table.name
""",
    "index_table_from_tensor: one bucket": """
table = tf.contrib.lookup.index_table_from_tensor(mapping=tf.constant(["a", "b"]), num_oov_buckets=1)
data = tf.data.Dataset.from_tensor_slices(["b", "q", "a"]).map(table.lookup)
iterator = data.make_initializable_iterator()
with tf.Session() as session:
    session.run([tf.tables_initializer(), iterator.initializer])
    following = iterator.get_next()
    y = [session.run(following) for _ in range(3)]
""",
    "index_table_from_tensor: integers": """
table = tf.contrib.lookup.index_table_from_tensor([10, 20, 30], 4, dtype=tf.int64)
with tf.Session() as session:
    session.run(table.init)
    y = session.run(table.lookup(tf.constant([20, 5, 30, 77], tf.int64)))
""",
    "index_table_from_tensor: strong hash": """
hasher = tf.contrib.lookup.StrongHashSpec([3, 4])
table = tf.contrib.lookup.index_table_from_tensor(["a"], 50, hasher_spec=hasher)
y = run(table.lookup(tf.constant(["a", "b", "c"]))), hasher.hasher
""",
    "index_table_from_tensor: errors": """
y = []
for arguments in ((None,), (["a"], -1), ([1], 0, -1, tf.contrib.lookup.FastHashSpec, tf.string)):
    try:
        tf.contrib.lookup.index_table_from_tensor(*arguments)
    except Exception as error:
        y.append(type(error).__name__)
""",
    "index_table_from_file": """
import os, tempfile
path = os.path.join(tempfile.mkdtemp(), "words.txt")
with open(path, "w") as file:
    file.write("one\\ntwo\\nthree\\n")
table = tf.contrib.lookup.index_table_from_file(path, num_oov_buckets=2, vocab_size=3)
other = tf.contrib.lookup.index_to_string_table_from_file(vocabulary_file=path, default_value="?")
plain = tf.contrib.lookup.string_to_index_table_from_file(path)
words = tf.constant(["two", "four", "one", "five"])
y = run(table.lookup(words), other.lookup(tf.constant([2, 9], tf.int64)), plain.lookup(words))
""",
    "index_to_string": """
table = tf.contrib.lookup.index_to_string_table_from_tensor(tf.constant(["a", "b"]))
ids = tf.constant([1, 0, 5], tf.int64)
words = tf.constant(["b", "x"])
y = run(table.lookup(ids), tf.contrib.lookup.index_to_string(ids, ["p", "q"], "none"),
        tf.contrib.lookup.string_to_index(words, tf.constant(["a", "b"])),
        tf.contrib.lookup.string_to_index_table_from_tensor(["a", "b"], 3).lookup(words))
""",
    "HashTable": """
keys, values = tf.constant(["a", "b"]), tf.constant([3, 4], tf.int64)
table = tf.contrib.lookup.HashTable(tf.contrib.lookup.KeyValueTensorInitializer(keys, values), -1)
wide = tf.contrib.lookup.IdTableWithHashBuckets(table, 3)
bare = tf.contrib.lookup.IdTableWithHashBuckets(None, 6)
with tf.Session() as session:
    table.init.run()
    words = tf.constant(["b", "no"])
    y = [session.run([t.lookup(words), t.size()]) for t in (table, wide, bare)]
    y.append([sorted(part.tolist()) for part in session.run(table.export())])
    y.append([wide.name, bare.name])
""",
    "MutableHashTable": """
table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)
dense = tf.contrib.lookup.MutableDenseHashTable(tf.int64, tf.int64, -1, 0, -5)
with tf.Session() as session:
    session.run(table.insert(tf.constant(["a", "b"]), tf.constant([1, 2], tf.int64)))
    session.run(dense.insert(tf.constant([4], tf.int64), tf.constant([1], tf.int64)))
    y = session.run([table.lookup(tf.constant(["b", "c"])), table.size(), dense.lookup(tf.constant([4, 5], tf.int64))])
    y += [[s.name for s in tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)]]
""",
    # contrib.rnn
    "NASCell": _RNN.format(cell="tf.contrib.rnn.NASCell(3)"),
    "NASCell: projected": _RNN.format(cell="tf.contrib.rnn.NASCell(3, num_proj=2, use_bias=True, name='nas')"),
    "LSTMBlockCell": _RNN.format(cell="tf.contrib.rnn.LSTMBlockCell(3)"),
    "LSTMBlockCell: peepholes": _RNN.format(
        cell="tf.contrib.rnn.LSTMBlockCell(3, forget_bias=0.5, cell_clip=0.3, use_peephole=True, name='cell')"
    ),
    "LSTMBlockCell: unrolled": """
cell = tf.nn.rnn_cell.MultiRNNCell([tf.contrib.rnn.LSTMBlockCell(width, name="cell_%d" % width) for width in (3, 2)])
state = cell.zero_state(2, tf.float32)
x = tf.constant(numbers(2, 4))
for _ in range(3):
    out, state = cell(x, state)
y = names(), run(out, tf.gradients(out, tf.trainable_variables()))
""",
    # contrib.image
    "image.transform": """
image = tf.constant(numbers(2, 5, 6, 3))
eight = [1.1, 0.2, -1.0, -0.1, 0.9, 0.4, 0.001, 0.002]
bilinear = tf.contrib.image.transform(image, eight, interpolation="BILINEAR")
y = run(bilinear, tf.contrib.image.transform(image[0], [eight]), tf.contrib.image.transform(image[0, :, :, 0], eight),
        tf.contrib.image.transform(image, [eight, eight], "bilinear", output_shape=[3, 4]),
        tf.gradients(tf.square(bilinear), image), tf.contrib.image.transform(tf.cast(image * 99, tf.int32), eight))
y += [bilinear.shape.as_list()]
""",
    "image.rotate": """
image = tf.constant(numbers(2, 5, 6, 3))
y = run(tf.contrib.image.rotate(image, [0.3, -1.2], "BILINEAR"), tf.contrib.image.rotate(image[0], 0.7),
        tf.contrib.image.translate(image, [1.0, -2.0]), tf.contrib.image.translate(image, [[1.5, 0.0], [0.0, 2.0]]),
        tf.contrib.image.compose_transforms(tf.contrib.image.angles_to_projective_transforms(0.2, 5.0, 6.0),
                                            tf.contrib.image.translations_to_projective_transforms([1.0, 2.0])))
""",
    # contrib.distributions
    "percentile": """
x = tf.constant(numbers(4, 5, 2))
f = tf.contrib.distributions.percentile
y = run(f(x, 30.0), f(x, 50, axis=0), f(x, 10.0, axis=[0, -1], keep_dims=True), f(x, 75, interpolation="lower"),
        f(x, 75, interpolation="higher", keep_dims=True), f(x, 0), f(x, 100.0, validate_args=True, name="n"))
""",
    # contrib.training
    "HParams": """
h = tf.contrib.training.HParams(rate=0.5, layers=[3, 4], name="a", deep=False, none=None, steps=3)
h.parse("rate=2,layers=[7,8,9],deep=true,name=other")
h.set_hparam("steps", 5)
h.add_hparam("late", 1)
y = [sorted(h.values().items()), repr(h), h.to_json(sort_keys=True), "rate" in h, "no" in h, h.get("no", 4), h.rate,
     h.get("rate", 1.0), str(h), h.override_from_dict({"rate": 3}).rate, h.parse_json('{"late": 9}').late]
h.del_hparam("late")
y.append(sorted(h.values()))
failing = [lambda: h.parse("rate=x"), lambda: h.parse("unknown=3"), lambda: h.parse("layers=3"), lambda: h.parse("=3"),
           lambda: h.set_hparam("steps", 1.5), lambda: h.set_hparam("rate", [1.0]), lambda: h.add_hparam("rate", 1),
           lambda: h.set_hparam("deep", 1), lambda: h.get("rate", "a"), lambda: h.parse("rate=1,rate=2"),
           lambda: h.add_hparam("empty", []), lambda: h.set_hparam("name", 3), lambda: h.set_hparam("no", 3)]
for attempt in failing:
    try:
        y.append(repr(attempt()))
    except Exception as error:
        y.append([type(error).__name__, str(error)])
y.append(sorted(tf.contrib.training.parse_values("a=1,b[2]=3,b[1]=0,c=0", {"a": int, "b": float, "c": bool}).items()))
""",
    "SummaryAtEndHook": """
import glob, tempfile
folder = tempfile.mkdtemp()
step = tf.train.get_or_create_global_step()
tf.summary.scalar("seen", tf.cast(step, tf.float32) * 2)
hook = tf.contrib.training.SummaryAtEndHook(folder)
with tf.train.MonitoredSession(hooks=[hook]) as session:
    for _ in range(3):
        session.run(step)
events = [e for path in glob.glob(folder + "/*") for e in tf.train.summary_iterator(path)]
y = [[e.step, v.tag, v.simple_value] for e in events for v in e.summary.value]
""",
    "evaluate_once": """
import tempfile
step = tf.train.get_or_create_global_step()
weight = tf.get_variable("w", initializer=2.0)
path = tempfile.mkdtemp()
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    saved = tf.train.Saver().save(session, path + "/m", global_step=3)
value, update = tf.metrics.mean(weight + tf.random_uniform([], seed=1) * 0.0)
tf.contrib.training.get_or_create_eval_step()
y = [tf.contrib.training.evaluate_once(saved, eval_ops=update, final_ops=value,
                                       hooks=[tf.contrib.training.StopAfterNEvalsHook(4)])]
y += [next(tf.contrib.training.checkpoints_iterator(path)) == saved, [v.name for v in tf.local_variables()]]
""",
    "training.train": """
import tempfile
step = tf.train.get_or_create_global_step()
counted = tf.assign_add(step, 1)
y = tf.contrib.training.train(counted, tempfile.mkdtemp(), hooks=[tf.train.StopAtStepHook(last_step=4)],
                              save_checkpoint_secs=None)
""",
    # examples.tutorials
    "input_data": """
import gzip, os, struct, tempfile
from tensorflow.examples.tutorials.mnist import input_data
folder = tempfile.mkdtemp()
for part, count in (("train", 13), ("t10k", 4)):
    random = np.random.RandomState(count)
    with gzip.open(os.path.join(folder, part + "-images-idx3-ubyte.gz"), "wb") as file:
        pixels = random.randint(0, 255, count * 784).astype("u1")
        file.write(struct.pack(">IIII", 2051, count, 28, 28) + pixels.tobytes())
    with gzip.open(os.path.join(folder, part + "-labels-idx1-ubyte.gz"), "wb") as file:
        file.write(struct.pack(">II", 2049, count) + random.randint(0, 9, count).astype("u1").tobytes())
tf.set_random_seed(5)
y = []
for options in ({"one_hot": True}, {"seed": 3, "reshape": False, "dtype": tf.uint8}, {}):
    data = input_data.read_data_sets(folder, validation_size=3, **options)
    for part in data:
        y += [part.num_examples, part.images.shape, str(part.images.dtype), str(part.labels.dtype)]
        for _ in range(4):
            images, labels = part.next_batch(3)
            y += [images.sum(), labels, part.epochs_completed]
        y += [data.test.next_batch(2, shuffle=False)[1]]
data = input_data.read_data_sets("none", fake_data=True)
y += [len(data.train.next_batch(2, fake_data=True)[0]), data._fields]
""",
    # contrib.metrics
    "streaming metrics": """
predictions, labels = tf.constant([0.1, 0.8, 0.4, 0.9]), tf.constant([0.0, 1.0, 1.0, 1.0])
classes, right = tf.constant([0, 1, 2, 1], tf.int64), tf.constant([0, 2, 2, 1], tf.int64)
ranked = tf.constant(numbers(4, 3))
m = tf.contrib.metrics
weights = tf.constant([1.0, 2.0, 0.5, 1.0])
found = {
    "accuracy": m.streaming_accuracy(classes, right, weights), "auc": m.streaming_auc(predictions, labels, curve="PR"),
    "mean": m.streaming_mean(predictions, weights, name="own"), "tensor": m.streaming_mean_tensor(predictions),
    "iou": m.streaming_mean_iou(classes, right, 3), "less": m.streaming_percentage_less(predictions, 0.5),
    "precision": m.streaming_precision(classes > 0, right > 1), "recall": m.streaming_recall(classes > 0, right > 1),
    "k": m.streaming_recall_at_k(ranked, right, 2), "positives": m.streaming_true_positives(classes > 0, right > 1),
    "at": m.streaming_precision_at_thresholds(predictions, labels > 0.5, [0.3, 0.7]),
    "rat": m.streaming_recall_at_thresholds(predictions, labels > 0.5, [0.3, 0.7]),
    "mae": m.streaming_mean_absolute_error(predictions, labels),
    "mse": m.streaming_mean_squared_error(predictions, labels),
    "rmse": m.streaming_root_mean_squared_error(predictions, labels, metrics_collections=["c"]),
    "relative": m.streaming_mean_relative_error(predictions, labels, tf.constant([1.0, 2.0, 3.0, 4.0])),
    "sparse": m.streaming_sparse_recall_at_k(ranked, tf.reshape(right, [4, 1]), 2),
    "sparse precision": m.streaming_sparse_precision_at_k(ranked, tf.reshape(right, [4, 1]), 2, class_id=2),
    "average": m.streaming_sparse_average_precision_at_k(ranked, tf.reshape(right, [4, 1]), 2),
    "sensitivity": m.streaming_sensitivity_at_specificity(predictions, labels > 0.5, 0.6),
    "specificity": m.streaming_specificity_at_sensitivity(predictions, labels > 0.5, 0.6),
}
values, updates = m.aggregate_metric_map(found)
with tf.Session() as session:
    session.run(tf.local_variables_initializer())
    for name in sorted(updates):
        session.run(updates[name])
    y = [session.run(values), [v.name for v in tf.local_variables()], len(tf.get_collection("c"))]
    y += session.run([m.accuracy(classes, right), m.accuracy(classes, right, weights)])
    y += session.run([m.confusion_matrix(right, classes)])
    y += [len(m.aggregate_metrics(*found.values())[1])]
""",
    # contrib.seq2seq and contrib.losses.metric_learning
    "sequence_loss": """
logits, targets = tf.constant(numbers(2, 3, 4)), tf.constant([[0, 1, 2], [3, 1, 0]])
weights = tf.constant([[1.0, 1.0, 0.0], [0.5, 0.0, 0.0]])
f = tf.contrib.seq2seq.sequence_loss
y = run(f(logits, targets, weights), f(logits, targets, weights, False), f(logits, targets, weights, True, False),
        f(logits, targets, weights, False, False), f(logits, targets, weights, False, False, True, True),
        f(logits, targets, weights, False, False, True, False), f(logits, targets, weights, False, False, False, True),
        tf.gradients(f(logits, targets, weights, name="n"), logits))
""",
    "metric_learning": """
labels, embeddings = tf.constant([0, 1, 0, 2, 1, 0]), tf.constant(numbers(6, 4))
other = tf.constant(numbers(7, 4)[1:])
m = tf.contrib.losses.metric_learning
semihard = m.triplet_semihard_loss(labels, embeddings, margin=0.7)
y = run(semihard, tf.gradients(semihard, embeddings), m.npairs_loss(labels, embeddings, other),
        m.contrastive_loss(tf.constant([1, 0, 1, 0, 0, 1]), embeddings, other, 2.0))
""",
    # contrib.opt
    "contrib.opt": """
y = []
for resource in (False, True):
    for make in (lambda: tf.contrib.opt.LazyAdamOptimizer(0.1), lambda: tf.contrib.opt.AdamWOptimizer(0.01, 0.1),
                 lambda: tf.contrib.opt.MomentumWOptimizer(0.02, learning_rate=0.1, momentum=0.9)):
        with tf.Graph().as_default(), tf.Session() as session:
            table = tf.get_variable("t", initializer=numbers(4, 2), use_resource=resource)
            dense = tf.get_variable("d", initializer=numbers(3), use_resource=resource)
            loss = tf.reduce_sum(tf.square(tf.gather(table, [1, 3, 1]))) + tf.reduce_sum(tf.square(dense - 1.0))
            optimizer, step = make(), tf.train.get_or_create_global_step()
            # Weights shrink before or after the loss reads them, in TF1 too: gradients must not depend on it.
            rows = tf.IndexedSlices(tf.constant(numbers(3, 2)), tf.constant([1, 3, 1]), tf.constant([4, 2]))
            fixed = [(rows, table), (tf.constant(numbers(3)), dense)]
            decays = "W" in type(optimizer).__name__
            train = optimizer.apply_gradients(fixed, step) if decays else optimizer.minimize(loss, step)
            session.run(tf.global_variables_initializer())
            for _ in range(3):
                session.run(train)
            y += [names(), session.run(tf.global_variables())]
with tf.Graph().as_default(), tf.Session() as session:
    first, second = tf.get_variable("a", initializer=1.0), tf.get_variable("b", initializer=1.0)
    optimizer = tf.contrib.opt.AdamWOptimizer(0.5, 0.1)
    pairs = optimizer.compute_gradients(first + second)
    applied = optimizer.apply_gradients(pairs, decay_var_list=[first])
    session.run(tf.global_variables_initializer())
    session.run(applied)
    y += [session.run([first, second])]
    minimized = tf.contrib.opt.AdamWOptimizer(0.5, 0.1).minimize(first + second, decay_var_list=[second])
    session.run(tf.global_variables_initializer())
    session.run(minimized)
    y += [session.run([first, second])]
""",
    # contrib.gan, recorded with TensorFlow 1.14
    "contrib.gan": """
import os, tarfile, tempfile
with tf.Graph().as_default() as frozen:
    images = tf.placeholder(tf.float32, [None, 6, 6, 2], name="Mul")
    tf.reduce_sum(tf.abs(images), [1, 2], name="logits")
    tf.identity(images[:, ::3, ::3] * 2.0, name="pool_3")
path = os.path.join(tempfile.mkdtemp(), "frozen.pb")
with open(path, "wb") as file:
    file.write(frozen.as_graph_def().SerializeToString())
with tarfile.open(path + ".tar.gz", "w:gz") as archive:
    archive.add(path, "inside.pb")
e = tf.contrib.gan.eval
graph = e.get_graph_def_from_disk(path)
archived = e.get_graph_def_from_url_tarball("http://no.such/file", "inside.pb", path + ".tar.gz")
images, others = tf.constant(numbers(12, 6, 6, 2)), tf.constant(numbers(13, 6, 6, 2)[1:] * 1.5 + 0.1)
logits = e.run_inception(images, graph, image_size=6)
outputs = ["logits:0", "pool_3:0"]
both = e.run_inception(images, default_graph_def_fn=lambda: archived, image_size=6, output_tensor=outputs)
def classify(batch):
    return e.run_image_classifier(batch, graph, "Mul:0", "logits:0")
y = run(logits, both, e.classifier_score(images, classify, 3), e.classifier_score_from_logits(logits),
        e.frechet_classifier_distance(images, others, classify, 2),
        e.frechet_classifier_distance_from_activations(logits, classify(others)),
        e.preprocess_image(tf.cast(images * 100, tf.int32), 4, 5), e.preprocess_image(images[0] * 200, 3, 3))
""",
    # the same thing under another name
    "renamed": """
import tempfile
f = tf.contrib.framework
y = [f.is_tensor(tf.constant(1)), f.is_tensor(1), f.nest.flatten({"b": [1, 2], "a": (3,)}), f.nest.is_sequence([1]),
     f.nest.map_structure(lambda a: a + 1, [1, (2,)]), f.nest.pack_sequence_as((1, [2]), [5, 6])]
y += run(f.sort(tf.constant([3, 1, 2])), f.argsort(tf.constant([3, 1, 2])), tf.contrib.signal.hann_window(5),
         tf.contrib.signal.frame(tf.range(7), 3, 2),
         tf.contrib.metrics.set_size(tf.SparseTensor([[0, 1]], [1], [2, 2])),
         tf.abs(tf.contrib.signal.stft(tf.constant(numbers(16)), 8, 4)))
weight = tf.get_variable("w", initializer=[1.0, 2.0])
step = tf.contrib.framework.get_or_create_global_step()
f.assert_global_step(step)
folder = tempfile.mkdtemp()
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    path = tf.train.Saver().save(session, folder + "/m")
    y += [f.list_variables(folder), f.load_variable(path, "w"), f.load_checkpoint(path).has_tensor("w")]
    checkpoint = tf.train.Checkpoint(w=weight)
    manager = tf.contrib.checkpoint.CheckpointManager(checkpoint, folder + "/c", max_to_keep=2)
    y += [[manager.save()[len(folder):] for _ in range(3)], len(manager.checkpoints)]
""",
    "stateless": """
s = tf.contrib.stateless
y = run(s.stateless_random_uniform([3], [1, 2]), s.stateless_random_normal([3], [3, 4], dtype=tf.float64),
        s.stateless_truncated_normal([3], seed=[5, 6]), s.stateless_multinomial(tf.constant([[1.0, 2.0]]), 4, [1, 1]))
""",
    "contrib.data": """
d = tf.contrib.data
def drained(dataset):
    following = dataset.make_one_shot_iterator().get_next()
    with tf.Session() as session:
        found = []
        try:
            while len(found) < 12:
                found.append(session.run(following))
        except tf.errors.OutOfRangeError:
            pass
        return found
numbered = tf.data.Dataset.range(10)
y = [drained(numbered.apply(d.map_and_batch(lambda x: x * 2, 4, drop_remainder=True))),
     sorted(drained(numbered.apply(d.shuffle_and_repeat(3, 1, seed=5)))),
     drained(numbered.apply(d.enumerate_dataset(3)))[:2],
     drained(numbered.apply(d.group_by_window(lambda x: x % 2, lambda k, w: w.batch(3), 3))),
     drained(numbered.apply(d.parallel_interleave(lambda x: tf.data.Dataset.from_tensors(x).repeat(2), 2))),
     drained(numbered.map(lambda x: tf.check_numerics(1.0 / tf.cast(x, tf.float32), "")).apply(d.ignore_errors()))[:2],
     drained(numbered.batch(3).apply(d.unbatch())),
     drained(numbered.apply(d.scan(tf.constant(1, tf.int64), lambda a, x: (a + x, a)))),
     drained(numbered.apply(d.batch_and_drop_remainder(4))), drained(d.Counter(2, 3))[:3], d.AUTOTUNE,
     drained(d.sample_from_datasets([numbered, numbered.repeat()], [0.5, 0.5], seed=3))[:5]]
""",
}
"""Name to a program in TensorFlow 1; HEAD goes before each."""
