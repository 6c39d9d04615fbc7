"""Which pitfalls (TFR3xx) a user wants to be told of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tf1to2_reg.diagnostics import PAGES, Diagnostic
from tf1to2_reg.files.discovery import Globs


class ChoiceError(ValueError):
    """A code that is no pitfall; the first argument is the code."""


@dataclass(frozen=True)
class Choice:
    """Codes to tell of, all where `select` is empty, and codes to leave out, everywhere or in some files.

    Notes, refusals and problems with files are always told: what becomes of a program is not a matter of choice.

    Raises:
        ChoiceError: a code is none, or not one of a pitfall.
    """

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    per_file: tuple[tuple[Globs, frozenset[str]], ...] = field(default=())

    def __post_init__(self) -> None:
        """Refuse what is no pitfall."""
        for code in sorted(self.select.union(self.ignore, *(codes for _, codes in self.per_file))):
            if code not in PAGES or not code.startswith("TFR3"):
                raise ChoiceError(code)

    def of(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Those to be told."""
        return tuple(said for said in diagnostics if not said.code.startswith("TFR3") or self._is_told(said))

    def _is_told(self, pitfall: Diagnostic) -> bool:
        if self.select and pitfall.code not in self.select:
            return False
        return pitfall.code not in self.ignore and not self._is_ignored_in(pitfall.path, pitfall.code)

    def _is_ignored_in(self, path: Path, code: str) -> bool:
        return any(code in codes and files.match(path) for files, codes in self.per_file)
