"""Likely causes of a difference, read from the numbers."""

from __future__ import annotations

from tf1to2_reg.verify.pairing import Pairing
from tf1to2_reg.verify.recording import Recording
from tf1to2_reg.verify.verdict import Cause, Difference, PenaltyPair


def likely_causes(
    before: Recording,
    after: Recording,
    pairing: Pairing,
    penalties: tuple[PenaltyPair, ...],
    states: Pairing,
    differences: tuple[Difference, ...],
) -> tuple[Cause, ...]:
    return ()
