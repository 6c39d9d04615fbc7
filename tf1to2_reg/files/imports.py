"""The imports of a file, told from its bytes: all that it has, and some that only its comments and strings have."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from tf1to2_reg.files.computed_imports import computed_names
from tf1to2_reg.files.module_finder import Folders
from tf1to2_reg.files.search_path import added_folders

Import = tuple[int, str]
"""The number of leading dots and the dotted name of a module that an import may name."""

_IMPORT = re.compile(rb"import\b[ \t]*(\([^)]*\)|(?:\\\r?\n|[^\r\n;])*)")
_BEFORE_IMPORT = re.compile(rb"(?:^|[;:])[ \t\f]*(?:from[ \t]+(\.*)[ \t]*([\w.]*)[ \t]*)?\Z", re.MULTILINE)
_IMPORT_BY_CALL = re.compile(rb"(?:import_module|__import__)\(\s*['\"]([\w.]+)")
_IMPORT_COMPUTED = re.compile(rb"(?:import_module|__import__)\((?!\s*(?:'[\w.]*'|\"[\w.]*\")\s*[,)])")
_DOTTED_NAME = re.compile(rb"[\w.]+")


def imports_of(data: bytes) -> set[Import]:
    """Every module that the file may import, and every name that it takes from one, which may be a module too."""
    return set(_imports(data))


def folders_added_by(data: bytes) -> Folders:
    """The folders that the file puts on the search path; none where it is no Python."""
    tree = _tree(data) if b"sys.path" in data else None
    return added_folders(tree) if tree is not None else Folders()


def computed_imports_of(data: bytes) -> list[re.Pattern[str]]:
    """The names that calls of the file import which compute them."""
    tree = _tree(data) if _IMPORT_COMPUTED.search(data) else None
    found = (computed_names(node) for node in ast.walk(tree)) if tree is not None else ()
    return [names for names in found if names is not None]


def _tree(data: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _imports(data: bytes) -> Iterator[Import]:
    for statement in _IMPORT.finditer(data):
        line_start = data.rfind(b"\n", 0, statement.start()) + 1
        if before := _BEFORE_IMPORT.search(data, line_start, statement.start()):
            yield from _named(before[1] or b"", before[2] or b"", statement[1])
    for module in _IMPORT_BY_CALL.findall(data):
        name = module.decode()
        yield len(name) - len(name.lstrip(".")), name.lstrip(".")


def _named(dots: bytes, module: bytes, names: bytes) -> Iterator[Import]:
    if dots or module:
        yield len(dots), module.decode()
    prefix = module + b"." if module else b""
    for name in _DOTTED_NAME.findall(names):
        yield len(dots), (prefix + name).decode()
