"""Which functions and classes can touch a graph at all, decided by the names they mention."""

from __future__ import annotations

import ast

from tf1to2_reg.names import Project, tensorflow_names, used_names

_SESSION_NAMES = frozenset({"sess", "session", "run", "eval", "minimize", "apply_gradients", "compute_gradients"})


class Relevance:
    """Names of definitions that mention TensorFlow, a session, or another such definition.

    Two definitions of one name are not told apart: the answer errs towards "relevant".
    """

    def __init__(self, project: Project) -> None:
        mentions: dict[str, set[str]] = {}
        relevant: set[str] = set()
        for module in project.modules:
            aliases = tensorflow_names(module.tree) | _SESSION_NAMES | _graph_globals(module.tree)
            for node in ast.walk(module.tree):
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    names = used_names([node])
                    mentions.setdefault(node.name, set()).update(names)
                    if names & aliases:
                        relevant.add(node.name)
        self._names = _closure(mentions, relevant)

    def __contains__(self, name: str) -> bool:
        return name in self._names


def _graph_globals(tree: ast.Module) -> set[str]:
    """Names of modules that files import by star; what they hold is not known here."""
    stars = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"]
    return {"tf"} if stars else set()


def _closure(mentions: dict[str, set[str]], relevant: set[str]) -> frozenset[str]:
    changed = True
    while changed:
        more = {name for name, names in mentions.items() if name not in relevant and names & relevant}
        relevant |= more
        changed = bool(more)
    return frozenset(relevant)
