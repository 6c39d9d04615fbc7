"""What a page is made of, and the five families of codes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """The page of one code. `before` and `after` are short code samples, empty where there is none.

    `why` and `help` are paragraphs of plain text with `code` in backquotes; an empty line parts paragraphs.
    """

    code: str
    title: str
    why: str
    help: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Family:
    """A first digit: what its codes have in common, and the captions of a page's two code samples."""

    name: str
    meaning: str
    before: str
    after: str


FAMILIES: dict[str, Family] = {
    "1": Family("note", "what was migrated, and how; it never changes the exit code", "Before", "After"),
    "2": Family("refused", "the program is left as it is, byte for byte", "Refused", "Instead"),
    "3": Family(
        "pitfall",
        "the program does not do what it seems to; it is migrated as it is",
        "As it is",
        "As it may have been meant",
    ),
    "4": Family(
        "refused by the graph target",
        "the program cannot go on as `tensorflow.compat.v1` with Keras 3 layers; it is left as it is, byte for byte",
        "Refused",
        "Instead",
    ),
    "9": Family("file", "a file could not be used or written", "Example", "Instead"),
}
