"""What of a builder goes to `__init__` and what to `call`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.facts.held import MADE, is_apart
from tf1to2_reg.network import held, naming
from tf1to2_reg.network.data import Access, ModelPlan, Parameter, Site
from tf1to2_reg.program.callees import callee, layer_symbol
from tf1to2_reg.program.evaluations import Evaluations
from tf1to2_reg.program.values import Scope
from tf1to2_reg.syntax.binding import bind
from tf1to2_reg.syntax.variables import calls_in_order, reads, walk, writes

_INNER_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NOT_CONSTRUCTED = ("inputs", "training", "reuse")
_STATELESS = ("dropout", "flatten", "max_pooling", "average_pooling")


@dataclass(frozen=True, eq=False)
class Leaf:
    """A statement without statements of its own, and the compound statements around it, outermost first."""

    stmt: ast.stmt
    around: tuple[ast.stmt, ...]


class ModelSplit:
    """Decides, for one builder, which statements, names and parameters each side of the model needs."""

    def __init__(
        self,
        plan: ModelPlan,
        facts: Evaluations,
        models: dict[ast.FunctionDef, ModelPlan],
        aliases: dict[ast.Call, ast.Call],
    ) -> None:
        self.plan = plan
        self._aliases = aliases
        self.facts = facts
        self.models = models
        self.leaves = list(_leaves(plan.body, ()))
        written = {name for leaf in self.leaves for name in writes(leaf.stmt, plan.receiver)}
        self._loop_targets = {
            name
            for leaf in self.leaves
            for part in leaf.around
            if isinstance(part, ast.For)
            for name in writes(part.target)
        }
        self.locals = {parameter.name for parameter in plan.parameters} | written | self._loop_targets
        self._parameters = {parameter.name: parameter for parameter in plan.parameters}
        self._taken = {parameter.name for parameter in plan.parameters}
        self._init_names: set[str] = set()
        self._call_names: set[str] = set()

    def run(self) -> None:
        """Fill the plan.

        Raises:
            Refused: TFR214, TFR219 and others where the builder cannot be taken apart.
        """
        self._check_forms()
        self._find_sites()
        self._share()
        self._take_init()
        self._take_call()
        self._place_effects()
        self._place_parameters()

    # Sites

    def _find_sites(self) -> None:
        for leaf in self.leaves:
            for node in calls_in_order(leaf.stmt):
                symbol = layer_symbol(node, self.facts)
                function = callee(node, self.facts)
                model = self.models.get(function) if function is not None else None
                if symbol is not None or model is not None:
                    self._add_site(leaf, node, symbol, model)

    def _add_site(self, leaf: Leaf, node: ast.Call, symbol: str | None, model: ModelPlan | None) -> None:
        if node not in self.facts.visited:
            raise refusal("TFR219", "a layer is made in code that is never reached", node)
        if any(isinstance(part, _INNER_SCOPES) for part in _path(leaf.stmt, node)):
            raise refusal("TFR219", "a layer is made inside a comprehension or a lambda", node)
        loops = [part for part in leaf.around if isinstance(part, ast.For)]
        direct = loops and all(isinstance(part, ast.With) for part in leaf.around[leaf.around.index(loops[-1]) + 1 :])
        access = Access.ONE if not loops else Access.ZIP if len(loops) == 1 and direct else Access.NEXT
        stem = MADE[symbol].stem if symbol else naming.snake_case(model.node.name if model and model.node else "block")
        bound = self._held_names.get(node) if access is Access.ONE else None
        wanted = naming.name_stem(self._given_name(node, symbol, model))
        if bound is not None and not naming.is_reserved(bound.removeprefix("self.")):
            wanted = bound.removeprefix("self.")
        attribute = naming.attribute_name(wanted, stem, self._taken)
        self._taken.add(attribute)
        if bound is not None:
            self.plan.held[bound] = attribute
        self.plan.sites[node] = Site(node, attribute, symbol, model, loops[-1] if loops else None, access)

    @cached_property
    def _held_names(self) -> dict[ast.Call, str]:
        """Names of the builder itself; the driver knows those of its own network."""
        roots = [self.plan.node] if self.plan.node is not None else self.plan.roots
        return held.held_names([leaf.stmt for leaf in self.leaves], roots, self.facts, self.plan.receiver)

    @cached_property
    def statements(self) -> dict[ast.Call, ast.stmt]:
        """The statement that each site stands in."""
        calls = ((node, leaf.stmt) for leaf in self.leaves for node in walk(leaf.stmt) if isinstance(node, ast.Call))
        return {node: stmt for node, stmt in calls if node in self.plan.sites}

    @cached_property
    def _definitions(self) -> dict[str, list[Leaf]]:
        """The statements that bind each name."""
        found: dict[str, list[Leaf]] = {}
        for leaf in self.leaves:
            for name in writes(leaf.stmt, self.plan.receiver):
                found.setdefault(name, []).append(leaf)
        return found

    def _share(self) -> None:
        for node, maker in self._aliases.items():
            site, owner = self.plan.sites.get(node), self.plan.sites.get(maker)
            if site is None or owner is None:
                raise refusal("TFR213", "variables are shared with a layer outside this function", node)
            site.shared = owner

    def _given_name(self, node: ast.Call, symbol: str | None, model: ModelPlan | None) -> ast.expr | None:
        if symbol is not None:
            return bind(node, list(MADE[symbol].parameters)).get("name")
        assert model is not None
        given = bind(node, model.arguments)
        return given.get("name", given.get("scope"))

    def sites_in(self, stmt: ast.stmt) -> list[Site]:
        return [self.plan.sites[node] for node in walk(stmt) if isinstance(node, ast.Call) and node in self.plan.sites]

    def constructor_arguments(self, site: Site) -> list[ast.expr]:
        """The expressions that the construction of a layer or inner model needs."""
        if site.symbol is not None:
            bound = bind(site.node, list(MADE[site.symbol].parameters))
            silent = is_apart(site.symbol)
            given = {name: value for name, value in bound.items() if name not in _NOT_CONSTRUCTED}
            given = {name: value for name, value in given.items() if not (silent and name.endswith("_regularizer"))}
            return [value for name, value in given.items() if name != "name" or not naming.has_slash(value)]
        assert site.model is not None
        wanted = {parameter.name for parameter in site.model.constructed}
        return [value for name, value in bind(site.node, site.model.arguments).items() if name in wanted]

    def dropped_arguments(self, site: Site) -> list[ast.expr]:
        """Arguments that the call of the layer object no longer has."""
        if site.symbol is not None:
            bound = bind(site.node, list(MADE[site.symbol].parameters))
            return [value for name, value in bound.items() if name not in ("inputs", "training")]
        assert site.model is not None
        kept = {parameter.name for parameter in site.model.called}
        return [value for name, value in bind(site.node, site.model.arguments).items() if name not in kept]

    # The two sides

    def _is_graph(self, stmt: ast.stmt) -> bool:
        return any(node in self.facts.graph or node in self.plan.sites for node in walk(stmt))

    def _local(self, names: Collection[str]) -> set[str]:
        return {name for name in names if name in self.locals or name.startswith("self.")}

    def _init_reads(self, leaf: Leaf) -> set[str]:
        found: set[str] = set()
        for site in self.sites_in(leaf.stmt):
            if site.shared is None:
                for value in self.constructor_arguments(site):
                    found |= reads(value, self.plan.receiver)
                if site.model is not None:
                    found |= {
                        parameter.name for parameter in site.model.constructed if parameter.name.startswith("self.")
                    }
        return self._local(found)

    def _call_reads(self, leaf: Leaf) -> set[str]:
        skip = {value for site in self.sites_in(leaf.stmt) for value in self.dropped_arguments(site)}
        skip |= {site.node.func for site in self.sites_in(leaf.stmt)}
        return self._local(reads(leaf.stmt, self.plan.receiver, skip))

    def _init_header_reads(self, leaf: Leaf) -> set[str]:
        found: set[str] = set()
        for part in leaf.around:
            if isinstance(part, ast.For):
                found |= reads(part.iter, self.plan.receiver)
            elif isinstance(part, ast.If) and not self.is_stateless(part):
                found |= reads(part.test, self.plan.receiver)
        return self._local(found)

    def is_stateless(self, part: ast.If) -> bool:
        """True where a condition guards only layers without variables, which can be made in any case."""
        inside = _leaves([*part.body, *part.orelse], ())
        sites = [site for leaf in inside for site in self.sites_in(leaf.stmt)]
        python = [leaf.stmt for leaf in inside if not self._is_graph(leaf.stmt)]
        return (
            bool(sites)
            and not python
            and all(site.symbol is not None and MADE[site.symbol].stem.startswith(_STATELESS) for site in sites)
        )

    def _take_init(self) -> None:
        wanted: set[str] = set()
        for leaf in self.leaves:
            if any(site.shared is None for site in self.sites_in(leaf.stmt)):
                self.plan.init.add(leaf.stmt)
                wanted |= self._init_reads(leaf) | self._init_header_reads(leaf)
        while wanted - self._init_names:
            name = (wanted - self._init_names).pop()
            self._init_names.add(name)
            wanted |= self._define_in_init(name)

    def _define_in_init(self, name: str) -> set[str]:
        wanted: set[str] = set()
        for leaf in self._definitions.get(name, []):
            if self._is_graph(leaf.stmt) or self._of_shape(leaf.stmt):
                raise refusal("TFR214", f"a layer depends on {name}, which is computed from a tensor", leaf.stmt)
            self.plan.init.add(leaf.stmt)
            wanted |= self._local(reads(leaf.stmt, self.plan.receiver)) | self._init_header_reads(leaf)
        return wanted

    def _of_shape(self, stmt: ast.stmt) -> bool:
        return any(getattr(self.facts.value(node), "of_shape", False) for node in walk(stmt))

    def _take_call(self) -> None:
        wanted: set[str] = set()
        for leaf in self.leaves:
            if self._only_holds(leaf.stmt):
                continue
            if self._is_graph(leaf.stmt) or self._of_shape(leaf.stmt) or isinstance(leaf.stmt, ast.Return):
                self.plan.call.add(leaf.stmt)
                wanted |= self._call_reads(leaf)
                wanted |= self._call_header_reads(leaf)
        wanted |= set(self.plan.outputs)
        while wanted - self._call_names:
            name = (wanted - self._call_names).pop()
            self._call_names.add(name)
            wanted |= self._define_in_call(name)

    def _only_holds(self, stmt: ast.stmt) -> bool:
        """True for `w = tf.get_variable(...)`, of which nothing is left in `call`."""
        return isinstance(stmt, ast.Assign) and bool(writes(stmt, self.plan.receiver) & self.plan.held.keys())

    def _call_header_reads(self, leaf: Leaf) -> set[str]:
        found: set[str] = set()
        for part in leaf.around:
            if isinstance(part, ast.If):
                found |= reads(part.test, self.plan.receiver)
            elif isinstance(part, ast.For) and self.walks(part):
                found |= reads(part.iter, self.plan.receiver)
        return self._local(found)

    def walks(self, loop: ast.For) -> bool:
        """True where `call` needs the loop's own iterable, not only the list of layers."""
        zipped = [site for site in self.plan.sites.values() if site.loop is loop and site.access is Access.ZIP]
        if not zipped:
            return True
        targets = writes(loop.target)
        for stmt in loop.body:
            for leaf in _leaves([stmt], ()):
                if (self._is_graph(leaf.stmt) or leaf.stmt in self.plan.call) and targets & self._call_reads(leaf):
                    return True
                if any(isinstance(part, ast.If) and targets & reads(part.test) for part in leaf.around):
                    return True
        return False

    def _define_in_call(self, name: str) -> set[str]:
        definitions = [leaf for leaf in self._definitions.get(name, []) if leaf.stmt not in self.plan.call]
        if not definitions or name in self._loop_targets or name in self.plan.held:
            return set()
        if self._can_store(name, definitions):
            self.plan.stored.add(name)
            return set()
        wanted: set[str] = set()
        for leaf in definitions:
            self.plan.call.add(leaf.stmt)
            wanted |= self._local(reads(leaf.stmt, self.plan.receiver)) | self._call_header_reads(leaf)
        return wanted

    def _can_store(self, name: str, definitions: Sequence[Leaf]) -> bool:
        one = len(definitions) == 1 == len(self._definitions.get(name, [])) and name not in self._parameters
        return one and name in self._init_names and not any(isinstance(part, ast.For) for part in definitions[0].around)

    def _place_effects(self) -> None:
        """Statements that neither side needs: those that only bind names go, the others stay in `__init__`."""
        for leaf in self.leaves:
            if leaf.stmt in self.plan.init | self.plan.call or isinstance(leaf.stmt, ast.Pass | ast.Return):
                continue
            if _is_docstring(leaf.stmt) or _only_binds(leaf.stmt):
                continue
            self.plan.init.add(leaf.stmt)
            self._init_names |= self._local(reads(leaf.stmt, self.plan.receiver)) | self._init_header_reads(leaf)

    def _place_parameters(self) -> None:
        written = {name for leaf in self.leaves for name in writes(leaf.stmt, self.plan.receiver)}
        for parameter in self.plan.parameters:
            if parameter.name.startswith("self.") and self.plan.node is not None:
                self._place_attribute(parameter, written)
                continue
            parameter.constructed = parameter.name in self._init_names and not parameter.tensor
            parameter.called = parameter.name in self._call_names
            self._check_mode(parameter)
            if parameter.tensor and parameter.name in self._init_names:
                made = (leaf.stmt for leaf in self.leaves if parameter.name in reads(leaf.stmt, self.plan.receiver))
                place = next((stmt for stmt in made if stmt in self.plan.init), self.plan.node)
                raise refusal("TFR214", f"a layer depends on the tensor {parameter.name}", place)
            if parameter.constructed and parameter.called:
                if parameter.name in written:
                    raise refusal("TFR223", f"the parameter {parameter.name} is rebound", self.plan.node)
                self.plan.stored.add(parameter.name)

    def _check_mode(self, parameter: Parameter) -> None:
        """Keras takes the parameter `training` of `call` for the mode, and hands it on itself."""
        if parameter.tensor and parameter.called and parameter.name.removeprefix("self.") == "training":
            message = "training is the mode of a Keras model in the migrated program, and a tensor here"
            raise refusal("TFR232", message, self.plan.node or self.plan.body[0], "Give the tensor another name.")

    def _place_attribute(self, parameter: Parameter, written: set[str]) -> None:
        """An attribute that a method reads is given to the model of the method once, when it is made."""
        if parameter.name in written:
            raise refusal("TFR219", f"a method that makes layers binds {parameter.name}", self.plan.node)
        parameter.constructed = parameter.name in self._init_names | self._call_names
        if parameter.name in self._call_names:
            self.plan.stored.add(parameter.name)

    # Forms that cannot be taken apart

    def _check_forms(self) -> None:
        for stmt in self.plan.body:
            for node in walk(stmt):
                if isinstance(node, ast.While | ast.Try | ast.Global | ast.Nonlocal | ast.Delete | ast.AsyncFor):
                    raise refusal("TFR219", f"a {type(node).__name__.lower()} statement in a builder", node)
                if isinstance(node, ast.Continue | ast.Break | ast.Yield | ast.YieldFrom | ast.Await | ast.NamedExpr):
                    raise refusal("TFR219", f"{type(node).__name__.lower()} in a builder", node)
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and node is not self.plan.node:
                    raise refusal("TFR219", "a definition inside a builder", node)
                if isinstance(node, ast.With):
                    self._check_with(node)
                if isinstance(node, ast.For) and node.orelse:
                    raise refusal("TFR219", "a loop with else in a builder", node)
        self._check_returns()

    def _check_with(self, node: ast.With) -> None:
        for item in node.items:
            if not self.facts.always(item.context_expr, Scope):
                raise refusal("TFR219", "a with statement in a builder", node)

    def _check_returns(self) -> None:
        seen_return: ast.stmt | None = None
        for leaf in self.leaves:
            if seen_return is not None and any(
                layer_symbol(node, self.facts) or callee(node, self.facts) in self.models
                for node in walk(leaf.stmt)
                if isinstance(node, ast.Call)
            ):
                raise refusal("TFR219", "layers are made after a return", seen_return)
            if isinstance(leaf.stmt, ast.Return):
                seen_return = leaf.stmt


def _leaves(body: Sequence[ast.stmt], around: tuple[ast.stmt, ...]) -> list[Leaf]:
    found: list[Leaf] = []
    for stmt in body:
        if isinstance(stmt, ast.If | ast.For | ast.With):
            found += _leaves(stmt.body, (*around, stmt))
            if not isinstance(stmt, ast.With):
                found += _leaves(stmt.orelse, (*around, stmt))
        else:
            found.append(Leaf(stmt, around))
    return found


def _path(root: ast.AST, node: ast.AST) -> list[ast.AST]:
    if root is node:
        return [root]
    for child in ast.iter_child_nodes(root):
        below = _path(child, node)
        if below:
            return [root, *below]
    return []


def _is_docstring(stmt: ast.stmt) -> bool:
    return isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Constant) and isinstance(stmt.value.value, str)


def _only_binds(stmt: ast.stmt) -> bool:
    """True for a statement that gives values to local names and does nothing else."""
    if not isinstance(stmt, ast.Assign) or any(isinstance(node, ast.Call) for node in walk(stmt)):
        return False
    return not any(isinstance(node, ast.Attribute | ast.Subscript) for target in stmt.targets for node in walk(target))
