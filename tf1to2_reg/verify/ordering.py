"""The order of creation of equally shaped variables, on which their start depends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tf1to2_reg.verify.pairing import Pairing
from tf1to2_reg.verify.recording import Variable


def by_shape(variables: Iterable[Variable]) -> dict[tuple[int, ...], list[Variable]]:
    """The variables that start with random numbers."""
    groups: dict[tuple[int, ...], list[Variable]] = defaultdict(list)
    for variable in variables:
        if variable.ordinal is not None:
            groups[variable.shape].append(variable)
    return groups


def order(pairing: Pairing) -> list[int]:
    """For each variable of the after, in order of creation, the ordinal of its counterpart."""
    wanted = {
        item.after.ordinal: item.before.ordinal
        for item in pairing.pairs
        if item.after.ordinal is not None and item.before.ordinal is not None
    }
    size = max([*wanted, *wanted.values()], default=-1) + 1
    free = [number for number in range(size) if number not in wanted.values()]
    return [wanted[index] if index in wanted else free.pop(0) for index in range(size)]
