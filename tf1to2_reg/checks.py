"""What must hold of the new text before a byte is written; a unit that fails is refused with TFR910."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.facts.tf1_only import is_left_over
from tf1to2_reg.results import Status, UnitResult
from tf1to2_reg.source import SourceError, SourceFile, source_from_bytes

Engine = Callable[[Sequence[SourceFile]], list[UnitResult]]


def checked(files: Sequence[SourceFile], units: Sequence[UnitResult], engine: Engine) -> list[UnitResult]:
    """The units, those refused whose new text does not compile, holds TF1 names, or would be changed by a second run.

    `files` are the sources that `units` were made from by `engine`.
    """
    units = [_refused(unit, problems) if (problems := _text_problems(unit)) else unit for unit in units]
    if not any(unit.new_sources for unit in units):
        return units
    unstable = _files_of_a_second_run(files, units, engine)
    return [_refused(unit, problems) if (problems := _unstable(unit, unstable)) else unit for unit in units]


def leftover_tf1_names(tree: ast.Module) -> list[tuple[str, int, int]]:
    """Names that TensorFlow 2 does not have or that need a graph: (name, line, column), both from 1.

    Names are those that an import of TensorFlow in the same file gives; see `facts.tf1_only` for what counts.
    """
    visitor = _TensorFlowNames()
    visitor.visit(tree)
    return [found for found in visitor.found if is_left_over(found[0])]


def _text_problems(unit: UnitResult) -> list[Diagnostic]:
    return [problem for path, data in unit.new_sources.items() for problem in _problems_of(path, data)]


def _problems_of(path: Path, data: bytes) -> list[Diagnostic]:
    try:
        source = source_from_bytes(path, data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(data, str(path), "exec", dont_inherit=True)
    except SourceError as error:
        return [_failed(path, f"line {error.diagnostic.line}: {error.diagnostic.message}")]
    except (SyntaxError, ValueError) as error:
        return [_failed(path, f"it does not compile: {error}")]
    return [_failed(path, f"line {line} still uses {name}") for name, line, _ in leftover_tf1_names(source.tree)]


def _failed(path: Path, reason: str) -> Diagnostic:
    return Diagnostic("TFR910", path, 1, 1, f"the migrated text failed a check: {reason}")


def _refused(unit: UnitResult, problems: Iterable[Diagnostic]) -> UnitResult:
    return unit.refused(problems)


def _files_of_a_second_run(files: Sequence[SourceFile], units: Sequence[UnitResult], engine: Engine) -> set[Path]:
    """The files that belong to a unit when the migrated files are migrated again, other than to one refused before."""
    new = {path: data for unit in units for path, data in unit.new_sources.items()}
    refused_before = {path for unit in units if unit.status is Status.REFUSED for path in unit.paths}
    again = engine([source_from_bytes(file.path, new[file.path]) if file.path in new else file for file in files])
    changed = {path for unit in again for path in unit.new_sources}
    refused = {path for unit in again if unit.status is Status.REFUSED for path in unit.paths}
    return changed | (refused - refused_before)


def _unstable(unit: UnitResult, files: set[Path]) -> list[Diagnostic]:
    return [_failed(path, "a second run would find TF1 code in it") for path in unit.new_sources if path in files]


class _TensorFlowNames(ast.NodeVisitor):
    """Collects the dotted names that start at an import of TensorFlow, spelled from `tf`."""

    def __init__(self) -> None:
        self.found: list[tuple[str, int, int]] = []
        self._names: dict[str, str] = {}

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name.partition(".")[0] == "tensorflow":
                name = alias.name if alias.asname else "tensorflow"
                self._names[alias.asname or "tensorflow"] = _canonical(name)
                self.found.append((_canonical(alias.name), node.lineno, node.col_offset + 1))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if node.level == 0 and module.partition(".")[0] == "tensorflow":
            for alias in node.names:
                self._names[alias.asname or alias.name] = f"{_canonical(module)}.{alias.name}"
                self.found.append((f"{_canonical(module)}.{alias.name}", node.lineno, node.col_offset + 1))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        name = self._dotted(node)
        if name is None:
            self.generic_visit(node)
        else:
            self.found.append((name, node.lineno, node.col_offset + 1))

    def _dotted(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if isinstance(node, ast.Attribute) and (base := self._dotted(node.value)):
            return f"{base}.{node.attr}"
        return None


def _canonical(module: str) -> str:
    return "tf" + module.removeprefix("tensorflow")
