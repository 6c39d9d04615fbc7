"""TensorFlow names that TF 2.21 has, has under another name, or lost; and TensorFlow as a value."""

from __future__ import annotations

import pytest
from graph_programs import ROOT, after, body, line, reasons, run, texts

from tf1to2_reg.facts import compat_v1, private_names
from tf1to2_reg.facts.lost import RENAMED, is_private_same, piece, plain
from tf1to2_reg.facts.ways_out import WAYS_OUT, way_out
from tf1to2_reg.results import Status

LAYER = "import tensorflow as tf\ntf.layers.flatten(x)\n"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("tf.contrib.framework.get_or_create_global_step()", "tf.train.get_or_create_global_step()"),
        ("tf.contrib.slim.get_or_create_global_step()", "tf.train.get_or_create_global_step()"),
        ("tf.contrib.data.map_and_batch(f, 3)", "tf.data.experimental.map_and_batch(f, 3)"),
        ("tf.contrib.distributions.Normal(0.0, 1.0)", "tf.distributions.Normal(0.0, 1.0)"),
        ("tf.keras.initializers.he_normal()", "tf.initializers.he_normal()"),
        ("tf.GraphKeys.UPDATE_OPS", "tf.GraphKeys.UPDATE_OPS"),
        ("tf.app.flags.FLAGS.rate", "tf.app.flags.FLAGS.rate"),
        ("tf.nn.relu.__name__", "tf.nn.relu.__name__"),
        ("tf.keras.datasets.mnist.load_data()", "tf.keras.datasets.mnist.load_data()"),
        ("getattr(tf.train, name)", "getattr(tf.train, name)"),
        ("getattr(tf, 'zeros')([1])", "getattr(tf, 'zeros')([1])"),
        ("tf is None", "tf is None"),
        ("print(tf.__version__)", "print(tf.__version__)"),
        ("print('version %s' % tf.__version__)", "print('version %s' % tf.__version__)"),
        ("LooseVersion(tf.__version__) >= LooseVersion('1.0')", "LooseVersion(tf.__version__) >= LooseVersion('1.0')"),
    ],
)
def test_names_that_stayed(before: str, expected: str) -> None:
    assert line(before, "tf.layers.flatten(x)\n") == expected


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("tf.estimator.DNNClassifier([4], [])\n", "TFR401"),
        ("tf.estimator.tpu.TPUEstimator(f)\n", "TFR401"),
        ("from tensorflow.python.estimator.canned.dnn import DNNRegressor\nDNNRegressor([4], [])\n", "TFR401"),
        ("f = tf.contrib.data.batch_and_drop_remainder(3)\n", "TFR401"),
        ("d.apply(tf.contrib.data.batch_and_drop_remainder())\n", "TFR401"),
        ("tf.keras.utils.to_categorical(y, 3, 'int64')\n", "TFR405"),
        ("tf.keras.utils.to_categorical(y=y)\n", "TFR405"),
        ("map(tf.keras.utils.to_categorical, y)\n", "TFR405"),
        ("from keras.utils import plot_model\nplot_model(m)\n", "TFR405"),
        ("from keras.layers import Dense\n", "TFR408"),
        ("import keras\n", "TFR408"),
        ("import keras.utils\n", "TFR408"),
        ("from keras import utils, layers\n", "TFR408"),
        ("scope.set_partitioner(p)\n", "TFR407"),
        ("tf.contrib.rnn.UGRNNCell(3)\n", "TFR401"),
        ("slim = tf.contrib.slim\nslim.nets.vgg.vgg_16(x)\n", "TFR401"),
        ("slim = tf.contrib.slim\nf(slim)\n", "TFR403"),
        ("slim = tf.contrib.slim\nif f():\n    slim = other\nslim.conv2d(x, 3, 3)\n", "TFR403"),
        ("tf.contrib.layers.gdn(x)\n", "TFR401"),
        ("tf.keras.backend.learning_phase()\n", "TFR401"),
        ("getattr(tf, 'contrib')\n", "TFR401"),
        ("tf.nn.reluu(x)\n", "TFR402"),
        ("tf.mul(x, y)\n", "TFR402"),
        ("raise tf.flags.FlagsError('x')\n", None),
        ("raise Error(tf.flags.FlagsError)\n", "TFR402"),
        ("raise tf.fflags.FlagsError('x')\n", "TFR402"),
        ("from tensorflow.flags import FlagsError\nraise FlagsError('x')\n", "TFR402"),
        ("tf.compat.v2.keras.layers.Dense(3)\n", "TFR405"),
        ("tf.compat.v2.estimator.Estimator(f)\n", "TFR401"),
        ("tf.compat.v2.random.uniform([])\n", None),
        ("tf.python.ops.nn.relu\n", None),
        ("tf.python.framework.ops.something\n", "TFR402"),
        ("getattr(tf, name)\n", "TFR403"),
        ("f(tf)\n", "TFR403"),
        ("vars(tf)\n", "TFR403"),
        ("tf.__dict__\n", "TFR402"),
        ("f(tf.contrib.layers)\n", "TFR403"),
        ("tf.nn.relu = f\n", "TFR403"),
        ("eval('tf.nn.' + name)\n", "TFR403"),
        ("tf.keras.layers.Dense(3)(x)\n", "TFR405"),
        ("tf.keras.Sequential()\n", "TFR405"),
        ("tf.keras.layers.Dropout(0.5, input_shape=(3,))\n", "TFR405"),
        ("tf.keras.layers.Dropout(*options)\n", "TFR405"),
        ("tf.keras.layers.GaussianDropout(0.5, **options)\n", "TFR405"),
        ("class Own(tf.keras.layers.Dropout): pass\n", "TFR405"),
        ("map(tf.keras.layers.Dropout, rates)\n", "TFR405"),
        ("getattr(tf.keras.layers, 'Dense')(3)\n", "TFR403"),
        ("getattr(tf.keras.utils, 'to_categorical')(y)\n", "TFR403"),
        ("getattr(tf, 'keras')\n", "TFR403"),
        ("getattr(tf, 'enable_eager_execution')()\n", "TFR403"),
        ("getattr(tf.keras.datasets, 'mnist')\n", None),
        ("if tf.__version__.startswith('1'):\n    pass\n", "TFR406"),
        ("LooseVersion(tf.__version__) >= LooseVersion('2.0')\n", "TFR406"),
    ],
)
def test_names_that_stop_a_program(program: str, code: str | None) -> None:
    assert [reason[0] for reason in reasons(LAYER + program)] == ([code] if code else [])


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("y = tf.estimator.ModeKeys.PREDICT", 'y = "infer"'),
        ("y = x == tf.contrib.learn.ModeKeys.EVAL", 'y = x == "eval"'),
        ("d = (d).apply(tf.contrib.data.batch_and_drop_remainder(n))", "d = (d).batch(n, drop_remainder=True)"),
        (
            "d = d.apply(tf.contrib.data.padded_batch_and_drop_remainder(3, padded_shapes=[None]))",
            "d = d.padded_batch(3, padded_shapes=[None], drop_remainder=True)",
        ),
        (
            "from tensorflow.python.ops import array_ops\ny = array_ops.stack([x])",
            "from tensorflow.python.ops import array_ops\ny = tf.stack([x])",
        ),
        (
            "from tensorflow.python.ops.array_ops import stack\ny = stack([x])",
            "from tensorflow.compat.v1 import stack\ny = stack([x])",
        ),
        (
            "from tensorflow.python.framework import ops\ny = isinstance(x, ops.Tensor)",
            "from tensorflow.python.framework import ops\ny = isinstance(x, tf.Tensor)",
        ),
        (
            "from tensorflow.python.ops.variables import VariableV1\ny = VariableV1(x)",
            "from tensorflow.compat.v1 import Variable as VariableV1\ny = VariableV1(x)",
        ),
        ("d = tf.keras.layers.Dropout(0.5, name='d')", "d = KerasDropout(0.5, name='d')"),
        (
            "from tensorflow.keras.layers import Dropout\nd = Dropout(rate=0.5)",
            "from graph_layers import KerasDropout as Dropout\nd = Dropout(rate=0.5)",
        ),
        ("w = tf.train.SummaryWriter(d, graph)", "w = tf.summary.FileWriter(d, graph)"),
        (
            "from tensorflow.python.ops import functional_ops\ny = functional_ops.map_fn(f, x)",
            "from tensorflow.python.ops import functional_ops\ny = tf.map_fn(f, x)",
        ),
        (
            "from tensorflow.python.util import nest\ny = nest.is_sequence(x)",
            "from tensorflow.python.util import nest\ny = tf.nest.is_nested(x)",
        ),
        (
            "from keras.utils import np_utils\ny = np_utils.to_categorical(y, num_classes=3)",
            'from keras import utils as np_utils\ny = np_utils.to_categorical(y, num_classes=3).astype("float32")',
        ),
        (
            "from tensorflow.keras.utils import to_categorical\ny = to_categorical(y)",
            'from tensorflow.keras.utils import to_categorical\ny = to_categorical(y).astype("float32")',
        ),
    ],
)
def test_names_with_an_exact_form(statements: str, expected: str) -> None:
    assert body("tf.layers.flatten(x)\n" + statements + "\n").split("(x)\n", 1)[1] == expected + "\n"


