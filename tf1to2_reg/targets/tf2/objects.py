"""The model objects that a driver holds: which there are, what they are called, which call uses which."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.network import naming
from tf1to2_reg.network.components import Component
from tf1to2_reg.network.data import Held, ModelPlan
from tf1to2_reg.network.sharing import Part
from tf1to2_reg.program.callees import callee
from tf1to2_reg.program.definitions import Function
from tf1to2_reg.program.trace import Facts, Frame, LayerEvent
from tf1to2_reg.program.values import Reuse
from tf1to2_reg.syntax.variables import walk
from tf1to2_reg.targets.tf2.data import HousedDriver, Region, WalkedDriver, stage
from tf1to2_reg.targets.tf2.names import object_name


class ObjectPlanner:
    """Names the model objects of a driver."""

    def __init__(
        self,
        driver: WalkedDriver,
        own: Region | None,
        facts: Facts,
        models: Mapping[ast.FunctionDef, ModelPlan],
        components: Sequence[Component],
        taken: set[str],
    ) -> None:
        self.driver = driver
        self.own = own
        self.facts = facts
        self.models = models
        self.components = {component.creation: component for component in components}
        self.taken = taken
        self._held: list[Held] = []

    def run(self, parts: Sequence[Part], shared: Mapping[Part, Part]) -> HousedDriver:
        """The driver with an object for every part of its network, one for those that share variables.

        Raises:
            Refused: TFR213, TFR214 or TFR219.
        """
        own = set(self.own.model.sites) if self.own is not None else set[ast.Call]()
        made: dict[Part, Held] = {}
        calls: dict[ast.Call, Held] = {}
        for part in parts:
            if part.node in own:
                self._hold_region([part for part in parts if part.node in own])
                continue
            if part.node in self.components:
                calls |= self._hold_component(part, self.components[part.node])
                continue
            maker = shared.get(part, part)
            if maker.node in own:
                raise refusal("TFR213", "variables are shared between a function and layers of the driver", part.node)
            if maker not in made:
                made[maker] = self._new_held(maker, [p for p in parts if shared.get(p, p) is maker])
            calls[part.node] = made[maker]
        properties, dropped = self._properties()
        return stage(
            HousedDriver,
            self.driver,
            own=self.own,
            held=self._held,
            calls=calls,
            properties=properties,
            dropped_methods=dropped,
        )

    def _hold_region(self, parts: Sequence[Part]) -> None:
        assert self.own is not None
        if any(held.model is self.own.model for held in self._held):
            return
        regularized = any(event.regularized for part in parts for event in part.events)
        variable = object_name(self.driver, "model", self.taken)
        order = parts[0].events[0].order
        empty = not any(_is_sure(part) for part in parts)
        self._held.append(Held(variable, self.own.model, None, None, order, regularized, may_be_empty=empty))

    def _hold_component(self, part: Part, component: Component) -> dict[ast.Call, Held]:
        """The object that the program itself makes, and its calls."""
        regularized = any(event.regularized for event in part.events)
        order = part.events[0].order
        empty = not _is_sure(part)
        held = Held(component.variable, component.model, None, component.made, order, regularized, may_be_empty=empty)
        self._held.append(held)
        return dict.fromkeys(component.calls, held)

    def _new_held(self, maker: Part, uses: Sequence[Part]) -> Held:
        if maker.frame is None:
            raise refusal("TFR219", "a layer of the driver is made in a statement that no model can take", maker.node)
        assert maker.frame.function is not None
        function = maker.frame.function.node
        if not isinstance(function, ast.FunctionDef) or function not in self.models:
            raise refusal("TFR219", "layers are made in a lambda or method", maker.node)
        if maker.frame.loops:
            raise refusal("TFR219", "networks are made in a loop of the driver", maker.node)
        model = self.models[function]
        self._check_construction(maker.frame, model)
        held = Held(
            self._variable(maker, function, model, uses),
            model,
            maker.node,
            maker.frame,
            maker.events[0].order,
            any(event.regularized for event in maker.events),
            may_be_empty=not _is_sure(maker),
        )
        self._held.append(held)
        return held

    def _variable(self, maker: Part, function: ast.FunctionDef, model: ModelPlan, uses: Iterable[Part]) -> str:
        wanted = naming.snake_case(function.name)
        others = [held for held in self._held if held.model is model]
        if others or self._several(function, {part.node for part in uses}):
            target = self._target_of(maker.node)
            wanted = f"{wanted}_{target}" if target and target != wanted else wanted
        prefix = "self." if self.driver.receiver is not None else ""
        held_already = any(held.variable == prefix + function.name for held in self._held)
        replaced = function.name if self._is_free(function) and not held_already else ""
        return object_name(self.driver, wanted, self.taken, replaced)

    def _check_construction(self, frame: Frame, model: ModelPlan) -> None:
        """A model is made from Python values only.

        Raises:
            Refused: TFR214 where a tensor, or a size read off one, would be needed.
        """
        for parameter in model.constructed:
            argument = frame.arguments.get(parameter.name)
            if argument is None:
                continue
            tensors = argument.node is not None and any(node in self.facts.graph for node in walk(argument.node))
            if tensors or getattr(argument.value, "of_shape", False):
                message = f"{parameter.name} shapes the network and is computed from a tensor"
                raise refusal("TFR214", message, argument.node or frame.call)

    def _several(self, function: ast.FunctionDef, own: set[ast.Call]) -> bool:
        """True where the driver makes more than one object of a function."""
        return any(
            isinstance(node, ast.Call) and node not in own and callee(node, self.facts) is function
            for item in self.driver.items
            for node in walk(item.stmt)
        )

    def _is_free(self, function: ast.FunctionDef) -> bool:
        """True where the name of a builder means nothing else in the driver's file: it is free then."""
        frame = self.driver.frames[0]
        scopes = [frame.env, frame.env.root()]
        bound = [scope.bindings[function.name] for scope in scopes if function.name in scope.bindings]
        return all(isinstance(value, Function) and value.node is function for value in bound)

    def _target_of(self, node: ast.Call) -> str | None:
        """The name a driver gives to the result of a call."""
        for item in self.driver.items:
            if isinstance(item.stmt, ast.Assign) and item.stmt.value is node:
                target = item.stmt.targets[0]
                if isinstance(target, ast.Name | ast.Attribute):
                    return target.id if isinstance(target, ast.Name) else target.attr
        return None

    def _properties(self) -> tuple[dict[str, str], set[ast.FunctionDef]]:
        """Properties that only give a tensor of the object go; what they give is known by the attribute's name."""
        found: dict[str, str] = {}
        dropped: set[ast.FunctionDef] = set()
        for node in self.driver.owner.body if self.driver.owner is not None else []:
            if not isinstance(node, ast.FunctionDef) or not isinstance(node.body[-1], ast.Return):
                continue
            value = node.body[-1].value
            names = [getattr(item, "id", "") for item in node.decorator_list]
            if names == ["property"] and isinstance(value, ast.Attribute) and value in self.facts.graph:
                found[node.name] = value.attr
                dropped.add(node)
        return found, dropped


def _is_sure(part: Part) -> bool:
    """True where some penalty of a part is there whatever happens."""
    return any(event.regularized and not event.optional and not event.conditional for event in part.events)


def belongs(driver: HousedDriver, event: LayerEvent, held: Held) -> bool:
    """True where the model that an object is of makes the layer of an event."""
    if held.frame is not None:
        return held.frame in event.frame.chain()
    if driver.region is None or held.model is not driver.region:
        return False
    chain = event.frame.chain()
    outermost = next((frame for frame in chain if frame in driver.building), None)
    if outermost is None:
        return False
    inside = chain[: chain.index(outermost)]
    node = inside[-1].call if inside else event.node
    return node in driver.region.sites


def creating(events: Iterable[LayerEvent]) -> Iterator[LayerEvent]:
    """The layers that make their variables, and with them their penalty."""
    seen: set[tuple[object, ...]] = set()
    for event in events:
        if event.reuse is Reuse.NO or (event.reuse is not Reuse.YES and event.key not in seen):
            yield event
        seen.add(event.key)
