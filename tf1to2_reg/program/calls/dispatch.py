"""Calls: what is called, with what, and who answers for it."""

from __future__ import annotations

import ast
from collections.abc import Callable

from tf1to2_reg.facts.knowledge import Constant
from tf1to2_reg.program import members, stores
from tf1to2_reg.program.calls import builtins as builtin_calls
from tf1to2_reg.program.calls import libraries, unseen
from tf1to2_reg.program.calls import objects as object_calls
from tf1to2_reg.program.calls import project as project_calls
from tf1to2_reg.program.calls import tensorflow as tensorflow_calls
from tf1to2_reg.program.definitions import Class, Function, Instance, Method
from tf1to2_reg.program.joining import join
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.objects import LayerObject
from tf1to2_reg.program.operators import formatted
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import Frame
from tf1to2_reg.program.values import AnyOf, Builtin, Library, Python, Symbol, Value, any_of_shape, constant_of, python


def evaluate_call(run: Run, node: ast.Call, frame: Frame) -> Value:
    """What a call gives, its function and arguments evaluated first."""
    if isinstance(node.func, ast.Attribute):
        return _call_attribute(run, node, node.func, frame)
    callee = run.evaluate(node.func, frame)
    site = _site(run, node, frame, callee)
    return call(run, callee, site) if site is not None else Python()


def _call_attribute(run: Run, node: ast.Call, func: ast.Attribute, frame: Frame) -> Value:
    base = run.evaluate(func.value, frame)
    callee = members.member(base, run, func.attr, frame, func)
    run.machine.record(func, callee)
    site = _site(run, node, frame, callee)
    if site is None:
        return Python()
    if func.attr == "format" and not node.keywords and isinstance(constant_of(base), Constant):
        literals = str(getattr(constant_of(base), "value", "")).split("{}")
        if len(literals) == len(site.positional) + 1 and not any("{" in part or "}" in part for part in literals):
            return formatted(run.machine, literals, [value for value, _ in site.positional])
    handled = members.call_method(base, run, func.attr, site)
    if handled is not None:
        return handled
    result = call(run, callee, site)
    return Python(of_shape=True) if isinstance(result, Python) and any_of_shape(base) else result


def _site(run: Run, node: ast.Call, frame: Frame, callee: Value) -> CallSite | None:
    positional: list[tuple[Value, ast.expr]] = []
    keywords: dict[str, tuple[Value, ast.expr]] = {}
    unresolved = False
    for argument in node.args:
        value = _argument(run, callee, argument, frame)
        if isinstance(argument, ast.Starred):
            unresolved = True
            if _takes_any(callee) or (isinstance(callee, Builtin) and callee.name == "zip"):
                positional.append((value, argument))
        else:
            positional.append((value, argument))
    for keyword in node.keywords:
        value = _argument(run, callee, keyword.value, frame)
        if keyword.arg is None:
            unresolved = True
        else:
            keywords[keyword.arg] = (value, keyword.value)
    site = CallSite(node, frame, positional, keywords)
    if unresolved and not isinstance(callee, Builtin) and not _takes_any(callee) and _matters(run, callee, site):
        run.machine.obstacle("TFR209", "arguments passed with * or ** cannot be told apart", frame, node)
        return None
    return site


def _argument(run: Run, callee: Value, node: ast.expr, frame: Frame) -> Value:
    """What an argument gives; all variables of the graph are what a saver takes by itself."""
    saver = isinstance(callee, Symbol) and callee.name == "tf.train.Saver"
    if not saver or not isinstance(node, ast.Call) or node.args or node.keywords:
        return run.evaluate(node, frame)
    listing = run.evaluate(node.func, frame)
    if isinstance(listing, Symbol) and listing.name in ("tf.all_variables", "tf.global_variables"):
        run.machine.record(node, python(None))
        return python(None)
    return run.evaluate(node, frame)


def _matters(run: Run, callee: Value, site: CallSite) -> bool:
    if isinstance(callee, Symbol):
        return True
    if isinstance(callee, Function | Method | Class) and project_calls.is_relevant(run, callee):
        return True
    return any(value.graph for value in site.values())


def call(run: Run, callee: Value, site: CallSite) -> Value:
    """Call any value."""
    handler = _HANDLERS.get(type(callee))
    return handler(run, callee, site) if handler is not None else _call_unknown(run, callee, site)


def _call_symbol(run: Run, callee: Symbol, site: CallSite) -> Value:
    return tensorflow_calls.call(run, callee.name, site)


def _call_function(run: Run, callee: Function, site: CallSite) -> Value:
    return project_calls.call_function(run, callee, None, site)


def _call_bound(run: Run, callee: Method, site: CallSite) -> Value:
    return project_calls.call_function(run, callee.function, callee.instance, site)


def _call_instance(run: Run, callee: Instance, site: CallSite) -> Value:
    found = callee.cls.find("__call__")
    if not isinstance(found, Function) or callee.opaque:
        return _call_unknown(run, callee, site)
    return project_calls.call_function(run, found, callee, site)


def _call_library(run: Run, callee: Library, site: CallSite) -> Value:
    result = unseen.call(run, site)
    if result.graph:
        return result
    if libraries.changes_arguments(callee):
        _forget(run, site)
    return libraries.call(callee, site)


def _call_unknown(run: Run, callee: Value, site: CallSite) -> Value:
    _forget(run, site)
    return unseen.call(run, site)


def _forget(run: Run, site: CallSite) -> None:
    for value in site.values():
        stores.forget(run, value)


def _call_one_of(run: Run, callee: AnyOf, site: CallSite) -> Value:
    if not any(isinstance(option, Symbol | Function | Method | Class) for option in callee.options):
        return _call_unknown(run, callee, site)
    symbols = [option for option in callee.options if isinstance(option, Symbol)]
    if len(symbols) == len(callee.options) and not any("layers" in symbol.name for symbol in symbols):
        result: Value | None = None
        for symbol in symbols:
            result = join(result, _call_symbol(run, symbol, site))
        return result or Python()
    if any(_matters(run, option, site) for option in callee.options):
        message = "which function is called is decided when the program runs"
        run.machine.obstacle("TFR208", message, site.frame, site.node)
    return Python()


def _takes_any(callee: Value) -> bool:
    """`tf.group` takes ops in any number and order."""
    return isinstance(callee, Symbol) and callee.name == "tf.group"


_HANDLERS: dict[type[Value], Callable[..., Value]] = {
    Symbol: _call_symbol,
    Function: _call_function,
    Method: _call_bound,
    Class: project_calls.instantiate,
    Builtin: builtin_calls.call,
    Library: _call_library,
    AnyOf: _call_one_of,
    Instance: _call_instance,
    LayerObject: object_calls.call,
}
