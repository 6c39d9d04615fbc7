# ruff: noqa: C408, E731, PLW0108, SIM905, UP032
"""What an Estimator is asked in `graph_estimator_child.py`, which sets the names of TensorFlow 1. Python 3.7."""

import functools
import json
import os
import shutil

import numpy as np

tf = e = layers = None
"""TensorFlow 1; what has the names of `tf.estimator` and its modules; what has the names of `tf.layers`."""

CASES = {}


def case(function):
    """Register a case."""
    CASES[function.__name__] = function
    return function


class Watch:
    """Makes a hook that says what is called when."""

    def __new__(cls, log, name="hook"):
        class Hook(tf.train.SessionRunHook):
            def begin(self):
                log.append(name + " begin")

            def after_create_session(self, session, coord):
                log.append(name + " after_create_session")

            def before_run(self, run_context):
                log.append(name + " before_run")
                return tf.train.SessionRunArgs(tf.train.get_global_step())

            def after_run(self, run_context, run_values):
                log.append(name + " after_run")

            def end(self, session):
                log.append("{} end {}".format(name, session.run(tf.train.get_global_step())))

        return Hook()


def listener(log):
    """Makes a listener that says what is called when."""

    class Listener(tf.train.CheckpointSaverListener):
        def begin(self):
            log.append("listener begin")

        def before_save(self, session, step):
            log.append("before_save {}".format(step))

        def after_save(self, session, step):
            log.append("after_save {}".format(step))

        def end(self, session, step):
            log.append("listener end {}".format(step))

    return Listener()


def data(count=24):
    rng = np.random.RandomState(3)
    return {"x": rng.rand(count, 6).astype(np.float32)}, rng.randint(0, 3, count)


def dataset(batch=8, repeat=None, count=24):
    features, labels = data(count)
    return tf.data.Dataset.from_tensor_slices((features, labels)).repeat(repeat).batch(batch)


def network(features):
    l2 = lambda w: 0.01 * tf.nn.l2_loss(w)
    x = tf.reshape(features["x"], [-1, 6, 1])
    x = layers.conv1d(x, 4, 3, kernel_initializer=tf.glorot_uniform_initializer(seed=5), kernel_regularizer=l2)
    x = layers.batch_normalization(x, momentum=0.9, training=False)
    x = layers.flatten(tf.nn.relu(x))
    return layers.dense(x, 3, kernel_initializer=tf.glorot_uniform_initializer(seed=6), kernel_regularizer=l2)


def model_fn(features, labels, mode, params=None, extra=None):
    logits = network(features)
    predictions = {"class": tf.argmax(logits, 1), "probability": tf.nn.softmax(logits)}
    if mode == "infer":
        outputs = {"predict": e.PredictOutput(predictions)}
        return e.EstimatorSpec(mode, predictions=predictions, export_outputs=outputs)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits) + tf.losses.get_regularization_loss()
    metrics = {"accuracy": tf.metrics.accuracy(labels, predictions["class"])}
    train_op = None
    if mode == "train":
        train_op = tf.train.AdamOptimizer(0.05).minimize(loss, tf.train.get_global_step())
    given = {key: value for key, value in (extra or {}).items() if mode == "train" or not key.startswith("training")}
    return e.EstimatorSpec(mode, loss=loss, train_op=train_op, eval_metric_ops=metrics, **given)


def plain(features, labels, mode, config, params):
    return model_fn(features, labels, mode)


def estimator(folder, function=plain, params=True, **config):
    settings = dict(tf_random_seed=42, save_checkpoints_steps=4, keep_checkpoint_max=2)
    settings.update(config)
    return e.Estimator(function, folder, e.RunConfig(**settings), params={} if params else None)


def files(folder):
    """The files of a folder but for those whose names hold a time."""
    found = []
    for root, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(root, name), folder) for name in names if "tfevents" not in name]
    return sorted(found)


def tags(folder):
    """The tags of the summaries of a folder, with their steps, but for those that hold a speed."""
    found = []
    for name in sorted(os.listdir(folder)):
        if "tfevents" not in name:
            continue
        for event in tf.train.summary_iterator(os.path.join(folder, name)):
            found += ["{} {}".format(event.step, value.tag) for value in event.summary.value]
    return sorted(tag for tag in found if "/sec" not in tag)


