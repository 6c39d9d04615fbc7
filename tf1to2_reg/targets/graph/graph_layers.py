"""The layers of TensorFlow 1 in a graph of `tensorflow.compat.v1`, with the numbers and names of TensorFlow 1.15.

`graph_model()` is the `tf.keras.Model` of the default graph. `graph_model().add(layer, name)` makes a function of a Keras
layer: called on a tensor it does what the layer of `tf.layers` did. Variable scopes name its weights, `reuse` shares
them, and each penalty joins the graph's collection when its weight is made. `graph_model().losses` is that collection.

`dense`, `conv2d`, ... are the functions of `tf.layers`, `Dense`, `Conv2D`, ... its classes, for code that hands them
around; `l2_regularizer`, `xavier_initializer`, ... are those of `tf.contrib.layers`. Weights are variables of
`tf.compat.v1.get_variable`, so checkpoints of TensorFlow 1 fit. Call `tf.compat.v1.disable_v2_behavior()` first.
"""

from __future__ import annotations

import collections
import inspect
import math
import numbers
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import tensorflow as tf

tf1 = tf.compat.v1


DEFAULTS: dict[str, Any] = collections.defaultdict(
    lambda: None,
    strides=1,
    padding="valid",
    data_format="channels_last",
    dilation_rate=1,
    depth_multiplier=1,
    use_bias=True,
    bias_initializer="zeros",
    rate=0.5,
    training=False,
    trainable=True,
    axis=-1,
    momentum=0.99,
    epsilon=1e-3,
    center=True,
    scale=True,
    beta_initializer="zeros",
    gamma_initializer="ones",
    moving_mean_initializer="zeros",
    moving_variance_initializer="ones",
    renorm=False,
    renorm_momentum=0.99,
)
"""What the parameters of `tf.layers` are when they are not given, in every layer that has them."""

KERNEL_AND_BIAS = (
    "kernel_initializer bias_initializer kernel_regularizer bias_regularizer activity_regularizer"
    " kernel_constraint bias_constraint trainable name"
)
"""Parameters of layers with a kernel and a bias."""


def graph_model() -> GraphModel:
    """The model that holds the Keras layers of the default graph."""
    graph = tf1.get_default_graph()
    if not hasattr(graph, "keras_model"):
        graph.keras_model = GraphModel()  # kept there, since in a table it would keep its graph alive
    model: GraphModel = graph.keras_model
    return model


