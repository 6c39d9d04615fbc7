"""What the abstract run learnt of each expression, asked for as what *always* holds and what *ever* was.

An expression is evaluated as often as its function is called: what the last of its executions gave says nothing of the
others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from tf1to2_reg.facts.knowledge import Constant, Kind, TensorFacts
from tf1to2_reg.program.definitions import Class, Function, Method
from tf1to2_reg.program.joining import in_both
from tf1to2_reg.program.values import (
    AnyOf,
    Builtin,
    Initializer,
    Regularizer,
    Symbol,
    Value,
    constant_of,
    facts_of,
    is_backward,
    is_same_constant,
    join_facts,
    type_of,
)


@dataclass(eq=False)
class Evaluations:
    """What holds for an expression in all its executions.

    `visited` are the expressions that were evaluated at all, `graph` those that ever gave a graph value and `backward`
    those that ever gave something computed from gradients.
    """

    graph: set[ast.AST] = field(default_factory=set)
    backward: set[ast.AST] = field(default_factory=set)
    visited: set[ast.AST] = field(default_factory=set)
    shared_initializers: dict[ast.AST, dict[str, str]] = field(default_factory=dict)
    layer_names: list[tuple[ast.AST, str]] = field(default_factory=list)
    _values: dict[ast.AST, Value] = field(default_factory=dict)
    _classes: dict[ast.AST, set[type[Value]]] = field(default_factory=dict)
    _kinds: dict[ast.AST, set[Kind]] = field(default_factory=dict)
    _strings: dict[ast.AST, set[str]] = field(default_factory=dict)
    _types: dict[ast.AST, type | None] = field(default_factory=dict)
    _symbols: dict[ast.AST, str | None] = field(default_factory=dict)
    _constants: dict[ast.AST, Constant | None] = field(default_factory=dict)
    _tensors: dict[ast.AST, TensorFacts | None] = field(default_factory=dict)

    def record(self, node: ast.AST, value: Value) -> None:
        """Add one execution of an expression to what holds in all of them."""
        seen = node in self.visited
        self.visited.add(node)
        self._values[node] = in_both(self._values[node], value) if seen else value
        if value.graph:
            self.graph.add(node)
            if is_backward(value):
                self.backward.add(node)
        classes, kinds = self._classes.setdefault(node, set()), self._kinds.setdefault(node, set())
        for option in value.options if isinstance(value, AnyOf) else (value,):
            classes.add(type(option))
            kinds.add(kind_of(option))
        self._record_alike(node, value, seen=seen)
        self._record_tensor(node, value, seen=seen)

    def _record_alike(self, node: ast.AST, value: Value, *, seen: bool) -> None:
        """The symbol, the constant and the type, None from the first difference on."""
        symbol = value.name if isinstance(value, Symbol) else None
        self._symbols[node] = symbol if not seen or self._symbols.get(node) == symbol else None
        kind = type_of(value)
        self._types[node] = kind if not seen or self._types.get(node) is kind else None
        constant = constant_of(value)
        if constant is not None and isinstance(constant.value, str):
            self._strings.setdefault(node, set()).add(constant.value)
        if seen and not is_same_constant(self._constants.get(node), constant):
            constant = None
        self._constants[node] = constant

    def _record_tensor(self, node: ast.AST, value: Value, *, seen: bool) -> None:
        tensor = facts_of(value)
        if seen:
            before = self._tensors.get(node)
            tensor = join_facts([before, tensor]) if before is not None and tensor is not None else before or tensor
        self._tensors[node] = tensor

    def always(self, node: ast.AST | None, *kinds: type[Value]) -> bool:
        """True where every execution gave a value of one of the kinds, and there was one."""
        found = self._classes.get(node) if node is not None else None
        return bool(found) and all(issubclass(kind, kinds) for kind in found or ())

    def ever(self, node: ast.AST | None, *kinds: type[Value]) -> bool:
        """True where some execution gave, or may have given, a value of one of the kinds."""
        found = self._classes.get(node) if node is not None else None
        return any(issubclass(kind, kinds) for kind in found or ())

    def value(self, node: ast.AST | None) -> Value | None:
        """What holds for all executions together: a choice (`AnyOf`) where they differ in more than a constant."""
        return self._values.get(node) if node is not None else None

    def values(self) -> Iterable[Value]:
        """The values of all expressions."""
        return self._values.values()

    def value_of(self, stmt: ast.stmt) -> Value | None:
        """What the value of a statement, such as the right side of an assignment, gives."""
        return self.value(getattr(stmt, "value", None))

    def symbol(self, node: ast.AST) -> str | None:
        """The TensorFlow name that the expression is in every execution."""
        return self._symbols.get(node)

    def constant(self, node: ast.AST) -> Constant | None:
        """The Python value that the expression has in every execution."""
        return self._constants.get(node)

    def tensor(self, node: ast.AST) -> TensorFacts | None:
        """What holds of the tensors that the expression gives, None where it never gives one."""
        return self._tensors.get(node)

    def python_type(self, node: ast.AST) -> type | None:
        """The type that the value is shown to have in every execution: int, float, bool or str."""
        return self._types.get(node)

    def kinds(self, node: ast.AST) -> frozenset[Kind]:
        """What the expression may give, sorted by what an argument of a layer can be."""
        return frozenset(self._kinds.get(node, {Kind.UNKNOWN}))

    def strings(self, node: ast.AST) -> frozenset[str]:
        """The strings that the expression is known to give in some execution."""
        return frozenset(self._strings.get(node, ()))


def kind_of(value: Value) -> Kind:
    """What a value is as an argument."""
    for classes, kind in _KINDS:
        if isinstance(value, classes):
            return kind
    if value.graph:
        return Kind.GRAPH
    constant = constant_of(value)
    if constant is not None:
        return _OF_CONSTANT.get(type(constant.value), Kind.OTHER)
    return Kind.NUMBER if type_of(value) in (int, float, bool) else Kind.UNKNOWN


_KINDS: tuple[tuple[tuple[type[Value], ...], Kind], ...] = (
    ((Symbol, Function, Method, Class, Builtin), Kind.CALLABLE),
    ((Regularizer,), Kind.REGULARIZER),
    ((Initializer,), Kind.INITIALIZER),
)
_OF_CONSTANT = {
    type(None): Kind.NONE,
    str: Kind.STRING,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    bool: Kind.NUMBER,
}
