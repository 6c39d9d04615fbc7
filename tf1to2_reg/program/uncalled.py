"""Functions that build or read penalties and that no program among the files calls: libraries.

Each is run once, in a graph of its own, with arguments of which nothing is known but this: what a layer takes as its
input is a tensor of float32. What such a function does with all others is the same whoever calls it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tf1to2_reg.facts.knowledge import TensorFacts
from tf1to2_reg.facts.losses import LOSSES
from tf1to2_reg.program.calls import project as project_calls
from tf1to2_reg.program.definitions import Function, ProjectModule
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.experiments import symbol_of
from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.run import Run
from tf1to2_reg.program.trace import Frame, LayerEvent, ReadEvent, Trace
from tf1to2_reg.program.values import AnyOf, Python, Tensor, Value
from tf1to2_reg.syntax.binding import arguments_of
from tf1to2_reg.syntax.imports import used_names
from tf1to2_reg.syntax.modules import Module

_SCORES = frozenset({"labels", "logits", "multi_class_labels", "onehot_labels", "predictions"})
_READS = frozenset(
    {"tf.GraphKeys.REGULARIZATION_LOSSES", "tf.losses.get_regularization_loss", "tf.losses.get_regularization_losses",
     "tf.losses.get_total_loss"}
)  # fmt: skip


def run_uncalled(run: Run, called: Collection[ast.AST]) -> Trace | None:
    """Run the functions of a program's files that are not `called`; None where there is none that takes part."""
    program = run.machine.trace
    found = [item for module in program.executed for item in _roots(module, program, called)]
    if not found:
        return None
    library = Trace(program.entry, program.facts, executed=program.executed, uncalled=True)
    for function in found:
        given = _Parameters(run, function).tensors()
        _run(run, function, given, library)
    return library if library.of_layers() or library.has(ReadEvent) or library.obstacles else None


def _roots(module: Module, program: Trace, called: Collection[ast.AST]) -> Iterator[Function]:
    """Functions of a file that nothing calls, not even another one of these."""
    bound = program.executed[module].env.bindings
    left = {
        node.name: value
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and node not in called
        if isinstance(value := bound.get(node.name), Function) and value.node is node
    }
    for name, function in left.items():
        others = {other.node for other in left.values() if other is not function}
        if name not in used_names(list(others)) and _takes_part(function):
            yield function


def _takes_part(function: Function) -> bool:
    """True for a function that may make a layer or read a penalty, itself or in one that it names."""
    left, seen = [function], {function}
    while left:
        current = left.pop()
        if any(
            _is_mark(node, current) for node in ast.walk(current.node) if isinstance(node, ast.Name | ast.Attribute)
        ):
            return True
        more = [other for other in _named_functions(current) if other not in seen]
        left += more
        seen.update(more)
    return False


def _is_mark(node: ast.Name | ast.Attribute, function: Function) -> bool:
    """True for a name without which a function neither makes a layer nor reads a penalty."""
    symbol = symbol_of(node, function.closure)
    return symbol is not None and (symbol.startswith(("tf.layers.", "tf.contrib.layers.")) or symbol in _READS)


def _named_functions(function: Function) -> Iterator[Function]:
    """The functions of the project that a function names, those of modules among them."""
    names = used_names([function.node])
    found = [value for name in names if (value := function.closure.lookup(name)) is not None]
    modules = [value for value in found if isinstance(value, ProjectModule)]
    found += [module.member(name) for module in modules for name in names]
    yield from (value for value in found if isinstance(value, Function))


def _run(run: Run, function: Function, given: dict[str, Value], trace: Trace) -> None:
    """Run a function in a graph of its own."""
    assert isinstance(function.node, ast.FunctionDef)
    call = ast.copy_location(ast.Call(ast.Name(function.name, ast.Load()), [], []), function.node)
    names = [argument.arg for argument, _ in arguments_of(function.node.args)]
    keywords = {name: (given.get(name, Python()), _name(name)) for name in names}
    frame = Frame(function.module, function.closure)
    with run.machine.empty_graph(trace, function.node):
        project_calls.call_function(run, function, None, CallSite(call, frame, [], keywords))


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


@dataclass(eq=False)
class _Parameters:
    """Finds the parameters of a function that are tensors, by runs of which nothing is kept.

    A tensor that stands for a parameter has a dtype of its name: where a layer finds it, the tensor came that far.
    """

    run: Run
    function: Function

    def tensors(self) -> dict[str, Value]:
        """The parameters that go into layers, and those that go into losses."""
        assert isinstance(self.function.node, ast.FunctionDef)
        names = [argument.arg for argument, _ in arguments_of(self.function.node.args)]
        given: dict[str, Value] = {name: Python() for name in names}
        while True:
            trace = self._run(given)
            tried = {name for name in self._tried(trace, given) if isinstance(given[name], Python)}
            if not tried:
                break
            given |= {name: Tensor(TensorFacts(None, name)) for name in tried}
        into_layers = {name for event in trace.of_layers() for name in _named(_inputs(event), given)}
        into_losses = {name for node in trace.facts.visited for name in _in_loss(node, trace.facts, given)}
        found: dict[str, Value] = {name: Tensor() for name in into_losses}
        return found | {name: Tensor(TensorFacts(None, "float32")) for name in into_layers}

    def _run(self, given: dict[str, Value]) -> Trace:
        program = self.run.machine.trace
        trace = Trace(program.entry, Evaluations(), executed=program.executed)
        _run(self.run, self.function, given, trace)
        return trace

    @staticmethod
    def _tried(trace: Trace, given: dict[str, Value]) -> Iterator[str]:
        """Parameters that stand where a tensor may be."""
        for event in trace.of_layers():
            yield from _named(_inputs(event), given)
        for node in trace.facts.visited:
            operands: Sequence[ast.expr] = ()
            if isinstance(node, ast.BinOp):
                operands = node.left, node.right
            elif isinstance(node, ast.Call) and trace.facts.symbol(node.func):
                operands = node.args[:1]
            elif isinstance(node, ast.List | ast.Tuple):
                operands = node.elts
            for operand in operands:
                yield from _named(trace.facts.value(operand), given)
            yield from _in_loss(node, trace.facts, given)


def _inputs(event: LayerEvent) -> Value | None:
    given = event.arguments.get("inputs")
    return given.value if given is not None else None


def _in_loss(node: ast.AST, facts: Evaluations, given: dict[str, Value]) -> Iterator[str]:
    """Parameters among the labels and scores of a loss."""
    if isinstance(node, ast.Call) and facts.symbol(node.func) in LOSSES:
        for argument in (*node.args[:2], *(keyword.value for keyword in node.keywords if keyword.arg in _SCORES)):
            yield from _named(facts.value(argument), given)


def _named(value: Value | None, given: dict[str, Value]) -> list[str]:
    """The parameters that an expression may give as they are, or as tensors of their type."""
    options = value.options if isinstance(value, AnyOf) else (value,)
    tensors = {option.facts.dtype for option in options if isinstance(option, Tensor)}
    return [name for name, argument in given.items() if argument in options or name in tensors]
