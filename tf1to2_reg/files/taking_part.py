"""Which files can take part in a TF1 program with regularized layers.

Told twice: from the bytes alone, to parse few files, then from the parsed files, where text in comments and strings is
no import. A file takes part if it mentions layers, imports one that does, or is imported by one of these; what imports
such a file takes part too if names of the file may move to the written module. In doubt it does: a module that no
folder above the importing file has may be any file of that name.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tf1to2_reg.files.notebook import SUFFIX
from tf1to2_reg.files.source import SourceFile

_Import = tuple[int, str]
"""The number of leading dots and the dotted name of a module that an import may name."""

_TF = re.compile(rb"\btf(?:_slim)?\b")
_ABOUT = re.compile(rb"layers|egulariz|REGULARIZ|l2_loss|get_total_loss")
_MOVED = re.compile(rb"contrib|estimator|rnn_cell|slim|tutorials")
_IMPORT = re.compile(rb"import\b[ \t]*(\([^)]*\)|(?:\\\r?\n|[^\r\n;])*)")
_BEFORE_IMPORT = re.compile(rb"(?:^|[;:])[ \t\f]*(?:from[ \t]+(\.*)[ \t]*([\w.]*)[ \t]*)?\Z", re.MULTILINE)
_IMPORT_BY_CALL = re.compile(rb"(?:import_module|__import__)\(\s*['\"]([\w.]+)")
_IMPORT_FROM_PACKAGE = re.compile(rb"(?:import_module|__import__)\(\s*f?['\"]([\w.]+)\.(?:['\"{]|%s)")
_DOTTED_NAME = re.compile(rb"[\w.]+")
_SEARCH_PATH = re.compile(rb"\bsys\.path\b[^\r\n]*")
_FOLDER = re.compile(rb"(\w+)/?['\"]")


def mentions_layers(data: bytes) -> bool:
    """Whether a file may build layers, have penalties or read them. Most files are done with here."""
    return _ABOUT.search(data) is not None and (b"tensorflow" in data or _TF.search(data) is not None)


def taking_part(contents: Mapping[Path, bytes], always: Iterable[Path] = ()) -> list[Path]:
    """The files that can take part, told from their bytes. Those `always` taken count as mentioning layers."""
    start = {path for path, data in contents.items() if mentions_layers(data)}
    if not start:
        return sorted(set(always))
    named = {path: set(_imports(data)) for path, data in contents.items()}
    moved = {path for path, data in contents.items() if _MOVED.search(data)}
    return _connected(start.union(always), moved, named, _searched_folders(contents.values()))


def parsed_taking_part(sources: Iterable[SourceFile], always: Iterable[Path] = ()) -> list[Path]:
    """The same, told from the parsed files."""
    files = list(sources)
    start = {file.path for file in files if mentions_layers(file.code)}
    if not start:
        return []
    named = {file.path: set(_parsed_imports(file)) for file in files}
    moved = {file.path for file in files if _MOVED.search(file.code)}
    return _connected(start.union(always), moved, named, _searched_folders(file.code for file in files))


def _searched_folders(contents: Iterable[bytes]) -> frozenset[str]:
    """Names of folders in lines with `sys.path`: modules of a package among them are found alone too."""
    lines = (line for data in contents for line in _SEARCH_PATH.findall(data))
    return frozenset(name.decode() for line in lines for name in _FOLDER.findall(line))


def _connected(
    start: set[Path], moved: set[Path], named: Mapping[Path, set[_Import]], searched: frozenset[str]
) -> list[Path]:
    index = _ModuleIndex(named, searched)
    imports = {path: index.imported_by(path, modules) for path, modules in named.items()}
    importers: dict[Path, set[Path]] = defaultdict(set)
    for importer, imported in imports.items():
        for path in imported:
            importers[path].add(importer)
    programs, found = set[Path](), start & named.keys()
    while not found <= programs:
        programs = _reachable(found, importers)
        found = _reachable(programs, imports) & (programs | moved)
    return sorted(_reachable(programs, imports))


class _ModuleIndex:
    """Finds the files that an import may name. Module files are known by their absolute path without suffix."""

    def __init__(self, paths: Iterable[Path], searched: frozenset[str]) -> None:
        self._searched = searched
        self._files = {_module_path(path): path for path in paths if path.suffix != SUFFIX}
        self._by_last_name: dict[str, list[str]] = defaultdict(list)
        self._by_folder: dict[str, list[Path]] = defaultdict(list)
        for module, path in self._files.items():
            self._by_last_name[os.path.basename(module)].append(module)
            self._by_folder[os.path.dirname(module)].append(path)
        self._names = {part for module in self._files for part in module.split(os.sep)}
        self._found: dict[tuple[str, str], tuple[Path, ...]] = {}

    def imported_by(self, path: Path, modules: Iterable[_Import]) -> set[Path]:
        folder = os.path.dirname(os.path.abspath(path))
        found: set[Path] = set()
        for dots, module in modules:
            if dots:
                found.update(self._in_folder(_above(folder, dots - 1), module))
            elif module.partition(".")[0] in self._names:
                found.update(self._absolute(folder, module))
        return found - {path}

    def _absolute(self, folder: str, module: str) -> tuple[Path, ...]:
        key = (folder, module)
        if key not in self._found:
            self._found[key] = self._in_folder(folder, module) + self._further_up(folder, module)
            if not self._found[key] and os.sep not in folder.strip(os.sep):
                self._found[key] = self._anywhere(module)
        return self._found[key]

    def _further_up(self, folder: str, module: str) -> tuple[Path, ...]:
        above = _above(folder, 1)
        return self._absolute(above, module) if above != folder else ()

    def _in_folder(self, folder: str, module: str) -> tuple[Path, ...]:
        """The file of a module and those of the packages it lies in; `nets.*` is every module of a package."""
        found = []
        for part in module.split("."):
            if part == "*":
                found += self._by_folder[folder]
                break
            folder = f"{folder.rstrip(os.sep)}{os.sep}{part}" if part else folder
            if folder in self._files:
                found.append(self._files[folder])
        return tuple(found)

    def _anywhere(self, module: str) -> tuple[Path, ...]:
        """Files of that name whose folder a program may have put on `sys.path`: a package only if its name is there."""
        if module.partition(".")[0] in sys.stdlib_module_names:
            return ()
        tail = os.sep + module.replace(".", os.sep)
        candidates = self._by_last_name.get(module.rpartition(".")[2], ())
        return tuple(
            self._files[candidate]
            for candidate in candidates
            if candidate.endswith(tail) and self._may_be_searched(candidate.removesuffix(tail))
        )

    def _may_be_searched(self, folder: str) -> bool:
        return folder not in self._files or os.path.basename(folder) in self._searched


def _above(folder: str, levels: int) -> str:
    for _ in range(levels):
        folder = os.path.dirname(folder)
    return folder


def _module_path(path: Path) -> str:
    stem = os.path.abspath(path.parent if path.stem == "__init__" else path)
    return stem if path.stem == "__init__" else stem[: len(stem) - len(path.suffix)]


def _parsed_imports(file: SourceFile) -> Iterator[_Import]:
    for node in _statements(file.tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            prefix = f"{node.module}." if node.module else ""
            yield node.level, node.module or ""
            yield from ((node.level, prefix + alias.name) for alias in node.names)
    yield from _imported_by_calls(file.code)


def _statements(block: ast.AST) -> Iterator[ast.AST]:
    """Everything below a node but expressions, most of a tree."""
    waiting = [block]
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            if not isinstance(child, ast.expr):
                yield child
                waiting.append(child)


def _imports(data: bytes) -> Iterator[_Import]:
    for statement in _IMPORT.finditer(data):
        line_start = data.rfind(b"\n", 0, statement.start()) + 1
        if before := _BEFORE_IMPORT.search(data, line_start, statement.start()):
            yield from _named(before[1] or b"", before[2] or b"", statement[1])
    yield from _imported_by_calls(data)


def _imported_by_calls(data: bytes) -> Iterator[_Import]:
    """Modules by names that are written out, and packages of which any module may be meant."""
    for module in _IMPORT_BY_CALL.findall(data):
        yield 0, module.decode()
    for package in _IMPORT_FROM_PACKAGE.findall(data):
        yield 0, f"{package.decode()}.*"


def _named(dots: bytes, module: bytes, names: bytes) -> Iterator[_Import]:
    if dots or module:
        yield len(dots), module.decode()
    prefix = module + b"." if module else b""
    for name in _DOTTED_NAME.findall(names):
        yield len(dots), (prefix + name).decode()


def _reachable(start: Iterable[Path], edges: Mapping[Path, set[Path]]) -> set[Path]:
    reached, waiting = set(start), list(start)
    while waiting:
        new = edges.get(waiting.pop(), set()) - reached
        reached |= new
        waiting.extend(new)
    return reached
