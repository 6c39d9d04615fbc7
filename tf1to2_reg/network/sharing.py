"""Which layer calls share their variables: names, scopes and reuse, as TF1 resolves them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property

from tf1to2_reg.diagnostics.reasons import Refusal
from tf1to2_reg.program.trace import Frame, LayerEvent, Trace
from tf1to2_reg.program.values import constant_of


@dataclass(eq=False)
class Part:
    """A layer call, or a call of a function that makes layers, directly below one activation."""

    node: ast.Call
    frame: Frame | None
    events: list[LayerEvent]

    @cached_property
    def literal_keys(self) -> frozenset[tuple[object, ...]]:
        return frozenset(event.key for event in self.events)

    @property
    def callee(self) -> object:
        """What is called: the layer function, or the definition of the function; no two calls share an unknown one."""
        if self.frame is None:
            return self.events[0].symbol
        return self.frame.function.node if self.frame.function is not None else self

    @property
    def computed(self) -> bool:
        return any(isinstance(token, tuple) for event in self.events for token in event.key)

    @property
    def reuse(self) -> set[object]:
        return {event.reuse for event in self.events}


class _Makers:
    """The parts that made variables so far."""

    def __init__(self) -> None:
        self._alike: dict[object, list[Part]] = {}
        self.keys: set[tuple[object, ...]] = set()

    def add(self, part: Part) -> None:
        self._alike.setdefault((part.callee, part.literal_keys), []).append(part)
        self.keys |= part.literal_keys

    def alike(self, part: Part) -> list[Part]:
        """Calls of the same callee that made variables of the same names."""
        return self._alike.get((part.callee, part.literal_keys), [])


class Sharing:
    """Finds, for the parts of an activation, the earlier part each one shares its variables with."""

    def __init__(self, trace: Trace) -> None:
        self._events: dict[Frame, list[LayerEvent]] = {}
        for event in trace.of_layers():
            for frame in event.frame.chain():
                self._events.setdefault(frame, []).append(event)

    def is_builder(self, frame: Frame) -> bool:
        """True where layers are made during the activation."""
        return frame in self._events

    def parts(self, frame: Frame) -> list[Part]:
        """The layers and inner builders of an activation, in order of execution."""
        found = [Part(event.node, None, [event]) for event in self._events.get(frame, []) if event.frame is frame]
        found += [
            Part(node, child, self._events[child])
            for node, children in frame.children.items()
            for child in children
            if child in self._events
        ]
        return sorted(found, key=lambda part: part.events[0].order)

    def shared(self, parts: list[Part]) -> dict[Part, Part]:
        """Map each part that reuses variables to the part that made them.

        Raises:
            Refusal: TFR213 where it cannot be decided.
        """
        owners: dict[Part, Part] = {}
        makers = _Makers()
        for part in parts:
            maker = self._maker(part, makers)
            if maker is None:
                makers.add(part)
            else:
                owners[part] = maker
        return owners

    def _maker(self, part: Part, makers: _Makers) -> Part | None:
        modes = part.reuse
        if "unknown" in modes:
            raise Refusal("TFR213", "whether variables are reused is decided when the program runs", part.node)
        if modes == {None}:
            return None
        alike = makers.alike(part)
        if True in modes:
            return self._reused(part, alike, modes)
        if None in modes and alike:
            raise Refusal("TFR213", "one call makes some variables and reuses others", part.node)
        if alike:
            return self._decided(part, alike)
        return self._new(part, makers)

    def _reused(self, part: Part, alike: list[Part], modes: set[object]) -> Part:
        if None in modes:
            raise Refusal("TFR213", "one call makes some variables and reuses others", part.node)
        if len(alike) == 1:
            return alike[0]
        exact = [maker for maker in alike if _same_arguments(part, maker)]
        if len(exact) != 1:
            raise Refusal("TFR213", "the layer whose variables are reused cannot be found", part.node)
        return exact[0]

    @staticmethod
    def _decided(part: Part, alike: list[Part]) -> Part:
        if not part.computed:
            return alike[0]
        exact = [maker for maker in alike if _same_arguments(part, maker)]
        if not exact:
            raise Refusal("TFR213", "whether two calls compute the same variable names cannot be seen", part.node)
        return exact[0]

    @staticmethod
    def _new(part: Part, makers: _Makers) -> None:
        if part.literal_keys & makers.keys:
            raise Refusal("TFR213", "variables are shared between calls of different functions", part.node)


def _same_arguments(part: Part, maker: Part) -> bool:
    """Arguments that decide names are the same: equal constants or the same text over the same variables."""
    if part.frame is None or maker.frame is None:
        return part.node is maker.node or (part.literal_keys == maker.literal_keys and not part.computed)
    for name, argument in part.frame.arguments.items():
        other = maker.frame.arguments[name]
        if argument.value.graph or other.value.graph or name in ("reuse", "training", "is_training"):
            continue
        first, second = constant_of(argument.value), constant_of(other.value)
        if first is not None and first == second:
            continue
        text = argument.node is not None and other.node is not None and ast.dump(argument.node) == ast.dump(other.node)
        if first is None and second is None and (text or argument.value is other.value):
            continue
        if isinstance(first and first.value, bool) and isinstance(second and second.value, bool):
            continue
        return False
    return True
