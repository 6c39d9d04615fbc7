"""Puts the new text of a file together: statement by statement, as the plan says."""

from __future__ import annotations

import ast
from collections import ChainMap
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import libcst as cst

from tf1to2_reg.diagnostics.reasons import Refused, refusal
from tf1to2_reg.editing import calls, layout
from tf1to2_reg.editing.context import FileContext
from tf1to2_reg.editing.expressions import code
from tf1to2_reg.editing.file import File
from tf1to2_reg.editing.rewriter import CallHook, Mode, Rules
from tf1to2_reg.editing.statements import (
    BLANK,
    blanks_of,
    leading_of,
    led_by,
    lines_of,
    passing,
    without_blanks,
)
from tf1to2_reg.facts.held import CLASSES
from tf1to2_reg.network.data import ModelPlan
from tf1to2_reg.network.split import ModelSplit
from tf1to2_reg.program.values import Mapping, Placeholder, State, Symbol
from tf1to2_reg.targets.tf2 import beside
from tf1to2_reg.targets.tf2.data import DriverPlan, Emission, SaverPlan, StateRun, UnitPlan
from tf1to2_reg.targets.tf2.driver_writer import DriverWriter
from tf1to2_reg.targets.tf2.emptied import without_emptied
from tf1to2_reg.targets.tf2.penalty_reads import PenaltyReads
from tf1to2_reg.targets.tf2.run_results import RunResults
from tf1to2_reg.targets.tf2.saver_writer import SaverWriter
from tf1to2_reg.targets.tf2.session_code import goes, is_switch
from tf1to2_reg.targets.tf2.summary_writer import SummaryWriter, led
from tf1to2_reg.transforms import (
    added,
    data_losses,
    fed_dropout,
    gradients,
    initializers,
    layers,
    optimizers,
    regularizers,
    schedules,
    states,
    symbols,
)
from tf1to2_reg.writing import components, imports, layer_objects, model_names, models, reads
from tf1to2_reg.writing.layer_parts import LayerSplitter

_Compound = TypeVar("_Compound", bound=cst.CSTNode)
RULES = Rules(
    ChainMap(
        added.RULES,
        {
            **regularizers.RULES,
            **initializers.RULES,
            **data_losses.RULES,
            **optimizers.RULES,
            **fed_dropout.RULES,
            **gradients.RULES,
            **schedules.RULES,
            **states.RULES,
        },
    ),
    symbols.rewrite_call,
    symbols.tf2_name,
)


@dataclass(frozen=True)
class _Driven:
    """The driver plans of a unit, looked up by node."""

    plans: Sequence[DriverPlan]

    def gone(self, stmt: ast.AST | None) -> bool:
        return any(stmt in plan.gone for plan in self.plans)

    def dissolved(self, stmt: ast.AST | None) -> bool:
        return any(stmt in plan.dissolved for plan in self.plans)

    def dropped(self, stmt: ast.AST | None) -> bool:
        return any(stmt in plan.dropped_methods for plan in self.plans)

    def emission(self, stmt: ast.AST | None) -> tuple[DriverPlan, Emission] | None:
        for plan in self.plans:
            if isinstance(stmt, ast.stmt) and stmt in plan.emissions:
                return plan, plan.emissions[stmt]
        return None


