"""What runs inside a step ran once in TF1, while the graph was built: it must give the same when it runs again."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tf1to2_reg.diagnostics.reasons import Refusal
from tf1to2_reg.network.data import Held, ModelPlan
from tf1to2_reg.network.split import Leaf, ModelSplit
from tf1to2_reg.program.trace import Facts, Trace
from tf1to2_reg.program.values import (
    AnyOf,
    Builtin,
    Class,
    Function,
    Initializer,
    Instance,
    Method,
    Optimizer,
    ProjectModule,
    Regularizer,
    Series,
    Symbol,
    Value,
    constant_of,
)
from tf1to2_reg.syntax.binding import bind
from tf1to2_reg.syntax.changes import (
    attribute_stores,
    changes,
    changes_in,
    functions_in,
    imported_module,
    in_loop,
    line_of,
    local_names,
    root_name,
    writes_content,
)
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.syntax.variables import bound_inside, walk
from tf1to2_reg.targets.tf2.data import DriverPlan, StepPlan

_PURE_BUILTINS = frozenset({
    "abs", "all", "any", "bool", "dict", "enumerate", "filter", "float", "format", "getattr", "hasattr", "int",
    "isinstance", "len", "list", "map", "max", "min", "print", "range", "repr", "reversed", "round", "set", "sorted",
    "str", "sum", "tuple", "type", "zip", "callable",
})  # fmt: skip
_PURE_METHODS = frozenset({
    "as_list", "astype", "copy", "count", "endswith", "format", "get", "get_shape", "index", "items", "join", "keys",
    "lower", "max", "mean", "min", "num_elements", "ravel", "replace", "reshape", "set_shape", "split", "startswith",
    "std", "strip", "sum", "tolist", "transpose", "upper", "values", "warning", "info", "debug", "append", "extend",
    "with_rank",
})  # fmt: skip
_ONE_SHOT = frozenset({"enumerate", "filter", "iter", "map", "open", "reversed", "zip"})
_LAST_LINE = 10**9
_PURE_MODULES = frozenset({"numpy", "math", "operator", "itertools", "functools", "collections"})


@dataclass(frozen=True, eq=False)
class Fragment:
    """Code that runs in a step: `nodes` in the scope of `function` (None at module level).

    `driver_line` is the line of a module-level driver that leads to it, where that is known.
    """

    nodes: tuple[ast.AST, ...]
    function: ast.FunctionDef | None
    module: Module
    place: int
    driver_line: int | None = None


class PurityCheck:
    """Checks the code behind one driver's steps."""

    def __init__(
        self,
        plan: DriverPlan,
        trace: Trace,
        facts: Facts,
        models: dict[ast.FunctionDef, ModelPlan],
        modules: Sequence[Module],
    ) -> None:
        self.plan = plan
        self.trace = trace
        self.facts = facts
        self.models = models
        self.modules = modules
        self._seen: set[ast.AST] = set()
        self._seen_models: set[ModelPlan] = set()

    def run(self) -> None:
        """Check all steps.

        Raises:
            Refusal: TFR223 for a value that changes, TFR230 for a call that may give something else.
        """
        self._check_reflection()
        for fragment in self._lambdas():
            self._check(fragment)
        for step in self.plan.steps:
            for fragment in self._of_step(step):
                self._check(fragment)

    def _check_reflection(self) -> None:
        """Attributes set by other means than assignment cannot be followed."""
        for module in self.modules:
            for node in ast.walk(module.tree):
                named = isinstance(node, ast.Name) and node.id in ("setattr", "delattr", "globals", "exec", "eval")
                if named or (isinstance(node, ast.Attribute) and node.attr == "__dict__"):
                    raise Refusal("TFR208", "names and attributes are changed in a way that cannot be followed", node)

    def _lambdas(self) -> Iterator[Fragment]:
        """Regularizers written as lambdas run whenever the penalties are read."""
        for event in self.trace.of_layers():
            for argument in event.arguments.values():
                value = argument.value
                if not isinstance(value, Function) or not isinstance(value.node, ast.Lambda):
                    continue
                own = {parameter.arg for parameter in ast.walk(value.node.args) if isinstance(parameter, ast.arg)}
                nodes = tuple(n for n in walk(value.node.body) if not (isinstance(n, ast.Name) and n.id in own))
                yield Fragment(nodes, self._around(value.node, value.module), value.module, value.node.lineno)

    @staticmethod
    def _around(node: ast.AST, module: Module) -> ast.FunctionDef | None:
        found = None
        for function in ast.walk(module.tree):
            if isinstance(function, ast.FunctionDef) and any(part is node for part in walk(function)):
                found = function
        return found

    # What runs in a step

    def _of_step(self, step: StepPlan) -> Iterator[Fragment]:
        for item in (*step.items, *([step.train_item] if step.train_item is not None else [])):
            if item.kind == "region":
                continue
            root = item.value if item.value is not None else item.stmt
            skip = self._constructed(root)
            function = item.frame.function.node if item.frame.function is not None else None
            definition = function if isinstance(function, ast.FunctionDef) else None
            yield Fragment(tuple(walk(root, skip)), definition, item.frame.module, item.stmt.lineno)
        for fed in step.inputs:
            for part in (fed.placeholder.shape, fed.placeholder.dtype):
                if part is not None:
                    frame = self.plan.frames[0]
                    definition = self._around(part, frame.module)
                    yield Fragment(tuple(walk(part)), definition, frame.module, fed.placeholder.call.lineno)
        for held in step.models:
            yield from self._of_model(held.model, self._line_of(held))

    def _constructed(self, root: ast.AST) -> set[ast.AST]:
        """Arguments that are evaluated where the object is made, not in the step."""
        found: set[ast.AST] = set()
        for node in walk(root):
            held = self.plan.calls.get(node) if isinstance(node, ast.Call) else None
            if held is None or held.model.node is None:
                continue
            assert isinstance(node, ast.Call)
            called = {parameter.name for parameter in held.model.called}
            found |= {value for name, value in bind(node, held.model.arguments).items() if name not in called}
        if self.plan.optimizer is not None:
            found.add(self.plan.optimizer.event.node)
        return found

    def _line_of(self, held: Held) -> int | None:
        """The first line of a module-level driver that runs a model."""
        lines = [
            item.stmt.lineno
            for item in self.plan.items
            if item.frame.function is None
            and any(self.plan.calls.get(node) is held for node in walk(item.stmt) if isinstance(node, ast.Call))
        ]
        return min(lines) if lines else None

    def _of_model(self, model: ModelPlan, line: int | None) -> Iterator[Fragment]:
        if model in self._seen_models:
            return
        self._seen_models.add(model)
        split = ModelSplit(model, self.facts, self.models, {})
        for leaf in split.leaves:
            if leaf.stmt not in model.call:
                continue
            skip: set[ast.AST] = set()
            for site in split.sites_in(leaf.stmt):
                skip |= set(split.dropped_arguments(site)) | {site.node.func}
            yield Fragment(tuple(walk(leaf.stmt, skip)), model.node, model.module, leaf.stmt.lineno, line)
            for header in self._headers(leaf, split):
                yield Fragment(tuple(walk(header)), model.node, model.module, leaf.stmt.lineno, line)
        for site in model.sites.values():
            if site.model is not None:
                yield from self._of_model(site.model, line)

    @staticmethod
    def _headers(leaf: Leaf, split: ModelSplit) -> Iterator[ast.expr]:
        """What the loops and conditions around a statement look at in `call`."""
        for part in leaf.around:
            if isinstance(part, ast.If):
                yield part.test
            elif isinstance(part, ast.For) and split.walks(part):
                yield part.iter

    # Checks

    def _check(self, fragment: Fragment) -> None:
        private = {
            name for node in fragment.nodes if isinstance(node, ast.expr | ast.stmt) for name in bound_inside(node)
        }
        for node in fragment.nodes:
            if isinstance(node, ast.Call):
                self._check_call(node, fragment)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in private:
                self._check_name(node, fragment)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                self._check_attribute(node)

    def _check_call(self, node: ast.Call, fragment: Fragment) -> None:
        value = self.facts.values.get(node.func)
        for callee in value.options if isinstance(value, AnyOf) else (value,):
            self._check_callee(callee, node, fragment)

    def _check_callee(self, value: Value | None, node: ast.Call, fragment: Fragment) -> None:
        if isinstance(value, Method):
            value = value.function
        if isinstance(value, Symbol | Class) or node in self.plan.calls:
            return
        if isinstance(value, Function):
            self._check_function(value, node, fragment)
        elif isinstance(value, Builtin):
            if value.name not in _PURE_BUILTINS:
                self._refuse_call(node)
        elif not self._is_pure(node, fragment):
            self._refuse_call(node)

    def _is_pure(self, node: ast.Call, fragment: Fragment) -> bool:
        if not isinstance(node.func, ast.Attribute):
            return False
        base = self.facts.values.get(node.func.value)
        if isinstance(base, Optimizer):
            return True
        root: ast.expr = node.func
        names: list[str] = []
        while isinstance(root, ast.Attribute):
            names.append(root.attr)
            root = root.value
        if isinstance(root, ast.Name) and imported_module(fragment.module, root.id) in _PURE_MODULES:
            return "random" not in names
        if node.func.attr not in _PURE_METHODS:
            return False
        if node.func.attr in ("append", "extend"):
            return isinstance(base, Series) or self._is_local(root, fragment)
        return True

    @staticmethod
    def _is_local(root: ast.expr, fragment: Fragment) -> bool:
        return (
            isinstance(root, ast.Name)
            and fragment.function is not None
            and any(
                isinstance(part, ast.Name) and part.id == root.id and isinstance(part.ctx, ast.Store)
                for part in walk(fragment.function)
            )
        )

    def _refuse_call(self, node: ast.Call) -> None:
        raise Refusal(
            "TFR230",
            f"{ast.unparse(node.func)} is called while the graph is built; a step would call it again",
            node,
            "Bind its result to a name before the graph is built.",
        )

    def _check_function(self, function: Function, call: ast.Call, fragment: Fragment) -> None:
        node = function.node
        if node in self._seen or node in self.models:
            return
        self._seen.add(node)
        if isinstance(node, ast.Lambda):
            return
        for part in walk(node):
            if isinstance(part, ast.Global | ast.Nonlocal | ast.Yield | ast.YieldFrom):
                raise Refusal("TFR230", f"{node.name} changes state that a step would change again", part)
            if isinstance(part, ast.Attribute | ast.Subscript) and isinstance(part.ctx, ast.Store | ast.Del):
                raise Refusal("TFR230", f"{node.name} changes state that a step would change again", part)
        line = fragment.driver_line if fragment.driver_line is not None else self._module_line(call, fragment)
        self._check(Fragment(tuple(walk(node)), node, function.module, call.lineno, line))

    @staticmethod
    def _module_line(call: ast.Call, fragment: Fragment) -> int | None:
        return call.lineno if fragment.function is None else None

    # Values that must stay as they were

    def _check_name(self, node: ast.Name, fragment: Fragment) -> None:
        value = self.facts.values.get(node)
        if node in self.facts.graph:
            self._check_tensor(node, fragment)
            return
        if isinstance(value, Symbol | Class | ProjectModule | Builtin | Instance):
            return
        if self._is_mutable(node, fragment):
            self._keeps_content(node, fragment)
        if fragment.function is not None and node.id in local_names(fragment.function):
            if not self._is_driver(fragment.function) and not self._is_lambda(fragment):
                return
            self._unchanged(node, fragment.function, fragment)
            return
        self._unchanged(node, fragment.module.tree, fragment)

    def _is_lambda(self, fragment: Fragment) -> bool:
        return (
            isinstance(fragment.nodes[0] if fragment.nodes else None, ast.expr) and fragment.function not in self.models
        )

    def _is_driver(self, function: ast.FunctionDef) -> bool:
        return any(frame.function is not None and frame.function.node is function for frame in self.plan.building)

    def _check_tensor(self, node: ast.Name, fragment: Fragment) -> None:
        """A function that runs in a step gets the tensors of the driver as arguments."""
        function = fragment.function
        if function is None or self._is_driver(function) or node.id in local_names(function):
            return
        message = f"{function.name} takes the tensor {node.id} from the driver's names rather than as an argument"
        raise Refusal("TFR230", message, node, "Pass the tensor to the function as an argument.")

    def _is_mutable(self, node: ast.Name, fragment: Fragment) -> bool:
        """True for a name that is used by value and whose value is not known to be a constant."""
        if any(isinstance(part, ast.Attribute) and part.value is node for part in fragment.nodes):
            return False
        value = self.facts.values.get(node)
        if isinstance(value, Function | Method | Regularizer | Initializer | Optimizer):
            return False
        constant = constant_of(value) if value is not None else None
        return constant is None or isinstance(constant.value, list)

    def _keeps_content(self, node: ast.Name, fragment: Fragment) -> None:
        """An array or list that the graph took by value is not changed in place afterwards."""
        scopes: list[ast.AST] = [fragment.module.tree]
        if fragment.function is not None:
            if node.id in local_names(fragment.function) and not self._is_driver(fragment.function):
                return
            scopes.insert(0, fragment.function)
        names = {node.id}
        for scope in scopes:
            for part in ast.walk(scope):
                if isinstance(part, ast.Assign):
                    self._follow_alias(part, names)
        for scope in scopes:
            for part in ast.walk(scope):
                if isinstance(part, ast.Call) and part.lineno > fragment.place:
                    self._check_escape(part, names, node.id, fragment)
                if not isinstance(part, ast.Name) and any(changes(part, name) for name in names - {node.id}):
                    raise Refusal("TFR223", f"{node.id} may change after the graph was built with it", part)

    def _follow_alias(self, stmt: ast.Assign, names: set[str]) -> None:
        """Names that share the content of one of `names`, and names whose content one of them is a view of."""
        targets = {target.id for target in stmt.targets if isinstance(target, ast.Name)}
        value = stmt.value
        if targets & names and isinstance(value, ast.GeneratorExp):
            raise Refusal("TFR230", "a generator would be used up by the first step", stmt)
        if targets & names and isinstance(value, ast.Call) and getattr(value.func, "id", "") in _ONE_SHOT:
            raise Refusal("TFR230", f"{ast.unparse(value.func)}() would be used up by the first step", stmt)
        if isinstance(value, ast.Subscript | ast.Name | ast.Attribute):
            root = root_name(value)
            if root is not None and (targets & names or root in names):
                names |= targets | {root}

    def _check_escape(self, call: ast.Call, names: set[str], used: str, fragment: Fragment) -> None:
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if not any(root_name(part.value if isinstance(part, ast.Starred) else part) in names for part in given):
            return
        value = self.facts.values.get(call.func)
        if call in self.plan.runs or call in self.plan.calls or isinstance(value, Symbol):
            return
        if isinstance(value, Builtin) and value.name in _PURE_BUILTINS:
            return
        if isinstance(value, Function) and not writes_content(value.node):
            return
        in_place = any(keyword.arg == "out" for keyword in call.keywords)
        if not in_place and call not in self.plan.losses and self._is_pure(call, fragment):
            return
        raise Refusal("TFR223", f"{used} may be changed here, after the graph was built with it", call)

    def _unchanged(self, node: ast.Name, scope: ast.FunctionDef | ast.Module, fragment: Fragment) -> None:
        in_place = fragment.function is scope or (fragment.function is None and isinstance(scope, ast.Module))
        last_use = fragment.place if in_place else self._driver_line(scope, fragment)
        for part in changes_in(scope, node.id):
            late = line_of(part) > last_use or in_loop(scope, part)
            if late and not (isinstance(part, ast.Name) and part in self.facts.graph):
                raise Refusal("TFR223", f"{node.id} changes after the graph was built with it", part)
        self._unchanged_from_outside(node.id)
        for inner in functions_in(scope):
            self._unchanged_in(node.id, inner)

    def _unchanged_from_outside(self, name: str) -> None:
        """A global is not stored through its module by another file."""
        for module in self.modules:
            for stored in attribute_stores(module.tree, name):
                if isinstance(self.facts.values.get(stored.value), ProjectModule):
                    raise Refusal(
                        "TFR223", f"{name} is changed from another file; the graph has its first value", stored
                    )

    def _unchanged_in(self, name: str, function: ast.FunctionDef) -> None:
        declared = any(isinstance(part, ast.Global | ast.Nonlocal) and name in part.names for part in walk(function))
        if name in local_names(function) and not declared:
            return
        for part in changes_in(function, name):
            stores = isinstance(part, ast.Name)
            if part is not function and (declared or not stores):
                raise Refusal("TFR223", f"{name} is changed by {function.name}; the graph has its first value", part)

    def _driver_line(self, scope: ast.AST, fragment: Fragment) -> int:
        """The line of a module in which the driver first comes to run a fragment of it or of another file."""
        if not isinstance(scope, ast.Module):
            return _LAST_LINE
        if fragment.driver_line is not None:
            return fragment.driver_line
        lines = [item.stmt.lineno for item in self.plan.items if item.frame.function is None]
        return min(lines) if lines else _LAST_LINE

    def _check_attribute(self, node: ast.Attribute) -> None:
        """A value read off an object: nobody else may store an attribute of that name later."""
        base = self.facts.values.get(node.value)
        if node in self.facts.graph or isinstance(base, Symbol) or node.value in self.facts.graph:
            return
        if isinstance(self.facts.values.get(node), Function | Method | Class):
            return
        for module in self.modules:
            for stored in attribute_stores(module.tree, node.attr):
                if not self._while_built(stored, module):
                    raise Refusal("TFR223", f"{ast.unparse(node)} changes after the graph was built with it", stored)

    def _while_built(self, stored: ast.Attribute, module: Module) -> bool:
        """True for a store in a constructor, or before the graph."""
        for function in ast.walk(module.tree):
            if isinstance(function, ast.FunctionDef) and any(part is stored for part in walk(function)):
                if function.name == "__init__":
                    return True
                if self._is_driver(function):
                    lines = [
                        item.stmt.lineno
                        for item in self.plan.items
                        if item.frame.function and item.frame.function.node is function
                    ]
                    return not lines or stored.lineno <= max(lines)
                return False
        lines = [
            item.stmt.lineno for item in self.plan.items if item.frame.function is None and item.frame.module is module
        ]
        return bool(lines) and stored.lineno < min(lines)
