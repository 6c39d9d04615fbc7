"""What runs before what: the order of two places of a program, followed through its calls and imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from tf1to2_reg.program.definitions import Class, Function, Method
from tf1to2_reg.program.trace import Facts, Trace
from tf1to2_reg.program.values import AnyOf, Value
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.sites import Site, sites_of

_Leads = Mapping[ast.AST, set[ast.AST]]


class Timeline:
    """Orders the nodes of a program that is run from one entry.

    A node is reached from the entry's own statements through calls and imports. Of two nodes the one is before the
    other where every statement that leads to it is before every statement that leads to the other, first in the
    entry; where both go through one statement, in the code which that statement calls. All else is unknown, and
    `before` is then False: the order must be shown.
    """

    def __init__(self, trace: Trace, facts: Facts, modules: Iterable[Module]) -> None:
        self._entry = trace.entry.tree
        self.sites: dict[ast.AST, Site] = {}
        for module in modules:
            self.sites.update(sites_of(module.tree))
        self._targets: dict[ast.AST, set[ast.AST]] = {}
        self._callers: dict[ast.AST, set[ast.AST]] = {}
        self._leads: dict[ast.AST, dict[ast.AST, set[ast.AST]]] = {}
        self._find_calls(trace, facts)
        self._find_imports(trace)

    def _find_calls(self, trace: Trace, facts: Facts) -> None:
        for node in self.sites:
            if isinstance(node, ast.Call):
                for code in codes_of(facts.value(node.func)):
                    self._edge(node, code)
        for frame in trace.frames:
            if frame.function is not None and frame.call is not None:
                call = frame.call if frame.call in self.sites else frame.call.func
                self._edge(call, frame.function.node)

    def _find_imports(self, trace: Trace) -> None:
        by_name: dict[str, list[Module]] = {}
        for module in trace.executed:
            by_name.setdefault(module.parts[-1], []).append(module)
        for node in self.sites:
            for name in _imported(node):
                for module in by_name.get(name, ()):
                    self._edge(node, module.tree)

    def _edge(self, node: ast.AST, code: ast.AST) -> None:
        if node in self.sites and self.sites[node].code is not code:
            self._targets.setdefault(node, set()).add(code)
            self._callers.setdefault(code, set()).add(node)

    def before(self, first: ast.AST, second: ast.AST) -> bool:
        """True where `first` is shown to run before `second`, and never after it."""
        return self._is_before(self._of_node(first), self._of_node(second))

    def after_return(self, code: ast.AST, node: ast.AST) -> bool:
        """True where a node is shown to run only after a function has returned for good."""
        return self._is_before(self._of_code(code), self._of_node(node), inside=code)

    def statements_leading_to(self, node: ast.AST, code: ast.AST) -> set[ast.AST]:
        """The nodes in a function's own code that lead to a node."""
        return self._of_node(node).get(code, set())

    def _is_before(self, first: _Leads, second: _Leads, inside: ast.AST | None = None) -> bool:
        code: ast.AST | None = self._entry
        seen: set[ast.AST] = set()
        while code is not None and code not in seen and code is not inside:
            seen.add(code)
            one, other = first.get(code), second.get(code)
            if not one or not other:
                return False
            if all(self._in_order(a, b) for a in one for b in other):
                return True
            code = self._inner(one, other, first, second)
        return False

    def _inner(self, one: set[ast.AST], other: set[ast.AST], first: _Leads, second: _Leads) -> ast.AST | None:
        """The code that the only statement which leads to both calls."""
        if len(one) != 1 or one != other:
            return None
        (node,) = one
        called = {code for code in self._targets.get(node, ()) if code in first and code in second}
        return called.pop() if len(called) == 1 and not self.sites[node].loops else None

    def _in_order(self, first: ast.AST, second: ast.AST) -> bool:
        one, other = self.sites[first], self.sites[second]
        if any(loop in other.loops for loop in one.loops):
            return False
        return one.stmt is not other.stmt and one.position < other.position

    def in_order(self, first: ast.AST, second: ast.AST) -> bool:
        """True for two nodes of one activation of a function, the first of which runs before the other."""
        if first not in self.sites or second not in self.sites:
            return False
        return self.sites[first].code is self.sites[second].code and self._in_order(first, second)

    def _of_node(self, node: ast.AST) -> dict[ast.AST, set[ast.AST]]:
        site = self.sites.get(node)
        if site is None:
            return {}
        found = {code: set(nodes) for code, nodes in self._of_code(site.code).items()}
        found.setdefault(site.code, set()).add(node)
        return found

    def _of_code(self, code: ast.AST) -> dict[ast.AST, set[ast.AST]]:
        """The nodes that lead to a function, by the code they stand in."""
        if code not in self._leads:
            found: dict[ast.AST, set[ast.AST]] = {}
            pending, seen = [code], {code}
            while pending:
                for caller in self._callers.get(pending.pop(), ()):
                    around = self.sites[caller].code
                    found.setdefault(around, set()).add(caller)
                    if around not in seen:
                        seen.add(around)
                        pending.append(around)
            self._leads[code] = found
        return self._leads[code]


def codes_of(value: Value | None) -> Iterator[ast.AST]:
    """The functions of the project that calling a value may run."""
    options: Iterable[Value | None] = value.options if isinstance(value, AnyOf) else (value,)
    for option in options:
        if isinstance(option, Method):
            yield option.function.node
        elif isinstance(option, Function):
            yield option.node
        elif isinstance(option, Class) and isinstance(constructor := option.find("__init__"), Function):
            yield constructor.node


def _imported(node: ast.AST) -> Iterator[str]:
    """The last parts of the names of modules that a statement may import."""
    if isinstance(node, ast.Import):
        yield from (alias.name.rpartition(".")[2] for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield (node.module or "").rpartition(".")[2]
        yield from (alias.name for alias in node.names)
