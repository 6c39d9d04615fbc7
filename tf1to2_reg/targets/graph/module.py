"""The text of the `graph_layers.py` that is written beside a program: what the program uses of `graph_layers/`.

The parts of `graph_layers/` are real modules, checked and tested as such, but here they are text: they import
TensorFlow, which the tool does not.

A statement of a part may end in a comment such as `# only: training .weights`. It is written only for programs that
have one of these words: a name, a keyword or a word in a string, an attribute where there is a dot; what the written
text itself has of attributes and keywords counts too. `by_hand` stands for a layer that the program calls as TF1 did,
where Keras's own would have looked at the arguments first. What is left out is missed loudly: nobody who goes on with
the program may get other numbers for want of a statement.
"""

from __future__ import annotations

import ast
import functools
import re
import symtable
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

PARTS = (
    "model",
    "layer",
    "arguments",
    "simple",
    "keras_noise",
    "convolutions",
    "pooling",
    "modes",
    "normalization",
    "functions",
    "regularizers",
    "initializers",
    "training",
    "arg_scope",
    "contrib_functions",
    "contrib_variables",
    "contrib_weighted",
    "contrib_simple",
    "contrib_normalization",
    "contrib_losses",
    "slim_variables",
    "slim_training",
    "slim_loop",
    "cells",
    "cell_wrappers",
    "more_cells",
    "crf",
    "gan",
    "lookup",
    "images",
    "metrics",
    "optimizers",
    "sequences",
    "statistics",
    "hooks",
    "hparams",
    "mnist",
    "predictor",
    "estimator_config",
    "estimator_export",
    "estimator_spec",
    "estimator_evaluation",
    "estimator_checks",
    "estimator",
    "estimator_exporters",
    "estimator_training",
    "estimator_stopping",
    "estimator_inputs",
)
"""The files, in an order in which each definition stands below what it needs when it is executed."""

_FOLDER = Path(__file__).with_name("graph_layers")
_OWN = "tf1to2_reg."
_KERAS_LAYERS = "graph_model"  # adds layers of Keras, for each of which a class of ours must be there
_BY_HAND = "by_hand"
_OTHERS = frozenset({"numpy", "tensorflow"})
"""What the parts import beside the standard library."""
_ONLY = re.compile(r"  # only: (.+)$")


@dataclass(frozen=True)
class Condition:
    """A range of lines that is written only for programs with one of some words."""

    first: int
    last: int
    words: frozenset[str]


@dataclass(frozen=True)
class Definition:
    """A function, class or variable: its lines, and how it stands among its neighbours."""

    name: str
    lines: tuple[str, ...]
    conditions: tuple[Condition, ...]
    is_line: bool
    """Whether it may stand close to the definition above it."""
    gap: int
    """Blank lines above it."""

    def chosen(self, words: AbstractSet[str] | None, old: str) -> Piece:
        """What of it is written for some words, and what `old` has; all of it if the words are not known."""
        dropped: set[int] = set()
        conditional = []
        had = _top_texts(old).get(self.name, "")
        for condition in self.conditions:
            text = f"\n{_bare(self.lines[condition.first : condition.last])}\n"
            if words is None or not words.isdisjoint(condition.words) or text in had:
                conditional.append(text)
            else:
                dropped.update(range(condition.first, condition.last))
                dropped.update([condition.first - 1] if not self.lines[condition.first - 1] else [])
        piece = _piece(_bare(line for index, line in enumerate(self.lines) if index not in dropped))
        return replace(piece, conditional=tuple(conditional))


@dataclass(frozen=True)
class Piece:
    """The text of a definition that is written, and what it uses."""

    text: str
    uses: frozenset[str]
    """Global names, and the layers of Keras, for each of which the layer of its name stands."""
    words: frozenset[str]
    """Attributes, with a dot, and keywords."""
    conditional: tuple[str, ...] = ()
    """The lines in it that not every program needs."""


@dataclass(frozen=True)
class Import:
    """One imported name: `from module import name`, or `import module as name` if `module` is empty."""

    module: str
    source: str
    name: str


@dataclass(frozen=True)
class Parts:
    """All files of `graph_layers/`, put together."""

    docstring: str
    imports: dict[str, Import]
    definitions: dict[str, Definition]
    layers: frozenset[str]
    """The classes that stand for layers of `tf.keras.layers`."""


class ChangedModuleError(ValueError):
    """The module of an earlier run is not as it was written, and lacks definitions; the first argument names them."""


def public_names() -> frozenset[str]:
    """What a program can import from its `graph_layers`."""
    names = (name for name in _parts().definitions if not name.startswith("_") and not name.isupper())
    return frozenset(names) - {"tf1"}


