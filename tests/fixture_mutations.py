"""Fixtures changed in ways that must not matter: other names, another place, a second call, prints."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

TAKEN = (
    "model", "Model", "loss", "train_step", "optimizer", "tape", "gradients", "network", "values", "variables",
    "compute_loss", "training", "error", "self", "keras", "step", "losses", "call", "data_loss", "penalty",
)  # fmt: skip
"""Names that the output uses, or might."""

Files = dict[str, str]
ENTRY = "before.py"


@dataclass(frozen=True)
class Mutant:
    """A changed program: its files by name."""

    name: str
    files: Files


def mutants(source: str, random: Random) -> Iterator[Mutant]:
    """One mutant of each kind that the program allows."""
    for name, mutate in MUTATIONS.items():
        files = mutate(ast.parse(source), random)
        if files is not None:
            yield Mutant(name, files)


def _text(body: Sequence[ast.stmt]) -> str:
    return ast.unparse(ast.fix_missing_locations(ast.Module(list(body), []))) + "\n"


# Names


class _Renamer(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.name = self.names.get(node.name, node.name)
        self.generic_visit(node)
        return node

    def visit_Global(self, node: ast.Global) -> ast.Global:
        node.names = [self.names.get(name, name) for name in node.names]
        return node


def renamed(tree: ast.Module, random: Random) -> Files | None:
    """Some of the variables and functions get names that the output uses."""
    nodes = list(ast.walk(tree))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    fixed = {node.arg for node in nodes if isinstance(node, ast.arg | ast.keyword)}
    used = {node.id for node in nodes if isinstance(node, ast.Name)} | fixed | bound
    free = [name for name in TAKEN if name not in used]
    chosen = random.sample(sorted(bound - fixed), min(4, len(bound - fixed), len(free)))
    if not chosen:
        return None
    names = dict(zip(chosen, random.sample(free, len(chosen)), strict=True))
    return {ENTRY: ast.unparse(ast.fix_missing_locations(_Renamer(names).visit(tree))) + "\n"}


# Places


def _is_fixed(stmt: ast.stmt) -> bool:
    is_docstring = isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Constant)
    return is_docstring or isinstance(stmt, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def in_function(tree: ast.Module, _random: Random) -> Files | None:
    """What the script does stands in a function."""
    moved = [stmt for stmt in tree.body if not _is_fixed(stmt)]
    if len(moved) < 3:
        return None
    kept = [stmt for stmt in tree.body if _is_fixed(stmt)]
    main = ast.parse("def main():\n    pass\n\nmain()\n").body
    assert isinstance(main[0], ast.FunctionDef)
    main[0].body = moved
    return {ENTRY: _text([*kept, *main])}


def in_other_file(tree: ast.Module, random: Random) -> Files | None:
    """The functions of the script stand in another file, with the constants before them."""
    functions = [stmt for stmt in tree.body if isinstance(stmt, ast.FunctionDef)]
    if not functions:
        return None
    last = tree.body.index(functions[-1])
    moved = [
        s for s in tree.body[: last + 1] if isinstance(s, ast.FunctionDef | ast.Import | ast.ImportFrom | ast.Assign)
    ]
    rest = [stmt for stmt in tree.body if stmt not in moved or isinstance(stmt, ast.Import | ast.ImportFrom)]
    names = [stmt.name for stmt in functions]
    names += [t.id for stmt in moved if isinstance(stmt, ast.Assign) for t in stmt.targets if isinstance(t, ast.Name)]
    if random.random() < 0.5:
        rest.insert(_after_imports(rest), ast.ImportFrom("parts", [ast.alias(name) for name in names], 0))
        return {ENTRY: _text(rest), "parts.py": _text(moved)}
    rest.insert(_after_imports(rest), ast.Import([ast.alias("parts")]))
    qualified = _Qualifier(set(names)).visit(ast.Module(rest, []))
    return {ENTRY: _text(qualified.body), "parts.py": _text(moved)}


class _Qualifier(ast.NodeTransformer):
    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Attribute(ast.Name("parts", ast.Load()), node.id, node.ctx) if node.id in self.names else node


def _after_imports(body: list[ast.stmt]) -> int:
    places = [place for place, stmt in enumerate(body) if isinstance(stmt, ast.Import | ast.ImportFrom)]
    return max(places, default=-1) + 1


# More than once, and seen from outside


def called_twice(tree: ast.Module, _random: Random) -> Files | None:
    """A function that the script calls for a value is called once more, for nothing."""
    functions = {stmt.name for stmt in tree.body if isinstance(stmt, ast.FunctionDef)}
    for body in _bodies(tree):
        for place, stmt in enumerate(body):
            call = stmt.value if isinstance(stmt, ast.Assign) else None
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in functions
                and call.args
            ):
                body.insert(place + 1, ast.Assign([ast.Name("again", ast.Store())], call))
                return {ENTRY: _text(tree.body)}
    return None


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    yield tree.body
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.body


def printing(tree: ast.Module, random: Random) -> Files | None:
    """Functions and the script say where they are."""
    for number, body in enumerate(list(_bodies(tree))):
        places = [place for place in range(1, len(body)) if not _is_fixed(body[place])]
        if places and random.random() < 0.7:
            body.insert(random.choice(places), ast.parse(f'print("passed", {number})').body[0])
    return {ENTRY: _text(tree.body)}


MUTATIONS: dict[str, Callable[[ast.Module, Random], Files | None]] = {
    "renamed": renamed,
    "in_function": in_function,
    "in_other_file": in_other_file,
    "called_twice": called_twice,
    "printing": printing,
}
