"""What is known of calls outside the project: what they change, and whether their result shares its content.

Lists of what is harmless: a name that is not here may do anything.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from tf1to2_reg.program.objects import LayerObject
from tf1to2_reg.program.trace import Facts
from tf1to2_reg.program.values import (
    Builtin,
    Mapping,
    Optimizer,
    Python,
    Saver,
    Series,
    Symbol,
    Value,
    Writer,
    constant_of,
    type_of,
)
from tf1to2_reg.syntax.imports import imported_package
from tf1to2_reg.syntax.modules import Module

VIEWS = frozenset({"T", "flat", "real", "imag", "base", "data", "values", "iloc", "loc"})
"""Attributes that are the object itself in another form."""

FRESH_BUILTINS = frozenset({
    "abs", "all", "any", "bool", "callable", "complex", "divmod", "float", "format", "hasattr", "hash", "id", "int",
    "isinstance", "issubclass", "len", "ord", "chr", "pow", "range", "repr", "round", "str", "sum", "type", "bytes",
})  # fmt: skip
SHARING_BUILTINS = frozenset({
    "dict", "enumerate", "filter", "frozenset", "getattr", "list", "map", "max", "min", "reversed", "set", "slice",
    "sorted", "super", "tuple", "zip", "iter",
})  # fmt: skip
SPEAKING_BUILTINS = frozenset({"print", "input", "open"})

FRESH_METHODS = frozenset({
    "all", "any", "argmax", "argmin", "argsort", "as_list", "astype", "choice", "copy", "count", "cumsum", "dot",
    "endswith", "find", "flatten", "format", "get_shape", "index", "isdigit", "join", "keys", "lower", "lstrip", "max",
    "mean", "min", "nonzero", "normal", "num_elements", "permutation", "prod", "rand", "randint", "randn", "random",
    "random_sample", "replace", "round", "rstrip", "set_shape", "split", "standard_normal", "startswith", "std",
    "strip", "sum", "tolist", "uniform", "upper", "var", "with_rank", "is_fully_defined", "is_compatible_with",
    "merge_with",
})  # fmt: skip
SHARING_METHODS = frozenset({
    "get", "items", "ravel", "repeat", "reshape", "squeeze", "swapaxes", "take", "transpose", "values", "view", "clip",
})  # fmt: skip
MUTATORS = frozenset({
    "add", "append", "clear", "difference_update", "discard", "extend", "fill", "insert", "intersection_update",
    "itemset", "partition", "pop", "popitem", "popleft", "appendleft", "put", "remove", "resize", "reverse", "rotate",
    "setdefault", "setfield", "setflags", "sort", "update", "byteswap",
})  # fmt: skip
_TEXT_METHODS = frozenset({
    "capitalize", "count", "decode", "encode", "endswith", "find", "format", "index", "isalpha", "isdigit", "join",
    "lower", "lstrip", "partition", "replace", "rfind", "rpartition", "rsplit", "rstrip", "split", "splitlines",
    "startswith", "strip", "title", "upper", "zfill",
})  # fmt: skip
_LIST_METHODS = frozenset({"copy", "count", "index"})
_DICT_METHODS = frozenset({"copy", "get", "items", "keys", "values"})
_SHAPE_METHODS = frozenset({
    "as_list", "assert_has_rank", "get_shape", "is_compatible_with", "is_fully_defined", "merge_with", "num_elements",
    "set_shape", "with_rank", "with_rank_at_least",
})  # fmt: skip
_ARRAY_METHODS = frozenset({
    "all", "any", "argmax", "argmin", "argsort", "astype", "clip", "copy", "cumsum", "dot", "flatten", "item", "max",
    "mean", "min", "nonzero", "prod", "ravel", "repeat", "reshape", "round", "squeeze", "std", "sum", "swapaxes",
    "take", "tolist", "transpose", "var",
})  # fmt: skip

PURE_MODULES = frozenset({"numpy", "math", "operator", "itertools", "functools", "collections"})
_READING_MODULES = PURE_MODULES | {
    "copy",
    "json",
    "logging",
    "os",
    "pprint",
    "sys",
    "time",
    "warnings",
    "random",
    "six",
}
NUMPY_IN_PLACE = frozenset({
    "at", "copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask", "shuffle", "setitem", "setattr",
    "delitem", "iadd", "imul", "isub", "itruediv", "iconcat",
})  # fmt: skip
_NUMPY_FRESH = frozenset({
    "abs", "array", "arange", "ceil", "concatenate", "copy", "cos", "deepcopy", "empty", "exp", "eye", "floor", "full",
    "full_like", "hstack", "identity", "linspace", "log", "matmul", "max", "mean", "median", "min", "ones", "ones_like",
    "outer", "power", "prod", "rand", "randn", "randint", "normal", "uniform", "permutation", "choice", "RandomState",
    "default_rng", "round", "sign", "sin", "sqrt", "square", "stack", "std", "sum", "tanh", "tile", "unique", "var",
    "vstack", "where", "zeros", "zeros_like", "float32", "float64", "int32", "int64", "seed", "argmax", "argmin",
})  # fmt: skip


_UNARY = frozenset({
    "abs", "absolute", "arccos", "arcsin", "arctan", "ceil", "cos", "cosh", "degrees", "exp", "exp2", "expm1", "fabs",
    "floor", "isfinite", "isinf", "isnan", "log", "log10", "log1p", "log2", "logical_not", "negative", "positive",
    "radians", "reciprocal", "rint", "sign", "sin", "sinh", "sqrt", "square", "tan", "tanh", "trunc", "conjugate",
})  # fmt: skip
_MANY = frozenset({
    "arange", "full", "full_like", "linspace", "logspace", "geomspace", "where", "split", "array_split", "pad",
    "normal", "uniform", "randint", "choice", "rand", "randn", "permutation", "beta", "gamma", "ones", "zeros", "eye",
    "swapaxes", "moveaxis", "rollaxis", "insert", "interp", "reshape", "meshgrid", "broadcast_arrays", "vstack",
    "piecewise", "array", "repeat", "roll", "partial", "reduce", "chain", "product", "join", "namedtuple", "copy",
})  # fmt: skip


def _takes_out(name: str, node: ast.Call) -> bool:
    """True where a positional argument of a NumPy function may be the array that it writes to."""
    return name not in _MANY and len(node.args) > (1 if name in _UNARY else 2)


class Changes(Enum):
    """What a call may change in place."""

    NOTHING = auto()
    RECEIVER = auto()
    FIRST = auto()
    EVERYTHING = auto()


@dataclass(frozen=True)
class Known:
    """What a call changes, and whether its result is new."""

    changes: Changes
    fresh: bool


_HARMLESS = Known(Changes.NOTHING, fresh=True)
_SHARING = Known(Changes.NOTHING, fresh=False)
UNKNOWN = Known(Changes.EVERYTHING, fresh=False)


def call(node: ast.Call, callees: Sequence[Value], module: Module, facts: Facts) -> Known:
    """What is known of a call of something outside the project."""
    if callees and all(isinstance(callee, Symbol | LayerObject) for callee in callees):
        return _HARMLESS
    if callees and all(isinstance(callee, Builtin) for callee in callees):
        return _of_builtins([callee.name for callee in callees if isinstance(callee, Builtin)])
    if not isinstance(node.func, ast.Attribute):
        return UNKNOWN
    path = module_path(node.func, module)
    if path is not None:
        return _of_module(path[0], path[-1], node)
    base = facts.value(node.func.value)
    if base is not None and (base.graph or isinstance(base, Optimizer | Saver | Writer)):
        return _HARMLESS
    return _of_method(node.func.attr)


def _of_builtins(names: Sequence[str]) -> Known:
    if all(name in FRESH_BUILTINS | SPEAKING_BUILTINS or name.endswith(("Error", "Exception")) for name in names):
        return _HARMLESS
    return _SHARING if all(name in FRESH_BUILTINS | SHARING_BUILTINS for name in names) else UNKNOWN


def _of_module(module: str, name: str, node: ast.Call) -> Known:
    if module not in _READING_MODULES:
        return UNKNOWN
    if name in NUMPY_IN_PLACE:
        return Known(Changes.FIRST, fresh=False)
    if module == "numpy" and _takes_out(name, node):
        return UNKNOWN
    copies = not any(keyword.arg == "copy" for keyword in node.keywords)
    return Known(Changes.NOTHING, fresh=name in _NUMPY_FRESH and copies)


def only_looks(func: ast.Attribute, module: Module, facts: Facts) -> bool:
    """True for a method that only gives a value, of an object that is known to be one that has this method."""
    value = facts.value(func.value)
    return func.attr in _methods_of(value) or (func.attr in _ARRAY_METHODS and is_array(func.value, module))


def _methods_of(value: Value | None) -> frozenset[str]:
    if isinstance(value, Series):
        return _LIST_METHODS
    if isinstance(value, Mapping):
        return _DICT_METHODS
    if value is None:
        return frozenset()
    if value.graph or (isinstance(value, Python) and value.of_shape):
        return _SHAPE_METHODS
    constant = constant_of(value)
    kind = type(constant.value) if constant is not None else type_of(value)
    return _METHODS_OF.get(kind, frozenset()) if kind is not None else frozenset()


_METHODS_OF: dict[type, frozenset[str]] = {
    dict: _DICT_METHODS,
    list: _LIST_METHODS,
    str: _TEXT_METHODS,
    tuple: _LIST_METHODS,
}


def is_array(node: ast.expr, module: Module) -> bool:
    """True for what a function of NumPy gives, and for what such a value's methods give."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    path = module_path(node.func, module)
    if path is not None:
        return path[0] == "numpy" and len(path) == 2 and path[1] in _NUMPY_FRESH
    return node.func.attr in _ARRAY_METHODS and is_array(node.func.value, module)


def _of_method(name: str) -> Known:
    if name in MUTATORS:
        return Known(Changes.RECEIVER, fresh=False)
    if name in FRESH_METHODS:
        return _HARMLESS
    return _SHARING if name in SHARING_METHODS else UNKNOWN


def module_path(func: ast.expr, module: Module) -> list[str] | None:
    """`np.random.rand` as ["numpy", "random", "rand"] where the first name is an imported module."""
    names: list[str] = []
    root = func
    while isinstance(root, ast.Attribute):
        names.append(root.attr)
        root = root.value
    if not isinstance(root, ast.Name):
        return None
    imported = imported_package(module.tree, root.id)
    return [imported, *names[::-1]] if imported is not None else None
