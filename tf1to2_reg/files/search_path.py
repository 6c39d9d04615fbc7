"""Folders that a file puts on Python's search path: `sys.path.append("./utility")`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_ADDS = frozenset({"append", "extend", "insert"})


def added_folders(tree: ast.Module) -> frozenset[tuple[str, ...]]:
    """The folders, as far as their text says: what stands before it, a variable or `..`, is some folder above.

    >>> added_folders(ast.parse("sys.path.append(os.path.join(ROOT, '..', 'nets'))"))
    frozenset({('nets',)})
    """
    paths = (_path(argument) for argument in _arguments(tree))
    return frozenset(parts for parts in paths if parts)


def last_addition(tree: ast.Module) -> int:
    """The line of the last statement of a file that adds a folder, 0 without one."""
    return max((argument.end_lineno or 0 for argument in _arguments(tree)), default=0)


def _arguments(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=path, attr=name), args=[*_, argument]) if name in _ADDS:
                if _is_search_path(path):
                    yield argument
            case ast.AugAssign(target=path, value=argument) if _is_search_path(path):
                yield argument


def _is_search_path(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="sys"), attr="path"):
            return True
    return False


def _path(argument: ast.expr) -> tuple[str, ...]:
    constants = (node.value for node in ast.walk(argument) if isinstance(node, ast.Constant))
    texts = [value for value in constants if isinstance(value, str)]
    if isinstance(argument, ast.Constant) and texts and texts[0].startswith("/"):
        return ()  # a folder of one machine
    return tuple(part for part in "/".join(texts).split("/") if part not in {"", ".", ".."})
