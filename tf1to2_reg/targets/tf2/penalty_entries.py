"""Lists of penalties that have other entries than TF1's: nothing but their sum may be used.

contrib's `l2_regularizer(0.0)` leaves no penalty in TF1, and Keras's `L2(0.0)` one that is 0.0: the sum of the list is
the same, its length, its mean and its elements are not.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.program.definitions import Function
from tf1to2_reg.program.trace import Facts, ReadEvent, Trace
from tf1to2_reg.program.values import Penalties, Symbol, constant_of
from tf1to2_reg.syntax.modules import Module

_SUMS = ("tf.add_n", "tf.reduce_sum", "tf.math.add_n", "tf.math.reduce_sum")
_IsPart = Callable[[ast.expr], bool]
_HELP = "Leave the regularizer away where its strength is 0.0, or use only the sum of the penalties."


def check_entries(trace: Trace, facts: Facts, modules: Sequence[Module]) -> None:
    """Check every use of a list of penalties.

    Raises:
        Refused: TFR224 where more than a sum is made of a list in which TF1 may have fewer entries.
    """
    if all(event.scalar for event in trace.of(ReadEvent)):
        return
    vanishing = [event for event in trace.of_layers() if event.vanishing]
    if not vanishing:
        return
    for module in modules:
        for node in _Uses(facts, module.tree).beyond_sums():
            line = vanishing[0].node.lineno
            message = (
                f"the strength in line {line} may be 0.0: TF1 has no penalty then, and more than the sum is used here"
            )
            raise refusal("TFR224", message, node, _HELP)


class _Uses:
    """The uses of lists of penalties in one file."""

    def __init__(self, facts: Facts, tree: ast.Module) -> None:
        self.facts = facts
        self._tree = tree
        self._parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}

    def beyond_sums(self) -> Iterator[ast.expr]:
        """Lists of penalties that go into something else than a sum, or a name that holds them."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.expr) and self.facts.ever(node, Penalties):
                is_read = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
                if is_read and not self._is_handed_on(node) and not self._is_summed(node):
                    yield node

    def _is_handed_on(self, node: ast.expr) -> bool:
        """True where the list gets a name, by which it is looked at again."""
        parent = self._parents[node]
        call = self._parents[parent] if isinstance(parent, ast.keyword) else parent
        is_given = isinstance(call, ast.Call) and self.facts.always(call.func, Function)
        return is_given or isinstance(parent, ast.Assign | ast.AnnAssign | ast.Return | ast.Expr)

    def _is_summed(self, node: ast.expr) -> bool:
        parent = self._parents[node]
        match parent:
            case ast.For(target=ast.Name(id=name), body=[stmt], orelse=[]):
                return _adds(stmt, _named(name))
            case ast.comprehension():
                return self._is_summed_comprehension(parent)
            case ast.IfExp(test=test, body=body, orelse=other) if test is node:
                return self._sums(node)(body) and self._is_zero(other)
            case ast.If(test=test, body=[stmt], orelse=[]) if test is node:
                return _adds(stmt, self._sums(node))
        return self._is_part_of_sum(parent)

    def _is_part_of_sum(self, node: ast.AST) -> bool:
        while isinstance(node, ast.BinOp | ast.List | ast.Tuple | ast.Starred):
            if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add):
                return False
            node = self._parents[node]
        return isinstance(node, ast.Call) and self._is_sum(node)

    def _is_summed_comprehension(self, part: ast.comprehension) -> bool:
        whole = self._parents[part]
        if not isinstance(whole, ast.ListComp | ast.GeneratorExp) or len(whole.generators) > 1 or part.ifs:
            return False
        is_multiple = isinstance(part.target, ast.Name) and _is_multiple(whole.elt, _named(part.target.id))
        return is_multiple and self._is_part_of_sum(self._parents[whole])

    def _sums(self, found: ast.expr) -> _IsPart:
        """Tells the sum of a list from all else."""
        text = ast.dump(found)

        def is_sum(node: ast.expr) -> bool:
            return isinstance(node, ast.Call) and self._is_sum(node) and [ast.dump(arg) for arg in node.args] == [text]

        return is_sum

    def _is_zero(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Call) and self._symbol(node.func) == "tf.constant" and len(node.args) == 1:
            node = node.args[0]
        value = self.facts.value(node)
        constant = constant_of(value) if value is not None else None
        return constant is not None and constant.value == 0

    def _symbol(self, node: ast.expr) -> str | None:
        value = self.facts.value(node)
        return value.name if self.facts.always(node, Symbol) and isinstance(value, Symbol) else None

    def _is_sum(self, node: ast.Call) -> bool:
        is_name = isinstance(node.func, ast.Name) and node.func.id == "sum"
        return self._symbol(node.func) in _SUMS or (is_name and not self.facts.ever(node.func, Function, Symbol))


def _named(name: str) -> _IsPart:
    return lambda node: isinstance(node, ast.Name) and node.id == name


def _adds(stmt: ast.stmt, is_part: _IsPart) -> bool:
    """True where a statement adds a multiple of a part to what was there."""
    match stmt:
        case ast.AugAssign(op=ast.Add(), value=value):
            return _is_multiple(value, is_part)
        case ast.Assign([ast.Name(id=total)], ast.BinOp(ast.Name(id=left), ast.Add(), right)):
            return left == total and _is_multiple(right, is_part)
    return False


def _is_multiple(node: ast.expr, is_part: _IsPart) -> bool:
    """True for the part itself, and for a product of it with what does not hold it."""
    if is_part(node):
        return True
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return False
    sides = (node.left, node.right)
    held = [any(isinstance(part, ast.expr) and is_part(part) for part in ast.walk(side)) for side in sides]
    return sum(held) == 1 and _is_multiple(sides[held.index(True)], is_part)
