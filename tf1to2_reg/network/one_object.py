"""Calls that share variables become calls of one object: they must ask for the same object."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from tf1to2_reg.diagnostics.reasons import Reason, refusal
from tf1to2_reg.network.data import ModelPlan
from tf1to2_reg.network.sharing import Part
from tf1to2_reg.program.trace import Frame
from tf1to2_reg.program.values import Regularizer, constant_of, is_none


def check_shared(shared: Mapping[Part, Part], models: Mapping[ast.FunctionDef, ModelPlan]) -> list[Reason]:
    """Notes on what calls that share variables are given and TF1 ignores; those of layers are looked at elsewhere.

    Raises:
        Refused: TFR213 where a call would make another object.
    """
    notes: list[Reason] = []
    for part, maker in shared.items():
        if maker.frame is not None and maker.frame.function is not None:
            function = maker.frame.function.node
            if isinstance(function, ast.FunctionDef) and function in models:
                notes += check_same_object(part, maker.frame, models[function])
    return notes


def check_same_object(part: Part, first: Frame, model: ModelPlan) -> list[Reason]:
    """The same for one call, and the call that makes the object.

    Raises:
        Refused: TFR213.
    """
    notes: list[Reason] = []
    if part.frame is None or part.frame is first:
        return notes
    for parameter in model.constructed:
        name = parameter.name
        if name.startswith("self.") or _same(part.frame, first, name):
            continue
        if not _are_regularizers(part.frame, first, name):
            message = f"two calls share weights but differ in {name}, which shapes the network"
            raise refusal("TFR213", message, part.node)
        message = f"{name} is ignored here: the weights exist and keep the regularizer of the first call"
        notes.append(Reason("TFR303", message, (part.frame.caller or first).module.path, part.node))
    return notes


def _are_regularizers(one: Frame, other: Frame, name: str) -> bool:
    """A regularizer given when weights are reused does nothing in TF1: the first call decides."""
    values = (one.arguments[name].value, other.arguments[name].value)
    return all(isinstance(value, Regularizer) or is_none(value) for value in values)


def _same(first: Frame, second: Frame, name: str) -> bool:
    one, other = first.arguments[name], second.arguments[name]
    if one.value is other.value:
        return True
    constants = constant_of(one.value), constant_of(other.value)
    if constants[0] is not None and constants[1] is not None:
        return constants[0] == constants[1]
    if one.node is not None and other.node is not None:
        return ast.dump(one.node) == ast.dump(other.node)
    return one.node is other.node
