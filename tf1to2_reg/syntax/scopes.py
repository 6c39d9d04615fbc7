"""Python's scopes: which variable each name of a file is, and what binds each variable."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import TypeVar, cast, overload

from tf1to2_reg.syntax.binding import arguments_of
from tf1to2_reg.syntax.memo import per_node

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
M = TypeVar("M", bound=ast.AST)
N = TypeVar("N", bound=ast.AST)
P = TypeVar("P", bound=ast.AST)

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_READ: frozenset[type[ast.AST]] = frozenset({
    ast.AnnAssign, ast.Assign, ast.AsyncFor, ast.AsyncFunctionDef, ast.AugAssign, ast.ClassDef, ast.Delete,
    ast.ExceptHandler, ast.For, ast.FunctionDef, ast.Global, ast.Import, ast.ImportFrom, ast.MatchAs,
    ast.MatchMapping, ast.MatchStar, ast.NamedExpr, ast.Nonlocal, ast.withitem,
})  # fmt: skip
"""What binds names, or says whose they are."""
_NO_NODES = frozenset({
    "arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "lineno", "module", "level", "name", "op",
    "ops", "rest", "simple", "tag", "type_comment", "type_ignores",
})  # fmt: skip
"""Fields of nodes that hold no nodes, or those that say nothing of themselves."""
_NAMES_AS_TEXT: frozenset[type[ast.AST]] = frozenset({ast.Constant, ast.Global, ast.MatchSingleton, ast.Nonlocal})
_WITH_GAPS: frozenset[type[ast.AST]] = frozenset({ast.Dict, ast.arguments})
"""Nodes with lists that have None where something is left out."""
_fields_of: dict[type[ast.AST], tuple[str, ...]] = {}


class Kind(Enum):
    """How a name gets a value."""

    IMPORT = auto()
    VALUE = auto()
    ELEMENT = auto()
    PARAMETER = auto()
    DEFINITION = auto()
    DECLARED = auto()
    """An annotation alone: the name belongs to the scope and gets no value."""
    OTHER = auto()


@dataclass(frozen=True, eq=False)
class Binding:
    """One place that binds a name.

    `value` is the expression of a VALUE, the iterable of an ELEMENT, the default of a PARAMETER; `path` says which part
    of it an unpacking takes. `node` is what names it: a name, a parameter, an alias or the definition itself; `owner`
    is the statement of an IMPORT and the function of a PARAMETER.
    """

    name: str
    kind: Kind
    node: ast.AST
    value: ast.expr | None = None
    path: tuple[int, ...] = ()
    owner: ast.AST | None = None


@dataclass(frozen=True)
class Place:
    """A variable: a name of one scope. Comprehensions are scopes of their own."""

    scope: ast.AST
    name: str


@dataclass(eq=False)
class Scope:
    """The names of a module, class, function, lambda or comprehension."""

    node: ast.AST
    parent: Scope | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    """What binds its variables, in the order of the text, wherever that stands."""
    bound: set[str] = field(default_factory=set)
    """Names that its own statements bind."""
    of_module: set[str] = field(default_factory=set)
    of_outer: set[str] = field(default_factory=set)

    @property
    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def owner(self, name: str) -> Scope:
        """The scope whose variable `name` is here; the module's where nothing binds it."""
        scope: Scope | None = self
        while scope is not None:
            if scope is self or not isinstance(scope.node, ast.ClassDef):
                if name in scope.of_module:
                    return self.module
                if name in scope.bound and name not in scope.of_outer:
                    return scope
            scope = scope.parent
        return self.module

    def find(self, name: str) -> list[Binding]:
        """The bindings of the variable that `name` is here, none for a builtin."""
        return self.owner(name).bindings.get(name, [])


@dataclass(frozen=True, eq=False)
class AttributeStore:
    """`x.attribute = value`; no value where it is not known."""

    target: ast.Attribute
    value: ast.expr | None
    path: tuple[int, ...]


@per_node
def scopes_of(tree: ast.Module) -> Scopes:
    """The scopes of a file, found once however many ask for them."""
    return Scopes(tree)


