"""The rooms of the house: a room imports only what stands below it, and no files import each other in a circle."""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent

FLOORS = (
    ("command",),
    ("report", "verify"),
    ("pipeline",),
    ("families", "processes"),
    ("analysis",),
    ("checks", "places"),
    ("engine",),
    ("extensions", "skipping", "targets.target"),
    ("targets.tf2", "targets.graph"),
    ("writing",),
    ("transforms",),
    ("editing",),
    ("network",),
    ("program",),
    ("syntax",),
    ("files",),
    ("results",),
    ("diagnostics",),
    ("facts",),
    ("html", "options", "stack"),
)
"""Rooms and files from the roof down; those that stand side by side do not import each other."""

MOST_LINES = 500
TABLES: frozenset[str] = frozenset()
"""Files that hold nothing but a table of data, and may be longer."""


def _modules() -> dict[str, Path]:
    found = {}
    for path in (*ROOT.glob("tf1to2_reg/**/*.py"), *ROOT.glob("transforms/*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[1:] if parts[0] == "tf1to2_reg" else parts)
        found[name.removesuffix(".__init__")] = path
    return {name: path for name, path in found.items() if name not in ("__init__", "__main__", "targets")}


MODULES = _modules()


def _imports(path: Path) -> Iterator[str]:
    """Modules of the house that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "tf1to2_reg":
            base = (node.module or "").removeprefix("tf1to2_reg").removeprefix(".")
            parts = [f"{base}.{alias.name}".removeprefix(".") for alias in node.names]
            names = parts if all(part in MODULES for part in parts) else [base, *parts]
        elif isinstance(node, ast.Import):
            names = [alias.name.removeprefix("tf1to2_reg.") for alias in node.names]
        yield from (name for name in names if name in MODULES)


def _floor(module: str) -> tuple[int, str]:
    """The floor that a module stands on, counted from the roof, and its room."""
    for number, rooms in enumerate(FLOORS):
        for room in rooms:
            if module == room or module.startswith(room + "."):
                return number, room
    raise AssertionError(f"{module} stands in no room")


def test_every_room_imports_only_what_stands_below() -> None:
    wrong = []
    for module, path in MODULES.items():
        number, room = _floor(module)
        for imported in _imports(path):
            below, other = _floor(imported)
            if other != room and below <= number:
                wrong.append(f"{module} imports {imported}")
    assert not wrong


def test_no_circle_among_files() -> None:
    graph = {module: {name for name in _imports(path) if name != module} for module, path in MODULES.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)


def test_libcst_stays_in_the_rooms_that_make_text() -> None:
    silent = ("program", "network", "facts", "syntax", "files", "diagnostics", "results", "options")
    found = [
        module
        for module, path in MODULES.items()
        if _floor(module)[1] in silent and "libcst" in path.read_text(encoding="utf-8")
    ]
    assert not found


def test_every_file_can_be_read_in_one_sitting() -> None:
    counted = {module: path.read_text(encoding="utf-8").count("\n") for module, path in MODULES.items()}
    assert not {module: lines for module, lines in counted.items() if lines > MOST_LINES and module not in TABLES}
    assert not {module for module in TABLES if counted[module] <= MOST_LINES}


def test_every_room_is_installed() -> None:
    """Quick: tests/test_packaging.py builds the tool and looks inside."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    folders = {".".join(path.parent.relative_to(ROOT).parts) for path in ROOT.glob("tf1to2_reg/**/__init__.py")}
    assert set(listed) == {*folders, "tf1to2_reg.transforms"}
