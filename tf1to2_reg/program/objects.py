"""Layer objects of an abstract run."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from tf1to2_reg.program.machine import CallSite
from tf1to2_reg.program.trace import Argument
from tf1to2_reg.program.values import Value


@dataclass(eq=False)
class LayerObject(Value):
    """What `tf.layers.Dense(...)` gives, made at `site` in `loops`.

    It makes its variables when it is called first, and is `built` from then on.
    """

    symbol: str
    site: CallSite
    loops: tuple[ast.AST, ...]
    arguments: dict[str, Argument] = field(default_factory=dict)
    built: bool = False
    graph = True
