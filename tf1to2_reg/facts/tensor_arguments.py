"""Arguments of TF1 functions as far as they are known, and what TensorFlow makes of them as tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Union

from tf1to2_reg.facts.knowledge import Constant, TensorFacts

Value = Union[  # noqa: UP007 - the type names itself, which `|` cannot on Python 3.10
    TensorFacts, Constant, tuple["Value", ...], None
]
"""An argument: a tensor of the graph, a value known before the program runs, a list or tuple written out of which not
every element is one of these, or None for every other Python value. A dtype is the Constant of its name ("float32")."""

OPERATORS: dict[str, str] = {
    "Add": "tf.add", "Sub": "tf.subtract", "Mult": "tf.multiply", "Div": "tf.truediv", "FloorDiv": "tf.floordiv",
    "Mod": "tf.floormod", "Pow": "tf.pow", "MatMult": "tf.matmul", "USub": "tf.negative", "UAdd": "tf.identity",
    "Lt": "tf.less", "LtE": "tf.less_equal", "Gt": "tf.greater", "GtE": "tf.greater_equal", "Invert": "tf.logical_not",
    "BitAnd": "tf.logical_and", "BitOr": "tf.logical_or", "BitXor": "tf.logical_xor",
}  # fmt: skip
"""Class of an `ast` operator to the function it is on tensors. `==` on TF1 tensors asks for identity."""

_DTYPES = (
    "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool string complex64 "
    "complex128"
)
DTYPES: dict[str, str] = {
    **{f"tf.{name}": name for name in _DTYPES.split()},
    **{f"tf.dtypes.{name}": name for name in _DTYPES.split()},
    **{f"numpy.{name}": name for name in _DTYPES.split()},
    "tf.half": "float16",
    "tf.double": "float64",
}
"""Symbol of a dtype to its name."""

_UNKNOWN = TensorFacts(None, None)


def as_tensor(value: Value) -> TensorFacts:
    """What is known of a value as a tensor. Numbers have no dtype: they take that of the tensor beside them."""
    if isinstance(value, TensorFacts):
        return value
    if isinstance(value, Constant):
        return TensorFacts(_rank_of(value.value), None)
    if isinstance(value, tuple):
        elements = [as_tensor(element) for element in value]
        rank = next((element.rank for element in elements if element.rank is not None), None)
        return TensorFacts(None if rank is None else rank + 1, first_dtype(elements))
    return _UNKNOWN


@dataclass(frozen=True)
class Arguments:
    """Arguments of a call, found by position and by any of a parameter's names."""

    positional: Sequence[Value]
    keywords: Mapping[str, Value]

    def has(self, position: int, *names: str) -> bool:
        return position < len(self.positional) or any(name in self.keywords for name in names)

    def get(self, position: int, *names: str) -> Value:
        """The argument, or None where it is not given or not known."""
        if position < len(self.positional):
            return self.positional[position]
        return next((self.keywords[name] for name in names if name in self.keywords), None)

    def tensor(self, position: int, *names: str) -> TensorFacts:
        return as_tensor(self.get(position, *names))

    def dtype(self, position: int, name: str, default: str | None) -> str | None:
        """A dtype given by name; the default where it is not given or None; None where it is not known."""
        if not self.has(position, name):
            return default
        value = self.get(position, name)
        if not isinstance(value, Constant):
            return None
        return default if value.value is None else _name(value.value)

    def count(self, position: int, *names: str) -> int | None:
        """How many axes are given: one for an int, the length of a list."""
        value = self.get(position, *names)
        if isinstance(value, Constant) and isinstance(value.value, int):
            return 1
        return length(value)


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and value in _DTYPES.split() else None


def _rank_of(value: object) -> int | None:
    if isinstance(value, (list, tuple)):
        inner = _rank_of(value[0]) if value else 0
        return None if inner is None else inner + 1
    return 0 if isinstance(value, (bool, int, float, str)) else None


def length(value: Value) -> int | None:
    """How many elements a list or tuple has."""
    if isinstance(value, tuple):
        return len(value)
    if isinstance(value, Constant) and isinstance(value.value, (list, tuple)):
        return len(value.value)
    return None


def first_dtype(tensors: Sequence[TensorFacts]) -> str | None:
    """The first dtype that is known."""
    return next((tensor.dtype for tensor in tensors if tensor.dtype is not None), None)
