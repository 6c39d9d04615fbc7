"""What becomes of one family of files: they are parsed, migrated and checked, and their trees are forgotten."""

from __future__ import annotations

import ast
import gc
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tf1to2_reg import checks
from tf1to2_reg.checks import Engine
from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.facts.extension_points import ExtensionError
from tf1to2_reg.files.source import FileText, SourceError, SourceFile, source_from_bytes
from tf1to2_reg.files.taking_part import Family
from tf1to2_reg.places import in_cells, placed_in_cells
from tf1to2_reg.results import UnitResult
from tf1to2_reg.skipping import outside
from tf1to2_reg.stack import with_deep_stack

_PYTHON = ("", ".ipynb", ".py", ".pyi", ".pyw")


@dataclass(frozen=True)
class Analysis:
    """The programs of one family; `sources` are its files that could be parsed, `problems` are of the others.

    `left_out` says which comments to this tool do nothing.
    """

    sources: Mapping[Path, FileText]
    units: tuple[UnitResult, ...]
    problems: tuple[Diagnostic, ...]
    left_out: tuple[Diagnostic, ...] = ()


def analysed(
    family: Family, contents: Mapping[Path, bytes], engine: Engine, parsed: Callable[[Path], None] = lambda _: None
) -> Analysis:
    """Find the units among the files and what becomes of them; `parsed` is told of every file."""
    with _collector_paused():
        return with_deep_stack(lambda: _analysed(family, contents, engine, parsed))


def _analysed(
    family: Family, contents: Mapping[Path, bytes], engine: Engine, parsed: Callable[[Path], None]
) -> Analysis:
    problems: list[Diagnostic] = []
    sources: dict[Path, SourceFile] = {}
    for path in family.paths:
        try:
            sources[path] = source_from_bytes(path, contents[path])
        except SourceError as error:
            problems.append(_not_python(error.diagnostic) if path.suffix not in _PYTHON else error.diagnostic)
        parsed(path)
    beside = (*family.bystanders, *(path for path in family.paths if path not in sources))
    given = [replace(source, bystanders=beside) for source in sources.values()]
    found = [] if family.apart else _units(given, engine, problems)
    units = tuple(in_cells(unit, sources) for unit in found)
    left_out = placed_in_cells(outside(units, sources.values()), sources)
    texts = {path: source.without_tree for path, source in sources.items()}
    return Analysis(texts, units, tuple(problems), left_out)


def _not_python(problem: Diagnostic) -> Diagnostic:
    return replace(problem, code="TFR901", message="file does not parse: it is no Python file by its name")


def _units(given: Sequence[SourceFile], engine: Engine, problems: list[Diagnostic]) -> list[UnitResult]:
    """The units of the files; where one is nested too deeply to be walked through, those of the others."""
    if not given:
        return []
    try:
        return checks.checked(given, engine(given), engine)
    except RecursionError:
        depths = {file.path: depth(file.tree) for file in given}
    except (ExtensionError, MemoryError):
        raise
    except Exception as error:  # a defect of the tool must not keep the other files from being looked at
        problems.append(_defect(given[0].path, error))
        return []
    deep = [file for file in given if depths[file.path] > max(depths.values()) // 2]
    message = "file is nested too deeply: a tree {} levels deep"
    problems += [Diagnostic("TFR915", file.path, 1, 1, message.format(depths[file.path])) for file in deep]
    return _units([file for file in given if file not in deep], engine, problems)


def _defect(path: Path, error: Exception) -> Diagnostic:
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"
    message = f"a defect of tf1to2-reg, please report it: {where}"
    return Diagnostic("TFR910", path, 1, 1, message, "No file of the programs that this one belongs to is looked at.")


def depth(tree: ast.AST) -> int:
    """How many nodes of a tree stand one inside the other."""
    depth, level = 0, [tree]
    while level:
        depth, level = depth + 1, [child for node in level for child in ast.iter_child_nodes(node)]
    return depth


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Look for no garbage among millions of syntax nodes that all stay: it doubles the time to parse (measured).

    What was known before is not looked at when they go, all at once.
    """
    enabled = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
        if enabled:
            gc.enable()
