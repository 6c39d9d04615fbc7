"""Packages that add facts and rules: where they are found. What they may add is in `tf1to2_reg.extensions`."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

GROUP = "tf1to2_reg.transforms"


class ExtensionError(Exception):
    """A package adds what cannot be used; the message names it."""


def found() -> list[EntryPoint]:
    """The entry points of the packages that are installed, in the order of their names."""
    return sorted(entry_points(group=GROUP), key=lambda point: point.name)
