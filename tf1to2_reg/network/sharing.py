"""Which layer calls share their variables: names, scopes and reuse, as TF1 resolves them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.facts.held import WEIGHTS, has_variables, is_apart
from tf1to2_reg.facts.layers import DEFAULTS
from tf1to2_reg.program.definitions import Function
from tf1to2_reg.program.tokens import Numbered, Path, depends_on_loops, differs_in, is_known, loosely, may_be_equal
from tf1to2_reg.program.trace import Frame, LayerEvent, Trace
from tf1to2_reg.program.values import Reuse, Symbol, Value, constant_of, python


@dataclass(eq=False)
class Part:
    """A layer call, or a call of a function that makes layers, directly below one activation."""

    node: ast.Call
    frame: Frame | None
    events: list[LayerEvent]

    @cached_property
    def keys(self) -> frozenset[Path]:
        """The names of all layers in the part."""
        return frozenset(event.key for event in self.events)

    @cached_property
    def texts(self) -> frozenset[Path]:
        """The names with computed ones taken for equal where one expression gives them."""
        return frozenset(loosely(key) for key in self.keys)

    @property
    def weights(self) -> frozenset[Path]:
        """The names of variables made by hand."""
        return frozenset(event.key for event in self.events if event.symbol in WEIGHTS)

    @property
    def apart(self) -> bool:
        """True where no scope can reuse what is made."""
        return all(is_apart(event.symbol) for event in self.events)

    @property
    def numbered(self) -> bool:
        """True where the number of a name depends on how often a loop ran."""
        return any(depends_on_loops(event.key) for event in self.events)

    @property
    def computed(self) -> bool:
        return not all(is_known(event.key) for event in self.events)

    @property
    def reuse(self) -> set[Reuse]:
        return {event.reuse for event in self.events}


@dataclass(eq=False)
class _Makers:
    """The parts so far that made variables, by what their names are and by the texts that give these."""

    by_keys: dict[frozenset[Path], list[Part]] = field(default_factory=dict)
    by_texts: dict[frozenset[Path], list[Part]] = field(default_factory=dict)
    keys: set[Path] = field(default_factory=set)
    weights: set[Path] = field(default_factory=set)
    by_scope: dict[object, set[Path]] = field(default_factory=dict)

    def add(self, part: Part) -> None:
        self.by_keys.setdefault(part.keys, []).append(part)
        self.by_texts.setdefault(part.texts, []).append(part)
        self.keys |= part.keys
        self.weights |= part.weights
        for key in part.keys:
            self.by_scope.setdefault(_outermost(key), set()).add(key)

    def alike(self, part: Part) -> list[Part]:
        """Calls of the same function that made variables of the same names."""
        return [maker for maker in self.by_keys.get(part.keys, ()) if _same_callee(part, maker)]

    def may_be(self, key: Path) -> Iterator[Path]:
        """Names that may turn out to be this one: those in its outermost scope, and in scopes that are computed."""
        scope = _outermost(key)
        near = self.keys if scope is None else self.by_scope.get(scope, set()) | self.by_scope.get(None, set())
        return (other for other in near if not (is_known(key) and is_known(other)) and may_be_equal(key, other))

    def alike_in_text(self, part: Part) -> list[Part]:
        """The same where one text gives the names: enough to find what is surely there."""
        return [maker for maker in self.by_texts.get(part.texts, ()) if _same_callee(part, maker)]


class Sharing:
    """Finds, for the parts of an activation, the earlier part each one shares its variables with."""

    def __init__(self, trace: Trace) -> None:
        self._inside: dict[Frame, list[LayerEvent]] = {}
        self._own: dict[Frame, list[LayerEvent]] = {}
        for event in trace.of_layers():
            self._own.setdefault(event.frame, []).append(event)
            for frame in event.frame.chain():
                self._inside.setdefault(frame, []).append(event)

    def is_builder(self, frame: Frame) -> bool:
        """True where layers are made during the activation."""
        return frame in self._inside

    def parts(self, frame: Frame) -> list[Part]:
        """The layers and inner builders of an activation, in order of execution."""
        found = [Part(event.node, None, [event]) for event in self._own.get(frame, ())]
        found += [
            Part(node, child, self._inside[child])
            for node, children in frame.children.items()
            for child in children
            if child in self._inside
        ]
        return sorted(found, key=lambda part: part.events[0].order)

    def shared(self, parts: list[Part]) -> dict[Part, Part]:
        """Map each part that reuses variables to the part that made them.

        Raises:
            Refused: TFR213 where it cannot be decided.
        """
        owners: dict[Part, Part] = {}
        makers = _Makers()
        for part in parts:
            maker = self._maker(part, makers)
            if maker is None and not part.apart:
                makers.add(part)
            elif maker is not None:
                owners[part] = maker
        return owners

    def _maker(self, part: Part, makers: _Makers) -> Part | None:
        modes = part.reuse
        if Reuse.UNKNOWN in modes:
            raise refusal("TFR213", "whether variables are reused is decided when the program runs", part.node)
        if modes == {Reuse.NO}:
            return None
        alike = makers.alike(part)
        if Reuse.YES in modes:
            return self._reused(part, alike or makers.alike_in_text(part), modes)
        if Reuse.NO in modes and alike:
            raise refusal("TFR213", "one call makes some variables and reuses others", part.node)
        if alike:
            return self._decided(part, alike)
        _check_loops(part)
        return self._new(part, makers)

    def _reused(self, part: Part, alike: list[Part], modes: set[Reuse]) -> Part:
        if Reuse.NO in modes:
            raise refusal("TFR213", "one call makes some variables and reuses others", part.node)
        if len(alike) > 1 or part.computed:
            alike = [maker for maker in alike if _same_arguments(part, maker)]
        if len(alike) != 1:
            raise refusal("TFR213", "the layer whose variables are reused cannot be found", part.node)
        _check_alike(part, alike[0])
        return alike[0]

    @staticmethod
    def _decided(part: Part, alike: list[Part]) -> Part:
        if any(_in_one_entry(part, maker) for maker in alike):
            message = (
                "a loop makes unnamed layers, and another call makes more of them in the scope as it was entered once"
            )
            raise refusal("TFR213", message, part.node, "Name the layers, or enter the scope anew for each call.")
        if part.numbered:
            alike = [maker for maker in alike if _same_arguments(part, maker)]
        if not alike:
            raise refusal("TFR213", "whether two calls compute the same variable names cannot be seen", part.node)
        _check_alike(part, alike[0])
        return alike[0]

    @staticmethod
    def _new(part: Part, makers: _Makers) -> None:
        if part.keys & makers.keys:
            raise refusal("TFR213", "variables are shared between calls of different functions", part.node)
        weights = part.weights | makers.weights
        if any(key[:-1] in part.keys | makers.keys for key in weights):
            raise refusal("TFR213", "a variable made by hand may be one of a layer", part.node)
        if any(True for key in part.keys for _ in makers.may_be(key)):
            raise refusal("TFR213", "whether two calls compute the same variable names cannot be seen", part.node)


def _in_one_entry(part: Part, maker: Part) -> bool:
    """True where unnamed layers of both stand in one entry of a scope, in which TF1 numbers them on."""
    entries = [token.entry for event in maker.events for token in event.key if isinstance(token, Numbered)]
    tokens = [token for event in part.events for token in event.key if isinstance(token, Numbered)]
    return any(token.entry is entry for token in tokens for entry in entries)


def _outermost(path: Path) -> object:
    """The name that the path begins with, None where it is computed."""
    return path[0] if path and isinstance(path[0], str) else None


def _check_loops(part: Part) -> None:
    """Under AUTO_REUSE a loop shares what has one name in all its iterations.

    Raises:
        Refused: TFR213 where the names are not shown to differ.
    """
    for event in part.events:
        same = event.reuse is Reuse.AUTO and not all(differs_in(event.key, loop) for loop in event.loops)
        if same and has_variables(event.symbol):
            message = "a loop makes layers under AUTO_REUSE whose names are not shown to differ"
            raise refusal("TFR213", message, event.node, "Name the layers by the number of the iteration.")


def _check_alike(part: Part, maker: Part) -> None:
    """Keras shares layers, not variables: all that a layer does besides must be the same in both calls.

    Raises:
        Refused: TFR213 where it is not shown to be.
    """
    if len(part.events) != len(maker.events):
        raise refusal("TFR213", "two calls share variables and make different layers", part.node)
    for event, other in zip(part.events, maker.events, strict=True):
        if event.symbol != other.symbol:
            raise refusal("TFR213", "two calls share variables and make different layers", part.node)
        for name in sorted(event.arguments.keys() | other.arguments.keys()):
            if not _is_free(name) and not _same_value(_given(event, name), _given(other, name)):
                raise refusal("TFR213", f"two calls share variables and differ in {name}", event.node)


def _is_free(name: str) -> bool:
    """True for what TF1 ignores in another call, what belongs to the call, and what the variables' shapes decide."""
    return name in _OF_A_CALL | _OF_SHAPE or name.endswith(("initializer", "regularizer", "constraint"))


