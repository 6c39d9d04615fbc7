"""Programs spelled in other ways: other names for TensorFlow and its layers, other places for the code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

Mutation = Callable[[ast.Module], "dict[str, str] | None"]
"""From a script to the files of one that does the same, the entry first; None where it cannot be said that way."""

ENTRY = "main.py"
_LAYERS = ("tf", "layers")


def _text(body: Sequence[ast.stmt]) -> str:
    return ast.unparse(ast.fix_missing_locations(ast.Module(list(body), []))) + "\n"


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _imports_tensorflow(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import) and [(a.name, a.asname) for a in statement.names] == [("tensorflow", "tf")]


def _after_imports(body: Sequence[ast.stmt]) -> int:
    return max((place + 1 for place, statement in enumerate(body) if _is_import(statement)), default=0)


def _layer_name(node: ast.AST) -> str | None:
    """`dense` for `tf.layers.dense`."""
    match node:
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="tf"), attr="layers"), attr=name):
            return name
    return None


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


# Names


class _Named(ast.NodeTransformer):
    """`tf` as another expression."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return _expression(self.name) if node.id == "tf" else node


def _importing(tree: ast.Module, name: str, statement: str) -> dict[str, str] | None:
    """The program with `statement` for the import of TensorFlow, which is called `name` then."""
    places = [place for place, found in enumerate(tree.body) if _imports_tensorflow(found)]
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    if len(places) != 1 or "tf" in bound:
        return None
    changed = _Named(name).visit(tree)
    changed.body[places[0]] = ast.parse(statement).body[0]
    return {ENTRY: _text(changed.body)}


def short(tree: ast.Module) -> dict[str, str] | None:
    """`import tensorflow as T`."""
    return _importing(tree, "T", "import tensorflow as T")


def unaliased(tree: ast.Module) -> dict[str, str] | None:
    """`import tensorflow`."""
    return _importing(tree, "tensorflow", "import tensorflow")


