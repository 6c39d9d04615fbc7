# ruff: noqa: ICN001, PLC0415
"""Prints the parameters of functions: `python signatures_child.py tf1|tf2 < symbols.json > signatures.json`.

`tf1` is TensorFlow 1 as it is or, on TensorFlow 2, compat.v1 with tf_keras and tf_slim; `tf2` is TensorFlow 2 with
Keras 3. For each symbol there is a list of [name, default], the default being a list of one value (a text for what JSON
does not have), or empty where there is none; None for a symbol that is not there. Runs under Python 3.7 too.
"""

import inspect
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
if sys.argv[1] == "tf1":
    os.environ["TF_USE_LEGACY_KERAS"] = "1"

import tensorflow


def named(symbol):
    """What a canonical symbol stands for on this side."""
    parts = symbol.split(".")[1:]
    is_genuine = tensorflow.__version__.startswith("1.")
    value = tensorflow if sys.argv[1] == "tf2" or is_genuine else tensorflow.compat.v1
    if parts[:2] == ["contrib", "layers"] and not is_genuine:
        from tf_slim.layers import initializers, regularizers

        parts = parts[2:]
        value = regularizers if parts[0] in regularizers.__all__ else initializers
    for part in parts:
        value = getattr(value, part)
    return value


def plain(value):
    """The value as JSON has it, functions and classes by their name."""
    if isinstance(value, (list, tuple)):
        return [plain(element) for element in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, tensorflow.DType):
        return value.name
    return getattr(value, "__name__", type(value).__name__)


def signature(symbol):
    try:
        value = named(symbol)
    except AttributeError:
        return None
    given = inspect.signature(value.__init__ if inspect.isclass(value) else value).parameters.values()
    ours = [p for p in given if p.name != "self" and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return [[p.name, [] if p.default is p.empty else [plain(p.default)]] for p in ours]


sys.stdout.write("\n=====" + json.dumps({symbol: signature(symbol) for symbol in json.load(sys.stdin)}))
