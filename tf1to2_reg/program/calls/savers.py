"""Savers: what saves and restores the variables of the graph."""

from __future__ import annotations

from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import CheckpointEvent, SaverEvent
from tf1to2_reg.program.values import GlobalStep, Python, Saver, Session, Value, is_none, python

_ARGUMENTS = frozenset({"keep_checkpoint_every_n_hours", "max_to_keep", "name", "var_list"})
_SAVING = ("sess", "save_path", "global_step")
_RESTORING = ("sess", "save_path")
_WITHOUT_MEANING = frozenset({"write_meta_graph"})


def saver(run: Run, site: CallSite) -> Value:
    """`tf.train.Saver`: of all variables that there are."""
    event = SaverEvent(*run.machine.at(site), conditional=site.frame.conditions > site.frame.entered)
    run.machine.event(event)
    given = site.argument(0, "var_list")
    if given is not None and not is_none(given[0]):
        run.machine.obstacle("TFR204", "a saver of some of the variables", site.frame, site.node, about=[given[0]])
    unknown = sorted(site.keywords.keys() - _ARGUMENTS)
    if unknown or len(site.positional) > 1:
        what = f"the argument {unknown[0]}" if unknown else "an argument that is given by position"
        run.machine.obstacle("TFR204", f"{what} of tf.train.Saver", site.frame, site.node)
    return Saver(site.node)


def call_saver(run: Run, base: Saver, name: str, site: CallSite) -> Value:
    """A method of a saver."""
    if name not in ("save", "restore"):
        return Python()
    _check(run, site, _SAVING if name == "save" else _RESTORING)
    run.machine.event(CheckpointEvent(*run.machine.at(site), base, restores=name == "restore"))
    return Python(type=str) if name == "save" else python(None)


def _check(run: Run, site: CallSite, parameters: tuple[str, ...]) -> None:
    unknown = sorted(site.keywords.keys() - {*parameters, *_WITHOUT_MEANING})
    if unknown or len(site.positional) > len(parameters):
        what = f"the argument {unknown[0]}" if unknown else "an argument that is given by position"
        run.machine.obstacle("TFR204", f"{what} of a saver", site.frame, site.node)
    for position, name in enumerate(parameters):
        given = site.argument(position, name)
        kinds: tuple[type[Value], ...] = (
            (Session,) if name == "sess" else (GlobalStep,) if name == "global_step" else ()
        )
        wrong = given is not None and (given[0].graph or name == "sess") and not isinstance(given[0], kinds)
        if wrong or (given is None and name != "global_step"):
            message = f"what a saver is given as {name} is not understood"
            about = [given[0]] if given is not None else []
            run.machine.obstacle("TFR204", message, site.frame, site.node, about=about)
