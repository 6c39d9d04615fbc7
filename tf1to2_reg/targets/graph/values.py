"""What an expression can be shown to be, whatever way the program takes: kinds of values, not values."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from tf1to2_reg.facts.compat_v1 import look_up
from tf1to2_reg.facts.lost import REGULARIZERS, plain
from tf1to2_reg.names import Module
from tf1to2_reg.targets.graph.scopes import AttributeStore, Binding, Function, Kind
from tf1to2_reg.targets.graph.symbols import Defined, Symbols


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
_OPENED_BY = frozenset({"setattr", "__dict__", "vars", "globals", "locals", "exec", "__setattr__"})
"""Names with which a program can bind anything anywhere."""


@dataclass(frozen=True, eq=False)
class Use:
    """A function's name somewhere in the program; `call` where it is called there."""

    module: Module
    node: ast.AST
    call: ast.Call | None


class ValuesOf:
    """Kinds of the values of expressions, over all files of a run; each is found once."""

    def __init__(self, modules: Sequence[Module], symbols: Symbols) -> None:
        self._symbols = symbols
        self._found: dict[ast.AST | Binding | tuple[ast.AST, str], Values] = {}
        self._uses: dict[str, list[Use]] = {}
        self._definitions: dict[str, int] = {}
        self._stores: dict[str, list[tuple[Module, AttributeStore]]] = {}
        self._class_names: set[str] = set()
        self._strings: set[str] = set()
        self._imported: set[str] = set()
        self._open = False
        self._looks_up = False
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
        """Every node that reads a variable or attribute of that name; None where an import may read it too."""
        if name in self._imported or self._open or (self._looks_up and name in self._strings):
            return None
        return [use.node for use in self._uses.get(name, [])]

    def _of(self, module: Module, node: ast.expr) -> Values:
        match node:
            case ast.Constant():
                return _of_constant(node.value)
            case ast.Name():
                return self._of_name(module, node)
            case ast.Attribute():
                return self._of_attribute(module, node)
            case ast.Call():
                return self._of_call(module, node)
            case ast.Lambda():
                return frozenset({Value.FUNCTION})
            case ast.IfExp():
                return self.of(module, node.body) | self.of(module, node.orelse)
            case ast.BinOp():
                return self._of_operation(module, node)
            case ast.Tuple() | ast.List():
                ints = all(self.is_only(module, part, Value.INT) for part in node.elts)
                return frozenset({Value.INTS}) if ints else UNKNOWN
            case ast.JoinedStr():
                return frozenset({Value.STRING})
        return UNKNOWN

    def _of_name(self, module: Module, node: ast.Name) -> Values:
        bindings = self._symbols.scopes(module).scope[node].find(node.id)
        if not bindings:
            return self._of_meaning(module, node)
        kinds = [self._of_binding(module, binding) for binding in bindings]
        return frozenset().union(*kinds)

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
        if binding.kind is Kind.PARAMETER and isinstance(binding.node, Function):
            return self._parameter(module, binding.node, binding)
        if binding.kind is Kind.DEFINITION and isinstance(binding.node, ast.FunctionDef):
            return frozenset({Value.FUNCTION}) if not binding.node.decorator_list else UNKNOWN
        if binding.kind is Kind.IMPORT:
            return self._of_value_elsewhere(module, binding)
        return UNKNOWN

    def _of_value_elsewhere(self, module: Module, binding: Binding) -> Values:
        meaning = self._symbols.of_binding(module, binding)
        if isinstance(meaning, Defined) and isinstance(meaning.node, ast.FunctionDef):
            return frozenset({Value.FUNCTION}) if not meaning.node.decorator_list else UNKNOWN
        return UNKNOWN

    def _of_meaning(self, module: Module, node: ast.expr) -> Values:
        symbol = self._symbols.symbol(module, node)
        return _of_symbol(symbol) if symbol else UNKNOWN

    def _of_attribute(self, module: Module, node: ast.Attribute) -> Values:
        symbol = self._symbols.symbol(module, node)
        if symbol is not None:
            return _of_symbol(symbol)
        if self._open or not isinstance(node.value, ast.Name) or node.value.id != "self":
            return UNKNOWN
        stores = self._stores.get(node.attr, [])
        parts = [(where, _part(store.value, store.path) if store.value else None) for where, store in stores]
        kinds = [self.of(where, part) if part is not None else UNKNOWN for where, part in parts]
        elsewhere = node.attr in self._definitions or node.attr in self._class_names
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
        literal = all(isinstance(part, ast.Constant) for part in (node.left, node.right))
        if floats and literal and isinstance(node.op, ast.Mult | ast.Div) and _is_positive(node):
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
        if isinstance(function, ast.Lambda) or function.decorator_list or self._open:
            return UNKNOWN
        name = function.name
        if name == "__init__":
            parent = self._symbols.scopes(module).parent[function]
            name = parent.name if isinstance(parent, ast.ClassDef) else name
        uses = self._uses.get(name, [])
        if not uses or self._definitions.get(name, 0) != 1 or (self._looks_up and name in self._strings):
            return UNKNOWN
        method = isinstance(self._symbols.scopes(module).parent[function], ast.ClassDef)
        found: set[Value] = set()
        for use in uses:
            if use.call is None or (method and self._is_called_on_class(use)):
                return UNKNOWN
            given = _argument(use.call, function, binding.name, skip=int(method))
            if isinstance(given, _NotKnown):
                return UNKNOWN
            found |= self.of(use.module, given) if given is not None else self._default(module, binding)
        return frozenset(found)

    def _is_called_on_class(self, use: Use) -> bool:
        function = use.call.func if use.call else None
        return isinstance(function, ast.Attribute) and isinstance(
            self._symbols.meaning(use.module, function.value), Defined
        )

    def _default(self, module: Module, binding: Binding) -> Values:
        return self.of(module, binding.value) if binding.value is not None else UNKNOWN

    def _read(self, module: Module) -> None:
        scopes = self._symbols.scopes(module)
        for store in scopes.stores:
            self._stores.setdefault(store.target.attr, []).append((module, store))
        for node in scopes.nodes:
            if isinstance(node, ast.ClassDef):
                self._class_names.update(_names_of_body(node))
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    self._definitions[node.name] = self._definitions.get(node.name, 0) + 1
                case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
                    parent = scopes.parent.get(node)
                    call = parent if isinstance(parent, ast.Call) and parent.func is node else None
                    self._uses.setdefault(name, []).append(Use(module, node, call))
                    self._open = self._open or name in _OPENED_BY
                    self._looks_up = self._looks_up or (name == "getattr" and not _is_literal(call))
                case ast.Constant(value=str(text)):
                    self._strings.add(text)
                case ast.ImportFrom():
                    for alias in node.names:
                        self._imported.add(alias.name)
                        if alias.asname and alias.asname != alias.name:
                            self._uses.setdefault(alias.name, []).append(Use(module, node, None))


@dataclass(frozen=True)
class _NotKnown:
    """An argument that cannot be told."""


_NOT_KNOWN = _NotKnown()


def _argument(call: ast.Call, function: Function, name: str, skip: int) -> ast.expr | None | _NotKnown:
    """What a call gives to a parameter: None where it takes the default."""
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(not k.arg for k in call.keywords):
        return _NOT_KNOWN
    names = [parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args)][skip:]
    if name not in names and name not in {parameter.arg for parameter in function.args.kwonlyargs}:
        return _NOT_KNOWN
    for parameter, argument in zip(names, call.args, strict=False):
        if parameter == name:
            return argument
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _is_literal(call: ast.Call | None) -> bool:
    return call is not None and len(call.args) > 1 and isinstance(call.args[1], ast.Constant)


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


def _is_positive(node: ast.BinOp) -> bool:
    left, right = node.left, node.right
    if not (isinstance(left, ast.Constant) and isinstance(right, ast.Constant)):
        return False
    return all(isinstance(part.value, int | float) and part.value > 0 for part in (left, right))

