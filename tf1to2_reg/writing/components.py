"""Classes whose objects hold layer objects → the same classes as `tf.keras.Model`."""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.editing import calls
from tf1to2_reg.editing.expressions import dotted
from tf1to2_reg.editing.statements import line
from tf1to2_reg.network.data import ModelPlan


def as_model(cls: cst.ClassDef, tf: str) -> cst.ClassDef:
    """The class below `tf.keras.Model`: its constructor makes the model first, `__call__` is `call`."""
    base = cst.Arg(dotted(f"{tf}.keras.Model"))
    assert isinstance(cls.body, cst.IndentedBlock)
    body = [_method(part) if isinstance(part, cst.FunctionDef) else part for part in cls.body.body]
    return cls.with_changes(
        bases=[base], lpar=cst.LeftParen(), rpar=cst.RightParen(), body=cls.body.with_changes(body=body)
    )


def _method(method: cst.FunctionDef) -> cst.FunctionDef:
    if method.name.value == "__call__":
        return method.with_changes(name=cst.Name("call"))
    if method.name.value != "__init__" or not isinstance(method.body, cst.IndentedBlock):
        return method
    body = list(method.body.body)
    place = 1 if method.get_docstring() is not None else 0
    body.insert(place, line("super().__init__()"))
    return method.with_changes(body=method.body.with_changes(body=body))


def call(model: ModelPlan, original: cst.Call, updated: cst.Call) -> cst.Call:
    """A call of the object itself: tensors by position, Python values by keyword, as Keras wants them."""
    bound = calls.bind(original, updated, [parameter.name for parameter in model.parameters], "TFR209")
    tensors = {parameter.name for parameter in model.parameters if parameter.tensor}
    kept = {
        item.index: item.updated if item.parameter in tensors else calls.named(item.updated, item.parameter)
        for item in bound
    }
    return calls.with_arguments(updated, updated.func, kept)
