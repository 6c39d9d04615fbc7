"""Calls of `tf.layers`: a Keras layer in place where every argument is shown to mean the same, else the drop-in."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.facts.layers import LAYERS, LayerFacts
from tf1to2_reg.facts.lost import piece, plain
from tf1to2_reg.targets.graph.arguments import Argument, Arguments, bind, has_comment
from tf1to2_reg.targets.graph.edits import Span
from tf1to2_reg.targets.graph.values import Value
from tf1to2_reg.targets.graph.work import Occurrence, Work

NEVER_INLINE = frozenset({"tf.layers.batch_normalization", "tf.layers.dropout"})
"""Keras's own layers compute something else in a graph; the drop-ins do not."""

_ADDED = ("name", "trainable", "reuse")
"""Parameters that are the graph model's, not the Keras layer's."""

_STRINGS = frozenset({"linear", "relu", "sigmoid", "tanh"})
"""Activations whose name means the same function in both."""

_REGULARIZER_STRINGS = frozenset({"l1", "l2", "l1_l2"})
"""Regularizers by name; the last is written out, see `regularizers.rewrite_string`."""

_SIZES = frozenset({Value.INT, Value.INTS})
_ACCEPTED: dict[str, frozenset[Value]] = {
    "filters": frozenset({Value.INT}),
    "depth_multiplier": frozenset({Value.INT}),
    "kernel_size": _SIZES,
    "pool_size": _SIZES,
    "strides": _SIZES,
    "dilation_rate": _SIZES,
    "padding": frozenset({Value.STRING}),
    "data_format": frozenset({Value.STRING}),
    "activation": frozenset({Value.FUNCTION, Value.NONE}),
    "use_bias": frozenset({Value.BOOL}),
    "activity_regularizer": frozenset({Value.NONE}),
}
"""The kinds of value that mean in Keras 3 what they mean in TF1."""

_PURE_CALLS = frozenset({"as_list", "float", "format", "get_shape", "int", "len", "str"})


def rewrite(work: Work, occurrence: Occurrence) -> None:
    """Edit one occurrence of a function of `tf.layers`, called or not."""
    call = occurrence.call
    facts = LAYERS.get(occurrence.symbol)
    if call is None or facts is None:
        stand_in(work, occurrence)
        return
    if not _inline(work, occurrence, call, facts):
        stand_in(work, occurrence)


def stand_in(work: Work, occurrence: Occurrence) -> None:
    """Put the drop-in of the same signature in the place of a function or class; its arguments stay."""
    name = piece(occurrence.symbol)
    if name is not None and not is_bound_elsewhere(work, occurrence):
        work.replace(occurrence.node, work.piece(name))


def is_bound_elsewhere(work: Work, occurrence: Occurrence) -> bool:
    """Whether the text is a name that an import or an assignment binds, which is what changes then."""
    return isinstance(occurrence.node, ast.Name) and work.symbols.symbol(work.module, occurrence.node) != "tf"


def regularizer_arguments(work: Work, occurrence: Occurrence) -> Iterator[ast.expr]:
    """The expressions that a layer call gives to its weights' regularizers."""
    facts = LAYERS.get(occurrence.symbol)
    if facts is None or occurrence.call is None:
        return
    positional = zip(facts.parameters, occurrence.call.args, strict=False)
    given = [*positional, *((keyword.arg or "", keyword.value) for keyword in occurrence.call.keywords)]
    yield from (value for name, value in given if name in facts.regularizers and name != "activity_regularizer")


def _inline(work: Work, occurrence: Occurrence, call: ast.Call, facts: LayerFacts) -> bool:
    """Write `graph_model().add(tf.keras.layers.X(...), name=...)(inputs)` if that is exact."""
    root = work.root(occurrence)
    if root is None or occurrence.symbol in NEVER_INLINE:
        return False
    arguments = bind(work, call, facts.parameters)
    inputs = arguments.get("inputs") if arguments else None
    if arguments is None or inputs is None or any(arguments.get(name) is None for name in facts.required):
        return False
    kept = [item for item in arguments.items if item.parameter not in {"inputs", *_ADDED}]
    if not all(_means_the_same(work, item) for item in kept) or not _may_move(work, arguments):
        return False
    start = work.positions.span(occurrence.node)
    if work.text[start.end : arguments.opening].strip() or work.positions.span(call).start != start.start:
        return False
    if any(has_comment(work, span) for span in _dropped(arguments, kept)):
        return False
    _write(work, occurrence, call, (root, facts), (arguments, kept))
    return True


