"""Convolutions."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any, ClassVar

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.arguments import _activation
from tf1to2_reg.targets.graph.graph_layers.layer import Layer
from tf1to2_reg.targets.graph.graph_layers.simple import KERNEL_AND_BIAS

tf1 = tf.compat.v1


class _Spatial(Layer):
    """What convolutions and poolings have in common: a number of axes, a window, strides, padding and a data format."""

    rank: int
    windows: ClassVar[tuple[str, ...]]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

    strides: Any = 1
    padding: Any = "valid"
    data_format: Any = "channels_last"

    def prepare(self) -> None:
        self.ndim = self.rank + 2
        for name in self.windows:
            setattr(self, name, self._sizes(getattr(self, name), name))
        self.padding = self.padding.lower()
        if self.padding not in self.paddings:
            raise ValueError(f"The padding of {type(self).__name__} must be one of {self.paddings}, not {self.padding}")
        self.data_format = (self.data_format or "channels_last").lower()
        if self.data_format not in {"channels_last", "channels_first"}:
            raise ValueError(f"The data format must be channels_last or channels_first, not {self.data_format}")
        self.channels_first = self.data_format == "channels_first"
        self.channel_axis = 1 if self.channels_first else -1

    def _sizes(self, value: Any, name: str) -> tuple[int, ...]:
        """One number for each spatial axis."""
        sizes = (value,) * self.rank if isinstance(value, numbers.Integral) else tuple(value)
        if len(sizes) != self.rank:
            raise ValueError(f"The {name} argument must be a tuple of {self.rank} integers. Received: {value}")
        return tuple(_whole(size) for size in sizes)

    def _format(self, rank: int) -> str:
        """TensorFlow's word for the data format."""
        axes = {1: "W", 2: "HW", 3: "DHW"}[rank]
        return f"NC{axes}" if self.channels_first else f"N{axes}C"

    def _on_all_axes(self, sizes: Sequence[int]) -> list[int]:
        """Numbers for the spatial axes, with a one for the batch and for the channels."""
        return [1, 1, *sizes] if self.channels_first else [1, *sizes, 1]


def _whole(number: Any) -> int:
    """An int of a whole number of any type."""
    if int(number) != number:
        raise ValueError(f"A whole number is needed, not {number!r}")
    return int(number)


class _Convolution(_Spatial):
    """What all convolutions do with their kernel."""

    required = "filters kernel_size"
    optional = f"strides padding data_format dilation_rate activation use_bias {KERNEL_AND_BIAS}"
    windows: ClassVar[tuple[str, ...]] = ("kernel_size", "strides", "dilation_rate")

    keras_only: ClassVar[dict[str, tuple[Any, ...]]] = {
        "groups": (1,),
        "output_padding": (None,),
        "dilation_rate": (1, (1, 1), (1, 1, 1)),
    }

    filters: Any
    kernel_size: Any
    dilation_rate: Any = 1
    activation: Any
    use_bias: Any = True
    bias_initializer: Any = "zeros"

    def prepare(self) -> None:
        super().prepare()
        self.filters = _whole(self.filters)
        self.activation = _activation(self.activation)  # only: by_hand

    def make_weights(self, shape: Any) -> None:
        """A kernel of window by inputs by filters, and a bias."""
        self.kernel = self.add_weight("kernel", (*self.kernel_size, self._count_channels(shape), self.filters))
        self.bias = self.add_weight("bias", (self.filters,)) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """The output; TF1 dilates by moving space to the batch."""
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
        convolve, strides = {
            1: (tf1.nn.conv1d, self.strides[0]),
            2: (tf1.nn.conv2d, self._on_all_axes(self.strides)),
            3: (tf1.nn.conv3d, self._on_all_axes(self.strides)),
        }[self.rank]

        def convolution(x: Any, _: int, padding: str) -> Any:
            return convolve(x, self.kernel, strides, padding, data_format=self._format(self.rank))

        outputs = tf1.nn.with_space_to_batch(
            self._padded(inputs),
            self.dilation_rate,
            self._op_padding(),
            convolution,
            filter_shape=self.kernel.shape,
            data_format=self._format(self.rank),
        )
        if self.use_bias and self.rank == 1 and self.channels_first:  # a bias is not added to the middle of three axes
            outputs += tf.reshape(self.bias, (1, self.filters, 1))
        elif self.use_bias:
            outputs = tf.nn.bias_add(outputs, self.bias, data_format="NCHW" if self.channels_first else "NHWC")
        return self.activation(outputs) if self.activation else outputs

    def _padded(self, inputs: Any) -> Any:
        """The inputs with zeros before them, for causal padding."""
        if self.padding != "causal":
            return inputs
        steps = [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0]
        return tf.pad(inputs, [[0, 0], [0, 0], steps] if self.channels_first else [[0, 0], steps, [0, 0]])

    def _op_padding(self) -> str:
        return "SAME" if self.padding == "same" else "VALID"


