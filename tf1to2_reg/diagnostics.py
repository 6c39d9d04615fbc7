"""Every code: what it means, why, and what to do. `explain`, the documentation and the messages are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Page:
    """The page of one code. `before` and `after` are short code samples, empty where there is none."""

    code: str
    title: str
    why: str
    help: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Diagnostic:
    """One message: `line` counts from 1, `column` from 1 in characters."""

    code: str
    path: Path
    line: int
    column: int
    message: str
    help: str = ""


_PAGES: tuple[Page, ...] = ()

PAGES: dict[str, Page] = {page.code: page for page in _PAGES}
