"""Print the private names of the installed TensorFlow that are also public, each with its public names.

Run under TF 1.15 and under 2.21; the names of tf1to2_reg/facts/private_same.txt are those that have a public name in
common. scripts/private_public.py makes the other table of what it prints under TF 1.15.

Usage: python scripts/private_names.py MODULE... > names, each module below `tensorflow.python`, or `core.` and so on
"""

import importlib
import sys
from types import ModuleType

import tensorflow.compat.v1 as tf

_NOT_SEARCHED = ("compat", "contrib", "estimator", "keras", "python", "layers", "core", "raw_ops")


def _attributes(module):
    """The names of a module; none where it is loaded when it is first used, and cannot be."""
    try:
        return dir(module)
    except ModuleNotFoundError:
        return []


def _public(module, name, found, depth=0):
    """Collect the public names of every object, by identity."""
    for attribute in _attributes(module):
        if attribute.startswith("_") or attribute in _NOT_SEARCHED or not hasattr(module, attribute):
            continue
        value = getattr(module, attribute)
        if isinstance(value, ModuleType):
            if depth < 3:
                _public(value, ".".join((name, attribute)), found, depth + 1)
        elif not isinstance(value, (str, int, float, tuple, type(None))):
            found.setdefault(id(value), []).append(".".join((name, attribute)))
    return found


def main():
    """Write "private public public..." for every name."""
    public = _public(tf, "tf", {})
    for given in sys.argv[1:]:
        module = given if given.startswith("core.") else "python." + given
        members = vars(importlib.import_module("tensorflow." + module))
        for name in sorted(members):
            value = members[name]
            shown = [repr(value)] if isinstance(value, (str, int, float)) else public.get(id(value), [])
            if shown and not name.startswith("_"):
                sys.stdout.write(" ".join((".".join(("tf", module, name)), *shown)) + "\n")


if __name__ == "__main__":
    main()
