"""Calls of code that is not part of the project."""

from __future__ import annotations

from tf1to2_reg.program.calls import project as project_calls
from tf1to2_reg.program.definitions import Function, Method
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.values import Mapping, Python, Value, any_of_shape, leaves


def call(run: Run, site: CallSite) -> Value:
    """Call code that is not part of the project: no graph value may reach it, but as a feed."""
    for value in site.values():
        if value.graph and not isinstance(value, Mapping):
            message = "a graph value is passed to code that cannot be seen"
            return run.machine.obstacle("TFR208", message, site.frame, site.node, about=site.values())
    for value in site.values():
        _hand_over(run, value, site)
    return Python(of_shape=any_of_shape(*site.values()))


def _hand_over(run: Run, value: Value, site: CallSite) -> None:
    """Something is given to code that is not seen, which may call it if it is a function."""
    for leaf in leaves(value):
        if isinstance(leaf, Function | Method):
            function = leaf.function if isinstance(leaf, Method) else leaf
            if run.relevance.touches(function.node):
                message = f"{function.name}, which can touch the graph, is passed to code that cannot be seen"
                run.machine.obstacle("TFR208", message, site.frame, site.node)
            project_calls.forget_reached(run, function, leaf.instance if isinstance(leaf, Method) else None, None)
