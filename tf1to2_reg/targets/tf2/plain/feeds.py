"""`sess.run(loss, feed_dict=self.feed(batch))`: the feed dict that a function makes in a statement of its own."""

from __future__ import annotations

import ast

from tf1to2_reg.network.naming import unique
from tf1to2_reg.targets.tf2.plain.nested import comes_first
from tf1to2_reg.targets.tf2.plain.program import File
from tf1to2_reg.targets.tf2.plain.text import Edit


def edits(file: File) -> list[Edit]:
    """What names the feed dicts that calls make, one for each statement."""
    taken = {node.id for node in file.steady.scopes.nodes if isinstance(node, ast.Name)}
    taken |= {node.arg for node in file.steady.scopes.nodes if isinstance(node, ast.arg)}
    found: list[Edit] = []
    for stmt in file.steady.scopes.nodes:
        if not isinstance(stmt, ast.Assign | ast.Expr | ast.Return) or stmt.value is None:
            continue
        made = [feed for node in ast.walk(stmt.value) if isinstance(node, ast.Call) and (feed := _feed(node))]
        if len(made) == 1 and file.indent(stmt) is not None and comes_first(file, stmt.value, made[0]):
            found += file.named_above(stmt, made[0], unique("feed_dict", taken))
    return found


def _feed(call: ast.Call) -> ast.Call | None:
    """The call that makes the feed dict of a run."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "run":
        return None
    given = [keyword.value for keyword in call.keywords if keyword.arg == "feed_dict"] or call.args[1:2]
    return given[0] if given and isinstance(given[0], ast.Call) else None
