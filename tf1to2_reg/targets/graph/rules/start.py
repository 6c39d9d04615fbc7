"""`tf.disable_v2_behavior()` where a program starts, and the import of the written module at the head of a file."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from tf1to2_reg.facts.lost import plain
from tf1to2_reg.syntax.imports import Symbol
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.targets.graph.edits import Span
from tf1to2_reg.targets.graph.placement import Spelling
from tf1to2_reg.targets.graph.programs import Imports, statements_at_import
from tf1to2_reg.targets.graph.symbols import Defined, File
from tf1to2_reg.targets.graph.work import Occurrence, Work

SWITCHES = frozenset({"tf.disable_v2_behavior", "tf.disable_eager_execution"})

_HARMLESS = (
    "tf.app.", "tf.flags.", "tf.logging.", "tf.gfile.", "tf.compat.as_", "tf.test.", "tf.get_logger",
    "tf.ConfigProto", "tf.GPUOptions", "tf.keras.regularizers.", "tf.contrib.layers.l2_regularizer",
    "tf.contrib.layers.l1_regularizer", "tf.contrib.layers.xavier_initializer", *SWITCHES,
)  # fmt: skip
"""Calls that do the same before and after the switch."""


def switches_itself(works: Iterable[Work]) -> bool:
    """Whether a program leaves TF2's behavior already."""
    return any(occurrence.symbol in SWITCHES for work in works for occurrence in work.occurrences)


