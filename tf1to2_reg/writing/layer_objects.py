"""Calls of layer objects: `layer(x)` and `layer.apply(x)` → a call of the Keras layer."""

from __future__ import annotations

import ast

import libcst as cst

from tf1to2_reg.editing import calls
from tf1to2_reg.editing.file import File
from tf1to2_reg.program.objects import LayerObject

_CALLING = ("apply", "__call__")
_TRAINED = "tf.layers.Dropout"


def call(file: File, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
    """The call of a Keras layer in place of one of TF1's, None for any other call."""
    applied = isinstance(node.func, ast.Attribute) and node.func.attr in _CALLING
    target = node.func.value if isinstance(node.func, ast.Attribute) and applied else node.func
    if not file.facts.always(target, LayerObject):
        return None
    value = file.facts.value(target)
    symbols = {option.symbol for option in getattr(value, "options", [value]) if isinstance(option, LayerObject)}
    func = cst.ensure_type(updated.func, cst.Attribute).value if applied else updated.func
    parameters = ("inputs", "training") if symbols == {_TRAINED} else ("inputs",)
    given = calls.values(calls.bind(original, updated, parameters, "TFR220"))
    kept = {given["inputs"].index: _bare(given["inputs"].updated)}
    if "training" in given:
        kept[given["training"].index] = calls.named(given["training"].updated, "training")
    result = calls.with_arguments(updated, func, kept)
    if _TRAINED in symbols and "training" not in given:
        result = calls.append(result, calls.keyword("training", cst.Name("False")))
    return result


def _bare(argument: cst.Arg) -> cst.Arg:
    return argument.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)
