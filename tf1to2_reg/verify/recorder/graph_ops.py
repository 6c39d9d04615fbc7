"""Ops of a graph: which need which, and which train."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Set, Tuple

_READS = ("ReadVariableOp", "ResourceGather")


class GradientCall:
    """One call of `tf.gradients`: the tensors differentiated, the variables' names and the gradients."""

    def __init__(self, graph: Any, losses: List[Any], sources: List[str], gradients: List[Any]) -> None:
        self.graph = graph
        self.losses = losses
        self.by_variable = {name: grad for name, grad in zip(sources, gradients) if grad is not None}


class TrainOp:
    """What one `apply_gradients` call made."""

    def __init__(self, op: Any, grads_and_vars: List[Tuple[Any, Any]], calls: List[GradientCall]) -> None:
        self.op = op
        self.applied = {variable.op.name: grad for grad, variable in grads_and_vars if grad is not None}
        self.losses, self.raw = _sources(self.applied, calls)
        self.seen = False
        self.step = str(self.op.inputs[0].name) if self.op.type == "AssignAddVariableOp" else ""
        self._before: Optional[Set[str]] = None

    def races_with(self, tensor: Any) -> bool:
        """Whether a tensor reads a variable that the op changes, and nothing says which of them comes first."""
        if self._before is None:
            self._before = needed_by(tensors_of(self.applied.values()))
        ops = ancestors([getattr(tensor, "op", tensor)])
        reads = [op for op in ops if op.type in _READS and op.name not in self._before]
        return any(op.inputs[0].op.name in self.applied for op in reads) and self.op not in ops

    def races_with_step(self, tensor: Any) -> bool:
        """Whether a tensor reads the global step that the op raises, and nothing says which of them comes first."""
        if not self.step:
            return False
        step = self.op.inputs[0].op
        ops = ancestors([getattr(tensor, "op", tensor)])
        reads = [op for op in ops if op.type in _READS and step in ancestors([op])]
        return bool(reads) and self.op not in ops and not needed_by([self.op]).issuperset(op.name for op in reads)


def _sources(applied: Dict[str, Any], calls: List[GradientCall]) -> Tuple[List[Any], Dict[str, Any]]:
    """The loss tensors and the raw gradients behind the gradients that are applied."""
    needed = needed_by(tensors_of(applied.values()))
    for call in reversed(calls):
        raw = {name: grad for name, grad in call.by_variable.items() if name in applied}
        if raw and names_of(tensors_of(raw.values())) & needed:
            return call.losses, raw
    return [], {}


def tensors_of(values: Any) -> List[Any]:
    parts: List[Any] = []
    for value in values:
        parts.extend([value.values, value.indices] if hasattr(value, "indices") else [value])
    return [part for part in parts if hasattr(part, "op")]


def names_of(tensors: List[Any]) -> Set[str]:
    return {tensor.op.name for tensor in tensors}


def needed_by(elements: List[Any]) -> Set[str]:
    """The names of all ops that the tensors and ops need."""
    return {op.name for op in ancestors([getattr(element, "op", element) for element in elements])}


def ancestors(roots: List[Any]) -> List[Any]:
    """All ops that the given ops need, themselves included."""
    found, seen, waiting = [], set(), list(roots)
    while waiting:
        op = waiting.pop()
        if op.name in seen:
            continue
        seen.add(op.name)
        found.append(op)
        waiting.extend(tensor.op for tensor in op.inputs)
        waiting.extend(op.control_inputs)
    return found
