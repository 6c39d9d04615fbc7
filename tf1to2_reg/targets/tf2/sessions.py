"""Placeholders, feeds and fetches → `tf.function` steps."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing.context import FileContext
from tf1to2_reg.editing.expressions import code
from tf1to2_reg.editing.file import File
from tf1to2_reg.editing.rewriter import CallHook, Mode, Rewrite
from tf1to2_reg.editing.statements import (
    assignment,
    comments_of,
    is_self_assignment,
    line,
    passing,
    with_comments_only,
    without_semicolon,
)
from tf1to2_reg.network import naming
from tf1to2_reg.program.values import GradientPairs, NameCondition, Symbol, Variables
from tf1to2_reg.syntax.binding import argument
from tf1to2_reg.syntax.variables import variable, walk
from tf1to2_reg.targets.tf2.data import DriverPlan, FedInput, Item, ItemKind, OptimizerPlan, RateKind, StepPlan
from tf1to2_reg.targets.tf2.rate_writer import ScheduleHook, counting, is_changing, schedule_names, setting
from tf1to2_reg.targets.tf2.trained import Trained

_WIDTH = 120
_DEFAULT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


@dataclass
class StepWriter:
    """Writes the step functions of one driver."""

    plan: DriverPlan
    file: File
    context: FileContext
    rewrite: Rewrite
    hooks: Sequence[CallHook]
    locals: dict[str, str]

    @property
    def _schedules(self) -> CallHook:
        return ScheduleHook(self.plan, self.file.facts, self.context)

    def function(self, step: StepPlan) -> cst.FunctionDef:
        """The step as a function, or as a method where the driver is an object."""
        parameters = [self._parameter(fed) for fed in step.inputs]
        if self.plan.receiver is not None:
            parameters.insert(0, cst.Param(cst.Name("self")))
        body = self._train_body(step) if step.train is not None else self._body(step)
        decorators = [] if self.plan.receiver is not None else [cst.Decorator(self.signature(step))]
        return cst.FunctionDef(cst.Name(step.name), cst.Parameters(parameters), cst.IndentedBlock(body), decorators)

    def _parameter(self, fed: FedInput) -> cst.Param:
        if fed.default is None:
            return cst.Param(cst.Name(fed.name))
        return cst.Param(cst.Name(fed.name), default=self.expression(fed.default, Mode()), equal=_DEFAULT)

    def signature(self, step: StepPlan, function: str | None = None) -> cst.BaseExpression:
        """`tf.function(input_signature=[...])`: feeds are cast and unknown dimensions stay unknown."""
        specs = [self._spec(fed) for fed in step.inputs]
        tf = self.context.tf
        first = f"{function}, " if function else ""
        width = len(", ".join(specs)) + len(first) + (len(step.name) + 13 if function else 0) + 4 * self._depth()
        if width <= _WIDTH - len("@tf.function(input_signature=[])"):
            return cst.parse_expression(f"{tf}.function({first}input_signature=[{', '.join(specs)}])")
        if function:
            return self._broken(f"{tf}.function({first}input_signature=[", [", ".join(specs)], "])")
        return self._broken(f"{tf}.function(input_signature=[", [f"{spec}," for spec in specs], "])")

    def _depth(self) -> int:
        """How deep the steps, or the lines that wrap them, are indented."""
        return 2 if self.plan.receiver is not None else 0 if self.plan.frames[0].function is None else 1

    def _broken(self, head: str, lines: Sequence[str], tail: str) -> cst.BaseExpression:
        """An expression over several lines, those inside indented once more than the statement."""
        text = head + "".join(f"\n{self.file.tree.default_indent}{row}" for row in lines)
        return cst.parse_expression(text + (tail if len(lines) == 1 else f"\n{tail}"))

    def wrap(self, step: StepPlan) -> cst.SimpleStatementLine:
        """`self.step = tf.function(self.step, ...)`, for `__init__`."""
        target = f"self.{step.name}"
        return assignment(target, self.signature(step, target))

    def _spec(self, fed: FedInput) -> str:
        placeholder = fed.placeholder
        shape = self._code(placeholder.shape) if placeholder.shape is not None else "[]" if fed.scalar else "None"
        if placeholder.dtype is None and placeholder.facts.dtype is None:
            raise refusal("TFR217", "the type of what a placeholder has as its default is not known", placeholder.call)
        tf = self.context.tf
        dtype = f"{tf}.{placeholder.facts.dtype}" if placeholder.dtype is None else self._code(placeholder.dtype)
        return f"{tf}.TensorSpec({shape}, {dtype})"

    def _code(self, node: ast.expr) -> str:
        return code(self.expression(node, Mode()))

    # Bodies

    def _mode(self, step: StepPlan) -> Mode:
        names = {**self.locals, **schedule_names(self.plan, self.file.facts)}
        names.update({fed.variable: fed.name for fed in step.inputs})
        names.update({name: str(value) for name, value in step.constants.items()})
        return Mode(names, [*self.hooks, self._gradient_hook(step), self._schedules], self.plan.receiver)

    def _body(self, step: StepPlan) -> list[cst.BaseStatement]:
        lines = self._lines(step.items, step)
        return _inlined(lines, self._results(step))

    def _train_body(self, step: StepPlan) -> list[cst.BaseStatement]:
        tf = self.context.tf
        late = _after_the_loss(step)
        forward = self._lines([item for item in step.items if item not in late], step)
        backward = [item for item in step.items if item in late]
        loss = self._loss(step)
        if not isinstance(loss, cst.Name | cst.Attribute):
            name = self._own(step, "loss")
            forward.append(assignment(name, loss))
            loss = cst.Name(name)
        tape = cst.WithItem(cst.parse_expression(f"{tf}.GradientTape()"), cst.AsName(cst.Name(self._own(step, "tape"))))
        before, results = self._before_update(step)
        lines: list[cst.BaseStatement] = [
            cst.With([tape], cst.IndentedBlock(forward)),
            *self._update(step, loss, backward, before),
        ]
        results = loss if step.gives_loss else results
        if results is not None:
            lines.append(cst.SimpleStatementLine([cst.Return(results)]))
        return lines

    def _before_update(self, step: StepPlan) -> tuple[list[cst.BaseStatement], cst.BaseExpression | None]:
        """Lines for what the update changes, and the result: a fetch beside a train op is as it was before it."""
        lines: list[cst.BaseStatement] = []
        texts = self._result_texts(step)
        for index, fetch in enumerate(step.fetches):
            if is_changing(fetch, self.file.facts):
                name = self._own(step, f"current_{_short_name(fetch)}")
                lines.append(line(f"{name} = {texts[index]}"))
                texts[index] = name
        return lines, cst.parse_expression(", ".join(texts)) if texts else None

    def _lines(self, items: Sequence[Item], step: StepPlan) -> list[cst.BaseStatement]:
        found: list[cst.BaseStatement] = []
        for item in items:
            found += self.statement(item, step)
        if found:
            found[0] = with_comments_only(found[0])
        return found

    def statement(self, item: Item, step: StepPlan) -> list[cst.BaseStatement]:
        """A graph statement as it stands in a step."""
        mode = self._mode(step)
        if item.kind is ItemKind.REGION:
            return [self._region_call(mode)]
        node = self.file.cst_statement(item.stmt)
        if item.value is not None:
            return self._inlined_value(item, item.value, node, mode)
        found = self._gradient_pairs(item, step, mode) or self._variable_list(item, step, mode)
        if found:
            return found
        rewritten = self.rewrite(node, mode)
        if isinstance(rewritten, cst.BaseCompoundStatement):
            return [with_comments_only(rewritten)]
        assert isinstance(rewritten, cst.BaseSmallStatement)
        value = item.stmt.value if isinstance(item.stmt, ast.Expr) else None
        if isinstance(value, ast.Call) and value in self.plan.data_losses:
            assert isinstance(rewritten, cst.Expr)
            rewritten = cst.Assign([cst.AssignTarget(cst.Name(self.plan.data_losses[value]))], rewritten.value)
        if is_self_assignment(rewritten):
            return []
        return [self._with_comments(node, without_semicolon(rewritten))]

    def _variable_list(self, item: Item, step: StepPlan, mode: Mode) -> list[cst.BaseStatement]:
        """`d_vars = [v for v in t_vars if v.name.startswith("d")]` as the variables of a model."""
        stmt = item.stmt
        if not isinstance(stmt, ast.Assign) or not isinstance(stmt.value, ast.ListComp) or len(stmt.targets) > 1:
            return []
        if not isinstance(self.file.facts.value(stmt.value), Variables):
            return []
        return [line(f"{self._target(stmt.targets[0], mode)} = {self._selected(step, stmt.value)}")]

    def _inlined_value(self, item: Item, value: ast.expr, node: cst.CSTNode, mode: Mode) -> list[cst.BaseStatement]:
        """What an inlined method returned, or was given for a parameter, as an assignment."""
        rewritten = self.expression(value, mode)
        if item.target is not None:
            targets = [cst.AssignTarget(cst.Name(mode.names.get(item.target, item.target)))]
        else:
            own = cst.ensure_type(node, cst.Assign).targets
            targets = [cst.ensure_type(self.rewrite(target, mode), cst.AssignTarget) for target in own]
        assign = cst.Assign(targets, rewritten)
        return [] if is_self_assignment(assign) else [cst.SimpleStatementLine([assign])]

    def expression(self, node: ast.expr, mode: Mode) -> cst.BaseExpression:
        """An expression as it stands in a step."""
        rewritten = self.rewrite(self.file.cst_expression(node), mode)
        assert isinstance(rewritten, cst.BaseExpression)
        return rewritten

    def _with_comments(self, node: cst.CSTNode, rewritten: cst.BaseSmallStatement) -> cst.SimpleStatementLine:
        own = self.file.lines.get(node)
        if own is None or len(own.body) > 1:
            return cst.SimpleStatementLine([rewritten])
        return cst.SimpleStatementLine([rewritten], comments_of(own), own.trailing_whitespace)

    def _region_call(self, mode: Mode) -> cst.SimpleStatementLine:
        region = self.plan.region
        assert region is not None
        holder = next(held.variable for held in self.plan.held if held.model is region)
        ordered = sorted(region.called, key=lambda parameter: parameter.default is not None)
        arguments = []
        for parameter in ordered:
            text = mode.names.get(parameter.name, parameter.name.removeprefix("self."))
            short = parameter.name.removeprefix("self.")
            arguments.append(text if parameter.tensor else f"{short}={text}")
        names = [mode.names.get(name, name.removeprefix("self.")) for name in region.outputs]
        call = f"{holder}({', '.join(arguments)})"
        return line(f"{', '.join(names)} = {call}" if names else call)

    # Gradients

    def _loss(self, step: StepPlan) -> cst.BaseExpression:
        """What is differentiated."""
        return self.expression(self._loss_node(step), self._mode(step))

    def _loss_node(self, step: StepPlan) -> ast.expr:
        assert step.train is not None
        assert step.train_node is not None
        if step.train.method == "minimize":
            return _argument(step.train_node, 0, "loss")
        found = self._gradient_calls(step)
        if len(found) != 1:
            raise refusal("TFR202", "the gradients of a train op are not computed in one place", step.train_node)
        return _argument(found[0], 0, "ys" if self._is_tf_gradients(found[0]) else "loss")

    def _gradient_calls(self, step: StepPlan) -> list[ast.Call]:
        assert step.train_item is not None
        nodes = [node for item in (*step.items, step.train_item) for node in walk(item.stmt)]
        return [
            node
            for node in nodes
            if isinstance(node, ast.Call) and (self._is_pairs(node) or self._is_tf_gradients(node))
        ]

    def _is_pairs(self, node: ast.Call) -> bool:
        if not isinstance(node.func, ast.Attribute) or node.func.attr != "compute_gradients":
            return False
        return self.file.facts.always(node, GradientPairs)

    def _is_tf_gradients(self, node: ast.Call) -> bool:
        value = self.file.facts.value(node.func)
        given = argument(node, 1, "xs")
        by_variables = given is not None and isinstance(self.file.facts.value(given), Variables)
        return isinstance(value, Symbol) and value.name == "tf.gradients" and by_variables

    def variables(self, step: StepPlan, conditions: Sequence[NameCondition] = ()) -> str:
        """The trainable variables of every model that the step runs, as far as they are selected."""
        found = Trained(self.plan, self.file.facts).variables(step, conditions)
        return f"[variable.value for variable in {found}]" if self._is_kept(step) else found

    def _own(self, step: StepPlan, wanted: str) -> str:
        """A name of the step's own, which none of its statements uses."""
        roots = [item.value if item.value is not None else item.stmt for item in step.items]
        names = {node.id for root in (*roots, *step.fetches) for node in ast.walk(root) if isinstance(node, ast.Name)}
        names |= {fed.name for fed in step.inputs} | {held.variable for held in self.plan.held}
        names |= {self.locals.get(name, name) for item in step.items for name in item.writes | item.reads}
        return naming.unique(wanted, names, ("_of_step",))

    def _is_kept(self, step: StepPlan) -> bool:
        """True for an optimizer of TF1, which takes TensorFlow's variables rather than those of Keras."""
        return step.train is not None and self.plan.optimizer_of(step.train).kept

    def _update(
        self,
        step: StepPlan,
        loss: cst.BaseExpression,
        backward: Sequence[Item],
        before: Sequence[cst.BaseStatement],
    ) -> list[cst.BaseStatement]:
        assert step.train is not None
        optimizer = self.plan.optimizer_of(step.train)
        lines: list[cst.BaseStatement] = []
        if step.train.method == "minimize":
            variables = self.variables(step, step.train.conditions)
            if " " in variables:
                name = self._own(step, "variables")
                lines.append(line(f"{name} = {variables}"))
                variables = name
            gradients = self._own(step, "gradients")
            lines.append(line(f"{gradients} = {self._own(step, 'tape')}.gradient({code(loss)}, {variables})"))
            lines += self._lines(backward, step)
            apply = line(f"{optimizer.variable}.apply_gradients(zip({gradients}, {variables}))")
        else:
            for item in backward:
                lines += self.statement(item, step)
            apply = self._apply(step, optimizer.variable)
        count = counting(step.train, self.plan)
        after = [line(count)] if count is not None else []
        return [*lines, *before, *self._rate(step, optimizer), apply, *after]

    def _rate(self, step: StepPlan, optimizer: OptimizerPlan) -> list[cst.BaseStatement]:
        node = optimizer.event.rate_node
        if optimizer.rate.kind is not RateKind.ASSIGNED or node is None:
            return []
        rate = code(self.expression(node, self._mode(step)))
        return [line(setting(optimizer, rate, self.file.facts, self.context.tf))]

    def _apply(self, step: StepPlan, optimizer: str) -> cst.SimpleStatementLine:
        assert step.train_node is not None
        pairs = self.expression(_argument(step.train_node, 0, "grads_and_vars"), self._mode(step))
        return line(f"{optimizer}.apply_gradients({code(pairs)})")

    def _selected(self, step: StepPlan, node: ast.AST) -> str:
        """The variables that an expression lists or gives gradients for."""
        value = self.file.facts.value(node)
        assert isinstance(value, Variables | GradientPairs)
        return self.variables(step, value.conditions)

    def _listed(self, step: StepPlan, node: ast.expr, updated: cst.BaseExpression | None) -> str:
        """Variables behind a name keep it; those that are listed there are written out."""
        return code(updated) if isinstance(updated, cst.Name | cst.Attribute) else self._selected(step, node)

    def _gradient_pairs(self, item: Item, step: StepPlan, mode: Mode) -> list[cst.BaseStatement] | None:
        """`gradients, variables = zip(*optimizer.compute_gradients(loss))` as two statements."""
        stmt = item.stmt
        if not isinstance(stmt, ast.Assign) or not isinstance(stmt.targets[0], ast.Tuple):
            return None
        value = stmt.value
        star = value.args[0] if isinstance(value, ast.Call) and len(value.args) == 1 else None
        if not (
            isinstance(value, ast.Call) and getattr(value.func, "id", "") == "zip" and isinstance(star, ast.Starred)
        ):
            return None
        if not isinstance(star.value, ast.Call) or not self._is_pairs(star.value) or len(stmt.targets[0].elts) != 2:
            return None
        names = [self._target(node, mode) for node in stmt.targets[0].elts]
        loss = code(self.expression(_argument(star.value, 0, "loss"), mode))
        holder = self._selected(step, star.value)
        return [
            line(f"{names[1]} = {holder}"),
            line(f"{names[0]} = {self._current_tape}.gradient({loss}, {names[1]})"),
        ]

    def _target(self, node: ast.expr, mode: Mode) -> str:
        name = variable(node, self.plan.receiver)
        return mode.names.get(name, ast.unparse(node)) if name is not None else ast.unparse(node)

    def _gradient_hook(self, step: StepPlan) -> CallHook:
        self._current_tape = tape = self._own(step, "tape")

        def hook(node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
            value = self.file.facts.value(node)
            if self._is_pairs(node):
                loss = _text_of(updated, 0, "loss")
                variables = self._listed(step, node, _value_of(updated, 1, "var_list"))
                return cst.parse_expression(f"list(zip({tape}.gradient({loss}, {variables}), {variables}))")
            if self._is_tf_gradients(node):
                loss = _text_of(updated, 0, "ys")
                wanted = self._listed(step, _argument(node, 1, "xs"), _value_of(updated, 1, "xs"))
                return cst.parse_expression(f"{tape}.gradient({loss}, {wanted})")
            if isinstance(value, Variables):
                return cst.parse_expression(self._selected(step, node))
            return None

        return hook

    # Results

    def _results(self, step: StepPlan) -> cst.BaseExpression | None:
        return cst.parse_expression(", ".join(self._result_texts(step))) if step.fetches else None

    def _result_texts(self, step: StepPlan) -> list[str]:
        texts = []
        for fetch in step.fetches:
            names = dict(self._mode(step).names)
            own = fetch.id if isinstance(fetch, ast.Name) else self._own_attribute(fetch)
            if own is not None and (own in names or isinstance(fetch, ast.Name)):
                texts.append(names.get(own, own))
            else:
                texts.append(code(self.expression(fetch, self._mode(step))))
        return texts

    def _own_attribute(self, fetch: ast.expr) -> str | None:
        """The variable behind `model.loss`, whatever the object is called where it is run, and through properties."""
        if self.plan.receiver is None or not isinstance(fetch, ast.Attribute):
            return None
        return f"self.{self.plan.properties.get(fetch.attr, fetch.attr)}"


def _after_the_loss(step: StepPlan) -> set[Item]:
    """What is computed from gradients, for the learning rate alone, or from that."""
    found = {item for item in step.items if item.backward}
    found |= set(step.rated) - set(step.minimized)
    made: set[str] = set()
    for item in step.items:
        if item not in found and item not in step.minimized and item.reads & made:
            found.add(item)
        if item in found:
            made |= item.writes
    return found


def _short_name(fetch: ast.expr) -> str:
    return getattr(fetch, "id", getattr(fetch, "attr", "value"))


def _inlined(lines: list[cst.BaseStatement], results: cst.BaseExpression | None) -> list[cst.BaseStatement]:
    """`y = f(x); return y` as `return f(x)`."""
    if results is None:
        return lines or [passing()]
    last = lines[-1] if lines else None
    if (
        isinstance(results, cst.Name)
        and isinstance(last, cst.SimpleStatementLine)
        and isinstance(last.body[0], cst.Assign)
        and len(last.body[0].targets) == 1
        and isinstance(last.body[0].targets[0].target, cst.Name)
        and last.body[0].targets[0].target.value == results.value
    ):
        return [*lines[:-1], last.with_changes(body=[cst.Return(last.body[0].value)])]
    return [*lines, cst.SimpleStatementLine([cst.Return(results)])]


def _argument(call: ast.Call, position: int, name: str) -> ast.expr:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[position]


def _value_of(updated: cst.Call, position: int, name: str) -> cst.BaseExpression | None:
    for given in updated.args:
        if given.keyword is not None and given.keyword.value == name:
            return given.value
    return updated.args[position].value if position < len(updated.args) else None


def _text_of(updated: cst.Call, position: int, name: str) -> str:
    value = _value_of(updated, position, name)
    assert value is not None
    return code(value)
