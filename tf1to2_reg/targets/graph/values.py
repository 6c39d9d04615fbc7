"""What an expression can be shown to be, whatever way the program takes: kinds of values, not values."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from enum import Enum, auto

from tf1to2_reg.facts.compat_v1 import look_up
from tf1to2_reg.facts.lost import REGULARIZERS, plain
from tf1to2_reg.syntax.imports import Symbol
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.scopes import AttributeStore, Binding, Function, Kind
from tf1to2_reg.targets.graph.symbols import File, Symbols


class Value(Enum):
    """A kind of value; `UNKNOWN` is every other."""

    NONE = auto()
    BOOL = auto()
    INT = auto()
    POSITIVE_FLOAT = auto()
    STRING = auto()
    INTS = auto()
    FUNCTION = auto()
    REGULARIZER = auto()
    INITIALIZER = auto()
    UNKNOWN = auto()


Values = frozenset[Value]
UNKNOWN: Values = frozenset({Value.UNKNOWN})
_NUMBERS = frozenset({Value.INT, Value.POSITIVE_FLOAT})
_CALLED_INT = frozenset({"int", "len", "ord"})
_INITIALIZERS = ("tf.initializers.", "tf.contrib.layers.xavier_initializer", "tf.contrib.layers.variance_scaling")
_WEIGHTS_INITIALIZER = tuple(
    f"{name}_initializer"
    for name in ("constant", "glorot_normal", "glorot_uniform", "ones", "orthogonal", "random_normal", "random_uniform",
                 "truncated_normal", "uniform_unit_scaling", "variance_scaling", "zeros")
)  # fmt: skip


class ValuesOf:
    """Kinds of the values of expressions, over all files of a run; each is found once."""

    def __init__(self, modules: Sequence[Module], symbols: Symbols) -> None:
        self._symbols = symbols
        self._calls = symbols.calls
        self._found: dict[ast.AST | Binding, Values] = {}
        self._stores: dict[str, list[tuple[Module, AttributeStore]]] = {}
        self._joined: dict[int, Values] = {}
        self._class_names: set[str] = set()
        for module in modules:
            self._read(module)

    def of(self, module: Module, node: ast.expr) -> Values:
        """Every kind of value that the expression may have."""
        if node not in self._found:
            self._found[node] = UNKNOWN  # seen by an expression that depends on itself
            self._found[node] = self._of(module, node)
        return self._found[node]

    def is_only(self, module: Module, node: ast.expr, *kinds: Value) -> bool:
        found = self.of(module, node)
        return bool(found) and found <= frozenset(kinds)

    def uses(self, name: str) -> list[ast.AST] | None:
        """Every node that reads a variable of that name, see `Calls.uses`."""
        return self._calls.uses(name)

    def _of(self, module: Module, node: ast.expr) -> Values:
        match node:
            case ast.Constant():
                found = _of_constant(node.value)
            case ast.Name():
                found = self._of_name(module, node)
            case ast.Attribute():
                found = self._of_attribute(module, node)
            case ast.Call():
                found = self._of_call(module, node)
            case ast.Lambda():
                found = frozenset({Value.FUNCTION})
            case ast.JoinedStr():
                found = frozenset({Value.STRING})
            case ast.IfExp():
                found = self.of(module, node.body) | self.of(module, node.orelse)
            case ast.BinOp():
                found = self._of_operation(module, node)
            case ast.Tuple() | ast.List():
                ints = all(self.is_only(module, part, Value.INT) for part in node.elts)
                found = frozenset({Value.INTS}) if ints else UNKNOWN
            case _:
                found = UNKNOWN
        return found

    def _of_name(self, module: Module, node: ast.Name) -> Values:
        bindings = self._symbols.scopes(module).scope[node].find(node.id)
        if not bindings:
            return self._of_meaning(module, node)
        is_global = bindings is self._symbols.scopes(module).module.bindings.get(node.id)
        return self._of_bindings(module, bindings, is_global=is_global)

    def _of_bindings(self, module: Module, bindings: Sequence[Binding], *, is_global: bool) -> Values:
        """All that any of the bindings may give; nothing is known where a name may be bound in other ways."""
        if self._calls.is_open or (is_global and bindings[0].name in self._stores):
            return UNKNOWN
        if id(bindings) not in self._joined:
            self._joined[id(bindings)] = UNKNOWN  # seen by a binding that depends on itself
            given = [binding for binding in bindings if binding.kind is not Kind.DECLARED]
            kinds = [self._of_binding(module, binding) for binding in given]
            self._joined[id(bindings)] = frozenset().union(*kinds)
        return self._joined[id(bindings)]

    def _of_member(self, module: Module, name: str) -> Values:
        """What a module of the program has under a name."""
        bindings = self._symbols.scopes(module).module.bindings.get(name, [])
        return self._of_bindings(module, bindings, is_global=True) if bindings else UNKNOWN

    def _of_binding(self, module: Module, binding: Binding) -> Values:
        if binding not in self._found:
            self._found[binding] = UNKNOWN
            self._found[binding] = self._bound(module, binding)
        return self._found[binding]

    def _bound(self, module: Module, binding: Binding) -> Values:
        if binding.kind is Kind.VALUE and binding.value is not None:
            part = _part(binding.value, binding.path)
            return self.of(module, part) if part is not None else UNKNOWN
        if binding.kind is Kind.ELEMENT and binding.value is not None:
            return self._element(module, binding.value, binding.path)
        if binding.kind is Kind.PARAMETER and isinstance(binding.owner, Function):
            return self._parameter(module, binding.owner, binding)
        if binding.kind is Kind.DEFINITION and isinstance(binding.node, ast.FunctionDef):
            return frozenset({Value.FUNCTION}) if not binding.node.decorator_list else UNKNOWN
        if binding.kind is Kind.IMPORT:
            return self._of_value_elsewhere(module, binding)
        return UNKNOWN

    def _of_value_elsewhere(self, module: Module, binding: Binding) -> Values:
        symbol = self._symbols.of_binding(module, binding)
        if isinstance(symbol, Symbol):
            return _of_symbol(symbol.name)
        statement, alias = binding.owner, binding.node
        if not isinstance(statement, ast.ImportFrom) or not isinstance(alias, ast.alias):
            return UNKNOWN
        source = self._symbols.find(File(module, statement.module or "", statement.level))
        return self._of_member(source, alias.name) if source is not None else UNKNOWN

    def _of_meaning(self, module: Module, node: ast.expr) -> Values:
        symbol = self._symbols.symbol(module, node)
        return _of_symbol(symbol) if symbol else UNKNOWN

    def _of_attribute(self, module: Module, node: ast.Attribute) -> Values:
        symbol = self._symbols.symbol(module, node)
        if symbol is not None:
            return _of_symbol(symbol)
        base = self._symbols.meaning(module, node.value)
        source = self._symbols.find(base) if isinstance(base, File) else None
        if source is not None:
            return self._of_member(source, node.attr)
        if self._calls.is_open or not isinstance(node.value, ast.Name) or node.value.id != "self":
            return UNKNOWN
        stores = self._stores.get(node.attr, [])
        parts = [(where, _part(store.value, store.path) if store.value else None) for where, store in stores]
        kinds = [self.of(where, part) if part is not None else UNKNOWN for where, part in parts]
        elsewhere = self._calls.defines(node.attr) or node.attr in self._class_names
        return frozenset().union(*kinds) if kinds and not elsewhere else UNKNOWN

    def _of_call(self, module: Module, node: ast.Call) -> Values:
        symbol = self._symbols.symbol(module, node.func)
        if symbol is None:
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            builtin = name and not self._symbols.scopes(module).scope[node.func].find(name)
            return frozenset({Value.INT}) if builtin and name in _CALLED_INT else UNKNOWN
        symbol = plain(symbol)
        if symbol.removeprefix("tf.contrib.layers.") in REGULARIZERS or symbol.startswith("tf.keras.regularizers."):
            return frozenset({Value.REGULARIZER})
        if symbol.startswith(_INITIALIZERS) or (symbol.count(".") == 1 and symbol.endswith(_WEIGHTS_INITIALIZER)):
            return frozenset({Value.INITIALIZER})
        return UNKNOWN

    def _of_operation(self, module: Module, node: ast.BinOp) -> Values:
        left, right = self.of(module, node.left), self.of(module, node.right)
        if isinstance(node.op, ast.Mod) and left == {Value.STRING}:
            return left
        if isinstance(node.op, ast.Add) and left == right == {Value.STRING}:
            return left
        if left == right == {Value.INT} and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.FloorDiv | ast.Mod):
            return left
        floats = left <= _NUMBERS and right <= _NUMBERS and Value.POSITIVE_FLOAT in left | right
        half = isinstance(node.left, ast.Constant) and node.left.value == 0.5  # what the rule for L2 itself writes
        if floats and (_is_positive(node) or (half and isinstance(node.op, ast.Mult))):
            return frozenset({Value.POSITIVE_FLOAT})
        return UNKNOWN

    def _element(self, module: Module, iterable: ast.expr, path: tuple[int, ...]) -> Values:
        match iterable:
            case ast.Tuple() | ast.List():
                parts = [_part(element, path) for element in iterable.elts]
                kinds = [self.of(module, part) if part is not None else UNKNOWN for part in parts]
                return frozenset().union(*kinds) if kinds else UNKNOWN
            case ast.Call(func=ast.Name(id="range")) if not path and self._is_builtin(module, iterable.func):
                return frozenset({Value.INT})
            case ast.Call(func=ast.Name(id="enumerate"), args=[inner]) if path and self._is_builtin(
                module, iterable.func
            ):
                return frozenset({Value.INT}) if path == (0,) else self._element(module, inner, path[1:])
        return UNKNOWN

    def _is_builtin(self, module: Module, name: ast.expr) -> bool:
        return isinstance(name, ast.Name) and not self._symbols.scopes(module).scope[name].find(name.id)

    def _parameter(self, module: Module, function: Function, binding: Binding) -> Values:
        """What all calls of a function give it; known only where every use of its name is a plain call."""
        given = self._calls.given(module, function, binding.name)
        if given is None:
            return UNKNOWN
        kinds = [self.of(g.module, g.value) if g.value is not None else self._default(module, binding) for g in given]
        return frozenset().union(*kinds)

    def _default(self, module: Module, binding: Binding) -> Values:
        return self.of(module, binding.value) if binding.value is not None else UNKNOWN

    def _read(self, module: Module) -> None:
        scopes = self._symbols.scopes(module)
        for store in scopes.stores:
            self._stores.setdefault(store.target.attr, []).append((module, store))
        for node in scopes.of(ast.ClassDef):
            self._class_names.update(_names_of_body(node))


def _names_of_body(node: ast.ClassDef) -> set[str]:
    targets = [target for part in node.body if isinstance(part, ast.Assign) for target in part.targets]
    targets += [part.target for part in node.body if isinstance(part, ast.AnnAssign) and part.value]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _of_constant(value: object) -> Values:
    match value:
        case None:
            kind = Value.NONE
        case bool():
            kind = Value.BOOL
        case int():
            kind = Value.INT
        case float() if value > 0:
            kind = Value.POSITIVE_FLOAT
        case str():
            kind = Value.STRING
        case _:
            kind = Value.UNKNOWN
    return frozenset({kind})


def _of_symbol(symbol: str) -> Values:
    module, _, name = plain(symbol).rpartition(".")
    if module in {"tf", "tf.nn", "tf.math"} and name.islower() and not look_up(symbol).is_module:
        return frozenset({Value.FUNCTION})
    return UNKNOWN


def _part(value: ast.expr, path: tuple[int, ...]) -> ast.expr | None:
    for index in path:
        if not isinstance(value, ast.Tuple | ast.List) or index >= len(value.elts):
            return None
        value = value.elts[index]
    return value


def _is_positive(node: ast.expr) -> bool:
    """True for a positive number, and for products and quotients of such."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mult | ast.Div) and _is_positive(node.left) and _is_positive(node.right)
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value > 0
