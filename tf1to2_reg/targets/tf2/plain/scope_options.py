"""`with tf.variable_scope(name, regularizer=r, initializer=i)`: the options given to what is made in the scope.

Measured with TF 1.15.5: `get_variable` takes the options of the innermost scope that has them, where it has none of its
own. A layer asks for its kernel and its bias with the scope's regularizer, besides the one of its own; the bias starts
from zeros all the same. Batch normalization is penalized in its moving averages too: that stays.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.facts.held import WEIGHT, WEIGHTS
from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.facts.pure import is_pure
from tf1to2_reg.syntax.binding import bind, hides_arguments
from tf1to2_reg.targets.tf2.plain.calls import with_arguments
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit

_SCOPE = "tf.variable_scope"
_PLAIN = frozenset({
    "tf.layers.dense", "tf.layers.conv1d", "tf.layers.conv2d", "tf.layers.conv3d", "tf.layers.conv2d_transpose",
    "tf.layers.conv3d_transpose",
})  # fmt: skip
"""Layers of a kernel and a bias."""
_OPTIONS = ("regularizer", "initializer")


def edits(file: File) -> list[Edit]:
    """What gives the options of one scope to what is made in it; one scope for each pass, inner ones first."""
    for node in reversed(file.steady.scopes.nodes):
        if isinstance(node, ast.With):
            for item in node.items:
                found = _of_scope(file, node, item) if isinstance(item.context_expr, ast.Call) else None
                if found:
                    return found
    return []


def _of_scope(file: File, stmt: ast.With, item: ast.withitem) -> list[Edit] | None:
    call = item.context_expr
    assert isinstance(call, ast.Call)
    given = [keyword for keyword in call.keywords if keyword.arg in _OPTIONS and not _is_none(keyword.value)]
    if file.steady.symbol(call.func) != _SCOPE or not given or item.optional_vars is not None:
        return None
    makers = list(_makers(file, stmt))
    if _hides(file, stmt):
        return None
    texts = {keyword.arg or "": file.offsets.of(keyword.value) for keyword in given}
    found: list[Edit] = []
    regularizer = next((keyword for keyword in given if keyword.arg == "regularizer"), None)
    if regularizer is not None and not isinstance(regularizer.value, ast.Name):
        line = _named(file, stmt, regularizer, texts)
        if line is None:
            return None
        found.append(line)
    for node, symbol in makers:
        own = _with_options(file, node, symbol, texts)
        if own is None or not all(file.steady.is_same_at(keyword.value, node) for keyword in given):
            return None
        found += own
    return [*found, *(_without(file, call, keyword) for keyword in given)]


def _makers(file: File, stmt: ast.With) -> Iterator[tuple[ast.Call, str]]:
    """The calls in a block that make variables."""
    for node in (node for part in stmt.body for node in ast.walk(part)):
        symbol = file.steady.symbol(node.func) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and symbol is not None and (symbol in _PLAIN or symbol in WEIGHTS):
            yield node, symbol


def _hides(file: File, stmt: ast.With) -> bool:
    """True where something else in the block may make variables, keeps the scope or has options of its own."""
    for node in (node for part in stmt.body for node in ast.walk(part)):
        if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            return True
        if isinstance(node, ast.Call) and not _is_known(file, node):
            return True
    return False


def _is_known(file: File, call: ast.Call) -> bool:
    symbol = file.steady.symbol(call.func)
    if symbol is None:
        return _is_harmless(file, call.func)
    if symbol == _SCOPE:
        return _is_plain_scope(call)
    if symbol in _PLAIN or symbol in WEIGHTS or symbol.endswith(("_regularizer", "_initializer")):
        return True
    if symbol.startswith("tf.layers."):
        return symbol in LAYERS and not LAYERS[symbol].initializers
    return is_pure(symbol) and "rnn" not in symbol


def _is_harmless(file: File, func: ast.expr) -> bool:
    """A method of a number, a list or a tensor, and what Python itself has."""
    if isinstance(func, ast.Attribute):
        return func.attr in {"append", "as_list", "extend", "format", "get_shape"}
    builtin = isinstance(func, ast.Name) and not file.steady.scopes.scope[func].find(func.id)
    return builtin and getattr(func, "id", "") in {"enumerate", "float", "int", "len", "list", "range", "str", "zip"}


def _is_plain_scope(call: ast.Call) -> bool:
    """A scope by name that has no options of its own."""
    options = {keyword.arg for keyword in call.keywords}
    named = bool(call.args) and isinstance(call.args[0], ast.Constant | ast.BinOp | ast.JoinedStr)
    return named and options <= {"reuse", "default_name", "values"}


def _named(file: File, stmt: ast.With, keyword: ast.keyword, texts: dict[str, str]) -> Edit | None:
    """A line above the scope that names its regularizer."""
    names = {node.id for node in file.steady.scopes.nodes if isinstance(node, ast.Name)}
    begins = file.indent(stmt) is not None
    if "regularizer" in names or not begins or not file.steady.is_same_at(keyword.value, stmt.body[0]):
        return None
    line = file.line_above(stmt, f"regularizer = {texts['regularizer']}")
    texts["regularizer"] = "regularizer"
    return line


def _with_options(file: File, call: ast.Call, symbol: str, texts: dict[str, str]) -> list[Edit] | None:
    """The arguments that a call gets; None where it has a regularizer of its own that comes on top."""
    if hides_arguments(call):
        return None
    if symbol in WEIGHTS:
        facts, wanted = WEIGHTS[symbol], dict(texts) if symbol == WEIGHT else {}
    else:
        facts, wanted = LAYERS[symbol], _of_layer(texts, call)
    given = bind(call, list(facts.parameters))
    own = [name for name in wanted if name in given]
    if any(not isinstance(given[name], ast.Call) for name in own):
        return None  # it may be None, and TF1 takes the scope's then
    if symbol not in WEIGHTS and any(name.endswith("_regularizer") for name in own):
        return None
    missing = {name: text for name, text in wanted.items() if name not in given}
    return with_arguments(call, (), missing, file.offsets)


def _of_layer(texts: dict[str, str], call: ast.Call) -> dict[str, str]:
    use_bias = next((keyword.value for keyword in call.keywords if keyword.arg == "use_bias"), None)
    wanted = {}
    if "regularizer" in texts:
        wanted["kernel_regularizer"] = texts["regularizer"]
        if not (isinstance(use_bias, ast.Constant) and use_bias.value is False):
            wanted["bias_regularizer"] = texts["regularizer"]
    if "initializer" in texts:
        wanted["kernel_initializer"] = texts["initializer"]
    return wanted


def _without(file: File, call: ast.Call, keyword: ast.keyword) -> Edit:
    """The call without the argument, and the comma before it; a scope's name comes first."""
    start, end = file.offsets.start(keyword), file.offsets.end(keyword)
    return Edit(file.offsets.text.rindex(",", file.offsets.start(call), start), end, "")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
