"""Likely causes of a difference, read from the numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tf1to2_reg.verify import printed
from tf1to2_reg.verify.pairing import Pairing, relative
from tf1to2_reg.verify.recording import Array, Recording, Variable
from tf1to2_reg.verify.verdict import Cause, CauseKind, Difference, PenaltyPair, Quantity

_EXACT = 1e-3
"""How close a ratio or a gap must be to count as exactly that."""
_ROUNDING = 2e-6
_LARGEST_FACTOR = 1e6


@dataclass(frozen=True)
class Evidence:
    """All that the rules look at. `differences` is in the order in which they are told and not empty."""

    before: Recording
    after: Recording
    weights: Pairing
    states: Pairing
    penalties: tuple[PenaltyPair, ...]
    differences: tuple[Difference, ...]

    def has(self, *quantities: Quantity) -> bool:
        return any(difference.quantity in quantities for difference in self.differences)

    def at_first_step(self, *quantities: Quantity) -> bool:
        return any(item.quantity in quantities and item.step == 0 for item in self.differences)

    @property
    def first_loss_step(self) -> int | None:
        steps = [item.step for item in self.differences if item.quantity in (Quantity.LOSS, Quantity.REGULARIZATION)]
        return min((step for step in steps if step is not None), default=None)

    @property
    def loss_gap(self) -> float:
        """Before less after, at the first step."""
        return self.before.updates[0].loss - self.after.updates[0].loss

    def explains(self, amount: float) -> bool:
        """Whether the gap of the first loss is this amount."""
        rounding = _ROUNDING * max(abs(self.before.updates[0].loss), abs(self.after.updates[0].loss))
        return abs(amount) > 2 * rounding and abs(self.loss_gap - amount) <= _EXACT * abs(amount) + rounding


Rule = Callable[[Evidence], Iterator[Cause]]


def likely_causes(evidence: Evidence) -> tuple[Cause, ...]:
    """The causes that the numbers speak for, the most telling first; empty where they speak for none."""
    for group in _RULES:
        causes = tuple(cause for rule in group for cause in rule(evidence))
        if causes:
            return causes
    return ()


def _variables(evidence: Evidence) -> Iterator[Cause]:
    before, after = evidence.weights.only_before, evidence.weights.only_after
    yield from _frozen(evidence)
    untrained = {variable.shape for variable in (*_untrained(evidence.before), *_untrained(evidence.after))}
    extra = [variable for variable in after if variable.shape not in untrained]
    missing = [variable for variable in before if variable.shape not in untrained]
    if extra:
        yield _extra(evidence, extra)
    if missing:
        yield Cause(
            CauseKind.MISSING_VARIABLE,
            f"the after does not train {_listed(missing)}: a layer or its bias"
            " is missing, or the layer is made where the model does not own it",
        )


def _extra(evidence: Evidence, extra: list[Variable]) -> Cause:
    shapes = {variable.shape for variable in evidence.before.weights}
    if all(variable.shape in shapes for variable in extra):
        return Cause(
            CauseKind.NOT_SHARED,
            f"the after has {_listed(extra)} besides those of the same shape that the before has: weights that TF1"
            " shares (reuse, one scope) belong to one layer object called twice, made once in __init__",
        )
    return Cause(CauseKind.EXTRA_VARIABLE, f"the after trains {_listed(extra)}, which the before does not have")


def _frozen(evidence: Evidence) -> Iterator[Cause]:
    known = {variable.shape for variable in _untrained(evidence.before)}
    trained = [variable for variable in evidence.weights.only_after if variable.shape in known]
    if trained:
        yield Cause(
            CauseKind.FROZEN_LAYER,
            f"{_listed(trained)} is trained by the after and not by the before (trainable=False, or var_list=)",
        )
    shapes = Counter(variable.shape for variable in _untrained(evidence.after))
    wanted = Counter(variable.shape for variable in evidence.weights.only_before)
    frozen = [variable for variable in evidence.weights.only_before if shapes[variable.shape]]
    remade = [variable for variable in frozen if shapes[variable.shape] > wanted[variable.shape]]
    if remade:
        yield Cause(
            CauseKind.LAYER_PER_CALL,
            f"{_listed(remade)} is made anew at every call of the after, so nothing trains it: make the layer once,"
            " in __init__",
        )
    elif frozen:
        yield Cause(CauseKind.FROZEN_LAYER, f"{_listed(frozen)} is trained by the before and frozen in the after")


def _untrained(recording: Recording) -> list[Variable]:
    return [variable for variable in recording.variables if variable.role in ("state", "unused")]


def _listed(variables: list[Variable]) -> str:
    return ", ".join(f"{variable.name} {list(variable.shape)}" for variable in variables[:3]) + (
        f" and {len(variables) - 3} more" if len(variables) > 3 else ""
    )


def _initializers(evidence: Evidence) -> Iterator[Cause]:
    drawn = [item.what for item in evidence.differences if item.quantity is Quantity.INITIALIZER]
    if drawn:
        yield Cause(
            CauseKind.INITIALIZER,
            f"the initializer of {names(drawn)} draws from another distribution (TF1's random_normal_initializer and"
            " truncated_normal_initializer have deviation 1.0, those of Keras 0.05); both programs were compared from"
            " the same start all the same",
        )


def _penalty_strengths(evidence: Evidence) -> Iterator[Cause]:
    ratios: dict[str, float] = {}
    for item in evidence.penalties:
        if item.before and item.after and item.before.value:
            ratio = item.after.value / item.before.value
            if abs(ratio - 1.0) > 1e-5:
                ratios[item.variable] = ratio
    twice = [name for name, ratio in ratios.items() if abs(ratio - 2.0) < _EXACT]
    half = [name for name, ratio in ratios.items() if abs(ratio - 0.5) < _EXACT]
    other = [name for name in ratios if name not in (*twice, *half)]
    if twice:
        yield Cause(
            CauseKind.FACTOR_TWO,
            f"the penalty of {names(twice)} is exactly twice that of the before: tf.contrib.layers.l2_regularizer(s)"
            " and tf.nn.l2_loss halve the sum of squares, tf.keras.regularizers.L2(s) does not: write L2(0.5 * s)",
        )
    if half:
        yield Cause(
            CauseKind.FACTOR_TWO,
            f"the penalty of {names(half)} is exactly half that of the before: only contrib, slim and tf.nn.l2_loss"
            " halve the sum of squares, tf.keras.regularizers and L1 do not",
        )
    if other:
        yield Cause(
            CauseKind.OTHER_STRENGTH,
            f"the penalty of {names(other)} is {ratios[other[0]]:.4g} times that of the before",
        )


def names(found: list[str]) -> str:
    """The first three of them."""
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def _penalty_presence(evidence: Evidence) -> Iterator[Cause]:
    missing = [item.variable for item in evidence.penalties if item.before and item.before.value and not item.after]
    extra = [item.variable for item in evidence.penalties if item.after and item.after.value and not item.before]
    vectors = {item.before.name for item in evidence.weights.pairs if len(item.before.shape) < 2}
    if missing and all(name in vectors for name in missing) and _some_are_kept(evidence):
        yield Cause(
            CauseKind.BIAS_NOT_PENALIZED,
            f"{names(missing)} is penalized by the before only: variable_scope(regularizer=) penalizes every"
            " variable made under it, biases, gamma and beta as well",
        )
    elif missing:
        yield Cause(
            CauseKind.MISSING_REGULARIZER, f"{names(missing)} has a regularizer in the before and none in the after"
        )
    if extra:
        yield Cause(
            CauseKind.EXTRA_REGULARIZER, f"{names(extra)} has a regularizer in the after and none in the before"
        )


def _some_are_kept(evidence: Evidence) -> bool:
    return any(item.before and item.after for item in evidence.penalties)


def _penalty_in_loss(evidence: Evidence) -> Iterator[Cause]:
    if not evidence.at_first_step(Quantity.LOSS):
        return
    ours, theirs = evidence.before.updates[0], evidence.after.updates[0]
    in_loss = any(penalty.in_loss for penalty in evidence.before.penalties)
    if evidence.explains(theirs.frozen) and theirs.frozen:
        yield Cause(
            CauseKind.FROZEN_PENALTY,
            "the total losses differ by the penalties of variables that are not trained: TF1 keeps them in the"
            " collection, Keras leaves them out of model.losses; add them to the loss by hand",
        )
    elif evidence.explains(ours.regularization) and in_loss:
        read = evidence.after.losses_read
        how = "model.losses is read but does not reach the loss" if read else "model.losses is never read"
        yield Cause(
            CauseKind.PENALTY_NOT_ADDED,
            f"the total losses differ by exactly the regularization loss, which the after leaves out ({how}):"
            " add tf.add_n(model.losses)",
        )
    elif evidence.explains(-theirs.regularization) and in_loss:
        yield Cause(
            CauseKind.PENALTY_ADDED_TWICE,
            "the total loss of the after has the regularization loss once more than the before",
        )
    elif evidence.explains(-theirs.regularization):
        yield Cause(
            CauseKind.PENALTY_NEVER_MINIMIZED,
            "the before declares its penalties and never minimizes them; the after adds them to the loss",
        )


def _forward(evidence: Evidence) -> Iterator[Cause]:
    if not evidence.at_first_step(Quantity.LOSS, Quantity.GRADIENT):
        return
    moved_before, moved_after = _moved(evidence)
    if moved_before and not moved_after:
        yield Cause(
            CauseKind.TRAINING_FLAG,
            "the first losses differ, and moving averages change in the before only: batch normalization (or dropout)"
            " of the after is not called with training=True",
        )
        return
    yield Cause(CauseKind.FORWARD, _forward_text(evidence))


def _forward_text(evidence: Evidence) -> str:
    ours, theirs = evidence.before.updates[0], evidence.after.updates[0]
    if not evidence.at_first_step(Quantity.LOSS):
        return "the first losses agree and their gradients do not: something stops or adds a gradient in one of them"
    data_before, data_after = ours.loss - ours.regularization, theirs.loss - theirs.regularization
    text = (
        "the losses differ before anything is trained, and not by the penalties: the forward pass or the data loss is"
        " another one (activation, padding, reduction, input)"
    )
    return text + _reduction_hint(data_before, data_after)


def _reduction_hint(data_before: float, data_after: float) -> str:
    if not data_before or not data_after:
        return ""
    for ratio, wording in ((data_before / data_after, "{} times"), (data_after / data_before, "1/{} of")):
        if 1.5 < ratio < _LARGEST_FACTOR and abs(ratio - round(ratio)) < _EXACT:
            share = wording.format(round(ratio))
            return f"; without penalties the before's loss is {share} the after's: a mean in place of a sum?"
    return ""


def _moved(evidence: Evidence) -> tuple[bool, bool]:
    """Whether moving averages change during training, before and after."""
    before = after = False
    for item in evidence.states.pairs:
        start = item.before.initial
        if start is not None and _averages(item.before):
            before = before or _differ(start, item.before.final)
            after = after or _differ(start, item.after.final)
    return before, after


def _averages(variable: Variable) -> bool:
    return variable.ordinal is None


def _differ(a: Array, b: Array | None) -> bool:
    return b is not None and relative(a, b) > 1e-6


def _clipping(evidence: Evidence) -> Iterator[Cause]:
    if evidence.at_first_step(Quantity.LOSS, Quantity.REGULARIZATION, Quantity.GRADIENT):
        return
    differing = [
        item.before.name
        for item in evidence.weights.pairs
        if item.before.applied is not None
        and item.after.applied is not None
        and not item.noise
        and relative(item.before.applied, item.after.applied) > 1e-4
    ]
    if differing:
        yield Cause(
            CauseKind.CLIPPING,
            f"the gradients of the first step agree, those that are applied do not ({names(differing)}): they are"
            " clipped or scaled in another way (global_clipnorm= is the global norm, clipnorm= that of each variable)",
        )


def _optimizer(evidence: Evidence) -> Iterator[Cause]:
    trained = (Quantity.LOSS, Quantity.REGULARIZATION, Quantity.WEIGHT)
    if not evidence.has(*trained) or evidence.at_first_step(*trained, Quantity.GRADIENT):
        return
    step = evidence.first_loss_step
    since = f"from step {step}" if step is not None else "in the trained weights"
    yield Cause(
        CauseKind.OPTIMIZER,
        f"the first step agrees, loss and gradients, and the programs part {since}: the optimizer computes something"
        f" else ({_joined(evidence.before)} before, {_joined(evidence.after)} after){_optimizer_hint(evidence, step)}",
    )


def _joined(recording: Recording) -> str:
    return ", ".join(recording.optimizers) or "unknown"


def _optimizer_hint(evidence: Evidence, step: int | None) -> str:
    name = _joined(evidence.before)
    if "RMSProp" in name:
        return ": TF1's RMSProp starts its mean square at one, Keras at zero"
    if "Momentum" in name and (step is None or step > 1):
        return ": the velocity of Keras contains the learning rate, so a decaying rate gives other steps than TF1's"
    hints = {
        "Adam": ": TF1's epsilon is 1e-8, Keras' 1e-7",
        "Adagrad": ": TF1 has no epsilon, write epsilon=0.0",
        "Adadelta": ": TF1's epsilon is 1e-8, Keras' 1e-7",
    }
    return next((hint for key, hint in hints.items() if key in name), ": compare rate, schedule and decay")


def _averages_differ(evidence: Evidence) -> Iterator[Cause]:
    if not evidence.has(Quantity.STATE):
        return
    moved_before, moved_after = _moved(evidence)
    text = "the moving averages are updated in another way: momentum, or the unbiased variance of fused normalization"
    if moved_after and not moved_before:
        text = (
            "the moving averages change in the after and not in the before, which never runs its UPDATE_OPS: it"
            " evaluates with the initial averages (momentum=1.0 keeps them)"
        )
    elif moved_before and not moved_after:
        text = "the moving averages change in the before and not in the after: training=True is missing"
    yield Cause(CauseKind.MOVING_AVERAGES, text)


def _printed_only(evidence: Evidence) -> Iterator[Cause]:
    if not evidence.has(Quantity.PRINTED):
        return
    if printed.is_one_step_late(evidence.before.printed, evidence.after.printed):
        yield Cause(
            CauseKind.READ_AFTER_UPDATE,
            "training is the same; what the after prints at a step is what the before prints at the next one: a loss"
            " fetched together with the train op is the one before the update",
        )
    elif not evidence.has(Quantity.STATE):
        yield Cause(
            CauseKind.EVALUATION,
            "training is the same, printed numbers are not: the evaluation computes something else (training flag,"
            " a penalty in the evaluated loss, or a value read before or after the update)",
        )


def _step_count(evidence: Evidence) -> Iterator[Cause]:
    if evidence.has(Quantity.STEPS):
        yield Cause(
            CauseKind.STEP_COUNT,
            f"the before makes {len(evidence.before.updates)} training steps, the after {len(evidence.after.updates)}",
        )


_RULES: tuple[tuple[Rule, ...], ...] = (
    (_variables,),
    (_initializers,),
    (_penalty_strengths, _penalty_presence),
    (_penalty_in_loss,),
    (_forward,),
    (_clipping,),
    (_optimizer,),
    (_step_count, _averages_differ, _printed_only),
)
