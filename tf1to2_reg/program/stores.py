"""Assignments: what is bound, and what is stored where it can be followed.

A store that may not happen, or that happens in a loop, leaves both values. A store whose place is not known leaves
nothing known of all that it may have hit.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tf1to2_reg.program import containers
from tf1to2_reg.program.definitions import Class, Environment, Function, Instance, ProjectModule
from tf1to2_reg.program.joining import element_of, join
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import Frame
from tf1to2_reg.program.values import AnyOf, Flags, FlagValues, Mapping, Python, Series, Symbol, Tensor, Value, current

FLAG_VALUES = frozenset({"tf.flags.FLAGS", "tf.app.flags.FLAGS"})
"""Where TensorFlow keeps the options of the command line."""


def surely(run: Run, frame: Frame) -> bool:
    """True where the statement that runs now runs exactly once if the program comes to its end."""
    certain = not frame.conditions and not frame.loops and not frame.uncertain
    return certain and not run.machine.attempts and not run.machine.silent


def assign(run: Run, target: ast.expr, value: Value, frame: Frame) -> None:
    """Bind a target; graph values may only go where they can be followed."""
    run.machine.record(target, value)
    if isinstance(target, ast.Name):
        bind(run, target.id, value, frame)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(run, target.elts, value, frame)
    elif isinstance(target, ast.Starred):
        assign(run, target.value, Series(None, element_of(value)), frame)
    elif isinstance(target, ast.Attribute):
        set_attribute(run, run.evaluate(target.value, frame), target.attr, value, frame, target)
    elif isinstance(target, ast.Subscript):
        _assign_item(run, target, value, frame)


def bind(run: Run, name: str, value: Value, frame: Frame) -> None:
    """Bind a name in the scope it belongs to."""
    scope = frame.env.scope_of(name)
    run.machine.stored(scope, name, value)
    if scope is not frame.env:
        value = _stored(run, scope.bindings.get(name), value, frame)
        if run.machine.dead:
            return
    scope.bindings[name] = value


def bind_walrus(run: Run, name: str, value: Value, frame: Frame) -> None:
    """`name := value`, which binds outside of comprehensions and may stand where it is not always reached."""
    scope: Environment = frame.env
    while scope.comprehension and scope.parent is not None:
        scope = scope.parent
    scope = scope.scope_of(name)
    run.machine.stored(scope, name, value)
    if not run.machine.dead or scope is frame.env:
        scope.bindings[name] = _stored(run, scope.bindings.get(name), value, frame)


def unbind(run: Run, target: ast.expr, frame: Frame) -> None:
    """`del target`."""
    if isinstance(target, ast.Name):
        bind(run, target.id, Python(), frame)
    elif isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            unbind(run, part, frame)
    elif isinstance(target, ast.Attribute):
        set_attribute(run, run.evaluate(target.value, frame), target.attr, Python(), frame, target)
    elif isinstance(target, ast.Subscript):
        holder = run.evaluate(target.value, frame)
        for option in _options(holder):
            if option.graph:
                message = "a part of a container of graph values is deleted"
                run.machine.obstacle("TFR231", message, frame, target, about=[option])
            elif isinstance(option, Series | Mapping) and not run.machine.dead:
                run.machine.changed(option, target)
                if isinstance(target.slice, ast.Slice):
                    containers.forget(option)
                else:
                    key = run.evaluate(target.slice, frame)
                    containers.delete_item(option, key, surely=option is holder and surely(run, frame))


def _stored(run: Run, before: Value | None, value: Value, frame: Frame) -> Value:
    return value if before is None or surely(run, frame) else join(before, value)


def _options(value: Value) -> tuple[Value, ...]:
    return tuple(current(option) for option in value.options) if isinstance(value, AnyOf) else (value,)


def _unpack(run: Run, targets: Sequence[ast.expr], value: Value, frame: Frame) -> None:
    known = [current(item) for item in value.items] if isinstance(value, Series) and value.items is not None else None
    stars = [place for place, target in enumerate(targets) if isinstance(target, ast.Starred)]
    if known is not None and stars and len(known) >= len(targets) - 1:
        known = _gathered(known, stars[0], len(targets))
    if known is not None and len(known) == len(targets):
        for target, item in zip(targets, known, strict=True):
            assign(run, target.value if isinstance(target, ast.Starred) else target, item, frame)
        return
    element = element_of(value)
    for target in targets:
        given = Series(None, element) if isinstance(target, ast.Starred) else element
        assign(run, target.value if isinstance(target, ast.Starred) else target, given, frame)


def _gathered(items: list[Value], star: int, targets: int) -> list[Value]:
    """One value for each target, the list for the starred one among them."""
    after = targets - star - 1
    end = len(items) - after
    return [*items[:star], Series(tuple(items[star:end]), Python()), *items[end:]]


def set_attribute(run: Run, base: Value, name: str, value: Value, frame: Frame, node: ast.AST) -> None:
    """`base.name = value`."""
    options = _options(base)
    sure = len(options) == 1 and surely(run, frame)
    for option in options:
        flags = _flags(run, option)
        if isinstance(option, Instance):
            _set_on_instance(run, option, name, value, frame, sure=len(options) == 1)
            continue
        if isinstance(option, Class | ProjectModule) and not run.machine.dead:
            _set_member(option, name, value, sure=sure)
        if isinstance(option, Function) and name.startswith("__"):
            message = "names and attributes are changed in a way that cannot be followed"
            run.machine.obstacle("TFR208", message, frame, node)
        if flags is not None:
            flags.set(name)
        elif isinstance(option, Symbol):
            run.machine.obstacle("TFR208", f"{option.name}.{name} is replaced by the program", frame, node)
        elif value.graph:
            message = "a tensor is stored on an object that cannot be followed"
            run.machine.obstacle("TFR231", message, frame, node, about=[value])


def _flags(run: Run, holder: Value) -> Flags | None:
    """The options of the command line, where a value holds them."""
    if isinstance(holder, FlagValues):
        return holder.flags
    return run.machine.flags if isinstance(holder, Symbol) and holder.name in FLAG_VALUES else None


def _set_on_instance(run: Run, holder: Instance, name: str, value: Value, frame: Frame, *, sure: bool) -> None:
    found = holder.cls.find(name)
    if isinstance(found, Function) and getattr(found.node, "decorator_list", None):
        holder.opaque = True
        return
    if not sure or holder.many:
        before = holder.attributes.get(name, found)
        value = join(before, value) if before is not None else value
    holder.set(name, value)
    run.machine.stored(holder, name, value)


def _set_member(holder: Class | ProjectModule, name: str, value: Value, *, sure: bool) -> None:
    members = holder.members if isinstance(holder, Class) else holder.environment.bindings
    before = holder.find(name) if isinstance(holder, Class) else members.get(name)
    members[name] = value if sure or before is None else join(before, value)


def set_any_attribute(run: Run, base: Value) -> None:
    """Some attribute of an object is set, which one is not known."""
    for option in _options(base):
        if isinstance(option, FlagValues):
            option.flags.forget()
        elif isinstance(option, Instance):
            option.opaque = True
        elif isinstance(option, Class) and not run.machine.dead:
            option.members.update({name: join(value, Python()) for name, value in option.members.items()})
        elif isinstance(option, ProjectModule) and not run.machine.dead:
            bindings = option.environment.bindings
            bindings.update({name: join(value, Python()) for name, value in bindings.items()})


def forget(run: Run, value: Value) -> None:
    """Code that is not seen was given the value, and may have changed it or what it holds."""
    if run.machine.dead:
        return
    for option in _options(value):
        if isinstance(option, Series | Mapping) and not option.graph:
            held = (option.items or ()) if isinstance(option, Series) else [value for _, value in option.pairs]
            containers.forget(option)
            for item in held:
                if isinstance(current(item), Series | Mapping):
                    forget(run, current(item))
        elif isinstance(option, Instance | Class | FlagValues):
            set_any_attribute(run, option)


def _assign_item(run: Run, target: ast.Subscript, value: Value, frame: Frame) -> None:
    base = run.evaluate(target.value, frame)
    is_slice = isinstance(target.slice, ast.Slice)
    key = Python() if is_slice else run.evaluate(target.slice, frame)
    if is_slice:
        run.evaluate(target.slice, frame)
    for option in _options(base):
        if isinstance(option, Series | Mapping):
            run.machine.changed(option, target)
        if isinstance(option, Mapping) and option.graph:
            run.machine.obstacle("TFR217", "a dict of placeholders is changed after it was made", frame, target)
        elif value.graph or key.graph or isinstance(option, Tensor):
            message = "a tensor is stored in a container by key"
            run.machine.obstacle("TFR231", message, frame, target, about=[value, key, option])
        elif isinstance(option, Series | Mapping) and option.graph:
            message = "a list of graph values is changed in place"
            run.machine.obstacle("TFR231", message, frame, target, about=[option])
        elif isinstance(option, Series) and is_slice and not run.machine.dead:
            containers.set_slice(option, value, surely=False)
        elif isinstance(option, Series | Mapping) and not run.machine.dead:
            containers.set_item(option, key, value, surely=len(_options(base)) == 1 and surely(run, frame))
        elif isinstance(option, Instance):
            option.opaque = True
