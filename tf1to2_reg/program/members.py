"""Attributes and methods of values."""

from __future__ import annotations

import ast
from functools import singledispatch

from tf1to2_reg.program import containers, stores, variable_names
from tf1to2_reg.program.calls import libraries
from tf1to2_reg.program.calls import objects as object_calls
from tf1to2_reg.program.calls import project as project_calls
from tf1to2_reg.program.calls import savers as saver_calls
from tf1to2_reg.program.calls import scopes as scope_calls
from tf1to2_reg.program.calls import sessions as session_calls
from tf1to2_reg.program.calls import states as state_calls
from tf1to2_reg.program.calls import summaries as summary_calls
from tf1to2_reg.program.calls import training as training_calls
from tf1to2_reg.program.definitions import Class, Function, Instance, Method, ProjectModule, SuperProxy
from tf1to2_reg.program.joining import element_of, join
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.objects import LayerObject
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import Frame
from tf1to2_reg.program.values import (
    AnyOf,
    FlagParser,
    FlagValues,
    Graph,
    InitOp,
    Library,
    Mapping,
    Optimizer,
    Penalties,
    Python,
    Saver,
    Scope,
    Series,
    Session,
    State,
    Symbol,
    Tensor,
    TrainOp,
    UpdateOps,
    Value,
    Variable,
    Writer,
    is_none,
    python,
)
from tf1to2_reg.syntax.imports import normalize

_READING = ("keys", "values", "items", "get", "copy")
_GROWING = ("append", "extend")
_SHAPE_METHODS = ("get_shape", "set_shape")


