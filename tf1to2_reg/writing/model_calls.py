"""Calls of a builder → the construction of its model, and the call of the model object."""

from __future__ import annotations

import libcst as cst

from tf1to2_reg.editing import calls
from tf1to2_reg.network.data import ModelPlan


def construct(model: ModelPlan, original: cst.Call, updated: cst.Call, callee: str, receiver: str) -> cst.Call:
    """The construction of a model from the call of its builder.

    A method's model is also given the attributes its builder read, as `receiver` (such as "self.") spells them.
    """
    wanted = {parameter.name for parameter in model.constructed}
    call = _with_parameters(model, original, updated, cst.parse_expression(callee), wanted)
    for parameter in model.constructed:
        if parameter.name.startswith("self."):
            name = parameter.name.removeprefix("self.")
            call = calls.append(call, calls.keyword(name, cst.parse_expression(receiver + name)))
    return call


def apply(model: ModelPlan, original: cst.Call, updated: cst.Call, target: cst.BaseExpression) -> cst.Call:
    """The call of a model object: tensors by position, Python values by keyword."""
    names = model.arguments
    given = calls.values(calls.bind(original, updated, names))
    kept: dict[int, cst.Arg] = {}
    in_place = True
    order = sorted(model.called, key=lambda parameter: parameter.default is not None)
    positions = [parameter.name for parameter in order]
    for index, name in enumerate(positions):
        argument = given.get(name)
        tensor = next(parameter.tensor for parameter in order if parameter.name == name)
        before = [given[other].index for other in positions[:index] if other in given]
        in_place = in_place and argument is not None and tensor and all(place < argument.index for place in before)
        if argument is not None:
            kept[argument.index] = _unnamed(argument.updated) if in_place else calls.named(argument.updated, name)
    return calls.with_arguments(updated, target, kept)


def _unnamed(argument: cst.Arg) -> cst.Arg:
    return argument.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)


def _with_parameters(
    model: ModelPlan, original: cst.Call, updated: cst.Call, callee: cst.BaseExpression, wanted: set[str]
) -> cst.Call:
    names = model.arguments
    arguments = [item for item in calls.bind(original, updated, names) if item.parameter in wanted]
    positional = [name for name in names if name in wanted]
    return calls.with_arguments(updated, callee, calls.renamed(arguments, positional))
