"""Checkpoints of a program that came from TensorFlow 1: saved and kept as its `Saver` did, and its own old ones load.

A checkpoint is one of `tf.train.Checkpoint(weights=..., Adam=...)`: lists of the variables of the models and of the
optimizer, in the order in which Keras has them. `tf.train.Checkpoint(model=model, optimizer=optimizer)` would lose some
of them: it finds neither layers that a Keras model holds in a list nor the slots of an optimizer of `tf.compat.v1`. And
it would restore the learning rate, which TensorFlow 1 takes from the program.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

_OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH"
"""Stands in every checkpoint of `tf.train.Checkpoint`, and in none of TensorFlow 1's `Saver`."""

_SLOTS = {
    "Adadelta": ("_accumulated_grads", "_accumulated_delta_vars"),
    "Adagrad": ("_accumulators",),
    "Adam": ("_momentums", "_velocities"),
    "Ftrl": ("_accumulators", "_linears"),
    "SGD": ("momentums",),
}
"""What Keras's optimizers keep of each variable, in the order of TensorFlow 1's slots."""

_PARTS = ("data-?????-of-?????", "index", "meta")
"""The files of a checkpoint; the last one only TensorFlow 1 writes."""


class Saver:
    """Saves the variables of models and of their optimizer, and restores them.

    Args:
        models: The models, whose weights are saved.
        optimizer: Their optimizer, of Keras or of `tf.compat.v1`, whose state is saved too but for the learning rate.
        steps: Functions with an input signature that together run the models and the optimizer: Keras makes variables
            when they are first run, or traced, which is done here before anything is saved or restored.
        tf1_names: The layers by the names that their variables had in TensorFlow 1: "dense" for "dense/kernel" and
            "dense/bias"; a variable by its own. Without it, checkpoints of TensorFlow 1 cannot be restored.
        variables: Other variables that are saved, by the names that they had there.
        tf1_step: The name that the global step had there, which the optimizer of Keras counts.
        tf1_optimizer: The name of the optimizer there, if it was given one.
        max_to_keep: How many of the checkpoints that this object saves are kept, all for 0 or None. Those of earlier
            runs stay, where a `tf.train.CheckpointManager` would count and delete them.
        keep_checkpoint_every_n_hours: Of those that would go, one in this time stays.
    """

    def __init__(
        self,
        models: Sequence[Any],
        optimizer: Any = None,
        steps: Iterable[Any] = (),
        tf1_names: Mapping[str, Any] | None = None,
        *,
        variables: Mapping[str, Any] | None = None,
        tf1_step: str | None = None,
        tf1_optimizer: str | None = None,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
    ) -> None:
        self._models = models
        self._optimizer = optimizer
        self._steps = list(steps)
        self._tf1_names = tf1_names
        self._others = dict(variables or {})
        self._tf1_step = tf1_step
        self._tf1_optimizer = tf1_optimizer
        self._max_to_keep = max_to_keep
        self._pause = keep_checkpoint_every_n_hours * 3600
        self._next_to_stay = time.time() + self._pause
        self._kept: list[tuple[str, float]] = []
        self._checkpoint: Any = None

    @property
    def last_checkpoints(self) -> list[str]:
        """The checkpoints that this object saved and that are still there, the newest last."""
        return [path for path, _ in self._kept]

    def save(self, path: str, global_step: int | None = None) -> str:
        """Save all variables, and note in the file `checkpoint` of the folder that these are the latest.

        Returns:
            The path without the endings of its files, as `restore` takes it: `path`, then the step.

        Raises:
            ValueError: `path` is the file `checkpoint`.
        """
        if global_step is None and os.path.basename(path) == "checkpoint":
            raise ValueError(f"'latest_filename' collides with 'save_path': 'checkpoint' and '{path}'")
        written: str = self._variables().write(path if global_step is None else f"{path}-{global_step:d}")
        gone = self._keep(written) if self._max_to_keep else None
        _note_latest(os.path.dirname(path), written, self.last_checkpoints or [written])
        for file in tf.io.gfile.glob([f"{gone}.{part}" for part in _PARTS]) if gone is not None else ():
            tf.io.gfile.remove(file)
        return written

    def _keep(self, path: str) -> str | None:
        """Count a checkpoint; gives the one that goes for it."""
        self._kept = [kept for kept in self._kept if kept[0] != path] + [(path, time.time())]
        if len(self._kept) <= (self._max_to_keep or 0):
            return None
        oldest, saved = self._kept.pop(0)
        if saved > self._next_to_stay:
            self._next_to_stay += self._pause
            return None
        return oldest

    def restore(self, path: str | None) -> None:
        """Give all variables the values of a checkpoint that was saved here or by TensorFlow 1.

        Raises:
            ValueError: There is no checkpoint, or none that can be restored exactly.
            tf.errors.NotFoundError: A variable is not in the checkpoint.
        """
        if path is None:
            raise ValueError("Can't load save_path when it is None.")
        if not tf.io.gfile.glob(f"{path}.index"):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {path}")
        variables, reader = self._variables(), tf.train.load_checkpoint(path)
        if not reader.has_tensor(_OBJECTS):
            self._restore_tf1(reader)
            return
        try:
            variables.read(path).assert_existing_objects_matched()
        except AssertionError as error:
            raise tf.errors.NotFoundError(None, None, f"{path} lacks a variable: {error}") from error

    def _variables(self) -> Any:
        """The variables, made now if they are not there yet, as a `tf.train.Checkpoint`."""
        if self._checkpoint is None:
            for step in self._steps:
                step.get_concrete_function()
            state = {} if self._optimizer is None else {type(self._optimizer).__name__: self._state()}
            self._checkpoint = tf.train.Checkpoint(weights=self._weights(), variables=self._others, **state)
        return self._checkpoint

    def _weights(self) -> list[Any]:
        return [weight for model in self._models for weight in model.weights]

    def _state(self) -> list[Any]:
        if isinstance(self._optimizer, tf.compat.v1.train.Optimizer):
            return list(self._optimizer.variables())
        rate = self._optimizer.learning_rate
        return [variable for variable in self._optimizer.variables if variable is not rate]

    # Checkpoints of TensorFlow 1

    def _restore_tf1(self, reader: Any) -> None:
        names = self._names()
        for weight in self._weights():
            weight.assign(reader.get_tensor(names[id(weight)]))
        for name, variable in self._others.items():
            variable.assign(reader.get_tensor(_only(reader, name)))
        if isinstance(self._optimizer, tf.compat.v1.train.Optimizer):
            self._restore_kept(reader, names)
        elif self._optimizer is not None:
            self._restore_keras(reader, names)

    def _names(self) -> dict[int, str]:
        """What the variables of the models were called."""
        names: dict[int, str] = {}
        for name, layer in (self._tf1_names or {}).items():
            if hasattr(layer, "weights"):
                names |= {id(weight): f"{name}/{weight.name}" for weight in layer.weights}
            else:
                names[id(layer)] = name
        for weight in self._weights():
            if id(weight) not in names:
                raise ValueError(f"a checkpoint of TensorFlow 1, where the name of {weight.path} is not known")
        return names

    def _restore_kept(self, reader: Any, names: Mapping[int, str]) -> None:
        """The slots of an optimizer of `tf.compat.v1`, which makes them in the order that their names had."""
        weights = [weight for model in self._models for weight in model.trainable_weights]
        wanted = [names[id(weight)] for weight in weights]
        slots = self._optimizer._slots  # noqa: SLF001
        for count, slot in enumerate(slots):
            found = _slots(reader, wanted, self._tf1_optimizer or self._optimizer.get_name(), count)
            for weight, key in zip(weights, found, strict=True):
                self._optimizer.get_slot(weight.value, slot).assign(reader.get_tensor(key))

    def _restore_keras(self, reader: Any, names: Mapping[int, str]) -> None:
        optimizer = self._optimizer
        kind = type(optimizer).__name__
        name = self._tf1_optimizer or ("Momentum" if kind == "SGD" else kind)
        wanted = [names[id(weight)] for weight in optimizer._trainable_variables]  # noqa: SLF001
        for count, attribute in enumerate(_SLOTS[kind]):
            slots = getattr(optimizer, attribute)
            for slot, key in zip(slots, _slots(reader, wanted if slots else [], name, count), strict=True):
                value = reader.get_tensor(key)
                # Keras keeps what a variable moves by, TensorFlow 1 the same without the rate
                slot.assign(-np.asarray(optimizer.learning_rate) * value if kind == "SGD" else value)
        if kind == "Adam":
            optimizer.iterations.assign(self._adam_steps(reader))
        elif self._tf1_step is not None:
            optimizer.iterations.assign(reader.get_tensor(_only(reader, self._tf1_step)))

    def _adam_steps(self, reader: Any) -> int:
        """How many steps Adam has made: TensorFlow 1 keeps powers of its betas in their place."""
        powers = [float(reader.get_tensor(_only(reader, f"beta{number}_power"))) for number in (1, 2)]
        betas = [float(np.float32(beta)) for beta in (self._optimizer.beta_1, self._optimizer.beta_2)]
        logarithms = [(np.log(power), np.log(beta)) for power, beta in zip(powers, betas, strict=True) if power > 1e-30]
        if self._tf1_step is None:
            return round(logarithms[0][0] / logarithms[0][1]) - 1 if logarithms else 10**6
        steps = int(reader.get_tensor(_only(reader, self._tf1_step)))
        for power, beta in zip(powers, betas, strict=True):
            if abs(power - beta ** (steps + 1)) > 1e-3 * power + 1e-30:
                raise ValueError(
                    f"Keras counts the steps of Adam with the global step, and {steps} is not their number"
                )
        return steps


