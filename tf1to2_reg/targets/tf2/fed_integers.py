"""What is fed as integers: TF1 makes an array of it, or stops; a step keeps the low bits of a Python number.

Measured: TF1 cuts the fractions of all that is fed and stops for a Python number that does not fit. TF2 does the same
for arrays and stops for lists of other numbers, but casts a single Python number whatever its size.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.program.trace import Facts
from tf1to2_reg.program.values import Series, constant_of
from tf1to2_reg.syntax.memo import per_node
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.targets.tf2.data import FedInput, RunPlan
from tf1to2_reg.targets.tf2.moves.known import is_array

_BITS = {"int8": 7, "int16": 15, "int32": 31, "int64": 63, "uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64}
_NARROW = frozenset(_BITS) - {"int64", "uint64"}


def as_arrays(run: RunPlan, facts: Facts) -> dict[str, str]:
    """The NumPy types, by variable, in which feeds of a run are given to the step, as TF1 did.

    Raises:
        Refused: TFR217 for what neither is shown to fit nor can be made an array.
    """
    module = run.event.frame.module
    found: dict[str, str] = {}
    for given in run.step.inputs:
        node = run.feeds.get(given.variable)
        dtype = given.placeholder.facts.dtype or ""
        if node is None or not (dtype in _BITS or dtype == "bool"):
            continue
        sure = _is_sure(node, dtype, facts)
        if sure is None and _may_be_cut(given, node, module):
            numpy = numpy_name(module.tree)
            sure = numpy is not None and run.feed_variable is None
            found[given.variable] = f"{numpy}.{dtype}"
        if sure is False:
            message = f"a list or number that is not known to be of {dtype} is fed to {given.name}"
            raise refusal("TFR217", message, node, "Feed an array: `np.asarray(values, dtype)`.")
    return found


def _is_sure(node: ast.expr, dtype: str, facts: Facts) -> bool | None:
    """Whether numbers fit, None for what may be an array."""
    value = facts.value(node)
    constant = constant_of(value) if value is not None else None
    if constant is not None:
        return all(_is_of(number, dtype) for number in _numbers(constant.value))
    parts = {type(part) for part in _operands(node)}
    if parts & {ast.List, ast.Tuple, ast.ListComp, ast.GeneratorExp} or isinstance(value, Series):
        return False
    return None


def _may_be_cut(given: FedInput, node: ast.expr, module: Module) -> bool:
    """True where a placeholder takes a single number and the step would keep its low bits only."""
    narrow = given.placeholder.facts.dtype in _NARROW and given.placeholder.facts.rank in (0, None)
    return narrow and not is_array(node, module)


@per_node
def numpy_name(tree: ast.Module) -> str | None:
    """What a file calls NumPy, where the name means nothing else anywhere in it."""
    imports = [stmt for stmt in tree.body if isinstance(stmt, ast.Import)]
    names = [alias.asname or alias.name for stmt in imports for alias in stmt.names if alias.name == "numpy"]
    others = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    others |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return next((name for name in names if name not in others), None)


def _is_of(number: object, dtype: str) -> bool:
    if dtype == "bool" or not isinstance(number, int):
        return dtype == "bool" and isinstance(number, bool)
    lowest = 0 if dtype.startswith("u") else -(1 << _BITS[dtype])
    return lowest <= number < 1 << _BITS[dtype]


def _numbers(value: object) -> Iterator[object]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item)
    else:
        yield value


def _operands(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp):
        yield from _operands(node.left)
        yield from _operands(node.right)
    else:
        yield node
