"""Choices from which random programs are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from textwrap import indent
from typing import TypeVar

T = TypeVar("T")


@dataclass
class Draw:
    """A source of choices, and of names that are not given twice."""

    random: Random
    used: set[str] = field(default_factory=set)

    def one(self, *options: str) -> str:
        return self.random.choice(options)

    def rarely(self, chance: float = 0.1) -> bool:
        return self.random.random() < chance

    def weighted(self, *options: tuple[int, Callable[[], T]]) -> T:
        """What one of several functions gives, each as likely as its weight says; the first is the plainest."""
        possible = [(weight, make) for weight, make in options if weight]  # a last option of no weight may be drawn
        weights = [weight for weight, _ in possible]
        return self.random.choices([make for _, make in possible], weights)[0]()

    def fresh(self, *wanted: str) -> str:
        name = self.random.choice(wanted)
        found = (
            name if name not in self.used else next(free for n in count(1) if (free := f"{name}{n}") not in self.used)
        )
        self.used.add(found)
        return found

    def call(self, function: str, required: Sequence[tuple[str, str]], optional: Sequence[tuple[str, str]]) -> str:
        """A call whose required arguments are positional as far as a choice says, and named after that."""
        positional = self.random.randint(1, len(required))
        named = [f"{name}={value}" for name, value in (*required[positional:], *optional)]
        if self.rarely(0.3):
            self.random.shuffle(named)
        return f"{function}({', '.join([*(value for _, value in required[:positional]), *named])})"


def always(text: T) -> Callable[[], T]:
    """A choice that is what it is."""
    return lambda: text


def indented(lines: Sequence[str]) -> list[str]:
    return indent("\n".join(lines), "    ").split("\n")


def block(head: str, lines: Sequence[str]) -> list[str]:
    """A compound statement."""
    return [head, *indented(lines)]
