"""Builder functions → `tf.keras.Model` classes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import libcst as cst

from tf1to2_reg.editing import calls
from tf1to2_reg.editing.alignment import realigned
from tf1to2_reg.editing.context import FileContext
from tf1to2_reg.editing.expressions import code
from tf1to2_reg.editing.file import File
from tf1to2_reg.editing.rewriter import CallHook, Mode, Rewrite
from tf1to2_reg.editing.rule import LayerParts
from tf1to2_reg.editing.statements import (
    BLANK,
    assignment,
    comments_of,
    is_self_assignment,
    led_by,
    line,
    lines_of,
    passing,
    with_comments_only,
    without_semicolon,
)
from tf1to2_reg.network import naming
from tf1to2_reg.network.data import Access, ModelPlan, Parameter, Site
from tf1to2_reg.network.split import ModelSplit
from tf1to2_reg.syntax.variables import calls_in_order, walk, writes
from tf1to2_reg.writing import layer_objects
from tf1to2_reg.writing.class_bodies import block_of, else_of, function, with_leading
from tf1to2_reg.writing.model_calls import apply, construct

LayerSplit = Callable[[ast.Call, cst.Call, cst.Call, ModelPlan], LayerParts]


@dataclass
class ModelWriter:
    """Writes the class of one model from the statements of its builder."""

    plan: ModelPlan
    file: File
    context: FileContext
    rewrite: Rewrite
    split: LayerSplit
    losses_hook: CallHook
    names: ModelSplit
    _constructed: dict[Site, cst.BaseExpression] = field(default_factory=dict)
    _loop_names: dict[Site, str] = field(default_factory=dict)

    def class_definition(self, leading: Sequence[cst.EmptyLine]) -> cst.ClassDef:
        """The whole class."""
        docstring = self._docstring()
        methods: list[cst.BaseStatement] = [self._init(), self._call()]
        body = methods if docstring is None else [docstring, *methods]
        body[1:] = [led_by(part, [BLANK]) for part in body[1:]]
        return cst.ClassDef(
            name=cst.Name(self.plan.name),
            bases=[cst.Arg(cst.parse_expression(f"{self.context.tf}.keras.Model"))],
            lpar=cst.LeftParen(),
            rpar=cst.RightParen(),
            body=cst.IndentedBlock(body),
            leading_lines=leading,
        )

    def _docstring(self) -> cst.SimpleStatementLine | None:
        node = self.plan.node
        if node is None or ast.get_docstring(node) is None:
            return None
        definition = self.file.cst_statement(node)
        assert isinstance(definition, cst.FunctionDef)
        assert isinstance(definition.body, cst.IndentedBlock)
        first = definition.body.body[0]
        assert isinstance(first, cst.SimpleStatementLine)
        return first

    # __init__

    def _init(self) -> cst.FunctionDef:
        parameters = self.plan.constructed
        named = any(parameter.name == "name" for parameter in parameters)
        lines: list[cst.BaseStatement] = [line(f"super().__init__({'name=name' if named else ''})")]
        kept = [self._local(parameter.name) for parameter in parameters if self.plan.keeps(parameter)]
        lines += [line(f"self.{name} = {name}") for name in kept]
        made = self._init_body(self._own_statements())
        if made:
            made[0] = with_comments_only(made[0])
        lines += made
        return function("__init__", [("self", None), *self._parameters(parameters)], lines)

    def _own_statements(self) -> list[cst.BaseStatement]:
        """The statements of the builder as LibCST lines, docstring excepted."""
        if self.plan.node is not None:
            definition = self.file.cst_statement(self.plan.node)
            assert isinstance(definition, cst.FunctionDef)
            assert isinstance(definition.body, cst.IndentedBlock)
            body = list(definition.body.body)
            return body[1:] if self._docstring() is not None else body
        return [self._as_line(stmt) for stmt in self.plan.body]

    def _as_line(self, stmt: ast.stmt) -> cst.BaseStatement:
        node = self.file.cst_statement(stmt)
        if isinstance(node, cst.BaseSmallStatement):
            return self._line_of(node)
        assert isinstance(node, cst.BaseStatement)
        return node

    def _line_of(self, small: cst.BaseSmallStatement) -> cst.SimpleStatementLine:
        own = self.file.lines[small]
        return own if len(own.body) == 1 else own.with_changes(body=[small], leading_lines=[])

    def _init_mode(self) -> Mode:
        return Mode(self._renamed, [self._init_hook], self.plan.receiver)

    @cached_property
    def _renamed(self) -> dict[str, str]:
        """Attributes of the driver's object are local names in the model."""
        names = {parameter.name for parameter in self.plan.parameters}
        names |= {name for stmt in self.plan.body for name in writes(stmt, self.plan.receiver)}
        return {name: self._local(name) for name in names if name.startswith("self.")}

    @staticmethod
    def _local(name: str) -> str:
        return name.removeprefix("self.")

    def _init_hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        site = self.plan.sites.get(node)
        if site is None:
            return None
        if site.symbol is not None:
            self._constructed[site] = self.split(node, original, updated, self.plan).constructor
        else:
            assert site.model is not None
            callee = code(updated.func) if site.model.receiver is None else site.model.name
            self._constructed[site] = construct(site.model, original, updated, callee, "")
        return cst.Name("_")

    def _init_body(self, statements: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        found: list[cst.BaseStatement] = []
        for statement in statements:
            found += self._init_statement(statement)
        return found

    def _init_statement(self, statement: cst.BaseStatement) -> list[cst.BaseStatement]:
        if isinstance(statement, cst.With):
            return with_leading(self._init_body(lines_of(statement.body)), statement.leading_lines)
        if isinstance(statement, cst.For):
            return self._init_loop(statement)
        if isinstance(statement, cst.If):
            return self._init_condition(statement)
        if isinstance(statement, cst.SimpleStatementLine):
            return self._init_line(statement)
        return []

    def _init_line(self, row: cst.SimpleStatementLine) -> list[cst.BaseStatement]:
        found: list[cst.BaseStatement] = []
        for small in row.body:
            stmt = self.file.statement(small)
            if stmt not in self.plan.init:
                continue
            assert isinstance(stmt, ast.stmt)
            rewritten = self.rewrite(small, self._init_mode())
            sites = [self.plan.sites[node] for node in calls_in_order(stmt) if node in self.plan.sites]
            if not sites:
                assert isinstance(rewritten, cst.BaseSmallStatement)
                found.append(
                    cst.SimpleStatementLine([without_semicolon(rewritten)], trailing_whitespace=row.trailing_whitespace)
                )
                found += [line(f"self.{name} = {name}") for name in sorted(writes(stmt) & self.plan.stored)]
            for site in sites:
                if site.shared is None:
                    found.append(self._assign_layer(site))
        return with_leading(found, row.leading_lines)

    def _assign_layer(self, site: Site) -> cst.SimpleStatementLine:
        target = f"self.{site.attribute}"
        head = f"{target} = " if site.access is Access.ONE else f"{target}.append("
        value = self._aligned(site, head, self._constructed[site])
        if site.access is Access.ONE:
            return assignment(target, value)
        append = cst.Call(cst.parse_expression(f"{target}.append"), [cst.Arg(value)])
        return cst.SimpleStatementLine([cst.Expr(append)])

    def _aligned(self, site: Site, head: str, value: cst.BaseExpression) -> cst.BaseExpression:
        """Continuation lines that stood under the first argument stand under it again."""
        given: list[ast.expr | ast.keyword] = [*site.node.args, *site.node.keywords]
        stmt = self.names.statements[site.node]
        if not isinstance(value, cst.Call) or not given or given[0].lineno != site.node.lineno:
            return value
        new = len(head) + len(code(value.func)) + 1
        return realigned(value, given[0].col_offset - stmt.col_offset, new)

    def _init_loop(self, statement: cst.For) -> list[cst.BaseStatement]:
        loop = self.file.statement(statement)
        assert isinstance(loop, ast.For)
        body = self._init_body(lines_of(statement.body))
        if not body:
            return []
        lists = []
        if not self._is_inner(loop):
            inside = self.names.sites_in(loop)
            names = [
                site.attribute for site in _by_position(inside) if site.shared is None and site.access is not Access.ONE
            ]
            lists = [line(f"self.{name} = []") for name in names]
        header = statement.with_changes(body=cst.IndentedBlock([passing()]), leading_lines=[])
        rewritten = self.rewrite(header, self._init_mode())
        assert isinstance(rewritten, cst.For)
        loop_statement = rewritten.with_changes(body=block_of(statement, body))
        return with_leading([*lists, loop_statement], statement.leading_lines)

    def _is_inner(self, loop: ast.For) -> bool:
        return any(
            node is not loop and isinstance(node, ast.For) and any(part is loop for part in walk(node))
            for stmt in self.plan.body
            for node in walk(stmt)
        )

    def _init_condition(self, statement: cst.If) -> list[cst.BaseStatement]:
        condition = self.file.statement(statement)
        assert isinstance(condition, ast.If)
        body = self._init_body(lines_of(statement.body))
        orelse = self._init_else(statement.orelse)
        if not body and not orelse:
            return []
        if self.names.is_stateless(condition):
            return [*body, *orelse]
        test = self.rewrite(statement.test, self._init_mode())
        rest = else_of(statement.orelse, orelse)
        passed: Sequence[cst.BaseStatement] = body or [passing()]
        result = statement.with_changes(test=test, body=block_of(statement, passed), orelse=rest)
        return [result]

    def _init_else(self, orelse: cst.If | cst.Else | None) -> list[cst.BaseStatement]:
        if orelse is None:
            return []
        if isinstance(orelse, cst.If):
            return self._init_condition(orelse)
        return self._init_body(lines_of(orelse.body))

    # call

    def _call(self) -> cst.FunctionDef:
        parameters = self.plan.called
        iterators = [site for site in self.plan.sites.values() if site.access is Access.NEXT and site.shared is None]
        lines: list[cst.BaseStatement] = [
            line(f"{self._loop_name(site)} = iter(self.{site.attribute})") for site in iterators
        ]
        lines += self._call_body(self._own_statements())
        if self.plan.outputs:
            lines.append(line("return " + ", ".join(self._local(name) for name in self.plan.outputs)))
        return function("call", [("self", None), *self._parameters(parameters)], lines)

    def _parameters(self, parameters: Sequence[Parameter]) -> list[tuple[str, cst.BaseExpression | None]]:
        found: list[tuple[str, cst.BaseExpression | None]] = []
        for parameter in parameters:
            default = None
            if parameter.default is not None:
                rewritten = self.rewrite(self.file.cst_expression(parameter.default), Mode())
                assert isinstance(rewritten, cst.BaseExpression)
                default = rewritten
            found.append((self._local(parameter.name), default))
        return sorted(found, key=lambda pair: pair[1] is not None)

    def _call_mode(self) -> Mode:
        names = self._renamed | {name: f"self.{self._local(name)}" for name in self.plan.stored}
        names |= {name: f"self.{attribute}" for name, attribute in self.plan.held.items()}
        hooks: list[CallHook] = [self._call_hook, self.losses_hook, partial(layer_objects.call, self.file)]
        return Mode(names, hooks, self.plan.receiver)

    def _call_hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        site = self.plan.sites.get(node)
        if site is None:
            return None
        target = self._accessor(site.owner)
        if site.symbol is not None:
            parts = self.split(node, original, updated, self.plan)
            if parts.inputs is None:
                return cst.parse_expression(target).with_changes(lpar=original.lpar, rpar=original.rpar)
            call = cst.Call(cst.parse_expression(target), [calls.positional(parts.inputs)])
            for argument in parts.call_arguments:
                call = calls.append(call, argument.with_changes(comma=cst.MaybeSentinel.DEFAULT))
        else:
            assert site.model is not None
            call = apply(site.model, original, updated, cst.parse_expression(target))
        return call.with_changes(lpar=original.lpar, rpar=original.rpar)

    def _accessor(self, site: Site) -> str:
        if site.access is Access.ONE:
            return f"self.{site.attribute}"
        if site.access is Access.ZIP:
            return self._loop_name(site)
        return f"next({self._loop_name(site)})"

    def _loop_name(self, site: Site) -> str:
        if site not in self._loop_names:
            taken = {node.id for stmt in self.plan.body for node in ast.walk(stmt) if isinstance(node, ast.Name)}
            taken |= {self._local(parameter.name) for parameter in self.plan.parameters} | set(
                self._loop_names.values()
            )
            wanted = site.attribute if site.access is Access.ZIP else f"{site.attribute}_layers"
            self._loop_names[site] = naming.unique(wanted, taken, ("_layer",))
        return self._loop_names[site]

    def _call_body(self, statements: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        found: list[cst.BaseStatement] = []
        for statement in statements:
            found += self._call_statement(statement)
        return found

    def _call_statement(self, statement: cst.BaseStatement) -> list[cst.BaseStatement]:
        if isinstance(statement, cst.With):
            return self._call_body(lines_of(statement.body))
        if isinstance(statement, cst.For):
            return self._call_loop(statement)
        if isinstance(statement, cst.If):
            return self._call_condition(statement)
        if isinstance(statement, cst.SimpleStatementLine):
            return self._call_line(statement)
        return []

    def _call_line(self, row: cst.SimpleStatementLine) -> list[cst.BaseStatement]:
        kept = [small for small in row.body if self.file.statement(small) in self.plan.call]
        if not kept:
            return []
        rewritten = [self.rewrite(small, self._call_mode()) for small in kept]
        smalls = [
            small for small in rewritten if isinstance(small, cst.BaseSmallStatement) and not is_self_assignment(small)
        ]
        if not smalls:
            return []
        smalls[-1] = without_semicolon(smalls[-1])
        own = any(self.file.statement(small) in self.plan.init for small in kept)
        leading = [] if own else comments_of(row)
        return [cst.SimpleStatementLine(smalls, leading_lines=leading, trailing_whitespace=row.trailing_whitespace)]

    def _call_loop(self, statement: cst.For) -> list[cst.BaseStatement]:
        loop = self.file.statement(statement)
        assert isinstance(loop, ast.For)
        body = self._call_body(lines_of(statement.body))
        if not body:
            return []
        inside = [
            site
            for site in self.plan.sites.values()
            if site.loop is loop and site.access is Access.ZIP and site.shared is None
        ]
        header = statement.with_changes(body=cst.IndentedBlock([passing()]), leading_lines=[])
        rewritten = self.rewrite(header, self._call_mode())
        assert isinstance(rewritten, cst.For)
        result = rewritten
        if inside:
            result = self._zipped(rewritten, _by_position(inside), walks=self.names.walks(loop))
        return [result.with_changes(body=block_of(statement, body), leading_lines=[])]

    def _zipped(self, loop: cst.For, sites: Sequence[Site], *, walks: bool) -> cst.For:
        """The loop over the lists of layers, together with its own iterable where `call` needs it."""
        names = [self._loop_name(site) for site in sites]
        lists = [f"self.{site.attribute}" for site in sites]
        if not walks and len(sites) == 1:
            return loop.with_changes(target=cst.Name(names[0]), iter=cst.parse_expression(lists[0]))
        if walks:
            target = code(loop.target)
            if isinstance(loop.target, cst.Tuple) and not loop.target.lpar:
                target = f"({target})"
            names.insert(0, target)
            lists.insert(0, code(loop.iter))
        targets = cst.parse_expression(", ".join(names))
        assert isinstance(targets, cst.Tuple)
        return loop.with_changes(target=targets, iter=cst.parse_expression(f"zip({', '.join(lists)})"))

    def _call_condition(self, statement: cst.If) -> list[cst.BaseStatement]:
        body = self._call_body(lines_of(statement.body))
        orelse = self._call_else(statement.orelse)
        if not body and not orelse:
            return []
        test = self.rewrite(statement.test, self._call_mode())
        rest = else_of(statement.orelse, orelse)
        passed: Sequence[cst.BaseStatement] = body or [passing()]
        return [statement.with_changes(test=test, body=block_of(statement, passed), orelse=rest, leading_lines=[])]

    def _call_else(self, orelse: cst.If | cst.Else | None) -> list[cst.BaseStatement]:
        if orelse is None:
            return []
        if isinstance(orelse, cst.If):
            return self._call_condition(orelse)
        return self._call_body(lines_of(orelse.body))


def _by_position(sites: Sequence[Site]) -> list[Site]:
    return sorted(sites, key=lambda site: (site.node.lineno, site.node.col_offset))
