"""`tf.losses.*` → explicit expressions.

TF1's default reduction is sum(loss * weights) / count(weights != 0): the mean where one weight counts for all. What has
no short exact form stays `tf.compat.v1.losses.*`, which gives TF1's numbers eagerly and in a `tf.function`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing import calls
from tf1to2_reg.editing.calls import Argument, keyword, positional
from tf1to2_reg.editing.expressions import call, difference, product, tf2
from tf1to2_reg.editing.rule import Context, Rule
from tf1to2_reg.facts.knowledge import Constant
from tf1to2_reg.facts.losses import LOSSES

_DEFAULT_REDUCTIONS = frozenset(
    {"tf.losses.Reduction.SUM_BY_NONZERO_WEIGHTS", "tf.losses.Reduction.MEAN_WEIGHTED_BY_NONZERO"}
)


@dataclass(frozen=True)
class _Loss:
    """A call of a loss: the context, the call before and after, its arguments by parameter, labels and scores."""

    ctx: Context
    original: cst.Call
    updated: cst.Call
    given: Mapping[str, Argument]
    labels: Argument
    scores: Argument

    def function(self, name: str, *arguments: cst.Arg) -> cst.Call:
        return call(tf2(self.ctx, name), *arguments)

    def constant(self, parameter: str) -> Constant | None:
        """The parameter's value; Constant(None) where it is not given."""
        if parameter not in self.given:
            return Constant(None)
        return self.ctx.constant(self.given[parameter].original.value)


class _NoShortFormError(Exception):
    """The loss has no explicit form that is exact."""


_Form = Callable[[_Loss], cst.BaseExpression]


def _squared(loss: _Loss) -> cst.BaseExpression:
    scores, labels = _float32(loss, loss.scores), _float32(loss, loss.labels)
    return loss.function("math.squared_difference", positional(scores), positional(labels))


def _absolute(loss: _Loss) -> cst.BaseExpression:
    scores, labels = _float32(loss, loss.scores), _float32(loss, loss.labels)
    return loss.function("abs", positional(difference(scores, labels)))


def _sparse_softmax(loss: _Loss) -> cst.BaseExpression:
    labels, scores = loss.labels.updated.value, loss.scores.updated.value
    of_labels, of_scores = loss.ctx.tensor(loss.labels.original.value), loss.ctx.tensor(loss.scores.original.value)
    if of_labels is None or of_scores is None or of_labels.rank is None or of_scores.rank is None:
        raise _NoShortFormError
    if of_labels.rank == of_scores.rank:
        labels = loss.function("squeeze", positional(labels), positional(cst.parse_expression("[-1]")))
    elif of_labels.rank != of_scores.rank - 1:
        raise _NoShortFormError
    return _cross_entropy(loss, "nn.sparse_softmax_cross_entropy_with_logits", labels, scores)


def _softmax(loss: _Loss) -> cst.BaseExpression:
    """TF1 stops the gradient at the labels."""
    _check_no_smoothing(loss)
    labels = loss.function("stop_gradient", positional(_like_scores(loss)))
    return _cross_entropy(loss, "nn.softmax_cross_entropy_with_logits", labels, loss.scores.updated.value)


def _sigmoid(loss: _Loss) -> cst.BaseExpression:
    _check_no_smoothing(loss)
    scores = loss.scores.updated.value
    return _cross_entropy(loss, "nn.sigmoid_cross_entropy_with_logits", _like_scores(loss), scores)


def _check_no_smoothing(loss: _Loss) -> None:
    smoothing = loss.constant("label_smoothing")
    if smoothing is None or smoothing.value not in (None, 0):
        raise _NoShortFormError


def _cross_entropy(
    loss: _Loss, name: str, labels: cst.BaseExpression, logits: cst.BaseExpression
) -> cst.BaseExpression:
    return loss.function(name, keyword("labels", labels), keyword("logits", logits))


