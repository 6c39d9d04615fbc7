"""Runs programs in a process of its own, each in a graph of its own: `... < programs > what they left in y`.

Programs are {name: {"main.py": text, "graph_layers.py": text}}. Runs under Python 3.7 and TensorFlow 1.15 too.
"""

import json
import os
import sys
import types

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

tf1 = tf.compat.v1


def plain(value):
    """What JSON can say of a value; arrays and tuples of tensors keep their shapes."""
    if isinstance(value, dict):
        return {str(key): plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "values": [plain(number) for number in value.ravel().tolist()]}
    if isinstance(value, np.generic):
        value = value.item()
    return value.decode() if isinstance(value, bytes) else value


def run(files):
    module = types.ModuleType("graph_layers")
    if "graph_layers.py" in files:
        exec(compile(files["graph_layers.py"], "graph_layers.py", "exec"), vars(module))
    sys.modules["graph_layers"] = module
    with tf1.Graph().as_default():
        space = {"__name__": "__main__"}
        exec(compile(files["main.py"], "main.py", "exec"), space)
        return plain(space["y"])


def main():
    tf1.logging.set_verbosity(tf1.logging.ERROR)
    found = {}
    for name, files in json.load(sys.stdin).items():
        try:
            found[name] = run(files)
        except Exception as error:
            found[name] = {"error": type(error).__name__ + ": " + str(error)[:300]}
    print("=====" + json.dumps(found))  # noqa: T201


main()
