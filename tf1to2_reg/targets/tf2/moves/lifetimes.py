"""What moved code reads must be the same when it runs as it was when the graph was built."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from tf1to2_reg.diagnostics.reasons import Reasons, Refused, refusal
from tf1to2_reg.program.definitions import Class, Function, Instance, Method, ProjectModule
from tf1to2_reg.program.trace import Facts, Trace
from tf1to2_reg.program.values import (
    AnyOf,
    Builtin,
    Initializer,
    Optimizer,
    Regularizer,
    Symbol,
    Value,
    constant_of,
    type_of,
)
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.nodes import line_of
from tf1to2_reg.syntax.scopes import Place, Scopes
from tf1to2_reg.syntax.sites import sites_of
from tf1to2_reg.targets.tf2.data import SteppedDriver
from tf1to2_reg.targets.tf2.moves.aliases import Change
from tf1to2_reg.targets.tf2.moves.contents import Contents
from tf1to2_reg.targets.tf2.moves.moved import Moved, Role
from tf1to2_reg.targets.tf2.moves.timeline import Timeline

_ONE_SHOT = frozenset({"enumerate", "filter", "iter", "map", "open", "reversed", "zip"})
_CODE = (Symbol, Class, Function, Method, Builtin, ProjectModule)
_MADE_BY_CALLS = (Regularizer, Initializer, Optimizer)


class Lifetimes:
    """Looks up every variable, attribute and content that moved code reads."""

    def __init__(
        self, plan: SteppedDriver, trace: Trace, facts: Facts, scopes: Mapping[Module, Scopes], contents: Contents
    ) -> None:
        self.plan = plan
        self.facts = facts
        self.timeline = Timeline(trace, facts, list(scopes))
        self._contents = contents
        self._modules = {module.tree: module for module in scopes}
        self._places: dict[ast.AST, Place] = {}
        self._bindings: dict[Place, list[ast.AST]] = {}
        for module, found in scopes.items():
            self._places.update(found.places)
            for place, nodes in found.bindings.items():
                self._bindings.setdefault(place, []).extend(nodes)
            self._find_foreign_bindings(module)
        self._drivers = {
            frame.function.node if frame.function is not None else frame.module.tree for frame in plan.building
        }

    def _find_foreign_bindings(self, module: Module) -> None:
        """`module.NAME = value` binds a global of another file."""
        for node in sites_of(module.tree):
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                home = self._contents.module_of(node.value, module)
                if home is not None:
                    self._bindings.setdefault(Place(home.tree, node.attr), []).append(node)

    def check(self, moved: Moved) -> None:
        """Check everything that a piece reads.

        Raises:
            Refused: TFR223 for what changes, TFR230 for what cannot be read again.
        """
        if moved.role is Role.MAKING:
            return
        reasons = Reasons()
        for node in moved.nodes:
            with reasons.collected():
                self._node(node, moved)
        reasons.check()

    def _node(self, node: ast.AST, moved: Moved) -> None:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            self._name(node, moved)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            self._attribute(node, moved)
        elif isinstance(node, ast.AugAssign):
            self._made_here(node.target, moved)

    # Names

    def _name(self, node: ast.Name, moved: Moved) -> None:
        place = self._places.get(node)
        value = self.facts.value(node)
        if place is None or node not in self.timeline.sites or self._is_inner(place, moved):
            return  # annotations of parameters are not evaluated where the code runs
        if place.scope is moved.code and moved.role in (Role.MODEL, Role.HELPER, Role.GATHERED):
            self._content(node, value, moved)
            return
        if node in self.facts.graph:
            self._tensor(node, place, moved)
            return
        made = node.id in moved.made or self._is_bound_within(node, place, moved)
        if made and moved.role is not Role.FETCH:
            self._made_here(node, moved)
            self._filled_here(node, value, moved)
        else:
            self._unchanged(node, place, moved)
            self._content(node, value, moved)

    def _is_bound_within(self, node: ast.Name, place: Place, moved: Moved) -> bool:
        """True for a variable of a loop or branch that moves as a whole."""
        if not isinstance(moved.nodes[0], ast.For | ast.If):
            return False
        place_of = (node.lineno, node.col_offset)
        bindings = self._bindings.get(place, ())
        return any((line_of(part), _column(part)) < place_of and part in moved.nodes for part in bindings)

    def _is_inner(self, place: Place, moved: Moved) -> bool:
        """True for the variables of comprehensions and lambdas inside the piece."""
        scope = place.scope
        if isinstance(scope, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return False
        return scope is not moved.code or isinstance(scope, ast.Lambda)

    def _tensor(self, node: ast.Name, place: Place, moved: Moved) -> None:
        """A function that runs in a step gets the tensors of the driver as arguments."""
        if moved.role in (Role.MODEL, Role.HELPER) and moved.code not in self._drivers:
            name = getattr(moved.code, "name", "a lambda")
            message = f"{name} takes the tensor {node.id} from the driver's names rather than as an argument"
            raise refusal("TFR230", message, node, "Pass the tensor to the function as an argument.")

    def _unchanged(self, node: ast.Name | ast.Attribute, place: Place, moved: Moved) -> None:
        bindings = self._bindings.get(place, [])
        if len(bindings) == 1 and not self._in_one_loop(bindings[0], node):
            if moved.role is not Role.GATHERED:
                self._not_used_up(bindings[0])
            return
        for binding in bindings:
            if isinstance(binding, ast.arg) or self._is_after_making(binding, moved):
                continue
            if not self._is_settled(binding, node, place):
                raise self._changing(place.name, node, binding, moved)

    @staticmethod
    def _changing(name: str, node: ast.AST, binding: ast.AST, moved: Moved) -> Refused:
        if moved.role is Role.FETCH:
            message = f"the fetch is computed with {name}, which has another value at another run"
            return refusal("TFR216", message, node, "Fetch the tensor and compute the rest with NumPy.")
        if isinstance(getattr(binding, "ctx", None), ast.Del):
            return refusal("TFR223", f"{name} is deleted here; the graph was built with its value", binding)
        return refusal("TFR223", f"{name} is bound more than once; the graph has one of its values", binding)

    def _in_one_loop(self, binding: ast.AST, node: ast.AST) -> bool:
        sites = self.timeline.sites
        code = sites[binding].code
        leading = self.timeline.statements_leading_to(node, code)
        return any(loop in sites[other].loops for other in leading for loop in sites[binding].loops)

    def _is_after_making(self, change: ast.AST, moved: Moved) -> bool:
        """True for a change that comes when the model which the piece helps to make is there."""
        own = self.plan.own
        return moved.role is Role.GATHERED and own is not None and self.timeline.before(own.call, change)

    def _is_settled(self, binding: ast.AST, node: ast.AST, place: Place) -> bool:
        """True for a binding that is over when the graph reads the name, or that comes when nothing runs any more."""
        code = self.timeline.sites[binding].code
        if place.scope is code and not isinstance(code, ast.Module):
            leading = self.timeline.statements_leading_to(node, code)
            return bool(leading) and all(self.timeline.in_order(binding, other) for other in leading)
        return self._is_over(binding, node)

    def _is_over(self, change: ast.AST, node: ast.AST) -> bool:
        if self.timeline.before(change, node):
            return True
        frame = self.plan.frames[0]
        ends = self.plan.receiver is None and frame.function is not None
        return ends and frame.function is not None and self.timeline.after_return(frame.function.node, change)

    def _not_used_up(self, binding: ast.AST) -> None:
        stmt = self.timeline.sites[binding].stmt
        if not isinstance(stmt, ast.Assign) or binding not in stmt.targets:
            return
        value = stmt.value
        if isinstance(value, ast.GeneratorExp):
            raise refusal("TFR230", "a generator would be used up by the first step", stmt)
        if isinstance(value, ast.Call) and getattr(value.func, "id", "") in _ONE_SHOT:
            raise refusal("TFR230", f"{ast.unparse(value.func)}() would be used up by the first step", stmt)

    def _made_here(self, node: ast.AST, moved: Moved) -> None:
        """All that a variable was given before this place moves with it."""
        place = self._places.get(node)
        if place is None or moved.role is not Role.DRIVER:
            return
        for binding in self._bindings.get(place, []):
            stmt = self.timeline.sites[binding].stmt
            if stmt in moved.carried or self._is_carried(binding, moved.carried):
                continue
            if not self.timeline.in_order(node, binding):
                message = f"{place.name} is given a value here that does not move with the graph"
                raise refusal("TFR223", message, binding)

    @staticmethod
    def _is_carried(binding: ast.AST, carried: frozenset[ast.AST]) -> bool:
        return any(
            isinstance(stmt, ast.If | ast.For) and any(part is binding for part in ast.walk(stmt)) for stmt in carried
        )

    # Attributes

    def _attribute(self, node: ast.Attribute, moved: Moved) -> None:
        if node in self.facts.graph or node.value in self.facts.graph:
            return
        value, base = self.facts.value(node), self.facts.value(node.value)
        home = self._contents.module_of(node.value, moved.module)
        if home is not None:
            self._unchanged(node, Place(home.tree, node.attr), moved)
            self._content(node, value, moved)
            return
        if isinstance(base, Symbol) or isinstance(value, Method):
            return
        if isinstance(node.value, ast.Name) and f"self.{node.attr}" in moved.made and moved.role is Role.DRIVER:
            return
        for change in (*self._contents.of(node.value).changes, *self._contents.loose.get(node.attr, ())):
            if change.attribute in (None, node.attr):
                self._settled(change, node, moved, ast.unparse(node))
        self._content(node, value, moved)

    # Contents

    def _content(self, node: ast.Name | ast.Attribute, value: Value | None, moved: Moved) -> None:
        """A list, array or object that the graph took by value is not changed in place afterwards."""
        if node in self.facts.graph or not _has_content(value):
            return
        for change in self._contents.of(node).changes:
            if change.attribute is None:
                self._settled(change, node, moved, ast.unparse(node))

    def _filled_here(self, node: ast.Name, value: Value | None, moved: Moved) -> None:
        """What is put into a list or object that is made anew moves with it, or was there before it was made."""
        if node in self.facts.graph or not _has_content(value):
            return
        bindings = self._bindings.get(self._places[node], [])
        for change in self._contents.of(node).changes:
            if self._moves_along(change, node, moved) or self.timeline.in_order(node, change.node):
                continue
            if not all(self._is_earlier(change.node, binding) for binding in bindings):
                raise refusal("TFR223", f"{node.id} is changed here, which does not move with the graph", change.node)

    def _is_earlier(self, first: ast.AST, second: ast.AST) -> bool:
        sites = self.timeline.sites
        if sites[first].code is sites[second].code:
            return self.timeline.in_order(first, second)
        return self.timeline.before(first, second)

    def _settled(self, change: Change, node: ast.AST, moved: Moved, text: str) -> None:
        if self._moves_along(change, node, moved) or self._is_over(change.node, node):
            return
        if self._is_after_making(change.node, moved):
            return
        site = self.timeline.sites[change.node]
        if site.code is moved.code and moved.role is Role.DRIVER:
            leading = self.timeline.statements_leading_to(node, site.code)
            if leading and all(self.timeline.in_order(change.node, other) for other in leading):
                return
        raise refusal("TFR223", f"{text} may be changed here, after the graph was built with it", change.node)

    def _moves_along(self, change: Change, node: ast.AST, moved: Moved) -> bool:
        site = self.timeline.sites[change.node]
        if moved.role in (Role.HELPER, Role.GATHERED):
            return site.code is moved.code
        if moved.role is Role.MODEL:
            return site.code is moved.code and change.grows is not None
        return site.stmt in moved.carried or self._is_carried(change.node, moved.carried)


def _column(node: ast.AST) -> int:
    column: int = getattr(node, "col_offset", 0)
    return column


def _has_content(value: Value | None) -> bool:
    """True for what can be changed in place, or is not known."""
    options: Sequence[Value | None] = value.options if isinstance(value, AnyOf) else (value,)
    return any(not isinstance(option, (*_CODE, *_MADE_BY_CALLS, Instance)) and _is_open(option) for option in options)


def _is_open(value: Value | None) -> bool:
    if value is not None and type_of(value) in (bool, float, int, str):
        return False
    constant = constant_of(value) if value is not None else None
    return constant is None or isinstance(constant.value, list)
