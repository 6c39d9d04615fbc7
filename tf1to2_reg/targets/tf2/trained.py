"""Which variables a train op changes: those of whole models, or of some of their layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.facts.held import WEIGHTS, has_variables
from tf1to2_reg.network.data import Access, Held
from tf1to2_reg.network.variable_names import selects
from tf1to2_reg.program.trace import Facts, LayerEvent
from tf1to2_reg.program.values import NameCondition
from tf1to2_reg.targets.tf2.data import OptimizedDriver, StepPlan
from tf1to2_reg.targets.tf2.objects import belongs

_HELP = "Give the layers names, and select them by how a name begins."


class Trained:
    """Answers for one driver."""

    def __init__(self, driver: OptimizedDriver, facts: Facts) -> None:
        self.driver = driver
        self.facts = facts

    def variables(self, step: StepPlan, conditions: Sequence[NameCondition]) -> str:
        """The variables of the models that a step runs, of which the conditions hold.

        Raises:
            Refused: TFR218.
        """
        found = [text for held in step.models for text in self._of(held, conditions)]
        return " + ".join(found) or "[]"

    def is_trained(self, held: Held, conditions: Sequence[NameCondition]) -> bool:
        """True where some variable of a model is selected, or may be."""
        return any(selects(conditions, event, self.facts) is not False for event in self._events(held))

    def _events(self, held: Held) -> list[LayerEvent]:
        return [
            event for event in self.driver.makers if has_variables(event.symbol) and belongs(self.driver, event, held)
        ]

    def _of(self, held: Held, conditions: Sequence[NameCondition]) -> Iterator[str]:
        whole = f"{held.variable}.trainable_variables"
        events = self._events(held)
        chosen = {event: selects(conditions, event, self.facts) for event in events}
        unknown = [event for event, found in chosen.items() if found is None]
        if unknown:
            message = "it is not known which variables of this layer are selected by their names"
            raise refusal("TFR218", message, unknown[0].node, _HELP)
        if all(chosen.values()):
            yield whole
        elif any(chosen.values()):
            yield from dict.fromkeys(self._layer(held, event) for event in events if chosen[event])

    def _layer(self, held: Held, event: LayerEvent) -> str:
        """The variables of one layer of a model."""
        site = held.model.sites.get(event.node)
        own = event.frame is held.frame or (held.frame is None and event.frame in self.driver.building)
        if site is None or not own or site.access is not Access.ONE or site.loop is not None:
            message = "only some of the variables that are made here are trained"
            raise refusal("TFR218", message, event.node)
        attribute = f"{held.variable}.{site.owner.attribute}"
        return f"[{attribute}]" if event.symbol in WEIGHTS else f"{attribute}.trainable_variables"