@pytest.mark.parametrize(
    "statements",
    [
        "from keras.datasets import mnist",
        "from keras.datasets import *",
        "from tensorflow.core.framework import summary_pb2\nsummary_pb2.Summary.Value()",
        "from tensorflow.python.client import device_lib\ndevice_lib.list_local_devices()",
        "from tensorflow.python.lib.io import file_io\nfile_io.FileIO('x', 'w')",
        "tf.keras.backend.std(x)",
        "scope.set_partitioner(None)",
    ],
)
def test_names_that_are_the_same_in_both(statements: str) -> None:
    assert body("tf.layers.flatten(x)\n" + statements + "\n").split("(x)\n", 1)[1] == statements + "\n"


def test_every_lost_name_is_told_once_with_its_first_place() -> None:
    program = LAYER + "tf.contrib.rnn.UGRNNCell(3)\ntf.contrib.rnn.GRUBlockCell(3)\ntf.contrib.rnn.UGRNNCell(4)\n"
    assert reasons(program) == [("TFR401", "main.py", 3), ("TFR401", "main.py", 4)]
    assert all(
        "tf.nn.rnn_cell.RNNCell" in reason.help for result in run({"main.py": program}) for reason in result.reasons
    )


def test_tensorflow_handed_to_a_function_that_takes_what_stayed() -> None:
    files = {
        "main.py": LAYER + "import tests\ntests.check(tf)\n",
        "tests.py": "@wrapped\ndef check(module):\n    return module.nn.relu\n",
    }
    assert after(files)["tests.py"] == files["tests.py"]
    lost = {**files, "tests.py": "@wrapped\ndef check(module):\n    return module.contrib.rnn\n"}
    assert reasons(lost) == [("TFR403", "main.py", 4)]


