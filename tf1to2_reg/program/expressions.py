"""What an expression of a TF1 program gives."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from tf1to2_reg.facts.knowledge import Constant, TensorFacts
from tf1to2_reg.program import containers, members, stores
from tf1to2_reg.program.calls import dispatch
from tf1to2_reg.program.definitions import Environment, Function
from tf1to2_reg.program.joining import element_of, join
from tf1to2_reg.program.machine import CallSite, Machine
from tf1to2_reg.program.operators import Operators, formatted, sliced_rank
from tf1to2_reg.program.relevance import Relevance
from tf1to2_reg.program.trace import Frame
from tf1to2_reg.program.values import (
    Builtin,
    Mapping,
    NameCondition,
    Python,
    Series,
    Tensor,
    Value,
    Variables,
    any_of_shape,
    constant_of,
    current,
    derived,
    python,
)
from tf1to2_reg.syntax.modules import Module, Project

_SINGLETONS = {"True": True, "False": False, "None": None}


class Expressions(ABC):
    """Evaluates expressions; the statements are the subclass's."""

    def __init__(self, machine: Machine, relevance: Relevance, project: Project) -> None:
        self.machine = machine
        self.relevance = relevance
        self.project = project
        self.operators = Operators(machine)
        self._handlers: dict[type[ast.expr], Callable[..., Value]] = {
            ast.Constant: lambda node, _: python(node.value),
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.BinOp: self._binary,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._boolean,
            ast.Compare: self._compare,
            ast.IfExp: self._conditional,
            ast.Tuple: self._series,
            ast.List: self._series,
            ast.Dict: self._dict,
            ast.Subscript: self._subscript,
            ast.Lambda: self._lambda,
            ast.ListComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.DictComp: self._dict_comprehension,
            ast.Starred: self._starred,
            ast.JoinedStr: self._joined,
            ast.NamedExpr: self._named,
        }

    def evaluate(self, node: ast.expr, frame: Frame) -> Value:
        """The value of an expression; what is learnt is recorded at the node."""
        handler = self._handlers.get(type(node), self._other_expression)
        value = current(handler(node, frame))
        self.machine.record(node, value)
        return value

    @abstractmethod
    def execute(self, body: Sequence[ast.stmt], frame: Frame) -> bool:
        """Run statements; True where control surely does not pass their end."""

    @abstractmethod
    def assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        """Bind a target."""

    @abstractmethod
    def finish(self, frame: Frame) -> None:
        """Let what early returns left meet what the end of the function left."""

    @abstractmethod
    def run_module(self, module: Module, name: str) -> Frame:
        """Run a module, unless it has run already."""

    def truth(self, node: ast.expr, frame: Frame) -> bool | None:
        """The truth of a condition, None where it is decided when the program runs."""
        return self.operators.truth(self.evaluate(node, frame), frame, node)

    def _other_expression(self, node: ast.expr, frame: Frame) -> Value:
        parts = [self.evaluate(child, frame) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        if any(part.graph for part in parts):
            message = "a graph value is used in an expression that cannot be followed"
            self.machine.obstacle("TFR231", message, frame, node, about=parts)
        return Python()

    def _name(self, node: ast.Name, frame: Frame) -> Value:
        found = frame.env.lookup(node.id)
        if found is not None:
            return found
        return python(_SINGLETONS[node.id]) if node.id in _SINGLETONS else Builtin(node.id)

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Value:
        return members.member(self.evaluate(node.value, frame), self, node.attr, frame, node)

    # Calls

    def _call(self, node: ast.Call, frame: Frame) -> Value:
        return dispatch.evaluate_call(self, node, frame)

    def call(self, callee: Value, site: CallSite) -> Value:
        """Call any value."""
        return dispatch.call(self, callee, site)

    # Operators

    def _binary(self, node: ast.BinOp, frame: Frame) -> Value:
        left, right = self.evaluate(node.left, frame), self.evaluate(node.right, frame)
        return self.operators.binary(left, node.op, right, frame, node)

    def _unary(self, node: ast.UnaryOp, frame: Frame) -> Value:
        return self.operators.unary(node.op, self.evaluate(node.operand, frame), frame, node.operand)

    def _boolean(self, node: ast.BoolOp, frame: Frame) -> Value:
        decisive = isinstance(node.op, ast.Or)
        result: Value | None = None
        last: Value = Python()
        conditions = frame.conditions
        for part in node.values:
            last = self.evaluate(part, frame)
            truth = self.operators.truth(last, frame, part)
            if truth is decisive:
                result = join(result, last)
                break
            if truth is None:
                frame.conditions = conditions + 1
                result = join(result, last)
        else:
            result = join(result, last)
        frame.conditions = conditions
        return result

    def _compare(self, node: ast.Compare, frame: Frame) -> Value:
        left = self.evaluate(node.left, frame)
        results: list[Value] = []
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(comparator, frame)
            results.append(self.operators.compare(left, op, right, frame, node))
            left = right
        if len(results) == 1:
            return results[0]
        truths = [constant_of(result) for result in results]
        known = all(truth is not None for truth in truths)
        return python(all(truth.value for truth in truths if truth)) if known else Python()

    def _conditional(self, node: ast.IfExp, frame: Frame) -> Value:
        decided = self.truth(node.test, frame)
        if decided is None:
            frame.conditions += 1
            value = join(self.evaluate(node.body, frame), self.evaluate(node.orelse, frame))
            frame.conditions -= 1
            return value
        taken, dead = (node.body, node.orelse) if decided else (node.orelse, node.body)
        with self.machine.dead_code():
            self.evaluate(dead, frame)
        return self.evaluate(taken, frame)

    # Displays and subscripts

    def _series(self, node: ast.Tuple | ast.List, frame: Frame) -> Value:
        items = [self.evaluate(item, frame) for item in node.elts]
        kind = "tuple" if isinstance(node, ast.Tuple) else "list"
        if any(isinstance(item, ast.Starred) for item in node.elts):
            element: Value | None = None
            for value, item in zip(items, node.elts, strict=True):
                element = join(element, element_of(value) if isinstance(item, ast.Starred) else value)
            return Series(None, element or Python(), kind)
        return Series(tuple(items), Python(), kind)

    def _dict(self, node: ast.Dict, frame: Frame) -> Value:
        pairs = []
        for key, value in zip(node.keys, node.values, strict=True):
            item = self.evaluate(value, frame)
            if key is not None:
                pairs.append((self.evaluate(key, frame), item))
            elif item.graph:
                message = "a dict of graph values is unpacked into another"
                self.machine.obstacle("TFR231", message, frame, value, about=[item])
            else:
                return self._dict_of_dicts(node, frame)
        made = Mapping(tuple(pairs), node if len(pairs) == len(node.keys) else None)
        return containers.made_of(made) if len(pairs) > 1 else made

    def _dict_of_dicts(self, node: ast.Dict, frame: Frame) -> Value:
        parts: list[Value] = []
        for key, value in zip(node.keys, node.values, strict=True):
            item = self.evaluate(value, frame)
            parts.append(item if key is None else Mapping(((self.evaluate(key, frame), item),), None))
        return containers.merged(parts, {})

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Value:
        base = self.evaluate(node.value, frame)
        index = self._index(node.slice, frame)
        constant = constant_of(index)
        if isinstance(base, Series):
            return _series_item(base, node.slice, constant)
        if isinstance(base, Mapping):
            return containers.item(base, index, None)
        if isinstance(base, Tensor):
            return derived(TensorFacts(sliced_rank(base.facts.rank, node.slice), base.facts.dtype), base)
        if base.graph:
            self.machine.obstacle("TFR231", "a part of a list of the graph depends on its order", frame, node)
            return element_of(base)
        return Python(of_shape=any_of_shape(base))

    def _index(self, node: ast.expr, frame: Frame) -> Value:
        if isinstance(node, ast.Slice):
            parts = (node.lower, node.upper, node.step)
            return Series(
                tuple(python(None) if part is None else self.evaluate(part, frame) for part in parts), Python()
            )
        return self.evaluate(node, frame)

    # Lambdas, comprehensions and the rest

    def _lambda(self, node: ast.Lambda, frame: Frame) -> Value:
        return Function(node, frame.module, frame.env, None, self.defaults(node.args, frame))

    def defaults(self, parameters: ast.arguments, frame: Frame) -> dict[str, Value]:
        """What the parameters of a function hold that a call does not give, as the definition evaluates it."""
        names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
        found: dict[str, Value] = {}
        if parameters.defaults:
            for name, default in zip(names[-len(parameters.defaults) :], parameters.defaults, strict=True):
                found[name] = self.evaluate(default, frame)
        for only, given in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
            if given is not None:
                found[only.arg] = self.evaluate(given, frame)
        return found

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, frame: Frame) -> Value:
        selecting = _selecting(node)
        if selecting is not None:
            listed = self.evaluate(selecting.iter, frame)
            if isinstance(listed, Variables):
                return self._selected(listed, selecting, frame)
        element = self._in_comprehension(node, node.generators, frame, lambda inner: self.evaluate(node.elt, inner))
        return Series(None, element)

    def _selected(self, listed: Variables, generator: ast.comprehension, frame: Frame) -> Value:
        """Variables that are told apart by their names: what the tests say is looked at when the names are known."""
        assert isinstance(generator.target, ast.Name)
        name = generator.target.id
        for test in generator.ifs:
            self._without(test, name, frame)
        if not generator.ifs:
            return listed
        return Variables((*listed.conditions, NameCondition(None, name, tuple(generator.ifs))))

    def _without(self, node: ast.expr, name: str, frame: Frame) -> None:
        """Evaluate the parts of an expression that do not use a variable."""
        if not any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node)):
            self.evaluate(node, frame)
            return
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self._without(part, name, frame)

    def _dict_comprehension(self, node: ast.DictComp, frame: Frame) -> Value:
        def body(inner: Frame) -> Value:
            return Series((self.evaluate(node.key, inner), self.evaluate(node.value, inner)), Python())

        pair = self._in_comprehension(node, node.generators, frame, body)
        if pair.graph:
            message = "a dict of graph values is made in a loop"
            self.machine.obstacle("TFR231", message, frame, node, about=[pair])
        return Python()

    def _in_comprehension(
        self, node: ast.expr, generators: Sequence[ast.comprehension], frame: Frame, body: Callable[[Frame], Value]
    ) -> Value:
        outer = frame.env
        frame.env = Environment(outer, comprehension=True)
        outer_loops = frame.loops
        for generator in generators:
            iterated = self.evaluate(generator.iter, frame)
            frame.loops = (*outer_loops, node)
            self.assign(generator.target, element_of(iterated), frame)
            for condition in generator.ifs:
                self.truth(condition, frame)
        value = body(frame)
        frame.loops = outer_loops
        frame.env = outer
        return value

    def _starred(self, node: ast.Starred, frame: Frame) -> Value:
        return self.evaluate(node.value, frame)

    def _joined(self, node: ast.JoinedStr, frame: Frame) -> Value:
        literals, parts, plain = [""], [], True
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                plain = plain and part.format_spec is None and part.conversion == -1
                parts.append(self.evaluate(part.value, frame))
                literals.append("")
            elif isinstance(part, ast.Constant):
                literals[-1] += str(part.value)
        return formatted(self.machine, literals, parts) if plain else Python(type=str)

    def _named(self, node: ast.NamedExpr, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        self.machine.record(node.target, value)
        stores.bind_walrus(self, node.target.id, value, frame)
        return value


def _selecting(node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> ast.comprehension | None:
    """The part of `[v for v in listed if ...]` that says which to take, None for any other comprehension."""
    generator, target = node.generators[0], node.generators[0].target
    if len(node.generators) > 1 or not isinstance(node, ast.ListComp) or not isinstance(target, ast.Name):
        return None
    return generator if isinstance(node.elt, ast.Name) and node.elt.id == target.id else None


def _series_item(base: Series, index: ast.expr, constant: Constant | None) -> Value:
    if isinstance(index, ast.Slice):
        return _series_part(base, constant)
    position = constant.value if constant is not None else None
    if base.items is not None and isinstance(position, int) and -len(base.items) <= position < len(base.items):
        return base.items[position]
    return element_of(base)


def _series_part(base: Series, constant: Constant | None) -> Value:
    """A slice: another list."""
    bounds = constant.value if constant is not None and isinstance(constant.value, list) else None
    if base.items is None or bounds is None or not all(bound is None or isinstance(bound, int) for bound in bounds):
        return Series(None, element_of(base), base.kind)
    return Series(base.items[slice(*bounds)], Python(), base.kind)
