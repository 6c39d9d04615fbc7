"""Placeholders, feeds and fetches → `tf.function` steps and their calls."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import libcst as cst

from tf1to2_reg import calls
from tf1to2_reg.editing import CallHook, File, FileContext, Mode
from tf1to2_reg.facts.optimizers import OPTIMIZERS
from tf1to2_reg.plan import naming
from tf1to2_reg.plan.data import DriverPlan, FedInput, Item, RunPlan, StepPlan
from tf1to2_reg.plan.variables import variable, walk
from tf1to2_reg.program.values import GradientPairs, InitOp, Symbol, TrainOp, UpdateOps, Variables
from tf1to2_reg.rewriting import Refusal

Rewrite = Callable[[cst.CSTNode, Mode], cst.CSTNode]
_WIDTH = 120


@dataclass
class StepWriter:
    """Writes the step functions of one driver."""

    plan: DriverPlan
    file: File
    context: FileContext
    rewrite: Rewrite
    hooks: Sequence[CallHook]
    locals: dict[str, str]

    def function(self, step: StepPlan) -> cst.FunctionDef:
        """The step as a function, or as a method where the driver is an object."""
        parameters = [cst.Param(cst.Name(fed.name)) for fed in step.inputs]
        if self.plan.receiver is not None:
            parameters.insert(0, cst.Param(cst.Name("self")))
        body = self._train_body(step) if step.train is not None else self._body(step)
        decorators = [] if self.plan.receiver is not None else [cst.Decorator(self.signature(step))]
        return cst.FunctionDef(cst.Name(step.name), cst.Parameters(parameters), cst.IndentedBlock(body), decorators)

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
        text = head + "".join(f"\n{self.file.tree.default_indent}{line}" for line in lines)
        return cst.parse_expression(text + (tail if len(lines) == 1 else f"\n{tail}"))

    def wrap(self, step: StepPlan) -> cst.SimpleStatementLine:
        """`self.step = tf.function(self.step, ...)`, for `__init__`."""
        target = f"self.{step.name}"
        assign = cst.Assign([cst.AssignTarget(cst.parse_expression(target))], self.signature(step, target))
        return cst.SimpleStatementLine([assign])

    def _spec(self, fed: FedInput) -> str:
        placeholder = fed.placeholder
        shape = self._code(placeholder.shape) if placeholder.shape is not None else "[]" if fed.scalar else "None"
        if placeholder.dtype is None:
            raise Refusal("TFR217", "a placeholder with a default is fed", placeholder.call)
        return f"{self.context.tf}.TensorSpec({shape}, {self._code(placeholder.dtype)})"

    def _code(self, node: ast.expr) -> str:
        return cst.Module([]).code_for_node(self.rewrite(self.file.cst_expression(node), Mode()))

    # Bodies

    def _mode(self, step: StepPlan) -> Mode:
        names = dict(self.locals)
        names.update({fed.variable: fed.name for fed in step.inputs})
        names.update({name: str(value) for name, value in step.constants.items()})
        return Mode(names, [*self.hooks, self._gradient_hook(step)], self.plan.receiver)

    def _body(self, step: StepPlan) -> list[cst.BaseStatement]:
        lines = self._lines(step.items, step)
        return _inlined(lines, self._results(step))

    def _train_body(self, step: StepPlan) -> list[cst.BaseStatement]:
        tf = self.context.tf
        forward = self._lines([item for item in step.items if not item.backward], step)
        backward = [item for item in step.items if item.backward]
        loss = self._loss(step)
        if not isinstance(loss, cst.Name | cst.Attribute):
            name = self._own(step, "loss")
            forward.append(_assign(name, loss))
            loss = cst.Name(name)
        tape = cst.WithItem(cst.parse_expression(f"{tf}.GradientTape()"), cst.AsName(cst.Name(self._own(step, "tape"))))
        lines: list[cst.BaseStatement] = [
            cst.With([tape], cst.IndentedBlock(forward)),
            *self._update(step, loss, backward),
        ]
        results = self._results(step)
        if results is not None:
            lines.append(cst.SimpleStatementLine([cst.Return(results)]))
        return lines

    def _lines(self, items: Sequence[Item], step: StepPlan) -> list[cst.BaseStatement]:
        found: list[cst.BaseStatement] = []
        for item in items:
            found += self.statement(item, self._mode(step))
        if found:
            leading = [row for row in found[0].leading_lines if row.comment is not None]  # type: ignore[attr-defined]
            found[0] = found[0].with_changes(leading_lines=leading)
        return found

    def statement(self, item: Item, mode: Mode) -> list[cst.BaseStatement]:
        """A graph statement as it stands in a step."""
        if item.kind == "region":
            return [self._region_call(mode)]
        node = self.file.cst_statement(item.stmt)
        if item.value is not None:
            value = self.rewrite(self.file.cst_expression(item.value), mode)
            if item.target is not None:
                targets = [cst.AssignTarget(cst.Name(mode.names.get(item.target, item.target)))]
            else:
                assert isinstance(node, cst.Assign)
                targets = [self.rewrite(target, mode) for target in node.targets]  # type: ignore[misc]
            node_ = cst.Assign(targets, value)  # type: ignore[arg-type]
            return [] if _is_no_op(node_) else [cst.SimpleStatementLine([node_])]
        pairs = self._gradient_pairs(item, mode)
        if pairs is not None:
            return pairs
        rewritten = self.rewrite(node, mode)
        if isinstance(rewritten, cst.BaseCompoundStatement):
            return [rewritten.with_changes(leading_lines=_comments(rewritten.leading_lines))]  # type: ignore[attr-defined]
        assert isinstance(rewritten, cst.BaseSmallStatement)
        if isinstance(item.stmt, ast.Expr) and item.stmt.value in self.plan.data_losses:
            assert isinstance(rewritten, cst.Expr)
            rewritten = cst.Assign(
                [cst.AssignTarget(cst.Name(self.plan.data_losses[item.stmt.value]))], rewritten.value
            )
        if _is_no_op(rewritten):
            return []
        return [self._with_comments(node, rewritten.with_changes(semicolon=cst.MaybeSentinel.DEFAULT))]

    def _with_comments(self, node: cst.CSTNode, rewritten: cst.BaseSmallStatement) -> cst.SimpleStatementLine:
        for line in self.file.lines:
            if node in line.body and len(line.body) == 1:
                return cst.SimpleStatementLine([rewritten], _comments(line.leading_lines), line.trailing_whitespace)
        return cst.SimpleStatementLine([rewritten])

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
        statement = cst.parse_statement(f"{', '.join(names)} = {call}" if names else call)
        assert isinstance(statement, cst.SimpleStatementLine)
        return statement

    # Gradients

    def _loss(self, step: StepPlan) -> cst.BaseExpression:
        """What is differentiated."""
        node = self._loss_node(step)
        rewritten = self.rewrite(self.file.cst_expression(node), self._mode(step))
        assert isinstance(rewritten, cst.BaseExpression)
        return rewritten

    def _loss_node(self, step: StepPlan) -> ast.expr:
        assert step.train is not None
        assert step.train_node is not None
        if step.train.method == "minimize":
            return _argument(step.train_node, 0, "loss")
        found = list(self._gradient_calls(step))
        if len(found) != 1:
            raise Refusal("TFR202", "the gradients of a train op are not computed in one place", step.train_node)
        return _argument(found[0], 0, "ys" if self._is_tf_gradients(found[0]) else "loss")

    def _gradient_calls(self, step: StepPlan) -> list[ast.Call]:
        assert step.train_item is not None
        found = []
        for item in (*step.items, step.train_item):
            for node in walk(item.stmt):
                if isinstance(node, ast.Call) and (self._is_pairs(node) or self._is_tf_gradients(node)):
                    found.append(node)
        return found

    def _is_pairs(self, node: ast.Call) -> bool:
        return isinstance(node.func, ast.Attribute) and node.func.attr == "compute_gradients" and isinstance(self.file.facts.values.get(node), GradientPairs)  # fmt: skip

    def _is_tf_gradients(self, node: ast.Call) -> bool:
        value = self.file.facts.values.get(node.func)
        return isinstance(value, Symbol) and value.name == "tf.gradients"

    def variables(self, step: StepPlan) -> str:
        """The trainable variables of every model that the step runs."""
        found = " + ".join(f"{held.variable}.trainable_variables" for held in step.models) or "[]"
        return f"[variable.value for variable in {found}]" if self._is_kept() else found

    def _own(self, step: StepPlan, wanted: str) -> str:
        """A name of the step's own, which none of its statements uses."""
        roots = [item.value if item.value is not None else item.stmt for item in step.items]
        names = {node.id for root in (*roots, *step.fetches) for node in ast.walk(root) if isinstance(node, ast.Name)}
        names |= {fed.name for fed in step.inputs} | {held.variable for held in self.plan.held}
        names |= {self.locals.get(name, name) for item in step.items for name in item.writes | item.reads}
        return naming.unique(wanted, names, ("_of_step",))

    def _is_kept(self) -> bool:
        """True for an optimizer of TF1, which takes TensorFlow's variables rather than those of Keras."""
        return self.plan.optimizer is not None and self.plan.optimizer.event.symbol not in OPTIMIZERS

    def _update(self, step: StepPlan, loss: cst.BaseExpression, backward: Sequence[Item]) -> list[cst.BaseStatement]:
        assert step.train is not None
        assert self.plan.optimizer is not None
        target = cst.Module([]).code_for_node(loss)
        optimizer = self.plan.optimizer.variable
        if step.train.method == "minimize":
            variables = self.variables(step)
            lines = []
            if len(step.models) != 1 or self._is_kept():
                name = self._own(step, "variables")
                lines.append(_line(f"{name} = {variables}"))
                variables = name
            gradients = self._own(step, "gradients")
            lines.append(_line(f"{gradients} = {self._own(step, 'tape')}.gradient({target}, {variables})"))
            lines.append(_line(f"{optimizer}.apply_gradients(zip({gradients}, {variables}))"))
            return list(lines)
        lines_: list[cst.BaseStatement] = []
        for item in backward:
            lines_ += self.statement(item, self._mode(step))
        lines_.append(self._apply(step, optimizer))
        return lines_

    def _apply(self, step: StepPlan, optimizer: str) -> cst.SimpleStatementLine:
        assert step.train_node is not None
        pairs = self.rewrite(
            self.file.cst_expression(_argument(step.train_node, 0, "grads_and_vars")), self._mode(step)
        )
        code = cst.Module([]).code_for_node(pairs)
        return _line(f"{optimizer}.apply_gradients({code})")

    def _gradient_pairs(self, item: Item, mode: Mode) -> list[cst.BaseStatement] | None:
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
        loss = cst.Module([]).code_for_node(
            self.rewrite(self.file.cst_expression(_argument(star.value, 0, "loss")), mode)
        )
        holder = self._current_variables
        return [
            _line(f"{names[1]} = {holder}"),
            _line(f"{names[0]} = {self._current_tape}.gradient({loss}, {names[1]})"),
        ]

    def _target(self, node: ast.expr, mode: Mode) -> str:
        name = variable(node, self.plan.receiver)
        return mode.names.get(name, ast.unparse(node)) if name is not None else ast.unparse(node)

    def _gradient_hook(self, step: StepPlan) -> CallHook:
        self._current_variables = self.variables(step)
        self._current_tape = tape = self._own(step, "tape")

        def hook(node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
            value = self.file.facts.values.get(node)
            if self._is_pairs(node):
                loss = cst.Module([]).code_for_node(_value_of(original, updated, 0, "loss"))
                variables = self.variables(step)
                return cst.parse_expression(f"list(zip({tape}.gradient({loss}, {variables}), {variables}))")
            if self._is_tf_gradients(node):
                loss = cst.Module([]).code_for_node(_value_of(original, updated, 0, "ys"))
                wanted = cst.Module([]).code_for_node(_value_of(original, updated, 1, "xs"))
                return cst.parse_expression(f"{tape}.gradient({loss}, {wanted})")
            if isinstance(value, Variables):
                return cst.parse_expression(self.variables(step))
            return None

        return hook

    # Results

    def _results(self, step: StepPlan) -> cst.BaseExpression | None:
        if not step.fetches:
            return None
        texts = []
        for fetch in step.fetches:
            names = dict(self._mode(step).names)
            own = self._own_attribute(fetch)
            if own is not None and own in names:
                texts.append(names[own])
            else:
                texts.append(
                    cst.Module([]).code_for_node(self.rewrite(self.file.cst_expression(fetch), self._mode(step)))
                )
        return cst.parse_expression(", ".join(texts))

    def _own_attribute(self, fetch: ast.expr) -> str | None:
        """The variable behind `model.loss`, whatever the object is called where it is run, and through properties."""
        if self.plan.receiver is None or not isinstance(fetch, ast.Attribute):
            return None
        return f"self.{self.plan.properties.get(fetch.attr, fetch.attr)}"


def step_call(
    run: RunPlan, plan: DriverPlan, file: File, rewrite: Rewrite, mode: Mode, original: cst.Call
) -> tuple[cst.BaseExpression, list[int]]:
    """The call of the step, and which fetches it returns in order."""
    step = run.step
    if run.feed_variable is not None:
        arguments = f"**{run.feed_variable}"
    else:
        arguments = ", ".join(_step_arguments(run, file, rewrite, mode))
    prefix = ""
    if plan.receiver is not None:
        holder = "self" if run.holder is None else cst.Module([]).code_for_node(file.cst_expression(run.holder))
        prefix = f"{holder}."
    return cst.parse_expression(f"{prefix}{step.name}({arguments})"), list(range(len(step.fetches)))


def _step_arguments(run: RunPlan, file: File, rewrite: Rewrite, mode: Mode) -> list[str]:
    order = [name for name in run.feeds if name in {fed.variable for fed in run.step.inputs}]
    expected = [fed.variable for fed in run.step.inputs]
    found = []
    for name in order:
        text = cst.Module([]).code_for_node(rewrite(file.cst_expression(run.feeds[name]), mode))
        short = next(fed.name for fed in run.step.inputs if fed.variable == name)
        found.append(text if order == expected else f"{short}={text}")
    return found


def run_expression(run: RunPlan, call: cst.BaseExpression, file: File) -> cst.BaseExpression:
    """What `Session.run` gave: NumPy values in the structure of the fetches."""
    fetches = _without_nothing(run.fetch_node, file)
    text = cst.Module([]).code_for_node(call)
    leaves = run.leaves
    if not leaves:
        return _nothing_in(run.fetch_node, text)
    if isinstance(run.fetch_node, ast.List) and fetches == len(leaves) == len(run.fetch_node.elts) > 1:
        return cst.parse_expression(f"[value.numpy() for value in {text}]")
    if not isinstance(run.fetch_node, ast.List | ast.Tuple | ast.Dict | ast.Call) or run.fetch_node in leaves:
        return cst.parse_expression(f"{text}.numpy()")
    if len(leaves) == 1:
        return cst.parse_expression(_structure(run.fetch_node, file, [f"{text}.numpy()"]))
    names = ["values[%d]" % index for index in range(len(leaves))]
    shape = _structure(run.fetch_node, file, names)
    return cst.parse_expression(f"(lambda values: {shape})([value.numpy() for value in {text}])")


def _nothing_in(fetch: ast.expr, call: str) -> cst.BaseExpression:
    """The result of a run that fetches ops only: None in the structure of the fetches."""
    if isinstance(fetch, ast.List | ast.Tuple) and len(fetch.elts) == 1:
        return cst.parse_expression(f"[{call}]" if isinstance(fetch, ast.List) else f"({call},)")
    if isinstance(fetch, ast.List | ast.Tuple | ast.Dict | ast.Call):
        raise Refusal("TFR216", "the result of a run that fetches several ops is used", fetch)
    return cst.parse_expression(call)


def _structure(node: ast.expr, file: File, leaves: list[str]) -> str:
    queue = list(leaves)

    def build(part: ast.expr) -> str:
        if isinstance(part, ast.List):
            return "[" + ", ".join(build(item) for item in part.elts) + "]"
        if isinstance(part, ast.Tuple):
            inner = ", ".join(build(item) for item in part.elts)
            return f"({inner},)" if len(part.elts) == 1 else f"({inner})"
        if isinstance(part, ast.Call) and part.keywords:
            return "dict(" + ", ".join(f"{keyword.arg}={build(keyword.value)}" for keyword in part.keywords) + ")"
        if isinstance(part, ast.Dict):
            pairs = [
                f"{ast.unparse(key)}: {build(item)}" for key, item in zip(part.keys, part.values, strict=True) if key
            ]
            return "{" + ", ".join(pairs) + "}"
        return "None" if is_nothing(part, file) else queue.pop(0)

    return build(node)


def is_nothing(node: ast.expr, file: File) -> bool:
    """True for a fetch whose result is None: an op."""
    return isinstance(file.facts.values.get(node), TrainOp | InitOp | UpdateOps)


def _without_nothing(node: ast.expr, file: File) -> int:
    if isinstance(node, ast.List | ast.Tuple):
        return sum(_without_nothing(item, file) for item in node.elts)
    if isinstance(node, ast.Dict):
        return sum(_without_nothing(item, file) for item in node.values)
    return 0 if is_nothing(node, file) else 1


def unpacked(
    target: cst.BaseAssignTargetExpression, run: RunPlan, call: cst.BaseExpression, file: File
) -> tuple[cst.BaseAssignTargetExpression | None, cst.BaseExpression] | None:
    """`_, a, b = sess.run([train_op, x, y])` as `a, b = [value.numpy() for value in step()]`.

    None where the statement has another form; a target of None where nothing is left to assign.
    """
    fetches = run.fetch_node
    if not isinstance(target, cst.Tuple | cst.List) or not isinstance(fetches, ast.List | ast.Tuple):
        return None
    if len(target.elements) != len(fetches.elts):
        return None
    if any(isinstance(node, ast.List | ast.Tuple | ast.Dict) for node in fetches.elts):
        return None
    kept: list[cst.BaseAssignTargetExpression] = []
    for element, node in zip(target.elements, fetches.elts, strict=True):
        if isinstance(element, cst.StarredElement):
            return None
        if not is_nothing(node, file):
            kept.append(element.value)  # type: ignore[arg-type]
        elif not (isinstance(element.value, cst.Name) and _is_unread(element.value.value, file)):
            return None
    text = cst.Module([]).code_for_node(call)
    if not kept:
        return None, call
    if len(kept) == 1:
        return kept[0], cst.parse_expression(f"{text}.numpy()")
    if all(isinstance(item, cst.Name) and item.value == "_" for item in kept):
        return None, call
    names = ", ".join(cst.Module([]).code_for_node(item) for item in kept)
    parsed = cst.parse_statement(f"{names} = 0")
    assert isinstance(parsed, cst.SimpleStatementLine)
    assert isinstance(parsed.body[0], cst.Assign)
    return parsed.body[0].targets[0].target, cst.parse_expression(f"[value.numpy() for value in {text}]")


def _is_unread(name: str, file: File) -> bool:
    """True for a name that the file only ever binds."""
    return name.startswith("_") and not any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for node in ast.walk(file.module.tree)
    )


def _inlined(lines: list[cst.BaseStatement], results: cst.BaseExpression | None) -> list[cst.BaseStatement]:
    """`y = f(x); return y` as `return f(x)`."""
    if results is None:
        return lines or [cst.SimpleStatementLine([cst.Pass()])]
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


def _value_of(original: cst.Call, updated: cst.Call, position: int, name: str) -> cst.BaseExpression:
    for argument in updated.args:
        if argument.keyword is not None and argument.keyword.value == name:
            return argument.value
    return updated.args[position].value


def _comments(leading: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    return [row for row in leading if row.comment is not None]


def _assign(name: str, value: cst.BaseExpression) -> cst.SimpleStatementLine:
    return cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(name))], value)])


def _line(text: str) -> cst.SimpleStatementLine:
    statement = cst.parse_statement(text)
    assert isinstance(statement, cst.SimpleStatementLine)
    return statement


def _is_no_op(small: cst.CSTNode) -> bool:
    if not isinstance(small, cst.Assign) or len(small.targets) != 1:
        return False
    target = small.targets[0].target
    return isinstance(target, cst.Name) and isinstance(small.value, cst.Name) and target.value == small.value.value


__all__ = ["StepWriter", "calls", "run_expression", "step_call", "unpacked"]
