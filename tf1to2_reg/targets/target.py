"""The targets a program can be taken to, the most complete first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tf1to2_reg.files.source import SourceFile
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.results import UnitResult
from tf1to2_reg.targets.tf2 import target as tf2

Target = Callable[[Sequence[SourceFile]], list[UnitResult]]
"""All programs found among the files, each migrated to the target, or refused with every reason that was found.

Nothing is written. A target never raises for what a user's file holds.
"""


def chosen(choice: TargetChoice, *, partial: bool = False) -> list[Target]:
    """The targets that a choice allows, the most complete first; `partial` is for those that can leave names behind."""
    targets: list[tuple[TargetChoice, Target]] = [(TargetChoice.TF2, tf2.migrate)]
    return [target for name, target in targets if choice in (TargetChoice.AUTO, name)]
