"""What a program trained, collected while it runs and written once when it ends."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import Any, Callable, Dict, List, NoReturn, Optional

import numpy as np

FINISHED = 0
FAILED = 1

FIXED_DRAWS = "random numbers that are not initial values are fixed numbers, the same on both sides"

RECORDING = "recording.json"
ARRAYS = "arrays.npz"


class VariableEntry:
    """One variable of the program.

    `ordinal` counts the randomly initialized variables of its shape in the order of their creation; None where the
    initial value is no random number. `role` is "weight", "state" (moving averages, ...) or "slot".
    """

    def __init__(self, name: str, shape: List[int], role: str, ordinal: Optional[int], variable: Any) -> None:
        self.name = name
        self.shape = shape
        self.role = role
        self.ordinal = ordinal
        self.variable = variable
        self.arrays: Dict[str, np.ndarray] = {}
        self.drawn: Optional[Dict[str, float]] = None
        self.draws: List[str] = []

    def keep_first(self, kind: str, value: Any) -> None:
        if value is not None and kind not in self.arrays:
            self.arrays[kind] = np.array(value)

    def keep(self, kind: str, value: Any) -> None:
        self.arrays[kind] = np.array(value)


class Store:
    """Collects updates (one optimizer step on one loss each), variables, penalties and notes."""

    def __init__(self, output: str, steps: Optional[int]) -> None:
        self.output = output
        self.steps = steps
        self.updates: List[Dict[str, Any]] = []
        self.variables: List[VariableEntry] = []
        self.penalties: List[Dict[str, Any]] = []
        self.graphs: List[Dict[str, Any]] = []
        self.runs: List[List[Optional[Dict[str, Any]]]] = []
        self.notes: List[str] = []
        self.failure = ""
        self.facts: Dict[str, Any] = {}
        self.before_end: List[Callable[[], Any]] = []
        self._finished = False

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    @property
    def complete(self) -> bool:
        """Whether the wanted number of training steps is done."""
        return self.steps is not None and len(self.updates) >= self.steps

    def add_update(self, loss: float, regularization: float, weights: List[str], **more: float) -> None:
        update: Dict[str, Any] = dict(loss=loss, regularization=regularization, weights=weights)
        update.update(more)
        self.updates.append(update)

    def finish(self, status: int) -> NoReturn:
        """Write the recording and leave the process, whatever the program was doing."""
        if not self._finished:
            self._finished = True
            for action in self.before_end:
                action()
            self._write()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)

    def _write(self) -> None:
        arrays = {
            "{}/{}".format(kind, index): value
            for index, entry in enumerate(self.variables)
            for kind, value in entry.arrays.items()
        }
        np.savez(os.path.join(self.output, ARRAYS), **arrays)  # type: ignore[arg-type]
        document = dict(
            updates=self.updates,
            variables=[_described(entry) for entry in self.variables],
            penalties=self.penalties,
            graphs=self.graphs,
            runs=self.runs,
            notes=self.notes,
            failure=self.failure,
            facts=self.facts,
        )
        with open(os.path.join(self.output, RECORDING), "w", encoding="utf-8") as stream:
            json.dump(document, stream)


def _described(entry: VariableEntry) -> Dict[str, Any]:
    kept = ("name", "shape", "role", "ordinal", "drawn", "draws")
    return {name: getattr(entry, name) for name in kept}
