"""The normalizations of `tf.contrib.layers`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.contrib_functions import AROUND, _activated, _check_format, _contrib, _size
from tf1to2_reg.targets.graph.graph_layers.contrib_variables import _collect_variable, _model_variables, _variable
from tf1to2_reg.targets.graph.graph_layers.modes import _cond, _constant
from tf1to2_reg.targets.graph.graph_layers.normalization import BatchNormalization, _move

tf1 = tf.compat.v1


PARAMETER_INITIALIZERS = {
    "beta": tf1.zeros_initializer(),
    "gamma": tf1.ones_initializer(),
    "moving_mean": tf1.zeros_initializer(),
    "moving_variance": tf1.ones_initializer(),
}
"""How the variables of a normalization start if `param_initializers` does not say."""


@_contrib(
    "inputs decay center scale epsilon activation_fn param_initializers param_regularizers updates_collections"
    " is_training reuse variables_collections outputs_collections trainable batch_weights fused data_format"
    " zero_debias_moving_mean scope renorm renorm_clipping renorm_decay adjustment",
    decay=0.999,
    scale=False,
    epsilon=0.001,
    activation_fn=None,
    updates_collections=tf1.GraphKeys.UPDATE_OPS,
    data_format="NHWC",
    zero_debias_moving_mean=False,
    renorm=False,
    renorm_decay=0.99,
)
def batch_norm(given: Any) -> Any:
    """`tf.contrib.layers.batch_norm`.

    The averages move when the ops in `updates_collections` are run; if that is None, they move in place: whenever the
    outputs are computed.
    """
    given.inputs = tf.convert_to_tensor(given.inputs)
    rank = given.inputs.shape.rank
    plain = given.batch_weights is None and not given.zero_debias_moving_mean
    plain = plain and given.updates_collections == tf1.GraphKeys.UPDATE_OPS
    fused = given.fused in (None, True) and given.batch_weights is None and rank in (2, 4)
    fused = fused and not given.renorm and given.adjustment is None
    if not fused or (plain and rank != 2):
        _check_format(given, "NHWC", "NCHW")
    if plain and not (fused and rank == 2):
        return _batch_norm_layer(given)
    if given.renorm:
        raise ValueError("renorm is not supported with batch_weights, updates_collections or zero_debias_moving_mean")
    if given.adjustment is not None:
        raise ValueError("adjustment is not supported")
    getter = None if fused else _model_variables()
    with tf1.variable_scope(given.scope, "BatchNorm", [given.inputs], reuse=given.reuse, custom_getter=getter) as scope:
        _check_format(given, "NHWC", "NCHW")
        given.inputs = tf.convert_to_tensor(given.inputs)
        outputs = _fused(given) if fused else _normalized(given)
        return _activated(given, scope.name, outputs)


def _batch_norm_layer(given: Any) -> Any:
    """The layer of `tf.layers`, whose updates are in UPDATE_OPS."""
    if given.adjustment is not None:
        raise ValueError("adjustment is not supported")
    with tf1.variable_scope(
        given.scope, "BatchNorm", [given.inputs], reuse=given.reuse, custom_getter=_model_variables()
    ) as scope:
        initializers = PARAMETER_INITIALIZERS | (given.param_initializers or {})
        regularizers = given.param_regularizers or {}
        layer = BatchNormalization(
            axis=1 if given.data_format == "NCHW" else -1,
            momentum=given.decay,
            epsilon=given.epsilon,
            center=given.center,
            scale=given.scale,
            **{f"{name}_initializer": initializers[name] for name in PARAMETER_INITIALIZERS},
            **{f"{name}_regularizer": regularizers.get(name) for name in ("beta", "gamma")},
            trainable=given.trainable,
            renorm=given.renorm,
            renorm_clipping=given.renorm_clipping,
            renorm_momentum=given.renorm_decay,
            fused=given.fused in (None, True),
            name=scope.name,
            _scope=scope,
            _reuse=given.reuse,
        )
        outputs = layer(given.inputs, training=given.is_training)
        for name in ("moving_mean", "moving_variance", "beta", "gamma"):
            if getattr(layer, name) is not None:
                _collect_variable(getattr(layer, name), given.variables_collections, name)
        return _activated(given, scope.name, outputs)


def _parameters(given: Any, shape: Any, names: Sequence[str], **options: Any) -> list[Any]:
    """The variables of a normalization, in the order of their names; None for those that are not wanted."""
    initializers = PARAMETER_INITIALIZERS | (getattr(given, "param_initializers", None) or {})
    wanted = {"beta": given.center, "gamma": given.scale}
    return [
        _variable(given, name, shape, initializer=initializers[name], **options) if wanted.get(name, True) else None
        for name in names
    ]


def _averages(given: Any, shape: Any, **options: Any) -> list[Any]:
    with tf1.variable_scope(tf1.get_variable_scope()) as scope:
        scope.set_partitioner(None)
        return _parameters(given, shape, ("moving_mean", "moving_variance"), trainable=False, **options)


def _fused(given: Any) -> Any:
    """One kernel does it all; a matrix is an image of one point."""
    matrix, channels_first = given.inputs, given.data_format == "NCHW"
    rank = matrix.shape.rank
    size = [_size(matrix.shape, 1 if channels_first and rank == 4 else -1, 1)]
    inputs = matrix if rank == 4 else tf.reshape(matrix, [-1, *size, 1, 1] if channels_first else [-1, 1, 1, *size])
    regularizers = given.param_regularizers or {}
    options = {"dtype": tf.float32}
    (beta,) = _parameters(given, size, ["beta"], regularizer=regularizers.get("beta"), **options)
    beta = tf.constant(0.0, tf.float32, size) if beta is None else beta
    (gamma,) = _parameters(given, size, ["gamma"], regularizer=regularizers.get("gamma"), **options)
    gamma = tf.constant(1.0, tf.float32, size) if gamma is None else gamma
    moving_mean, moving_variance = _averages(given, size, **options)
    options = {"epsilon": max(given.epsilon, 1.001e-5), "data_format": given.data_format}
    averages = {"mean": moving_mean, "variance": moving_variance}
    outputs, mean, variance = _cond(
        given.is_training,
        lambda: tf1.nn.fused_batch_norm(inputs, gamma, beta, **options),
        lambda: tf1.nn.fused_batch_norm(inputs, gamma, beta, **averages, **options, is_training=False),
    )
    if _constant(given.is_training) is not False:
        (outputs,) = _updated(given, [(moving_mean, mean), (moving_variance, variance)], [outputs], [outputs])
    outputs.set_shape(inputs.shape)
    return outputs if rank == 4 else tf.reshape(outputs, tf.shape(matrix))


def _normalized(given: Any) -> Any:
    """The same with the moments as ops of their own, which may count the examples by weights."""
    inputs, rank, channels_first = given.inputs, given.inputs.shape.rank, given.data_format == "NCHW"
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    size = [_size(inputs.shape, 1 if channels_first else -1, 1)]
    gamma_and_beta = _parameters(given, size, ["beta", "gamma"])[::-1]
    moving_mean, moving_variance = _averages(given, size)
    mean, variance = moving_mean, moving_variance
    if _constant(given.is_training) is not False:
        mean, variance = _moments(given, [axis for axis in range(rank) if axis != (1 if channels_first else rank - 1)])
        averages = [(moving_mean, mean), (moving_variance, variance)]
        mean, variance = _updated(given, averages, [mean, variance], [moving_mean, moving_variance])

    def along_channels(vector: Any) -> Any:
        if vector is None or not channels_first:
            return vector
        return tf.reshape(vector, [1, *size, *[1] * (rank - 2)])

    gamma, beta = (along_channels(vector) for vector in gamma_and_beta)
    outputs = tf.nn.batch_normalization(
        inputs, along_channels(mean), along_channels(variance), beta, gamma, given.epsilon
    )
    outputs.set_shape(inputs.shape)
    return outputs


def _moments(given: Any, axes: list[int]) -> Any:
    if given.batch_weights is None:
        moments = tf1.nn.moments(given.inputs, axes, keep_dims=given.data_format == "NCHW")
    else:
        weights = tf.convert_to_tensor(given.batch_weights)
        given.inputs.shape[0:1].assert_is_compatible_with(weights.shape)
        weights = tf.reshape(weights, [-1, *[1] * (given.inputs.shape.rank - 1)])
        moments = tf1.nn.weighted_moments(given.inputs, axes, weights, keepdims=given.data_format == "NCHW")
    return [tf.reshape(moment, [-1]) for moment in moments] if given.data_format == "NCHW" else moments


def _updated(given: Any, averages: Sequence[tuple[Any, Any]], training: list[Any], otherwise: list[Any]) -> list[Any]:
    """The values for training, or else the others; the averages move before, if they do so in place.

    Args:
        given: The arguments of `batch_norm`.
        averages: The mean and the variance: each the variable and the moment that it moves towards.
        training: The values in training.
        otherwise: The values otherwise.
    """

    def moved() -> list[Any]:
        move = _move_without_bias if given.zero_debias_moving_mean else _move
        return [step(variable, new, given.decay) for step, (variable, new) in zip((move, _move), averages, strict=True)]

    def after_moving() -> list[Any]:
        with tf.control_dependencies(moved()):
            return [tf.identity(value) for value in training]

    if given.updates_collections is None:
        return _listed(_cond(given.is_training, after_moving, lambda: otherwise))
    for update in _cond(given.is_training, moved, lambda: [variable for variable, _ in averages]):
        tf1.add_to_collections(given.updates_collections, update)
    if all(value is other for value, other in zip(training, otherwise, strict=True)):
        return training
    return _listed(_cond(given.is_training, lambda: training, lambda: otherwise))


def _listed(values: Any) -> list[Any]:
    """A list also of the one value that `tf.cond` takes out of its list."""
    return list(values) if isinstance(values, (list, tuple)) else [values]


def _move_without_bias(average: Any, new: Any, momentum: Any) -> Any:
    """Set an average to what it would be had it not begun at zero."""
    dtype = average.dtype.base_dtype
    with tf1.name_scope("AssignMovingAvg") as scope:
        decay = tf.cast(tf.convert_to_tensor(1.0 - momentum, name="decay"), dtype)
        with tf1.variable_scope(average.op.name, values=[average, new, decay]), average.graph.colocate_with(average):
            options = {"dtype": dtype, "initializer": tf1.zeros_initializer(), "trainable": False}
            biased = tf1.get_variable(_new_name("biased"), shape=average.shape, **options)
            steps = tf1.get_variable(_new_name("local_step"), shape=[], **options)
            moved = tf1.assign_sub(biased, (biased - new) * decay)
            factor = 1 - tf.pow(1.0 - decay, tf1.assign_add(steps, 1))
            return tf1.assign(average, moved / factor, name=scope)


def _new_name(name: str) -> str:
    """A name that no variable of the scope has, unless the scope is reused."""
    scope = tf1.get_variable_scope()
    taken = {variable.op.name for variable in scope.global_variables()}
    if scope.reuse or f"{scope.name}/{name}" not in taken:
        return name
    return next(f"{name}_{i}" for i in range(1, len(taken) + 2) if f"{scope.name}/{name}_{i}" not in taken)


@_contrib(
    f"inputs center scale activation_fn {AROUND.replace(' scope', ' begin_norm_axis begin_params_axis scope')}",
    activation_fn=None,
    begin_norm_axis=1,
    begin_params_axis=-1,
)
def layer_norm(given: Any) -> Any:
    """`tf.contrib.layers.layer_norm`: over the axes from `begin_norm_axis` on, with a factor for each of the last."""
    with tf1.variable_scope(given.scope, "LayerNorm", [given.inputs], reuse=given.reuse) as scope:
        given.inputs = inputs = tf.convert_to_tensor(given.inputs)
        rank = inputs.shape.rank
        if rank is None:
            raise ValueError(f"Inputs {inputs.name} has undefined rank.")
        first = given.begin_norm_axis + (rank if given.begin_norm_axis < 0 else 0)
        if given.begin_params_axis >= rank or first >= rank:
            raise ValueError(
                f"begin_params_axis ({given.begin_params_axis}) and begin_norm_axis ({first}) must be < rank ({rank})"
            )
        size = inputs.shape[given.begin_params_axis :]
        if not size.is_fully_defined():
            raise ValueError(f"Inputs {inputs.name}: the shape is not fully defined: {inputs.shape}")
        beta, gamma = _parameters(given, size, ("beta", "gamma"))
        mean, variance = tf1.nn.moments(inputs, list(range(first, rank)), keep_dims=True)
        epsilon = 1e-3 if inputs.dtype == tf.float16 else 1e-12
        outputs = tf.nn.batch_normalization(inputs, mean, variance, beta, gamma, epsilon)
        outputs.set_shape(inputs.shape)
        return _activated(given, scope.name, outputs)


@_contrib(
    f"inputs center scale epsilon activation_fn param_initializers {AROUND.replace(' scope', ' data_format scope')}",
    epsilon=1e-6,
    activation_fn=None,
    data_format="NHWC",
)
def instance_norm(given: Any) -> Any:
    """`tf.contrib.layers.instance_norm`: over all axes but the batch and the channels."""
    given.inputs = inputs = tf.convert_to_tensor(given.inputs)
    rank = inputs.shape.rank
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    _check_format(given, "NHWC", "NCHW")
    with tf1.variable_scope(given.scope, "InstanceNorm", [inputs], reuse=given.reuse) as scope:
        axis = 1 if given.data_format == "NCHW" else rank - 1
        size = [_size(inputs.shape, axis, 1)]

        beta, gamma = _parameters(given, size, ("beta", "gamma"))
        if axis == 1:
            beta, gamma = (
                vector if vector is None else tf.reshape(vector, [1, *size, *[1] * (rank - 2)])
                for vector in (beta, gamma)
            )
        mean, variance = tf1.nn.moments(inputs, [i for i in range(1, rank) if i != axis], keep_dims=True)
        outputs = tf.nn.batch_normalization(inputs, mean, variance, beta, gamma, given.epsilon, name="instancenorm")
        return _activated(given, scope.name, outputs)


@_contrib(
    "inputs groups channels_axis reduction_axes center scale epsilon activation_fn param_initializers"
    f" {AROUND} mean_close_to_zero",
    groups=32,
    channels_axis=-1,
    reduction_axes=(-3, -2),
    mean_close_to_zero=False,
    epsilon=1e-6,
    activation_fn=None,
)
def group_norm(given: Any) -> Any:
    """`tf.contrib.layers.group_norm`: over some axes and over the channels of each group."""
    inputs = tf.convert_to_tensor(given.inputs)
    rank = inputs.shape.rank
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    if given.channels_axis > rank - 1:
        raise ValueError("Axis is out of bounds.")
    axis, reduced = given.channels_axis % rank, [i + rank if i < 0 else i for i in given.reduction_axes]
    channels = _size(inputs.shape, axis, 1)
    for i in reduced:
        _size(inputs.shape, i, 1)
        if i == axis:
            raise ValueError("reduction_axis must be mutually exclusive with channels_axis")
    if given.groups > channels or channels % given.groups:
        raise ValueError(f"Invalid groups {given.groups} for {channels} channels.")
    dynamic = tf.shape(inputs)
    sizes = [dynamic[i] if size is None else size for i, size in enumerate(inputs.shape.as_list())]
    grouped = [given.groups, channels // given.groups]
    given.inputs = inputs = tf.reshape(inputs, [*sizes[:axis], *grouped, *sizes[axis + 1 :]])
    axes = [axis + 1, *(i + 1 if i > axis else i for i in reduced)]
    with tf1.variable_scope(given.scope, "GroupNorm", [inputs], reuse=given.reuse) as scope:
        beta, gamma = (
            vector if vector is None else tf.reshape(vector, [*[1] * axis, *grouped, *[1] * (rank - axis - 1)])
            for vector in _parameters(given, [channels], ("beta", "gamma"))
        )
        if given.mean_close_to_zero:
            counts, means, variances, _ = tf1.nn.sufficient_statistics(inputs, axes, keep_dims=True)
            mean, variance = tf1.nn.normalize_moments(counts, means, variances, shift=None)
        else:
            mean, variance = tf1.nn.moments(inputs, axes, keep_dims=True)
        gain = tf1.rsqrt(variance + given.epsilon)
        offset = -mean * gain
        if gamma is not None:
            gain, offset = gain * gamma, offset * gamma
        if beta is not None:
            offset += beta
        return _activated(given, scope.name, tf.reshape(inputs * gain + offset, sizes))


@_contrib("inputs dim epsilon scope", epsilon=1e-7)
def unit_norm(given: Any) -> Any:
    """`tf.contrib.layers.unit_norm`: divided by the length along one axis."""
    with tf1.variable_scope(given.scope, "UnitNorm", [given.inputs]):
        rank = given.inputs.shape.rank
        if not rank:
            raise ValueError("The input rank must be known.")
        if not 0 <= given.dim < rank:
            raise ValueError("dim must be positive but smaller than the input rank.")
        lengths = tf.sqrt(given.epsilon + tf.reduce_sum(tf.square(given.inputs), given.dim, keepdims=True))
        return tf1.div(given.inputs, lengths)
