"""Which files make a program: what is started, and all that it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tf1to2_reg.syntax.modules import Module, Project
from tf1to2_reg.targets.graph.symbols import File, Symbols


@dataclass(frozen=True, eq=False)
class Program:
    """One graph's files, the first of which is started, or is the top of a library."""

    entry: Module
    members: tuple[Module, ...]
    is_started: bool

    @property
    def name(self) -> str:
        return self.entry.path.stem if self.entry.path.stem != "__init__" else self.entry.path.parent.name


@dataclass(frozen=True, eq=False)
class Imports:
    """Who imports whom, and which names."""

    modules: dict[Module, tuple[Module, ...]]
    exported: dict[Module, set[str]]
    starred: set[Module]

    def needs(self, module: Module, name: str) -> bool:
        """Whether another file takes a name from this one."""
        return module in self.starred or name in self.exported.get(module, ())


def imports(project: Project, symbols: Symbols) -> Imports:
    """Read all imports of all files."""
    modules: dict[Module, tuple[Module, ...]] = {}
    exported: dict[Module, set[str]] = {}
    starred: set[Module] = set()
    for module in project.modules:
        found: dict[Module, None] = {}
        scopes = symbols.scopes(module)
        for node in scopes.any_of(ast.Import, ast.ImportFrom, ast.Call):
            for imported in _imported(project, module, node):
                found[imported] = None
        for node in scopes.any_of(ast.ImportFrom, ast.Attribute):
            _note_exports(project, symbols, module, node, exported, starred)
        found.pop(module, None)
        modules[module] = tuple(found)
    return Imports(modules, exported, starred)


def programs(project: Project, graph: Imports) -> list[Program]:
    """Every script with what it imports; then each library of the files that no script imports."""
    imported = {target for targets in graph.modules.values() for target in targets}
    started = [m for m in project.modules if has_main_guard(m) or (m not in imported and _runs(m))]
    found = [Program(module, _closure(module, graph), is_started=True) for module in started]
    covered = {module for program in found for module in program.members}
    for tops in (imported, set[Module]()):
        for module in project.modules:
            if module not in covered and module not in tops:
                program = Program(module, _closure(module, graph), is_started=False)
                covered.update(program.members)
                found.append(program)
    return found


def has_main_guard(module: Module) -> bool:
    """Whether a file has `if __name__ == "__main__":`."""
    return any(is_main_guard(statement) for statement in module.tree.body)


def is_main_guard(statement: ast.stmt) -> bool:
    """Whether a statement is what only a script runs."""
    match statement:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.If(test=ast.Compare(comparators=[ast.Name(id="__name__")])):
            return True
    return False


def statements_at_import(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that an import runs, but for definitions."""
    for statement in body:
        if is_main_guard(statement) or isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(statement, ast.ClassDef):
            yield from statements_at_import(statement.body)
        else:
            yield statement


def _runs(module: Module) -> bool:
    """Whether a file does something by itself: a loop, a `with`, a call that is no definition or import."""
    for statement in statements_at_import(module.tree.body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return True
        if isinstance(statement, ast.For | ast.While | ast.With | ast.AugAssign):
            return True
        if isinstance(statement, ast.Assign) and any(isinstance(node, ast.Call) for node in ast.walk(statement.value)):
            return True
    return False


def _closure(entry: Module, graph: Imports) -> tuple[Module, ...]:
    reached, waiting = {entry: None}, [entry]
    while waiting:
        for target in graph.modules[waiting.pop()]:
            if target not in reached:
                reached[target] = None
                waiting.append(target)
    return tuple(reached)


def _imported(project: Project, module: Module, node: ast.AST) -> Iterator[Module]:
    for dotted, level in _named(node):
        parts = dotted.split(".") if dotted else []
        for count in range(len(parts) + 1):
            found = project.find(module, ".".join(parts[:count]), level) if count or level else None
            if found is not None:
                yield found


def _named(node: ast.AST) -> Sequence[tuple[str, int]]:
    match node:
        case ast.Import():
            return [(alias.name, 0) for alias in node.names]
        case ast.ImportFrom():
            base = node.module or ""
            return [(f"{base}.{alias.name}".strip("."), node.level) for alias in node.names if alias.name != "*"] + [
                (base, node.level)
            ]
        case ast.Call(func=ast.Attribute(attr="import_module") | ast.Name(id="import_module" | "__import__")):
            match node.args:
                case [ast.Constant(value=str(name)), *_]:
                    return [(name.lstrip("."), len(name) - len(name.lstrip(".")))]
    return []


def _note_exports(
    project: Project,
    symbols: Symbols,
    module: Module,
    node: ast.AST,
    exported: dict[Module, set[str]],
    starred: set[Module],
) -> None:
    if isinstance(node, ast.ImportFrom):
        source = project.find(module, node.module or "", node.level)
        if source is not None:
            names = {alias.name for alias in node.names}
            exported.setdefault(source, set()).update(names)
            if "*" in names and "__all__" not in symbols.scopes(source).module.bindings:
                starred.add(source)
    elif isinstance(node, ast.Attribute):
        base = symbols.meaning(module, node.value)
        source = symbols.find(base) if isinstance(base, File) else None
        if source is not None:
            exported.setdefault(source, set()).add(node.attr)