class Conv1D(_Convolution):
    """`tf.layers.Conv1D`."""

    rank = 1
    paddings = ("valid", "same", "causal")


class Conv2D(_Convolution):
    """`tf.layers.Conv2D`."""

    rank = 2


class Conv3D(_Convolution):
    """`tf.layers.Conv3D`."""

    rank = 3


class _Transposed(_Convolution):
    """A convolution's gradient as a layer."""

    optional = f"strides padding data_format activation use_bias {KERNEL_AND_BIAS}"
    windows = ("kernel_size", "strides")

    def make_weights(self, shape: Any) -> None:
        """A kernel of window by filters by inputs, and a bias."""
        self.kernel = self.add_weight("kernel", (*self.kernel_size, self.filters, self._count_channels(shape)))
        self.bias = self.add_weight("bias", (self.filters,)) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """The output, as long as the input times the stride; "valid" adds what the window is longer than the stride."""
        dynamic, static = tf.shape(inputs), inputs.shape.as_list()
        batch, first = dynamic[0], 2 if self.channels_first else 1
        lengths: list[Any] = [dynamic[first + i] for i in range(self.rank)]
        known: list[Any] = static[first : first + self.rank]
        for i, (window, stride) in enumerate(zip(self.kernel_size, self.strides, strict=True)):
            lengths[i] *= stride
            known[i] = None if known[i] is None else known[i] * stride
            if self.padding == "valid":
                lengths[i] += max(window - stride, 0)
                known[i] = None if known[i] is None else known[i] + max(window - stride, 0)
        transpose = tf1.nn.conv2d_transpose if self.rank == 2 else tf1.nn.conv3d_transpose
        outputs = transpose(
            inputs,
            self.kernel,
            tf.stack([batch, self.filters, *lengths] if self.channels_first else [batch, *lengths, self.filters]),
            self._on_all_axes(self.strides),
            padding=self._op_padding(),
            data_format=self._format(self.rank),
        )
        outputs.set_shape(
            [static[0], self.filters, *known] if self.channels_first else [static[0], *known, self.filters]
        )
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, self.bias, data_format="NCHW" if self.channels_first else "NHWC")
        return self.activation(outputs) if self.activation else outputs


class Conv2DTranspose(_Transposed):
    """`tf.layers.Conv2DTranspose`."""

    rank = 2


class Conv3DTranspose(_Transposed):
    """`tf.layers.Conv3DTranspose`."""

    rank = 3


class _Separable(_Convolution):
    """A convolution of each channel, then one over the channels."""

    optional = (
        "strides padding data_format dilation_rate depth_multiplier activation use_bias"
        " depthwise_initializer pointwise_initializer bias_initializer"
        " depthwise_regularizer pointwise_regularizer bias_regularizer activity_regularizer"
        " depthwise_constraint pointwise_constraint bias_constraint trainable name"
    )

    depth_multiplier: Any = 1

    def prepare(self) -> None:
        super().prepare()
        self.depth_multiplier = _whole(self.depth_multiplier)

    def make_weights(self, shape: Any) -> None:
        """A kernel for each of the two convolutions, and a bias."""
        channels, ones = self._count_channels(shape), [1] * self.rank
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel", (*self.kernel_size, channels, self.depth_multiplier)
        )
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel", (*ones, self.depth_multiplier * channels, self.filters)
        )
        self.bias = self.add_weight("bias", (self.filters,)) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """The output; one spatial axis is convolved as an image of height one."""
        x, depthwise, pointwise = self._padded(inputs), self.depthwise_kernel, self.pointwise_kernel
        axis = 2 if self.channels_first else 1
        strides, rates = self.strides, self.dilation_rate
        if self.rank == 1:
            x, depthwise, pointwise = (
                tf.expand_dims(x, axis),
                tf.expand_dims(depthwise, 0),
                tf.expand_dims(pointwise, 0),
            )
            strides, rates = strides * 2, (1, *rates)
        outputs = tf1.nn.separable_conv2d(
            x,
            depthwise,
            pointwise,
            self._on_all_axes(strides),
            self._op_padding(),
            rate=rates,
            data_format=self._format(2),
        )
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, self.bias, data_format=self._format(2))
        if self.rank == 1:
            outputs = tf.squeeze(outputs, [axis])
        return self.activation(outputs) if self.activation else outputs


class SeparableConv1D(_Separable):
    """`tf.layers.SeparableConv1D`."""

    rank = 1
    paddings = ("valid", "same", "causal")


class SeparableConv2D(_Separable):
    """`tf.layers.SeparableConv2D`."""

    rank = 2
