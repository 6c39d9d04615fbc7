"""The same start on both sides: what is drawn at random becomes a function of shape and order of creation.

Constants stay. Every `tf.Variable`, also those of `tf.get_variable`, of layers and of Keras, is made by
`Graph._variable_creator_stack`, in TensorFlow 1 and 2 alike.
"""

from __future__ import annotations

import zlib
from typing import Any, Callable, Dict, List, Optional, Sequence, Set, Tuple

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops

from . import random_ops

Shape = Tuple[int, ...]

_HIGHEST_PRIORITY = 10**9


def value_for(shape: Sequence[int], ordinal: int) -> np.ndarray:
    """Values of Glorot's scale, float64, the same in every process and version."""
    seed = zlib.crc32(repr((tuple(int(size) for size in shape), ordinal)).encode("ascii"))
    fan_in, fan_out = _fans(shape)
    limit = (6.0 / (fan_in + fan_out)) ** 0.5
    return np.random.RandomState(seed).uniform(-limit, limit, tuple(shape))


def _fans(shape: Sequence[int]) -> Tuple[float, float]:
    if len(shape) < 2:
        size = float(shape[0]) if shape else 1.0
        return size, size
    field = float(np.prod(shape[:-2]))
    return max(1.0, shape[-2] * field), max(1.0, shape[-1] * field)


def disturbed(values: np.ndarray, size: float, number: int) -> np.ndarray:
    """The values, each moved up or down by `size` of itself; another `number`, other directions."""
    if not size:
        return values
    return values * (1.0 + size * np.random.RandomState(number).choice([-1.0, 1.0], values.shape))


def spread(values: Any) -> Dict[str, float]:
    """Mean, standard deviation and largest size of what an initializer drew."""
    array = np.asarray(values, dtype=np.float64)
    return {"mean": float(array.mean()), "deviation": float(array.std()), "largest": float(np.abs(array).max())}


class Creation:
    """How one variable came to be.

    `ordinal` is None for a constant start, `drawn` the tensor that the program's own initializer made of fixed draws,
    `draws` the random ops that it called for that and their seeds.
    """

    def __init__(self) -> None:
        self.ordinal: Optional[int] = None
        self.value: Optional[np.ndarray] = None
        self.drawn: Any = None
        self.draws: List[str] = []
        self.variable: Any = None
        self.graph: Any = None
        self.trainable = True
        self.slot = False


class InitialValues:
    """Replaces random initial values and remembers every variable.

    `ordinals` maps a shape to the ordinals its variables get in order of creation; without an entry they count 0, 1,
    2... A list of zeros gives all variables of that shape the same start. `disturbance` is the size and
    number that `disturbed` takes.
    """

    def __init__(self, ordinals: Dict[str, List[int]], same_for_all: bool, disturbance: Sequence[Any]) -> None:
        self.creations: List[Creation] = []
        self.making_slots = False
        self._draws = 0
        self._ordinals = ordinals
        self._same_for_all = same_for_all
        self._disturbance = disturbance
        self._counts: Dict[Shape, int] = {}
        self._known: Set[int] = set()
        self._starts: Dict[int, Tuple[Any, Creation]] = {}

    spread = staticmethod(spread)

    def install(self) -> None:
        original = ops.Graph._variable_creator_stack
        creator = (_HIGHEST_PRIORITY, self._create)

        def stack(graph: Any) -> List[Any]:
            creators: List[Any] = original.fget(graph)
            if creator not in creators:
                creators.append(creator)
            return creators

        ops.Graph._variable_creator_stack = property(stack, original.fset)

    def other_draws(self) -> int:
        """How many random ops the program has made for anything but initial values."""
        return random_ops.calls() - self._draws

    def _create(self, next_creator: Callable[..., Any], **kwargs: Any) -> Any:
        creation = Creation()
        creation.slot = self.making_slots
        creation.trainable = kwargs.get("trainable") is not False
        initial = kwargs.get("initial_value")
        if initial is not None and not hasattr(initial, "checkpoint_position"):
            kwargs["initial_value"] = self._pinned(creation, initial)
        variable = next_creator(**kwargs)
        if id(variable) in self._known or not hasattr(variable, "assign"):
            return variable  # a creator of the program made it, or what it makes of it, with another creation
        self._known.add(id(variable))
        creation.variable = variable
        creation.graph = ops.get_default_graph()
        self.creations.append(creation)
        return variable

    def _pinned(self, creation: Creation, initial: Any) -> Any:
        if callable(initial):
            return lambda *args, **kwargs: self._call_pinned(creation, initial, args, kwargs)
        if self._is_start(creation, initial):
            return initial
        if random_ops.is_random(initial):
            self._draws += 1
            return self._constant(creation, initial)
        return initial

    def _is_start(self, creation: Creation, value: Any) -> bool:
        """Whether a value is a start already: of a creation that a creator of the program turned into this one."""
        _, source = self._starts.get(id(value), (None, None))
        if source is None:
            return False
        creation.ordinal, creation.value = source.ordinal, source.value
        creation.drawn, creation.draws = source.drawn, source.draws
        return True

    def _call_pinned(self, creation: Creation, initial: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        calls = random_ops.calls()
        with random_ops.initializing() as draws:
            value = initial(*args, **kwargs)
        if self._is_start(creation, value):
            return value
        made = random_ops.calls() - calls
        self._draws += made
        creation.draws = creation.draws or draws
        if creation.value is None and not made:
            return value
        return self._constant(creation, value)

    def _constant(self, creation: Creation, value: Any) -> Any:
        dtype = tf.as_dtype(value.dtype)
        if not value.shape.is_fully_defined() or not dtype.is_floating:
            return value
        if creation.value is None:
            shape: Shape = tuple(value.shape.as_list())
            creation.ordinal = self._next_ordinal(shape)
            creation.drawn = value if random_ops.is_fixed(value) else None
            values = value_for(shape, 0 if self._same_for_all else creation.ordinal)
            creation.value = disturbed(values, *self._disturbance)
        start = tf.constant(creation.value.astype(dtype.as_numpy_dtype), dtype=dtype.base_dtype)
        self._starts[id(start)] = (start, creation)
        return start

    def _next_ordinal(self, shape: Shape) -> int:
        count = self._counts.get(shape, 0)
        self._counts[shape] = count + 1
        wanted = self._ordinals.get(repr(list(shape)), [])
        return wanted[count] if count < len(wanted) else count
