"""Which models' penalties each read of the collection stands for."""

from __future__ import annotations

import ast
from dataclasses import replace

from tf1to2_reg.diagnostics.reasons import Reasons, refusal
from tf1to2_reg.network.data import Held, ModelPlan
from tf1to2_reg.program.trace import DataLossEvent, Facts, Frame, ReadEvent, Trace
from tf1to2_reg.syntax.variables import walk
from tf1to2_reg.targets.tf2.data import HousedDriver, Penalties
from tf1to2_reg.targets.tf2.objects import belongs, creating

_LOSS_NAMES = {
    "mean_squared_error": "squared_error",
    "absolute_difference": "absolute_error",
    "softmax_cross_entropy": "cross_entropy",
    "sparse_softmax_cross_entropy": "cross_entropy",
    "sigmoid_cross_entropy": "cross_entropy",
    "huber_loss": "huber",
    "hinge_loss": "hinge",
    "cosine_distance": "distance",
}


class PenaltyPlanner:
    """Finds the source of the penalties at every read."""

    def __init__(
        self, plan: HousedDriver, trace: Trace, facts: Facts, models: dict[ast.FunctionDef, ModelPlan]
    ) -> None:
        self.plan = plan
        self.trace = trace
        self.facts = facts
        self.models = models
        self._readers: set[ast.FunctionDef] = set()
        self._losses: dict[ast.Call, list[Held]] = {}
        self._totals: dict[ast.Call, list[ast.expr]] = {}
        self._data_losses: dict[ast.Call, str] = {}
        self._items = list(plan.items)
        self._makers = [event for event in creating(trace.of_layers()) if event.regularized]

    def run(self, taken: set[str]) -> Penalties:
        """What each read becomes.

        Raises:
            Refused: TFR224 where the penalties are not those of whole models.
        """
        reasons = Reasons()
        for event in self.trace.of(ReadEvent):
            with reasons.collected():
                self._plan_read(event)
                if event.total:
                    self._plan_total(event, taken)
        reasons.check()
        return Penalties(self._losses, self._totals, self._data_losses, self._readers, self._items)

    def _plan_read(self, event: ReadEvent) -> None:
        chain = event.frame.chain()
        outermost = next((frame for frame in chain if frame in self.plan.building), None)
        if outermost is None:
            raise refusal("TFR224", "the penalties are read outside the driver", event.node)
        inside = chain[: chain.index(outermost)]
        builder = next((frame for frame in inside if _definition(frame) in self.models), None)
        if builder is not None:
            self._in_builder(event, builder, inside)
            return
        node = inside[-1].call if inside else event.node
        assert node is not None
        self._mark_readers(inside)
        held = [item for item in self.plan.held if item.order < event.order and item.regularized]
        self._check_complete(event, held)
        self._losses[node] = held

    def _mark_readers(self, inside: list[Frame]) -> None:
        for frame in inside:
            function = _definition(frame)
            if function is None:
                raise refusal("TFR224", "the penalties are read in a lambda", frame.call)
            self._readers.add(function)

    def _in_builder(self, event: ReadEvent, builder: Frame, inside: list[Frame]) -> None:
        below = inside[: inside.index(builder)]
        before = [maker for maker in self._makers if maker.order < event.order]
        own = [maker for maker in self._makers if builder in maker.frame.chain()]
        late = [maker for maker in own if maker.order > event.order]
        if late or any(maker not in own for maker in before):
            raise refusal("TFR224", "the penalties read here are not exactly those of the network around", event.node)
        node = below[-1].call if below else event.node
        self._mark_readers(below)
        function = _definition(builder)
        assert node is not None
        assert function is not None
        self.models[function].self_reads.add(node)
        if event.total:
            raise refusal("TFR224", "the total loss is read inside a network", event.node)

    def _check_complete(self, event: ReadEvent, held: list[Held]) -> None:
        before = [maker for maker in self._makers if maker.order < event.order]
        for maker in before:
            if not any(belongs(self.plan, maker, item) for item in held):
                raise refusal("TFR224", "a penalty read here belongs to no model of the driver", maker.node)
        for maker in self._makers:
            if maker.order > event.order and any(belongs(self.plan, maker, item) for item in held):
                raise refusal("TFR224", "the penalties are read before all layers are built", event.node)

    def _plan_total(self, event: ReadEvent, taken: set[str]) -> None:
        if not _adds_penalties(event.node, self.facts):
            raise refusal("TFR224", "get_total_loss with arguments", event.node)
        if event.frame not in self.plan.building:
            raise refusal("TFR224", "get_total_loss is called outside the driver", event.node)
        earlier = [loss for loss in self.trace.of(DataLossEvent) if loss.order < event.order]
        terms = [self._bound_loss(loss, taken) for loss in earlier]
        if not terms:
            raise refusal("TFR224", "get_total_loss finds no loss", event.node)
        self._totals[event.node] = terms
        for place, item in enumerate(self._items):
            if any(node is event.node for node in walk(item.stmt)):
                self._items[place] = replace(item, reads=item.reads | {_key(term) for term in terms})

    def _bound_loss(self, loss: DataLossEvent, taken: set[str]) -> ast.expr:
        """The variable that holds a loss; a loss that is not bound gets a name."""
        for place, item in enumerate(self._items):
            if getattr(item.stmt, "value", None) is not loss.node:
                continue
            if isinstance(item.stmt, ast.Expr):
                symbol = getattr(self.facts.value(loss.node.func), "name", "")
                name = _LOSS_NAMES.get(symbol.rpartition(".")[2], "data_loss")
                while name in taken:
                    name += "_loss"
                taken.add(name)
                self._data_losses[loss.node] = name
                self._items[place] = replace(item, writes=item.writes | {name})
                return ast.Name(name, ast.Load())
            if isinstance(item.stmt, ast.Assign) and len(item.stmt.targets) == 1:
                target = item.stmt.targets[0]
                if isinstance(target, ast.Name | ast.Attribute):
                    return target
        raise refusal("TFR229", "a loss that get_total_loss adds is not bound to a name of the driver", loss.node)


def _adds_penalties(call: ast.Call, facts: Facts) -> bool:
    """True for `get_total_loss()` that adds all losses and all penalties, as it does without arguments."""
    given = dict(zip(("add_regularization_losses", "name"), call.args, strict=False))
    given |= {keyword.arg or "**": keyword.value for keyword in call.keywords}
    adds = given.pop("add_regularization_losses", None)
    constant = facts.constant(adds) if adds is not None else None
    given.pop("name", None)
    return len(call.args) <= 2 and not given and (adds is None or (constant is not None and constant.value is True))


def _key(term: ast.expr) -> str:
    if isinstance(term, ast.Attribute):
        return f"self.{term.attr}"
    assert isinstance(term, ast.Name)
    return term.id


def _definition(frame: Frame) -> ast.FunctionDef | None:
    node = frame.function.node if frame.function is not None else None
    return node if isinstance(node, ast.FunctionDef) else None