class GraphModel(tf.keras.Model):
    """The Keras layers of one graph, and its penalties."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Any] = []

    @property
    def losses(self) -> list[Any]:
        """All penalties of the default graph, of its layers and of others, in the order in which they were made."""
        penalties: list[Any] = tf1.get_collection(tf1.GraphKeys.REGULARIZATION_LOSSES)
        return penalties

    def add(self, layer: Any, name: Any = None, reuse: Any = None, trainable: bool = True) -> Layer:
        """A layer as a function of its input.

        Args:
            layer: A new layer of `tf.keras.layers`, or one of this module.
            name: The variable scope of its weights; by default one of the kind's name that is new in the current scope.
            reuse: True to take the weights that the scope has, `tf.compat.v1.AUTO_REUSE` to make those it lacks.
            trainable: False to keep the weights out of the trainable variables. Their penalties stay.
        """
        if not isinstance(layer, Layer):
            return self._of_keras(layer, trainable=trainable, name=name, _scope=name, _reuse=reuse)
        layer.place(name, name, reuse)
        layer.trainable = layer.trainable and trainable
        return layer

    def share(self, layer: Any, name: str | None = None) -> Layer:
        """A layer object of Keras that is called more than once: every call has the same weights.

        Args:
            layer: The layer.
            name: What its variable scope is called if that name is free there, else the name with a number.
        """
        if not hasattr(layer, "in_graph"):
            layer.in_graph = self._of_keras(layer, name=name)
        shared: Layer = layer.in_graph
        return shared

    def _of_keras(self, layer: Any, **placing: Any) -> Layer:
        """The layer of this module that does what a Keras layer says, and gives it its weights."""
        form = next((form for form in Layer.forms if type(layer) is getattr(tf.keras.layers, form.__name__)), None)
        if form is None or form.__name__ == "Dropout":  # Keras's makes a variable of its own
            raise TypeError(f"{type(layer).__name__} of Keras cannot stand in a graph; see the layers of graph_layers")
        if layer.built:
            raise ValueError(
                "The layer has been called before; graph_model().share is for layers that are called twice"
            )
        for option, plain in (("groups", 1), ("output_padding", None), ("lora_rank", None), ("synchronized", False)):
            if getattr(layer, option, plain) != plain:
                raise ValueError(f"tf.layers has no {option}")
        options = {name: getattr(layer, name) for name in form.parameters() if hasattr(layer, name)}
        for name, value in options.items():
            if isinstance(value, tf.keras.initializers.GlorotUniform) and value.get_config()["seed"] is None:
                options[name] = None  # Keras's default stands for TF1's, which is the initializer of the scope
        if layer.dtype != tf.keras.config.floatx():
            options["dtype"] = layer.dtype
        made: Layer = form(**{**options, "name": None, "trainable": True, **placing})
        made.keras_layer = layer
        self.parts.append(layer)
        return made


class Layer:
    """What all layers of `tf.layers` do: scopes, weights, penalties and updates.

    A class names its parameters, in TF1's order; their values are attributes of the layer. All layers take `dtype`, by
    default that of the first input, `trainable` and `name`.

    Attributes:
        name: The name given, or one made of the kind and a number.
        losses: The layer's penalties.
        updates: The ops that update its moving averages.
    """

    required: ClassVar[str] = ""
    optional: ClassVar[str] = ""
    forms: ClassVar[list[type[Layer]]] = []
    ndim: int | None = None  # the rank that inputs must have, if they must
    min_ndim: int | None = None
    channel_axis = -1
    takes_training = False

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __init_subclass__(cls) -> None:
        cls.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [*cls.parameters().values(), inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)]
        )
        if not cls.__name__.startswith("_"):
            Layer.forms.append(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = inspect.signature(type(self)).bind(*args, **kwargs)
        given.apply_defaults()
        options = {"trainable": True, "name": None, "dtype": None, "_scope": None, "_reuse": None}
        unknown = set(given.arguments["kwargs"]) - set(options)
        if unknown:
            raise TypeError(f"Unknown arguments of {type(self).__name__}: {', '.join(sorted(unknown))}")
        options.update(given.arguments, **given.arguments["kwargs"])
        scope, reuse = options.pop("_scope"), options.pop("_reuse")
        for name, value in options.items():
            setattr(self, name, value)
        self.dtype = None if self.dtype is None else tf.as_dtype(self.dtype)
        self.built = False
        self.channels: int | None = None
        self.keras_layer: Any = None
        self.losses: list[Any] = []
        self.updates: list[Any] = []
        self._weights: dict[str, Any] = {}
        self._trained: list[str] = []
        self.place(self.name, scope, reuse)
        self.prepare()

    @classmethod
    def parameters(cls) -> dict[str, inspect.Parameter]:
        """The parameters, by name."""
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        made = {name: inspect.Parameter(name, kind) for name in cls.required.split()}
        return made | {name: inspect.Parameter(name, kind, default=DEFAULTS[name]) for name in cls.optional.split()}

    def prepare(self) -> None:
        """Check the arguments, and bring them into one form."""

    def place(self, name: Any, scope: Any, reuse: Any) -> None:
        """Choose the variable scope: `scope` itself, or else a new one called `name`, or the kind's name."""
        kind = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", type(self).__name__)).lower()
        if name and not isinstance(name, tf1.VariableScope):
            self.name = self._base_name = name
        else:
            graph = tf1.get_default_graph()
            graph.layer_names = counts = getattr(graph, "layer_names", {})
            counts[kind] = counts.get(kind, 0) + 1
            self.name, self._base_name = f"{kind}_{counts[kind]}", name.name if name else kind
        self._reuse = reuse
        self._scope = None
        if scope:
            with tf1.variable_scope(scope) as self._scope:
                pass

    def __call__(self, inputs: Any, *args: Any, scope: Any = None, **kwargs: Any) -> Any:
        """Apply the layer, and build its weights if it has none yet."""
        if not isinstance(inputs, (tf.Tensor, tf.SparseTensor, tf.Variable)):
            inputs = tf.convert_to_tensor(inputs)
        if not self.takes_training:
            kwargs.pop("training", None)
        self._enter_first(scope)
        reuse = True if self.built else self._reuse
        with (
            tf1.variable_scope(self._scope, reuse=reuse, auxiliary_name_scope=False) as current,
            tf1.name_scope(current.original_name_scope),
        ):
            self._check(inputs.shape)
            if not self.built:
                self.dtype = self.dtype or inputs.dtype.base_dtype
                self.build(inputs.shape)
            outputs = self.call(inputs, *args, **kwargs)
            self._penalize(outputs)
        if self.trainable:
            _collect(tf1.GraphKeys.UPDATE_OPS, self.updates)
        return outputs

    apply = __call__

    def call(self, inputs: Any) -> Any:
        """The layer's output."""
        raise NotImplementedError

    def build(self, shape: Any) -> None:
        """Make the weights for inputs of a shape."""
        self._enter_first(None)
        self.make_weights(tf.TensorShape(shape))
        self.built = True
        if self.keras_layer is not None and self._weights:
            self._give_weights(self.keras_layer, tuple(tf.TensorShape(shape).as_list()))

    def make_weights(self, shape: Any) -> None:
        """Call `add_weight` for each weight, in TF1's order."""

    def add_weight(self, name: str, shape: Sequence[Any], trainable: bool = True, **options: Any) -> Any:
        """A variable of the layer's scope; initializer, regularizer and constraint are attributes of the layer."""
        prefix = name.replace("wise_kernel", "wise")
        initializer = options.pop("initializer", None) or _initializer(getattr(self, prefix + "_initializer"))
        regularizer = _regularizer(getattr(self, prefix + "_regularizer", None))
        before = {id(variable) for variable in tf1.global_variables()}
        reuse = True if self.built else self._reuse
        with (
            tf1.variable_scope(self._scope, reuse=reuse, auxiliary_name_scope=False) as current,
            tf1.name_scope(current.original_name_scope),
        ):
            variable = tf1.get_variable(
                name,
                shape,
                dtype=options.pop("dtype", self.dtype),
                initializer=initializer,
                trainable=trainable and self.trainable,
                constraint=_constraint(getattr(self, prefix + "_constraint", None)),
                **options,
            )
            if not hasattr(variable, "op"):
                raise ValueError(f"{name} is partitioned, which the layers of this module do not support")
            if regularizer and id(variable) not in before:  # a weight that is shared has its penalty already
                with tf1.name_scope(name + "/Regularizer"):
                    self._add_loss(regularizer(variable))
        self._weights[name] = variable
        if trainable and self.trainable and any(variable is other for other in tf1.trainable_variables()):
            self._trained.append(name)
        return variable

    def _enter_first(self, scope: Any) -> None:
        """Fix the variable scope where the layer is used first."""
        if self._scope is None:
            name = (scope or self._base_name) if self._reuse else scope
            with tf1.variable_scope(name, self._base_name) as self._scope:
                pass

    def _check(self, shape: Any) -> None:
        """TF1's conditions on the rank and on the number of channels."""
        start = f"Input 0 of layer {self.name} is incompatible with the layer: "
        if (self.ndim or self.min_ndim) and shape.rank is None:
            raise ValueError(start + "its rank is undefined, but the layer requires a defined rank.")
        if self.ndim and shape.rank != self.ndim:
            raise ValueError(start + f"expected ndim={self.ndim}, found ndim={shape.rank}. Shape: {shape}")
        if self.min_ndim and shape.rank < self.min_ndim:
            raise ValueError(start + f"expected min_ndim={self.min_ndim}, found ndim={shape.rank}. Shape: {shape}")
        if self.channels and shape.as_list()[self.channel_axis] not in (None, self.channels):
            raise ValueError(
                start + f"expected axis {self.channel_axis} of input shape to have value {self.channels}: {shape}"
            )

    def _count_channels(self, shape: Any) -> int:
        """The number of input channels, which must be known."""
        if not (self.dtype or tf.float32).is_floating:
            raise TypeError(f"Unable to build {type(self).__name__} with non-floating point dtype {self.dtype}")
        self.channels = shape.as_list()[self.channel_axis]
        if self.channels is None:
            raise ValueError(f"The channel dimension of the inputs of {self.name} should be defined. Found `None`.")
        return self.channels

    def _penalize(self, outputs: Any) -> None:
        """The penalty of the outputs, for each call, as a mean over the batch."""
        regularizer = _regularizer(getattr(self, "activity_regularizer", None))
        if regularizer:
            with tf1.name_scope("ActivityRegularizer"):
                loss = regularizer(outputs)
                self._add_loss(loss / tf.cast(tf.shape(outputs)[0], loss.dtype))

    def _add_loss(self, loss: Any) -> None:
        if loss is not None:
            self.losses.append(tf.convert_to_tensor(loss))
            _collect(tf1.GraphKeys.REGULARIZATION_LOSSES, self.losses[-1:])

    def _give_weights(self, layer: Any, shape: tuple[int | None, ...]) -> None:
        """Let a Keras layer's `build` take the variables that exist, in place of new ones."""
        if self.dtype != tf.as_dtype(layer.dtype):
            layer.dtype_policy = tf.keras.mixed_precision.DTypePolicy(self.dtype.name)
        with (
            tf1.name_scope(self._scope.original_name_scope),
            tf.variable_creator_scope(lambda _, **options: self._weights[options["name"]]),
        ):
            layer.build(shape)
        for weight in layer.weights:
            weight.regularizer = None  # the collection has it

    @property
    def scope_name(self) -> str:
        """The name of the variable scope."""
        if not self._scope:
            raise ValueError(f"The layer {self.name} has no scope before it is called")
        scope_name: str = self._scope.name
        return scope_name

    @property
    def variables(self) -> list[Any]:
        """All weights, those that are trained first."""
        return self.trainable_variables + self.non_trainable_variables

    @property
    def trainable_variables(self) -> list[Any]:
        """The weights that are trained."""
        return [self._weights[name] for name in self._trained] if self.trainable else []

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The other weights."""
        names = [name for name in self._weights if name not in self._trained]
        return [self._weights[name] for name in (names if self.trainable else [*self._trained, *names])]

    weights = variables
    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables


def _collect(key: str, values: Iterable[Any]) -> None:
    """Add to a collection of the graph what is not in it."""
    collection = tf1.get_collection_ref(key)
    for value in values:
        if not any(value is other for other in collection):
            collection.append(value)


def _activation(given: Any) -> Callable[[Any], Any] | None:
    """The function of an activation's name; Keras 3 has others for some of TF1's names."""
    named = {
        "elu": tf.nn.elu,
        "exponential": tf.exp,
        "hard_sigmoid": lambda x: tf.clip_by_value(x * 0.2 + 0.5, 0.0, 1.0),
        "linear": None,
        "relu": tf.nn.relu,
        "selu": lambda x: (
            1.0507009873554804934193349852946
            * tf.where(x > 0, tf.nn.elu(x), 1.6732632423543772848170429916717 * tf.nn.elu(x))
        ),
        "sigmoid": tf.nn.sigmoid,
        "softmax": tf.nn.softmax,
        "softplus": tf.nn.softplus,
        "softsign": tf.nn.softsign,
        "tanh": tf.nn.tanh,
    }
    if isinstance(given, str) and given not in named:
        raise ValueError(f"Unknown activation function: {given}")
    function: Callable[[Any], Any] | None = named[given] if isinstance(given, str) else given
    return function


def _initializer(given: Any) -> Any:
    """An initializer of TF1 for a name or an initializer of Keras.

    A random one of Keras would draw the same numbers at every run of the variable's initializer, whatever the seed of
    the graph.
    """
    if isinstance(given, str):
        given = tf.keras.initializers.get(given)
    initializers = tf.keras.initializers
    if not isinstance(given, initializers.Initializer):
        return given
    kinds = {
        initializers.VarianceScaling: (tf1.variance_scaling_initializer, ("scale", "mode", "distribution")),
        initializers.RandomNormal: (tf1.random_normal_initializer, ("mean", "stddev")),
        initializers.RandomUniform: (tf1.random_uniform_initializer, ("minval", "maxval")),
        initializers.TruncatedNormal: (tf1.truncated_normal_initializer, ("mean", "stddev")),
        initializers.Orthogonal: (tf1.orthogonal_initializer, ("gain",)),
    }
    for kind, (made, names) in kinds.items():
        if isinstance(given, kind):
            return made(*(getattr(given, name) for name in names), seed=given.get_config()["seed"])
    return given


def _regularizer(given: Any) -> Any:
    """The function of a regularizer's name."""
    if not isinstance(given, str):
        return given
    strengths = {"l1": (0.01, 0.0), "l2": (0.0, 0.01), "l1_l2": (0.01, 0.01)}
    if given not in strengths:
        raise ValueError(f"Unknown regularizer: {given}")
    return keras_l1_l2(*strengths[given])