class Scopes:
    """All scopes of one tree, the scope and the parent of each node, and its stores into attributes.

    Names are collected in one walk and given to their variables after it: what a scope binds is known only when all of
    it is read. `nodes` are all nodes in the order of the text but for operators and contexts, which say nothing of
    themselves.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope(tree)
        self.all = [self.module]
        self.parent: dict[ast.AST, ast.AST] = {}
        self.scope: dict[ast.AST, Scope] = {}
        self.nodes: list[ast.AST] = []
        self.stores: list[AttributeStore] = []
        self.stars: list[ast.Import | ast.ImportFrom] = []
        self._by_type: dict[type[ast.AST], list[ast.AST]] = {}
        self._collected: list[tuple[Scope, Binding]] = []
        self._walk(tree)
        self._settle()

    def of(self, kind: type[N]) -> list[N]:
        """The nodes of one type, in the order of the text."""
        return cast(list[N], self._by_type.get(kind, []))

    @overload
    def any_of(self, first: type[N], second: type[M], /) -> list[N | M]: ...

    @overload
    def any_of(self, first: type[N], second: type[M], third: type[P], /) -> list[N | M | P]: ...

    @overload
    def any_of(self, *kinds: type[ast.AST]) -> list[ast.AST]: ...

    def any_of(self, *kinds: type[ast.AST]) -> Sequence[ast.AST]:
        """The nodes of several types, in the order of the text."""
        return [node for node in self.nodes if node.__class__ in kinds]

    @cached_property
    def places(self) -> dict[ast.AST, Place]:
        """The variable of each name, parameter and definition."""
        found = {part.node: Place(scope.owner(part.name).node, part.name) for scope, part in self._collected}
        for name in self.of(ast.Name):
            if name not in found:
                found[name] = Place(self.scope[name].owner(name.id).node, name.id)
        return found

    @cached_property
    def bindings(self) -> dict[Place, list[ast.AST]]:
        """What names the variables where they are bound."""
        found: dict[Place, list[ast.AST]] = {}
        for _, binding in self._collected:
            found.setdefault(self.places[binding.node], []).append(binding.node)
        return found

    def _walk(self, tree: ast.Module) -> None:
        """Visit every node once; a scope among what waits says where the nodes after it stand.

        For a large code base this is a good part of all work: no tuple, generator or call for a node without a meaning.
        """
        waiting: list[ast.AST | Scope] = [tree]
        scope = self.module
        nodes, parent, scope_of, by_type = self.nodes, self.parent, self.scope, self._by_type
        while waiting:
            node = waiting.pop()
            if isinstance(node, Scope):
                scope = node
                continue
            kind = node.__class__
            nodes.append(node)
            if kind in by_type:
                by_type[kind].append(node)
            else:
                by_type[kind] = [node]
            scope_of[node] = scope
            if kind is ast.Name:
                continue
            if kind in _READ:
                self._read(node, scope)
            children = self._children(node, scope)
            for child in children:
                if not isinstance(child, Scope):
                    parent[child] = node
            children.reverse()
            waiting += children

    def _children(self, node: ast.AST, scope: Scope) -> list[ast.AST | Scope]:
        kind = node.__class__
        if kind in _DEFINITIONS or kind in _COMPREHENSIONS:
            return self._children_in_scopes(node, scope)
        children: list[ast.AST | Scope] = []
        for name in _fields_of.get(kind) or _fields(kind):
            value = getattr(node, name, None)
            if value.__class__ is list:
                children += value
            elif value is not None:
                children.append(value)
        return [child for child in children if child is not None] if kind in _WITH_GAPS else children

    def _children_in_scopes(self, node: ast.AST, scope: Scope) -> list[ast.AST | Scope]:
        """The children, each scope before those that stand in it."""
        found: list[ast.AST | Scope] = []
        current = scope
        for child, home in self._scoped(node, scope):
            if home is not current:
                found.append(home)
                current = home
            found.append(child)
        return found if current is scope else [*found, scope]

    def _settle(self) -> None:
        named = {binding.node for _, binding in self._collected}
        for node in self.of(ast.Name):
            if not isinstance(node.ctx, ast.Load) and node not in named:
                self._bind(self.scope[node], Binding(node.id, Kind.OTHER, node))  # by a statement of a later Python
        for scope, binding in self._collected:
            scope.owner(binding.name).bindings.setdefault(binding.name, []).append(binding)

    def _scoped(self, node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
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
        for parameter, default in arguments_of(node.args):
            self._bind(inner, Binding(parameter.arg, Kind.PARAMETER, parameter, default, owner=node))
        if isinstance(node, ast.Lambda):
            yield node.body, inner
            return
        yield from ((part, scope) for part in (*node.decorator_list, *([node.returns] if node.returns else [])))
        yield from ((statement, inner) for statement in node.body)

    def _read(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._bind(scope, Binding(node.name, Kind.DEFINITION, node))
            case ast.Import() | ast.ImportFrom():
                self._bind_imports(node, scope)
            case ast.Assign():
                for target in node.targets:
                    self._bind_target(target, node.value, Kind.VALUE, scope)
            case ast.AnnAssign(value=ast.expr() as value):
                self._bind_target(node.target, value, Kind.VALUE, scope)
            case ast.AnnAssign(target=ast.Name(id=name) as target):
                self._bind(scope, Binding(name, Kind.DECLARED, target))
            case ast.For() | ast.AsyncFor():
                self._bind_target(node.target, node.iter, Kind.ELEMENT, scope)
            case ast.Global():
                scope.of_module.update(node.names)
            case ast.Nonlocal():
                scope.of_outer.update(node.names)
            case _:
                self._read_otherwise(node, scope)

    def _read_otherwise(self, node: ast.AST, scope: Scope) -> None:
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
                self._bind(scope, Binding(name, Kind.OTHER, node))
            case ast.MatchMapping(rest=str(name)):
                self._bind(scope, Binding(name, Kind.OTHER, node))

    def _bind(self, scope: Scope, binding: Binding) -> None:
        scope.bound.add(binding.name)
        self._collected.append((scope, binding))

    def _bind_imports(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(node)
                continue
            name = alias.asname or (alias.name.split(".")[0] if isinstance(node, ast.Import) else alias.name)
            self._bind(scope, Binding(name, Kind.IMPORT, alias, owner=node))

    def _bind_target(
        self, target: ast.expr, value: ast.expr | None, kind: Kind, scope: Scope, path: tuple[int, ...] = ()
    ) -> None:
        match target:
            case ast.Name():
                self._bind(scope, Binding(target.id, kind if value else Kind.OTHER, target, value, path))
            case ast.Tuple() | ast.List():
                starred = any(isinstance(part, ast.Starred) for part in target.elts)
                for index, part in enumerate(target.elts):
                    self._bind_target(part, None if starred else value, kind, scope, (*path, index))
            case ast.Starred():
                self._bind_target(target.value, None, Kind.OTHER, scope)
            case ast.Attribute():
                self.stores.append(AttributeStore(target, value if kind is Kind.VALUE else None, path))


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a type of node that hold nodes; the name of a `type` statement is one."""
    if kind not in _fields_of:
        own = () if kind in _NAMES_AS_TEXT else kind._fields
        _fields_of[kind] = tuple(n for n in own if n not in _NO_NODES or kind.__name__ == "TypeAlias")
    return _fields_of[kind]
