"""Which target an after is, by its text: a guess, which running it corrects, so that both sides can start at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tf1to2_reg.verify.programs import Program, Target

_GRAPH = re.compile(rb"\bdisable_v2_behavior\b|\bdisable_eager_execution\b|Session\s*\(")
_TF2 = re.compile(rb"\bGradientTape\b|\btf\.function\b")
_MOST_FILES = 500


def guess_target(program: Program) -> Target:
    """The target of the first file that shows one: the script, then what it imports of its own folder."""
    waiting, seen = [program.folder / program.entry], set[Path]()
    while waiting and len(seen) < _MOST_FILES:
        path = waiting.pop(0)
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        text = path.read_bytes()
        if _GRAPH.search(text):
            return Target.GRAPH
        if _TF2.search(text):
            return Target.TF2
        waiting.extend(_imported(text, {path.parent, program.folder, (program.folder / program.entry).parent}))
    return Target.TF2


def _imported(text: bytes, folders: set[Path]) -> Iterator[Path]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    for name in _modules(tree):
        for folder in folders:
            path = folder.joinpath(*name.split("."))
            yield from (path.with_suffix(".py"), path / "__init__.py")


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield from ([module] if module else [])
            yield from (f"{module}.{alias.name}".lstrip(".") for alias in node.names)