def test_a_parameter_that_is_tensorflow_in_every_call() -> None:
    program = LAYER + "def f(t):\n    return t.layers.dense(x, 3)\n\n\nf(tf)\n"
    assert "graph_model().add(t.keras.layers.Dense(3))(x)" in after(program)["main.py"]


def test_an_exception_that_no_version_has_is_told() -> None:
    (result,) = run({"main.py": LAYER + "def f():\n    raise tf.flags.FlagsError('x')\n"})
    assert [(note.code, note.line) for note in result.notes] == [("TFR306", 4)]


def test_the_file_of_tensorflow_2_keeps_its_import() -> None:
    text = after("import tensorflow.compat.v2 as tf\ny = tf.compat.v1.layers.dense(x, 3)\n")["main.py"]
    assert text.startswith("import tensorflow.compat.v2 as tf\n")
    assert text.endswith("\ny = dense(x, 3)\n")


def test_a_renamed_name_stays_in_the_interface_that_the_file_spells() -> None:
    program = "y = tf.compat.v1.layers.dense(x, 3)\nz = tf.compat.v1.keras.initializers.he_normal()\n"
    today = after("import tensorflow as tf\n" + program)["main.py"]
    assert today.endswith("z = tf.compat.v1.initializers.he_normal()\n")
    version_1 = after("import tensorflow.compat.v1 as tf\n" + program)["main.py"]
    assert version_1.endswith("z = tf.initializers.he_normal()\n")


def test_partial_migrates_all_but_the_lost_names() -> None:
    files = {"main.py": LAYER + "tf.contrib.rnn.UGRNNCell(3)\n"}
    (result,) = run(files, partial=True)
    assert result.outcome is Status.MIGRATED
    assert [reason.code for reason in result.reasons] == ["TFR401"]
    assert texts(files, [result])["main.py"].endswith("tf.contrib.rnn.UGRNNCell(3)\n")
    (stopped,) = run({"main.py": files["main.py"] + "getattr(tf, name)\n"}, partial=True)
    assert stopped.outcome is Status.REFUSED
    assert stopped.paths == (ROOT / "main.py",)


def test_public_names_of_private_ones_exist() -> None:
    lost = [new for new in private_names.public_names().values() if compat_v1.look_up(new).missing]
    assert lost == []


def test_new_names_of_the_table_exist() -> None:
    lost = [new for new in RENAMED.values() if compat_v1.look_up(new).missing and piece(new) is None]
    assert lost == []


