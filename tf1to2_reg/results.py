"""What a run returns: one result per unit, plain data for reports and writers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from tf1to2_reg.diagnostics import Diagnostic, is_refusal


class Status(str, Enum):
    """What becomes of a unit."""

    MIGRATED = "migrated"
    REFUSED = "refused"
    SETTLED = "settled"
    """Already where it can go, or where the user wants it to stay: nothing to write, nothing refused."""


class TargetName(str, Enum):
    """What a program can become: `tf2` has models and steps, `graph` keeps its graph and Session."""

    TF2 = "tf2"
    GRAPH = "graph"


def changes_with_another(path: Path) -> Diagnostic:
    """Tell the owner of a program that stays that one of its files goes with another program."""
    message = f"{path.name} changes with a program that migrates; from then on it needs TensorFlow 2.16"
    return Diagnostic("TFR112", path, 1, 1, message)


@dataclass(frozen=True)
class Finding:
    """One thing a unit is made of, for `check`.

    `kind` is one of builder, layer, regularizer, read, driver, optimizer, run. In a notebook `line` is one of `cell`.
    """

    kind: str
    path: Path
    line: int
    text: str
    cell: int | None = None


@dataclass(frozen=True)
class UnitResult:
    """A program: all files that share one default graph, and what becomes of them.

    `new_sources` holds the bytes of each file that changes or is made; it is empty for a refused unit.
    `layers` counts the layer sites of the unit. `target` is where it goes, None for one that is refused or skipped;
    `held_back` is why it goes no further: the reasons of every more complete target. `left` are names of TF1 in code
    that never runs.
    """

    name: str
    status: Status
    paths: tuple[Path, ...]
    layers: int
    findings: tuple[Finding, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    new_sources: dict[Path, bytes] = field(default_factory=dict)
    target: TargetName | None = None
    held_back: tuple[Diagnostic, ...] = ()
    left: frozenset[str] = frozenset()

    @property
    def is_partial(self) -> bool:
        """Whether some of it was left as it is, which fails when it is run."""
        return any(is_refusal(diagnostic.code) for diagnostic in self.diagnostics)

    def refused(self, reasons: Iterable[Diagnostic] = ()) -> UnitResult:
        """The same unit left as it is; notes on what was migrated (TFR1xx) go."""
        kept = [diagnostic for diagnostic in self.diagnostics if not diagnostic.code.startswith("TFR1")]
        return replace(self, status=Status.REFUSED, diagnostics=(*kept, *reasons), new_sources={}, target=None)
