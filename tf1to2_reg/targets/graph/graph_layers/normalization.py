"""Batch normalization."""

from __future__ import annotations

from typing import Any, ClassVar

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.arguments import _initializer
from tf1to2_reg.targets.graph.graph_layers.layer import Layer
from tf1to2_reg.targets.graph.graph_layers.modes import _cond, _constant, _training

tf1 = tf.compat.v1


class BatchNormalization(Layer):
    """`tf.layers.BatchNormalization`: fused for inputs of rank four, its updates in the collection UPDATE_OPS."""

    optional = (
        "axis momentum epsilon center scale beta_initializer gamma_initializer moving_mean_initializer"
        " moving_variance_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint renorm"
        " renorm_clipping renorm_momentum fused trainable virtual_batch_size adjustment name"
    )
    takes_training = True

    keras_only: ClassVar[dict[str, tuple[Any, ...]]] = {"synchronized": (False,)}

    axis: Any = -1
    momentum: Any = 0.99
    epsilon: Any = 1e-3
    center: Any = True
    scale: Any = True
    beta_initializer: Any = "zeros"
    gamma_initializer: Any = "ones"
    moving_mean_initializer: Any = "zeros"
    moving_variance_initializer: Any = "ones"
    renorm: Any = False
    renorm_clipping: Any
    renorm_momentum: Any = 0.99
    fused: Any
    virtual_batch_size: Any
    adjustment: Any

    def prepare(self) -> None:
        if self.virtual_batch_size is not None or self.adjustment is not None:
            raise ValueError("virtual_batch_size and adjustment are not supported")
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        if len(axes) != 1:
            raise ValueError("More than one axis is not supported")
        self.axis = axes[0]
        self.renorm_clipping = self.renorm_clipping or {}

    def make_weights(self, shape: Any) -> None:
        """Gamma, beta and the moving averages, in single precision for inputs of half precision."""
        if not shape.rank:
            raise ValueError("Input has undefined rank:", shape)
        if not -shape.rank <= self.axis < shape.rank:
            raise ValueError(f"Invalid axis: {self.axis}")
        self.axis = self.channel_axis = self.axis % shape.rank
        self.fused = self.fused in (None, True) and shape.rank == 4 and self.axis in (1, 3) and not self.renorm
        size = (self._count_channels(shape),)
        dtype = tf.float32 if self.dtype in (tf.float16, tf.bfloat16) else self.dtype

        def average(name: str, **options: Any) -> Any:
            return self.add_weight(
                name,
                size,
                trainable=False,
                dtype=dtype,
                synchronization=tf.VariableSynchronization.ON_READ,
                aggregation=tf.VariableAggregation.MEAN,
                **options,
            )

        self.gamma = self.add_weight("gamma", size, dtype=dtype) if self.scale else None
        self._ones = tf.constant(1.0, dtype, size) if self.fused and not self.scale else None
        self.beta = self.add_weight("beta", size, dtype=dtype) if self.center else None
        self._zeros = tf.constant(0.0, dtype, size) if self.fused and not self.center else None
        self.moving_mean = average("moving_mean")
        self.moving_variance = average("moving_variance")
        if self.renorm:
            variance_initializer = _initializer(self.moving_variance_initializer)

            def deviation(shape: Any, dtype: Any = None) -> Any:
                return tf.sqrt(variance_initializer(shape, dtype=dtype))

            self.moving_stddev = average("moving_stddev", initializer=deviation)
            self.renorm_mean = average("renorm_mean", initializer=_initializer(self.moving_mean_initializer))
            self.renorm_stddev = average("renorm_stddev", initializer=deviation)

    def call(self, inputs: Any, training: Any = False) -> Any:
        """The inputs normalized by their own moments while training, else by the moving averages."""
        training = _training(training)
        if self.fused:
            return self._fused(inputs, training)
        rank = inputs.shape.rank
        reduced = [i for i in range(rank) if i != self.axis]

        def broadcast(vector: Any) -> Any:
            if vector is None or self.axis == rank - 1:
                return vector
            return tf.reshape(vector, [self.channels if i == self.axis else 1 for i in range(rank)])

        mean, variance = self.moving_mean, self.moving_variance
        scale, offset = broadcast(self.gamma), broadcast(self.beta)
        if _constant(training) is not False:
            moments = self._moments(tf.cast(inputs, mean.dtype.base_dtype), reduced, keep_dims=False)
            mean = _cond(training, lambda: moments[0], lambda: tf.convert_to_tensor(self.moving_mean))
            variance = _cond(training, lambda: moments[1], lambda: tf.convert_to_tensor(self.moving_variance))
            new_mean, new_variance = mean, variance
            if self.renorm:
                r, d, new_mean, new_variance = self._renormalize(mean, variance, training)
                r = broadcast(tf.stop_gradient(r, name="renorm_r"))
                d = broadcast(tf.stop_gradient(d, name="renorm_d"))
                scale, offset = _composed(r, d, scale, offset)
            self._update_averages(new_mean, new_variance, training)
        cast = [None if vector is None else tf.cast(vector, inputs.dtype) for vector in (mean, variance, offset, scale)]
        outputs = tf.nn.batch_normalization(inputs, broadcast(cast[0]), broadcast(cast[1]), *cast[2:], self.epsilon)
        outputs.set_shape(inputs.shape)
        return outputs

    def _moments(self, inputs: Any, reduction_axes: Any, keep_dims: bool, mask: Any = None) -> Any:
        """Mean and variance, where they are not the fused kernel's; for classes that derive from this one."""
        if mask is not None:
            raise ValueError("mask is not supported")
        return tf1.nn.moments(inputs, reduction_axes, keep_dims=keep_dims)

    def _fused(self, inputs: Any, training: Any) -> Any:
        """One kernel does it all; its variance is that of a sample, and its epsilon has a floor."""
        gamma, beta = self.gamma if self.scale else self._ones, self.beta if self.center else self._zeros
        options = {"epsilon": max(self.epsilon, 1.001e-5), "data_format": "NCHW" if self.axis == 1 else "NHWC"}
        averages = {"mean": self.moving_mean, "variance": self.moving_variance}
        outputs, mean, variance = _cond(
            training,
            lambda: tf1.nn.fused_batch_norm(inputs, gamma, beta, **options),
            lambda: tf1.nn.fused_batch_norm(inputs, gamma, beta, **averages, **options, is_training=False),
        )
        if _constant(training) is None:
            momentum = _cond(training, lambda: self.momentum, lambda: 1.0)
        else:
            momentum = tf.convert_to_tensor(self.momentum)
        if _constant(training) is not False:
            for average, new in (self.moving_mean, mean), (self.moving_variance, variance):
                self.updates.append(_move(average, new, momentum).op)
        return outputs

    def _update_averages(self, mean: Any, variance: Any, training: Any) -> None:
        def of_variance() -> Any:
            if not self.renorm:
                return _move(self.moving_variance, variance, self.momentum)
            deviation = _move(self.moving_stddev, tf.sqrt(variance + self.epsilon), self.momentum)
            with tf1.name_scope("AssignNewValue") as scope:
                squares = tf.nn.relu(deviation * deviation - self.epsilon)
                return tf1.assign(self.moving_variance, squares, name=scope)

        of_mean = _cond(training, lambda: _move(self.moving_mean, mean, self.momentum), lambda: self.moving_mean)
        self.updates.append(of_mean.op)
        self.updates.append(_cond(training, of_variance, lambda: self.moving_variance).op)

    def _renormalize(self, mean: Any, variance: Any, training: Any) -> tuple[Any, Any, Any, Any]:
        """Batch renormalization's correction (r, d), and the moments after its averages have moved."""
        stddev = tf.sqrt(variance + self.epsilon)
        renorm_stddev = tf.maximum(self.renorm_stddev, tf.sqrt(self.epsilon))
        r = stddev / renorm_stddev
        d = (mean - self.renorm_mean) / renorm_stddev
        with tf.control_dependencies([r, d]):  # of the averages as they were
            mean, stddev = tf.identity(mean), tf.identity(stddev)
        rmin, rmax, dmax = (self.renorm_clipping.get(key) for key in ("rmin", "rmax", "dmax"))
        if rmin is not None:
            r = tf.maximum(r, rmin)
        if rmax is not None:
            r = tf.minimum(r, rmax)
        if dmax is not None:
            d = tf.minimum(tf.maximum(d, -dmax), dmax)
        r = _cond(training, lambda: r, lambda: tf.ones_like(r))
        d = _cond(training, lambda: d, lambda: tf.zeros_like(d))

        def moved(average: Any, new: Any) -> Any:
            new = tf.identity(new)
            return _cond(training, lambda: _move(average, new, self.renorm_momentum), lambda: tf.identity(average))

        with tf.control_dependencies([moved(self.renorm_mean, mean), moved(self.renorm_stddev, stddev)]):
            return r, d, tf.identity(mean), tf.identity(variance)


def _composed(scale: Any, offset: Any, then_scale: Any, then_offset: Any) -> tuple[Any, Any]:
    """One scale and offset for two after another."""
    if then_scale is not None:
        scale, offset = scale * then_scale, offset * then_scale
    return scale, offset if then_offset is None else offset + then_offset


def _move(average: Any, new: Any, momentum: Any) -> Any:
    """Move an average towards a new value."""
    dtype = average.dtype.base_dtype
    with tf1.name_scope("AssignMovingAvg") as scope, average.graph.colocate_with(average):
        decay = tf.cast(tf.convert_to_tensor(1.0 - momentum, name="decay"), dtype)
        return tf1.assign_sub(average, (average - tf.cast(new, dtype)) * decay, name=scope)
