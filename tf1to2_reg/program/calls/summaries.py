"""Summaries: ops that give them, what a session makes of these, and the writers of event files."""

from __future__ import annotations

from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import SummaryEvent, WriterEvent, WrittenEvent
from tf1to2_reg.program.values import (
    FetchedSummary,
    Graph,
    Python,
    Series,
    Summary,
    Value,
    Writer,
    constant_of,
    current,
    is_none,
    leaves,
    python,
)

KINDS = {"tf.summary.histogram": "histogram", "tf.summary.scalar": "scalar"}
_WRITER_ARGUMENTS = ("logdir", "graph", "max_queue", "flush_secs", "graph_def", "filename_suffix")
_KEPT_ARGUMENTS = frozenset({"logdir", "graph", "max_queue"})


def summary(run: Run, symbol: str, site: CallSite) -> Value:
    """`tf.summary.scalar` and `tf.summary.histogram`."""
    unknown = sorted(site.keywords.keys() - {"name", "tensor", "values"})
    if unknown or len(site.positional) > 2:
        what = f"the argument {unknown[0]}" if unknown else "an argument that is given by position"
        run.machine.obstacle("TFR205", f"{what} of {symbol}", site.frame, site.node)
    tag, given = site.argument(0, "name"), site.argument(1, "tensor") or site.keywords.get("values")
    name = constant_of(tag[0]) if tag is not None else None
    if given is None or name is None or not isinstance(name.value, str):
        return run.machine.obstacle("TFR205", "the tag of a summary is computed", site.frame, site.node)
    conditional = site.frame.conditions > 0
    run.machine.event(SummaryEvent(*run.machine.at(site), KINDS[symbol], name.value, given[1], conditional=conditional))
    return Summary((site.node,))


def merge_all(run: Run, site: CallSite) -> Value:
    """`tf.summary.merge_all()`: of all summaries that there are."""
    if site.positional or site.keywords.keys() - {"name"}:
        run.machine.obstacle("TFR205", "the summaries of a collection or scope are merged", site.frame, site.node)
    made = tuple(dict.fromkeys(event.node for event in run.machine.trace.of(SummaryEvent)))
    if not made:
        return run.machine.obstacle("TFR205", "no summary is there to be merged", site.frame, site.node)
    return Summary(made)


def merge(run: Run, site: CallSite) -> Value:
    """`tf.summary.merge([...])`."""
    given = site.argument(0, "inputs")
    value = current(given[0]) if given is not None else None
    parts = list(leaves(value)) if isinstance(value, Series) and value.items is not None else []
    if not parts or not all(isinstance(part, Summary) for part in parts) or len(site.positional) > 1:
        about = [value] if value is not None else []
        return run.machine.obstacle("TFR205", "which summaries are merged", site.frame, site.node, about=about)
    return Summary(tuple(call for part in parts if isinstance(part, Summary) for call in part.calls))


def writer(run: Run, site: CallSite) -> Value:
    """`tf.summary.FileWriter`: the graph that it is given is no longer there to be written."""
    given = dict(zip(_WRITER_ARGUMENTS, site.positional, strict=False)) | site.keywords
    unknown = sorted(name for name in given if name not in _KEPT_ARGUMENTS and not is_none(given[name][0]))
    wrong = any(value.graph for name, (value, _) in given.items() if name != "graph")
    graph = given.get("graph")
    if unknown or wrong or "logdir" not in given or (graph is not None and not _is_graph(graph[0])):
        message = f"the argument {unknown[0]} of a writer" if unknown else "what a writer of summaries is given"
        run.machine.obstacle("TFR205", message, site.frame, site.node)
    run.machine.event(WriterEvent(*run.machine.at(site)))
    return Writer()


def _is_graph(value: Value) -> bool:
    return isinstance(value, Graph) or is_none(value)


def call_writer(run: Run, name: str, site: CallSite) -> Value:
    """A method of a writer."""
    if name == "add_summary":
        return _add(run, site)
    known = name in ("flush", "close") and not site.values()
    if not known and not (name == "add_graph" and all(_is_graph(value) for value in site.values())):
        run.machine.obstacle("TFR205", f"the method {name} of a writer of summaries", site.frame, site.node)
    return python(None)


def _add(run: Run, site: CallSite) -> Value:
    given, step = site.argument(0, "summary"), site.argument(1, "global_step")
    if given is None or not isinstance(given[0], FetchedSummary):
        message = "what is written is not known to be a summary that a session fetched"
        run.machine.obstacle("TFR205", message, site.frame, site.node)
        return python(None)
    if step is not None and step[0].graph:
        run.machine.obstacle("TFR205", "the step of a summary is a tensor", site.frame, site.node)
    step_node = step[1] if step is not None and not is_none(step[0]) else None
    run.machine.event(WrittenEvent(*run.machine.at(site), given[0].calls, given[1], step_node))
    return python(None)


def fetched(value: Value) -> Value:
    """What a session gives for a fetch: NumPy values, or the bytes of a summary."""
    return FetchedSummary(calls=value.calls) if isinstance(value, Summary) else Python()
