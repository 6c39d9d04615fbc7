"""In which code, statement and loops each node of a file stands."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from tf1to2_reg.syntax.memo import per_node
from tf1to2_reg.syntax.scopes import Comprehension, Function


@dataclass(frozen=True, eq=False)
class Site:
    """Where a node stands: the function or module whose code it is, its statement, and the loops around that."""

    code: ast.AST
    stmt: ast.stmt | None
    loops: tuple[ast.AST, ...]

    @property
    def position(self) -> tuple[int, int]:
        return (self.stmt.lineno, self.stmt.col_offset) if self.stmt is not None else (0, 0)


@per_node
def sites_of(tree: ast.Module) -> dict[ast.AST, Site]:
    """The site of every node that is evaluated; annotations of parameters are not."""
    found = _Walk()
    found.body(tree.body, Site(tree, None, ()))
    return found.sites


class _Walk:
    """One pass over everything."""

    def __init__(self) -> None:
        self.sites: dict[ast.AST, Site] = {}

    def body(self, body: Sequence[ast.stmt], site: Site) -> None:
        for stmt in body:
            self._visit(stmt, Site(site.code, stmt, site.loops))

    def _visit(self, node: ast.AST, site: Site) -> None:
        self.sites[node] = site
        if isinstance(node, Function | ast.ClassDef):
            self._definition(node, site)
        elif isinstance(node, Comprehension):
            self._comprehension(node, site)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
            self._loop(node, site)
        else:
            for child in ast.iter_child_nodes(node):
                self._visit(child, Site(site.code, child, site.loops) if isinstance(child, ast.stmt) else site)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, site: Site) -> None:
        """The iterable of a loop is evaluated once, outside of it."""
        inside = Site(site.code, site.stmt, (*site.loops, node))
        if isinstance(node, ast.While):
            self._visit(node.test, inside)
        else:
            self._visit(node.iter, site)
            self._visit(node.target, inside)
        self.body(node.body, inside)
        self.body(node.orelse, site)

    def _definition(self, node: Function | ast.ClassDef, site: Site) -> None:
        """Defaults, decorators and bases are evaluated where the definition stands; a function's body elsewhere."""
        if isinstance(node, ast.ClassDef):
            around: list[ast.AST] = [*node.decorator_list, *node.bases, *node.keywords]
            inside = site
        else:
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    self.sites[argument] = Site(node, None, ())
            defaults = [default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None]
            around = [*defaults, *getattr(node, "decorator_list", ())]
            inside = Site(node, site.stmt, ())
        for part in around:
            self._visit(part, site)
        if isinstance(node, ast.Lambda):
            self._visit(node.body, inside)
        else:
            self.body(node.body, inside)

    def _comprehension(self, node: Comprehension, site: Site) -> None:
        """The first iterable of a comprehension is evaluated once, outside of it."""
        inside = Site(site.code, site.stmt, (*site.loops, node))
        for index, generator in enumerate(node.generators):
            self._visit(generator.iter, site if index == 0 else inside)
            for part in (generator.target, *generator.ifs):
                self._visit(part, inside)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self._visit(part, inside)
