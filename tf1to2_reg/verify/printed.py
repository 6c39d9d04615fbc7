"""Comparing what two programs print: the same words with the same numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf)(?![\w])")
_TIME = re.compile(r"\b(time|sec|secs|second|seconds|elapsed|took|ms|duration|date|eta|speed|throughput)\b|/s\b", re.I)


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
    """A line without its numbers."""
    return " ".join(_NUMBER.sub("#", line).split())


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


def differences(before: str, after: str, tolerance: float) -> list[PrintedDifference]:
    """The numbers that differ by more than `tolerance` (relative) and one unit of the last printed digit.

    Lines that speak of time are left out. Empty where the two print different words.
    """
    if not comparable(before, after):
        return []
    found: list[PrintedDifference] = []
    for index, (ours, theirs) in enumerate(zip(before.splitlines(), after.splitlines())):
        if _TIME.search(ours):
            continue
        pairs = zip(numbers(ours, index), numbers(theirs, index))
        found.extend(PrintedDifference(a, b, ours, theirs) for a, b in pairs if not _close(a, b, tolerance))
    return found


def _close(a: PrintedNumber, b: PrintedNumber, tolerance: float) -> bool:
    if a.value == b.value or (a.value != a.value and b.value != b.value):
        return True
    last_digit = 1.001 * 10.0 ** -min(a.digits, b.digits)
    whole = a.digits == 0 and b.digits == 0
    allowed = tolerance * max(abs(a.value), abs(b.value)) + (0.0 if whole else last_digit)
    return abs(a.value - b.value) <= allowed
