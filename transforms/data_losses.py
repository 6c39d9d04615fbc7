"""`tf.losses.*` → explicit expressions.

TF1's default reduction is sum(loss * weights) / count(weights != 0): the mean for one weight of all. What has no short
exact form stays `tf.compat.v1.losses.*`, which gives TF1's numbers eagerly and in a `tf.function`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import libcst as cst

from tf1to2_reg import calls
from tf1to2_reg.calls import Argument
from tf1to2_reg.expressions import call, difference, product, tf2
from tf1to2_reg.rewriting import Constant, Context, Refusal, Rule

_REDUCTION = "tf.losses.Reduction.SUM_BY_NONZERO_WEIGHTS"


@dataclass(frozen=True)
class _Loss:
    """A call of a loss: the context, the call before and after, its arguments by parameter, labels and scores."""

    ctx: Context
    original: cst.Call
    updated: cst.Call
    given: Mapping[str, Argument]
    labels: Argument
    scores: Argument

    def name(self, name: str) -> cst.BaseExpression:
        return tf2(self.ctx, name)

    def constant(self, parameter: str) -> Constant | None:
        """The parameter's value; Constant(None) where it is not given."""
        if parameter not in self.given:
            return Constant(None)
        return self.ctx.constant(self.given[parameter].original.value)


class _NoShortForm(Exception):
    """The loss has no explicit form that is exact."""


_Form = Callable[[_Loss], cst.BaseExpression]


def _squared(loss: _Loss) -> cst.BaseExpression:
    scores, labels = _float32(loss, loss.scores), _float32(loss, loss.labels)
    return call(loss.name("math.squared_difference"), calls.positional(scores), calls.positional(labels))


def _absolute(loss: _Loss) -> cst.BaseExpression:
    scores, labels = _float32(loss, loss.scores), _float32(loss, loss.labels)
    return call(loss.name("abs"), calls.positional(difference(scores, labels)))


def _sparse_softmax(loss: _Loss) -> cst.BaseExpression:
    labels, scores = loss.labels.updated.value, loss.scores.updated.value
    of_labels, of_scores = loss.ctx.tensor(loss.labels.original.value), loss.ctx.tensor(loss.scores.original.value)
    if of_labels is None or of_scores is None or of_labels.rank is None or of_scores.rank is None:
        raise _NoShortForm
    if of_labels.rank == of_scores.rank:
        last = cst.parse_expression("[-1]")
        labels = call(loss.name("squeeze"), calls.positional(labels), calls.positional(last))
    elif of_labels.rank != of_scores.rank - 1:
        raise _NoShortForm
    return _cross_entropy(loss, "nn.sparse_softmax_cross_entropy_with_logits", labels, scores)


def _softmax(loss: _Loss) -> cst.BaseExpression:
    """TF1 stops the gradient at the labels."""
    if loss.constant("label_smoothing") not in (Constant(None), Constant(0)):
        raise _NoShortForm
    labels = call(loss.name("stop_gradient"), calls.positional(_like_scores(loss)))
    return _cross_entropy(loss, "nn.softmax_cross_entropy_with_logits", labels, loss.scores.updated.value)


def _sigmoid(loss: _Loss) -> cst.BaseExpression:
    if loss.constant("label_smoothing") not in (Constant(None), Constant(0)):
        raise _NoShortForm
    return _cross_entropy(loss, "nn.sigmoid_cross_entropy_with_logits", _like_scores(loss), loss.scores.updated.value)


def _cross_entropy(
    loss: _Loss, name: str, labels: cst.BaseExpression, logits: cst.BaseExpression
) -> cst.BaseExpression:
    return call(loss.name(name), calls.keyword("labels", labels), calls.keyword("logits", logits))


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
        raise _NoShortForm
    if of_labels is not None and of_labels.dtype == of_scores.dtype:
        return loss.labels.updated.value
    return _cast(loss, loss.labels.updated.value, of_scores.dtype)


