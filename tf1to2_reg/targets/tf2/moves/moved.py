"""What moves: every piece of the program that a step or a model runs, with the code it comes from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property

from tf1to2_reg.network.data import ModelPlan
from tf1to2_reg.network.split import Leaf, ModelSplit
from tf1to2_reg.program.definitions import Function
from tf1to2_reg.program.trace import Facts, Trace
from tf1to2_reg.program.values import AnyOf, Variables
from tf1to2_reg.syntax.binding import bind
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.variables import walk, writes
from tf1to2_reg.targets.tf2.data import Item, ItemKind, OptimizerPlan, RateKind, RunPlan, SteppedDriver, StepPlan


class Role(Enum):
    """Where a piece comes from."""

    DRIVER = auto()
    """A statement of the driver, now in a step or in the model of the driver's own layers."""
    FETCH = auto()
    """An expression that a session run fetches, now the result of a step."""
    MODEL = auto()
    """A statement of a builder, now in `call`."""
    MAKING = auto()
    """A statement of a builder, now in `__init__`: it runs when it ran, but only for the first of several calls."""
    GATHERED = auto()
    """The same of a builder that the model of the driver's own layers makes: it runs where the last of them stood."""
    HELPER = auto()
    """A function as it is, now called by a step or a model."""
    LEFT = auto()
    """A statement of the graph that no step needs: nothing is left of it, so it must have done nothing else."""


@dataclass(frozen=True, eq=False)
class Moved:
    """Nodes of one function or module that run at another time or another number of times.

    `made` are the variables that the statements before it in the same step or model bind; `carried` are the statements
    that stand there with it.
    """

    nodes: tuple[ast.AST, ...]
    code: ast.AST
    module: Module
    role: Role
    made: frozenset[str] = frozenset()
    carried: frozenset[ast.AST] = field(default_factory=frozenset)


