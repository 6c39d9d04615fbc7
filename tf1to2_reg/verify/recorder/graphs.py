"""What a program's graphs hold and what its sessions compute, for programs that stay graph programs."""

from __future__ import annotations

import weakref
import zlib
from typing import Any, Dict, Iterator, List, Optional, Set

import numpy as np

from .random_ops import STATEFUL_OPS
from .store import Store

_MOST_GRAPHS = 50
_MOST_RUNS = 2000
_MOST_VALUES = 200


class Graphs:
    """The collections of every graph, in the order in which sessions used them, as they are in the end."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: List[Any] = []

    def used(self, graph: Any) -> None:
        """A session runs this graph."""
        if all(known() is not graph for known in self._known) and len(self._known) < _MOST_GRAPHS:
            self._known.append(weakref.ref(graph))
            self._store.graphs.append(snapshot(graph))

    def end(self) -> None:
        """Look again at the graphs that are still there, and at the default graph, which no session may have used."""
        from tensorflow.python.framework import ops

        default = ops.get_default_graph()
        if len(default.get_operations()):
            self.used(default)
        for index, known in enumerate(self._known):
            graph = known()
            if graph is not None:
                self._store.graphs[index] = snapshot(graph)


def snapshot(graph: Any) -> Dict[str, Any]:
    """Names by collection; how many ops draw anew at every run."""
    collections = {}
    for key in graph.get_all_collection_keys():
        members = graph.get_collection_ref(key)
        if isinstance(key, str) and members and all(_is_of_graph(member) for member in members):
            collections[key] = [_name(member) for member in members]
    random = sum(op.type in STATEFUL_OPS for op in graph.get_operations())
    return dict(collections=collections, random_ops=random)


def _is_of_graph(member: Any) -> bool:
    return hasattr(member, "name") and (hasattr(member, "op") or hasattr(member, "node_def"))


def _name(member: Any) -> str:
    """The name; of a variable its type and shape as well."""
    name = str(member.name)
    if hasattr(member, "initializer"):
        return "{} {} {}".format(name, member.dtype.base_dtype.name, member.shape)
    return name


class Runs:
    """The numbers that every `Session.run` returned to the program: enough to tell whether they are the same."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, fetches: Any, result: Any, racing: Set[str], steps: Set[str]) -> None:
        """`racing` are the names of what reads variables while the run changes them, `steps` of what reads the step."""
        for name in sorted(racing):
            text = "{} reads variables in a run that changes them, in no order: it is not compared, nor printed numbers"
            self._store.note(text.format(name))
            self._store.facts["races"] = True
        if len(self._store.runs) >= _MOST_RUNS:
            self._store.note("only the first {} runs of sessions are compared one by one".format(_MOST_RUNS))
            return
        names = [_fetch_name(fetch) for fetch in _leaves(fetches)]
        values = list(_leaves(result))
        if len(names) != len(values):
            names = [""] * len(values)
        pairs = list(zip(names, values))[:_MOST_VALUES]
        left_out = racing | steps  # programs do not print a step that may be one or the other
        self._store.runs.append([None if name in left_out else _described(name, value) for name, value in pairs])


def _leaves(structure: Any) -> Iterator[Any]:
    if isinstance(structure, dict):
        structure = list(structure.values())
    if isinstance(structure, (list, tuple)):
        for part in structure:
            for leaf in _leaves(part):
                yield leaf
    else:
        yield structure


def _fetch_name(fetch: Any) -> str:
    return str(fetch if isinstance(fetch, str) else getattr(fetch, "name", ""))


def _described(name: str, fetched: Any) -> Optional[Dict[str, Any]]:
    """None for what is no array of numbers; text may hold the path of a temporary folder."""
    value = np.asarray(fetched)
    if value.dtype.kind not in "biufc":
        return None
    wide = value.astype(np.complex128 if value.dtype.kind == "c" else np.float64)
    return dict(
        name=name,
        dtype=value.dtype.name,
        shape=list(value.shape),
        crc=zlib.crc32(np.ascontiguousarray(value).tobytes()),
        total=float(np.sum(wide).real),
        size=float(np.sum(np.abs(wide))),
    )
