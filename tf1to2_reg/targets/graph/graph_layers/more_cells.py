"""Cells that only `tf.contrib.rnn` has."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.cells import LayerRNNCell, LSTMStateTuple

tf1 = tf.compat.v1


class NASCell(LayerRNNCell):
    """`tf.contrib.rnn.NASCell`: the cell that Zoph and Le found by search, with a projection if wanted."""

    required = "num_units"
    optional = "num_proj use_bias reuse"

    num_units: int
    num_proj: int | None
    use_bias: bool = False
    reuse: Any

    def prepare(self) -> None:
        self._reuse = self.reuse

    @property
    def state_size(self) -> Any:
        """The sizes of c and h."""
        return LSTMStateTuple(self.num_units, self.output_size)

    @property
    def output_size(self) -> Any:
        """The size of the projection, if there is one."""
        return self.num_units if self.num_proj is None else self.num_proj

    def make_weights(self, shape: Any) -> None:
        """A kernel for the inputs and one for the state, with eight parts, a bias and the projection's weights."""
        depth = shape.with_rank(2).as_list()[1]
        if depth is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        self.recurrent_kernel = self.add_weight("recurrent_kernel", [self.output_size, 8 * self.num_units])
        self.kernel = self.add_weight("kernel", [depth, 8 * self.num_units])
        if self.use_bias:
            self.bias = self.add_weight("bias", [8 * self.num_units], initializer=tf1.zeros_initializer())
        if self.num_proj is not None:
            self.projection_weights = self.add_weight("projection_weights", [self.num_units, self.num_proj])

    def call(self, inputs: Any, state: Any = None) -> Any:
        """The output, and c and h."""
        before, h = state
        states = tf.matmul(h, self.recurrent_kernel)
        i = tf.split(tf.matmul(inputs, self.kernel), 8, axis=1)
        s = tf.split(tf.nn.bias_add(states, self.bias) if self.use_bias else states, 8, axis=1)
        first = tf.tanh(tf.sigmoid(i[0] + s[0]) * tf.nn.relu(i[1] + s[1]))
        second = tf.tanh(tf.sigmoid(i[2] + s[2]) + tf.nn.relu(i[3] * s[3]))
        third = tf.tanh(tf.tanh(i[4] + s[4]) * tf.sigmoid(i[5] + s[5]))
        fourth = tf.sigmoid(tf.tanh(i[6] + s[6]) + tf.sigmoid(i[7] + s[7]))
        c = tf.tanh(first + before) * second
        h = tf.tanh(c * tf.tanh(third + fourth))
        if self.num_proj is not None:
            h = tf.matmul(h, self.projection_weights)
        return h, LSTMStateTuple(c, h)


class LSTMBlockCell(LayerRNNCell):
    """`tf.contrib.rnn.LSTMBlockCell`: an LSTM in one op."""

    required = "num_units"
    optional = "forget_bias cell_clip use_peephole dtype reuse name"
    ndim = 2

    num_units: int
    forget_bias: Any = 1.0
    cell_clip: Any
    use_peephole: bool = False
    reuse: Any
    name: Any = "lstm_cell"

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

    def make_weights(self, shape: Any) -> None:
        """A kernel and a bias for all four gates, and the peepholes' weights."""
        depth = shape.as_list()[1]
        if not depth:
            raise ValueError(f"Expecting inputs_shape[1] to be set: {shape}")
        self.kernel = self.add_weight("kernel", [depth + self.num_units, 4 * self.num_units])
        self.bias = self.add_weight("bias", [4 * self.num_units], initializer=tf1.constant_initializer(0.0))
        if self.use_peephole:
            names = ("w_i_diag", "w_f_diag", "w_o_diag")
            self.peepholes = [self.add_weight(name, [self.num_units]) for name in names]

    def call(self, inputs: Any, state: Any = None) -> Any:
        """The output, and c and h."""
        if len(state) != 2:
            raise ValueError("Expecting state to be a tuple with length 2.")
        peepholes = self.peepholes if self.use_peephole else [tf.zeros([self.num_units], self.dtype)] * 3
        options = {
            "forget_bias": self.forget_bias,
            "cell_clip": -1 if self.cell_clip is None else self.cell_clip,
            "use_peephole": self.use_peephole,
        }
        c, h = _lstm_block(options, inputs, *state, self.kernel, *peepholes, self.bias)
        return h, LSTMStateTuple(c, h)


def _lstm_block(options: dict[str, Any], *inputs: Any) -> Any:
    """One step of the fused LSTM, with the gradient that `tf.contrib.rnn` had for its op."""
    names = ("x", "cs_prev", "h_prev", "w", "wci", "wcf", "wco", "b")

    def step(*inputs: Any) -> Any:
        given = dict(zip(names, inputs, strict=True))
        i, c, f, o, ci, co, h = tf.raw_ops.LSTMBlockCell(**given, **options)

        def gradient(c_gradient: Any, h_gradient: Any) -> list[Any]:
            before, gates, *diagonals = tf.raw_ops.LSTMBlockCellGrad(
                **given,
                i=i,
                cs=c,
                f=f,
                o=o,
                ci=ci,
                co=co,
                cs_grad=c_gradient,
                h_grad=h_gradient,
                use_peephole=options["use_peephole"],
            )
            x, h_prev, kernel = given["x"], given["h_prev"], given["w"]
            both = tf.matmul(gates, kernel, transpose_b=True)
            depth = x.shape.as_list()[1]
            return [
                both[:, :depth],
                before,
                both[:, depth:],
                tf.matmul(tf.concat([x, h_prev], 1), gates, transpose_a=True),
                *diagonals,
                tf.raw_ops.BiasAddGrad(out_backprop=gates),
            ]

        return (c, h), gradient

    return tf.custom_gradient(step)(*(tf.convert_to_tensor(part) for part in inputs))
