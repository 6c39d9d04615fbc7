"""Which variable each name of a file is, where each variable is bound, and in which code and loops a node stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Place:
    """A variable: a name of one scope. Comprehensions are scopes of their own."""

    scope: ast.AST
    name: str


@dataclass(frozen=True, eq=False)
class Site:
    """Where a node stands: the function or module whose code it is, its statement, and the loops around that."""

    code: ast.AST
    stmt: ast.stmt | None
    loops: tuple[ast.AST, ...]

    @property
    def position(self) -> tuple[int, int]:
        return (self.stmt.lineno, self.stmt.col_offset) if self.stmt is not None else (0, 0)


@dataclass(eq=False)
class _Names:
    """What a scope's own statements say of names."""

    bound: set[str] = field(default_factory=set)
    of_module: set[str] = field(default_factory=set)
    of_outer: set[str] = field(default_factory=set)


class Scopes:
    """The variables of one file. Made once, in one pass; every question is a look-up."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.sites: dict[ast.AST, Site] = {}
        self.places: dict[ast.AST, Place] = {}
        self.bindings: dict[Place, list[ast.AST]] = {}
        self._names: dict[ast.AST, _Names] = {}
        self._collect(tree, tree)
        self._visit_body(tree.body, (tree,), Site(tree, None, ()))

    # What each scope binds

    def _collect(self, scope: ast.AST, node: ast.AST) -> None:
        names = self._names.setdefault(scope, _Names())
        for child in ast.iter_child_nodes(node):
            if not (isinstance(node, ast.NamedExpr) and isinstance(scope, _COMPREHENSIONS)):
                names.bound |= set(_binds(child))
            if isinstance(child, ast.Global):
                names.of_module |= set(child.names)
            elif isinstance(child, ast.Nonlocal):
                names.of_outer |= set(child.names)
            self._collect(self._inside(scope, child), child)

    def _inside(self, scope: ast.AST, child: ast.AST) -> ast.AST:
        if not isinstance(child, (*_FUNCTIONS, ast.ClassDef, *_COMPREHENSIONS)):
            return scope
        own = self._names.setdefault(child, _Names())
        if isinstance(child, _FUNCTIONS):
            own.bound |= {part.arg for part in ast.walk(child.args) if isinstance(part, ast.arg)}
        elif isinstance(child, _COMPREHENSIONS):
            for node in ast.walk(child):
                if isinstance(node, ast.NamedExpr):
                    self._names[scope].bound.add(node.target.id)
        return child

    # Which variable a name is

    def _resolve(self, name: str, scopes: Sequence[ast.AST]) -> Place:
        own = self._names[scopes[-1]]
        if name in own.of_module:
            return Place(self.tree, name)
        if name in own.bound and name not in own.of_outer:
            return Place(scopes[-1], name)
        for scope in reversed(scopes[:-1]):
            if isinstance(scope, ast.ClassDef):
                continue
            if name in self._names[scope].of_module:
                return Place(self.tree, name)
            if name in self._names[scope].bound:
                return Place(scope, name)
        return Place(self.tree, name)

    def _bind(self, name: str, node: ast.AST, scopes: Sequence[ast.AST]) -> None:
        place = self._resolve(name, scopes)
        self.places[node] = place
        self.bindings.setdefault(place, []).append(node)

    # One pass over everything

    def _visit_body(self, body: Sequence[ast.stmt], scopes: tuple[ast.AST, ...], site: Site) -> None:
        for stmt in body:
            self._visit(stmt, scopes, Site(site.code, stmt, site.loops))

    def _visit(self, node: ast.AST, scopes: tuple[ast.AST, ...], site: Site) -> None:
        self.sites[node] = site
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                self.places[node] = self._resolve(node.id, scopes)
            else:
                self._bind(node.id, node, self._target_scopes(node, scopes))
            return
        for name in _defines(node):
            self._bind(name, node, scopes)
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            self._visit_definition(node, scopes, site)
        elif isinstance(node, _COMPREHENSIONS):
            self._visit_comprehension(node, scopes, site)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
            self._visit_loop(node, scopes, site)
        else:
            self._visit_children(node, scopes, site)

    def _visit_children(self, node: ast.AST, scopes: tuple[ast.AST, ...], site: Site) -> None:
        for child in ast.iter_child_nodes(node):
            own = Site(site.code, child, site.loops) if isinstance(child, ast.stmt) else site
            self._visit(child, scopes, own)

    def _target_scopes(self, node: ast.Name, scopes: tuple[ast.AST, ...]) -> tuple[ast.AST, ...]:
        """The target of `:=` belongs to the function around a comprehension."""
        found = scopes
        while isinstance(found[-1], _COMPREHENSIONS) and node.id not in self._names[found[-1]].bound:
            found = found[:-1]
        return found

    def _visit_loop(self, node: ast.For | ast.AsyncFor | ast.While, scopes: tuple[ast.AST, ...], site: Site) -> None:
        inside = Site(site.code, site.stmt, (*site.loops, node))
        if isinstance(node, ast.While):
            self._visit(node.test, scopes, inside)
        else:
            self._visit(node.iter, scopes, site)
            self._visit(node.target, scopes, inside)
        self._visit_body(node.body, scopes, inside)
        self._visit_body(node.orelse, scopes, site)

    def _visit_definition(self, node: ast.AST, scopes: tuple[ast.AST, ...], site: Site) -> None:
        inside = Site(site.code if isinstance(node, ast.ClassDef) else node, site.stmt, ())
        if isinstance(node, _FUNCTIONS):
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    self.sites[argument] = Site(node, None, ())
                    self._bind(argument.arg, argument, (*scopes, node))
            for default in (*node.args.defaults, *node.args.kw_defaults):
                if default is not None:
                    self._visit(default, scopes, site)
        for part in (*getattr(node, "decorator_list", ()), *getattr(node, "bases", ()), *getattr(node, "keywords", ())):
            self._visit(part, scopes, site)
        if isinstance(node, ast.Lambda):
            self._visit(node.body, (*scopes, node), inside)
        else:
            if isinstance(node, ast.ClassDef):
                inside = Site(site.code, site.stmt, site.loops)
            self._visit_body(getattr(node, "body", ()), (*scopes, node), inside)

    def _visit_comprehension(self, node: ast.AST, scopes: tuple[ast.AST, ...], site: Site) -> None:
        inside = Site(site.code, site.stmt, (*site.loops, node))
        generators: list[ast.comprehension] = getattr(node, "generators", [])
        for index, generator in enumerate(generators):
            outer = index == 0
            self._visit(generator.iter, scopes if outer else (*scopes, node), site if outer else inside)
            self._visit(generator.target, (*scopes, node), inside)
            for condition in generator.ifs:
                self._visit(condition, (*scopes, node), inside)
        for name in ("elt", "key", "value"):
            part = getattr(node, name, None)
            if isinstance(part, ast.expr):
                self._visit(part, (*scopes, node), inside)


def _binds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    yield from _defines(node)


def _defines(node: ast.AST) -> Iterator[str]:
    """Names that definitions, imports, `except ... as` and patterns bind."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name.split(".")[0]
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        if node.name is not None:
            yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest is not None:
        yield node.rest