def numbers(result):
    return {key: np.asarray(value).tolist() for key, value in sorted(result.items())}


def state(made):
    return {name: np.asarray(made.get_variable_value(name)).tolist() for name in made.get_variable_names()}


def error_of(function):
    """The type of the error that a function raises."""
    try:
        function()
    except Exception as error:
        return type(error).__name__
    return "none"


@case
def trains(folder):
    log = []
    made = estimator(folder)
    returned = made.train(dataset, hooks=[Watch(log)], steps=6, saving_listeners=[listener(log)])
    return {
        "same": returned is made,
        "log": log,
        "files": files(folder),
        "checkpoint": os.path.basename(made.latest_checkpoint()),
        "state": state(made),
        "tags": tags(folder),
        "folder": [made.model_dir == folder, os.path.relpath(made.eval_dir(), folder), made.eval_dir("a")[-6:]],
    }


@case
def goes_on_from_a_run_of_tf1(folder):
    """With the checkpoint that TensorFlow 1.15.5 wrote."""
    own = os.path.join(folder, "run")
    shutil.copytree(
        os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "checkpoint", "estimator"), own
    )
    made = estimator(own)
    before = state(made)
    evaluated = made.evaluate(functools.partial(dataset, repeat=1))
    made.train(dataset, max_steps=9)
    return {"before": before, "evaluated": numbers(evaluated), "after": state(made), "files": files(own)}


@case
def goes_on(folder):
    log = []
    estimator(folder).train(dataset, steps=3)
    made = estimator(folder)
    made.train(dataset, steps=2)
    made.train(dataset, max_steps=7, hooks=[Watch(log)])
    made.train(dataset, max_steps=7, hooks=[Watch(log)])
    made.train(functools.partial(dataset, repeat=1))
    return {"log": log, "files": files(folder), "state": state(made)}


@case
def evaluates(folder):
    made, log = estimator(folder), []
    untrained = made.evaluate(functools.partial(dataset, repeat=1))
    made.train(dataset, steps=6)
    whole = made.evaluate(functools.partial(dataset, repeat=1), hooks=[Watch(log)])
    some = made.evaluate(dataset, steps=2, name="some", hooks=[Watch(log, "second")])
    first = os.path.join(folder, "model.ckpt-4")
    earlier = made.evaluate(functools.partial(dataset, repeat=1), checkpoint_path=first)
    return {
        "results": [numbers(result) for result in (untrained, whole, some, earlier)],
        "types": [sorted(type(value).__name__ for value in whole.values())],
        "log": log,
        "tags": [tags(made.eval_dir()), tags(made.eval_dir("some"))],
    }


@case
def predicts(folder):
    made, log = estimator(folder), []
    features, _ = data()
    ending = lambda: tf.data.Dataset.from_tensor_slices(features).batch(10)
    untrained = [numbers(one) for one in made.predict(ending)]
    made.train(dataset, steps=6)
    single = [numbers(one) for one in made.predict(ending, hooks=[Watch(log)])]
    batches = [numbers(one) for one in made.predict(ending, ["class"], yield_single_examples=False)]
    first = os.path.join(folder, "model.ckpt-4")
    earlier = [numbers(one) for one in made.predict(ending, "class", checkpoint_path=first)]
    endless = made.predict(lambda: ({"x": tf.ones([2, 6])}, None))
    return {
        "untrained": untrained,
        "single": single,
        "batches": batches,
        "earlier": earlier,
        "endless": [numbers(next(endless)) for _ in range(3)],
        "log": log,
        "no key": error_of(lambda: list(made.predict(ending, ["other"]))),
    }


@case
def predicts_a_tensor(folder):
    def function(features, mode):
        return e.EstimatorSpec(mode, predictions=tf.reduce_sum(features, 1))

    made = e.Estimator(function, folder)
    given = lambda: tf.data.Dataset.from_tensor_slices(np.arange(12.0).reshape(4, 3)).batch(3)
    return {
        "single": [float(one) for one in made.predict(given)],
        "batches": [one.tolist() for one in made.predict(given, yield_single_examples=False)],
        "keys": error_of(lambda: list(made.predict(given, ["a"]))),
    }


