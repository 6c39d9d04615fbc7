"""Every TensorFlow name that a file uses: handed to the rule that edits it, found in TF 2.21 as it is, or refused."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tf1to2_reg.facts.compat_v1 import look_up, lost
from tf1to2_reg.facts.keras_layers import KERAS_PIECES
from tf1to2_reg.facts.lost import (
    BATCHES,
    KERAS_LAYERS_WITHOUT_STATE,
    LITERALS,
    TO_CATEGORICAL,
    is_keras_of_now,
    is_private_same,
    piece,
)
from tf1to2_reg.facts.tf1_only import is_tf1_only
from tf1to2_reg.facts.ways_out import way_out
from tf1to2_reg.targets.graph.rules import (
    categorical,
    datasets,
    dynamic,
    estimators,
    layers,
    reads,
    regularizers,
    subclasses,
)
from tf1to2_reg.targets.graph.work import Occurrence, Work

_KERAS_REGULARIZERS = "tf.keras.regularizers."
_KERAS_LAYERS = "tf.keras.layers."
_BASE = "tf.layers.Layer"
_V2 = "tf.compat.v2."


def rewrite(work: Work) -> None:
    """Edit or refuse each name of TensorFlow in a file."""
    for occurrence in work.occurrences:
        _rewrite(work, occurrence)
    estimators.check(work)


def _rewrite(work: Work, occurrence: Occurrence) -> None:
    symbol = occurrence.symbol
    if dynamic.handled(work, occurrence):
        return
    if symbol.startswith("tf.layers."):
        _layer(work, occurrence)
    elif symbol in regularizers.CONTRIB:
        regularizers.rewrite(work, occurrence)
    elif piece(symbol) and not symbol.startswith("tf.keras"):
        layers.stand_in(work, occurrence)
    elif symbol in reads.READS:
        reads.rewrite(work, occurrence)
    elif symbol in _RULES:
        _RULES[symbol](work, occurrence)
    elif symbol.startswith("tf.keras"):
        _keras(work, occurrence)
    elif symbol.startswith(_V2):
        _check_v2(work, occurrence, symbol.removeprefix(_V2))
    elif symbol != occurrence.written:
        _rename(work, occurrence)
    else:
        _check(work, occurrence)


def _literal(work: Work, occurrence: Occurrence) -> None:
    work.replace(occurrence.node, LITERALS[occurrence.symbol])


def _eager(work: Work, occurrence: Occurrence) -> None:
    help_text = "Take it out and run the program in a graph, as TF1 does without it."
    work.refuse("TFR407", occurrence.node, f"{occurrence.symbol} makes the program eager: there is no graph", help_text)


_RULES: dict[str, Callable[[Work, Occurrence], None]] = {
    TO_CATEGORICAL: categorical.rewrite,
    **dict.fromkeys(BATCHES, datasets.rewrite),
    **dict.fromkeys(LITERALS, _literal),
    **dict.fromkeys(dynamic.EAGER, _eager),
}


def _layer(work: Work, occurrence: Occurrence) -> None:
    if piece(occurrence.symbol) is None or (occurrence.symbol == _BASE and not _is_asked_for(work, occurrence.node)):
        _refuse_lost(work, occurrence, ".".join(occurrence.symbol.split(".")[:3]))
        return
    parent = work.scopes.parent[occurrence.node]
    if isinstance(parent, ast.ClassDef):
        subclasses.rewrite(work, occurrence, parent)
        return
    work.sites += 1
    root = work.root(occurrence)
    for argument in layers.regularizer_arguments(work, occurrence):
        regularizers.rewrite_string(work, argument, root)
    for message, node in _unsupported(occurrence):
        help_text = "Leave the argument out; batch normalization in one piece over the last or the first axis migrates."
        work.refuse("TFR407", node, message, help_text)
    layers.rewrite(work, occurrence)


def _is_asked_for(work: Work, node: ast.AST) -> bool:
    """Whether a class stands where the kind of an object is asked for, or told to readers."""
    parent = work.scopes.parent[node]
    match parent:
        case ast.Tuple() | ast.Subscript() | ast.BinOp(op=ast.BitOr()):
            return _is_asked_for(work, parent)
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, classes]):
            return classes is node
        case ast.arg():
            return True
        case ast.AnnAssign(annotation=annotation):
            return annotation is node
        case ast.FunctionDef(returns=returns):
            return returns is node
    return False


def _unsupported(occurrence: Occurrence) -> Iterator[tuple[str, ast.expr]]:
    """Arguments of batch normalization that Keras 3 does not have."""
    if not occurrence.symbol.lower().endswith(("batch_normalization", "batchnormalization")) or not occurrence.call:
        return
    for keyword in occurrence.call.keywords:
        value = keyword.value
        given = not (isinstance(value, ast.Constant) and value.value is None)
        if keyword.arg in {"virtual_batch_size", "adjustment"} and given:
            yield f"batch normalization with {keyword.arg} has no Keras 3 form", value
        if keyword.arg == "axis" and isinstance(value, ast.List | ast.Tuple) and len(value.elts) > 1:
            yield "batch normalization over several axes has no Keras 3 form", value


def _keras(work: Work, occurrence: Occurrence) -> None:
    symbol = occurrence.symbol
    if symbol.startswith(_KERAS_REGULARIZERS):
        regularizers.rewrite_keras(work, occurrence)
    elif piece(symbol) and _takes_known_arguments(occurrence):
        layers.stand_in(work, occurrence)
    elif symbol == "tf.keras" or is_keras_of_now(symbol) or _is_of_the_graph(work, occurrence):
        return
    elif look_up(symbol).missing:
        _refuse_lost(work, occurrence, look_up(symbol).missing)
    else:
        message = f"{symbol} is Keras 2 in TF1 and Keras 3 in TF 2.21, which behaves otherwise in a graph"
        help_text = "Write it with `tf.layers` and the functions of `tf.nn`, whose numbers stay."
        work.refuse("TFR405", occurrence.node, message, help_text)


def _takes_known_arguments(occurrence: Occurrence) -> bool:
    """Whether a layer of Keras is made with what the written module's form of it takes."""
    if occurrence.call is None or any(isinstance(argument, ast.Starred) for argument in occurrence.call.args):
        return False
    return all(keyword.arg in KERAS_PIECES[occurrence.symbol].keywords for keyword in occurrence.call.keywords)


