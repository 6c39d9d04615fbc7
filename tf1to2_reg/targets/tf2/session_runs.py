"""`Session.run` → the call of a step, with its results as the program takes them."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing.expressions import code
from tf1to2_reg.editing.file import File
from tf1to2_reg.editing.rewriter import Mode, Rewrite
from tf1to2_reg.editing.statements import line
from tf1to2_reg.program.values import InitOp, TrainOp, UpdateOps
from tf1to2_reg.targets.tf2.data import DriverPlan, RunPlan


def step_call(run: RunPlan, plan: DriverPlan, file: File, rewrite: Rewrite) -> cst.BaseExpression:
    """The call of the step that a run becomes."""
    if run.feed_variable is not None:
        arguments = f"**{run.feed_variable}"
    else:
        arguments = ", ".join(_step_arguments(run, file, rewrite))
    prefix = ""
    if plan.receiver is not None:
        holder = "self" if run.holder is None else code(file.cst_expression(run.holder))
        prefix = f"{holder}."
    return cst.parse_expression(f"{prefix}{run.step.name}({arguments})")


def _step_arguments(run: RunPlan, file: File, rewrite: Rewrite) -> list[str]:
    order = [name for name in run.feeds if name in {fed.variable for fed in run.step.inputs}]
    expected = [fed.variable for fed in run.step.inputs]
    found = []
    for name in order:
        text = code(rewrite(file.cst_expression(run.feeds[name]), Mode()))
        short = next(fed.name for fed in run.step.inputs if fed.variable == name)
        found.append(text if order == expected else f"{short}={text}")
    return found


def run_expression(run: RunPlan, call: cst.BaseExpression, file: File) -> cst.BaseExpression:
    """What `Session.run` gave: NumPy values in the structure of the fetches."""
    fetches = _without_nothing(run.fetch_node, file)
    text = code(call)
    leaves = run.leaves
    if not leaves:
        return _nothing_in(run.fetch_node, text)
    if isinstance(run.fetch_node, ast.List) and fetches == len(leaves) == len(run.fetch_node.elts) > 1:
        return cst.parse_expression(f"[value.numpy() for value in {text}]")
    if not isinstance(run.fetch_node, ast.List | ast.Tuple | ast.Dict | ast.Call) or run.fetch_node in leaves:
        return cst.parse_expression(f"{text}.numpy()")
    if len(leaves) == 1:
        return cst.parse_expression(_structure(run.fetch_node, file, [f"{text}.numpy()"]))
    names = [f"values[{index}]" for index in range(len(leaves))]
    shape = _structure(run.fetch_node, file, names)
    return cst.parse_expression(f"(lambda values: {shape})([value.numpy() for value in {text}])")


def _nothing_in(fetch: ast.expr, call: str) -> cst.BaseExpression:
    """The result of a run that fetches ops only: None in the structure of the fetches."""
    if isinstance(fetch, ast.List | ast.Tuple) and len(fetch.elts) == 1:
        return cst.parse_expression(f"[{call}]" if isinstance(fetch, ast.List) else f"({call},)")
    if isinstance(fetch, ast.List | ast.Tuple | ast.Dict | ast.Call):
        raise refusal("TFR216", "the result of a run that fetches several ops is used", fetch)
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
    return file.facts.always(node, TrainOp, InitOp, UpdateOps)


def _without_nothing(node: ast.expr, file: File) -> int:
    if isinstance(node, ast.List | ast.Tuple):
        return sum(_without_nothing(item, file) for item in node.elts)
    if isinstance(node, ast.Dict):
        return sum(_without_nothing(item, file) for item in node.values)
    return 0 if is_nothing(node, file) else 1


@dataclass(frozen=True)
class Unpacked:
    """An assignment of a run's results to several targets; `target` is None where nothing is left to assign."""

    target: cst.BaseAssignTargetExpression | None
    value: cst.BaseExpression


def unpacked(
    target: cst.BaseAssignTargetExpression, run: RunPlan, call: cst.BaseExpression, file: File
) -> Unpacked | None:
    """`_, a, b = sess.run([train_op, x, y])` as `a, b = [value.numpy() for value in step()]`.

    None where the statement has another form.
    """
    kept = _kept_targets(target, run.fetch_node, file)
    if kept is None:
        return None
    if not kept or (len(kept) > 1 and all(isinstance(item, cst.Name) and item.value == "_" for item in kept)):
        return Unpacked(None, call)
    if len(kept) == 1:
        return Unpacked(kept[0], cst.parse_expression(f"{code(call)}.numpy()"))
    parsed = line(f"{', '.join(code(item) for item in kept)} = 0").body[0]
    targets = cst.ensure_type(parsed, cst.Assign).targets
    return Unpacked(targets[0].target, cst.parse_expression(f"[value.numpy() for value in {code(call)}]"))


def _kept_targets(
    target: cst.BaseAssignTargetExpression, fetches: ast.expr, file: File
) -> list[cst.BaseAssignTargetExpression] | None:
    """The targets that get a value, None where they cannot be told apart or one of the others is needed."""
    if not isinstance(target, cst.Tuple | cst.List) or not isinstance(fetches, ast.List | ast.Tuple):
        return None
    nested = any(isinstance(node, ast.List | ast.Tuple | ast.Dict) for node in fetches.elts)
    if nested or len(target.elements) != len(fetches.elts):
        return None
    kept: list[cst.BaseAssignTargetExpression] = []
    for element, node in zip(target.elements, fetches.elts, strict=True):
        value = element.value
        if isinstance(element, cst.StarredElement) or not isinstance(value, cst.BaseAssignTargetExpression):
            return None
        if not is_nothing(node, file):
            kept.append(value)
        elif not (isinstance(value, cst.Name) and _is_unread(value.value, file)):
            return None
    return kept


def _is_unread(name: str, file: File) -> bool:
    """True for a name that the file only ever binds."""
    return name.startswith("_") and not any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for node in ast.walk(file.module.tree)
    )
