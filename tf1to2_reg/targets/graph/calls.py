"""Who calls which function with what, over all files of a run."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tf1to2_reg.syntax.binding import hides_arguments
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.scopes import Binding, Function, Kind, Scopes

_OPENED_BY = frozenset({"setattr", "__dict__", "vars", "globals", "locals", "exec", "__setattr__"})
"""Names with which a program can bind anything anywhere."""
_OTHER_PRECISIONS = frozenset({"float64", "double", "longdouble", "float16", "half", "bfloat16", "set_floatx"})
_NAMES = ("name", "op")
_BY_NAME = frozenset(
    {
        "as_graph_def", "as_graph_element", "export_meta_graph", "get_operation_by_name", "get_operations",
        "get_tensor_by_name", "import_graph_def", "import_meta_graph", "write_graph",
    }
)  # fmt: skip
"""What finds or shows ops by their names."""
_VARIABLES = frozenset(
    {"all_variables", "get_trainable_variables", "get_variables", "global_variables", "local_variables",
     "model_variables", "moving_average_variables", "trainable_variables"}
)  # fmt: skip
"""Functions that give lists of variables."""
_TENSOR = re.compile(r":\d+$|\bAddN|\btotal_regularization_loss")
_CONVERSIONS = ("constant", "convert_to_tensor", "Variable", "from_tensor_slices", "from_tensors", "from_generator")


@dataclass(frozen=True, eq=False)
class Use:
    """A place that reads a name or an attribute of that name; `call` where it is called there."""

    module: Module
    node: ast.AST
    call: ast.Call | None


@dataclass(frozen=True, eq=False)
class Given:
    """What one call gives to a parameter, None where that takes its default."""

    module: Module
    value: ast.expr | None


class Calls:
    """The uses of every name. A function is known by its name alone, so that one defined twice is not known."""

    def __init__(self, modules: Sequence[Module], scopes: Callable[[Module], Scopes]) -> None:
        self._scopes = scopes
        self._uses: dict[str, list[Use]] = {}
        self._definitions: dict[str, int] = {}
        self._strings: set[str] = set()
        self._imported: set[str] = set()
        self._looks_up = False
        self.is_open = False
        """Whether the program binds names in ways that are not followed."""
        for module in modules:
            self._read(module)

    @cached_property
    def names_tensors(self) -> bool:
        """Whether the program may look at the name of a tensor."""
        looks = not _BY_NAME.union(_NAMES).isdisjoint(self._uses)
        return looks or any("Regularizer/" in text for text in self._strings)

    @cached_property
    def names_ops(self) -> bool:
        """Whether the program may look at the name of an op or tensor that is no variable's."""
        if self._looks_up or not _BY_NAME.isdisjoint(self._uses) or any(_TENSOR.search(text) for text in self._strings):
            return True
        return not all(self._is_of_a_variable(use) for name in _NAMES for use in self._uses.get(name, ()))

    def _is_of_a_variable(self, use: Use) -> bool:
        """Whether an attribute is that of an element of a list of variables; a plain `name` is no attribute."""
        match use.node:
            case ast.Name():
                return True
            case (
                ast.Attribute(value=ast.Name() as owner)
                | ast.Attribute(value=ast.Attribute(value=ast.Name() as owner, attr="op"))
            ):
                return bool(found := self._bindings(use.module, owner)) and all(
                    binding.kind is Kind.ELEMENT
                    and not binding.path
                    and self._gives_variables(use.module, binding.value)
                    for binding in found
                )
        return False

    def _gives_variables(self, module: Module, value: ast.expr | None) -> bool:
        match value:
            case ast.Call(func=ast.Attribute(attr=name)):
                return name in _VARIABLES and not self.defines(name)
            case ast.Name():
                found = self._bindings(module, value)
                values = [
                    b.value for b in found if b.kind is Kind.VALUE and not b.path and isinstance(b.value, ast.Call)
                ]
                return len(values) == len(found) == 1 and self._gives_variables(module, values[0])
        return False

    def _bindings(self, module: Module, name: ast.Name) -> Sequence[Binding]:
        return self._scopes(module).scope[name].find(name.id)

    @cached_property
    def may_leave_single_precision(self) -> bool:
        """Whether a layer may get halves or doubles: the program names them, or converts what may be an array."""
        if not _OTHER_PRECISIONS.isdisjoint(self._strings | self._uses.keys()):
            return True
        uses = [use for name in _CONVERSIONS for use in self._uses.get(name, ())]
        return any(use.call is None or _takes_its_type_from_a_value(use.call) for use in uses)

    def defines(self, name: str) -> bool:
        return name in self._definitions

    def uses(self, name: str) -> list[ast.AST] | None:
        """Every node that reads a variable or attribute of that name; None where an import or a string may."""
        if name in self._imported or self.is_open or self._is_looked_up(name):
            return None
        return [use.node for use in self._uses.get(name, [])]

    def given(self, module: Module, function: Function, parameter: str) -> list[Given] | None:
        """What each call gives to a parameter; None where not every use of the function is a plain call."""
        if isinstance(function, ast.Lambda) or function.decorator_list or self.is_open:
            return None
        parent = self._scopes(module).parent[function]
        in_class = isinstance(parent, ast.ClassDef)
        name = parent.name if isinstance(parent, ast.ClassDef) and function.name == "__init__" else function.name
        uses = self._uses.get(name, [])
        if not uses or self._definitions[name] != 1 or self._is_looked_up(name):
            return None
        found = []
        for use in uses:
            if use.call is None or (in_class and function.name != "__init__" and _is_called_on_class(use.call)):
                return None
            value = _argument(use.call, function, parameter, skip=int(in_class))
            if value is _UNKNOWN:
                return None
            found.append(Given(use.module, value))
        return found

    def _is_looked_up(self, name: str) -> bool:
        return self._looks_up and name in self._strings

    def _read(self, module: Module) -> None:
        scopes = self._scopes(module)
        for definition in scopes.any_of(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
            self._definitions[definition.name] = self._definitions.get(definition.name, 0) + 1
        for node in scopes.of(ast.Name):
            if isinstance(node.ctx, ast.Load):
                self._read_use(module, scopes, node, node.id)
        for attribute in scopes.of(ast.Attribute):
            if isinstance(attribute.ctx, ast.Load):
                self._read_use(module, scopes, attribute, attribute.attr)
        self._strings.update(node.value for node in scopes.of(ast.Constant) if isinstance(node.value, str))
        for statement in scopes.of(ast.ImportFrom):
            self._read_import(module, statement)

    def _read_use(self, module: Module, scopes: Scopes, node: ast.AST, name: str) -> None:
        parent = scopes.parent.get(node)
        call = parent if isinstance(parent, ast.Call) and parent.func is node else None
        self._uses.setdefault(name, []).append(Use(module, node, call))
        self.is_open = self.is_open or name in _OPENED_BY
        if name == "getattr" and not (call and len(call.args) > 1 and isinstance(call.args[1], ast.Constant)):
            self._looks_up = True

    def _read_import(self, module: Module, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self._imported.add(alias.name)
            if alias.asname and alias.asname != alias.name:
                self._uses.setdefault(alias.name, []).append(Use(module, node, None))


_UNKNOWN = ast.Constant("unknown")


def _takes_its_type_from_a_value(call: ast.Call) -> bool:
    has_type = len(call.args) > 1 or any(keyword.arg == "dtype" for keyword in call.keywords)
    value = call.args[0] if call.args else None
    plain = (ast.Constant, ast.List, ast.Tuple, ast.UnaryOp, ast.expr_context, ast.unaryop)
    return not has_type and not (value is not None and all(isinstance(node, plain) for node in ast.walk(value)))


def _is_called_on_class(call: ast.Call) -> bool:
    """Whether a method may be called as `Class.method(object)`."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return name[:1].isupper()


def _argument(call: ast.Call, function: Function, name: str, skip: int) -> ast.expr | None:
    """What a call gives to a parameter: None where it takes the default, `_UNKNOWN` where that cannot be told."""
    if hides_arguments(call):
        return _UNKNOWN
    names = list(_positional(function))[skip:]
    if name not in names and name not in {parameter.arg for parameter in function.args.kwonlyargs}:
        return _UNKNOWN
    for parameter, argument in zip(names, call.args, strict=False):
        if parameter == name:
            return argument
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _positional(function: Function) -> Iterator[str]:
    yield from (parameter.arg for parameter in (*function.args.posonlyargs, *function.args.args))
