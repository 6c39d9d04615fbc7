"""Which reasons keep programs back, ranked by what would go further without them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tf1to2_reg.diagnostics import PAGES, Diagnostic, is_refusal
from tf1to2_reg.results import UnitResult

_WIDTH = 80
_MESSAGES = 3


@dataclass(frozen=True)
class Rank:
    """A code that keeps programs back: how many, how many of them nothing else, and its commonest messages."""

    code: str
    programs: int
    alone: int
    messages: tuple[tuple[str, int], ...]

    @property
    def title(self) -> str:
        """What the code means."""
        return PAGES[self.code].title


def refusal_ranks(units: Sequence[UnitResult]) -> list[Rank]:
    """Of the reasons why programs are refused, or migrated in part."""
    return _ranks({unit.name: [said for said in unit.diagnostics if is_refusal(said.code)] for unit in units})


def held_back_ranks(units: Sequence[UnitResult]) -> list[Rank]:
    """Of the reasons why programs that migrate, or have, go no further."""
    return _ranks({unit.name: unit.held_back for unit in units if unit.target is not None})


def statistics_text(units: Sequence[UnitResult]) -> str:
    """Both rankings; empty where nothing keeps a program back."""
    refused = _table("what refuses programs", refusal_ranks(units))
    return refused + _table("what keeps programs from going further", held_back_ranks(units))


def _ranks(reasons: Mapping[str, Iterable[Diagnostic]]) -> list[Rank]:
    programs: dict[str, set[str]] = defaultdict(set)
    messages: dict[str, Counter[str]] = defaultdict(Counter)
    alone: Counter[str] = Counter()
    for program, said in reasons.items():
        codes = {reason.code for reason in said}
        for code in codes:
            programs[code].add(program)
        for code, message in {(reason.code, reason.message) for reason in said}:
            messages[code][message] += 1
        if len(codes) == 1:
            alone.update(codes)
    found = [
        Rank(code, len(names), alone[code], tuple(messages[code].most_common(_MESSAGES)))
        for code, names in programs.items()
    ]
    return sorted(found, key=lambda rank: (-rank.programs, -rank.alone, rank.code))


def _table(caption: str, ranks: Sequence[Rank]) -> str:
    if not ranks:
        return ""
    lines = [f"\n{caption}:\n  programs  alone\n"]
    for rank in ranks:
        lines.append(f"  {rank.programs:>8}  {rank.alone:>5}  {rank.code} {rank.title}\n")
        lines += [_shortened(f"{'':>17}  {count:>4} x {message}") + "\n" for message, count in rank.messages]
    return "".join(lines)


def _shortened(line: str) -> str:
    return line if len(line) <= _WIDTH else line[: _WIDTH - 3] + "..."
