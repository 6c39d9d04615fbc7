"""What a call shares and changes of what it is given: a function of the project, or code that is not known."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence

from tf1to2_reg.program.definitions import Class, Function, Method
from tf1to2_reg.program.values import Builtin, Optimizer, Python, Saver, Session, Value, Writer
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.targets.tf2.moves import known
from tf1to2_reg.targets.tf2.moves.aliases import Cell, Change, together
from tf1to2_reg.targets.tf2.moves.contents import Contents
from tf1to2_reg.targets.tf2.moves.timeline import codes_of


class Calls:
    """The calls of one file."""

    def __init__(self, contents: Contents, module: Module) -> None:
        self.contents = contents
        self.module = module
        self.facts = contents.facts

    def result(
        self, node: ast.Call, base: Cell | None, given: Sequence[Cell], named: Sequence[tuple[str | None, Cell]]
    ) -> Cell:
        """The cell of what a call gives; `base` is that of the object whose method is called."""
        callees = self.contents.callees(node, self.module)
        own = [callee for callee in callees if isinstance(callee, Function | Method | Class)]
        results = [self._project_call(callee, base, given, named) for callee in own]
        if any(isinstance(callee, Class) for callee in own):
            results.append(self._class_of(node.func, base))
        if not callees or len(own) < len(callees):
            touched = [*([base] if base is not None else []), *given, *(cell for _, cell in named)]
            others = [callee for callee in callees if callee not in own]
            hidden = self._hidden(node, others, touched)
            results += [*hidden, self._foreign_call(node, others, base, given, touched, hidden=bool(hidden))]
        return together(results)

    def _hidden(self, node: ast.Call, callees: Sequence[Value], touched: Sequence[Cell]) -> list[Cell]:
        """What functions of the project give that a call of something unknown may run."""
        if not all(map(_is_open, callees)):
            return []
        if not isinstance(node.func, ast.Attribute):
            return [together([self.contents.handed, *touched])]
        base = self.facts.value(node.func.value)
        library = isinstance(base, Optimizer | Saver | Session | Writer) or (base is not None and base.graph)
        if library or known.module_path(node.func, self.module) is not None:
            return []
        methods = self.contents.methods.get(node.func.attr, [])
        for method in methods:
            self.contents.may_get(method, touched)
        return [self.contents.result(method) for method in methods]

    def _class_of(self, func: ast.expr, base: Cell | None) -> Cell:
        """An object shares what its class holds."""
        if isinstance(func, ast.Attribute) and base is not None:
            return base.attribute(func.attr)
        return self.contents.of(func)

    def _project_call(
        self,
        callee: Value,
        base: Cell | None,
        given: Sequence[Cell],
        named: Sequence[tuple[str | None, Cell]],
    ) -> Cell:
        function, receiver = _function_of(callee), None
        result = Cell()
        if isinstance(callee, Method):
            receiver = base if base is not None else Cell()
        elif isinstance(callee, Class):
            receiver = result
            result.classes.add(callee)
        if function is None:
            return result
        names = [part.arg for part in (*function.node.args.posonlyargs, *function.node.args.args)]
        places = {part.arg: part for part in ast.walk(function.node.args) if isinstance(part, ast.arg)}
        cells = [*([receiver] if receiver is not None else []), *given]
        rest = function.node.args.vararg
        for index, cell in enumerate(cells):
            part = places[names[index]] if index < len(names) else rest
            if part is not None:
                self.contents.of_name(part).unify(cell)
        for name, cell in named:
            parts = [places[name]] if name in places else list(places.values())
            for part in parts:
                self.contents.of_name(part).unify(cell)
        return result if isinstance(callee, Class) else self.contents.result(function.node)

    def _foreign_call(
        self,
        node: ast.Call,
        callees: Sequence[Value],
        base: Cell | None,
        given: Sequence[Cell],
        touched: Sequence[Cell],
        *,
        hidden: bool,
    ) -> Cell:
        """Code outside the project: what it may change, and what its result shares."""
        kind = known.UNKNOWN if hidden else known.call(node, callees, self.module, self.facts)
        self._called_back(node, touched)
        if kind.changes is known.Changes.EVERYTHING:
            for cell in touched:
                cell.changed(Change(node, None, deep=True))
        elif kind.changes is known.Changes.RECEIVER and base is not None:
            assert isinstance(node.func, ast.Attribute)
            name = node.func.value.id if isinstance(node.func.value, ast.Name) else None
            grows = name if node.func.attr in ("append", "extend") else None
            base.changed(Change(node, None, grows))
        elif kind.changes is known.Changes.FIRST and given:
            given[0].changed(Change(node, None))
        for keyword in node.keywords:
            if keyword.arg == "out":
                self.contents.of(keyword.value).changed(Change(node, None))
        return Cell() if kind.fresh else together(touched)

    def _called_back(self, node: ast.Call, touched: Sequence[Cell]) -> None:
        """A function that is handed on may be given whatever else is handed on with it."""
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            value = self.facts.value(argument)
            codes = [argument] if isinstance(argument, ast.Lambda) else list(codes_of(value))
            for code in codes:
                if isinstance(code, ast.FunctionDef | ast.Lambda):
                    self.contents.may_get(code, touched)


def _function_of(callee: Value) -> Function | None:
    if isinstance(callee, Method):
        return callee.function
    if isinstance(callee, Class):
        found = callee.find("__init__")
        return found if isinstance(found, Function) else None
    return callee if isinstance(callee, Function) else None


def _is_open(callee: Value) -> bool:
    """True for a value of which nothing is known, and for a name that is none of Python's own."""
    if isinstance(callee, Builtin):
        return not hasattr(builtins, callee.name)
    return isinstance(callee, Python)
