"""Which values are others in each iteration of a loop: its number, and names that are made of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from tf1to2_reg.program.values import Python, Series, Value, constant_of

_CONVERSION = re.compile(r"%[dsi]")
_ANY_CONVERSION = re.compile(r"%[^%]")
Loops = frozenset[ast.AST]
NONE: Loops = frozenset()


def of(value: Value) -> Loops:
    """The loops in each of whose iterations the value is another."""
    return value.distinct if isinstance(value, Python) else NONE


def of_operation(left: Value, op: ast.operator, right: Value) -> Loops:
    """The same for an operation: a shifted number, or a text around one."""
    constants = constant_of(left), constant_of(right)
    if isinstance(op, ast.Mod):
        template = constants[0].value if constants[0] is not None else None
        parts = right.items if isinstance(right, Series) and right.items is not None else (right,)
        return of_template(template, parts) if isinstance(template, str) else NONE
    if isinstance(op, ast.Add | ast.Sub) and (constants[0] is None) != (constants[1] is None):
        return of(right) if constants[1] is None else of(left)
    return NONE


def of_template(template: str, parts: Sequence[Value]) -> Loops:
    """The same for a template with %d, %s or %i for each part."""
    if len(_ANY_CONVERSION.findall(template)) != len(parts) or len(_CONVERSION.findall(template)) != len(parts):
        return NONE
    return of_text([*_CONVERSION.split(template)], parts)


def of_text(literals: Sequence[str], parts: Sequence[Value]) -> Loops:
    """The same for `parts` with literals around and between them.

    Numbers can be told from the text where something that is no digit stands between them.
    """
    if len(parts) == 1:
        return of(parts[0])
    found = NONE
    for position in reversed(range(len(parts))):
        before, after = literals[position], literals[position + 1]
        separated = (not before or not before[-1].isdigit()) and (position == 0 or bool(before))
        if not of(parts[position]) or not separated or (after and after[0].isdigit()):
            return found
        found |= of(parts[position])
    return found
