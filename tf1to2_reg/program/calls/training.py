"""Optimizers, gradients and train ops."""

from __future__ import annotations

import ast

from tf1to2_reg.program import known
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import ConstructorEvent, GradientEvent, TrainEvent
from tf1to2_reg.program.values import (
    GradientPairs,
    InitOp,
    NameCondition,
    Optimizer,
    Python,
    Scope,
    Series,
    State,
    Tensor,
    TrainOp,
    UpdateControl,
    UpdateOps,
    Value,
    Variable,
    Variables,
    derived,
    is_none,
    leaves,
)


def optimizer(run: Run, symbol: str, site: CallSite) -> Value:
    """The construction of an optimizer."""
    if not known.is_optimizer(symbol):
        run.machine.obstacle("TFR202", f"{symbol} is not supported", site.frame, site.node)
    given = site.argument(0, "learning_rate")
    rate, node = given if given is not None else (None, None)
    if rate is not None and rate.graph and not isinstance(rate, Tensor):
        message = "the learning rate is not the same kind of tensor in every case"
        run.machine.obstacle("TFR202", message, site.frame, site.node, about=[rate])
    run.machine.event(ConstructorEvent(*run.machine.at(site), symbol, rate, node))
    return Optimizer(symbol, site.node)


def call_optimizer(run: Run, base: Optimizer, name: str, site: CallSite) -> Value | None:
    """A method of an optimizer."""
    if name == "minimize":
        _check_train_arguments(run, site, "loss")
        return _train(run, base, name, site)
    if name == "apply_gradients":
        _check_train_arguments(run, site, "grads_and_vars")
        return _train(run, base, name, site)
    if name == "compute_gradients":
        variables = site.argument(1, "var_list")
        if variables is not None and not isinstance(variables[0], Variables) and not is_none(variables[0]):
            run.machine.obstacle("TFR202", "gradients for some of the variables only", site.frame, site.node)
        run.machine.event(GradientEvent(*run.machine.at(site)))
        return GradientPairs(_conditions(variables))
    message = f"the method {name} of an optimizer is not understood"
    return run.machine.obstacle("TFR202", message, site.frame, site.node)


def _conditions(variables: tuple[Value, ast.expr] | None) -> tuple[NameCondition, ...]:
    """What selects the variables that are trained."""
    return variables[0].conditions if variables is not None and isinstance(variables[0], Variables) else ()


def _check_train_arguments(run: Run, site: CallSite, first: str) -> None:
    step = site.argument(1, "global_step")
    if step is not None and not is_none(step[0]) and not isinstance(step[0], State):
        message = "the global step is not understood"
        run.machine.obstacle("TFR202", message, site.frame, site.node, about=[step[0]])
    third = site.positional[2][0] if len(site.positional) > 2 else None
    if len(site.positional) > 3 or not (third is None or isinstance(third, Variables) or is_none(third)):
        run.machine.obstacle("TFR202", "gradients for some of the variables only", site.frame, site.node)
    for name, (value, _) in site.keywords.items():
        if name == "var_list" and isinstance(value, Variables):
            continue
        if name not in (first, "global_step", "name") and not is_none(value):
            message = f"the argument {name} of a train op is not understood"
            run.machine.obstacle("TFR202", message, site.frame, site.node, about=[value])


def _train(run: Run, base: Optimizer, method: str, site: CallSite) -> Value:
    if not site.positional and not {"loss", "grads_and_vars"} & site.keywords.keys():
        run.machine.obstacle("TFR202", f"{method} is called without what it minimizes", site.frame, site.node)
    controlled = run.machine.controlled > 0
    step = site.argument(1, "global_step")
    counter = step[0] if step is not None and isinstance(step[0], State) else None
    conditions = _conditions(site.argument(2, "var_list"))
    run.machine.event(TrainEvent(*run.machine.at(site), base, method, controlled, counter, conditions))
    return TrainOp(site.node)


def gradients(run: Run, site: CallSite) -> Value:
    """`tf.gradients` of a loss with respect to the variables, or of anything with respect to tensors."""
    variables = site.argument(1, "xs")
    inputs = _inputs(variables[0]) if variables is not None else None
    if inputs is not None:
        for name, (value, _) in site.keywords.items():
            if name not in ("ys", "xs", "grad_ys", "name") and not is_none(value):
                run.machine.obstacle("TFR235", f"the argument {name} of tf.gradients", site.frame, site.node)
        if len(site.positional) > 3:
            run.machine.obstacle("TFR235", "tf.gradients with so many arguments", site.frame, site.node)
        return Series(tuple(derived(value.facts, *site.values()) for value in inputs), Python())
    if variables is None or not isinstance(variables[0], Variables):
        message = "gradients with respect to something else than the variables"
        given = [variables[0]] if variables is not None else []
        run.machine.obstacle("TFR212", message, site.frame, site.node, about=given)
    for name, (value, _) in site.keywords.items():
        if name not in ("ys", "xs", "name", "aggregation_method", "colocate_gradients_with_ops") and not is_none(value):
            run.machine.obstacle("TFR235", f"the argument {name} of tf.gradients", site.frame, site.node)
    run.machine.event(GradientEvent(*run.machine.at(site)))
    return Series(None, Tensor(backward=True))


def _inputs(value: Value) -> list[Tensor] | None:
    """The tensors that something is differentiated by, None for variables and what is not known."""
    items = value.items if isinstance(value, Series) else (value,)
    found = [item for item in items or () if isinstance(item, Tensor) and not isinstance(item, State | Variable)]
    return found if items and len(found) == len(items) else None


def group(run: Run, site: CallSite) -> Value:
    """`tf.group`: of a train op with update ops, or of initialization ops."""
    found = [leaf for value, _ in site.positional for leaf in leaves(value)]
    trains = [leaf for leaf in found if isinstance(leaf, TrainOp)]
    if len(trains) == 1 and all(isinstance(leaf, UpdateOps | TrainOp) for leaf in found):
        return TrainOp(trains[0].call, updates=trains[0].updates or len(found) > 1)
    if found and all(isinstance(leaf, InitOp) for leaf in found):
        return InitOp()
    message = "tf.group of these ops is not understood"
    return run.machine.obstacle("TFR202", message, site.frame, site.node, about=site.values())


def control_dependencies(run: Run, site: CallSite) -> Value:
    """`tf.control_dependencies`: on the update ops, or on nothing."""
    given = site.argument(0, "control_inputs")
    if given is not None and isinstance(given[0], UpdateOps):
        return UpdateControl()
    if given is not None and isinstance(given[0], Series) and given[0].items == ():
        return Scope()
    message = "control dependencies on other than the update ops"
    run.machine.obstacle("TFR207", message, site.frame, site.node, about=[given[0]] if given is not None else [])
    return Scope()
