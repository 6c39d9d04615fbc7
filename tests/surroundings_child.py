"""Runs inside TensorFlow: the `Saver` of tf1_checkpoints.py with checkpoints of TensorFlow 1.15.5, and what is written.

python surroundings_child.py FOLDER FIXTURES    # tf1_checkpoints.py stands in FOLDER; prints JSON
"""

import contextlib
import io
import json
import os
import runpy
import sys

import numpy as np
import tensorflow as tf

FOLDER, FIXTURES = sys.argv[1:]
FIXTURE = os.path.join(FIXTURES, "saver_tf1")
sys.path.insert(0, FOLDER)
Saver = __import__("tf1_checkpoints").Saver
DATA = np.random.RandomState(0).rand(12, 3).astype(np.float32)
KERAS = tf.keras.optimizers
OPTIMIZERS = {
    "Adadelta": (lambda: KERAS.Adadelta(0.5, epsilon=1e-8), None),
    "Adagrad": (lambda: KERAS.Adagrad(0.1, epsilon=0.0), None),
    "Adam": (lambda: KERAS.Adam(0.05, epsilon=1e-8), None),
    "Ftrl": (lambda: KERAS.Ftrl(0.1), None),
    "GradientDescent": (lambda: KERAS.SGD(0.1), None),
    "Momentum": (lambda: KERAS.SGD(0.05, momentum=0.9), None),
    "Nesterov": (lambda: KERAS.SGD(0.05, momentum=0.9, nesterov=True), "nesterov"),
    "RMSProp": (lambda: tf.compat.v1.train.RMSPropOptimizer(0.01, momentum=0.5), None),
}


class Model(tf.keras.Model):
    """Holds a layer in a list, where `tf.train.Checkpoint` does not find it."""

    def __init__(self):
        super().__init__()
        self.hidden = [tf.keras.layers.Dense(4, tf.nn.tanh, name="a")]
        self.dense = tf.keras.layers.Dense(1)

    def call(self, x):
        return self.dense(self.hidden[0](x))


class Program:
    """A model, its optimizer and its saver."""

    def __init__(self, name, names=True):
        self.model = Model()
        make, self.given = OPTIMIZERS[name]
        self.optimizer = make()
        self.step = tf.function(self.step, input_signature=[tf.TensorSpec([None, 3])])
        layers = {"net/a": self.model.hidden[0], "dense": self.model.dense} if names else None
        arguments = {"tf1_step": "global_step", "tf1_optimizer": self.given, "max_to_keep": 2}
        self.saver = Saver([self.model], self.optimizer, [self.step], layers, **arguments)

    def step(self, x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.model(x) - x[:, :1]))
        kept = isinstance(self.optimizer, tf.compat.v1.train.Optimizer)
        variables = [v.value if kept else v for v in self.model.trainable_variables]
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    def losses(self, count=7):
        return [float(self.step(DATA)) for _ in range(count)]

    def error(self, path):
        try:
            self.saver.restore(path)
        except (ValueError, tf.errors.OpError) as error:
            return f"{type(error).__name__}: {error}"
        return ""


def resumed(name):
    """What follows on the checkpoint of TensorFlow 1, and on one saved right then, restored into other objects."""
    one, other = Program(name), Program(name)
    one.saver.restore(os.path.join(FIXTURE, "optimizers", name))
    path = one.saver.save(os.path.join(FOLDER, name), 3)
    other.saver.restore(path)
    first, second = one.losses(), other.losses()
    one.saver.restore(path)
    return {"path": path, "first": first, "second": second, "third": one.losses()}


def kept():
    """Files and state after several checkpoints, beside those of an earlier saver."""
    os.chdir(FOLDER)
    first, second = Program("Adam").saver, Program("Adam").saver
    paths = [first.save("kept/m", 7), *(second.save("kept/m", step) for step in (1, 2, 3, 2)), second.save("kept/end")]
    with open("kept/checkpoint") as stream:
        state = stream.read()
    found = [name for name in os.listdir("kept") if name.endswith("index")]
    return {"paths": paths, "files": sorted(found), "state": state, "latest": tf.train.latest_checkpoint("kept")}


def rate():
    """The learning rate is the program's, not the checkpoint's."""
    one, other = Program("Adam"), Program("Adam")
    one.optimizer.learning_rate = 0.5
    other.saver.restore(one.saver.save(os.path.join(FOLDER, "rate")))
    return float(other.optimizer.learning_rate.numpy())


def errors():
    """What cannot be restored."""
    tf1 = os.path.join(FIXTURE, "optimizers", "Adam")
    own = Program("Adam").saver.save(os.path.join(FOLDER, "own"))
    return {
        "nothing": Program("Adam").error(None),
        "no file": Program("Adam").error(os.path.join(FOLDER, "none")),
        "other optimizer": Program("Ftrl").error(tf1),
        "other optimizer of ours": Program("Ftrl").error(own),
        "no names": Program("Adam", names=False).error(tf1),
    }


def events(folder):
    """Step, tag, kind and value of each summary; of a histogram its buckets."""
    for name in sorted(os.listdir(folder)):
        for event in tf.compat.v1.train.summary_iterator(os.path.join(folder, name)):
            for value in event.summary.value:
                kind = value.metadata.plugin_data.plugin_name
                yield [event.step, value.tag, kind, tf.make_ndarray(value.tensor).tolist()]


def written():
    """The events of the program with summaries."""
    folder = os.path.join(FOLDER, "events")
    printed(os.path.join(FIXTURES, "summary", "after.py"), folder)
    return {name: list(events(os.path.join(folder, name))) for name in ("test", "train")}


def printed(program, *arguments):
    """What a migrated program prints."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        sys.argv = [program, *arguments]
        runpy.run_path(program, run_name="__main__")
    return out.getvalue()


FOUND = {
    "optimizers": {name: resumed(name) for name in OPTIMIZERS},
    "kept": kept(),
    "rate": rate(),
    "errors": errors(),
    "events": written(),
    "printed": printed(os.path.join(FIXTURE, "after", "main.py")),
}
sys.stdout.write(json.dumps(FOUND))
