# ruff: noqa: B905, ICN001, PLC0415, RUF005, UP031
"""Evaluates cases in a process of its own: `python numbers_child.py tf1|tf2 < cases.json > numbers.json`.

`tf1` runs in a graph and a session: on TensorFlow 1 as it is, on TensorFlow 2 through compat.v1, tf_keras and tf_slim.
`tf2` runs eagerly with Keras 3. A case is {"kind", "source", ...}; a result is a list of arrays, or {"error": text}.
Runs under Python 3.7 too.
"""

import json
import os
import sys
import types

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
if sys.argv[1] == "tf1":
    os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow

IS_GENUINE = tensorflow.__version__.startswith("1.")


def tf1_namespace():
    """`tf` as a TF1 program sees it."""
    if IS_GENUINE:
        return tensorflow
    v1 = tensorflow.compat.v1
    v1.disable_v2_behavior()
    from tf_slim.layers import initializers, regularizers

    layers = types.SimpleNamespace()
    for module in (initializers, regularizers):
        for name in module.__all__:
            setattr(layers, name, getattr(module, name))
    v1.contrib = types.SimpleNamespace(layers=layers, slim=layers)
    return v1


def arrays(specs):
    """Named arrays made from {"name": [shape, dtype, low, high]}."""
    made = {}
    for ordinal, (name, (shape, dtype, low, high)) in enumerate(sorted(specs.items())):
        numbers = np.random.RandomState(ordinal + 1).uniform(low, high, shape)
        made[name] = (np.floor(numbers) if "int" in dtype else numbers).astype(dtype)
    return made


def weight_values(shapes):
    """A value for each shape, in order; positive, so that they are good for variances too."""
    return [np.random.RandomState(50 + i).uniform(0.1, 0.9, shape).astype("float32") for i, shape in enumerate(shapes)]


def as_lists(values):
    return [None if value is None else np.asarray(value, "float64").tolist() for value in values]


def expression_tf1(tf, case):
    """[value, gradients...] of an expression of float inputs; the gradient is that of the sum of squared values."""
    given = arrays(case["inputs"])
    with tf.Graph().as_default(), tf.Session() as session:
        tensors = {name: tf.placeholder(value.dtype, value.shape) for name, value in given.items()}
        value = tf.convert_to_tensor(eval(case["source"], dict(tensors, tf=tf, np=np)))
        floats = [tensors[name] for name in sorted(given) if given[name].dtype.kind == "f"]
        gradients = [None] * len(floats)
        if value.dtype.is_floating and floats:
            gradients = tf.gradients(tf.reduce_sum(tf.square(value)), floats)
        wanted = [value] + [gradient for gradient in gradients if gradient is not None]
        numbers = session.run(wanted, {tensors[name]: given[name] for name in given})
        rest = iter(numbers[1:])
        return as_lists([numbers[0]] + [None if gradient is None else next(rest) for gradient in gradients])


def expression_tf2(tf, case):
    given = arrays(case["inputs"])
    tensors = {name: tf.constant(value) for name, value in given.items()}
    floats = [tensors[name] for name in sorted(given) if given[name].dtype.kind == "f"]
    with tf.GradientTape() as tape:
        tape.watch(floats)
        value = tf.convert_to_tensor(eval(case["source"], dict(tensors, tf=tf, np=np)))
        target = tf.reduce_sum(tf.square(value)) if value.dtype.is_floating else None
    gradients = [None] * len(floats) if target is None else tape.gradient(target, floats)
    return as_lists([value, *gradients])


def layer_tf1(tf, case):
    """[output, penalty, input's gradient, weights after the update ops were run twice...] of a layer call."""
    given = arrays(case["inputs"])
    with tf.Graph().as_default(), tf.Session() as session:
        tf.enable_resource_variables()
        tensors = {name: tf.placeholder(value.dtype, value.shape) for name, value in given.items()}
        output = eval(case["source"], dict(tensors, tf=tf))
        penalty = tf.losses.get_regularization_loss()
        variables = tf.global_variables()
        gradient = tf.gradients(_uneven_sum(tf, output), [tensors["x"]])
        session.run(tf.global_variables_initializer())
        for variable, value in zip(variables, weight_values([v.shape.as_list() for v in variables])):
            variable.load(value, session)
        feed = {tensors[name]: given[name] for name in given}
        numbers = session.run([output, penalty] + gradient, feed)
        for _ in range(2):
            session.run(tf.get_collection(tf.GraphKeys.UPDATE_OPS), feed)
        return as_lists(numbers + session.run(variables))


