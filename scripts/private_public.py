"""Write tf1to2_reg/facts/private_public.txt: the public name of each private one of TF 1.15.5, where TF 2.21 has it.

Usage: python scripts/private_public.py < what scripts/private_names.py prints under TF 1.15.5 for all modules
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tf1to2_reg.facts.compat_v1 import look_up
from tf1to2_reg.facts.lost import is_private_same, piece, plain

_FACTS = Path(__file__).parents[1] / "tf1to2_reg/facts/private_public.txt"
_NOT_TAKEN = tuple(
    f"tf.{module}"
    for module in (
        "app", "compat", "contrib", "distribute", "estimator", "examples", "flags", "keras", "layers", "logging",
        "losses", "python", "raw_ops", "resource_loader", "test", "tpu",
    )
)  # fmt: skip
"""Modules whose names have rules of their own, or that show what they import."""


def _best(private: str, public: Iterable[str]) -> str | None:
    """The public name that says most nearly what the private one does."""
    last = private.rpartition(".")[2]
    kept = [name for name in public if not name.startswith(_NOT_TAKEN) and not look_up(name).missing]
    kept = [name for name in kept if piece(name) is None and plain(name) == name]
    return min(kept, key=lambda name: (name.rpartition(".")[2] != last, name.count("."), len(name), name), default=None)


def main() -> None:
    """Write a line for each private module."""
    modules: dict[str, list[str]] = defaultdict(list)
    for line in sys.stdin:
        private, *public = line.split()
        is_shown = not public or not public[0].startswith("tf.") or any(n.startswith("tf.flags") for n in public)
        if is_shown or is_private_same(private) or (best := _best(private, public)) is None:
            continue
        module, _, name = private.rpartition(".")
        modules[module].append(f"{name}={best}")
    _FACTS.write_text("".join(f"{module}: {' '.join(sorted(found))}\n" for module, found in sorted(modules.items())))


if __name__ == "__main__":
    main()
