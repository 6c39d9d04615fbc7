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

CASES: dict[str, str] = {
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
}
"""Name to a program in TensorFlow 1; HEAD goes before each."""
