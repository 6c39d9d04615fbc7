"""TensorFlow imports: what is no longer used goes, `import tensorflow as tf` comes once."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence

import libcst as cst

from tf1to2_reg.diagnostics.reasons import refusal
from tf1to2_reg.editing.expressions import code
from tf1to2_reg.editing.statements import BLANK, is_docstring, is_import, leading_of, led_by, line
from tf1to2_reg.syntax.imports import canonical


def used_names(text: str) -> set[str]:
    """Every name that a text reads or binds, imports excepted."""
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def clean(
    module: cst.Module, before: str, tensorflow: str, renames: Mapping[str, str], symbols: Collection[str]
) -> cst.Module:
    """The module with its imports put right.

    `before` is the text of the original file: an import that was unused there stays. `tensorflow` is the name of the
    TensorFlow module in the new text. `renames` maps the bound names of builders to the names of their classes;
    `symbols` are names that are bound to TensorFlow's.
    """
    used = used_names(module.code)
    gone = used_names(before) - used
    pass_ = _Imports(used, gone, tensorflow, renames, symbols)
    cleaned = module.visit(pass_)
    if tensorflow in used and not pass_.has_root:
        cleaned = _with_import(cleaned, tensorflow)
    return cleaned


class _Imports(cst.CSTTransformer):
    def __init__(
        self, used: set[str], gone: set[str], tensorflow: str, renames: Mapping[str, str], symbols: Collection[str]
    ) -> None:
        super().__init__()
        self._used = used
        self._gone = gone
        self._tensorflow = tensorflow
        self._renames = renames
        self._symbols = symbols
        self.has_root = False
        self._depth = 0

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._depth += 1

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        self._depth -= 1
        return updated_node

    def _found_root(self) -> None:
        self.has_root = self.has_root or self._depth == 0

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.RemovalSentinel:
        if updated_node.body:
            return updated_node
        return cst.RemoveFromParent()

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import | cst.RemovalSentinel:
        kept = [alias for item in updated_node.names if (alias := self._import(item)) is not None]
        if not kept:
            return cst.RemoveFromParent()
        return updated_node.with_changes(names=_separated(kept))

    def _import(self, alias: cst.ImportAlias) -> cst.ImportAlias | None:
        symbol = canonical(code(alias.name))
        if symbol is None:
            return alias
        if symbol == "tf":
            return self._import_root(alias)
        bound = _bound(alias)
        if bound not in self._used:
            return None
        if alias.asname is not None:
            raise refusal("TFR212", f"{code(alias.name)} is still used as {bound}")
        if bound == self._tensorflow:
            self._found_root()
        return alias.with_changes(name=cst.Name("tensorflow"))

    def _import_root(self, alias: cst.ImportAlias) -> cst.ImportAlias | None:
        """An import of TensorFlow itself: one that the migration made superfluous goes."""
        bound = _bound(alias)
        if bound not in self._used and bound in self._gone:
            return None
        if bound == self._tensorflow:
            if self.has_root:
                return None
            self._found_root()
        return alias if code(alias.name) == "tensorflow" else alias.with_changes(name=cst.Name("tensorflow"))

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.BaseSmallStatement | cst.RemovalSentinel:
        if isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        module = code(updated_node.module) if updated_node.module is not None else ""
        if updated_node.relative or canonical(module) is None:
            names = [self._renamed(alias) for alias in updated_node.names if not self._is_unused_symbol(alias)]
            return updated_node.with_changes(names=_separated(names)) if names else cst.RemoveFromParent()
        return self._from_tensorflow(updated_node, module)

    def _is_unused_symbol(self, alias: cst.ImportAlias) -> bool:
        """A TensorFlow name that came through another file of the project and is now written out."""
        return _bound(alias) in self._symbols and _bound(alias) not in self._used

    def _renamed(self, alias: cst.ImportAlias) -> cst.ImportAlias:
        new = self._renames.get(_bound(alias))
        return alias.with_changes(name=cst.Name(new)) if new is not None else alias

    def _from_tensorflow(self, node: cst.ImportFrom, module: str) -> cst.BaseSmallStatement | cst.RemovalSentinel:
        kept: list[cst.ImportAlias] = []
        assert not isinstance(node.names, cst.ImportStar)
        for alias in node.names:
            bound = _bound(alias)
            if bound not in self._used:
                continue
            if canonical(f"{module}.{code(alias.name)}") == "tf":
                self._found_root()
                return cst.Import([cst.ImportAlias(cst.Name("tensorflow"), cst.AsName(cst.Name(bound)))])
            kept.append(alias)
        if not kept:
            return cst.RemoveFromParent()
        if module.startswith("tensorflow.contrib") or ".v1" in module:
            raise refusal("TFR233", f"names of {module} are still used")
        return node.with_changes(names=_separated(kept))


def _with_import(module: cst.Module, name: str) -> cst.Module:
    text = "import tensorflow" if name == "tensorflow" else f"import tensorflow as {name}"
    body = list(module.body)
    place = max((index + 1 for index, statement in enumerate(body) if is_import(statement)), default=0)
    if not place and body and is_docstring(body[0]):
        place = 1
    if not place and body:
        body[0] = led_by(body[0], [BLANK, *leading_of(body[0])])
    body.insert(place, line(text))
    return module.with_changes(body=body)


def _bound(alias: cst.ImportAlias) -> str:
    if alias.asname is not None:
        return code(alias.asname.name)
    return code(alias.name).split(".")[0]


def _separated(aliases: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias]:
    last = len(aliases) - 1
    return [
        alias.with_changes(comma=cst.MaybeSentinel.DEFAULT) if index == last else alias
        for index, alias in enumerate(aliases)
    ]
