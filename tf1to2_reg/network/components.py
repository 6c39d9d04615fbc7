"""Classes whose objects hold layer objects: made in `__init__`, called in other methods. Each becomes a model as it is.

Keras tracks the layers that a model's attributes hold, alone, in lists or in dicts. What a Keras layer object does when
it is called is what one of TF1 does: it makes its weights the first time, and has them from then on. So the methods
stay, and only what is around them changes. That holds where the object is made once, of Python values, and where its
layers are called by its own methods.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from tf1to2_reg.facts.held import CLASSES
from tf1to2_reg.facts.keras_model import RESERVED
from tf1to2_reg.network.data import ModelPlan, Parameter
from tf1to2_reg.network.held import bindings
from tf1to2_reg.program.callees import layer_symbol
from tf1to2_reg.program.definitions import Instance
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.objects import LayerObject
from tf1to2_reg.program.trace import Frame, ObjectCallEvent, Trace
from tf1to2_reg.program.values import leaves
from tf1to2_reg.syntax.binding import method_parameters_of
from tf1to2_reg.syntax.blocks import blocks
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.nodes import has_no_base
from tf1to2_reg.syntax.variables import variable, walk

_CALLED = "__call__"


@dataclass(frozen=True, eq=False)
class Component:
    """One object: `made` is the activation of its constructor, `variable` what holds it, `calls` the calls of it."""

    model: ModelPlan
    instance: Instance
    creation: ast.Call
    made: Frame
    variable: str
    calls: tuple[ast.Call, ...]


class ComponentPlanner:
    """Finds the components of a driver; what is not shown to be one is left to the other planners."""

    def __init__(
        self,
        trace: Trace,
        facts: Evaluations,
        building: AbstractSet[Frame],
        receiver: str | None,
        modules: list[Module],
    ) -> None:
        self.trace = trace
        self.facts = facts
        self.building = building
        self.receiver = receiver
        self.modules = modules
        self._bound = bindings(module.tree for module in modules)
        self._models: dict[ast.ClassDef, ModelPlan | None] = {}

    def run(self) -> list[Component]:
        """All objects that become models."""
        made = [(instance, node, frame) for instance, node, frame in self.trace.instances if self._holds(node, frame)]
        found = [self._component(*part) for part in made]
        classes = {instance.cls.node for (instance, _, _), part in zip(made, found, strict=True) if part is None}
        return [part for part in found if part is not None and part.instance.cls.node not in classes]

    def _holds(self, node: ast.Call, frame: Frame) -> bool:
        """True where the constructor makes layer objects."""
        constructor = self._constructor(node, frame)
        return constructor is not None and any(
            isinstance(part, ast.Call) and layer_symbol(part, self.facts) in CLASSES
            for stmt in constructor.body
            for part in ast.walk(stmt)
        )

    @staticmethod
    def _constructor(node: ast.Call, frame: Frame) -> Frame | None:
        children = frame.children.get(node, [])
        made = [child for child in children if child.function is not None and child.function.name == "__init__"]
        return made[0] if len(made) == 1 else None

    def _component(self, instance: Instance, node: ast.Call, frame: Frame) -> Component | None:
        made = self._constructor(node, frame)
        model = self._model(instance.cls.node, frame.module)
        variable_ = self._variable(node, frame)
        if made is None or model is None or variable_ is None or instance.many or instance.opaque:
            return None
        calls = self._calls(instance)
        if calls is None or not all(self._is_own(event, made, instance) for event in self._calls_of_layers(made)):
            return None
        return Component(model, instance, node, made, variable_, tuple(calls))

    def _variable(self, node: ast.Call, frame: Frame) -> str | None:
        """The one name that the driver gives to the object, in a statement that every run of the program runs once."""
        if frame not in self.building or frame.loops or frame.conditions:
            return None
        for stmt in _always_run(frame.body):
            if isinstance(stmt, ast.Assign) and stmt.value is node and len(stmt.targets) == 1:
                name = variable(stmt.targets[0], self.receiver)
                local = name is not None and self.receiver is not None and not name.startswith("self.")
                return name if name is not None and self._bound[name] == 1 and not local else None
        return None

    def _calls(self, instance: Instance) -> list[ast.Call] | None:
        """The calls of the object's methods by the driver; None where something else calls them."""
        found: list[ast.Call] = []
        for frame in self.trace.frames:
            if frame.instance is not instance or frame.function is None or frame.function.name == "__init__":
                continue
            caller = frame.caller
            if caller is not None and caller.instance is instance:
                continue
            if caller not in self.building or frame.call is None:
                return None
            found.append(frame.call)
        return list(dict.fromkeys(found))

    def _calls_of_layers(self, made: Frame) -> Iterator[ObjectCallEvent]:
        for event in self.trace.of(ObjectCallEvent):
            layer = event.layer
            if isinstance(layer, LayerObject) and made in layer.site.frame.chain():
                yield event

    @staticmethod
    def _is_own(event: ObjectCallEvent, made: Frame, instance: Instance) -> bool:
        """True for a layer that is kept by a constructor itself and called by a method of its object."""
        layer = event.layer
        own = isinstance(layer, LayerObject) and layer.site.frame is made
        return own and event.frame.instance is instance and event.frame is not made

    # Classes

    def _model(self, cls: ast.ClassDef, module: Module) -> ModelPlan | None:
        if cls not in self._models:
            self._models[cls] = self._plan(cls)
        return self._models[cls]

    def _plan(self, cls: ast.ClassDef) -> ModelPlan | None:
        module = next((module for module in self.modules if cls in module.tree.body), None)
        methods = [part for part in cls.body if isinstance(part, ast.FunctionDef)]
        if module is None or not _is_plain_class(cls) or any(method.decorator_list for method in methods):
            return None
        stored = {name for method in methods for name in _stored(method)}
        outside = [method for method in methods if method.name != "__init__" and _stored(method)]
        if outside or any(not self._is_only_here(name, cls) for name in stored):
            return None
        if not all(self._is_fit(method) for method in methods):
            return None
        model = ModelPlan(cls.name, module, None, [], receiver="self")
        model.cls = cls
        model.parameters = [
            Parameter(name, default, self._is_tensor(name, method))
            for method in methods
            if method.name == _CALLED
            for name, default in method_parameters_of(method)
        ]
        model.renamed = {f"self.{name}": f"self.{name}_" for name in sorted(stored & RESERVED)}
        taken = any(name.removeprefix("self.") in stored for name in model.renamed.values())
        return None if taken else model

    def _is_tensor(self, name: str, method: ast.FunctionDef) -> bool:
        frames = [frame for frame in self.trace.frames if frame.function is not None and frame.function.node is method]
        given = [frame.arguments[name].value for frame in frames if name in frame.arguments]
        return any(value.graph for value in given)

    def _is_only_here(self, name: str, cls: ast.ClassDef) -> bool:
        """An attribute is stored by the class alone; one that Keras has too is not looked at by others."""
        inside = set(ast.walk(cls))
        for node in (node for module in self.modules for node in ast.walk(module.tree)):
            if not isinstance(node, ast.Attribute) or node.attr != name or node in inside:
                continue
            value = self.facts.value(node.value)
            is_this = not isinstance(value, Instance) or value.cls.node is cls
            if is_this and (not isinstance(node.ctx, ast.Load) or (name in RESERVED and isinstance(value, Instance))):
                return False
        return True

    def _is_fit(self, method: ast.FunctionDef) -> bool:
        """True for a constructor of Python values and layer objects, and for a method that makes no variables."""
        arguments = [argument.arg for argument in method.args.args]
        if arguments[:1] != ["self"] or method.args.vararg or method.args.kwarg:
            return False
        if method.name in RESERVED - {"__init__", _CALLED}:
            return False
        for node in walk(method):
            symbol = layer_symbol(node, self.facts) if isinstance(node, ast.Call) else None
            if symbol is not None and not (method.name == "__init__" and symbol in CLASSES):
                return False
            if method.name == "__init__" and node in self.facts.graph and not self._is_layer(node):
                return False
            if isinstance(node, ast.Name) and node.id == "super":
                return False
        return True

    def _is_layer(self, node: ast.AST) -> bool:
        value = self.facts.value(node)
        return value is not None and all(isinstance(leaf, LayerObject) or not leaf.graph for leaf in leaves(value))


def _is_plain_class(cls: ast.ClassDef) -> bool:
    docstring = cls.body[:1] if ast.get_docstring(cls, clean=False) is not None else []
    rest: Sequence[ast.stmt] = cls.body[len(docstring) :]
    return has_no_base(cls) and not cls.decorator_list and all(isinstance(part, ast.FunctionDef) for part in rest)


def _stored(method: ast.FunctionDef) -> Collection[str]:
    """Attributes of `self` that a method stores, or of anything else it stores into."""
    return {
        node.attr for node in ast.walk(method) if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
    }


def _always_run(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements outside of conditions and loops."""
    for stmt in body:
        yield stmt
        if isinstance(stmt, ast.With):
            for block in blocks(stmt):
                yield from _always_run(block.statements)