@case
def alternates(folder):
    """`train_and_evaluate` with hooks, exporters and a scaffold."""
    log = []
    serving = e.build_raw_serving_input_receiver_fn({"x": tf.constant(np.zeros([1, 6]), tf.float32, name="x")})

    class Telling(e.Exporter):
        name = "telling"

        def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
            known = [os.path.relpath(export_path, folder), os.path.basename(checkpoint_path), is_the_final_export]
            log.append("export {} {}".format(known, sorted(eval_result)))
            return "told"

    def function(features, labels, mode):
        scaffold = tf.train.Scaffold(
            init_fn=lambda scaffold, session: log.append("init_fn " + mode),
            local_init_op=tf.tables_initializer() if mode == "eval" else None,
        )
        extra = {
            "scaffold": scaffold,
            "training_hooks": [Watch(log, "training")],
            "training_chief_hooks": [Watch(log, "chief")],
            "evaluation_hooks": [Watch(log, "evaluation")],
        }
        return model_fn(features, labels, mode, extra=extra)

    made = estimator(folder, function, params=False)
    train_spec = e.TrainSpec(dataset, max_steps=10, hooks=[Watch(log, "given")])
    exporters = [Telling(), e.LatestExporter("latest", serving, exports_to_keep=1), e.FinalExporter("final", serving)]
    exporters.append(e.BestExporter("best", serving, exports_to_keep=None))
    eval_spec = e.EvalSpec(dataset, steps=3, exporters=exporters, throttle_secs=0)
    metrics, exported = e.train_and_evaluate(made, train_spec, eval_spec)
    return {
        "log": log,
        "metrics": numbers(metrics),
        "exported": [type(one).__name__ for one in exported],
        "exports": {name: len(os.listdir(os.path.join(folder, "export", name))) for name in ("latest", "final")},
        "state": state(made),
        "tags": tags(made.eval_dir()),
    }


@case
def is_throttled(folder):
    log = []
    made = estimator(folder)
    e.train_and_evaluate(
        made,
        e.TrainSpec(dataset, max_steps=9),
        e.EvalSpec(dataset, steps=1, hooks=[Watch(log)], throttle_secs=600),
    )
    return {"log": log}


@case
def forms_of_model_functions(folder):
    seen = []

    def spec(features, mode="train"):
        loss = tf.reduce_mean(tf.get_variable("w", [6], initializer=tf.ones_initializer()) * features)
        train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
        return e.EstimatorSpec(mode, loss=loss, train_op=train_op)

    def all_of_them(features, labels, mode, params, config):
        seen.append([mode, sorted(params), config.tf_random_seed, labels is None, tf.get_default_graph().seed])
        params["changed"] = True
        return spec(features["x"])

    def bound(first, features, labels):
        seen.append(["bound", first])
        return spec(features["x"])

    class Model:
        def method(self, features, labels, params):
            seen.append(["method", sorted(params)])
            return spec(features["x"])

        def __call__(self, features, labels):
            seen.append(["call"])
            return spec(features["x"])

    def without_labels(features):
        seen.append(["features"])
        return spec(features)

    config = e.RunConfig(tf_random_seed=3)
    for index, (function, params) in enumerate(
        [
            (all_of_them, {"b": 1, "a": 2}),
            (functools.partial(bound, "one"), None),
            (Model().method, {"c": 3}),
            (Model(), None),
        ]
    ):
        made = e.Estimator(function, os.path.join(folder, str(index)), config, params)
        made.train(dataset, steps=1)
        seen.append(sorted(made.params))
    e.Estimator(without_labels, os.path.join(folder, "f")).train(lambda: tf.ones([3, 6]), steps=2)
    no_labels = e.Estimator(without_labels, os.path.join(folder, "g"))
    return {
        "seen": seen,
        "errors": [
            error_of(lambda: e.Estimator(lambda labels: None)),
            error_of(lambda: e.Estimator(lambda features, other: None)),
            error_of(lambda: e.Estimator(lambda features: None, params={})),
            error_of(lambda: e.Estimator(None)),
            error_of(lambda: no_labels.train(dataset, steps=1)),
            error_of(lambda: e.Estimator(lambda features: None).train(lambda: tf.ones([1]), steps=1)),
            error_of(lambda: no_labels.train(dataset, steps=1, max_steps=1)),
            error_of(lambda: no_labels.train(dataset, steps=0)),
            error_of(lambda: no_labels.train(dataset, steps=1, hooks=["hook"])),
            error_of(lambda: no_labels.train(lambda: (1, 2, 3), steps=1)),
            error_of(lambda: no_labels.get_variable_names()),
            error_of(lambda: type("Other", (e.Estimator,), {"train": None})(without_labels)),
            error_of(lambda: type("Other", (e.Estimator,), {"more": 1})(without_labels)),
        ],
    }


