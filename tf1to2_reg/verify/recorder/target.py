"""Which kind of program runs here is told by what it does: it trains by sessions, or by gradient tapes."""

from __future__ import annotations

from typing import Any

from .store import Store

TF2 = "tf2"
GRAPH = "graph"


def watch(store: Store, asked: str) -> None:
    """Let `store.facts["target"]` say at the end what the program was; `asked` is what it is recorded as."""
    from tensorflow.python.client import session
    from tensorflow.python.eager import backprop
    from tensorflow.python.framework import ops

    seen = {"session": False, "tape": False}

    def noticing(original: Any, what: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            seen[what] = True
            return original(*args, **kwargs)

        return call

    def decide() -> None:
        if store.updates:
            store.facts["target"] = asked
        elif seen["tape"]:
            store.facts["target"] = TF2
        else:
            in_graph = seen["session"] or not ops.executing_eagerly_outside_functions()
            store.facts["target"] = GRAPH if in_graph else TF2

    session.BaseSession.__init__ = noticing(session.BaseSession.__init__, "session")
    backprop.GradientTape.gradient = noticing(backprop.GradientTape.gradient, "tape")
    store.before_end.append(decide)


def is_graph_program() -> bool:
    """Whether what is made now goes into a graph that only a session runs."""
    from tensorflow.python.eager import context
    from tensorflow.python.framework import ops

    return not context.executing_eagerly() and not hasattr(ops.get_default_graph(), "outer_graph")
