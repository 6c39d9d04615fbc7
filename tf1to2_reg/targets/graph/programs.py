"""Which files make a program: what is started, and all that it imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tf1to2_reg.files.computed_imports import computed_names, says_something
from tf1to2_reg.syntax.modules import Module, Project, closure
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
    starred: dict[Module, set[Module]]
    """For each file that some import with a star, these."""
    free: dict[Module, set[str] | None]
    """For each file that imports with a star, the names that it may have from there; None where that may be any."""
    looked_up: set[Module]
    """Files whose names some file asks for by texts that are not known."""

    def needs(self, module: Module, name: str) -> bool:
        """Whether another file takes a name from this one."""
        waiting, seen = [module], {module}
        while waiting:
            file = waiting.pop()
            if file in self.looked_up or name in self.exported.get(file, ()):
                return True
            for starring in self.starred.get(file, set()) - seen:
                free = self.free[starring]
                if free is None or name in free:
                    return True
                waiting.append(starring)
                seen.add(starring)
        return False


def imports(project: Project, symbols: Symbols) -> Imports:
    """Read all imports of all files."""
    found_by: dict[Module, dict[Module, None]] = {}
    computed: list[tuple[Module, re.Pattern[str]]] = []
    exports = _Exports()
    for module in project.modules:
        found: dict[Module, None] = {}
        for node in symbols.scopes(module).any_of(ast.Import, ast.ImportFrom, ast.Call, ast.Attribute):
            for imported in _imported(project, module, node):
                found[imported] = None
            if (names := computed_names(node)) is not None:
                computed.append((module, names))
            exports.note(project, symbols, module, node)
        found_by[module] = found
    alone = set(project.modules).difference(*found_by.values())
    for module, names in computed:
        found_by[module] |= dict.fromkeys(_computed(project, module, names, alone))
    modules = {module: tuple(m for m in found if m is not module) for module, found in found_by.items()}
    free = {
        m: None if symbols.calls.is_open else _free(symbols, m) for m in set[Module]().union(*exports.starred.values())
    }
    return Imports(modules, exports.by_name, exports.starred, free, exports.looked_up)


def _free(symbols: Symbols, module: Module) -> set[str]:
    """The names that a file reads and does not bind."""
    scopes = symbols.scopes(module)
    loads = (node for node in scopes.of(ast.Name) if isinstance(node.ctx, ast.Load))
    return {node.id for node in loads if not scopes.scope[node].find(node.id)}


def _computed(project: Project, importer: Module, names: re.Pattern[str], alone: set[Module]) -> Iterator[Module]:
    """The files that a computed name may be of: any that fits, or without a hint any library that nothing imports."""
    for module in project.modules:
        if says_something(names):
            dotted = (".".join(module.parts[-count:]) for count in range(1, len(module.parts)))
            fits = any(names.fullmatch(name) and project.find(importer, name) is module for name in dotted)
        else:
            is_library = module in alone and not has_main_guard(module) and not _runs(module)
            fits = is_library and module.parts[: len(importer.package)] == importer.package
        if fits:
            yield module


def programs(project: Project, graph: Imports) -> list[Program]:
    """Every script with what it imports; then each library of the files that no script imports."""
    imported = {target for targets in graph.modules.values() for target in targets}
    started = [m for m in project.modules if has_main_guard(m) or (m not in imported and _runs(m))]
    found = [Program(module, tuple(closure(module, graph.modules)), is_started=True) for module in started]
    covered = {module for program in found for module in program.members}
    for tops in (imported, set[Module]()):
        for module in project.modules:
            if module not in covered and module not in tops:
                program = Program(module, tuple(closure(module, graph.modules)), is_started=False)
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


@dataclass(frozen=True)
class _Exports:
    """Who takes which names from a file: `by_name`, with a star, or by a text that is not known (`looked_up`)."""

    by_name: dict[Module, set[str]] = field(default_factory=dict)
    starred: dict[Module, set[Module]] = field(default_factory=dict)
    looked_up: set[Module] = field(default_factory=set)

    def note(self, project: Project, symbols: Symbols, module: Module, node: ast.AST) -> None:
        """Note which file a node takes a name from."""
        match node:
            case ast.ImportFrom():
                source = project.find(module, node.module or "", node.level)
                names = {alias.name for alias in node.names}
                if source is not None and "*" in names and (listed := _listed(source)) is not None:
                    names |= listed
                elif source is not None and "*" in names:
                    self.starred.setdefault(source, set()).add(module)
                    if "__all__" in symbols.scopes(source).module.bindings:
                        self.looked_up.add(source)
            case ast.Attribute(value=owner, attr=name):
                source, names = _file(symbols, module, owner), {name}
            case ast.Call(func=ast.Name(id="getattr"), args=[owner, ast.Constant(value=str(name)), *_]):
                source, names = _file(symbols, module, owner), {name}
            case ast.Call(func=ast.Name(id="getattr" | "vars"), args=[owner, *_]):
                source, names = _file(symbols, module, owner), set[str]()
                if source is not None:
                    self.looked_up.add(source)
            case _:
                return
        if source is not None:
            self.by_name.setdefault(source, set()).update(names)


def _file(symbols: Symbols, module: Module, node: ast.expr) -> Module | None:
    meaning = symbols.meaning(module, node)
    return symbols.find(meaning) if isinstance(meaning, File) else None


def _listed(module: Module) -> set[str] | None:
    """The names in `__all__`, None where they are not all written there once."""
    uses = [node for node in ast.walk(module.tree) if isinstance(node, ast.Name) and node.id == "__all__"]
    for stmt in module.tree.body:
        match stmt:
            case ast.Assign(targets=[target], value=ast.List(elts=names) | ast.Tuple(elts=names)) if uses == [target]:
                texts = [name.value for name in names if isinstance(name, ast.Constant)]
                return {str(text) for text in texts} if len(texts) == len(names) else None
    return None
