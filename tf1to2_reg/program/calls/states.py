"""Variables that no optimizer trains: counters, learning rates, and the ops that give them a value."""

from __future__ import annotations

import ast

from tf1to2_reg.facts import tensors
from tf1to2_reg.facts.knowledge import Constant, TensorFacts
from tf1to2_reg.facts.schedules import SCHEDULES, step_parameter
from tf1to2_reg.program.calls import weights as weight_calls
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import AssignEvent, StateEvent
from tf1to2_reg.program.values import (
    Assigned,
    GlobalStep,
    Python,
    Schedule,
    State,
    Symbol,
    Tensor,
    Value,
    constant_of,
    derived,
    is_refused,
)

_FALSE = Constant(value=False)
_DTYPES = {bool: "bool", float: "float32", int: "int32"}
ASSIGNMENTS = ("assign", "assign_add", "assign_sub")


def variable(run: Run, site: CallSite) -> Value:
    """`tf.Variable`: of a number, and not trained."""
    initial, trainable = site.argument(0, "initial_value"), site.argument(1, "trainable")
    if initial is None or initial[0].graph or trainable is None or constant_of(trainable[0]) != _FALSE:
        return weight_calls.variable(run, site)
    dtype = _dtype(site, initial[0])
    if not isinstance(initial[0], Python) or dtype is None:
        return weight_calls.variable(run, site)
    constant = constant_of(initial[0])
    starts_at_zero = constant is not None and constant.value == 0 and dtype.startswith("int")
    made = (GlobalStep if starts_at_zero else State)(TensorFacts(0, dtype), call=site.node)
    run.machine.event(StateEvent(*run.machine.at(site), made))
    return made


def _dtype(site: CallSite, initial: Value) -> str | None:
    given = site.keywords.get("dtype")
    if given is not None:
        return tensors.DTYPES.get(given[0].name) if isinstance(given[0], Symbol) else None
    constant = constant_of(initial)
    kind = type(constant.value) if constant is not None else initial.type if isinstance(initial, Python) else None
    return _DTYPES.get(kind) if kind is not None else None


def global_step(run: Run, site: CallSite) -> Value:
    """The step of the graph."""
    made = GlobalStep(TensorFacts(0, "int64"))
    run.machine.event(StateEvent(*run.machine.at(site), made))
    return made


def assign(run: Run, symbol: str, site: CallSite) -> Value:
    """`tf.assign` and its like."""
    target, value = site.argument(0, "ref"), site.argument(1, "value")
    if target is None or not isinstance(target[0], State):
        return run.machine.obstacle("TFR218", "a variable is given a value by hand", site.frame, site.node)
    return _assigned(run, target[0], value, site)


def call_state(run: Run, base: State, name: str, site: CallSite) -> Value | None:
    """`variable.assign(value)` and its like; None for what every tensor has."""
    if name not in ASSIGNMENTS:
        return None
    return _assigned(run, base, site.argument(0, "value" if name == "assign" else "delta"), site)


def _assigned(run: Run, state: State, value: tuple[Value, ast.expr] | None, site: CallSite) -> Value:
    made = Assigned(state.facts, refused=value is not None and is_refused(value[0]), state=state)
    run.machine.event(AssignEvent(*run.machine.at(site), made))
    return made


def schedule(run: Run, symbol: str, site: CallSite) -> Value:
    """A learning rate that decays."""
    parameters = SCHEDULES[symbol].parameters
    name = step_parameter(symbol)
    step = site.argument(parameters.index(name), name)
    if step is None or not isinstance(step[0], Tensor):
        message = "the step that a learning rate decays by is not a tensor that is followed"
        about = [step[0]] if step is not None else []
        return run.machine.obstacle("TFR202", message, site.frame, site.node, about=about)
    refused = derived(step[0].facts, step[0]).refused
    return Schedule(TensorFacts(0, "float32"), refused=refused, call=site.node, step=step[0])
