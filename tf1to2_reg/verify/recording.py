"""What one program trained, as read back from its process."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tf1to2_reg.verify.programs import Target

Array = npt.NDArray[Any]

FILE = "recording.json"


@dataclass(frozen=True)
class Update:
    """One training step: the numbers before the weights change.

    `loss` is the minimized loss, summed where it is no scalar. `regularization` is the sum of all penalties of the
    program, `frozen` that of variables which are not trained and which Keras leaves out of `losses`.
    """

    loss: float
    regularization: float
    weights: tuple[str, ...]
    frozen: float = 0.0


@dataclass(frozen=True)
class Spread:
    """What a program's own initializer makes of fixed draws: mean, standard deviation, largest size."""

    mean: float
    deviation: float
    largest: float


@dataclass(frozen=True)
class Variable:
    """One variable. `role` is "weight" (trained), "state" (moving averages), "slot" or "unused".

    Slots are recorded for the target `graph` only.

    `ordinal` counts the randomly initialized variables of its shape in order of creation, None for a constant start.
    `gradient` is that of the first step, `applied` the same after clipping. An array is None where it is not known.
    `draws` are the random ops that its initializer called.
    """

    name: str
    shape: tuple[int, ...]
    role: str
    ordinal: int | None
    initial: Array | None = None
    gradient: Array | None = None
    applied: Array | None = None
    final: Array | None = None
    drawn: Spread | None = None
    draws: tuple[str, ...] = ()


@dataclass(frozen=True)
class Penalty:
    """One regularization term at the first step. `variables` are the names of those it depends on."""

    name: str
    variables: tuple[str, ...]
    value: float
    in_loss: bool = True
    frozen: bool = False


@dataclass(frozen=True)
class Graph:
    """What a graph holds in the end: the names in each collection, and how many ops draw anew at every run."""

    collections: dict[str, tuple[str, ...]]
    random_ops: int = 0


@dataclass(frozen=True)
class Fetched:
    """An array that `Session.run` returned: its sum, the sum of its sizes, a checksum of its bytes."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    crc: int
    total: float
    size: float


@dataclass(frozen=True)
class Recording:
    """A finished run. `optimizers` are class names, `losses_read` tells whether penalties were read at all.

    `graphs` and `runs`, what each `Session.run` returned (None for what is no array of numbers), are recorded for the
    target `graph` only.
    """

    updates: tuple[Update, ...]
    variables: tuple[Variable, ...]
    penalties: tuple[Penalty, ...]
    printed: str
    notes: tuple[str, ...] = ()
    tensorflow: str = ""
    optimizers: tuple[str, ...] = ()
    losses_read: bool = True
    facts: dict[str, Any] = field(default_factory=dict)
    graphs: tuple[Graph, ...] = ()
    runs: tuple[tuple[Fetched | None, ...], ...] = ()

    @property
    def weights(self) -> tuple[Variable, ...]:
        return tuple(variable for variable in self.variables if variable.role == "weight")

    @property
    def states(self) -> tuple[Variable, ...]:
        return tuple(variable for variable in self.variables if variable.role == "state")


def load(folder: Path) -> Recording:
    """Read what the recorder wrote to `folder`."""
    document = json.loads((folder / FILE).read_text(encoding="utf-8"))
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        variables = tuple(_variable(index, entry, arrays) for index, entry in enumerate(document["variables"]))
    facts = document["facts"]
    return Recording(
        updates=tuple(_update(entry) for entry in document["updates"]),
        variables=variables,
        penalties=tuple(_penalty(entry) for entry in document["penalties"]),
        printed=(folder / "stdout.txt").read_text(encoding="utf-8", errors="replace"),
        notes=tuple(document["notes"]),
        tensorflow=facts.get("tensorflow", ""),
        optimizers=tuple(dict.fromkeys(facts.get("optimizers", []))),
        losses_read=facts.get("losses_read", True),
        facts=facts,
        graphs=tuple(_graph(entry) for entry in document["graphs"]),
        runs=tuple(tuple(_fetched(entry) for entry in run) for run in document["runs"]),
    )


def failure(folder: Path) -> str:
    """The program's own error as the recorder wrote it, or an empty string."""
    path = folder / FILE
    if not path.exists():
        return ""
    return str(json.loads(path.read_text(encoding="utf-8"))["failure"])


def target(folder: Path) -> Target | None:
    """What the program turned out to be, None where it left nothing."""
    path = folder / FILE
    if not path.exists():
        return None
    seen = json.loads(path.read_text(encoding="utf-8"))["facts"].get("target")
    return None if seen is None else Target(seen)


def _graph(entry: dict[str, Any]) -> Graph:
    return Graph({key: tuple(names) for key, names in entry["collections"].items()}, entry["random_ops"])


def _fetched(entry: dict[str, Any] | None) -> Fetched | None:
    return None if entry is None else Fetched(**{**entry, "shape": tuple(entry["shape"])})


def _update(entry: dict[str, Any]) -> Update:
    return Update(entry["loss"], entry["regularization"], tuple(entry["weights"]), entry.get("frozen", 0.0))


def _variable(index: int, entry: dict[str, Any], arrays: Any) -> Variable:
    kinds = ("initial", "gradient", "applied", "final")
    values = {kind: arrays[f"{kind}/{index}"] for kind in kinds if f"{kind}/{index}" in arrays}
    drawn = Spread(**entry["drawn"]) if entry["drawn"] else None
    draws = tuple(entry["draws"])
    name, shape = entry["name"], tuple(entry["shape"])
    return Variable(name, shape, entry["role"], entry["ordinal"], drawn=drawn, draws=draws, **values)


def _penalty(entry: dict[str, Any]) -> Penalty:
    return Penalty(
        entry["name"],
        tuple(entry["variables"]),
        entry["value"],
        entry.get("in_loss", True),
        entry.get("frozen", False),
    )
