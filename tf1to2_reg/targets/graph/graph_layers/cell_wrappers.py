"""Cells around other cells, of `tf.nn.rnn_cell`."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.cells import LSTMStateTuple, RNNCell, _sizes

tf1 = tf.compat.v1


class MultiRNNCell(RNNCell):
    """`tf.nn.rnn_cell.MultiRNNCell`: cells on top of one another."""

    required = "cells"
    optional = "state_is_tuple"

    cells: Any
    state_is_tuple: bool = True

    def prepare(self) -> None:
        if not self.cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not isinstance(self.cells, (list, tuple)):
            raise TypeError(f"cells must be a list or tuple, but saw: {self.cells}.")
        if not self.state_is_tuple and any(isinstance(cell.state_size, (list, tuple)) for cell in self.cells):
            raise ValueError("Some cells return tuples of states, but the flag state_is_tuple is not set.")

    @property
    def state_size(self) -> Any:
        """The sizes of the cells' states, or their sum."""
        sizes = tuple(cell.state_size for cell in self.cells)
        return sizes if self.state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        """The size of the last cell's output."""
        return self.cells[-1].output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """States of zeros for a batch."""
        if not self.state_is_tuple:
            return super().zero_state(batch_size, dtype)
        with tf1.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return tuple(cell.zero_state(batch_size, dtype) for cell in self.cells)

    @property
    def trainable_variables(self) -> list[Any]:
        """The weights of the cells that are trained."""
        return [v for cell in self.cells for v in cell.trainable_variables] if self.trainable else []

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The other weights of the cells."""
        others = [v for cell in self.cells for v in cell.non_trainable_variables]
        return others if self.trainable else [v for cell in self.cells for v in cell.trainable_variables] + others

    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables

    def call(self, inputs: Any, state: Any = None) -> Any:
        """The last cell's output, and the states of all."""
        states, position = [], 0
        for number, cell in enumerate(self.cells):
            with tf1.variable_scope(f"cell_{number}"):
                if self.state_is_tuple:
                    old = state[number]
                else:
                    old = tf.slice(state, [0, position], [-1, cell.state_size])
                    position += cell.state_size
                inputs, new = cell(inputs, old)
                states.append(new)
        return inputs, tuple(states) if self.state_is_tuple else tf.concat(states, 1)


class _Wrapper(RNNCell):
    """A cell that does something around another one, and has no weights of its own."""

    required = "cell"

    cell: Any

    def prepare(self) -> None:
        needed = ("output_size", "state_size", "zero_state", "__call__")
        if not all(hasattr(self.cell, name) for name in needed):
            raise TypeError(f"The argument 'cell' ({self.cell}) is not an RNNCell")

    @property
    def wrapped_cell(self) -> Any:
        """The other cell."""
        return self.cell

    @property
    def state_size(self) -> Any:
        """That of the other cell."""
        return self.cell.state_size

    @property
    def output_size(self) -> Any:
        """That of the other cell."""
        return self.cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """That of the other cell."""
        with tf1.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self.cell.zero_state(batch_size, dtype)


