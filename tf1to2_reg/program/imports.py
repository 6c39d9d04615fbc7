"""Imports of the abstract run: of TensorFlow, of files of the project, which run then, and of other libraries."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tf1to2_reg.program import stores
from tf1to2_reg.program.calls import libraries
from tf1to2_reg.program.definitions import Environment, ProjectModule
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import Frame
from tf1to2_reg.program.values import Python, Symbol, Value
from tf1to2_reg.syntax.imports import canonical
from tf1to2_reg.syntax.modules import Module


def run_import(run: Run, statement: ast.Import | ast.ImportFrom, frame: Frame) -> None:
    """Bind what the statement imports."""
    if isinstance(statement, ast.Import):
        _import(run, statement, frame)
    else:
        _import_from(run, statement, frame)


@dataclass(frozen=True, eq=False)
class Package(ProjectModule):
    """`import a.b.c` binds `a`; attributes are looked up with `find` as further modules of the project."""

    dotted: str
    find: Callable[[str], ProjectModule | None]

    def member(self, name: str) -> Value:
        """The submodule or package below this one."""
        dotted = f"{self.dotted}.{name}"
        return self.find(dotted) or Package(self.module, self.environment, dotted, self.find)


def _import(run: Run, statement: ast.Import, frame: Frame) -> None:
    for alias in statement.names:
        bound = alias.asname or alias.name.split(".")[0]
        wanted = alias.name if alias.asname else bound
        if canonical(alias.name):
            stores.bind(run, bound, Symbol(canonical(wanted) or "tf"), frame)
        elif module := run.project.find(frame.module, alias.name):
            _import_module(run, frame, bound, alias, module)
        else:
            stores.bind(run, bound, libraries.imported(wanted), frame)


def _import_module(run: Run, frame: Frame, bound: str, alias: ast.alias, module: Module) -> None:
    value = _module_value(run, module)
    if alias.asname or "." not in alias.name:
        stores.bind(run, bound, value, frame)
        return
    package = Package(frame.module, Environment(), bound, partial(_submodule, run, frame.module))
    stores.bind(run, bound, package, frame)


def _module_value(run: Run, module: Module) -> ProjectModule:
    return ProjectModule(module, run.run_module(module, ".".join(module.parts[-1:])).env)


def _submodule(run: Run, importer: Module, dotted: str) -> ProjectModule | None:
    module = run.project.find(importer, dotted)
    return _module_value(run, module) if module is not None else None


def _import_from(run: Run, statement: ast.ImportFrom, frame: Frame) -> None:
    name = statement.module or ""
    symbol = canonical(name) if not statement.level else None
    module = None if symbol else run.project.find(frame.module, name, statement.level)
    for alias in statement.names:
        if alias.name == "*":
            _import_star(run, statement, frame, symbol, module)
            continue
        value = _imported(run, statement, frame, symbol, module, alias.name)
        stores.bind(run, alias.asname or alias.name, value, frame)


def _imported(
    run: Run, statement: ast.ImportFrom, frame: Frame, symbol: str | None, module: Module | None, name: str
) -> Value:
    if symbol is not None:
        return Symbol(canonical(f"{statement.module}.{name}") or f"{symbol}.{name}")
    if module is not None:
        found = run.run_module(module, module.parts[-1]).env.bindings.get(name)
        if found is not None:
            return found
    dotted = f"{statement.module}.{name}" if statement.module else name
    submodule = run.project.find(frame.module, dotted, statement.level)
    if submodule is not None:
        return _module_value(run, submodule)
    return libraries.imported(dotted) if module is None and not statement.level else Python()


def _import_star(run: Run, statement: ast.ImportFrom, frame: Frame, symbol: str | None, module: Module | None) -> None:
    if symbol is not None:
        run.machine.obstacle("TFR208", "names imported from TensorFlow with * cannot be told apart", frame, statement)
    elif module is not None:
        for name, value in run.run_module(module, module.parts[-1]).env.bindings.items():
            if not name.startswith("_"):
                stores.bind(run, name, value, frame)
