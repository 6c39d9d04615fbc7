"""The one question of everything that moves: may it? Asked once for each driver, when its plan is complete."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from tf1to2_reg.diagnostics.reasons import Reasons
from tf1to2_reg.network.data import ModelPlan
from tf1to2_reg.program.trace import AssignEvent, Facts, Trace
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.scopes import scopes_of
from tf1to2_reg.targets.tf2.data import SteppedDriver, no_driver
from tf1to2_reg.targets.tf2.moves.contents_reader import read_contents
from tf1to2_reg.targets.tf2.moves.effects import Effects, reflection
from tf1to2_reg.targets.tf2.moves.lifetimes import Lifetimes
from tf1to2_reg.targets.tf2.moves.moved import Moved, Moves, Role
from tf1to2_reg.targets.tf2.moves.uses import Uses


def check_moves(
    plan: SteppedDriver,
    trace: Trace,
    facts: Facts,
    models: dict[ast.FunctionDef, ModelPlan],
    modules: Sequence[Module],
) -> None:
    """Show of everything that moves that it gives the same where it goes.

    A statement of the graph may move only if what it reads is the same then (`lifetimes`), if it does nothing besides
    (`effects`), if the branch it stands in comes along (`branches`), and if what it gives is used only in ways that
    the new value has too (`uses`).

    Raises:
        Refused: the conditions that are not shown, with the places that stand in the way.
    """
    everything = list(dict.fromkeys([*modules, *trace.executed]))
    reasons = Reasons()
    with reasons.collected():
        reflection(everything)
    scopes = {module: scopes_of(module.tree) for module in everything}
    uses = Uses(plan, trace, facts, scopes)
    with reasons.collected():
        uses.check()
    contents = read_contents(trace, facts, scopes)
    assigned = {event.node for event in trace.of(AssignEvent)}
    effects = Effects(facts, contents, {*plan.calls, *plan.losses, *plan.totals, *assigned}, set(models))
    lifetimes = Lifetimes(plan, trace, facts, scopes, contents)
    for moved in Moves(plan, trace, facts, models).all():
        _check(moved, effects, lifetimes, reasons)
    for run in plan.runs.values():
        for moved in Moves.fetched(run):
            with reasons.collected():
                uses.fetch(moved, run.step)
    reasons.check()


def check_models(
    models: dict[ast.FunctionDef, ModelPlan], trace: Trace, facts: Facts, modules: Sequence[Module]
) -> None:
    """The same of models that no driver holds: they are made and called at any time.

    Raises:
        Refused: the conditions that are not shown.
    """
    everything = list(dict.fromkeys([*modules, *trace.executed]))
    reasons = Reasons()
    with reasons.collected():
        reflection(everything)
    scopes = {module: scopes_of(module.tree) for module in everything}
    plan = no_driver(trace.executed[trace.entry])
    contents = read_contents(trace, facts, scopes)
    effects = Effects(facts, contents, set(), set(models))
    lifetimes = Lifetimes(plan, trace, facts, scopes, contents)
    for moved in Moves(plan, trace, facts, models).of_models():
        _check(moved, effects, lifetimes, reasons)
    reasons.check()


def _check(moved: Moved, effects: Effects, lifetimes: Lifetimes, reasons: Reasons) -> None:
    """One reason for a piece is enough to start with: what it changes besides is often what it would read."""
    with reasons.collected():
        for piece in (moved, *effects.check(moved)):
            if moved.role is not Role.LEFT:
                lifetimes.check(piece)
