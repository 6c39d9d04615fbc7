"""What a table says of a function or class of TF1 and of the one that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Signature:
    """A callable of TF1 and `target`, a name of TF2 without its root, that does the same.

    `parameters` are TF1's and `positional` those of the target, in positional order; `renames` maps the one to the
    other. `required` have no default in TF1. `dropped` have no meaning in the target; those in `only` are dropped too,
    and may have just that value, the default of TF1. `explicit` are (parameter, value) to write out where the user gave
    none, because the target has another default. `strings` maps a parameter to its allowed values and what the target
    calls them.
    """

    target: str
    parameters: tuple[str, ...]
    positional: tuple[str, ...] = ()
    renames: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    dropped: frozenset[str] = frozenset()
    only: Mapping[str, object] = field(default_factory=dict)
    explicit: tuple[tuple[str, str], ...] = ()
    strings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_prefix(self) -> bool:
        """Whether every positional call means the same in TF2."""
        return self.parameters[: len(self.positional)] == self.positional and not self.only
