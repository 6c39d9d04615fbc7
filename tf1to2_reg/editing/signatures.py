"""A call of TF1 written with the signature of its target."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from tf1to2_reg.editing import calls, expressions
from tf1to2_reg.editing.calls import Argument
from tf1to2_reg.editing.rule import Context
from tf1to2_reg.facts.signature import Signature


def translated(call: cst.Call, arguments: Sequence[Argument], signature: Signature, ctx: Context) -> cst.Call:
    """The call of the target with these arguments: dropped ones gone, others renamed, defaults that differ written."""
    kept = [a for a in arguments if a.parameter not in signature.dropped and a.parameter not in signature.only]
    renamed = calls.renamed(kept, signature.positional, signature.renames)
    new = calls.with_arguments(call, expressions.tf2(ctx, signature.target), renamed)
    given = {argument.parameter for argument in arguments}
    for parameter, value in signature.explicit:
        if parameter not in given:
            new = calls.append(new, calls.keyword(parameter, cst.parse_expression(value)))
    return new