@case
def forms_of_input_functions(folder):
    seen = []

    def given(mode, params, config):
        seen.append([mode, sorted(params), config.save_summary_steps])
        return dataset()

    class Input:
        def __call__(self):
            features, labels = data(8)
            return {"x": tf.constant(features["x"])}, tf.constant(labels)

    made = e.Estimator(plain, folder, e.RunConfig(tf_random_seed=1, save_summary_steps=7), {"k": 1})
    made.train(given, steps=2)
    made.train(Input(), steps=2)
    made.train(functools.partial(given, params={}), steps=1)
    made.evaluate(given, steps=1)
    return {"seen": seen, "state": state(made)}


@case
def arrays(folder):
    """`numpy_input_fn`: all batches of it."""
    x, y = np.arange(14.0).reshape(7, 2), np.arange(7)

    def batches(function, epochs_end=True):
        found = []
        with tf.Graph().as_default():
            result = function()
            with tf.train.MonitoredSession() as session:
                while not session.should_stop() and len(found) < 6:
                    try:
                        found.append(session.run(result))
                    except (tf.errors.OutOfRangeError, StopIteration):
                        break
        return json.loads(json.dumps(found, default=lambda array: array.tolist(), sort_keys=True))

    make = functools.partial(e.numpy_input_fn, shuffle=False, batch_size=3)
    shuffled = batches(e.numpy_input_fn(x, y, batch_size=7, shuffle=True, queue_capacity=20))
    with tf.Graph().as_default():
        features, labels = make({"b": x, "a": y}, {"t": y})()
        about = sorted([features["a"].name, features["b"].name, labels["t"].name])
        shapes = [str(features["b"].shape), features["b"].dtype.name, str(labels["t"].shape)]
        about += shapes + [op.op.name for op in tf.get_collection(tf.GraphKeys.SUMMARIES)]
        about.append(len(tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)))
    return {
        "one": batches(make(x)),
        "two": batches(make(x, y)),
        "dictionaries": batches(make({"b": x, "a": y}, {"t": y, "s": 2 * y})),
        "epochs": batches(make(x, y, num_epochs=2)),
        "endless": batches(make(x, y, num_epochs=None)),
        "shuffled": sorted(shuffled[0][1]),
        "about": about,
        "errors": [
            error_of(lambda: e.numpy_input_fn(x)),
            error_of(make({})),
            error_of(make([1])),
            error_of(make(x, y[:3])),
            error_of(make({"a": x}, {"a": y})),
        ],
    }


@case
def trains_with_arrays(folder):
    made = estimator(folder)
    features, labels = data()
    made.train(e.numpy_input_fn(features, labels, batch_size=7, num_epochs=2, shuffle=False))
    result = made.evaluate(e.numpy_input_fn(features, labels, batch_size=7, shuffle=False))
    found = made.predict(e.numpy_input_fn(features, batch_size=7, shuffle=False))
    return {"state": state(made), "result": numbers(result), "predicted": [numbers(one) for one in found]}


def signatures(path):
    """What a SavedModel takes and gives."""
    with tf.Graph().as_default(), tf.Session() as session:
        loaded = tf.saved_model.loader.load(session, ["serve"], tf.compat.as_str(path))
        found = {}
        for name, signature in loaded.signature_def.items():
            found[name] = [signature.method_name] + [
                sorted("{} {} {}".format(key, info.name, info.dtype) for key, info in side.items())
                for side in (signature.inputs, signature.outputs)
            ]
        return found


