"""The same report as JSON."""

from __future__ import annotations

import json
import math
from typing import Any

from tf1to2_reg.verify.recording import Penalty, Recording
from tf1to2_reg.verify.verdict import Difference, Verdict
from tf1to2_reg.verify.wording import verdict_line

FORMAT = 1


def to_json(verdict: Verdict) -> str:
    """The report as a JSON document; numbers that JSON does not have are null."""
    document = {
        "format": FORMAT,
        "target": verdict.target.value,
        "equal": verdict.equal,
        "identical": verdict.identical,
        "verdict": verdict_line(verdict),
        "before": _side(verdict.before),
        "after": _side(verdict.after),
        "differences": [_difference(item) for item in verdict.differences],
        "inexact": [_difference(item) for item in verdict.inexact],
        "causes": [{"kind": cause.kind.value, "text": cause.text} for cause in verdict.causes],
        "steps": [
            {
                "step": row.step,
                "regularization_loss": [_number(row.regularization_before), _number(row.regularization_after)],
                "total_loss": [_number(row.loss_before), _number(row.loss_after)],
                "difference": _number(row.difference),
            }
            for row in verdict.rows
        ],
        "variables": [
            {
                "before": item.before.name,
                "after": item.after.name,
                "shape": list(item.before.shape),
                "gradient_difference": _number(item.gradient),
                "weight_difference": _number(item.weight),
                "noise": item.noise,
            }
            for item in verdict.pairs
        ],
        "penalties": [
            {"variable": item.variable, "before": _penalty(item.before), "after": _penalty(item.after)}
            for item in verdict.penalties
        ],
        "notes": list(verdict.notes),
    }
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def _difference(item: Difference) -> dict[str, Any]:
    return {
        "quantity": item.quantity.value,
        "step": item.step,
        "what": item.what,
        "before": item.before,
        "after": item.after,
        "relative": _number(item.relative),
    }


def _side(recording: Recording) -> dict[str, Any]:
    return {
        "tensorflow": recording.tensorflow,
        "keras": recording.facts.get("keras"),
        "optimizers": list(recording.optimizers),
        "steps": len(recording.updates),
        "printed": recording.printed,
    }


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _penalty(penalty: Penalty | None) -> float | None:
    return None if penalty is None else _number(penalty.value)