def _float32(loss: _Loss, argument: Argument) -> cst.BaseExpression:
    """The argument as TF1's regression losses see it."""
    facts = loss.ctx.tensor(argument.original.value)
    if facts is not None and facts.dtype == "float32":
        return argument.updated.value
    return _cast(loss, argument.updated.value, "float32")


def _like_scores(loss: _Loss) -> cst.BaseExpression:
    """The labels in the dtype of the scores."""
    of_labels, of_scores = loss.ctx.tensor(loss.labels.original.value), loss.ctx.tensor(loss.scores.original.value)
    if of_scores is None or of_scores.dtype is None:
        raise _NoShortFormError
    if of_labels is not None and of_labels.dtype == of_scores.dtype:
        return loss.labels.updated.value
    return _cast(loss, loss.labels.updated.value, of_scores.dtype)


def _cast(loss: _Loss, value: cst.BaseExpression, dtype: str) -> cst.BaseExpression:
    return loss.function("cast", positional(value), positional(tf2(loss.ctx, dtype)))


_FORMS: dict[str, _Form] = {
    "tf.losses.absolute_difference": _absolute,
    "tf.losses.mean_squared_error": _squared,
    "tf.losses.sigmoid_cross_entropy": _sigmoid,
    "tf.losses.softmax_cross_entropy": _softmax,
    "tf.losses.sparse_softmax_cross_entropy": _sparse_softmax,
}
"""What one element of the loss is, where that is short."""


def _rewrite(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    symbol = ctx.symbol(original.func) or ""
    parameters = LOSSES[symbol]
    given = calls.values(calls.bind(original, updated, parameters, "TFR229"))
    labels, scores = parameters[:2]
    if labels not in given or scores not in given:
        raise refusal("TFR229", f"`{symbol}` is called without `{labels}` or `{scores}`", original)
    loss = _Loss(ctx, original, updated, given, given[labels], given[scores])
    try:
        return _explicit(loss, symbol)
    except _NoShortFormError:
        return _kept(loss, symbol)


def _explicit(loss: _Loss, symbol: str) -> cst.BaseExpression:
    if symbol not in _FORMS or not _has_default_reduction(loss):
        raise _NoShortFormError
    element = _FORMS[symbol](loss)
    if "weights" in loss.given:
        element = _weighted(loss, element)
    mean = loss.function("reduce_mean", positional(element))
    return mean.with_changes(lpar=loss.updated.lpar, rpar=loss.updated.rpar)


def _weighted(loss: _Loss, element: cst.BaseExpression) -> cst.BaseExpression:
    match loss.constant("weights"):
        case Constant(1 | 1.0):
            return element
        case Constant(int() | float()):
            return product(loss.given["weights"].updated.value, element)
        case _:
            raise _NoShortFormError


def _has_default_reduction(loss: _Loss) -> bool:
    return (
        "reduction" not in loss.given or loss.ctx.symbol(loss.given["reduction"].original.value) in _DEFAULT_REDUCTIONS
    )


def _kept(loss: _Loss, symbol: str) -> cst.BaseExpression:
    """`tf.compat.v1.losses.NAME` with the same arguments but for the names of the scope and of the collection."""
    kept = [argument for argument in loss.given.values() if argument.parameter not in ("scope", "loss_collection")]
    name = symbol.removeprefix("tf.")
    loss.ctx.note("TFR106", f"{symbol} is kept as tf.compat.v1.{name}", loss.original)
    arguments = calls.renamed(kept, LOSSES[symbol])
    return calls.with_arguments(loss.updated, tf2(loss.ctx, f"compat.v1.{name}"), arguments)


def _pairwise(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
    raise refusal("TFR229", "the eager value of mean_pairwise_squared_error is wrong in TF 2.21", original)


RULES: dict[str, Rule] = {
    **dict.fromkeys(LOSSES, _rewrite),
    "tf.losses.mean_pairwise_squared_error": _pairwise,
}
"""Every loss of tf.losses."""
