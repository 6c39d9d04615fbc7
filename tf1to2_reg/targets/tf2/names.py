"""Names of a unit that new objects, steps and classes must not take."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from tf1to2_reg.network import naming
from tf1to2_reg.syntax.modules import Module
from tf1to2_reg.targets.tf2.data import Driver


def module_names(module: Module) -> set[str]:
    """Every name that a file uses, binds or imports."""
    names = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
    return names


def driver_names(driver: Driver, modules: Iterable[Module]) -> set[str]:
    """Names of the driver's scope; attributes of its object, and any that some file stores, count as "self.x"."""
    found: set[str] = set()
    for frame in driver.frames:
        root = frame.code
        for node in ast.walk(root):
            if isinstance(node, ast.Name | ast.arg):
                found.add(node.id if isinstance(node, ast.Name) else node.arg)
    if driver.owner is not None:
        for node in ast.walk(driver.owner):
            if isinstance(node, ast.Attribute):
                found.add(f"self.{node.attr}")
            elif isinstance(node, ast.FunctionDef):
                found |= {node.name, f"self.{node.name}"}
    return found | _stored_attributes(modules)


def _stored_attributes(modules: Iterable[Module]) -> set[str]:
    """Attributes that any file stores on any object: the driver's object may be that one."""
    return {
        f"self.{node.attr}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }


def object_name(driver: Driver, wanted: str, taken: set[str], replaced: str = "") -> str:
    """A new name for an object that the driver holds, which is taken from then on; `replaced` goes and is free."""
    if driver.receiver is not None:
        attributes = {name.removeprefix("self.") for name in taken if name.startswith("self.")}
        name = naming.unique(wanted, attributes - {replaced})
        taken.add(f"self.{name}")
        return f"self.{name}"
    name = naming.unique(wanted, taken - {replaced}, ("_model", "_network"))
    taken.add(name)
    return name
