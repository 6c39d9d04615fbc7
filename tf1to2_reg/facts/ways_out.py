"""What the author of a program can do about a name that TensorFlow lost and that has no exact form."""

from __future__ import annotations

from tf1to2_reg.facts import estimator

_TPU = "The program stays under TPUs: TensorFlow 2.21 has `tf.distribute.TPUStrategy` for them."
_CELL = "Write the cell as a class that derives from `tf.nn.rnn_cell.RNNCell`, which migrates."
_PHASE = "Feed a placeholder of your own, `tf.placeholder_with_default(False, [])`, in place of Keras's learning phase."
_SESSION = "Hold the `tf.Session` in a variable of the program."
_CUDNN = "Use `tf.nn.rnn_cell.LSTMCell` or `GRUCell`, which migrate; the layout of the weights is another one."

WAYS_OUT: tuple[tuple[str, str], ...] = (
    ("tf.app.flags", "Take it out: it is what a `from __future__` left in the module of the flags."),
    ("tf.config.experimental_list_devices", "Use `tf.config.list_logical_devices()`."),
    ("tf.contrib.cloud", "Read with `tf.gfile`, or the package `tensorflow-io`."),
    ("tf.contrib.cluster_resolver", "`tf.distribute.cluster_resolver` has it; a TPU program stays under TPUs."),
    ("tf.contrib.crf", "Use `crf_log_likelihood`, `crf_log_norm` or `crf_decode`, which migrate."),
    ("tf.contrib.cudnn_rnn", _CUDNN),
    ("tf.contrib.data", "`tf.data` has most of it under its own names."),
    ("tf.contrib.distribute", "`tf.distribute` has most of it."),
    (
        "tf.contrib.distributions",
        "Use `tf.distributions`, or the package `tensorflow-probability`, which has its names.",
    ),
    ("tf.contrib.eager", "Write the program for a graph; TensorFlow 2 is eager by itself."),
    ("tf.contrib.gan", "Use the package `tensorflow-gan`; TensorFlow 1.15 itself has no `tf.contrib.gan`."),
    ("tf.contrib.image", "The package `tensorflow-addons` had a port; or use `tf.image`."),
    ("tf.contrib.layers", "Write it with `tf.layers`, the common layers of `tf.contrib.layers` or `tf.get_variable`."),
    ("tf.contrib.learn", "Write it as a model function for `tf.estimator.Estimator`, which migrates."),
    ("tf.contrib.metrics", "Use the function of `tf.metrics`, or copy it (Apache-2.0) into the program."),
    (
        "tf.contrib.opt",
        "Write the update with `compute_gradients` and `tf.assign`, or take an optimizer of `tf.train`.",
    ),
    ("tf.contrib.predictor", "Export a `SavedModel`, and read it with `from_saved_model`, which migrates."),
    ("tf.contrib.rnn", _CELL),
    (
        "tf.contrib.seq2seq",
        "Copy the decoder (Apache-2.0) into the program; its cells migrate, and `sequence_loss` does.",
    ),
    ("tf.contrib.slim.nets", "Copy the network from slim (Apache-2.0) into the program: its layers migrate."),
    ("tf.contrib.slim", "Copy what you need of slim (Apache-2.0) into the program: its layers and arg_scope migrate."),
    ("tf.contrib.summary", "Use `tf.summary.scalar` and a `tf.summary.FileWriter`."),
    *estimator.WAYS_OUT,
    (
        "tf.contrib",
        "Copy what you need of `tf.contrib` (Apache-2.0) into the program, or write it with TensorFlow ops.",
    ),
    ("tf.data.experimental", "Take the option out: TensorFlow 2.21 neither gathers nor saves this of input pipelines."),
    ("tf.examples", "Load the data with `tf.keras.datasets.mnist.load_data()`."),
    ("tf.keras.backend.get_session", _SESSION),
    ("tf.keras.backend.in_test_phase", _PHASE),
    ("tf.keras.backend.in_train_phase", _PHASE),
    ("tf.keras.backend.learning_phase", _PHASE),
    ("tf.keras.backend.learning_phase_scope", _PHASE),
    ("tf.keras.backend.placeholder", "Use `tf.placeholder`."),
    ("tf.keras.backend.set_learning_phase", _PHASE),
    ("tf.keras.backend.set_session", _SESSION),
    ("tf.keras.layers.CuDNNGRU", _CUDNN),
    ("tf.keras.layers.CuDNNLSTM", _CUDNN),
    ("tf.keras.losses", "Write the loss with `tf.losses` or TensorFlow ops, whose numbers stay."),
    ("tf.keras.metrics", "Write the metric with `tf.metrics`, whose numbers stay."),
    ("tf.keras", "TF 2.21 has Keras 3; take the part that Keras 3 calls by another name."),
    ("tf.layers", "Write the layer with the functions of `tf.layers`, which migrate."),
    ("tf.lite", "Use the cells of `tf.nn.rnn_cell`, which migrate."),
    ("tf.raw_ops", "Use the public function for the op; those for embeddings on TPUs stay under TPUs."),
    ("tf.tpu", _TPU),
)
"""By prefix, the more special first."""


def way_out(symbol: str) -> str:
    """What the author can do about a lost name."""
    for prefix, text in WAYS_OUT:
        if symbol == prefix or symbol.startswith(prefix + "."):
            return text
    return "Take the name out of the program, or write what it did with other TensorFlow ops."
