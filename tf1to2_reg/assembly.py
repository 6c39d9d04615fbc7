"""Puts the new text of a file together: statement by statement, as the plan says."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from tf1to2_reg import calls, model_calls
from tf1to2_reg.editing import File, FileContext, Mode, Rewriter, Rules
from tf1to2_reg.plan.callees import callee
from tf1to2_reg.plan.data import DriverPlan, Emission, Held, Item, ModelPlan, StepPlan, UnitPlan
from tf1to2_reg.plan.models import ModelSplit
from tf1to2_reg.plan.variables import variable
from tf1to2_reg.program.trace import Facts
from tf1to2_reg.program.values import Mapping, Placeholder, Symbol
from tf1to2_reg.rewriting import LayerParts, Refusal
from tf1to2_reg.transforms import (
    data_losses,
    imports,
    initializers,
    layers,
    loss_reads,
    models,
    optimizers,
    regularizers,
    session_runs,
    sessions,
    symbols,
)

RULES = Rules(
    {**regularizers.RULES, **initializers.RULES, **data_losses.RULES, **optimizers.RULES},
    symbols.rewrite_call,
    symbols.tf2_name,
)
_BLANK = cst.EmptyLine(indent=False)
_NORMALIZATION = "tf.layers.batch_normalization"


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
            if stmt in plan.emissions:
                return plan, plan.emissions[stmt]  # type: ignore[index]
        return None


class Assembly:
    """Writes the new text of one file of a unit."""

    def __init__(self, file: File, unit: UnitPlan, facts: Facts, files: dict[object, File]) -> None:
        self.file = file
        self.unit = unit
        self.facts = facts
        self.files = files
        self.context = FileContext(file, file.tensorflow)
        self.driven = _Driven(unit.drivers)
        self.runs = {node: (plan, run) for plan in unit.drivers for node, run in plan.runs.items()}
        self._fused = False
        self._guarded = self._needs_guard()
        self._displays = self._feed_displays()
        self._reads = frozenset(
            node for node in ast.walk(file.module.tree) if isinstance(node, ast.Call) and self._is_read(node)
        )
        self._in_reader: set[ast.Call] = set()
        self._emissions: set[cst.BaseStatement] = set()
        self._hoisted: list[cst.BaseStatement] = []
        self._session_calls = {node: given for plan in unit.drivers for node, given in plan.session_calls.items()}
        self._session_parameters = {
            node: names for plan in unit.drivers for node, names in plan.session_parameters.items()
        }

    def text(self) -> str:
        """The new text.

        Raises:
            Refusal: where an expression has no exact TF2 form.
        """
        body = self._block(self.file.tree.body)
        body = self._with_regions(body)
        module = self.file.tree.with_changes(body=body)
        if self._fused:
            module = self._with_fused(module)
        module = self._spaced(module)
        return imports.clean(
            module, self.file.module.source.text, self.context.tf, self._import_renames(), self._symbols()
        ).code

    def _symbols(self) -> set[str]:
        """Names of the file that stand for TensorFlow's."""
        environments = self.unit.environments.get(self.file.module, [])
        return {name for env in environments for name, value in env.bindings.items() if isinstance(value, Symbol)}

    def _import_renames(self) -> dict[str, str]:
        """Imported builders by the name they are bound to, with the name of their class."""
        found: dict[str, str] = {}
        for env in self.unit.environments.get(self.file.module, []):
            for name, value in env.bindings.items():
                definition = getattr(value, "node", None)
                if definition in self.unit.models:
                    found[name] = self.unit.models[definition].name
        return found

    # Expressions

    def rewrite(self, node: cst.CSTNode, mode: Mode) -> cst.CSTNode:
        merged = Mode(mode.names, mode.hooks, mode.receiver, self._reads, self._displays)
        return _Renamer(self.context, RULES, merged, self.unit).apply(node)

    def _python(self, node: cst.CSTNode) -> cst.CSTNode:
        return self.rewrite(node, Mode(hooks=[self._run_hook, self._reader_hook, self._session_hook]))

    def _session_hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        """Sessions are no longer passed to functions."""
        if node not in self._session_calls:
            return None
        call = self._session_calls[node]
        arguments = calls.bind(original, updated, call.parameters, "TFR230")
        kept = {item.index: item.updated for item in arguments if item.parameter not in call.sessions}
        return calls.with_arguments(updated, updated.func, kept)

    def _run_hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        for counting in self.unit.drivers:
            if node in counting.counters:
                return self._counter(counting, counting.counters[node])
        if node not in self.runs:
            return None
        plan, run = self.runs[node]
        call = session_runs.step_call(run, plan, self.file, self.rewrite)
        self.context.note("TFR105", f"the session run became a call of {run.step.name}", original)
        result = session_runs.run_expression(run, call, self.file)
        return result.with_changes(lpar=original.lpar, rpar=original.rpar)

    def _counter(self, plan: DriverPlan, holder: ast.expr | None) -> cst.BaseExpression:
        assert plan.optimizer is not None
        variable_ = plan.optimizer.variable
        if holder is not None:
            text = cst.Module([]).code_for_node(self.file.cst_expression(holder))
            variable_ = text + variable_.removeprefix("self")
        return cst.parse_expression(f"{variable_}.iterations.numpy()")

    def _reader_hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        """Reads, and calls of readers, inside a function that is given the penalties."""
        if node not in self._in_reader:
            return None
        function = callee(node, self.facts)
        if function in self.unit.readers:
            return loss_reads.with_argument(updated, cst.Name(loss_reads.PARAMETER), self._by_keyword(node, function))
        return loss_reads.read(original, cst.Name(loss_reads.PARAMETER), self._guarded, self.context)

    def _by_keyword(self, node: ast.Call, function: ast.FunctionDef | None) -> bool:
        assert function is not None
        return (bool(node.keywords) and bool(function.args.defaults)) or bool(function.args.defaults)

    def _needs_guard(self) -> bool:
        return any(
            all(held.may_be_empty for held in found) for plan in self.unit.drivers for found in plan.losses.values()
        )

    def _feed_displays(self) -> dict[ast.Dict, dict[ast.expr, str | None]]:
        found: dict[ast.Dict, dict[ast.expr, str | None]] = {}
        for plan in self.unit.drivers:
            for run in plan.runs.values():
                feeds = run.event.feeds
                if run.feed_variable is None or not isinstance(feeds, Mapping) or feeds.node is None:
                    continue
                names = {fed.placeholder: fed.name for fed in run.step.inputs}
                keys = {}
                for (key, _), node in zip(feeds.pairs, feeds.node.keys, strict=True):
                    if isinstance(key, Placeholder) and node is not None:
                        keys[node] = names.get(key)
                if found.get(feeds.node, keys) != keys:
                    raise Refusal("TFR217", "one feed dict is used by steps that need different feeds", feeds.node)
                found[feeds.node] = keys
        return found

    # Statements

    def _block(self, body: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        found: list[cst.BaseStatement] = []
        pending: list[cst.EmptyLine] = []
        emitted = False
        for statement in body:
            new = self._statement(statement)
            follows, emitted = emitted, bool(new) and new[-1] in self._emissions
            if not new:
                pending = pending or _blanks(statement)
                emitted = follows
                continue
            if follows and new[0] in self._emissions:
                new[0] = _without_blank(new[0])
            elif len(pending) > len(_blanks(new[0])):
                new[0] = _without_blank(new[0])
                new[0] = new[0].with_changes(leading_lines=[*pending, *new[0].leading_lines])  # type: ignore[attr-defined]
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
            result = self._class(statement, node)
            hoisted, self._hoisted = self._hoisted, []
            return [*hoisted, result]
        emitted = self._emitted(node, statement.leading_lines)  # type: ignore[attr-defined]
        if self.driven.gone(node):
            return emitted
        if isinstance(statement, cst.With) and self.driven.dissolved(node):
            return [*emitted, *self._dissolved(statement)]
        return [*emitted, self._compound(statement)]

    def _dissolved(self, statement: cst.With) -> list[cst.BaseStatement]:
        inner = self._block(_body_of(statement))
        if inner:
            leading = [*statement.leading_lines, *inner[0].leading_lines]  # type: ignore[attr-defined]
            inner[0] = inner[0].with_changes(leading_lines=leading)
        return inner

    def _compound(self, statement: cst.BaseStatement) -> cst.BaseStatement:
        """A compound statement that stays: its header is rewritten as Python, its blocks statement by statement."""
        changes: dict[str, object] = {}
        for name in ("test", "iter", "target"):
            part = getattr(statement, name, None)
            if isinstance(part, cst.BaseExpression):
                changes[name] = self._python(part)
        if isinstance(statement, cst.With):
            changes["items"] = [self._python(item) for item in statement.items]
        if isinstance(getattr(statement, "body", None), cst.IndentedBlock | cst.SimpleStatementSuite):
            changes["body"] = self._suite(statement.body)  # type: ignore[attr-defined]
        for name in ("orelse", "finalbody"):
            part = getattr(statement, name, None)
            if isinstance(part, cst.CSTNode):
                changes[name] = self._compound(part)  # type: ignore[arg-type]
        if isinstance(statement, cst.Try):
            changes["handlers"] = [self._compound(handler) for handler in statement.handlers]  # type: ignore[arg-type]
        return statement.with_changes(**changes)

    def _suite(self, suite: cst.BaseSuite) -> cst.BaseSuite:
        if isinstance(suite, cst.SimpleStatementSuite):
            lines = self._block([cst.SimpleStatementLine(suite.body)])
            if not lines:
                return cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])])
            if len(lines) == 1 and isinstance(lines[0], cst.SimpleStatementLine):
                return suite.with_changes(body=lines[0].body)
            return cst.IndentedBlock(lines)
        assert isinstance(suite, cst.IndentedBlock)
        body = self._block(suite.body)
        if body and suite.body and not _starts_with_blank(suite.body[0]):
            body[0] = _without_blank(body[0])
        return suite.with_changes(body=body or [cst.SimpleStatementLine([cst.Pass()])])

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
            if self.driven.gone(node) or self._is_dropped_alias(node):
                continue
            new = self._small(small, node)
            if new is not None:
                kept.append(new)
        if kept:
            kept[-1] = (
                kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT) if len(kept) < len(line.body) else kept[-1]
            )
            found.append(line.with_changes(body=kept, leading_lines=leading))
        return found

    def _is_dropped_alias(self, node: ast.AST | None) -> bool:
        """`dense = tf.layers.dense`: uses of the alias are written out."""
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            return False
        value = self.facts.values.get(node.value)
        if not isinstance(value, Symbol) or not isinstance(node.value, ast.Name | ast.Attribute):
            return False
        try:
            symbols.tf2_name(value.name)
        except Refusal:
            return True
        return False

    def _small(self, small: cst.BaseSmallStatement, node: ast.AST | None) -> cst.BaseSmallStatement | None:
        if isinstance(small, cst.Import | cst.ImportFrom):
            return small
        value = getattr(node, "value", None)
        if isinstance(small, cst.Assign) and value in self.runs and len(small.targets) == 1:
            plan, run = self.runs[value]
            original = small.value
            assert isinstance(original, cst.Call)
            call = session_runs.step_call(run, plan, self.file, self.rewrite)
            unpacked = session_runs.unpacked(small.targets[0].target, run, call, self.file)
            if unpacked is not None:
                self.context.note("TFR105", f"the session run became a call of {run.step.name}", original)
                if unpacked.target is None:
                    return cst.Expr(unpacked.value)
                new = small.targets[0].with_changes(target=unpacked.target)
                return small.with_changes(targets=[new], value=unpacked.value)
        if isinstance(small, cst.Expr) and value in self.runs:
            plan, run = self.runs[value]
            assert isinstance(small.value, cst.Call)
            self.context.note("TFR105", f"the session run became a call of {run.step.name}", small.value)
            return small.with_changes(value=session_runs.step_call(run, plan, self.file, self.rewrite))
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
            self._hoisted.append(definition.with_changes(leading_lines=[_BLANK, _BLANK]))
            return []
        if self.driven.dropped(node):
            return []
        changed = statement
        if node in self.unit.readers:
            self._in_reader |= {
                part
                for part in ast.walk(node)
                if isinstance(part, ast.Call) and (self._is_read(part) or callee(part, self.facts) in self.unit.readers)
            }
            changed = loss_reads.with_parameter(statement)
        params = self._python(statement.params)
        assert isinstance(params, cst.Parameters)
        params = _without(params, self._session_parameters.get(node, set()))
        if changed is not statement:
            defaulted = loss_reads.with_parameter(statement.with_changes(params=params))
            params = defaulted.params
        return [statement.with_changes(params=params, body=self._suite(statement.body))]

    def _is_read(self, node: ast.Call) -> bool:
        value = self.facts.values.get(node.func)
        if not isinstance(value, Symbol):
            return False
        if value.name in loss_reads.SCALARS or value.name == loss_reads.LISTS[0]:
            return True
        return value.name == "tf.get_collection" and type(self.facts.values.get(node)).__name__ == "Penalties"

    def _class(self, statement: cst.ClassDef, node: ast.AST | None) -> cst.ClassDef:
        result = statement.with_changes(body=self._suite(statement.body))
        for plan in self.unit.drivers:
            if plan.owner is node and plan.owner is not None:
                result = self._with_steps(result, plan)
        return result

    def _with_steps(self, statement: cst.ClassDef, plan: DriverPlan) -> cst.ClassDef:
        writer = self._writer(plan)
        methods = [writer.function(step).with_changes(leading_lines=[_BLANK]) for step in plan.steps]
        assert isinstance(statement.body, cst.IndentedBlock)
        body = list(statement.body.body)
        place = 1 + next(
            (i for i, part in enumerate(body) if isinstance(part, cst.FunctionDef) and part.name.value == "__init__"),
            len(body) - 1,
        )
        body[place:place] = methods
        return statement.with_changes(body=statement.body.with_changes(body=body))

    def _model(self, plan: ModelPlan) -> models.ModelWriter:
        split = ModelSplit(plan, self.facts, self.unit.models, {})
        return models.ModelWriter(
            plan, self.file, self.context, self.rewrite, self._split, self._own_losses(plan), split
        )

    def _own_losses(self, plan: ModelPlan):  # type: ignore[no-untyped-def]
        def hook(node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
            if node not in plan.self_reads:
                return None
            losses = loss_reads.losses_of(["self"])
            function = callee(node, self.facts)
            if function in self.unit.readers:
                return loss_reads.with_argument(updated, losses, self._by_keyword(node, function))
            return loss_reads.read(original, losses, True, self.context)

        return hook

    def _split(self, node: ast.Call, original: cst.Call, updated: cst.Call, plan: ModelPlan) -> LayerParts:
        named = self._keeps_name(original)
        parts = (layers.split_named if named else layers.split)(original, updated, self.context)
        constructor = self._with_fresh_initializers(node, parts.constructor)
        mode = plan.normalizations.get(node, "plain")
        if mode == "frozen":
            constructor = layers.with_frozen_averages(constructor)
            self.context.note("TFR108", "the moving averages were never updated", original)
        elif mode == "fused":
            self._fused = True
            constructor = constructor.with_changes(func=cst.Name("FusedBatchNormalization"))
            self.context.note("TFR107", "the moving variance stays that of TF1's fused kernel", original)
        return LayerParts(constructor, parts.inputs, parts.call_arguments)

    def _with_fresh_initializers(self, node: ast.Call, constructor: cst.Call) -> cst.Call:
        """An initializer object that several layers share is cloned: Keras draws the same numbers from one object."""
        shared = self.facts.shared_initializers.get(node, {})
        if "mixed" in shared.values():
            raise Refusal("TFR222", "the initializer is an object in some calls and None or a name in others", node)
        arguments = [
            argument.with_changes(value=cst.Call(cst.Attribute(argument.value, cst.Name("clone"))))
            if argument.keyword is not None and shared.get(argument.keyword.value) == "object"
            else argument
            for argument in constructor.args
        ]
        return constructor.with_changes(args=arguments)

    def _keeps_name(self, original: cst.Call) -> bool:
        """Whether a layer may keep its name: one that Keras allows, as far as it is known."""
        given = layers.argument(original, "name", self.context)
        if given is None:
            return False
        constant = self.context.constant(given)
        node = self.file.expression(given)
        parts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)] if node is not None else []
        slashed = any(isinstance(part, str) and "/" in part for part in [*parts, getattr(constant, "value", None)])
        if slashed or any("/" in name for name in self._given_names(node)):
            self.context.note("TFR109", "a Keras name has no slash: the layer goes without", original)
            return False
        return True

    def _given_names(self, node: ast.AST | None) -> list[str]:
        """The names that a computed name has in the calls that were seen."""
        return [name for found, name in self.facts.layer_names if found is node]

    def _writer(self, plan: DriverPlan) -> sessions.StepWriter:
        return sessions.StepWriter(
            plan, self.file, self.context, self.rewrite, [self._step_hook(plan)], _local_names(plan)
        )

    def _step_hook(self, plan: DriverPlan):  # type: ignore[no-untyped-def]
        def hook(node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
            if node in plan.calls:
                held = plan.calls[node]
                return model_calls.apply(held.model, original, updated, cst.parse_expression(held.variable))
            if node in plan.losses:
                return self._driver_read(plan, node, original, updated)
            return None

        return hook

    def _driver_read(
        self, plan: DriverPlan, node: ast.Call, original: cst.Call, updated: cst.Call
    ) -> cst.BaseExpression:
        held = plan.losses[node]
        losses = loss_reads.losses_of([item.variable for item in held])
        empty = all(item.may_be_empty for item in held)
        if node in plan.totals:
            names = _local_names(plan)
            terms = []
            for term in plan.totals[node]:
                name = variable(term, plan.receiver) or ast.unparse(term)
                terms.append(names.get(name, name))
            return loss_reads.total(original, terms, losses, empty, self.context)
        function = callee(node, self.facts)
        if function in self.unit.readers:
            return loss_reads.with_argument(updated, losses, self._by_keyword(node, function))
        return loss_reads.read(original, losses, empty, self.context)

    # What stands in the place of graph statements

    def _emitted(self, node: ast.AST | None, leading: Sequence[cst.EmptyLine]) -> list[cst.BaseStatement]:
        found = self.driven.emission(node)
        if found is None:
            return []
        plan, emission = found
        lines: list[cst.BaseStatement] = [self._held(plan, held) for held in emission.held]
        if emission.optimizer is not None:
            lines.append(self._optimizer(plan))
        steps = self._steps(plan, emission.steps)
        if lines:
            lines[0] = lines[0].with_changes(leading_lines=leading)
            self._emissions |= set(lines)
        return [*lines, *steps]

    def _held(self, plan: DriverPlan, held: Held) -> cst.SimpleStatementLine:
        if held.creation is None:
            arguments = ", ".join(parameter.name for parameter in held.model.constructed)
            value: cst.BaseExpression = cst.parse_expression(f"{held.model.name}({arguments})")
        else:
            original = self.file.cst_expression(held.creation)
            assert isinstance(original, cst.Call)
            rewritten = self.rewrite(original, Mode(hooks=[self._nested_hook(plan)]))
            assert isinstance(rewritten, cst.Call)
            callee_ = cst.Module([]).code_for_node(rewritten.func) if held.model.receiver is None else held.model.name
            value = model_calls.construct(held.model, original, rewritten, callee_, "self.")
        target = cst.AssignTarget(cst.parse_expression(held.variable))  # type: ignore[arg-type]
        return cst.SimpleStatementLine([cst.Assign([target], value.with_changes(lpar=[], rpar=[]))])

    def _nested_hook(self, plan: DriverPlan):  # type: ignore[no-untyped-def]
        """Tensors in the arguments of a builder belong to the step, not to the construction."""

        def hook(node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
            if node in plan.calls or node in plan.losses:
                return updated
            return None

        return hook

    def _optimizer(self, plan: DriverPlan) -> cst.SimpleStatementLine:
        assert plan.optimizer is not None
        value = self.rewrite(self.file.cst_expression(plan.optimizer.event.node), Mode())
        assert isinstance(value, cst.BaseExpression)
        target = cst.AssignTarget(cst.parse_expression(plan.optimizer.variable))  # type: ignore[arg-type]
        return cst.SimpleStatementLine([cst.Assign([target], value)])

    def _steps(self, plan: DriverPlan, steps: Sequence[StepPlan]) -> list[cst.BaseStatement]:
        writer = self._writer(plan)
        if plan.receiver is not None:
            return [writer.wrap(step) for step in steps]
        return [writer.function(step) for step in steps]

    # Module level

    def _with_regions(self, body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
        """The class of a driver's own network stands before the driver."""
        for plan in self.unit.drivers:
            if plan.region is None or plan.region.module is not self.file.module:
                continue
            definition = self._model(plan.region).class_definition([_BLANK, _BLANK])
            first = self.file.cst_statement(plan.region.body[0])
            self.context.note("TFR102", f"the layers of the driver became {plan.region.name}", first)
            body.insert(self._region_place(plan, body), definition)
        return body

    def _region_place(self, plan: DriverPlan, body: Sequence[cst.BaseStatement]) -> int:
        name = plan.owner.name if plan.owner is not None else None
        if name is None and plan.frames[0].function is not None:
            name = plan.frames[0].function.name
        for index, statement in enumerate(body):
            if (
                name is not None
                and isinstance(statement, cst.FunctionDef | cst.ClassDef)
                and statement.name.value == name
            ):
                return index
        return _after_imports(body)

    def _with_fused(self, module: cst.Module) -> cst.Module:
        parsed = cst.parse_module(layers.fused_class_source(self.context.tf))
        definition = parsed.body[0].with_changes(leading_lines=[_BLANK, _BLANK])  # type: ignore[attr-defined]
        body = list(module.body)
        body.insert(_after_imports(body), definition)
        return module.with_changes(body=body)

    def _spaced(self, module: cst.Module) -> cst.Module:
        return module.visit(_Spacing())  # type: ignore[return-value]


class _Renamer(Rewriter):
    """Also gives builders the names of their classes."""

    def __init__(self, context: FileContext, rules: Rules, mode: Mode, unit: UnitPlan) -> None:
        super().__init__(context, rules, mode)
        self._unit = unit

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        model = self._model(original_node)
        if model is not None and model.node is not None and original_node.value == model.node.name:
            return updated_node.with_changes(value=model.name)
        return super().leave_Name(original_node, updated_node)

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        model = self._model(original_node)
        if model is not None and model.node is not None and original_node.attr.value == model.node.name:
            return updated_node.with_changes(attr=cst.Name(model.name))
        return super().leave_Attribute(original_node, updated_node)

    def _model(self, node: cst.CSTNode) -> ModelPlan | None:
        value = self.file.facts.values.get(self.file.expression(node))  # type: ignore[arg-type]
        definition = getattr(value, "node", None)
        return self._unit.models.get(definition) if isinstance(definition, ast.FunctionDef) else None


class _Spacing(cst.CSTTransformer):
    """Blank lines around the definitions that were put in: two at the top, one inside functions."""

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        return updated_node.with_changes(body=_spaced(updated_node.body, 2))

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        return updated_node.with_changes(body=_spaced(updated_node.body, 1))


def _spaced(body: Sequence[cst.BaseStatement], lines: int) -> list[cst.BaseStatement]:
    found: list[cst.BaseStatement] = []
    for index, statement in enumerate(body):
        after = index > 0 and _is_new(body[index - 1])
        if index and (_is_new(statement) or after):
            comments = list(statement.leading_lines)  # type: ignore[attr-defined]
            while comments and comments[0].comment is None:
                comments.pop(0)
            statement = statement.with_changes(leading_lines=[_BLANK] * lines + comments)
        found.append(statement)
    return found


def _is_new(statement: cst.CSTNode) -> bool:
    """True for a step: a function decorated with `tf.function`."""
    if isinstance(statement, cst.FunctionDef):
        return any("function(input_signature" in cst.Module([]).code_for_node(d) for d in statement.decorators)
    return isinstance(statement, cst.ClassDef) and "tf.keras" in cst.Module([]).code_for_node(statement.with_changes(body=cst.IndentedBlock([])))  # fmt: skip


def _without(params: cst.Parameters, names: set[str]) -> cst.Parameters:
    if not names:
        return params
    kept = [param for param in params.params if param.name.value not in names]
    if kept:
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    only = [param for param in params.kwonly_params if param.name.value not in names]
    return params.with_changes(params=kept, kwonly_params=only)


def _local_names(plan: DriverPlan) -> dict[str, str]:
    """What attributes of the driver's object are called inside a step."""
    if plan.receiver is None:
        return {}
    plain = {name for item in plan.items for name in item.writes if not name.startswith("self.")}
    aliases = {
        f"self.{item.stmt.targets[0].attr}"
        for item in plan.items
        if isinstance(item.stmt, ast.Assign)
        and isinstance(item.stmt.targets[0], ast.Attribute)
        and isinstance(item.stmt.value, ast.Name)
        and item.stmt.value.id == item.stmt.targets[0].attr
    }
    aliases |= {f"self.{item.target}" for item in plan.items if _is_parameter_alias(item)}
    found = {}
    for item in plan.items:
        for name in item.writes:
            if name.startswith("self."):
                short = name.removeprefix("self.")
                found[name] = short if short not in plain or name in aliases else f"{short}_value"
    return found


def _is_parameter_alias(item: Item) -> bool:
    """A tensor attribute passed to a parameter of the same name."""
    return item.target is not None and isinstance(item.value, ast.Attribute) and item.value.attr == item.target


def _body_of(statement: cst.With) -> Sequence[cst.BaseStatement]:
    if isinstance(statement.body, cst.IndentedBlock):
        return statement.body.body
    return [cst.SimpleStatementLine(statement.body.body)]  # type: ignore[arg-type]


def _after_imports(body: Sequence[cst.BaseStatement]) -> int:
    place = 0
    for index, statement in enumerate(body):
        if isinstance(statement, cst.SimpleStatementLine):
            first = statement.body[0]
            if isinstance(first, cst.Import | cst.ImportFrom):
                place = index + 1
            elif (
                index == 0
                and isinstance(first, cst.Expr)
                and isinstance(first.value, cst.SimpleString | cst.ConcatenatedString)
            ):
                place = 1
        elif place:
            break
    return place


def _starts_with_blank(statement: cst.CSTNode) -> bool:
    leading = getattr(statement, "leading_lines", ())
    return bool(leading) and leading[0].comment is None


def _blanks(statement: cst.CSTNode) -> list[cst.EmptyLine]:
    """The blank lines above a statement, up to its first comment."""
    found: list[cst.EmptyLine] = []
    for row in getattr(statement, "leading_lines", ()):
        if row.comment is not None:
            break
        found.append(row)
    return found


def _without_blank(statement: cst.BaseStatement) -> cst.BaseStatement:
    leading = list(getattr(statement, "leading_lines", ()))
    while leading and leading[0].comment is None:
        leading.pop(0)
    return statement.with_changes(leading_lines=leading)
