"""Layers that stand in the driver itself: which statements around them become a model."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.network import held, lifetimes, naming
from tf1to2_reg.network.data import ModelPlan, Parameter
from tf1to2_reg.network.split import ModelSplit
from tf1to2_reg.program.callees import layer_symbol
from tf1to2_reg.program.trace import DataLossEvent, Facts, Frame, ReadEvent, Trace
from tf1to2_reg.program.values import Initializer, Placeholder, Regularizer, Symbol
from tf1to2_reg.syntax.variables import reads, variable, walk, writes
from tf1to2_reg.targets.tf2.data import Item, ItemKind, Region, WalkedDriver, numbered


class RegionPlanner:
    """Gathers the statements of a driver that lead to its layers into one model."""

    def __init__(
        self,
        plan: WalkedDriver,
        trace: Trace,
        facts: Facts,
        models: dict[ast.FunctionDef, ModelPlan],
        others: AbstractSet[ast.Call],
    ) -> None:
        """`others` are calls of objects that are models of their own."""
        self.plan = plan
        self.trace = trace
        self.facts = facts
        self.models = models
        self.others = others
        self._uses: dict[str, list[ast.AST]] = {}
        self._called: set[ast.AST] = set()
        self._gone: set[ast.stmt] = set()

    def run(self, class_name: str, aliases: dict[ast.Call, ast.Call]) -> tuple[Region | None, WalkedDriver]:
        """The model, if the driver has layers of its own, and the driver with one call of it among its items.

        Raises:
            Refused: where the statements cannot be gathered.
        """
        chosen = self._chosen()
        if not chosen:
            return None, self.plan
        body = self._with_python(chosen)
        frame = chosen[-1].frame
        region = ModelPlan(class_name, frame.module, None, body, receiver=self.plan.receiver)
        region.roots = self._roots(chosen)
        region.parameters = self._parameters(body, frame)
        self._check(body)
        region.outputs = self._outputs(chosen, body, region.roots)
        inside = {node for stmt in body for node in walk(stmt)}
        own = {node: maker for node, maker in aliases.items() if node in inside or maker in inside}
        ModelSplit(region, self.facts, self.models, own).run()
        self._check_names(region)
        lifetimes.check(region, [item.frame for item in chosen], self.trace, self.facts)
        walked = replace(self.plan, items=self._replaced(chosen, region), gone=self.plan.gone | self._gone)
        return Region(region, chosen[-1].stmt), walked

    def _has_layer(self, item: Item) -> bool:
        return item.kind is ItemKind.TENSOR and any(
            isinstance(node, ast.Call) and (layer_symbol(node, self.facts) or held.is_object_call(node, self.facts))
            for node in walk(item.root)
        )

    def _weights(self) -> set[str]:
        """Names of the driver's own variables."""
        items = [item for item in self.plan.items if item.kind is ItemKind.TENSOR]
        names = held.held_names([item.stmt for item in items], self._roots(items), self.facts, self.plan.receiver)
        return set(names.values())

    def _computes(self, item: Item, weights: set[str]) -> bool:
        """True for a statement of the network: it computes with a variable, and no loss."""
        losses = {event.node for kind in (ReadEvent, DataLossEvent) for event in self.trace.of(kind)}
        return (
            item.kind is ItemKind.TENSOR
            and not item.backward
            and held.computes(item.root, weights, self.facts, self.plan.receiver)
            and not any(node in losses for node in walk(item.root))
        )

    def _chosen(self) -> list[Item]:
        weights = self._weights()
        layers = [item for item in self.plan.items if self._has_layer(item) or self._computes(item, weights)]
        if not layers:
            return []
        needed: set[str] = set()
        chosen: list[Item] = []
        for item in reversed(self.plan.items):
            if self._is_other(item):
                self._check_other(item, layers)
            elif item in layers or (item.kind in (ItemKind.TENSOR, ItemKind.PYTHON) and item.writes & needed):
                if item.value is not None:
                    way = "returns the result of a layer" if item in layers else "returns what goes into a layer"
                    message = f"a method of the object {way} of the object"
                    raise refusal("TFR230", message, item.value, "Keep it in an attribute rather than return it.")
                chosen.append(item)
                if isinstance(item.stmt, ast.Assign):
                    needed -= item.writes
                needed |= item.reads
        return chosen[::-1]

    def _is_other(self, item: Item) -> bool:
        return any(node in self.others for node in walk(item.root))

    def _check_other(self, item: Item, layers: Sequence[Item]) -> None:
        """An object is called before the driver's own layers, or after them."""
        own = self._has_layer(item)
        around = any(layer.order < item.order for layer in layers) and any(layer.order > item.order for layer in layers)
        if own or around:
            message = "an object that is a model of its own is called among layers of the driver"
            raise refusal("TFR219", message, item.stmt, "Move the layers into a function.")

    def _with_python(self, chosen: Sequence[Item]) -> list[ast.stmt]:
        """The statements of the region, with the regularizers, initializers and starting values that only they use."""
        stmts = [item.stmt for item in chosen]
        used = {name for stmt in stmts for name in reads(stmt, self.plan.receiver)}
        changed = {name for stmt in stmts for name in writes(stmt, self.plan.receiver)}
        inside = {node for stmt in stmts for node in ast.walk(stmt)}
        for frame in dict.fromkeys(item.frame for item in chosen):
            for stmt in _statements(frame):
                names = writes(stmt, self.plan.receiver)
                if not (isinstance(stmt, ast.Assign) and names & used and self._goes_along(stmt, names & changed)):
                    continue
                if stmt not in stmts and not self._used_elsewhere(names, inside, stmt, frame):
                    stmts.append(stmt)
                    self._gone.add(stmt)
        self._drop_python(chosen, {node for stmt in stmts for node in ast.walk(stmt)})
        positions = self._positions()
        return sorted(stmts, key=lambda stmt: (positions.get(stmt, 0), stmt.lineno, stmt.col_offset))

    def _goes_along(self, stmt: ast.Assign, changed: AbstractSet[str]) -> bool:
        """True for what only the network is made with, and for the start of a number that its statements change."""
        value = self.facts.value_of(stmt)
        alone = len(stmt.targets) == 1 and any(stmt in item.frame.body for item in self.plan.items)
        starts = alone and bool(changed) and isinstance(stmt.value, ast.Constant)
        return starts or isinstance(value, Regularizer | Initializer)

    def _drop_python(self, chosen: Sequence[Item], inside: set[ast.AST]) -> None:
        for item in chosen:
            if item.kind is ItemKind.PYTHON and not self._used_elsewhere(item.writes, inside, item.stmt, item.frame):
                self._gone.add(item.stmt)

    def _positions(self) -> dict[ast.stmt, int]:
        """Statements of one method stay together, methods in the order they run."""
        found: dict[ast.stmt, int] = {}
        for index, frame in enumerate(dict.fromkeys(item.frame for item in self.plan.items)):
            for stmt in _statements(frame):
                found.setdefault(stmt, index)
        return found

    def _used_elsewhere(self, names: AbstractSet[str], inside: set[ast.AST], stmt: ast.stmt, frame: Frame) -> bool:
        own = {*ast.walk(stmt)}
        root = frame.code
        for node in ast.walk(root):
            if variable(node, self.plan.receiver) in names and node not in inside and node not in own:
                return True
        return False

    def _parameters(self, body: Sequence[ast.stmt], frame: Frame) -> list[Parameter]:
        bound: set[str] = set()
        needed: dict[str, None] = {}
        self._uses = self._uses_in(body)
        self._called = {node.func for stmt in body for node in ast.walk(stmt) if isinstance(node, ast.Call)}
        for stmt in body:
            names = self._reads_before_binding(stmt, bound)
            needed |= dict.fromkeys(sorted(names, key=lambda name: self._first_use(stmt, name)))
            bound |= writes(stmt, self.plan.receiver)
        return [Parameter(name, None, self._is_tensor(name)) for name in needed if self._is_parameter(name, frame)]

    def _reads_before_binding(self, stmt: ast.stmt, bound: AbstractSet[str]) -> AbstractSet[str]:
        """What a statement reads that neither is bound before it nor, inside it, before the read."""
        if not isinstance(stmt, ast.If | ast.For | ast.With):
            return reads(stmt, self.plan.receiver) - bound
        found: set[str] = set()
        for header in _headers(stmt):
            found |= reads(header, self.plan.receiver) - bound
        targets = writes(stmt.target, self.plan.receiver) if isinstance(stmt, ast.For) else frozenset[str]()
        for block in (stmt.body, getattr(stmt, "orelse", [])):
            inside = bound | targets
            for part in block:
                found |= self._reads_before_binding(part, inside)
                inside |= writes(part, self.plan.receiver)
        return found

    def _first_use(self, stmt: ast.stmt, name: str) -> tuple[int, int]:
        nodes = [node for node in ast.walk(stmt) if isinstance(node, ast.expr)]
        places = ((node.lineno, node.col_offset) for node in nodes if variable(node, self.plan.receiver) == name)
        return min(places, default=(0, 0))

    def _uses_in(self, body: Sequence[ast.stmt]) -> dict[str, list[ast.AST]]:
        """The nodes that name each variable."""
        found: dict[str, list[ast.AST]] = {}
        for node in (part for stmt in body for part in ast.walk(stmt)):
            name = variable(node, self.plan.receiver)
            if name is not None:
                found.setdefault(name, []).append(node)
        return found

    def _is_parameter(self, name: str, frame: Frame) -> bool:
        if name.startswith("self."):
            return True
        if self._is_tensor(name) or self._is_flag(name):
            return True
        if frame.function is None or name not in frame.env.bindings:
            return False
        return not self._is_rewritten(name)

    def _is_rewritten(self, name: str) -> bool:
        """True for an alias of TensorFlow functions that is only called: each call gets the new name itself."""
        return all(node in self._called and self.facts.always(node, Symbol) for node in self._uses.get(name, ()))

    def _is_tensor(self, name: str) -> bool:
        return any(node in self.facts.graph for node in self._uses.get(name, ())) and not self._is_flag(name)

    def _is_flag(self, name: str) -> bool:
        values = [self.facts.value(node) for node in self._uses.get(name, ())]
        return any(isinstance(value, Placeholder) and value.facts.dtype == "bool" for value in values)

    def _check(self, body: Sequence[ast.stmt]) -> None:
        nodes = {node for stmt in body for node in walk(stmt)}
        for kind, code in ((ReadEvent, "TFR224"), (DataLossEvent, "TFR229")):
            for event in self.trace.of(kind):
                if event.node in nodes:
                    raise refusal(code, "a loss stands between the layers of the driver", event.node)

    def _roots(self, items: Sequence[Item]) -> list[ast.AST]:
        """Where the names of the region may be bound again."""
        frames = dict.fromkeys(item.frame for item in items)
        if self.plan.receiver is not None:
            return list(dict.fromkeys(frame.module.tree for frame in frames))
        return [frame.code for frame in frames]

    def _outputs(self, chosen: Sequence[Item], body: Sequence[ast.stmt], roots: Sequence[ast.AST]) -> list[str]:
        """What the rest of the program reads, layer objects and variables aside: those are the model's own."""
        names = set(held.held_names(body, roots, self.facts, self.plan.receiver).values())
        outputs = [name for name in self._read_outside(chosen) if name not in names]
        for stmt in body:
            call = getattr(stmt, "value", None)
            bound = writes(stmt, self.plan.receiver) & set(outputs)
            if isinstance(call, ast.Call) and held.is_held(layer_symbol(call, self.facts)) and bound:
                message = f"{min(bound)}, a variable or layer object of the driver, is bound more than once"
                raise refusal("TFR218", message, stmt, "Give each a name of its own.")
        return outputs

    def _read_outside(self, chosen: Sequence[Item]) -> list[str]:
        outside: set[str] = set()
        for item in self.plan.items:
            if item not in chosen:
                outside |= item.reads
        for event in self.trace.events:
            fetches = getattr(event, "fetch_node", None)
            if fetches is not None:
                outside |= reads(fetches, self.plan.receiver) | self._outer_reads(fetches)
        written = [name for item in chosen if item.kind is ItemKind.TENSOR for name in sorted(item.writes)]
        return [name for name in dict.fromkeys(written) if name in outside]

    def _outer_reads(self, node: ast.expr) -> set[str]:
        if self.plan.receiver is None:
            return set()
        return {f"self.{part.attr}" for part in ast.walk(node) if isinstance(part, ast.Attribute)}

    def _check_names(self, region: ModelPlan) -> None:
        names = [parameter.name for parameter in region.parameters]
        names += [name for stmt in region.body for name in writes(stmt, region.receiver)]
        stripped = [name.removeprefix("self.") for name in dict.fromkeys(names)]
        for name in stripped:
            if stripped.count(name) > 1:
                raise refusal("TFR232", f"{name} is an attribute and a local name", region.body[0])

    def _replaced(self, chosen: list[Item], region: ModelPlan) -> list[Item]:
        """The items, with the call of the model where the last statement of the region stood."""
        last = chosen[-1]
        inputs = {parameter.name for parameter in region.called}
        call = Item(last.stmt, last.frame, ItemKind.REGION, inputs, set(region.outputs))
        early: list[Item] = []
        late: list[Item] = []
        seen = False
        moved: set[str] = {*region.outputs, *region.held}
        for item in self.plan.items:
            if item is last:
                seen = True
            if item in chosen:
                continue
            if not seen and item.reads & moved and item.kind in (ItemKind.TENSOR, ItemKind.TRAIN, ItemKind.OPTIMIZER):
                self._check_late(item, chosen)
                late.append(item)
                moved |= item.writes
            else:
                (early if not seen else late).append(item)
        return numbered([*early, call, *late])

    def _check_late(self, item: Item, chosen: Sequence[Item]) -> None:
        for other in chosen:
            if other.order > item.order and other.writes & (item.reads | item.writes):
                raise refusal("TFR223", "a variable of the network is rebound after it was used", item.stmt)


def region_name(taken: set[str], owner: ast.ClassDef | None) -> str:
    """The class name of a driver's own network."""
    stem = owner.name if owner is not None else ""
    wanted = f"{stem.removesuffix('Model')}Network" if stem.endswith("Model") else f"{stem}Model"
    name = naming.unique(wanted, taken, ("Network",))
    taken.add(name)
    return name


def _statements(frame: Frame) -> list[ast.stmt]:
    return [node for stmt in frame.body for node in walk(stmt) if isinstance(node, ast.stmt)]


def _headers(stmt: ast.If | ast.For | ast.With) -> list[ast.expr]:
    """What a compound statement evaluates before its block."""
    if isinstance(stmt, ast.With):
        return [item.context_expr for item in stmt.items]
    return [stmt.test if isinstance(stmt, ast.If) else stmt.iter]