def _is_of_the_graph(work: Work, occurrence: Occurrence) -> bool:
    """Whether this is what an earlier run wrote, or a layer that does the same in a graph."""
    if occurrence.symbol.removeprefix(_KERAS_LAYERS) in KERAS_LAYERS_WITHOUT_STATE:
        return True
    return occurrence.call is not None and work.is_given_to_graph_model(occurrence.symbol, occurrence.call)


def _rename(work: Work, occurrence: Occurrence) -> None:
    root = work.root_v1(occurrence)
    if isinstance(occurrence.node, ast.Name) and not look_up(occurrence.symbol).missing:
        return  # the import changes
    if root is None or look_up(occurrence.symbol).missing:
        _refuse_lost(work, occurrence, occurrence.written if root is None else occurrence.symbol)
    else:
        work.replace(occurrence.node, root + occurrence.symbol.removeprefix("tf"))


def _check(work: Work, occurrence: Occurrence) -> None:
    if work.keeps_import and not occurrence.versioned and not is_tf1_only(occurrence.symbol):
        return
    looked = look_up(occurrence.symbol)
    if looked.missing and not is_private_same(occurrence.symbol):
        _refuse_lost(work, occurrence, _shown(occurrence.symbol, looked.missing))


def _check_v2(work: Work, occurrence: Occurrence, name: str) -> None:
    """TensorFlow 2's interface inside of TensorFlow 1.15: what it builds in a graph is not known where Keras does."""
    looked = look_up(f"tf.{name}")
    if name.startswith("keras") and not is_keras_of_now(f"tf.{name}"):
        message = f"{occurrence.symbol} is Keras 2 in TF1 and Keras 3 in TF 2.21, which behaves otherwise in a graph"
        help_text = "Write it with `tf.layers` and the functions of `tf.nn`, whose numbers stay."
        work.refuse("TFR405", occurrence.node, message, help_text)
    elif looked.missing in lost():
        _refuse_lost(work, occurrence, _shown(f"tf.{name}", looked.missing))


def _shown(symbol: str, missing: str) -> str:
    """As much of a lost name as tells what it is: all of it below `tf.contrib`, three parts below others."""
    parts = symbol.split(".")
    whole = missing in {"tf.contrib", "tf.python", "tf.core"}
    return symbol if whole else ".".join(parts[: max(len(missing.split(".")), 3)])


def _refuse_lost(work: Work, occurrence: Occurrence, name: str) -> None:
    missing = look_up(name).missing or name
    known = missing in lost() or any(entry.startswith(missing + ".") for entry in lost()) or missing == "tf.examples"
    if known:
        work.refuse("TFR401", occurrence.node, f"TensorFlow 2.21 has no {name}", way_out(name))
    elif missing in {"tf.python", "tf.core"}:
        message = f"{name} is private to TensorFlow: what it is in 2.21 is not known"
        work.refuse("TFR402", occurrence.node, message, "Use the public name for it.")
    elif _is_raised(work, occurrence):
        message = f"no TensorFlow 1.15 has {name}: the line raises an AttributeError in its place, before and after"
        work.note("TFR306", occurrence.node, message)
    else:
        message = f"neither TensorFlow 1.15 nor compat.v1 of 2.21 has a public name {name}"
        work.refuse("TFR402", occurrence.node, message, "Use the public name for it.")


def _is_raised(work: Work, occurrence: Occurrence) -> bool:
    """Whether this is an exception raised under a name that nothing has, which raises an AttributeError instead."""
    node = occurrence.node
    raised = work.scopes.parent[occurrence.call] if occurrence.call is not None else work.scopes.parent[node]
    is_exception = isinstance(raised, ast.Raise) and raised.exc in {node, occurrence.call}
    owner = occurrence.symbol.rpartition(".")[0]
    return is_exception and isinstance(node, ast.Attribute) and look_up(owner).is_module and not look_up(owner).missing
