"""TensorFlow or one of its modules as a value: what the program does with it decides whether its names are known."""

from __future__ import annotations

import ast

from tf1to2_reg.facts.compat_v1 import look_up, lost
from tf1to2_reg.facts.lost import ALL_LAYERS, MODULES, TO_CATEGORICAL, is_keras_of_now, piece, plain
from tf1to2_reg.targets.graph.rules import versions
from tf1to2_reg.targets.graph.symbols import Defined
from tf1to2_reg.targets.graph.work import Occurrence, Work

EAGER = frozenset({"tf.enable_eager_execution", "tf.enable_v2_behavior"})
_HELP = "Write the name out: `tf.nn.relu` in place of `getattr(tf.nn, name)`."


def handled(work: Work, occurrence: Occurrence) -> bool:
    """Deal with an occurrence that is a module, that is assigned to, or that asks for the version."""
    if versions.asks(occurrence.symbol):
        versions.check(work, occurrence)
        return True
    if isinstance(occurrence.node.ctx, ast.Store | ast.Del):
        _store(work, occurrence)
        return True
    symbol = occurrence.written
    is_module = symbol in {"tf", "tf.layers", *MODULES}
    if (not is_module and not look_up(symbol).is_module) or (look_up(symbol).missing and not is_module):
        return False
    _module(work, occurrence, symbol)
    return True


def check_strings(work: Work) -> None:
    """Refuse TensorFlow imported or evaluated from a string."""
    for node in work.scopes.of(ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in {"import_module", "__import__", "eval", "exec"}:
            continue
        texts = [
            part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        if name in {"import_module", "__import__"} and any(text.startswith("tensorflow") for text in texts):
            work.refuse("TFR403", node, "TensorFlow is imported by a call", "Write `import tensorflow as tf`.")
        if name in {"eval", "exec"} and any("tf." in text or "tensorflow" in text for text in texts):
            work.refuse("TFR403", node, f"{name} runs text that uses TensorFlow", "Write the call out.")


def _store(work: Work, occurrence: Occurrence) -> None:
    owner, _, name = occurrence.symbol.rpartition(".")
    if (look_up(owner).is_module and not look_up(owner).missing) or piece(occurrence.symbol):
        help_text = "Give the replacement a name of its own and call that."
        work.refuse("TFR403", occurrence.node, f"the program changes TensorFlow itself: {owner}.{name}", help_text)


def _module(work: Work, occurrence: Occurrence, symbol: str) -> None:
    parent = work.scopes.parent[occurrence.node]
    looked_up = _literal_lookup(parent, occurrence.node)
    if looked_up is not None and isinstance(parent, ast.Call):
        _literal(work, occurrence, parent, f"{symbol}.{looked_up}")
    elif isinstance(parent, ast.Assign) and all(isinstance(target, ast.Name) for target in parent.targets):
        if symbol == "tf.layers" and not isinstance(occurrence.node, ast.Name):
            work.whole_module = True
            work.replace(occurrence.node, work.module_name)
    elif symbol == "tf.layers":
        work.sites += 1
        work.qualified |= ALL_LAYERS
        if not isinstance(occurrence.node, ast.Name):
            work.whole_module = True
            work.replace(occurrence.node, work.module_name)
    elif isinstance(parent, ast.Expr) or _is_none_test(parent) or _is_whole(symbol) or _is_followed(work, occurrence):
        return
    else:
        work.refuse("TFR403", occurrence.node, f"{symbol} is used as a value: which names are taken is unknown", _HELP)


def _literal_lookup(parent: ast.AST, node: ast.expr) -> str | None:
    match parent:
        case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[first, ast.Constant(value=str(name)), *_]):
            return name if first is node else None
    return None


def _literal(work: Work, occurrence: Occurrence, call: ast.Call, symbol: str) -> None:
    name = piece(plain(symbol))
    is_getattr = isinstance(call.func, ast.Name) and call.func.id == "getattr" and len(call.args) == 2
    if name and is_getattr:
        work.sites += 1
        work.replace(call, work.piece(name))
    elif look_up(symbol).missing:
        work.refuse("TFR401", occurrence.node, f"TensorFlow 2.21 has no {symbol}", _HELP)
    elif not _stays(symbol):
        work.refuse("TFR403", call, f"{symbol} is looked up by a string, and means something else in TF 2.21", _HELP)


def _stays(symbol: str) -> bool:
    """Whether a name that TF 2.21 has too can be taken, and everything below it, as it is."""
    if symbol.startswith("tf.keras"):
        return is_keras_of_now(symbol) and symbol != TO_CATEGORICAL
    return symbol not in EAGER and (not look_up(symbol).is_module or _is_whole(symbol))


def _is_followed(work: Work, occurrence: Occurrence) -> bool:
    """Whether TensorFlow is handed to a function of the program that takes nothing from it but names that stayed."""
    parent = work.scopes.parent[occurrence.node]
    call = work.scopes.parent.get(parent) if isinstance(parent, ast.keyword) else parent
    function = work.symbols.meaning(work.module, call.func) if isinstance(call, ast.Call) else None
    if not isinstance(function, Defined) or not isinstance(function.node, ast.FunctionDef):
        return False
    names = [parameter.arg for parameter in (*function.node.args.posonlyargs, *function.node.args.args)]
    if isinstance(parent, ast.keyword):
        return parent.arg in names and _takes_what_stayed(work, function, parent.arg or "", occurrence.written)
    arguments = call.args if isinstance(call, ast.Call) else []
    position = next((index for index, value in enumerate(arguments) if value is occurrence.node), len(names))
    return position < len(names) and _takes_what_stayed(work, function, names[position], occurrence.written)


def _takes_what_stayed(work: Work, function: Defined, parameter: str, symbol: str) -> bool:
    scopes = work.symbols.scopes(function.module)
    bindings = next(scope for scope in scopes.all if scope.node is function.node).bindings[parameter]
    for node in scopes.of(ast.Name):
        if node.id != parameter or scopes.scope[node].find(parameter) is not bindings:
            continue
        if work.symbols.symbol(function.module, node) == symbol:
            continue  # what it takes is edited or refused there
        name, outer = symbol, scopes.parent[node]
        while isinstance(outer, ast.Attribute):
            name, outer = f"{name}.{outer.attr}", scopes.parent[outer]
        looked = look_up(name)
        if looked.missing or name == symbol or piece(plain(name)) or name.startswith("tf.keras"):
            return False
    return len(bindings) == 1


def _is_none_test(parent: ast.AST) -> bool:
    return isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ast.Is | ast.IsNot)


def _is_whole(symbol: str) -> bool:
    """Whether a module lost no name of its own, so that any name taken from it is what it was."""
    prefix = f"{symbol}."
    own = (entry for entry in lost() if entry.startswith(prefix))
    return (
        symbol != "tf"
        and not symbol.startswith("tf.contrib")
        and all("." in entry.removeprefix(prefix) for entry in own)
    )
