# ruff: noqa: E402, ICN001
"""Evaluates graph programs in a process of its own: `python graph_layers_child.py before|after < cases.json > results`.

`before` has `tf.layers` and `tf.contrib.layers`, genuine on TensorFlow 1, else through `tf1_runtime`; `after` has the
module that the graph target writes, at the path in GRAPH_LAYERS. A case is {"source", "feeds", "resource"}. Its source
is run in a new graph with `tf`, `layers`, `contrib`, `np` and the placeholders, and leaves its output in `y`.
Runs under Python 3.7 too.
"""

import base64
import gc
import importlib.util
import inspect
import json
import os
import sys
import types
import weakref

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
SIDE = sys.argv[1]
IS_PYTHON_3_7 = sys.version_info < (3, 8)
if SIDE == "before" and not IS_PYTHON_3_7:
    from tf1to2_reg.verify.recorder import tf1_runtime

    tf1_runtime.set_environment()
    tf1_runtime.install()

import numpy as np
import tensorflow

GRAPHS = []
CLASSES = "Dense Conv1D Conv2D Conv3D Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D MaxPooling1D"
CLASSES += " MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D Flatten Dropout"
FUNCTIONS = (
    "dense conv1d conv2d conv3d conv2d_transpose conv3d_transpose separable_conv1d separable_conv2d max_pooling1d"
)
FUNCTIONS += " max_pooling2d max_pooling3d average_pooling1d average_pooling2d average_pooling3d flatten dropout"
NAMES = CLASSES.split() + FUNCTIONS.split() + ["BatchNormalization", "batch_normalization"]


