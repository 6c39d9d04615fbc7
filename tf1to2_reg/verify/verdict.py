"""What a comparison says, as plain data for the table, JSON and HTML."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import Enum

from tf1to2_reg.verify.programs import Target
from tf1to2_reg.verify.recording import Penalty, Recording, Variable


@dataclass(frozen=True)
class Tolerances:
    """When two numbers count as equal.

    At the first step: |a - b| <= rtol * max(|a|, |b|) + atol, where atol never exceeds 1e-4 of the values themselves,
    so that small losses are compared as well. Afterwards, losses and trained weights: `trained` relative. Arrays are
    compared by their largest difference against their largest element. The defaults of the first step are those of
    TensorFlow's migration guide. Deep networks with batch normalization amplify rounding error to a few thousandths of
    a first gradient.
    """

    rtol: float = 1e-6
    atol: float = 1e-5
    trained: float = 1e-4
    penalty: float = 1e-5
    gradient: float = 1e-2

    @staticmethod
    def of(
        target: Target, rtol: float | None = None, atol: float | None = None, trained: float | None = None
    ) -> Tolerances:
        """Those of a target, but for what is given. What a graph program may differ by is less: one rounding error."""
        defaults = Tolerances()
        if target is Target.GRAPH:
            defaults = Tolerances(rtol=1e-6, atol=0.0, trained=1e-5, penalty=1e-6, gradient=1e-4)
        given = {"rtol": rtol, "atol": atol, "trained": trained}
        return replace(defaults, **{name: value for name, value in given.items() if value is not None})


class Quantity(str, Enum):
    """What can differ, in the order in which a difference is told."""

    VARIABLES = "trainable variables"
    NAMES = "variables"
    COLLECTION = "collection"
    INITIALIZER = "initial distribution"
    PENALTY = "penalty"
    REGULARIZATION = "regularization loss"
    LOSS = "total loss"
    GRADIENT = "gradient"
    STEPS = "number of training steps"
    FETCHED = "fetched value"
    WEIGHT = "weights after the last step"
    STATE = "moving averages after the last step"
    SLOT = "optimizer slots after the last step"
    PRINTED = "printed numbers"


@dataclass(frozen=True)
class Difference:
    """One quantity that differs. `step` counts from 0, None for what belongs to the whole run.

    `relative` is None where one side is missing.
    """

    quantity: Quantity
    step: int | None
    what: str
    before: str
    after: str
    relative: float | None = None


class CauseKind(str, Enum):
    """The likely causes that are recognised from the numbers."""

    FACTOR_TWO = "factor-two"
    OTHER_STRENGTH = "other-strength"
    PENALTY_NOT_ADDED = "penalty-not-added"
    PENALTY_ADDED_TWICE = "penalty-added-twice"
    PENALTY_NEVER_MINIMIZED = "penalty-never-minimized"
    MISSING_REGULARIZER = "missing-regularizer"
    EXTRA_REGULARIZER = "extra-regularizer"
    BIAS_NOT_PENALIZED = "bias-not-penalized"
    FROZEN_PENALTY = "frozen-penalty"
    FROZEN_LAYER = "frozen-layer"
    LAYER_PER_CALL = "layer-made-per-call"
    NOT_SHARED = "weights-not-shared"
    MISSING_VARIABLE = "missing-variable"
    EXTRA_VARIABLE = "extra-variable"
    INITIALIZER = "initializer"
    FORWARD = "forward-pass"
    TRAINING_FLAG = "training-flag"
    MOVING_AVERAGES = "moving-averages"
    CLIPPING = "clipping"
    OPTIMIZER = "optimizer"
    READ_AFTER_UPDATE = "read-after-update"
    EVALUATION = "evaluation"
    STEP_COUNT = "step-count"
    RENAMED = "renamed-variable"
    DATA_TYPE = "data-type"
    UPDATE_OPS = "update-ops"
    BIASED_VARIANCE = "biased-variance"
    FROZEN_RANDOM = "frozen-random-numbers"
    LOSSES_COLLECTION = "losses-collection"


@dataclass(frozen=True)
class Cause:
    """A likely cause, with what to do about it."""

    kind: CauseKind
    text: str


@dataclass(frozen=True)
class Pair:
    """A variable of the before and the one that stands for it in the after.

    `gradient` and `weight` are relative differences, None where not comparable. `noise` tells that the first gradient
    is rounding error on both sides, as that of a bias before batch normalization, so that training moves the variable
    at random.
    """

    before: Variable
    after: Variable
    gradient: float | None = None
    weight: float | None = None
    noise: bool = False


@dataclass(frozen=True)
class PenaltyPair:
    """A penalty on each side, None where there is none."""

    variable: str
    before: Penalty | None
    after: Penalty | None


@dataclass(frozen=True)
class StepRow:
    """One training step on both sides."""

    step: int
    regularization_before: float
    regularization_after: float
    loss_before: float
    loss_after: float

    @property
    def difference(self) -> float:
        """The larger of the relative differences of the two losses."""
        return max(
            relative_difference(self.regularization_before, self.regularization_after),
            relative_difference(self.loss_before, self.loss_after),
        )


@dataclass(frozen=True)
class Verdict:
    """The outcome of a comparison.

    `amplified_from` is the first step whose numbers rounding error decides (module `sensitivity`), None where all
    agree. `inexact` is what is not the same to the last bit, in a graph program.
    """

    before: Recording
    after: Recording
    differences: tuple[Difference, ...]
    causes: tuple[Cause, ...]
    rows: tuple[StepRow, ...]
    pairs: tuple[Pair, ...]
    penalties: tuple[PenaltyPair, ...]
    notes: tuple[str, ...] = field(default=())
    amplified_from: int | None = None
    target: Target = Target.TF2
    inexact: tuple[Difference, ...] = ()

    @property
    def equal(self) -> bool:
        return not self.differences

    @property
    def identical(self) -> bool:
        """Whether all is the same to the last bit, which only a graph program can be."""
        return self.target is Target.GRAPH and not (self.differences or self.inexact)

    @property
    def first(self) -> Difference | None:
        """The first quantity that differs."""
        return self.differences[0] if self.differences else None


def relative_difference(a: float, b: float) -> float:
    """|a - b| / max(|a|, |b|); infinite where one is not finite and the other is."""
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    if not (math.isfinite(a) and math.isfinite(b)):
        return float("inf")
    return abs(a - b) / max(abs(a), abs(b))
