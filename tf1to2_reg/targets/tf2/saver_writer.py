"""`tf.train.Saver` → the `Saver` of `tf1_checkpoints.py`: the calls that make one, save and restore."""

from __future__ import annotations

import ast
from collections.abc import Callable

import libcst as cst

from tf1to2_reg.editing import calls
from tf1to2_reg.editing.context import FileContext
from tf1to2_reg.editing.expressions import code
from tf1to2_reg.program.trace import CheckpointEvent
from tf1to2_reg.program.values import GlobalStep
from tf1to2_reg.targets.tf2.beside import Beside
from tf1to2_reg.targets.tf2.data import UNKNOWN, SaverPlan, UnitPlan

_WIDTH = 120
_SAVER_ARGUMENTS = ("var_list", "reshape", "sharded", "max_to_keep", "keep_checkpoint_every_n_hours", "name")
_STAYING = frozenset({"max_to_keep", "keep_checkpoint_every_n_hours"})
_ARGUMENTS = ("sess", "save_path", "global_step", "latest_filename", "meta_graph_suffix", "write_meta_graph")
_Counter = Callable[[SaverPlan, ast.expr], cst.BaseExpression]


class SaverWriter:
    """Rewrites the calls of savers in one file. `counter` writes how many steps were made."""

    def __init__(self, unit: UnitPlan, context: FileContext, beside: Beside | None, counter: _Counter) -> None:
        self.context = context
        self._savers = {plan.event.node: plan for plan in unit.savers}
        self._events = {event.node: event for event in unit.checkpoints}
        self._listings = {part for node in self._savers for part in _given(node) if isinstance(part, ast.Call)}
        self._beside = beside
        self._counter = counter
        self._indent = context.file.tree.default_indent

    @property
    def nodes(self) -> set[ast.Call]:
        """The calls that make a saver, save or restore."""
        return {*self._savers, *self._events}

    def is_made_below(self, stmt: ast.AST | None) -> bool:
        """True for a statement that makes a saver further down than it stands."""
        plan = (
            self._savers.get(stmt.value) if isinstance(stmt, ast.Assign) and isinstance(stmt.value, ast.Call) else None
        )
        return plan is not None and plan.below is not None

    def statement(self, plan: SaverPlan) -> ast.stmt:
        """The statement that makes a saver."""
        nodes = ast.walk(self.context.file.module.tree)
        return next(node for node in nodes if isinstance(node, ast.Assign) and node.value is plan.event.node)

    def hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        """A call of `tf.train.Saver`, of `save` or of `restore`; all variables, which a saver was given."""
        if node in self._listings:
            return cst.Name("None")
        if node in self._savers:
            return self._saver(self._savers[node], original, updated)
        return self._call(self._events[node], node, original, updated) if node in self._events else None

    # `tf.train.Saver`

    def _saver(self, plan: SaverPlan, original: cst.Call, updated: cst.Call) -> cst.BaseExpression:
        assert self._beside is not None
        self._note(plan, original)
        arguments = [f"[{', '.join(self._own(held.variable, plan) for held in plan.driver.held)}]"]
        steps = ", ".join(self._step(step.name, plan) for step in plan.steps)
        arguments += [self._own(plan.optimizer.variable, plan) if plan.optimizer is not None else "None", f"[{steps}]"]
        arguments += self._tf1_names(plan)
        if plan.states:
            pairs = [f'"{key.removeprefix(UNKNOWN)}": {self._own(name, plan)}' for key, name in plan.states.items()]
            arguments.append(f"variables={{{', '.join(pairs)}}}")
        for argument in calls.bind(original, updated, _SAVER_ARGUMENTS, "TFR204"):
            if argument.parameter in _STAYING:
                arguments.append(f"{argument.parameter}={code(argument.updated.value)}")
        return cst.parse_expression(self._laid_out(self._beside.name, arguments, original))

    def _tf1_names(self, plan: SaverPlan) -> list[str]:
        if not loads_tf1(plan):
            return []
        names = ", ".join(f'"{name}": {self._own(layer, plan)}' for name, layer in plan.names.items())
        found = [f"{{{names}}}"]
        if plan.step is not None:
            found.append(f'tf1_step="{plan.step}"')
        if plan.optimizer_name is not None:
            found.append(f'tf1_optimizer="{plan.optimizer_name}"')
        return found

    def _laid_out(self, name: str, arguments: list[str], original: cst.Call) -> str:
        """The call in one line where it fits, else a line for each argument, and each layer."""
        column = (self.context.file.place(original) or (1, 1))[1]
        short = f"{name}({', '.join(arguments)})"
        if column + len(short) <= _WIDTH:
            return short
        rows = [f"\n{self._indent}{self._broken(argument, column)}," for argument in arguments]
        return f"{name}({''.join(rows)}\n)"

    def _broken(self, argument: str, column: int) -> str:
        if not argument.startswith("{") or len(argument) + column + 4 <= _WIDTH:
            return argument
        items = "".join(f"\n{self._indent * 2}{item}," for item in argument.strip("{}").split(", "))
        return f"{{{items}\n{self._indent}}}"

    def _own(self, variable: str, plan: SaverPlan) -> str:
        """What the saver's place calls an attribute of the driver's object."""
        return variable.replace("self.", f"{plan.holder}.", 1) if plan.holder is not None else variable

    def _step(self, name: str, plan: SaverPlan) -> str:
        return name if plan.driver.receiver is None else f"{plan.holder or 'self'}.{name}"

    def _note(self, plan: SaverPlan, original: cst.Call) -> None:
        message = "the saver became that of tf1_checkpoints.py; it restores checkpoints of TensorFlow 1 too"
        if not loads_tf1(plan):
            message = (
                "the saver became that of tf1_checkpoints.py; it cannot restore checkpoints of TensorFlow 1, since "
            )
            message += "the names of variables are computed or not known"
        self.context.note("TFR117", message, original)

    # `save` and `restore`

    def _call(
        self, event: CheckpointEvent, node: ast.Call, original: cst.Call, updated: cst.Call
    ) -> cst.BaseExpression:
        kept = {}
        for argument in calls.bind(original, updated, _ARGUMENTS, "TFR204"):
            if argument.parameter in ("sess", "write_meta_graph"):
                continue
            given = argument.updated
            if argument.parameter == "global_step":
                given = self._step_argument(event, given, node.args[2] if len(node.args) > 2 else _keyword(node))
            name = {"save_path": "path"}.get(argument.parameter, argument.parameter)
            kept[argument.index] = given if argument.is_positional else given.with_changes(keyword=cst.Name(name))
        return calls.with_arguments(updated, updated.func, kept)

    def _step_argument(self, event: CheckpointEvent, given: cst.Arg, node: ast.expr) -> cst.Arg:
        """The number of the step: a global step as a number."""
        if not self.context.file.facts.ever(node, GlobalStep):
            return given
        plan = self._savers[event.saver.call]
        return given.with_changes(value=self._counter(plan, node))


def loads_tf1(plan: SaverPlan) -> bool:
    """True where all names are known that variables had in TF1."""
    known = plan.step != "" and plan.optimizer_name != "" and not any(key.startswith(UNKNOWN) for key in plan.states)
    return bool(plan.names) and known


def _keyword(node: ast.Call) -> ast.expr:
    return next(keyword.value for keyword in node.keywords if keyword.arg == "global_step")


def _given(saver: ast.Call) -> list[ast.expr]:
    """The variables that a saver is given."""
    return [*saver.args[:1], *(keyword.value for keyword in saver.keywords if keyword.arg == "var_list")]
