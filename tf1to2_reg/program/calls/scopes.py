"""Variable scopes."""

from __future__ import annotations

import ast

from tf1to2_reg.program import distinctness
from tf1to2_reg.program.definitions import Function, Method
from tf1to2_reg.program.machine import CallSite, combine_reuse
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.tokens import Computed, Numbered, leading_literal
from tf1to2_reg.program.trace import DeclaredEvent
from tf1to2_reg.program.values import (
    AnyOf,
    Python,
    Reuse,
    Scope,
    Symbol,
    Value,
    VariableScope,
    constant_of,
    is_none,
    python,
)

_OPTIONS = ("name_or_scope", "default_name", "values", "reuse", "auxiliary_name_scope")


def variable_scope(run: Run, site: CallSite) -> Value:
    """`tf.variable_scope`: where variables are made, and whether they are reused."""
    name, default = site.argument(0, "name_or_scope"), site.argument(1, "default_name")
    for option, (value, _) in site.keywords.items():
        if option not in _OPTIONS and not is_none(value):
            run.machine.obstacle("TFR226", f"variable_scope with {option}=", site.frame, site.node)
    regularizer = site.argument(4, "regularizer")
    if regularizer is not None and not is_none(regularizer[0]):
        run.machine.event(DeclaredEvent(*run.machine.at(site)))
    if len(site.positional) > 3:
        run.machine.obstacle("TFR226", "variable_scope with positional options", site.frame, site.node)
    reuse = site.keywords.get("reuse")
    wanted = reuse_mode(reuse[0]) if reuse else Reuse.NO
    if name is not None and isinstance(name[0], Scope) and name[0].variables is not None:
        return Scope(VariableScope(name[0].variables.path, combine_reuse(name[0].variables.reuse, wanted)))
    mode = combine_reuse(run.machine.scope.reuse, wanted)
    token = _token(run, name, default, site)
    return Scope(VariableScope((*run.machine.scope.path, token), mode))


def _token(
    run: Run, name: tuple[Value, ast.expr] | None, default: tuple[Value, ast.expr] | None, site: CallSite
) -> object:
    """What stands for the name of a scope in the paths of what is made in it."""
    if name is None or is_none(name[0]):
        constant = constant_of(default[0]) if default is not None else None
        if constant is None or not isinstance(constant.value, str):
            run.machine.obstacle("TFR213", "the name of a variable scope is not understood", site.frame, site.node)
            return object()
        return unnamed(run, constant.value, site)
    return named(name)


def named(name: tuple[Value, ast.expr]) -> object:
    """The token of a name that is given."""
    constant = constant_of(name[0])
    if constant is not None and isinstance(constant.value, str):
        return constant.value
    return Computed(name[0], name[1], leading_literal(name[1]), distinctness.of(name[0]))


def unnamed(run: Run, stem: str, site: CallSite) -> object:
    """The token of a layer or scope that TF1 numbers: not known from a loop on."""
    scope = run.machine.scope
    inside = frozenset(site.frame.loops[len(scope.loops) :])
    if inside or stem in scope.numbered or site.frame.conditions > 0:
        if run.machine.live:
            scope.numbered.add(stem)
        return Numbered(site.node, stem, scope, inside)
    name = scope.number(stem)
    if run.machine.live:
        scope.names.add(name)
    return name


def apart(stem: str) -> object:
    """The token of something that TF1 numbers beside all scopes: it is like no other."""
    return Numbered(ast.Name(stem), stem, object())


def reuse_mode(value: Value) -> Reuse:
    """The reuse mode that an argument asks for."""
    if isinstance(value, Symbol) and value.name == "tf.AUTO_REUSE":
        return Reuse.AUTO
    constant = constant_of(value)
    if constant is None:
        return Reuse.UNKNOWN
    return Reuse.YES if constant.value else Reuse.NO


def current_scope(run: Run) -> Value:
    """The innermost open variable scope."""
    return Scope(VariableScope(run.machine.scope.path, run.machine.scope.reuse))


def call_scope(run: Run, name: str, site: CallSite) -> Value | None:
    """A method of a variable scope."""
    if name == "reuse_variables":
        run.machine.scope.reuse = Reuse.YES
        return python(None)
    run.machine.obstacle("TFR226", f"the method {name} of a variable scope", site.frame, site.node)
    return Python()


def device(run: Run, site: CallSite) -> Value:
    """`tf.device`: where something is computed changes no more than the last digits."""
    given = site.argument(0, "device_name_or_function")
    if given is None or isinstance(given[0], Function | Method | AnyOf):
        message = "where ops are placed is decided by a function"
        run.machine.obstacle("TFR231", message, site.frame, site.node)
    run.machine.note("TFR120", "TensorFlow 2 chooses the device", site.frame, site.node)
    return Scope()
