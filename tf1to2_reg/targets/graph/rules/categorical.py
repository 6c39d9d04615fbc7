"""`to_categorical`, which makes float32 in Keras 2 and float64 in Keras 3."""

from __future__ import annotations

import ast

from tf1to2_reg.targets.graph.work import Occurrence, Work

_HELP = "Call it with the classes and their number alone, or write `np.eye(n, dtype=np.float32)[classes]`."


def rewrite(work: Work, occurrence: Occurrence) -> None:
    """Make float32 of what Keras 3 makes."""
    call = occurrence.call
    if call is None or len(call.args) > 2 or any(k.arg != "num_classes" for k in call.keywords) or not call.args:
        message = f"{occurrence.symbol} makes float64 in Keras 3 and takes no dtype"
        work.refuse("TFR405", occurrence.node, message, _HELP)
    elif not _is_cast(work, call):
        work.replace(call, work.positions.span(call), '.astype("float32")')


def _is_cast(work: Work, call: ast.Call) -> bool:
    match work.scopes.parent[call]:
        case ast.Attribute(value=value, attr="astype"):
            return value is call
    return False
