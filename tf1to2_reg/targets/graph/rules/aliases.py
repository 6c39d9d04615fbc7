"""Lost modules under a name of the program's own: `slim = tf.contrib.slim`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tf1to2_reg.facts.lost import MODULES
from tf1to2_reg.targets.graph.rules.imports import remove
from tf1to2_reg.targets.graph.work import Occurrence, Work


def rewrite(work: Work, is_needed: Callable[[str], bool]) -> None:
    """Take the assignments out; what the program takes from their names is edited or refused where it stands."""
    for occurrence in work.occurrences:
        statement = work.scopes.parent[occurrence.node]
        if occurrence.written in MODULES and isinstance(statement, ast.Assign):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            if len(names) == len(statement.targets):
                _take_out(work, occurrence, statement, names, is_needed)


def _take_out(
    work: Work, occurrence: Occurrence, statement: ast.Assign, names: list[str], is_needed: Callable[[str], bool]
) -> None:
    uses = [node for name in names for node in _uses(work, name)]
    unknown = next((node for node in uses if work.symbols.symbol(work.module, node) != occurrence.written), None)
    if unknown is not None:
        message = f"{unknown.id} is {occurrence.written} in some places only"
        work.refuse("TFR403", unknown, message, "Give it a name of its own.")
    elif any(is_needed(name) for name in names):
        message = f"another file imports {names[0]}, which is {occurrence.written}"
        work.refuse("TFR403", occurrence.node, message, "Import it from TensorFlow in each file.")
    else:
        remove(work, statement, work.positions.span(statement))


def _uses(work: Work, name: str) -> Iterator[ast.Name]:
    for node in work.scopes.of(ast.Name):
        if node.id == name and isinstance(node.ctx, ast.Load):
            yield node
