"""Where the written module goes, and how each file of the programs that share it imports it."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tf1to2_reg.files.search_path import last_addition
from tf1to2_reg.syntax.modules import Module, Project
from tf1to2_reg.targets.graph.programs import Program
from tf1to2_reg.targets.graph.symbols import Symbols
from tf1to2_reg.targets.graph.work import MODULE

_OTHER_NAMES = (MODULE, f"tf_{MODULE}", f"keras_{MODULE}")


@dataclass(frozen=True)
class Spelling:
    """How a file imports the written module: from the package `package`, "" for none, "." and so on for relative."""

    package: str
    stem: str

    def names(self, names: Iterable[tuple[str, str]]) -> str:
        """The import of names, each with the name it gets here."""
        parts = [name if name == local else f"{name} as {local}" for name, local in sorted(names)]
        dot = "" if not self.package or self.package.endswith(".") else "."
        line = f"from {self.package}{dot}{self.stem} import {', '.join(parts)}"
        if len(line) <= 100:
            return line
        return f"from {self.package}{dot}{self.stem} import (\n    " + ",\n    ".join(parts) + ",\n)"

    def module(self, local: str) -> str:
        """The import of the module itself."""
        renamed = "" if local == self.stem else f" as {local}"
        return f"from {self.package} import {self.stem}{renamed}" if self.package else f"import {self.stem}{renamed}"


@dataclass(frozen=True)
class Home:
    """The folder of a written module, and the style in which its package imports."""

    folder: Path
    stem: str
    package: tuple[str, ...]
    relative: bool

    @property
    def path(self) -> Path:
        return self.folder / f"{self.stem}.py"

    def spelling(self, module: Module) -> Spelling:
        if not self.relative:
            return Spelling(".".join(self.package), self.stem)
        below = len(module.package) - len(self.folder.absolute().parts)
        return Spelling("." * (below + 1), self.stem)


class NoHome(Exception):
    """There is no place from which all files can import one module."""


class Placement:
    """Finds homes. `is_ours` says of a file's text whether an earlier run wrote it."""

    def __init__(self, project: Project, symbols: Symbols, is_ours: Callable[[str], bool]) -> None:
        self._is_ours = is_ours
        self._project = project
        self._symbols = symbols
        self._packages = {module.path.absolute().parent for module in project.modules if module.path.stem == "__init__"}

    def home(self, programs: Sequence[Program], users: Sequence[Module]) -> Home:
        """The home for programs, of whose files `users` import the module.

        Raises:
            NoHome: the files find no common folder.
        """
        members = list(dict.fromkeys(module for program in programs for module in program.members))
        entries = [program.entry for program in programs if program.is_started]
        roots, relative = self._import_roots(members)
        folders = {module.path.absolute().parent for module in entries}
        package = self._common_package(users)
        if package is not None and (relative or self._is_imported_as_package(package, roots)):
            return self._in_package(package, users, roots, relative=relative)
        if not roots:
            roots = folders or {module.path.absolute().parent for module in users}
        if len(roots) > 1 and folders:
            roots = {root for root in roots if root in folders} or roots
        if len(roots) > 1:
            common = Path(os.path.commonpath(roots))
            roots = {common} if common in roots else roots
        folder = next(iter(roots))
        if len(roots) != 1 or not all(self._finds(module, folder) for module in users):
            if (package := self._package_of_all(programs, users)) is not None:
                return Home(_shown(package, users), self._stem(package), (package.name,), relative=False)
            folder = self._beside_scripts(programs, users) or self._on_search_path(programs, users)
        return Home(_shown(folder, users), self._stem(folder), (), relative=False)

    def _package_of_all(self, programs: Sequence[Program], users: Sequence[Module]) -> Path | None:
        """The one package that every program imports and that holds some of the files: an installed library, say."""
        found = set[Path].intersection(*(self._imported_packages(program) for program in programs))
        holding = {folder for folder in found if any(folder in user.path.absolute().parents for user in users)}
        is_late = any(0 < last_addition(user.tree) >= first_import(user.tree) for user in users)
        return holding.pop() if len(holding) == 1 and not is_late else None

    def _imported_packages(self, program: Program) -> set[Path]:
        """The topmost packages that the absolute imports of a program name."""
        found: set[Path] = set()
        for module in program.members:
            for node in self._symbols.scopes(module).any_of(ast.Import, ast.ImportFrom):
                for dotted in _absolute(node):
                    target = self._project.find(module, dotted)
                    above = len(dotted.split(".")) - 1
                    if target is not None:
                        found.add(Path(*target.parts[: len(target.parts) - above]))
        return {folder for folder in found if self._is_package(folder) and not self._is_package(folder.parent)}

    def _beside_scripts(self, programs: Sequence[Program], users: Sequence[Module]) -> Path | None:
        """The one folder that all programs are started in, if it holds all files."""
        folders = {program.entry.path.absolute().parent for program in programs}
        folder = next(iter(folders))
        is_theirs = len(folders) == 1 and all(program.is_started for program in programs)
        return folder if is_theirs and all(self._finds(module, folder) for module in users) else None

    def _on_search_path(self, programs: Sequence[Program], users: Sequence[Module]) -> Path:
        """A folder that each program puts on its search path, before any of its files imports the module."""
        roots = [self._import_roots(program.members)[0] for program in programs]
        late = [module for module in users if first_import(module.tree) <= last_addition(module.tree)]
        for folder in sorted(set[Path].intersection(*roots)):
            if not late and any(_ends_with(folder, added) for added in self._added_by(programs)):
                return folder
        raise NoHome

    def _added_by(self, programs: Iterable[Program]) -> set[tuple[str, ...]]:
        """The folders that all programs add; a program by the file that is started."""
        return set.intersection(*(set(self._project.added_by(program.entry)) for program in programs))

    def _in_package(self, package: Path, users: Sequence[Module], roots: set[Path], *, relative: bool) -> Home:
        parts: tuple[str, ...] = ()
        if not relative:
            root = min((root for root in roots if root in package.parents), key=lambda root: len(root.parts))
            parts = package.relative_to(root).parts
        return Home(_shown(package, users), self._stem(package), parts, relative)

    def _import_roots(self, members: Sequence[Module]) -> tuple[set[Path], bool]:
        """The folders that absolute imports of the program start from, and whether any import is relative."""
        roots: set[Path] = set()
        relative = False
        for module in members:
            for node in self._symbols.scopes(module).any_of(ast.Import, ast.ImportFrom):
                if isinstance(node, ast.ImportFrom) and node.level:
                    relative = True
                for dotted in _absolute(node):
                    found = self._project.find(module, dotted)
                    if found is not None:
                        depth = len(dotted.split("."))
                        roots.add(Path(*found.parts[: len(found.parts) - depth]))
        return roots, relative

    def _common_package(self, users: Sequence[Module]) -> Path | None:
        """The topmost package that holds all files."""
        if not users:
            return None
        folder = Path(os.path.commonpath([module.path.absolute().parent for module in users]))
        if not self._is_package(folder):
            return None
        while self._is_package(folder.parent):
            folder = folder.parent
        return folder

    def _is_package(self, folder: Path) -> bool:
        return folder in self._packages or (folder / "__init__.py").is_file()

    @staticmethod
    def _is_imported_as_package(package: Path, roots: set[Path]) -> bool:
        return bool(roots) and all(root in package.parents for root in roots)

    @staticmethod
    def _finds(module: Module, folder: Path) -> bool:
        own = module.path.absolute().parent
        return own == folder or folder in own.parents

    def _stem(self, folder: Path) -> str:
        for stem in _OTHER_NAMES:
            path = folder / f"{stem}.py"
            if not (folder / stem).is_dir() and (not path.exists() or self._is_ours(read(path))):
                return stem
        raise NoHome


def read(path: Path) -> str:
    """The text of a file, empty where there is none that can be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _absolute(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        return [node.module]
    return []


def first_import(tree: ast.Module) -> int:
    """The line of the first import of TensorFlow, below which the module is imported; 0 without one."""
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom) and _is_tensorflow(n))
    return min((node.lineno for node in found), default=0)


def _is_tensorflow(node: ast.Import | ast.ImportFrom) -> bool:
    return any(dotted.split(".")[0] == "tensorflow" for dotted in _absolute(node))


def _ends_with(folder: Path, parts: tuple[str, ...]) -> bool:
    return folder.parts[-len(parts) :] == parts


def _shown(folder: Path, users: Sequence[Module]) -> Path:
    """The folder as the paths of the files spell it, relative where they are."""
    for module in users:
        if not module.path.is_absolute():
            try:
                return Path(os.path.relpath(folder))
            except ValueError:
                return folder
    return folder
