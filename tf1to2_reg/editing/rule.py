"""What every expression rewrite may ask and must return."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import libcst as cst

from tf1to2_reg.facts.knowledge import Constant, Kind, TensorFacts


class Context(Protocol):
    """Answers about the program that is rewritten. Nodes asked about are nodes of the *original* tree."""

    tf: str
    """How TensorFlow 2 is spelled in the migrated file, "tf" or "tensorflow"."""

    def symbol(self, node: cst.BaseExpression) -> str | None:
        """The canonical TF1 symbol that an expression names ("tf.layers.dense"), or None."""

    def constant(self, node: cst.BaseExpression) -> Constant | None:
        """The expression's value where it is the same in every execution, or None."""

    def python_type(self, node: cst.BaseExpression) -> type | None:
        """int, float, bool or str where the expression is shown to have that very type in every execution."""

    def kinds(self, node: cst.BaseExpression) -> frozenset[Kind]:
        """Everything that the expression may be in some execution."""

    def strings(self, node: cst.BaseExpression) -> frozenset[str]:
        """The strings that it is known to be in some execution."""

    def tensor(self, node: cst.BaseExpression) -> TensorFacts | None:
        """What is known of the tensor an expression gives, or None where it is no graph tensor."""

    def note(self, code: str, message: str, node: cst.CSTNode) -> None:
        """Report a TFR1xx or TFR3xx diagnostic at the node."""


Rule = Callable[[cst.Call, cst.Call, Context], cst.BaseExpression]
"""(original call, the same call with rewritten arguments, context) -> the TF2 expression. Raises Refused."""


@dataclass(frozen=True)
class LayerParts:
    """A functional layer call taken apart: `constructor` goes to `__init__`, the rest is the call of the layer object.

    `call_arguments` are keyword arguments of the call, such as `training=`. There are no `inputs` where an object is
    made and called elsewhere, or a variable.
    """

    constructor: cst.Call
    inputs: cst.BaseExpression | None
    call_arguments: tuple[cst.Arg, ...]