@singledispatch
def member(base: Value, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    """An attribute of a value; `node` is the expression that names it."""
    return Python()


@member.register(AnyOf)
def _(base: AnyOf, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    options = [option for option in base.options if not is_none(option)]
    if not all(isinstance(option, Instance | Class) for option in options):
        return Python()
    result: Value | None = None
    for option in options:
        result = join(result, member(option, run, name, frame, node))
    return result or Python()


@member.register(Python)
def _(base: Python, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return Python(of_shape=base.of_shape)


@member.register(Library)
def _(base: Library, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return libraries.member(base, name)


@member.register(FlagValues)
def _(base: FlagValues, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return base.flags.value(name)


@member.register(Symbol)
def _(base: Symbol, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    if base.name in stores.FLAG_VALUES:
        return run.machine.flags.value(name)
    return Symbol(normalize(f"{base.name}.{name}"))


@member.register(ProjectModule)
def _(base: ProjectModule, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return base.member(name)


@member.register(Class)
def _(base: Class, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return base.find(name) or Python()


@member.register(Instance)
def _(base: Instance, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    if name in base.attributes and (not base.opaque or base.attributes[name].graph):
        return base.attributes[name]
    found = base.cls.find(name)
    if base.opaque and not isinstance(found, Function):
        return Python()
    if name == "__dict__":
        base.opaque = True
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
    test = variable_names.test_of(node, frame.module.tree) if name == "name" else None
    if test is not None:
        run.machine.trace.name_tests.append(test)
    elif name in ("name", "op"):
        run.machine.obstacle("TFR218", "variables are told apart by their TF1 names", frame, node)
    elif not (name == "shape" and variable_names.is_indexed(node, frame.module.tree)):
        run.machine.obstacle("TFR218", f"{name} of a variable is something else in Keras", frame, node)
    return Python(of_shape=name == "shape")


@member.register(Session)
def _(base: Session, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return Graph() if name == "graph" else Python()


@member.register(Saver)
def _(base: Saver, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    if name not in ("save", "restore", "last_checkpoints"):
        message = f"{name} of a saver has no form with tf.train.Checkpoint"
        return run.machine.obstacle("TFR204", message, frame, node)
    return Python()


@member.register(LayerObject)
def _(base: LayerObject, run: Run, name: str, frame: Frame, node: ast.expr) -> Value:
    return object_calls.member(run, base, name, frame, node)


@singledispatch
def call_method(base: Value, run: Run, name: str, site: CallSite) -> Value | None:
    """What a method of a graph value gives; None where the call is one like any other."""
    return None


@call_method.register(FlagParser)
def _(base: FlagParser, run: Run, name: str, site: CallSite) -> Value | None:
    return libraries.call_parser(base, name, site)


@call_method.register(Session)
def _(base: Session, run: Run, name: str, site: CallSite) -> Value | None:
    return session_calls.call_session(run, name, site)


@call_method.register(Saver)
def _(base: Saver, run: Run, name: str, site: CallSite) -> Value | None:
    return saver_calls.call_saver(run, base, name, site)


@call_method.register(Writer)
def _(base: Writer, run: Run, name: str, site: CallSite) -> Value | None:
    return summary_calls.call_writer(run, name, site)


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


@call_method.register(State)
def _(base: State, run: Run, name: str, site: CallSite) -> Value | None:
    assigned = state_calls.call_state(run, base, name, site)
    return assigned if assigned is not None else call_method.dispatch(Tensor)(base, run, name, site)


@call_method.register(Tensor)
def _(base: Tensor, run: Run, name: str, site: CallSite) -> Value | None:
    if name == "eval":
        return session_calls.call_run(run, base, name, site)
    if name in _SHAPE_METHODS:
        return Python(of_shape=True)
    message = f"the method {name} of a tensor is not understood"
    return run.machine.obstacle("TFR231", message, site.frame, site.node, about=[base])


@call_method.register(LayerObject)
def _(base: LayerObject, run: Run, name: str, site: CallSite) -> Value | None:
    return object_calls.call(run, base, site) if name in object_calls.CALLING else None


@call_method.register(Mapping)
def _(base: Mapping, run: Run, name: str, site: CallSite) -> Value | None:
    given = [value for value, _ in site.positional]
    if name in _READING:
        return _read(base, name, given)
    if name not in containers.DICT_METHODS and not base.graph:
        return None
    if base.graph or any(value.graph for value in site.values()):
        run.machine.obstacle("TFR217", "a dict of placeholders is changed after it was made", site.frame, site.node)
        return Python()
    if run.machine.dead:
        return Python()
    run.machine.changed(base, site.node)
    if any(keyword.arg is None for keyword in site.node.keywords):
        containers.forget(base)
        return Python()
    keywords = {key: value for key, (value, _) in site.keywords.items()}
    return containers.call_dict(base, name, given, keywords, surely=stores.surely(run, site.frame))


def _read(base: Mapping, name: str, given: list[Value]) -> Value | None:
    if name == "copy":
        return Mapping(base.pairs, None, base.rest)
    if base.graph:
        return None
    if name == "get":
        default = given[1] if len(given) > 1 else python(None)
        return containers.item(base, given[0], default) if given else None
    keys = Python() if base.rest is not None else element_of(base)
    values = containers.item(base, Python(), None)
    if name == "items":
        return Series(None, Series((keys, values), Python(), "tuple"), "tuple")
    return Series(None, keys if name == "keys" else values, "tuple")


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
    if isinstance(base, Series) and base.kind == "tuple":
        return None
    if name not in containers.LIST_METHODS:
        return Series(base.items, base.element) if isinstance(base, Series) and name == "copy" else None
    given = [value for value, _ in site.positional]
    graph = base.graph or any(value.graph for value in given)
    if graph and not (isinstance(base, Series) and name in _GROWING and _is_held(site)):
        message = "a list of graph values is changed in place"
        run.machine.obstacle("TFR231", message, site.frame, site.node, about=[base, *given])
        return element_of(base) if name == "pop" else python(None)
    if isinstance(base, Series) and not run.machine.dead:
        run.machine.changed(base, site.node)
        return containers.call_list(base, name, given, surely=stores.surely(run, site.frame))
    return Python()


def _is_held(site: CallSite) -> bool:
    """True where the list that a method is called on has a name."""
    return isinstance(site.node.func, ast.Attribute) and isinstance(site.node.func.value, ast.Name | ast.Attribute)
