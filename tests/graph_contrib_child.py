# ruff: noqa: C408, E402, ICN001, PLC0415, UP036
"""Evaluates programs of contrib's layers in a process of its own: `... before|after < cases > results`.

`before` has `tf.contrib`, genuine on TensorFlow 1, else through `tf1_runtime`; `after` has the module at the path in
GRAPH_LAYERS, by the table of `facts/contrib.py`. A case is {"source", "feeds", "resource"}. Its source is run in a new
graph and leaves its outputs in `y`. Runs under Python 3.7 too.
"""

import base64
import importlib.util
import inspect
import json
import os
import sys
import types

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
SIDE = sys.argv[1]
if SIDE == "before" and sys.version_info >= (3, 8):
    from tf1to2_reg.verify.recorder import tf1_runtime

    tf1_runtime.set_environment()
    tf1_runtime.install()

import numpy as np
import tensorflow

KEYS = ("UPDATE_OPS", "LOSSES", "MODEL_VARIABLES", "LOCAL_VARIABLES", "WEIGHTS", "TRAIN_OP", "SUMMARIES")


def before():
    tf = tensorflow
    tf.logging.set_verbosity(tf.logging.ERROR)
    contrib = tf.contrib
    slim = contrib.slim
    if sys.version_info >= (3, 8):
        import tf_slim.layers.utils
        import tf_slim.learning
        import tf_slim.model_analyzer

        slim.utils, slim.losses = tf_slim.layers.utils, contrib.losses
        slim.learning, slim.model_analyzer = tf_slim.learning, tf_slim.model_analyzer
    return tf, dict(
        slim=slim,
        contrib=contrib.layers,
        framework=contrib.framework,
        losses=contrib.losses,
        cells=tf.nn.rnn_cell,
        rnn=contrib.rnn,
        training=contrib.training,
        layers=tf.layers,
    )


def after():
    from tf1to2_reg.facts.contrib import PIECES

    spec = importlib.util.spec_from_file_location("graph_layers", os.environ["GRAPH_LAYERS"])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tf = tensorflow.compat.v1
    tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.ERROR)
    pieces = vars(module)
    spaces = {"": types.SimpleNamespace()}
    for symbol, piece in sorted(PIECES.items()):
        place, name = symbol.rsplit(".", 1)
        spaces.setdefault(place, types.SimpleNamespace())
        setattr(spaces[place], name, pieces[piece])
    slim = spaces["tf.contrib.slim"]
    for name in ("losses", "learning", "model_analyzer", "utils"):
        setattr(slim, name, spaces["tf.contrib.slim." + name])
    return tf, dict(
        slim=slim,
        contrib=spaces["tf.contrib.layers"],
        framework=spaces["tf.contrib.framework"],
        losses=spaces["tf.contrib.losses"],
        cells=spaces["tf.nn.rnn_cell"],
        rnn=spaces["tf.contrib.rnn"],
        training=spaces["tf.contrib.training"],
        layers=module,
    )


def signatures(tf, module):
    """The parameters of every symbol of the table that this side has, each with its default."""
    with open(os.environ["GRAPH_LAYERS"] + ".json") as table:
        pieces = json.load(table)
    found = {}
    for symbol, piece in sorted(pieces.items()):
        value = tf
        for part in symbol.split(".")[1:] if module is None else ():
            value = getattr(value, part, None)
        value = value if module is None else getattr(module, piece)
        if value is not None and not hasattr(value, "_fields"):
            found[symbol] = parameters(value)
    return found


def parameters(value):
    if isinstance(value, type):
        own = value.__init__
        found = inspect.signature(value if "__signature__" in vars(value) else own).parameters
    else:
        found = inspect.signature(value).parameters
    return [[name, default(parameter.default)] for name, parameter in found.items() if named(parameter)]


def named(parameter):
    return parameter.name != "self" and parameter.kind is parameter.POSITIONAL_OR_KEYWORD


def default(value):
    name = getattr(value, "__name__", None) or (type(value).__name__ if hasattr(value, "__dict__") else str(value))
    return name.strip("_")


def encoded(array):
    array = np.ascontiguousarray(array)
    return [str(array.dtype), list(array.shape), base64.b64encode(array.tobytes()).decode("ascii")]


