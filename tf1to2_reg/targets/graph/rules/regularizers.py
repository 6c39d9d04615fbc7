"""Regularizers: contrib's, slim's and Keras's, with the factor of two between them."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.facts.lost import REGULARIZERS, piece, plain
from tf1to2_reg.syntax.scopes import Kind
from tf1to2_reg.targets.graph.arguments import Argument, Arguments, bind, has_comment
from tf1to2_reg.targets.graph.edits import Span
from tf1to2_reg.targets.graph.values import Value
from tf1to2_reg.targets.graph.work import MODULE, Occurrence, Work

CONTRIB = frozenset(f"tf.contrib.layers.{name}" for name in REGULARIZERS)

_KERAS = "tf.keras.regularizers."


@dataclass(frozen=True)
class _Form:
    """A regularizer of contrib, and how Keras says it: the strengths' parameters here and there, factor by factor."""

    parameters: tuple[str, ...]
    keras: str
    factors: tuple[str, ...]
    keywords: tuple[str, ...] = ()


_FORMS = {
    "tf.contrib.layers.l2_regularizer": _Form(("scale", "scope"), "L2", ("0.5 * ",)),
    "tf.contrib.layers.l1_regularizer": _Form(("scale", "scope"), "L1", ("",)),
    "tf.contrib.layers.l1_l2_regularizer": _Form(
        ("scale_l1", "scale_l2", "scope"), "L1L2", ("", "0.5 * "), ("l1=", "l2=")
    ),
}
_KERAS_STRENGTHS = {"l1": ("l",), "l2": ("l",), "l1_l2": ("l1", "l2"), "L1L2": ("l1", "l2")}
_STRINGS = {"l1": "l1=0.01, l2=0.0", "l2": "l1=0.0, l2=0.01", "l1_l2": "0.01, 0.01"}
_TIGHT = ast.Name | ast.Attribute | ast.Constant | ast.Call | ast.Subscript


def rewrite(work: Work, occurrence: Occurrence) -> None:
    """Edit a regularizer of contrib or slim: Keras's where only layers get it and it is equal, else the drop-in."""
    if _is_zero_of_a_layer(work, occurrence) and occurrence.call is not None:
        work.replace(occurrence.call, "None")
    elif not _as_keras(work, occurrence):
        name = piece(occurrence.symbol)
        if name is not None and not isinstance(occurrence.node, ast.Name):
            work.replace(occurrence.node, work.piece(name))


def rewrite_keras(work: Work, occurrence: Occurrence) -> None:
    """Edit a regularizer of Keras 2: Keras 3's where only layers get it and it is shown equal, else the drop-in."""
    name, call = occurrence.symbol.removeprefix(_KERAS), occurrence.call
    if name not in _KERAS_STRENGTHS or call is None or isinstance(occurrence.node, ast.Name):
        return
    arguments = bind(work, call, _KERAS_STRENGTHS[name]) or bind(work, call, (name,))  # TF 2 renamed `l`
    if arguments is None or work.text[work.positions.span(occurrence.node).end : arguments.opening].strip():
        work.refuse("TFR405", occurrence.node, f"the arguments of {occurrence.symbol} cannot be told")
        return
    positive = all(work.values.is_only(work.module, item.value, Value.POSITIVE_FLOAT) for item in arguments.items)
    if not positive or _shows_whose_it_is(work) or not meets_layers_only(work, call):
        work.replace(occurrence.node, work.piece("keras_l1_l2"))
        _write_strengths(work, arguments, name)
        return
    for item in arguments.items:
        if item.parameter == "l" and item.is_keyword:
            work.edit(item.span, item.value_span)
    if name == "l1_l2":
        _write_missing(work, arguments, "0.01")


def _write_strengths(work: Work, arguments: Arguments, name: str) -> None:
    """Give the drop-in the two strengths that a regularizer of Keras 2 has."""
    if name == "L1L2":
        _write_missing(work, arguments, "0.0")
    if name not in {"l1", "l2"}:
        return
    other = "l2=0.0" if name == "l1" else "l1=0.0"
    if not arguments.items:
        work.edit(Span(arguments.closing, arguments.closing), other)
    for item in arguments.items:
        work.edit(item.span, f"{name}=", item.value_span, f", {other}")


def rewrite_string(work: Work, node: ast.expr, root: str | None) -> None:
    """Write out a string that Keras 3 does not know or may have another number for."""
    value = node.value if isinstance(node, ast.Constant) else None
    strengths = _STRINGS.get(value) if isinstance(value, str) else None
    if strengths is None:
        return
    if _shows_whose_it_is(work):
        work.replace(node, f"{work.piece('keras_l1_l2')}({strengths})")
    elif root is not None and value == "l1_l2":
        work.replace(node, f"{root}.keras.regularizers.L1L2(0.01, 0.01)")


def meets_layers_only(work: Work, call: ast.expr) -> bool:
    """Whether the value of an expression goes nowhere but to the regularizers of layers."""
    if is_layer_argument(work, call):
        return True
    statement = work.scopes.parent.get(call)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return False
    target = statement.targets[0]
    if not isinstance(target, ast.Name):
        return False
    bindings = work.scopes.scope[target].find(target.id)
    if len(bindings) != 1 or bindings[0].kind is not Kind.VALUE:
        return False
    uses = work.values.uses(target.id)
    own = [node for node in uses or [] if isinstance(node, ast.Name) and node in work.scopes.scope]
    if uses is None or len(own) != len(uses):
        return False
    same = [node for node in own if work.scopes.scope[node].find(target.id) is bindings]
    return bool(same) and all(is_layer_argument(work, node) for node in same)


