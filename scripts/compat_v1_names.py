"""Print the names of the installed `tensorflow.compat.v1`, for tf1to2_reg/facts/compat_v1.txt.

Usage: python scripts/compat_v1_names.py > tf1to2_reg/facts/compat_v1.txt
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import tensorflow.compat.v1 as tf

_NOT_SEARCHED = {"v1", "v2", "python", "tools"}
_DEPTH = 4


def _modules(module: ModuleType, name: str, depth: int = 0) -> Iterator[tuple[str, list[str]]]:
    """Each module below one, itself included, with its names."""
    names = [attribute for attribute in dir(module) if not attribute.startswith("_") and hasattr(module, attribute)]
    yield name, names
    for attribute in names:
        value = getattr(module, attribute)
        if depth < _DEPTH and attribute not in _NOT_SEARCHED and _belongs(value, attribute):
            yield from _modules(value, f"{name}.{attribute}", depth + 1)


def _belongs(value: object, attribute: str) -> bool:
    owner = getattr(value, "__name__", "")
    if not isinstance(value, ModuleType) and "Lazy" not in type(value).__name__:
        return False
    return "keras" in owner or "_api.v2" in owner or attribute in {"flags", "logging", "app"}


def main() -> None:
    """Write a line for each module to standard output."""
    for name, names in sorted(_modules(tf, "tf")):
        sys.stdout.write(f"{name}: {' '.join(sorted(names))}\n")


if __name__ == "__main__":
    main()