def written(
    names: Iterable[str],
    keras_layers: Iterable[str] | None = None,
    words: AbstractSet[str] | None = None,
    old: str = "",
) -> str:
    """The text of a module with some of the public names, and with what these need.

    Args:
        names: Public names.
        keras_layers: The layers of `tf.keras.layers`, "Dense" say, that the program hands to `graph_model()`; None
            where that is not known, which writes all.
        words: The words of the program, see `words.py`; None where they are not known.
        old: The text of an earlier run, all of which stays in it. One that is not as it was written stays as it is.

    Raises:
        ChangedModuleError: The text of the earlier run was changed, and does not have all that is needed.
    """
    parts = _parts()
    wanted = set(names)
    if unknown := wanted - public_names():
        raise ValueError(f"graph_layers has no {', '.join(sorted(unknown))}")
    layers = set(parts.layers if keras_layers is None else parts.layers & set(keras_layers))
    layers = layers if _KERAS_LAYERS in wanted else set()
    hand = _Choice(parts, None, "").closure(wanted - {_KERAS_LAYERS, "GraphModel"})
    if old:
        kept = _top_texts(old).keys() & public_names()
        if _Choice(parts, frozenset(), old).text(kept) != old:
            return _changed(old, _Choice(parts, words, "", frozenset(hand)), wanted | layers)
        wanted |= kept - parts.layers
        layers |= kept & parts.layers
    return _Choice(parts, words, old, frozenset(hand)).text(wanted | layers)


def _changed(old: str, choice: _Choice, wanted: AbstractSet[str]) -> str:
    """The changed text of an earlier run, which somebody has to bring together with what it lacks."""
    if lacking := choice.lacking(wanted, old):
        public = [name for name in lacking if not name.startswith("_")]
        raise ChangedModuleError(", ".join(public or lacking))
    return old


@dataclass(frozen=True)
class _Choice:
    """What is chosen of the parts, by the words of a program and by an old text."""

    parts: Parts
    words: AbstractSet[str] | None
    old: str
    hand: frozenset[str] = frozenset()
    """The definitions that the program uses without Keras's layers."""

    def text(self, wanted: AbstractSet[str]) -> str:
        """The module."""
        needed = self.closure(wanted)
        kept = [definition for definition in self.parts.definitions.values() if definition.name in needed]
        used = frozenset().union(*(piece.uses for piece in needed.values()))
        imports = [found for name, found in self.parts.imports.items() if name in used]
        blocks = [_docstring(self.parts.docstring, needed), *_import_blocks(imports)]
        return "\n\n".join(blocks) + "\n" + "".join(_spaced([(each, needed[each.name].text) for each in kept]))

    def closure(self, wanted: AbstractSet[str]) -> dict[str, Piece]:
        """The pieces of that name with all that they use, and with what their words ask for."""
        words: frozenset[str] = frozenset()
        while True:
            needed = self._closure(wanted, words)
            more = frozenset().union(*(piece.words for piece in needed.values()))
            if more <= words:
                return needed
            words |= more

    def lacking(self, wanted: AbstractSet[str], text: str) -> list[str]:
        """The definitions that a text has not, or not with all that their words ask for."""
        there = _top_texts(text)
        needed = self.closure(wanted).items()
        return sorted(
            name
            for name, piece in needed
            if name not in there or not all(lines in there[name] for lines in piece.conditional)
        )

    def _closure(self, wanted: AbstractSet[str], more: AbstractSet[str]) -> dict[str, Piece]:
        needed: dict[str, Piece] = {}
        waiting = list(wanted)
        while waiting:
            name = waiting.pop()
            if name in self.parts.definitions and name not in needed:
                words = None if self.words is None else self.words | more | ({_BY_HAND} if name in self.hand else set())
                needed[name] = self.parts.definitions[name].chosen(words, self.old)
                waiting.extend(needed[name].uses)
        return needed


@functools.cache
def layer_members() -> frozenset[str]:
    """What the classes of the parts call their methods and the attributes of their objects."""
    trees = [ast.parse(_bare(definition.lines)) for definition in _parts().definitions.values()]
    nodes = [node for tree in trees if isinstance(tree.body[0], ast.ClassDef) for node in ast.walk(tree)]
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    fields = {node.target.id for node in nodes if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"}
    return frozenset(functions | fields | attributes)


@functools.lru_cache(maxsize=8)
def _top_texts(text: str) -> dict[str, str]:
    """The definitions at the top of a module by their names, those that the parts could have; none if it is none."""
    try:
        body = ast.parse(text).body
    except SyntaxError:  # somebody changed it
        return {}
    lines = text.splitlines()
    found = {}
    for node in body:
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.Assign(targets=[ast.Name(id=name)])
                | ast.AnnAssign(target=ast.Name(id=name))
            ):
                found[name] = "\n".join(["", *lines[node.lineno - 1 : node.end_lineno], ""])
    return found


def _bare(lines: Iterable[str]) -> str:
    """The text of lines of a part, without what they say of their conditions."""
    return "\n".join(_ONLY.sub("", line) for line in lines)