def _cast(loss: _Loss, value: cst.BaseExpression, dtype: str) -> cst.BaseExpression:
    return call(loss.name("cast"), calls.positional(value), calls.positional(loss.name(dtype)))


@dataclass(frozen=True)
class _Facts:
    """`parameters` of the TF1 function in positional order (TF 1.15.5), labels and scores first; `form` of one element."""

    parameters: tuple[str, ...]
    form: _Form | None


_TAIL = ("scope", "loss_collection", "reduction")

_LOSSES: dict[str, _Facts] = {
    "mean_squared_error": _Facts(("labels", "predictions", "weights", *_TAIL), _squared),
    "absolute_difference": _Facts(("labels", "predictions", "weights", *_TAIL), _absolute),
    "huber_loss": _Facts(("labels", "predictions", "weights", "delta", *_TAIL), None),
    "hinge_loss": _Facts(("labels", "logits", "weights", *_TAIL), None),
    "log_loss": _Facts(("labels", "predictions", "weights", "epsilon", *_TAIL), None),
    "cosine_distance": _Facts(("labels", "predictions", "axis", "weights", *_TAIL, "dim"), None),
    "sigmoid_cross_entropy": _Facts(("multi_class_labels", "logits", "weights", "label_smoothing", *_TAIL), _sigmoid),
    "softmax_cross_entropy": _Facts(("onehot_labels", "logits", "weights", "label_smoothing", *_TAIL), _softmax),
    "sparse_softmax_cross_entropy": _Facts(("labels", "logits", "weights", *_TAIL), _sparse_softmax),
}


def _rule(name: str, facts: _Facts) -> Rule:
    def rewrite(original: cst.Call, updated: cst.Call, ctx: Context) -> cst.BaseExpression:
        given = calls.values(calls.bind(original, updated, facts.parameters, "TFR229"))
        labels, scores = facts.parameters[:2]
        if labels not in given or scores not in given:
            raise Refusal("TFR229", f"`{name}` is called without `{labels}` or `{scores}`", original)
        loss = _Loss(ctx, original, updated, given, given[labels], given[scores])
        try:
            return _explicit(loss, facts)
        except _NoShortForm:
            return _kept(loss, name)

    return rewrite


def _explicit(loss: _Loss, facts: _Facts) -> cst.BaseExpression:
    if facts.form is None or not _has_default_reduction(loss):
        raise _NoShortForm
    mean = call(loss.name("reduce_mean"), calls.positional(facts.form(loss)))
    mean = mean.with_changes(lpar=loss.updated.lpar, rpar=loss.updated.rpar)
    match loss.constant("weights"):
        case Constant(None) if "weights" not in loss.given:
            return mean
        case Constant(1 | 1.0):
            return mean
        case Constant(int() | float()):
            return product(loss.given["weights"].updated.value, mean)
        case _:
            raise _NoShortForm


def _has_default_reduction(loss: _Loss) -> bool:
    return "reduction" not in loss.given or loss.ctx.symbol(loss.given["reduction"].original.value) == _REDUCTION


def _kept(loss: _Loss, name: str) -> cst.BaseExpression:
    """`tf.compat.v1.losses.NAME` with the same arguments but for the name of the collection, which eager code lacks."""
    kept = [argument for argument in loss.given.values() if argument.parameter not in ("scope", "loss_collection")]
    first_gone = min((a.index for a in loss.given.values() if a not in kept), default=len(loss.updated.args))
    arguments = {
        argument.index: argument.updated
        if argument.index < first_gone
        else calls.named(argument.updated, argument.parameter)
        for argument in kept
    }
    loss.ctx.note("TFR106", f"tf.losses.{name} is kept as tf.compat.v1.losses.{name}", loss.original)
    return calls.with_arguments(loss.updated, loss.name(f"compat.v1.losses.{name}"), arguments)


RULES: dict[str, Rule] = {f"tf.losses.{name}": _rule(name, facts) for name, facts in _LOSSES.items()}
"""Every loss of tf.losses but mean_pairwise_squared_error, whose eager value is wrong in TF 2.21."""
