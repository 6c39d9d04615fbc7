"""The files of a program, found by the names other files import them under."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tf1to2_reg.files.source import SourceFile
from tf1to2_reg.syntax.search_path import added_folders
from tf1to2_reg.syntax.unused import unused_code


@dataclass(frozen=True, eq=False)
class Module:
    """One file of the program."""

    source: SourceFile
    parts: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        path = self.source.path.absolute()
        name = path.stem if self.source.notebook is None else path.name  # which no import can name
        parts = (*path.parent.parts, name)
        object.__setattr__(self, "parts", parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def path(self) -> Path:
        return self.source.path

    @property
    def tree(self) -> ast.Module:
        return self.source.tree

    @property
    def package(self) -> tuple[str, ...]:
        """The folder that relative imports start from."""
        return self.source.path.absolute().parent.parts


class Project:
    """The given files, found by the names other files import them under."""

    def __init__(self, sources: Iterable[SourceFile]) -> None:
        self.modules = [Module(source) for source in sources]
        self._by_parts = {module.parts: module for module in self.modules}
        self._by_name: dict[str, list[Module]] = {}
        for module in self.modules:
            self._by_name.setdefault(module.parts[-1], []).append(module)

    @cached_property
    def unused(self) -> frozenset[ast.AST]:
        """What stands in functions that nothing in the files can call."""
        return unused_code(module.tree for module in self.modules)

    def find(self, importer: Module, dotted: str, level: int = 0) -> Module | None:
        """The file that `importer` gets for `import dotted`, or for `from . import` at a relative level.

        An absolute name is looked up in the folders above the importer, nearest first, as a script or a package
        finds its neighbours; then in the folders that the program puts on its search path.
        """
        names = tuple(dotted.split(".")) if dotted else ()
        if level:
            base = importer.package[: len(importer.package) - (level - 1)]
            return self._by_parts.get((*base, *names))
        if not names or names[-1] not in self._by_name:
            return None
        for depth in range(len(importer.package), 0, -1):
            module = self._by_parts.get((*importer.package[:depth], *names))
            if module is not None and module is not importer:
                return module
        return self._on_search_path(importer, names)

    def added_by(self, module: Module) -> frozenset[tuple[str, ...]]:
        """The folders that a file puts on the search path."""
        return self._added.get(module, frozenset())

    @cached_property
    def _added(self) -> dict[Module, frozenset[tuple[str, ...]]]:
        return {module: added_folders(module.tree) for module in self.modules if "sys.path" in module.source.text}

    @cached_property
    def _all_added(self) -> frozenset[tuple[str, ...]]:
        return frozenset[tuple[str, ...]]().union(*self._added.values())

    def _on_search_path(self, importer: Module, names: tuple[str, ...]) -> Module | None:
        """The one file that a folder on the search path has; the importer's own folders count first.

        The folders are looked for above the importer, nearest first: a path starts where the script does, or at a
        folder that the script computes.
        """
        for folders in (self.added_by(importer), self._all_added):
            for depth in range(len(importer.package), 0, -1):
                above = importer.package[:depth]
                found = {self._by_parts.get((*above, *folder, *names)) for folder in folders} - {None, importer}
                if found:
                    return found.pop() if len(found) == 1 else None
        return None
