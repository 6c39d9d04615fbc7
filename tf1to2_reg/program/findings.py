"""What a unit is made of, for `check`."""

from __future__ import annotations

import ast

from tf1to2_reg.program.trace import ConstructorEvent, Event, LayerEvent, ReadEvent, RunEvent, TrainEvent
from tf1to2_reg.program.units import Group
from tf1to2_reg.results import Finding

_KINDS: tuple[tuple[type[Event], str], ...] = (
    (LayerEvent, "layer"),
    (ReadEvent, "read"),
    (ConstructorEvent, "optimizer"),
    (TrainEvent, "driver"),
    (RunEvent, "run"),
)
_WIDTH = 80


def findings(group: Group) -> tuple[Finding, ...]:
    """Builders, layers, regularizers, reads, optimizers and runs, each once, by file and line."""
    found: set[Finding] = set()
    for trace in group.traces:
        for kind, name in _KINDS:
            for event in trace.of(kind):
                found.add(Finding(name, event.frame.module.path, event.node.lineno, _text(event.node)))
        for event in trace.of_layers():
            if event.frame.function is not None and isinstance(event.frame.function.node, ast.FunctionDef):
                node = event.frame.function.node
                found.add(Finding("builder", event.frame.module.path, node.lineno, f"def {node.name}"))
            for argument, given in event.arguments.items():
                if argument.endswith("_regularizer") and given.node is not None:
                    text = f"{argument}={_text(given.node)}"
                    found.add(Finding("regularizer", event.frame.module.path, given.node.lineno, text))
    return tuple(sorted(found, key=lambda item: (str(item.path), item.line, item.kind, item.text)))


def _text(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 3] + "..."
