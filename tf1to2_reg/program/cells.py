"""Where lists and dicts live: every name that stands for one list sees what is done to it through any of them.

A list or dict is a value that does not change (`Series`, `Mapping`) with a cell that holds the newest one. What an
expression gave stays as it was recorded; what is loaded afterwards is what the cell holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(eq=False)
class Cell(Generic[V]):
    """One list or dict of the program.

    `many` cells stand for several objects, as those made in a loop do. A cell with `sources` is one of them, which one
    is decided when the program runs; `users` are the cells made so of this one.
    """

    content: V
    many: bool = False
    sources: tuple[Cell[V], ...] = ()
    users: list[Cell[V]] = field(default_factory=list)

    def become_alternative(self, first: Cell[V], second: Cell[V]) -> None:
        """From now on this cell is one of two others."""
        self.sources = (first, second)
        first.users.append(self)
        second.users.append(self)

    def touched(self) -> Iterator[Cell[V]]:
        """The other cells that a change of this one may change."""
        seen = {self}
        below = [self]
        while below:
            for source in below.pop().sources:
                if source not in seen:
                    seen.add(source)
                    below.append(source)
        above = list(seen)
        while above:
            for user in above.pop().users:
                if user not in seen:
                    seen.add(user)
                    above.append(user)
        seen.discard(self)
        yield from seen

    def change(self, to: Callable[[V], V], join: Callable[[V, V], V], *, surely: bool) -> None:
        """Do something to the list or dict, `surely` or perhaps; whatever else may be the same is changed perhaps."""
        for cell in self.touched():
            cell.content = join(cell.content, to(cell.content))
        new = to(self.content)
        self.content = new if surely and not self.many and not self.sources else join(self.content, new)