@case
def exports(folder):
    made = estimator(folder)
    nothing = error_of(lambda: made.export_saved_model(folder, lambda: None))
    made.train(dataset, steps=5)
    spec = {"x": tf.FixedLenFeature([6], tf.float32)}
    asset = os.path.join(folder, "asset.txt")
    with open(asset, "w") as stream:
        stream.write("an asset")

    def alternatives():
        x = tf.placeholder(tf.float32, [None, 6], "raw")
        other = tf.placeholder(tf.float32, [None, 3], "half")
        return e.ServingInputReceiver({"x": x}, {"raw": x}, {"halves": tf.concat([other, other], 1)})

    base = os.path.join(folder, "export")
    parsing = made.export_savedmodel(base, e.build_parsing_serving_input_receiver_fn(spec), {"extra/a.txt": asset})
    raw = made.export_saved_model(
        base, alternatives, as_text=True, checkpoint_path=os.path.join(folder, "model.ckpt-4")
    )
    with tf.Graph().as_default(), tf.Session() as session:
        loaded = tf.saved_model.loader.load(session, ["serve"], tf.compat.as_str(raw))
        signature = loaded.signature_def["serving_default"]
        fetched = {key: info.name for key, info in signature.outputs.items()}
        answer = numbers(session.run(fetched, {signature.inputs["raw"].name: data(3)[0]["x"]}))
    return {
        "nothing": nothing,
        "type": [type(parsing).__name__, len(os.path.basename(parsing))],
        "files": [files(tf.compat.as_str(parsing)), files(tf.compat.as_str(raw))],
        "signatures": [signatures(parsing), signatures(raw)],
        "answer": answer,
        "folders": len(os.listdir(base)),
    }


@case
def exports_of_heads(folder):
    def function(features, labels, mode):
        spec = model_fn(features, labels, mode)
        if mode != "infer":
            return spec
        scores = spec.predictions["probability"]
        classes = tf.as_string(tf.zeros_like(scores, tf.int64))
        outputs = {
            "serving_default": e.ClassificationOutput(scores, classes),
            "number": e.RegressionOutput(scores[:, 0]),
            ("a", "b")[0]: e.PredictOutput(scores),
        }
        return spec._replace(export_outputs=outputs)

    made = estimator(folder, function, params=False)
    made.train(dataset, steps=1)
    spec = {"x": tf.FixedLenFeature([6], tf.float32)}
    parsing = made.export_saved_model(os.path.join(folder, "a"), e.build_parsing_serving_input_receiver_fn(spec, 4))
    with tf.Graph().as_default():
        serving = e.build_raw_serving_input_receiver_fn({"x": tf.constant(np.zeros([2, 6]), tf.float32, name="xs")})
        raw = made.export_saved_model(os.path.join(folder, "b"), serving)
        tensor = tf.zeros([2])
        receiver = e.TensorServingInputReceiver(tensor, tensor)
        about = [receiver.features is tensor, sorted(receiver.receiver_tensors)]
        errors = [
            error_of(lambda: e.ServingInputReceiver(None, tensor)),
            error_of(lambda: e.ServingInputReceiver({1: tensor}, tensor)),
            error_of(lambda: e.ServingInputReceiver({"a": tensor}, {1: tensor})),
            error_of(lambda: e.ServingInputReceiver({"a": 3}, tensor)),
            error_of(lambda: e.ClassificationOutput()),
            error_of(lambda: e.ClassificationOutput(classes=tensor)),
            error_of(lambda: e.RegressionOutput(tf.constant(1))),
            error_of(lambda: e.PredictOutput({"a": 1})),
            error_of(lambda: e.PredictOutput({1: tensor})),
        ]
    return {"signatures": [signatures(parsing), signatures(raw)], "about": about, "errors": errors}


@case
def warm_starts(folder):
    source = os.path.join(folder, "source")
    made = estimator(source)
    made.train(dataset, steps=5)
    starts = {
        "path": source,
        "some": e.WarmStartSettings(source, vars_to_warm_start=".*dense.*"),
        "all": e.WarmStartSettings(os.path.join(source, "model.ckpt-4"), [".*"]),
    }
    found = {}
    for name, start in starts.items():
        target = e.Estimator(plain, os.path.join(folder, name), e.RunConfig(tf_random_seed=2), {}, start)
        untrained = target.evaluate(functools.partial(dataset, repeat=1))
        target.train(dataset, steps=2)
        found[name] = [numbers(untrained), state(target)]
    return {
        "found": found,
        "errors": [error_of(lambda: e.WarmStartSettings("")), error_of(lambda: e.Estimator(plain, None, None, {}, 3))],
    }


