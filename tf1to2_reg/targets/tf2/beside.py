"""The module that is written beside a program: where it goes, and how a file imports it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import layout
from tf1to2_reg.editing.statements import BLANK, line
from tf1to2_reg.network import naming
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.targets.tf2.data import SaverPlan

_SOURCE = Path(__file__).with_name("written") / "tf1_checkpoints.py"
_STEM = _SOURCE.stem
_CLASS = "Saver"


@dataclass(frozen=True)
class Beside:
    """`tf1_checkpoints.py` beside a file, which calls its class `name`."""

    path: Path
    name: str
    package: str

    def imported(self, body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
        """The statements of the file with the import below all others."""
        renamed = "" if self.name == _CLASS else f" as {self.name}"
        place = layout.after_imports(body)
        new = line(f"from {self.package}{_STEM} import {_CLASS}{renamed}").with_changes(leading_lines=[BLANK])
        return [*body[:place], new, *body[place:]]


@cache
def text() -> str:
    """The text of the module."""
    return _SOURCE.read_text(encoding="utf-8")


def of_file(module: Module, savers: Sequence[SaverPlan]) -> Beside | None:
    """The module beside a file that makes savers.

    Raises:
        Refused: TFR204 where the file could not import it, or another file has its name.
    """
    own = [plan for plan in savers if plan.event.frame.module is module]
    if not own:
        return None
    path, node = module.path.with_name(f"{_STEM}.py"), own[0].event.node
    if path.exists() and path.read_text(encoding="utf-8", errors="replace") != text():
        raise refusal("TFR204", f"{path.name}, which would be written for the saver, is another file", node)
    packages = {_package(module, plan.entry, node) for plan in own}
    if len(packages) > 1:
        raise refusal("TFR204", "programs import the file that makes the saver in different ways", node)
    return Beside(path, naming.unique(_CLASS, _names(module), ("OfVariables",)), packages.pop())


def written(modules: Iterable[Module], savers: Sequence[SaverPlan]) -> dict[Path, bytes]:
    """The modules that are written beside files, by their paths."""
    found = [of_file(module, savers) for module in modules]
    return {place.path: text().encode() for place in found if place is not None}


def _names(module: Module) -> set[str]:
    nodes = list(ast.walk(module.tree))
    names = {part.id for part in nodes if isinstance(part, ast.Name)}
    names |= {part.name for part in nodes if isinstance(part, ast.FunctionDef | ast.ClassDef)}
    return names | {part.asname or part.name for part in nodes if isinstance(part, ast.alias)}


def _package(module: Module, entry: Module, node: ast.AST) -> str:
    relative = any(isinstance(part, ast.ImportFrom) and part.level for part in ast.walk(module.tree))
    if relative or (module is not entry and module.path.with_name("__init__.py").exists()):
        return "."
    if module.path.absolute().parent == entry.path.absolute().parent:
        return ""
    raise refusal("TFR204", "the file could not import what would be written for the saver", node)
