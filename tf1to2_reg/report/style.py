"""Colours of a terminal."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum
from typing import TextIO

from tf1to2_reg.options import Color


class Ink(str, Enum):
    """ANSI codes of the colours in use."""

    BOLD = "1"
    DIM = "2"
    RED = "31"
    GREEN = "32"
    YELLOW = "33"
    BLUE = "34"
    CYAN = "36"


FAMILY_INK: dict[str, Ink] = {"1": Ink.BLUE, "2": Ink.RED, "3": Ink.YELLOW, "4": Ink.RED, "9": Ink.RED}


@dataclass(frozen=True)
class Style:
    """Paints text, or leaves it alone where there is no `color`."""

    color: bool = False

    def paint(self, text: str, *inks: Ink) -> str:
        if not self.color or not text:
            return text
        return f"\x1b[{';'.join(ink.value for ink in inks)}m{text}\x1b[0m"


def style_for(stream: TextIO, color: Color) -> Style:
    """The style of a stream; `auto` follows the terminal and the variables NO_COLOR, FORCE_COLOR and TERM."""
    if color is not Color.AUTO:
        return Style(color is Color.ALWAYS)
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return Style(color=False)
    return Style(bool(os.environ.get("FORCE_COLOR")) or stream.isatty())
