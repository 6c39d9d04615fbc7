"""Write facts/op_names.txt: what ops of TensorFlow 1 are called where a program gives them no name.

Usage: python3.7 scripts/op_names.py > tf1to2_reg/facts/op_names.txt    # with a genuine TensorFlow 1.15

The types of all ops, and the names that functions of TensorFlow's own Python give their name scopes; in lower case, as
a graph compares names. Words in alphabetical order.
"""

import ast
import os
import sys
import textwrap

import tensorflow_core
from tensorflow.core.framework import op_def_pb2
from tensorflow.python import pywrap_tensorflow

ROOT = os.path.join(os.path.dirname(tensorflow_core.__file__), "python")
SCOPES = {"name_scope", "name_scope_v1", "op_scope", "variable_op_scope", "variable_scope", "_name_scope"}
OPERATORS = """
abs add and div floordiv invert matmul mod mul neg or pow sub truediv xor
"""
ELSEWHERE = """
autograph client compiler debug distribute distributions feature_column grappler kernel_tests lite platform profiler
saved_model tools tpu
"""


def op_types():
    """The types of all ops."""
    ops = op_def_pb2.OpList()
    ops.ParseFromString(pywrap_tensorflow.TF_GetBuffer(pywrap_tensorflow.TF_GetAllOpList()))
    return {op.name for op in ops.op}


def sources():
    """The trees of the files whose functions a program calls."""
    for folder, _, files in os.walk(ROOT):
        parts = os.path.relpath(folder, ROOT).split(os.sep)
        if not set(parts).isdisjoint(ELSEWHERE.split()) or (parts[0] == "keras" and parts[-1] != "layers"):
            continue
        for file in files:
            if file.endswith(".py") and not file.startswith("gen_") and "metrics" not in file:
                with open(os.path.join(folder, file), encoding="utf-8") as stream:
                    yield ast.parse(stream.read())


def names_in(node):
    """The strings that name the scope of a function or call."""
    if isinstance(node, ast.FunctionDef):
        arguments = node.args.args[len(node.args.args) - len(node.args.defaults) :] + node.args.kwonlyargs
        values = node.args.defaults + node.args.kw_defaults
        return [values[i] for i, argument in enumerate(arguments) if argument.arg in ("name", "name_scope", "scope")]
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return [*node.args, *(keyword.value for keyword in node.keywords)] if called in SCOPES else []
    return []


def main():
    """Print the words."""
    given = [value for tree in sources() for node in ast.walk(tree) for value in names_in(node)]
    texts = [value.s for value in given if isinstance(value, ast.Str)]
    words = {text.split("/")[0].lower() for text in [*op_types(), *texts, *OPERATORS.split()]} - {""}
    sys.stdout.write(textwrap.fill(" ".join(sorted(words)), 120, break_long_words=False, break_on_hyphens=False) + "\n")


main()