def _constraint(given: Any) -> Any:
    """The function of a constraint's name."""
    return tf.keras.constraints.get(given) if isinstance(given, str) else given


class Dense(Layer):
    """`tf.layers.Dense`: activation(inputs * kernel + bias)."""

    required = "units"
    optional = f"activation use_bias {KERNEL_AND_BIAS}"
    min_ndim = 2

    def prepare(self) -> None:
        self.units = int(self.units)
        self.activation = _activation(self.activation)

    def make_weights(self, shape: Any) -> None:
        """A kernel of inputs by units, and a bias."""
        self.kernel = self.add_weight("kernel", [self._count_channels(shape), self.units])
        self.bias = self.add_weight("bias", [self.units]) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """The output; only the last axis of inputs of a higher rank is multiplied."""
        rank = inputs.shape.rank
        if rank > 2:
            outputs = tf.tensordot(inputs, self.kernel, [[rank - 1], [0]])
            outputs.set_shape([*inputs.shape.as_list()[:-1], self.units])
        elif isinstance(inputs, tf.SparseTensor):
            outputs = tf.sparse.sparse_dense_matmul(tf.cast(inputs, self.dtype), self.kernel)
        else:
            outputs = tf.matmul(tf.cast(inputs, self.dtype), self.kernel)
        if self.use_bias:
            outputs = tf.nn.bias_add(outputs, self.bias)
        return self.activation(outputs) if self.activation else outputs


