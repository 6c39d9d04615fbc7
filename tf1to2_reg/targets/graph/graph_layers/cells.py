"""The cells of `tf.nn.rnn_cell` and `tf.contrib.rnn`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.arguments import _activation, _initializer
from tf1to2_reg.targets.graph.graph_layers.contrib_normalization import layer_norm
from tf1to2_reg.targets.graph.graph_layers.layer import Layer, _penalized

tf1 = tf.compat.v1


class RNNCell(Layer):
    """`tf.nn.rnn_cell.RNNCell`: what all cells do, and a base for cells of one's own.

    A cell has a `state_size` and an `output_size`, and `call(inputs, state)` gives its output and its next state.
    """

    optional = "trainable name dtype"
    is_of_keras = False

    def __call__(self, inputs: Any, state: Any = None, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The output and the next state."""
        if scope is not None:
            with tf1.variable_scope(scope, custom_getter=self._remember) as entered:
                return super().__call__(inputs, state, *args, scope=entered, **kwargs)
        if not hasattr(self, "rnncell_scope"):
            self.rnncell_scope = tf1.variable_scope(tf1.get_variable_scope(), custom_getter=self._remember)
        with self.rnncell_scope:
            return super().__call__(inputs, state, *args, **kwargs)

    def _remember(self, getter: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A getter that keeps the variables that `call` makes as the cell's."""
        variable = _penalized(getter, *args, **kwargs)
        if variable.name not in self._weights and any(variable is other for other in tf1.trainable_variables()):
            self._trained.append(variable.name)
        self._weights[variable.name] = variable
        return variable

    @property
    def state_size(self) -> Any:
        """The sizes of the state, as nested as the state."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        raise NotImplementedError("Abstract method")

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """A state of zeros for a batch, or for the batch of the inputs."""
        if inputs is not None:
            inputs = tf.convert_to_tensor(inputs, name="inputs")
            batch_size, dtype = inputs.shape.as_list()[0] or tf.shape(inputs)[0], inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError(f"batch_size and dtype cannot be None: {batch_size}, {dtype}")
        return self.zero_state(batch_size, dtype)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros for a batch."""
        with tf1.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return tf.nest.map_structure(lambda size: _zeros(batch_size, size, dtype), self.state_size)


def _sizes(size: Any) -> list[int]:
    """The sizes of the axes of a part of a state."""
    sizes = size.as_list() if isinstance(size, tf.TensorShape) else [size]
    return [int(number) for number in sizes]


def _zeros(batch_size: Any, size: Any, dtype: Any) -> Any:
    batch = batch_size if tf.is_tensor(batch_size) else int(batch_size)
    return tf.zeros(tf.stack([batch, *_sizes(size)]) if tf.is_tensor(batch) else [batch, *_sizes(size)], dtype)


class LayerRNNCell(RNNCell):
    """`tf.contrib.rnn.LayerRNNCell`: a cell that makes its weights in `build`, like a layer."""

    def __call__(self, inputs: Any, state: Any = None, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The output and the next state."""
        return Layer.__call__(self, inputs, state, *args, scope=scope, **kwargs)


class _Cell(LayerRNNCell):
    """What the cells of `tf.nn.rnn_cell` have in common."""

    required = "num_units"
    ndim = 2

    num_units: int
    activation: Any
    reuse: Any

    def prepare(self) -> None:
        self._reuse = self.reuse
        self._check_floating(self.dtype)
        self.activation = (_activation(self.activation) or tf.identity) if self.activation else tf.tanh

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        return self.num_units

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        return self.num_units

    def __getattr__(self, name: str) -> Any:
        """TF1's own names of attributes, `_kernel` say, for classes that derive from a cell."""
        if not name.startswith("_") or name[1:] not in vars(self):
            raise AttributeError(f"{type(self).__name__} has no attribute {name}")
        return vars(self)[name[1:]]

    @staticmethod
    def _check_floating(dtype: Any) -> None:
        if dtype is not None and not (tf.as_dtype(dtype).is_floating or tf.as_dtype(dtype).is_complex):
            raise ValueError(f"RNN cell only supports floating point inputs, but saw dtype: {dtype}")

    def _check_call(self, inputs: Any, state: Any) -> None:
        for tensor in tf.nest.flatten([inputs, state]):
            self._check_floating(tensor.dtype)

    def _input_depth(self, shape: Any) -> int:
        depth: int | None = shape.as_list()[-1]
        if depth is None:
            raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {shape}")
        self._check_floating(self.dtype)
        return depth


def _linear(inputs: Any, state: Any, kernel: Any, bias: Any) -> Any:
    return tf.nn.bias_add(tf.matmul(tf.concat([inputs, state], 1), kernel), bias)


class BasicRNNCell(_Cell):
    """`tf.nn.rnn_cell.BasicRNNCell`: tanh of inputs and state times a kernel."""

    optional = "activation reuse name dtype"

    def make_weights(self, shape: Any) -> None:
        """A kernel and a bias."""
        rows = self._input_depth(shape) + self.num_units
        self.kernel = self.add_weight("kernel", [rows, self.num_units])
        self.bias = self.add_weight("bias", [self.num_units], initializer=tf1.zeros_initializer())

    def call(self, inputs: Any, state: Any = None) -> Any:
        """The output, which is the state too."""
        self._check_call(inputs, state)
        output = self.activation(_linear(inputs, state, self.kernel, self.bias))
        return output, output


class GRUCell(_Cell):
    """`tf.nn.rnn_cell.GRUCell`."""

    optional = "activation reuse kernel_initializer bias_initializer name dtype"

    kernel_initializer: Any
    bias_initializer: Any = None  # ones in the gates and zeros in the candidate

    def make_weights(self, shape: Any) -> None:
        """Kernel and bias of both gates, then of the candidate."""
        rows = self._input_depth(shape) + self.num_units
        kernel, bias = _initializer(self.kernel_initializer), _initializer(self.bias_initializer)
        gates, candidates = [2 * self.num_units], [self.num_units]
        self.gate_kernel = self.add_weight("gates/kernel", [rows, *gates], initializer=kernel)
        self.gate_bias = self.add_weight(
            "gates/bias", gates, initializer=tf1.constant_initializer(1.0) if bias is None else bias
        )
        self.candidate_kernel = self.add_weight("candidate/kernel", [rows, *candidates], initializer=kernel)
        self.candidate_bias = self.add_weight(
            "candidate/bias", candidates, initializer=tf1.zeros_initializer() if bias is None else bias
        )

    def call(self, inputs: Any, state: Any = None) -> Any:
        """The output, which is the state too."""
        self._check_call(inputs, state)
        gates = tf.sigmoid(_linear(inputs, state, self.gate_kernel, self.gate_bias))
        r, u = tf.split(gates, 2, axis=1)
        candidate = self.activation(_linear(inputs, r * state, self.candidate_kernel, self.candidate_bias))
        output = u * state + (1 - u) * candidate
        return output, output


class LSTMStateTuple(NamedTuple):
    """`tf.nn.rnn_cell.LSTMStateTuple`: the memory c and the output h."""

    c: Any
    h: Any

    @property
    def dtype(self) -> Any:
        """The type of both."""
        if self.c.dtype != self.h.dtype:
            raise TypeError(f"Inconsistent internal state: {self.c.dtype} vs {self.h.dtype}")
        return self.c.dtype


class BasicLSTMCell(_Cell):
    """`tf.nn.rnn_cell.BasicLSTMCell`."""

    optional = "forget_bias state_is_tuple activation reuse name dtype"

    forget_bias: Any = 1.0
    state_is_tuple: bool = True

    @property
    def state_size(self) -> Any:
        """The sizes of c and h, or their sum."""
        return LSTMStateTuple(self.num_units, self.num_units) if self.state_is_tuple else 2 * self.num_units

    def make_weights(self, shape: Any) -> None:
        """A kernel and a bias for all four gates."""
        rows = self._input_depth(shape) + self.num_units
        self.kernel = self.add_weight("kernel", [rows, 4 * self.num_units])
        self.bias = self.add_weight("bias", [4 * self.num_units], initializer=tf1.zeros_initializer())

    def call(self, inputs: Any, state: Any = None) -> Any:
        """The output, and c and h."""
        self._check_call(inputs, state)
        c, h = state if self.state_is_tuple else tf.split(state, 2, axis=1)
        i, j, f, o = tf.split(_linear(inputs, h, self.kernel, self.bias), 4, axis=1)
        kept = tf.multiply(c, tf.sigmoid(tf.add(f, tf.constant(self.forget_bias, f.dtype))))
        c = tf.add(kept, tf.multiply(tf.sigmoid(i), self.activation(j)))
        h = tf.multiply(self.activation(c), tf.sigmoid(o))
        return h, LSTMStateTuple(c, h) if self.state_is_tuple else tf.concat([c, h], 1)


class LSTMCell(_Cell):
    """`tf.nn.rnn_cell.LSTMCell`: with peepholes, a projection of the output and clipping, if wanted."""

    optional = (
        "use_peepholes cell_clip initializer num_proj proj_clip num_unit_shards num_proj_shards forget_bias"
        " state_is_tuple activation reuse name dtype"
    )

    use_peepholes: bool = False
    cell_clip: Any
    initializer: Any
    num_proj: int | None
    proj_clip: Any
    num_unit_shards: Any
    num_proj_shards: Any
    forget_bias: Any = 1.0
    state_is_tuple: bool = True

    def prepare(self) -> None:
        super().prepare()
        self.initializer = _initializer(self.initializer)
        if self.num_unit_shards is not None or self.num_proj_shards is not None:
            raise ValueError("num_unit_shards and num_proj_shards make partitioned variables, which are not supported")

    @property
    def state_size(self) -> Any:
        """The sizes of c and h, or their sum."""
        sizes = LSTMStateTuple(self.num_units, self.output_size)
        return sizes if self.state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        """The size of the projection, if there is one."""
        return self.num_proj or self.num_units

    def make_weights(self, shape: Any) -> None:
        """A kernel and a bias for all four gates, the peepholes' weights and the projection's."""
        rows = self._input_depth(shape) + (self.num_units if self.num_proj is None else self.num_proj)
        start = {"initializer": self.initializer}
        self.kernel = self.add_weight("kernel", [rows, 4 * self.num_units], **start)
        self.bias = self.add_weight("bias", [4 * self.num_units], initializer=tf1.zeros_initializer())
        if self.use_peepholes:
            self.w_f_diag = self.add_weight("w_f_diag", [self.num_units], **start)
            self.w_i_diag = self.add_weight("w_i_diag", [self.num_units], **start)
            self.w_o_diag = self.add_weight("w_o_diag", [self.num_units], **start)
        if self.num_proj is not None:
            self.proj_kernel = self.add_weight("projection/kernel", [self.num_units, self.num_proj], **start)

    def call(self, inputs: Any, state: Any = None) -> Any:
        """The output, and c and h."""
        self._check_call(inputs, state)
        if self.state_is_tuple:
            before, h = state
        else:
            before = tf.slice(state, [0, 0], [-1, self.num_units])
            h = tf.slice(state, [0, self.num_units], [-1, self.num_proj or self.num_units])
        i, j, f, o = tf.split(_linear(inputs, h, self.kernel, self.bias), 4, axis=1)
        forget = f + self.forget_bias
        if self.use_peepholes:
            forget, i = forget + self.w_f_diag * before, i + self.w_i_diag * before
        c = tf.sigmoid(forget) * before + tf.sigmoid(i) * self.activation(j)
        if self.cell_clip is not None:
            c = tf.clip_by_value(c, -self.cell_clip, self.cell_clip)
        h = tf.sigmoid(o + self.w_o_diag * c if self.use_peepholes else o) * self.activation(c)
        if self.num_proj is not None:
            h = tf.matmul(h, self.proj_kernel)
            if self.proj_clip is not None:
                h = tf.clip_by_value(h, -self.proj_clip, self.proj_clip)
        return h, LSTMStateTuple(c, h) if self.state_is_tuple else tf.concat([c, h], 1)


class LayerNormBasicLSTMCell(RNNCell):
    """`tf.contrib.rnn.LayerNormBasicLSTMCell`: an LSTM with normalized gates and memory, and recurrent dropout."""

    required = "num_units"
    optional = (
        "forget_bias input_size activation layer_norm norm_gain norm_shift dropout_keep_prob dropout_prob_seed reuse"
    )

    num_units: int
    forget_bias: Any = 1.0
    activation: Any = tf.tanh
    layer_norm: bool = True
    norm_gain: float = 1.0
    norm_shift: float = 0.0
    dropout_keep_prob: Any = 1.0
    dropout_prob_seed: int | None
    reuse: Any

    def prepare(self) -> None:
        self._reuse = self.reuse

    @property
    def state_size(self) -> Any:
        """The sizes of c and h."""
        return LSTMStateTuple(self.num_units, self.num_units)

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        return self.num_units

    def _norm(self, inputs: Any, scope: str) -> Any:
        """The inputs normalized; the weights of a gate are made here, with the values that the cell was given."""
        if not self.layer_norm:
            return inputs
        with tf1.variable_scope(scope):
            for name, value in (("gamma", self.norm_gain), ("beta", self.norm_shift)):
                tf1.get_variable(
                    name, shape=inputs.shape[-1:], initializer=tf1.constant_initializer(value), dtype=inputs.dtype
                )
        return layer_norm(inputs, reuse=True, scope=scope)

    def call(self, inputs: Any, state: Any = None) -> Any:
        """The output, and c and h."""
        c, h = state
        both = tf.concat([inputs, h], 1)
        kernel = tf1.get_variable("kernel", [both.shape.as_list()[-1], 4 * self.num_units], dtype=both.dtype)
        gates = tf.matmul(both, kernel)
        if not self.layer_norm:
            gates = tf.nn.bias_add(gates, tf1.get_variable("bias", [4 * self.num_units], dtype=both.dtype))
        names = ("input", "transform", "forget", "output")
        i, j, f, o = (self._norm(gate, name) for gate, name in zip(tf.split(gates, 4, axis=1), names, strict=True))
        g = self.activation(j)
        if not isinstance(self.dropout_keep_prob, float) or self.dropout_keep_prob < 1:
            g = tf.nn.dropout(g, 1 - self.dropout_keep_prob, seed=self.dropout_prob_seed)
        c = self._norm(c * tf.sigmoid(f + self.forget_bias) + tf.sigmoid(i) * g, "state")
        h = self.activation(c) * tf.sigmoid(o)
        return h, LSTMStateTuple(c, h)
