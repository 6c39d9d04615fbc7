"""Calls of the project's own functions, methods and classes."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache

from tf1to2_reg.program import experiments, stores
from tf1to2_reg.program.definitions import Class, Environment, Function, Instance, Method
from tf1to2_reg.program.joining import join
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import Argument, Frame
from tf1to2_reg.program.values import Python, Symbol, Value, any_of_shape, current, is_none, python
from tf1to2_reg.syntax.imports import used_names

MAX_FRAMES = 5000
_KNOWN_DECORATORS = ("property", "staticmethod")


def is_relevant(run: Run, callee: Function | Method | Class) -> bool:
    """True for a function or class that can touch a graph."""
    if isinstance(callee, Class):
        return callee.node.name in run.relevance
    function = callee.function if isinstance(callee, Method) else callee
    return isinstance(function.node, ast.Lambda) or function.name in run.relevance


def call_function(run: Run, function: Function, instance: Instance | None, site: CallSite) -> Value:
    """Run a function in a new frame, as a method of `instance` if one is given."""
    given = any(value.graph for value in site.values()) or _holds_graph(instance)
    touching = is_relevant(run, function) or given
    if not touching and not _stores(run, function):
        return Python(of_shape=any_of_shape(*site.values()))
    if _refuses_call(run, function, site, touches=touching):
        forget_reached(run, function, instance, site)
        return Python()
    frame = _activation(run, function, instance, site)
    _bind_parameters(run, function, frame, site)
    if run.machine.live and instance is None and not given and experiments.is_experiment(function):
        with experiments.graph_of(run.machine, frame):
            return _run(run, function, frame, site, touching=touching)
    return _run(run, function, frame, site, touching=touching)


def _run(run: Run, function: Function, frame: Frame, site: CallSite, *, touching: bool) -> Value:
    """Run the body of a function in its frame."""
    if run.machine.live and touching:
        run.machine.trace.frames.append(frame)
        site.frame.children.setdefault(site.node, []).append(frame)
    if isinstance(function.node, ast.Lambda):
        return run.evaluate(function.node.body, frame)
    frame.result = python(None)
    ended = run.execute(function.node.body, frame)
    run.finish(frame)
    falls_off = frame.returned and not ended and not _always_returns(function.node.body)
    if falls_off and not is_none(frame.result):
        frame.result = join(frame.result, python(None))
    return frame.result


def _stores(run: Run, function: Function) -> bool:
    return isinstance(function.node, ast.Lambda) or run.relevance.stores(function.name)


def forget_reached(run: Run, function: Function, instance: Instance | None, site: CallSite | None) -> None:
    """A function is called that is not followed: it may have changed all that it is given and all that it mentions."""
    if not _stores(run, function):
        return
    for name in used_names([function.node]):
        found = function.closure.lookup(name)
        if found is not None and not isinstance(found, Function | Symbol):
            stores.forget(run, found)
    for name in (*_declared(function.node)[0], *_declared(function.node)[1]):
        scope = Environment(function.closure, {}, *_declared(function.node)).scope_of(name)
        if name in scope.bindings and not run.machine.dead:
            scope.bindings[name] = join(scope.bindings[name], Python())
    for value in (instance, function.owner, *(site.values() if site is not None else ())):
        if value is not None:
            stores.forget(run, value)


def _activation(run: Run, function: Function, instance: Instance | None, site: CallSite) -> Frame:
    global_names, nonlocal_names = _declared(function.node)
    return Frame(
        function.module,
        Environment(function.closure, global_names=global_names, nonlocal_names=nonlocal_names),
        function,
        site.frame,
        site.node,
        instance=instance,
        loops=site.frame.loops,
        conditions=site.frame.conditions,
        entered=site.frame.conditions,
        uncertain=site.frame.uncertain,
        started=run.machine.order(),
    )


@lru_cache(maxsize=4096)
def _declared(function: ast.FunctionDef | ast.Lambda) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a function declares global, and those that it declares nonlocal."""
    found: dict[type[ast.AST], set[str]] = {ast.Global: set(), ast.Nonlocal: set()}
    stack: list[ast.AST] = list(function.body) if isinstance(function, ast.FunctionDef) else []
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Global | ast.Nonlocal):
            found[type(node)].update(node.names)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            stack.extend(ast.iter_child_nodes(node))
    return frozenset(found[ast.Global]), frozenset(found[ast.Nonlocal])


