"""Builder functions → `tf.keras.Model` classes, and their call sites."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from tf1to2_reg import calls
from tf1to2_reg.alignment import realigned
from tf1to2_reg.editing import CallHook, File, FileContext, Mode
from tf1to2_reg.plan import naming
from tf1to2_reg.plan.callees import parameters_of
from tf1to2_reg.plan.data import ModelPlan, Parameter, Site
from tf1to2_reg.plan.models import ModelSplit
from tf1to2_reg.plan.variables import walk, writes
from tf1to2_reg.rewriting import LayerParts

Rewrite = Callable[[cst.CSTNode, Mode], cst.CSTNode]
LayerSplit = Callable[[ast.Call, cst.Call, cst.Call, ModelPlan], LayerParts]
_NO_SPACE = cst.SimpleWhitespace("")


@dataclass
class Emitter:
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
        docstring = [self._docstring()] if self._docstring() is not None else []
        init, call = self._init(), self._call()
        body = [*docstring, *([init] if init is not None else []), call]
        body[1:] = [part.with_changes(leading_lines=[cst.EmptyLine(indent=False)]) for part in body[1:]]  # type: ignore[union-attr]
        return cst.ClassDef(
            name=cst.Name(self.plan.name),
            bases=[cst.Arg(cst.parse_expression(f"{self.context.tf}.keras.Model"))],
            lpar=cst.LeftParen(),
            rpar=cst.RightParen(),
            body=cst.IndentedBlock(body),  # type: ignore[arg-type]
            leading_lines=leading,
        )

    def _docstring(self) -> cst.SimpleStatementLine | None:
        node = self.plan.node
        if node is None or ast.get_docstring(node) is None:
            return None
        definition = self.file.cst_statement(node)
        assert isinstance(definition, cst.FunctionDef) and isinstance(definition.body, cst.IndentedBlock)
        first = definition.body.body[0]
        assert isinstance(first, cst.SimpleStatementLine)
        return first

    # __init__

    def _init(self) -> cst.FunctionDef:
        parameters = self.plan.constructed
        named = any(parameter.name == "name" for parameter in parameters)
        lines: list[cst.BaseStatement] = [_line(f"super().__init__({'name=name' if named else ''})")]
        for parameter in parameters:
            if self.plan.keeps(parameter):
                lines.append(_line(f"self.{self._local(parameter.name)} = {self._local(parameter.name)}"))
        made = self._init_body(self._own_statements())
        if made:
            made[0] = _without_blank(made[0])
        lines += made
        return _function("__init__", [("self", None), *self._parameters(parameters)], lines)

    def _own_statements(self) -> list[cst.BaseStatement]:
        """The statements of the builder as LibCST lines, docstring excepted."""
        if self.plan.node is not None:
            definition = self.file.cst_statement(self.plan.node)
            assert isinstance(definition, cst.FunctionDef) and isinstance(definition.body, cst.IndentedBlock)
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
        for line in self.file.lines:
            if small in line.body:
                return line if len(line.body) == 1 else line.with_changes(body=[small], leading_lines=[])
        raise LookupError

    def _init_mode(self) -> Mode:
        return Mode(self._renamed(), [self._init_hook], self.plan.receiver)

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
            callee = cst.Module([]).code_for_node(updated.func) if site.model.receiver is None else site.model.name
            self._constructed[site] = construct(site.model, original, updated, callee, "")
        return cst.Name("_")

    def _init_body(self, statements: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        found: list[cst.BaseStatement] = []
        for statement in statements:
            found += self._init_statement(statement)
        return found

    def _init_statement(self, statement: cst.BaseStatement) -> list[cst.BaseStatement]:
        if isinstance(statement, cst.With):
            return _with_leading(self._init_body(_body(statement)), statement.leading_lines)
        if isinstance(statement, cst.For):
            return self._init_loop(statement)
        if isinstance(statement, cst.If):
            return self._init_condition(statement)
        if isinstance(statement, cst.SimpleStatementLine):
            return self._init_line(statement)
        return []

    def _init_line(self, line: cst.SimpleStatementLine) -> list[cst.BaseStatement]:
        found: list[cst.BaseStatement] = []
        for small in line.body:
            stmt = self.file.statement(small)
            if stmt not in self.plan.init:
                continue
            assert isinstance(stmt, ast.stmt)
            rewritten = self.rewrite(small, self._init_mode())
            sites = [self.plan.sites[node] for node in _calls_in_order(stmt) if node in self.plan.sites]
            if not sites:
                assert isinstance(rewritten, cst.BaseSmallStatement)
                found.append(
                    cst.SimpleStatementLine(
                        [_without_semicolon(rewritten)], trailing_whitespace=line.trailing_whitespace
                    )
                )
                found += [_line(f"self.{name} = {name}") for name in sorted(writes(stmt) & self.plan.stored)]
            for site in sites:
                if site.shared is None:
                    found.append(self._assign_layer(site))
        return _with_leading(found, line.leading_lines)

    def _assign_layer(self, site: Site) -> cst.SimpleStatementLine:
        target = f"self.{site.attribute}"
        head = f"{target} = " if site.access == "one" else f"{target}.append("
        value = self._aligned(site, head, self._constructed[site])
        if site.access == "one":
            assign = cst.Assign([cst.AssignTarget(cst.parse_expression(target))], value)
            return cst.SimpleStatementLine([assign])
        append = cst.Call(cst.parse_expression(f"{target}.append"), [cst.Arg(value)])
        return cst.SimpleStatementLine([cst.Expr(append)])

    def _aligned(self, site: Site, head: str, value: cst.BaseExpression) -> cst.BaseExpression:
        """Continuation lines that stood under the first argument stand under it again."""
        given = [*site.node.args, *site.node.keywords]
        stmt = next(leaf.stmt for leaf in self.names.leaves if any(node is site.node for node in walk(leaf.stmt)))
        if not isinstance(value, cst.Call) or not given or given[0].lineno != site.node.lineno:
            return value
        new = len(head) + len(cst.Module([]).code_for_node(value.func)) + 1
        return realigned(value, given[0].col_offset - stmt.col_offset, new)

    def _init_loop(self, statement: cst.For) -> list[cst.BaseStatement]:
        loop = self.file.statement(statement)
        assert isinstance(loop, ast.For)
        body = self._init_body(_body(statement))
        if not body:
            return []
        lists = []
        if not self._is_inner(loop):
            inside = [self.plan.sites[node] for node in walk(loop) if node in self.plan.sites]  # type: ignore[index]
            names = [site.attribute for site in _by_position(inside) if site.shared is None and site.access != "one"]
            lists = [_line(f"self.{name} = []") for name in names]
        header = statement.with_changes(
            body=cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])]), leading_lines=[]
        )
        rewritten = self.rewrite(header, self._init_mode())
        assert isinstance(rewritten, cst.For)
        loop_statement = rewritten.with_changes(body=_block(statement, body))
        return _with_leading([*lists, loop_statement], statement.leading_lines)

    def _is_inner(self, loop: ast.For) -> bool:
        return any(
            node is not loop and isinstance(node, ast.For) and any(part is loop for part in walk(node))
            for stmt in self.plan.body
            for node in walk(stmt)
        )

    def _init_condition(self, statement: cst.If) -> list[cst.BaseStatement]:
        condition = self.file.statement(statement)
        assert isinstance(condition, ast.If)
        body = self._init_body(_body(statement))
        orelse = self._init_else(statement.orelse)
        if not body and not orelse:
            return []
        if self.names.is_stateless(condition):
            return [*body, *orelse]
        test = self.rewrite(statement.test, self._init_mode())
        rest = _else_of(statement.orelse, orelse)
        passed: Sequence[cst.BaseStatement] = body or [cst.SimpleStatementLine([cst.Pass()])]
        result = statement.with_changes(test=test, body=_block(statement, passed), orelse=rest)
        return [result]

    def _init_else(self, orelse: cst.If | cst.Else | None) -> list[cst.BaseStatement]:
        if orelse is None:
            return []
        if isinstance(orelse, cst.If):
            return self._init_condition(orelse)
        return self._init_body(_body(orelse))

    # call

    def _call(self) -> cst.FunctionDef:
        parameters = self.plan.called
        iterators = [site for site in self.plan.sites.values() if site.access == "next" and site.shared is None]
        lines: list[cst.BaseStatement] = []
        for site in iterators:
            lines.append(_line(f"{self._loop_name(site)} = iter(self.{site.attribute})"))
        lines += self._call_body(self._own_statements())
        if self.plan.outputs:
            lines.append(_line("return " + ", ".join(self._local(name) for name in self.plan.outputs)))
        return _function("call", [("self", None), *self._parameters(parameters)], lines)

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
        names = self._renamed()
        names.update({name: f"self.{self._local(name)}" for name in self.plan.stored})
        return Mode(names, [self._call_hook, self.losses_hook], self.plan.receiver)

    def _call_hook(self, node: ast.Call, original: cst.Call, updated: cst.Call) -> cst.BaseExpression | None:
        site = self.plan.sites.get(node)
        if site is None:
            return None
        target = self._accessor(site.owner)
        if site.symbol is not None:
            parts = self.split(node, original, updated, self.plan)
            first = calls.positional(parts.inputs)
            call = cst.Call(cst.parse_expression(target), [first])
            for argument in parts.call_arguments:
                call = calls.append(call, argument.with_changes(comma=cst.MaybeSentinel.DEFAULT))
        else:
            assert site.model is not None
            call = apply(site.model, original, updated, cst.parse_expression(target))
        return call.with_changes(lpar=original.lpar, rpar=original.rpar)

    def _accessor(self, site: Site) -> str:
        if site.access == "one":
            return f"self.{site.attribute}"
        if site.access == "zip":
            return self._loop_name(site)
        return f"next({self._loop_name(site)})"

    def _loop_name(self, site: Site) -> str:
        if site not in self._loop_names:
            taken = {node.id for stmt in self.plan.body for node in ast.walk(stmt) if isinstance(node, ast.Name)}
            taken |= {self._local(parameter.name) for parameter in self.plan.parameters} | set(
                self._loop_names.values()
            )
            wanted = site.attribute if site.access == "zip" else f"{site.attribute}_layers"
            self._loop_names[site] = naming.unique(wanted, taken, ("_layer",))
        return self._loop_names[site]

    def _call_body(self, statements: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        found: list[cst.BaseStatement] = []
        for statement in statements:
            found += self._call_statement(statement)
        return found

    def _call_statement(self, statement: cst.BaseStatement) -> list[cst.BaseStatement]:
        if isinstance(statement, cst.With):
            return self._call_body(_body(statement))
        if isinstance(statement, cst.For):
            return self._call_loop(statement)
        if isinstance(statement, cst.If):
            return self._call_condition(statement)
        if isinstance(statement, cst.SimpleStatementLine):
            return self._call_line(statement)
        return []

    def _call_line(self, line: cst.SimpleStatementLine) -> list[cst.BaseStatement]:
        kept = [small for small in line.body if self.file.statement(small) in self.plan.call]
        if not kept:
            return []
        rewritten = [self.rewrite(small, self._call_mode()) for small in kept]
        smalls = [small for small in rewritten if isinstance(small, cst.BaseSmallStatement) and not _is_no_op(small)]
        if not smalls:
            return []
        smalls[-1] = _without_semicolon(smalls[-1])
        own = any(self.file.statement(small) in self.plan.init for small in kept)
        leading = [row for row in line.leading_lines if row.comment is not None] if not own else []
        return [cst.SimpleStatementLine(smalls, leading_lines=leading, trailing_whitespace=line.trailing_whitespace)]

    def _call_loop(self, statement: cst.For) -> list[cst.BaseStatement]:
        loop = self.file.statement(statement)
        assert isinstance(loop, ast.For)
        body = self._call_body(_body(statement))
        if not body:
            return []
        inside = [
            site
            for site in self.plan.sites.values()
            if site.loop is loop and site.access == "zip" and site.shared is None
        ]
        header = statement.with_changes(
            body=cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])]), leading_lines=[]
        )
        rewritten = self.rewrite(header, self._call_mode())
        assert isinstance(rewritten, cst.For)
        result = rewritten
        if inside:
            result = self._zipped(rewritten, _by_position(inside), self.names.walks(loop))
        return [result.with_changes(body=_block(statement, body), leading_lines=[])]

    def _zipped(self, loop: cst.For, sites: Sequence[Site], walks: bool) -> cst.For:
        names = [self._loop_name(site) for site in sites]
        lists = [f"self.{site.attribute}" for site in sites]
        if not walks and len(sites) == 1:
            return loop.with_changes(target=cst.Name(names[0]), iter=cst.parse_expression(lists[0]))
        if walks:
            target = cst.Module([]).code_for_node(loop.target)
            if isinstance(loop.target, cst.Tuple) and not loop.target.lpar:
                target = f"({target})"
            names.insert(0, target)
            lists.insert(0, cst.Module([]).code_for_node(loop.iter))
        targets = cst.parse_expression(", ".join(names))
        assert isinstance(targets, cst.Tuple)
        return loop.with_changes(target=targets, iter=cst.parse_expression(f"zip({', '.join(lists)})"))

    def _call_condition(self, statement: cst.If) -> list[cst.BaseStatement]:
        body = self._call_body(_body(statement))
        orelse = self._call_else(statement.orelse)
        if not body and not orelse:
            return []
        test = self.rewrite(statement.test, self._call_mode())
        rest = _else_of(statement.orelse, orelse)
        passed: Sequence[cst.BaseStatement] = body or [cst.SimpleStatementLine([cst.Pass()])]
        return [statement.with_changes(test=test, body=_block(statement, passed), orelse=rest, leading_lines=[])]

    def _call_else(self, orelse: cst.If | cst.Else | None) -> list[cst.BaseStatement]:
        if orelse is None:
            return []
        if isinstance(orelse, cst.If):
            return self._call_condition(orelse)
        return self._call_body(_body(orelse))


def construct(model: ModelPlan, original: cst.Call, updated: cst.Call, callee: str, receiver: str) -> cst.Call:
    """The construction of a model from the call of its builder.

    A method's model is also given the attributes its builder read, as `receiver` (such as "self.") spells them.
    """
    wanted = {parameter.name for parameter in model.constructed}
    call = _with_parameters(model, original, updated, cst.parse_expression(callee), wanted)
    for parameter in model.constructed:
        if parameter.name.startswith("self."):
            name = parameter.name.removeprefix("self.")
            call = calls.append(call, calls.keyword(name, cst.parse_expression(receiver + name)))
    return call


def apply(model: ModelPlan, original: cst.Call, updated: cst.Call, target: cst.BaseExpression) -> cst.Call:
    """The call of a model object: tensors by position, Python values by keyword."""
    assert model.node is not None
    names = [name for name, _ in parameters_of(model.node, model.receiver is not None)]
    given = calls.values(calls.bind(original, updated, names))
    kept: dict[int, cst.Arg] = {}
    in_place = True
    order = sorted(model.called, key=lambda parameter: parameter.default is not None)
    positions = [parameter.name for parameter in order]
    for index, name in enumerate(positions):
        argument = given.get(name)
        tensor = next(parameter.tensor for parameter in order if parameter.name == name)
        before = [given[other].index for other in positions[:index] if other in given]
        in_place = in_place and argument is not None and tensor and all(place < argument.index for place in before)
        if argument is not None:
            kept[argument.index] = _unnamed(argument.updated) if in_place else calls.named(argument.updated, name)
    return calls.with_arguments(updated, target, kept)


def _unnamed(argument: cst.Arg) -> cst.Arg:
    return argument.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)


def _with_parameters(
    model: ModelPlan, original: cst.Call, updated: cst.Call, callee: cst.BaseExpression, wanted: set[str]
) -> cst.Call:
    assert model.node is not None
    names = [name for name, _ in parameters_of(model.node, model.receiver is not None)]
    arguments = [item for item in calls.bind(original, updated, names) if item.parameter in wanted]
    positional = [name for name in names if name in wanted]
    return calls.with_arguments(updated, callee, calls.renamed(arguments, positional))


def _function(
    name: str, parameters: Sequence[tuple[str, cst.BaseExpression | None]], body: Sequence[cst.BaseStatement]
) -> cst.FunctionDef:
    params = [
        cst.Param(
            cst.Name(parameter),
            default=default,
            equal=cst.AssignEqual(_NO_SPACE, _NO_SPACE) if default is not None else cst.MaybeSentinel.DEFAULT,
        )  # fmt: skip
        for parameter, default in parameters
    ]
    lines = list(body) or [cst.SimpleStatementLine([cst.Pass()])]
    lines[0] = lines[0].with_changes(leading_lines=[row for row in lines[0].leading_lines if row.comment is not None])  # type: ignore[attr-defined]
    return cst.FunctionDef(cst.Name(name), cst.Parameters(params), cst.IndentedBlock(lines))


def _line(text: str) -> cst.SimpleStatementLine:
    statement = cst.parse_statement(text)
    assert isinstance(statement, cst.SimpleStatementLine)
    return statement


def _body(statement: cst.With | cst.For | cst.If | cst.Else) -> Sequence[cst.BaseStatement]:
    block = statement.body
    if isinstance(block, cst.IndentedBlock):
        return block.body
    return [cst.SimpleStatementLine(block.body)]  # type: ignore[arg-type]


def _block(statement: cst.For | cst.If | cst.Else, body: Sequence[cst.BaseStatement]) -> cst.IndentedBlock:
    lines = list(body)
    first = lines[0]
    leading = [row for row in first.leading_lines if row.comment is not None]  # type: ignore[attr-defined]
    lines[0] = first.with_changes(leading_lines=leading)
    if isinstance(statement.body, cst.IndentedBlock):
        return statement.body.with_changes(body=lines, footer=[])
    return cst.IndentedBlock(lines)


def _else_of(orelse: cst.If | cst.Else | None, body: Sequence[cst.BaseStatement]) -> cst.If | cst.Else | None:
    if orelse is None or not body:
        return None
    if isinstance(orelse, cst.If) and len(body) == 1 and isinstance(body[0], cst.If):
        return body[0]
    if isinstance(orelse, cst.Else):
        return orelse.with_changes(body=_block(orelse, body))
    return cst.Else(cst.IndentedBlock(list(body)))


def _with_leading(statements: list[cst.BaseStatement], leading: Sequence[cst.EmptyLine]) -> list[cst.BaseStatement]:
    if statements:
        statements[0] = statements[0].with_changes(leading_lines=[_flush(row) for row in leading])
    return statements


def _flush(row: cst.EmptyLine) -> cst.EmptyLine:
    """A blank line without white space; a comment keeps its indentation."""
    return row if row.comment is not None else row.with_changes(indent=False, whitespace=_NO_SPACE)


def _without_blank(statement: cst.BaseStatement) -> cst.BaseStatement:
    rows = [row for row in statement.leading_lines if row.comment is not None]  # type: ignore[attr-defined]
    return statement.with_changes(leading_lines=rows)


def _without_semicolon(small: cst.BaseSmallStatement) -> cst.BaseSmallStatement:
    return small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)


def _is_no_op(small: cst.BaseSmallStatement) -> bool:
    """`x = x`, which is left where an attribute and a local name become one."""
    if not isinstance(small, cst.Assign) or len(small.targets) != 1:
        return False
    target = small.targets[0].target
    return isinstance(target, cst.Name) and isinstance(small.value, cst.Name) and target.value == small.value.value


def _by_position(sites: Sequence[Site]) -> list[Site]:
    return sorted(sites, key=lambda site: (site.node.lineno, site.node.col_offset))


def _calls_in_order(node: ast.AST) -> list[ast.Call]:
    found: list[ast.Call] = []
    for child in ast.iter_child_nodes(node):
        found += _calls_in_order(child)
    if isinstance(node, ast.Call):
        found.append(node)
    return found
