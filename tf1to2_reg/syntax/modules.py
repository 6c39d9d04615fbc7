"""The files of a program, found by the names other files import them under."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tf1to2_reg.files.module_finder import Folders, ModuleFinder, parts_of
from tf1to2_reg.files.search_path import added_folders
from tf1to2_reg.files.source import SourceFile
from tf1to2_reg.syntax.unused import unused_code


@dataclass(frozen=True, eq=False)
class Module:
    """One file of the program; `package` is the folder that relative imports start from."""

    source: SourceFile
    parts: tuple[str, ...] = field(init=False)
    package: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        path = self.source.path
        name = path.stem if self.source.notebook is None else path.name  # which no import can name
        object.__setattr__(self, "parts", parts_of(path, name))
        object.__setattr__(self, "package", path.absolute().parent.parts)

    @property
    def path(self) -> Path:
        return self.source.path

    @property
    def tree(self) -> ast.Module:
        return self.source.tree


class Project:
    """The given files, found by the names other files import them under."""

    def __init__(self, sources: Iterable[SourceFile]) -> None:
        self.modules = [Module(source) for source in sources]
        self._finder = ModuleFinder(self.modules, self.added_by)

    @cached_property
    def lines(self) -> int:
        """How many lines the files have."""
        return sum(module.source.text.count("\n") for module in self.modules)

    @cached_property
    def unused(self) -> frozenset[ast.AST]:
        """What stands in functions that nothing in the files can call."""
        return unused_code(module.tree for module in self.modules)

    def find(self, importer: Module, dotted: str, level: int = 0) -> Module | None:
        """The file that `importer` gets for `import dotted`, or for `from . import` at a relative level."""
        return self._finder.find(importer, dotted, level)

    def added_by(self, module: Module) -> Folders:
        """The folders that a file puts on the search path."""
        return self._added.get(module, Folders())

    @cached_property
    def _added(self) -> dict[Module, Folders]:
        return {module: added_folders(module.tree) for module in self.modules if "sys.path" in module.source.text}


def closure(entry: Module, imported: Mapping[Module, Sequence[Module]]) -> list[Module]:
    """A file with all that it imports, itself first."""
    reached, waiting = {entry: None}, [entry]
    while waiting:
        for target in imported[waiting.pop()]:
            if target not in reached:
                reached[target] = None
                waiting.append(target)
    return list(reached)