def _note_latest(folder: str, latest: str, paths: Sequence[str]) -> None:
    """Write the file that `tf.train.latest_checkpoint` reads, all at once."""
    named = [("model_checkpoint_path", latest), *(("all_model_checkpoint_paths", path) for path in paths)]
    file = os.path.join(folder, "checkpoint")
    with tf.io.gfile.GFile(f"{file}.new", "w") as stream:
        for key, path in named:
            own = path if os.path.isabs(path) or os.path.isabs(folder) else os.path.relpath(path, folder or ".")
            stream.write(f"{key}: {json.dumps(own, ensure_ascii=False)}\n")
    tf.io.gfile.rename(f"{file}.new", file, overwrite=True)


def _slots(reader: Any, names: Sequence[str], optimizer: str, count: int) -> list[str]:
    """The keys of the slot with some number of each variable, all of which are below the scope of the train op."""
    ending = f"/{optimizer}_{count}" if count else f"/{optimizer}"
    keys = reader.get_variable_to_shape_map()
    if not names:
        return []
    scopes = {key.removesuffix(names[0] + ending) for key in keys if f"/{key}".endswith(f"/{names[0]}{ending}")}
    found = [scope for scope in scopes if all(scope + name + ending in keys for name in names)]
    if not found:
        raise tf.errors.NotFoundError(None, None, f"Key {names[0]}{ending} not found in checkpoint")
    if len(found) > 1:
        raise ValueError(f"several optimizers have a slot {ending[1:]} of {names[0]} in the checkpoint")
    return [found[0] + name + ending for name in names]


def _only(reader: Any, name: str) -> str:
    """The one key of a name, in whatever scope."""
    found = [key for key in reader.get_variable_to_shape_map() if f"/{key}".endswith(f"/{name}")]
    if not found:
        raise tf.errors.NotFoundError(None, None, f"Key {name} not found in checkpoint")
    if len(found) > 1:
        raise ValueError(f"several optimizers have a {name} in the checkpoint")
    return str(found[0])