@case
def settings(folder):
    given = [
        dict(),
        dict(model_dir="m", save_checkpoints_steps=5),
        dict(save_checkpoints_secs=7, tf_random_seed=1, log_step_count_steps=None),
        dict(save_checkpoints_secs=None, save_checkpoints_steps=None),
    ]
    names = (
        "model_dir tf_random_seed save_summary_steps save_checkpoints_steps save_checkpoints_secs keep_checkpoint_max "
        "keep_checkpoint_every_n_hours log_step_count_steps train_distribute device_fn protocol eval_distribute "
        "experimental_max_worker_delay_secs session_creation_timeout_secs service task_type task_id "
        "global_id_in_cluster master evaluation_master is_chief num_ps_replicas num_worker_replicas"
    ).split()
    made = [e.RunConfig(**keywords) for keywords in given]
    made += [made[0].replace(save_checkpoints_steps=3), made[1].replace(save_checkpoints_secs=4, model_dir="n")]
    own = e.Estimator(plain, folder, made[0], {})
    wrong = [
        dict(save_checkpoints_steps=1, save_checkpoints_secs=1),
        dict(model_dir=""),
        dict(keep_checkpoint_max=-1),
        dict(save_summary_steps=-1),
        dict(tf_random_seed=1.0),
        dict(session_config=3),
        dict(log_step_count_steps=0),
        dict(device_fn=len),
    ]
    return {
        "values": [[getattr(config, name) for name in names] for config in made],
        "session": [made[0].session_config is None, str(own.config.session_config)],
        "copied": own.config is not own.config,
        "errors": [error_of(functools.partial(e.RunConfig, **keywords)) for keywords in wrong]
        + [
            error_of(lambda: made[0].replace(other=1)),
            error_of(lambda: e.Estimator(plain, "a", made[1], {})),
            error_of(lambda: e.Estimator(plain, "a", 3, {})),
            error_of(lambda: setattr(made[0], "model_dir", "x")),
        ],
    }


@case
def specifications(folder):
    spec = e.EstimatorSpec
    with tf.Graph().as_default():
        other = tf.constant(1.0)
    with tf.Graph().as_default():
        loss, op = tf.constant(1.0), tf.no_op()
        made = spec("eval", loss=tf.constant([2.0]), eval_metric_ops={"m": tf.metrics.mean(loss)})
        return {
            "fields": list(spec._fields),
            "made": [str(made.loss.shape), made.predictions, made.training_hooks, type(made.scaffold).__name__],
            "default": sorted(spec("infer", predictions=loss).export_outputs),
            "named": sorted(spec("infer", loss, export_outputs={"a": e.PredictOutput(loss)}).export_outputs),
            "errors": [
                error_of(lambda: spec("train", loss=loss)),
                error_of(lambda: spec("train", train_op=op)),
                error_of(lambda: spec("eval")),
                error_of(lambda: spec("infer")),
                error_of(lambda: spec("train", loss=3.0, train_op=op)),
                error_of(lambda: spec("train", loss=loss, train_op=3)),
                error_of(lambda: spec("train", loss=other, train_op=op)),
                error_of(lambda: spec("train", loss=tf.zeros([2]), train_op=op)),
                error_of(lambda: spec("infer", predictions={"a": 1})),
                error_of(lambda: spec("infer", predictions={"a": other})),
                error_of(lambda: spec("eval", loss=loss, eval_metric_ops={"a": loss})),
                error_of(lambda: spec("eval", loss=loss, eval_metric_ops=[loss])),
                error_of(lambda: spec("eval", loss=loss, evaluation_hooks=[1])),
                error_of(lambda: spec("eval", loss=loss, scaffold=1)),
                error_of(lambda: spec("infer", loss, export_outputs={"a": 1})),
                error_of(lambda: spec("infer", loss, export_outputs=dict.fromkeys("ab", e.PredictOutput(loss)))),
                error_of(lambda: made._replace(mode="train")),
                error_of(lambda: e.TrainSpec(3)),
                error_of(lambda: e.TrainSpec(len, 0)),
                error_of(lambda: e.EvalSpec(len, steps=0)),
                error_of(lambda: e.EvalSpec(len, name=3)),
                error_of(lambda: e.EvalSpec(len, exporters=[3])),
                error_of(lambda: e.EvalSpec(len, exporters=[e.FinalExporter("a", len), e.FinalExporter("a", len)])),
                error_of(lambda: e.EvalSpec(len, throttle_secs=-1)),
                error_of(lambda: e.LatestExporter("a", len, exports_to_keep=0)),
                error_of(lambda: e.BestExporter(compare_fn=None)),
                error_of(lambda: e.BestExporter(compare_fn=len)),
            ],
        }


