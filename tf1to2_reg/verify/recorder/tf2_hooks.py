"""Recording a TensorFlow 2 program with Keras 3: every `GradientTape.gradient` of variables and what follows.

A step is one gradient call whose gradients an optimizer applies. Inside a `tf.function` the numbers leave the function
through `tf.numpy_function`, so the program runs as it is, traced.
"""

from __future__ import annotations

import importlib
import os
import weakref
from typing import Any, Dict, List, Sequence

import numpy as np

from .patching import replace_everywhere
from .store import FIXED_DRAWS, Store
from .target import TF2, is_graph_program, watch
from .tf2_steps import Recorder, plain


def prepare(side: str) -> None:
    """Import TensorFlow and Keras, in the server, before any program runs."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    importlib.import_module("tensorflow")
    importlib.import_module("keras")


def install(store: Store, job: Dict[str, Any]) -> None:
    """Start recording, in the process of one program."""
    import keras
    import tensorflow as tf

    random_ops = importlib.import_module(".random_ops", __package__)
    initial_values = importlib.import_module(".initial_values", __package__)
    random_ops.fix(store.note, job["keep_dropout"])
    values = initial_values.InitialValues(job["ordinals"], job["same_start"], job["disturbance"])
    values.install()
    store.facts["tensorflow"] = tf.__version__
    store.facts["keras"] = keras.__version__
    recorder = Recorder(store, values)
    store.before_end.append(recorder.end)
    watch(store, TF2)
    store.before_end.append(lambda: store.note(FIXED_DRAWS) if values.other_draws() > recorder.symbolic_draws else None)
    _patch_keras_variables(recorder)
    _patch_symbolic_build(recorder)
    _patch_layers(recorder)
    _patch_tape(recorder)
    _patch_keras_optimizer(recorder)
    _patch_v1_optimizer(recorder)
    _switch_off_xla()


def _patch_keras_variables(recorder: Recorder) -> None:
    from keras.src.backend.common import variables

    original = variables.Variable.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        recorder.keras_order.append(weakref.ref(self))
        original(self, *args, **kwargs)

    variables.Variable.__init__ = __init__


def _patch_symbolic_build(recorder: Recorder) -> None:
    """Building a model from its call draws initial values that are thrown away."""
    from keras.src.backend.tensorflow import core

    original = core.compute_output_spec

    def compute_output_spec(*args: Any, **kwargs: Any) -> Any:
        draws = recorder.values.other_draws()
        try:
            return original(*args, **kwargs)
        finally:
            recorder.symbolic_draws += recorder.values.other_draws() - draws

    replace_everywhere(original, compute_output_spec)


def _patch_layers(recorder: Recorder) -> None:
    from keras.src.layers.layer import Layer

    original_init = Layer.__init__
    original_add_weight = Layer.add_weight
    original_losses = Layer.losses

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        original_init(self, *args, **kwargs)
        recorder.layers.append(weakref.ref(self))

    def losses(self: Any) -> Any:
        recorder.losses_read = True
        return original_losses.fget(self)

    def add_weight(self: Any, *args: Any, **kwargs: Any) -> Any:
        variable = original_add_weight(self, *args, **kwargs)
        recorder.layer_variables.append(variable)
        recorder.owners[id(variable)] = weakref.ref(self)
        return variable

    Layer.__init__ = __init__
    Layer.add_weight = add_weight
    Layer.losses = property(losses)


def _patch_tape(recorder: Recorder) -> None:
    import tensorflow as tf
    from tensorflow.python.eager import backprop

    original = backprop.GradientTape.gradient

    def gradient(self: Any, target: Any, sources: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, target, sources, *args, **kwargs)
        pairs = [
            (plain(source), grad)
            for source, grad in zip(tf.nest.flatten(sources), tf.nest.flatten(result))
            if isinstance(plain(source), tf.Variable) and grad is not None
        ]
        if not pairs or is_graph_program():
            return result
        sink = _record_gradient(recorder, target, pairs)
        if tf.executing_eagerly():
            return result
        with tf.control_dependencies([sink]):
            return tf.nest.map_structure(lambda grad: tf.identity(grad) if tf.is_tensor(grad) else grad, result)

    backprop.GradientTape.gradient = gradient


def _record_gradient(recorder: Recorder, target: Any, pairs: List[Any]) -> Any:
    """Run or trace the op that hands the numbers of one gradient call to the recorder."""
    import tensorflow as tf

    variables = [variable for variable, _ in pairs]
    penalties = recorder.penalties()
    loss = tf.add_n([tf.reduce_sum(tf.cast(part, tf.float64)) for part in tf.nest.flatten(target)])
    values = [loss] + [tf.cast(tf.reduce_sum(penalty), tf.float64) for _, penalty, _ in penalties]
    described: List[bool] = []

    def take(loss_value: Any, *penalty_values: Any) -> Any:
        if not recorder.store.updates and not described:
            described.append(True)
            _describe_penalties(recorder, penalties, penalty_values)
        frozen = sum(float(value) for value, item in zip(penalty_values, penalties) if item[2])
        total = sum(float(value) for value in penalty_values)
        numbers = dict(loss=float(loss_value), regularization=total - frozen, frozen=frozen)
        recorder.gradient_computed(numbers, variables)
        missing = any("gradient" not in recorder.entry(variable).arrays for variable in variables)
        return np.bool_(missing)

    def keep(*gradients: Any) -> Any:
        for variable, gradient in zip(variables, gradients):
            recorder.entry(variable).keep_first("gradient", gradient)
        return np.bool_(True)

    first = tf.numpy_function(take, values, tf.bool)
    first.set_shape([])
    gradients = [tf.convert_to_tensor(grad) for _, grad in pairs]
    return tf.cond(first, lambda: tf.numpy_function(keep, gradients, tf.bool), lambda: tf.constant(False))


def _describe_penalties(recorder: Recorder, penalties: List[Any], values: Sequence[Any]) -> None:
    described = []
    for (variable, _, frozen), value in zip(penalties, values):
        names = [] if variable is None else [recorder.name(variable._value)]
        described.append(dict(name=(names or ["add_loss"])[0], variables=names, value=float(value), frozen=frozen))
    recorder.store.penalties = described


def _patch_keras_optimizer(recorder: Recorder) -> None:
    from keras.src.optimizers.base_optimizer import BaseOptimizer

    original_apply, original_clip = BaseOptimizer.apply, BaseOptimizer._clip_gradients

    def apply(self: Any, grads: Any, trainable_variables: Any = None) -> Any:
        grads = list(grads)
        variables = self._trainable_variables if trainable_variables is None else list(trainable_variables)
        self._tf1to2_clipped = None
        result = original_apply(self, grads, variables if trainable_variables is not None else None)
        clipped = self._tf1to2_clipped or grads
        kept = [variable for variable, grad in zip(variables, grads) if grad is not None]
        _record_apply(recorder, self, [plain(v) for v in kept], [g for g in clipped if g is not None])
        return result

    def _clip_gradients(self: Any, grads: Any) -> Any:
        self._tf1to2_clipped = original_clip(self, grads)
        return self._tf1to2_clipped

    BaseOptimizer.apply, BaseOptimizer._clip_gradients = apply, _clip_gradients


def _patch_v1_optimizer(recorder: Recorder) -> None:
    from tensorflow.python.training import optimizer

    original = optimizer.Optimizer.apply_gradients

    def apply_gradients(self: Any, grads_and_vars: Any, *args: Any, **kwargs: Any) -> Any:
        pairs = list(grads_and_vars)
        result = original(self, pairs, *args, **kwargs)
        kept = [(grad, variable) for grad, variable in pairs if grad is not None]
        _record_apply(recorder, self, [plain(v) for _, v in kept], [grad for grad, _ in kept])
        return result

    optimizer.Optimizer.apply_gradients = apply_gradients


def _record_apply(recorder: Recorder, optimizer: Any, variables: List[Any], gradients: List[Any]) -> None:
    """Run or trace the ops that count one optimizer step and, after the last one wanted, keep the state."""
    import tensorflow as tf

    if is_graph_program():
        return
    recorder.store.facts.setdefault("optimizers", [])
    if type(optimizer).__name__ not in recorder.store.facts["optimizers"]:
        recorder.store.facts["optimizers"].append(type(optimizer).__name__)
    state = recorder.state_variables()

    def count() -> Any:
        return np.bool_(recorder.applied(variables))

    def keep_state(*values: Any) -> Any:
        recorder.keep_state(values, state)
        return np.bool_(True)

    def keep_applied(*values: Any) -> Any:
        for variable, value in zip(variables, values):
            recorder.entry(variable).keep_first("applied", value)
        return np.bool_(True)

    if len(gradients) == len(variables):
        tf.numpy_function(keep_applied, [tf.convert_to_tensor(grad) for grad in gradients], tf.bool)
    last = tf.numpy_function(count, [], tf.bool)
    last.set_shape([])
    if state:
        tf.cond(
            last,
            lambda: tf.numpy_function(keep_state, [variable.read_value() for variable in state], tf.bool),
            lambda: tf.constant(False),
        )


def _switch_off_xla() -> None:
    """XLA cannot hand numbers out of a function; it computes the same without it."""
    from keras.src.trainers import trainer
    from tensorflow.python.eager.polymorphic_function import polymorphic_function

    trainer.model_supports_jit = lambda model: False
    original = polymorphic_function.Function.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("jit_compile"):
            kwargs["jit_compile"] = None
        original(self, *args, **kwargs)

    polymorphic_function.Function.__init__ = __init__