def is_layer_argument(work: Work, node: ast.expr) -> bool:
    """Whether an expression is what a call of `tf.layers` gives to the regularizer of a weight."""
    parent = work.scopes.parent.get(node)
    call = work.scopes.parent.get(parent) if isinstance(parent, ast.keyword) else parent
    if not isinstance(call, ast.Call):
        return False
    symbol = work.symbols.symbol(work.module, call.func)
    if symbol is not None and work.is_given_to_graph_model(symbol, call):
        return isinstance(parent, ast.keyword) and (parent.arg or "").endswith("_regularizer")
    symbol = symbol or _drop_in(work, call.func)
    facts = LAYERS.get(plain(symbol)) if symbol else None
    if facts is None:
        return False
    if isinstance(parent, ast.keyword):
        return parent.arg in facts.regularizers and parent.arg != "activity_regularizer"
    position = next((index for index, argument in enumerate(call.args) if argument is node), None)
    if position is None or any(isinstance(argument, ast.Starred) for argument in call.args):
        return False
    return position < len(facts.parameters) and facts.parameters[position] in facts.regularizers


def _drop_in(work: Work, function: ast.expr) -> str | None:
    """The layer that a function of the written module stands for, imported by name or with the module."""
    match function:
        case ast.Name(id=name) if name in work.present:
            return f"tf.layers.{name}"
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            imports = [binding.node for binding in work.scopes.module.bindings.get(module, ())]
            if imports and all(isinstance(node, ast.alias) and node.name.endswith(MODULE) for node in imports):
                return f"tf.layers.{name}"
    return None


def _is_zero_of_a_layer(work: Work, occurrence: Occurrence) -> bool:
    call = occurrence.call
    if call is None or occurrence.symbol == "tf.contrib.layers.sum_regularizer" or not is_layer_argument(work, call):
        return False
    values = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg != "scope")]
    expected = 2 if occurrence.symbol.endswith("l1_l2_regularizer") else 1
    zeros = all(isinstance(v, ast.Constant) and isinstance(v.value, float) and v.value == 0 for v in values)
    return zeros and len(values) == expected


def _may_be_keras(work: Work, call: ast.Call, form: _Form) -> bool:
    if form.keras != "L2":  # L1 holds a tensor, in single precision, of the graph it was made in
        return is_layer_argument(work, call) and not _shows_whose_it_is(work)
    return meets_layers_only(work, call)


def _shows_whose_it_is(work: Work) -> bool:
    """Whether contrib's penalties and Keras's, which round their strengths otherwise, may be told apart."""
    return work.symbols.calls.may_leave_single_precision or work.symbols.calls.names_tensors


def _as_keras(work: Work, occurrence: Occurrence) -> bool:
    form, call, root = _FORMS.get(occurrence.symbol), occurrence.call, work.root(occurrence)
    if form is None or call is None or root is None or not _may_be_keras(work, call, form):
        return False
    arguments = bind(work, call, form.parameters)
    count = len(form.factors)
    if arguments is None or [item.parameter for item in arguments.items] != list(form.parameters[:count]):
        return False
    positive = all(work.values.is_only(work.module, item.value, Value.POSITIVE_FLOAT) for item in arguments.items)
    start = work.positions.span(occurrence.node)
    if not positive or work.text[start.end : arguments.opening].strip():
        return False
    if any(item.is_keyword and has_comment(work, item.span) for item in arguments.items):
        return False
    work.replace(occurrence.node, f"{root}.keras.regularizers.{form.keras}")
    keywords = form.keywords or ("",) * count
    for item, factor, keyword in zip(arguments.items, form.factors, keywords, strict=True):
        work.edit(item.span, *_scaled(work, item, factor, keyword))
    if form.keras != "L1":
        work.note("TFR103", call, "contrib's l2_regularizer halves the sum of squares, Keras's L2 does not")
    return True


def _scaled(work: Work, item: Argument, factor: str, keyword: str) -> tuple[str | Span, ...]:
    wrapped = work.text[item.value_span.start] == "(" and not isinstance(item.value, ast.Tuple)
    if not factor or isinstance(item.value, _TIGHT) or (wrapped and _is_one_group(work, item)):
        return keyword + factor, item.value_span
    return keyword + factor + "(", item.value_span, ")"


def _is_one_group(work: Work, item: Argument) -> bool:
    inner = work.positions.span(item.value)
    return item.value_span.start < inner.start and inner.end < item.value_span.end


def _write_missing(work: Work, arguments: Arguments, strength: str) -> None:
    """Write out the strengths that a call leaves to their defaults."""
    missing = [f"{name}={strength}" for name in ("l1", "l2") if arguments.get(name) is None]
    if missing:
        last = arguments.items[-1].span.end if arguments.items else arguments.opening + 1
        work.edit(Span(last, last), (", " if arguments.items else "") + ", ".join(missing))
