"""Values that the program's own code makes: functions, classes, objects, modules, and where names are bound."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from tf1to2_reg.program.values import Python, Value
from tf1to2_reg.syntax.modules import Module


@dataclass(eq=False)
class Environment:
    """Names bound in one activation of a function or in a module; look-ups go on in `parent`."""

    parent: Environment | None = None
    bindings: dict[str, Value] = field(default_factory=dict)
    global_names: frozenset[str] = frozenset()
    nonlocal_names: frozenset[str] = frozenset()
    comprehension: bool = False

    def lookup(self, name: str) -> Value | None:
        env: Environment | None = self.root() if name in self.global_names else self
        while env is not None:
            if name in env.bindings:
                return env.bindings[name]
            env = env.parent
        return None

    def owner(self, name: str) -> Environment | None:
        """The environment that holds the binding a look-up would find."""
        env: Environment | None = self.root() if name in self.global_names else self
        while env is not None and name not in env.bindings:
            env = env.parent
        return env

    def scope_of(self, name: str) -> Environment:
        """The environment that an assignment to the name changes."""
        if name in self.global_names:
            return self.root()
        if name in self.nonlocal_names and self.parent is not None:
            return self.parent.owner(name) or self.parent
        return self

    def bind(self, name: str, value: Value) -> None:
        self.scope_of(name).bindings[name] = value

    def root(self) -> Environment:
        env = self
        while env.parent is not None:
            env = env.parent
        return env


@dataclass(frozen=True, eq=False)
class Function(Value):
    """A function of the project with the environment it closes over; `node` may be a lambda."""

    node: ast.FunctionDef | ast.Lambda
    module: Module
    closure: Environment
    owner: Class | None = None
    defaults: dict[str, Value] = field(default_factory=dict)
    """What parameters hold that a call does not give, made when the function is defined."""

    @property
    def name(self) -> str:
        return self.node.name if isinstance(self.node, ast.FunctionDef) else "<lambda>"


@dataclass(frozen=True, eq=False)
class Method(Value):
    """A function bound to an instance."""

    function: Function
    instance: Instance


@dataclass(frozen=True, eq=False)
class Class(Value):
    """A class of the project."""

    node: ast.ClassDef
    module: Module
    members: dict[str, Value]
    bases: tuple[Value, ...]

    def find(self, name: str) -> Value | None:
        """Look a member up along the bases."""
        if name in self.members:
            return self.members[name]
        for base in self.bases:
            if isinstance(base, Class) and (found := base.find(name)) is not None:
                return found
        return None


@dataclass(eq=False)
class Instance(Value):
    """An object of a project class with what its attributes hold.

    Of an `opaque` one they are not known; `many` stands for all objects that a loop makes.
    """

    cls: Class
    attributes: dict[str, Value] = field(default_factory=dict)
    many: bool = False
    opaque: bool = False

    def set(self, name: str, value: Value) -> None:
        """Give an attribute a value; who holds the attributes as they were still has them so."""
        self.attributes = {**self.attributes, name: value}


@dataclass(frozen=True, eq=False)
class ProjectModule(Value):
    """An imported module of the project."""

    module: Module
    environment: Environment

    def member(self, name: str) -> Value:
        """What the module binds a name to."""
        return self.environment.bindings.get(name, Python())


@dataclass(frozen=True, eq=False)
class SuperProxy(Value):
    """`super()` inside a method: its methods are those of the bases, on the instance."""

    instance: Instance
    bases: tuple[Class, ...]
