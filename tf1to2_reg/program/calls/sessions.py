"""Sessions and graphs: what opens, runs and replaces them."""

from __future__ import annotations

import ast

from tf1to2_reg.program.calls import summaries
from tf1to2_reg.program.calls.collections import collection_name
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import DeclaredEvent, RunEvent, SessionEvent
from tf1to2_reg.program.values import (
    Graph,
    Mapping,
    Penalties,
    Placeholder,
    Python,
    Series,
    Session,
    State,
    Value,
    is_none,
    leaves,
    python,
    type_of,
)


def session(run: Run, site: CallSite) -> Value:
    """A session is opened."""
    run.machine.event(SessionEvent(*run.machine.at(site)))
    return Session()


def call_session(run: Run, name: str, site: CallSite) -> Value | None:
    """A method of a session."""
    if name == "run":
        return _run(run, site, site.argument(0, "fetches"), site.argument(1, "feed_dict"))
    if name == "as_default":
        return Session()
    if name in ("close", "__exit__", "__enter__"):
        return python(None)
    run.machine.obstacle("TFR216", f"the method {name} of a session is not understood", site.frame, site.node)
    return Python()


def call_run(run: Run, base: Value, name: str, site: CallSite) -> Value | None:
    """`op.run(feed_dict)` and `tensor.eval(feed_dict)`."""
    if name not in ("run", "eval"):
        return None
    assert isinstance(site.node.func, ast.Attribute)
    return _run(run, site, (base, site.node.func.value), site.argument(0, "feed_dict"))


def _run(
    run: Run, site: CallSite, fetches: tuple[Value, ast.expr] | None, feeds: tuple[Value, ast.expr] | None
) -> Value:
    if fetches is None:
        run.machine.obstacle("TFR216", "a session runs without fetches", site.frame, site.node)
        return Python()
    for extra in ("options", "run_metadata"):
        if extra in site.keywords:
            run.machine.obstacle("TFR216", f"Session.run with {extra}= is not understood", site.frame, site.node)
    feed_value, feed_node = feeds if feeds is not None and not is_none(feeds[0]) else (None, None)
    _check_feeds(run, feed_value, site)
    order = run.machine.order()
    run.machine.event(
        RunEvent(order, site.node, site.frame, site.frame.loops, fetches[0], fetches[1], feed_value, feed_node)
    )
    value = fetches[0]
    if isinstance(value, Series) and value.items is not None:
        return Series(tuple(map(summaries.fetched, value.items)), Python(), value.kind)
    return summaries.fetched(value)


def count(run: Run, site: CallSite) -> Value:
    """`tf.train.global_step(sess, step)`, the step as a number."""
    step = site.argument(1, "global_step_tensor")
    if step is None or not isinstance(step[0], State):
        about = [step[0]] if step is not None else []
        run.machine.obstacle("TFR216", "what is counted here is not followed", site.frame, site.node, about=about)
    else:
        run.machine.event(RunEvent(*run.machine.at(site), step[0], step[1], None, None))
    return Python(type=int)


def _check_feeds(run: Run, feeds: Value | None, site: CallSite) -> None:
    """TF1 cuts a float that is fed to an int placeholder; a function of TF2 does not take it."""
    for key, value in feeds.pairs if isinstance(feeds, Mapping) else ():
        whole = isinstance(key, Placeholder) and (key.facts.dtype or "").startswith(("int", "uint"))
        if whole and any(type_of(leaf) is float for leaf in leaves(value)):
            run.machine.obstacle("TFR217", "a float is fed to a placeholder of whole numbers", site.frame, site.node)


def call_graph(run: Run, name: str, site: CallSite) -> Value | None:
    """A method of a graph."""
    if name == "as_default":
        if run.machine.trace.of_layers():
            run.machine.obstacle("TFR211", "a second graph is built by one program", site.frame, site.node)
        return Graph()
    if name == "finalize":
        return python(None)
    if name in ("get_collection", "get_collection_ref"):
        return _graph_collection(run, site)
    message = f"the method {name} of a graph is not understood"
    return run.machine.obstacle("TFR216", message, site.frame, site.node)


def _graph_collection(run: Run, site: CallSite) -> Value:
    key = site.argument(0, "name")
    name = collection_name(key[0]) if key else None
    if name is None or name == "regularization_losses":
        run.machine.event(DeclaredEvent(*run.machine.at(site)))
        message = "the penalties are read through a graph object"
        run.machine.obstacle("TFR224", message, site.frame, site.node, "Read them with `tf.get_collection`.")
    else:
        run.machine.obstacle("TFR203", f"the collection {name} of a graph object", site.frame, site.node)
    return Penalties()


def reset_graph(run: Run, site: CallSite) -> Value:
    """`tf.reset_default_graph()`: harmless before anything is built."""
    if run.machine.trace.of_layers() or site.frame.loops:
        run.machine.obstacle("TFR211", "a second graph is built by one program", site.frame, site.node)
    return python(None)
