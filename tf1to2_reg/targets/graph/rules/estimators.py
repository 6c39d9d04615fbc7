"""What the written module's Estimator does not do: strategies for several devices, and exports of other modes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tf1to2_reg.facts.estimator import RUN_CONFIG, STRATEGIES
from tf1to2_reg.targets.graph.work import Occurrence, Work

_ALL_MODES = "experimental_export_all_saved_models"


def check(work: Work) -> None:
    """Refuse both; the exports have names that nothing else has."""
    for occurrence in work.occurrences:
        if occurrence.symbol == "tf.estimator.RunConfig":
            _check_config(work, occurrence)
    for node in work.scopes.any_of(ast.Attribute, ast.Call):
        if name := _export_of_modes(node):
            help_text = "Use `export_saved_model` without it, which exports the model for predictions."
            work.refuse("TFR407", node, f"{name} exports more than the model for predictions", help_text)


def _check_config(work: Work, occurrence: Occurrence) -> None:
    for name, value in _given(occurrence.call):
        if name in STRATEGIES and not (isinstance(value, ast.Constant) and value.value is None):
            help_text = "Leave it out: the Estimator of the written module runs on one device."
            work.refuse("TFR407", value, f"RunConfig with {name} trains on several devices", help_text)


def _given(call: ast.Call | None) -> Iterator[tuple[str, ast.expr]]:
    if call is not None:
        yield from zip(RUN_CONFIG, call.args, strict=False)
        yield from ((keyword.arg or "", keyword.value) for keyword in call.keywords)


def _export_of_modes(node: ast.AST) -> str:
    match node:
        case ast.Attribute(attr=name) if name == _ALL_MODES:
            return name
        case ast.Call(func=ast.Attribute(attr="export_saved_model"), keywords=keywords):
            return next((str(keyword.arg) for keyword in keywords if keyword.arg == "experimental_mode"), "")
    return ""
