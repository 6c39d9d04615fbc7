"""The text of the `graph_layers.py` that is written beside a program: what the program uses of `graph_layers/`.

The parts of `graph_layers/` are real modules, checked and tested as such, but here they are text: they import
TensorFlow, which the tool does not.
"""

from __future__ import annotations

import ast
import functools
import re
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PARTS = (
    "model",
    "layer",
    "arguments",
    "simple",
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
    "cells",
    "cell_wrappers",
    "more_cells",
    "lookup",
    "images",
    "statistics",
    "hooks",
    "hparams",
    "mnist",
)
"""The files, in an order in which each definition stands below what it needs when it is executed."""

_FOLDER = Path(__file__).with_name("graph_layers")
_OWN = "tf1to2_reg."
_KERAS_LAYERS = "graph_model"  # adds layers of Keras, for each of which a class of ours must be there


@dataclass(frozen=True)
class Definition:
    """A function, class or variable: its text, the names it uses, and how it stands among its neighbours."""

    name: str
    text: str
    uses: frozenset[str]
    is_line: bool
    """Whether it may stand close to the definition above it."""
    gap: int
    """Blank lines above it."""


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


def public_names() -> frozenset[str]:
    """What a program can import from its `graph_layers`."""
    names = (name for name in _parts().definitions if not name.startswith("_") and not name.isupper())
    return frozenset(names) - {"tf1"}


def written(names: Iterable[str], keras_layers: Iterable[str] | None = None) -> str:
    """The text of a module with some of the public names, and with what these need.

    Args:
        names: Public names.
        keras_layers: The layers of `tf.keras.layers`, "Dense" say, that the program hands to `graph_model()`; None
            where that is not known, which writes all.
    """
    parts = _parts()
    wanted = set(names)
    unknown = wanted - public_names()
    if unknown:
        raise ValueError(f"graph_layers has no {', '.join(sorted(unknown))}")
    if _KERAS_LAYERS in wanted:
        wanted |= parts.layers if keras_layers is None else parts.layers & set(keras_layers)
    needed = _closure(parts.definitions, wanted)
    kept = [definition for definition in parts.definitions.values() if definition.name in needed]
    used = frozenset().union(*(definition.uses for definition in kept))
    imports = [found for name, found in parts.imports.items() if name in used]
    blocks = [_docstring(parts.docstring, needed), *_import_blocks(imports)]
    return "\n\n".join(blocks) + "\n" + "".join(_spaced(kept))


@functools.cache
def layer_members() -> frozenset[str]:
    """What the classes of the parts call their methods and the attributes of their objects."""
    trees = [ast.parse(definition.text) for definition in _parts().definitions.values()]
    nodes = [node for tree in trees if isinstance(tree.body[0], ast.ClassDef) for node in ast.walk(tree)]
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    fields = {node.target.id for node in nodes if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"}
    return frozenset(functions | fields | attributes)


def _closure(definitions: dict[str, Definition], names: set[str]) -> set[str]:
    """The names with all that their definitions use."""
    needed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in definitions and name not in needed:
            needed.add(name)
            waiting.extend(definitions[name].uses)
    return needed


def _docstring(text: str, needed: set[str]) -> str:
    """The paragraphs of the docstring but for those on something that is not there."""
    starts = ((paragraph, re.match(r"`(\w+)", paragraph)) for paragraph in text.split("\n\n"))
    kept = (paragraph for paragraph, found in starts if found is None or found[1] in needed)
    return '"""' + "\n\n".join(kept) + '\n"""'


def _import_blocks(imports: list[Import]) -> Iterator[str]:
    """The import statements in the order of the field: future, standard library, others."""
    yield "from __future__ import annotations"
    third = [found for found in imports if (found.module or found.source).split(".")[0] == "tensorflow"]
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
    alias = "" if found.source == found.name else f" as {found.name}"
    return f"import {found.source}{alias}"


def _spaced(definitions: list[Definition]) -> Iterator[str]:
    """Texts with the blank lines between them that the formatter wants."""
    above: Definition | None = None
    for definition in definitions:
        close = definition.is_line and (above is None or above.is_line)
        gap = min(definition.gap, 1) if close else 2
        yield "\n" * (1 if above is None and definition.is_line else gap) + definition.text + "\n"
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
        found = re.match(r"class \w+\((\w+)\)", definition.text)
        if found and found[1] in derived and "is_of_keras = False" not in definition.text:
            derived.add(definition.name)
    return frozenset(name for name in derived - {"Layer", "Dropout"} if not name.startswith("_"))


def _imports(tree: ast.Module) -> Iterator[Import]:
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (Import("", alias.name, alias.asname or alias.name) for alias in node.names)
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
        yield Definition(_name(node), "\n".join(lines[start:last]), _used(node), is_line, gap)


def _name(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    raise ValueError(f"A part of graph_layers has a statement that is no definition, line {node.lineno}")


def _used(node: ast.stmt) -> frozenset[str]:
    """The global names in a definition, and the layers of Keras, for each of which the layer of its name stands."""
    layers = (inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute) and _is_keras(inner.value))
    return frozenset([*_globals(symtable.symtable(ast.unparse(node), "graph_layers", "exec")), *layers])


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _globals(inner)


def _is_keras(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "tf.keras.layers"