def instantiate(run: Run, cls: Class, site: CallSite) -> Value:
    """Make an object: run the constructor, if the class has one that can be seen."""
    given = any(value.graph for value in site.values())
    if not is_relevant(run, cls) and not given and not run.relevance.stores(cls.node.name):
        return Python()
    instance = Instance(cls, many=bool(site.frame.loops), opaque=_is_dynamic(cls))
    run.machine.instances.append(instance)
    if run.machine.live:
        run.machine.trace.instances.append((instance, site.node, site.frame))
    constructor = cls.find("__init__")
    if isinstance(constructor, Function):
        call_function(run, constructor, instance, site)
    elif given:
        message = "a graph value is passed to a constructor that cannot be seen"
        run.machine.obstacle("TFR208", message, site.frame, site.node)
    elif site.node.args or site.node.keywords:
        instance.opaque = True
    return instance


def _is_dynamic(cls: Class) -> bool:
    """True where attributes are looked up or set by code of the class."""
    return any(cls.find(name) is not None for name in ("__getattr__", "__getattribute__", "__setattr__"))


def _holds_graph(instance: Instance | None) -> bool:
    return instance is not None and any(value.graph for value in instance.attributes.values())


def _refuses_call(run: Run, function: Function, site: CallSite, *, touches: bool) -> bool:
    """True for a call that is not followed; an obstacle where it can touch the graph."""
    chain = site.frame.chain()
    if any(frame.function is not None and frame.function.node is function.node for frame in chain):
        if touches:
            run.machine.obstacle("TFR208", f"{function.name} calls itself", site.frame, site.node)
        return True
    if len(run.machine.trace.frames) > MAX_FRAMES:
        run.machine.obstacle("TFR208", "the program is too deep to be followed", site.frame, site.node)
        return True
    decorators = getattr(function.node, "decorator_list", [])
    unknown = [item for item in decorators if getattr(item, "id", "") not in _KNOWN_DECORATORS]
    if unknown:
        own = Frame(function.module, function.closure, function, site.frame)
        if touches:
            run.machine.obstacle("TFR208", f"{function.name} is decorated", own, unknown[0])
        return True
    if isinstance(function.node, ast.FunctionDef) and _is_generator(function.node):
        if run.relevance.touches(function.node) or any(value.graph for value in site.values()):
            run.machine.obstacle("TFR219", f"{function.name} is a generator", site.frame, site.node)
        return True
    return False


def _bind_parameters(run: Run, function: Function, frame: Frame, site: CallSite) -> None:
    parameters = function.node.args
    names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
    if frame.instance is not None and names:
        frame.env.bind(names[0], frame.instance)
        names = names[1:]
    names += [only.arg for only in parameters.kwonlyargs]
    only_by_name = len(names) - len(parameters.kwonlyargs)
    for position, name in enumerate(names):
        given = site.argument(position, name) if position < only_by_name else site.keywords.get(name)
        if given is not None:
            frame.arguments[name] = Argument(*given)
        elif name in function.defaults:
            frame.arguments[name] = Argument(current(function.defaults[name]), None)
        else:
            frame.arguments[name] = Argument(Python(), None)
        frame.env.bind(name, frame.arguments[name].value)
    _bind_rest(run, function, frame, site, names)


def _bind_rest(run: Run, function: Function, frame: Frame, site: CallSite, names: Sequence[str]) -> None:
    for rest in (function.node.args.vararg, function.node.args.kwarg):
        if rest is not None:
            frame.env.bind(rest.arg, Python())
            extra = len(site.positional) > len(names) or set(site.keywords) - set(names)
            if extra and any(value.graph for value in site.values()):
                run.machine.obstacle("TFR209", f"{function.name} takes * or ** arguments", frame, rest)


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
