"""Classes that derive from a layer of `tf.layers`: which have the written module's layer as their base."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.facts.layer_members import OVERRIDABLE, members
from tf1to2_reg.targets.graph.module import layer_members
from tf1to2_reg.targets.graph.rules import layers
from tf1to2_reg.targets.graph.symbols import Defined
from tf1to2_reg.targets.graph.work import Occurrence, Work

_HELP = "Hold a layer in place of inheriting from it, or write the layer with `tf.get_variable`."


def rewrite(work: Work, occurrence: Occurrence, class_: ast.ClassDef) -> None:
    """Give the class the other base, or refuse it if it reaches into what the two layers do differently."""
    found = next(_obstacles(work, occurrence, class_), None)
    if found is not None:
        what, node = found
        message = f"class {class_.name} inherits from {occurrence.symbol} and {what}"
        work.refuse("TFR407", node, message, _HELP)
        return
    work.sites += 1
    layers.stand_in(work, occurrence)


def _obstacles(work: Work, occurrence: Occurrence, class_: ast.ClassDef) -> Iterator[tuple[str, ast.AST]]:
    """What the class does beyond choosing arguments, overriding what may be overridden, and methods of its own."""
    if class_.keywords or class_.decorator_list or len(class_.bases) != 1:
        yield "has other bases, keywords or decorators", class_
    for heir in work.symbols.heirs(Defined(work.module, class_)):
        yield f"is the base of {heir.node.name}", class_
    allowed = OVERRIDABLE.get(occurrence.symbol, frozenset()) | {"__init__"}
    taken = members() | layer_members()
    own: set[str] = set()
    for statement in class_.body:
        if isinstance(statement, ast.FunctionDef):
            own.add(statement.name)
            if statement.name in taken - allowed:
                yield f"overrides {statement.name}", statement
        elif not isinstance(statement, ast.Pass) and not _is_docstring(statement):
            yield "has more than methods", statement
    methods = [statement for statement in class_.body if isinstance(statement, ast.FunctionDef)]
    own |= {name for method in methods for name in _stored(method)}
    for method in methods:
        yield from _reaches(work, class_, method, own - taken, allowed)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _self(method: ast.FunctionDef) -> str:
    parameters = [*method.args.posonlyargs, *method.args.args]
    return parameters[0].arg if parameters else ""


def _stored(method: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(method):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr, ctx=ast.Store()) if name == _self(method):
                yield attr


def _reaches(
    work: Work, class_: ast.ClassDef, method: ast.FunctionDef, own: set[str], allowed: frozenset[str]
) -> Iterator[tuple[str, ast.AST]]:
    """Uses of the object that are neither of its own names nor of the methods that mean the same."""
    if method.decorator_list:
        yield f"decorates {method.name}", method
    for node in ast.walk(method):
        parent = work.scopes.parent.get(node)
        if isinstance(node, ast.Name) and node.id == _self(method):
            if isinstance(parent, ast.Attribute):
                if parent.attr not in own | allowed:
                    yield f"uses self.{parent.attr}", parent
            elif not _is_super(parent, class_):
                yield "hands itself on", node
        elif isinstance(node, ast.Name) and node.id == "super":
            name = work.scopes.parent.get(parent) if isinstance(parent, ast.Call) else None
            if not _is_super(parent, class_) or not isinstance(name, ast.Attribute) or name.attr not in allowed:
                yield "uses more of its base", node


def _is_super(node: ast.AST | None, class_: ast.ClassDef) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="super"), args=args, keywords=[]):
            return not args or [getattr(argument, "id", "") for argument in args[:-1]] == [class_.name]
    return False
