"""Random ops, in one of two ways.

`fix`: dropout is switched off, other random numbers become a function of their shape. A program and its migration to
TF2 then compute the same, though they draw in other ways and in another order.

`seed`: what initializers draw is fixed as well; all other ops stay as they are, and those without a seed get one that
counts them in order of creation. A graph program and its migration then draw the same, dropout masks as well.

TensorFlow draws its random numbers through the generated functions of a few modules; replacing those covers
`tf.random_*`, Keras layers and initializers, in TensorFlow 1 and 2.
"""

from __future__ import annotations

import contextlib
import importlib
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import ops, random_seed, tensor_util
from tensorflow.python.ops import nn_ops

from .graph_ops import ancestors
from .patching import replace_everywhere

_GENERATED = (
    "tensorflow.python.ops.gen_random_ops",
    "tensorflow.python.ops.gen_stateless_random_ops",
    "tensorflow.python.ops.gen_stateless_random_ops_v2",
)
_NORMAL = ("random_standard_normal", "truncated_normal", "stateless_random_normal", "stateless_truncated_normal")
_UNIFORM = ("random_uniform", "stateless_random_uniform")
_UNIFORM_INT = ("random_uniform_int", "stateless_random_uniform_int")
_STILL_RANDOM = (
    "multinomial",
    "stateless_multinomial",
    "random_gamma",
    "random_poisson_v2",
    "random_shuffle",
    "stateless_shuffle",
    "parameterized_truncated_normal",
)

STATEFUL_OPS = frozenset(
    (
        "RandomUniform",
        "RandomUniformInt",
        "RandomStandardNormal",
        "TruncatedNormal",
        "ParameterizedTruncatedNormal",
        "Multinomial",
        "RandomGamma",
        "RandomPoissonV2",
        "RandomShuffle",
    )
)

_MOST_SEEDS = 2**31 - 1

_calls = 0
_marked: Set[Tuple[int, str]] = set()
_drawn_for_real: Set[Tuple[int, str]] = set()
_eager_sizes: List[int] = []
_initializers: List[List[str]] = []
_seeding = False


def calls() -> int:
    """How many random ops were made so far."""
    return _calls


def uniform_values(shape: Any) -> np.ndarray:
    """Numbers evenly spread over (0, 1), the same for every draw of a shape; float64."""
    return _spread(shape, 0.6180339887498949)


def normal_values(shape: Any) -> np.ndarray:
    """Standard normal numbers by Box and Muller's transform, the same for every draw of a shape; float64."""
    radius = np.sqrt(-2.0 * np.log(np.maximum(uniform_values(shape), 1e-12)))
    values: np.ndarray = radius * np.cos(2.0 * np.pi * _spread(shape, 0.41421356237309515))
    clipped: np.ndarray = np.clip(values, -2.0, 2.0)
    return clipped


def _spread(shape: Any, irrational: float) -> np.ndarray:
    sizes = tuple(int(size) for size in np.ravel(shape))
    values: np.ndarray = (np.arange(1, int(np.prod(sizes)) + 1) * irrational) % 1.0
    return values.reshape(sizes)


def is_random(value: Any) -> bool:
    """Whether a tensor was computed from random ops."""
    if type(value).__name__ == "EagerTensor":
        size = int(np.prod(value.shape.as_list()))
        drawn = size in _eager_sizes
        del _eager_sizes[:]
        return drawn
    if not hasattr(value, "op"):
        return False
    return any((id(op.graph), op.name) in _marked for op in ancestors([value.op]))


def is_fixed(value: Any) -> bool:
    """Whether a tensor that was computed from random ops was computed from fixed draws only."""
    if not _drawn_for_real or not hasattr(value, "op"):
        return True
    return not any((id(op.graph), op.name) in _drawn_for_real for op in ancestors([value.op]))


@contextlib.contextmanager
def initializing() -> Iterator[List[str]]:
    """What is drawn meanwhile is for an initial value; yields the names of the ops, and their seeds under `seed`."""
    _initializers.append([])
    try:
        yield _initializers[-1]
    finally:
        draws = _initializers.pop()
        if _initializers:
            _initializers[-1].extend(draws)


def fix(note: Callable[[str], None], keep_dropout: bool) -> None:
    """Replace TensorFlow's random functions for the rest of the process."""
    _replace_all(note)
    if not keep_dropout:
        _switch_off_dropout(note)


def seed(note: Callable[[str], None]) -> None:
    """Replace what initializers draw and seed all else, for the rest of the process."""
    global _seeding
    _seeding = True
    _replace_all(note)
    _replace_seeds(note)


def _replace_all(note: Callable[[str], None]) -> None:
    for module_name in _GENERATED:
        try:
            module = importlib.import_module(module_name)
        except ImportError:
            continue
        for name in dir(module):
            _replace(module, name, note)