class _Spatial(Layer):
    """What convolutions and poolings have in common: a number of axes, a window, strides, padding and a data format."""

    rank: int
    windows: ClassVar[tuple[str, ...]]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

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
    windows = ("kernel_size", "strides", "dilation_rate")

    def prepare(self) -> None:
        super().prepare()
        self.filters = _whole(self.filters)
        self.activation = _activation(self.activation)

    def make_weights(self, shape: Any) -> None:
        """A kernel of window by inputs by filters, and a bias."""
        self.kernel = self.add_weight("kernel", [*self.kernel_size, self._count_channels(shape), self.filters])
        self.bias = self.add_weight("bias", [self.filters]) if self.use_bias else None

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
        self.kernel = self.add_weight("kernel", [*self.kernel_size, self.filters, self._count_channels(shape)])
        self.bias = self.add_weight("bias", [self.filters]) if self.use_bias else None

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

    def prepare(self) -> None:
        super().prepare()
        self.depth_multiplier = _whole(self.depth_multiplier)

    def make_weights(self, shape: Any) -> None:
        """A kernel for each of the two convolutions, and a bias."""
        channels, ones = self._count_channels(shape), [1] * self.rank
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel", [*self.kernel_size, channels, self.depth_multiplier]
        )
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel", [*ones, self.depth_multiplier * channels, self.filters]
        )
        self.bias = self.add_weight("bias", [self.filters]) if self.use_bias else None

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


