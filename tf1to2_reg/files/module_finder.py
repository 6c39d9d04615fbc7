"""Which file an import names, among the files of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Generic, Protocol, TypeVar

Folders = frozenset[tuple[str, ...]]
"""Folders that are put on the search path, as far as they are known: the last parts of each."""


class Importable(Protocol):
    """A file that can be imported."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Its folder and its name, without suffix; of a package the folder alone."""

    @property
    def package(self) -> tuple[str, ...]:
        """The folder that relative imports start from."""


M = TypeVar("M", bound=Importable)


def parts_of(path: Path, name: str) -> tuple[str, ...]:
    """The parts of a file whose imports call it `name`; a package is known by its folder."""
    folder = path.absolute().parent.parts
    return folder if name == "__init__" else (*folder, name)


class ModuleFinder(Generic[M]):
    """Finds files by the names that other files import them under; `added` says what each puts on the search path."""

    def __init__(self, modules: Iterable[M], added: Callable[[M], Folders]) -> None:
        self._modules = list(modules)
        self._by_parts = {module.parts: module for module in self._modules}
        self._names = {module.parts[-1] for module in self._modules}
        self._added_by = added
        self._near: dict[tuple[tuple[str, ...], str], tuple[M, ...]] = {}

    def find(self, importer: M, dotted: str, level: int = 0) -> M | None:
        """The file that `importer` gets for `import dotted`, or for `from . import` at a relative level.

        An absolute name is looked up in the folders above the importer, nearest first, as a script or a package
        finds its neighbours; then in the folders that the program puts on its search path.
        """
        if level:
            names = tuple(dotted.split(".")) if dotted else ()
            return self._by_parts.get((*importer.package[: len(importer.package) - (level - 1)], *names))
        if dotted.rpartition(".")[2] not in self._names:
            return None
        for module in self._above(importer.package, dotted):
            if module is not importer:
                return module
        return self._on_search_path(importer, tuple(dotted.split(".")))

    def _above(self, package: tuple[str, ...], dotted: str) -> tuple[M, ...]:
        """The files of that name in the folders above, nearest first; looked for once for all files of a folder."""
        found = self._near.get((package, dotted))
        if found is None:
            names = tuple(dotted.split("."))
            depths = range(len(package), 0, -1)
            candidates = (self._by_parts.get((*package[:depth], *names)) for depth in depths)
            found = tuple(module for module in candidates if module is not None)
            self._near[package, dotted] = found
        return found

    @cached_property
    def _all_added(self) -> Folders:
        return Folders().union(*map(self._added_by, self._modules))

    def _on_search_path(self, importer: M, names: tuple[str, ...]) -> M | None:
        """The one file that a folder on the search path has; the importer's own folders count first.

        The folders are looked for above the importer, nearest first: a path starts where the script does, or at a
        folder that the script computes.
        """
        for folders in (self._added_by(importer), self._all_added):
            for depth in range(len(importer.package), 0, -1) if folders else ():
                above = importer.package[:depth]
                found = {self._by_parts.get((*above, *folder, *names)) for folder in folders} - {None, importer}
                if found:
                    return found.pop() if len(found) == 1 else None
        return None