class DeviceWrapper(_Wrapper):
    """`tf.nn.rnn_cell.DeviceWrapper`: the other cell on a device."""

    required = "cell device"
    optional = "trainable name dtype"

    device: Any

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """That of the other cell, on the device."""
        with tf1.device(self.device):
            return super().zero_state(batch_size, dtype)

    def __call__(self, inputs: Any, state: Any = None, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The output and the next state."""
        with tf1.device(self.device):
            return self.cell(inputs, state, *args, scope=scope, **kwargs)


class ResidualWrapper(_Wrapper):
    """`tf.nn.rnn_cell.ResidualWrapper`: adds inputs to outputs, or does to both what `residual_fn` does."""

    optional = "residual_fn trainable name dtype"

    residual_fn: Callable[[Any, Any], Any] | None

    def __call__(self, inputs: Any, state: Any = None, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The output and the next state."""
        outputs, state = self.cell(inputs, state, *args, scope=scope, **kwargs)
        return (self.residual_fn or _add_all)(inputs, outputs), state


def _add_all(inputs: Any, outputs: Any) -> Any:
    """The sum of two equal structures."""

    def add(one: Any, other: Any) -> Any:
        one.shape.assert_is_compatible_with(other.shape)
        return one + other

    return tf.nest.map_structure(add, inputs, outputs)


class DropoutWrapper(_Wrapper):
    """`tf.nn.rnn_cell.DropoutWrapper`: dropout of the inputs, outputs and states of the other cell.

    With `variational_recurrent` the same numbers are dropped at all steps. `dropout_state_filter_visitor` is a function
    of a state and of its parts: False for those that nothing is dropped of; by default that is the memory of an LSTM.
    """

    optional = (
        "input_keep_prob output_keep_prob state_keep_prob variational_recurrent input_size dtype seed"
        " dropout_state_filter_visitor trainable name"
    )

    input_keep_prob: Any = 1.0
    output_keep_prob: Any = 1.0
    state_keep_prob: Any = 1.0
    variational_recurrent: bool = False
    input_size: Any
    seed: Any
    dropout_state_filter_visitor: Any

    def prepare(self) -> None:
        super().prepare()
        visitor = self.dropout_state_filter_visitor
        if visitor is not None and not callable(visitor):
            raise TypeError("dropout_state_filter_visitor must be callable")
        self.visitor = visitor or _all_but_memory
        with tf1.name_scope("DropoutWrapperInit"):
            self.keep = {
                "input": _probability(self.input_keep_prob, "input_keep_prob"),
                "state": _probability(self.state_keep_prob, "state_keep_prob"),
                "output": _probability(self.output_keep_prob, "output_keep_prob"),
            }
        self.noise: dict[str, Any] = {}
        if self.variational_recurrent:
            self._make_noise()

    def _make_noise(self) -> None:
        """The random numbers of all steps."""
        if self.dtype is None:
            raise ValueError("When variational_recurrent=True, dtype must be provided")
        sizes = {"state": self.cell.state_size, "output": self.cell.output_size}
        if not isinstance(self.keep["input"], float) or self.keep["input"] < 1.0:
            if self.input_size is None:
                raise ValueError("When variational_recurrent=True and inputs are dropped, input_size must be provided")
            sizes = {"input": self.input_size, **sizes}
        for kind, size in sizes.items():
            numbers = [
                tf1.random_uniform([1, *_sizes(part)], seed=self._seed_of(kind, number), dtype=self.dtype)
                for number, part in enumerate(tf.nest.flatten(size))
            ]
            self.noise[kind] = tf.nest.pack_sequence_as(size, numbers)

    def _seed_of(self, kind: str, number: int) -> int | None:
        """A seed for each tensor."""
        if self.seed is None:
            return None
        text = f"{self.seed}{kind}_{number}"
        return int(hashlib.md5(text.encode()).hexdigest()[:8], 16) & 0x7FFFFFFF

    def __call__(self, inputs: Any, state: Any = None, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The output and the next state."""
        outputs, state = self.cell(self._dropped(inputs, "input"), state, *args, scope=scope, **kwargs)
        state = self._dropped(state, "state", self.visitor)
        return self._dropped(outputs, "output"), state

    def _dropped(self, values: Any, kind: str, visitor: Callable[[Any], Any] = lambda _: True) -> Any:
        """Values after dropout."""
        keep = self.keep[kind]
        if isinstance(keep, float) and keep >= 1:
            return values
        counter = itertools.count()

        def part(value: Any, noise: Any) -> Any:
            number = next(counter)
            if not self.variational_recurrent:
                return tf.nn.dropout(value, 1.0 - keep, seed=self._seed_of(kind, number))
            dropped = tf1.div(value, keep) * tf.floor(keep + noise)
            dropped.set_shape(value.shape)
            return dropped

        def walk(values: Any, noise: Any, wanted: Any) -> Any:
            wanted = wanted and visitor(values)
            if wanted is False or not isinstance(values, (list, tuple)):
                return part(values, noise) if wanted is not False else (values, next(counter))[0]
            choices = [True] * len(values) if wanted is True else wanted
            noises = noise if self.variational_recurrent else values
            parts = [walk(*three) for three in zip(values, noises, choices, strict=True)]
            return type(values)(*parts) if hasattr(values, "_fields") else type(values)(parts)

        return walk(values, self.noise.get(kind), True)


def _probability(given: Any, name: str) -> Any:
    """A float, or a tensor if the value is not known."""
    tensor = tf.convert_to_tensor(given)
    known = tf.get_static_value(tensor)
    if known is None:
        return tensor
    if not 0 <= known <= 1:
        raise ValueError(f"Parameter {name} must be between 0 and 1: {known}")
    return float(known)


def _all_but_memory(state: Any) -> Any:
    """What is dropped of a state: all but the memory of an LSTM."""
    if isinstance(state, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    return not isinstance(state, tf.TensorArray)


def stack_bidirectional_dynamic_rnn(
    cells_fw: Sequence[Any],
    cells_bw: Sequence[Any],
    inputs: Any,
    initial_states_fw: Sequence[Any] | None = None,
    initial_states_bw: Sequence[Any] | None = None,
    dtype: Any = None,
    sequence_length: Any = None,
    parallel_iterations: int | None = None,
    time_major: bool = False,
    scope: Any = None,
    swap_memory: bool = False,
) -> Any:
    """`tf.contrib.rnn.stack_bidirectional_dynamic_rnn`: each pair of cells reads the outputs of the pair below it."""
    for name, values in (("cells", cells_bw), ("states", initial_states_fw), ("states", initial_states_bw)):
        if values is not None and (not isinstance(values, (list, tuple)) or len(values) != len(cells_fw)):
            raise ValueError(f"There must be as many {name} as cells, in a list")
    if not cells_fw:
        raise ValueError("There must be at least one pair of cells")
    states: list[Any] = []
    with tf1.variable_scope(scope or "stack_bidirectional_rnn"):
        for number, (forwards, backwards) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with tf1.variable_scope(f"cell_{number}"):
                outputs, state = tf1.nn.bidirectional_dynamic_rnn(
                    forwards,
                    backwards,
                    inputs,
                    initial_state_fw=initial_states_fw[number] if initial_states_fw else None,
                    initial_state_bw=initial_states_bw[number] if initial_states_bw else None,
                    sequence_length=sequence_length,
                    parallel_iterations=parallel_iterations,
                    dtype=dtype,
                    swap_memory=swap_memory,
                    time_major=time_major,
                )
                inputs = tf.concat(outputs, 2)
            states.append(state)
    return inputs, tuple(state[0] for state in states), tuple(state[1] for state in states)
