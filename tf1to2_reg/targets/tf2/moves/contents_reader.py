"""Reads files for `contents`: what an assignment or expression lets share its content."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from tf1to2_reg.program.trace import Facts, Trace
from tf1to2_reg.program.values import constant_of
from tf1to2_reg.syntax.binding import arguments_of
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.nodes import root_name
from tf1to2_reg.syntax.scopes import Place, Scopes
from tf1to2_reg.targets.tf2.moves import known
from tf1to2_reg.targets.tf2.moves.aliases import Cell, Change, together
from tf1to2_reg.targets.tf2.moves.contents import Contents
from tf1to2_reg.targets.tf2.moves.contents_calls import Calls


def read_contents(trace: Trace, facts: Facts, scopes: Mapping[Module, Scopes]) -> Contents:
    """The cells of all files of a program, read once."""
    contents = Contents(trace, facts, scopes)
    for module, found in scopes.items():
        _Reader(contents, module, found).read()
    return contents


class _Reader:
    """Reads one file once, statement by statement, wherever it stands."""

    def __init__(self, contents: Contents, module: Module, scopes: Scopes) -> None:
        self.contents = contents
        self.module = module
        self.scopes = scopes
        self.facts = contents.facts
        self._calls = Calls(contents, module)
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
        for block in blocks(stmt):
            for inner in block.statements:
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
        for argument, default in arguments_of(arguments):
            if default is not None:
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
        return together([self._cell(item) for item in node.elts])

    def _dict(self, node: ast.Dict) -> Cell:
        for key in node.keys:
            if key is not None:
                self._cell(key)
        return together([self._cell(value) for value in node.values])

    def _computed(self, node: ast.expr) -> Cell:
        """A new number, array or string; the sum of two lists has the elements of both."""
        parts = [self._cell(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        lists = isinstance(node, ast.BinOp) and any(isinstance(side, ast.List) for side in (node.left, node.right))
        return together(parts) if lists else Cell()

    def _union(self, node: ast.expr) -> Cell:
        """Any other expression may give what its parts give."""
        return together([self._cell(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)])

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
        return together([self._cell(part) for part in parts])

    # Calls

    def _call(self, node: ast.Call) -> Cell:
        given = [self._cell(argument) for argument in node.args]
        named = [(keyword.arg, self._cell(keyword.value)) for keyword in node.keywords]
        base = self._cell(node.func.value) if isinstance(node.func, ast.Attribute) else None
        if base is None:
            self._cell(node.func)
        return self._calls.result(node, base, given, named)
