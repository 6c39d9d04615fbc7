"""What this target makes of a program, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.results import Status


@dataclass(frozen=True)
class GraphResult:
    """One program.

    `paths` are all its files, the one that is started first; `layers` counts its layers that became Keras layers or
    drop-ins. `reasons` say what keeps it from migrating, or what `partial` left in it. `new_sources` are the bytes of
    each file that changes or is made.
    """

    name: str
    outcome: Status
    paths: tuple[Path, ...]
    layers: int
    reasons: tuple[Diagnostic, ...] = ()
    notes: tuple[Diagnostic, ...] = ()
    new_sources: dict[Path, bytes] = field(default_factory=dict)
