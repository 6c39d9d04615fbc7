"""What all layers do."""

from __future__ import annotations

import contextlib
import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

import tensorflow as tf

from tf1to2_reg.targets.graph.graph_layers.arguments import _constraint, _initializer, _regularizer

tf1 = tf.compat.v1


class Layer:
    """What all layers of `tf.layers` do: scopes, weights and penalties.

    A class names its parameters, in TF1's order; class attributes are their defaults, attributes of the layer their
    values. All layers take `dtype`, by default that of the first input, `trainable` and `name`.

    Attributes:
        trainable: Whether the weights are trained, and updates of moving averages collected.
        name: The name given, or one made of the kind and a number.
        dtype: The type of the weights.
        losses: The layer's penalties.
    """

    __signature__: ClassVar[inspect.Signature]
    required: ClassVar[str] = ""
    optional: ClassVar[str] = ""
    forms: ClassVar[list[type[Layer]]] = []
    ndim: int | None = None  # the rank that inputs must have, if they must
    min_ndim: int | None = None
    channel_axis = -1
    takes_training = False  # only: training
    is_of_keras = True  # whether it can stand for the layer of Keras of its name
    keras_only: ClassVar[dict[str, tuple[Any, ...]]] = {}  # what only Keras's has, and the values that say nothing

    trainable: Any = True
    name: Any = None
    dtype: Any = None

    def __init_subclass__(cls) -> None:
        cls.__signature__ = inspect.Signature(
            [*cls.parameters().values(), inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)]
        )
        if cls.is_of_keras and not cls.__name__.startswith("_"):
            Layer.forms.append(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = inspect.signature(type(self)).bind(*args, **kwargs)
        given.apply_defaults()
        more = given.arguments.pop("kwargs")
        scope, reuse = more.pop("_scope", None), more.pop("_reuse", None)
        if unknown := set(more) - {"trainable", "name", "dtype"}:
            raise TypeError(f"Unknown arguments of {type(self).__name__}: {', '.join(sorted(unknown))}")
        for name, value in (given.arguments | more).items():
            setattr(self, name, value)
        self.dtype = None if self.dtype is None else tf.as_dtype(self.dtype)
        self.built = False
        self.channels: int | None = None
        self.keras_layer: Any = None
        self.losses: list[Any] = []
        self.updates: list[Any] = []  # of moving averages  # only: .updates
        self._getter: Any = None  # of the weights
        self._getter = _penalized  # only: regularizer set_regularizer
        self._weights: dict[str, Any] = {}
        self._trained: list[str] = []  # only: ._trained
        self.place(self.name, scope, reuse)
        self.prepare()

    @classmethod
    def parameters(cls) -> dict[str, inspect.Parameter]:
        """The parameters, by name."""
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        made = {name: inspect.Parameter(name, kind) for name in cls.required.split()}
        options = {name: getattr(cls, name, None) for name in cls.optional.split()}
        return made | {name: inspect.Parameter(name, kind, default=value) for name, value in options.items()}

    def prepare(self) -> None:
        """Check the arguments, and bring them into one form."""

    def place(self, name: Any, scope: Any, reuse: Any) -> None:
        """Choose the variable scope: `scope` itself, or else a new one called `name`, or the kind's name."""
        kind = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", type(self).__name__)).lower()
        self.given_name = name
        if name and not isinstance(name, tf1.VariableScope):
            self.name = self._base_name = name
        else:
            graph = tf1.get_default_graph()
            graph.layer_names = counts = getattr(graph, "layer_names", {})
            counts[kind] = counts.get(kind, 0) + 1
            self.name, self._base_name = f"{kind}_{counts[kind]}", name.name if name else kind
        self._reuse = reuse
        self._scope: Any = None
        if scope:
            with tf1.variable_scope(scope) as self._scope:
                pass

    def __call__(self, inputs: Any, *args: Any, scope: Any = None, **kwargs: Any) -> Any:
        """Apply the layer, and build its weights if it has none yet."""
        if not isinstance(inputs, (tf.Tensor, tf.SparseTensor, tf.Variable)):
            inputs = tf.convert_to_tensor(inputs)
        if not self.takes_training:  # only: training
            kwargs.pop("training", None)
        self._enter_first(scope)
        with self._entered():
            self._check(inputs.shape)
            if not self.built:
                self.dtype = self.dtype or inputs.dtype.base_dtype
                self.build(inputs.shape)
            outputs = self.call(inputs, *args, **kwargs)
            self._penalize(outputs)
        if self.trainable:  # only: .updates
            _collect(tf1.GraphKeys.UPDATE_OPS, self.updates)
        return outputs

    apply = __call__  # only: .apply

    def call(self, inputs: Any) -> Any:
        """The layer's output."""
        raise NotImplementedError

    def build(self, shape: Any) -> None:
        """Make the weights for inputs of a shape."""
        self._enter_first(None)
        self.dtype = self.dtype or tf.float32
        self.make_weights(tf.TensorShape(shape))
        self.built = True
        if self.keras_layer is not None and self._weights:
            self._give_weights(self.keras_layer, tuple(tf.TensorShape(shape).as_list()))

    def make_weights(self, shape: Any) -> None:
        """Call `add_weight` for each weight, in TF1's order."""

    def add_weight(self, name: str, shape: Sequence[Any], trainable: bool = True, **options: Any) -> Any:
        """A variable of the layer's scope; initializer, regularizer and constraint are attributes of the layer."""
        prefix = name.replace("wise_kernel", "wise")
        initializer = _initializer(options.pop("initializer", None) or getattr(self, prefix + "_initializer", None))
        regularizer = _regularizer(getattr(self, prefix + "_regularizer", None))
        before = {id(variable) for variable in tf1.global_variables()}
        with self._entered(self._getter):
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
                    penalty = regularizer(variable)
                self._add_loss(penalty)
        self._weights[name] = variable
        if trainable and self.trainable and any(variable is v for v in tf1.trainable_variables()):  # only: ._trained
            self._trained.append(name)
        return variable

    def _enter_first(self, scope: Any) -> None:
        """Fix the variable scope where the layer is used first."""
        if self._scope is None:
            name = (scope or self._base_name) if self._reuse else scope
            with tf1.variable_scope(name, self._base_name) as self._scope:
                pass

    @contextlib.contextmanager
    def _entered(self, getter: Any = None) -> Iterator[None]:
        """The layer's variable scope, and the name scope of the same name."""
        reuse = True if self.built else self._reuse
        options = {"reuse": reuse, "auxiliary_name_scope": False, "custom_getter": getter}
        with tf1.variable_scope(self._scope, **options) as current, tf1.name_scope(current.original_name_scope):
            yield

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
        if not self.dtype.is_floating:
            raise TypeError(f"Unable to build {type(self).__name__} with non-floating point dtype {self.dtype}")
        self.channels = shape.as_list()[self.channel_axis]
        if self.channels is None:
            raise ValueError(f"The channel dimension of the inputs of {self.name} should be defined. Found `None`.")
        return self.channels

    def _penalize(self, outputs: Any) -> None:
        """The penalty of the outputs, for each call, as a mean over the batch."""
        if regularizer := _regularizer(getattr(self, "activity_regularizer", None)):
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
        done = {k: v for k, v in vars(layer).items() if v and k.endswith(("_regularizer", "_constraint"))}
        for name in done:  # get_variable and the collection have them; old versions of Keras take no functions
            setattr(layer, name, None)
        with (
            tf1.name_scope(self._scope.original_name_scope),
            tf1.name_scope("keras"),  # where Keras opens a scope of the kind's name, which the layer's ops are to get
            tf.variable_creator_scope(lambda _, **options: self._weights[options["name"]]),
        ):
            layer.build(shape)
        for name, value in done.items():
            setattr(layer, name, value)

    @property  # only: .scope_name
    def scope_name(self) -> str:
        """The name of the variable scope."""
        if not self._scope:
            raise ValueError(f"The layer {self.name} has no scope before it is called")
        scope_name: str = self._scope.name
        return scope_name

    @property  # only: .variables .weights
    def variables(self) -> list[Any]:
        """All weights, those that are trained first."""
        return self.trainable_variables + self.non_trainable_variables

    @property  # only: .trainable_variables .trainable_weights
    def trainable_variables(self) -> list[Any]:
        """The weights that are trained."""
        return [self._weights[name] for name in self._trained] if self.trainable else []

    @property  # only: .non_trainable_variables .non_trainable_weights
    def non_trainable_variables(self) -> list[Any]:
        """The other weights."""
        names = [name for name in self._weights if name not in self._trained]
        return [self._weights[name] for name in (names if self.trainable else [*self._trained, *names])]

    def count_params(self) -> int:  # only: .count_params
        """The number of scalars in the weights."""
        if not self.built:
            raise ValueError(f"You tried to call `count_params` on {self.name}, but the layer isn't built")
        return sum(variable.shape.num_elements() for variable in self._weights.values())

    weights = variables  # only: .weights
    trainable_weights = trainable_variables  # only: .trainable_weights
    non_trainable_weights = non_trainable_variables  # only: .non_trainable_weights


def _collect(key: str, values: Iterable[Any]) -> None:
    """Add to a collection of the graph what is not in it."""
    collection = tf1.get_collection_ref(key)
    for value in values:
        if not any(value is other for other in collection):
            collection.append(value)


def _penalized(getter: Any, name: str, *args: Any, regularizer: Any = None, **kwargs: Any) -> Any:
    """A getter of variables that penalizes them outside of a loop in which they are made.

    The one of TF 2 does so inside, where no session can fetch the penalty.
    """
    before = {id(variable) for variable in tf1.global_variables()} if regularizer else set()
    got = getter(name, *args, regularizer=None, **kwargs)
    for variable in tf1.global_variables() if regularizer else ():
        if id(variable) not in before:
            with tf.init_scope(), tf1.colocate_with(variable), tf1.name_scope(variable.op.name + "/Regularizer/"):
                penalty = regularizer(variable)
            if penalty is not None:
                tf1.add_to_collection(tf1.GraphKeys.REGULARIZATION_LOSSES, penalty)
    return got
