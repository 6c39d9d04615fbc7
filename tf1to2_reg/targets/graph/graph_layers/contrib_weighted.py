"""The layers of `tf.contrib.layers` with a kernel."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.contrib_functions import (
    FOLLOWED,
    _check_format,
    _contrib,
    _followed,
    _pair,
    _size,
)
from tf1to2_reg.targets.graph.graph_layers.contrib_variables import _collect_variable, _model_variables, _variable
from tf1to2_reg.targets.graph.graph_layers.model import graph_model

tf1 = tf.compat.v1


KERNEL = {"kernel": "weights", "bias": "biases"}
"""What contrib calls the variables of most layers."""

SEPARATE_KERNELS = {"depthwise_kernel": "depthwise_weights", "pointwise_kernel": "pointwise_weights", "bias": "biases"}
"""What contrib calls those of a separable convolution."""


def _weighted(given: Any, kind: str, keras_layer: Callable[[Any], Any], names: dict[str, str] = KERNEL) -> Any:
    """Call a layer with weights, and what follows it.

    Args:
        given: The arguments of contrib's function.
        kind: The default of the variable scope.
        keras_layer: A function of the inputs that makes the layer of `tf.keras.layers`.
        names: What contrib calls the layer's variables.
    """
    with tf1.variable_scope(
        given.scope, kind, [given.inputs], reuse=given.reuse, custom_getter=_model_variables(**names)
    ) as scope:
        inputs = tf.convert_to_tensor(given.inputs)
        layer = graph_model().add(
            keras_layer(inputs), name=scope.name, reuse=given.reuse, trainable=given.trainable, scope=scope
        )
        outputs = layer(inputs)
        for own in names:
            if getattr(layer, own) is not None:
                key = "biases" if own == "bias" else "weights"
                _collect_variable(getattr(layer, own), given.variables_collections, key)
        return _followed(given, scope.name, outputs)


def _kernel_and_bias(given: Any) -> dict[str, Any]:
    """The arguments of a Keras layer for its kernel and bias."""
    return {
        "kernel_initializer": given.weights_initializer,
        "kernel_regularizer": given.weights_regularizer,
        **_bias(given),
    }


def _bias(given: Any) -> dict[str, Any]:
    """The arguments of a Keras layer for its bias; with a normalizer there is none."""
    return {
        "use_bias": not given.normalizer_fn and given.biases_initializer is not None,
        "bias_initializer": given.biases_initializer,
        "bias_regularizer": given.biases_regularizer,
    }


@_contrib(f"inputs num_outputs {FOLLOWED}")
def fully_connected(given: Any) -> Any:
    """`tf.contrib.layers.fully_connected`: a dense layer, by default with relu."""
    if not isinstance(given.num_outputs, int):
        raise ValueError(f"num_outputs must be an int, got {type(given.num_outputs)}.")
    return _weighted(
        given, "fully_connected", lambda _: tf.keras.layers.Dense(given.num_outputs, **_kernel_and_bias(given))
    )


linear = functools.partial(fully_connected, activation_fn=None)
relu = functools.partial(fully_connected, activation_fn=tf.nn.relu)
relu6 = functools.partial(fully_connected, activation_fn=tf.nn.relu6)
elu = functools.partial(fully_connected, activation_fn=tf.nn.elu)


def _window(given: Any) -> dict[str, Any]:
    """The arguments of a Keras layer for its window."""
    channels_first = given.data_format is not None and given.data_format.startswith("NC")
    return {
        "strides": given.stride,
        "padding": given.padding,
        "data_format": "channels_first" if channels_first else "channels_last",
    }


CONVOLVED = f"inputs num_outputs kernel_size stride padding data_format rate {FOLLOWED}"
"""Parameters of the convolutions."""


def _convolution(given: Any, forms: dict[int, Callable[..., Any]]) -> Any:
    """A convolution by the Keras layer for the inputs' number of axes."""
    _check_format(given, None, "NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW")

    def layer(inputs: Any) -> Any:
        if inputs.shape.rank not in forms:
            raise ValueError(f"Convolution expects input with rank {[*forms]}, got {inputs.shape.rank}")
        return forms[inputs.shape.rank](
            given.num_outputs,
            given.kernel_size,
            dilation_rate=given.rate,
            **_window(given),
            **_kernel_and_bias(given),
        )

    return _weighted(given, "Conv", layer)


@_contrib(f"{CONVOLVED} conv_dims")
def convolution(given: Any) -> Any:
    """`tf.contrib.layers.convolution`: a convolution over one, two or three axes, by default with relu."""
    forms = {3: tf.keras.layers.Conv1D, 4: tf.keras.layers.Conv2D, 5: tf.keras.layers.Conv3D}
    return _convolution(given, {n: form for n, form in forms.items() if given.conv_dims in (None, n - 2)})