@case
def saves_otherwise(folder):
    """Savers, summaries and steps that the program brings itself, a loss that is no number, and no saving at all."""
    log = []

    def function(features, labels, mode):
        spec = model_fn(features, labels, mode)
        tf.summary.scalar("loss", spec.loss)
        saver = tf.train.Saver([v for v in tf.global_variables() if "Adam" not in v.name and "beta" not in v.name])
        hook = tf.train.CheckpointSaverHook(folder, save_steps=3, checkpoint_basename="own", saver=saver)
        return spec._replace(training_hooks=[hook], scaffold=tf.train.Scaffold(saver=saver))

    made = estimator(folder, function, params=False, save_summary_steps=2)
    made.train(dataset, steps=4, saving_listeners=[listener(log)])

    def breaks(features, labels, mode):
        spec = model_fn(features, labels, mode)
        return spec._replace(loss=spec.loss * np.nan)

    broken = estimator(os.path.join(folder, "broken"), breaks, params=False)
    never = estimator(os.path.join(folder, "never"), save_checkpoints_steps=None)
    never.train(dataset, steps=1)
    unsaved = never.latest_checkpoint()
    return {
        "log": log,
        "files": files(folder),
        "names": made.get_variable_names(),
        "tags": tags(folder),
        "not a number": error_of(lambda: broken.train(dataset, steps=2)),
        "unsaved": unsaved,
        "no saver": error_of(lambda: never.train(dataset, steps=1, saving_listeners=[listener(log)])),
    }


@case
def stops_early(folder):
    steps, names, errors = {}, [], []
    made = estimator(os.path.join(folder, "first"))
    for _ in range(3):
        made.train(dataset, steps=2)
        made.evaluate(functools.partial(dataset, repeat=1))
    evaluated = made.eval_dir()
    hooks = {
        "asked": lambda other: e.make_early_stopping_hook(other, lambda: True, None, 3),
        "at": lambda other: e.make_stop_at_checkpoint_step_hook(other, 5),
        "higher": lambda other: e.stop_if_higher_hook(other, "loss", 0.1, evaluated, 0, None, 2),
        "never higher": lambda other: e.stop_if_higher_hook(other, "loss", 1e9, evaluated, 0, None, 2),
        "lower": lambda other: e.stop_if_lower_hook(other, "loss", 1e9, evaluated, 5, None, 4),
        "later": lambda other: e.stop_if_lower_hook(other, "loss", 1e9, evaluated, 99, None, 4),
        "no increase": lambda other: e.stop_if_no_increase_hook(other, "loss", 2, evaluated, 0, None, 1),
        "no decrease": lambda other: e.stop_if_no_decrease_hook(other, "accuracy", 99, evaluated, 0, None, 1),
        "no file": lambda other: e.stop_if_no_decrease_hook(other, "accuracy", 0, None, 0, None, 1),
    }
    for name, make in hooks.items():
        other = estimator(os.path.join(folder, name))
        other.train(dataset, steps=7, hooks=[make(other)])
        steps[name] = int(other.get_variable_value("global_step"))
        names.append([found for found in other.get_variable_names() if "STOP" in found])
    errors.append(error_of(lambda: e.make_early_stopping_hook(3, lambda: True)))
    errors.append(error_of(lambda: e.make_early_stopping_hook(made, lambda: True, 1, 1)))
    errors.append(error_of(lambda: e.make_early_stopping_hook(made, 3)))
    return {"steps": steps, "names": names, "errors": errors}
