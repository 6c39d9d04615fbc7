"""Arguments bound to parameters, and calls rebuilt from them, byte for byte."""

from __future__ import annotations

import libcst as cst
import pytest
from expression_context import code, parse

from tf1to2_reg.diagnostics.reasons import Refused
from tf1to2_reg.editing import calls

PARAMETERS = ("a", "b", "c", "d")


def bound(source: str) -> dict[str, str]:
    call = parse(source)
    return {argument.parameter: code(argument.original.value) for argument in calls.bind(call, call, PARAMETERS)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("f()", {}),
        ("f(1, 2)", {"a": "1", "b": "2"}),
        ("f(1, d=2, b=3)", {"a": "1", "d": "2", "b": "3"}),
        ("f(d=g(x), c=y)", {"d": "g(x)", "c": "y"}),
    ],
)
def test_bind(source: str, expected: dict[str, str]) -> None:
    assert bound(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("f(*args)", "TFR209"),
        ("f(1, **options)", "TFR209"),
        ("f(1, 2, 3, 4, 5)", "TFR235"),
        ("f(1, e=2)", "TFR235"),
        ("f(1, a=2)", "TFR235"),
    ],
)
def test_bind_refuses(source: str, expected: str) -> None:
    with pytest.raises(Refused) as refused:
        bound(source)
    assert refused.value.reason.code == expected
    assert refused.value.reason.node is not None


def test_bind_refuses_with_the_given_code() -> None:
    call = parse("f(e=1)")
    with pytest.raises(Refused) as refused:
        calls.bind(call, call, PARAMETERS, "TFR220")
    assert refused.value.reason.code == "TFR220"


def without(source: str, *gone: str) -> str:
    """The call as `g` with the same positional parameters but for those that go."""
    call = parse(source)
    kept = [argument for argument in calls.bind(call, call, PARAMETERS) if argument.parameter not in gone]
    positional = [name for name in PARAMETERS if name not in gone]
    return code(calls.with_arguments(call, cst.Name("g"), calls.renamed(kept, positional)))


@pytest.mark.parametrize(
    ("source", "gone", "expected"),
    [
        ("f(1, 2, 3)", "", "g(1, 2, 3)"),
        ("f(1, 2, 3)", "a", "g(2, 3)"),
        ("f(1, 2, 3)", "b", "g(1, 3)"),
        ("f(1, 2, 3)", "c", "g(1, 2)"),
        ("f(1, 2, 3)", "abc", "g()"),
        ("f( 1,2 , c = 3 )", "b", "g( 1, c = 3 )"),
        ("f(1, 2,)", "b", "g(1,)"),
        ("f(\n    a=1,\n    b=2,\n)", "b", "g(\n    a=1,\n)"),
        ("f(\n    a=1,\n    b=2)", "b", "g(\n    a=1)"),
        ("f(\n    a=1, b=2,\n    c=3)", "b", "g(\n    a=1,\n    c=3)"),
        ("f(\n    a=1, b=2,\n    c=3)", "a", "g(\n    b=2,\n    c=3)"),
        ("f(a=1,\n  b=2,\n  c=3)", "a", "g(b=2,\n  c=3)"),
        ("f(a=1,\n  b=2,\n  c=3)", "b", "g(a=1,\n  c=3)"),
        ("f(a=1,\n  b=2,\n  c=3)", "c", "g(a=1,\n  b=2)"),
        ("f(1,  # one\n  2)", "a", "g(  # one\n  2)"),
        ("f(\n    1,  # one\n    2,  # two\n    3,\n)", "b", "g(\n    1,  # one\n    # two\n    3,\n)"),
        ("f(\n    1,  # one\n    2,  # two\n)", "b", "g(\n    1,  # one\n    # two\n)"),
        ("f(\n    1,\n    # about two\n    2,\n    3)", "b", "g(\n    1,\n    # about two\n    3)"),
        ("f(\n    1,  # one\n    2)", "b", "g(\n    1  # one\n)"),
    ],
)
def test_with_arguments(source: str, gone: str, expected: str) -> None:
    assert without(source, *gone) == expected


@pytest.mark.parametrize(
    ("source", "positional", "renames", "expected"),
    [
        ("f(1, 2, 3)", ("a", "c"), {}, "f(1, b=2, c=3)"),
        ("f(1, 2, c=3)", ("a", "b"), {"c": "e"}, "f(1, 2, e=3)"),
        ("f(1, 2)", ("x", "b"), {"a": "x"}, "f(1, 2)"),
        ("f(1, 2)", (), {}, "f(a=1, b=2)"),
        ("f(1, c = 3)", ("a",), {"c": "e"}, "f(1, e = 3)"),
    ],
)
def test_renamed(source: str, positional: tuple[str, ...], renames: dict[str, str], expected: str) -> None:
    call = parse(source)
    arguments = calls.renamed(calls.bind(call, call, PARAMETERS), positional, renames)
    assert code(calls.with_arguments(call, call.func, arguments)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("f()", "f(x=1)"),
        ("f(1)", "f(1, x=1)"),
        ("f(1,)", "f(1, x=1,)"),
        ("f(\n    1,\n    2,\n)", "f(\n    1,\n    2,\n    x=1,\n)"),
        ("f(1,\n  2)", "f(1,\n  2,\n  x=1)"),
        ("f(1,  # one\n  2)", "f(1,  # one\n  2,\n  x=1)"),
        ("f(1, 2,\n  3)", "f(1, 2,\n  3, x=1)"),
    ],
)
def test_append(source: str, expected: str) -> None:
    assert code(calls.append(parse(source), calls.keyword("x", cst.Integer("1")))) == expected


def test_rebuilt_calls_keep_their_own_parentheses() -> None:
    assert without("(f(1, 2))", "b") == "(g(1))"
