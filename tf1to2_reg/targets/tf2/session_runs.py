"""`Session.run` → the call of a step, with its results as the program takes them."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing.expressions import code
from tf1to2_reg.editing.file import File
from tf1to2_reg.editing.rewriter import Mode, Rewrite
from tf1to2_reg.editing.statements import line
from tf1to2_reg.targets.tf2.data import DriverPlan, Fetch, Leaf, Named, RunPlan, Several


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
        if name in run.arrays:
            numpy, _, dtype = run.arrays[name].rpartition(".")
            text = f"{numpy}.asarray({text}, {numpy}.{dtype})"
        short = next(fed.name for fed in run.step.inputs if fed.variable == name)
        found.append(text if order == expected[: len(order)] else f"{short}={text}")
    return found


def first_run(stmt: ast.AST | None, runs: Container[ast.AST]) -> ast.Call | None:
    """The run with which a statement begins, so that it may as well stand in a line before."""
    if not isinstance(stmt, ast.Assign | ast.AnnAssign | ast.Expr | ast.Return):
        return None
    value = stmt.value
    if not isinstance(stmt, ast.Expr) and isinstance(value, ast.Call) and value in runs:
        return value
    first = value.args[0] if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.args else None
    return first if isinstance(first, ast.Call) and first in runs else None


def is_put_together(run: RunPlan) -> bool:
    """True where several results are wanted in another structure than that of one list."""
    return len(run.leaves) > 1 and not isinstance(run.fetch, Leaf) and not _is_list(run.fetch)


def results(call: cst.BaseExpression) -> cst.BaseExpression:
    """The results of a step as NumPy values, in a list."""
    return cst.parse_expression(f"[value.numpy() for value in {code(call)}]")


def put_together(run: RunPlan, values: str) -> cst.BaseExpression:
    """The structure of the fetches, of results that `values` holds."""
    return cst.parse_expression(_structure(run.fetch, (f"{values}[{index}]" for index in range(len(run.leaves)))))


def _is_list(fetch: Fetch) -> bool:
    several = isinstance(fetch, Several) and fetch.is_list and len(fetch.parts) > 1
    return several and all(map(_is_tensor, fetch.parts if isinstance(fetch, Several) else ()))


def run_expression(run: RunPlan, call: cst.BaseExpression) -> cst.BaseExpression:
    """What `Session.run` gave: NumPy values in the structure of the fetches."""
    fetch, text = run.fetch, code(call)
    if not run.leaves:
        return _nothing_in(run, text)
    if isinstance(fetch, Leaf):
        return _value(fetch, text)
    if _is_list(fetch):
        return results(call)
    if len(run.leaves) == 1:
        return cst.parse_expression(_structure(fetch, iter([f"{text}.numpy()"])))
    return cst.parse_expression(f"(lambda values: {code(put_together(run, 'values'))})({code(results(call))})")


def _value(leaf: Leaf, call: str) -> cst.BaseExpression:
    """The NumPy value of a tensor, or the list of those of summaries."""
    if leaf.is_tensor:
        return cst.parse_expression(f"{call}.numpy()")
    several = len(leaf.summarized) > 1
    return cst.parse_expression(f"[value.numpy() for value in {call}]" if several else f"[{call}.numpy()]")


def _is_tensor(fetch: Fetch) -> bool:
    return isinstance(fetch, Leaf) and fetch.is_tensor


def _nothing_in(run: RunPlan, call: str) -> cst.BaseExpression:
    """The result of a run that fetches ops only: None in the structure of the fetches."""
    fetch = run.fetch
    if isinstance(fetch, Leaf):
        return cst.parse_expression(call)
    if isinstance(fetch, Several) and len(fetch.parts) == 1 and isinstance(fetch.parts[0], Leaf):
        return cst.parse_expression(f"[{call}]" if fetch.is_list else f"({call},)")
    raise refusal("TFR216", "the result of a run that fetches several ops is used", run.event.fetch_node)


def _structure(fetch: Fetch, results: Iterator[str]) -> str:
    """The text that puts results in the places of their tensors, and None in those of ops."""
    if isinstance(fetch, Leaf):
        if fetch.summarized:
            return f"[{', '.join(next(results) for _ in fetch.summarized)}]"
        return next(results) if fetch.is_tensor else "None"
    inner = [_structure(part, results) for part in fetch.parts]
    if isinstance(fetch, Named):
        if fetch.is_called:
            return f"dict({', '.join(f'{key}={part}' for key, part in zip(fetch.keys, inner, strict=True))})"
        return "{" + ", ".join(f"{key}: {part}" for key, part in zip(fetch.keys, inner, strict=True)) + "}"
    if fetch.is_list:
        return f"[{', '.join(inner)}]"
    return f"({inner[0]},)" if len(inner) == 1 else f"({', '.join(inner)})"


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
    kept = _kept_targets(target, run.fetch, file)
    if kept is None or sum(bool(part.summarized) for _, part in kept) > 1:
        return None
    if not kept or (len(kept) > 1 and all(isinstance(item, cst.Name) and item.value == "_" for item, _ in kept)):
        return Unpacked(None, call)
    if len(kept) == 1:
        return Unpacked(kept[0][0], _value(kept[0][1], code(call)))
    names = [f"*{code(item)}" if part.summarized else code(item) for item, part in kept]
    targets = cst.ensure_type(line(f"{', '.join(names)} = 0").body[0], cst.Assign).targets
    return Unpacked(targets[0].target, cst.parse_expression(f"[value.numpy() for value in {code(call)}]"))


def _kept_targets(
    target: cst.BaseAssignTargetExpression, fetch: Fetch, file: File
) -> list[tuple[cst.BaseAssignTargetExpression, Leaf]] | None:
    """The targets that get a value, None where they cannot be told apart or one of the others is needed."""
    if not isinstance(target, cst.Tuple | cst.List) or not isinstance(fetch, Several):
        return None
    if len(target.elements) != len(fetch.parts):
        return None
    kept: list[tuple[cst.BaseAssignTargetExpression, Leaf]] = []
    for element, part in zip(target.elements, fetch.parts, strict=True):
        value = element.value
        if isinstance(element, cst.StarredElement) or not isinstance(value, cst.BaseAssignTargetExpression):
            return None
        if not isinstance(part, Leaf):
            return None
        if part.tensors:
            kept.append((value, part))
        elif not (isinstance(value, cst.Name) and _is_unread(value.value, file)):
            return None
    return kept


def _is_unread(name: str, file: File) -> bool:
    """True for a name that the file only ever binds."""
    return name.startswith("_") and not any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for node in ast.walk(file.module.tree)
    )
