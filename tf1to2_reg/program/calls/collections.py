"""The graph's collections: penalties, update ops, variables and losses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from tf1to2_reg.facts.held import has_variables
from tf1to2_reg.facts.knowledge import TensorFacts
from tf1to2_reg.program import known
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import DataLossEvent, LayerEvent, ReadEvent, UpdateOpsEvent, VariablesEvent
from tf1to2_reg.program.values import (
    NameCondition,
    Penalties,
    Symbol,
    Tensor,
    UpdateOps,
    Value,
    Variables,
    constant_of,
    is_none,
)

_SCALAR = TensorFacts(0, "float32")


_NAME = re.compile(r"[\w/]+")
"""A scope that is no pattern: TF1 takes it for a regular expression that a name begins with."""


def _whole_graph(run: Run, site: CallSite, position: int, what: str = "penalties") -> None:
    scope = site.argument(position, "scope")
    if scope is None or is_none(scope[0]):
        return
    makers = [event for event in run.machine.trace.of_layers() if event.regularized]
    if what != "penalties" or not _is_around(scope[0], makers):
        run.machine.obstacle("TFR224", f"only the {what} of one scope are read", site.frame, site.node)


def _is_around(scope: Value, events: Sequence[LayerEvent]) -> bool:
    """True where all that was made so far stands in a scope: a penalty is named after its variable."""
    constant = constant_of(scope)
    wanted = constant.value if constant is not None else None
    if not isinstance(wanted, str) or _NAME.fullmatch(wanted) is None or not events:
        return False
    return all(_known_start(event).startswith(wanted) for event in events)


def _known_start(event: LayerEvent) -> str:
    """What the names of a layer's variables surely begin with."""
    known = takewhile(lambda token: isinstance(token, str), event.key)
    return "".join(f"{token}/" for token in known)


def regularization_loss(run: Run, site: CallSite) -> Value:
    """The sum of the penalties."""
    _whole_graph(run, site, 0)
    run.machine.event(ReadEvent(*run.machine.at(site), scalar=True))
    return Tensor(_SCALAR)


def regularization_losses(run: Run, site: CallSite) -> Value:
    """The list of penalties."""
    _whole_graph(run, site, 0)
    run.machine.event(ReadEvent(*run.machine.at(site), scalar=False))
    return Penalties()


def total_loss(run: Run, site: CallSite) -> Value:
    """The sum of the losses and the penalties."""
    _whole_graph(run, site, 2)
    event = ReadEvent(*run.machine.at(site), scalar=True, total=True)
    run.machine.event(event)
    return Tensor(_SCALAR)


def collection(run: Run, site: CallSite) -> Value:
    """`tf.get_collection` of a collection that is understood."""
    key = site.argument(0, "key")
    name = collection_name(key[0]) if key else None
    if name == "trainable_variables":
        return variables(run, site, site.argument(1, "scope"))
    _whole_graph(run, site, 1, f"entries of {name}" if name != "regularization_losses" else "penalties")
    if name == "regularization_losses":
        run.machine.event(ReadEvent(*run.machine.at(site), scalar=False))
        return Penalties()
    if name == "update_ops":
        run.machine.event(UpdateOpsEvent(*run.machine.at(site)))
        return UpdateOps()
    message = f"the collection {name or 'named here'} is not understood"
    return run.machine.obstacle("TFR203", message, site.frame, site.node)


def collection_name(value: Value) -> str | None:
    """The key of a collection, given as a constant of `tf.GraphKeys` or as a string."""
    if isinstance(value, Symbol) and value.name.startswith("tf.GraphKeys."):
        return value.name.rpartition(".")[2].lower()
    constant = constant_of(value)
    return constant.value if constant is not None and isinstance(constant.value, str) else None


def all_variables(run: Run, site: CallSite) -> Value:
    """`tf.trainable_variables()`."""
    return variables(run, site, site.argument(0, "scope"))


def variables(run: Run, site: CallSite, scope: tuple[Value, object] | None) -> Value:
    """The trainable variables, of a scope where one is given."""
    run.machine.event(VariablesEvent(*run.machine.at(site)))
    if scope is None or is_none(scope[0]):
        return Variables()
    constant = constant_of(scope[0])
    if constant is None or not isinstance(constant.value, str):
        run.machine.obstacle("TFR218", "only the variables of one scope are listed", site.frame, site.node)
        return Variables()
    makers = [event for event in run.machine.trace.of_layers() if has_variables(event.symbol)]
    return Variables() if _is_around(scope[0], makers) else Variables((NameCondition(scope=constant.value),))


def data_loss(run: Run, symbol: str, site: CallSite) -> Value:
    """A `tf.losses` function, whose value goes into the collection of losses."""
    if not known.is_data_loss(symbol):
        run.machine.obstacle("TFR229", f"{symbol} is not supported", site.frame, site.node)
    value = Tensor(_SCALAR)
    if "loss_collection" not in site.keywords or not is_none(site.keywords["loss_collection"][0]):
        event = DataLossEvent(*run.machine.at(site), value)
        run.machine.event(event)
    return value