class Head:
    """The head of one file: where new lines go."""

    def __init__(self, work: Work, works: Mapping[Module, Work], graph: Imports) -> None:
        self._work = work
        self._works = works
        self._graph = graph
        self._body = work.module.tree.body

    def write(self, spelling: Spelling | None, *, starts: bool) -> None:
        """Add the imports that the new text needs, and the switch where the program starts here."""
        lines = self._imports(spelling)
        statement = self._last_import()
        if not starts:
            self._insert(statement, lines, [])
            return
        root, new_import = self._root(statement)
        switch = [f"{root}.disable_v2_behavior()"]
        early = self._early(statement)
        if early is None:
            self._insert(statement, [*new_import, *lines], switch)
        else:
            self._insert(statement, lines, [])
            place, is_bound = early
            name = root if new_import or "." not in root else root.partition(".")[0]
            needed = [] if is_bound else new_import or [f"import tensorflow.compat.v1 as {name}"]
            self._insert(place, needed, switch, is_early=True)

    def _imports(self, spelling: Spelling | None) -> list[str]:
        work, lines = self._work, []
        if spelling is None:
            return []
        if work.whole_module or work.qualified:
            lines.append(spelling.module(work.module_name))
        if work.pieces:
            lines += spelling.names((name, name) for name in work.pieces).split("\n")
        return lines

    def _root(self, last: ast.stmt | None) -> tuple[str, list[str]]:
        """The name of TensorFlow after the head, and the import that it needs."""
        for name in self._work.roots:
            bindings = self._work.scopes.module.bindings[name]
            if all(_line(b.node) <= _line(last) for b in bindings):
                return (f"{name}.compat.v1" if self._is_of_today(name) else name), []
        name = next(name for name in ("tf", "tf1", "tf_v1", "_tf") if name not in self._work.names)
        return name, [f"import tensorflow.compat.v1 as {name}"]

    def _is_of_today(self, name: str) -> bool:
        meaning = self._work.symbols.member(self._work.module, name)
        return self._work.keeps_import and isinstance(meaning, Symbol) and not meaning.versioned

    def _last_import(self) -> ast.stmt | None:
        """The last import before anything that may need it."""
        last = None
        first = min((e.span.start for e in self._work.edits if not self._is_in_import(e.span)), default=None)
        for statement in self._body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                break
            if first is not None and self._work.positions.span(statement).end > first:
                break
            if _holds_import(statement):
                last = statement
        return last or self._prologue()

    @cached_property
    def _imports_of_body(self) -> list[Span]:
        """The statements of the module that hold imports, those at the head of a block among them."""
        found = []
        for statement in self._body:
            simple = isinstance(statement, ast.Import | ast.ImportFrom)
            if simple or (isinstance(statement, ast.Try | ast.If) and _holds_import(statement)):
                span = self._work.positions.span(statement)
                found.append(Span(span.start, span.end + 1))
        return found

    def _is_in_import(self, span: Span) -> bool:
        index = bisect_right(self._imports_of_body, Span(span.start, len(self._work.text) + 2)) - 1
        return index >= 0 and span.end <= self._imports_of_body[index].end

    def _prologue(self) -> ast.stmt | None:
        """The docstring."""
        first = self._body[0] if self._body else None
        is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        return first if is_text else None

    def _early(self, last: ast.stmt | None) -> tuple[ast.stmt | None, bool] | None:
        """Where the switch must go to come before all use of TensorFlow, None where the head's end is early enough."""
        head = [statement for statement in self._body if _line(statement) <= _line(last)]
        if not any(self._uses_tensorflow(statement, self._work) for statement in head):
            return None
        before: ast.stmt | None = self._prologue()
        bound = False
        for statement in head:
            if self._uses_tensorflow(statement, self._work):
                return before, bound
            if isinstance(statement, ast.Import | ast.ImportFrom):
                before = statement
                bound = bound or self._binds_root(statement)
        return None

    def _binds_root(self, statement: ast.stmt) -> bool:
        bindings = self._work.scopes.module.bindings
        return any(binding.owner is statement for name in self._work.roots for binding in bindings[name])

    def _uses_tensorflow(self, statement: ast.stmt, work: Work) -> bool:
        """Whether running a statement may build a graph or run an op: itself, or a file that it imports."""
        if _effects(work, [statement]):
            return True
        return any(self._file_uses(module, set()) for module in self._imported_by(statement, work))

    def _file_uses(self, module: Module, seen: set[Module]) -> bool:
        if module in seen or module not in self._works:
            return False
        seen.add(module)
        if _effects(self._works[module], list(statements_at_import(module.tree.body))):
            return True
        return any(self._file_uses(target, seen) for target in self._graph.modules[module])

    def _imported_by(self, statement: ast.stmt, work: Work) -> Iterator[Module]:
        for node in ast.walk(statement):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for target in self._graph.modules[work.module]:
                    if target.parts[-1] in _words(node):
                        yield target

    def _insert(
        self, after: ast.stmt | None, imports: Sequence[str], switch: Sequence[str], *, is_early: bool = False
    ) -> None:
        if not imports and not switch:
            return
        work = self._work
        line = (after.end_lineno or after.lineno) + 1 if after is not None else 1
        offset = min(work.positions.line_start(line), len(work.text))
        text = "\n".join(imports) + "\n" if imports else ""
        if text and after is not None and not self._is_local(after):
            text = "\n" + text
        if switch:
            text += ("\n" if after is not None or imports else "") + "\n".join(switch) + "\n"
        if after is None or (is_early and not _is_blank(work.text, offset)):
            text += "\n"
        if offset == len(work.text) and work.text and not work.text.endswith("\n"):
            text = "\n" + text.rstrip("\n")
        work.edit(Span(offset, offset), text)

    def _is_local(self, statement: ast.stmt) -> bool:
        if isinstance(statement, ast.ImportFrom) and statement.level:
            return True
        return isinstance(statement, ast.Import | ast.ImportFrom) and any(self._imported_by(statement, self._work))


def _effects(work: Work, statements: Sequence[ast.stmt]) -> bool:
    """Whether statements, run at import, call TensorFlow or what may call it."""
    called = work.called
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for node in _run_now(statement):
            if isinstance(node, ast.Call) and (node in called and not _is_harmless(called[node])):
                return True
            if isinstance(node, ast.Call) and isinstance(work.symbols.meaning(work.module, node.func), Defined | File):
                return True
    return False


def _run_now(statement: ast.stmt) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _is_harmless(occurrence: Occurrence) -> bool:
    return plain(occurrence.symbol).startswith(_HARMLESS)


def _holds_import(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(statement))


def _words(node: ast.Import | ast.ImportFrom) -> set[str]:
    dotted = [alias.name for alias in node.names] + ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
    return {part for name in dotted for part in name.split(".")}


def _line(node: ast.AST | None) -> int:
    return getattr(node, "end_lineno", None) or 0


def _is_blank(text: str, offset: int) -> bool:
    return text[offset : text.find("\n", offset)].strip() == ""
