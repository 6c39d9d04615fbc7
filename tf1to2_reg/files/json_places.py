"""Where the values of a JSON text stand, so that one can be replaced and all else stays as it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator

_DECODER = json.JSONDecoder(strict=False)
_BLANKS = (" ", "\t", "\r", "\n")


def members(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Key, start and end of the value, for each member of the object at `start` of a text that is known to be JSON."""
    place = _after(text, start + 1)
    while text[place] != "}":
        key, place = _DECODER.raw_decode(text, place)
        value = _after(text, _after(text, place) + 1)
        end = _end(text, value)
        yield key, value, end
        place = _next(text, end)


def items(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Start and end of each item of the array at `start`."""
    place = _after(text, start + 1)
    while text[place] != "]":
        end = _end(text, place)
        yield place, end
        place = _next(text, end)


def first(text: str) -> int:
    """Where the outermost value begins."""
    return _after(text, 0)


def _end(text: str, start: int) -> int:
    return _DECODER.raw_decode(text, start)[1]


def _next(text: str, end: int) -> int:
    place = _after(text, end)
    return _after(text, place + 1) if text[place] == "," else place


def _after(text: str, place: int) -> int:
    while text[place : place + 1] in _BLANKS:
        place += 1
    return place
