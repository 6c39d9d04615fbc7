"""`class TwoLayer(Base)`: one class with the methods of both, where nothing else uses the base.

The methods of an object that owns its graph become its steps, wherever they are inherited from. What the class replaces
stands in the place of what it replaces; a method of the base that it still calls through `super()` gets another name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from tf1to2_reg.syntax.nodes import has_no_base
from tf1to2_reg.syntax.scopes import Kind
from tf1to2_reg.targets.tf2.plain.calls import without_statement
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit

_LOOKS = frozenset({"__class__", "__mro__", "__bases__", "__subclasses__", "mro"})
_ASKING = frozenset({"isinstance", "issubclass", "type"})


def edits(file: File) -> list[Edit]:
    """What makes one class of two, one pair for each pass."""
    for node in file.tree.body:
        base = _base(file, node) if isinstance(node, ast.ClassDef) else None
        if isinstance(node, ast.ClassDef) and base is not None:
            found = _joined(file, node, base)
            if found:
                return found
    return []


def _base(file: File, cls: ast.ClassDef) -> ast.ClassDef | None:
    """The one base of a class, where it is a plain class of the file that nothing else names."""
    if len(cls.bases) != 1 or not isinstance(cls.bases[0], ast.Name) or cls.keywords or cls.decorator_list:
        return None
    binding = file.steady.binding(cls.bases[0])
    base = binding.node if binding is not None and binding.kind is Kind.DEFINITION else None
    if binding is None or not isinstance(base, ast.ClassDef) or base not in file.tree.body:
        return None
    if not has_no_base(base) or base.decorator_list:
        return None
    own = [cls.bases[0], *(call.args[0] for call in _supers(base) if call.args)]
    return (
        base if all(use in own for use in file.steady.uses(binding)) and base.name not in file.named_outside else None
    )


def _supers(node: ast.AST) -> list[ast.Call]:
    return [part for part in ast.walk(node) if isinstance(part, ast.Call) and getattr(part.func, "id", None) == "super"]


def _joined(file: File, cls: ast.ClassDef, base: ast.ClassDef) -> list[Edit] | None:
    if _looks_at_its_class(base) or _looks_at_its_class(cls) or _supers(base):
        return None
    own, inherited, called = _members(cls), _members(base), _called_of_base(cls, file)
    if own is None or inherited is None or called is None or not called.keys() <= inherited.keys():
        return None
    if cls.body[0].col_offset != base.body[0].col_offset:
        return None
    parts: list[str] = []
    for name, member in inherited.items():
        if name in called:
            parts.append(_renamed(file, base, member, called[name]))
        elif name not in own:
            parts.append(_text(file, base, member))
        if name in own:
            parts.append(_own_text(file, cls, own[name], called))
    parts += [_own_text(file, cls, member, called) for name, member in own.items() if name not in inherited]
    docstring = _docstring(cls) or _docstring(base)
    if docstring is not None:
        parts.insert(0, _text(file, cls if docstring in cls.body else base, docstring))
    gone = without_statement(base, file.tree.body, file.offsets)
    header = _HEADER.match(file.offsets.text, file.offsets.start(cls))
    if gone is None or header is None or _HEADER.match(file.offsets.text, file.offsets.start(base)) is None:
        return None
    bases = "(object)" if base.bases else ""
    return [
        gone,
        Edit(header.start(1), header.end(1), bases),
        Edit(header.end(), file.offsets.end(cls), "\n".join(_spaced(parts))),
    ]


def _spaced(parts: Sequence[str]) -> Iterator[str]:
    """Members below one another, with a blank line between methods."""
    for index, part in enumerate(parts):
        if index == 0:
            yield part.lstrip("\n")
        else:
            yield part if part.startswith("\n") or not part.lstrip().startswith(("def", "@")) else f"\n{part}"


_HEADER = re.compile(r"class\s+\w+\s*((?:\([^()#\n]*\))?)\s*:[^\S\n]*(?:#[^\n]*)?\n")


def _calls(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Call) for part in ast.walk(node))


def _looks_at_its_class(cls: ast.ClassDef) -> bool:
    """True where code asks for the class itself, or where Python gives names another spelling in each class."""
    for node in ast.walk(cls):
        name = getattr(node, "attr", getattr(node, "id", getattr(node, "name", None)))
        if name in _LOOKS or (isinstance(name, str) and name.startswith("__") and not name.endswith("__")):
            return True
        if isinstance(node, ast.Name) and node.id in _ASKING:
            return True
    return False


def _members(cls: ast.ClassDef) -> dict[str, ast.stmt] | None:
    """The methods and values of a class by name, without its docstring."""
    found: dict[str, ast.stmt] = {}
    for part in cls.body:
        if part is _docstring(cls) or isinstance(part, ast.Pass):
            continue
        if isinstance(part, ast.FunctionDef):
            name = part.name
        elif isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name):
            name = part.targets[0].id
            if _calls(part):
                return None  # it would be called at another time
        else:
            return None
        if name in found:
            return None
        found[name] = part
    return found


def _docstring(cls: ast.ClassDef) -> ast.stmt | None:
    return cls.body[0] if ast.get_docstring(cls, clean=False) is not None else None


def _called_of_base(cls: ast.ClassDef, file: File) -> dict[str, str] | None:
    """New names of the methods that are called through `super()`; None where it is used in another way."""
    found: dict[str, str] = {}
    taken = {node.attr for node in ast.walk(file.tree) if isinstance(node, ast.Attribute)}
    for call in _supers(cls):
        attribute = file.steady.scopes.parent.get(call)
        used = file.steady.scopes.parent.get(attribute) if attribute is not None else None
        if not isinstance(attribute, ast.Attribute) or not isinstance(used, ast.Call) or used.func is not attribute:
            return None
        if call.keywords or [getattr(part, "id", None) for part in call.args] not in ([], [cls.name, "self"]):
            return None
        name = f"_base_{attribute.attr.strip('_')}"
        if name in taken:
            return None
        found[attribute.attr] = name
    return found


def _text(file: File, cls: ast.ClassDef, member: ast.stmt) -> str:
    """A member with the comments and blank lines above it."""
    index = cls.body.index(member)
    starts = file.offsets.starts
    first = min([member.lineno, *(part.lineno for part in getattr(member, "decorator_list", []))])
    begin = starts[cls.body[index - 1].end_lineno or 0] if index > 0 else starts[first - 1]
    return file.offsets.text[begin : file.offsets.end(member)]


def _renamed(file: File, base: ast.ClassDef, member: ast.stmt, name: str) -> str:
    assert isinstance(member, ast.FunctionDef)
    return _text(file, base, member).replace(f"def {member.name}(", f"def {name}(", 1)


def _own_text(file: File, cls: ast.ClassDef, member: ast.stmt, called: dict[str, str]) -> str:
    text = _text(file, cls, member)
    for call in _supers(member):
        attribute = file.steady.scopes.parent[call]
        assert isinstance(attribute, ast.Attribute)
        text = text.replace(file.offsets.of(attribute), f"self.{called[attribute.attr]}")
    return text
