"""Which target an after is, by its text: a guess, which running it corrects, so that both sides can start at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tf1to2_reg.files.errors import SourceError
from tf1to2_reg.files.notebook import SUFFIX, read_notebook
from tf1to2_reg.verify.programs import Program, Target

_GRAPH = re.compile(rb"\bdisable_v2_behavior\b|\bdisable_eager_execution\b|Session\s*\(")
_TF2 = re.compile(rb"\bGradientTape\b|\btf\.function\b")
_MIGRATED = re.compile(rb"\bGradientTape\b|\btf\.function\b|\bimport graph_layers\b|\bgraph_layers import\b")
_TF1 = re.compile(rb"\btf\.(compat\.v1\.)?(layers|contrib)\.|\btensorflow\.contrib\b")
_MOST_FILES = 500


def guess_target(program: Program) -> Target:
    """The target of the first file that shows one: the script, then what it imports of its own folder."""
    for text in _texts(program):
        if _GRAPH.search(text):
            return Target.GRAPH
        if _TF2.search(text):
            return Target.TF2
    return Target.TF2


def are_swapped(before: Program, after: Program) -> bool:
    """True where the first program has what migrated programs have, and the second what they no longer have."""
    migrated = any(_MIGRATED.search(text) for text in _texts(before))
    return migrated and any(_TF1.search(text) for text in _texts(after) if not _MIGRATED.search(text))


def _texts(program: Program) -> Iterator[bytes]:
    """The script, then what it imports of its own folder."""
    waiting, seen = [program.folder / program.entry], set[Path]()
    while waiting and len(seen) < _MOST_FILES:
        path = waiting.pop(0)
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        text = _text(path)
        yield text
        waiting.extend(_imported(text, {path.parent, program.folder, (program.folder / program.entry).parent}))


def _text(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix != SUFFIX:
        return data
    try:
        return read_notebook(path, data).text.encode()
    except SourceError:
        return data


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
