"""Small changes of a module: what `mutation.py` makes of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DECIDES = ("tf1to2_reg/targets", "tf1to2_reg/network", "tf1to2_reg/program", "transforms")
"""Where what is written decides whether a migration is exact."""
JUDGED = ROOT / "tf1to2_reg" / "targets" / "graph" / "graph_layers"
"""Not changed: the module that is written beside a program needs TensorFlow to run, as do the tables in facts/."""

Change = Callable[[ast.AST], "ast.AST | None"]


_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip


def _negated(node: ast.AST) -> ast.AST | None:
    """A condition the other way round."""
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, ast.Constant):
        node.test = ast.UnaryOp(ast.Not(), node.test)
        return node
    if isinstance(node, ast.comprehension) and node.ifs:
        node.ifs[0] = ast.UnaryOp(ast.Not(), node.ifs[0])
        return node
    return None


def _compared(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        node.ops = [_COMPARISONS[type(node.ops[0])]()]
        return node
    return None


def _joined(node: ast.AST) -> ast.AST | None:
    """`or` for `and`, and the reverse."""
    if isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return node
    return None


def _affirmed(node: ast.AST) -> ast.AST | None:
    return node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else None


def _dropped(node: ast.AST) -> ast.AST | None:
    """Nothing in place of a refusal or of a call for its effect."""
    if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return ast.copy_location(ast.Pass(), node)
    return None


def _constant(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return ast.copy_location(ast.Constant(not node.value), node)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return ast.copy_location(ast.Constant(node.value + 1), node)
    return None


def _without_last(node: ast.AST) -> ast.AST | None:
    """A set, list or table with an element less."""
    if (
        isinstance(node, ast.Set | ast.List | ast.Tuple)
        and len(node.elts) > 1
        and isinstance(node.elts[-1], ast.Constant)
    ):
        del node.elts[-1]
        return node
    if isinstance(node, ast.Dict) and len(node.keys) > 1:
        del node.keys[-1], node.values[-1]
        return node
    return None


def _word_less(node: ast.AST) -> ast.AST | None:
    """A table written as words in a text, with a word less."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(words := node.value.split(" ")) > 4:
        return ast.copy_location(ast.Constant(" ".join(words[:-1])), node)
    return None


CHANGES: dict[str, Change] = {
    "negate a condition": _negated,
    "swap a comparison": _compared,
    "swap and, or": _joined,
    "drop a not": _affirmed,
    "drop a statement": _dropped,
    "change a constant": _constant,
    "drop an element": _without_last,
    "drop a word": _word_less,
}
_CHANGED = (
    ast.BoolOp, ast.Compare, ast.Constant, ast.Dict, ast.Expr, ast.If, ast.IfExp, ast.List, ast.Raise, ast.Set,
    ast.Tuple, ast.UnaryOp, ast.While, ast.comprehension,
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A change of a node, found again by its place in the walk over the module."""

    path: Path
    line: int
    change: str
    place: int
    node: ast.AST
    at_import: bool
    """True for what runs when the module is imported: no function holds it."""

    def __str__(self) -> str:
        text = ast.unparse(self.node).split("\n")[0][:90]
        return f"{self.path.relative_to(ROOT)}:{self.line} {self.change}: {text}"

    @property
    def room(self) -> str:
        return str(self.path.parent.relative_to(ROOT)).removeprefix("tf1to2_reg/")

    def tree(self) -> ast.Module:
        """The module with the change."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        changed = CHANGES[self.change](list(ast.walk(tree))[self.place])
        assert changed is not None
        _Replaced(list(ast.walk(tree))[self.place], changed).visit(tree)
        return ast.fix_missing_locations(tree)


class _Replaced(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every change of a module, texts for people and annotations aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = _for_people(tree)
    inside = _in_functions(tree)
    for place, node in enumerate(ast.walk(tree)):
        line = _line_of(node)
        if not line or node in skipped or not isinstance(node, _CHANGED):
            continue
        for name, change in CHANGES.items():
            if change(_copied(node)) is not None:
                yield Mutant(path, line, name, place, node, node not in inside)


def _in_functions(tree: ast.Module) -> set[ast.AST]:
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        body = node.body if isinstance(node, ast.FunctionDef) else [node.body] if isinstance(node, ast.Lambda) else []
        found.update(part for inner in body for part in ast.walk(inner))
    return found


def _copied(node: ast.AST) -> ast.AST:
    """The node with lists of its own, which is all that a change changes."""
    fields = {name: list(part) if isinstance(part, list) else part for name, part in ast.iter_fields(node)}
    return ast.copy_location(type(node)(**fields), node)


def _line_of(node: ast.AST) -> int:
    """The line that runs when the node does."""
    inner = node.iter if isinstance(node, ast.comprehension) else node
    line: int = getattr(inner, "lineno", 0)
    return line


def _for_people(tree: ast.Module) -> set[ast.AST]:
    """Nodes of docstrings, messages, annotations, `__all__` and options of dataclasses: no test need notice."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        for part in _text_parts(node):
            found |= set(ast.walk(part))
    return found


def _text_parts(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr():
            yield node
        case ast.FunctionDef():
            yield from (
                part.annotation for part in ast.walk(node.args) if isinstance(part, ast.arg) and part.annotation
            )
            yield from [node.returns] if node.returns else []
        case ast.AnnAssign():
            yield node.annotation
        case ast.Assign(targets=[ast.Name("__all__")]):
            yield node
        case ast.Call(func=ast.Name("dataclass")):
            yield from node.keywords
        case ast.Call():
            yield from (part for part in node.args if isinstance(part, ast.Constant) and " " in str(part.value))
        case ast.Assign(targets=[ast.Name("message")]):
            yield node.value
        case _:
            pass
