"""What an expression of a TF1 program gives."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from tf1to2_reg.facts import tensors
from tf1to2_reg.names import normalize
from tf1to2_reg.program import tensorflow_calls
from tf1to2_reg.program.machine import CallSite, Machine
from tf1to2_reg.program.relevance import Relevance
from tf1to2_reg.program.trace import Argument, Environment, Frame
from tf1to2_reg.program.values import (
    AnyOf,
    Class,
    Function,
    Graph,
    Initializer,
    InitOp,
    Instance,
    Mapping,
    Method,
    Optimizer,
    Penalties,
    Placeholder,
    ProjectModule,
    Python,
    Regularizer,
    Scope,
    Series,
    Session,
    Symbol,
    Tensor,
    TrainOp,
    UpdateOps,
    Value,
    Variable,
    constant_of,
    element_of,
    facts_of,
    is_backward,
    is_none,
    join,
    leaves,
    python,
)
from tf1to2_reg.rewriting import Constant, TensorFacts

if TYPE_CHECKING:
    pass

MAX_FRAMES = 5000
_TRANSPARENT_BUILTINS = frozenset({"list", "tuple", "reversed", "sorted"})
_HARMLESS_BUILTINS = frozenset({"print", "len", "isinstance", "str", "repr", "type", "id", "hasattr", "callable", "dict", "range", "format", "getattr", "next", "iter", "bool"})  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[object, object], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,  # type: ignore[operator]
    ast.NotIn: lambda left, right: left not in right,  # type: ignore[operator]
}
_MAX_CONSTANT = 10_000


class Builtin(Value):
    """A Python builtin."""

    def __init__(self, name: str) -> None:
        self.name = name


class Expressions:
    """Evaluates expressions; the statements are the subclass's."""

    def __init__(self, machine: Machine, relevance: Relevance) -> None:
        self.machine = machine
        self.relevance = relevance
        self._handlers: dict[type[ast.expr], Callable[..., Value]] = {
            ast.Constant: self._constant,
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
        handler = self._handlers.get(type(node))
        value = handler(node, frame) if handler else self._other_expression(node, frame)
        self.machine.record(node, value)
        return value

    def execute(self, body: Sequence[ast.stmt], frame: Frame) -> bool:
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        raise NotImplementedError

    def _other_expression(self, node: ast.expr, frame: Frame) -> Value:
        graph = [
            child
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.expr) and self.evaluate(child, frame).graph
        ]
        if graph:
            self.machine.obstacle(
                "TFR231", "a graph value is used in an expression that cannot be followed", frame, node
            )
        return Python()

    def _constant(self, node: ast.Constant, frame: Frame) -> Value:
        return python(node.value)

    def _name(self, node: ast.Name, frame: Frame) -> Value:
        found = frame.env.lookup(node.id)
        if found is not None:
            return found
        if node.id in ("True", "False", "None"):
            return python({"True": True, "False": False, "None": None}[node.id])
        return Builtin(node.id)

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Value:
        return self.member(self.evaluate(node.value, frame), node.attr, frame, node)

    def member(self, base: Value, name: str, frame: Frame, node: ast.expr) -> Value:
        """An attribute of a value."""
        if isinstance(base, Symbol):
            return Symbol(normalize(f"{base.name}.{name}"))
        if isinstance(base, ProjectModule):
            member = getattr(base, "member", None)
            if member is not None:
                return member(name)  # type: ignore[no-any-return]
            return base.environment.bindings.get(name, Python())
        if isinstance(base, Instance):
            return self._instance_member(base, name, frame, node)
        if isinstance(base, Class):
            return base.find(name) or Python()
        if isinstance(base, Variable) and name in ("name", "op"):
            self.machine.obstacle("TFR218", "variables are told apart by their TF1 names", frame, node)
        if isinstance(base, Tensor):
            return Python(of_shape=name in ("shape",))
        if isinstance(base, Session) and name == "graph":
            return Graph()
        return Python(of_shape=isinstance(base, Python) and base.of_shape)

    def _instance_member(self, base: Instance, name: str, frame: Frame, node: ast.expr) -> Value:
        if name in base.attributes:
            return base.attributes[name]
        found = base.cls.find(name)
        if isinstance(found, Function):
            decorators = {getattr(item, "id", None) for item in getattr(found.node, "decorator_list", ())}
            if "property" in decorators:
                call = ast.Call(node, [], [])
                return self.call_function(found, base, CallSite(ast.copy_location(call, node), frame, [], {}))
            if "staticmethod" in decorators:
                return found
            if "classmethod" in decorators:
                return Python()
            return Method(found, base)
        return found if found is not None else Python()

    # Calls

    def _call(self, node: ast.Call, frame: Frame) -> Value:
        if isinstance(node.func, ast.Attribute):
            base = self.evaluate(node.func.value, frame)
            callee = self.member(base, node.func.attr, frame, node.func)
            self.machine.record(node.func, callee)
        else:
            base, callee = Python(), self.evaluate(node.func, frame)
        site = self._site(node, frame, callee)
        if site is None:
            return Python()
        if isinstance(node.func, ast.Attribute):
            handled = self._call_method(base, node.func.attr, site)
            if handled is not None:
                return handled
        result = self.call(callee, site)
        if isinstance(base, Python) and base.of_shape and isinstance(result, Python):
            return Python(of_shape=True)
        return result

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
        if isinstance(callee, Function | Method | Class):
            return self._is_relevant(callee) or any(value.graph for value in site.values())
        return any(value.graph for value in site.values())

    def _is_relevant(self, callee: Value) -> bool:
        if isinstance(callee, Method):
            callee = callee.function
        if isinstance(callee, Function):
            return isinstance(callee.node, ast.Lambda) or callee.name in self.relevance
        return isinstance(callee, Class) and callee.node.name in self.relevance

    def call(self, callee: Value, site: CallSite) -> Value:
        """Call any value."""
        if isinstance(callee, Symbol):
            return tensorflow_calls.call(self, callee.name, site)
        if isinstance(callee, Function):
            return self.call_function(callee, None, site)
        if isinstance(callee, Method):
            return self.call_function(callee.function, callee.instance, site)
        if isinstance(callee, Class):
            return self._instantiate(callee, site)
        if isinstance(callee, Builtin):
            return self._call_builtin(callee.name, site)
        if isinstance(callee, AnyOf) and any(isinstance(o, Symbol | Function | Method | Class) for o in callee.options):
            return self._call_one_of(callee, site)
        return self._call_unseen(site)

    def _call_one_of(self, callee: AnyOf, site: CallSite) -> Value:
        if all(isinstance(option, Symbol) for option in callee.options) and not any(
            "layers" in option.name for option in callee.options
        ):  # type: ignore[attr-defined]
            results = [tensorflow_calls.call(self, option.name, site) for option in callee.options]  # type: ignore[attr-defined]
            value = results[0]
            for other in results[1:]:
                value = join(value, other)
            return value
        if self._any_matters(callee, site):
            self.machine.obstacle(
                "TFR208", "which function is called is decided when the program runs", site.frame, site.node
            )
        return Python()

    def _any_matters(self, callee: AnyOf, site: CallSite) -> bool:
        return any(self._matters(option, site) for option in callee.options)

    def _call_unseen(self, site: CallSite) -> Value:
        for value in site.values():
            if value.graph and not self._is_feed(value):
                message = "a graph value is passed to code that cannot be seen"
                self.machine.obstacle("TFR208", message, site.frame, site.node)
                return Tensor()
        of_shape = any(isinstance(value, Python) and value.of_shape for value in site.values())
        return Python(of_shape=of_shape)

    @staticmethod
    def _is_feed(value: Value) -> bool:
        return isinstance(value, Mapping)

    def _call_builtin(self, name: str, site: CallSite) -> Value:
        values = [value for value, _ in site.positional]
        if name in _TRANSPARENT_BUILTINS and len(values) == 1:
            return self._as_series(values[0], "tuple" if name == "tuple" else "list")
        if name in ("list", "tuple") and not values:
            return Series((), Python(), name)
        if name == "zip":
            return self._zip(site)
        if name == "enumerate" and values:
            return Series(None, Series((Python(), element_of(values[0])), Python(), "tuple"))
        if name == "sum" and values and values[0].graph:
            return Tensor(facts_of(element_of(values[0])) or TensorFacts(None, None), is_backward(values[0]))
        if name in ("int", "float", "max", "min", "abs", "round") and not any(value.graph for value in values):
            of_shape = any(isinstance(value, Python) and value.of_shape for value in values)
            return self._fold_builtin(name, values) or Python(of_shape=of_shape)
        if name == "super":
            return self._super(site)
        if name == "dict" and site.keywords and not site.positional:
            return Mapping(tuple((python(key), value) for key, (value, _) in site.keywords.items()), None)
        if name in _HARMLESS_BUILTINS:
            return Python(of_shape=any(isinstance(value, Python) and value.of_shape for value in values))
        return self._call_unseen(site)

    def _super(self, site: CallSite) -> Value:
        instance = site.frame.instance
        owner = site.frame.function.owner if site.frame.function else None
        if instance is None or owner is None:
            return Python()
        bases = [base for base in owner.bases if isinstance(base, Class)]
        return SuperProxy(instance, tuple(bases))

    def _fold_builtin(self, name: str, values: list[Value]) -> Value | None:
        constants = [constant_of(value) for value in values]
        if len(values) == 1 and constants[0] is not None and name in ("int", "float"):
            try:
                return python({"int": int, "float": float}[name](constants[0].value))  # type: ignore[arg-type]
            except (TypeError, ValueError):
                return None
        return None

    @staticmethod
    def _as_series(value: Value, kind: str) -> Value:
        if isinstance(value, Series):
            return Series(value.items, value.element, kind)
        return (
            Series(None, element_of(value), kind) if value.graph else Python(of_shape=getattr(value, "of_shape", False))
        )

    def _zip(self, site: CallSite) -> Value:
        if len(site.positional) == 1 and isinstance(site.positional[0][1], ast.Starred):
            element = element_of(site.positional[0][0])
            if isinstance(element, Series) and element.items is not None:
                return Series(tuple(Series(None, item, "tuple") for item in element.items), Python())
            return Python()
        elements = tuple(element_of(value) for value, _ in site.positional)
        return Series(None, Series(elements, Python(), "tuple"))

    def _call_method(self, base: Value, name: str, site: CallSite) -> Value | None:
        if isinstance(base, Session):
            return tensorflow_calls.call_session(self, name, site)
        if isinstance(base, Optimizer):
            return tensorflow_calls.call_optimizer(self, base, name, site)
        if isinstance(base, Graph):
            return tensorflow_calls.call_graph(self, name, site)
        if isinstance(base, InitOp | TrainOp) or (isinstance(base, Tensor) and name == "eval"):
            return tensorflow_calls.call_run(self, base, name, site)
        if isinstance(base, Scope):
            return tensorflow_calls.call_scope(self, name, site)
        if isinstance(base, Tensor):
            return self._call_tensor_method(name, site)
        if isinstance(base, Series | Penalties | UpdateOps) and name in ("append", "extend", "insert"):
            return self._grow(base, name, site)
        if isinstance(base, Mapping) and base.graph and name not in ("keys", "values", "items", "get", "copy"):
            self.machine.obstacle(
                "TFR217", "a dict of placeholders is changed after it was made", site.frame, site.node
            )
            return Python()
        if isinstance(base, SuperProxy):
            return base.call(self, name, site)
        return None

    def _call_tensor_method(self, name: str, site: CallSite) -> Value:
        if name in ("get_shape", "set_shape"):
            return Python(of_shape=True)
        self.machine.obstacle("TFR231", f"the method {name} of a tensor is not understood", site.frame, site.node)
        return Tensor()

    def _grow(self, base: Value, name: str, site: CallSite) -> Value:
        assert isinstance(site.node.func, ast.Attribute)
        holder = site.node.func.value
        added = [value for value, _ in site.positional]
        graph = base.graph or any(value.graph for value in added)
        if not isinstance(base, Series) or not isinstance(holder, ast.Name | ast.Attribute) or name == "insert":
            if graph:
                self.machine.obstacle("TFR231", "a list of graph values is changed in place", site.frame, site.node)
            return Python()
        element = added[-1] if name == "append" else element_of(added[-1])
        known = base.items is not None and name == "append" and not site.frame.loops
        joined = join(element_of(base), element) if base.items != () else element
        grown = Series((*base.items, element), Python(), base.kind) if known and base.items is not None else Series(None, joined, base.kind)  # fmt: skip
        if isinstance(holder, ast.Name):
            owner = site.frame.env.owner(holder.id)
            if owner is not None:
                owner.bindings[holder.id] = grown
        else:
            self.assign(holder, grown, site.frame)
        return python(None)

    # Functions of the project

    def call_function(self, function: Function, instance: Instance | None, site: CallSite) -> Value:
        """Run a function of the project in a new frame."""
        given = any(value.graph for value in site.values()) or _holds_graph(instance)
        if not self._is_relevant(function) and not given:
            return Python(of_shape=any(getattr(value, "of_shape", False) for value in site.values()))
        caller = site.frame
        if self._refuses_call(function, site):
            return Python()
        frame = Frame(
            function.module,
            Environment(parent=function.closure),
            function,
            caller,
            site.node,
            instance=instance,
            loops=caller.loops,
            conditions=caller.conditions,
            started=self.machine.order(),
        )
        self._bind_parameters(function, frame, instance, site)
        if self.machine.live:
            self.machine.trace.frames.append(frame)
            caller.children.setdefault(site.node, []).append(frame)
        if isinstance(function.node, ast.Lambda):
            return self.evaluate(function.node.body, frame)
        frame.result = python(None)
        ended = self.execute(function.node.body, frame)
        if frame.returned and not ended and not is_none(frame.result):
            frame.result = join(frame.result, python(None)) if not _always_returns(function.node.body) else frame.result
        return frame.result

    def _refuses_call(self, function: Function, site: CallSite) -> bool:
        chain = site.frame.chain()
        if any(frame.function is not None and frame.function.node is function.node for frame in chain):
            self.machine.obstacle("TFR208", f"{function.name} calls itself", site.frame, site.node)
            return True
        if len(self.machine.trace.frames) > MAX_FRAMES:
            self.machine.obstacle("TFR208", "the program is too deep to be followed", site.frame, site.node)
            return True
        decorators = getattr(function.node, "decorator_list", [])
        unknown = [item for item in decorators if getattr(item, "id", "") not in ("property", "staticmethod")]
        if unknown:
            self.machine.obstacle("TFR208", f"{function.name} is decorated", function_frame(function, site), unknown[0])
            return True
        if isinstance(function.node, ast.FunctionDef) and _is_generator(function.node):
            if any(value.graph for value in site.values()):
                self.machine.obstacle("TFR219", f"{function.name} is a generator", site.frame, site.node)
            return True
        return False

    def _bind_parameters(self, function: Function, frame: Frame, instance: Instance | None, site: CallSite) -> None:
        parameters = function.node.args
        names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
        if instance is not None and names:
            frame.env.bind(names[0], instance)
            names = names[1:]
        defaults = dict(zip(names[::-1], parameters.defaults[::-1], strict=False))
        for only, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
            names.append(only.arg)
            if default is not None:
                defaults[only.arg] = default
        for position, name in enumerate(names):
            given = site.argument(position, name)
            if given is not None:
                frame.arguments[name] = Argument(*given)
            elif name in defaults:
                frame.arguments[name] = Argument(self._default(function, defaults[name]), None)
            else:
                frame.arguments[name] = Argument(Python(), None)
            frame.env.bind(name, frame.arguments[name].value)
        for rest in (parameters.vararg, parameters.kwarg):
            if rest is not None:
                frame.env.bind(rest.arg, Python())
                extra = len(site.positional) > len(names) or set(site.keywords) - set(names)
                if extra and any(value.graph for value in site.values()):
                    self.machine.obstacle("TFR209", f"{function.name} takes * or ** arguments", frame, rest)

    def _default(self, function: Function, node: ast.expr) -> Value:
        home = Frame(function.module, function.closure)
        with self.machine.silence():
            return self.evaluate(node, home)

    def _instantiate(self, cls: Class, site: CallSite) -> Value:
        if not self._is_relevant(cls) and not any(value.graph for value in site.values()):
            return Python()
        instance = Instance(cls)
        self.machine.instances.append(instance)
        if self.machine.live:
            self.machine.trace.instances.append((instance, site.node, site.frame))
        constructor = cls.find("__init__")
        if isinstance(constructor, Function):
            self.call_function(constructor, instance, site)
        elif any(value.graph for value in site.values()):
            self.machine.obstacle(
                "TFR208", "a graph value is passed to a constructor that cannot be seen", site.frame, site.node
            )
        return instance

    # Operators and displays

    def _binary(self, node: ast.BinOp, frame: Frame) -> Value:
        left, right = self.evaluate(node.left, frame), self.evaluate(node.right, frame)
        return self.binary(left, node.op, right, frame, node)

    def binary(self, left: Value, op: ast.operator, right: Value, frame: Frame, node: ast.AST) -> Value:
        """An arithmetic operation."""
        if left.graph or right.graph:
            return self._graph_binary(left, op, right, frame, node)
        if isinstance(left, Series) and isinstance(right, Series) and isinstance(op, ast.Add):
            if left.items is not None and right.items is not None:
                return Series((*left.items, *right.items), Python(), left.kind)
            return Series(None, join(element_of(left), element_of(right)), left.kind)
        folded = _fold(left, op, right)
        if folded is not None:
            return folded
        return Python(of_shape=any(getattr(value, "of_shape", False) for value in (left, right)))

    def _graph_binary(self, left: Value, op: ast.operator, right: Value, frame: Frame, node: ast.AST) -> Value:
        lists = [isinstance(value, Series | Penalties) for value in (left, right)]
        if all(lists) and isinstance(op, ast.Add):
            return Series(None, join(element_of(left), element_of(right)))
        if isinstance(left, Penalties) or isinstance(right, Penalties):
            self.machine.note("TFR305", "a list of penalties is added to a scalar: the loss is a vector", frame, node)
            return Tensor(TensorFacts(1, "float32"))
        operands = [facts for value in (left, right) if (facts := facts_of(value)) is not None]
        if not operands:
            self.machine.obstacle(
                "TFR231", "a graph value is used in an operation that cannot be followed", frame, node
            )
            return Tensor()
        symbol = tensors.OPERATORS.get(type(op).__name__, "")
        result = tensors.result(symbol, [facts_of(value) or constant_of(value) for value in (left, right)], {})
        return Tensor(result, is_backward(left) or is_backward(right))

    def _unary(self, node: ast.UnaryOp, frame: Frame) -> Value:
        value = self.evaluate(node.operand, frame)
        if isinstance(node.op, ast.Not):
            truth = self._truth_of(value, frame, node.operand)
            return python(not truth) if truth is not None else Python()
        if value.graph:
            return Tensor(facts_of(value) or TensorFacts(None, None), is_backward(value))
        constant = constant_of(value)
        if constant is not None and isinstance(constant.value, int | float) and isinstance(node.op, ast.USub):
            return python(-constant.value)
        return Python(of_shape=getattr(value, "of_shape", False))

    def _boolean(self, node: ast.BoolOp, frame: Frame) -> Value:
        result: Value | None = None
        for part in node.values:
            value = self.evaluate(part, frame)
            truth = self._truth_of(value, frame, part)
            if truth is isinstance(node.op, ast.Or) and truth is not None:
                return value if result is None else join(result, value)
            if truth is None:
                result = join(result, value)
            last = value
        return result if result is not None else last

    def _compare(self, node: ast.Compare, frame: Frame) -> Value:
        left = self.evaluate(node.left, frame)
        results: list[Value] = []
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(comparator, frame)
            results.append(self._compare_two(left, op, right, frame, node))
            left = right
        if len(results) == 1:
            return results[0]
        truths = [constant_of(result) for result in results]
        known = all(truth is not None for truth in truths)
        return python(all(truth.value for truth in truths if truth)) if known else Python()

    def _compare_two(self, left: Value, op: ast.cmpop, right: Value, frame: Frame, node: ast.AST) -> Value:
        if isinstance(op, ast.Is | ast.IsNot) and (is_none(left) or is_none(right)):
            other = right if is_none(left) else left
            if is_none(other):
                return python(isinstance(op, ast.Is))
            if not isinstance(other, Python | AnyOf) and not (isinstance(other, Regularizer) and other.optional):
                return python(isinstance(op, ast.IsNot))
            if isinstance(other, Python) and other.constant is not None:
                return python(isinstance(op, ast.IsNot))
            return Python()
        if left.graph or right.graph:
            if isinstance(op, ast.Gt | ast.GtE | ast.Lt | ast.LtE) and facts_of(left if left.graph else right):
                facts = facts_of(left if left.graph else right)
                assert facts is not None
                return Tensor(TensorFacts(facts.rank, "bool"))
            self.machine.obstacle("TFR231", "graph values are compared with an operator that TF1 and TF2 understand differently", frame, node)  # fmt: skip
            return Python()
        first, second = constant_of(left), constant_of(right)
        if first is not None and second is not None and type(op) in _COMPARISONS:
            try:
                return python(bool(_COMPARISONS[type(op)](first.value, second.value)))
            except TypeError:
                return Python()
        return Python(of_shape=any(getattr(value, "of_shape", False) for value in (left, right)))

    def truth(self, node: ast.expr, frame: Frame) -> bool | None:
        """The truth of a condition, None where it is decided when the program runs."""
        return self._truth_of(self.evaluate(node, frame), frame, node)

    def _truth_of(self, value: Value, frame: Frame, node: ast.AST) -> bool | None:
        if isinstance(value, Penalties):
            return None
        if isinstance(value, Tensor):
            self.machine.obstacle("TFR231", "the truth of a graph value is tested", frame, node)
            return None
        if isinstance(value, Placeholder | Function | Method | Class | Symbol | Instance | Optimizer | Initializer):
            return True
        if isinstance(value, Regularizer):
            return None if value.optional else True
        if isinstance(value, Series) and value.items is not None:
            return bool(value.items)
        constant = constant_of(value)
        return bool(constant.value) if constant is not None else None

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
            if key is None:
                if item.graph:
                    self.machine.obstacle("TFR231", "a dict of graph values is unpacked into another", frame, value)
                continue
            pairs.append((self.evaluate(key, frame), item))
        return Mapping(tuple(pairs), node)

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Value:
        base = self.evaluate(node.value, frame)
        index = self._index(node.slice, frame)
        constant = constant_of(index)
        if isinstance(base, Series):
            if base.items is not None and constant is not None and isinstance(constant.value, int):
                if -len(base.items) <= constant.value < len(base.items):
                    return base.items[constant.value]
            return base if isinstance(node.slice, ast.Slice) else element_of(base)
        if isinstance(base, Mapping):
            return self._mapping_item(base, constant)
        if isinstance(base, Tensor):
            return Tensor(TensorFacts(_sliced_rank(base.facts.rank, node.slice), base.facts.dtype), base.backward)
        if base.graph:
            return element_of(base) if not isinstance(node.slice, ast.Slice) else base
        return Python(of_shape=getattr(base, "of_shape", False))

    @staticmethod
    def _mapping_item(base: Mapping, constant: Constant | None) -> Value:
        if constant is not None:
            for key, value in base.pairs:
                if constant_of(key) == constant:
                    return value
        result: Value | None = None
        for _, value in base.pairs:
            result = join(result, value)
        return result or Python()

    def _index(self, node: ast.expr, frame: Frame) -> Value:
        if isinstance(node, ast.Slice):
            for part in (node.lower, node.upper, node.step):
                if part is not None:
                    self.evaluate(part, frame)
            return Python()
        return self.evaluate(node, frame)

    def _lambda(self, node: ast.Lambda, frame: Frame) -> Value:
        return Function(node, frame.module, frame.env)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, frame: Frame) -> Value:
        element = self._in_comprehension(node, node.generators, frame, lambda inner: self.evaluate(node.elt, inner))
        return Series(None, element)

    def _dict_comprehension(self, node: ast.DictComp, frame: Frame) -> Value:
        def body(inner: Frame) -> Value:
            return Series((self.evaluate(node.key, inner), self.evaluate(node.value, inner)), Python())

        pair = self._in_comprehension(node, node.generators, frame, body)
        if pair.graph:
            self.machine.obstacle("TFR231", "a dict of graph values is made in a loop", frame, node)
        return Python()

    def _in_comprehension(
        self, node: ast.expr, generators: Sequence[ast.comprehension], frame: Frame, body: Callable[[Frame], Value]
    ) -> Value:
        outer = frame.env
        frame.env = Environment(parent=outer)
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
        parts: list[str] = []
        known = True
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            constant = constant_of(self.evaluate(inner, frame))
            plain = not isinstance(part, ast.FormattedValue) or (part.format_spec is None and part.conversion == -1)
            known = known and constant is not None and plain
            parts.append(str(constant.value) if constant else "")
        return python("".join(parts)) if known else Python()

    def _named(self, node: ast.NamedExpr, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        self.assign(node.target, value, frame)
        return value


class SuperProxy(Value):
    """`super()` inside a method."""

    def __init__(self, instance: Instance, bases: tuple[Class, ...]) -> None:
        self.instance = instance
        self.bases = bases

    def call(self, expressions: Expressions, name: str, site: CallSite) -> Value:
        """Call a method of the bases on the instance."""
        for base in self.bases:
            found = base.find(name)
            if isinstance(found, Function):
                return expressions.call_function(found, self.instance, site)
        return Python()


def _holds_graph(instance: Instance | None) -> bool:
    return instance is not None and any(value.graph for value in instance.attributes.values())


def _takes_any(callee: Value) -> bool:
    """`tf.group` takes ops in any number and order."""
    return isinstance(callee, Symbol) and callee.name == "tf.group"


def function_frame(function: Function, site: CallSite) -> Frame:
    """A frame that stands in the function's file, for messages."""
    return Frame(function.module, function.closure, function, site.frame)


def _fold(left: Value, op: ast.operator, right: Value) -> Value | None:
    first, second = constant_of(left), constant_of(right)
    if first is None or second is None or type(op) not in _ARITHMETIC:
        return None
    if isinstance(op, ast.Mult) and not all(isinstance(part.value, int | float) for part in (first, second)):
        return None
    try:
        result = _ARITHMETIC[type(op)](first.value, second.value)
    except Exception:  # any error of the user's arithmetic is the user's to meet
        return None
    return python(result) if not isinstance(result, str) or len(result) < _MAX_CONSTANT else None


def _sliced_rank(rank: int | None, index: ast.expr) -> int | None:
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    if rank is None or any(isinstance(part, ast.Constant) and part.value is Ellipsis for part in parts):
        return rank if rank is not None and not any(not isinstance(part, ast.Slice | ast.Constant) for part in parts) and len(parts) == 0 else None  # fmt: skip
    for part in parts:
        if isinstance(part, ast.Slice):
            continue
        if (isinstance(part, ast.Attribute) and part.attr == "newaxis") or (isinstance(part, ast.Constant) and part.value is None):
            rank += 1
        else:
            rank -= 1
    return rank


def _always_returns(body: Sequence[ast.stmt]) -> bool:
    if not body:
        return False
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return True
    if isinstance(last, ast.If):
        return _always_returns(last.body) and _always_returns(last.orelse)
    return isinstance(last, ast.With) and _always_returns(last.body)


@lru_cache(maxsize=4096)
def _is_generator(function: ast.FunctionDef) -> bool:
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            stack.extend(ast.iter_child_nodes(node))
    return False


__all__ = ["Builtin", "Expressions", "SuperProxy", "leaves"]