def numbers(shape, dtype, ordinal):
    values = np.random.RandomState(ordinal).uniform(0.1, 0.9, shape)
    return (np.floor(values * 8) if "int" in dtype else values).astype(dtype)


def flat(y):
    if isinstance(y, dict):
        y = [y[key] for key in sorted(y)]
    return [tensor for part in y for tensor in flat(part)] if isinstance(y, (list, tuple)) else [y]


def uneven(tf, tensor):
    """A sum with weights that differ: a plain sum has no gradient through a normalization."""
    tensor = tf.reshape(tensor, [-1])
    weights = tf.sin(tf.cast(tf.range(tf.size(tensor)), tf.float64))
    return tf.reduce_sum(tf.cast(tensor, tf.float64) * weights)


def start(numbered):
    """The tensor that initializes a variable, and what to feed it."""
    ordinal, variable = numbered
    dtype = np.dtype(variable.dtype.base_dtype.as_numpy_dtype).name
    return variable.initializer.inputs[1], numbers(variable.shape.as_list(), dtype, ordinal)


def evaluate(tf, names, case):
    """Everything that a program could see of its layers."""
    with tf.Graph().as_default(), tf.Session() as session:
        (tf.enable_resource_variables if case["resource"] else tf.disable_resource_variables)()
        tf.set_random_seed(11)
        feeds, floats = {}, []
        names = dict(names)
        for ordinal, (name, (shape, dtype, batch)) in enumerate(sorted(case["feeds"].items())):
            names[name] = tf.placeholder(dtype, shape, name)
            value = numbers([batch if size is None else size for size in shape], dtype, ordinal)
            feeds[names[name]] = value if "int" in dtype else (value - 0.4).astype(dtype) if dtype != "bool" else True
            if dtype.startswith("float"):
                floats.append(names[name])
        exec(case["source"], names)
        outputs = [tf.convert_to_tensor(tensor) for tensor in flat(names["y"])]
        variables = tf.global_variables()
        penalties = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
        collections = {key: tf.get_collection(getattr(tf.GraphKeys, key)) for key in KEYS}
        updates = collections["UPDATE_OPS"] + tf.get_collection("updates")
        zero = tf.zeros((), tf.float64)
        total = tf.add_n([uneven(tf, tensor) for tensor in outputs if tensor.dtype.is_floating] + [zero])
        total += tf.add_n([tf.cast(penalty, tf.float64) for penalty in penalties] + [zero])
        sources = tf.trainable_variables() + floats
        slopes = [tf.convert_to_tensor(g) for g in tf.gradients(total, sources) if g is not None] if sources else []
        session.run(tf.local_variables_initializer())
        initial = []
        if case["initial"]:
            session.run(tf.global_variables_initializer())
            initial = [encoded(value) for value in session.run(variables)]
        session.run([variable.initializer for variable in variables], dict(map(start, enumerate(variables, 20))))
        values = session.run([outputs, penalties, slopes], feeds)
        for step in 2 * [outputs[:1], *updates]:  # one by one: two updates of one average in one run are a race
            session.run(step, feeds)
        return {
            "outputs": [encoded(value) for value in values[0]],
            "penalties": [encoded(value) for value in values[1]],
            "gradients": [encoded(value) for value in values[2]],
            "moved": [encoded(value) for value in session.run(variables)],
            "initial": initial,
            "shapes": [str(tensor.shape.as_list() if tensor.shape.ndims is not None else None) for tensor in outputs],
            "variables": [[v.name, str(v.shape.as_list()), v.dtype.base_dtype.name] for v in variables],
            "trainable": [v.name for v in tf.trainable_variables()],
            "penalty_names": [tensor.name for tensor in penalties],
            "output_names": [tensor.name for tensor in outputs],
            "collections": {key: [item.name for item in found] for key, found in collections.items()},
            "seen": repr(names.get("seen")),
        }


def main():
    tf, names = before() if SIDE == "before" else after()
    results = {"signatures": signatures(tf, None if SIDE == "before" else names["layers"])}
    names.update(tf=tf, np=np)
    for name, case in json.load(sys.stdin).items():
        try:
            results[name] = evaluate(tf, names, case)
        except Exception as error:
            if os.environ.get("TRACE"):
                import traceback

                traceback.print_exc()
            results[name] = {"error": type(error).__name__, "message": str(error)[:500]}
    sys.stdout.write("\n=====" + json.dumps(results))


main()