class _Pooling(_Spatial):
    """What all poolings do with their window."""

    required = "pool_size strides"
    optional = "padding data_format name"
    windows = ("pool_size", "strides")
    average = False

    def prepare(self) -> None:
        self.strides = self.pool_size if self.strides is None else self.strides
        super().prepare()

    def call(self, inputs: Any) -> Any:
        """The output; one spatial axis is pooled as an image of width one."""
        if self.rank == 3:
            return self._pool_volumes(inputs)
        axis = self.rank + (2 if self.channels_first else 1)
        rest = (1,) * (2 - self.rank)
        pool = tf1.nn.avg_pool if self.average else tf1.nn.max_pool
        outputs = pool(
            tf.expand_dims(inputs, axis) if self.rank == 1 else inputs,
            self._on_all_axes(self.pool_size + rest),
            self._on_all_axes(self.strides + rest),
            self.padding.upper(),
            data_format=self._format(2),
        )
        return tf.squeeze(outputs, [axis]) if self.rank == 1 else outputs

    def _pool_volumes(self, inputs: Any) -> Any:
        """Pool three axes, which TF1 did with the channels last."""
        pool = tf1.nn.avg_pool3d if self.average else tf1.nn.max_pool3d
        if self.channels_first:
            inputs = tf.transpose(inputs, (0, 2, 3, 4, 1))
        outputs = pool(inputs, [1, *self.pool_size, 1], [1, *self.strides, 1], self.padding.upper())
        return tf.transpose(outputs, (0, 4, 1, 2, 3)) if self.channels_first else outputs


class MaxPooling1D(_Pooling):
    """`tf.layers.MaxPooling1D`."""

    rank = 1


class MaxPooling2D(_Pooling):
    """`tf.layers.MaxPooling2D`."""

    rank = 2


class MaxPooling3D(_Pooling):
    """`tf.layers.MaxPooling3D`."""

    rank = 3


class AveragePooling1D(_Pooling):
    """`tf.layers.AveragePooling1D`."""

    rank, average = 1, True


class AveragePooling2D(_Pooling):
    """`tf.layers.AveragePooling2D`."""

    rank, average = 2, True


class AveragePooling3D(_Pooling):
    """`tf.layers.AveragePooling3D`."""

    rank, average = 3, True


class Flatten(Layer):
    """`tf.layers.Flatten`: one axis besides the batch."""

    optional = "data_format"
    min_ndim = 1

    def call(self, inputs: Any) -> Any:
        """The output; channels that come first are moved behind the other axes."""
        rank = inputs.shape.rank
        if self.data_format == "channels_first" and rank > 1:
            inputs = tf.transpose(inputs, [0, *range(2, rank), 1])
        batch, *sizes = inputs.shape.as_list()
        outputs = tf.reshape(inputs, (batch or tf.shape(inputs)[0], -1))
        outputs.set_shape([batch, math.prod(sizes) if all(sizes) else None])
        return outputs


class Dropout(Layer):
    """`tf.layers.Dropout`."""

    optional = "rate noise_shape seed name"
    takes_training = True

    def call(self, inputs: Any, training: Any = False) -> Any:
        """The input with some of its numbers dropped while training; a None in `noise_shape` is the input's size."""

        def dropped() -> Any:
            noise_shape = self.noise_shape
            if noise_shape is not None:
                sizes = tf.shape(inputs)
                noise_shape = tf.convert_to_tensor([sizes[i] if n is None else n for i, n in enumerate(noise_shape)])
            return tf.nn.dropout(inputs, self.rate, noise_shape, self.seed)

        return _cond(_training(training), dropped, lambda: tf.identity(inputs))


class BatchNormalization(Layer):
    """`tf.layers.BatchNormalization`: fused for inputs of rank four, its updates in the collection UPDATE_OPS."""

    optional = (
        "axis momentum epsilon center scale beta_initializer gamma_initializer moving_mean_initializer"
        " moving_variance_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint renorm"
        " renorm_clipping renorm_momentum fused trainable virtual_batch_size adjustment name"
    )
    takes_training = True

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
        size = [self._count_channels(shape)]
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
            moments = tf1.nn.moments(tf.cast(inputs, mean.dtype.base_dtype), reduced)
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


def _training(training: Any) -> Any:
    """The mode; None is Keras's learning phase, a placeholder that is False unless it is fed."""
    if training is not None:
        return training
    try:
        return tf1.get_default_graph().get_tensor_by_name("keras_learning_phase:0")
    except KeyError:
        with tf1.name_scope(""):
            return tf1.placeholder_with_default(False, (), "keras_learning_phase")


def _constant(value: Any) -> bool | None:
    """The value of a mode that is known now: a bool, 0, 1 or a constant tensor."""
    if isinstance(value, tf.Variable):
        return None
    if tf.is_tensor(value):
        known = tf.get_static_value(value)
        return None if known is None else bool(known)
    if value not in {0, 1}:
        raise TypeError(f"`training` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {value}")
    return bool(value)


def _cond(mode: Any, true: Callable[[], Any], false: Callable[[], Any]) -> Any:
    """`tf.cond`, or one of the functions if the mode is known."""
    known = _constant(mode)
    if known is None:
        return tf1.cond(mode, true, false)
    return true() if known else false()