def _given(event: LayerEvent, name: str) -> Value:
    given = event.arguments.get(name)
    return given.value if given is not None else python(DEFAULTS.get(name))


def _same_value(one: Value, other: Value) -> bool:
    if one is other:
        return True
    first, second = constant_of(one), constant_of(other)
    if first is not None and second is not None:
        return _spread(first.value) == _spread(second.value)
    if isinstance(one, Symbol) and isinstance(other, Symbol):
        return one.name == other.name
    return isinstance(one, Function) and isinstance(other, Function) and one.node is other.node


def _spread(value: object) -> object:
    """One number for a tuple that repeats it: strides of 2 are strides of (2, 2)."""
    if isinstance(value, list | tuple) and value and all(part == value[0] for part in value):
        return value[0]
    return value.lower() if isinstance(value, str) else value


def _same_callee(part: Part, maker: Part) -> bool:
    if part.frame is None or maker.frame is None:
        return part.frame is maker.frame and part.events[0].symbol == maker.events[0].symbol
    first, second = part.frame.function, maker.frame.function
    return first is not None and second is not None and first.node is second.node


def _same_arguments(part: Part, maker: Part) -> bool:
    """True where two calls are given the same, so that loops in them run alike."""
    if part.frame is None or maker.frame is None:
        return part.node is maker.node or (part.keys == maker.keys and not part.numbered)
    return all(
        argument.value.graph
        or maker.frame.arguments[name].value.graph
        or name in ("reuse", "training", "is_training")
        or _same_value(argument.value, maker.frame.arguments[name].value)
        for name, argument in part.frame.arguments.items()
    )


_OF_A_CALL = frozenset({"inputs", "training", "reuse", "name", "trainable"})
_OF_SHAPE = frozenset({"units", "filters", "kernel_size", "depth_multiplier", "shape"})