def _replace(module: Any, name: str, note: Callable[[str], None]) -> None:
    kind = name[:-3] if name.endswith("_v2") and name != "random_poisson_v2" else name
    if kind in _NORMAL:
        setattr(module, name, _drawer(getattr(module, name), kind, normal_values))
    elif kind in _UNIFORM:
        setattr(module, name, _drawer(getattr(module, name), kind, uniform_values))
    elif kind in _UNIFORM_INT:
        setattr(module, name, _int_drawer(getattr(module, name), kind))
    elif kind in _STILL_RANDOM:
        setattr(module, name, _noted(getattr(module, name), kind, note))


def _drawer(original: Callable[..., Any], kind: str, values: Callable[[Any], np.ndarray]) -> Callable[..., Any]:
    def draw(*args: Any, **kwargs: Any) -> Any:
        if _is_left(kind):
            return _mark(original(*args, **kwargs), fixed=False)
        given = _named(original, args, kwargs)
        return _mark(_filled(given["shape"], tf.as_dtype(given.get("dtype") or tf.float32), values))

    return draw


def _int_drawer(original: Callable[..., Any], kind: str) -> Callable[..., Any]:
    def draw(*args: Any, **kwargs: Any) -> Any:
        if _is_left(kind):
            return _mark(original(*args, **kwargs), fixed=False)
        given = _named(original, args, kwargs)
        low, high = tf.convert_to_tensor(given["minval"]), tf.convert_to_tensor(given["maxval"])
        share = _filled(given["shape"], tf.float64, uniform_values)
        width = tf.cast(high, tf.float64) - tf.cast(low, tf.float64)
        return _mark(low + tf.cast(tf.floor(share * width), low.dtype))

    return draw


def _noted(original: Callable[..., Any], kind: str, note: Callable[[str], None]) -> Callable[..., Any]:
    def draw(*args: Any, **kwargs: Any) -> Any:
        if not _is_left(kind):
            note("{} stays random: its numbers differ from run to run".format(original.__name__))
        return _mark(original(*args, **kwargs), fixed=False)

    return draw


def _is_left(kind: str) -> bool:
    """Whether this draw stays as it is."""
    if _initializers:
        _initializers[-1].append(kind)
    return _seeding and not _initializers


def _replace_seeds(note: Callable[[str], None]) -> None:
    original = random_seed.get_seed
    counts: Dict[int, int] = {}
    graphs: List[Any] = []

    def get_seed(op_seed: Optional[int]) -> Tuple[Optional[int], Optional[int]]:
        if _initializers:
            _initializers[-1].append("seed {}".format(op_seed))
            return None, None  # what is drawn does not depend on it
        graph = ops.get_default_graph()
        if op_seed is None:
            note("random ops without a seed of their own are given one, the same on both sides")
            if id(graph) not in counts:
                graphs.append(graph)  # an id is that of this graph as long as it lives
            op_seed = counts[id(graph)] = counts.get(id(graph), 0) + 1
        graph_seed = random_seed.DEFAULT_GRAPH_SEED if graph.seed is None else graph.seed
        chosen = int(graph_seed) % _MOST_SEEDS, int(op_seed) % _MOST_SEEDS
        return (0, _MOST_SEEDS) if chosen == (0, 0) else chosen

    replace_everywhere(original, get_seed)


def _named(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    code = getattr(function, "__wrapped__", function).__code__
    given = dict(zip(code.co_varnames[: code.co_argcount], args))
    given.update(kwargs)
    return given


def _filled(shape: Any, dtype: Any, values: Callable[[Any], np.ndarray]) -> Any:
    shape_tensor = tf.convert_to_tensor(shape, dtype=None if hasattr(shape, "dtype") else tf.int32)
    static = tensor_util.constant_value_as_shape(shape_tensor)
    if static.is_fully_defined():
        return tf.constant(values(static.as_list()).astype(dtype.as_numpy_dtype), dtype=dtype)
    result = tf.compat.v1.py_func(
        lambda sizes: values(sizes).astype(dtype.as_numpy_dtype), [shape_tensor], dtype, stateful=False
    )
    result.set_shape(static)
    return result


def _mark(tensor: Any, fixed: bool = True) -> Any:
    global _calls
    _calls += 1
    if type(tensor).__name__ == "EagerTensor":
        _eager_sizes.append(int(np.prod(tensor.shape.as_list())))
    else:
        _marked.add((id(tensor.graph), tensor.op.name))
        if not fixed:
            _drawn_for_real.add((id(tensor.graph), tensor.op.name))
    return tensor


def _switch_off_dropout(note: Callable[[str], None]) -> None:
    def keep_all(x: Any, *args: Any, **kwargs: Any) -> Any:
        note("dropout is switched off on both sides")
        return tf.identity(tf.convert_to_tensor(x))

    setattr(nn_ops, "_dropout" if hasattr(nn_ops, "_dropout") else "dropout_v2", keep_all)