def layer_tf2(tf, case):
    given = arrays(case["inputs"])
    tensors = {name: tf.constant(value) for name, value in given.items()}
    namespace = dict(tensors, tf=tf)
    exec(case.get("prelude", ""), namespace)
    layer = eval(case["source"], namespace)
    options = eval(case["call"], namespace)
    layer.build(tensors["x"].shape)
    layer.set_weights(weight_values([weight.shape for weight in layer.weights]))

    @tf.function
    def run(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            output = layer(x, **options)
            total = _uneven_sum(tf, output)
        return output, tape.gradient(total, x)

    output, gradient = run(tensors["x"])
    if options.get("training"):
        run(tensors["x"])
    penalty = tf.add_n(layer.losses) if layer.losses else 0.0
    return as_lists([output, penalty, gradient, *layer.get_weights()])


def _uneven_sum(tf, output):
    """A sum with uneven weights: plain sums and sums of squares do not change when batch normalization's input does."""
    shape = output.shape.as_list()
    return tf.reduce_sum(output * np.sin(np.arange(np.prod(shape))).reshape(shape).astype("float32"))


def optimizer_tf1(tf, case):
    """The variables after fifty steps."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.enable_resource_variables()
        variables = [tf.Variable(value) for value in weight_values(((4, 3), (3,)))]
        step = tf.train.get_or_create_global_step()
        optimizer = eval(case["source"], {"tf": tf, "step": step})
        train = optimizer.minimize(_bowl(tf, variables), global_step=step)
        session.run(tf.global_variables_initializer())
        for _ in range(50):
            session.run(train)
        return as_lists(session.run(variables))


def optimizer_tf2(tf, case):
    variables = [tf.Variable(value) for value in weight_values(((4, 3), (3,)))]
    optimizer = eval(case["source"], {"tf": tf})
    for _ in range(50):
        with tf.GradientTape() as tape:
            loss = _bowl(tf, variables)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return as_lists(variables)


def schedule_tf1(tf, case):
    """The learning rate at steps from the first to far beyond the last of a decay, each for itself."""
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.placeholder(tf.int64, [])
        rate = eval(case["source"], {"tf": tf, "step": step})
        return as_lists([1e3 * session.run(rate, {step: number}) for number in _STEPS])


def schedule_tf2(tf, case):
    schedule = eval(case["source"], {"tf": tf})
    rate = tf.function(schedule.__call__, input_signature=[tf.TensorSpec([], tf.int64)])
    return as_lists([1e3 * rate(number).numpy() for number in _STEPS])


_STEPS = (0, 1, 6, 7, 8, 9, 10, 11, 20, 21, 39, 40, 41, 1000, 100000)


def _bowl(tf, variables):
    matrix, bias = variables
    target = np.linspace(-1.0, 1.0, 12).reshape(4, 3).astype("float32")
    return tf.reduce_sum(tf.square(matrix - target) * (target + 1.5)) + tf.reduce_mean(tf.cosh(bias + matrix[0]))


def initializer_tf1(tf, case):
    """For a big sample of each shape: [mean, standard deviation, low and high percentile], [least, greatest].

    The last are empty where the distribution has no ends.
    """
    results = []
    for shape in case["shapes"]:
        with tf.Graph().as_default(), tf.Session() as session:
            tf.set_random_seed(7)
            variable = tf.get_variable("v", shape, initializer=eval(case["source"], {"tf": tf}))
            session.run(tf.global_variables_initializer())
            results.extend(_summary(session.run(variable)))
    return results


def initializer_tf2(tf, case):
    tf.keras.utils.set_random_seed(7)
    results = []
    for shape in case["shapes"]:
        results.extend(_summary(np.asarray(eval(case["source"], {"tf": tf})(tuple(shape)))))
    return results


def _summary(sample):
    moments = [float(sample.mean()), float(sample.std()), *np.percentile(sample, [1, 99]).tolist()]
    ends = [float(sample.min()), float(sample.max())]
    has_ends = abs(ends[1] - moments[0]) <= 2.5 * moments[1]
    return [moments, ends if has_ends else []]


def main(side):
    tf = tf1_namespace() if side == "tf1" else tensorflow
    results = {}
    for name, case in json.load(sys.stdin).items():
        try:
            results[name] = globals()["%s_%s" % (case["kind"], side)](tf, case)
        except Exception as error:
            results[name] = {"error": "%s: %s" % (type(error).__name__, str(error)[:300])}
    sys.stdout.write("\n=====" + json.dumps(results))


main(sys.argv[1])
