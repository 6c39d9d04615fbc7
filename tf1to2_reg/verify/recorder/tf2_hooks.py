"""Recording a TensorFlow 2 program with Keras 3: every `GradientTape.gradient` of variables and what follows.

A step is one gradient call whose gradients an optimizer applies. Inside a `tf.function` the numbers leave the function
through `tf.numpy_function`, so the program runs as it is, traced.
"""

from __future__ import annotations

import importlib
import os
import weakref
from typing import Any, Dict, List, Sequence, Set

import numpy as np

from .patching import replace_everywhere
from .store import FINISHED, FIXED_DRAWS, Store, VariableEntry
from .target import TF2, is_graph_program, watch


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


class Pending:
    """A gradient call whose gradients no optimizer has applied yet."""

    def __init__(self, numbers: Dict[str, float], variables: Set[int]) -> None:
        self.numbers = numbers
        self.variables = variables


class Recorder:
    """Watches one program: Keras variables, gradient calls and optimizer steps."""

    def __init__(self, store: Store, values: Any) -> None:
        self.store = store
        self.values = values
        self.keras_order: List[Any] = []
        self.layers: List[Any] = []
        self.layer_variables: List[Any] = []
        self.losses_read = False
        self.symbolic_draws = 0
        self._pending: List[Pending] = []
        self._unapplied: List[Pending] = []
        self._entries: Dict[int, VariableEntry] = {}
        self._names: Dict[int, str] = {}
        self._named: List[Any] = []
        self._applies = 0

    # -- variables

    def entry(self, variable: Any) -> VariableEntry:
        """The entry of a `tf.Variable` that is trained."""
        key = id(variable)
        if key not in self._entries:
            creation = self._creation(key)
            ordinal = creation.ordinal if creation is not None else None
            made = VariableEntry(self.name(variable), variable.shape.as_list(), "weight", ordinal, variable)
            if creation is not None and hasattr(creation.drawn, "numpy"):
                made.drawn = self.values.spread(creation.drawn.numpy())
            self._entries[key] = made
        return self._entries[key]

    def name(self, variable: Any) -> str:
        """The path of a `tf.Variable`, numbered where others have the same: Keras does not keep paths apart."""
        key = id(variable)
        if key not in self._names:
            path = self._path(variable)
            taken, same = set(self._names.values()), 1
            name = path
            while name in taken:
                same += 1
                name = "{} ({})".format(path, same)
            self._names[key] = name
            self._named.append(variable)
        return self._names[key]

    def _path(self, variable: Any) -> str:
        for candidate in self.keras_order:
            known = candidate()
            if known is not None and known._value is variable:
                return str(known.path)
        return str(variable.name).split(":")[0]

    def _creation(self, key: int) -> Any:
        return next((creation for creation in self.values.creations if id(creation.variable) == key), None)

    def position(self, entry: VariableEntry) -> int:
        for index, creation in enumerate(self.values.creations):
            if creation.variable is entry.variable:
                return index
        return len(self.values.creations)

    # -- penalties

    def penalties(self) -> List[Any]:
        """(variable or None, penalty, frozen) of every Keras variable with a regularizer and every `add_loss`."""
        found: List[Any] = []
        for reference in self.keras_order:
            variable = reference()
            regularizer = getattr(variable, "regularizer", None)
            if variable is None or regularizer is None or variable._value is None:
                continue
            penalty = regularizer(variable)
            if penalty is not None:
                found.append((variable, penalty, not variable.trainable))
        for reference in self.layers:
            layer = reference()
            if layer is not None:
                found.extend((None, loss, False) for loss in layer._losses if _usable(loss))
        return found

    # -- what happens while the program runs

    def gradient_computed(self, numbers: Dict[str, float], variables: Sequence[Any]) -> None:
        if self.store.complete:
            self.store.finish(FINISHED)
        for variable in variables:
            entry = self.entry(variable)
            if "initial" not in entry.arrays:
                entry.keep("initial", variable.numpy())
        self._unapplied.extend(self._pending)
        self._pending = [Pending(numbers, {id(variable) for variable in variables})]

    def applied(self, variables: Sequence[Any]) -> bool:
        """Count the step; tell whether it was the last one wanted."""
        keys = {id(variable) for variable in variables}
        for pending in list(self._pending):
            if pending.variables & keys:
                self._pending.remove(pending)
                self._applies += 1
                self._commit(pending)
        return self.store.complete

    def _commit(self, pending: Pending) -> None:
        names = sorted(self._entries[key].name for key in pending.variables)
        self.store.add_update(weights=names, **pending.numbers)

    def keep_state(self, values: Sequence[Any], variables: Sequence[Any]) -> None:
        for variable, value in zip(variables, values):
            self.entry_of_state(variable).keep("final", value)

    def entry_of_state(self, variable: Any) -> VariableEntry:
        if id(variable) not in self._entries:
            self.entry(variable).role = "state"
        return self._entries[id(variable)]

    def state_variables(self) -> List[Any]:
        """Moving averages and other floating variables of layers that are not trained."""
        return [variable._value for variable in self._layer_variables() if not variable.trainable]

    def untrained_variables(self) -> List[Any]:
        """Variables of layers that are trainable and that no gradient was computed for."""
        found = [variable._value for variable in self._layer_variables() if variable.trainable]
        return [variable for variable in found if id(variable) not in self._entries]

    def _layer_variables(self) -> List[Any]:
        known = [variable for variable in self.layer_variables if variable._value is not None]
        return [variable for variable in known if variable._value.dtype.is_floating]

    def end(self) -> None:
        """Read the trained values where the last wanted step has not done it."""
        if not self._applies:
            for pending in self._unapplied + self._pending:
                self._commit(pending)
        for variable in self.untrained_variables():
            self.entry(variable).role = "unused"
        for variable in self.state_variables():
            entry = self.entry_of_state(variable)
            if "final" not in entry.arrays:
                entry.keep("final", variable.numpy())
        for entry in self._entries.values():
            if entry.role == "weight":
                entry.keep("final", entry.variable.numpy())
        self.store.variables = sorted(self._entries.values(), key=self.position)
        self.store.facts["losses_read"] = self.losses_read


def _usable(loss: Any) -> bool:
    """Whether a loss belongs to what is being executed or traced now."""
    import tensorflow as tf

    graph = getattr(loss, "graph", None)
    return tf.executing_eagerly() if graph is None else graph is tf.compat.v1.get_default_graph()


def _plain(variable: Any) -> Any:
    """The `tf.Variable` behind a Keras variable."""
    return variable._value if hasattr(variable, "_value") and hasattr(variable, "path") else variable


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
            (_plain(source), grad)
            for source, grad in zip(tf.nest.flatten(sources), tf.nest.flatten(result))
            if isinstance(_plain(source), tf.Variable) and grad is not None
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
        _record_apply(recorder, self, [_plain(v) for v in kept], [g for g in clipped if g is not None])
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
        _record_apply(recorder, self, [_plain(v) for _, v in kept], [grad for grad, _ in kept])
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
