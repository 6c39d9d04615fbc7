"""What an expression of a TF1 program gives."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from tf1to2_reg.facts.knowledge import Constant, TensorFacts
from tf1to2_reg.program import containers, distinctness, members, stores
from tf1to2_reg.program.calls import builtins as builtin_calls
from tf1to2_reg.program.calls import libraries
from tf1to2_reg.program.calls import project as project_calls
from tf1to2_reg.program.calls import tensorflow as tensorflow_calls
from tf1to2_reg.program.machine import CallSite, Machine
from tf1to2_reg.program.operators import Operators, sliced_rank
from tf1to2_reg.program.relevance import Relevance
from tf1to2_reg.program.trace import Frame
from tf1to2_reg.program.values import (
    AnyOf,
    Builtin,
    Class,
    Environment,
    Function,
    Library,
    Mapping,
    Method,
    Python,
    Series,
    Symbol,
    Tensor,
    Value,
    any_of_shape,
    constant_of,
    current,
    derived,
    element_of,
    join,
    leaves,
    python,
)

_SINGLETONS = {"True": True, "False": False, "None": None}


class Expressions(ABC):
    """Evaluates expressions; the statements are the subclass's."""

    def __init__(self, machine: Machine, relevance: Relevance) -> None:
        self.machine = machine
        self.relevance = relevance
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
        self._callees: dict[type[Value], Callable[..., Value]] = {
            Symbol: self._call_symbol,
            Function: self._call_function,
            Method: self._call_bound,
            Class: self._instantiate,
            Builtin: self._call_builtin,
            Library: self._call_library,
            AnyOf: self._call_one_of,
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
        if isinstance(node.func, ast.Attribute):
            return self._call_attribute(node, node.func, frame)
        callee = self.evaluate(node.func, frame)
        site = self._site(node, frame, callee)
        return self.call(callee, site) if site is not None else Python()

    def _call_attribute(self, node: ast.Call, func: ast.Attribute, frame: Frame) -> Value:
        base = self.evaluate(func.value, frame)
        callee = members.member(base, self, func.attr, frame, func)
        self.machine.record(func, callee)
        site = self._site(node, frame, callee)
        if site is None:
            return Python()
        if func.attr == "format" and not node.keywords and isinstance(constant_of(base), Constant):
            literals = str(getattr(constant_of(base), "value", "")).split("{}")
            if len(literals) == len(site.positional) + 1 and not any("{" in part or "}" in part for part in literals):
                return self.formatted(literals, [value for value, _ in site.positional])
        handled = members.call_method(base, self, func.attr, site)
        if handled is not None:
            return handled
        result = self.call(callee, site)
        return Python(of_shape=True) if isinstance(result, Python) and any_of_shape(base) else result

    def _site(self, node: ast.Call, frame: Frame, callee: Value) -> CallSite | None:
        positional: list[tuple[Value, ast.expr]] = []
        keywords: dict[str, tuple[Value, ast.expr]] = {}
        unresolved = False
        for argument in node.args:
            value = self.evaluate(argument, frame)
            if isinstance(argument, ast.Starred):
                unresolved = True
                if _takes_any(callee) or (isinstance(callee, Builtin) and callee.name == "zip"):
                    positional.append((value, argument))
            else:
                positional.append((value, argument))
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, frame)
            if keyword.arg is None:
                unresolved = True
            else:
                keywords[keyword.arg] = (value, keyword.value)
        site = CallSite(node, frame, positional, keywords)
        if unresolved and not isinstance(callee, Builtin) and not _takes_any(callee) and self._matters(callee, site):
            self.machine.obstacle("TFR209", "arguments passed with * or ** cannot be told apart", frame, node)
            return None
        return site

    def _matters(self, callee: Value, site: CallSite) -> bool:
        if isinstance(callee, Symbol):
            return True
        if isinstance(callee, Function | Method | Class) and project_calls.is_relevant(self, callee):
            return True
        return any(value.graph for value in site.values())

    def call(self, callee: Value, site: CallSite) -> Value:
        """Call any value."""
        handler = self._callees.get(type(callee))
        return handler(callee, site) if handler is not None else self._call_unknown(callee, site)

    def call_unseen(self, site: CallSite) -> Value:
        """Call code that is not part of the project: no graph value may reach it, but as a feed."""
        for value in site.values():
            if value.graph and not isinstance(value, Mapping):
                message = "a graph value is passed to code that cannot be seen"
                return self.machine.obstacle("TFR208", message, site.frame, site.node, about=site.values())
        for value in site.values():
            self._hand_over(value, site)
        return Python(of_shape=any_of_shape(*site.values()))

    def _hand_over(self, value: Value, site: CallSite) -> None:
        """Something is given to code that is not seen, which may call it if it is a function."""
        for leaf in leaves(value):
            if isinstance(leaf, Function | Method):
                function = leaf.function if isinstance(leaf, Method) else leaf
                if self.relevance.touches(function.node):
                    message = f"{function.name}, which can touch the graph, is passed to code that cannot be seen"
                    self.machine.obstacle("TFR208", message, site.frame, site.node)
                project_calls.forget_reached(self, function, leaf.instance if isinstance(leaf, Method) else None, None)

    def _call_symbol(self, callee: Symbol, site: CallSite) -> Value:
        return tensorflow_calls.call(self, callee.name, site)

    def _call_function(self, callee: Function, site: CallSite) -> Value:
        return project_calls.call_function(self, callee, None, site)

    def _call_bound(self, callee: Method, site: CallSite) -> Value:
        return project_calls.call_function(self, callee.function, callee.instance, site)

    def _instantiate(self, callee: Class, site: CallSite) -> Value:
        return project_calls.instantiate(self, callee, site)

    def _call_builtin(self, callee: Builtin, site: CallSite) -> Value:
        return builtin_calls.call(self, callee, site)

    def _call_library(self, callee: Library, site: CallSite) -> Value:
        unseen = self.call_unseen(site)
        if unseen.graph:
            return unseen
        if libraries.changes_arguments(callee):
            self._forget(site)
        return libraries.call(callee, site)

    def _call_unknown(self, callee: Value, site: CallSite) -> Value:
        self._forget(site)
        return self.call_unseen(site)

    def _forget(self, site: CallSite) -> None:
        for value in site.values():
            stores.forget(self, value)

    def _call_one_of(self, callee: AnyOf, site: CallSite) -> Value:
        if not any(isinstance(option, Symbol | Function | Method | Class) for option in callee.options):
            return self._call_unknown(callee, site)
        symbols = [option for option in callee.options if isinstance(option, Symbol)]
        if len(symbols) == len(callee.options) and not any("layers" in symbol.name for symbol in symbols):
            result: Value | None = None
            for symbol in symbols:
                result = join(result, self._call_symbol(symbol, site))
            return result or Python()
        if any(self._matters(option, site) for option in callee.options):
            message = "which function is called is decided when the program runs"
            self.machine.obstacle("TFR208", message, site.frame, site.node)
        return Python()

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
            result = result if result is not None else last
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
        made = Mapping(tuple(pairs), node)
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
        element = self._in_comprehension(node, node.generators, frame, lambda inner: self.evaluate(node.elt, inner))
        return Series(None, element)

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
        return self.formatted(literals, parts) if plain else Python(type=str)

    def formatted(self, literals: Sequence[str], parts: Sequence[Value]) -> Value:
        """The text of `parts` with literals around and between them."""
        constants = [constant_of(part) for part in parts]
        if all(constant is not None for constant in constants):
            texts = [str(constant.value) for constant in constants if constant is not None]
            return python(literals[0] + "".join(text + after for text, after in zip(texts, literals[1:], strict=True)))
        result = Python(None, any_of_shape(*parts), str, distinctness.of_text(literals, parts))
        return self.machine.alike("|".join(literals), tuple(parts), result)

    def _named(self, node: ast.NamedExpr, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        self.machine.record(node.target, value)
        stores.bind_walrus(self, node.target.id, value, frame)
        return value


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


def _takes_any(callee: Value) -> bool:
    """`tf.group` takes ops in any number and order."""
    return isinstance(callee, Symbol) and callee.name == "tf.group"