def _means_the_same(work: Work, item: Argument) -> bool:
    name, value = item.parameter, item.value
    if name == "units":
        return True  # int(units) is what TF1 does with it
    text = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
    if name == "activation" and text is not None:
        return text in _STRINGS
    if name in _ACCEPTED:
        accepted = _ACCEPTED[name]
    elif name.endswith("_initializer"):
        accepted = frozenset({Value.INITIALIZER})
    elif name.endswith("_regularizer"):
        accepted = frozenset({Value.REGULARIZER, Value.FUNCTION, Value.NONE})
        if text in _REGULARIZER_STRINGS:
            return True
    else:  # constraints
        accepted = frozenset({Value.NONE})
    return work.values.is_only(work.module, value, *accepted)


def _may_move(work: Work, arguments: Arguments) -> bool:
    """Whether it makes no difference that the inputs are computed after the other arguments."""
    others = [item.value for item in arguments.items if item.parameter != "inputs"]
    inputs = [item.value for item in arguments.items if item.parameter == "inputs"]
    if any(isinstance(node, ast.Yield | ast.YieldFrom | ast.Await) for value in others for node in ast.walk(value)):
        return False
    return all(is_pure(work, value) for value in others) or all(is_pure(work, value) for value in inputs)


def is_pure(work: Work, value: ast.expr) -> bool:
    """Whether an expression only reads names and makes plain objects."""
    for node in ast.walk(value):
        if isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
            return False
        if isinstance(node, ast.Call) and not _is_pure_call(work, node):
            return False
    return True


def _is_pure_call(work: Work, call: ast.Call) -> bool:
    symbol = work.symbols.symbol(work.module, call.func)
    if symbol is not None:
        return plain(symbol).endswith(("_initializer", "_regularizer")) or symbol.startswith("tf.keras.regularizers.")
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in _PURE_CALLS


def _dropped(arguments: Arguments, kept: list[Argument]) -> Iterator[Span]:
    """The ranges between the parentheses that are neither a kept argument nor kept space around one."""
    position = arguments.opening
    for item in arguments.items:
        if item not in kept:
            yield Span(position, item.span.end)
        position = item.span.end
    if not kept:
        yield Span(arguments.opening, arguments.closing)


def _write(
    work: Work,
    occurrence: Occurrence,
    call: ast.Call,
    layer: tuple[str, LayerFacts],
    found: tuple[Arguments, list[Argument]],
) -> None:
    root, facts = layer
    arguments, kept = found
    added = [item for name in _ADDED if (item := arguments.get(name))]
    inputs = next(item for item in arguments.items if item.parameter == "inputs")
    pieces: list[str | Span] = [f"{work.piece('graph_model')}().add({root}.keras.layers.{facts.keras}"]
    pieces.append(Span(arguments.opening, arguments.opening + 1))
    if kept:
        pieces.append(Span(arguments.opening + 1, arguments.items[0].span.start))
        pieces += _kept_text(work, arguments, kept, facts)
        pieces.append(Span(arguments.items[-1].span.end, arguments.closing))
    pieces.append(")")
    for item in added:
        pieces += [f", {item.parameter}=", item.value_span]
    pieces += [")(", inputs.value_span, ")"]
    end = work.positions.span(call).end
    work.edit(Span(work.positions.span(occurrence.node).start, end), *pieces)
    work.keras_layers.add(facts.keras)


def _kept_text(work: Work, arguments: Arguments, kept: list[Argument], facts: LayerFacts) -> Iterator[str | Span]:
    before = arguments.opening + 1
    for item in arguments.items:
        if item in kept:
            if item is not kept[0]:
                yield Span(before, item.span.start)
            position = facts.parameters.index(item.parameter) - 1
            if not item.is_keyword and position >= facts.keras_prefix:
                yield f"{item.parameter}="
            yield from _value(work, item)
        before = item.span.end


def _value(work: Work, item: Argument) -> Iterator[str | Span]:
    if item.parameter == "units" and not work.values.is_only(work.module, item.value, Value.INT):
        yield Span(item.span.start, item.value_span.start)
        yield "int("
        yield item.value_span
        yield ")"
    else:
        yield item.span
