"""Which variable each name is, and what binds it."""

import ast
from textwrap import dedent

import pytest

from tf1to2_reg.syntax.scopes import Kind, scopes_of
from tf1to2_reg.syntax.sites import sites_of

PROGRAM = """
k = 1
def f(a):
    global k
    k = a
    b = [k for k in a]
    def g():
        nonlocal c
        c = a
        def h():
            return c
    c = [last := 0 for z in a], last
    x: int
    return x
class C:
    k = 2
    def m(self, limit=k):
        return k
def outer():
    k = 3
    def inner():
        global k
        return (lambda: k)
"""


@pytest.mark.parametrize(
    ("line", "name", "scope"),
    [
        (5, "k", "Module"),
        (5, "a", "f"),
        (6, "k", "ListComp"),
        (9, "c", "f"),
        (11, "c", "f"),
        (12, "last", "f"),
        (12, "z", "ListComp"),
        (14, "x", "f"),
        (17, "k", "C"),
        (18, "k", "Module"),
        (20, "k", "outer"),
        (23, "k", "Module"),
    ],
)
def test_every_name_has_its_variable(line: int, name: str, scope: str) -> None:
    scopes = scopes_of(ast.parse(PROGRAM))
    found = {
        getattr(place.scope, "name", type(place.scope).__name__)
        for node, place in scopes.places.items()
        if isinstance(node, ast.Name) and (node.lineno, node.id) == (line, name)
    }
    assert found == {scope}


def test_what_binds_a_variable_stands_in_the_order_of_the_text() -> None:
    module = scopes_of(ast.parse(PROGRAM)).module
    assert [getattr(binding.node, "lineno", 0) for binding in module.find("k")] == [2, 5]
    assert module.find("print") == []


def test_kinds_of_bindings() -> None:
    text = """
    import a.b as m, n.o
    def f(p, *q): ...
    for e, g in m: v = w = e
    t: int
    d += 1
    """
    module = scopes_of(ast.parse(dedent(text))).module
    assert {name: binding.kind for name, (binding,) in module.bindings.items()} == {
        "m": Kind.IMPORT,
        "n": Kind.IMPORT,
        "f": Kind.DEFINITION,
        "e": Kind.ELEMENT,
        "g": Kind.ELEMENT,
        "v": Kind.VALUE,
        "w": Kind.VALUE,
        "t": Kind.DECLARED,
        "d": Kind.OTHER,
    }


def test_sites() -> None:
    tree = ast.parse("for i in n():\n    [x for x in a if b]\ndef f(p: int = q): r")
    loop, function = tree.body
    sites = {node.id: site for node, site in sites_of(tree).items() if isinstance(node, ast.Name)}
    assert {name: len(site.loops) for name, site in sites.items()} == {
        "n": 0, "i": 1, "a": 1, "x": 2, "b": 2, "q": 0, "r": 0,
    }  # fmt: skip
    assert (sites["q"].code, sites["r"].code) == (tree, function)
    assert sites["b"].loops[0] is loop
