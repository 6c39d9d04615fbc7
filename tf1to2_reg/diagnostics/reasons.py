"""Why a program cannot go further, and remarks on one that can: one type for both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True)
class Reason:
    """A code with the place it is about.

    `node` is the `ast` or LibCST node in the way, of the file `path`; both may be found out later. `help` says what to
    do by hand where the page of the code does not.
    """

    code: str
    message: str
    path: Path | None = None
    node: object | None = None
    help: str = ""

    def at(self, node: object | None, path: Path | None = None) -> Reason:
        """The same reason at another place."""
        return replace(self, node=node, path=path or self.path)


class Refused(Exception):
    """The program cannot be migrated exactly, for each of the reasons."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("; ".join(reason.message for reason in reasons))
        self.reasons = reasons

    @property
    def reason(self) -> Reason:
        """The first of the reasons."""
        return self.reasons[0]


def refusal(code: str, message: str, node: object | None = None, help: str = "") -> Refused:
    """A refusal for one reason."""
    return Refused(Reason(code, message, node=node, help=help))


@dataclass
class Reasons:
    """Collects the reasons of steps that do not need each other, so that the user sees all of them at once."""

    found: list[Reason] = field(default_factory=list)

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Run a step; why it refuses is kept."""
        try:
            yield
        except Refused as refused:
            self.found.extend(refused.reasons)

    def check(self) -> None:
        """Refuse for all that was found.

        Raises:
            Refused: a step refused.
        """
        if self.found:
            raise Refused(*dict.fromkeys(self.found))