class Moves:
    """Lists what moves in one driver's program."""

    def __init__(
        self, plan: SteppedDriver, trace: Trace, facts: Facts, models: dict[ast.FunctionDef, ModelPlan]
    ) -> None:
        self.plan = plan
        self.trace = trace
        self.facts = facts
        self.models = models
        self._seen: set[ModelPlan] = set()

    def all(self) -> Iterator[Moved]:
        yield from self._arguments()
        yield from self._region()
        for step in self.plan.steps:
            yield from self._of_step(step)
        for held in self.plan.held:
            yield from self._of_model(held.model)
        yield from self._fetches()
        yield from self._left_out()

    def _left_out(self) -> Iterator[Moved]:
        region = self.plan.region.body if self.plan.region is not None else []
        used = {item.stmt for step in self.plan.steps for item in (*step.items, step.train_item) if item is not None}
        made = frozenset(name for item in self.plan.items for name in item.writes)
        for item in self.plan.items:
            if item.stmt in self.plan.gone and item.stmt not in used and item.stmt not in region:
                nodes = tuple(walk(item.root, self._not_taken(item.root) | self._selections(item.root)))
                yield Moved(nodes, _code(item), item.frame.module, Role.LEFT, made)

    def _not_taken(self, root: ast.AST) -> set[ast.AST]:
        found: set[ast.AST] = set()
        for node in walk(root):
            decided = self.facts.constant(node.test) if isinstance(node, ast.If) else None
            if isinstance(node, ast.If) and decided is not None:
                found.update(node.orelse if decided.value else node.body)
        return found

    def of_models(self) -> Iterator[Moved]:
        """The same of the models of the trace alone."""
        yield from self._arguments()
        made = {frame.function.node for frame in self.trace.frames if frame.function is not None}
        for function, model in self.models.items():
            if function in made:
                yield from self._of_model(model)

    def _arguments(self) -> Iterator[Moved]:
        """Functions that layers are given: they run when a layer is built or called, or whenever penalties are read."""
        given = [argument.value for event in self.trace.of_layers() for argument in event.arguments.values()]
        options = [option for value in given for option in (value.options if isinstance(value, AnyOf) else (value,))]
        for node, function in {value.node: value for value in options if isinstance(value, Function)}.items():
            body = node.body if isinstance(node, ast.Lambda) else node
            yield Moved(tuple(walk(body)), node, function.module, Role.HELPER)

    def _region(self) -> Iterator[Moved]:
        """The driver's own layers are all made where the last of them stood."""
        region = self.plan.region
        if region is None:
            return
        made: set[str] = set()
        carried = frozenset(region.body)
        frame = next(item.frame for item in self.plan.items if item.kind is ItemKind.REGION)
        for stmt in region.body:
            yield Moved(
                tuple(walk(stmt)),
                self._code_of(stmt, frame.module),
                region.module,
                Role.DRIVER,
                frozenset(made),
                carried,
            )
            made |= self._writes(stmt)
        for site in region.sites.values():
            if site.model is not None:
                yield from self._of_model(site.model, Role.GATHERED)

    def _code_of(self, stmt: ast.AST, module: Module) -> ast.AST:
        return self._functions.get(stmt, module.tree)

    @cached_property
    def _functions(self) -> dict[ast.AST, ast.AST]:
        """The function of the driver that each of its nodes stands in, the first of several."""
        nodes = [frame.function.node for frame in reversed(self.plan.frames) if frame.function is not None]
        return {part: function for function in nodes for part in walk(function)}

    def _writes(self, stmt: ast.stmt) -> set[str]:
        found: set[str] = set()
        for item in self.plan.items:
            if item.stmt is stmt:
                found |= item.writes
        return found or set(writes(stmt, self.plan.receiver))

    def _of_step(self, step: StepPlan) -> Iterator[Moved]:
        made: set[str] = {fed.variable for fed in step.inputs} | set(step.constants)
        items = [*step.items, *([step.train_item] if step.train_item is not None else [])]
        carried = frozenset(item.stmt for item in items)
        for item in items:
            if item.kind is not ItemKind.REGION:
                nodes = tuple(walk(item.root, self._constructed(item.root) | self._selections(item.root)))
                code = _code(item)
                yield Moved(nodes, code, item.frame.module, Role.DRIVER, frozenset(made), carried)
            made |= item.writes
        for fed in step.inputs:
            for part in (fed.placeholder.shape, fed.placeholder.dtype):
                if part is not None:
                    module = self.plan.frames[0].module
                    yield Moved(tuple(walk(part)), self._code_of(part, module), module, Role.DRIVER)
        if step.train is not None:
            yield from self._rate(self.plan.optimizer_of(step.train))
        for held in step.models:
            yield from self._of_model(held.model)

    def _rate(self, plan: OptimizerPlan) -> Iterator[Moved]:
        """A learning rate that is read, or computed, in every step."""
        node = plan.event.rate_node
        if node is not None and plan.rate.kind in (RateKind.READ, RateKind.ASSIGNED):
            module = plan.event.frame.module
            yield Moved(tuple(walk(node)), self._code_of(node, module), module, Role.DRIVER)

    def _selections(self, root: ast.AST) -> set[ast.AST]:
        """Tests of the names of variables, which are made before anything runs."""
        lists = (node for node in ast.walk(root) if isinstance(node, ast.ListComp))
        return {part for node in lists if isinstance(self.facts.value(node), Variables) for part in node.generators}

    def _constructed(self, root: ast.AST) -> set[ast.AST]:
        """Arguments that are evaluated where the object is made, not in the step."""
        found: set[ast.AST] = set()
        for node in walk(root):
            held = self.plan.calls.get(node) if isinstance(node, ast.Call) else None
            if held is None or held.model.node is None:
                continue
            assert isinstance(node, ast.Call)
            called = {parameter.name for parameter in held.model.called}
            found |= {value for name, value in bind(node, held.model.arguments).items() if name not in called}
        return found | {plan.event.node for plan in self.plan.optimizers}

    def _of_model(self, model: ModelPlan, making: Role = Role.MAKING) -> Iterator[Moved]:
        if model in self._seen or model is self.plan.region:
            return
        self._seen.add(model)
        if model.cls is not None:
            yield from self._of_class(model.cls, model.module)
            return
        assert model.node is not None
        split = ModelSplit(model, self.facts, self.models, {})
        once = making is Role.MAKING and self._runs_once(model.node)
        for leaf in split.leaves:
            if leaf.stmt in model.call:
                yield Moved(tuple(self._called(leaf, split)), model.node, model.module, Role.MODEL)
            if leaf.stmt in model.init and not once:
                yield Moved(tuple(self._made(leaf)), model.node, model.module, making)
        for site in model.sites.values():
            if site.model is not None:
                yield from self._of_model(site.model, making)

    def _of_class(self, cls: ast.ClassDef, module: Module) -> Iterator[Moved]:
        """The methods of a class that becomes a model as it is; its object is made where it was made."""
        for method in cls.body:
            if isinstance(method, ast.FunctionDef) and method.name != "__init__":
                nodes = tuple(part for stmt in method.body for part in walk(stmt))
                yield Moved(nodes, method, module, Role.MODEL)

    def _runs_once(self, function: ast.FunctionDef) -> bool:
        """True for a builder that is called once: its object is made where it was called, and nowhere else."""
        frames = [frame for frame in self.trace.frames if frame.function and frame.function.node is function]
        return len(frames) == 1 and not frames[0].loops

    @staticmethod
    def _made(leaf: Leaf) -> Iterator[ast.AST]:
        """What a statement, and the loops and conditions around it, look at in `__init__`."""
        yield from walk(leaf.stmt)
        for part in leaf.around:
            if isinstance(part, ast.If | ast.For):
                yield from walk(part.test if isinstance(part, ast.If) else part.iter)

    @staticmethod
    def _called(leaf: Leaf, split: ModelSplit) -> Iterator[ast.AST]:
        """What a statement, and the loops and conditions around it, look at in `call`."""
        skip: set[ast.AST] = set()
        for site in split.sites_in(leaf.stmt):
            skip |= set(split.dropped_arguments(site)) | {site.node.func}
        yield from walk(leaf.stmt, skip)
        for part in leaf.around:
            if isinstance(part, ast.If):
                yield from walk(part.test)
            elif isinstance(part, ast.For) and split.walks(part):
                yield from walk(part.iter)

    def _fetches(self) -> Iterator[Moved]:
        for run in self.plan.runs.values():
            yield from self.fetched(run)

    @staticmethod
    def fetched(run: RunPlan) -> Iterator[Moved]:
        """The expressions that a session run fetches."""
        frame = run.event.frame
        code: ast.AST = frame.function.node if frame.function is not None else frame.module.tree
        made = {name for item in run.step.items for name in item.writes} | set(run.step.constants)
        made |= {fed.variable for fed in run.step.inputs}
        for leaf in run.leaves:
            yield Moved(tuple(walk(leaf)), code, frame.module, Role.FETCH, frozenset(made))


def _code(item: Item) -> ast.AST:
    return item.frame.function.node if item.frame.function is not None else item.frame.module.tree