def _function(form: type[Layer], *names: str) -> Callable[..., Any]:
    """The function of `tf.layers` for a class; `names` are its parameters where they are not those of the class, `reuse`."""
    known = form.parameters()
    names = names or (*known, *(["reuse"] if "trainable" in known else []))
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    ordered = [known[n] if n in known else inspect.Parameter(n, kind, default=DEFAULTS[n]) for n in names]
    signature = inspect.Signature([inspect.Parameter("inputs", kind), *ordered])

    def function(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        inputs, mode = given.pop("inputs"), {"training": given.pop("training")} if "training" in given else {}
        if "reuse" in names:
            given.update(_scope=given.get("name"), _reuse=given.pop("reuse", None))
        return form(**given)(inputs, **mode)

    function.__doc__ = f"Call a new `{form.__name__}` on `inputs`."
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


dense = _function(Dense)
conv1d = _function(Conv1D)
conv2d = _function(Conv2D)
conv3d = _function(Conv3D)
conv2d_transpose = _function(Conv2DTranspose)
conv3d_transpose = _function(Conv3DTranspose)
separable_conv1d = _function(SeparableConv1D)
separable_conv2d = _function(SeparableConv2D)
max_pooling1d = _function(MaxPooling1D)
max_pooling2d = _function(MaxPooling2D)
max_pooling3d = _function(MaxPooling3D)
average_pooling1d = _function(AveragePooling1D)
average_pooling2d = _function(AveragePooling2D)
average_pooling3d = _function(AveragePooling3D)
flatten = _function(Flatten, "name", "data_format")
dropout = _function(Dropout, "rate", "noise_shape", "seed", "training", "name")
batch_normalization = _function(
    BatchNormalization,
    *"axis momentum epsilon center scale beta_initializer gamma_initializer moving_mean_initializer".split(),
    *"moving_variance_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint training".split(),
    *"trainable name reuse renorm renorm_clipping renorm_momentum fused virtual_batch_size adjustment".split(),
)


def l1_regularizer(scale: Any, scope: str | None = None) -> Callable[[Any], Any]:
    """`tf.contrib.layers.l1_regularizer`: scale * sum(|weights|); 0.0 adds no penalty."""

    def l1(weights: Any) -> Any:
        with tf1.name_scope(scope, "l1_regularizer", [weights]) as name:
            strength = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(strength, tf.reduce_sum(tf.abs(weights)), name=name)

    return l1 if _is_strength(scale, "scale") else lambda _: None


def l2_regularizer(scale: Any, scope: str | None = None) -> Callable[[Any], Any]:
    """`tf.contrib.layers.l2_regularizer`: scale * sum(weights ** 2) / 2; 0.0 adds no penalty."""

    def l2(weights: Any) -> Any:
        with tf1.name_scope(scope, "l2_regularizer", [weights]) as name:
            strength = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(strength, tf.nn.l2_loss(weights), name=name)

    return l2 if _is_strength(scale, "scale") else lambda _: None


def _is_strength(scale: Any, name: str) -> bool:
    """Whether a strength is another than 0.0."""
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"{name} cannot be an integer: {scale}")
    if isinstance(scale, numbers.Real) and scale < 0.0:
        raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale:g}")
    return not isinstance(scale, numbers.Real) or scale != 0.0


def l1_l2_regularizer(
    scale_l1: Any = 1.0, scale_l2: Any = 1.0, scope: str | None = None
) -> Callable[[Any], Any] | None:
    """`tf.contrib.layers.l1_l2_regularizer`: the sum of both; 0.0 leaves one of them out."""
    scope = scope or "l1_l2_regularizer"
    if not _is_strength(scale_l1, "scale_l1"):
        return l2_regularizer(scale_l2, scope)
    if not _is_strength(scale_l2, "scale_l2"):
        return l1_regularizer(scale_l1, scope)
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope=scope)


def sum_regularizer(
    regularizer_list: Iterable[Callable[[Any], Any] | None], scope: str | None = None
) -> Callable[[Any], Any] | None:
    """`tf.contrib.layers.sum_regularizer`: the sum of the regularizers that are not None."""
    regularizers = [regularizer for regularizer in regularizer_list if regularizer is not None]

    def total(weights: Any) -> Any:
        with tf1.name_scope(scope, "sum_regularizer", [weights]) as name:
            penalties = [regularizer(weights) for regularizer in regularizers]
            penalties = [penalty for penalty in penalties if penalty is not None]
            return tf.add_n(penalties, name=name) if penalties else None

    return total if regularizers else None


def apply_regularization(regularizer: Callable[[Any], Any], weights_list: Sequence[Any] | None = None) -> Any:
    """`tf.contrib.layers.apply_regularization`: one penalty for a list of weights, added to the collection."""
    weights_list = weights_list or tf1.get_collection(tf1.GraphKeys.WEIGHTS)
    if not weights_list:
        raise ValueError("No weights to regularize.")
    with tf1.name_scope("get_regularization_penalty", values=weights_list) as scope:
        penalties = [regularizer(weights) for weights in weights_list]
        penalties = [tf.constant(0.0) if penalty is None else penalty for penalty in penalties]
        for penalty in penalties:
            if penalty.shape.rank != 0:
                raise ValueError(f"regularizer must return a scalar Tensor, not one of rank {penalty.shape.rank}.")
        total = tf.add_n(penalties, name=scope)
        tf1.add_to_collection(tf1.GraphKeys.REGULARIZATION_LOSSES, total)
        return total


def keras_l1_l2(l1: float = 0.01, l2: float = 0.01) -> Callable[[Any], Any]:
    """`tf.keras.regularizers.l1_l2` of TF1, whose strengths were 0.01 and are 0.0 in Keras 3."""
    strengths = [tf.float32.as_numpy_dtype(strength) for strength in (l1, l2)]

    def penalty(weights: Any) -> Any:
        if not any(strengths):
            return tf.constant(0.0)
        total: Any = 0.0
        for strength, size in zip(strengths, (tf.abs, tf.square), strict=True):
            if strength:
                total += strength * tf.reduce_sum(size(weights))
        return total

    return penalty


