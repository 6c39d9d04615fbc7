"""Attributes and methods of values."""

from __future__ import annotations

import ast
from functools import singledispatch

from tf1to2_reg.program.calls import project as project_calls
from tf1to2_reg.program.calls import scopes as scope_calls
from tf1to2_reg.program.calls import sessions as session_calls
from tf1to2_reg.program.calls import training as training_calls
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import Frame
from tf1to2_reg.program.values import (
    Class,
    Function,
    Graph,
    InitOp,
    Instance,
    Mapping,
    Method,
    Optimizer,
    Penalties,
    ProjectModule,
    Python,
    Scope,
    Series,
    Session,
    SuperProxy,
    Symbol,
    Tensor,
    TrainOp,
    UpdateOps,
    Value,
    Variable,
    element_of,
    join,
    python,
)
from tf1to2_reg.syntax.imports import normalize

_READING = ("keys", "values", "items", "get", "copy")
_GROWING = ("append", "extend", "insert")
_SHAPE_METHODS = ("get_shape", "set_shape")


@singledispatch
def member(base: Value, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    """An attribute of a value; `node` is the expression that names it."""
    return Python()


@member.register(Python)
def _(base: Python, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return Python(of_shape=base.of_shape)


@member.register(Symbol)
def _(base: Symbol, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return Symbol(normalize(f"{base.name}.{name}"))


@member.register(ProjectModule)
def _(base: ProjectModule, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return base.member(name)


@member.register(Class)
def _(base: Class, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return base.find(name) or Python()


@member.register(Instance)
def _(base: Instance, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    if name in base.attributes:
        return base.attributes[name]
    found = base.cls.find(name)
    if not isinstance(found, Function):
        return found if found is not None else Python()
    decorators = {getattr(item, "id", None) for item in getattr(found.node, "decorator_list", ())}
    if "property" in decorators:
        call = ast.copy_location(ast.Call(node, [], []), node)
        return project_calls.call_function(run, found, base, CallSite(call, frame, [], {}))
    if "staticmethod" in decorators:
        return found
    return Python() if "classmethod" in decorators else Method(found, base)


@member.register(Tensor)
def _(base: Tensor, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return Python(of_shape=name == "shape")


@member.register(Variable)
def _(base: Variable, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    if name in ("name", "op"):
        run.machine.obstacle("TFR218", "variables are told apart by their TF1 names", frame, node)
    return Python(of_shape=name == "shape")


@member.register(Session)
def _(base: Session, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return Graph() if name == "graph" else Python()


@singledispatch
def call_method(base: Value, run: Run, name: str, site: CallSite) -> Value | None:
    """What a method of a graph value gives; None where the call is one like any other."""
    return None


@call_method.register(Session)
def _(base: Session, run: Run, name: str, site: CallSite) -> Value | None:
    return session_calls.call_session(run, name, site)


@call_method.register(Graph)
def _(base: Graph, run: Run, name: str, site: CallSite) -> Value | None:
    return session_calls.call_graph(run, name, site)


@call_method.register(InitOp)
@call_method.register(TrainOp)
def _(base: InitOp | TrainOp, run: Run, name: str, site: CallSite) -> Value | None:
    return session_calls.call_run(run, base, name, site)


@call_method.register(Optimizer)
def _(base: Optimizer, run: Run, name: str, site: CallSite) -> Value | None:
    return training_calls.call_optimizer(run, base, name, site)


@call_method.register(Scope)
def _(base: Scope, run: Run, name: str, site: CallSite) -> Value | None:
    return scope_calls.call_scope(run, name, site)


@call_method.register(Tensor)
def _(base: Tensor, run: Run, name: str, site: CallSite) -> Value | None:
    if name == "eval":
        return session_calls.call_run(run, base, name, site)
    if name in _SHAPE_METHODS:
        return Python(of_shape=True)
    run.machine.obstacle("TFR231", f"the method {name} of a tensor is not understood", site.frame, site.node)
    return Tensor()


@call_method.register(Mapping)
def _(base: Mapping, run: Run, name: str, site: CallSite) -> Value | None:
    if not base.graph or name in _READING:
        return None
    run.machine.obstacle("TFR217", "a dict of placeholders is changed after it was made", site.frame, site.node)
    return Python()


@call_method.register(SuperProxy)
def _(base: SuperProxy, run: Run, name: str, site: CallSite) -> Value | None:
    for cls in base.bases:
        found = cls.find(name)
        if isinstance(found, Function):
            return project_calls.call_function(run, found, base.instance, site)
    return Python()


@call_method.register(Series)
@call_method.register(Penalties)
@call_method.register(UpdateOps)
def _(base: Series | Penalties | UpdateOps, run: Run, name: str, site: CallSite) -> Value | None:
    if name not in _GROWING:
        return None
    assert isinstance(site.node.func, ast.Attribute)
    holder = site.node.func.value
    if isinstance(base, Series) and isinstance(holder, ast.Name | ast.Attribute) and name != "insert":
        _bind(run, holder, _grown(base, name, site), site.frame)
        return python(None)
    if base.graph or any(value.graph for value, _ in site.positional):
        run.machine.obstacle("TFR231", "a list of graph values is changed in place", site.frame, site.node)
    return Python()


def _grown(base: Series, method: str, site: CallSite) -> Series:
    """The list after `append` or `extend`."""
    added = site.positional[-1][0]
    element = added if method == "append" else element_of(added)
    if base.items is not None and method == "append" and not site.frame.loops:
        return Series((*base.items, element), Python(), base.kind)
    return Series(None, join(element_of(base), element) if base.items != () else element, base.kind)


def _bind(run: Run, holder: ast.Name | ast.Attribute, value: Value, frame: Frame) -> None:
    if isinstance(holder, ast.Attribute):
        run.assign(holder, value, frame)
        return
    owner = frame.env.owner(holder.id)
    if owner is not None:
        owner.bindings[holder.id] = value
