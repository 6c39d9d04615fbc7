"""Imports of TensorFlow: `compat.v1` in every form; what TF 2.21 lost comes from the written module or goes."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tf1to2_reg.facts.compat_v1 import look_up
from tf1to2_reg.facts.lost import ALL_LAYERS, is_keras_of_now, is_private_same, piece, plain
from tf1to2_reg.facts.tf1_only import is_tf1_only
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.syntax.imports import Symbol
from tf1to2_reg.targets.graph.edits import Copied, Span, apply
from tf1to2_reg.targets.graph.placement import Spelling
from tf1to2_reg.targets.graph.symbols import imported_symbol
from tf1to2_reg.targets.graph.work import Work

V1 = "tensorflow.compat.v1"
_PRIVATE = ("tf.python.", "tf.core.")
_LOST_MODULES = ("tf.contrib", "tf.layers")


@dataclass(frozen=True)
class _New:
    """What one imported name becomes: `module` None is a plain import, "" goes, a piece has `piece`."""

    module: str | None
    name: str
    local: str
    piece: bool = False


@dataclass(frozen=True)
class Change:
    """An import statement, and what its names become."""

    statement: ast.Import | ast.ImportFrom
    parts: tuple[_New, ...]

    @property
    def pieces(self) -> frozenset[str]:
        """The names of the written module that it binds; all layers where it binds the module."""
        found: set[str] = set()
        for part in self.parts:
            if part.piece:
                found |= {part.name} if part.name else ALL_LAYERS
        return frozenset(found)

    @property
    def pieces_by_their_names(self) -> frozenset[str]:
        """Those that it binds under their own names."""
        return frozenset(part.name for part in self.parts if part.piece and part.name == part.local)


def changes(work: Work, is_needed: Callable[[str], bool]) -> list[Change]:
    """The imports of a file that change; `is_needed` says which of its names other files take."""
    if (star := next((star for star in work.scopes.stars if _hides_names(star)), None)) is not None:
        work.refuse("TFR403", star, "`import *` of TensorFlow: which names it binds is not known", "Import by name.")
        return []
    used = _names_that_stay(work)
    found = []
    for node in work.scopes.any_of(ast.Import, ast.ImportFrom):
        if _is_tensorflow(node):
            parts = tuple(_alias(work, node, alias, used, is_needed) for alias in node.names)
            if parts != tuple(_same(node, alias) for alias in node.names):
                found.append(Change(node, parts))
    return found


def write(work: Work, change: Change, spelling: Spelling | None) -> None:
    """Edit one import statement."""
    statement, parts = change.statement, change.parts
    span = work.positions.span(statement)
    if isinstance(statement, ast.Import) and all(part.module is None for part in parts):
        for alias, part in zip(statement.names, parts, strict=True):
            if part != _same(statement, alias):
                work.edit(work.positions.span(alias), _written(part))
        return
    modules = {part.module for part in parts}
    names = [(part.name, part.local) for part in parts if not part.piece]
    old = [(alias.name, alias.asname or alias.name) for alias in statement.names]
    if isinstance(statement, ast.ImportFrom) and len(modules) == 1 and names == old and all(modules):
        start = work.text.index(statement.module or "", span.start + len("from"))
        work.edit(Span(start, start + len(statement.module or "")), str(next(iter(modules))))
        return
    lines = [*_comments(work, span), *_lines(parts, spelling)]
    indent = " " * statement.col_offset
    if lines:
        work.edit(span, f"\n{indent}".join(lines))
    else:
        remove(work, statement, span)


def _alias(
    work: Work,
    statement: ast.Import | ast.ImportFrom,
    alias: ast.alias,
    used: set[str],
    is_needed: Callable[[str], bool],
) -> _New:
    same = _same(statement, alias)
    if _symbol(statement, alias) is None:
        return same
    if isinstance(statement, ast.Import):
        if alias.name.startswith((V1, "keras")) or (not alias.asname and work.keeps_import):
            return same
        if alias.name.startswith("tensorflow") and (not alias.asname or alias.name == "tensorflow"):
            return same if work.keeps_import else _New(None, V1, alias.asname or "tensorflow")
    symbol = _symbol(statement, alias)
    if symbol is None or (
        symbol.name.startswith("tf.keras") and plain(symbol.name) == symbol.name and not piece(symbol.name)
    ):
        return same
    return _new(work, symbol, same, used=(same.local or alias.name) in used, needed=is_needed(same.local or alias.name))


def _new(work: Work, symbol: Symbol, same: _New, *, used: bool, needed: bool) -> _New:
    """What an imported name becomes; one that nothing reads any more goes."""
    name = plain(symbol.name)
    if _is_lost(work, symbol, name):
        return _lost(name, same, used=used, needed=needed)
    is_today = work.keeps_import and not symbol.versioned and not is_tf1_only(name)
    if is_today or name == "tf" or (name == symbol.name and name.startswith(_PRIVATE)):
        return same
    if name == "tf.keras.utils":  # np_utils
        return _New((same.module or "").removesuffix(".utils"), "utils", same.local)
    owner, _, last = ("tf.flags" if name == "tf.app.flags" else name).rpartition(".")
    return _New(V1 + owner.removeprefix("tf"), last, same.local)


def _is_lost(work: Work, symbol: Symbol, name: str) -> bool:
    if piece(name) is not None or name.startswith(_LOST_MODULES):
        return True
    if name == symbol.name and name.startswith(_PRIVATE):
        return not is_private_same(name)
    if work.keeps_import and not symbol.versioned and not is_tf1_only(name):
        return False
    return bool(look_up(name).missing)


def _lost(name: str, same: _New, *, used: bool, needed: bool) -> _New:
    """The written module's name for a lost one; the old import where that is all there is."""
    if not (used or needed):
        return _New("", "", same.local)
    if (known := piece(name)) is not None:
        return _New("", known, same.local, piece=True)
    if name == "tf.layers" or (needed and name.startswith(_LOST_MODULES)):
        return _New("", "", same.local, piece=True)
    return same


