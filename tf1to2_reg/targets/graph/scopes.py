"""Python's scopes: what each name of a file is bound by, found in one walk."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Kind(Enum):
    """How a name gets a value."""

    IMPORT = auto()
    VALUE = auto()
    ELEMENT = auto()
    PARAMETER = auto()
    DEFINITION = auto()
    OTHER = auto()


@dataclass(frozen=True, eq=False)
class Binding:
    """One place that binds a name.

    `value` is the expression of a VALUE, the iterable of an ELEMENT, the default of a PARAMETER; `path` says which part
    of it an unpacking takes. `node` is the statement, the function or the alias that binds.
    """

    name: str
    kind: Kind
    node: ast.AST
    value: ast.expr | None = None
    path: tuple[int, ...] = ()
    statement: ast.Import | ast.ImportFrom | None = None


@dataclass(eq=False)
class Scope:
    """The names of a module, class, function, lambda or comprehension."""

    node: ast.AST
    parent: Scope | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    outer: set[str] = field(default_factory=set)

    @property
    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def bind(self, binding: Binding) -> None:
        self._home(binding.name).bindings.setdefault(binding.name, []).append(binding)

    def find(self, name: str) -> list[Binding]:
        """The bindings that a use of `name` here may see, those of the innermost scope that binds it."""
        scope: Scope | None = self
        while scope is not None:
            visible = scope is self or not isinstance(scope.node, ast.ClassDef)
            if visible and name in scope.bindings:
                return scope.bindings[name]
            scope = scope.parent
        return []

    def _home(self, name: str) -> Scope:
        if name not in self.outer:
            return self
        scope = self.parent
        while scope is not None and scope.parent is not None:
            if name in scope.bindings and isinstance(scope.node, Function):
                return scope
            scope = scope.parent
        return self.module


@dataclass(frozen=True, eq=False)
class AttributeStore:
    """`x.attribute = value`; no value where it is not known."""

    target: ast.Attribute
    value: ast.expr | None
    path: tuple[int, ...]


class Scopes:
    """All scopes of one tree, the scope and the parent of each node, and its stores into attributes."""

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope(tree)
        self.all = [self.module]
        self.parent: dict[ast.AST, ast.AST] = {}
        self.scope: dict[ast.AST, Scope] = {tree: self.module}
        self.nodes: list[ast.AST] = []
        self.stores: list[AttributeStore] = []
        self.stars: list[ast.Import | ast.ImportFrom] = []
        waiting: list[tuple[ast.AST, Scope]] = [(tree, self.module)]
        while waiting:
            node, scope = waiting.pop()
            self.nodes.append(node)
            self.scope[node] = scope
            self._bind(node, scope)
            children = list(self._children(node, scope))
            for child, _ in children:
                self.parent[child] = node
            waiting.extend(reversed(children))

    def enclosing(self, node: ast.AST, *kinds: type[ast.AST]) -> ast.AST | None:
        """The nearest node of a kind that `node` stands in."""
        current = self.parent.get(node)
        while current is not None and not isinstance(current, kinds):
            current = self.parent.get(current)
        return current

    def _children(self, node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
        if isinstance(node, Function | ast.ClassDef):
            yield from self._parts_of_definition(node, scope)
        elif isinstance(node, Comprehension):
            inner = self._inside(node, scope)
            for index, generator in enumerate(node.generators):
                self._bind_target(generator.target, generator.iter, Kind.ELEMENT, inner)
                yield generator.iter, scope if index == 0 else inner
                yield from ((part, inner) for part in (generator.target, *generator.ifs))
            results = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
            yield from ((part, inner) for part in results)
        else:
            yield from ((child, scope) for child in ast.iter_child_nodes(node))

    def _inside(self, node: ast.AST, scope: Scope) -> Scope:
        self.all.append(Scope(node, scope))
        return self.all[-1]

    def _parts_of_definition(self, node: Function | ast.ClassDef, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
        inner = self._inside(node, scope)
        if isinstance(node, ast.ClassDef):
            yield from ((part, scope) for part in (*node.decorator_list, *node.bases, *node.keywords))
            yield from ((statement, inner) for statement in node.body)
            return
        yield node.args, scope
        for parameter, default in parameters(node.args):
            inner.bind(Binding(parameter.arg, Kind.PARAMETER, node, default))
        if isinstance(node, ast.Lambda):
            yield node.body, inner
            return
        yield from ((part, scope) for part in (*node.decorator_list, *([node.returns] if node.returns else [])))
        yield from ((statement, inner) for statement in node.body)

    def _bind(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                scope.bind(Binding(node.name, Kind.DEFINITION, node))
            case ast.Import() | ast.ImportFrom():
                self._bind_imports(node, scope)
            case ast.Assign():
                for target in node.targets:
                    self._bind_target(target, node.value, Kind.VALUE, scope)
            case ast.AnnAssign(value=ast.expr() as value):
                self._bind_target(node.target, value, Kind.VALUE, scope)
            case ast.For() | ast.AsyncFor():
                self._bind_target(node.target, node.iter, Kind.ELEMENT, scope)
            case ast.Global() | ast.Nonlocal():
                scope.outer.update(node.names)
            case _:
                self._bind_otherwise(node, scope)

    def _bind_otherwise(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.AugAssign() | ast.NamedExpr():
                home = scope
                while isinstance(home.node, Comprehension) and home.parent is not None:
                    home = home.parent
                self._bind_target(node.target, None, Kind.OTHER, home)
            case ast.withitem(optional_vars=ast.expr() as target):
                self._bind_target(target, None, Kind.OTHER, scope)
            case ast.Delete():
                for target in node.targets:
                    self._bind_target(target, None, Kind.OTHER, scope)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                scope.bind(Binding(name, Kind.OTHER, node))
            case ast.MatchMapping(rest=str(name)):
                scope.bind(Binding(name, Kind.OTHER, node))

    def _bind_imports(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(node)
                continue
            name = alias.asname or (alias.name.split(".")[0] if isinstance(node, ast.Import) else alias.name)
            scope.bind(Binding(name, Kind.IMPORT, alias, statement=node))

    def _bind_target(
        self, target: ast.expr, value: ast.expr | None, kind: Kind, scope: Scope, path: tuple[int, ...] = ()
    ) -> None:
        match target:
            case ast.Name():
                scope.bind(Binding(target.id, kind if value else Kind.OTHER, target, value, path))
            case ast.Tuple() | ast.List():
                starred = any(isinstance(part, ast.Starred) for part in target.elts)
                for index, part in enumerate(target.elts):
                    self._bind_target(part, None if starred else value, kind, scope, (*path, index))
            case ast.Starred():
                self._bind_target(target.value, None, Kind.OTHER, scope)
            case ast.Attribute():
                self.stores.append(AttributeStore(target, value if kind is Kind.VALUE else None, path))


def parameters(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Every parameter with its default, `*args` and `**kwargs` included."""
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    yield from zip(plain, [*defaults, *arguments.defaults], strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    for collected in (arguments.vararg, arguments.kwarg):
        if collected is not None:
            yield collected, None
