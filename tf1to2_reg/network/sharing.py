"""Which layer calls share their variables: names, scopes and reuse, as TF1 resolves them."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tf1to2_reg.diagnostics.reasons import Refusal
from tf1to2_reg.program.trace import Frame, LayerEvent, Trace
from tf1to2_reg.program.values import constant_of


@dataclass(eq=False)
class Part:
    """A layer call, or a call of a function that makes layers, directly below one activation."""

    node: ast.Call
    frame: Frame | None
    events: list[LayerEvent]

    @property
    def literal_keys(self) -> set[tuple[object, ...]]:
        return {event.key for event in self.events}

    @property
    def computed(self) -> bool:
        return any(isinstance(token, tuple) for event in self.events for token in event.key)

    @property
    def reuse(self) -> set[object]:
        return {event.reuse for event in self.events}


class Sharing:
    """Finds, for the parts of an activation, the earlier part each one shares its variables with."""

    def __init__(self, trace: Trace) -> None:
        self._events = trace.of_layers()
        self._builders = {frame for event in self._events for frame in event.frame.chain()}

    def is_builder(self, frame: Frame) -> bool:
        """True where layers are made during the activation."""
        return frame in self._builders

    def parts(self, frame: Frame) -> list[Part]:
        """The layers and inner builders of an activation, in order of execution."""
        found = [Part(event.node, None, [event]) for event in self._events if event.frame is frame]
        found += [
            Part(node, child, [event for event in self._events if child in event.frame.chain()])
            for node, children in frame.children.items()
            for child in children
            if child in self._builders
        ]
        return sorted(found, key=lambda part: part.events[0].order)

    def shared(self, parts: list[Part]) -> dict[Part, Part]:
        """Map each part that reuses variables to the part that made them.

        Raises:
            Refusal: TFR213 where it cannot be decided.
        """
        owners: dict[Part, Part] = {}
        makers: list[Part] = []
        for part in parts:
            maker = self._maker(part, makers)
            if maker is None:
                makers.append(part)
            else:
                owners[part] = maker
        return owners

    def _maker(self, part: Part, makers: list[Part]) -> Part | None:
        modes = part.reuse
        if "unknown" in modes:
            raise Refusal("TFR213", "whether variables are reused is decided when the program runs", part.node)
        if modes == {None}:
            return None
        alike = [maker for maker in makers if _same_callee(part, maker) and _same_keys(part, maker)]
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
    def _new(part: Part, makers: list[Part]) -> None:
        known = {key for maker in makers for key in maker.literal_keys}
        if part.literal_keys & known:
            raise Refusal("TFR213", "variables are shared between calls of different functions", part.node)


def _same_callee(part: Part, maker: Part) -> bool:
    if part.frame is None or maker.frame is None:
        return part.frame is maker.frame and part.events[0].symbol == maker.events[0].symbol
    first, second = part.frame.function, maker.frame.function
    return first is not None and second is not None and first.node is second.node


def _same_keys(part: Part, maker: Part) -> bool:
    return part.literal_keys == maker.literal_keys


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
