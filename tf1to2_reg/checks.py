"""What must hold of the new text before a byte is written.

A unit whose new text would use a name that is not bound yet is refused with TFR236; all else that fails is a defect of
the tool, TFR910.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.facts.tf1_only import is_left_over
from tf1to2_reg.files.bystanders import beside_all
from tf1to2_reg.files.source import SourceError, SourceFile, source_from_bytes
from tf1to2_reg.results import Status, TargetName, UnitResult
from tf1to2_reg.syntax.unbound import unbound

Engine = Callable[[Sequence[SourceFile]], list[UnitResult]]


def checked(files: Sequence[SourceFile], units: Sequence[UnitResult], engine: Engine) -> list[UnitResult]:
    """The units, those refused whose new text does not compile, holds TF1 names, or would be changed by a second run.

    `files` are the sources that `units` were made from by `engine`.
    """
    before = {file.path: file for file in files}
    known: _Known = {}
    units = [unit.refused(problems) if (problems := _text_problems(unit, before, known)) else unit for unit in units]
    if not any(unit.new_sources for unit in units):
        return units
    unstable = _files_of_a_second_run(files, units, engine)
    return [unit.refused(problems) if (problems := _unstable(unit, unstable)) else unit for unit in units]


def leftover_tf1_names(tree: ast.Module) -> list[tuple[str, int, int]]:
    """Names that TensorFlow 2 does not have or that need a graph: (name, line, column), both from 1.

    Names are those that an import of TensorFlow in the same file gives; see `facts.tf1_only` for what counts.
    """
    nodes = list(ast.walk(tree))
    imported = [binding for node in nodes for binding in _imports_of_tensorflow(node)]
    names = {binding.local: binding.name for binding in imported}
    inner = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    found = [(binding.written, binding.line, binding.column) for binding in imported]
    found += [
        (name, node.lineno, node.col_offset + 1)
        for node in nodes
        if isinstance(node, ast.Attribute) and id(node) not in inner and (name := _dotted(node, names))
    ]
    return [place for place in sorted(found, key=lambda place: place[1:]) if is_left_over(place[0])]


_Known = dict[tuple[Path, bytes, TargetName | None, frozenset[str]], list[Diagnostic]]
"""What is wrong with new texts: a file that many units share is looked at once."""


def _text_problems(unit: UnitResult, before: Mapping[Path, SourceFile], known: _Known) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    for path, data in unit.new_sources.items():
        key = path, data, unit.target, unit.left
        if key not in known:
            known[key] = _problems_of(path, data, unit, before.get(path))
        found += known[key]
    return found


def _problems_of(path: Path, data: bytes, unit: UnitResult, before: SourceFile | None) -> list[Diagnostic]:
    try:
        source = source_from_bytes(path, data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source.check_compiles()
    except SourceError as error:
        return [_failed(path, f"line {error.diagnostic.line}: {error.diagnostic.message}")]
    except (SyntaxError, ValueError) as error:
        return [_failed(path, f"it does not compile: {error}")]
    late = unbound(before, source.tree) if before is not None else []
    if unit.target is TargetName.GRAPH:  # stays a program of `tf.compat.v1`
        return late
    names = [(name, line) for name, line, _ in leftover_tf1_names(source.tree) if name not in unit.left]
    left_over = [_failed(path, f"line {line} still uses {name}") for name, line in names]
    return left_over or late


def _failed(path: Path, reason: str) -> Diagnostic:
    return Diagnostic("TFR910", path, 1, 1, f"the migrated text failed a check: {reason}")


def _files_of_a_second_run(files: Sequence[SourceFile], units: Sequence[UnitResult], engine: Engine) -> set[Path]:
    """The files that belong to a unit when the migrated files are migrated again, other than to one refused before."""
    new = {path: data for unit in units for path, data in unit.new_sources.items()}
    refused_before = {path for unit in units if unit.status is Status.REFUSED for path in unit.paths}
    beside = beside_all(files)
    written = {path: replace(source_from_bytes(path, data), bystanders=beside) for path, data in new.items()}
    known = [written.pop(file.path, file) for file in files]
    again = engine([*known, *written.values()])
    changed = {path for unit in again for path in unit.new_sources}
    refused = {path for unit in again if unit.status is Status.REFUSED for path in unit.paths}
    return changed | (refused - refused_before)


def _unstable(unit: UnitResult, files: set[Path]) -> list[Diagnostic]:
    return [_failed(path, "a second run would find TF1 code in it") for path in unit.new_sources if path in files]


@dataclass(frozen=True)
class _Import:
    """`local` stands for the TensorFlow name `name` from here on; `written` is what the statement itself names."""

    local: str
    name: str
    written: str
    line: int
    column: int


def _imports_of_tensorflow(node: ast.AST) -> Iterator[_Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name.partition(".")[0] == "tensorflow":
                written = _canonical(alias.name)
                name = written if alias.asname else "tf"
                yield _Import(alias.asname or "tensorflow", name, written, node.lineno, node.col_offset + 1)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").partition(".")[0] == "tensorflow":
        for alias in node.names:
            name = f"{_canonical(node.module or '')}.{alias.name}"
            yield _Import(alias.asname or alias.name, name, name, node.lineno, node.col_offset + 1)


def _dotted(node: ast.expr, names: Mapping[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value, names)):
        return f"{base}.{node.attr}"
    return None


def _canonical(module: str) -> str:
    return "tf" + module.removeprefix("tensorflow")