def _same(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> _New:
    if isinstance(statement, ast.Import):
        return _New(None, alias.name, alias.asname or "")
    return _New(statement.module or "", alias.name, alias.asname or alias.name)


def _symbol(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> Symbol | None:
    if isinstance(statement, ast.Import):
        return imported_symbol(alias.name)
    return imported_symbol(f"{statement.module}.{alias.name}")


def _hides_names(star: ast.AST) -> bool:
    """Whether `from module import *` may bind names of TensorFlow that are others now."""
    if not isinstance(star, ast.ImportFrom) or star.level:
        return False
    symbol = imported_symbol(star.module or "")
    return symbol is not None and not is_keras_of_now(symbol.name)


def _is_tensorflow(statement: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return not statement.level and imported_symbol(statement.module or "") is not None
    return any(imported_symbol(alias.name) is not None for alias in statement.names)


def _names_that_stay(work: Work) -> set[str]:
    """Names that stand for TensorFlow or a part of it and are still read in the new text."""
    _, copied = apply(work.text, work.edits)
    copied.sort(key=lambda part: part.old)
    starts = [part.old for part in copied]
    found = set()
    for occurrence in work.occurrences:
        root: ast.expr = occurrence.node
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and _is_copied(work.positions.span(root), starts, copied):
            found.add(root.id)
    return found


def _is_copied(span: Span, starts: list[int], copied: list[Copied]) -> bool:
    index = bisect_right(starts, span.start) - 1
    return index >= 0 and copied[index].old + copied[index].length >= span.end


def _written(part: _New) -> str:
    return f"{part.name} as {part.local}" if part.local and part.local != part.name else part.name


def _lines(parts: Iterable[_New], spelling: Spelling | None) -> list[str]:
    lines: list[str] = []
    froms: dict[str, list[_New]] = {}
    pieces = [(part.name, part.local) for part in parts if part.piece and part.name]
    for part in parts:
        if part.piece and not part.name and spelling is not None:
            lines.append(spelling.module(part.local))
        elif part.module is None:
            lines.append(f"import {_written(part)}")
        elif part.module:
            froms.setdefault(part.module, []).append(part)
    lines += [f"from {module} import {', '.join(map(_written, group))}" for module, group in froms.items()]
    if pieces and spelling is not None:
        lines += spelling.names(pieces).split("\n")
    return lines


def _comments(work: Work, span: Span) -> list[str]:
    return [t.text for t in work.tokens if t.is_comment and span.start < t.span.start < span.end]


def remove(work: Work, statement: ast.stmt, span: Span) -> None:
    """Take a statement out, with its line where it has one of its own."""
    parent = work.scopes.parent[statement]
    block = next(block.statements for block in blocks(parent) if statement in block.statements)
    start, end = work.positions.line_start(statement.lineno), work.positions.line_start((statement.end_lineno or 0) + 1)
    line = work.text[start:end]
    alone = not work.text[start : span.start].strip() and not work.text[span.end : end].split("#")[0].strip()
    if (len(block) == 1 and not isinstance(parent, ast.Module)) or not alone or "#" in line:
        work.edit(span, "pass")
    else:
        work.edit(Span(start, min(end, len(work.text))))
