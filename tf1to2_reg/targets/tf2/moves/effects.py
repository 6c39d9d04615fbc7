"""What moved code does besides giving its value: shown to be nothing, for it runs another number of times."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.facts.held import HELD
from tf1to2_reg.facts.pure import is_pure
from tf1to2_reg.facts.symbols import is_without_form
from tf1to2_reg.program.definitions import Class, Function, Instance, Method
from tf1to2_reg.program.objects import LayerObject
from tf1to2_reg.program.trace import Facts
from tf1to2_reg.program.values import (
    AnyOf,
    Builtin,
    Graph,
    InitOp,
    Optimizer,
    Placeholder,
    Scope,
    Session,
    State,
    Summary,
    Symbol,
    TrainOp,
    UpdateOps,
    Value,
    Writer,
)
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.nodes import root_name
from tf1to2_reg.syntax.variables import walk
from tf1to2_reg.targets.tf2.moves import known
from tf1to2_reg.targets.tf2.moves.contents import Contents
from tf1to2_reg.targets.tf2.moves.moved import Moved, Role

_LOOKING_BUILTINS = (known.FRESH_BUILTINS | known.SHARING_BUILTINS) - {"iter"}
_REPLACED = (Graph, InitOp, Optimizer, Placeholder, Scope, Session, State, Summary, TrainOp, UpdateOps)
_HELP = "Move it out of the code that builds the graph, or bind its result to a name before."


class Effects:
    """Finds effects in moved code and in the functions that it calls."""

    def __init__(self, facts: Facts, contents: Contents, calls: set[ast.AST], models: set[ast.AST]) -> None:
        self.facts = facts
        self._contents = contents
        self._calls = calls
        self._models = models
        self._seen: set[ast.AST] = set()

    def check(self, moved: Moved) -> Iterator[Moved]:
        """Check a piece; give the functions of the project that it calls, which move with it.

        Raises:
            Refused: TFR230 where something may happen besides, or be other the next time.
        """
        for node in moved.nodes:
            if isinstance(node, ast.Call):
                yield from self._call(node, moved)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                yield from self._property(node)
            elif isinstance(node, ast.BinOp | ast.Subscript | ast.Compare | ast.UnaryOp):
                self._operator(node)
            elif isinstance(node, ast.Delete | ast.Yield | ast.YieldFrom | ast.Await | ast.Global | ast.Nonlocal):
                self._refuse_statement(node, moved)
            elif isinstance(node, ast.With):
                self._with(node)
            if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
                self._store(node, moved)

    # Calls

    def _call(self, node: ast.Call, moved: Moved) -> Iterator[Moved]:
        value = self.facts.value(node.func) or self._contents.global_value(node.func)
        if node in self._calls and not self._stays(value):
            return
        for callee in value.options if isinstance(value, AnyOf) else (value,):
            yield from self._callee(callee, node, moved)

    def _stays(self, value: Value | None) -> bool:
        """True for a function of the project that is still called: one that is given the penalties it reads."""
        function = value.function if isinstance(value, Method) else value
        return isinstance(function, Function) and function.node not in self._models

    def _callee(self, value: Value | None, node: ast.Call, moved: Moved) -> Iterator[Moved]:
        if isinstance(value, Method):
            value = value.function
        elif isinstance(value, Instance):
            value = value.cls.find("__call__")
        if isinstance(value, Class):
            yield from self._constructor(value, node, moved)
        elif isinstance(value, Function):
            yield from self._function(value)
        elif isinstance(value, Symbol):
            if not self._is_harmless(value, node, moved):
                self._refuse_call(node, moved)
        elif isinstance(value, Builtin):
            if value.name not in _LOOKING_BUILTINS and not value.name.endswith(("Error", "Exception")):
                self._refuse_call(node, moved)
        elif not isinstance(value, LayerObject) and not self._only_looks(node, moved):
            self._refuse_call(node, moved)

    def _is_harmless(self, symbol: Symbol, node: ast.Call, moved: Moved) -> bool:
        """True for a function of TensorFlow that does nothing besides, or whose result has a replacement."""
        if moved.role is Role.LEFT and self.facts.ever(node, *_REPLACED):
            return True
        return is_pure(symbol.name) or symbol.name in HELD or is_without_form(symbol.name.removeprefix("tf."))

    def _constructor(self, cls: Class, node: ast.Call, moved: Moved) -> Iterator[Moved]:
        found = cls.find("__init__")
        if isinstance(found, Function):
            yield from self._function(found, constructs=True)
        elif any(not isinstance(base, Class | Builtin) for base in cls.bases):
            self._refuse_call(node, moved)

    def _only_looks(self, node: ast.Call, moved: Moved) -> bool:
        """True for calls outside the project that only give a value."""
        if not isinstance(node.func, ast.Attribute):
            return False
        looking = self.facts.always(node.func.value, Optimizer, Scope, LayerObject)
        if looking or (moved.role is Role.LEFT and self.facts.always(node.func.value, Session, Graph, Writer)):
            return True
        path = known.module_path(node.func, moved.module)
        if path is not None:
            plain = "random" not in path and not any(keyword.arg == "out" for keyword in node.keywords)
            return path[0] in known.PURE_MODULES and plain and path[-1] not in known.NUMPY_IN_PLACE
        if node.func.attr in ("append", "extend"):
            return self._is_own(node.func.value, moved)
        return known.only_looks(node.func, moved.module, self.facts)

    def _is_own(self, target: ast.expr, moved: Moved) -> bool:
        """True for a variable that is made in the same step, model or function."""
        name = root_name(target)
        if name is None:
            return False
        if moved.role in (Role.DRIVER, Role.FETCH, Role.LEFT):
            attribute = f"self.{target.attr}" if isinstance(target, ast.Attribute) else name
            return attribute in moved.made
        return any(
            isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)
            for part in walk(moved.code)
        )

    def _function(self, function: Function, *, constructs: bool = False) -> Iterator[Moved]:
        node = function.node
        if node in self._seen or node in self._models:
            return
        self._seen.add(node)
        body = node.body if isinstance(node, ast.Lambda) else node
        nodes = tuple(part for part in walk(body) if not (constructs and _is_own_store(part, node)))
        moved = Moved(nodes, node, function.module, Role.HELPER)
        yield moved
        yield from self.check(moved)

    def _property(self, node: ast.Attribute) -> Iterator[Moved]:
        """A property runs code at each look."""
        for cls in self._classes(node.value):
            found = cls.find(node.attr)
            if isinstance(found, Function) and getattr(found.node, "decorator_list", None):
                yield from self._function(found)

    def _classes(self, node: ast.AST) -> set[Class]:
        value = self.facts.value(node)
        return {value.cls} if isinstance(value, Instance) else self._contents.of(node).classes

    # Everything else

    def _operator(self, node: ast.BinOp | ast.Subscript | ast.Compare | ast.UnaryOp) -> None:
        """An operator runs a method of an object that defines it."""
        for child in ast.iter_child_nodes(node):
            for cls in self._classes(child):
                if any(map(_is_operator, _methods(cls))):
                    message = f"{ast.unparse(node)} runs a method of {cls.node.name} while the graph is built"
                    raise refusal("TFR230", message, node, _HELP)

    def _with(self, node: ast.With) -> None:
        for item in node.items:
            value = self.facts.value(item.context_expr)
            if not isinstance(value, Scope) and not (value is not None and value.graph):
                raise refusal("TFR230", "a with statement runs while the graph is built", node, _HELP)

    def _store(self, node: ast.Subscript | ast.Attribute, moved: Moved) -> None:
        if moved.role in (Role.DRIVER, Role.LEFT) and isinstance(node, ast.Attribute):
            return
        if moved.role is Role.HELPER and isinstance(node, ast.Subscript) and self._is_new(node.value, moved):
            return
        message = f"{ast.unparse(node)} is stored while the graph is built; a step or model would store it again"
        raise refusal("TFR230", message, node, _HELP)

    def _is_new(self, target: ast.expr, moved: Moved) -> bool:
        """True for a local name that holds nothing but arrays which the function makes."""
        if not isinstance(target, ast.Name):
            return False
        inside = list(walk(moved.code))
        bound = [part for part in inside if isinstance(part, ast.Name | ast.arg) and _bound(part) == target.id]
        made = [part.value for part in inside if isinstance(part, ast.Assign) and part.targets == bound]
        return bool(made) and all(
            isinstance(value, ast.Call) and known.call(value, (), moved.module, self.facts).fresh for value in made
        )

    def _refuse_statement(self, node: ast.AST, moved: Moved) -> None:
        name = getattr(moved.code, "name", "the program")
        raise refusal("TFR230", f"{name} changes state that a step would change again", node, _HELP)

    def _refuse_call(self, node: ast.Call, moved: Moved) -> None:
        after = "nothing would call it" if moved.role is Role.LEFT else "a step or model would call it again"
        message = f"{ast.unparse(node.func)} is called while the graph is built; {after}"
        raise refusal("TFR230", message, node, _HELP)


def _bound(node: ast.Name | ast.arg) -> str | None:
    """The name that a node binds."""
    if isinstance(node, ast.arg):
        return node.arg
    return None if isinstance(node.ctx, ast.Load) else node.id


_HARMLESS_METHODS = frozenset({"__init__", "__repr__", "__str__", "__enter__", "__exit__", "__call__", "__new__"})


def _is_operator(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name not in _HARMLESS_METHODS


def _methods(cls: Class) -> Iterator[str]:
    yield from (name for name, member in cls.members.items() if isinstance(member, Function))
    for base in cls.bases:
        if isinstance(base, Class):
            yield from _methods(base)


def _is_own_store(node: ast.AST, function: ast.AST) -> bool:
    """`self.x = ...` in a constructor: the object is new."""
    arguments = getattr(function, "args", None)
    receiver = arguments.args[0].arg if arguments is not None and arguments.args else None
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == receiver
    )


def reflection(modules: list[Module]) -> None:
    """Attributes and names set by other means than assignment cannot be followed.

    Raises:
        Refused: TFR208.
    """
    names = {"setattr", "delattr", "globals", "locals", "vars", "exec", "eval", "reload", "__import__"}
    attributes = {"__dict__", "__setattr__", "reload", "import_module", "modules"}
    for module in modules:
        for node in ast.walk(module.tree):
            named = isinstance(node, ast.Name) and node.id in names
            if named or (isinstance(node, ast.Attribute) and node.attr in attributes):
                raise refusal("TFR208", "names and attributes are changed in a way that cannot be followed", node)