class Assembly:
    """Writes the new text of one file of a unit."""

    def __init__(self, file: File, unit: UnitPlan) -> None:
        self.file = file
        self.unit = unit
        self.facts = file.facts
        self.context = FileContext(file, file.tensorflow)
        self.driven = _Driven(unit.drivers)
        self.reads = PenaltyReads(unit, self.context)
        self.layers = LayerSplitter(self.context)
        runs = {node: (plan, run) for plan in unit.drivers for node, run in plan.runs.items()}
        self.results = RunResults(runs, file, self.context, self.rewrite)
        self._displays = _feed_displays(unit.drivers)
        self.beside = beside.of_file(file.module, unit.savers)
        self.savers = SaverWriter(unit, self.context, self.beside, self._count)
        self.summaries = SummaryWriter(unit, self.context, self._python)
        self._emissions: set[cst.BaseStatement] = set()
        self._component: ModelPlan | None = None
        self._hoisted: list[cst.BaseStatement] = []
        self._session_calls = {node: given for plan in unit.drivers for node, given in plan.session_calls.items()}
        self._session_parameters = {
            node: names for plan in unit.drivers for node, names in plan.session_parameters.items()
        }

    def text(self) -> str:
        """The new text.

        Raises:
            Refused: where an expression has no exact TF2 form.
        """
        body = self._with_regions(self._block(self.file.tree.body))
        if self.layers.needs_fused:
            body = self._with_fused(body)
        if self.beside is not None:
            body = self.beside.imported(body)
        module = layout.spaced(self.file.tree.with_changes(body=body))
        own = self.file.module
        renames, symbols_ = (
            model_names.class_names(self.unit.network, own),
            model_names.tensorflow_bindings(self.unit.network, own),
        )
        return imports.clean(module, own.source.text, self.context.tf, renames, symbols_).code

    # Expressions

    def rewrite(self, node: cst.CSTNode, mode: Mode) -> cst.CSTNode:
        """An expression or statement, rewritten by the rules and the hooks of the mode."""
        merged = Mode(mode.names, mode.hooks, mode.receiver, self.reads.nodes, self._displays)
        return model_names.ModelNames(self.context, RULES, merged, self.unit.network).apply(node)

    def _python(self, node: cst.CSTNode) -> cst.CSTNode:
        hooks: list[CallHook] = [
            self._run_hook,
            self.reads.reader_hook,
            self.savers.hook,
            self.summaries.hook,
            self._session_hook,
        ]
        if self._component is None:
            return self.rewrite(node, Mode(hooks=hooks))
        hooks += [partial(layer_objects.call, self.file), partial(self._layer_hook, self._component)]
        return self.rewrite(node, Mode(self._component.renamed, hooks, self._component.receiver))

    def _count(self, plan: SaverPlan, node: ast.expr) -> cst.BaseExpression:
        """What a counter is that is given to a saver as the step."""
        state = self.facts.value(node)
        assert isinstance(state, State)
        holder = node.value if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") != "self" else None
        return cst.parse_expression(f"{code(self._writer(plan.driver).state(StateRun(state, holder)))}.numpy()")

    def _layer_hook(
        self, plan: ModelPlan, node: ast.Call, original: cst.Call, updated: cst.Call
    ) -> cst.BaseExpression | None:
        """The layer objects that a class makes."""
        if self.facts.symbol(node.func) not in CLASSES:
            return None
        return self.layers.split(node, original, updated, plan).constructor

    def _session_hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        """Sessions are no longer passed to functions."""
        if node not in self._session_calls:
            return None
        call = self._session_calls[node]
        arguments = calls.bind(original, updated, call.parameters, "TFR230")
        kept = {item.index: item.updated for item in arguments if item.parameter not in call.sessions}
        return calls.with_arguments(updated, updated.func, kept)

    def _run_hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        state = self._state_of(node)
        if state is not None:
            found = cst.Call(cst.Attribute(state, cst.Name("numpy")))
            counts = self.facts.symbol(node.func) == "tf.train.global_step"
            return cst.Call(cst.Name("int"), [cst.Arg(found)]) if counts else found
        return self.results.hook(node, original, updated)

    def _state_of(self, node: ast.AST | None) -> cst.BaseExpression | None:
        """What a run that only looks at a variable, or assigns it, looks at."""
        for plan in self.unit.drivers:
            if isinstance(node, ast.Call) and node in plan.counters:
                return self._writer(plan).state(plan.counters[node])
        return None

    # Statements

    def _block(self, body: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        found: list[cst.BaseStatement] = []
        pending: list[cst.EmptyLine] = []
        emitted = False
        for statement in body:
            new = self._statement(statement)
            follows, emitted = emitted, bool(new) and new[-1] in self._emissions
            if not new:
                pending = pending or blanks_of(statement)
                emitted = follows
                continue
            if follows and new[0] in self._emissions:
                new[0] = without_blanks(new[0])
            elif len(pending) > len(blanks_of(new[0])):
                below = without_blanks(new[0])
                new[0] = led_by(below, [*pending, *leading_of(below)])
            pending = []
            found += new
        return found

    def _statement(self, statement: cst.BaseStatement) -> list[cst.BaseStatement]:
        if isinstance(statement, cst.SimpleStatementLine):
            return self._line(statement)
        node = self.file.statement(statement)
        if isinstance(statement, cst.FunctionDef) and isinstance(node, ast.FunctionDef):
            return self._definition(statement, node)
        if isinstance(statement, cst.ClassDef):
            written = self._class(statement, node)
            hoisted, self._hoisted = self._hoisted, []
            return [*hoisted, written]
        return [*self._emitted(node, leading_of(statement)), *self._left_of_compound(statement, node)]

    def _left_of_compound(self, statement: cst.BaseStatement, node: ast.AST | None) -> list[cst.BaseStatement]:
        """What stays of a statement with blocks."""
        if self.driven.gone(node):
            return []
        if isinstance(statement, cst.With) and self.driven.dissolved(node):
            return self._dissolved(statement)
        if isinstance(statement, cst.If) and isinstance(node, ast.If):
            left = without_emptied(statement, self._compound(statement), node.test)
            return [left] if left is not None else []
        return [self._compound(statement)]

    def _dissolved(self, statement: cst.With) -> list[cst.BaseStatement]:
        inner = self._block(lines_of(statement.body))
        if inner:
            inner[0] = led_by(inner[0], [*statement.leading_lines, *leading_of(inner[0])])
        return inner

    def _compound(self, statement: _Compound) -> _Compound:
        """A compound statement that stays: its header is rewritten as Python, its blocks statement by statement."""
        changes: dict[str, object] = {}
        for name in ("test", "iter", "target"):
            part = getattr(statement, name, None)
            if isinstance(part, cst.BaseExpression):
                changes[name] = self._python(part)
        if isinstance(statement, cst.With):
            changes["items"] = self._opened(statement)
        block = getattr(statement, "body", None)
        if isinstance(block, cst.BaseSuite):
            changes["body"] = self._suite(block)
        for name in ("orelse", "finalbody"):
            part = getattr(statement, name, None)
            if isinstance(part, cst.CSTNode):
                changes[name] = self._compound(part)
        if isinstance(statement, cst.Try):
            changes["handlers"] = [self._compound(handler) for handler in statement.handlers]
        return statement.with_changes(**changes)

    def _opened(self, statement: cst.With) -> list[cst.WithItem]:
        """What a with statement opens besides sessions, graphs and scopes; all that it opens where that is nothing."""
        node = self.file.statement(statement)
        assert isinstance(node, ast.With)
        pairs = list(zip(statement.items, node.items, strict=True))
        staying = [item for item, own in pairs if not goes(own, self.facts)] or [item for item, _ in pairs]
        kept = [cst.ensure_type(self._python(item), cst.WithItem) for item in staying]
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return kept

    def _suite(self, suite: cst.BaseSuite) -> cst.BaseSuite:
        if isinstance(suite, cst.SimpleStatementSuite):
            lines = self._block([cst.SimpleStatementLine(suite.body)])
            if not lines:
                return cst.IndentedBlock([passing()])
            if len(lines) == 1 and isinstance(lines[0], cst.SimpleStatementLine):
                return suite.with_changes(body=lines[0].body)
            return cst.IndentedBlock(lines)
        assert isinstance(suite, cst.IndentedBlock)
        body = self._block(suite.body)
        if body and suite.body and not blanks_of(suite.body[0]):
            body[0] = without_blanks(body[0])
        return suite.with_changes(body=body or [passing()])

    def _line(self, line: cst.SimpleStatementLine) -> list[cst.BaseStatement]:
        found: list[cst.BaseStatement] = []
        kept: list[cst.BaseSmallStatement] = []
        leading = line.leading_lines
        for small in line.body:
            node = self.file.statement(small)
            emitted = self._emitted(node, leading if not kept else ())
            if emitted:
                found += emitted
                leading = ()
            if self.driven.gone(node) or self._is_dropped(node) or self.savers.is_made_below(node):
                continue
            written = self.summaries.statements(small, node)
            if written:
                if len(line.body) > 1:
                    raise refusal("TFR205", "a summary is written in a line with other statements", node)
                return [*found, *led(written, line)]
            named = self.results.named(small, node) if not kept else None
            if named is not None:
                found.append(named.with_changes(leading_lines=leading))
                leading = ()
            new = self._small(small, node)
            if new is not None:
                kept.append(new)
        if kept:
            kept[-1] = (
                kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT) if len(kept) < len(line.body) else kept[-1]
            )
            found.append(line.with_changes(body=kept, leading_lines=leading))
        return found

    def _is_dropped(self, node: ast.AST | None) -> bool:
        """Switches of TensorFlow's behaviour go wherever they stand, as do aliases of names that TF2 does not have."""
        return (isinstance(node, ast.stmt) and is_switch(node, self.facts)) or self._is_dropped_alias(node)

    def _is_dropped_alias(self, node: ast.AST | None) -> bool:
        """`dense = tf.layers.dense`: uses of the alias are written out."""
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            return False
        value = self.facts.value(node.value)
        if not isinstance(value, Symbol) or not isinstance(node.value, ast.Name | ast.Attribute):
            return False
        try:
            symbols.tf2_name(value.name)
        except Refused:
            return True
        return False

    def _small(self, small: cst.BaseSmallStatement, node: ast.AST | None) -> cst.BaseSmallStatement | None:
        if isinstance(small, cst.Import | cst.ImportFrom):
            return small
        state = self._state_of(getattr(node, "value", None)) if isinstance(small, cst.Expr) else None
        if state is not None:
            return small.with_changes(value=state)
        run = self.results.statement(small, node)
        if run is not None:
            return run
        rewritten = self._python(small)
        assert isinstance(rewritten, cst.BaseSmallStatement)
        return rewritten

    # Definitions

    def _definition(self, statement: cst.FunctionDef, node: ast.FunctionDef) -> list[cst.BaseStatement]:
        if node in self.unit.models:
            self.context.note("TFR101", f"{node.name} became {self.unit.models[node].name}", statement)
            definition = self._model(self.unit.models[node]).class_definition(statement.leading_lines)
            if self.unit.models[node].receiver is None:
                return [definition]
            self._hoisted.append(definition.with_changes(leading_lines=[BLANK, BLANK]))
            return []
        if self.driven.dropped(node):
            return []
        changed = statement
        if node in self.unit.readers:
            self.reads.enter_reader(node)
            changed = reads.with_parameter(statement)
        params = self._python(statement.params)
        assert isinstance(params, cst.Parameters)
        params = _without(params, self._session_parameters.get(node, set()))
        if changed is not statement:
            defaulted = reads.with_parameter(statement.with_changes(params=params))
            params = defaulted.params
        return [statement.with_changes(params=params, body=self._suite(statement.body))]

    def _class(self, statement: cst.ClassDef, node: ast.AST | None) -> cst.ClassDef:
        component = self.unit.network.components.get(node) if isinstance(node, ast.ClassDef) else None
        self._component = component
        result = statement.with_changes(body=self._suite(statement.body))
        self._component = None
        if component is not None:
            self.context.note("TFR101", f"{component.name} became a model", statement)
            result = components.as_model(result, self.context.tf)
        for plan in self.unit.drivers:
            if plan.owner is node and plan.owner is not None:
                result = self._writer(plan).with_methods(result)
        return result

    def _model(self, plan: ModelPlan) -> models.ModelWriter:
        parts = ModelSplit(plan, self.facts, self.unit.models, {})
        losses = self.reads.model_hook(plan)
        return models.ModelWriter(plan, self.file, self.context, self.rewrite, self.layers.split, losses, parts)

    def _writer(self, plan: DriverPlan) -> DriverWriter:
        return DriverWriter(plan, self.context, self.rewrite, self.reads)

    # What stands in the place of graph statements

    def _emitted(self, node: ast.AST | None, leading: Sequence[cst.EmptyLine]) -> list[cst.BaseStatement]:
        found = self.driven.emission(node)
        if found is None:
            return []
        plan, emission = found
        writer = self._writer(plan)
        lines = writer.objects(emission)
        steps = writer.steps(emission.steps)
        if lines:
            lines[0] = led_by(lines[0], leading)
            self._emissions |= set(lines)
        return [*lines, *steps, *self._savers_below(node)]

    def _savers_below(self, node: ast.AST | None) -> list[cst.BaseStatement]:
        """Savers that are made where all is there that they save."""
        plans = [plan for plan in self.unit.savers if plan.below is node and node is not None]
        return [self._made_below(self.file.cst_statement(self.savers.statement(plan))) for plan in plans]

    def _made_below(self, node: cst.CSTNode) -> cst.BaseStatement:
        rewritten = self._python(node)
        assert isinstance(rewritten, cst.BaseSmallStatement)
        return cst.SimpleStatementLine([rewritten.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])

    # Module level

    def _with_regions(self, body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
        """The class of a driver's own network stands before the driver."""
        for plan in self.unit.drivers:
            if plan.region is None or plan.region.module is not self.file.module:
                continue
            definition = self._model(plan.region).class_definition([BLANK, BLANK])
            first = self.file.cst_statement(plan.region.body[0])
            self.context.note("TFR102", f"the layers of the driver became {plan.region.name}", first)
            body.insert(self._region_place(plan, body), definition)
        return body

    def _region_place(self, plan: DriverPlan, body: Sequence[cst.BaseStatement]) -> int:
        if plan.owner is not None:
            return layout.above_definition(body, plan.owner.name)
        function = plan.frames[0].function
        return layout.after_imports(body) if function is None else layout.above_definition(body, function.name)

    def _with_fused(self, body: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        parsed = cst.parse_module(layers.fused_class_source(self.context.tf))
        definition = cst.ensure_type(parsed.body[0], cst.ClassDef).with_changes(leading_lines=[BLANK, BLANK])
        place = layout.after_imports(body)
        return [*body[:place], definition, *body[place:]]


def _feed_displays(drivers: Sequence[DriverPlan]) -> dict[ast.Dict, dict[ast.expr, str | None]]:
    """Feed dicts that are held by variables, with the name of the step's parameter for each key.

    Raises:
        Refused: TFR217 where two steps need different feeds of one dict.
    """
    found: dict[ast.Dict, dict[ast.expr, str | None]] = {}
    for run in (run for plan in drivers for run in plan.runs.values()):
        feeds = run.event.feeds
        if run.feed_variable is None or not isinstance(feeds, Mapping) or feeds.node is None:
            continue
        names = {fed.placeholder: fed.name for fed in run.step.inputs}
        keys = {
            node: names.get(key)
            for (key, _), node in zip(feeds.pairs, feeds.node.keys, strict=True)
            if isinstance(key, Placeholder) and node is not None
        }
        if found.get(feeds.node, keys) != keys:
            raise refusal("TFR217", "one feed dict is used by steps that need different feeds", feeds.node)
        found[feeds.node] = keys
    return found


def _without(params: cst.Parameters, names: AbstractSet[str]) -> cst.Parameters:
    if not names:
        return params
    kept = [param for param in params.params if param.name.value not in names]
    if kept:
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    only = [param for param in params.kwonly_params if param.name.value not in names]
    return params.with_changes(params=kept, kwonly_params=only)
