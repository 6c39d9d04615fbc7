"""Sets of objects that may be one, and where they change."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from tf1to2_reg.program.definitions import Class


@dataclass(frozen=True, eq=False)
class Change:
    """A node at which an object changes: one of its attributes, or its items; a deep one may reach all it holds."""

    node: ast.AST
    attribute: str | None
    grows: str | None = None
    deep: bool = False


@dataclass(eq=False)
class _Objects:
    """What is known of the objects of one cell: their attributes, changes and classes, and the cells that hold them."""

    attributes: dict[str, Cell] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    classes: set[Class] = field(default_factory=set)
    holders: list[Cell] = field(default_factory=list)


class Cell:
    """A set of objects that may be one; union-find with a cell for each attribute."""

    def __init__(self) -> None:
        self.parent: Cell | None = None
        self.objects = _Objects()

    def root(self) -> Cell:
        cell = self
        while cell.parent is not None:
            if cell.parent.parent is not None:
                cell.parent = cell.parent.parent
            cell = cell.parent
        return cell

    def attribute(self, name: str) -> Cell:
        """The cell of an attribute."""
        root = self.root()
        if name not in root.objects.attributes:
            root.objects.attributes[name] = Cell()
            root.objects.attributes[name].objects.holders.append(root)
        return root.objects.attributes[name].root()

    def changed(self, change: Change) -> None:
        self.root().objects.changes.append(change)

    @property
    def classes(self) -> set[Class]:
        """The classes of the project that objects of the cell may have."""
        return self.root().objects.classes

    @property
    def changes(self) -> list[Change]:
        """Changes of the objects themselves, and those of what holds them that may go deeper."""
        found, seen = list(self.root().objects.changes), {self.root()}
        pending = [*self.root().objects.holders]
        while pending:
            holder = pending.pop().root()
            if holder not in seen:
                seen.add(holder)
                found += [change for change in holder.objects.changes if change.deep]
                pending += holder.objects.holders
        return found

    def unify(self, other: Cell) -> None:
        """Make two cells one, and their attributes with them."""
        pending = [(self, other)]
        while pending:
            one, two = (cell.root() for cell in pending.pop())
            if one is two:
                continue
            two.parent = one
            mine, theirs, two.objects = one.objects, two.objects, _Objects()
            mine.changes += theirs.changes
            mine.classes |= theirs.classes
            mine.holders += theirs.holders
            for name, cell in theirs.attributes.items():
                if name in mine.attributes:
                    pending.append((mine.attributes[name], cell))
                else:
                    mine.attributes[name] = cell


def together(cells: Iterable[Cell]) -> Cell:
    """One cell that shares with all of them."""
    whole = Cell()
    for cell in cells:
        whole.unify(cell)
    return whole
