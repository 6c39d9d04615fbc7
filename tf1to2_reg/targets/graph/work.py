"""What is known of one file, and what is to become of it: the rules read the first half and fill the second."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.facts.lost import PIECES, piece, plain
from tf1to2_reg.facts.tf1_only import is_tf1_only
from tf1to2_reg.syntax.imports import Symbol
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.scopes import Kind, Scopes
from tf1to2_reg.targets.graph.edits import Edit, Positions, Span
from tf1to2_reg.targets.graph.symbols import Symbols
from tf1to2_reg.targets.graph.values import ValuesOf

MODULE = "graph_layers"
"""The usual name of the written module."""


@dataclass(frozen=True, eq=False)
class Occurrence:
    """A whole chain of attributes that starts at TensorFlow: `tf.layers.dense`.

    `written` is its name in TensorFlow 1, `symbol` the name that the facts know for the same thing; `call` is the call
    whose function the chain is.
    """

    node: ast.Name | ast.Attribute
    written: str
    symbol: str
    versioned: bool
    call: ast.Call | None


@dataclass(frozen=True)
class Token:
    """A token of the text, where it stands."""

    span: Span
    text: str
    is_comment: bool


@dataclass(eq=False)
class Work:
    """One file on its way through the rules."""

    module: Module
    symbols: Symbols
    values: ValuesOf
    edits: list[Edit] = field(default_factory=list)
    reasons: list[Diagnostic] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)
    pieces: set[str] = field(default_factory=set)
    """Names of the written module that the new text uses by themselves."""
    qualified: set[str] = field(default_factory=set)
    """Names that it uses as attributes of the written module, since the file has a name like it."""
    used: set[str] = field(default_factory=set)
    """Names that it uses and that the file imports already."""
    whole_module: bool = False
    keras_layers: set[str] = field(default_factory=set)
    """Layers of Keras that it hands to the graph's model."""
    sites: int = 0
    unused: Callable[[], frozenset[ast.AST]] = frozenset
    """Gives what stands in functions that nothing calls; in a library something else may."""

    @cached_property
    def text(self) -> str:
        return self.module.source.text

    @cached_property
    def scopes(self) -> Scopes:
        return self.symbols.scopes(self.module)

    @cached_property
    def positions(self) -> Positions:
        return Positions(self.text)

    @cached_property
    def occurrences(self) -> list[Occurrence]:
        return list(self._find_occurrences())

    @cached_property
    def called(self) -> dict[ast.Call, Occurrence]:
        """The calls of names of TensorFlow."""
        return {occurrence.call: occurrence for occurrence in self.occurrences if occurrence.call is not None}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that the file binds or reads unbound, anywhere; `moved` ones only if bound elsewhere too."""
        inner = {name for scope in self.scopes.all[1:] for name in scope.bindings}
        own = self.scopes.module.bindings.keys() - self.moved
        free = {node.id for node in self.scopes.of(ast.Name) if not self.scopes.scope[node].find(node.id)}
        return frozenset(inner | own | free)

    @cached_property
    def keeps_import(self) -> bool:
        """Whether the file spells `compat.v1` itself, or did before it migrated, so that the others are today's."""
        spelled = any(occurrence.versioned for occurrence in self.occurrences) or bool(self.present)
        return spelled and not any(is_tf1_only(o.symbol) for o in self.occurrences if not o.versioned)

    @cached_property
    def tokens(self) -> list[Token]:
        found = []
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            start = self.positions.line_start(token.start[0]) + token.start[1]
            end = self.positions.line_start(token.end[0]) + token.end[1]
            if token.string.strip():
                found.append(Token(Span(start, end), token.string, token.type == tokenize.COMMENT))
        return found

    @cached_property
    def token_starts(self) -> list[int]:
        return [token.span.start for token in self.tokens]

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Names of the module's own scope that are TensorFlow itself."""
        bindings = self.scopes.module.bindings
        return tuple(name for name in bindings if self.symbols.member(self.module, name) == Symbol("tf"))

    def root(self, occurrence: Occurrence) -> str | None:
        """The file's text for TensorFlow itself at an occurrence."""
        node: ast.expr = occurrence.node
        while isinstance(node, ast.Attribute):
            node = node.value
            if self.symbols.symbol(self.module, node) == "tf" and not isinstance(node, ast.Attribute):
                return self.source(node)
        scope = self.scopes.scope[occurrence.node]
        seen = self.scopes.module.bindings
        return next((name for name in self.roots if scope.find(name) is seen[name]), None)

    def root_v1(self, occurrence: Occurrence) -> str | None:
        """The new file's text for the interface of TensorFlow 1: the imports of a file that spells it stay."""
        root = self.root(occurrence)
        if root is None or not self.keeps_import:
            return root
        node: ast.expr = occurrence.node
        while isinstance(node, ast.Attribute):
            node = node.value
        meanings = (self.symbols.meaning(self.module, node), self.symbols.member(self.module, root))
        known = next((m for m in meanings if isinstance(m, Symbol) and m.name == "tf"), None)
        return root if known is not None and known.versioned else f"{root}.compat.v1"

    def source(self, node: ast.expr) -> str:
        span = self.positions.span(node)
        return self.text[span.start : span.end]

    def is_given_to_graph_model(self, symbol: str, call: ast.Call) -> bool:
        """Whether a call is what an earlier run wrote: the layer in `graph_model().add(tf.keras.layers.X(...))`."""
        outer = self.scopes.parent.get(call)
        match outer:
            case ast.Call(func=ast.Attribute(value=ast.Call(func=model), attr="add" | "share")):
                name = model.attr if isinstance(model, ast.Attribute) else getattr(model, "id", "")
                return symbol.startswith("tf.keras.layers.") and name == "graph_model"
        return False

    def piece(self, name: str) -> str:
        """The text for a name of the written module, which the new text will import."""
        if name in self.present:
            self.used.add(name)
            return name
        if name in self.names or self.is_starred:
            self.qualified.add(name)
            return f"{self.module_name}.{name}"
        self.pieces.add(name)
        return name

    @cached_property
    def present(self) -> frozenset[str]:
        """Names of the written module that an earlier run imported, and that nothing else is called."""
        inner = {name for scope in self.scopes.all[1:] for name in scope.bindings}
        found = set()
        for name, bindings in self.scopes.module.bindings.items():
            statements = [binding.owner for binding in bindings]
            froms = [s for s in statements if isinstance(s, ast.ImportFrom) and (s.module or "").endswith(MODULE)]
            if len(froms) == len(statements) and name in PIECES and name not in inner:
                found.add(name)
        return frozenset(found)

    @cached_property
    def module_name(self) -> str:
        return next(name for name in (MODULE, f"tf_{MODULE}", f"tf1_{MODULE}", f"_{MODULE}") if name not in self.names)

    @cached_property
    def moved(self) -> frozenset[str]:
        """Local names that an import from `tf.layers` or the like binds to the piece of the same name."""
        found = set()
        for name, bindings in self.scopes.module.bindings.items():
            meanings = [self.symbols.of_binding(self.module, binding) for binding in bindings]
            imports = all(binding.kind is Kind.IMPORT for binding in bindings)
            if imports and all(isinstance(m, Symbol) and piece(plain(m.name)) == name for m in meanings):
                found.add(name)
        return frozenset(found)

    is_starred: bool = False
    """Whether another file does `from this import *`: then no name is added to it."""

    def edit(self, span: Span, *pieces: str | Span) -> None:
        self.edits.append(Edit(span, pieces))

    def replace(self, node: ast.expr, *pieces: str | Span) -> None:
        self.edit(self.positions.span(node), *pieces)

    def refuse(self, code: str, node: ast.AST, message: str, help_text: str = "") -> None:
        if code == "TFR401" and node in self.unused():
            self.note("TFR121", node, f"nothing calls this code, and it stays as it is: {message}")
        else:
            self.reasons.append(self._diagnostic(code, node, message, help_text))

    def note(self, code: str, node: ast.AST, message: str) -> None:
        self.notes.append(self._diagnostic(code, node, message, ""))

    def _diagnostic(self, code: str, node: ast.AST, message: str, help_text: str) -> Diagnostic:
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        return Diagnostic(code, self.module.path, line, self.positions.column(line, column) + 1, message, help_text)

    def _find_occurrences(self) -> Iterator[Occurrence]:
        for node in self.scopes.any_of(ast.Name, ast.Attribute):
            meaning = self.symbols.meaning(self.module, node)
            if not isinstance(meaning, Symbol):
                continue
            parent = self.scopes.parent[node]
            if isinstance(parent, ast.Attribute) and parent.value is node:
                continue
            if isinstance(node.ctx, ast.Store) and isinstance(node, ast.Name):
                continue
            call = parent if isinstance(parent, ast.Call) and parent.func is node else None
            yield Occurrence(node, meaning.name, plain(meaning.name), meaning.versioned, call)
