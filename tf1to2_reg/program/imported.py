"""Which files of a project import which, and how much an abstract run of its programs would read."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tf1to2_reg.syntax.modules import Module, Project, closure
from tf1to2_reg.syntax.scopes import scopes_of

Imported = dict[Module, tuple[Module, ...]]


def imported_by_all(project: Project) -> Imported:
    """The files that each file imports anywhere in it."""
    return {module: tuple(dict.fromkeys(_imports(project, module))) for module in project.modules}


def entries(project: Project, imported: Imported) -> list[Module]:
    """Files that are run: those with a main guard, and those that no other file imports."""
    targets = {target for found in imported.values() for target in found}
    return [module for module in project.modules if module not in targets or _has_guard(module)]


def lines_to_follow(programs: Sequence[Module], imported: Imported) -> int:
    """The lines of all programs, those of a shared file once for each of them."""
    lines = {module: module.source.text.count("\n") for module in imported}
    return sum(lines[module] for program in programs for module in closure(program, imported))


def _imports(project: Project, importer: Module) -> Iterator[Module]:
    for node in scopes_of(importer.tree).any_of(ast.Import, ast.ImportFrom):
        names: list[tuple[str, int]] = []
        if isinstance(node, ast.Import):
            names = [(alias.name, 0) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names = [(base, node.level)] if base or node.level else []
            names += [(f"{base}.{alias.name}" if base else alias.name, node.level) for alias in node.names]
        for name, level in names:
            found = project.find(importer, name, level)
            if found is not None and found is not importer:
                yield found


def _has_guard(module: Module) -> bool:
    return any(
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and getattr(node.test.left, "id", "") == "__name__"
        for node in module.tree.body
    )
