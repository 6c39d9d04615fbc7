"""What lists, arrays, dicts and objects of a program share their content, and where that content may change.

Every variable, attribute and result of a function has a cell; what may be one object, or part of one, has one cell
(the unification of Steensgaard's points-to analysis, almost linear in the program). Items of a container count as the
container itself; attributes have cells of their own. A call of code that is not known leaves what it is given in
doubt: that is a change as well.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tf1to2_reg.program.trace import Facts, Trace
from tf1to2_reg.program.values import (
    AnyOf,
    Builtin,
    Class,
    Function,
    Method,
    ProjectModule,
    Symbol,
    Value,
    constant_of,
)
from tf1to2_reg.syntax.changes import root_name
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.scopes import Place, Scopes
from tf1to2_reg.targets.tf2.moves import known
from tf1to2_reg.targets.tf2.moves.timeline import codes_of


@dataclass(frozen=True, eq=False)
class Change:
    """A node at which an object changes: one of its attributes, or its items; a deep one may reach all it holds."""

    node: ast.AST
    attribute: str | None
    grows: str | None = None
    deep: bool = False


@dataclass(eq=False)
class _Objects:
    """What is known of the objects of one cell: their attributes, changes and classes, and the cells that hold them."""

    attributes: dict[str, Cell] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    classes: set[Class] = field(default_factory=set)
    holders: list[Cell] = field(default_factory=list)


class Cell:
    """A set of objects that may be one; union-find with a cell for each attribute."""

    def __init__(self) -> None:
        self.parent: Cell | None = None
        self.objects = _Objects()

    def root(self) -> Cell:
        cell = self
        while cell.parent is not None:
            if cell.parent.parent is not None:
                cell.parent = cell.parent.parent
            cell = cell.parent
        return cell

    def attribute(self, name: str) -> Cell:
        """The cell of an attribute."""
        root = self.root()
        if name not in root.objects.attributes:
            root.objects.attributes[name] = Cell()
            root.objects.attributes[name].objects.holders.append(root)
        return root.objects.attributes[name].root()

    def changed(self, change: Change) -> None:
        self.root().objects.changes.append(change)

    @property
    def classes(self) -> set[Class]:
        """The classes of the project that objects of the cell may have."""
        return self.root().objects.classes

    @property
    def changes(self) -> list[Change]:
        """Changes of the objects themselves, and those of what holds them that may go deeper."""
        found, seen = list(self.root().objects.changes), {self.root()}
        pending = [*self.root().objects.holders]
        while pending:
            holder = pending.pop().root()
            if holder not in seen:
                seen.add(holder)
                found += [change for change in holder.objects.changes if change.deep]
                pending += holder.objects.holders
        return found

    def unify(self, other: Cell) -> None:
        """Make two cells one, and their attributes with them."""
        pending = [(self, other)]
        while pending:
            one, two = (cell.root() for cell in pending.pop())
            if one is two:
                continue
            two.parent = one
            mine, theirs, two.objects = one.objects, two.objects, _Objects()
            mine.changes += theirs.changes
            mine.classes |= theirs.classes
            mine.holders += theirs.holders
            for name, cell in theirs.attributes.items():
                if name in mine.attributes:
                    pending.append((mine.attributes[name], cell))
                else:
                    mine.attributes[name] = cell


class Contents:
    """The cells of all files of a program."""

    def __init__(self, trace: Trace, facts: Facts, scopes: Mapping[Module, Scopes]) -> None:
        self.facts = facts
        self.modules = {module: frame.env for module, frame in trace.executed.items()}
        self._scopes = scopes
        self._places: dict[Place, Cell] = {}
        self._results: dict[ast.AST, Cell] = {}
        self._cells: dict[ast.AST, Cell] = {}
        self._of: dict[ast.AST, Place] = {}
        self.loose: dict[str, list[Change]] = {}
        """Stores of attributes, by name, on objects that are not known."""
        for found in scopes.values():
            self._of.update(found.places)
        for module, found in scopes.items():
            _Reader(self, module, found).read()

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
        return list(value.options) if isinstance(value, AnyOf) else [value]


class _Reader:
    """Reads one file once, statement by statement, wherever it stands."""

    def __init__(self, contents: Contents, module: Module, scopes: Scopes) -> None:
        self.contents = contents
        self.module = module
        self.scopes = scopes
        self.facts = contents.facts
        self._code: list[ast.AST] = [module.tree]
        self._expressions: dict[type[ast.expr], Callable[..., Cell]] = {
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Subscript: self._subscript,
            ast.Call: self._call,
            ast.Constant: lambda _: Cell(),
            ast.Tuple: self._display,
            ast.List: self._display,
            ast.Set: self._display,
            ast.Dict: self._dict,
            ast.BinOp: self._computed,
            ast.UnaryOp: self._computed,
            ast.Compare: self._computed,
            ast.JoinedStr: self._computed,
            ast.Lambda: self._lambda,
            ast.NamedExpr: self._named,
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._comprehension,
        }

        self._statements: dict[type[ast.stmt], Callable[..., None]] = {
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Assign: self._assignment,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Return: self._return,
            ast.ImportFrom: self._import,
            ast.Delete: self._delete,
        }

    def read(self) -> None:
        """Read the whole file."""
        for stmt in self.module.tree.body:
            self._statement(stmt)

    # Statements

    def _statement(self, stmt: ast.stmt) -> None:
        self._statements.get(type(stmt), self._other)(stmt)

    def _assignment(self, stmt: ast.Assign) -> None:
        for target in stmt.targets:
            self._bind(target, stmt.value)

    def _annotated(self, stmt: ast.AnnAssign) -> None:
        if stmt.value is not None:
            self._bind(stmt.target, stmt.value)

    def _for(self, stmt: ast.For | ast.AsyncFor) -> None:
        self._assign(stmt.target, self._cell(stmt.iter))
        self._blocks(stmt)

    def _with(self, stmt: ast.With | ast.AsyncWith) -> None:
        for item in stmt.items:
            cell = self._cell(item.context_expr)
            if item.optional_vars is not None:
                self._assign(item.optional_vars, cell)
        self._blocks(stmt)

    def _return(self, stmt: ast.Return) -> None:
        if stmt.value is not None:
            self.contents.result(self._code[-1]).unify(self._cell(stmt.value))

    def _delete(self, stmt: ast.Delete) -> None:
        for target in stmt.targets:
            self._assign(target, Cell())

    def _other(self, stmt: ast.stmt) -> None:
        for child in ast.iter_child_nodes(stmt):
            if isinstance(child, ast.expr):
                self._cell(child)
        if isinstance(stmt, ast.Match):
            subject = self._cell(stmt.subject)
            for node in ast.walk(stmt):
                if isinstance(node, ast.MatchAs | ast.MatchStar | ast.MatchMapping) and node in self.scopes.places:
                    self.contents.of_name(node).unify(subject)
        self._blocks(stmt)

    def _blocks(self, stmt: ast.stmt) -> None:
        for name in ("body", "orelse", "finalbody"):
            for inner in getattr(stmt, name, ()):
                self._statement(inner)
        for part in (*getattr(stmt, "handlers", ()), *getattr(stmt, "cases", ())):
            for inner in part.body:
                self._statement(inner)

    def _function(self, stmt: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in stmt.decorator_list:
            self._cell(decorator)
        self._defaults(stmt.args)
        self._code.append(stmt)
        for inner in stmt.body:
            self._statement(inner)
        self._code.pop()

    def _class(self, stmt: ast.ClassDef) -> None:
        """A class shares its attributes with its bases; what its body binds are its attributes."""
        own = self.contents.of_name(stmt)
        for base in stmt.bases:
            own.unify(self._cell(base))
        self._other(stmt)
        for inner in stmt.body:
            for node in inner.targets if isinstance(inner, ast.Assign) else ():
                if isinstance(node, ast.Name):
                    own.attribute(node.id).unify(self.contents.of_name(node))

    def _defaults(self, arguments: ast.arguments) -> None:
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = [*zip(positional[::-1], arguments.defaults[::-1], strict=False)]
        pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
        for argument, default in pairs:
            self.contents.of_name(argument).unify(self._cell(default))

    def _augmented(self, stmt: ast.AugAssign) -> None:
        value = self._cell(stmt.value)
        if isinstance(stmt.target, ast.Name):
            cell = self.contents.of_name(stmt.target)
            if not self._is_scalar(stmt.target):
                cell.changed(Change(stmt, None, stmt.target.id))
        else:
            self._assign(stmt.target, Cell())
            cell = self._cell_of_target(stmt.target)
            if not self._is_scalar(stmt.target):
                cell.changed(Change(stmt, None))
        if isinstance(stmt.value, ast.List | ast.Tuple | ast.Name | ast.Attribute | ast.Call):
            cell.unify(value)

    def _cell_of_target(self, target: ast.expr) -> Cell:
        if isinstance(target, ast.Attribute):
            return self._cell(target.value).attribute(target.attr)
        return self._cell(target.value) if isinstance(target, ast.Subscript) else Cell()

    def _import(self, stmt: ast.ImportFrom) -> None:
        """A name imported from a file of the project is that file's object."""
        home = [m for m in self.contents.modules if m.parts[-1] == (stmt.module or "").rpartition(".")[2]]
        for alias in stmt.names:
            for module in home:
                if alias.name == "*":
                    self._import_all(module)
                else:
                    own = self.contents.of_place(Place(self.module.tree, alias.asname or alias.name))
                    own.unify(self.contents.of_place(Place(module.tree, alias.name)))

    def _import_all(self, module: Module) -> None:
        for name in self.contents.modules[module].bindings:
            self.contents.of_place(Place(self.module.tree, name)).unify(
                self.contents.of_place(Place(module.tree, name))
            )

    # Targets

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        """Bind a target; two displays of one length are bound part by part."""
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            starred = any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
            if not starred and len(target.elts) == len(value.elts):
                for inner, part in zip(target.elts, value.elts, strict=True):
                    self._bind(inner, part)
                return
        self._assign(target, self._cell(value))

    def _assign(self, target: ast.expr, cell: Cell) -> None:
        if isinstance(target, ast.Name):
            self.contents.of_name(target).unify(cell)
        elif isinstance(target, ast.Tuple | ast.List):
            for inner in target.elts:
                self._assign(inner, cell)
        elif isinstance(target, ast.Starred):
            self._assign(target.value, cell)
        elif isinstance(target, ast.Attribute):
            self._assign_attribute(target, cell)
        elif isinstance(target, ast.Subscript):
            self._cell(target.slice)
            base = self._cell(target.value)
            base.changed(Change(target, None))
            base.unify(cell)

    def _assign_attribute(self, target: ast.Attribute, cell: Cell) -> None:
        home = self.contents.module_of(target.value, self.module)
        if home is not None:
            self.contents.of_place(Place(home.tree, target.attr)).unify(cell)
            return
        base = self._cell(target.value)
        change = Change(target, target.attr)
        base.changed(change)
        base.attribute(target.attr).unify(cell)
        if root_name(target) is None or "__class__" in ast.unparse(target.value):
            self.contents.loose.setdefault(target.attr, []).append(change)

    # Expressions

    def _cell(self, node: ast.expr) -> Cell:
        handler = self._expressions.get(type(node), self._union)
        cell = handler(node)
        return self.contents.record(node, Cell() if self._is_scalar(node) else cell)

    def _is_scalar(self, node: ast.AST) -> bool:
        """True for a number, string or None: it cannot be changed, only replaced."""
        value = self.facts.value(node)
        constant = constant_of(value) if value is not None else None
        return constant is not None and isinstance(constant.value, int | float | str | bytes | None)

    def _name(self, node: ast.Name) -> Cell:
        return self.contents.of_name(node)

    def _attribute(self, node: ast.Attribute) -> Cell:
        home = self.contents.module_of(node.value, self.module)
        if home is not None:
            return self.contents.of_place(Place(home.tree, node.attr))
        base = self._cell(node.value)
        return base if node.attr in known.VIEWS else base.attribute(node.attr)

    def _subscript(self, node: ast.Subscript) -> Cell:
        self._cell(node.slice)
        return self._cell(node.value)

    def _display(self, node: ast.Tuple | ast.List | ast.Set) -> Cell:
        return self._together([self._cell(item) for item in node.elts])

    def _dict(self, node: ast.Dict) -> Cell:
        for key in node.keys:
            if key is not None:
                self._cell(key)
        return self._together([self._cell(value) for value in node.values])

    def _together(self, cells: Sequence[Cell]) -> Cell:
        whole = Cell()
        for cell in cells:
            whole.unify(cell)
        return whole

    def _computed(self, node: ast.expr) -> Cell:
        """A new number, array or string; the sum of two lists has the elements of both."""
        parts = [self._cell(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        lists = isinstance(node, ast.BinOp) and any(isinstance(side, ast.List) for side in (node.left, node.right))
        return self._together(parts) if lists else Cell()

    def _union(self, node: ast.expr) -> Cell:
        """Any other expression may give what its parts give."""
        return self._together(
            [self._cell(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        )

    def _lambda(self, node: ast.Lambda) -> Cell:
        self._defaults(node.args)
        self.contents.result(node).unify(self._cell(node.body))
        return Cell()

    def _named(self, node: ast.NamedExpr) -> Cell:
        cell = self._cell(node.value)
        self._assign(node.target, cell)
        return cell

    def _comprehension(self, node: ast.expr) -> Cell:
        for generator in getattr(node, "generators", ()):
            self._assign(generator.target, self._cell(generator.iter))
            for condition in generator.ifs:
                self._cell(condition)
        parts = [getattr(node, name) for name in ("elt", "key", "value") if hasattr(node, name)]
        return self._together([self._cell(part) for part in parts])

    # Calls

    def _call(self, node: ast.Call) -> Cell:
        given = [(None, self._cell(argument)) for argument in node.args]
        named = [(keyword.arg, self._cell(keyword.value)) for keyword in node.keywords]
        base = self._cell(node.func.value) if isinstance(node.func, ast.Attribute) else None
        if base is None:
            self._cell(node.func)
        callees = self.contents.callees(node, self.module)
        if callees and all(isinstance(callee, Function | Method | Class) for callee in callees):
            results = [self._project_call(callee, base, given, named) for callee in callees]
            if any(isinstance(callee, Class) for callee in callees):
                results.append(self._class_of(node.func, base))
            return self._together(results)
        return self._foreign_call(node, callees, base, [cell for _, cell in (*given, *named)])

    def _class_of(self, func: ast.expr, base: Cell | None) -> Cell:
        """An object shares what its class holds."""
        if isinstance(func, ast.Attribute) and base is not None:
            return base.attribute(func.attr)
        return self.contents.of(func)

    def _project_call(
        self,
        callee: Value,
        base: Cell | None,
        given: Sequence[tuple[str | None, Cell]],
        named: Sequence[tuple[str | None, Cell]],
    ) -> Cell:
        function, receiver = _function_of(callee), None
        result = Cell()
        if isinstance(callee, Method):
            receiver = base if base is not None else Cell()
        elif isinstance(callee, Class):
            receiver = result
            result.classes.add(callee)
        if function is None:
            return result
        names = [part.arg for part in (*function.node.args.posonlyargs, *function.node.args.args)]
        places = {part.arg: part for part in ast.walk(function.node.args) if isinstance(part, ast.arg)}
        cells = [*([(None, receiver)] if receiver is not None else []), *given]
        rest = function.node.args.vararg
        for index, (_, cell) in enumerate(cells):
            part = places[names[index]] if index < len(names) else rest
            if part is not None:
                self.contents.of_name(part).unify(cell)
        for name, cell in named:
            parts = [places[name]] if name in places else list(places.values())
            for part in parts:
                self.contents.of_name(part).unify(cell)
        return result if isinstance(callee, Class) else self.contents.result(function.node)

    def _foreign_call(self, node: ast.Call, callees: Sequence[Value], base: Cell | None, given: Sequence[Cell]) -> Cell:
        """Code outside the project: what it may change, and what its result shares."""
        kind = known.call(node, callees, self.module, self.facts)
        touched = [*([base] if base is not None else []), *given]
        self._called_back(node, touched)
        if kind.changes is known.Changes.EVERYTHING:
            for cell in touched:
                cell.changed(Change(node, None, deep=True))
        elif kind.changes is known.Changes.RECEIVER and base is not None:
            assert isinstance(node.func, ast.Attribute)
            name = node.func.value.id if isinstance(node.func.value, ast.Name) else None
            grows = name if node.func.attr in ("append", "extend") else None
            base.changed(Change(node, None, grows))
        elif kind.changes is known.Changes.FIRST and given:
            given[0].changed(Change(node, None))
        for keyword in node.keywords:
            if keyword.arg == "out":
                self.contents.of(keyword.value).changed(Change(node, None))
        return Cell() if kind.fresh else self._together(touched)

    def _called_back(self, node: ast.Call, touched: Sequence[Cell]) -> None:
        """A function that is handed on may be given whatever else is handed on with it."""
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            value = self.facts.value(argument)
            codes = [argument] if isinstance(argument, ast.Lambda) else list(codes_of(value))
            for code in codes:
                for part in ast.walk(code.args) if isinstance(code, ast.FunctionDef | ast.Lambda) else ():
                    if isinstance(part, ast.arg):
                        for cell in touched:
                            self.contents.of_name(part).unify(cell)


def _function_of(callee: Value) -> Function | None:
    if isinstance(callee, Method):
        return callee.function
    if isinstance(callee, Class):
        found = callee.find("__init__")
        return found if isinstance(found, Function) else None
    return callee if isinstance(callee, Function) else None
