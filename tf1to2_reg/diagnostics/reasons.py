"""Why a program cannot go further."""

from __future__ import annotations


class Refusal(Exception):
    """The unit cannot be migrated exactly.

    `node` is the LibCST or `ast` node in the way; `help` says what to do by hand.
    """

    def __init__(self, code: str, message: str, node: object | None = None, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.node = node
        self.help = help
