"""Functions and methods that make layers: each becomes a model."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from tf1to2_reg.diagnostics.reasons import Reason, Reasons, refusal
from tf1to2_reg.network import lifetimes, naming
from tf1to2_reg.network.data import ModelPlan, Parameter
from tf1to2_reg.network.one_object import check_shared
from tf1to2_reg.network.sharing import Part, Sharing
from tf1to2_reg.network.split import ModelSplit
from tf1to2_reg.program.callees import callee, layer_symbol
from tf1to2_reg.program.definitions import Function
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.objects import LayerObject
from tf1to2_reg.program.trace import Frame, Trace
from tf1to2_reg.program.values import AnyOf, Placeholder, Reuse, leaves
from tf1to2_reg.syntax.binding import method_parameters_of, parameters_of
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.variables import walk


class BuilderPlanner:
    """Plans the builders of one unit; `names` are the names taken in each file."""

    def __init__(
        self, traces: Sequence[Trace], facts: Evaluations, names: dict[Module, set[str]], sharings: dict[Trace, Sharing]
    ) -> None:
        self.models: dict[ast.FunctionDef, ModelPlan] = {}
        self.notes: list[Reason] = []
        self.traces = traces
        self.facts = facts
        self._names = names
        self._sharings = sharings
        self._owners: Collection[ast.ClassDef] = ()
        self._reasons = Reasons()
        self._refused: set[ast.FunctionDef] = set()
        self._making = {
            frame.function.node
            for trace in traces
            for frame in trace.frames
            if frame.function is not None and sharings[trace].is_builder(frame)
        }

    def run(self, drivers: Collection[ast.AST], owners: Collection[ast.ClassDef]) -> dict[ast.FunctionDef, ModelPlan]:
        """Plan the model of every function and method that makes layers and is none of the drivers.

        `owners` are the classes whose objects drive the program: their methods may read the object.

        Raises:
            Refused: TFR208, TFR209, TFR213, TFR214, TFR219 and others.
        """
        self._owners = owners
        frames: dict[ast.FunctionDef, list[tuple[Trace, Frame]]] = {}
        for trace in self.traces:
            for frame in trace.frames:
                if frame.function is not None and isinstance(frame.function.node, ast.FunctionDef):
                    frames.setdefault(frame.function.node, []).append((trace, frame))
        for function in self._in_order(frames, drivers):
            self._refused.add(function)
            with self._reasons.collected():
                self._plan_builder(function, frames[function])
                self._refused.remove(function)
        self._reasons.check()
        return self.models

    def _in_order(
        self, frames: dict[ast.FunctionDef, list[tuple[Trace, Frame]]], drivers: Collection[ast.AST]
    ) -> Iterator[ast.FunctionDef]:
        """Builders, inner ones first; not those that call one which was refused, whose reasons would follow from it."""
        done: set[ast.FunctionDef] = set()

        def visit(function: ast.FunctionDef) -> Iterator[ast.FunctionDef]:
            if function in done or function in drivers or function not in frames:
                return
            done.add(function)
            makes, follows = False, False
            for node in walk(function):
                if not isinstance(node, ast.Call):
                    continue
                makes = makes or layer_symbol(node, self.facts) is not None
                inner = callee(node, self.facts)
                with self._reasons.collected():
                    self._check_one_callee(function, node)
                if inner is not None and inner is not function:
                    yield from visit(inner)
                    makes = makes or inner in self.models
                    follows = follows or inner in self._refused
            if follows:
                self._refused.add(function)
            elif makes:
                yield function

        for function in list(frames):
            yield from visit(function)

    def _check_one_callee(self, function: ast.FunctionDef, node: ast.Call) -> None:
        """A call that reaches one function in one call of the builder, and another in the next, cannot be written."""
        value = self.facts.value(node.func)
        options = value.options if isinstance(value, AnyOf) else ()
        if any(isinstance(option, Function) and option.node in self._making for option in options):
            message = f"which function makes layers here differs between calls of {function.name}"
            raise refusal("TFR208", message, node)

    def _plan_builder(self, function: ast.FunctionDef, activations: list[tuple[Trace, Frame]]) -> None:
        frame = activations[0][1]
        assert frame.function is not None
        receiver = self._receiver(function, frame)
        name = naming.unique(naming.camel_case(function.name), self._names[frame.module], ("Model", "Network"))
        self._names[frame.module].add(name)
        plan = ModelPlan(name, frame.module, function, function.body, receiver)
        given = parameters_of if receiver is None else method_parameters_of
        plan.parameters = [
            Parameter(parameter, default, self._is_tensor(parameter, activations))
            for parameter, default in given(function)
        ]
        if receiver is not None:
            plan.parameters += [Parameter(attribute, None, tensor=False) for attribute in self._attributes(function)]
        _check_given(function, activations)
        aliases = self._aliases(activations)
        ModelSplit(plan, self.facts, self.models, aliases).run()
        if not any(parameter.tensor and parameter.called for parameter in plan.parameters):
            raise refusal("TFR219", f"{function.name} makes layers but takes no tensor", function)
        for trace in dict.fromkeys(trace for trace, _ in activations):
            lifetimes.check_builder(plan, trace, self.facts)
        self.models[function] = plan

    def _receiver(self, function: ast.FunctionDef, frame: Frame) -> str | None:
        """The receiver of a builder that is a method.

        Raises:
            Refused: TFR208, TFR209, TFR219: all that keeps the definition from being a class.
        """
        reasons = Reasons()
        receiver = None
        with reasons.collected():
            if frame.instance is not None or (frame.function is not None and frame.function.owner is not None):
                receiver = self._method_receiver(function, frame)
            elif function not in frame.module.tree.body:
                message = f"{function.name}, which makes layers, is defined inside another function"
                raise refusal("TFR219", message, function)
        with reasons.collected():
            if function.args.vararg is not None or function.args.kwarg is not None:
                raise refusal("TFR209", f"{function.name} takes * or ** arguments", function)
        with reasons.collected():
            if function.decorator_list:
                raise refusal("TFR208", f"{function.name} is decorated", function)
        reasons.check()
        return receiver

    def _method_receiver(self, function: ast.FunctionDef, frame: Frame) -> str:
        """The receiver of a method that makes layers from its arguments.

        Raises:
            Refused: TFR219 where the method does more with the object than to read its values.
        """
        owner = frame.function.owner.node if frame.function is not None and frame.function.owner is not None else None
        names = [argument.arg for argument in function.args.args]
        if owner not in self._owners or owner is None or names[:1] != ["self"]:
            raise refusal("TFR219", f"the method {function.name} makes layers", function)
        return "self"

    def _attributes(self, function: ast.FunctionDef) -> list[str]:
        """Attributes of the object that a method reads as values, in order.

        Raises:
            Refused: TFR219 where the object itself or one of its other methods is used.
        """
        found: list[str] = []
        calls = {node.func: node for node in walk(function) if isinstance(node, ast.Call)}
        inside = {node.value for node in walk(function) if isinstance(node, ast.Attribute)}
        for node in walk(function):
            if isinstance(node, ast.Name) and node.id == "self" and node not in inside:
                raise refusal("TFR219", f"the method {function.name} makes layers and uses its object", node)
            if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name) or node.value.id != "self":
                continue
            call = calls.get(node)
            inner = callee(call, self.facts) if call is not None else None
            if inner in self.models:
                extras = [parameter.name for parameter in self.models[inner].constructed]
                found += [name for name in extras if name.startswith("self.")]
                continue
            if inner is not None or node in self.facts.graph:
                raise refusal("TFR219", f"the method {function.name} makes layers and uses {ast.unparse(node)}", node)
            found.append(f"self.{node.attr}")
        return list(dict.fromkeys(found))

    def _is_tensor(self, name: str, activations: list[tuple[Trace, Frame]]) -> bool:
        values = [frame.arguments[name].value for _, frame in activations if name in frame.arguments]
        return any(value.graph and not is_flag(value) for value in values)

    def _aliases(self, activations: list[tuple[Trace, Frame]]) -> dict[ast.Call, ast.Call]:
        """Sites that share the object of an earlier site of the same activation; all activations must agree."""
        found: dict[ast.Call, ast.Call] | None = None
        for trace, frame in activations:
            sharing = self._sharings[trace]
            parts = sharing.parts(frame)
            if parts and all(part.reuse == {Reuse.YES} for part in parts) and found is not None:
                continue
            shared = self._shared_inside(sharing, parts)
            self.notes += check_shared(shared, self.models)
            aliases = {part.node: maker.node for part, maker in shared.items()}
            if found is not None and aliases != found:
                raise refusal("TFR213", "calls of one function share variables in different ways", frame.call)
            found = aliases
        return found or {}

    @staticmethod
    def _shared_inside(sharing: Sharing, parts: list[Part]) -> dict[Part, Part]:
        if parts and all(part.reuse == {Reuse.YES} for part in parts):
            return {}
        return sharing.shared(parts)


def _check_given(function: ast.FunctionDef, activations: list[tuple[Trace, Frame]]) -> None:
    """A layer object belongs to the model that makes it, not to one that is given it.

    Raises:
        Refused: TFR219.
    """
    for _, frame in activations:
        for argument in frame.arguments.values():
            if any(isinstance(leaf, LayerObject) for leaf in leaves(argument.value)):
                message = f"a layer object is given to {function.name}, which makes layers"
                raise refusal("TFR219", message, argument.node or frame.call)


def is_flag(value: object) -> bool:
    """True for a boolean placeholder, which becomes a Python value."""
    return isinstance(value, Placeholder) and value.facts.dtype == "bool"