def xavier_initializer(uniform: bool = True, seed: int | None = None, dtype: Any = tf.float32) -> Callable[..., Any]:
    """`tf.contrib.layers.xavier_initializer`."""
    return variance_scaling_initializer(1.0, "FAN_AVG", uniform, seed, dtype)


xavier_initializer_conv2d = xavier_initializer


def variance_scaling_initializer(
    factor: float = 2.0, mode: str = "FAN_IN", uniform: bool = False, seed: int | None = None, dtype: Any = tf.float32
) -> Callable[..., Any]:
    """`tf.contrib.layers.variance_scaling_initializer`: numbers of variance factor / n, normal ones cut at two deviations.

    Args:
        factor: The factor.
        mode: What n is: FAN_IN, the number of inputs of a unit; FAN_OUT, that of outputs; FAN_AVG, their mean.
        uniform: Whether the numbers are spread evenly.
        seed: The seed of the op.
        dtype: The type of the numbers if none is asked for.
    """
    if not dtype.is_floating:
        raise TypeError("Cannot create initializer for non-floating point type.")
    if mode not in {"FAN_IN", "FAN_OUT", "FAN_AVG"}:
        raise TypeError(f"Unknown mode {mode} [FAN_IN, FAN_OUT, FAN_AVG]")

    def initializer(shape: Sequence[Any], dtype: Any = dtype, partition_info: Any = None) -> Any:
        if not tf.as_dtype(dtype).is_floating:
            raise TypeError("Cannot create initializer for non-floating point type.")
        sizes = [float(size) for size in shape]
        field = math.prod(sizes[:-2])
        fan_in, fan_out = (sizes[-2:][0] * field, sizes[-1] * field) if sizes else (1.0, 1.0)
        n = {"FAN_IN": fan_in, "FAN_OUT": fan_out, "FAN_AVG": (fan_in + fan_out) / 2.0}[mode]
        if uniform:
            limit = math.sqrt(3.0 * factor / n)
            return tf1.random_uniform(shape, -limit, limit, dtype, seed=seed)
        return tf1.truncated_normal(shape, 0.0, math.sqrt(1.3 * factor / n), dtype, seed=seed)

    return initializer


def contrib_flatten(inputs: Any, outputs_collections: Any = None, scope: str | None = None) -> Any:
    """`tf.contrib.layers.flatten`."""
    with tf1.name_scope(scope, "Flatten", [inputs]):
        return _collected(outputs_collections, flatten(tf.convert_to_tensor(inputs)))


