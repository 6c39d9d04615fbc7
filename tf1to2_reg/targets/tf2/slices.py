"""The part of a driver that a fetch needs: definitions, followed back."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from tf1to2_reg.targets.tf2.data import Item, ItemKind


@dataclass(eq=False)
class Slice:
    """The items a fetch needs, in order, and the variables left over: placeholders and Python names."""

    items: list[Item]
    free: set[str]


@dataclass(frozen=True, eq=False)
class Point:
    """Where a train op or its optimizer was made, and what it was made from: as it was there, not as it is later."""

    item: Item
    reads: AbstractSet[str]


def backward_slice(items: Sequence[Item], wanted: set[str], points: Sequence[Point] = ()) -> Slice:
    """Follow definitions back from the wanted variables, and from what a train op needs."""
    needed = set(wanted)
    found: list[Item] = []
    for item in reversed(items):
        for point in points:
            if item is point.item:
                needed |= point.reads
        if item.kind not in (ItemKind.TENSOR, ItemKind.REGION, ItemKind.PYTHON) or not item.writes & needed:
            continue
        found.append(item)
        if isinstance(item.stmt, ast.Assign | ast.AnnAssign) or item.kind is ItemKind.REGION:
            needed -= item.writes
        needed |= item.reads
    return Slice(found[::-1], needed)