@_contrib(CONVOLVED)
def convolution1d(given: Any) -> Any:
    """`tf.contrib.layers.conv1d`."""
    return _convolution(given, {3: tf.keras.layers.Conv1D})


@_contrib(CONVOLVED)
def convolution2d(given: Any) -> Any:
    """`tf.contrib.layers.conv2d`: by default with relu and the padding SAME."""
    return _convolution(given, {4: tf.keras.layers.Conv2D})


@_contrib(CONVOLVED)
def convolution3d(given: Any) -> Any:
    """`tf.contrib.layers.conv3d`."""
    return _convolution(given, {5: tf.keras.layers.Conv3D})


@_contrib(CONVOLVED.replace(" rate", ""), data_format="NHWC")
def convolution2d_transpose(given: Any) -> Any:
    """`tf.contrib.layers.conv2d_transpose`."""
    return _transposed(given, "Conv2d_transpose", tf.keras.layers.Conv2DTranspose, "NHWC", "NCHW")


@_contrib(CONVOLVED.replace(" rate", ""), data_format="NDHWC")
def convolution3d_transpose(given: Any) -> Any:
    """`tf.contrib.layers.conv3d_transpose`."""
    return _transposed(given, "Conv3d_transpose", tf.keras.layers.Conv3DTranspose, "NDHWC", "NCDHW")


def _transposed(given: Any, kind: str, form: Callable[..., Any], *formats: str) -> Any:
    def layer(_: Any) -> Any:
        _check_format(given, *formats)
        return form(given.num_outputs, given.kernel_size, **_window(given), **_kernel_and_bias(given))

    return _weighted(given, kind, layer)


@_contrib(
    "inputs num_outputs kernel_size depth_multiplier stride padding data_format rate"
    f" {FOLLOWED.replace(' weights_regularizer', ' pointwise_initializer weights_regularizer')}",
    data_format="NHWC",
)
def separable_convolution2d(given: Any) -> Any:
    """`tf.contrib.layers.separable_conv2d`: one convolution for each channel and, with `num_outputs`, one over them."""
    _check_format(given, "NHWC", "NCHW")
    if given.num_outputs is None:
        return _depthwise(given)
    pointwise = given.weights_initializer if given.pointwise_initializer is None else given.pointwise_initializer
    return _weighted(
        given,
        "SeparableConv2d",
        lambda _: tf.keras.layers.SeparableConv2D(
            given.num_outputs,
            given.kernel_size,
            dilation_rate=_pair(given.rate),
            depth_multiplier=given.depth_multiplier,
            depthwise_initializer=given.weights_initializer,
            pointwise_initializer=pointwise,
            depthwise_regularizer=given.weights_regularizer,
            pointwise_regularizer=given.weights_regularizer,
            **_window(given),
            **_bias(given),
        ),
        SEPARATE_KERNELS,
    )


def _depthwise(given: Any) -> Any:
    """One convolution for each channel, which is no layer of its own in TF1."""
    with tf1.variable_scope(
        given.scope, "SeparableConv2d", [given.inputs], reuse=given.reuse, custom_getter=_model_variables()
    ) as scope:
        given.inputs = inputs = tf.convert_to_tensor(given.inputs)
        channels = _size(inputs.shape, 1 if given.data_format == "NCHW" else -1, 4)
        kernel = _variable(
            given, "depthwise_weights", [*_pair(given.kernel_size), channels, given.depth_multiplier], key="weights"
        )
        height, width = _pair(given.stride)
        outputs = tf1.nn.depthwise_conv2d(
            inputs,
            kernel,
            [1, 1, height, width] if given.data_format == "NCHW" else [1, height, width, 1],
            given.padding,
            rate=_pair(given.rate),
            data_format=given.data_format,
        )
        return _biased(given, scope.name, outputs, channels * given.depth_multiplier)


@_contrib(f"inputs kernel_size stride padding {FOLLOWED}")
def convolution2d_in_plane(given: Any) -> Any:
    """`tf.contrib.layers.conv2d_in_plane`: one window for all channels."""
    with tf1.variable_scope(given.scope, "ConvInPlane", [given.inputs], reuse=given.reuse) as scope:
        channels = _size(given.inputs.shape, -1, 4)
        kernel = _variable(given, "weights", [*_pair(given.kernel_size), 1, 1])
        outputs = tf1.nn.depthwise_conv2d(
            given.inputs, tf.tile(kernel, [1, 1, channels, 1]), [1, *_pair(given.stride), 1], given.padding
        )
        return _biased(given, scope.name, outputs, channels)


def _biased(given: Any, alias: str, outputs: Any, channels: int) -> Any:
    """The outputs with a bias, unless a normalizer follows."""
    if given.normalizer_fn is None and given.biases_initializer is not None:
        data_format = getattr(given, "data_format", "NHWC")
        outputs = tf.nn.bias_add(outputs, _variable(given, "biases", [channels]), data_format=data_format)
    return _followed(given, alias, outputs)