def one_hot_encoding(
    labels: Any,
    num_classes: Any,
    on_value: Any = 1.0,
    off_value: Any = 0.0,
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Any:
    """`tf.contrib.layers.one_hot_encoding`."""
    with tf1.name_scope(scope, "OneHotEncoding", [labels, num_classes]):
        labels = tf.convert_to_tensor(labels)
        if labels.dtype == tf.int32:
            labels = tf.cast(labels, tf.int64)
        return _collected(outputs_collections, tf.one_hot(labels, num_classes, on_value=on_value, off_value=off_value))


def _collected(collections: Any, outputs: Any) -> Any:
    """The outputs, added to the collections if there are any."""
    if collections:
        tf1.add_to_collections(collections, outputs)
    return outputs


OPTIMIZERS: dict[str, Callable[..., Any]] = {
    "Adagrad": tf1.train.AdagradOptimizer,
    "Adam": tf1.train.AdamOptimizer,
    "Ftrl": tf1.train.FtrlOptimizer,
    "Momentum": lambda learning_rate: tf1.train.MomentumOptimizer(learning_rate, momentum=0.9),
    "RMSProp": tf1.train.RMSPropOptimizer,
    "SGD": tf1.train.GradientDescentOptimizer,
}
OPTIMIZER_SUMMARIES = ("learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm")


def optimize_loss(
    loss: Any,
    global_step: Any,
    learning_rate: Any,
    optimizer: Any,
    gradient_noise_scale: float | None = None,
    gradient_multipliers: dict[Any, Any] | None = None,
    clip_gradients: Any = None,
    learning_rate_decay_fn: Callable[[Any, Any], Any] | None = None,
    update_ops: Iterable[Any] | None = None,
    variables: Sequence[Any] | None = None,
    name: str | None = None,
    summaries: Sequence[str] | None = None,
    colocate_gradients_with_ops: bool = False,
    increment_global_step: bool = True,
) -> Any:
    """`tf.contrib.layers.optimize_loss`: a tensor of the loss that updates the variables when it is evaluated."""
    loss = tf.convert_to_tensor(loss)
    tf1.assert_scalar(loss)
    if global_step is None:
        global_step = tf1.train.get_global_step()
    else:
        tf1.train.assert_global_step(global_step)
    with tf1.variable_scope(name, "OptimizeLoss", [loss, global_step]):
        if update_ops is None:
            update_ops = tf1.get_collection(tf1.GraphKeys.UPDATE_OPS)
        loss = _after(list(dict.fromkeys(update_ops)), loss)
        rate = _learning_rate(learning_rate)
        if summaries is None:
            summaries = ["loss", "learning_rate", "global_gradient_norm"]
        unknown = [summary for summary in summaries if summary not in OPTIMIZER_SUMMARIES]
        if unknown:
            raise ValueError(f"Summaries should be one of {OPTIMIZER_SUMMARIES}, you provided {unknown[0]}.")
        if learning_rate is not None and learning_rate_decay_fn is not None:
            if global_step is None:
                raise ValueError("global_step is required for learning_rate_decay_fn.")
            rate = learning_rate_decay_fn(rate, global_step)
            if "learning_rate" in summaries:
                tf1.summary.scalar("learning_rate", rate)
        made = _optimizer(optimizer, rate)
        gradients = made.compute_gradients(
            loss,
            tf1.trainable_variables() if variables is None else variables,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )
        if gradient_noise_scale is not None:
            gradients = [(_noisy(gradient, gradient_noise_scale), variable) for gradient, variable in gradients]
        if gradient_multipliers is not None:
            gradients = [(_multiplied(g, variable, gradient_multipliers), variable) for g, variable in gradients]
        norms = "global_gradient_norm" in summaries or "gradient_norm" in summaries
        if norms:
            tf1.summary.scalar("global_norm/gradient_norm", tf.linalg.global_norm([g for g, _ in gradients]))
        gradients = _clipped(gradients, clip_gradients)
        if "loss" in summaries:
            tf1.summary.scalar("loss", loss)
        for gradient, variable in gradients:
            values = gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
            label = variable.name.replace(":", "_")
            if values is not None and "gradients" in summaries:
                tf1.summary.histogram(f"gradients/{label}", values)
            if values is not None and "gradient_norm" in summaries:
                tf1.summary.scalar(f"gradient_norm/{label}", tf.linalg.global_norm([values]))
        if clip_gradients is not None and norms:
            tf1.summary.scalar("global_norm/clipped_gradient_norm", tf.linalg.global_norm([g for g, _ in gradients]))
        step = global_step if increment_global_step else None
        return _after([made.apply_gradients(gradients, global_step=step, name="train")], loss)


def _after(operations: Sequence[Any], value: Any) -> Any:
    """A tensor that is evaluated after some operations."""
    if not operations:
        return value
    with tf1.colocate_with(value), tf.control_dependencies(operations):
        return tf.identity(value, name="control_dependency")


def _learning_rate(given: Any) -> Any:
    """A tensor or a variable of the scope."""
    if given is None or (tf.is_tensor(given) and not isinstance(given, tf.Variable) and given.shape.rank == 0):
        return given
    if not isinstance(given, float):
        raise ValueError(f"Learning rate should be 0d Tensor or float. Got {given} of type {type(given)}")
    if given < 0.0:
        raise ValueError(f"Invalid learning_rate {given}.")
    return tf1.get_variable("learning_rate", [], trainable=False, initializer=tf1.constant_initializer(given))


def _optimizer(given: Any, rate: Any) -> Any:
    """An optimizer for a name, a class, a function or an optimizer."""
    if isinstance(given, tf1.train.Optimizer):
        return given
    if isinstance(given, str) and given not in OPTIMIZERS:
        raise ValueError(f"Optimizer name should be one of {', '.join(OPTIMIZERS)}, you provided {given}.")
    if isinstance(given, (str, type)) and rate is None:
        raise ValueError(f"Learning rate is None, but should be specified if optimizer is {given}.")
    if isinstance(given, str):
        return OPTIMIZERS[given](learning_rate=rate)
    if isinstance(given, type) and issubclass(given, tf1.train.Optimizer):
        return given(learning_rate=rate)
    made = (given() if rate is None else given(rate)) if callable(given) else None
    if not isinstance(made, tf1.train.Optimizer):
        raise ValueError(f"Unrecognized optimizer: {given}")
    return made


def _noisy(gradient: Any, scale: float) -> Any:
    """A gradient with noise around zero."""
    if gradient is None:
        return None
    sparse = isinstance(gradient, tf.IndexedSlices)
    return gradient + tf1.truncated_normal(gradient.dense_shape if sparse else gradient.shape) * scale


def _multiplied(gradient: Any, variable: Any, multipliers: dict[Any, Any]) -> Any:
    """A gradient times the number for its variable or for the variable's name."""
    keys = [key for key in multipliers if key is variable or (isinstance(key, str) and key == variable.name)]
    if gradient is None or not keys:
        return gradient
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(gradient.values * multipliers[keys[0]], gradient.indices, gradient.dense_shape)
    return gradient * tf.cast(multipliers[keys[0]], gradient.dtype)


def _clipped(gradients: list[tuple[Any, Any]], limit: Any) -> list[tuple[Any, Any]]:
    """The gradients clipped by their global norm, or by a function."""
    if isinstance(limit, float):
        values, variables = zip(*gradients, strict=True)
        return list(zip(tf.clip_by_global_norm(values, limit)[0], variables, strict=True))
    if limit is not None and not callable(limit):
        raise ValueError(f"Unknown type {type(limit)} for clip_gradients")
    clipped: list[tuple[Any, Any]] = limit(gradients) if limit else gradients
    return clipped
