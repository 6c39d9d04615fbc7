"""What lists, arrays, dicts and objects of a program share their content, and where that content may change.

Every variable, attribute and result of a function has a cell; what may be one object, or part of one, has one cell
(the unification of Steensgaard's points-to analysis, almost linear in the program). Items of a container count as the
container itself; attributes have cells of their own. A call of code that is not known leaves what it is given in
doubt: that is a change as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from tf1to2_reg.program.definitions import Function, Instance, Method, ProjectModule
from tf1to2_reg.program.trace import Facts, Trace
from tf1to2_reg.program.values import AnyOf, Builtin, Symbol, Value
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.scopes import Place, Scopes
from tf1to2_reg.targets.tf2.moves.aliases import Cell, Change


class Contents:
    """The cells of all files of a program, once its files are read."""

    def __init__(self, trace: Trace, facts: Facts, scopes: Mapping[Module, Scopes]) -> None:
        self.facts = facts
        self.modules = {module: frame.env for module, frame in trace.executed.items()}
        self._places: dict[Place, Cell] = {}
        self._results: dict[ast.AST, Cell] = {}
        self._cells: dict[ast.AST, Cell] = {}
        self._of: dict[ast.AST, Place] = {}
        self.loose: dict[str, list[Change]] = {}
        """Stores of attributes, by name, on objects that are not known."""
        self.methods: dict[str, list[ast.FunctionDef]] = {}
        """The methods of all classes of the project, by name: a call on an object that is not known may run each."""
        self.handed = Cell()
        """What functions that are used as values take and give: a call of a value that is not known may run each."""
        for found in scopes.values():
            self._of.update(found.places)
        trees = [module.tree for module in scopes]
        for method in _methods(trees):
            self.methods.setdefault(method.name, []).append(method)
        for code in _handed(trees):
            self.may_get(code, [self.handed])
            self.result(code).unify(self.handed)

    def global_value(self, node: ast.expr) -> Value | None:
        """What a global name, or an attribute of a TensorFlow module, is in code that the analysis did not run."""
        if isinstance(node, ast.Attribute):
            base = self.global_value(node.value)
            return Symbol(f"{base.name}.{node.attr}") if isinstance(base, Symbol) else None
        place = self._of.get(node)
        found = [env for module, env in self.modules.items() if place is not None and place.scope is module.tree]
        return found[0].bindings.get(place.name) if found and place is not None else None

    def of_place(self, place: Place) -> Cell:
        return self._places.setdefault(place, Cell())

    def of_name(self, node: ast.AST) -> Cell:
        place = self._of.get(node)
        return self.of_place(place) if place is not None else Cell()

    def result(self, code: ast.AST) -> Cell:
        """What a function returns."""
        return self._results.setdefault(code, Cell())

    def of(self, node: ast.AST) -> Cell:
        """The cell of an expression that was read."""
        return self._cells.get(node) or Cell()

    def may_get(self, code: ast.FunctionDef | ast.Lambda, given: Sequence[Cell]) -> None:
        """Any parameter of a function may hold any of what is given."""
        for part in ast.walk(code.args):
            if isinstance(part, ast.arg):
                for cell in given:
                    self.of_name(part).unify(cell)

    def record(self, node: ast.AST, cell: Cell) -> Cell:
        self._cells[node] = cell
        return cell

    def module_of(self, node: ast.expr, module: Module) -> Module | None:
        """The module of the project that an expression names."""
        value: Value | None = self.facts.value(node)
        if value is None and isinstance(node, ast.Name):
            value = self.modules[module].bindings.get(node.id) if module in self.modules else None
        return value.module if isinstance(value, ProjectModule) else None

    def callees(self, node: ast.Call, module: Module) -> list[Value]:
        """What a call may run, where that is known; a function that was never run is looked up in its module."""
        value = self.facts.value(node.func)
        if value is None and isinstance(node.func, ast.Name) and module in self.modules:
            value = self.modules[module].bindings.get(node.func.id)
            value = value if value is not None else Builtin(node.func.id)
        if value is None:
            return []
        return [_called(option) for option in (value.options if isinstance(value, AnyOf) else (value,))]


def _called(value: Value) -> Value:
    """What runs where a value is called: an object has a method for it."""
    found = value.cls.find("__call__") if isinstance(value, Instance) else None
    return Method(found, value) if isinstance(found, Function) and isinstance(value, Instance) else value


def _methods(trees: Sequence[ast.Module]) -> Iterator[ast.FunctionDef]:
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield from (part for part in node.body if isinstance(part, ast.FunctionDef))


def _handed(trees: Sequence[ast.Module]) -> Iterator[ast.FunctionDef | ast.Lambda]:
    """Lambdas, and the functions whose names stand anywhere but where they are called."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    called = {node.func for node in nodes if isinstance(node, ast.Call)}
    named = {getattr(node, "id", getattr(node, "attr", None)) for node in nodes if node not in called}
    for node in nodes:
        if isinstance(node, ast.Lambda) or (isinstance(node, ast.FunctionDef) and node.name in named):
            yield node