class _KerasRegularizers(ast.NodeTransformer):
    """Keras's `l2` for contrib's, which `tf.compat.v1` has not: another strength, in a program as good."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        if ast.unparse(node.func) == "tf.contrib.layers.l2_regularizer":
            node.func = _expression("tf.keras.regularizers.l2")
            node.keywords = [ast.keyword("l", keyword.value) for keyword in node.keywords]
        return node


def _without_contrib(tree: ast.Module) -> ast.Module | None:
    changed = _KerasRegularizers().visit(tree)
    has_contrib = any(isinstance(node, ast.Attribute) and node.attr == "contrib" for node in ast.walk(changed))
    return None if has_contrib else changed


def compat(tree: ast.Module) -> dict[str, str] | None:
    """`import tensorflow.compat.v1 as tf`."""
    changed = _without_contrib(tree)
    return None if changed is None else _importing(changed, "tf", "import tensorflow.compat.v1 as tf")


def spelled_out(tree: ast.Module) -> dict[str, str] | None:
    """`tf.compat.v1.` everywhere."""
    changed = _without_contrib(tree)
    return None if changed is None else _importing(changed, "tf.compat.v1", "import tensorflow as tf")


class _Layers(ast.NodeTransformer):
    """Every `tf.layers.NAME` as what `spell` says of its name."""

    def __init__(self, spell: Callable[[str], str]) -> None:
        self.spell = spell
        self.names: dict[str, None] = {}

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        name = _layer_name(node)
        if name is None:
            self.generic_visit(node)
            return node
        self.names[name] = None
        return _expression(self.spell(name))


def _spelled(tree: ast.Module, spell: Callable[[str], str], head: Callable[[str], str]) -> dict[str, str] | None:
    """Layers as `spell` says, with a line of `head` for each name below the imports."""
    layers = _Layers(spell)
    changed = layers.visit(tree)
    lines = dict.fromkeys(head(name) for name in layers.names)
    place = _after_imports(changed.body)
    changed.body[place:place] = ast.parse("\n".join(lines)).body
    return {ENTRY: _text(changed.body)} if layers.names else None


def from_imports(tree: ast.Module) -> dict[str, str] | None:
    """`from tensorflow.layers import dense as dense_layer`."""
    return _spelled(tree, "{}_layer".format, "from tensorflow.layers import {0} as {0}_layer".format)


def module_alias(tree: ast.Module) -> dict[str, str] | None:
    """`from tensorflow import layers as L`."""
    return _spelled(tree, "L.{}".format, lambda _: "from tensorflow import layers as L")


def function_aliases(tree: ast.Module) -> dict[str, str] | None:
    """`dense_of = tf.layers.dense`."""
    return _spelled(tree, "{}_of".format, "{0}_of = tf.layers.{0}".format)


def by_getattr(tree: ast.Module) -> dict[str, str] | None:
    """`getattr(tf.layers, "dense")`."""
    return _spelled(tree, 'getattr(tf.layers, "{}")'.format, lambda _: "pass")


# Arguments


class _Keywords(ast.NodeTransformer):
    """Calls of layers, changed by a function where they have keywords."""

    def __init__(self, change: Callable[[ast.Call], ast.expr]) -> None:
        self.change = change
        self.count = 0

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if _layer_name(node.func) is None or not node.keywords or any(k.arg is None for k in node.keywords):
            return node
        self.count += 1
        return self.change(node)


def _starred(call: ast.Call) -> ast.expr:
    keys: list[ast.expr | None] = [ast.Constant(keyword.arg) for keyword in call.keywords]
    given = ast.Dict(keys, [keyword.value for keyword in call.keywords])
    return ast.Call(call.func, call.args, [ast.keyword(None, given)])


def _partial(call: ast.Call) -> ast.expr:
    return ast.Call(ast.Call(_expression("functools.partial"), [call.func], call.keywords), call.args, [])


def kwargs(tree: ast.Module) -> dict[str, str] | None:
    """`tf.layers.dense(x, 3, **{"name": "fc"})`."""
    keywords = _Keywords(_starred)
    changed = keywords.visit(tree)
    return {ENTRY: _text(changed.body)} if keywords.count else None


def partials(tree: ast.Module) -> dict[str, str] | None:
    """`functools.partial(tf.layers.dense, name="fc")(x, 3)`."""
    keywords = _Keywords(_partial)
    changed = keywords.visit(tree)
    place = _after_imports(changed.body)
    changed.body.insert(place, ast.parse("import functools").body[0])
    return {ENTRY: _text(changed.body)} if keywords.count else None


# Places


def _moved(tree: ast.Module, around: str) -> dict[str, str] | None:
    """Everything but the imports in the place of `pass`."""
    head = [statement for statement in tree.body if _is_import(statement) or _is_docstring(statement)]
    body = [statement for statement in tree.body if statement not in head]
    if any(isinstance(node, ast.Global) for node in ast.walk(tree)) or "__name__" in _text(body):
        return None
    new = ast.parse(around)
    functions = (node for node in ast.walk(new) if isinstance(node, ast.FunctionDef))
    next(functions).body = body
    return {ENTRY: _text([*head, *new.body])}


def in_function(tree: ast.Module) -> dict[str, str] | None:
    """All in `main()`."""
    return _moved(tree, "def main():\n    pass\n\n\nif __name__ == '__main__':\n    main()\n")


def in_class(tree: ast.Module) -> dict[str, str] | None:
    """All in a method."""
    return _moved(tree, "class Experiment(object):\n    def run(self):\n        pass\n\n\nExperiment().run()\n")


def two_graphs(tree: ast.Module) -> dict[str, str] | None:
    """All in a function that is called for two graphs."""
    calls = "for n in range(2):\n    with tf.Graph().as_default():\n        tf.set_random_seed(n)\n        run()\n"
    return _moved(tree, f"def run():\n    pass\n\n\n{calls}")


def in_other_file(tree: ast.Module) -> dict[str, str] | None:
    """All but a call in another file."""
    moved = _moved(tree, "def run():\n    pass\n")
    return None if moved is None else {ENTRY: "import work\n\nwork.run()\n", "work.py": moved[ENTRY]}


def builders_in_other_file(tree: ast.Module) -> dict[str, str] | None:
    """Functions and what stands above them in another file."""
    functions = [statement for statement in tree.body if isinstance(statement, ast.FunctionDef)]
    if not functions:
        return None
    place = tree.body.index(functions[-1]) + 1
    head, tail = tree.body[:place], tree.body[place:]
    imports = [statement for statement in tree.body if _is_import(statement)]
    return {ENTRY: _text([*imports, *ast.parse("from parts import *").body, *tail]), "parts.py": _text(head)}


MUTATIONS: tuple[Mutation, ...] = (
    short, unaliased, compat, spelled_out, from_imports, module_alias, function_aliases, by_getattr, kwargs, partials,
    in_function, in_class, two_graphs, in_other_file, builders_in_other_file,
)  # fmt: skip