@functools.cache
def _piece(text: str) -> Piece:
    tree = ast.parse(text)
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    layers = (node.attr for node in attributes if _is_keras(node.value))
    keywords = (node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg)
    uses = frozenset([*_globals(symtable.symtable(text, "graph_layers", "exec")), *layers])
    return Piece(text, uses, frozenset([*keywords, *(f".{node.attr}" for node in attributes)]))


def _docstring(text: str, needed: Iterable[str]) -> str:
    """The paragraphs of the docstring but for those on something that is not there."""
    starts = ((paragraph, re.match(r"`(\w+)", paragraph)) for paragraph in text.split("\n\n"))
    kept = (paragraph for paragraph, found in starts if found is None or found[1] in needed)
    return '"""' + "\n\n".join(kept) + '\n"""'


def _import_blocks(imports: list[Import]) -> Iterator[str]:
    """The import statements in the order of the field: future, standard library, others."""
    yield "from __future__ import annotations"
    third = [found for found in imports if (found.module or found.source).split(".")[0] in _OTHERS]
    for block in ([found for found in imports if found not in third], third):
        plain = sorted(_statement(found) for found in block if not found.module)
        modules = sorted({found.module for found in block if found.module})
        grouped = [f"from {m} import {', '.join(_sorted(i.name for i in block if i.module == m))}" for m in modules]
        if plain or grouped:
            yield "\n".join([*plain, *grouped])


def _sorted(names: Iterable[str]) -> list[str]:
    """Imported names in the order that linters want: constants first."""
    return sorted(names, key=lambda name: (not name.isupper(), name))


def _statement(found: Import) -> str:
    alias = "" if found.source.split(".")[0] == found.name else f" as {found.name}"
    return f"import {found.source}{alias}"


def _spaced(definitions: list[tuple[Definition, str]]) -> Iterator[str]:
    """Texts with the blank lines between them that the formatter wants."""
    above: Definition | None = None
    for definition, text in definitions:
        close = definition.is_line and (above is None or above.is_line)
        gap = min(definition.gap, 1) if close else 2
        yield "\n" * (1 if above is None and definition.is_line else gap) + text + "\n"
        above = definition


@functools.cache
def _parts() -> Parts:
    imports: dict[str, Import] = {}
    definitions: dict[str, Definition] = {}
    for part in PARTS:
        source = (_FOLDER / f"{part}.py").read_text("utf-8")
        imports.update({found.name: found for found in _imports(ast.parse(source))})
        for definition in _definitions(source):
            if definition.name in definitions and definition.name != "tf1":
                raise ValueError(f"Two parts of graph_layers define {definition.name}")
            definitions.setdefault(definition.name, definition)
    docstring = ast.get_docstring(ast.parse((_FOLDER / "__init__.py").read_text("utf-8"))) or ""
    return Parts(docstring, imports, definitions, _layers(definitions))


def _layers(definitions: dict[str, Definition]) -> frozenset[str]:
    """The public classes that derive from `Layer`, but for cells and Dropout, whose Keras forms no graph takes."""
    derived = {"Layer"}
    for definition in definitions.values():
        text = "\n".join(definition.lines)
        found = re.match(r"class \w+\((\w+)\)", text)
        if found and found[1] in derived and "is_of_keras = False" not in text:
            derived.add(definition.name)
    return frozenset(name for name in derived - {"Layer", "Dropout"} if not name.startswith("_"))


def _imports(tree: ast.Module) -> Iterator[Import]:
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (Import("", alias.name, alias.asname or alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not f"{node.module}".startswith(("__future__", _OWN)):
            yield from (Import(f"{node.module}", alias.name, alias.asname or alias.name) for alias in node.names)


def _definitions(source: str) -> Iterator[Definition]:
    """The definitions of a file, each with the comments above it and the docstring below it."""
    lines = source.splitlines()
    body = ast.parse(source).body
    end = 0
    for node, following in zip(body, [*body[1:], None], strict=True):
        start, end = end, node.end_lineno or 0
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Expr)):
            continue
        while not lines[start].strip():
            start += 1
        gap = next(count for count in range(start + 1) if count == start or lines[start - 1 - count].strip())
        last = (following.end_lineno or 0) if isinstance(following, ast.Expr) else end
        is_line = not isinstance(node, (ast.FunctionDef, ast.ClassDef))
        conditions = tuple(_conditions(node, lines, start))
        yield Definition(_name(node), tuple(lines[start:last]), conditions, is_line, gap)


def _conditions(definition: ast.stmt, lines: list[str], start: int) -> Iterator[Condition]:
    """The statements in a definition that have one; lines are counted from `start`."""
    for node in ast.walk(definition):
        if isinstance(node, ast.stmt):
            first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
            if found := _ONLY.search(lines[first - 1]):
                yield Condition(first - 1 - start, (node.end_lineno or first) - start, frozenset(found[1].split()))


def _name(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    raise ValueError(f"A part of graph_layers has a statement that is no definition, line {node.lineno}")


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _globals(inner)


def _is_keras(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "tf.keras.layers"
