# ruff: noqa: ICN001, PLC0415, RUF005
"""Runs cases of an Estimator: `python graph_estimator_child.py FOLDER OUT [MODULE [CASE...]]`.

With the path of a written module its Estimator is used, on TensorFlow 2; without one that of TensorFlow 1. FOLDER is a
new folder for what the cases write, OUT a file for the results as JSON. Python 3.7.
"""

import json
import os
import sys
import traceback

import graph_estimator_cases as cases
import numpy as np


class Flat:
    """`tf.estimator` with the names of its modules in it."""

    def __init__(self, estimator):
        self._places = (estimator, estimator.export, estimator.inputs, estimator.experimental)

    def __getattr__(self, name):
        return next(getattr(place, name) for place in self._places if hasattr(place, name))


def load(module):
    """TensorFlow 1, its Estimator and its layers, or those of the written module."""
    if not module:
        import tensorflow

        return tensorflow, Flat(tensorflow.estimator), tensorflow.layers
    import tensorflow.compat.v1

    tensorflow.compat.v1.disable_v2_behavior()
    sys.path.insert(0, os.path.dirname(module))
    import graph_layers

    return tensorflow.compat.v1, graph_layers, graph_layers


def main(folder, output, module, names):
    """Run the cases of some names, or all."""
    cases.tf, cases.e, cases.layers = load(module)
    cases.tf.logging.set_verbosity(cases.tf.logging.FATAL)
    found = {}
    for name in names or sorted(cases.CASES):
        own = os.path.join(folder, name)
        os.makedirs(own)
        try:
            found[name] = cases.CASES[name](own)
        except Exception:
            found[name] = {"error": traceback.format_exc()}
    with open(output, "w") as stream:
        json.dump(found, stream, default=lambda value: np.asarray(value).tolist(), indent=1, sort_keys=True)


if __name__ == "__main__":
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    main(sys.argv[1], sys.argv[2], (sys.argv + [""])[3], sys.argv[4:])
