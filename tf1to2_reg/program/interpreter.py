"""Runs a TF1 program in the abstract, statement by statement, to find the graph it would build."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TypeVar

from tf1to2_reg.program import containers, imports, stores
from tf1to2_reg.program.definitions import Class, Environment, Function, Instance
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.expressions import Expressions
from tf1to2_reg.program.joining import element_of, join, weaken
from tf1to2_reg.program.machine import Machine
from tf1to2_reg.program.relevance import Relevance
from tf1to2_reg.program.trace import Frame, State, Trace
from tf1to2_reg.program.values import (
    AnyOf,
    Builtin,
    Graph,
    Python,
    Regularizer,
    Scope,
    Series,
    Session,
    Symbol,
    Tensor,
    UpdateControl,
    Value,
    constant_of,
    current,
    is_none,
    python,
)
from tf1to2_reg.syntax.memo import per_node
from tf1to2_reg.syntax.modules import Module, Project
from tf1to2_reg.syntax.variables import assigned_names

TRY_STAR: type[ast.stmt] | None = getattr(ast, "TryStar", None)
_SPELLED = {"AsyncFunctionDef": "async def", "AsyncFor": "async for", "AsyncWith": "async with", "TypeAlias": "type"}
_MOST_PASSES = 4
TOO_LARGE = "TFR238"
STEPS = 5_000
"""Statements that a program may take in the abstract, whatever its size."""
STEPS_PER_LINE = 20
"""And those that it may take more for each line of its files."""
_UNBOUND = object()
Result = TypeVar("Result")


class Spent(Exception):
    """The steps that a run may take are spent at a statement."""

    def __init__(self, frame: Frame, statement: ast.stmt) -> None:
        super().__init__()
        self.frame = frame
        self.statement = statement


class Interpreter(Expressions):
    """One abstract run. `run` returns the trace."""

    def __init__(self, project: Project, relevance: Relevance, entry: Module, facts: Evaluations | None = None) -> None:
        super().__init__(Machine(Trace(entry, facts or Evaluations())), relevance, project)
        self.allow(STEPS + STEPS_PER_LINE * project.lines)
        self._statements: dict[type[ast.stmt], Callable[..., bool]] = {
            ast.Expr: self._expr,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated_assign,
            ast.AugAssign: self._augmented_assign,
            ast.Return: self._return,
            ast.If: self._if,
            ast.For: self._for,
            ast.While: self._while,
            ast.With: self._with,
            ast.Try: self._try,
            ast.FunctionDef: self._function,
            ast.Break: self._leave,
            ast.Continue: self._leave,
            ast.Pass: lambda statement, frame: False,
            ast.Delete: self._delete,
            ast.Nonlocal: self._declaration,
            ast.ClassDef: self._class,
            ast.Import: self._import,
            ast.ImportFrom: self._import,
            ast.Global: self._declaration,
            ast.Raise: self._raise,
            ast.Assert: self._assert,
        }
        if TRY_STAR is not None:
            self._statements[TRY_STAR] = self._try

    def run(self) -> Trace:
        """Run the entry module, and with it every module that it imports."""
        self.within_budget(lambda: self.run_module(self.machine.trace.entry, "__main__"))
        return self.machine.trace

    def allow(self, steps: int) -> None:
        """Set the number of statements that the run may take."""
        self.budget = self._steps_left = steps

    def within_budget(self, work: Callable[[], Result]) -> Result | None:
        """Do a part of the run; one that takes too many steps is an obstacle, and gives None."""
        try:
            return work()
        except Spent as spent:
            message = f"the program takes more than {self.budget} steps to be followed up to here"
            self.machine.obstacle(TOO_LARGE, message, spent.frame, spent.statement)
            return None

    def run_module(self, module: Module, name: str) -> Frame:
        """Run a module, unless it has run already."""
        executed = self.machine.trace.executed
        if module not in executed:
            frame = Frame(module, Environment(bindings={"__name__": python(name)}))
            executed[module] = frame
            self.machine.trace.frames.append(frame)
            self.execute(module.tree.body, frame)
        return executed[module]

    def execute(self, body: Sequence[ast.stmt], frame: Frame) -> bool:
        """Run statements; True where control surely does not pass their end."""
        for statement in body:
            self._steps_left -= 1
            if self._steps_left < 0:
                raise Spent(frame, statement)
            handler = self._statements.get(type(statement))
            if handler is None:
                self._unknown(statement, frame)
            elif handler(statement, frame):
                return True
        return False

    def _other(self, statement: ast.stmt, frame: Frame) -> None:
        for node in ast.iter_child_nodes(statement):
            if isinstance(node, ast.expr):
                self.evaluate(node, frame)

    def _unknown(self, statement: ast.stmt, frame: Frame) -> None:
        """A statement that is not followed: nothing is known of the names it binds, and what it holds is not run."""
        kind = _SPELLED.get(type(statement).__name__, type(statement).__name__.lower())
        self.machine.obstacle("TFR219", f"a statement that is not followed ({kind})", frame, statement)
        for name in assigned_names([statement]):
            stores.bind(self, name, Python(), frame)

    def _expr(self, statement: ast.Expr, frame: Frame) -> bool:
        self.evaluate(statement.value, frame)
        return False

    def _assign(self, statement: ast.Assign, frame: Frame) -> bool:
        value = self.evaluate(statement.value, frame)
        for target in statement.targets:
            self.assign(target, value, frame)
        return False

    def _annotated_assign(self, statement: ast.AnnAssign, frame: Frame) -> bool:
        if statement.value is not None:
            self.assign(statement.target, self.evaluate(statement.value, frame), frame)
        return False

    def _augmented_assign(self, statement: ast.AugAssign, frame: Frame) -> bool:
        load = ast.copy_location(_as_load(statement.target), statement.target)
        left, right = self.evaluate(load, frame), self.evaluate(statement.value, frame)
        if isinstance(left, Series) and left.kind == "list" and (isinstance(right, Series) or not right.graph):
            self.machine.changed(left, statement)
            self._extend(left, statement.op, right, frame)
            return False
        value = self.operators.binary(left, statement.op, right, frame, statement)
        self.assign(statement.target, value, frame)
        return False

    def _extend(self, held: Series, op: ast.operator, right: Value, frame: Frame) -> None:
        """`list += values` changes the list that all its names stand for."""
        if self.machine.dead:
            return
        if isinstance(op, ast.Add):
            containers.extend(held, right, surely=stores.surely(self, frame))
        else:
            containers.forget(held)

    def _return(self, statement: ast.Return, frame: Frame) -> bool:
        value = self.evaluate(statement.value, frame) if statement.value else python(None)
        frame.result = value if not frame.returned else join(frame.result, value)
        frame.returned = True
        frame.returns += 1
        if frame.function is not None and (frame.conditions > frame.entered or self.machine.attempts):
            frame.exits.append(self._state(frame))
        return True

    def finish(self, frame: Frame) -> None:
        for state in frame.exits:
            self._meet(frame, state)
        frame.exits.clear()

    def _leave(self, statement: ast.Break | ast.Continue, frame: Frame) -> bool:
        frame.breaks.append(self._state(frame))
        return True

    def _delete(self, statement: ast.Delete, frame: Frame) -> bool:
        for target in statement.targets:
            stores.unbind(self, target, frame)
        return False

    def _raise(self, statement: ast.Raise, frame: Frame) -> bool:
        self._other(statement, frame)
        return True

    def _assert(self, statement: ast.Assert, frame: Frame) -> bool:
        self._other(statement, frame)
        return False

    def _declaration(self, statement: ast.Global | ast.Nonlocal, frame: Frame) -> bool:
        """What it declares was collected when the activation began."""
        return False

    # Branches and loops

    def _state(self, frame: Frame) -> State:
        """What may be put back or met later; attributes are never changed in place, names are."""
        return dict(frame.env.bindings), [instance.attributes for instance in self.machine.instances]

    def _restore(self, frame: Frame, state: State) -> None:
        frame.env.bindings = dict(state[0])
        for instance, attributes in zip(self.machine.instances, state[1], strict=False):
            instance.attributes = attributes

    def _meet(self, frame: Frame, other: State) -> None:
        """Join the current state with another one."""
        _join_into(frame.env.bindings, other[0])
        for instance, attributes in zip(self.machine.instances, other[1], strict=False):
            if instance.attributes is not attributes:
                joined = dict(instance.attributes)
                _join_into(joined, attributes)
                instance.attributes = joined

    def _if(self, statement: ast.If, frame: Frame) -> bool:
        decided = self.truth(statement.test, frame)
        if decided is not None:
            taken, dead = (statement.body, statement.orelse) if decided else (statement.orelse, statement.body)
            self._run_dead(dead, frame)
            return self.execute(taken, frame)
        return self._either(statement.body, statement.orelse, frame)

    def _either(self, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt], frame: Frame) -> bool:
        """Run one of two blocks, which one is decided when the program runs."""
        frame.conditions += 1
        returns = frame.returns
        before = self._state(frame)
        ends_body = self.execute(body, frame)
        after_body = self._state(frame)
        self._restore(frame, before)
        ends_orelse = self.execute(orelse, frame)
        if ends_orelse:
            self._restore(frame, after_body)
        elif not ends_body:
            self._meet(frame, after_body)
        frame.conditions -= 1
        frame.uncertain = frame.uncertain or frame.returns > returns
        return ends_body and ends_orelse

    def _run_dead(self, body: Sequence[ast.stmt], frame: Frame) -> None:
        if not body:
            return
        before, result, returned = self._state(frame), frame.result, frame.returned
        with self.machine.dead_code():
            self.execute(body, frame)
        self._restore(frame, before)
        frame.result, frame.returned = result, returned

    def _for(self, statement: ast.For, frame: Frame) -> bool:
        iterated = self.evaluate(statement.iter, frame)
        element = self._each(iterated, statement, frame)
        self._loop(statement, frame, lambda: self.assign(statement.target, element, frame))
        return False

    def _each(self, iterated: Value, statement: ast.For, frame: Frame) -> Value:
        """What the target of a loop is in each iteration: of a range and of what is enumerated another number."""
        element = current(element_of(iterated))
        only = frozenset({statement})
        maker = self.machine.trace.facts.value(getattr(statement.iter, "func", None))
        name = maker.name if isinstance(maker, Builtin) else ""
        if isinstance(iterated, Series) and iterated.items is not None and isinstance(element, Python):
            texts = [constant_of(item) for item in iterated.items]
            if None not in texts and len({repr(text) for text in texts}) == len(texts):
                return replace(element, distinct=only)
        if name == "range" and isinstance(element, Python) and len(getattr(statement.iter, "args", ())) == 1:
            return replace(element, distinct=only) if element.of_shape else self.machine.index(statement)
        if name == "range" and isinstance(element, Python):
            return replace(element, distinct=only)
        if name == "enumerate" and isinstance(element, Series) and element.items is not None:
            return replace(element, items=(self.machine.index(statement), *element.items[1:]))
        return element

    def _while(self, statement: ast.While, frame: Frame) -> bool:
        self._loop(statement, frame, lambda: self.truth(statement.test, frame))
        return False

    def _loop(self, statement: ast.For | ast.While, frame: Frame, header: Callable[[], object]) -> None:
        outer, frame.breaks = frame.breaks, []
        returns = frame.returns
        self._settle(statement, frame, header)
        entry = self._state(frame)
        frame.loops = (*frame.loops, statement)
        frame.conditions += 1
        header()
        self.execute(statement.body, frame)
        frame.conditions -= 1
        frame.loops = frame.loops[:-1]
        self._meet(frame, entry)
        left = frame.breaks
        for state in left:
            self._meet(frame, state)
        frame.breaks = outer
        frame.uncertain = frame.uncertain or frame.returns > returns
        if left:
            self._either(statement.orelse, (), frame)
        else:
            self.execute(statement.orelse, frame)

    def _settle(self, statement: ast.For | ast.While, frame: Frame, header: Callable[[], object]) -> None:
        """Run the body silently until the names it binds hold no new kind of value: what any iteration may find."""
        names = _assigned_in(statement)
        for _ in range(_MOST_PASSES):
            before = self._state(frame)
            kinds = {name: _kind(value) for name, value in before[0].items() if name in names}
            result, returned, returns = frame.result, frame.returned, frame.returns
            frame.conditions += 1
            with self.machine.silence():
                header()
                self.execute(statement.body, frame)
            frame.conditions -= 1
            self._meet(frame, before)
            for state in frame.breaks:
                self._meet(frame, state)
            frame.breaks.clear()
            frame.result, frame.returned, frame.returns = result, returned, returns
            bound = [name for name in names if name in frame.env.bindings]
            for name in bound:
                frame.env.bindings[name] = weaken(frame.env.bindings[name])
            if all(kinds.get(name, _UNBOUND) in (_UNBOUND, _kind(frame.env.bindings[name])) for name in bound):
                return
        for name in bound:
            if not frame.env.bindings[name].graph:
                frame.env.bindings[name] = Python()

    def _try(self, statement: ast.Try, frame: Frame) -> bool:
        before, returns = self._state(frame), frame.returns
        self.machine.attempts += 1
        with self.machine.attempt() as stored:
            ends = self.execute(statement.body, frame) or self.execute(statement.orelse, frame)
        left = [] if ends else [self._state(frame)]
        for handler in statement.handlers:
            self._restore(frame, before)
            for holder, name, value in stored:
                if isinstance(holder, Environment):
                    holder.bindings[name] = join(holder.bindings.get(name), value)
                else:
                    holder.set(name, join(holder.attributes.get(name), value))
            if handler.type is not None:
                self.evaluate(handler.type, frame)
            if handler.name:
                stores.bind(self, handler.name, Python(), frame)
            if not self.execute(handler.body, frame):
                left.append(self._state(frame))
        if left:
            self._restore(frame, left[0])
        for state in left[1:]:
            self._meet(frame, state)
        frame.uncertain = frame.uncertain or frame.returns > returns
        ends = self.execute(statement.finalbody, frame) or not left
        self.machine.attempts -= 1
        return ends

    def _with(self, statement: ast.With, frame: Frame) -> bool:
        with ExitStack() as stack:
            for item in statement.items:
                value = self.evaluate(item.context_expr, frame)
                bound: Value = value
                if isinstance(value, Scope) and value.variables is not None:
                    stack.enter_context(self.machine.open_scope(value.variables, frame.loops))
                elif isinstance(value, UpdateControl):
                    self.machine.controlled += 1
                    stack.callback(self._end_control)
                elif not isinstance(value, Session | Graph | Scope) and value.graph:
                    message = "a graph value is used as a context manager"
                    self.machine.obstacle("TFR231", message, frame, item.context_expr, about=[value])
                if item.optional_vars is not None:
                    self.assign(item.optional_vars, bound if value.graph else Python(), frame)
            return self.execute(statement.body, frame)

    def _end_control(self) -> None:
        self.machine.controlled -= 1

    # Names

    def _bind(self, frame: Frame, name: str, value: Value) -> None:
        stores.bind(self, name, value, frame)

    def _function(self, statement: ast.FunctionDef, frame: Frame) -> bool:
        for decorator in statement.decorator_list:
            self.evaluate(decorator, frame)
        defaults = self.defaults(statement.args, frame)
        self._bind(frame, statement.name, Function(statement, frame.module, frame.env, None, defaults))
        return False

    def _class(self, statement: ast.ClassDef, frame: Frame) -> bool:
        bases = tuple(self.evaluate(base, frame) for base in statement.bases)
        body = Frame(frame.module, Environment(parent=frame.env), caller=frame)
        self.execute(statement.body, body)
        members = body.env.bindings
        found = Class(statement, frame.module, members, bases)
        for name, member in members.items():
            if isinstance(member, Function) and isinstance(member.node, ast.FunctionDef):
                members[name] = replace(member, closure=frame.env, owner=found)
        self._bind(frame, statement.name, found)
        return False

    def _import(self, statement: ast.Import | ast.ImportFrom, frame: Frame) -> bool:
        imports.run_import(self, statement, frame)
        return False

    def assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        stores.assign(self, target, value, frame)


def _kind(value: Value) -> object:
    """What a loop may not change unseen: a change of this is followed once more."""
    value = current(value)
    if isinstance(value, AnyOf):
        return frozenset(_kind(option) for option in value.options)
    if isinstance(value, Symbol):
        return value.name
    if isinstance(value, Function):
        return value.node
    if isinstance(value, Instance | Class):
        return value
    if isinstance(value, Regularizer):
        return Regularizer, value.optional
    return (type(value), is_none(value)) if not isinstance(value, Tensor) else Tensor


def _join_into(bindings: dict[str, Value], other: dict[str, Value]) -> None:
    for name, value in other.items():
        held = bindings.get(name)
        if held is not value:
            bindings[name] = join(held, value)


def _as_load(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    assert isinstance(target, ast.Subscript)
    return ast.Subscript(target.value, target.slice, ast.Load())


@per_node
def _assigned_in(loop: ast.For | ast.While) -> frozenset[str]:
    return frozenset(assigned_names(loop.body))