def load(path):
    spec = importlib.util.spec_from_file_location("graph_layers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def namespaces():
    """(tf, layers, contrib, more names) of this side."""
    if SIDE == "before":
        return tensorflow, tensorflow.layers, tensorflow.contrib.layers, {"keras": tensorflow.keras.layers}
    tf = tensorflow.compat.v1
    tf.disable_v2_behavior()
    module = load(os.environ["GRAPH_LAYERS"])
    names = dict(vars(module))
    contrib = types.SimpleNamespace(**names)
    contrib.flatten = module.contrib_flatten
    keras = types.SimpleNamespace(Dropout=module.KerasDropout, GaussianDropout=module.GaussianDropout)
    return tf, module, contrib, {"graph_model": module.graph_model, "g": module, "keras": keras}


def encoded(array):
    array = np.ascontiguousarray(array)
    return [str(array.dtype), list(array.shape), base64.b64encode(array.tobytes()).decode("ascii")]


def numbers(shape, dtype, ordinal):
    values = np.random.RandomState(ordinal).uniform(0.1, 0.9, shape)
    return (np.floor(values * 8) if "int" in dtype else values).astype(dtype)


def tensors_of(y):
    return list(y) if isinstance(y, (list, tuple)) else [y]


def uneven(tf, tensor):
    """A sum with weights that differ: a plain sum has no gradient through batch normalization."""
    flat = tf.reshape(tensor, [-1])
    weights = tf.sin(tf.cast(tf.range(tf.size(flat)), tf.float64))
    return tf.reduce_sum(tf.cast(flat, tf.float64) * weights)


def signatures(layers):
    """The parameters of every function and class, with their defaults: equal numbers as one, initializers by name."""
    found = {}
    for name in NAMES:
        value = getattr(layers, name)
        is_class = inspect.isclass(value)
        signature = inspect.signature(value.__init__ if is_class and SIDE == "before" else value)
        kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
        parameters = [p for p in signature.parameters.values() if p.name != "self" and p.kind not in kinds]
        found[name] = [[p.name, default(p.default)] for p in parameters]
    return found


def default(value):
    if isinstance(value, tuple) and len(set(value)) == 1:
        return repr(value[0])
    return repr(type(value).__name__.lower()) if hasattr(value, "get_config") else repr(value)


def quick(tf):
    """Graphs are run as they are, without the time that it takes to optimize them."""
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config


def evaluate(tf, names, case):
    """Everything that a program could see of its layers."""
    with tf.Graph().as_default() as graph, tf.Session(config=quick(tf)) as session:
        if "class " not in case["source"]:  # a class of a program stays, and with it all names of its module
            GRAPHS.append(weakref.ref(graph))
        (tf.enable_resource_variables if case["resource"] else tf.disable_resource_variables)()
        tf.set_random_seed(11)
        feeds, floats = {}, []
        for ordinal, (name, (shape, dtype, batch)) in enumerate(sorted(case["feeds"].items())):
            names = dict(names)
            names[name] = tf.placeholder(dtype, shape, name)
            value = numbers([batch if size is None else size for size in shape], dtype, ordinal) - 0.4
            feeds[names[name]] = value.astype(dtype) if dtype != "bool" else True
            if dtype.startswith("float"):
                floats.append(names[name])
        exec(case["source"], names)
        outputs = tensors_of(names["y"])
        variables = tf.global_variables()
        penalties = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        total = tf.add_n(
            [uneven(tf, tensor) for tensor in outputs if tensor.dtype.is_floating] + [tf.zeros((), tf.float64)]
        )
        total += tf.add_n([tf.cast(penalty, tf.float64) for penalty in penalties] + [tf.zeros((), tf.float64)])
        sources = tf.trainable_variables() + floats
        slopes = (
            [tf.convert_to_tensor(slope) for slope in tf.gradients(total, sources) if slope is not None]
            if sources
            else []
        )
        initial = []
        if case["initial"]:
            session.run([variable.initializer for variable in variables])
            initial = [encoded(value) for value in session.run(variables)]
        start = {}
        for ordinal, variable in enumerate(variables):
            dtype = np.dtype(variable.dtype.base_dtype.as_numpy_dtype).name
            start[variable.initializer.inputs[1]] = numbers(variable.shape.as_list(), dtype, ordinal + 20)
        session.run([variable.initializer for variable in variables], start)
        values = session.run([outputs, penalties, slopes], feeds)
        for update in updates + updates:  # one by one: two updates of one average in one run are a race
            session.run(update, feeds)
        return {
            "outputs": [encoded(value) for value in values[0]],
            "penalties": [encoded(value) for value in values[1]],
            "gradients": [encoded(value) for value in values[2]],
            "moved": [encoded(value) for value in session.run(variables)] if updates else [],
            "initial": initial,
            "shapes": [str(tensor.shape.as_list() if tensor.shape.ndims is not None else None) for tensor in outputs],
            "variables": [[v.name, str(v.shape.as_list()), v.dtype.base_dtype.name] for v in variables],
            "trainable": [v.name for v in tf.trainable_variables()],
            "constrained": [v.name for v in variables if v.constraint is not None],
            "penalty_names": [tensor.name for tensor in penalties],
            "update_names": [op.name for op in updates],
            "losses": [tensor.name for tensor in tf.get_collection(tf.GraphKeys.LOSSES)],
            "output_names": [tensor.name for tensor in outputs],
            "seen": repr(names.get("seen")),
        }


def main():
    tf, layers, contrib, more = namespaces()
    names = dict(tf=tf, layers=layers, contrib=contrib, np=np, after=SIDE == "after", **more)
    results = {}
    for name, case in json.load(sys.stdin).items():
        try:
            results[name] = evaluate(tf, names, case)
        except Exception as error:
            results[name] = {"error": type(error).__name__, "message": str(error)[:500]}
    gc.collect()
    results["graphs"] = {"made": len(GRAPHS), "alive": sum(graph() is not None for graph in GRAPHS)}
    results["signatures"] = signatures(layers)
    results["versions"] = tensorflow.__version__
    sys.stdout.write("\n=====" + json.dumps(results))


main()
