"""What an expression stands for: a name of TensorFlow, a file of the program, or something a file defines."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tf1to2_reg.syntax.imports import Symbol, symbol_of_import
from tf1to2_reg.syntax.modules import Module, Project
from tf1to2_reg.syntax.scopes import Binding, Function, Kind, Scope, Scopes, scopes_of
from tf1to2_reg.targets.graph.calls import Calls

_KERAS = ("keras.datasets", "keras.utils")
"""Modules of the package Keras that do what those of `tf.keras` do; its others make graphs."""


@dataclass(frozen=True)
class File:
    """A module or package of the program, by the name that `importer` knows it under."""

    importer: Module
    dotted: str
    level: int = 0


@dataclass(frozen=True)
class Defined:
    """A function or class that a file of the program defines."""

    module: Module
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


Meaning = Symbol | File | Defined


def imported_symbol(dotted: str) -> Symbol | None:
    """The symbol of a dotted name as imports spell it, those that the package Keras has under its own name included."""
    if any(dotted == module or dotted.startswith(module + ".") for module in _KERAS):
        return Symbol("tf." + dotted)
    return symbol_of_import(dotted)


class Symbols:
    """Meanings of the expressions of all files of a run; each is found once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._found: dict[ast.AST | Binding, Meaning | None] = {}
        self._agreed: dict[int, Meaning | None] = {}
        self.calls = Calls(project.modules, self.scopes)
        self._busy: set[ast.AST | Binding | tuple[Module, str]] = set()

    def scopes(self, module: Module) -> Scopes:
        return scopes_of(module.tree)

    def find(self, file: File) -> Module | None:
        return self._project.find(file.importer, file.dotted, file.level)

    def meaning(self, module: Module, node: ast.expr) -> Meaning | None:
        """What a name or a chain of attributes stands for, None where that is none of the three or not certain."""
        if node not in self._found:
            self._found[node] = None
            if isinstance(node, ast.Name):
                self._found[node] = self._name(module, self.scopes(module).scope[node], node.id)
            elif isinstance(node, ast.Attribute):
                base = self.meaning(module, node.value)
                self._found[node] = self._attribute(base, node.attr) if base is not None else None
        return self._found[node]

    def heirs(self, base: Defined) -> list[Defined]:
        """The classes of all files that derive from a class directly."""
        classes = ((m, n) for m in self._project.modules for n in self.scopes(m).of(ast.ClassDef))
        return [Defined(m, node) for m, node in classes if any(self.meaning(m, b) == base for b in node.bases)]

    def symbol(self, module: Module, node: ast.expr) -> str | None:
        meaning = self.meaning(module, node)
        return meaning.name if isinstance(meaning, Symbol) else None

    def member(self, module: Module, name: str) -> Meaning | None:
        """What a module of the program offers under a name."""
        return self._name(module, self.scopes(module).module, name)

    def of_binding(self, module: Module, binding: Binding) -> Meaning | None:
        if binding not in self._found:
            if binding in self._busy:
                return None
            self._busy.add(binding)
            self._found[binding] = self._bound(module, binding)
        return self._found[binding]

    def _name(self, module: Module, scope: Scope, name: str) -> Meaning | None:
        bindings = scope.find(name)
        if not bindings:
            return self._starred(module, name)
        if id(bindings) not in self._agreed:  # looked at once, however often the name is read
            self._agreed[id(bindings)] = self._agree(module, bindings)
        return self._agreed[id(bindings)]

    def _agree(self, module: Module, bindings: list[Binding]) -> Meaning | None:
        bound = [binding for binding in bindings if not _adds_nothing(binding)] or bindings
        meanings = [self.of_binding(module, binding) for binding in bound]
        first = meanings[0]
        return first if all(_same(first, other) for other in meanings) else None

    def _starred(self, module: Module, name: str) -> Meaning | None:
        key = (module, name)
        if key in self._busy:
            return None
        self._busy.add(key)
        for star in reversed(self.scopes(module).stars):
            if isinstance(star, ast.ImportFrom):
                source = self.find(File(module, star.module or "", star.level))
                if source is not None and (meaning := self.member(source, name)) is not None:
                    self._busy.discard(key)
                    return meaning
        self._busy.discard(key)
        return None

    def _bound(self, module: Module, binding: Binding) -> Meaning | None:
        node = binding.node
        if binding.kind is Kind.IMPORT and isinstance(node, ast.alias):
            return self._imported(module, binding, node)
        if binding.kind is Kind.VALUE and binding.value is not None and not binding.path:
            return self.meaning(module, binding.value)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and binding.kind is Kind.DEFINITION:
            return Defined(module, node)
        if binding.kind is Kind.PARAMETER and isinstance(binding.owner, Function):
            return self._given(module, binding.owner, binding)
        return None

    def _given(self, module: Module, function: Function, binding: Binding) -> Meaning | None:
        """What every call gives to a parameter, if that is TensorFlow: `test(build, tf)`."""
        given = self.calls.given(module, function, binding.name) or []
        meanings = [self.meaning(g.module, g.value) if g.value is not None else None for g in given]
        first = meanings[0] if meanings else None
        is_tensorflow = isinstance(first, Symbol) and all(_same(first, other) for other in meanings)
        return first if is_tensorflow else None

    def _imported(self, module: Module, binding: Binding, alias: ast.alias) -> Meaning | None:
        statement = binding.owner
        if isinstance(statement, ast.Import):
            dotted = alias.name if alias.asname else alias.name.split(".")[0]
            return imported_symbol(dotted) or File(module, dotted)
        if not isinstance(statement, ast.ImportFrom):
            return None
        if not statement.level and (symbol := imported_symbol(f"{statement.module}.{alias.name}")):
            return symbol
        return self._attribute(File(module, statement.module or "", statement.level), alias.name)

    def _attribute(self, base: Meaning, name: str) -> Meaning | None:
        if isinstance(base, Symbol):
            return base.member(name)
        if isinstance(base, File):
            source = self.find(base)
            if source is not None and name in self.scopes(source).module.bindings:
                return self.member(source, name)
            inner = File(base.importer, f"{base.dotted}.{name}".lstrip("."), base.level)
            if self.find(inner) is not None or source is None:
                return inner
            return self.member(source, name)
        return None


def _adds_nothing(binding: Binding) -> bool:
    """Whether this is `tf = None`, where an import failed and every use fails, `tf = tf.compat.v1`, or `tf: Any`."""
    if binding.kind is Kind.DECLARED:
        return True
    if binding.kind is not Kind.VALUE or binding.path:
        return False
    match binding.value:
        case ast.Constant(value=None):
            return True
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id=name), attr="compat"), attr="v1"):
            return name == binding.name
    return False


def _same(one: Meaning | None, other: Meaning | None) -> bool:
    return one == other and one is not None
