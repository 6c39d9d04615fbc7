"""Functions and methods that run the program's session and that the program does not call.

Whoever imports the program may call them when it is done: they are run then, with arguments of which nothing is known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tf1to2_reg.program.calls import project as project_calls
from tf1to2_reg.program.definitions import Function, Instance
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import Trace
from tf1to2_reg.program.values import Python, Session, Value
from tf1to2_reg.syntax.binding import arguments_of
from tf1to2_reg.syntax.imports import used_names
from tf1to2_reg.syntax.nodes import line_below

_Later = tuple[Function, Instance | None]
_RUNNING = frozenset({"eval", "run"})


def run_later(run: Run) -> None:
    """Run them, at the end of everything."""
    program = run.machine.trace
    if not program.of_layers():
        return
    called = {frame.function.node for frame in program.frames if frame.function is not None}
    possible = [pair for pair in (*_functions(program), *_methods(program)) if pair[0].node not in called]
    found = _unmentioned(_with_callers(possible), program)
    end = line_below(program.entry.tree) if found else 0
    for function, instance in found:
        assert isinstance(function.node, ast.FunctionDef)
        call = ast.Call(ast.Name(function.name, ast.Load()), [], [], lineno=end, col_offset=0)
        names = [argument.arg for argument, _ in arguments_of(function.node.args)]
        given: dict[str, tuple[Value, ast.expr]] = {
            name: (Python(), ast.Name(name, ast.Load())) for name in (names[1:] if instance is not None else names)
        }
        site = CallSite(call, program.executed[program.entry], [], given)
        project_calls.call_function(run, function, instance, site)


def _functions(program: Trace) -> Iterator[_Later]:
    """The functions of the files."""
    for frame in program.executed.values():
        for value in frame.env.bindings.values():
            if isinstance(value, Function) and _is_plain(value):
                yield value, None


def _methods(program: Trace) -> Iterator[_Later]:
    """The methods of each class that has one object, with that object."""
    objects = [instance for instance, _, _ in program.instances]
    for instance in objects:
        if [other.cls for other in objects].count(instance.cls) == 1:
            for member in instance.cls.members.values():
                if isinstance(member, Function) and _is_plain(member):
                    yield member, instance


def _is_plain(function: Function) -> bool:
    return isinstance(function.node, ast.FunctionDef) and not function.node.decorator_list


def _with_callers(possible: Sequence[_Later]) -> list[_Later]:
    """Those that run or hold a session of the program, and those that name one of these."""
    found = [pair for pair in possible if _runs(*pair)]
    while True:
        names = {function.name for function, _ in found}
        more = [pair for pair in possible if pair not in found and used_names([pair[0].node]) & names]
        if not more:
            return [pair for pair in possible if pair in found]
        found += more


def _runs(function: Function, instance: Instance | None) -> bool:
    """True for a function that names a value of the graph, and a session or what runs one."""
    names = used_names([function.node])
    values = [value for name in names if (value := function.closure.lookup(name)) is not None]
    if instance is not None:
        values += [value for name, value in instance.attributes.items() if name in names]
    sessions = any(isinstance(value, Session) for value in values)
    return sessions or (bool(names & _RUNNING) and any(value.graph for value in values))


def _unmentioned(found: Sequence[_Later], program: Trace) -> list[_Later]:
    """Those that no other code names: it could call them in ways that are not seen, and before the program is done."""
    while found:
        bodies = {node for function, _ in found for node in ast.walk(function.node)}
        names = {
            node.id if isinstance(node, ast.Name) else node.attr
            for module in program.executed
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Name | ast.Attribute) and node not in bodies
        }
        left = [pair for pair in found if pair[0].name not in names]
        if len(left) == len(found):
            break
        found = left
    return list(found)
