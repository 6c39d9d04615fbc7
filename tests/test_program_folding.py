"""Values that the abstract run computes are Python's own, whatever the values that it does not know."""

from __future__ import annotations

import ast
import itertools
import warnings

import pytest
from programs import HEAD, trace

from tf1to2_reg.program.values import type_of

OPERANDS = ("0", "1", "2", "-3", "0.5", "True", "None", "'a'", "'12'", "[1, 2]", "()", "(3, 'b')", "u")
UNKNOWN = (0, 1, 7, 2.5, True, "a", None, [3])
"""What `u` may be."""
NUMBERS = ("0", "1", "2", "-3", "0.5", "u")
INDEXES = ("0", "1", "-1", "2", "-3", "u", "True", "0.5", "1:", ":1", ":", "::2", "::-1", "u:", ":u", "0:u", "5:",
           "-1:", "None:1", "1.5:")  # fmt: skip
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def every(template: str, **parts: tuple[str, ...]) -> list[str]:
    """The template with every choice of its parts."""
    choices = itertools.product(*parts.values())
    return [template.format(**dict(zip(parts, choice, strict=True))) for choice in choices]


KNOWN = {
    "arithmetic": every("{a} {op} {b}", a=NUMBERS, op=("+", "-", "*", "/", "//", "%"), b=NUMBERS),
    "comparison": every("{a} {op} {b}", a=OPERANDS, op=(*COMPARISONS, "in", "not in"), b=OPERANDS),
    "chain": every("{a} {o} {b} {p} {c}", a=("1", "2", "u"), o=("<", "==", "!="), b=("1", "2", "u"),
                   p=("<", ">=", "=="), c=("1", "2", "u")),
    "boolean": every("{a} {op} {b}", a=OPERANDS, op=("and", "or"), b=OPERANDS),
    "three": every("{a} {o} {b} {p} {c}", a=("0", "2", "u", "None"), o=("and", "or"), b=("0", "2", "u", "None"),
                   p=("and", "or"), c=("0", "2", "u", "None")),
    "not": every("not {a}", a=OPERANDS),
    "negative": every("- {a}", a=NUMBERS),
    "choice": every("{a} if {c} else {b}", a=("1", "u", "None"), c=OPERANDS, b=("1", "2", "u")),
    "part": every("{a}[{i}]", a=("[1, 2]", "(3, 'b')", "[u, 1]", "[1, u]"), i=INDEXES),
    "conversion": every("{f}({a})", f=("int", "float"), a=OPERANDS),
    "length": every("len({a})", a=("[1, 2]", "()", "(3, 'b')", "u", "[u, 1]", "list()", "tuple()",
                                  "list((1, 2))", "tuple([1, 2])")),
}  # fmt: skip
"""Known wherever all of their parts are."""
MAYBE_KNOWN = {
    "operator": every("{a} {op} {b}", a=OPERANDS, op=("+", "-", "*", "/", "//", "%", "**", "is", "is not"), b=OPERANDS),
    "unary": every("{op} {a}", op=("+", "-", "~"), a=OPERANDS),
    "builtin": every("{f}({a})", f=("abs", "bool", "list", "max", "min", "round", "sorted", "str", "sum", "tuple"),
                     a=OPERANDS),
    "two": every("{f}({a}, {b})", f=("int", "max", "min", "round", "isinstance"), a=(*NUMBERS, "'12'"),
                 b=("0", "1", "3", "u")),
    "text": every("{a}[{i}]", a=("'12'", "u"), i=INDEXES),
}  # fmt: skip


def values(expression: str) -> list[object]:
    """What Python gives for each value of `u` for which it gives anything."""
    found = []
    for unknown in UNKNOWN:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found.append(eval(expression, {"u": unknown}))
            except Exception:
                continue
    return found


@pytest.mark.parametrize("kind", [*KNOWN, *MAYBE_KNOWN])
def test_what_is_known_is_so(kind: str) -> None:
    expressions = [text for text in (KNOWN | MAYBE_KNOWN)[kind] if values(text)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = trace(HEAD + "import os\nu = os.getpid()\n" + "".join(f"use({text})\n" for text in expressions))
    calls = [node for node in ast.walk(program.entry.tree) if isinstance(node, ast.Call)]
    uses = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "use"]
    for text, use in zip(expressions, sorted(uses, key=lambda node: node.lineno), strict=True):
        constant = program.facts.constant(use.args[0])
        if constant is None:
            assert kind in MAYBE_KNOWN or "u" in text, text
        else:
            assert all(type(constant.value) is type(value) and constant.value == value for value in values(text)), text


@pytest.mark.parametrize("comparison", ["'a' is 'a'", "500 is 500", "'a' is not 'a'", "(1, 2) is (1, 2)"])
def test_whether_equal_values_are_one_object_is_not_known(comparison: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = trace(HEAD + f"use({comparison})\n")
    use = next(
        node for node in ast.walk(program.entry.tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "use"
    )
    assert program.facts.constant(use.args[0]) is None


TYPED = {
    "int": ("n", "abs(n)", "round(f)", "round(n)", "n + 1", "n // 2", "n % 3", "-n", "max(n, 1)", "int(u)", "len(u)",
            "n if u else 1", "[n][0]", "(f, n)[1]", "int(u) + int(u)"),
    "float": ("f", "abs(f)", "n + f", "f * 2", "n / 2", "f // 2", "-f", "max(f, 1.0)", "min(f, 2.0)", "float(u)"),
    "str": ("str(u)",),
    "bool": ("not n", "bool(u)"),
    "unknown": ("u", "abs(u)", "round(f, 1)", "n ** 2", "max(n, 0.5)", "sum(u)", "n and f", "n if u else 0.5", "u + n",
                "n * u", "round(u)", "abs(f, 1)", "f and n"),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPED)
def test_types_of_values_that_are_not_known(name: str) -> None:
    uses = "".join(f"use({expression})\n" for expression in TYPED[name])
    program = trace(HEAD + "import os\nu = os.getpid()\nn = int(u)\nf = float(u)\n" + uses)
    for node in ast.walk(program.entry.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "use":
            value = program.facts.value(node.args[0])
            kind = type_of(value) if value is not None else None
            assert (kind.__name__ if kind is not None else "unknown") == name, ast.unparse(node)
