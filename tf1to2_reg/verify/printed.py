"""Comparing what two programs print: the same words with the same numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)(?![\w])")
_TIME = re.compile(
    r"\b(time|sec|secs|second|seconds|elapsed|took|ms|duration|date|eta|speed|throughput)\b|/s\b", re.IGNORECASE
)

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_SHIFT_TOLERANCE = 1e-4


@dataclass(frozen=True)
class PrintedNumber:
    """A number in a line: `line` counts from 0, `place` numbers the numbers of the line from 0.

    `digits` is the number of decimals it was printed with.
    """

    line: int
    place: int
    value: float
    digits: int


@dataclass(frozen=True)
class PrintedDifference:
    """A number that both programs print at the same place, with other values."""

    before: PrintedNumber
    after: PrintedNumber
    before_line: str
    after_line: str


def words(line: str) -> str:
    """A line without its numbers and without addresses of objects."""
    return " ".join(_NUMBER.sub("#", _ADDRESS.sub("@", line)).split())


def numbers(line: str, index: int) -> list[PrintedNumber]:
    """The numbers of a line."""
    return [
        PrintedNumber(index, place, float(match.group()), _decimals(match.group()))
        for place, match in enumerate(_NUMBER.finditer(line))
    ]


def _decimals(text: str) -> int:
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return decimals - int(exponent) if exponent else decimals


def comparable(before: str, after: str) -> bool:
    """Whether both print the same words, line by line."""
    return _skeleton(before) == _skeleton(after)


def _skeleton(text: str) -> list[str]:
    return [words(line) for line in text.splitlines()]


def unequal_lines(before: str, after: str) -> Iterator[tuple[int, str, str]]:
    """The lines that are not the same, character by character, with their index; not those that speak of time."""
    lines = zip_longest(before.splitlines(), after.splitlines(), fillvalue="")
    for index, (ours, theirs) in enumerate(lines):
        if _ADDRESS.sub("@", ours) != _ADDRESS.sub("@", theirs) and not _TIME.search(ours):
            yield index, ours, theirs


def differences(before: str, after: str, tolerance: float) -> list[PrintedDifference]:
    """The numbers that differ by more than `tolerance` (relative) and one unit of the last printed digit.

    Lines that speak of time are left out. Empty where the two print different words.
    """
    if not comparable(before, after):
        return []
    found: list[PrintedDifference] = []
    for index, (ours, theirs) in enumerate(zip(before.splitlines(), after.splitlines(), strict=True)):
        if _TIME.search(ours):
            continue
        pairs = zip(numbers(ours, index), numbers(theirs, index), strict=True)
        found.extend(PrintedDifference(a, b, ours, theirs) for a, b in pairs if not _close(a, b, tolerance))
    return found


def _close(a: PrintedNumber, b: PrintedNumber, tolerance: float) -> bool:
    if a.value == b.value or (math.isnan(a.value) and math.isnan(b.value)):
        return True
    last_digit = 1.001 * 10.0 ** -min(a.digits, b.digits)
    whole = a.digits == 0 and b.digits == 0
    allowed = tolerance * max(abs(a.value), abs(b.value)) + (0.0 if whole else last_digit)
    return abs(a.value - b.value) <= allowed


def is_one_step_late(before: str, after: str) -> bool:
    """Whether some number that a repeated line prints is, in the after, always that of the before's next line."""
    if not comparable(before, after):
        return False
    ours, theirs = _sequences(before), _sequences(after)
    return any(_is_shifted(ours[key], theirs[key]) for key in ours)


def _sequences(text: str) -> dict[tuple[str, int], list[PrintedNumber]]:
    """The numbers at one place of equal lines, in order."""
    found: dict[tuple[str, int], list[PrintedNumber]] = {}
    for index, line in enumerate(text.splitlines()):
        for number in numbers(line, index):
            found.setdefault((words(line), number.place), []).append(number)
    return found


def _is_shifted(before: list[PrintedNumber], after: list[PrintedNumber]) -> bool:
    pairs = list(zip(before, after, strict=True))
    return (
        len(pairs) > 1
        and not any(_close(a, b, _SHIFT_TOLERANCE) for a, b in pairs)
        and all(_close(a, b, _SHIFT_TOLERANCE) for a, b in zip(before[1:], after, strict=False))
        and not _counts_up(before)
    )


def _counts_up(values: list[PrintedNumber]) -> bool:
    """Step counters are one apart by nature."""
    return all(number.digits == 0 for number in values)