@pytest.mark.parametrize(
    ("symbol", "is_same"),
    [
        ("tf.python.ops.math_ops.matmul", True),
        ("tf.python.ops.math_ops", True),
        ("tf.python.ops.math_ops._private", False),
        ("tf.python.client.session.Session.run", True),
        ("tf.python.nothing", False),
        ("tf.nn", False),
    ],
)
def test_private_names(symbol: str, is_same: bool) -> None:
    assert is_private_same(symbol) is is_same


def test_every_lost_name_has_a_way_out() -> None:
    refused = [name for name in compat_v1.lost() if piece(plain(name)) is None and plain(name) == name]
    general = way_out("tf.unknown")
    assert [name for name in refused if way_out(name) == general and name != "tf.contrib"] == []
    assert all(way_out(name).endswith(".") for name in compat_v1.lost())


def test_ways_out_are_of_names_without_a_form() -> None:
    """A prefix with a form of its own would never be asked for."""
    assert [prefix for prefix, _ in WAYS_OUT if piece(plain(prefix)) or prefix in RENAMED] == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("tf.contrib.lookup.index_table_from_tensor(w, 1)", "index_table_from_tensor(w, 1)"),
        ("tf.contrib.image.transform(x, t)", "image_transform(x, t)"),
        ("tf.contrib.training.HParams(rate=0.1)", "HParams(rate=0.1)"),
        ("tf.contrib.metrics.streaming_mean(x)", "streaming_mean(x)"),
        ("tf.contrib.opt.LazyAdamOptimizer(0.1)", "LazyAdamOptimizer(0.1)"),
        ("tf.contrib.checkpoint.CheckpointManager(c, f)", "tf.train.CheckpointManager(c, f)"),
        ("tf.contrib.framework.nest.flatten(x)", "tf.nest.flatten(x)"),
    ],
)
def test_names_of_contrib_with_a_form(expression: str, expected: str) -> None:
    assert line(expression, "tf.layers.flatten(x)\n") == expected


def test_modules_of_contrib_under_own_names() -> None:
    program = """\
    import tensorflow as tf
    from tensorflow.contrib import lookup
    from tensorflow.examples.tutorials.mnist import input_data
    tf.layers.flatten(x)
    framework = tf.contrib.framework
    table = lookup.index_table_from_tensor(words)
    data = input_data.read_data_sets("data")
    y = framework.sort(x)
    """
    text = after({"main.py": program})["main.py"]
    assert "from graph_layers import" in text
    assert text.endswith('table = index_table_from_tensor(words)\ndata = read_data_sets("data")\ny = tf.sort(x)\n')


def test_a_layer_of_keras_in_a_model_of_its_own_is_not_ours() -> None:
    program = """
        import tensorflow as tf
        def build():
            return tf.keras.Sequential()
        model = build()
        build().add(tf.keras.layers.Dense(3))
        y = tf.layers.dense(tf.placeholder(tf.float32, [None, 4]), 1)
    """
    assert "TFR405" in {reason.code for result in run({"main.py": program}) for reason in result.reasons}


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        ("for i in xrange(3):\n    pass\n", "xrange"),
        ("text = unicode(x)\n", "unicode"),
        ("for k, v in d.iteritems():\n    pass\n", "iteritems()"),
        ("if d.has_key(3):\n    pass\n", "has_key()"),
        ("print >>f, x\n", "print >>"),
        ("for i in range(3):\n    pass\n", None),
        ("from six.moves import xrange\nfor i in xrange(3):\n    pass\n", None),
        ("from past.builtins import *\nfor i in xrange(3):\n    pass\n", None),
        ("try:\n    xrange\nexcept NameError:\n    xrange = range\n", None),
        ("try:\n    text = unicode(x)\nexcept NameError:\n    text = x\n", None),
        ("import sys\nif sys.version_info[0] < 3:\n    input = raw_input\n", None),
        ("import six\nfor k, v in six.iteritems(d):\n    pass\n", None),
        ("iteritems = d.items\niteritems()\n", None),
    ],
)
def test_names_of_python_2_are_told(statements: str, told: str | None) -> None:
    (result,) = run({"main.py": LAYER + statements})
    assert result.outcome is Status.MIGRATED
    found = [note.message.partition(" is Python 2")[0] for note in result.notes if note.code == "TFR307"]
    assert found == ([told] if told else [])


def test_names_of_python_2_are_told_of_programs_that_stay() -> None:
    (result,) = run({"main.py": LAYER + "for i in xrange(3):\n    tf.contrib.rnn.Conv1DLSTMCell(3)\n"})
    assert result.outcome is Status.REFUSED
    assert [note.code for note in result.notes] == ["TFR307"]
